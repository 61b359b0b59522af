"""What the protocols rely on when they count replicas, and what fails with fewer replicas or smaller quorums.

n replicas, at most f of them faulty. Crash faults (Raft, Paxos): quorums are majorities. Byzantine faults (PBFT): n is
3f + 1 and quorums have 2f + 1, weak ones f + 1 (Castro and Liskov, OSDI 1999, sections 2 and 4); for any n >= 3f + 1
quorums have (n + f) div 2 + 1, as in specs/pbft/PBFTCore.tla.
"""

from __future__ import annotations

from dataclasses import dataclass

from .cardinality import Formula, Sizes, Statement, Term


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement in words, and whether it is claimed to hold or to fail. A and B are groups, X are the faulty."""

    text: str
    statement: Statement
    holds: bool = True


def _general_quorum(s: Sizes) -> Term:
    return (s.n + s.f) / 2 + 1


def _share_a_correct_one(s: Sizes) -> Formula:
    return s.of("AB", outside="X") >= 1


def _share_one(s: Sizes) -> Formula:
    return s.of("AB") >= 1


BYZANTINE = (
    Claim(
        "n = 3f + 1: any two quorums of 2f + 1 share a correct replica",
        Statement(
            "ABX",
            lambda s: [s.n == 3 * s.f + 1, s.of("A") == 2 * s.f + 1, s.of("B") == 2 * s.f + 1, s.of("X") <= s.f],
            _share_a_correct_one,
        ),
    ),
    Claim(
        "n = 3f + 1: the correct replicas are a quorum of 2f + 1",
        Statement(
            "X",
            lambda s: [s.n == 3 * s.f + 1, s.of("X") <= s.f],
            lambda s: s.of(outside="X") >= 2 * s.f + 1,
        ),
    ),
    Claim(
        "n = 3f + 1: any quorum of 2f + 1 meets any f + 1 correct replicas",
        Statement(
            "ABX",
            lambda s: [
                s.n == 3 * s.f + 1,
                s.of("A") == 2 * s.f + 1,
                s.of("B") == s.f + 1,
                s.of("BX") == 0,
                s.of("X") <= s.f,
            ],
            _share_a_correct_one,
        ),
    ),
    Claim(
        "any n: f + 1 replicas include a correct one",
        Statement(
            "AX",
            lambda s: [s.of("A") == s.f + 1, s.of("X") <= s.f],
            lambda s: s.of("A", outside="X") >= 1,
        ),
    ),
    Claim(
        "n >= 3f + 1: any two quorums of (n + f) div 2 + 1 share a correct replica",
        Statement(
            "ABX",
            lambda s: [
                s.n >= 3 * s.f + 1,
                s.of("A") == _general_quorum(s),
                s.of("B") == _general_quorum(s),
                s.of("X") <= s.f,
            ],
            _share_a_correct_one,
        ),
    ),
    Claim(
        "n >= 3f + 1: the correct replicas are a quorum of (n + f) div 2 + 1",
        Statement(
            "X",
            lambda s: [s.n >= 3 * s.f + 1, s.of("X") <= s.f],
            lambda s: s.of(outside="X") >= _general_quorum(s),
        ),
    ),
)

CRASH = (
    Claim(
        "any n: any two majorities share a replica",
        Statement("AB", lambda s: [2 * s.of("A") > s.n, 2 * s.of("B") > s.n], _share_one),
    ),
    Claim(
        "n = 2f + 1: the replicas that have not crashed are a majority",
        Statement(
            "X",
            lambda s: [s.n == 2 * s.f + 1, s.of("X") <= s.f],
            lambda s: 2 * s.of(outside="X") > s.n,
        ),
    ),
)

FAILING = (
    Claim(
        "n = 3f: any two groups of n - f, for more cannot be waited for, share a correct replica",
        Statement(
            "ABX",
            lambda s: [
                s.f >= 1,
                s.n == 3 * s.f,
                s.of("A") == s.n - s.f,
                s.of("B") == s.n - s.f,
                s.of("X") <= s.f,
            ],
            _share_a_correct_one,
        ),
        holds=False,
    ),
    Claim(
        "n = 2f: any two groups of n - f, for more cannot be waited for, share a replica",
        Statement(
            "AB",
            lambda s: [s.f >= 1, s.n == 2 * s.f, s.of("A") == s.n - s.f, s.of("B") == s.n - s.f],
            _share_one,
        ),
        holds=False,
    ),
    Claim(
        "n = 3f + 2: any two groups of 2f + 1 share a correct replica",
        Statement(
            "ABX",
            lambda s: [
                s.f >= 1,
                s.n == 3 * s.f + 2,
                s.of("A") == 2 * s.f + 1,
                s.of("B") == 2 * s.f + 1,
                s.of("X") <= s.f,
            ],
            _share_a_correct_one,
        ),
        holds=False,
    ),
    Claim(
        "n = 3f + 1: any two groups of 2f share a correct replica",
        Statement(
            "ABX",
            lambda s: [s.f >= 1, s.n == 3 * s.f + 1, s.of("A") == 2 * s.f, s.of("B") == 2 * s.f, s.of("X") <= s.f],
            _share_a_correct_one,
        ),
        holds=False,
    ),
    Claim(
        "any n: f replicas include a correct one",
        Statement(
            "AX",
            lambda s: [s.f >= 1, s.of("A") == s.f, s.of("X") <= s.f],
            lambda s: s.of("A", outside="X") >= 1,
        ),
        holds=False,
    ),
    Claim(
        "any n: any two halves share a replica",
        Statement("AB", lambda s: [s.n >= 1, 2 * s.of("A") >= s.n, 2 * s.of("B") >= s.n], _share_one),
        holds=False,
    ),
)

SECTIONS = {
    "Byzantine faults": BYZANTINE,
    "Crash faults": CRASH,
    "What is not so": FAILING,
}
"""Title → claims, in the order of the report."""
