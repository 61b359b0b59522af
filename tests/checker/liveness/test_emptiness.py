"""Fair cycles in small graphs, found and missed, and how short the lassos are that lead to them."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import numpy as np
import pytest
from comitia.checker.liveness.digraph import Digraph
from comitia.checker.liveness.emptiness import fair_components
from comitia.checker.liveness.graph import BehaviourGraph, Numbers, Truths
from comitia.checker.liveness.lasso import Lasso, find_lasso
from comitia.checker.liveness.product import Product

Edges = list[tuple[int, int]]


def truths(edges: Edges, chosen: Edges) -> Truths:
    return np.array([edge in chosen for edge in edges])


def product_of(
    size: int,
    edges: Edges,
    *,
    recurrent: list[Edges] | None = None,
    pairs: list[tuple[Edges, Edges]] | None = None,
    lasting: Edges | None = None,
) -> Product:
    """A product that is the graph itself: nodes are states, and every state is an entry."""
    edges.sort()
    sources, targets = (np.array(ends, np.int64) for ends in zip(*edges, strict=True))
    return Product(
        Digraph(size, sources, targets),
        np.arange(len(edges)),
        np.ones(size, bool),
        truths(edges, edges if lasting is None else lasting),
        [truths(edges, chosen) for chosen in recurrent or []],
        [(truths(edges, request), truths(edges, response)) for request, response in pairs or []],
    )


def graph_of(product: Product) -> BehaviourGraph:
    """The graph behind such a product, its only initial state 0."""
    size, digraph = product.digraph.size, product.digraph
    order, before = digraph.breadth_first(0)
    parents = np.full(size, -1, np.int64)
    parents[order[1:]] = before[order[1:]]
    assert len(order) == size, "every state is reached"
    return BehaviourGraph(size, digraph.sources, digraph.targets, parents)


def lasso_of(product: Product) -> tuple[list[int], list[int]] | None:
    """The states up to the cycle, from the initial one, and those of the cycle; None where nothing is fair."""
    graph = graph_of(product)
    found = find_lasso(product, graph, is_anywhere=True)
    if found is None:
        return None
    before = [found.start]
    while graph.parents[before[-1]] >= 0:
        before.append(int(graph.parents[before[-1]]))
    return before[::-1] + [int(graph.targets[edge]) for edge in found.stem], _states(found, graph)


def _states(found: Lasso, graph: BehaviourGraph) -> list[int]:
    for edge, following in pairwise(found.cycle):
        assert graph.targets[edge] == graph.sources[following]
    return [int(graph.targets[edge]) for edge in found.cycle]


STUTTERING: Edges = [(state, state) for state in range(6)]


def test_nothing_is_asked_for() -> None:
    """A behaviour may stutter in its first state."""
    assert lasso_of(product_of(2, [(0, 1), *STUTTERING[:2]])) == ([0], [])


def test_the_nearest_component_is_entered() -> None:
    edges = [(0, 1), (1, 2), (2, 3), (0, 4), (4, 5), (5, 4), (3, 2)]
    assert lasso_of(product_of(6, edges)) == ([0, 4], [5, 4])


def test_stuttering_is_preferred_to_a_longer_cycle() -> None:
    edges = [(0, 1), (1, 2), (2, 3), (3, 0), *STUTTERING[:4]]
    assert lasso_of(product_of(4, edges, recurrent=[[(3, 3), (2, 3)]])) == ([0, 1, 2, 3], [])
    assert lasso_of(product_of(4, edges, recurrent=[[(2, 3)]])) == ([0], [1, 2, 3, 0])


def test_each_recurrent_condition_is_met() -> None:
    edges = [(0, 1), (1, 0), (0, 2), (2, 0), *STUTTERING[:3]]
    found = lasso_of(product_of(3, edges, recurrent=[[(0, 1)], [(0, 2)]]))
    assert found in (([0], [1, 0, 2, 0]), ([0], [2, 0, 1, 0]))
    assert lasso_of(product_of(3, [(0, 1), (0, 2), *STUTTERING[:3]], recurrent=[[(1, 1)], [(2, 2)]])) is None


def test_what_must_persist_may_fail_before_the_cycle() -> None:
    edges = [(0, 1), (1, 0), (1, 2), *STUTTERING[:3]]
    assert lasso_of(product_of(3, edges, lasting=[(2, 2)])) == ([0, 1, 2], [])
    assert lasso_of(product_of(3, edges, lasting=[(0, 1), (1, 2)])) is None


def test_a_request_that_is_answered() -> None:
    edges = [(0, 1), (1, 2), (2, 0)]
    assert lasso_of(product_of(3, edges, pairs=[([(0, 1)], [(2, 0)])])) == ([0], [1, 2, 0])
    assert lasso_of(product_of(3, edges, pairs=[([(0, 1)], [])])) is None


def test_a_request_that_a_cycle_within_the_component_avoids() -> None:
    edges = [(0, 1), (1, 0), (1, 2), (2, 1)]
    assert lasso_of(product_of(3, edges, pairs=[([(0, 1)], [])])) == ([0, 1], [2, 1])


def test_avoiding_one_request_may_leave_another() -> None:
    """Without (0, 1) only 1 and 2 are a component, and in that (1, 2) is requested."""
    edges = [(0, 1), (1, 0), (1, 2), (2, 1)]
    assert lasso_of(product_of(3, edges, pairs=[([(0, 1)], []), ([(1, 2)], [(1, 0)])])) is None


# --- all small graphs ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(150))
def test_a_fair_component_is_found_where_there_is_one(seed: int) -> None:
    random = Random(seed)
    size = random.randint(1, 4)
    edges = sorted({(random.randrange(size), random.randrange(size)) for _ in range(random.randint(1, 8))})

    def some() -> Edges:
        return [edge for edge in edges if random.random() < 0.4]

    product = product_of(
        size,
        edges,
        recurrent=[some() for _ in range(random.randint(0, 2))],
        pairs=[(some(), some()) for _ in range(random.randint(0, 3))],
        lasting=[edge for edge in edges if random.random() < 0.8],
    )
    found = fair_components(product, np.ones(len(edges), bool))
    assert (found is not None) == any(is_fair(product, chosen) for chosen in subsets(len(edges)))
    if found is not None:
        for label in set(found.labels[product.digraph.sources[found.edges]].tolist()):
            inside = found.edges & (found.labels[product.digraph.sources] == label)
            assert is_fair(product, np.flatnonzero(inside))


def subsets(count: int) -> list[Numbers]:
    return [np.flatnonzero([mask >> edge & 1 for edge in range(count)]) for mask in range(1, 1 << count)]


def is_fair(product: Product, edges: Numbers) -> bool:
    """Whether a path may take exactly these edges infinitely often, and is then fair."""
    chosen = np.zeros(len(product.steps), bool)
    chosen[edges] = True
    _, labels = product.digraph.components(chosen)
    ends = labels[np.concatenate([product.digraph.sources[edges], product.digraph.targets[edges]])]
    return (
        len(set(ends.tolist())) == 1
        and bool(product.lasting[edges].all())
        and all(condition[edges].any() for condition in product.recurrent)
        and all(response[edges].any() for request, response in product.pairs if request[edges].any())
    )
