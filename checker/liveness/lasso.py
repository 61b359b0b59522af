"""From fair components to a short counterexample: the shortest way into one, and a small cycle in it that is fair."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import numpy as np

from ...model.structs import Struct
from .digraph import Digraph
from .emptiness import FairComponents, fair_components
from .graph import BehaviourGraph, Numbers, Truths
from .product import Product, with_root


class Lasso(Struct, eq=True):
    """A shortest path to the state `start`, the edges of `stem`, then those of `cycle` for ever.

    Edges are indices into the graph's, and none is a stuttering step; with no cycle the behaviour ends in stuttering.
    """

    start: int
    stem: tuple[int, ...]
    cycle: tuple[int, ...]


def find_lasso(product: Product, graph: BehaviourGraph, *, is_anywhere: bool) -> Lasso | None:
    """A behaviour that the product accepts; None where there is none. `is_anywhere`: entries have any prefix."""
    components = fair_components(product, np.ones(len(product.steps), bool))
    if components is None:
        return None
    candidates = [components, fair_components(product, graph.stuttering[product.steps])]
    lassos = [_lasso(product, graph, found, is_anywhere) for found in candidates if found is not None]
    return min(lassos, key=lambda item: item[0])[1]


def _lasso(product: Product, graph: BehaviourGraph, components: FairComponents, is_anywhere: bool) -> tuple[int, Lasso]:
    """A lasso into one of the components, and how long it is."""
    digraph = product.digraph
    targets = np.zeros(digraph.size, bool)
    targets[digraph.sources[components.edges]] = True
    length, nodes = _way_in(product, graph, targets, is_anywhere)
    stem = [_edge(digraph, a, b) for a, b in pairwise(nodes)]
    inside = components.edges & (components.labels[digraph.sources] == components.labels[nodes[-1]])
    cycle = _fair_cycle(product, np.flatnonzero(inside), nodes[-1])
    shortened = [tuple(_without_stuttering(graph, product.steps[edges])) for edges in (stem, cycle)]
    return length + len(shortened[1]), Lasso(nodes[0] % graph.size, shortened[0], shortened[1])


def _without_stuttering(graph: BehaviourGraph, edges: Numbers) -> Iterable[int]:
    stuttering = graph.stuttering
    return (int(edge) for edge in edges if not stuttering[edge])


def _way_in(product: Product, graph: BehaviourGraph, goals: Truths, is_anywhere: bool) -> tuple[int, list[int]]:
    """The nodes of the product from an entry to a goal, on a shortest path from an initial state; its length."""
    digraph = product.digraph
    entries = np.flatnonzero(product.entries)
    first = entries
    if is_anywhere:
        # Before it enters, a behaviour waits: a copy of the graph's breadth-first tree beside the product.
        children = np.flatnonzero(graph.parents >= 0)
        sources = [digraph.sources, graph.parents[children] + digraph.size, entries % graph.size + digraph.size]
        targets = [digraph.targets, children + digraph.size, entries]
        first = graph.initial + digraph.size
        digraph, _ = Digraph.of(digraph.size + graph.size, np.concatenate(sources), np.concatenate(targets))
    order, before = with_root(digraph, first).breadth_first(digraph.size)
    goals = np.concatenate([goals, np.zeros(digraph.size + 1 - len(goals), bool)])
    node = int(order[goals[order]][0])
    path: list[int] = []
    while node != digraph.size:
        path.append(node)
        node = int(before[node])
    return len(path), [node for node in reversed(path) if node < product.digraph.size]


def _edge(digraph: Digraph, source: int, target: int) -> int:
    low, high = np.searchsorted(digraph.sources, [source, source + 1])
    return int(low + np.flatnonzero(digraph.targets[low:high] == target)[0])


def _fair_cycle(product: Product, edges: Numbers, start: int) -> Numbers:
    """Edges of a cycle through `start` within a component, of which `edges` are all."""
    inside = Digraph(product.digraph.size, product.digraph.sources[edges], product.digraph.targets[edges])
    needed = [condition[edges] for condition in product.recurrent]
    pairs = [(request[edges], response[edges]) for request, response in product.pairs]
    while True:
        cycle = _cycle(inside, start, needed)
        unanswered = [response for request, response in pairs if request[cycle].any() and not response[cycle].any()]
        if not unanswered:
            return edges[cycle]
        needed = [*needed, *unanswered]


def _cycle(inside: Digraph, start: int, needed: list[Truths]) -> list[int]:
    """A cycle with an edge of each of the needed kinds: always on to the nearest edge of a kind still missing."""
    cycle: list[int] = []
    current = start
    while missing := [condition for condition in needed if not condition[cycle].any()]:
        cycle += _path(inside, current, np.logical_or.reduce(missing))
        current = int(inside.targets[cycle[-1]])
    if current != start or not cycle:
        cycle += _path(inside, current, inside.targets == start)
    return cycle


def _path(inside: Digraph, start: int, last: Truths) -> list[int]:
    """A shortest path whose last edge is one of `last`."""
    order, before = inside.breadth_first(start)
    rank = np.full(inside.size, len(order))
    rank[order] = np.arange(len(order))
    candidates = np.flatnonzero(last)
    edge = int(candidates[np.argmin(rank[inside.sources[candidates]])])
    path = [edge]
    node = int(inside.sources[edge])
    while node != start:
        previous = int(before[node])
        path.append(_edge(inside, previous, node))
        node = previous
    return path[::-1]
