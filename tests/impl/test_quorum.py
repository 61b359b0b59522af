"""Thresholds: what the arithmetic promises about any two quorums."""

from __future__ import annotations

import pytest
from comitia.impl import quorum
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(("members", "expected"), [(1, 1), (2, 2), (3, 2), (4, 3), (5, 3), (6, 4), (7, 4)])
def test_majority(members: int, expected: int) -> None:
    assert quorum.majority(members) == expected


@given(st.integers(1, 1000))
def test_any_two_majorities_share_a_member_and_none_smaller_do(members: int) -> None:
    assert 2 * quorum.majority(members) - members >= 1
    assert 2 * (quorum.majority(members) - 1) - members < 1


@given(st.lists(st.integers(0, 20), min_size=1, max_size=9))
def test_index_held_by_majority_is_the_highest_that_enough_members_have_reached(indexes: list[int]) -> None:
    index = quorum.index_held_by_majority(indexes)
    assert sum(reached >= index for reached in indexes) >= quorum.majority(len(indexes))
    assert sum(reached >= index + 1 for reached in indexes) < quorum.majority(len(indexes))


@given(st.integers(0, 300))
def test_with_3f_plus_1_members_a_byzantine_quorum_is_2f_plus_1_and_a_witness_f_plus_1(faults: int) -> None:
    members = 3 * faults + 1
    assert quorum.tolerated_byzantine_faults(members) == faults
    assert quorum.byzantine_quorum(members) == 2 * faults + 1
    assert quorum.byzantine_witness(members) == faults + 1


@given(st.integers(1, 1000))
def test_any_two_byzantine_quorums_share_a_correct_member_and_the_correct_ones_make_one(members: int) -> None:
    faults = quorum.tolerated_byzantine_faults(members)
    assert 2 * quorum.byzantine_quorum(members) - members >= faults + 1
    assert quorum.byzantine_quorum(members) <= members - faults
