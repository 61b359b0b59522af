"""What a server is configured with, what it restores after a crash, and a frozen picture of all its state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .effects import Persist
from .messages import Entry
from .roles import Role


@dataclass(frozen=True, slots=True)
class Config:
    """Settings of one server; a leader sends a heartbeat every `heartbeat_ticks` ticks."""

    heartbeat_ticks: int = 1
    max_entries_per_message: int = 64

    def __post_init__(self) -> None:
        if self.heartbeat_ticks < 1 or self.max_entries_per_message < 1:
            raise ValueError(f"every setting must be at least 1: {self}")


@dataclass(frozen=True, slots=True)
class DurableState:
    """Figure 2, "Persistent state on all servers": currentTerm, votedFor, log[]. The default is a first start's."""

    term: int = 0
    voted_for: str | None = None
    entries: tuple[Entry, ...] = ()

    def __post_init__(self) -> None:
        # An entry that is durable before its term is: after a crash the server could vote in that term again.
        latest = max((entry.term for entry in self.entries), default=0)
        if latest > self.term:
            raise ValueError(f"the log has an entry of term {latest}, beyond the current term {self.term}")

    def after(self, persist: Persist) -> DurableState:
        """This state once `persist` is durable: term and vote first, then truncation, then the entries appended."""
        last = len(self.entries) if persist.truncate_from is None else persist.truncate_from - 1
        return DurableState(persist.term, persist.voted_for, self.entries[:last] + persist.entries)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All state of figure 2 at one moment.

    `votes_granted` is empty unless the server is a candidate; `next_index` is all 1 and `match_index` all 0, peer by
    peer, unless it leads.
    """

    current_term: int
    voted_for: str | None
    entries: tuple[Entry, ...]
    role: Role
    commit_index: int
    votes_granted: frozenset[str]
    next_index: Mapping[str, int]
    match_index: Mapping[str, int]
