"""Checkpoints of one replica: votes, the certificate of the last stable one, and the states it can hand out.

Bounded by the water marks: votes and states are kept for the sequence numbers between them that are multiples of the
checkpoint interval, one vote for each replica.
"""

from __future__ import annotations

from .certificates import lowest, make_votes
from .config import Config
from .encoding import Digest, digest_of
from .log import Ballot
from .messages import GENESIS, Checkpoint, CheckpointCertificate, ReplicaState, Signature, Signed


class Checkpoints:
    """`stable` is the last stable checkpoint (its sequence number is the low water mark) and `state` the state there,
    None while it has to be fetched; `wanted` is a stable checkpoint that others have reached and this replica has
    not."""

    def __init__(self, config: Config, stable: CheckpointCertificate, state: ReplicaState | None) -> None:
        self._config = config
        self.stable = stable
        self.state = state
        self.wanted = stable if state is None and stable != GENESIS else None
        # By sequence number: the votes by replica; the own states and their digests.
        self._votes: dict[int, dict[str, Ballot]] = {}
        self._own: dict[int, tuple[Digest, ReplicaState]] = {}

    def taken(self, state: ReplicaState) -> Checkpoint:
        """The own state at a checkpoint; the result is what there is to vote."""
        digest = digest_of(state)
        self._own[state.sequence] = (digest, state)
        return Checkpoint(state.sequence, digest)

    def own_digest(self, sequence: int) -> Digest | None:
        """That of the own state at `sequence`."""
        own = self._own.get(sequence)
        return None if own is None else own[0]

    def own(self) -> tuple[Checkpoint, ...]:
        """The own checkpoints that are not stable yet."""
        return tuple(Checkpoint(sequence, digest) for sequence, (digest, _) in sorted(self._own.items()))

    def vote_of(self, sequence: int, replica: str) -> Digest | None:
        ballot = self._votes.get(sequence, {}).get(replica)
        return None if ballot is None else ballot.digest

    def votes(self) -> dict[int, dict[str, Digest]]:
        """The votes so far, by sequence number and replica."""
        return {
            sequence: {replica: ballot.digest for replica, ballot in votes.items()}
            for sequence, votes in sorted(self._votes.items())
        }

    def count(self, vote: Signed[Checkpoint]) -> None:
        """Remember a vote."""
        assert isinstance(vote.proof, Signature)
        ballot = Ballot(vote.content.digest, vote.proof.value)
        self._votes.setdefault(vote.content.sequence, {})[vote.sender] = ballot

    def certificate(self, sequence: int, digest: Digest, quorum: int) -> CheckpointCertificate | None:
        """The proof of that checkpoint, once `quorum` replicas have voted for it."""
        votes = self._votes.get(sequence, {})
        signatures = {replica: ballot.signature for replica, ballot in votes.items() if ballot.digest == digest}
        if len(signatures) < quorum:
            return None
        return CheckpointCertificate(
            sequence, digest, make_votes(self._config, lowest(self._config, signatures, quorum))
        )

    def make_stable(self, certificate: CheckpointCertificate, state: ReplicaState | None = None) -> None:
        """Move the low water mark up, and forget what is below: "discards ... all earlier checkpoints and checkpoint
        messages" (section 4.3). The state there is `state`, or this replica's own, or else it is wanted."""
        assert certificate.sequence >= self.stable.sequence
        own = self._own.get(certificate.sequence)
        if state is None and own is not None and own[0] == certificate.digest:
            state = own[1]
        self.stable = certificate
        self.state = state
        self._votes = {sequence: votes for sequence, votes in self._votes.items() if sequence > certificate.sequence}
        self._own = {sequence: own for sequence, own in self._own.items() if sequence > certificate.sequence}
        if state is None:
            self.want(certificate)
        elif self.wanted is not None and self.wanted.sequence <= certificate.sequence:
            self.wanted = None

    def want(self, certificate: CheckpointCertificate) -> None:
        """Remember that the state at a stable checkpoint is to be fetched, unless a later one is."""
        if self.wanted is None or self.wanted.sequence < certificate.sequence:
            self.wanted = certificate
