"""What a check found: verdict, figures, counterexample. Every engine returns it, every report reads it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum

from ..model.diagnostics import SpecError
from ..model.source import Span
from ..model.structs import Struct, field


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


class Step(Struct, eq=True):
    """One state of a behaviour, reached by `action` (None for an initial state). Values are TLA+ values by variable."""

    state: dict[str, object]
    action: str | None = None
    span: Span | None = None


class Counterexample(Struct, eq=True):
    """A behaviour from an initial state: finite, or (with `loop`) one whose last states recur for ever."""

    steps: tuple[Step, ...]
    loop: int | None = None
    """The index of the step that follows the last one; that of the last itself where it stutters for ever."""
    closing_action: str | None = None
    """The action that leads from the last state back to that of `loop`; None where it stutters."""
    closing_span: Span | None = None

    @property
    def is_stuttering(self) -> bool:
        """Whether the behaviour stays in its last state for ever."""
        return self.loop is not None and self.closing_action is None


class Stats(Struct, eq=True, frozen=False):
    """TLC's figures: see tlc-semantics in the documentation of `checker.interpreted.search`."""

    generated: int = 0
    distinct: int = 0
    depth: int = 0
    queue: int = 0
    seconds: float = 0.0
    actions: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Action of Next → (states generated, distinct states found), in order of appearance; known when a search ends."""
    behaviours: int | None = None
    """How many behaviours a simulation has begun; None for a search."""
    fingerprints: Fingerprints | None = None
    """None where states are compared with each other, as the interpreter does."""


class Fingerprints(Struct, eq=True):
    """How states were told apart, and how likely it is that one was taken for another, and so not explored.

    `bits`: of a fingerprint; None where all that a state is was compared. `table_bytes`: what those of all states take.
    `calculated` takes fingerprints for random; `observed` is judged by the two that lie nearest, None with 128 bits,
    of which half are looked at. Both as TLC reports them (tlc2/tool/fp/FPSet, `checkFPs`).
    """

    bits: int | None
    table_bytes: int
    calculated: float
    observed: float | None


class Violation(Struct, eq=True):
    """One thing that does not hold, with a behaviour that shows it."""

    verdict: Verdict
    violated: str | None
    counterexample: Counterexample


class Count(Struct, eq=True):
    """How often an expression was evaluated to TRUE and to FALSE. One that is no boolean counts as TRUE."""

    span: Span
    true: int
    false: int

    @property
    def evaluated(self) -> int:
        return self.true + self.false


class Guard(Struct, eq=True):
    """How often a guard of an action was TRUE and FALSE, and in how many states it alone was FALSE.

    That is, for some choice of the variables bound around it no other guard on the way was FALSE.
    """

    span: Span
    true: int
    false: int
    alone: int

    @property
    def evaluated(self) -> int:
        return self.true + self.false


class ActionReport(Struct, eq=True):
    """What became of one action: its states generated and distinct states found, and each of its guards."""

    name: str
    span: Span | None
    generated: int
    distinct: int
    guards: tuple[Guard, ...]

    @property
    def blocking(self) -> Guard | None:
        """What held the action up: of the guards that were never TRUE, or else of all, the one most often alone FALSE.

        None where the action was enabled, or no guard was FALSE.
        """
        if self.generated:
            return None
        never = [guard for guard in self.guards if guard.false and not guard.true]
        most = max(never or self.guards, key=lambda guard: (guard.alone, guard.false), default=None)
        return most if most is not None and most.false else None


class StateGraph(Struct, eq=True):
    """The states of a search by order of discovery, and the steps between them that are in the model."""

    variables: tuple[str, ...]
    states: Sequence[tuple[object, ...]]
    initial: Sequence[int]
    """Which states are initial."""
    actions: Sequence[str]
    origins: Sequence[int]
    targets: Sequence[int]
    labels: Sequence[int]
    """For each step the states it joins and its place in `actions`; a step found twice is there twice."""

    def steps(self) -> Iterator[tuple[int, int, str]]:
        """(from, to, action) of each step, once, in order of discovery."""
        seen: set[tuple[int, str]] = set()
        expanded = -1
        for origin, target, label in zip(self.origins, self.targets, self.labels, strict=True):
            if origin != expanded:
                # States are expanded one after another, so that equal steps are found close together.
                expanded = origin
                seen.clear()
            action = self.actions[label]
            if (target, action) not in seen:
                seen.add((target, action))
                yield origin, target, action


class CheckResult(Struct, eq=True):
    """`violations` holds everything that was violated, the first of them `violated` with its `counterexample`.

    `coverage`, `why` and `graph` are there where they were asked for.
    """

    verdict: Verdict
    stats: Stats
    engine: str
    violated: str | None = None
    counterexample: Counterexample | None = None
    error: SpecError | None = None
    warnings: tuple[str, ...] = ()
    violations: tuple[Violation, ...] = ()
    violated_at: Span | None = None
    """Where what is violated stands, for an assumption."""
    is_postcondition: bool = False
    """Whether a verdict `assumption` speaks of the postcondition."""
    coverage: tuple[Count, ...] | None = None
    why: ActionReport | None = None
    graph: StateGraph | None = None
    seed: int | None = None
    """What the choices of a simulation were drawn with."""

    @property
    def exit_code(self) -> int:
        if self.verdict is Verdict.ERROR:
            assert self.error is not None
            return self.error.exit_code
        return EXIT_CODES[self.verdict]
