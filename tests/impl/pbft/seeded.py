"""Variants of the PBFT cores that each lack one guard, to prove that a missing guard is noticed.

Each is named as the guard is in the specification where it has it (specs/pbft/PBFTCore.tla, CoreGuards), and comes with
the attack of the simulator in which the lack shows within few seeds.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from comitia.impl.pbft import ClientCore, PbftCore, Refusal, Request, Signed
from comitia.impl.pbft.encoding import Digest
from comitia.impl.pbft.log import Ballot
from comitia.impl.pbft.messages import (
    Batch,
    CheckpointCertificate,
    NewView,
    PreparedCertificate,
    ReplicaState,
    ViewChange,
)
from comitia.impl.pbft.view_change import Plan, make_plan


class WithoutCommitQuorum(PbftCore):
    """Executes what f + 1 replicas have committed."""

    def _commits_needed(self) -> int:
        return self.config.witness


class WithoutPrepareQuorum(PbftCore):
    """Prepares when f backups have voted for what the primary proposed."""

    def _prepares_needed(self) -> int:
        return self.config.faults


class WithoutPrimaryNoBackup(PbftCore):
    """Counts a PREPARE of the primary beside its pre-prepare."""

    def _may_prepare(self, sender: str) -> bool:
        return True


class WithoutDistinctSenders(PbftCore):
    """Counts messages instead of their senders."""

    def _count(self, votes: dict[str, Ballot], sender: str, digest: Digest, signature: bytes) -> Refusal | None:
        if len(votes) < 50:
            votes[sender if sender not in votes else f"{sender} {len(votes)}"] = Ballot(digest, signature)
        return None


class WithoutSameDigest(PbftCore):
    """Counts votes whatever they are for."""

    def _matching(self, votes: dict[str, Ballot], digest: Digest) -> dict[str, Ballot]:
        return votes


class WithoutVoteOnce(PbftCore):
    """Accepts another pre-prepare for a number that it has voted for."""

    def _may_accept_another(self) -> bool:
        return True


class WithoutPrimaryProposes(PbftCore):
    """Accepts a pre-prepare of anybody."""

    def _may_propose(self, sender: str) -> bool:
        return True


class WithoutStopInOldView(PbftCore):
    """Counts votes of other views than its own, and between two views."""

    def _view_objection(self, view: int) -> Refusal | None:
        return None


class WithoutNewViewQuorum(PbftCore):
    """Accepts a NEW-VIEW of too few senders: it counts the view changes."""

    def _has_quorum_of_view_changes(self, content: NewView) -> bool:
        return len(content.view_changes) >= self.config.quorum - 1


class WithoutReportsProven(PbftCore):
    """Believes what view changes report."""

    def _is_proven(self, content: ViewChange) -> bool:
        return True


class WithoutReportsCount(PbftCore):
    """Begins a view as if nothing had prepared before, and accepts that of others."""

    def _plan(self, view_changes: Iterable[ViewChange]) -> Plan:
        return Plan(make_plan(view_changes).stable, ())

    def _has_proposed(self, new_view: Signed[NewView], plan: Plan) -> bool:
        return True


def _by_earliest_view(certificate: PreparedCertificate) -> tuple[int, Digest]:
    return -certificate.view, certificate.digest


class WithoutHighestView(PbftCore):
    """Proposes again what prepared in the earliest view."""

    def _plan(self, view_changes: Iterable[ViewChange]) -> Plan:
        return make_plan(view_changes, rank=_by_earliest_view)


class WithoutNullFill(PbftCore):
    """Leaves gaps between what it proposes again."""

    def _plan(self, view_changes: Iterable[ViewChange]) -> Plan:
        return make_plan(view_changes, fills_gaps=False)


class WithoutBackupsCheck(PbftCore):
    """Takes over what the primary proposes for a new view."""

    def _has_proposed(self, new_view: Signed[NewView], plan: Plan) -> bool:
        return True


class WithoutLowMark(PbftCore):
    """Votes at or below the low water mark, for what has been collected."""

    def _is_above_low(self, sequence: int) -> bool:
        return True


class WithoutHighMark(PbftCore):
    """Votes beyond the high water mark, for whatever number."""

    def _is_below_high(self, sequence: int) -> bool:
        return True


class WithoutCheckpointQuorum(PbftCore):
    """Takes a checkpoint for stable that f replicas have voted for."""

    def _checkpoints_needed(self) -> int:
        return max(1, self.config.faults)


class WithoutCertifiedState(PbftCore):
    """Takes over any state that comes when it has asked for one."""

    def _is_certified(self, state: ReplicaState, certificate: CheckpointCertificate) -> bool:
        return state.sequence == certificate.sequence


class WithoutSignatures(PbftCore):
    """Believes that every message is from whom it says."""

    def _is_authentic(self, message: Signed[object]) -> bool:
        return True


class WithoutGenuineRequests(PbftCore):
    """Votes for requests that no client has signed."""

    def _is_genuine(self, request: Signed[Request]) -> bool:
        return True


class WithoutBatchDigest(PbftCore):
    """Takes any batch for the one that the digest is of."""

    def _is_body_of(self, batch: Batch, digest: Digest) -> bool:
        return True


class WithoutExactlyOnce(PbftCore):
    """Executes a request as often as it is proposed."""

    def _not_yet_executed(self, batch: Batch) -> tuple[Request, ...]:
        return tuple(message.content for message in batch)


class WithoutValidCollected(PbftCore):
    """As primary, rests its NEW-VIEW on view changes that are not valid, so that nobody accepts it (concord-bft#50)."""

    _is_collecting = False

    def _on_view_change(self, message: Signed[ViewChange]) -> Refusal | None:
        self._is_collecting = True
        try:
            return super()._on_view_change(message)
        finally:
            self._is_collecting = False

    def _is_proven(self, content: ViewChange) -> bool:
        return self._is_collecting or super()._is_proven(content)


class WithoutJoining(PbftCore):
    """Waits for its own timer, whoever asks for another view."""

    def _view_changes_to_join(self) -> int:
        return len(self.config.replicas) + 1


class ClientWithoutWitness(ClientCore):
    """Believes a single replica."""

    def _replies_needed(self) -> int:
        return 1


class WithoutQuorumOfAll(PbftCore):
    """Takes 2f + 1 for a quorum, however many replicas there are."""

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.quorum = 2 * self.config.faults + 1

    def _prepares_needed(self) -> int:
        return self.quorum - 1

    def _commits_needed(self) -> int:
        return self.quorum


@dataclass(frozen=True, slots=True)
class SeededBug:
    """A guard's name, the core without it, and the attack that shows the lack, with how many replicas."""

    guard: str
    attack: str
    make_core: type[PbftCore] = PbftCore
    make_client: type[ClientCore] = ClientCore
    replicas: int = 4
    # Worse than usual, so that views follow each other while requests are half agreed on: "storm", "rounds".
    network: str = "usual"

    @property
    def text(self) -> str:
        """What the variant does."""
        made = self.make_core if self.make_client is ClientCore else self.make_client
        assert made.__doc__ is not None
        return " ".join(made.__doc__.split()).rstrip(".")


_ALL = (
    SeededBug("CommitQuorum", "twins", WithoutCommitQuorum),
    SeededBug("PrepareQuorum", "equivocation", WithoutPrepareQuorum),
    SeededBug("PrimaryNoBackup", "mixed", WithoutPrimaryNoBackup),
    SeededBug("DistinctSenders", "equivocation", WithoutDistinctSenders),
    SeededBug("SameDigest", "equivocation", WithoutSameDigest),
    SeededBug("VoteOnce", "twins", WithoutVoteOnce),
    SeededBug("PrimaryProposes", "forgery", WithoutPrimaryProposes),
    SeededBug("StopInOldView", "replay", WithoutStopInOldView, network="storm"),
    SeededBug("NewViewQuorum", "bad-new-views", WithoutNewViewQuorum, network="storm"),
    SeededBug("ReportsProven", "bad-new-views", WithoutReportsProven),
    SeededBug("ReportsCount", "silence", WithoutReportsCount),
    SeededBug("HighestView", "none", WithoutHighestView, network="rounds"),
    SeededBug("NullFill", "mutation", WithoutNullFill),
    SeededBug("BackupsCheck", "bad-new-views", WithoutBackupsCheck, network="storm"),
    SeededBug("LowMark", "replay", WithoutLowMark),
    SeededBug("HighMark", "mutation", WithoutHighMark),
    SeededBug("CheckpointQuorum", "wrong-digests", WithoutCheckpointQuorum),
    SeededBug("CertifiedState", "wrong-digests", WithoutCertifiedState),
    SeededBug("Signatures", "forgery", WithoutSignatures),
    SeededBug("GenuineRequests", "forgery", WithoutGenuineRequests),
    SeededBug("BatchDigest", "wrong-digests", WithoutBatchDigest),
    SeededBug("ExactlyOnce", "equivocation", WithoutExactlyOnce),
    SeededBug("ValidCollected", "bad-view-changes", WithoutValidCollected),
    SeededBug("Joining", "silence", WithoutJoining),
    SeededBug("QuorumOfAll", "equivocation", WithoutQuorumOfAll, replicas=6),
    SeededBug("FPlusOneReplies", "wrong-digests", PbftCore, ClientWithoutWitness),
)

SEEDED_BUGS: dict[str, SeededBug] = {bug.guard: bug for bug in _ALL}
