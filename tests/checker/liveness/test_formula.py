"""Negation normal form: what is brought out, and that nothing changes its meaning."""

from __future__ import annotations

from random import Random

import pytest
from comitia.checker.liveness import formula as f
from comitia.checker.liveness.formula import FALSE, TRUE, Always, And, Eventually, Formula, Or

from .words import A, P, Q, holds, random_formula, random_word, simplified

NOT_P, NOT_Q = f.negation(P), f.negation(Q)
P_RECURS, Q_RECURS = Always(Eventually(P)), Always(Eventually(Q))
P_PERSISTS, Q_PERSISTS = Eventually(Always(P)), Eventually(Always(Q))


@pytest.mark.parametrize("seed", range(300))
def test_simplifying_changes_no_meaning(seed: int) -> None:
    random = Random(seed)
    formula = random_formula(random, random.randint(1, 5))
    simple = simplified(formula)
    opposite = f.negation(simple)
    for _ in range(60):
        word = random_word(random)
        assert holds(simple, word) == holds(formula, word)
        assert holds(opposite, word) != holds(formula, word)


@pytest.mark.parametrize("seed", range(100))
def test_what_is_simple_stays_as_it_is(seed: int) -> None:
    random = Random(seed)
    simple = simplified(random_formula(random, random.randint(1, 5)))
    assert simplified(simple) == simple


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        (f.conjunction([P, f.conjunction([Q, P])]), And((P, Q))),
        (f.conjunction([P, NOT_P]), FALSE),
        (f.disjunction([P, NOT_P, Always(Q)]), TRUE),
        (f.conjunction([P, Always(P), Q]), And((And((P, Q)), Always(P)))),
        (f.always(f.always(P)), Always(P)),
        (f.always(f.conjunction([P, f.eventually(Q)])), And((Always(P), Q_RECURS))),
        (f.always(f.conjunction([P, Q])), Always(And((P, Q)))),
        (f.always(f.disjunction([Q_RECURS, P])), Or((Q_RECURS, Always(P)))),
        (f.always(f.disjunction([f.eventually(P), f.eventually(Q)])), Or((P_RECURS, Q_RECURS))),
        (f.always(TRUE), TRUE),
        (f.always(FALSE), FALSE),
        (f.eventually(f.disjunction([P, f.always(Q)])), Or((Eventually(P), Q_PERSISTS))),
        (f.eventually(f.conjunction([Q_PERSISTS, P])), And((Q_PERSISTS, Eventually(P)))),
        (f.eventually(f.conjunction([f.always(P), f.always(Q)])), And((P_PERSISTS, Q_PERSISTS))),
        (f.always(f.eventually(f.always(P))), P_PERSISTS),
        (f.eventually(f.always(f.eventually(P))), P_RECURS),
        (f.always(f.eventually(f.conjunction([P, f.always(Q)]))), And((Q_PERSISTS, P_RECURS))),
        (f.always(f.eventually(f.disjunction([P, f.eventually(Q)]))), Or((P_RECURS, Q_RECURS))),
        (f.eventually(f.always(f.disjunction([P, f.eventually(Q)]))), Or((Q_RECURS, P_PERSISTS))),
        (f.negation(P_RECURS), Eventually(Always(NOT_P))),
        (f.negation(f.disjunction([P, f.always(Q)])), And((NOT_P, Eventually(NOT_Q)))),
    ],
)
def test_what_is_brought_out(formula: Formula, expected: Formula) -> None:
    assert formula == expected


def test_what_needs_no_tableau() -> None:
    assert f.is_suspendable(And((P_RECURS, Or((Q_PERSISTS, Always(Eventually(A)))))))
    assert not f.is_suspendable(And((P_RECURS, P)))
    assert not f.is_suspendable(Always(Or((P, Eventually(Q)))))
