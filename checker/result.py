"""What a check found: verdict, figures, counterexample. Every engine returns it, every report reads it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from ..model.diagnostics import SpecError
from ..model.source import Span


class Verdict(StrEnum):
    PASS = "pass"
    ASSUMPTION = "assumption"
    DEADLOCK = "deadlock"
    INVARIANT = "invariant"
    ACTION = "action"
    PROPERTY = "property"
    ASSERT = "assert"
    ERROR = "error"
    INCOMPLETE = "incomplete"


EXIT_CODES: dict[Verdict, int] = {
    Verdict.PASS: 0,
    Verdict.INCOMPLETE: 3,
    Verdict.ASSUMPTION: 10,
    Verdict.DEADLOCK: 11,
    Verdict.INVARIANT: 12,
    Verdict.ACTION: 13,
    Verdict.PROPERTY: 13,
    Verdict.ASSERT: 14,
}
"""TLC's exit codes (tlc2/output/EC.java); 3 is ours. `error` carries the code of its SpecError."""


@dataclass(frozen=True, slots=True)
class Step:
    """One state of a behaviour, reached by `action` (None for an initial state). Values are TLA+ values by variable."""

    state: dict[str, object]
    action: str | None = None
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Counterexample:
    """A finite behaviour from an initial state."""

    steps: tuple[Step, ...]


@dataclass(slots=True)
class Stats:
    """TLC's figures: see tlc-semantics in the documentation of `checker.interpreted.search`."""

    generated: int = 0
    distinct: int = 0
    depth: int = 0
    queue: int = 0
    seconds: float = 0.0
    actions: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Action → (states generated, distinct states found)."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    verdict: Verdict
    stats: Stats
    engine: str
    violated: str | None = None
    counterexample: Counterexample | None = None
    error: SpecError | None = None
    warnings: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        if self.verdict is Verdict.ERROR:
            assert self.error is not None
            return self.error.exit_code
        return EXIT_CODES[self.verdict]
