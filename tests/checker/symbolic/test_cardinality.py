"""Statements about sizes of sets: z3's answers beside all sets of a few replicas, tried one by one."""

from __future__ import annotations

from itertools import product

import pytest
from comitia.checker.symbolic.cardinality import Answer, Sizes, Statement, decide
from comitia.checker.symbolic.quorums import SECTIONS, Claim

CLAIMS = [claim for claims in SECTIONS.values() for claim in claims]
MOST_REPLICAS = 5


class Counted(Sizes):
    """The sizes of sets that are given: the statements of claims, evaluated for them."""

    def __init__(self, f: int, places: tuple[frozenset[str], ...]) -> None:
        self.f, self.places, self.n = f, places, len(places)

    def of(self, inside: str = "", outside: str = "") -> int:
        within, without = frozenset(inside), frozenset(outside)
        return sum(within <= place and not without & place for place in self.places)


def refutes(claim: Claim, f: int, places: tuple[frozenset[str], ...]) -> bool:
    """Whether the statement fails for replicas that are in those sets, each in one of `places`."""
    sizes = Counted(f, places)
    return all(claim.statement.assumed(sizes)) and not claim.statement.concluded(sizes)


def small_refutations(claim: Claim, most: int) -> list[tuple[int, tuple[frozenset[str], ...]]]:
    names = claim.statement.sets
    kinds = [
        frozenset(n for n, is_in in zip(names, bits, strict=True) if is_in)
        for bits in product((False, True), repeat=len(names))
    ]
    return [
        (f, places)
        for n in range(most + 1)
        for places in product(kinds, repeat=n)
        if list(places) == sorted(places, key=kinds.index)
        for f in range(n + 1)
        if refutes(claim, f, places)
    ]


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.text)
def test_a_claim_turns_out_as_it_is_made(claim: Claim) -> None:
    decision = decide(claim.statement)
    assert decision.answer is (Answer.PROVED if claim.holds else Answer.REFUTED)
    assert (decision.counter_model is None) is claim.holds


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.text)
def test_small_sets_agree(claim: Claim) -> None:
    """Statements divide integers with `/`, which for z3 is exact division of naturals and in Python is not."""
    if "div" in claim.text:
        pytest.skip("another operator in Python")
    found = small_refutations(claim, MOST_REPLICAS)
    assert bool(found) is not claim.holds


@pytest.mark.parametrize("claim", [claim for claim in CLAIMS if not claim.holds], ids=lambda claim: claim.text)
def test_a_counter_model_refutes_and_is_smallest(claim: Claim) -> None:
    model = decide(claim.statement).counter_model
    assert model is not None
    places = tuple(
        frozenset(name for name, members in model.members.items() if replica in members)
        for replica in range(1, model.n + 1)
    )
    assert refutes(claim, model.f, places)
    assert small_refutations(claim, min(model.n - 1, MOST_REPLICAS)) == []


def test_a_statement_that_assumes_too_much_proves_nothing() -> None:
    statement = Statement("A", lambda s: [s.of("A") > s.n], lambda s: s.n == 1)
    assert decide(statement).answer is Answer.VACUOUS


def test_a_set_that_is_not_declared() -> None:
    with pytest.raises(AssertionError, match="no such set"):
        Sizes("A").of("B")
