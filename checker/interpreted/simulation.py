"""Random behaviours, as TLC's simulator has them (tlc2/tool/SimulationWorker.java).

A behaviour begins in an initial state of the model, chosen at random. In each state all successors are found and
checked; an action with a successor in the model is chosen, each with the same chance, then one of its successors. A
behaviour ends after `depth` steps, or where no successor is in the model. Its choices depend on the seed and on its
number alone (`Chance`), so that it is the same in any engine, on any worker.

Three differences: every successor is checked, where TLC checks those of the action it has drawn; initial states are
checked against the properties that speak of them; and, as in a search, a state is no deadlock where a successor outside
the model exists.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from ...model.diagnostics import InputError
from ...model.problem import NamedExpr, Problem
from ...model.structs import Struct, field
from ..engine import Observer, Simulation
from ..result import Counterexample, Stats, Verdict, Violation
from .predicates import Predicates, compile_predicates
from .program import Program, State
from .search import REPORT_SECONDS, all_found, behaviour

MAX_INTERNED = 2_000_000
"""Values remembered before all are forgotten, between two behaviours: a simulation may run for long."""

T = TypeVar("T")
WORD = (1 << 64) - 1
INCREMENT, FIRST_FACTOR, SECOND_FACTOR = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB

Visit = tuple[State, int | None]
"""A state and the label of the step that led to it."""


def nothing_to_simulate(problem: Problem) -> InputError:
    span = None if problem.init is None else problem.init.span
    return InputError("there is nothing to simulate: no initial state is in the model", span)


class Chance:
    """The choices of one behaviour: SplitMix64 (Steele, Lea & Flood, Fast Splittable Pseudorandom Number Generators).

    It is the same as in `compiled/runtime/simulation.cpp`.
    """

    def __init__(self, seed: int, behaviour: int) -> None:
        self._state = seed & WORD
        self._state = (self._next() + behaviour) & WORD
        self._state = self._next()

    def below(self, bound: int) -> int:
        """A number from 0 to `bound` - 1."""
        return self._next() * bound >> 64

    def choice(self, items: Sequence[T]) -> T:
        return items[self.below(len(items))]

    def _next(self) -> int:
        self._state = (self._state + INCREMENT) & WORD
        mixed = self._state
        mixed = (mixed ^ mixed >> 30) * FIRST_FACTOR & WORD
        mixed = (mixed ^ mixed >> 27) * SECOND_FACTOR & WORD
        return mixed ^ mixed >> 31


class _Violated(Exception):
    def __init__(self, verdict: Verdict, violated: str | None) -> None:
        super().__init__(verdict)
        self.verdict = verdict
        self.violated = violated


class _Interrupted(Exception):
    pass


class RandomBehaviours(Struct, frozen=False):
    """One simulation. Its figures: behaviours begun, states generated, the length of the longest behaviour."""

    program: Program
    simulation: Simulation
    observer: Observer | None
    predicates: Predicates
    is_interrupted: Callable[[], bool] = lambda: False
    """Asked after each step whether to end there."""
    stats: Stats = field(default_factory=lambda: Stats(behaviours=0))
    behaviour: list[Visit] = field(default_factory=list)
    pending: tuple[State, int] | None = None
    """The state examined last and the label of what led to it, for the report of an evaluation that fails."""
    examining: bool = False
    """Whether predicates of `pending` are being evaluated, rather than Init or Next."""
    started: float = field(default_factory=time.monotonic)
    _reported: float = 0.0

    @property
    def problem(self) -> Problem:
        return self.program.problem

    @property
    def current_state(self) -> State | None:
        """The state being expanded."""
        return self.behaviour[-1][0] if self.behaviour else None

    @property
    def level(self) -> int:
        """That of the state being expanded; 0 while there is none."""
        return len(self.behaviour)

    @property
    def waiting(self) -> int:
        """No state waits for a simulation."""
        return 0

    @property
    def is_filling(self) -> bool:
        return False

    @property
    def initial_count(self) -> int:
        return 0

    def run(self) -> Violation | None:
        """Simulate to the end, or to the first violation."""
        self.program.registers.random.seed(self.simulation.seed)
        problem = self.problem
        assert problem.init is not None and problem.next is not None
        successors = self.program.compile_next(problem.next)
        try:
            with self.program.registers.searching(self):
                self._behaviours(successors)
        except _Interrupted:
            return None
        except _Violated as found:
            shown = self.so_far()
            assert shown is not None
            return Violation(found.verdict, found.violated, shown)
        finally:
            self.stats.seconds = time.monotonic() - self.started
        return None

    def _behaviours(self, successors: Callable[..., None]) -> None:
        initial = self._initial_states()
        for number in range(self.simulation.behaviours):
            if self.program.registers.is_exiting:
                break
            chance = Chance(self.simulation.seed, number)
            self._simulate(chance, chance.choice(initial), successors)
            if len(self.program.interned) > MAX_INTERNED:
                initial = self._forget(initial)

    def _initial_states(self) -> list[State]:
        """Those of the model."""
        problem, predicates = self.problem, self.predicates
        assert problem.init is not None
        found: dict[State, None] = {}
        enumerate_init = self.program.compile_init(problem.init)
        for self.pending in all_found(enumerate_init):
            state = self.pending[0]
            self.stats.generated += 1
            self.examining = True
            if predicates.constraints(state) < 0:
                found[state] = None
            self._require(predicates.invariants(state), Verdict.INVARIANT, problem.invariants)
            self._require(predicates.initial(state), Verdict.PROPERTY, problem.initial_properties)
            self.examining = False
        self.pending = None
        if not found:
            raise nothing_to_simulate(problem)
        return list(found)

    def _simulate(self, chance: Chance, initial: State, successors: Callable[..., None]) -> None:
        """One behaviour."""
        assert self.stats.behaviours is not None
        self.stats.behaviours += 1
        self.stats.depth = max(self.stats.depth, 1)
        self.behaviour = [(initial, None)]
        for _ in range(self.simulation.depth):
            following = self._successors(self.behaviour[-1][0], successors)
            if not following:
                break
            label = chance.choice(list(following))
            self.behaviour.append((chance.choice(following[label]), label))
            self._look_up()

    def _successors(self, state: State, successors: Callable[..., None]) -> dict[int, list[State]]:
        """The successors in the model, by label in the order in which they are found, all of them checked."""
        problem, predicates = self.problem, self.predicates
        found: dict[int, list[State]] = {}
        stats, generated = self.stats, self.stats.generated
        self.pending = None
        for self.pending in all_found(successors, state):
            following, label = self.pending
            stats.generated += 1
            stats.depth = max(stats.depth, len(self.behaviour) + 1)
            self.examining = True
            if predicates.constraints(following) < 0 and predicates.step_constraints(state, following) < 0:
                found.setdefault(label, []).append(following)
            self._require(predicates.invariants(following), Verdict.INVARIANT, problem.invariants)
            self._require(predicates.steps(state, following), Verdict.ACTION, problem.action_properties)
            self.examining = False
        self.pending = None
        if stats.generated == generated and problem.check_deadlock:
            raise _Violated(Verdict.DEADLOCK, None)
        return found

    def _require(self, broken: int, verdict: Verdict, predicates: list[NamedExpr]) -> None:
        if broken >= 0:
            raise _Violated(verdict, predicates[broken].name)

    def _forget(self, initial: list[State]) -> list[State]:
        """Start with empty tables; what is remembered by identity goes with them."""
        self.program.interned.clear()
        self.predicates = compile_predicates(self.program)
        return [tuple(self.program.interned[value] for value in state) for state in initial]

    def _look_up(self) -> None:
        if self.is_interrupted():
            raise _Interrupted
        now = time.monotonic()
        if self.observer is not None and now - self._reported >= REPORT_SECONDS:
            self._reported = now
            self.stats.seconds = now - self.started
            self.observer.progress(self.stats)

    def so_far(self) -> Counterexample | None:
        """The behaviour at hand, to the state that is being examined, if there is one."""
        visits = list(self.behaviour)
        if self.pending is not None and self.examining:
            state, label = self.pending
            visits.append((state, label if visits else None))
        return behaviour(self.program, visits) if visits else None
