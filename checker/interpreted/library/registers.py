"""What TLC's operators have beside values: the registers of TLCSet, the figures of the run, random choices, output.

One object is shared by all code of a run. A search or simulation shows itself to it while it runs (`searching`), so
that TLCGet knows its figures, and Trace the behaviour so far.
"""

from __future__ import annotations

import itertools
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from ....model.diagnostics import EvaluationError
from ....model.problem import NamedExpr, Problem
from ....model.source import Span
from ....model.values.core import TRUE, Value, boolean, function, kind_of, record, sequence
from ....model.values.order import ordered
from ....model.values.sets import FunctionSet, Interval, LazySet, Product, RecordSet, cardinality, is_finite, is_set
from ....model.values.text import brief, show
from ...result import Counterexample, Stats, Step
from .files import Files
from .table import Effect, Key, Native

NAMED_PREFIX = "s:"
"""Strings that begin so are registers like numbers; other strings name figures of the run."""
PROPERTY_PREFIX = "-D"
"""Strings that begin so are properties, which TLC takes from the Java command line."""
MAX_INT = 2**31 - 1


class Run(Protocol):
    """A search or simulation under way."""

    stats: Stats
    examining: bool

    @property
    def level(self) -> int:
        """That of the state being expanded; 0 while there is none."""
        ...

    @property
    def waiting(self) -> int:
        """States found and not expanded yet."""
        ...

    @property
    def is_filling(self) -> bool:
        """Whether the level after the one being expanded holds a state."""
        ...

    @property
    def initial_count(self) -> int: ...

    def so_far(self) -> Counterexample | None:
        """The behaviour to the state being expanded or examined."""
        ...


class Registers:
    """`problem` and `actions` are the specification and the actions of Next, once there is one (`describe`)."""

    def __init__(self, seed: int = 0) -> None:
        self.values: dict[Value, Value] = {}
        self.properties: dict[str, str] = {"tlc2.tool.impl.Tool.cdot": "true"}
        """Those by which a specification asks what the checker can do: `\\cdot` is an option in TLC."""
        self.seed = seed
        self.random = random.Random(seed)
        self.started = time.monotonic()
        self.files = Files()
        self.problem: Problem | None = None
        self.actions: Callable[[], Iterable[tuple[str, Span | None]]] = lambda: ()
        self.run: Run | None = None
        self.is_searching = False
        self.is_simulation = False
        """Whether random behaviours are checked: assumptions may ask before there is a run."""
        self.in_step = False
        """Whether a predicate of a step is being evaluated: its first state counts as the current one."""
        self.shown: Sequence[Step] | None = None
        """The states of a counterexample up to the one for which an ALIAS is evaluated."""
        self.in_temporal = False
        """Whether a temporal property is being evaluated, on states that come from anywhere in the search."""
        self.composed = 0
        """States between the two parts of a composed action, found since they were last counted (`take_composed`)."""
        self.is_exiting = False
        """Whether the specification has asked for the end of the run, by TLCSet("exit", TRUE)."""
        self.counterexample: Counterexample | None = None
        """The violation that was found, for a POSTCONDITION."""

    def describe(self, problem: Problem, actions: Callable[[], Iterable[tuple[str, Span | None]]]) -> None:
        """Say what the run is about: once, by the program whose code it runs."""
        if self.problem is None:
            self.problem, self.actions = problem, actions
            self.files.folder = _folder(problem)

    @contextmanager
    def searching(self, run: Run) -> Iterator[None]:
        """The run whose figures count, while it lasts and after it."""
        self.run = run
        self.is_searching = True
        try:
            yield
        finally:
            self.is_searching = False

    @contextmanager
    def temporal(self) -> Iterator[None]:
        """Temporal properties are evaluated meanwhile."""
        self.in_temporal = True
        try:
            yield
        finally:
            self.in_temporal = False

    def take_composed(self) -> int:
        """How many states composed actions have led through since the last call."""
        composed, self.composed = self.composed, 0
        return composed

    # --- TLCGet and TLCSet --------------------------------------------------------------------------------------------

    def get(self, key: Value) -> Value:
        if type(key) is str and not key.startswith((NAMED_PREFIX, PROPERTY_PREFIX)):
            figure = _FIGURES.get(key)
            if figure is None:
                raise EvaluationError(f"TLCGet({show(key)}) is not known", expected=f"one of {', '.join(_FIGURES)}")
            return figure(self)
        if type(key) is str and key.startswith(PROPERTY_PREFIX):
            return self.properties.get(key.removeprefix(PROPERTY_PREFIX), key)
        if key not in self.values:
            _require_index("TLCGet", key)
            raise EvaluationError(f"TLCGet({show(key)}) has no value", hint="TLCSet gives a register its value")
        return self.values[key]

    def get_primed(self, key: Value) -> Value:
        """TLCGet under a prime: the level is that of the next state."""
        return self.level() + 1 if key == "level" else self.get(key)

    def get_or_default(self, key: Value, default: Value) -> Value:
        return self.values.get(key, default)

    def set(self, key: Value, value: Value) -> Value:
        if type(key) is str and key.startswith(PROPERTY_PREFIX):
            self.properties[key.removeprefix(PROPERTY_PREFIX)] = value if type(value) is str else show(value)
        elif key == "exit":
            self.is_exiting = self.is_exiting or value is TRUE
        elif key != "pause":
            _require_index("TLCSet", key)
            self.values[key] = value
        return TRUE

    def get_and_set(self, key: Value, op: Callable[[Value, Value], Value], value: Value, default: Value) -> Value:
        old = self.get_or_default(key, default)
        self.set(key, op(old, value))
        return old

    # --- figures ------------------------------------------------------------------------------------------------------

    def level(self) -> int:
        """The length of the behaviour to the current state; 0 where there is none (constants, Init)."""
        if self.shown is not None:
            return len(self.shown)
        if self.in_temporal:
            raise EvaluationError('TLCGet("level") has no value in a temporal property')
        if self.run is None or not self.is_searching:
            return 0
        return self.run.level + (self.run.examining and not self.in_step)

    def _current(self) -> Run:
        if self.run is None:
            raise EvaluationError("TLCGet of a figure before there is a run", hint="an ASSUME is evaluated before it")
        return self.run

    def _distinct(self) -> int:
        return self._current().stats.distinct

    def _generated(self) -> int:
        return self._current().stats.generated

    def _queue(self) -> int:
        return self._current().waiting

    def _diameter(self) -> int:
        run = self._current()
        return max(1, run.stats.depth + (self.is_searching and run.is_filling))

    def _duration(self) -> int:
        return int(time.monotonic() - self.started)

    def _all(self) -> Value:
        """Every numbered register: the values it has for the workers, of which there is one."""
        return function({key: sequence([value]) for key, value in self.values.items() if type(key) is int})

    def _all_named(self) -> Value:
        return function({key: sequence([value]) for key, value in self.values.items() if type(key) is str})

    def _stats(self) -> Value:
        stats = self._current().stats
        fields: dict[str, Value] = {
            "duration": self._duration(),
            "generated": stats.generated,
            "distinct": stats.distinct,
            "worker": 0,
        }
        if stats.behaviours is None:
            fields |= {"queue": self._queue(), "initial": self._current().initial_count, "diameter": self._diameter()}
        else:
            so_far = self._current().so_far()
            names = Counter(step.action for step in (so_far.steps if so_far else ()) if step.action is not None)
            behaviour = record({"id": stats.behaviours, "actions": function(dict(names))})
            fields |= {"traces": stats.behaviours, "behavior": behaviour}
        return record(fields)

    def _config(self) -> Value:
        checks = self.problem is None or self.problem.check_deadlock
        fields: dict[str, Value] = {
            "mode": "simulate" if self.is_simulation else "bfs",
            "deadlock": boolean(checks),
            "worker": 1,
            "seed": str(self.seed),
            "install": os.path.dirname(os.path.dirname(os.path.abspath(__file__))),
        }
        if self.is_simulation:
            fields |= {"depth": -1, "traces": MAX_INT, "aril": "0", "sched": "random"}
        else:
            fields |= {"fingerprint": "0"}
        return record(fields)

    def _revision(self) -> Value:
        from importlib.metadata import PackageNotFoundError, version  # which takes long to import

        try:
            release = version("comitia")
        except PackageNotFoundError:
            release = "0"
        return record({"count": 0, "timestamp": 0, "date": "1970-01-01T00:00:00.0Z", "tag": release, "calver": release})

    def _action(self) -> Value:
        """The action that led to the current state, where that is known."""
        steps = self.shown if self.shown is not None else self._behaviour()
        if not steps or steps[-1].action is None:
            return _described("UnnamedAction", None)
        return _described(steps[-1].action, steps[-1].span)

    def _spec(self) -> Value:
        """What the configuration makes of the specification: sets of records of a name and a location."""
        problem = self.problem
        assert problem is not None

        def named(items: Iterable[NamedExpr]) -> Value:
            return frozenset(_described(item.name, item.expr.span) for item in items)

        init = () if problem.init is None else [_described("Init", problem.init.span)]
        return record(
            {
                "inits": frozenset(init),
                "actions": frozenset(_described(name, span) for name, span in self.actions()),
                "temporals": frozenset(_described("Fairness", expr.span) for expr in problem.fairness),
                "invariants": named(problem.invariants),
                "impliedinits": named(problem.initial_properties),
                "impliedactions": named(problem.action_properties),
                "impliedtemporals": named(problem.temporal_properties),
                "variables": frozenset(_described(item.name, item.span) for item in problem.module.variables),
                "actionconstraints": named(problem.action_constraints),
                "constraints": named(problem.constraints),
            }
        )

    # --- behaviours ---------------------------------------------------------------------------------------------------

    def _behaviour(self) -> Sequence[Step]:
        if self.run is None or not self.is_searching:
            return ()
        found = self.run.so_far()
        steps = () if found is None else found.steps
        return steps[:-1] if self.in_step and self.run.examining else steps

    def trace(self) -> Value:
        """The states from an initial one to the current one, as records."""
        steps = self.shown if self.shown is not None else self._behaviour()
        if not steps:
            raise EvaluationError("Trace outside of a behaviour: there is no current state")
        return sequence(record(dict(step.state)) for step in steps)

    def counterexample_value(self) -> Value:
        """The violation as a graph: numbered states, and actions between them."""
        found = self.counterexample
        states = (
            []
            if found is None
            else [sequence((number, record(dict(step.state)))) for number, step in enumerate(found.steps, 1)]
        )
        actions: list[Value] = []
        if found is not None:
            for (before, after), step in zip(itertools.pairwise(states), found.steps[1:], strict=True):
                actions.append(sequence((before, _described(step.action or "UnnamedAction", step.span), after)))
        return record({"state": frozenset(states), "action": frozenset(actions)})

    # --- output -------------------------------------------------------------------------------------------------------

    def print_value(self, value: Value) -> Value:
        print(show(value), file=sys.stderr)
        return TRUE

    def print_and_return(self, out: Value, value: Value) -> Value:
        print(f"{show(out)}  {show(value)}", file=sys.stderr)
        return value

    # --- chance -------------------------------------------------------------------------------------------------------

    def random_element(self, values: Value) -> Value:
        """An element, each with the same chance; sets of functions, records and tuples are not expanded for it."""
        match values:
            case FunctionSet():
                return function({key: self.random_element(values.range) for key in ordered(values.domain)})
            case RecordSet():
                return (values.domain, *map(self.random_element, values.sets))
            case Product():
                return sequence(map(self.random_element, values.sets))
            case Interval() if values.low <= values.high:
                return self.random.randint(values.low, values.high)
            case _:
                elements = ordered(values)
        if not elements:
            raise EvaluationError("RandomElement of the empty set")
        return self.random.choice(elements)

    def random_subset(self, size: Value, values: Value) -> Value:
        if not is_set(values) or not is_finite(values):
            raise EvaluationError(f"RandomSubset of {brief(values)}", expected="a finite set", got=kind_of(values))
        if type(size) is not int or size < 0:
            raise EvaluationError(f"RandomSubset of {brief(size)} elements", expected="a number, 0 or more")
        size = min(size, cardinality(values))
        if isinstance(values, LazySet) and cardinality(values) > 2 * size:
            return self._random_elements(size, values)
        return frozenset(self.random.sample(ordered(values), size))

    def _random_elements(self, size: int, values: LazySet) -> Value:
        """Different random elements of a set that may be too large to expand."""
        found: dict[Value, None] = {}
        while len(found) < size:
            found[self.random_element(values)] = None
        return frozenset(found)

    def random_set_of_subsets(self, picks: Value, size: Value, values: Value) -> Value:
        """As many random subsets, of so many elements on average; equal ones are one."""
        elements = ordered(values)
        if type(picks) is not int or not 0 <= picks <= 2 ** len(elements):
            raise EvaluationError(
                f"RandomSetOfSubsets of {brief(picks)} subsets", expected=f"a number in 0..2^{len(elements)}"
            )
        if type(size) is not int or not 0 <= size <= len(elements):
            raise EvaluationError(
                f"RandomSetOfSubsets of {brief(size)} elements each", expected=f"a number in 0..{len(elements)}"
            )
        chance = size / len(elements) if elements else 0
        return frozenset(
            frozenset(element for element in elements if self.random.random() < chance) for _ in range(picks)
        )

    def test_random_set_of_subsets(self, picks: Value, size: Value, values: Value) -> Value:
        return sequence(len(self.random_set_of_subsets(picks, size, values)) for _ in range(5))


def _folder(problem: Problem) -> Path | None:
    """That of the root module, as far as its definitions tell."""
    for item in (*problem.module.variables, *problem.module.constants.values(), *problem.module.assumptions):
        if item.span is not None and item.span.source.path is not None:
            return item.span.source.path.parent
    return None


def _require_index(operator: str, key: Value) -> None:
    if (type(key) is int and key >= 0) or (type(key) is str and key.startswith(NAMED_PREFIX)):
        return
    raise EvaluationError(
        f"{operator}({show(key)}{', …' if operator == 'TLCSet' else ''}) is not a register",
        expected=f"a natural number, or a string that begins with {NAMED_PREFIX}",
    )


def _described(name: str, span: Span | None) -> Value:
    """The record of a name and a location, as TLC describes actions and properties."""
    if span is None:
        numbers, module = (0, 0, 0, 0), "--unknown--"
    else:
        numbers = (span.line, span.column, span.end_line, span.end_column)
        module = span.source.path.stem if span.source.path is not None else span.source.name
    names = ("beginLine", "beginColumn", "endLine", "endColumn")
    location = record({**dict(zip(names, numbers, strict=True)), "module": module})
    return record({"name": name, "location": location})


_FIGURES: dict[str, Callable[[Registers], Value]] = {
    "level": Registers.level,
    "diameter": Registers._diameter,
    "distinct": Registers._distinct,
    "generated": Registers._generated,
    "queue": Registers._queue,
    "duration": Registers._duration,
    "stats": Registers._stats,
    "config": Registers._config,
    "spec": Registers._spec,
    "revision": Registers._revision,
    "action": Registers._action,
    "all": Registers._all,
    "all:named": Registers._all_named,
}
"""The strings that TLCGet knows (tlc2/module/TLCGetSet.java)."""

NATIVES: dict[Key, Native] = {
    ("TLC", "PrintT"): Native("registers.print_value", "bool", effect=Effect.FULL),
    ("TLC", "Print"): Native("registers.print_and_return", effect=Effect.FULL),
    ("TLC", "TLCSet"): Native("registers.set", "bool", effect=Effect.FULL),
    ("TLC", "RandomElement"): Native("registers.random_element", effect=Effect.ONCE),
    ("TLCExt", "TLCGetOrDefault"): Native("registers.get_or_default", effect=Effect.FULL),
    ("TLCExt", "TLCGetAndSet"): Native("registers.get_and_set", effect=Effect.FULL),
    ("TLCExt", "Trace"): Native("registers.trace", effect=Effect.FULL),
    ("TLCExt", "CounterExample"): Native("registers.counterexample_value", effect=Effect.FULL),
    ("Randomization", "RandomSubset"): Native("registers.random_subset", "set", effect=Effect.ONCE),
    ("Randomization", "RandomSetOfSubsets"): Native("registers.random_set_of_subsets", "set", effect=Effect.ONCE),
    ("Randomization", "TestRandomSetOfSubsets"): Native("registers.test_random_set_of_subsets", effect=Effect.ONCE),
}
