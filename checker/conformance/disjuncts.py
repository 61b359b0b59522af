"""One action within Next: the steps of Next that are steps of that action, some of its parameters given.

Next is walked as TLC would walk it, through `\\/`, `\\E`, conjunction, LET, IF, CASE and definitions, to every call of
the action; what else has to hold on the way stays. So a step found is a step of Next, never one of an action whose
arguments Next would not choose. An `\\E` whose variable is handed to a given parameter becomes a membership test:

    \\E i \\in Server, m \\in messages : Handle(i, m)               and with m given
    \\E i \\in Server : m \\in messages /\\ Handle(i, m)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ...model.problem import Problem
from ...model.properties import called_definition
from ...model.semantics import ir
from ...model.semantics.operators import LANGUAGE
from ...model.structs import replace

_ROWS = {row.name: row for row in LANGUAGE}


@dataclass(frozen=True, slots=True)
class Occurrence:
    """Next restricted to one call of an action. `handed` are what the given parameters are bound to, in their order."""

    expr: ir.Expr
    handed: tuple[ir.Local, ...]


@dataclass(frozen=True, slots=True)
class _Found:
    expr: ir.Expr
    handed: dict[int, ir.Local]
    """Position of a given parameter → the local that takes its value."""


def occurrences(problem: Problem, action: ir.Definition, given: tuple[int, ...]) -> list[Occurrence]:
    """The calls of `action` in Next, the parameters at the positions `given` bound from outside."""
    assert problem.next is not None
    finder = _Finder(problem, action, given)
    return [
        Occurrence(found.expr, tuple(found.handed[position] for position in given))
        for found in finder.find(problem.next, {}, frozenset())
    ]


class _Finder:
    """`names` maps parameters to arguments; `chosen` are the variables of `\\E` around a place."""

    def __init__(self, problem: Problem, action: ir.Definition, given: tuple[int, ...]) -> None:
        self.problem = problem
        self.action = action
        self.given = given
        self.barren: set[ir.Definition] = set()
        """Definitions known not to lead to the action."""

    def find(
        self, expr: ir.Expr, names: Mapping[ir.Local, ir.Argument], chosen: frozenset[ir.Local]
    ) -> Iterator[_Found]:
        match expr:
            case ir.Junction():
                yield from self._junction(expr, names, chosen)
            case ir.Quantifier(is_forall=False):
                yield from self._quantifier(expr, names, chosen)
            case ir.Let():
                for found in self.find(expr.body, names, chosen):
                    yield _Found(ir.Let(expr.span, expr.definitions, found.expr), found.handed)
            case ir.If():
                for found in self.find(expr.then, names, chosen):
                    yield _conjoined(expr, [expr.condition], found)
                refused = ir.Builtin(expr.condition.span, _ROWS[r"\lnot"], (expr.condition,))
                for found in self.find(expr.otherwise, names, chosen):
                    yield _conjoined(expr, [refused], found)
            case ir.Case():
                yield from self._case(expr, names, chosen)
            case ir.ActionSubscript():
                for found in self.find(expr.action, names, chosen):
                    yield _Found(replace(expr, action=found.expr) if expr.is_angle else found.expr, found.handed)
            case ir.Call():
                yield from self._call(expr, names, chosen)
            case _:
                return

    def _junction(
        self, expr: ir.Junction, names: Mapping[ir.Local, ir.Argument], chosen: frozenset[ir.Local]
    ) -> Iterator[_Found]:
        for index, item in enumerate(expr.items):
            for found in self.find(item, names, chosen):
                if expr.is_and:
                    items = (*expr.items[:index], found.expr, *expr.items[index + 1 :])
                    yield _Found(ir.Junction(expr.span, True, items), found.handed)
                else:
                    yield found

    def _quantifier(
        self, expr: ir.Quantifier, names: Mapping[ir.Local, ir.Argument], chosen: frozenset[ir.Local]
    ) -> Iterator[_Found]:
        new = {local for bound in expr.bounds if not bound.is_tuple for local in bound.locals}
        for found in self.find(expr.body, names, chosen | new):
            handed = set(found.handed.values())
            tests = [
                ir.Builtin(bound.span, _ROWS[r"\in"], (ir.LocalRef(bound.span, local), bound.set))
                for bound in expr.bounds
                for local in bound.locals
                if local in handed
            ]
            bounds = tuple(_without(bound, handed) for bound in expr.bounds if not handed.issuperset(bound.locals))
            inner = replace(expr, bounds=bounds, body=found.expr) if bounds else found.expr
            yield _conjoined(expr, tests, _Found(inner, found.handed))

    def _case(
        self, expr: ir.Case, names: Mapping[ir.Local, ir.Argument], chosen: frozenset[ir.Local]
    ) -> Iterator[_Found]:
        def refuse(body: ir.Expr) -> ir.Expr:
            return ir.Literal(body.span, False)

        others = None if expr.other is None else refuse(expr.other)
        arms = [(condition, refuse(body)) for condition, body in expr.arms]
        for index, (condition, body) in enumerate(expr.arms):
            for found in self.find(body, names, chosen):
                changed = (*arms[:index], (condition, found.expr), *arms[index + 1 :])
                yield _Found(ir.Case(expr.span, changed, others), found.handed)
        if expr.other is not None:
            for found in self.find(expr.other, names, chosen):
                yield _Found(ir.Case(expr.span, tuple(arms), found.expr), found.handed)

    def _call(
        self, expr: ir.Call, names: Mapping[ir.Local, ir.Argument], chosen: frozenset[ir.Local]
    ) -> Iterator[_Found]:
        definition = called_definition(self.problem, expr)
        if definition is None or definition.is_recursive or definition in self.barren:
            return
        if definition is self.action:
            yield self._action(expr, names, chosen)
            return
        is_barren = True
        inner = {**names, **dict(zip(definition.params, expr.args, strict=True))}
        for found in self.find(definition.body, inner, chosen):
            is_barren = False
            # What is handed over from outside passes through as further parameters.
            passed = tuple(local for local in dict.fromkeys(found.handed.values()) if local not in definition.params)
            narrowed = replace(definition, params=(*definition.params, *passed), body=found.expr)
            args = (*expr.args, *(ir.LocalRef(expr.span, local) for local in passed))
            yield _Found(ir.Call(expr.span, narrowed, args), found.handed)
        if is_barren:
            self.barren.add(definition)

    def _action(self, expr: ir.Call, names: Mapping[ir.Local, ir.Argument], chosen: frozenset[ir.Local]) -> _Found:
        """The call itself: a given parameter is a variable of an `\\E`, or has to equal its argument."""
        handed: dict[int, ir.Local] = {}
        tests: list[ir.Expr] = []
        for position in self.given:
            argument = expr.args[position]
            origin: ir.Argument = argument
            while isinstance(origin, ir.LocalRef) and origin.local in names:
                origin = names[origin.local]
            if isinstance(origin, ir.LocalRef) and origin.local in chosen and origin.local not in handed.values():
                handed[position] = origin.local
                continue
            local = handed[position] = ir.Local(self.action.params[position].name, 0, expr.span)
            tests.append(ir.Builtin(argument.span, _ROWS["="], (ir.LocalRef(expr.span, local), argument)))
        return _conjoined(expr, tests, _Found(expr, handed))


def _without(bound: ir.Bound, handed: set[ir.Local]) -> ir.Bound:
    return bound if bound.is_tuple else replace(bound, locals=tuple(x for x in bound.locals if x not in handed))


def _conjoined(node: ir.Node, tests: list[ir.Expr] | list[ir.Builtin], found: _Found) -> _Found:
    if not tests:
        return found
    return _Found(ir.Junction(node.span, True, (*tests, found.expr)), found.handed)
