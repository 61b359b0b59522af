"""Writes a tree as a short expression, so that a test can say what it expects of it in one line."""

from __future__ import annotations

from typing import Any

from comitia.model.source import Source
from comitia.model.structs import values_of
from comitia.model.syntax import tree
from comitia.model.syntax.parser import parse_expression, parse_module


def shape(node: Any) -> str:
    r"""`+(a, 1)` for `a + 1`, `(/\ a b)` for a junction, `Case[…]` and the like for everything else."""
    match node:
        case tree.Name():
            return "".join(f"{shape(step)}!" for step in node.path) + node.name
        case tree.Selector():
            return node.name + (f"({listed(node.args)})" if node.args else "")
        case tree.Apply():
            return f"{shape(node.operator)}({listed(node.args)})"
        case tree.Junction():
            return f"({node.operator} {' '.join(map(shape, node.items))})"
        case tree.Number():
            return str(node.value)
        case tree.String():
            return f'"{node.value}"'
        case tree.Ident():
            return node.name
        case tree.At():
            return "@"
        case tree.Node():
            fields = (value for name, value in values_of(node).items() if name != "span")
            return f"{type(node).__name__}[{listed(fields)}]"
        case tuple():
            return f"<{listed(node)}>"
    return str(node)


def listed(nodes: Any) -> str:
    """The shapes of several nodes."""
    return ", ".join(map(shape, nodes))


def expression(text: str) -> str:
    """The shape of an expression."""
    return shape(parse_expression(Source("test", text)))


def units(text: str) -> list[str]:
    """The shapes of the units of a module's body."""
    module = parse_module(Source("test", f"---- MODULE Test ----\n{text}\n===="))
    return [shape(unit) for unit in module.units]


def definition(text: str) -> str:
    """The shape of the right side of the first definition of a module's body."""
    module = parse_module(Source("test", f"---- MODULE Test ----\n{text}\n===="))
    first = module.units[0]
    assert isinstance(first, tree.OperatorDefinition)
    return shape(first.body)
