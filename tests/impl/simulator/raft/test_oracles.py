"""Each oracle objects to what it is there for, and to nothing in a run without faults."""

from __future__ import annotations

from dataclasses import replace

from comitia.impl.raft import CommittedEntry, Effects, Entry, Persist, Role, Snapshot
from comitia.impl.simulator import Finding
from comitia.impl.simulator.raft.oracles import Oracles

A, B, C = Entry(1, b"a"), Entry(1, b"b"), Entry(2, b"c")


def state(*entries: Entry, term: int = 1, role: Role = Role.FOLLOWER, commit: int = 0) -> Snapshot:
    return Snapshot(term, None, entries, role, commit, frozenset(), {}, {})


def persist(*entries: Entry, truncate_from: int | None = None) -> Effects:
    return Effects(persist=Persist(1, None, truncate_from, entries))


def oracle_of(finding: Finding | None) -> str | None:
    return None if finding is None else finding.oracle


def test_election_safety() -> None:
    oracles = Oracles()
    leader = state(role=Role.LEADER)
    assert oracles.stepped("n1", state(), Effects(), leader) is None
    assert oracles.stepped("n1", leader, Effects(), leader) is None
    assert oracle_of(oracles.stepped("n2", state(), Effects(), leader)) == "election safety"
    assert oracles.stepped("n2", state(), Effects(), replace(leader, current_term=2)) is None


def test_log_matching() -> None:
    oracles = Oracles()
    assert oracles.stepped("n1", state(), persist(A, C), state(A, C)) is None
    assert oracles.stepped("n2", state(), persist(A), state(A)) is None
    # Another command at the same place, and the same entry after another.
    assert oracle_of(oracles.stepped("n3", state(), persist(B), state(B))) == "log matching"
    other = Entry(2, b"a")
    assert oracle_of(oracles.stepped("n3", state(other), persist(C), state(other, C))) == "log matching"


def test_state_machine_safety() -> None:
    oracles = Oracles()
    assert oracles.stepped("n1", state(A), Effects(), state(A, commit=1)) is None
    assert oracles.applied("n1", CommittedEntry(1, A)) is None
    assert oracle_of(oracles.stepped("n2", state(B), Effects(), state(B, commit=1))) == "state-machine safety"
    assert oracle_of(oracles.applied("n2", CommittedEntry(1, B))) == "state-machine safety"


def test_committed_prefix() -> None:
    before = state(A, B, commit=2)
    assert oracle_of(Oracles().stepped("n1", before, Effects(), state(A, B, commit=1))) == "committed prefix"
    effects = persist(C, truncate_from=2)
    assert oracle_of(Oracles().stepped("n1", before, effects, state(A, C, commit=2))) == "committed prefix"
    assert oracle_of(Oracles().stepped("n1", state(A), Effects(), state(A, commit=2))) == "committed prefix"
    effects = persist(C, truncate_from=3)
    assert Oracles().stepped("n1", state(A, B, B, commit=2), effects, state(A, B, C, commit=2)) is None


def test_acknowledged_writes() -> None:
    oracles = Oracles()
    oracles.applied("n1", CommittedEntry(1, A))
    assert oracles.acknowledge(1, A, 3) is None
    lacking = state(B, role=Role.LEADER, term=2)
    assert oracles.stepped("n2", state(), Effects(), lacking) is None, "elected late, in an earlier term"
    finding = oracles.stepped("n3", state(), Effects(), replace(lacking, current_term=4))
    assert oracle_of(finding) == "acknowledged writes"
    assert oracles.finished("n1", state(A, commit=1)) is None
    assert oracle_of(oracles.finished("n1", state(A, commit=0))) == "acknowledged writes"
    assert oracle_of(oracles.finished("n1", state(B, commit=1))) == "acknowledged writes"
    assert oracle_of(oracles.acknowledge(2, A, 3)) == "acknowledged writes"
