"""`comitia simulate`: the simulator on the command line."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import click

from .simulator import OracleViolation
from .simulator.raft import SCENARIOS
from .simulator.raft import simulate as simulate_raft

# TLC's exit code for a safety violation, and its exit code for any other.
SAFETY_VIOLATION = 12
LIVENESS_VIOLATION = 13


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a simulation ended: the exit code, and what to tell the user."""

    exit_code: int
    text: str


def run_simulation(seed: int, scenario: str = "default", out: Path | None = None) -> Outcome:
    """Simulate a Raft cluster, and write its trace to `out` if given, also when an oracle stopped the run.

    Raises KeyError if there is no scenario of that name, OSError if `out` cannot be written.
    """
    try:
        run = simulate_raft(seed, scenario)
    except OracleViolation as violation:
        if out is not None:
            violation.write_trace(out)
        return Outcome(LIVENESS_VIOLATION if violation.oracle == "liveness" else SAFETY_VIOLATION, str(violation))
    if out is not None:
        run.write_trace(out)
    return Outcome(
        0,
        f"seed {seed}, scenario {scenario}: {len(run.trace_lines) - 1} events in {run.time_ms} ms of simulated time, "
        f"{run.terms} terms, {run.committed} entries committed, {run.acknowledged} commands acknowledged, "
        f"{run.messages} messages",
    )


@click.command()
@click.argument("protocol", type=click.Choice(["raft"]))
@click.option("--seed", type=int, default=0, show_default=True, help="Decides everything that happens in the run.")
@click.option("--scenario", type=click.Choice(list(SCENARIOS)), default="default", show_default=True, help="Fault mix.")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Where to write the trace."
)
@click.pass_context
def simulate(ctx: click.Context, protocol: str, seed: int, scenario: str, out: Path | None) -> None:
    """Run a cluster of PROTOCOL in a simulated network with faults, judge every step, and record a trace.

    The trace can be held against the specification with `comitia validate`.
    """
    try:
        outcome = run_simulation(seed, scenario, out)
    except OSError as error:
        raise click.FileError(str(out), hint=error.strerror or "") from error
    click.echo(outcome.text, err=outcome.exit_code != 0)
    ctx.exit(outcome.exit_code)
