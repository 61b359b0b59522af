"""Sentences of the paper (Ongaro and Ousterhout 2014) on terms, votes and elections, restated as tests."""

from __future__ import annotations

import pytest
from comitia.impl.raft import (
    NOOP,
    AppendRequest,
    AppendResponse,
    Config,
    DurableState,
    Entry,
    Persist,
    RaftCore,
    Role,
    VoteRequest,
    VoteResponse,
)

from .harness import (
    TIMEOUT_TICKS,
    append_request,
    append_response,
    elect,
    make_core,
    terms_of,
    time_out,
    vote_request,
)


def test_5_1_current_terms_are_exchanged_and_the_smaller_is_updated_to_the_larger() -> None:
    for message in (
        vote_request(5),
        VoteResponse("n2", "n1", 5, False),
        append_request(5),
        append_response(5, False, 0),
    ):
        core = make_core(term=3)
        assert core.step(message).persist == Persist(5, core.voted_for, None, ())
        assert core.current_term == 5


@pytest.mark.parametrize("role", [Role.CANDIDATE, Role.LEADER])
def test_5_1_a_candidate_or_leader_that_discovers_that_its_term_is_out_of_date_reverts_to_follower(role: Role) -> None:
    core = make_core(term=3)
    time_out(core) if role is Role.CANDIDATE else elect(core)
    core.step(append_response(9, False, 0))
    assert (core.role, core.current_term, core.voted_for) == (Role.FOLLOWER, 9, None)
    assert core.votes_granted == set()
    assert set(core.next_index.values()) == {1}


def test_5_1_a_request_with_a_stale_term_is_rejected() -> None:
    core = make_core(1, term=4)
    [response] = core.step(vote_request(3, 9, 2)).send
    assert response == VoteResponse("n1", "n2", 4, False)
    effects = core.step(append_request(3, 1, 1, 3))
    assert effects.persist is None
    assert effects.send == (AppendResponse("n1", "n2", 4, False, 1),)
    assert terms_of(core) == [1]
    assert core.leader is None


def test_5_2_servers_begin_as_followers_and_stay_so_while_they_hear_from_a_leader() -> None:
    core = make_core()
    for _ in range(5 * TIMEOUT_TICKS):
        core.tick()
        core.step(append_request(1))
        assert core.role is Role.FOLLOWER
    assert (core.current_term, core.leader) == (1, "n2")


def test_5_2_to_begin_an_election_it_increments_its_term_votes_for_itself_and_asks_all_others() -> None:
    core = make_core(1, 2, term=4)
    effects = time_out(core)
    assert effects.persist == Persist(5, "n1", None, ())
    assert effects.send == (VoteRequest("n1", "n2", 5, 2, 2), VoteRequest("n1", "n3", 5, 2, 2))
    assert (core.role, core.votes_granted) == (Role.CANDIDATE, {"n1"})


def test_5_2_a_candidate_wins_with_votes_from_a_majority_of_the_full_cluster_for_the_same_term() -> None:
    core = make_core(peers=("n2", "n3", "n4", "n5"))
    time_out(core)
    time_out(core)
    assert core.current_term == 2
    for response in (
        VoteResponse("n2", "n1", 2, True),
        VoteResponse("n2", "n1", 2, True),
        VoteResponse("n3", "n1", 1, True),
        VoteResponse("n4", "n1", 2, False),
    ):
        core.step(response)
        assert core.role is Role.CANDIDATE
    core.step(VoteResponse("n5", "n1", 2, True))
    assert (core.role, core.leader) == (Role.LEADER, "n1")


def test_5_2_once_it_wins_it_sends_heartbeats_to_all_others_here_with_its_no_op() -> None:
    core = make_core(1, 1)
    effects = elect(core)
    no_op = (Entry(2, NOOP),)
    assert effects.persist == Persist(2, "n1", None, no_op)
    assert effects.send == (
        AppendRequest("n1", "n2", 2, 2, 1, no_op, 0),
        AppendRequest("n1", "n3", 2, 2, 1, no_op, 0),
    )


def test_5_2_each_server_votes_for_at_most_one_candidate_in_a_term_first_come_first_served() -> None:
    core = make_core()
    assert core.step(vote_request(1, source="n3")).send == (VoteResponse("n1", "n3", 1, True),)
    assert core.step(vote_request(1, source="n2")).send == (VoteResponse("n1", "n2", 1, False),)
    again = core.step(vote_request(1, source="n3"))
    assert again.send == (VoteResponse("n1", "n3", 1, True),)
    assert again.persist is None
    assert core.step(vote_request(2, source="n2")).send == (VoteResponse("n1", "n2", 2, True),)


def test_5_2_a_candidate_returns_to_follower_on_append_entries_of_its_term_and_keeps_its_vote() -> None:
    core = make_core()
    time_out(core)
    core.step(append_request(1))
    assert (core.role, core.leader, core.voted_for) == (Role.FOLLOWER, "n2", "n1")
    assert core.step(vote_request(1, source="n3")).send == (VoteResponse("n1", "n3", 1, False),)


def test_5_2_a_candidate_rejects_append_entries_of_a_smaller_term_and_continues() -> None:
    core = make_core(term=3)
    time_out(core)
    core.step(append_request(3))
    assert (core.role, core.current_term) == (Role.CANDIDATE, 4)


def test_5_2_a_candidate_that_neither_wins_nor_loses_times_out_and_starts_a_new_election() -> None:
    core = make_core()
    time_out(core)
    assert time_out(core).send == (VoteRequest("n1", "n2", 2, 0, 0), VoteRequest("n1", "n3", 2, 0, 0))


def test_5_2_each_candidate_restarts_its_randomized_timeout_at_the_start_of_an_election() -> None:
    timeouts = iter([3, 7, 5, 9])
    core = RaftCore("n1", ("n2", "n3"), Config(), lambda: next(timeouts))
    elections = []
    for tick in range(1, 16):
        term = core.current_term
        core.tick()
        if core.current_term != term:
            elections.append(tick)
    assert elections == [3, 10, 15]


def test_figure_2_granting_a_vote_resets_the_election_timeout_and_refusing_does_not() -> None:
    for last_term, role in ((1, Role.FOLLOWER), (0, Role.CANDIDATE)):
        core = make_core(1)
        for _ in range(TIMEOUT_TICKS - 1):
            core.tick()
        core.step(vote_request(2, last_term, last_term))
        core.tick()
        assert core.role is role


@pytest.mark.parametrize(
    ("last_index", "last_term", "granted"),
    [(3, 2, True), (4, 2, True), (2, 2, False), (1, 3, True), (9, 1, False), (0, 0, False)],
)
def test_5_4_1_the_voter_denies_its_vote_if_its_own_log_is_more_up_to_date(
    last_index: int, last_term: int, granted: bool
) -> None:
    core = make_core(1, 1, 2)
    assert core.step(vote_request(4, last_index, last_term)).send == (VoteResponse("n1", "n2", 4, granted),)
    assert core.voted_for == ("n2" if granted else None)


def test_figure_2_a_server_that_restarts_keeps_its_term_its_vote_and_its_log() -> None:
    core = make_core(1, 1)
    durable = DurableState(1, None, core.log.entries)
    for effects in (core.step(append_request(1, 2, 1, 1)), core.step(vote_request(2, 3, 1))):
        assert effects.persist is not None
        durable = durable.after(effects.persist)
    again = RaftCore("n1", ("n2", "n3"), Config(), lambda: TIMEOUT_TICKS, durable)
    assert (again.current_term, again.voted_for, again.log.entries) == (2, "n2", core.log.entries)
    assert (again.role, again.commit_index, again.leader) == (Role.FOLLOWER, 0, None)
    assert again.step(vote_request(2, 9, 1, source="n3")).send == (VoteResponse("n1", "n3", 2, False),)


def test_a_server_alone_elects_itself_and_commits_at_once() -> None:
    core = make_core(peers=())
    effects = time_out(core)
    assert effects.persist == Persist(1, "n1", None, (Entry(1, NOOP),))
    assert [committed.index for committed in effects.apply] == [1]
    assert [committed.entry.value for committed in core.propose(b"x").apply] == [b"x"]
