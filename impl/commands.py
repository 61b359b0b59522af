"""What the command line offers of the implementations, as plain functions."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .simulator import SCENARIOS, OracleViolation, simulate


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a command ended: what to tell the user, and whether all is well."""

    ok: bool
    text: str


def run_simulation(seed: int, scenario: str = "default", out: Path | None = None) -> Outcome:
    """Simulate a Raft cluster, and write its trace to `out` if given, also when an oracle stopped the run.

    Raises ValueError if there is no scenario of that name, OSError if `out` cannot be written.
    """
    if scenario not in SCENARIOS:
        raise ValueError(f"no scenario is called {scenario!r}; there are {', '.join(SCENARIOS)}")
    try:
        run = simulate(seed, scenario)
    except OracleViolation as violation:
        if out is not None:
            violation.write_trace(out)
        return Outcome(False, str(violation))
    if out is not None:
        run.write_trace(out)
    return Outcome(
        True,
        f"seed {seed}, scenario {scenario}: {len(run.trace_lines) - 1} events in {run.time_ms} ms of simulated time, "
        f"{run.terms} terms, {run.committed} entries committed, {run.acknowledged} commands acknowledged, "
        f"{run.messages} messages",
    )
