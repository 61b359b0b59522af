"""Level-synchronous breadth-first search with TLC's figures.

generated: every initial state and every successor found, duplicates and states outside the model included.
distinct: states stored; a state that violates a CONSTRAINT, or is reached by a step that violates an ACTION_CONSTRAINT,
is neither stored nor explored. depth: the greatest level, initial states at level 1. Invariants are checked on states
outside the model too, action properties on every step; deadlock is the absence of any successor, in the model or not.
Source: tlc2/tool/Worker.java, ModelChecker.java.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from ...model.problem import NamedExpr
from ..engine import Limits, Observer
from ..result import Counterexample, Stats, Step, Verdict
from .program import Program, State
from .reduction import Identity

REPORT_SECONDS = 0.25


class Stop(Exception):
    """The search has its verdict: a violation, with the states that show it."""

    def __init__(self, verdict: Verdict, violated: str | None, state: State, parent: int, label: int | None) -> None:
        super().__init__(verdict)
        self.verdict = verdict
        self.violated = violated
        self.state = state
        self.parent = parent
        self.label = label


@dataclass(slots=True)
class Outcome:
    verdict: Verdict
    violated: str | None = None
    counterexample: Counterexample | None = None


@dataclass(slots=True)
class Predicates:
    """Compiled tests by name; the phase of a failing evaluation is the list it was in."""

    invariants: list[tuple[str, Callable[[State], bool]]]
    initial: list[tuple[str, Callable[[State], bool]]]
    steps: list[tuple[str, Callable[[State, State], bool]]]
    constraints: list[Callable[[State], bool]]
    step_constraints: list[Callable[[State, State], bool]]


def compile_predicates(program: Program) -> Predicates:
    problem = program.problem

    def tests(items: list[NamedExpr], *, action: bool = False) -> list[tuple[str, Callable[..., bool]]]:
        return [(item.name, program.compile_test(item.expr, action=action)) for item in items]

    return Predicates(
        tests(problem.invariants),
        tests(problem.initial_properties),
        tests(problem.action_properties, action=True),
        [test for _, test in tests(problem.constraints)],
        [test for _, test in tests(problem.action_constraints, action=True)],
    )


@dataclass(slots=True)
class Search:
    """One breadth-first search. `states`, `parents` and `labels` are indexed by the order of discovery."""

    program: Program
    limits: Limits
    observer: Observer | None
    identity: Identity
    predicates: Predicates
    stats: Stats = field(default_factory=Stats)
    states: list[State] = field(default_factory=list)
    parents: list[int] = field(default_factory=list)
    labels: list[int] = field(default_factory=list)
    level_end: int = 0
    """How many states there were when the expansion of the current level began."""
    started: float = field(default_factory=time.monotonic)
    current: int | None = None
    """The state being expanded, for the report of an evaluation that fails."""
    phase: str = "Init"
    """What is being evaluated, likewise: Init, Next, or the name of a predicate."""
    pending: State | None = None
    """The successor being examined, likewise."""
    pending_label: int | None = None
    _reported: float = 0.0

    def run(self) -> Outcome:
        """Search to the end, to a violation, or to a limit."""
        try:
            complete = self._explore()
        except Stop as stop:
            return Outcome(stop.verdict, stop.violated, self.path(stop.parent, stop.state, stop.label))
        finally:
            self.stats.seconds = time.monotonic() - self.started
            # The level being filled counts once it holds a state.
            self.stats.depth += len(self.states) > self.level_end
        return Outcome(Verdict.PASS if complete else Verdict.INCOMPLETE)

    def _explore(self) -> bool:
        problem = self.program.problem
        assert problem.init is not None and problem.next is not None
        self.program.compile_init(problem.init)(self._initial)
        self.phase = "Next"
        successors = self.program.compile_next(problem.next)
        level_start = 0
        while level_start < len(self.states):
            self.level_end = len(self.states)
            self.stats.depth += 1
            if self.limits.max_depth is not None and self.stats.depth >= self.limits.max_depth:
                return False
            for index in range(level_start, self.level_end):
                if self.limits.max_states is not None and len(self.states) >= self.limits.max_states:
                    return False
                self._expand(index, successors)
            level_start = self.level_end
        return True

    def _initial(self, state: State, _label: int) -> None:
        self.stats.generated += 1
        self.pending = state
        inside = all(test(state) for test in self.predicates.constraints)
        if inside:
            if not self.identity.add(state):
                return
            self._store(state, -1, -1)
        for name, test in self.predicates.invariants:
            self.phase = name
            if not test(state):
                raise Stop(Verdict.INVARIANT, name, state, -1, None)
        for name, test in self.predicates.initial:
            self.phase = name
            if not test(state):
                raise Stop(Verdict.PROPERTY, name, state, -1, None)
        self.phase = "Init"

    def _store(self, state: State, parent: int, label: int) -> None:
        self.states.append(state)
        self.parents.append(parent)
        self.labels.append(label)
        self.stats.distinct = len(self.states)

    def _expand(self, index: int, successors: Callable[..., None]) -> None:
        state = self.states[index]
        self.current = index
        found: list[tuple[State, int]] = []
        self.pending = None
        successors(state, lambda following, label: found.append((following, label)))
        if not found and self.program.problem.check_deadlock:
            raise Stop(Verdict.DEADLOCK, None, state, self.parents[index], self.labels[index])
        predicates, add = self.predicates, self.identity.add
        in_model = not (predicates.constraints or predicates.step_constraints)
        for following, label in found:
            self.stats.generated += 1
            self.pending_label = label
            inside = in_model or self._in_model(state, following)
            new = not inside or add(following)
            if new:
                if inside:
                    self._store(following, index, label)
                self._check_invariants(following, index, label)
            if predicates.steps:
                self._check_step(state, following, index, label)
        if self.observer is not None and index & 63 == 0:
            self._report(index)

    def _in_model(self, state: State, following: State) -> bool:
        self.pending, self.phase = following, "CONSTRAINT"
        inside = all(test(following) for test in self.predicates.constraints) and all(
            test(state, following) for test in self.predicates.step_constraints
        )
        self.phase = "Next"
        return inside

    def _check_invariants(self, state: State, parent: int, label: int) -> None:
        for name, test in self.predicates.invariants:
            self.pending, self.phase = state, name
            if not test(state):
                raise Stop(Verdict.INVARIANT, name, state, parent, label)
        self.phase = "Next"

    def _check_step(self, state: State, following: State, parent: int, label: int) -> None:
        for name, test in self.predicates.steps:
            self.pending, self.phase = following, name
            if not test(state, following):
                raise Stop(Verdict.ACTION, name, following, parent, label)
        self.phase = "Next"

    def _report(self, index: int) -> None:
        now = time.monotonic()
        if now - self._reported >= REPORT_SECONDS:
            self._reported = now
            self.stats.queue = len(self.states) - index - 1
            self.stats.seconds = now - self.started
            assert self.observer is not None
            self.observer.progress(self.stats)

    def path(self, parent: int, state: State | None, label: int | None) -> Counterexample:
        """The behaviour that leads to the stored state `parent`, and from it to `state` by the action `label`."""
        steps: list[Step] = []
        if state is not None:
            steps.append(self._step(state, label))
        while parent >= 0:
            steps.append(self._step(self.states[parent], self.labels[parent] if self.parents[parent] >= 0 else None))
            parent = self.parents[parent]
        return Counterexample(tuple(reversed(steps)))

    def _step(self, state: State, label: int | None) -> Step:
        names = [variable.name for variable in self.program.problem.module.variables]
        values = dict(zip(names, state, strict=True))
        if label is None or label < 0:
            return Step(values)
        found = self.program.labels[label]
        return Step(values, found.name or "Next", found.span)
