"""Temporal formulas of the IR → formulas in negation normal form over atoms.

Definitions are unfolded, quantifiers over constant sets written out, WF and SF replaced by what they stand for. An
expression without temporal operators becomes one atom; atoms of the same expression are the same atom.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Set
from typing import Any

from ...model.diagnostics import UnsupportedError
from ...model.problem import Problem
from ...model.properties import called_definition
from ...model.semantics import ir
from ...model.semantics.ir import Level
from ...model.semantics.substitute import unfold
from . import formula as f
from .formula import Atom, Formula, Kind, Literal

Values = Mapping[ir.Local, object]
Elements = Callable[[tuple[ir.Bound, ...], Values], Iterator[Values]]
ConstantTruth = Callable[[ir.Expr, Values], bool | None]
MAX_INSTANCES = 10_000
"""Instances of a quantified temporal formula; with more it is refused."""


class Translation:
    """Translates formulas of one problem.

    `elements(bounds, values)` gives the values of the bound variables of a quantifier, one mapping for each instance;
    `constant_truth(expr, values)` what a predicate is in every state, where that is known.
    """

    def __init__(self, problem: Problem, elements: Elements, constant_truth: ConstantTruth) -> None:
        self.problem = problem
        self.elements = elements
        self.constant_truth = constant_truth
        self.atoms: dict[object, Atom] = {}

    def translate(self, expr: ir.Expr) -> Formula:
        """The formula of an expression. Raises UnsupportedError, located, for what has no place in it."""
        return self._formula(expr, {}, ())

    # --- temporal operators -------------------------------------------------------------------------------------------

    def _formula(self, expr: ir.Expr, values: Values, lets: tuple[ir.Let, ...]) -> Formula:
        def inner(part: ir.Node) -> Formula:
            return self._formula(part, values, lets)  # type: ignore[arg-type]

        if isinstance(expr, ir.ActionSubscript):
            return self._subscripted(expr, values, lets)
        if self.problem.levels.level_of(expr) <= Level.ACTION:
            return self._atom(expr, values, lets)
        match expr:
            case ir.Junction():
                join = f.conjunction if expr.is_and else f.disjunction
                return join([inner(item) for item in expr.items])
            case ir.Box():
                return f.always(inner(expr.expr))
            case ir.Diamond():
                return f.eventually(inner(expr.expr))
            case ir.LeadsTo():
                return f.always(f.disjunction([f.negation(inner(expr.left)), f.eventually(inner(expr.right))]))
            case ir.Fairness():
                return self._fairness(expr, values, lets)
            case ir.Quantifier():
                return self._quantifier(expr, values, lets)
            case ir.If():
                return self._either(inner(expr.condition), inner(expr.then), inner(expr.otherwise))
            case ir.Let():
                return self._formula(expr.body, values, (*lets, expr))
            case ir.Call():
                definition = called_definition(self.problem, expr)
                if definition is not None and not definition.is_recursive:
                    return inner(unfold(expr, definition))
            case ir.Builtin(operator=operator) if operator.module is None:
                result = self._connective(expr, inner)
                if result is not None:
                    return result
            case _:
                pass
        raise _unsupported(expr)

    def _connective(self, expr: ir.Builtin, inner: Callable[[ir.Node], Formula]) -> Formula | None:
        args = [arg for arg in expr.args if not isinstance(arg, ir.OperatorRef)]
        match expr.operator.name:
            case r"\lnot":
                return f.negation(inner(args[0]))
            case "=>":
                return f.disjunction([f.negation(inner(args[0])), inner(args[1])])
            case r"\equiv":
                left, right = map(inner, args)
                return self._either(left, right, f.negation(right))
            case _:
                return None

    def _either(self, condition: Formula, then: Formula, otherwise: Formula) -> Formula:
        return f.disjunction([f.conjunction([condition, then]), f.conjunction([f.negation(condition), otherwise])])

    def _quantifier(self, expr: ir.Quantifier, values: Values, lets: tuple[ir.Let, ...]) -> Formula:
        for bound in expr.bounds:
            if self.problem.levels.level_of(bound.set) > Level.CONSTANT:
                raise UnsupportedError(
                    "a temporal formula quantified over a set that is not constant",
                    bound.set.span,
                    hint="quantify over a constant set, with the membership as a condition in the formula",
                )
        join = f.conjunction if expr.is_forall else f.disjunction
        bounds = tuple(_with_lets(bound, lets) for bound in expr.bounds)
        instances: list[Formula] = []
        for instance in self.elements(bounds, values):
            if len(instances) >= MAX_INSTANCES:
                raise UnsupportedError(
                    f"a temporal formula quantified over more than {MAX_INSTANCES:,} instances", expr.span
                )
            instances.append(self._formula(expr.body, {**values, **instance}, lets))
        return join(instances)

    # --- actions ------------------------------------------------------------------------------------------------------

    def _subscripted(self, expr: ir.ActionSubscript, values: Values, lets: tuple[ir.Let, ...]) -> Formula:
        change = self._change(expr.subscript, values, lets)
        step = self._step(expr.action, values, lets, (change,))
        if expr.is_angle:
            return step
        return f.disjunction([step, Literal(change, False)])

    def _fairness(self, expr: ir.Fairness, values: Values, lets: tuple[ir.Let, ...]) -> Formula:
        """WF_v(A) is []<>(~ENABLED <<A>>_v \\/ <<A>>_v), SF_v(A) is <>[]~ENABLED <<A>>_v \\/ []<><<A>>_v."""
        change = self._change(expr.subscript, values, lets)
        subscripted = ir.ActionSubscript(expr.span, True, expr.action, expr.subscript)
        enabled = self._atom_of(Kind.STATE, ir.Enabled(expr.span, subscripted, expr.own), values, lets)
        disabled, step = Literal(enabled, False), self._step(expr.action, values, lets, (change, enabled))
        if expr.is_strong:
            return f.disjunction([f.eventually(f.always(disabled)), f.always(f.eventually(step))])
        return f.always(f.eventually(f.disjunction([disabled, step])))

    def _step(self, action: ir.Expr, values: Values, lets: tuple[ir.Let, ...], conditions: tuple[Atom, ...]) -> Formula:
        """An action, by its body where it is defined by name: an engine may remember the value of each conjunct."""
        while isinstance(action, ir.Call):
            definition = called_definition(self.problem, action)
            if definition is None or definition.is_recursive:
                break
            action = unfold(action, definition)
        return Literal(self._atom_of(Kind.STEP, action, values, lets, conditions))

    def _change(self, subscript: ir.Expr, values: Values, lets: tuple[ir.Let, ...]) -> Atom:
        return self._atom_of(Kind.CHANGE, subscript, values, lets)

    # --- atoms --------------------------------------------------------------------------------------------------------

    def _atom(self, expr: ir.Expr, values: Values, lets: tuple[ir.Let, ...]) -> Formula:
        level = self.problem.levels.level_of(expr)
        # A condition such as `i # j` of instances of a quantifier, which decides whether there is a formula at all.
        truth = self.constant_truth(expr, values) if level == Level.CONSTANT else None
        if truth is not None:
            return f.TRUE if truth else f.FALSE
        return Literal(self._atom_of(Kind.STEP if level == Level.ACTION else Kind.STATE, expr, values, lets))

    def _atom_of(
        self,
        kind: Kind,
        expr: ir.Expr,
        values: Values,
        lets: tuple[ir.Let, ...],
        conditions: tuple[Atom, ...] = (),
    ) -> Atom:
        for let in reversed(lets):
            expr = ir.Let(let.span, let.definitions, expr)
        mentioned = {node.local for node in _nodes(expr) if isinstance(node, ir.LocalRef)}
        values = {local: value for local, value in values.items() if local in mentioned}
        key = (kind, self._key(expr), tuple(values.items()), conditions)
        return self.atoms.setdefault(key, Atom(len(self.atoms), kind, expr, values, conditions))

    def _key(self, value: Any) -> object:
        """Equal for expressions that are written alike and speak of the same things."""
        match value:
            case ir.Call(target=ir.Definition() as target, args=()):
                return target
            case ir.Node():
                fields = [name for name in value.__match_args__ if name != "span"]
                return (type(value), *(self._key(getattr(value, name)) for name in fields))
            case tuple():
                return tuple(map(self._key, value))
            case Set():
                return frozenset(value)
            case bool() | int() | str():
                return (type(value), value)
            case _:
                return value


def _nodes(node: ir.Node) -> Iterator[ir.Node]:
    """The node and all below it."""
    yield node
    for child in ir.children(node):
        yield from _nodes(child)


def _with_lets(bound: ir.Bound, lets: tuple[ir.Let, ...]) -> ir.Bound:
    domain = bound.set
    for let in reversed(lets):
        domain = ir.Let(let.span, let.definitions, domain)
    return ir.Bound(bound.span, bound.locals, domain, bound.is_tuple)


def _unsupported(expr: ir.Expr) -> UnsupportedError:
    """The error for a temporal formula of a form that is not checked."""
    match expr:
        case ir.UnboundedQuantifier(kind="\\AA" | "\\EE"):
            what, hint = f"the temporal quantifier {expr.kind}", "leave it out: check the formula for given variables"
        case ir.UnboundedQuantifier():
            what, hint = f"the unbounded quantifier {expr.kind} of a temporal formula", "quantify over a constant set"
        case ir.TemporalOperator():
            what, hint = f"the temporal operator {expr.kind}", None
        case ir.Case():
            what, hint = "CASE with temporal formulas", "write it as implications: (p => F) /\\ (q => G)"
        case ir.Call():
            what, hint = f"the temporal formula `{expr.target.name}`, which is recursive or has no definition", None
        case ir.Builtin():
            what, hint = f"the operator {expr.operator.name} of a temporal formula", None
        case _:
            what, hint = "a temporal formula of this form", None
    return UnsupportedError(
        what, expr.span, hint=hint, expected="[], <>, ~>, WF, SF, and connectives and constant quantifiers of them"
    )
