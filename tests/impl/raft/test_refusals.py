"""What the core refuses: each reason, that it is counted, and that nothing has changed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from comitia.impl.raft import (
    NOOP,
    AppendRequest,
    AppendResponse,
    Config,
    DurableState,
    Effects,
    Entry,
    RaftCore,
    Refusal,
    VoteRequest,
    VoteResponse,
)
from comitia.impl.raft.messages import MAX_NUMBER

from .harness import append_request, append_response, elect, make_core, vote_request

MALFORMED: dict[str, object] = {
    "no message": "hello",
    "nothing": None,
    "a class": VoteRequest,
    "term 0": vote_request(0),
    "a negative term": vote_request(-1),
    "a term that is no integer": vote_request("2"),  # pyright: ignore[reportArgumentType]
    "a term that is a boolean": vote_request(True),
    "a term beyond 64 bits": vote_request(MAX_NUMBER + 1),
    "a source that is no text": vote_request(2, source=["n2"]),  # pyright: ignore[reportArgumentType]
    "a last entry of the candidate's new term": vote_request(2, 1, 2),
    "an entry without a term": vote_request(2, 3, 0),
    "a term without an entry": vote_request(2, 0, 1),
    "a vote that is no boolean": VoteResponse("n2", "n1", 2, 1),  # pyright: ignore[reportArgumentType]
    "a negative previous index": append_request(2, -1),
    "entries in a list": replace(append_request(2), entries=[Entry(1, b"x")]),  # pyright: ignore[reportArgumentType]
    "an entry of another type": replace(append_request(2), entries=((1, b"x"),)),  # pyright: ignore[reportArgumentType]
    "a command that is no bytes": replace(append_request(2), entries=(Entry(1, "x"),)),  # pyright: ignore[reportArgumentType]
    "entries whose terms decrease": append_request(3, 0, 0, 2, 1),
    "entries older than the one before": append_request(3, 1, 2, 1),
    "entries of a later term than the leader's": append_request(2, 0, 0, 3),
    "entries beyond 64 bits": append_request(2, MAX_NUMBER, 1, 1),
    "a negative commit index": append_request(2, commit=-1),
    "success that is no boolean": append_response(2, "yes", 0),  # pyright: ignore[reportArgumentType]
    "a negative acknowledged index": append_response(2, True, -1),
}


def assert_refused(core: RaftCore, message: object, reason: Refusal) -> None:
    before, count = core.snapshot(), core.refusals[reason]
    assert core.step(message) == Effects(refused=reason)
    assert core.snapshot() == before
    assert core.refusals[reason] == count + 1


@pytest.mark.parametrize("message", MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_message(message: object) -> None:
    assert_refused(make_core(1, 1), message, Refusal.MALFORMED)


def test_a_message_from_a_stranger_or_from_oneself() -> None:
    for source in ("n9", "n1", ""):
        assert_refused(make_core(), vote_request(1, source=source), Refusal.UNKNOWN_SENDER)


def test_a_message_for_another_server() -> None:
    assert_refused(make_core(), VoteRequest("n2", "n3", 1, 0, 0), Refusal.WRONG_DESTINATION)


def test_a_second_leader_of_the_term_one_leads() -> None:
    core = make_core()
    elect(core)
    assert_refused(core, append_request(1), Refusal.RIVAL_LEADER)


def test_entries_that_contradict_committed_ones() -> None:
    core = make_core()
    core.step(append_request(1, 0, 0, 1, 1, 1, commit=2))
    assert_refused(core, append_request(2, 1, 1, 2), Refusal.CONTRADICTS_COMMITTED)
    assert core.step(append_request(2, 2, 1, 2)).refused is None


def test_an_old_leader_that_contradicts_committed_entries_is_answered_not_refused() -> None:
    core = make_core(1, 3)
    core.step(append_request(3, 2, 3, commit=2))
    effects = core.step(append_request(2, 1, 1, 2))
    assert effects.send == (AppendResponse("n1", "n2", 3, False, 1),)


def test_an_acknowledgement_of_entries_that_the_leader_does_not_have() -> None:
    core = make_core()
    elect(core)
    assert_refused(core, append_response(1, True, 2), Refusal.BEYOND_LOG)


def test_a_command_proposed_to_a_server_that_does_not_lead() -> None:
    core = make_core()
    assert core.propose(b"x") == Effects(refused=Refusal.NOT_LEADER)
    assert core.refusals[Refusal.NOT_LEADER] == 1


@pytest.mark.parametrize("command", [NOOP, "text"])
def test_a_command_that_is_no_bytes(command: object) -> None:
    core = make_core()
    elect(core)
    assert core.propose(command) == Effects(refused=Refusal.MALFORMED)  # pyright: ignore[reportArgumentType]


def test_a_core_that_could_not_work_is_not_made() -> None:
    for peers in (("n1", "n2"), ("n2", "n2")):
        with pytest.raises(ValueError, match="distinct others"):
            make_core(peers=peers)
    with pytest.raises(ValueError, match="at least 1"):
        Config(heartbeat_ticks=0)
    with pytest.raises(ValueError, match="entry of term 2, beyond the current term 1"):
        DurableState(1, None, (Entry(2, b"x"),))


def test_messages_are_values() -> None:
    assert append_request(1, 0, 0, 1) == AppendRequest("n2", "n1", 1, 0, 0, (Entry(1, b"1.1"),), 0)
    assert len({append_request(1), append_request(1)}) == 1
