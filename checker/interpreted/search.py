"""Level-synchronous breadth-first search with TLC's figures.

generated: every initial state and every successor found, duplicates and states outside the model included.
distinct: states stored; a state that violates a CONSTRAINT, or is reached by a step that violates an ACTION_CONSTRAINT,
is neither stored nor explored. depth: the greatest level, initial states at level 1. Invariants are checked on states
outside the model too, action properties on every step; deadlock is the absence of any successor, in the model or not.
Source: tlc2/tool/Worker.java, ModelChecker.java.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from ...model.problem import NamedExpr, Problem
from ..engine import Limits, Observer
from ..result import Counterexample, Stats, Step, Verdict
from .predicates import Predicates
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


class Graph(Protocol):
    """Told of the behaviour graph as it is found: states by order of discovery, steps within the model only."""

    def edge(self, origin: int, target: int, label: int) -> None: ...


@dataclass(slots=True)
class Search:
    """One breadth-first search. `states`, `parents` and `labels` are indexed by the order of discovery."""

    program: Program
    limits: Limits
    observer: Observer | None
    identity: Identity
    predicates: Predicates
    graph: Graph | None = None
    stats: Stats = field(default_factory=Stats)
    states: list[State] = field(default_factory=list)
    parents: list[int] = field(default_factory=list)
    labels: list[int] = field(default_factory=list)
    level_end: int = 0
    """How many states there were when the expansion of the current level began."""
    started: float = field(default_factory=time.monotonic)
    current: int | None = None
    """The state being expanded, for the report of an evaluation that fails."""
    pending: tuple[State, int] | None = None
    """The state examined last and the label of what led to it, likewise."""
    examining: bool = False
    """Whether predicates of `pending` are being evaluated, rather than Init or Next."""
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
            # TLC speaks of a first level even where no initial state is within the model.
            self.stats.depth = max(1, self.stats.depth + (len(self.states) > self.level_end))
            self.stats.queue = len(self.states) - (0 if self.current is None else self.current + 1)
        return Outcome(Verdict.PASS if complete else Verdict.INCOMPLETE)

    @property
    def problem(self) -> Problem:
        return self.program.problem

    def _explore(self) -> bool:
        problem = self.problem
        assert problem.init is not None and problem.next is not None
        self._initial_states(self.program.compile_init(problem.init))
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

    def _initial_states(self, enumerate_init: Callable[..., None]) -> None:
        predicates = self.predicates
        for self.pending in _all_found(enumerate_init):
            state = self.pending[0]
            self.stats.generated += 1
            self.examining = True
            if predicates.constraints(state) < 0:
                if self.identity.number(state, len(self.states)) != len(self.states):
                    self.examining = False
                    continue
                self._store(state, -1, -1)
            self._require(predicates.invariants(state), Verdict.INVARIANT, self.problem.invariants, state, -1, None)
            broken = predicates.initial(state)
            self._require(broken, Verdict.PROPERTY, self.problem.initial_properties, state, -1, None)
            self.examining = False

    def _require(
        self,
        broken: int,
        verdict: Verdict,
        predicates: list[NamedExpr],
        state: State,
        parent: int,
        label: int | None,
    ) -> None:
        """Stop at a predicate that is FALSE, if there is one."""
        if broken >= 0:
            raise Stop(verdict, predicates[broken].name, state, parent, label)

    def _store(self, state: State, parent: int, label: int) -> None:
        self.states.append(state)
        self.parents.append(parent)
        self.labels.append(label)
        self.stats.distinct = len(self.states)

    def _expand(self, index: int, successors: Callable[..., None]) -> None:
        state = self.states[index]
        self.current, self.pending = index, None
        constraints, step_constraints = self.predicates.constraints, self.predicates.step_constraints
        invariants, steps, number = self.predicates.invariants, self.predicates.steps, self.identity.number
        states = self.states
        generated = self.stats.generated
        for self.pending in _all_found(successors, state):
            following, label = self.pending
            self.stats.generated += 1
            self.examining = True
            inside = constraints(following) < 0 and step_constraints(state, following) < 0
            known = number(following, len(states)) if inside else -1
            if inside and self.graph is not None:
                self.graph.edge(index, known, label)
            if known < 0 or known == len(states):
                if inside:
                    self._store(following, index, label)
                broken = invariants(following)
                if broken >= 0:
                    self._require(broken, Verdict.INVARIANT, self.problem.invariants, following, index, label)
            broken = steps(state, following)
            if broken >= 0:
                self._require(broken, Verdict.ACTION, self.problem.action_properties, following, index, label)
            self.examining = False
        if self.stats.generated == generated and self.problem.check_deadlock:
            raise Stop(Verdict.DEADLOCK, None, state, self.parents[index], self.labels[index])
        if self.observer is not None and index & 63 == 0:
            self._report(index)

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


def _all_found(enumerate_states: Callable[..., None], *arguments: State) -> Iterator[tuple[State, int]]:
    """What an enumeration finds. Where it fails, what it found before is examined first, as TLC would."""
    found: list[tuple[State, int]] = []
    try:
        enumerate_states(*arguments, found.append)
    except Exception:
        yield from found
        raise
    yield from found
