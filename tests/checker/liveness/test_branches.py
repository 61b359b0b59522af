"""Branches: which conditions a formula becomes, and that some branch holds where the formula does."""

from __future__ import annotations

from random import Random

import pytest
from comitia.checker.liveness import branches as b
from comitia.checker.liveness import formula as f
from comitia.checker.liveness.branches import Branch, StreettPair, branches
from comitia.checker.liveness.formula import Always, Eventually, Formula, Or

from .words import A, P, Q, branch_holds, holds, random_formula, random_word, simplified

NOT_P = f.negation(P)
WEAK = Always(Eventually(f.disjunction([NOT_P, A])))
STRONG = Or((Eventually(Always(NOT_P)), Always(Eventually(A))))


def some_branch_holds(seed: int) -> None:
    random = Random(seed)
    formula = simplified(random_formula(random, random.randint(1, 5)))
    found = list(branches(formula))
    for _ in range(60):
        word = random_word(random)
        assert any(branch_holds(branch, word) for branch in found) == holds(formula, word)


@pytest.mark.parametrize("seed", range(300))
def test_a_word_satisfies_the_formula_where_it_satisfies_a_branch(seed: int) -> None:
    some_branch_holds(seed)


@pytest.mark.parametrize("seed", range(100))
def test_with_few_branches_too(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(b, "MAX_BRANCHES", 3)
    some_branch_holds(seed)


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        (f.TRUE, [Branch()]),
        (f.FALSE, []),
        (WEAK, [Branch(recurrent=[f.disjunction([NOT_P, A])])]),
        (STRONG, [Branch(pairs=[StreettPair(P, A)])]),
        (f.negation(WEAK), [Branch(persistent=[f.conjunction([P, f.negation(A)])])]),
        (f.negation(STRONG), [Branch(recurrent=[P], persistent=[f.negation(A)])]),
        (f.conjunction([STRONG, Always(Q)]), [Branch(pairs=[StreettPair(P, A)], rest=Always(Q), is_anywhere=False)]),
        (Eventually(f.conjunction([P, Always(Q)])), [Branch(rest=f.conjunction([P, Always(Q)]))]),
        (f.disjunction([Always(P), WEAK]), [Branch(rest=Always(P), is_anywhere=False), *branches(WEAK)]),
    ],
)
def test_the_branches_of_a_formula(formula: Formula, expected: list[Branch]) -> None:
    assert list(branches(formula)) == expected


def test_fairness_does_not_multiply_the_branches() -> None:
    many = f.conjunction([Or((Eventually(Always(NOT_P)), Always(Eventually(item)))) for item in (P, Q, A) * 20])
    assert len(list(branches(f.conjunction([many, Always(f.disjunction([P, Eventually(Q)]))])))) == 1


def test_a_condition_within_a_formula_is_decided_on_both_ways() -> None:
    formula = Always(f.disjunction([P, Always(f.disjunction([Q, f.conjunction([WEAK, Eventually(A)])]))]))
    found = list(branches(formula))
    assert found
    assert all(WEAK.body.body in branch.recurrent or branch.persistent for branch in found)
