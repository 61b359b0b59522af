"""A Raft core in a given situation, for tests: what it is made of, and how to bring it into office."""

from __future__ import annotations

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

TIMEOUT_TICKS = 10


def log_of(*terms: int) -> tuple[Entry, ...]:
    """A log with entries of these terms; each has a command of its own."""
    return tuple(Entry(term, f"{index}.{term}".encode()) for index, term in enumerate(terms, 1))


def make_core(
    *terms: int,
    term: int | None = None,
    voted_for: str | None = None,
    peers: tuple[str, ...] = ("n2", "n3"),
    config: Config | None = None,
    make: type[RaftCore] = RaftCore,
) -> RaftCore:
    """The server n1, a follower whose log has entries of `terms`, in `term` (by default that of its last entry)."""
    if term is None:
        term = terms[-1] if terms else 0
    durable = DurableState(term, voted_for, log_of(*terms))
    return make("n1", peers, config or Config(), lambda: TIMEOUT_TICKS, durable)


def time_out(core: RaftCore) -> Effects:
    """Let time pass until `core` starts an election."""
    assert core.role is not Role.LEADER
    term = core.current_term
    for _ in range(TIMEOUT_TICKS):
        effects = core.tick()
        if core.current_term != term:
            return effects
    raise AssertionError("no election was started")


def elect(core: RaftCore) -> Effects:
    """Have `core` win the election of the next term; the effects are those of the deciding vote."""
    time_out(core)
    effects = Effects()
    for peer in core.peers:
        if core.role is Role.CANDIDATE:
            effects = core.step(VoteResponse(peer, core.node_id, core.current_term, True))
    assert core.role is Role.LEADER
    return effects


def vote_request(term: int, last_index: int = 0, last_term: int = 0, source: str = "n2") -> VoteRequest:
    return VoteRequest(source, "n1", term, last_index, last_term)


def append_request(
    term: int, prev_index: int = 0, prev_term: int = 0, *entry_terms: int, commit: int = 0, source: str = "n2"
) -> AppendRequest:
    """A request whose entries are those of `log_of` at their places."""
    entries = tuple(
        Entry(entry_term, f"{index}.{entry_term}".encode())
        for index, entry_term in enumerate(entry_terms, prev_index + 1)
    )
    return AppendRequest(source, "n1", term, prev_index, prev_term, entries, commit)


def append_response(term: int, success: bool, index: int, source: str = "n2") -> AppendResponse:
    return AppendResponse(source, "n1", term, success, index)


def terms_of(core: RaftCore) -> list[int]:
    return [entry.term for entry in core.log.entries]
