"""One input of the core becomes the actions of the specification, with what each is known to have done."""

from __future__ import annotations

from comitia.impl.raft import Effects, RaftCore, VoteResponse
from comitia.impl.raft.inputs import Input, Proposal, Receipt, Tick, give
from comitia.impl.raft.tracing import crash_event, derive_events, make_header, restart_event
from comitia.impl.trace import Event

from .harness import TIMEOUT_TICKS, append_request, append_response, elect, make_core, time_out, vote_request


def trace(core: RaftCore, cause: Input) -> list[Event]:
    """The events of one input."""
    before = core.snapshot()
    effects = give(core, cause)
    return derive_events("n1", cause, before, effects, core.snapshot())


def names(events: list[Event]) -> list[str]:
    return [event.action for event in events]


def test_the_header_names_the_constants_of_the_specification() -> None:
    header = make_header(["n1", "n2"], [b"v1", b"v2"])
    assert header.to_json() == (
        '{"kind":"header","format":1,"spec":"Raft","constants":{"Server":{"#set":["n1","n2"]},'
        '"Value":{"#set":["v1","v2"]},"Nil":"Nil","NoOp":"NoOp","Lossy":false,"DroppedGuards":{"#set":[]}},'
        '"nodes":["n1","n2"],"observed":["currentTerm","votedFor","log","role","commitIndex","votesGranted",'
        '"nextIndex","matchIndex"]}'
    )


def test_an_idle_tick_leaves_no_event_and_a_timeout_one() -> None:
    core = make_core()
    for _ in range(TIMEOUT_TICKS - 1):
        assert trace(core, Tick()) == []
    [event] = trace(core, Tick())
    assert event == Event(
        "n1",
        "Timeout",
        {"i": "n1"},
        {
            "currentTerm[n1]": 1,
            "votedFor[n1]": "n1",
            "log[n1]": [],
            "role[n1]": "Candidate",
            "commitIndex[n1]": 0,
            "votesGranted[n1]": frozenset({"n1"}),
        },
    )


def test_the_deciding_vote_is_counted_then_the_leader_begins_then_it_sends() -> None:
    core = make_core()
    time_out(core)
    events = trace(core, Receipt(VoteResponse("n2", "n1", 1, True), "m1"))
    assert names(events) == ["HandleVoteResponse", "BecomeLeader", "SendAppendEntries", "SendAppendEntries"]
    counted, begun, first, last = events
    assert counted.args == {
        "i": "n1",
        "m": {"mtype": "VoteResponse", "mterm": 1, "mvoteGranted": True, "msource": "n2", "mdest": "n1"},
    }
    # The role and the votes are changed again by the next action, so nothing is said of them yet.
    assert counted.observations == {"currentTerm[n1]": 1, "votedFor[n1]": "n1"}
    assert begun.observations == {
        "role[n1]": "Leader",
        "log[n1]": [{"term": 1, "value": "NoOp"}],
        "votesGranted[n1]": frozenset(),
        "nextIndex[n1][n2]": 1,
        "nextIndex[n1][n3]": 1,
        "matchIndex[n1][n2]": 0,
        "matchIndex[n1][n3]": 0,
    }
    assert first.args == {"i": "n1", "j": "n2", "n": 1}
    assert first.observations == {"currentTerm[n1]": 1, "role[n1]": "Leader", "commitIndex[n1]": 0}
    assert last.observations.keys() > begun.observations.keys()
    assert [event.message_id for event in events] == ["m1", None, None, None]


def test_an_acknowledgement_that_commits() -> None:
    core = make_core()
    elect(core)
    events = trace(core, Receipt(append_response(1, True, 1), "m1"))
    assert names(events) == ["HandleAppendResponse", "AdvanceCommitIndex", "SendAppendEntries"]
    assert "commitIndex[n1]" not in events[0].observations
    assert events[0].observations["matchIndex[n1][n2]"] == 1
    assert events[1].observations == {"commitIndex[n1]": 1}


def test_a_server_alone_does_it_all_at_once() -> None:
    core = make_core(peers=())
    for _ in range(TIMEOUT_TICKS - 1):
        core.tick()
    assert names(trace(core, Tick())) == ["Timeout", "BecomeLeader", "AdvanceCommitIndex"]
    events = trace(core, Proposal(b"x"))
    assert names(events) == ["ClientRequest", "AdvanceCommitIndex"]
    assert events[0].args == {"i": "n1", "v": "x"}


def test_a_request_is_an_event_even_if_it_changes_nothing_since_it_is_answered() -> None:
    core = make_core(1)
    core.step(vote_request(2))
    for message in (vote_request(2), append_request(1)):
        [event] = trace(core, Receipt(message))
        assert event.action == f"Handle{type(message).__name__}"


def test_a_request_is_recorded_field_by_field() -> None:
    [event] = trace(make_core(1), Receipt(append_request(1, 1, 1, 1, commit=1)))
    assert event.args["m"] == {
        "mtype": "AppendRequest",
        "mterm": 1,
        "mprevLogIndex": 1,
        "mprevLogTerm": 1,
        "mentries": [{"term": 1, "value": "2.1"}],
        "mcommitIndex": 1,
        "msource": "n2",
        "mdest": "n1",
    }


def test_responses_of_no_interest_and_refused_inputs_leave_no_event() -> None:
    core = make_core()
    for message in (VoteResponse("n2", "n1", 1, True), append_response(1, True, 0), vote_request(1, source="n9")):
        core.step(append_request(1))
        assert trace(core, Receipt(message)) == []
    assert trace(core, Proposal(b"x")) == []
    assert derive_events("n1", Tick(), core.snapshot(), Effects(), core.snapshot()) == []


def test_a_crash_observes_the_role_alone_and_a_restart_what_came_back() -> None:
    assert crash_event("n1") == Event("n1", "Crash", {"i": "n1"}, {"role[n1]": "Down"})
    core = make_core(1, voted_for="n3")
    event = restart_event("n1", core.snapshot())
    assert (event.action, event.args) == ("Restart", {"i": "n1"})
    assert event.observations == {
        "currentTerm[n1]": 1,
        "votedFor[n1]": "n3",
        "log[n1]": [{"term": 1, "value": "1.1"}],
        "role[n1]": "Follower",
        "commitIndex[n1]": 0,
        "votesGranted[n1]": frozenset(),
    }
