"""Variants of the Raft core that each lack one guard, to prove that a missing guard is noticed.

Each is named as the guard is in the specification (specs/raft/Raft.tla, Guards), and comes with a scenario of the
simulator in which the lack shows within few seeds.
"""

from __future__ import annotations

from dataclasses import dataclass

from comitia.impl.raft import AppendRequest, AppendResponse, RaftCore, Role, VoteResponse
from comitia.impl.raft.roles import Cause


class WithoutOneVotePerTerm(RaftCore):
    """Votes for every candidate that asks, so that a term may have two leaders."""

    def _may_vote_for(self, candidate: str) -> bool:
        return True


class WithoutKeepVoteInTerm(RaftCore):
    """Forgets its vote when it steps down within a term (etcd#2461, CCF#8094)."""

    def _become(self, cause: Cause) -> None:
        super()._become(cause)
        if cause is Cause.CURRENT_LEADER:
            self.voted_for = None


class WithoutUpToDateLog(RaftCore):
    """Votes for candidates whose log is behind its own, so that a leader may lack committed entries."""

    def _is_up_to_date(self, last_index: int, last_term: int) -> bool:
        return True


class WithoutTermBeforeLength(RaftCore):
    """Compares the lengths of logs before their last terms (openraft)."""

    def _is_up_to_date(self, last_index: int, last_term: int) -> bool:
        return (last_index, last_term) >= (self.log.last_index, self.log.last_term)


class WithoutCountVotesOfTerm(RaftCore):
    """Counts votes that were granted to it in an earlier term."""

    def _is_vote_of_this_term(self, response: VoteResponse) -> bool:
        return True


class WithoutPersistVote(RaftCore):
    """Forgets in a crash for whom it voted, and may vote again (PySyncObj#84, #202)."""

    def _vote_to_persist(self) -> str | None:
        return None


class WithoutRefuseStaleLeader(RaftCore):
    """Takes entries from the leader of an earlier term."""

    def _is_stale(self, request: AppendRequest) -> bool:
        return self.role is Role.LEADER and super()._is_stale(request)


class WithoutMatchPrevious(RaftCore):
    """Appends entries after one that is not the leader's."""

    def _matches_previous(self, request: AppendRequest) -> bool:
        return request.prev_log_index <= self.log.last_index


class WithoutTruncateOnConflictOnly(RaftCore):
    """Deletes everything after the entry that a request begins with, even of an old request (CCF#5991)."""

    def _truncation_point(self, request: AppendRequest) -> int | None:
        after_previous = request.prev_log_index + 1
        return after_previous if after_previous <= self.log.last_index else None


class WithoutAckVerifiedOnly(RaftCore):
    """Acknowledges all of its log, whatever the request covered (CCF#6001, RATIS-2605)."""

    def _index_to_acknowledge(self, request: AppendRequest) -> int:
        return self.log.last_index


class WithoutMatchMonotone(RaftCore):
    """Lets a late acknowledgement take matchIndex back (ongardie/raft.tla#18)."""

    def _matched_index(self, response: AppendResponse) -> int:
        return response.index


class WithoutIgnoreStaleRejection(RaftCore):
    """Lets a late rejection take nextIndex back, even behind matchIndex (CCF#3723)."""

    def _rejects_next(self, response: AppendResponse) -> bool:
        return response.index >= 1


class WithoutCommitOwnTerm(RaftCore):
    """Commits an entry of an earlier term once it is on a majority (figure 8 of the paper; logcabin#44)."""

    def _may_commit_by_count(self, index: int) -> bool:
        return True


class WithoutCommitVerifiedOnly(RaftCore):
    """Commits entries that the request did not cover, and so did not compare."""

    def _index_to_commit(self, request: AppendRequest) -> int:
        return max(self.commit_index, min(request.commit_index, self.log.last_index))


class WithoutCommitMonotone(RaftCore):
    """Lets an old request take commitIndex back (ongardie/raft.tla#19, PySyncObj#166)."""

    def _index_to_commit(self, request: AppendRequest) -> int:
        return min(request.commit_index, request.last_new_index)


@dataclass(frozen=True, slots=True)
class SeededBug:
    """A guard's name in the specification, the core without it, and a scenario that shows it.

    Two guards have no scenario. They matter when a follower accepts a request that ends before its own log does, and
    what follows is not the leader's. A leader of this implementation never sends such a request first: its first
    entry not yet verified is there, its no-op at the latest, and contradicts the follower's. The guards protect from
    leaders of other implementations, and unit tests hold them.
    """

    guard: str
    make_core: type[RaftCore]
    scenario: str | None


_ALL = (
    SeededBug("OneVotePerTerm", WithoutOneVotePerTerm, "elections"),
    SeededBug("KeepVoteInTerm", WithoutKeepVoteInTerm, "elections"),
    SeededBug("UpToDateLog", WithoutUpToDateLog, "hand-over"),
    SeededBug("TermBeforeLength", WithoutTermBeforeLength, "hand-over"),
    SeededBug("CountVotesOfTerm", WithoutCountVotesOfTerm, "elections"),
    SeededBug("PersistVote", WithoutPersistVote, "default"),
    SeededBug("RefuseStaleLeader", WithoutRefuseStaleLeader, "hand-over"),
    SeededBug("MatchPrevious", WithoutMatchPrevious, "hand-over"),
    SeededBug("TruncateOnConflictOnly", WithoutTruncateOnConflictOnly, "reordering"),
    SeededBug("AckVerifiedOnly", WithoutAckVerifiedOnly, None),
    SeededBug("MatchMonotone", WithoutMatchMonotone, "reordering"),
    SeededBug("IgnoreStaleRejection", WithoutIgnoreStaleRejection, "hand-over"),
    SeededBug("CommitOwnTerm", WithoutCommitOwnTerm, "hand-over"),
    SeededBug("CommitVerifiedOnly", WithoutCommitVerifiedOnly, None),
    SeededBug("CommitMonotone", WithoutCommitMonotone, "reordering"),
)

SEEDED_BUGS: dict[str, SeededBug] = {bug.guard: bug for bug in _ALL}
