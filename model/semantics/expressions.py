"""Expressions: syntax tree → core IR, one function per class of syntax node.

A `Resolver` resolves one definition. It knows the universe the definition belongs to and the frame: the leading
parameters that the definition takes on behalf of the instances around it (see `symbols`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from ..diagnostics import SemanticError
from ..source import Span
from ..syntax import tree
from . import ir
from .operators import LANGUAGE_OPERATORS
from .references import check_arity, reference
from .symbols import (
    LANGUAGE_SCOPE,
    Defined,
    Frame,
    InnerModule,
    Scope,
    ScopeKind,
    Symbol,
    Universe,
    describe,
    describe_one,
    span_of,
)

if TYPE_CHECKING:
    from .elaborate import Elaborator

FUNCTION_SET = LANGUAGE_OPERATORS["FunctionSet"]


class Resolver:
    """Resolves the expressions of one definition."""

    __slots__ = ("elaborator", "frame", "inner_modules", "is_checked", "let_definitions", "module", "universe")

    def __init__(
        self,
        elaborator: Elaborator,
        universe: Universe,
        frame: Frame,
        is_checked: bool,
        module: str,
        inner_modules: dict[str, InnerModule],
    ) -> None:
        self.elaborator = elaborator
        self.universe = universe
        self.frame = frame
        self.is_checked = is_checked
        self.let_definitions = universe.let_definitions
        self.module = module
        self.inner_modules = inner_modules

    def expr(self, node: tree.Expr, scope: Scope) -> ir.Expr:
        """The meaning of an expression in `scope`."""
        return RULES[type(node)](self, node, scope)

    def exprs(self, nodes: Iterable[tree.Expr], scope: Scope) -> tuple[ir.Expr, ...]:
        return tuple([RULES[type(node)](self, node, scope) for node in nodes])

    def declare(self, scope: Scope, name: str, symbol: Symbol, span: Span) -> None:
        """Binds a name in `scope`; a parameter or bound variable must not have a meaning already."""
        if self.is_checked:
            previous = scope.lookup(name)
            if previous is not None:
                raise clash(name, previous, span)
        scope.names[name] = symbol

    def parameters(self, params: Iterable[tree.Parameter | tree.Ident], scope: Scope) -> tuple[ir.Local, ...]:
        """New locals for formal parameters, declared in `scope`."""
        out: list[ir.Local] = []
        for param in params:
            local = ir.Local(param.name, param.arity if isinstance(param, tree.Parameter) else 0, param.span)
            self.declare(scope, param.name, local, param.span)
            out.append(local)
        return tuple(out)

    def bounds(self, bounds: Iterable[tree.Bound], scope: Scope) -> tuple[tuple[ir.Bound, ...], Scope]:
        """Bounded variables and the scope in which they have their meaning; the sets are read outside of it."""
        inner = Scope(scope, kind=ScopeKind.BOUND)
        out: list[ir.Bound] = []
        for bound in bounds:
            assert bound.set is not None
            values = self.expr(bound.set, scope)
            out.append(ir.Bound(bound.span, self.parameters(bound.names, inner), values, bound.is_tuple))
        return tuple(out), inner


def clash(name: str, previous: Symbol, span: Span) -> SemanticError:
    """A name that is given a second meaning."""
    if LANGUAGE_SCOPE.names.get(name) is previous:
        return SemanticError(f"`{name}` is a built-in operator and cannot be redefined", span)
    kind = describe(previous)
    where = span_of(previous)
    return SemanticError(
        f"`{name}` is already defined",
        span,
        expected="a name that has no meaning here yet",
        got=f"the name of {describe_one(previous)}",
        notes=[(f"the {kind} `{name}` is here", where)] if where else (),
    )


# --- one rule per class of node --------------------------------------------------------------------------------------


def _name(r: Resolver, node: tree.Name, scope: Scope) -> ir.Expr:
    return reference(r, node, (), scope, node.span)


def _apply(r: Resolver, node: tree.Apply, scope: Scope) -> ir.Expr:
    return reference(r, node.operator, node.args, scope, node.span)


def _number(r: Resolver, node: tree.Number, scope: Scope) -> ir.Expr:
    if isinstance(node.value, str):
        return ir.TemporalOperator(node.span, f"the decimal number {node.value}", ())
    return ir.Literal(node.span, node.value)


def _string(r: Resolver, node: tree.String, scope: Scope) -> ir.Expr:
    return ir.Literal(node.span, node.value)


def _at(r: Resolver, node: tree.At, scope: Scope) -> ir.Expr:
    local = scope.lookup("@")
    if local is None:
        raise SemanticError("`@` has a meaning only on the right of `=` in an EXCEPT", node.span)
    assert isinstance(local, ir.Local)
    return ir.LocalRef(node.span, local)


def _quantifier(r: Resolver, node: tree.Quantifier, scope: Scope) -> ir.Expr:
    if node.bounds[0].set is None:
        inner = Scope(scope, kind=ScopeKind.BOUND)
        names = [name for bound in node.bounds for name in bound.names]
        locals_ = r.parameters(names, inner)
        return ir.UnboundedQuantifier(node.span, node.kind, locals_, r.expr(node.body, inner))
    bounds, inner = r.bounds(node.bounds, scope)
    return ir.Quantifier(node.span, node.kind == "\\A", bounds, r.expr(node.body, inner))


def _choose(r: Resolver, node: tree.Choose, scope: Scope) -> ir.Expr:
    if node.bound.set is None:
        inner = Scope(scope, kind=ScopeKind.BOUND)
        locals_ = r.parameters(node.bound.names, inner)
        return ir.UnboundedQuantifier(node.span, "CHOOSE", locals_, r.expr(node.body, inner))
    bounds, inner = r.bounds([node.bound], scope)
    return ir.Choose(node.span, bounds[0], r.expr(node.body, inner))


def _set_enumeration(r: Resolver, node: tree.SetEnumeration, scope: Scope) -> ir.Expr:
    return ir.SetEnumeration(node.span, r.exprs(node.elements, scope))


def _set_filter(r: Resolver, node: tree.SetFilter, scope: Scope) -> ir.Expr:
    bounds, inner = r.bounds([node.bound], scope)
    return ir.SetFilter(node.span, bounds[0], r.expr(node.predicate, inner))


def _set_map(r: Resolver, node: tree.SetMap, scope: Scope) -> ir.Expr:
    bounds, inner = r.bounds(node.bounds, scope)
    return ir.SetMap(node.span, r.expr(node.element, inner), bounds)


def _function_constructor(r: Resolver, node: tree.FunctionConstructor, scope: Scope) -> ir.Expr:
    bounds, inner = r.bounds(node.bounds, scope)
    return ir.FunctionConstructor(node.span, bounds, r.expr(node.body, inner))


def function_definition(r: Resolver, node: tree.FunctionDefinition, scope: Scope) -> ir.FunctionConstructor:
    """The function of `f[x \\in S] == e`; `f` stands for itself in `e`."""
    bounds, inner = r.bounds(node.bounds, scope)
    this = ir.Local(node.name.name, 0, node.name.span)
    recursive = r.elaborator.recursive_functions
    recursive[this] = False
    inner.names[node.name.name] = this
    body = r.expr(node.body, inner)
    is_recursive = recursive.pop(this)
    return ir.FunctionConstructor(node.span, bounds, body, this if is_recursive else None)


def _function_set(r: Resolver, node: tree.FunctionSet, scope: Scope) -> ir.Expr:
    return ir.Builtin(node.span, FUNCTION_SET, (r.expr(node.domain, scope), r.expr(node.range, scope)))


def _fields(
    r: Resolver, fields: tuple[tuple[tree.Ident, tree.Expr], ...], scope: Scope
) -> tuple[tuple[str, ir.Expr], ...]:
    seen: dict[str, tree.Ident] = {}
    for name, _ in fields:
        if name.name in seen:
            raise SemanticError(
                f"the record has two fields `{name.name}`",
                name.span,
                notes=[("the other is here", seen[name.name].span)],
            )
        seen[name.name] = name
    return tuple([(name.name, r.expr(value, scope)) for name, value in fields])


def _record(r: Resolver, node: tree.Record, scope: Scope) -> ir.Expr:
    return ir.Record(node.span, _fields(r, node.fields, scope))


def _record_set(r: Resolver, node: tree.RecordSet, scope: Scope) -> ir.Expr:
    return ir.RecordSet(node.span, _fields(r, node.fields, scope))


def _tuple(r: Resolver, node: tree.Tuple, scope: Scope) -> ir.Expr:
    return ir.Tuple(node.span, r.exprs(node.elements, scope))


def _times(r: Resolver, node: tree.Times, scope: Scope) -> ir.Expr:
    return ir.Times(node.span, r.exprs(node.factors, scope))


def _index(r: Resolver, args: tuple[tree.Expr, ...], scope: Scope) -> ir.Expr:
    if len(args) == 1:
        return r.expr(args[0], scope)
    return ir.Tuple(args[0].span.to(args[-1].span), r.exprs(args, scope))


def _function_application(r: Resolver, node: tree.FunctionApplication, scope: Scope) -> ir.Expr:
    function = node.function
    if len(node.args) > 1 and isinstance(function, tree.Name) and not function.path:
        symbol = scope.lookup(function.name)
        if isinstance(symbol, Defined) and isinstance(symbol.unit, tree.FunctionDefinition):
            takes = sum(1 if bound.is_tuple else len(bound.names) for bound in symbol.unit.bounds)
            check_arity(f"{function.name}[…]", takes, len(node.args), node.span, symbol.span)
    return ir.FunctionApplication(node.span, r.expr(function, scope), _index(r, node.args, scope))


def _dot(r: Resolver, node: tree.Dot, scope: Scope) -> ir.Expr:
    key = ir.Literal(node.field.span, node.field.name)
    return ir.FunctionApplication(node.span, r.expr(node.record, scope), key)


def _except(r: Resolver, node: tree.Except, scope: Scope) -> ir.Expr:
    function = r.expr(node.function, scope)
    updates: list[ir.Update] = []
    for update in node.updates:
        path = tuple(
            [
                ir.Literal(step.span, step.name) if isinstance(step, tree.Ident) else _index(r, step, scope)
                for step in update.path
            ]
        )
        at = ir.Local("@", 0, update.span)
        value = r.expr(update.value, Scope(scope, {"@": at}, ScopeKind.EXCEPT))
        updates.append(ir.Update(update.span, path, at, value))
    return ir.Except(node.span, function, tuple(updates))


def _if(r: Resolver, node: tree.If, scope: Scope) -> ir.Expr:
    return ir.If(node.span, r.expr(node.condition, scope), r.expr(node.then, scope), r.expr(node.otherwise, scope))


def _case(r: Resolver, node: tree.Case, scope: Scope) -> ir.Expr:
    arms = tuple([(r.expr(guard, scope), r.expr(value, scope)) for guard, value in node.arms])
    return ir.Case(node.span, arms, None if node.other is None else r.expr(node.other, scope))


def _let(r: Resolver, node: tree.Let, scope: Scope) -> ir.Expr:
    inner = Scope(scope)
    outer_definitions = r.let_definitions
    definitions: list[ir.Definition] = []
    r.let_definitions = definitions
    r.elaborator.let_units(r, node.units, inner)
    body = r.expr(node.body, inner)
    r.let_definitions = outer_definitions
    return ir.Let(node.span, tuple(definitions), body) if definitions else body


def _junction(r: Resolver, node: tree.Junction, scope: Scope) -> ir.Expr:
    return ir.Junction(node.span, node.operator == "/\\", r.exprs(node.items, scope))


def _action_subscript(r: Resolver, node: tree.ActionSubscript, scope: Scope) -> ir.Expr:
    return ir.ActionSubscript(node.span, node.is_angle, r.expr(node.action, scope), r.expr(node.subscript, scope))


def _fairness(r: Resolver, node: tree.Fairness, scope: Scope) -> ir.Expr:
    subscript, action = r.expr(node.subscript, scope), r.expr(node.action, scope)
    return ir.Fairness(node.span, node.kind == "SF", subscript, action, r.universe.variables)


def _label(r: Resolver, node: tree.Label, scope: Scope) -> ir.Expr:
    if r.is_checked:
        _check_label(r, node, scope)
    return r.expr(node.body, Scope(scope, kind=ScopeKind.LABEL))


def _check_label(r: Resolver, node: tree.Label, scope: Scope) -> None:
    """A label has the variables bound around it as parameters, up to the next label or definition."""
    bound: set[str] = set()
    home: Scope | None = scope
    while home is not None and home.kind not in (ScopeKind.LABEL, ScopeKind.DEFINITION):
        if home.kind is ScopeKind.EXCEPT:
            raise SemanticError(f"the label `{node.name}` stands within an EXCEPT", node.span)
        if home.kind is ScopeKind.BOUND:
            bound.update(name for name, symbol in home.names.items() if isinstance(symbol, ir.Local))
        home = home.parent
    if home is None:
        raise SemanticError(f"the label `{node.name}` stands outside of a definition", node.span)
    given = [param.name for param in node.params]
    if set(given) != bound or len(given) != len(bound):
        raise SemanticError(
            f"the label `{node.name}` does not have the bound variables around it as parameters",
            node.span,
            expected=f"`{node.name}({', '.join(sorted(bound))})`" if bound else f"`{node.name}` without parameters",
            got=f"`{node.name}({', '.join(given)})`" if given else f"`{node.name}` without parameters",
        )
    labels = r.elaborator.labels.setdefault(home, set())
    if node.name in labels:
        raise SemanticError(f"there are two labels `{node.name}` here", node.span)
    labels.add(node.name)


def _lambda(r: Resolver, node: tree.Lambda, scope: Scope) -> ir.Expr:
    raise SemanticError("LAMBDA is an operator", node.span, expected="an expression", got="LAMBDA")


def _assume_prove(r: Resolver, node: tree.AssumeProve, scope: Scope) -> ir.Expr:
    raise SemanticError("ASSUME … PROVE is not an expression", node.span, expected="an expression")


RULES: dict[type[tree.Node], Callable[[Resolver, Any, Scope], ir.Expr]] = {
    tree.Name: _name,
    tree.Apply: _apply,
    tree.Number: _number,
    tree.String: _string,
    tree.At: _at,
    tree.Quantifier: _quantifier,
    tree.Choose: _choose,
    tree.SetEnumeration: _set_enumeration,
    tree.SetFilter: _set_filter,
    tree.SetMap: _set_map,
    tree.FunctionConstructor: _function_constructor,
    tree.FunctionSet: _function_set,
    tree.Record: _record,
    tree.RecordSet: _record_set,
    tree.Tuple: _tuple,
    tree.Times: _times,
    tree.FunctionApplication: _function_application,
    tree.Dot: _dot,
    tree.Except: _except,
    tree.If: _if,
    tree.Case: _case,
    tree.Let: _let,
    tree.Junction: _junction,
    tree.ActionSubscript: _action_subscript,
    tree.Fairness: _fairness,
    tree.Label: _label,
    tree.Lambda: _lambda,
    tree.AssumeProve: _assume_prove,
}
