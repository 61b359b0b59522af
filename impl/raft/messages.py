"""Log entries and the four messages of Raft, with the test of whether a message is well formed.

A message is well formed if some server following the protocol could have sent it in some run: that is more than having
fields of the right types. Log terms never decrease along a log and never exceed the sender's term; index 0 stands for
the empty prefix, whose term is 0. The core refuses whatever is not well formed, so that nothing behind that door has to
expect it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

# Terms and indexes are stored in 64 signed bits by every wire and disk format worth supporting.
MAX_NUMBER = 2**63 - 1

# What a client asks to be replicated; the core never looks inside. None is the leader's own no-op.
Command: TypeAlias = bytes | None
NOOP: Command = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One log entry: the term in which a leader created it, and the command."""

    term: int
    value: Command


@dataclass(frozen=True, slots=True)
class VoteRequest:
    """RequestVote RPC, arguments (figure 2); `source` is candidateId."""

    source: str
    dest: str
    term: int
    last_log_index: int
    last_log_term: int


@dataclass(frozen=True, slots=True)
class VoteResponse:
    """RequestVote RPC, results (figure 2)."""

    source: str
    dest: str
    term: int
    vote_granted: bool


@dataclass(frozen=True, slots=True)
class AppendRequest:
    """AppendEntries RPC, arguments (figure 2); `source` is leaderId; without entries it is a heartbeat."""

    source: str
    dest: str
    term: int
    prev_log_index: int
    prev_log_term: int
    entries: tuple[Entry, ...]
    commit_index: int

    @property
    def last_new_index(self) -> int:
        """Where the last of the entries belongs in the log; prevLogIndex if there are none."""
        return self.prev_log_index + len(self.entries)


@dataclass(frozen=True, slots=True)
class AppendResponse:
    """AppendEntries RPC, results (figure 2), which name the request they answer, since messages are not paired.

    On success `index` is the last index that the request covered (prevLogIndex plus the number of its entries), never
    the end of the follower's log; on failure it is the prevLogIndex that did not match.
    """

    source: str
    dest: str
    term: int
    success: bool
    index: int


Message: TypeAlias = VoteRequest | VoteResponse | AppendRequest | AppendResponse


def is_well_formed(message: object) -> bool:
    """Whether `message` is one of the four messages with fields that a server of the protocol could have sent."""
    check = _FIELD_CHECKS.get(type(message))
    return check is not None and check(message)


def is_command(value: object) -> bool:
    """Whether `value` may be proposed by a client; the no-op is the leader's alone."""
    return isinstance(value, bytes)


def _is_number(value: object, least: int) -> bool:
    return type(value) is int and least <= value <= MAX_NUMBER


def _has_header(message: Message) -> bool:
    return isinstance(message.source, str) and isinstance(message.dest, str) and _is_number(message.term, 1)


def _is_position(index: object, term: object) -> bool:
    return _is_number(index, 0) and _is_number(term, 0) and (index == 0) == (term == 0)


def _is_entry(entry: object) -> bool:
    return type(entry) is Entry and _is_number(entry.term, 1) and (entry.value is NOOP or is_command(entry.value))


def _is_vote_request(message: VoteRequest) -> bool:
    # The candidate has just incremented its term, so that no entry of it can exist yet.
    return (
        _has_header(message)
        and _is_position(message.last_log_index, message.last_log_term)
        and message.last_log_term < message.term
    )


def _is_vote_response(message: VoteResponse) -> bool:
    return _has_header(message) and isinstance(message.vote_granted, bool)


def _is_append_request(message: AppendRequest) -> bool:
    if not (
        _has_header(message)
        and _is_position(message.prev_log_index, message.prev_log_term)
        and isinstance(message.entries, tuple)
        and all(map(_is_entry, message.entries))
        and _is_number(message.commit_index, 0)
    ):
        return False
    terms = [message.prev_log_term, *(entry.term for entry in message.entries), message.term]
    return terms == sorted(terms) and message.last_new_index <= MAX_NUMBER


def _is_append_response(message: AppendResponse) -> bool:
    return _has_header(message) and isinstance(message.success, bool) and _is_number(message.index, 0)


_FIELD_CHECKS: dict[type, Callable[..., bool]] = {
    VoteRequest: _is_vote_request,
    VoteResponse: _is_vote_response,
    AppendRequest: _is_append_request,
    AppendResponse: _is_append_response,
}
