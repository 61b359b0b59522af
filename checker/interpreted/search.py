"""Level-synchronous breadth-first search with TLC's figures.

generated: every initial state and every successor found, duplicates and states outside the model included.
distinct: states stored; a state that violates a CONSTRAINT, or is reached by a step that violates an ACTION_CONSTRAINT,
is neither stored nor explored. depth: the greatest level, initial states at level 1. Invariants are checked on states
outside the model too, action properties on every step; deadlock is the absence of any successor, in the model or not.
Source: tlc2/tool/Worker.java, ModelChecker.java.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

from ...model.problem import NamedExpr, Problem
from ...model.structs import Struct, field
from ..engine import Limits, Observer
from ..result import Counterexample, Stats, Step, Verdict, Violation
from .predicates import Predicates, compile_predicates
from .program import Program, State
from .reduction import Identity

REPORT_SECONDS = 0.25
UNNAMED_ACTION = "Next"
"""What reports call the disjuncts of Next that stand in no definition."""


class Finding(Struct, eq=True):
    """A violation, with the states that show it: `state`, reached from the stored `parent` by the action `label`."""

    verdict: Verdict
    violated: str | None
    state: State
    parent: int
    label: int | None


class Stop(Exception):
    """The search has its verdict."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.verdict)
        self.finding = finding


class Graph(Protocol):
    """Told of the behaviour graph as it is found: states by order of discovery, steps within the model only.

    `following` is the state found, which is not that of the number `target` where SYMMETRY or VIEW make the two one.
    """

    def edge(self, origin: int, target: int, label: int, following: State) -> None: ...


class Checkpoints(Protocol):
    """Keeps what a search has found so far, between the expansions of two states, and gives it back."""

    warnings: list[str]

    @property
    def is_interrupted(self) -> bool: ...

    def is_due(self, now: float) -> bool: ...

    def save(self, search: Search, *, is_last: bool = False) -> None: ...

    def restore(self, search: Search) -> bool:
        """Bring a search that has not begun to where another had come; whether there is anything to go on from."""
        ...


class Search(Struct, frozen=False):
    """One breadth-first search. `states`, `parents` and `labels` are indexed by the order of discovery."""

    program: Program
    limits: Limits
    observer: Observer | None
    identity: Identity
    predicates: Predicates
    graph: Graph | None = None
    keep_going: bool = False
    """Whether to go on after a violated invariant or action property."""
    checkpoints: Checkpoints | None = None
    findings: list[Finding] = field(default_factory=list)
    """What is violated, each property once, by the shortest behaviour."""
    stats: Stats = field(default_factory=Stats)
    states: list[State] = field(default_factory=list)
    parents: list[int] = field(default_factory=list)
    labels: list[int] = field(default_factory=list)
    generated_by: list[int] = field(default_factory=list)
    """Label → states generated."""
    position: int = 0
    """The state to be expanded next."""
    level: int = 0
    """That of the state being expanded; 0 while there is none."""
    level_end: int = 0
    """How many states there were when the expansion of the current level began."""
    started: float = field(default_factory=time.monotonic)
    current: int | None = None
    """The state being expanded, for the report of an evaluation that fails."""
    pending: tuple[State, int] | None = None
    """The state examined last and the label of what led to it, likewise."""
    examining: bool = False
    """Whether predicates of `pending` are being evaluated, rather than Init or Next."""
    is_complete: bool = False
    """Whether every state has been expanded."""
    _reported: float = 0.0
    dropped: list[NamedExpr] = field(default_factory=list)
    """Predicates found violated, where the search goes on."""

    def run(self) -> Verdict:
        """Search to the end, to a violation, or to a limit; what is violated is in `findings`."""
        try:
            with self.program.registers.searching(self):
                self.is_complete = self._explore()
        except Stop as stop:
            self.findings.append(stop.finding)
        finally:
            self.stats.seconds = time.monotonic() - self.started
            self.stats.generated += self.program.registers.take_composed()
            # The level being filled counts once it holds a state.
            # TLC speaks of a first level even where no initial state is within the model.
            self.stats.depth = max(1, self.stats.depth + self.is_filling)
            self.stats.queue = self.waiting
            self.stats.actions = self._actions()
        if self.findings:
            return self.findings[0].verdict
        return Verdict.PASS if self.is_complete else Verdict.INCOMPLETE

    @property
    def problem(self) -> Problem:
        return self.program.problem

    def _explore(self) -> bool:
        """Whether the search came to its end."""
        problem = self.problem
        assert problem.init is not None and problem.next is not None
        enumerate_init = self.program.compile_init(problem.init)
        successors = self.program.compile_next(problem.next)
        self.generated_by.extend([0] * (len(self.program.labels) - len(self.generated_by)))
        if self.checkpoints is None or not self.checkpoints.restore(self):
            self._initial_states(enumerate_init)
        self.level = self.stats.depth
        while self.position < len(self.states) and not self.program.registers.is_exiting:
            if self._is_stopped():
                if self.checkpoints is not None:
                    self.checkpoints.save(self, is_last=True)
                return False
            if self.position == self.level_end:
                self.level_end = len(self.states)
                self.level = self.stats.depth = self.stats.depth + 1
            self._expand(self.position, successors)
            self.position += 1
            if self.position & 63 == 0:
                self._look_up()
        return True

    def _is_stopped(self) -> bool:
        """Whether a limit, or the user, ends the search before the next state is expanded."""
        limits = self.limits
        if limits.max_states is not None and len(self.states) >= limits.max_states:
            return True
        if self.checkpoints is not None and self.checkpoints.is_interrupted:
            return True
        return (
            limits.max_depth is not None
            and self.position == self.level_end
            and self.stats.depth + 1 >= limits.max_depth
        )

    def _initial_states(self, enumerate_init: Callable[..., None]) -> None:
        for self.pending in all_found(enumerate_init):
            state = self.pending[0]
            self.stats.generated += 1
            self.examining = True
            predicates = self.predicates  # those not violated so far
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
        """Stop at a predicate that is FALSE, if there is one; where the search goes on, note it."""
        while broken >= 0:
            broken = self._note(Finding(verdict, predicates[broken].name, state, parent, label), predicates[broken])

    def _note(self, finding: Finding, predicate: NamedExpr) -> int:
        """Keep a violation, and look at its property no more; the next property of the kind that is violated, or -1."""
        if not self.keep_going:
            raise Stop(finding)
        if not any(predicate is known for known in self.dropped):
            self.findings.append(finding)
            self.dropped.append(predicate)
            self.predicates = compile_predicates(self.program, self.dropped)
        if finding.verdict is Verdict.INVARIANT:
            return self.predicates.invariants(finding.state)
        if finding.verdict is Verdict.PROPERTY:
            return self.predicates.initial(finding.state)
        return self.predicates.steps(self.states[finding.parent], finding.state)

    def _store(self, state: State, parent: int, label: int) -> None:
        self.states.append(state)
        self.parents.append(parent)
        self.labels.append(label)
        self.stats.distinct = len(self.states)

    def _expand(self, index: int, successors: Callable[..., None]) -> None:
        state = self.states[index]
        self.current, self.pending = index, None
        states, generated_by, number = self.states, self.generated_by, self.identity.number
        generated = self.stats.generated
        for self.pending in all_found(successors, state):
            following, label = self.pending
            self.stats.generated += 1
            generated_by[label] += 1
            self.examining = True
            predicates = self.predicates  # those not violated so far
            inside = predicates.constraints(following) < 0 and predicates.step_constraints(state, following) < 0
            known = number(following, len(states)) if inside else -1
            if inside and self.graph is not None:
                self.graph.edge(index, known, label, following)
            if known < 0 or known == len(states):
                if inside:
                    self._store(following, index, label)
                broken = predicates.invariants(following)
                if broken >= 0:
                    self._require(broken, Verdict.INVARIANT, self.problem.invariants, following, index, label)
            broken = self.predicates.steps(state, following)
            if broken >= 0:
                self._require(broken, Verdict.ACTION, self.problem.action_properties, following, index, label)
            self.examining = False
        self.stats.generated += self.program.registers.take_composed()
        if self.stats.generated == generated and self.problem.check_deadlock:
            raise Stop(Finding(Verdict.DEADLOCK, None, state, self.parents[index], self.labels[index]))

    def _look_up(self) -> None:
        """What is done now and then while states are expanded: tell the figures, write a checkpoint."""
        now = time.monotonic()
        if self.observer is not None and now - self._reported >= REPORT_SECONDS:
            self._reported = now
            self.stats.queue = len(self.states) - self.position
            self.stats.seconds = now - self.started
            self.observer.progress(self.stats)
        if self.checkpoints is not None and self.checkpoints.is_due(now):
            self.checkpoints.save(self)

    def _actions(self) -> dict[str, tuple[int, int]]:
        """Action → (states generated, distinct states found)."""
        if not self.generated_by:
            return {}  # Next has not been compiled
        found = Counter(label for label, parent in zip(self.labels, self.parents, strict=True) if parent >= 0)
        figures: dict[str, tuple[int, int]] = {}
        for label in self.program.action_labels:
            name = self.program.labels[label].name or UNNAMED_ACTION
            generated, distinct = figures.get(name, (0, 0))
            figures[name] = (generated + self.generated_by[label], distinct + found[label])
        return figures

    def violations(self) -> tuple[Violation, ...]:
        """The findings, with their counterexamples."""
        return tuple(
            Violation(one.verdict, one.violated, self.path(one.parent, one.state, one.label)) for one in self.findings
        )

    @property
    def current_state(self) -> State | None:
        """The state being expanded."""
        return None if self.current is None else self.states[self.current]

    @property
    def waiting(self) -> int:
        """States found and not expanded yet."""
        return len(self.states) - (0 if self.current is None else self.current + 1)

    @property
    def is_filling(self) -> bool:
        """Whether the level after the one being expanded holds a state."""
        return len(self.states) > self.level_end

    @property
    def initial_count(self) -> int:
        return self.parents.count(-1)

    def so_far(self) -> Counterexample | None:
        """The behaviour that leads to the state being expanded or examined, if there is one."""
        parent = -1 if self.current is None else self.current
        if self.pending is not None and self.examining:
            return self.path(parent, *self.pending)
        return self.path(parent, None, None) if parent >= 0 else None

    def path(self, parent: int, state: State | None, label: int | None) -> Counterexample:
        """The behaviour that leads to the stored state `parent`, and from it to `state` by the action `label`."""
        visits: list[tuple[State, int | None]] = []
        if state is not None:
            visits.append((state, label if parent >= 0 else None))
        while parent >= 0:
            visits.append((self.states[parent], self.labels[parent] if self.parents[parent] >= 0 else None))
            parent = self.parents[parent]
        return behaviour(self.program, visits[::-1])


def behaviour(program: Program, visits: Iterable[tuple[State, int | None]]) -> Counterexample:
    """States, each with the label of the step that led to it (None for an initial one), as reports show them."""
    names = [variable.name for variable in program.problem.module.variables]
    steps: list[Step] = []
    for state, label in visits:
        values = dict(zip(names, state, strict=True))
        if label is None:
            steps.append(Step(values))
        else:
            found = program.labels[label]
            steps.append(Step(values, found.name or UNNAMED_ACTION, found.span))
    return Counterexample(tuple(steps))


def all_found(enumerate_states: Callable[..., None], *arguments: State) -> Iterator[tuple[State, int]]:
    """What an enumeration finds. Where it fails, what it found before is examined first, as TLC would."""
    found: list[tuple[State, int]] = []
    try:
        enumerate_states(*arguments, found.append)
    except Exception:
        yield from found
        raise
    yield from found
