"""What an oracle finds, and the error that ends a run because of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..trace import write_lines


@dataclass(frozen=True, slots=True)
class Finding:
    """Which oracle objects to a step, and why."""

    oracle: str
    detail: str


class OracleViolation(Exception):
    """A run broke a guarantee. `trace_lines` is the trace up to and including the step that did."""

    def __init__(self, oracle: str, detail: str, seed: int, time_ms: int) -> None:
        super().__init__(f"{oracle} violated at {time_ms} ms with seed {seed}: {detail}")
        self.oracle = oracle
        self.detail = detail
        self.seed = seed
        self.time_ms = time_ms
        self.trace_lines: list[str] = []

    def write_trace(self, path: str | Path) -> None:
        """Write the trace as far as it goes."""
        write_lines(path, self.trace_lines)
