"""Sentences of the paper (Ongaro and Ousterhout 2014) on log replication and commitment, restated as tests."""

from __future__ import annotations

import pytest
from comitia.impl.raft import (
    NOOP,
    AppendRequest,
    AppendResponse,
    CommittedEntry,
    Config,
    DurableState,
    Effects,
    Entry,
    Persist,
    Position,
    RaftCore,
)

from .harness import TIMEOUT_TICKS, append_request, append_response, elect, log_of, make_core, terms_of


def answer(effects: Effects) -> AppendResponse:
    """The one message sent, an answer to an AppendEntries."""
    [message] = effects.send
    assert isinstance(message, AppendResponse)
    return message


def requests_to(effects: Effects, peer: str) -> list[AppendRequest]:
    return [message for message in effects.send if isinstance(message, AppendRequest) and message.dest == peer]


def test_5_3_the_leader_appends_the_command_and_sends_it_to_each_of_the_others_in_parallel() -> None:
    core = make_core()
    elect(core)
    # Each has taken the no-op, and then been told that it is committed.
    for peer in ("n2", "n3", "n2", "n3"):
        core.step(append_response(1, True, 1, peer))
    effects = core.propose(b"x")
    assert effects.persist == Persist(1, "n1", None, (Entry(1, b"x"),))
    assert effects.position == Position(2, 1)
    assert effects.send == (
        AppendRequest("n1", "n2", 1, 1, 1, (Entry(1, b"x"),), 1),
        AppendRequest("n1", "n3", 1, 1, 1, (Entry(1, b"x"),), 1),
    )


def test_5_3_an_entry_is_committed_once_the_leader_has_replicated_it_on_a_majority_and_then_applied() -> None:
    core = make_core(peers=("n2", "n3", "n4", "n5"))
    elect(core)
    core.propose(b"x")
    assert core.step(append_response(1, True, 2, "n2")).apply == ()
    assert core.step(append_response(1, True, 1, "n3")).apply == (CommittedEntry(1, Entry(1, NOOP)),)
    assert core.step(append_response(1, True, 2, "n3")).apply == (CommittedEntry(2, Entry(1, b"x")),)


def test_5_3_the_leader_includes_the_highest_committed_index_in_future_append_entries() -> None:
    core = make_core()
    elect(core)
    effects = core.step(append_response(1, True, 1, "n2"))
    assert [request.commit_index for request in requests_to(effects, "n2")] == [1]
    assert [request.commit_index for request in requests_to(core.tick(), "n3")] == [1]


def test_5_3_once_a_follower_learns_that_an_entry_is_committed_it_applies_it_in_log_order() -> None:
    core = make_core()
    core.step(append_request(1, 0, 0, 1, 1, 1))
    effects = core.step(append_request(1, 3, 1, commit=2))
    assert [committed.index for committed in effects.apply] == [1, 2]
    assert core.step(append_request(1, 3, 1, commit=1)).apply == ()
    assert core.commit_index == 2


def test_5_3_the_leader_retries_append_entries_indefinitely() -> None:
    core = make_core(config=Config(heartbeat_ticks=2))
    elect(core)
    core.propose(b"x")
    for _ in range(20):
        assert core.tick().send == ()
        [request] = requests_to(core.tick(), "n3")
        assert [entry.value for entry in request.entries] == [NOOP, b"x"]


def test_5_3_a_follower_that_does_not_find_the_previous_entry_refuses_the_new_ones() -> None:
    for prev_index, prev_term in ((4, 2), (2, 2), (9, 2)):
        core = make_core(1, 1, 1, term=2)
        effects = core.step(append_request(2, prev_index, prev_term, 2))
        assert answer(effects) == AppendResponse("n1", "n2", 2, False, prev_index)
        assert terms_of(core) == [1, 1, 1]


# Figure 7: the leader of term 8 has this log, the followers a to f have theirs.
FIGURE_7_LEADER = (1, 1, 1, 4, 4, 5, 5, 6, 6, 6)
FIGURE_7_FOLLOWERS = {
    "a": (1, 1, 1, 4, 4, 5, 5, 6, 6),
    "b": (1, 1, 1, 4),
    "c": (1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6),
    "d": (1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7),
    "e": (1, 1, 1, 4, 4, 4, 4),
    "f": (1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3),
}


@pytest.mark.parametrize("follower_terms", FIGURE_7_FOLLOWERS.values(), ids=FIGURE_7_FOLLOWERS)
def test_5_3_figure_7_the_leader_finds_the_latest_entry_in_common_and_brings_the_follower_to_its_own_log(
    follower_terms: tuple[int, ...],
) -> None:
    leader = make_core(*FIGURE_7_LEADER, term=7, peers=("n2", "n3"))
    durable = DurableState(7, None, log_of(*follower_terms))
    follower = RaftCore("n2", ("n1", "n3"), Config(), lambda: TIMEOUT_TICKS, durable)
    [request] = requests_to(elect(leader), "n2")
    for _ in range(2 * len(FIGURE_7_LEADER)):
        response = answer(follower.step(request))
        again = requests_to(leader.step(response), "n2")
        if not again:
            break
        [request] = again
    assert follower.log.entries == leader.log.entries
    assert leader.match_index["n2"] == len(FIGURE_7_LEADER) + 1


def test_5_3_conflicting_entries_are_deleted_and_all_that_follow_them() -> None:
    core = make_core(1, 1, 1, 1, term=2)
    effects = core.step(append_request(2, 1, 1, 1, 2))
    assert effects.persist == Persist(2, None, 3, (Entry(2, b"3.2"),))
    assert terms_of(core) == [1, 1, 2]


def test_5_3_an_old_request_without_conflict_deletes_nothing_and_acknowledges_only_what_it_covers() -> None:
    core = make_core(1, 1, 1, 1)
    for entry_terms in ((), (1,), (1, 1)):
        effects = core.step(append_request(1, 1, 1, *entry_terms, commit=4))
        assert effects.persist is None
        assert answer(effects).index == 1 + len(entry_terms)
        assert core.commit_index == 1 + len(entry_terms)
        assert terms_of(core) == [1, 1, 1, 1]


def test_5_3_after_a_rejection_the_leader_decrements_next_index_and_retries() -> None:
    core = make_core(1, 1, 2, term=2)
    elect(core)
    [retry] = requests_to(core.step(append_response(3, False, 3, "n2")), "n2")
    assert (retry.prev_log_index, retry.prev_log_term, len(retry.entries)) == (2, 1, 2)
    [retry] = requests_to(core.step(append_response(3, False, 2, "n2")), "n2")
    assert (retry.prev_log_index, retry.prev_log_term, len(retry.entries)) == (1, 1, 3)


def test_5_3_a_late_answer_takes_nothing_back() -> None:
    core = make_core(1, 1, 2, term=2)
    elect(core)
    core.step(append_response(3, False, 3, "n2"))
    core.step(append_response(3, True, 4, "n2"))
    for late in (
        append_response(3, False, 3, "n2"),
        append_response(3, True, 2, "n2"),
        append_response(3, False, 4, "n2"),
    ):
        core.step(late)
        assert (core.next_index["n2"], core.match_index["n2"], core.commit_index) == (5, 4, 4)


def test_5_3_a_message_carries_no_more_entries_than_configured_and_the_next_leaves_with_the_answer() -> None:
    core = make_core(config=Config(max_entries_per_message=2))
    elect(core)
    for command in (b"a", b"b", b"c", b"d"):
        assert core.propose(command).send == ()
    for acknowledged, expected in ((1, [b"a", b"b"]), (3, [b"c", b"d"])):
        [request] = requests_to(core.step(append_response(1, True, acknowledged)), "n2")
        assert [entry.value for entry in request.entries] == expected


def test_5_4_2_figure_8_an_entry_of_an_earlier_term_is_not_committed_by_counting_replicas() -> None:
    # (c): S1 leads term 4 and has brought the entry of term 2 to a majority, but not its own.
    core = make_core(1, 2, term=3, peers=("n2", "n3", "n4", "n5"), config=Config(max_entries_per_message=1))
    elect(core)
    core.step(append_response(4, True, 2, "n2"))
    core.step(append_response(4, True, 2, "n3"))
    assert core.commit_index == 0
    # (e): once an entry of term 4 is on a majority, all before it are committed too.
    core.step(append_response(4, True, 3, "n2"))
    effects = core.step(append_response(4, True, 3, "n3"))
    assert [committed.index for committed in effects.apply] == [1, 2, 3]


def test_8_each_leader_commits_a_blank_no_op_entry_at_the_start_of_its_term() -> None:
    core = make_core(1, 1)
    elect(core)
    assert core.log.entries == (*log_of(1, 1), Entry(2, NOOP))
    effects = core.step(append_response(2, True, 3))
    assert [committed.entry.value for committed in effects.apply] == [b"1.1", b"2.1", NOOP]
