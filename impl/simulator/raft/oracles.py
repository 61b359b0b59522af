"""Judges every step of a simulated Raft cluster against the guarantees of figure 3 and the promises made to clients.

Each oracle keeps what it needs of the past and looks at what a step has changed, so that its cost does not grow with
the run:

  election safety        at most one leader in a term
  log matching           an entry's index and term determine its command and everything before it
  state-machine safety   no two servers commit or apply different entries at the same index
  committed prefix       a running server neither forgets nor removes what it knows to be committed
  acknowledged writes    what a client was told is committed is in the log of every leader of a later term, and in the
                         end applied everywhere
  liveness               once faults cease, the cluster converges and serves
"""

from __future__ import annotations

from dataclasses import dataclass

from ...raft import CommittedEntry, Effects, Entry, Role, Snapshot
from ..violations import Finding


@dataclass(frozen=True, slots=True)
class _Acknowledgement:
    entry: Entry
    term: int


class Oracles:
    """Watches one run. Each method takes a fact about it and returns the first objection, if any."""

    def __init__(self) -> None:
        self._leaders: dict[int, str] = {}
        # By index and term: the command, and the term of the entry before.
        self._entries: dict[tuple[int, int], tuple[bytes | None, int]] = {}
        self._committed: dict[int, Entry] = {}
        self._acknowledged: dict[int, _Acknowledgement] = {}

    def stepped(self, node: str, before: Snapshot, effects: Effects, after: Snapshot) -> Finding | None:
        """A node has completed a step: what it was to persist is durable."""
        return (
            self._check_leader(node, before, after)
            or self._check_log(node, effects, after)
            or self._check_commitment(node, before, effects, after)
        )

    def applied(self, node: str, committed: CommittedEntry) -> Finding | None:
        """A node's state machine has applied an entry."""
        return self._check_same(node, committed.index, committed.entry)

    def acknowledge(self, index: int, entry: Entry, term: int) -> Finding | None:
        """A client is told by a server in `term` that its command is committed."""
        self._acknowledged.setdefault(index, _Acknowledgement(entry, term))
        if self._committed.get(index) != entry:
            return Finding("acknowledged writes", f"{entry} acknowledged at {index} is not what is committed there")
        return None

    def finished(self, node: str, state: Snapshot) -> Finding | None:
        """The run is over: `state` is the last of a node."""
        for index, acknowledgement in self._acknowledged.items():
            if index > state.commit_index or not _has(state, index, acknowledgement.entry):
                detail = f"{node} ends without {acknowledgement.entry} acknowledged at {index}"
                return Finding("acknowledged writes", detail)
        return None

    def _check_leader(self, node: str, before: Snapshot, after: Snapshot) -> Finding | None:
        if after.role is not Role.LEADER or (before.role is Role.LEADER and before.current_term == after.current_term):
            return None
        term = after.current_term
        other = self._leaders.setdefault(term, node)
        if other != node:
            return Finding("election safety", f"{other} and {node} both lead term {term}")
        for index, acknowledgement in self._acknowledged.items():
            # A leader of an earlier term may be elected late; it never had to have the entry.
            if acknowledgement.term < term and not _has(after, index, acknowledgement.entry):
                detail = f"{node}, elected in term {term}, lacks {acknowledgement.entry} acknowledged at {index}"
                return Finding("acknowledged writes", detail)
        return None

    def _check_log(self, node: str, effects: Effects, after: Snapshot) -> Finding | None:
        appended = effects.persist.entries if effects.persist is not None else ()
        first = len(after.entries) - len(appended) + 1
        for index, entry in enumerate(appended, start=first):
            prev_term = after.entries[index - 2].term if index > 1 else 0
            fact = (entry.value, prev_term)
            known = self._entries.setdefault((index, entry.term), fact)
            if known != fact:
                detail = f"{node} has {fact} at index {index} in term {entry.term}, where {known} was"
                return Finding("log matching", detail)
        return None

    def _check_commitment(self, node: str, before: Snapshot, effects: Effects, after: Snapshot) -> Finding | None:
        if after.commit_index < before.commit_index:
            return Finding("committed prefix", f"{node} went back from {before.commit_index} to {after.commit_index}")
        truncate_from = effects.persist.truncate_from if effects.persist is not None else None
        if truncate_from is not None and truncate_from <= before.commit_index:
            detail = f"{node} truncates from {truncate_from} with {before.commit_index} entries committed"
            return Finding("committed prefix", detail)
        if after.commit_index > len(after.entries):
            return Finding("committed prefix", f"{node} commits {after.commit_index} entries of {len(after.entries)}")
        for index in range(before.commit_index + 1, after.commit_index + 1):
            finding = self._check_same(node, index, after.entries[index - 1])
            if finding is not None:
                return finding
        return None

    def _check_same(self, node: str, index: int, entry: Entry) -> Finding | None:
        known = self._committed.setdefault(index, entry)
        if known != entry:
            return Finding("state-machine safety", f"{node} has {entry} at {index}, where {known} is committed")
        return None


def _has(state: Snapshot, index: int, entry: Entry) -> bool:
    return index <= len(state.entries) and state.entries[index - 1] == entry
