"""Finds a behaviour of the specification that a trace is a record of, or the states in which it goes no further.

Depth first over the events. A frame is a state before an event, with the states that are left to try after it: first
those without silent steps, then, layer by layer, those after more and more of them. Nothing but the state before an
event decides what may follow, since every gap between events has the whole budget of silent steps; so a state that has
failed before an event is a dead end wherever it turns up again.

As long as there is nothing else left to try, what has been found is committed: its states are checked against the
invariants and forgotten. A trace that determines the behaviour takes time and space in proportion to its length.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from ...model.diagnostics import SpecError
from ...model.values import Value
from ..interpreted.failures import checked_program, reproduced
from ..interpreted.program import State
from ..interpreted.runtime import EVALUATION_FAILURES
from .binding import BoundEvent, Step
from .subject import Subject

MAX_FRONTIER = 1_000
"""States before the event at which a trace stops that are kept for the explanation."""


class Overflow(Exception):
    """The search has met its bound on the number of steps."""


class Taken(NamedTuple):
    """A step of the behaviour, after which come those of `earlier`; None before the first."""

    step: Step
    is_silent: bool
    state: State
    earlier: Taken | None


class Candidate(NamedTuple):
    """A state after an event, and the steps that led to it from the state before."""

    state: State
    taken: Taken | None


@dataclass(slots=True)
class Frame:
    """A state before an event: candidates to try, and what makes more of them. The state is None once committed."""

    state: State | None
    ready: list[Candidate]
    later: Iterator[Candidate] | None
    chosen: Candidate | None = None

    @property
    def is_exhausted(self) -> bool:
        return not self.ready and self.later is None

    def next(self) -> Candidate | None:
        if self.ready:
            return self.ready.pop()
        if self.later is not None:
            found = next(self.later, None)
            if found is not None:
                return found
            self.later = None
        return None


@dataclass(frozen=True, slots=True)
class Violation:
    """An invariant that is false in a state of the behaviour: after that many events."""

    invariant: str
    events: int
    values: dict[str, Value]


@dataclass(slots=True)
class Figures:
    """What a search found out. `deepest` is the number of events of the longest prefix that has a behaviour."""

    deepest: int = 0
    frontier: list[State] = field(default_factory=list)
    """The states in which the longest prefixes end, each once."""
    evaluated: int = 0
    """Steps and states that were looked at."""
    silent: int = 0
    actions: Counter[str] = field(default_factory=Counter)
    """Steps of the behaviour by action; silent ones included."""
    violation: Violation | None = None


class Search:
    """One search for one trace."""

    def __init__(
        self, subject: Subject, events: list[BoundEvent], silent: list[tuple[Step, int]], max_steps: int
    ) -> None:
        self.subject = subject
        self.events = events
        self.silent = silent
        self.max_steps = max_steps
        self.figures = Figures()
        self.dead: list[set[State]] = [set() for _ in events]
        self.invariants = [(item.name, subject.program.compile_test(item.expr)) for item in subject.problem.invariants]
        self._frames: list[Frame] = []
        self._committed = 0
        self._frontier: set[State] = set()

    def run(self) -> bool:
        """Whether the trace has a behaviour. Raises Overflow at the bound, a SpecError where the spec has no value."""
        initial = [Candidate(state, None) for state in self.subject.initial_states()]
        # The frame below the first event: its candidates are the initial states.
        self._frames = [Frame(None, initial[::-1], None)]
        while self._frames:
            frame = self._frames[-1]
            candidate = frame.next()
            if candidate is None:
                self._give_up(frame)
                continue
            cursor = len(self._frames) - 1
            if cursor < len(self.events) and self.dead[cursor] and candidate.state in self.dead[cursor]:
                continue
            frame.chosen = candidate
            self._reached(cursor, candidate.state)
            if cursor == len(self.events):
                self._commit(len(self._frames))
                return True
            self._commit_what_is_settled()
            self._frames.append(self._frame(cursor, candidate.state))
        return False

    # --- frames -------------------------------------------------------------------------------------------------------

    def _frame(self, cursor: int, state: State) -> Frame:
        event = self.events[cursor]
        ready = list(self._after(event, state, None))[::-1]
        return Frame(state, ready, self._later(event, state) if self.silent else None)

    def _later(self, event: BoundEvent, state: State) -> Iterator[Candidate]:
        for after, taken in self.after_silence(state):
            yield from self._after(event, after, taken)

    def _give_up(self, frame: Frame) -> None:
        self._frames.pop()
        if frame.state is not None:
            self.dead[len(self._frames) - 1].add(frame.state)

    def _reached(self, cursor: int, state: State) -> None:
        figures = self.figures
        if cursor > figures.deepest:
            figures.deepest = cursor
            self._frontier.clear()
            figures.frontier.clear()
        if cursor < figures.deepest or len(figures.frontier) == MAX_FRONTIER:
            return
        # States are hashed only where there are several: it takes time in proportion to their size.
        if figures.frontier:
            self._frontier.update(figures.frontier[:1])
            if state in self._frontier:
                return
            self._frontier.add(state)
        figures.frontier.append(state)

    def _commit_what_is_settled(self) -> None:
        settled = self._committed
        while settled < len(self._frames) and self._frames[settled].is_exhausted:
            settled += 1
        self._commit(settled)

    def _commit(self, count: int) -> None:
        """Take the choices of the first `count` frames for good."""
        for index in range(self._committed, count):
            frame = self._frames[index]
            assert frame.chosen is not None
            self._account(index, frame.chosen)
            frame.state = None
            frame.chosen = None
        self._committed = max(self._committed, count)

    def _account(self, events: int, candidate: Candidate) -> None:
        steps: list[Taken] = []
        taken = candidate.taken
        while taken is not None:
            steps.append(taken)
            taken = taken.earlier
        for taken in reversed(steps):
            self.figures.actions["" if taken.step.action is None else taken.step.action.name] += 1
            self.figures.silent += taken.is_silent
            self._check_invariants(events, taken.state)
        if not events:
            self._check_invariants(events, candidate.state)

    def _check_invariants(self, events: int, state: State) -> None:
        if self.figures.violation is not None:
            return
        for name, test in self.invariants:
            if not self._evaluate_invariant(name, test, state):
                values = dict(zip(self.subject.variables, state, strict=True))
                self.figures.violation = Violation(name, events, values)
                return

    def _evaluate_invariant(self, name: str, test: Callable[[State], bool], state: State) -> bool:
        try:
            return test(state)
        except EVALUATION_FAILURES as failure:
            expr = next(item.expr for item in self.subject.problem.invariants if item.name == name)
            checked = checked_program(self.subject.program)
            again = lambda: checked.compile_test(expr)(state)  # noqa: E731
            raise reproduced(failure, self.subject.program, checked, again) from failure

    # --- candidates ---------------------------------------------------------------------------------------------------

    def after_silence(self, state: State) -> Iterator[tuple[State, Taken]]:
        """The states after one silent step, then after two, and so on within the budgets."""
        budgets = tuple(budget for _, budget in self.silent)
        seen = {(state, budgets)}
        layer: list[tuple[State, tuple[int, ...], Taken | None]] = [(state, budgets, None)]
        while layer:
            following: list[tuple[State, tuple[int, ...], Taken | None]] = []
            for before, left, taken in layer:
                for index, (step, _) in enumerate(self.silent):
                    if not left[index]:
                        continue
                    rest = (*left[:index], left[index] - 1, *left[index + 1 :])
                    for after in self.successors(step, before):
                        if after == before or (after, rest) in seen:
                            continue
                        seen.add((after, rest))
                        now = Taken(step, True, after, taken)
                        following.append((after, rest, now))
                        yield after, now
            layer = following

    def _after(self, event: BoundEvent, state: State, taken: Taken | None) -> Iterator[Candidate]:
        """The candidates of an event in one state."""
        if not all(observation.holds(state) for observation in event.before):
            return
        seen: set[State] = set()
        is_single = len(event.alternatives) == 1
        for steps in event.alternatives:
            for candidate in self._sequence(steps, 0, Candidate(state, taken)):
                if not all(observation.holds(candidate.state) for observation in event.after):
                    continue
                if is_single and len(steps) == 1:
                    yield candidate
                elif candidate.state not in seen:
                    seen.add(candidate.state)
                    yield candidate

    def _sequence(self, steps: tuple[Step, ...], index: int, at: Candidate) -> Iterator[Candidate]:
        if index == len(steps):
            yield at
            return
        step = steps[index]
        for state in self.successors(step, at.state):
            yield from self._sequence(steps, index + 1, Candidate(state, Taken(step, False, state, at.taken)))
        if step.is_optional:
            yield from self._sequence(steps, index + 1, at)

    def successors(self, step: Step, state: State) -> list[State]:
        """The states that one step leads to.

        Where the specification has no value for arguments that the trace gives, the step is not possible; where it
        chose them itself, that is an error of the specification, and raised.
        """
        try:
            found = step.steps(state, step.values)
        except EVALUATION_FAILURES as failure:
            error = self.error(failure, step, state)
            if not step.values:
                raise error from failure
            found = []
        self.figures.evaluated += 1 + len(found)
        if self.figures.evaluated > self.max_steps:
            raise Overflow
        return found

    def error(self, failure: Exception, step: Step, state: State) -> SpecError:
        """The located error behind a failure of a step."""
        checked = checked_program(self.subject.program)
        steps = self.subject.compiled(checked, step.action, step.given)
        return reproduced(failure, self.subject.program, checked, lambda: steps(state, step.values))
