"""Names and applications: what a name stands for, whether its arguments fit, and the IR of the whole.

A compound name `I(a)!J!Op` is followed from instance to instance; the arguments on the way become the leading
arguments (the frame) of what is found at the end. A declaration of an instanced module leads on to what was substituted
for it, read at the place of the INSTANCE.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..diagnostics import SemanticError, did_you_mean
from ..source import Span
from ..structs import Struct, replace
from ..syntax import tree
from . import ir
from .operators import BUILT_IN_MODULES, Operator
from .selectors import select
from .symbols import (
    Defined,
    Frame,
    InstanceName,
    NodeOperator,
    Scope,
    Substituted,
    Symbol,
    arity_of,
    describe_one,
    operator_params_of,
    span_of,
)

if TYPE_CHECKING:
    from .expressions import Resolver
    from .symbols import Universe


class Target(Struct, frozen=False):
    """What a name leads to, and the frame under which it is to be read."""

    symbol: Symbol | ir.Expr
    frame: Frame
    extra: tuple[ir.Argument, ...] = ()
    """Arguments given on the way, of a definition from which a part was selected."""
    is_selection: bool = False
    """Whether the arguments of the name itself were taken for bound variables of such a part."""
    open_params: tuple[ir.Local, ...] = ()
    """Parameters of instances on the way that were left out, as `I!Op` may be where an operator is wanted."""
    universes: tuple[Universe, ...] = ()
    """Those of which what is found stands for a variable."""


def reference(r: Resolver, name: tree.Name, args: tuple[tree.Argument, ...], scope: Scope, span: Span) -> ir.Expr:
    """The IR of `name(args)`."""
    target = locate(r, name, scope, args)
    symbol = target.symbol
    if target.is_selection:
        args = ()
    if isinstance(symbol, ir.Node):
        # A substituted literal; its place is the one where it is used.
        check_arity(printed(name), 0, len(args), span, None)
        return symbol
    if isinstance(symbol, InstanceName):
        raise SemanticError(
            f"`{printed(name)}` is an instance, not an expression",
            span,
            expected=f"a name of the instance: `{printed(name)}!…`",
        )
    own = arity_of(symbol) - len(target.extra)
    is_value = own == 0 and not isinstance(symbol, Operator | NodeOperator)
    check_arity(printed(name), own, len(args), span, span_of(symbol), is_value=is_value)
    operators = {i - len(target.extra): arity for i, arity in operator_params_of(symbol)}
    values = tuple(
        [
            argument(r, a, operators.get(i, 0), scope, f"argument {i + 1} of `{printed(name)}`")
            for i, a in enumerate(args)
        ]
    )
    return apply(r, target, values, span)


def printed(name: tree.Name) -> str:
    """The name as written, without the arguments on its path."""
    return "!".join([*(step.name for step in name.path), name.name])


def check_arity(
    name: str, expected: int, got: int, span: Span, declared: Span | None, *, is_value: bool = False
) -> None:
    """Raises a SemanticError unless an operator has the number of arguments it takes; `is_value`: it might be a
    function."""
    if expected == got:
        return
    raise SemanticError(
        f"`{name}` takes {count(expected, 'argument')}",
        span,
        expected=count(expected, "argument"),
        got=str(got or "none"),
        hint=f"a function is applied with brackets: `{name}[…]`" if is_value else None,
        notes=[(f"`{name}` is declared here", declared)] if declared else (),
    )


# --- where a name leads ----------------------------------------------------------------------------------------------


def locate(
    r: Resolver, name: tree.Name, scope: Scope, args: tuple[tree.Argument, ...] = (), *, is_operator: bool = False
) -> Target:
    """What a simple or compound name stands for in `scope`.

    `args` are the arguments after it. With `is_operator` the arguments of instances may be left out.
    """
    if not name.path:
        symbol = scope.lookup(name.name)
        if symbol is None:
            raise unknown(r, name.name, scope.known(), name.span)
        if isinstance(symbol, Substituted):
            target = _substituted(r, symbol, name.span)
            if symbol.is_variable:
                target.universes += (symbol.universe,)
            return target
        return Target(symbol, r.frame)
    return _follow(r, name, scope, args, is_operator and not any(step.args for step in name.path))


def _follow(r: Resolver, name: tree.Name, scope: Scope, args: tuple[tree.Argument, ...], may_be_open: bool) -> Target:
    steps = [*name.path, tree.Selector(name.span, name.name, args)]
    open_params: tuple[ir.Local, ...] = ()
    frame = r.frame
    symbol = scope.lookup(steps[0].name)
    known: list[str] = scope.known()
    so_far = ""
    for position, step in enumerate(steps):
        if symbol is None:
            raise unknown(r, so_far + step.name, [so_far + k for k in known], name.span)
        if isinstance(symbol, Substituted):
            target = _substituted(r, symbol, name.span)
            assert not isinstance(target.symbol, ir.Node)
            symbol, frame = target.symbol, target.frame
        if position == len(steps) - 1:
            return Target(symbol, frame, open_params=open_params)
        if not isinstance(symbol, InstanceName):
            return _selected(r, symbol, frame, steps[position:], scope, name.span, may_be_open)
        if may_be_open and symbol.params:
            given = tuple([ir.Local(p.name, p.arity, p.span) for p in symbol.params])
            open_params += given
        else:
            given = _instance_arguments(r, symbol, step, so_far, scope)
        site_depth = symbol.universe.depth - len(symbol.params)
        frame = frame[: max(site_depth, 0)] + given if symbol.universe.depth else ()
        so_far += step.name + "!"
        exported = symbol.exported
        known = list(exported)
        symbol = exported.get(steps[position + 1].name)
    raise AssertionError("a compound name has a last step")


def _instance_arguments(
    r: Resolver, symbol: InstanceName, step: tree.Selector, so_far: str, scope: Scope
) -> tuple[ir.Argument, ...]:
    check_arity(so_far + step.name, len(symbol.params), len(step.args), step.span, symbol.span)
    pairs = enumerate(zip(step.args, symbol.params, strict=True))
    return tuple(
        [argument(r, arg, param.arity, scope, f"argument {i + 1} of `{step.name}`") for i, (arg, param) in pairs]
    )


def _selected(
    r: Resolver,
    symbol: Symbol,
    frame: Frame,
    steps: list[tree.Selector],
    scope: Scope,
    span: Span,
    may_be_open: bool,
) -> Target:
    """A part of the definition `symbol`, chosen by the steps after the first."""
    if not isinstance(symbol, Defined):
        raise SemanticError(
            f"`{steps[0].name}` is not an instance",
            steps[0].span,
            expected="an instance or a definition before `!`",
            got=describe_one(symbol),
        )
    selected, selector_args = select(r.elaborator, symbol, steps[1:], span, may_be_open)
    if may_be_open:
        return Target(selected, frame)
    check_arity(steps[0].name, len(symbol.params), len(steps[0].args), steps[0].span, symbol.span)
    operators = dict(operator_params_of(symbol))
    given = [
        argument(r, a, operators.get(i, 0), scope, f"argument {i + 1} of `{steps[0].name}`")
        for i, a in enumerate(steps[0].args)
    ]
    given += [r.expr(a, scope) if not isinstance(a, tree.Lambda) else _no_lambda(a) for a in selector_args]
    return Target(selected, frame, tuple(given), is_selection=True)


def _no_lambda(node: tree.Lambda) -> ir.Expr:
    raise SemanticError("an expression is wanted here", node.span, expected="an expression", got="LAMBDA")


def unknown(r: Resolver, name: str, known: list[str], span: Span) -> SemanticError:
    """An unknown name, with the best hint there is."""
    hint = r.elaborator.later_definition(name, span) or r.elaborator.hidden_definition(name)
    if hint is None and r.is_checked:
        homes = [module for module, rows in BUILT_IN_MODULES.items() if any(row.name == name for row in rows)]
        home = homes[0] if homes else r.elaborator.home_of(name)
        if home is not None:
            hint = f"`{name}` is an operator of module {home}: add it to EXTENDS"
    if hint is None and name in ("WF", "SF"):
        hint = f"a fairness condition has a subscript: `{name}_vars(Action)`"
    if hint is None and name[:2] in ("0x", "0X"):
        hint = f"hexadecimal numbers are written `\\h{name[2:]}`"
    elif hint is None and name[0].isdigit():
        hint = "this is read as one name; between a number and a name there is an operator, such as `*`"
    kind = "name" if name[0].isalnum() or name[0] == "_" else "operator"
    return SemanticError(f"unknown {kind} `{name}`", span, hint=hint or did_you_mean(name, known))


def _substituted(r: Resolver, symbol: Substituted, span: Span) -> Target:
    """What was substituted for a declaration of the module being resolved."""
    depth = symbol.universe.depth
    assert len(r.frame) >= depth, "a declaration is seen only from within its module"
    own = len(symbol.own_params)
    site_frame = r.frame[: depth - own]
    value = symbol.value
    if isinstance(value, tree.Name):
        scope = symbol.scope
        if own:
            scope = Scope(
                scope,
                {p.name: _as_local(x) for p, x in zip(symbol.own_params, r.frame[depth - own : depth], strict=True)},
            )
        site = r.elaborator.resolver(symbol.site, site_frame, symbol.module)
        target = locate(site, value, scope, is_operator=bool(symbol.params))
        if not (symbol.is_variable and isinstance(target.symbol, ir.Constant | NodeOperator)):
            return target
    elif isinstance(value, tree.Number | tree.String) and not symbol.is_variable:
        literal = r.elaborator.resolver(symbol.site, site_frame, symbol.module).expr(value, symbol.scope)
        return Target(replace(literal, span=span), r.frame)
    # A constant in place of a variable has a definition too: an ENABLED speaks of that (see `enabled`).
    r.elaborator.substituted_definition(symbol)
    return Target(symbol, r.frame)


def _as_local(item: ir.Local | ir.Argument) -> ir.Local:
    assert isinstance(item, ir.Local), "within a definition the frame consists of its own parameters"
    return item


# --- arguments -------------------------------------------------------------------------------------------------------


def argument(r: Resolver, node: tree.Argument, arity: int, scope: Scope, what: str) -> ir.Argument:
    """An argument for a parameter that takes `arity` arguments itself (0: an expression is wanted).

    `what` is how a message calls it.
    """
    if arity == 0:
        return r.expr(node, scope) if not isinstance(node, tree.Lambda) else _no_lambda(node)
    expected = f"an operator or a LAMBDA of {count(arity, 'argument')}"
    got = "an expression"
    if isinstance(node, tree.Lambda):
        if len(node.params) != arity:
            got = f"a LAMBDA of {count(len(node.params), 'parameter')}"
            raise SemanticError(f"{what} is to be an operator", node.span, expected=expected, got=got)
        inner = Scope(scope)
        params = r.parameters(node.params, inner)
        return ir.Lambda(node.span, params, r.expr(node.body, inner))
    if isinstance(node, tree.Name):
        target = locate(r, node, scope, is_operator=True)
        symbol = target.symbol
        if not isinstance(symbol, ir.Node | InstanceName):
            takes = len(target.open_params) + arity_of(symbol) - len(target.extra)
            if takes == arity and not operator_params_of(symbol):
                return operator_argument(r, target, arity, node.span)
            if takes:
                got = f"{describe_one(symbol)} of {count(takes, 'argument')}"
    raise SemanticError(f"{what} is to be an operator", node.span, expected=expected, got=got)


def count(number: int, noun: str) -> str:
    """`no arguments`, `1 argument`, `2 arguments`."""
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"


def operator_argument(r: Resolver, target: Target, arity: int, span: Span) -> ir.Argument:
    """An operator handed over as an argument; a LAMBDA where it needs more than its own arguments."""
    symbol = target.symbol
    if isinstance(symbol, Operator | ir.Constant | ir.Local):
        return ir.OperatorRef(span, symbol)
    if isinstance(symbol, Defined | Substituted) and not target.extra:
        definition = _definition(r, symbol)
        if not _leading(symbol, target.frame, span):
            return ir.OperatorRef(span, definition)
    params = tuple(ir.Local(f"a{i + 1}", 0, span) for i in range(arity - len(target.open_params)))
    values = tuple(ir.LocalRef(span, p) for p in params)
    return ir.Lambda(span, target.open_params + params, apply(r, target, values, span))


# --- application -----------------------------------------------------------------------------------------------------


def apply(r: Resolver, target: Target, args: tuple[ir.Argument, ...], span: Span) -> ir.Expr:
    """The IR of what a name led to, applied to resolved arguments of the right number."""
    symbol = target.symbol
    match symbol:
        case ir.Variable():
            return ir.VariableRef(span, symbol)
        case ir.Constant():
            return ir.Call(span, symbol, args)
        case ir.Local():
            if symbol.arity:
                return ir.Call(span, symbol, args)
            recursive = r.elaborator.recursive_functions
            if symbol in recursive:
                recursive[symbol] = True
            return ir.LocalRef(span, symbol)
        case Operator():
            return ir.Builtin(span, symbol, args)
        case NodeOperator():
            return _node(r, symbol.name, args, span)
        case Defined() | Substituted():
            definition = _definition(r, symbol)
            for universe in target.universes:
                universe.variables.add(definition)
            return ir.Call(span, definition, (*_leading(symbol, target.frame, span), *target.extra, *args))
        case _:
            raise AssertionError(f"{symbol} is not applied")


def _definition(r: Resolver, symbol: Defined | Substituted) -> ir.Definition:
    if isinstance(symbol, Substituted):
        return r.elaborator.substituted_definition(symbol)
    return r.elaborator.definition(symbol)


def _leading(symbol: Defined | Substituted, frame: Frame, span: Span) -> tuple[ir.Argument, ...]:
    """The part of the frame that a definition takes as its leading arguments."""
    universe = symbol.universe
    if not universe.params or (isinstance(symbol, Defined) and symbol.local_frame is not None):
        return ()
    return tuple([_as_argument(item, span) for item in frame[len(universe.captured) : universe.depth]])


def _as_argument(item: ir.Local | ir.Argument, span: Span) -> ir.Argument:
    if not isinstance(item, ir.Local):
        return item
    return ir.OperatorRef(span, item) if item.arity else ir.LocalRef(span, item)


def _node(r: Resolver, name: str, args: tuple[ir.Argument, ...], span: Span) -> ir.Expr:
    exprs: tuple[ir.Expr, ...] = args  # type: ignore[assignment]  # none of these operators takes an operator
    match name:
        case "TRUE" | "FALSE":
            return ir.Literal(span, name == "TRUE")
        case "'":
            return ir.Prime(span, exprs[0])
        case "ENABLED":
            return ir.Enabled(span, exprs[0], r.universe.variables)
        case "UNCHANGED":
            return ir.Unchanged(span, exprs[0])
        case "[]":
            return ir.Box(span, exprs[0])
        case "<>":
            return ir.Diamond(span, exprs[0])
        case "~>":
            return ir.LeadsTo(span, exprs[0], exprs[1])
        case "/\\" | "\\/":
            return ir.Junction(span, name == "/\\", exprs)
        case "\\X":
            return ir.Times(span, exprs)
        case _:
            return ir.TemporalOperator(span, name, exprs)


__all__ = ["Target", "apply", "argument", "locate", "operator_argument", "reference", "unknown"]
