"""Threshold arithmetic: how many members make a quorum, and what index a quorum has reached.

Two kinds of thresholds appear in the protocols. Crash faults: any two majorities share a member (Ongaro's thesis,
3.1: a majority of the servers being operational is enough). Byzantine faults: with n >= 3f + 1 members, any two
quorums share at least f + 1 members, so at least one correct one (Castro and Liskov 1999, section 4).
"""

from __future__ import annotations

from collections.abc import Iterable


def majority(members: int) -> int:
    """The least number of members such that any two groups of that size share a member."""
    assert members >= 1
    return members // 2 + 1


def index_held_by_majority(indexes: Iterable[int]) -> int:
    """The highest index that a majority has reached, given the index that each member has reached."""
    descending = sorted(indexes, reverse=True)
    return descending[majority(len(descending)) - 1]


def tolerated_byzantine_faults(members: int) -> int:
    """f: the greatest number of Byzantine members that `members` in all can tolerate (members >= 3f + 1)."""
    assert members >= 1
    return (members - 1) // 3


def byzantine_quorum(members: int) -> int:
    """The least number of members such that any two groups of that size share a correct one; 2f + 1 of 3f + 1."""
    return (members + tolerated_byzantine_faults(members)) // 2 + 1


def byzantine_witness(members: int) -> int:
    """f + 1: the least number of members that surely includes a correct one."""
    return tolerated_byzantine_faults(members) + 1
