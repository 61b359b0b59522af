"""Unfolding: the body of a definition with arguments in place of its parameters."""

from __future__ import annotations

from typing import Any, cast

from ..structs import replace
from . import ir
from .operators import Operator


def unfold(call: ir.Call, definition: ir.Definition | None = None) -> ir.Expr:
    """The body of the definition that is called (or of `definition`, where it replaces that one), arguments put in.

    Without parameters it is the body itself; otherwise a copy, which keeps the places of what it copies.
    """
    target = call.target if definition is None else definition
    assert isinstance(target, ir.Definition)
    if not target.params:
        return target.body
    return substitute(target.body, dict(zip(target.params, call.args, strict=True)))


def substitute(expr: ir.Expr, values: dict[ir.Local, ir.Argument]) -> ir.Expr:
    """A copy of `expr` with `values` in place of parameters."""
    return cast("ir.Expr", _Copy(values).copy(expr))


class _Copy:
    """One copy. Definitions of a LET within it are copied too, since their bodies may mention a parameter."""

    def __init__(self, values: dict[ir.Local, ir.Argument]) -> None:
        self.values = values
        self.definitions: dict[ir.Definition, ir.Definition] = {}

    def copy(self, value: Any) -> Any:
        match value:
            case ir.LocalRef():
                return self.values.get(value.local, value)
            case ir.OperatorRef():
                return self._operator_ref(value)
            case ir.Call():
                return self._call(value)
            case ir.Let():
                return self._let(value)
            case ir.Node():
                changes = {f: self.copy(getattr(value, f)) for f in value.__match_args__ if f != "span"}
                return replace(value, **changes)
            case tuple():
                return tuple([self.copy(item) for item in value])
            case _:
                return value

    def _operator_ref(self, ref: ir.OperatorRef) -> ir.Argument:
        if isinstance(ref.target, ir.Local):
            return self.values.get(ref.target, ref)
        if isinstance(ref.target, ir.Definition):
            return ir.OperatorRef(ref.span, self.definitions.get(ref.target, ref.target))
        return ref

    def _call(self, call: ir.Call) -> ir.Expr:
        args = self.copy(call.args)
        if isinstance(call.target, ir.Definition):
            return ir.Call(call.span, self.definitions.get(call.target, call.target), args)
        value = self.values.get(call.target) if isinstance(call.target, ir.Local) else None
        match value:
            case None:
                return ir.Call(call.span, call.target, args)
            case ir.OperatorRef(target=ir.Definition() | ir.Constant() | ir.Local() as target):
                return ir.Call(call.span, target, args)
            case ir.OperatorRef(target=Operator() as row):
                return ir.Builtin(call.span, row, args)
            case ir.Lambda():
                name = call.target.name
                definition = ir.Definition(name, value.params, value.span, "", value.body)
                return ir.Let(call.span, (definition,), ir.Call(call.span, definition, args))
            case _:
                raise AssertionError("an operator parameter stands for an operator")

    def _let(self, let: ir.Let) -> ir.Let:
        for definition in let.definitions:
            self.definitions[definition] = replace(definition)
        for definition in let.definitions:
            self.definitions[definition].body = self.copy(definition.body)
        copies = tuple([self.definitions[d] for d in let.definitions])
        return ir.Let(let.span, copies, self.copy(let.body))
