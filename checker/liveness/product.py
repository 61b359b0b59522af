"""The product of the behaviour graph with the tableau of a branch, and what its fair paths must meet."""

from __future__ import annotations

import numpy as np

from ...model.diagnostics import UnsupportedError
from ...model.structs import Struct
from . import formula as f
from .branches import Branch
from .digraph import Digraph
from .graph import BehaviourGraph, Numbers, Truths, Valuation, is_of_states
from .tableau import Tableau, tableau

MAX_EDGES = 60_000_000
"""Some three gigabytes."""


class Product(Struct, frozen=False):
    """Node `q * size + s` is the state s with the tableau's node q; `steps` gives the graph's edge of each edge.

    A path violates the property where it begins at an entry, from some point on takes `lasting` edges alone, infinitely
    many of each array of `recurrent`, and of each pair either infinitely many of the second or finitely many of the
    first.
    """

    digraph: Digraph
    steps: Numbers
    entries: Truths
    lasting: Truths
    recurrent: list[Truths]
    pairs: list[tuple[Truths, Truths]]


def product(branch: Branch, graph: BehaviourGraph, valuation: Valuation) -> Product:
    """The product, its nodes that no path from an entry reaches without edges."""
    if branch.rest == f.TRUE:
        digraph, steps = Digraph(graph.size, graph.sources, graph.targets), np.arange(len(graph.sources))
        entries, fulfilling = np.ones(graph.size, bool), []
    else:
        automaton = tableau(branch.rest)
        digraph, steps, entries = _joined(automaton, branch, graph, valuation)
        node_of = digraph.sources // graph.size
        fulfilling = [
            np.array([item not in node.postponed for node in automaton.nodes])[node_of]
            for item in automaton.eventualities
        ]
    lasting = np.ones(len(steps), bool)
    for item in branch.persistent:
        lasting &= valuation.on_edges(item)[steps]
    recurrent = [*fulfilling, *(valuation.on_edges(item)[steps] for item in branch.recurrent)]
    pairs = [
        (valuation.on_edges(pair.request)[steps], valuation.on_edges(pair.response)[steps]) for pair in branch.pairs
    ]
    return Product(digraph, steps, entries, lasting, recurrent, pairs)


def _joined(
    automaton: Tableau, branch: Branch, graph: BehaviourGraph, valuation: Valuation
) -> tuple[Digraph, Numbers, Truths]:
    """The nodes and edges on which the literals hold, as far as entries reach; and the entries."""
    size, count = graph.size, len(automaton.nodes)
    holds = [valuation.on_states(_part(node.literals, of_states=True)) for node in automaton.nodes]
    leaves = [_leaving(valuation, node.literals, graph) for node in automaton.nodes]
    entries = np.zeros(size * count, bool)
    first = slice(None) if branch.is_anywhere else graph.initial
    for node in automaton.initial:
        entries[node * size : (node + 1) * size][first] = holds[node][first]
    none = np.zeros(0, np.int64)
    pieces: list[tuple[Numbers, Numbers, Numbers]] = [(none, none, none)]
    total = 0
    for node, following in enumerate(automaton.successors):
        usable = leaves[node] & holds[node][graph.sources]
        for other in following:
            edges = np.flatnonzero(usable & holds[other][graph.targets])
            total += len(edges)
            if total > MAX_EDGES:
                raise UnsupportedError(
                    f"a formula whose product with the states has more than {MAX_EDGES:,} edges is not supported",
                    hint="split it: check conjuncts of a property as properties of their own",
                )
            pieces.append((graph.sources[edges] + node * size, graph.targets[edges] + other * size, edges))
    sources, targets, steps = (np.concatenate(columns) for columns in zip(*pieces, strict=True))
    digraph, order = Digraph.of(size * count, sources, targets)
    reached = _reached(digraph, entries)[digraph.sources]
    digraph = Digraph(digraph.size, digraph.sources[reached], digraph.targets[reached])
    return digraph, steps[order][reached], entries


def _part(literals: tuple[f.Formula, ...], *, of_states: bool) -> f.Formula:
    return f.And(tuple(item for item in literals if is_of_states(item) is of_states))


def _leaving(valuation: Valuation, literals: tuple[f.Formula, ...], graph: BehaviourGraph) -> Truths:
    """The edges on which the literals that speak of steps hold."""
    part = _part(literals, of_states=False)
    return valuation.on_edges(part) if part != f.TRUE else np.ones(len(graph.sources), bool)


def _reached(digraph: Digraph, entries: Truths) -> Truths:
    """The nodes that some entry reaches."""
    found = np.zeros(digraph.size + 1, bool)
    order, _ = with_root(digraph, np.flatnonzero(entries)).breadth_first(digraph.size)
    found[order] = True
    return found[:-1]


def with_root(digraph: Digraph, first: Numbers) -> Digraph:
    """The graph with one more node, the last, from which edges lead to the given nodes."""
    root = np.full(len(first), digraph.size)
    return Digraph(digraph.size + 1, np.concatenate([digraph.sources, root]), np.concatenate([digraph.targets, first]))
