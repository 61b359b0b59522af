"""Types of the variables of a Problem: the least fixpoint of Init and Next over the abstract interpreter."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Final, Protocol

from ..semantics import ir
from ..values.core import Domain, Value
from . import actions, expressions, guards, rows
from .actions import UNASSIGNED
from .environment import Env
from .interpreter import ConstantValue, Interpreter, Model, Records
from .order import leq
from .types import (
    BOOL,
    INT,
    NEVER,
    TAG_LIMIT,
    AnyType,
    BoolType,
    IntType,
    MapType,
    Reason,
    SeqType,
    SetType,
    StructType,
    Type,
    UnionType,
    atoms_of,
    find_any,
    map_of,
    parts_of,
    seq_of,
    set_of,
)
from .unions import Tags, join, join_all, struct

RULES: Final = (actions, expressions, guards, rows)
"""The modules that register what the interpreter does."""

MAX_PASSES: Final = 100
"""Passes over Init and Next after which variables that still grow are given up."""
NARROWING_PASSES: Final = 2
RECURSION_LIMIT: Final = 20_000

GROWING: Final = "its types do not come to an end"


class NamedExpr(Protocol):
    """A predicate of the configuration."""

    @property
    def expr(self) -> ir.Expr: ...


class Checked(Model, Protocol):
    """What inference reads of a Problem."""

    @property
    def init(self) -> ir.Expr | None: ...
    @property
    def next(self) -> ir.Expr | None: ...
    @property
    def constraints(self) -> Sequence[NamedExpr]: ...
    @property
    def invariants(self) -> Sequence[NamedExpr]: ...
    @property
    def action_properties(self) -> Sequence[NamedExpr]: ...
    @property
    def initial_properties(self) -> Sequence[NamedExpr]: ...
    @property
    def action_constraints(self) -> Sequence[NamedExpr]: ...
    @property
    def temporal_properties(self) -> Sequence[NamedExpr]: ...
    @property
    def fairness(self) -> Sequence[ir.Expr]: ...
    @property
    def view(self) -> NamedExpr | None: ...


@dataclass(slots=True)
class Types:
    """What was inferred. Every value that is met in a search is of the type given here.

    `variables`: in every state found, those outside the model included. `constants`: those without parameters.
    `nodes`, `locals`, `definitions`: of each node evaluated, each bound variable and parameter, and the value of each
    definition called, in Init, Next and the predicates of the configuration, over all ways in which it is reached. What
    is not there is not reached, or lies within a constant definition whose value was had. A node may be of a smaller
    type than the name or field that it reads, where guards before it leave no more.
    """

    variables: dict[ir.Variable, Type]
    constants: dict[ir.Constant, Type]
    nodes: Mapping[ir.Node, Type] = field(default_factory=dict)
    locals: Mapping[ir.Local, Type] = field(default_factory=dict)
    definitions: Mapping[ir.Definition, Type] = field(default_factory=dict)
    passes: int = 0
    _interpreter: Interpreter | None = None

    def type_of_state_function(self, expr: ir.Expr) -> Type:
        """The type of an expression without free names that reads variables, in every state found."""
        assert self._interpreter is not None
        none: tuple[Type | None, ...] = (None,) * len(self.variables)
        with _deep_recursion():
            return self._interpreter.value(expr, Env({}, tuple(self.variables.values()), none))

    def unknown(self) -> dict[ir.Variable, AnyType]:
        """The variables whose type is, or has within it, one that is not known."""
        found = {variable: find_any(t) for variable, t in self.variables.items()}
        return {variable: unknown for variable, unknown in found.items() if unknown is not None}


def infer_types(problem: Checked, constant_value: ConstantValue | None = None) -> Types:
    """The types of a problem's variables, and of all that is evaluated in checking it.

    `constant_value` gives values of constant definitions that are worth more than what is inferred of them. Values in
    the types compare as long as `values.set_string_order` is not called again.
    """
    with _deep_recursion():
        first = _Analysis(problem, constant_value, {})
        first.run()
        tags = choose_tags(first.records_made())
        if not tags:
            return first.result()
        second = _Analysis(problem, constant_value, tags)
        second.run()
        return second.result()


@contextmanager
def _deep_recursion() -> Iterator[None]:
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, RECURSION_LIMIT))
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)


# --- tags ------------------------------------------------------------------------------------------------------------


def choose_tags(records: Mapping[Domain, set[tuple[Type, ...]]]) -> Tags:
    """For the fields of records that are made in several places: the field, if any, that tells these apart best.

    It is the one whose values, strings and model values, fall into the most classes that no place mixes, if other
    fields are of other types, bounds of integers aside, in one class than in another.
    """
    tags: dict[Domain, Value] = {}
    for domain, made in records.items():
        classes = {key: _classes(place, made) for place, key in enumerate(domain)}
        best = max(classes, key=lambda key: (len(classes[key]), str(key)), default=None)
        if best is not None and len({others for _, others in classes[best]}) > 1:
            tags[domain] = best
    return tags


_Class = tuple[frozenset[Value], tuple[Type, ...]]


def _classes(place: int, made: Iterable[tuple[Type, ...]]) -> list[_Class]:
    """The classes of atoms at one field, each with the types of the other fields; none where there are other values."""
    classes: list[_Class] = []
    for results in made:
        atoms = atoms_of(results[place])
        if not atoms:
            return []
        others = tuple([unbounded(t) for i, t in enumerate(results) if i != place])
        for met in [known for known in classes if known[0] & atoms]:
            classes.remove(met)
            atoms |= met[0]
            others = tuple(map(join, others, met[1]))
        classes.append((atoms, others))
    return classes if sum(len(atoms) for atoms, _ in classes) <= TAG_LIMIT else []


def unbounded(t: Type) -> Type:
    """The type without bounds of integers and without which truths."""
    match t:
        case IntType():
            return INT
        case BoolType():
            return BOOL
        case SetType():
            return set_of(unbounded(t.element))
        case SeqType():
            return seq_of(unbounded(t.element))
        case MapType():
            return map_of(unbounded(t.key), unbounded(t.result))
        case StructType():
            return struct(t.domain, tuple(map(unbounded, t.results)), None)
        case _:
            return join_all(map(unbounded, parts_of(t))) if type(t) is UnionType else t


# --- the fixpoint ----------------------------------------------------------------------------------------------------


class _Analysis:
    """One run to the fixpoint."""

    def __init__(self, problem: Checked, constant_value: ConstantValue | None, tags: Tags) -> None:
        self.problem = problem
        self.interpreter = Interpreter(problem, constant_value, tags)
        self.variables = problem.module.variables
        self.passes = 0
        self.interpreter.thresholds = _thresholds(problem)

    def run(self) -> None:
        """Bring the variables' types to where Init and Next add nothing."""
        interpreter = self.interpreter
        while True:
            before = interpreter.variables
            found = self.step()
            if all(map(leq, found, before)):
                break
            interpreter.variables = tuple(
                [self._grown(*pair) for pair in zip(self.variables, before, found, strict=True)]
            )
        for _ in range(NARROWING_PASSES):
            if not self._narrow(found):
                break
            found = self.step()

    def records_made(self) -> Mapping[Domain, set[tuple[Type, ...]]]:
        """The fields of the records that Init and Next make, now that the variables' types are known."""
        self.interpreter.fields_seen.clear()
        self.interpreter.forget()
        self.step()
        return self.interpreter.fields_seen

    def _grown(self, variable: ir.Variable, old: Type, new: Type) -> Type:
        if leq(new, old):
            return old
        if self.passes > MAX_PASSES:
            return AnyType(Reason(GROWING, variable.span))
        return self.interpreter.widened(old, new, self.passes, variable.span)

    def _narrow(self, smaller: tuple[Type, ...]) -> bool:
        """Take smaller types if Init and Next add nothing to them either: what was widened too far comes back."""
        kept = self.interpreter.variables
        smaller = tuple([new if find_any(old) is None else old for old, new in zip(kept, smaller, strict=True)])
        if all(map(leq, kept, smaller)):
            return False
        self.interpreter.variables = smaller
        if all(map(leq, self.step(), smaller)):
            return True
        self.interpreter.variables = kept
        return False

    def step(self) -> tuple[Type, ...]:
        """The types of what Init and Next give, from those so far."""
        self.passes += 1
        first = self._after(self.problem.init, self.start(primed=True))
        if self.problem.next is None or NEVER in self.interpreter.variables:
            return first
        source: Env | None = self.start(primed=False)
        for constraint in self.problem.constraints:
            source = source and self.interpreter.guard(constraint.expr, source)[0]
        # A name of this scope may not be seen by Next, but what is known of variables is.
        if source is None:
            return first
        return tuple(map(join, first, self._after(self.problem.next, replace(source, locals={}))))

    def start(self, *, primed: bool) -> Env:
        """Before anything is known but the variables' types; `primed`: where Init is evaluated."""
        none: tuple[Type | None, ...] = (None,) * len(self.variables)
        return Env({}, self.interpreter.variables, none, primed=primed)

    def _after(self, action: ir.Expr | None, env: Env) -> tuple[Type, ...]:
        """The values that the variables have after an action."""
        after = None if action is None else self.interpreter.act(action, env)
        if after is None:
            return (NEVER,) * len(self.variables)
        found: list[Type] = []
        for variable, t in zip(self.variables, after.next, strict=True):
            if t is None or variable.index in after.unsure:
                t = AnyType(Reason(UNASSIGNED, variable.span))
            found.append(t)
        return tuple(found)

    # --- the result ---------------------------------------------------------------------------------------------------

    def result(self) -> Types:
        """A last pass over all that is evaluated, with what it finds recorded."""
        interpreter = self.interpreter
        interpreter.forget()
        records = interpreter.records = Records()
        self.step()
        self._predicates()
        interpreter.records = None
        constants = {
            constant: interpreter.value(ir.Call(constant.span, constant), self.start(primed=False))  # type: ignore[arg-type]
            for constant in self.problem.module.constants.values()
            if not constant.arity
        }
        variables = dict(zip(self.variables, interpreter.variables, strict=True))
        return Types(variables, constants, records.nodes, records.locals, records.results, self.passes, interpreter)

    def _predicates(self) -> None:
        problem, interpreter = self.problem, self.interpreter
        if NEVER in interpreter.variables:
            return
        state = self.start(primed=False)
        step = replace(state, next=interpreter.variables)
        for named in (*problem.invariants, *problem.initial_properties, *problem.constraints):
            interpreter.guard(named.expr, state)
        for named in (*problem.action_properties, *problem.action_constraints):
            interpreter.guard(named.expr, step)
        for named in problem.temporal_properties:
            interpreter.value(named.expr, step)
        for formula in problem.fairness:
            interpreter.value(formula, step)
        if problem.view is not None:
            interpreter.value(problem.view.expr, state)


def _thresholds(problem: Checked) -> tuple[int, ...]:
    """Where bounds that move may come to rest: the integers of the constants and the text, and those beside them."""
    found = {-1, 0, 1}
    for value in problem.constants.values():
        if type(value) is int:
            found |= {value - 1, value, value + 1}
    left: list[ir.Node] = [node for node in (problem.init, problem.next) if node is not None]
    seen: set[object] = set()
    while left:
        node = left.pop()
        left.extend(ir.children(node))
        if isinstance(node, ir.Literal) and type(node.value) is int:
            found |= {node.value - 1, node.value, node.value + 1}
        elif isinstance(node, ir.Call) and isinstance(node.target, ir.Definition) and node.target not in seen:
            seen.add(node.target)
            left.append(node.target.body)
    return tuple(sorted(found))
