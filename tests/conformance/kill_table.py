"""Which seed first shows that a guard is missing in the implementation of PBFT: to the oracles of the simulator, while
others attack, and to the specification, which the run's trace is held against.

    python -m tests.conformance.kill_table                                   prints the table
    python -m tests.conformance.kill_table --write specs/pbft/README.md      puts it into its section there

A seed counts only if the core with all its guards does well with it.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from comitia.checker.conformance.validation import Validator, Verdict
from comitia.checker.kills import with_table
from comitia.impl.simulator import OracleViolation
from comitia.impl.simulator.pbft import Attack, PbftScenario, simulate
from comitia.impl.simulator.pbft.scenarios import attack_scenario

from ..impl.pbft.seeded import SEEDED_BUGS, SeededBug
from .harness import pbft_validator, replay

KIND = "implementation"
HEADINGS = ("guard", "without it, a replica or client", "attack", "oracle: first seed", "trace validation: first seed")
MAX_SEEDS = 30
NONE = "–"
STORM: dict[str, Any] = {
    "safety_phase_ms": 1200,
    "commands": 12,
    "partition_interval_ms": (15, 50),
    "partition_ms": (40, 140),
}
ROUNDS: dict[str, Any] = {
    "has_round_faults": True,
    "safety_phase_ms": 700,
    "partition_interval_ms": None,
    "request_timeout_ticks": 4,
    "clients": 3,
}


@dataclass(frozen=True, slots=True)
class Row:
    """One seeded bug; a finding is what objected and the first seed, such as `agreement: 3`."""

    guard: str
    bug: str
    attack: str
    by_oracle: str
    by_trace: str

    @property
    def cells(self) -> tuple[str, ...]:
        return (f"`{self.guard}`", self.bug, self.attack, self.by_oracle, self.by_trace)


def scenario_of(bug: SeededBug) -> PbftScenario:
    """The attack, against as many replicas as the bug needs; a live cluster needs far less time than this."""
    scenario = replace(attack_scenario(Attack(bug.attack), bug.replicas), liveness_phase_ms=8000)
    return replace(scenario, **{"usual": {}, "storm": STORM, "rounds": ROUNDS}[bug.network])


def oracle_objects(bug: SeededBug, scenario: PbftScenario, seed: int) -> str | None:
    """The oracle that stops the run of the core without the guard."""
    try:
        simulate(seed, scenario, make_core=bug.make_core, make_client=bug.make_client)
    except OracleViolation as violation:
        return violation.oracle
    return None


def specification_objects(validator: Validator, bug: SeededBug, scenario: PbftScenario, seed: int) -> str | None:
    """The action that the specification refuses to the core without the guard."""
    run = simulate(seed, scenario, make_core=bug.make_core, make_client=bug.make_client, judge=False)
    result = replay(validator, run.trace_lines)
    if result.verdict is Verdict.CONFORMS:
        return None
    assert result.verdict is Verdict.DOES_NOT_CONFORM
    return run.recorder.events[min(result.explained, len(run.recorder.events) - 1)].action


def is_well_without(scenario: PbftScenario, seed: int) -> bool:
    """Whether the core with all its guards keeps every guarantee."""
    try:
        simulate(seed, scenario)
    except OracleViolation:
        return False
    return True


def rows(bugs: Iterable[SeededBug] = SEEDED_BUGS.values(), max_seeds: int = MAX_SEEDS) -> Iterator[Row]:
    """A row for each bug."""
    validator = pbft_validator()
    return (row_of(validator, bug, max_seeds) for bug in bugs)


def row_of(validator: Validator, bug: SeededBug, max_seeds: int) -> Row:
    """What the first seeds show."""
    scenario = scenario_of(bug)
    by_oracle = by_trace = NONE
    for seed in range(max_seeds):
        if by_oracle == NONE:
            oracle = oracle_objects(bug, scenario, seed)
            if oracle is not None and is_well_without(scenario, seed):
                by_oracle = f"{oracle}: {seed}"
        if by_trace == NONE:
            action = specification_objects(validator, bug, scenario, seed)
            by_trace = NONE if action is None else f"{action}: {seed}"
        if NONE not in (by_oracle, by_trace):
            break
    return Row(bug.guard, bug.text, bug.attack, by_oracle, by_trace)


def table_lines(found: Iterable[Row]) -> list[str]:
    """The table in Markdown."""
    lines = [f"| {' | '.join(HEADINGS)} |", f"|{' --- |' * len(HEADINGS)}"]
    return lines + [f"| {' | '.join(row.cells)} |" for row in found]


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.conformance.kill_table", description="Which seeds find the seeded bugs of PBFT."
    )
    parser.add_argument("--write", type=Path, metavar="FILE", help="the file whose section is written")
    parser.add_argument("--seeds", type=int, default=MAX_SEEDS, metavar="N", help="how many to try")
    arguments = parser.parse_args()
    found: list[Row] = []
    for row in rows(max_seeds=arguments.seeds):
        print(" | ".join(row.cells), flush=True)
        found.append(row)
    if arguments.write is not None:
        text = arguments.write.read_text(encoding="utf-8")
        arguments.write.write_text(with_table(text, KIND, table_lines(found), arguments.write), encoding="utf-8")


if __name__ == "__main__":
    main()
