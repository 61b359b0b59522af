"""SVG: pictures as text, and places for the nodes of graphs."""

from __future__ import annotations

import math

from ....model.diagnostics import EvaluationError
from ....model.values.core import Value, function, kind_of, record
from ....model.values.order import ordered
from ....model.values.text import brief
from ..runtime import apply, as_function, as_sequence, pairs_of
from .table import Key, Native


def element_text(element: Value) -> Value:
    """`SVGElemToString`."""
    fields = dict(pairs_of(element))
    for name in ("name", "attrs", "children", "innerText"):
        if name not in fields:
            raise EvaluationError(f"{brief(element)} is no element of SVG: it has no field {name}")
    attributes = "".join(f" {_text(key).replace('_', '-')}='{_text(item)}'" for key, item in pairs_of(fields["attrs"]))
    within = _text(fields["innerText"]).replace("<<", "&lt;&lt;").replace(">>", "&gt;&gt;")
    children = "".join(map(element_text, _children(fields["children"])))
    name = _text(fields["name"])
    return f"<{name}{attributes}>{within}{children}</{name}>"


def _children(value: Value) -> tuple[Value, ...]:
    """Children stand in any function; a child may be a sequence of elements itself, as SVGDoc puts them."""
    children: list[Value] = []
    for child in as_function(value)[1:]:
        if as_function(child)[0].is_sequence:
            children.extend(_children(child))
        else:
            children.append(child)
    return tuple(children)


def _text(value: Value) -> str:
    if type(value) is not str:
        raise EvaluationError(f"an element of SVG holds {brief(value)}", expected="a string", got=kind_of(value))
    return value


def _number(value: Value) -> int:
    if type(value) is not int:
        raise EvaluationError(f"a place in a picture is {brief(value)}", expected="an integer", got=kind_of(value))
    return value


def _place(x: float, y: float) -> Value:
    return record({"x": int(x), "y": int(y)})


def node_of_ring(cx: Value, cy: Value, r: Value, n: Value, m: Value) -> Value:
    angle = 2 * math.pi / _number(m) * _number(n)
    return _place(_number(cx) + _number(r) * math.cos(angle), _number(cy) + r * math.sin(angle))


def point_on_line(start: Value, end: Value, parts: Value) -> Value:
    x, y = (_number(apply(start, axis)) for axis in ("x", "y"))
    to_x, to_y = (_number(apply(end, axis)) for axis in ("x", "y"))
    return _place(x + (to_x - x) / _number(parts), y + (to_y - y) / parts)


def nodes_of_graph(nodes: Value, edges: Value, options: Value) -> Value:
    """Rows from top to bottom, each node below those that lead to it; not the places that TLC's library finds."""
    items = ordered(nodes)
    width, height = (_number(apply(options, name)) for name in ("view_width", "view_height"))
    rows = dict.fromkeys(items, 0)
    pairs = [as_sequence("NodesOfDirectedMultiGraph", edge)[1:3] for edge in ordered(edges)]
    for _ in items:
        # After as many rounds as there are nodes only those on a cycle would still move.
        for origin, target in pairs:
            if origin != target and origin in rows and target in rows:
                rows[target] = min(len(items) - 1, max(rows[target], rows[origin] + 1))
    levels = sorted(set(rows.values()))
    places: dict[Value, Value] = {}
    for index, level in enumerate(levels):
        row = [node for node in items if rows[node] == level]
        for position, node in enumerate(row):
            places[node] = _place((position + 0.5) * width / len(row), (index + 0.5) * height / len(levels))
    return function(places)


NATIVES: dict[Key, Native] = {
    ("SVG", "SVGElemToString"): Native(element_text, "str"),
    ("SVG", "NodeOfRingNetwork"): Native(node_of_ring),
    ("SVG", "PointOnLine"): Native(point_on_line),
    ("SVG", "NodesOfDirectedMultiGraph"): Native(nodes_of_graph),
}
