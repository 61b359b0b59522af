"""Runs of PBFT under attack, each judged by the oracles and held against the specification.

python -m tests.conformance.campaign --runs 10000
"""

from __future__ import annotations

import argparse
import sys
import time

from comitia.checker.conformance.report import text_report
from comitia.checker.conformance.validation import Result, Verdict
from comitia.impl.simulator.pbft import Run
from comitia.impl.simulator.pbft.campaign import Campaign, run_campaign

from .harness import pbft_validator, replay


def conforming_campaign(runs: int, first_seed: int = 0) -> tuple[Campaign, list[str]]:
    """The campaign, and the reports of the runs whose traces do not conform."""
    validator = pbft_validator()
    reports: list[str] = []

    def validate(run: Run) -> None:
        result = replay(validator, run.trace_lines, f"{run.scenario.name}-{run.seed}")
        if result.verdict is not Verdict.CONFORMS or unexpected_warnings(run, result):
            reports.append(text_report(result))

    return run_campaign(runs, first_seed, finished=validate), reports


def unexpected_warnings(run: Run, result: Result) -> list[str]:
    """The warnings but one: clients observe nothing, so that their events check only that they are possible."""
    count = sum(event.action in ("SendRequest", "AcceptReply") for event in run.recorder.events)
    return [warning for warning in result.warnings if not warning.startswith(f"{count} events observe nothing")]


def main() -> None:
    """The command: it ends with 1 if a guarantee was broken or a trace does not conform."""
    parser = argparse.ArgumentParser(prog="python -m tests.conformance.campaign", description="Attack PBFT.")
    parser.add_argument("--runs", type=int, default=200, metavar="N", help="how many, one seed each (200)")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="the first (0)")
    arguments = parser.parse_args()
    start, cpu = time.perf_counter(), time.process_time()
    campaign, reports = conforming_campaign(arguments.runs, arguments.seed)
    seconds, cpu_seconds = time.perf_counter() - start, time.process_time() - cpu
    for text in [*map(str, campaign.violations), *reports]:
        print(text)
    print(
        f"{campaign.runs} runs in {seconds:.0f} s ({cpu_seconds:.0f} s of processor time): "
        f"{len(campaign.violations)} violations, {len(reports)} traces that do not conform; {campaign.views} views, "
        f"{campaign.decided} batches, {campaign.served} commands, {campaign.events} events, "
        f"{campaign.refusals.total()} messages refused"
    )
    sys.exit(1 if campaign.violations or reports else 0)


if __name__ == "__main__":
    main()
