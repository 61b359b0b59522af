"""The state graph as a file that other tools draw or analyse: Graphviz's dot and GraphML.

A node is a state, labelled as TLC prints it; an edge is a step, labelled with its action. Initial states are filled in
dot and have `initial` true in GraphML.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape

from ...model import values
from ...model.diagnostics import InputError
from ..result import StateGraph
from .json_report import write_atomically

NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML cannot hold, escaped or not."""


def write_graph(path: Path, graph: StateGraph, name: str) -> None:
    """Write the graph of the model of that name in the format that the ending tells, whole or not at all.

    Raises InputError where the file cannot be written.
    """
    try:
        write_atomically(path, FORMATS[path.suffix](graph, name))
    except OSError as problem:
        raise InputError(f"cannot write {path}: {problem.strerror}") from problem


def dot(graph: StateGraph, name: str) -> Iterator[str]:
    """The lines of a dot file."""
    initial = set(graph.initial)
    yield f"digraph {_dot_string(name)} {{\n"
    yield "  node [shape=box, fontname=monospace];\n"
    for number in range(len(graph.states)):
        style = ", style=filled" if number in initial else ""
        yield f"  {number} [label={_dot_string(_label(graph, number), left=True)}{style}];\n"
    for origin, target, action in graph.steps():
        yield f"  {origin} -> {target} [label={_dot_string(action)}];\n"
    yield "}\n"


def graphml(graph: StateGraph, name: str) -> Iterator[str]:
    """The lines of a GraphML file."""
    initial = set(graph.initial)
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n'
    yield '  <key id="label" for="node" attr.name="label" attr.type="string"/>\n'
    yield '  <key id="initial" for="node" attr.name="initial" attr.type="boolean"/>\n'
    yield '  <key id="action" for="edge" attr.name="action" attr.type="string"/>\n'
    yield f'  <graph id="{_xml(name)}" edgedefault="directed">\n'
    for number in range(len(graph.states)):
        label = f'<data key="label">{_xml(_label(graph, number))}</data>'
        mark = '<data key="initial">true</data>' if number in initial else ""
        yield f'    <node id="s{number}">{label}{mark}</node>\n'
    for origin, target, action in graph.steps():
        data = f'<data key="action">{_xml(action)}</data>'
        yield f'    <edge source="s{origin}" target="s{target}">{data}</edge>\n'
    yield "  </graph>\n</graphml>\n"


FORMATS = {".dot": dot, ".graphml": graphml}
"""Ending of the file → its lines."""


def _label(graph: StateGraph, number: int) -> str:
    """A state as TLC prints it: a conjunction of its variables."""
    return "\n".join(
        f"/\\ {variable} = {values.show(value)}"
        for variable, value in zip(graph.variables, graph.states[number], strict=True)
    )


def _dot_string(text: str, *, left: bool = False) -> str:
    """A quoted string of dot; with `left` its lines are flush left."""
    ending = "\\l" if left else "\\n"
    lines = text.replace("\\", "\\\\").replace('"', '\\"').split("\n")
    return f'"{ending.join(lines)}{ending if left else ""}"'


def _xml(text: str) -> str:
    return escape(NOT_IN_XML.sub("\ufffd", text), {'"': "&quot;"})
