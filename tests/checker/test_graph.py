"""The state graph as dot and as GraphML."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from array import array
from pathlib import Path

import pytest
from comitia.checker.report.graph import write_graph
from comitia.checker.result import StateGraph
from comitia.model.diagnostics import InputError

TEXT = 'a "quoted" <\\back>&\n\x00 é'
GRAPH = StateGraph(
    ("x", "text"),
    [(0, "one"), (1, TEXT)],
    [0],
    ["Go", "Stay & <wait>"],
    array("I", [0, 0, 1, 1]),
    array("I", [1, 1, 1, 0]),
    array("I", [0, 0, 1, 0]),
)
NAMESPACE = {"g": "http://graphml.graphdrawing.org/xmlns"}


def test_dot(tmp_path: Path) -> None:
    write_graph(tmp_path / "g.dot", GRAPH, "raft/small")
    lines = (tmp_path / "g.dot").read_text().split("\n")
    assert lines[0] == 'digraph "raft/small" {'
    assert lines[2] == '  0 [label="/\\\\ x = 0\\l/\\\\ text = \\"one\\"\\l", style=filled];'
    assert lines[3].startswith('  1 [label="/\\\\ x = 1\\l/\\\\ text = \\"a ') and "filled" not in lines[3]
    assert '  0 -> 1 [label="Go"];' in lines and '  1 -> 1 [label="Stay & <wait>"];' in lines
    assert sum(" -> " in line for line in lines) == 3, "a step found twice is one edge"
    assert lines[-2:] == ["}", ""]


def test_dot_escapes_what_a_state_may_hold(tmp_path: Path) -> None:
    """Every quote within a label is escaped, so that the quotes that are not come in pairs."""
    write_graph(tmp_path / "g.dot", GRAPH, 'a "name"')
    for line in (tmp_path / "g.dot").read_text().split("\n"):
        assert line.replace("\\\\", "").replace('\\"', "").count('"') % 2 == 0


def test_graphml(tmp_path: Path) -> None:
    write_graph(tmp_path / "g.graphml", GRAPH, 'a "name" & <more>')
    root = ElementTree.parse(tmp_path / "g.graphml").getroot()
    graph = root.find("g:graph", NAMESPACE)
    assert graph is not None and graph.attrib == {"id": 'a "name" & <more>', "edgedefault": "directed"}
    nodes = {
        node.attrib["id"]: {data.attrib["key"]: data.text for data in node}
        for node in graph.findall("g:node", NAMESPACE)
    }
    assert nodes["s0"] == {"label": '/\\ x = 0\n/\\ text = "one"', "initial": "true"}
    assert list(nodes["s1"]) == ["label"] and "é" in (nodes["s1"]["label"] or "")
    edges = [
        (edge.attrib["source"], edge.attrib["target"], edge[0].text) for edge in graph.findall("g:edge", NAMESPACE)
    ]
    assert edges == [("s0", "s1", "Go"), ("s1", "s1", "Stay & <wait>"), ("s1", "s0", "Go")]
    keys = {key.attrib["id"] for key in root.findall("g:key", NAMESPACE)}
    assert keys == {"label", "initial", "action"}


def test_a_graph_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot write"):
        write_graph(tmp_path / "missing" / "g.dot", GRAPH, "m")
    file = tmp_path / "g.dot"
    file.write_text("old")
    broken = StateGraph(("x",), [(0,)], [0], ["Go"], [0], [0], [7])
    with pytest.raises(IndexError):
        write_graph(file, broken, "m")
    assert file.read_text() == "old"
