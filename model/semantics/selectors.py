"""Subexpression names such as `Op!1!2`, `Op!label(x)`, `Op!(x)!<<`: a part of a definition as a definition of its own.

The TLA+2 notation (Lamport, TLA+2: A Preliminary Guide, section 6). Bound variables that the path enters become
parameters, in the order in which it enters them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from ..diagnostics import SemanticError, UnsupportedError
from ..source import Span
from ..structs import Struct, field, replace
from ..syntax import tree
from .symbols import Defined

if TYPE_CHECKING:
    from .elaborate import Elaborator

FIRST, LAST = "<<", ">>"


class _Path(Struct, frozen=False):
    """Where a selection has come to, and what it has passed."""

    node: Any
    is_open: bool
    """Whether arguments are left out, those of the operator and those for bound variables, as `Op!@` may."""
    lets: list[tree.Let] = field(default_factory=list)
    bound: list[tree.Ident] = field(default_factory=list)
    args: list[tree.Argument] = field(default_factory=list)

    def bind(self, names: tuple[tree.Ident, ...], step: tree.Selector) -> None:
        if len(names) != len(step.args) and not (self.is_open and not step.args):
            raise SemanticError(
                f"the selector `{step.name or '()'}` enters {len(names)} bound variables",
                step.span,
                expected=f"{len(names)} arguments",
                got=str(len(step.args)),
            )
        self.bound.extend(names)
        self.args.extend(step.args)


def select(
    elaborator: Elaborator, symbol: Defined, steps: list[tree.Selector], span: Span, is_open: bool
) -> tuple[Defined, list[tree.Argument]]:
    """The part of `symbol` that `steps` choose, and the arguments given for bound variables on the way.

    With `is_open` there are none, and the part takes them itself.
    """
    if symbol.unit is None or symbol.local_frame is not None:
        raise UnsupportedError(f"a part of `{symbol.name}` cannot be selected here", span)
    path = _Path(symbol.unit.body, is_open)
    if isinstance(symbol.unit, tree.FunctionDefinition):
        path.node = tree.FunctionConstructor(symbol.unit.span, symbol.unit.bounds, symbol.unit.body)
    for step in steps:
        _step(path, step)
    name = "!".join([symbol.name, *(step.name for step in steps)])
    cached = elaborator.selections.get((symbol, name))
    if cached is None:
        if not isinstance(path.node, tree.Node):
            raise UnsupportedError(f"the selection `{name}` is not an expression", span)
        body = cast("tree.Expr", path.node)
        for let in reversed(path.lets):
            body = tree.Let(body.span, let.units, body)
        params = (*symbol.params, *(tree.Parameter(ident.span, ident.name) for ident in path.bound))
        unit = tree.OperatorDefinition(body.span, tree.Ident(symbol.span, name), params, body, is_local=True)
        cached = replace(symbol, name=name, params=params, unit=unit, definition=None, is_resolved=False, is_local=True)
        elaborator.selections[(symbol, name)] = cached
    return cached, path.args


def _step(path: _Path, step: tree.Selector) -> None:
    if step.name == ":":
        return
    while isinstance(path.node, tree.Label) and path.node.name != step.name:
        path.node = path.node.body
    node = path.node
    if isinstance(node, tree.Let) and (step.name == "1" or _local_definition(path, node, step)):
        path.lets.append(node)
        if step.name == "1":
            path.node = node.body
    elif step.name in ("()", "@"):
        _enter(path, step)
    elif step.name.isdigit() or step.name in (FIRST, LAST):
        path.node = _part(node, step)
    else:
        found = _labelled(node, step.name, ())
        if found is None:
            raise SemanticError(f"there is no label `{step.name}` to select", step.span)
        label, lets = found
        path.lets.extend(lets)
        path.bind(label.params, step)
        path.node = label.body


def _local_definition(path: _Path, let: tree.Let, step: tree.Selector) -> bool:
    """Goes into the definition of a LET that has the name of the step, if there is one."""
    for unit in let.units:
        if isinstance(unit, tree.OperatorDefinition) and unit.name.name == step.name:
            path.bind(tuple(tree.Ident(p.span, p.name) for p in unit.params), step)
            path.node = unit.body
            return True
    return False


def _enter(path: _Path, step: tree.Selector) -> None:
    """`!(x, y)`: the body of a quantifier and the like, its bound variables given."""
    match path.node:
        case (
            tree.Quantifier(bounds=bounds, body=body)
            | tree.FunctionConstructor(bounds=bounds, body=body)
            | tree.SetMap(bounds=bounds, element=body)
        ):
            path.bind(tuple(name for bound in bounds for name in bound.names), step)
        case tree.Choose(bound=bound, body=body) | tree.SetFilter(bound=bound, predicate=body):
            path.bind(bound.names, step)
        case _:
            raise UnsupportedError(f"the selector `{step.name}` of an expression that binds no variables", step.span)
    path.node = body


def _part(node: Any, step: tree.Selector) -> Any:
    """The part of a node that a number, `<<` or `>>` selects."""
    parts = _parts(node)
    if not parts:
        raise UnsupportedError(f"a selector of an expression without parts, `{step.name}`", step.span)
    wanted = {FIRST: 1, LAST: len(parts)}.get(step.name) or int(step.name)
    if not 1 <= wanted <= len(parts):
        raise SemanticError(
            f"there is no part {step.name} to select", step.span, expected=f"1 to {len(parts)}", got=step.name
        )
    part = parts[wanted - 1]
    if part is None:
        raise UnsupportedError(
            f"the selector `{step.name}` of this expression",
            step.span,
            notes=[("this is the expression", getattr(node, "span", None))],
        )
    return part


def _parts(node: Any) -> list[Any]:
    """What `!1`, `!2` … select of a node; None for what is not supported, such as what an EXCEPT puts in."""
    match node:
        case tree.Apply(args=parts) | tree.Junction(items=parts) | tree.Tuple(elements=parts):
            return list(parts)
        case tree.SetEnumeration(elements=parts) | tree.Times(factors=parts):
            return list(parts)
        case tree.Case():
            return [*node.arms, *([(None, node.other)] if node.other is not None else [])]
        case tuple():
            return list(node)
        case tree.If():
            return [node.condition, node.then, node.otherwise]
        case tree.FunctionApplication():
            return [node.function, *node.args]
        case tree.Except():
            return [node.function, *([None] * len(node.updates))]
        case tree.Dot():
            return [node.record, tree.String(node.field.span, node.field.name)]
        case tree.FunctionSet():
            return [node.domain, node.range]
        case tree.Record(fields=fields) | tree.RecordSet(fields=fields):
            return [value for _, value in fields]
        case tree.ActionSubscript():
            return [node.action, node.subscript]
        case tree.Fairness():
            return [node.subscript, node.action]
        case tree.Quantifier(bounds=bounds) | tree.FunctionConstructor(bounds=bounds) | tree.SetMap(bounds=bounds):
            return [bound.set for bound in bounds]
        case tree.Choose(bound=bound) | tree.SetFilter(bound=bound):
            return [bound.set]
        case _:
            return []


def _labelled(value: Any, name: str, lets: tuple[tree.Let, ...]) -> tuple[tree.Label, tuple[tree.Let, ...]] | None:
    """The label of this name that is not within another label, and the LETs around it."""
    if isinstance(value, tree.Label):
        return (value, lets) if value.name == name else None
    if isinstance(value, tree.Let):
        return _labelled(value.body, name, (*lets, value))
    if isinstance(value, tree.Node):
        value = tuple(getattr(value, field) for field in value.__match_args__ if field != "span")
    if isinstance(value, tuple):
        for item in value:
            found = _labelled(item, name, lets)
            if found is not None:
                return found
    return None
