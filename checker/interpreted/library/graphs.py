"""Relation, Graphs, UndirectedGraphs, TransitiveClosure, GraphViz and VectorClocks: what is reached from where."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from ....model.diagnostics import EvaluationError
from ....model.values.core import FALSE, TRUE, Value, boolean, expanded, function, is_function, kind_of, sequence
from ....model.values.order import ordered
from ....model.values.sets import as_frozenset, is_member, is_set
from ....model.values.text import brief, show
from ..runtime import apply, as_function, as_sequence, iterate, pairs_of, truth
from .table import Key, Native, ours
from .tlc import fingerprint

Arcs = dict[Value, list[Value]]
"""Node → the nodes to which an edge leads."""
Ends = Callable[[Value], tuple[Value, Value] | None]
"""The two nodes of an edge; None for what cannot be an edge, which joins nothing."""


def _of_pair(edge: Value) -> tuple[Value, Value] | None:
    edge = expanded(edge)
    return (edge[1], edge[2]) if is_function(edge) and edge[0].is_sequence and len(edge) == 3 else None


def _of_set(edge: Value) -> tuple[Value, Value] | None:
    nodes: tuple[Value, ...] = ordered(edge) if is_set(edge) else ()
    return (nodes[0], nodes[-1]) if 1 <= len(nodes) <= 2 else None


def _parts(operator: str, graph: Value) -> tuple[frozenset[Value], frozenset[Value]]:
    """The nodes and the edges of a graph."""
    graph = expanded(graph)
    fields = dict(pairs_of(graph)) if is_function(graph) else {}
    if not is_set(fields.get("node")) or not is_set(fields.get("edge")):
        raise EvaluationError(
            f"{operator} needs a graph, and {brief(graph)} is none",
            expected="a record of two sets, node and edge",
            got=kind_of(graph),
        )
    return as_frozenset(fields["node"]), as_frozenset(fields["edge"])


def _arcs(operator: str, graph: Value, ends: Ends, *, both_ways: bool = False) -> Arcs:
    nodes, edges = _parts(operator, graph)
    arcs: Arcs = {node: [] for node in ordered(nodes)}
    for edge in ordered(edges):
        pair = ends(edge)
        if pair is None or pair[0] not in arcs or pair[1] not in arcs:
            continue
        arcs[pair[0]].append(pair[1])
        if both_ways:
            arcs[pair[1]].append(pair[0])
    return arcs


def _reached(start: Iterable[Value], arcs: Arcs) -> set[Value]:
    """The nodes of `start`, and all to which a path leads from them."""
    found = set(start)
    waiting = list(found)
    while waiting:
        for node in arcs[waiting.pop()]:
            if node not in found:
                found.add(node)
                waiting.append(node)
    return found


def _simple_paths(arcs: Arcs) -> Iterator[tuple[Value, ...]]:
    waiting: list[tuple[Value, ...]] = [(node,) for node in arcs]
    while waiting:
        path = waiting.pop()
        yield path
        waiting.extend((*path, node) for node in dict.fromkeys(arcs[path[-1]]) if node not in path)


def _are_connected(m: Value, n: Value, arcs: Arcs) -> Value:
    nodes = frozenset(arcs)
    if not nodes or not is_member(m, nodes) or not is_member(n, nodes):
        return FALSE
    return boolean(n in _reached((m,), arcs))


def _table(nodes: frozenset[Value], reached: dict[Value, set[Value]]) -> Value:
    """A boolean function of pairs of nodes."""
    return function({sequence((m, n)): boolean(n in reached[m]) for m in nodes for n in nodes})


# --- Relation, TransitiveClosure -------------------------------------------------------------------------------------


def _after_a_step(arcs: Arcs) -> dict[Value, set[Value]]:
    """Node → the nodes to which a path of one edge at least leads."""
    return {node: _reached(targets, arcs) for node, targets in arcs.items()}


def _relation(relation: Value, values: Value) -> Arcs:
    items = ordered(values)
    return {x: [y for y in items if truth(apply(relation, sequence((x, y))))] for x in items}


def transitive_closure(relation: Value, values: Value) -> Value:
    return _table(as_frozenset(values), _after_a_step(_relation(relation, values)))


def reflexive_transitive_closure(relation: Value, values: Value) -> Value:
    arcs = _relation(relation, values)
    return _table(as_frozenset(values), {node: _reached((node,), arcs) for node in arcs})


def is_connected(relation: Value, values: Value) -> Value:
    arcs = _relation(relation, values)
    return boolean(all(len(_reached((node,), arcs)) == len(arcs) for node in arcs))


def warshall(relation: Value) -> Value:
    """The transitive closure of a set of pairs."""
    arcs: Arcs = {}
    for pair in iterate(relation):
        found = _of_pair(pair)
        if found is None:
            raise EvaluationError(f"Warshall needs a set of pairs, and {brief(pair)} is none", got=kind_of(pair))
        arcs.setdefault(found[0], []).append(found[1])
        arcs.setdefault(found[1], [])
    return frozenset(sequence((m, n)) for m, targets in _after_a_step(arcs).items() for n in targets)


# --- Graphs ----------------------------------------------------------------------------------------------------------


def directed_simple_path(graph: Value) -> Value:
    return frozenset(map(sequence, _simple_paths(_arcs("SimplePath", graph, _of_pair))))


def directed_are_connected(m: Value, n: Value, graph: Value) -> Value:
    return _are_connected(m, n, _arcs("AreConnectedIn", graph, _of_pair))


def directed_is_strongly_connected(graph: Value) -> Value:
    arcs = _arcs("IsStronglyConnected", graph, _of_pair)
    if not arcs:
        return TRUE
    root = next(iter(arcs))
    back: Arcs = {node: [] for node in arcs}
    for node, targets in arcs.items():
        for target in targets:
            back[target].append(node)
    return boolean(len(_reached((root,), arcs)) == len(_reached((root,), back)) == len(arcs))


def connections_in(graph: Value) -> Value:
    arcs = _arcs("ConnectionsIn", graph, _of_pair)
    return _table(frozenset(arcs), {node: _reached((node,), arcs) for node in arcs})


def has_cycle(graph: Value) -> Value:
    return boolean(any(node in after for node, after in _after_a_step(_arcs("HasCycle", graph, _of_pair)).items()))


def ancestors(graph: Value, node: Value) -> Value:
    after = _after_a_step(_arcs("Ancestors", graph, _of_pair))
    _require_node("Ancestors", node, after)
    return frozenset(other for other, reached in after.items() if node in reached)


def descendants(graph: Value, node: Value) -> Value:
    after = _after_a_step(_arcs("Descendants", graph, _of_pair))
    _require_node("Descendants", node, after)
    return frozenset(after[node])


def _require_node(operator: str, node: Value, nodes: Iterable[Value]) -> None:
    known = frozenset(nodes)
    if known and not is_member(node, known):
        raise EvaluationError(f"{operator}: {brief(node)} is not a node", expected=f"an element of {brief(known)}")


# --- UndirectedGraphs ------------------------------------------------------------------------------------------------


def simple_path(graph: Value) -> Value:
    return frozenset(map(sequence, _simple_paths(_arcs("SimplePath", graph, _of_set, both_ways=True))))


def are_connected(m: Value, n: Value, graph: Value) -> Value:
    return _are_connected(m, n, _arcs("AreConnectedIn", graph, _of_set, both_ways=True))


def connected_components(graph: Value) -> Value:
    arcs = _arcs("ConnectedComponents", graph, _of_set, both_ways=True)
    components: list[Value] = []
    left = set(arcs)
    while left:
        component = _reached((next(iter(left)),), arcs)
        components.append(frozenset(component))
        left -= component
    return frozenset(components)


# --- GraphViz --------------------------------------------------------------------------------------------------------


def dot_digraph(graph: Value, node_label: Callable[[Value], Value], edge_label: Callable[[Value], Value]) -> Value:
    """Nodes are told apart by hashes of their values, which are not those of TLC."""
    nodes, edges = _parts("DotDiGraph", graph)
    lines = [f"{fingerprint(node)}[label={show(node_label(node))}];" for node in ordered(nodes)]
    for edge in ordered(edges):
        ends = as_sequence("DotDiGraph", edge)[1:3]
        origin, target = map(fingerprint, ends)
        lines.append(f"{origin}->{target}[label={show(edge_label(edge))}];")
    return f"digraph MyGraph {{{''.join(lines)}}}"


# --- VectorClocks ----------------------------------------------------------------------------------------------------


def causal_order(
    log: Value,
    clock: Callable[[Value], Value],
    node: Callable[[Value], Value],
    domain: Callable[[Value], Value],
) -> Value:
    """The entries of a log so that each comes after those its clock knows of. Clocks count without gaps, from 1."""
    logs: dict[Value, list[tuple[int, Value, Value]]] = {}
    for entry in as_sequence("CausalOrder", log)[1:]:
        owner, known = node(entry), clock(entry)
        time = apply(known, owner)
        if type(time) is not int:
            raise EvaluationError(f"the clock {brief(known)} has no number", expected="an integer", got=kind_of(time))
        logs.setdefault(owner, []).append((time, known, entry))
    for entries in logs.values():
        entries.sort(key=lambda one: one[0])
    hosts = ordered(frozenset(logs))
    done = dict.fromkeys(hosts, 0)
    result: list[Value] = []
    size = len(as_function(log)) - 1
    while len(result) < size:
        before = len(result)
        for host in hosts:
            if done[host] < len(logs[host]):
                _, known, entry = logs[host][done[host]]
                if all(_has(known, other) <= done[other] for other in _others(domain(known), host, done)):
                    done[host] += 1
                    result.append(entry)
        if len(result) == before:
            raise EvaluationError("CausalOrder: the clocks contradict one another, or have gaps")
    return sequence(result)


def _others(values: Value, host: Value, known: dict[Value, int]) -> Iterator[Value]:
    return (other for other in iterate(values) if other != host and other in known)


def _has(clock: Value, node: Value) -> int:
    return apply(clock, node)


NATIVES: dict[Key, Native] = {
    ("TransitiveClosure", "Warshall"): Native(warshall, "set"),
    ("Relation", "TransitiveClosure"): ours(transitive_closure),
    ("Relation", "ReflexiveTransitiveClosure"): ours(reflexive_transitive_closure),
    ("Relation", "IsConnected"): ours(is_connected, "bool"),
    ("Graphs", "SimplePath"): Native(directed_simple_path, "set"),
    ("Graphs", "AreConnectedIn"): Native(directed_are_connected, "bool"),
    ("Graphs", "IsStronglyConnected"): Native(directed_is_strongly_connected, "bool"),
    ("Graphs", "ConnectionsIn"): ours(connections_in),
    ("Graphs", "HasCycle"): ours(has_cycle, "bool"),
    ("Graphs", "Ancestors"): ours(ancestors, "set"),
    ("Graphs", "Descendants"): ours(descendants, "set"),
    ("UndirectedGraphs", "SimplePath"): Native(simple_path, "set"),
    ("UndirectedGraphs", "AreConnectedIn"): Native(are_connected, "bool"),
    ("UndirectedGraphs", "ConnectedComponents"): Native(connected_components, "set"),
    ("GraphViz", "DotDiGraph"): Native(dot_digraph, "str"),
    ("VectorClocks", "CausalOrder"): Native(causal_order),
}
