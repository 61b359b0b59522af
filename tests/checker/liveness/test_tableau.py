"""The tableau, its product with a graph and the search for a fair cycle in that, on graphs that hold one path each."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from comitia.checker.liveness import formula as f
from comitia.checker.liveness import product as products
from comitia.checker.liveness import tableau as tableaux
from comitia.checker.liveness.branches import Branch, branches
from comitia.checker.liveness.formula import Always, Eventually, Formula
from comitia.checker.liveness.graph import BehaviourGraph, Valuation
from comitia.checker.liveness.lasso import find_lasso
from comitia.checker.liveness.product import product
from comitia.checker.liveness.tableau import tableau
from comitia.model.diagnostics import UnsupportedError

from .words import A, LetterEvaluator, P, Q, Word, graph_of, holds, random_formula, random_word, simplified

RESPONSE = Always(f.disjunction([f.negation(P), Eventually(Q)]))


def accepts(branch: Branch, word: Word) -> bool:
    graph = graph_of(word)
    valuation = Valuation(graph, LetterEvaluator(word.letters, graph))
    return find_lasso(product(branch, graph, valuation), graph, is_anywhere=branch.is_anywhere) is not None


@pytest.mark.parametrize("seed", range(200))
def test_the_words_of_a_tableau_are_those_of_its_formula(seed: int) -> None:
    random = Random(seed)
    formula = random_formula(random, random.randint(1, 4))
    for _ in range(12):
        word = random_word(random)
        assert accepts(Branch(rest=formula, is_anywhere=False), word) == holds(formula, word)


@pytest.mark.parametrize("seed", range(200))
def test_the_words_of_the_branches_are_those_of_their_formula(seed: int) -> None:
    random = Random(seed)
    formula = simplified(random_formula(random, random.randint(1, 5)))
    found = list(branches(formula))
    for _ in range(12):
        word = random_word(random)
        assert any(accepts(branch, word) for branch in found) == holds(formula, word)


def test_a_response_takes_two_nodes() -> None:
    """Either nothing is owed, or Q is; P and Q decide which."""
    automaton = tableau(RESPONSE)
    assert automaton.eventualities == [Eventually(Q)]
    assert {(node.literals, bool(node.postponed)) for node in automaton.nodes} == {
        ((f.negation(P),), False),
        ((Q,), False),
        ((), True),
    }


@pytest.mark.parametrize("formula", [f.FALSE, f.And((Always(P), f.negation(P))), Always(f.And((A, f.negation(A))))])
def test_a_contradiction_has_no_nodes(formula: Formula) -> None:
    assert tableau(formula).nodes == []


def test_a_tableau_that_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tableaux, "MAX_NODES", 2)
    with pytest.raises(UnsupportedError, match="a temporal formula whose tableau has more than 2 nodes"):
        tableau(RESPONSE)


def test_a_product_that_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(products, "MAX_EDGES", 2)
    graph = BehaviourGraph(2, np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]), np.array([-1, 0]))
    valuation = Valuation(graph, LetterEvaluator((frozenset(), frozenset()), graph))
    with pytest.raises(UnsupportedError, match="a formula whose product with the states has more than 2 edges"):
        product(Branch(rest=RESPONSE, is_anywhere=False), graph, valuation)
