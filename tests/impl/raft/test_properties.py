"""Properties of one core under any input whatever: it does not raise, and what must not go back does not."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from comitia.impl.raft import (
    AppendRequest,
    AppendResponse,
    Config,
    DurableState,
    Effects,
    Entry,
    RaftCore,
    Role,
    VoteRequest,
    VoteResponse,
)
from hypothesis import given, settings
from hypothesis import strategies as st

Step: TypeAlias = tuple[str, object]

TERMS = st.integers(0, 6)
INDEXES = st.integers(0, 8)
SERVERS = st.sampled_from(["n1", "n2", "n3", "n2", "n3", "n9"])
TO_US = st.sampled_from(["n1", "n1", "n1", "n2"])
ENTRIES = st.lists(st.builds(Entry, TERMS, st.sampled_from([None, b"x", b"y"])), max_size=4).map(
    lambda entries: tuple(sorted(entries, key=lambda entry: entry.term))
)
MESSAGES = st.one_of(
    st.builds(VoteRequest, SERVERS, TO_US, TERMS, INDEXES, TERMS),
    st.builds(VoteResponse, SERVERS, TO_US, TERMS, st.booleans()),
    st.builds(AppendRequest, SERVERS, TO_US, TERMS, INDEXES, TERMS, ENTRIES, INDEXES),
    st.builds(AppendResponse, SERVERS, TO_US, TERMS, st.booleans(), INDEXES),
)
STEPS: st.SearchStrategy[Step] = st.one_of(
    st.tuples(st.just("tick"), st.just(None)),
    st.tuples(st.just("time out"), st.just(None)),
    st.tuples(st.just("step"), MESSAGES),
    st.tuples(st.just("step"), st.one_of(st.none(), st.integers(), st.text())),
    st.tuples(st.just("propose"), st.sampled_from([b"x", b"y"])),
    st.tuples(st.just("restart"), st.none()),
)
RUNS = st.lists(STEPS, max_size=40)
TIMEOUT_TICKS = 3


def make(durable: DurableState) -> RaftCore:
    return RaftCore("n1", ("n2", "n3"), Config(max_entries_per_message=2), lambda: TIMEOUT_TICKS, durable)


def run(steps: list[Step], check: Callable[[RaftCore, Effects], None]) -> list[Effects]:
    """The effects of all inputs, each checked against the core after it; a restart comes back from what is durable."""
    durable = DurableState()
    core = make(durable)
    results: list[Effects] = []
    for kind, argument in steps:
        if kind == "restart":
            core = make(durable)
            continue
        if kind == "propose":
            assert isinstance(argument, bytes)
            batch = [core.propose(argument)]
        elif kind == "step":
            batch = [core.step(argument)]
        else:
            batch = [core.tick() for _ in range(1 if kind == "tick" else TIMEOUT_TICKS)]
        for effects in batch:
            if effects.persist is not None:
                durable = durable.after(effects.persist)
        assert (durable.term, durable.voted_for, durable.entries) == (
            core.current_term,
            core.voted_for,
            core.log.entries,
        )
        for effects in batch:
            check(core, effects)
        results += batch
    return results


@settings(max_examples=300)
@given(RUNS)
def test_no_input_raises_and_the_same_inputs_have_the_same_effects(steps: list[Step]) -> None:
    assert run(steps, lambda core, effects: None) == run(steps, lambda core, effects: None)


@settings(max_examples=300)
@given(RUNS)
def test_terms_do_not_decrease_and_a_term_has_at_most_one_vote_over_restarts_too(steps: list[Step]) -> None:
    latest = 0
    votes: dict[int, str] = {}

    def check(core: RaftCore, effects: Effects) -> None:
        nonlocal latest
        assert core.current_term >= latest
        latest = core.current_term
        if core.voted_for is not None:
            assert votes.setdefault(core.current_term, core.voted_for) == core.voted_for
        for message in effects.send:
            if isinstance(message, VoteResponse) and message.vote_granted:
                assert votes[message.term] == message.dest

    run(steps, check)


@settings(max_examples=300)
@given(RUNS)
def test_the_commit_index_stays_within_the_log_and_committed_entries_stay(steps: list[Step]) -> None:
    lives: list[RaftCore] = []
    committed: list[Entry] = []

    def check(core: RaftCore, effects: Effects) -> None:
        nonlocal committed
        if not lives or lives[-1] is not core:
            lives.append(core)
            committed = []
        entries = list(core.log.entries[: core.commit_index])
        assert len(entries) == core.commit_index
        assert entries[: len(committed)] == committed
        assert [applied.index for applied in effects.apply] == sorted(applied.index for applied in effects.apply)
        committed = entries

    run(steps, check)


@settings(max_examples=300)
@given(RUNS)
def test_only_a_candidate_counts_votes_and_only_a_leader_keeps_an_account_of_the_others(steps: list[Step]) -> None:
    def check(core: RaftCore, effects: Effects) -> None:
        if core.role is not Role.CANDIDATE:
            assert not core.votes_granted
        if core.role is Role.LEADER:
            assert all(core.match_index[peer] < core.next_index[peer] for peer in core.peers)
            assert all(core.next_index[peer] <= core.log.last_index + 1 for peer in core.peers)
        else:
            assert (set(core.next_index.values()), set(core.match_index.values())) == ({1}, {0})

    run(steps, check)
