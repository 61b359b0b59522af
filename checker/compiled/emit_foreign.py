"""Operators that have no C++, the search asks for (`foreign`); and how far evaluations look beyond the state.

Most of these operators are functions of their arguments. Where the specification has another one, evaluations depend on
the level of the state, which the search knows, or on what was evaluated before: then one worker takes states in the
order of the interpreter, evaluates what the interpreter does, and nothing twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from enum import IntEnum
from typing import TYPE_CHECKING, Final

from ...model.problem import Problem
from ...model.semantics import ir
from ...model.semantics.operators import Operator
from ...model.source import Span
from ...model.structs import Struct
from ..interpreted import library
from ..interpreted.bindings import Context
from ..interpreted.program import Program
from .cpp import Cpp
from .natives import NATIVES, Key

if TYPE_CHECKING:
    from .emitter import Emitter

Args = Sequence[ir.Argument]

GET: Final = ("TLC", "TLCGet")
GET_AND_SET: Final = ("TLCExt", "TLCGetAndSet")
LEVEL: Final = "level"
STEADY: Final = frozenset({"config", "revision", "spec"})
"""Figures that are the same throughout a run."""
OF_BEHAVIOUR: Final = frozenset({"action", "stats"})
"""Figures that are about the behaviour to the state at hand."""


class Dependence(IntEnum):
    """What evaluations depend on, as in `runtime/search.hpp`."""

    STATE = 0
    LEVEL = 1
    ORDER = 2


class Site(Struct, eq=True):
    """A place where a value is asked for: the operator, whether it stands under a prime, where that is."""

    key: Key
    primed: bool
    span: Span | None


class Beyond(Struct, eq=True):
    """A place that looks beyond the state, or has no C++."""

    dependence: Dependence
    name: str
    span: Span | None


def is_foreign(operator: Operator) -> bool:
    """Whether an operator of the table has a meaning in Python alone."""
    key = (operator.module, operator.name)
    return key == GET or (key in library.NATIVES and key not in NATIVES)


def _figure(key: Key, args: Args) -> str | None:
    """The figure that a TLCGet is about, where its argument tells."""
    is_literal = key == GET and len(args) == 1 and isinstance(args[0], ir.Literal)
    figure = args[0].value if is_literal else None  # type: ignore[union-attr]
    return figure if isinstance(figure, str) else None


def _dependence(operator: Operator, args: Args) -> Dependence:
    key = (operator.module, operator.name)
    figure = _figure(key, args)
    if figure == LEVEL:
        return Dependence.LEVEL
    if figure in STEADY or library.effect_of(operator) is library.Effect.NONE:
        return Dependence.STATE
    return Dependence.ORDER


# --- what a specification has ----------------------------------------------------------------------------------------


def foreign_places(program: Program, roots: Iterable[ir.Node]) -> Iterator[Beyond]:
    """The places within expressions, and the definitions they refer to, that are not known before the search."""
    seen: set[ir.Definition] = set()
    stack = list(roots)
    while stack:
        node = stack.pop()
        if program.analysis.is_closed(node):
            continue
        stack += ir.children(node)
        target: object = node.operator if isinstance(node, ir.Builtin) else None
        if isinstance(node, (ir.Call, ir.OperatorRef)):
            target = node.target
        args = node.args if isinstance(node, (ir.Builtin, ir.Call)) else ()
        if isinstance(target, Operator):
            replacement = program.replacement(target, node.span)
            if replacement is None and is_foreign(target):
                yield Beyond(_dependence(target, args), target.name, node.span)
            target = replacement
        if isinstance(target, (ir.Definition, ir.Constant)):
            target = program.resolve(target)
        if isinstance(target, ir.Definition) and target not in seen:
            seen.add(target)
            stack.append(target.body)


def furthest(program: Program) -> Beyond:
    """The place that looks furthest beyond the state, of all that a search evaluates."""
    nothing = Beyond(Dependence.STATE, "", None)
    found = foreign_places(program, _searched(program.problem))
    return max(found, key=lambda place: place.dependence, default=nothing)


def _searched(problem: Problem) -> Iterator[ir.Node]:
    """What a search evaluates."""
    yield from (expr for expr in (problem.init, problem.next) if expr is not None)
    for predicates in (
        problem.invariants,
        problem.initial_properties,
        problem.action_properties,
        problem.constraints,
        problem.action_constraints,
        [problem.view] if problem.view is not None else [],
    ):
        yield from (predicate.expr for predicate in predicates)


# --- emitted ---------------------------------------------------------------------------------------------------------


def foreign_value(emitter: Emitter, operator: Operator, args: Args, context: Context) -> Cpp:
    """The value of an operator that has no C++."""
    unit, key = emitter.unit, (operator.module, operator.name)
    figure = _figure(key, args)
    assert _dependence(operator, args) <= unit.dependence, f"{operator} is not among the places of a search"
    if figure == LEVEL:
        return Cpp("(level_now() + 1)" if context.primed else "level_now()", "int")
    if key == GET_AND_SET:
        return _got_and_set(emitter, args, context)
    assert not operator.operator_params, f"{operator} is handed an operator"
    texts = [emitter.value(arg, context).boxed for arg in args]
    return _asked(
        emitter, Site(key, context.primed, emitter.span), texts, is_of_behaviour=_is_of_behaviour(key, figure)
    )


def _is_of_behaviour(key: Key, figure: str | None) -> bool:
    if key == GET:
        return figure is None or figure in OF_BEHAVIOUR
    return key == ("TLCExt", "Trace")


def _asked(emitter: Emitter, site: Site, texts: Sequence[str], *, is_of_behaviour: bool = False) -> Cpp:
    function = "foreign_of_behaviour" if is_of_behaviour else "foreign"
    return emitter.in_order(Cpp(f"{function}({', '.join([str(emitter.unit.foreign_site(site)), *texts])})"))


def _got_and_set(emitter: Emitter, args: Args, context: Context) -> Cpp:
    """`TLCGetAndSet(key, Op, value, default)`, by the two that it is made of: an operator cannot be handed over."""

    def site(module: str, name: str) -> Site:
        return Site((module, name), context.primed, emitter.span)

    key = emitter.keep(emitter.value(args[0], context)).boxed
    op = emitter.callable(emitter.argument(args[1], context), 2, primed=context.primed)
    value = emitter.keep(emitter.value(args[2], context)).boxed
    default = emitter.keep(emitter.value(args[3], context)).boxed
    old = _asked(emitter, site("TLCExt", "TLCGetOrDefault"), [key, default])
    new = emitter.keep(Cpp(f"call({op}, {old.text}, {value})"))
    _asked(emitter, site("TLC", "TLCSet"), [key, new.text])
    return old
