"""Resolves modules given as text, and writes the IR of a definition as a short expression."""

from __future__ import annotations

from typing import Any

from comitia.model.semantics import ir
from comitia.model.semantics.operators import Operator
from comitia.model.semantics.resolve import resolve
from comitia.model.source import Source
from comitia.model.structs import values_of
from comitia.model.syntax import tree
from comitia.model.syntax.parser import parse_module


def parsed(name: str, body: str) -> tree.Module:
    """The tree of a module with this body; the first line of the body is line 2."""
    return parse_module(Source(f"{name}.tla", f"---- MODULE {name} ----\n{body}\n===="))


def resolved(body: str, **others: str) -> ir.ResolvedModule:
    """Module Root with this body, among `others` by name."""
    modules = {name: parsed(name, text) for name, text in {"Root": body, **others}.items()}
    return resolve(modules["Root"], modules)


def definition(name: str, body: str, **others: str) -> str:
    """The shape of one definition of module Root."""
    return shape(resolved(body, **others).definitions[name])


def expression(text: str, context: str = "EXTENDS Integers, Sequences\nCONSTANT C, S, T\nVARIABLES x, y") -> str:
    """The shape of an expression."""
    return shape(resolved(f"{context}\nTest == {text}").definitions["Test"].body)


def shape(node: Any) -> str:
    """`+(a, 1)` for `a + 1`, `x'` for a prime; a definition with its parameters and its body."""
    match node:
        case ir.Definition():
            params = f"({listed(node.params)})" if node.params else ""
            return f"{node.name}{params} == {shape(node.body)}"
        case ir.Variable() | ir.Constant() | ir.Local():
            return node.name
        case Operator():
            return node.name
        case ir.VariableRef():
            return node.variable.name
        case ir.LocalRef():
            return node.local.name
        case ir.Literal():
            return f'"{node.value}"' if isinstance(node.value, str) else str(node.value)
        case ir.Call():
            return applied(node.target.name, node.args)
        case ir.Builtin():
            return applied(node.operator.name, node.args)
        case ir.OperatorRef():
            return f"&{node.target.name}"
        case ir.Junction():
            return f"({'and' if node.is_and else 'or'} {' '.join(map(shape, node.items))})"
        case ir.Prime():
            return f"{shape(node.expr)}'"
        case ir.Let():
            return f"LET {'; '.join(map(shape, node.definitions))} IN {shape(node.body)}"
        case ir.Bound():
            names = listed(node.locals)
            return f"{f'<<{names}>>' if node.is_tuple else names} in {shape(node.set)}"
        case ir.Node():
            fields = (value for name, value in values_of(node).items() if name not in ("span", "own"))
            return f"{type(node).__name__}[{listed(value for value in fields if value is not None)}]"
        case tuple():
            return f"<{listed(node)}>"
    return str(node)


def applied(name: str, args: tuple[Any, ...]) -> str:
    return f"{name}({listed(args)})" if args else name


def listed(nodes: Any) -> str:
    return ", ".join(map(shape, nodes))
