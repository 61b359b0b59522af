"""Why a trace goes no further: what refuses its event in each state in which the longest prefixes end.

Every step that the event may stand for is taken again in checked code, with a probe that is told of each guard that
fails. A refusal is the nearer the fewer steps of a sequence remained, then the later the guard that failed; nearest are
those where all steps are possible and only observations differ.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from ...model.diagnostics import EvaluationError, SpecError
from ...model.semantics import ir
from ...model.source import Span
from ...model.values import Value, expanded, is_function, show
from ..difference import Change, changes
from ..interpreted.program import Program, State
from .binding import BoundEvent, Observation, Step
from .reading import MISSING, look_up
from .search import Overflow, Search, Taken
from .subject import Given, Steps

MAX_STATES = 100
"""States in which an event is explained: the first that were reached, and those after the fewest silent steps."""
MAX_REFUSALS = 5
MAX_VALUES = 8
"""Values shown beside a guard."""


class Kind(StrEnum):
    """What refuses an event."""

    BEFORE = "before"
    """An observation before the event differs."""
    CHOICE = "choice"
    """There is nothing to choose the parameters from."""
    EVALUATION = "evaluation"
    """The action has no value for these arguments."""
    GUARD = "guard"
    EFFECT = "effect"
    """An observation after the event differs."""


@dataclass(frozen=True, slots=True)
class Mismatch:
    """An observation that differs: the specification has `expected` (MISSING: nothing) where the trace says `got`."""

    path: str
    expected: Value
    got: Value
    place: Span | None
    """Where the action decides it, if that is one place."""
    is_unchanged: bool = False
    """The action leaves the variable as it is."""

    @property
    def differences(self) -> tuple[Change, ...]:
        """In which parts the two differ, by the way to them."""
        return () if self.expected is MISSING else tuple(changes("", self.expected, self.got))


@dataclass(frozen=True, slots=True)
class Nearest:
    """For `x \\in S`: the element of S that differs least from x, and what x has otherwise."""

    size: int
    differences: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why one way to take an event is not possible from one state."""

    kind: Kind
    rank: tuple[float, ...]
    step: Step | None
    """The step that is refused, or whose effect differs; None for stuttering."""
    done: tuple[Step, ...] = ()
    """The steps of a sequence taken before it."""
    silent: tuple[Step, ...] = ()
    """Silent steps taken before the event."""
    place: Span | None = None
    values: tuple[tuple[str, Value], ...] = ()
    """What the failing conjunct compares, by its text."""
    nearest: Nearest | None = None
    mismatches: tuple[Mismatch, ...] = ()
    agreeing: int = 0
    error: SpecError | None = None

    @property
    def key(self) -> tuple[object, ...]:
        """Refusals that a reader cannot tell apart have the same key."""
        names = tuple(
            show(difference.expected) if difference.expected is not MISSING else "" for difference in self.mismatches
        )
        place = None if self.place is None else (self.place.line, self.place.column)
        return (self.kind, self.step and self.step.title, self.done, self.silent, place, names, str(self.values))


@dataclass(slots=True)
class _Miss:
    node: ir.Expr
    bindings: dict[str, Value]
    operands: tuple[Value, ...]


@dataclass(slots=True)
class Explainer:
    """Explains the state of a search that has failed."""

    search: Search
    program: Program = field(init=False)
    _misses: list[_Miss] = field(default_factory=list)
    _steps: dict[tuple[ir.Definition | None, Given], Steps] = field(default_factory=dict)
    _orders: dict[tuple[ir.Definition | None, Given], dict[object, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        subject = self.search.subject
        self.program = Program(subject.problem, checked=True, registers=subject.program.registers, probe=self._missed)

    def _missed(self, node: ir.Expr, bindings: dict[str, Value], operands: tuple[Value, ...]) -> None:
        self._misses.append(_Miss(node, bindings, operands))

    def refusals(self) -> list[Refusal]:
        """What refuses the event at which the search ended, nearest first."""
        event = self.search.events[self.search.figures.deepest]
        found: dict[tuple[object, ...], Refusal] = {}
        for state, taken in self._states():
            for refusal in self._refusals_in(event, state, _silent_steps(taken)):
                found.setdefault(refusal.key, refusal)
        # Among equals the first found needs the fewest silent steps: sorting keeps their order.
        return sorted(found.values(), key=lambda refusal: refusal.rank, reverse=True)[:MAX_REFUSALS]

    def _states(self) -> Iterator[tuple[State, Taken | None]]:
        """The states before the event: without silent steps first, then after them."""
        frontier = self.search.figures.frontier[:MAX_STATES]
        yield from ((state, None) for state in frontier)
        left = MAX_STATES - len(frontier)
        for state in frontier:
            try:
                for after, taken in self.search.after_silence(state):
                    if left == 0:
                        return
                    left -= 1
                    yield after, taken
            except Overflow:
                return

    def _refusals_in(self, event: BoundEvent, state: State, silent: tuple[Step, ...]) -> Iterator[Refusal]:
        differing = [observation for observation in event.before if not observation.holds(state)]
        if differing:
            mismatches = tuple(self._mismatch(observation, state, None) for observation in differing)
            agreeing = len(event.before) - len(differing)
            longest = max(len(steps) for steps in event.alternatives)
            rank = (-longest - 1.0, agreeing)
            yield Refusal(Kind.BEFORE, rank, None, (), silent, mismatches=mismatches, agreeing=agreeing)
            return
        for steps in event.alternatives:
            attempts = self._attempts(event, steps, 0, state, silent)
            best = max(attempts, key=lambda refusal: refusal.rank, default=None)
            if best is not None:
                yield best

    # --- one way to take the event ------------------------------------------------------------------------------------

    def _attempts(
        self, event: BoundEvent, steps: tuple[Step, ...], index: int, state: State, silent: tuple[Step, ...]
    ) -> Iterator[Refusal]:
        if index == len(steps):
            refusal = self._effect(event, steps, state, silent)
            if refusal is not None:
                yield refusal
            return
        step = steps[index]
        following, refusal = self._take(step, state, (index - len(steps), steps[:index], silent))
        if refusal is not None:
            yield refusal
        for after in following:
            yield from self._attempts(event, steps, index + 1, after, silent)
        if step.is_optional:
            yield from self._attempts(event, steps, index + 1, state, silent)

    def _take(
        self, step: Step, state: State, at: tuple[int, tuple[Step, ...], tuple[Step, ...]]
    ) -> tuple[list[State], Refusal | None]:
        """The states after a step, or why there are none."""
        remaining, done, silent = at
        self._misses.clear()
        try:
            following = self._compiled(step)(state, step.values)
        except (SpecError, RecursionError) as failure:
            place = self.program.locate(failure.__traceback__)
            error = failure if isinstance(failure, SpecError) else EvaluationError("the evaluation recurses too deeply")
            rank = (remaining, 0.0, self._order(step, place))
            return [], Refusal(Kind.EVALUATION, rank, step, done, silent, place, error=error.located(place))
        if following:
            return following, None
        if not self._misses:
            return [], Refusal(Kind.CHOICE, (remaining, -1.0), step, done, silent)
        latest = max(self._misses, key=lambda miss: self._order(step, miss.node.span))
        rank = (remaining, 0.0, self._order(step, latest.node.span))
        miss = self._whole(step, latest)
        values = tuple(_values(miss, state))
        return [], Refusal(Kind.GUARD, rank, step, done, silent, miss.node.span, values, _nearest(miss))

    def _whole(self, step: Step, miss: _Miss) -> _Miss:
        """The disjunction that a miss is an arm of, where it is a guard as a whole and every arm has failed."""
        failed = [other.node for other in self._misses]
        for expr in self._texts(step):
            for node in self._nodes(expr, set()):
                if not isinstance(node, ir.Junction) or node.is_and or self.program.analysis.facts(node).primed:
                    continue
                arms = [list(self._nodes(arm, set())) for arm in node.items]
                if any(inner is miss.node for arm in arms for inner in arm) and all(
                    any(inner is other for inner in arm for other in failed) for arm in arms
                ):
                    return _Miss(node, miss.bindings, ())
        return miss

    def _effect(
        self, event: BoundEvent, steps: tuple[Step, ...], state: State, silent: tuple[Step, ...]
    ) -> Refusal | None:
        differing = [observation for observation in event.after if not observation.holds(state)]
        if not differing:
            return None
        last = steps[-1] if steps else None
        agreeing = len(event.after) - len(differing)
        return Refusal(
            Kind.EFFECT,
            (0, 1.0, agreeing),
            last,
            steps[:-1],
            silent,
            mismatches=tuple(self._mismatch(observation, state, last) for observation in differing),
            agreeing=agreeing,
        )

    def _compiled(self, step: Step) -> Steps:
        key = (step.action, step.given)
        found = self._steps.get(key)
        if found is None:
            found = self._steps[key] = self.search.subject.compiled(self.program, *key)
        return found

    # --- places -------------------------------------------------------------------------------------------------------

    def _order(self, step: Step, place: Span | None) -> float:
        """How late in an action a place is evaluated."""
        key = (step.action, step.given)
        order = self._orders.get(key)
        if order is None:
            order = self._orders[key] = {}
            for expr in self._texts(step):
                for node in self._nodes(expr, set()):
                    order.setdefault(_start(node.span), len(order))
        return order.get(_start(place), -1) if place is not None else -1

    def _texts(self, step: Step) -> list[ir.Expr]:
        subject = self.search.subject
        if step.action is None:
            assert subject.problem.next is not None
            return [subject.problem.next]
        return [one.expr for one in subject.occurrences(step.action, step.given)]

    def _nodes(self, node: ir.Node, entered: set[ir.Definition]) -> Iterator[ir.Node]:
        """The nodes of an action in the order of evaluation, definitions entered where they are first called."""
        yield node
        for child in ir.children(node):
            yield from self._nodes(child, entered)
        if isinstance(node, ir.Call) and isinstance(node.target, ir.Definition):
            target = self.program.resolve(node.target)
            if isinstance(target, ir.Definition) and target not in entered:
                entered.add(target)
                yield from self._nodes(target.body, entered)

    def _mismatch(self, observation: Observation, state: State, step: Step | None) -> Mismatch:
        expected = look_up(state[observation.variable], observation.keys)
        places = [] if step is None else self._assignments(step, observation.variable)
        place = places[0] if len(places) == 1 else None
        return Mismatch(observation.text, expected, observation.value, place, step is not None and not places)

    def _assignments(self, step: Step, variable: int) -> list[Span]:
        """Where the action speaks of the next value of a variable, save to say that it stays."""
        found: dict[object, Span] = {}
        for expr in self._texts(step):
            for node in self._nodes(expr, set()):
                if isinstance(node, ir.Builtin) and node.operator.name in ("=", r"\in") and len(node.args) == 2:
                    left = node.args[0]
                    target = left.expr if isinstance(left, ir.Prime) else None
                    if isinstance(target, ir.VariableRef) and target.variable.index == variable:
                        found.setdefault(_start(node.span), node.span)
        return list(found.values())


def _silent_steps(taken: Taken | None) -> tuple[Step, ...]:
    steps: list[Step] = []
    while taken is not None:
        steps.append(taken.step)
        taken = taken.earlier
    return tuple(reversed(steps))


def _start(span: Span) -> object:
    return (span.source, span.line, span.column)


# --- values ----------------------------------------------------------------------------------------------------------


def _values(miss: _Miss, state: State) -> Iterator[tuple[str, Value]]:
    """What a guard compares, then what it reads of the state and of its parameters, each by its text."""
    seen: set[str] = set()
    shown: list[tuple[str, Value]] = []
    if isinstance(miss.node, ir.Builtin) and miss.operands:
        for arg, value in zip(miss.node.args, miss.operands, strict=True):
            if isinstance(arg, ir.Node) and _text(arg) != show(value):
                shown.append((_text(arg), value))
    shown += _read_by(miss.node, miss.bindings, state, set())
    for text, value in shown:
        if text not in seen and len(seen) < MAX_VALUES:
            seen.add(text)
            yield text, value


def _read_by(
    node: ir.Node, bindings: dict[str, Value], state: State, entered: set[ir.Definition]
) -> Iterator[tuple[str, Value]]:
    """The largest parts of an expression that are a variable or a parameter, perhaps applied.

    Definitions without parameters are entered, those of a LET for the most part.
    """
    value = _applied(node, bindings, state)
    if value is not MISSING:
        yield _text(node), value
        return
    if isinstance(node, ir.Call) and isinstance(node.target, ir.Definition) and not node.args:
        if node.target not in entered:
            entered.add(node.target)
            yield from _read_by(node.target.body, bindings, state, entered)
        return
    for child in ir.children(node):
        yield from _read_by(child, bindings, state, entered)


def _text(node: ir.Node) -> str:
    return node.local.name if isinstance(node, ir.LocalRef) else " ".join(node.span.text.split())


def _applied(node: ir.Node, bindings: dict[str, Value], state: State) -> Value:
    match node:
        case ir.VariableRef():
            return state[node.variable.index]
        case ir.LocalRef():
            return bindings.get(node.local.name, MISSING)
        case ir.FunctionApplication():
            function = _applied(node.function, bindings, state)
            key = node.arg.value if isinstance(node.arg, ir.Literal) else _applied(node.arg, bindings, state)
            if function is MISSING or key is MISSING or isinstance(key, bool):
                return MISSING
            return look_up(function, ((key,),))
        case _:
            return MISSING


def _nearest(miss: _Miss) -> Nearest | None:
    """The near miss of a failing `x \\in S` where x is a record or another function."""
    node = miss.node
    if not (isinstance(node, ir.Builtin) and node.operator.name == r"\in" and len(miss.operands) == 2):
        return None
    item, elements = expanded(miss.operands[0]), miss.operands[1]
    if not is_function(item) or type(elements) is not frozenset:
        return None
    alike = [element for element in elements if is_function(element) and element[0] is item[0]]
    if not alike:
        return Nearest(len(elements), ())
    least = min(_distance(element, item) for element in alike)
    best = min((element for element in alike if _distance(element, item) == least), key=show)
    return Nearest(len(elements), tuple(changes("", best, item)))


def _distance(a: Value, b: Value) -> int:
    return sum(x != y for x, y in zip(a[1:], b[1:], strict=True))
