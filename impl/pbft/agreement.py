"""The normal case of a replica: requests, agreement, execution, checkpoints and state transfer (sections 4.1 to
4.3)."""

from __future__ import annotations

from .certificates import is_stable, lowest, make_votes, signers_of
from .effects import Execution, Refusal
from .encoding import Digest, digest_of
from .guards import Guards
from .log import Ballot, Slot
from .messages import (
    BatchBody,
    Checkpoint,
    CheckpointCertificate,
    Commit,
    FetchBatch,
    FetchState,
    Prepare,
    PreparedCertificate,
    PrePrepare,
    Proposal,
    ReplicaState,
    Reply,
    Request,
    Signature,
    Signed,
    StateBody,
)


class NormalCase(Guards):
    """What happens within a view. Each handler of a message returns why it is refused, or None and has taken it."""

    # Requests (section 4.1) ------------------------------------------------------------------------------------------

    def _on_request(self, message: Signed[Request]) -> Refusal | None:
        request = message.content
        if message.sender != request.client or request.client not in self.config.clients:
            return Refusal.UNKNOWN_CLIENT
        if not self._is_authentic(message):
            return Refusal.BAD_SIGNATURE
        objection = self.clients.objection(request)
        if objection is not None:
            return objection
        record = self.clients.last(request.client)
        if record is not None and record.timestamp == request.timestamp:
            # "If the request has already been processed, the replicas simply re-send the reply".
            self._reply(record.client, record.timestamp, record.result)
            return None
        is_news = self.clients.pending.get(request.client) != message
        self.clients.wait_for(message)
        if self.is_primary:
            self._propose()
        elif is_news:
            # "Otherwise, if the replica is not the primary, it relays the request to the primary."
            self._send(message, self.primary)
        return None

    def _reply(self, client: str, timestamp: int, result: bytes) -> None:
        self._seal_and_send(Reply(self.view, timestamp, client, result), client)

    def _propose(self) -> None:
        """Give numbers to batches of what waits, as long as the water marks and the number in flight allow."""
        while self.is_primary and self.is_active and self.executed >= self.low:
            is_full = self._next > self.executed + self.config.max_in_flight
            batch = tuple(
                request
                for client, request in self.clients.pending.items()
                if request.content.timestamp > self._proposed.get(client, 0)
            )[: self.config.max_batch]
            if is_full or not self._is_in_window(self._next) or not batch:
                return
            digest = digest_of(batch)
            slot = self.log.slot(self._next)
            slot.pre_prepare = self.authentication.sign(PrePrepare(self.view, self._next, digest))
            slot.keep_body(digest, batch)
            self.log.has_changed(slot)
            self._note_proposed(batch)
            self._next += 1
            self._send(Proposal(slot.pre_prepare, batch), *self.others)
            self._try_to_prepare(slot)

    def _note_proposed(self, batch: tuple[Signed[Request], ...]) -> None:
        for request in batch:
            client = request.content.client
            self._proposed[client] = max(self._proposed.get(client, 0), request.content.timestamp)

    # Agreement (section 4.2) -----------------------------------------------------------------------------------------

    def _on_proposal(self, proposal: Proposal) -> Refusal | None:
        """Section 4.2: "A backup accepts a pre-prepare message provided: the signatures in the request and the
        pre-prepare message are correct and d is the digest for m; it is in view v; it has not accepted a pre-prepare
        message for view v and sequence number n containing a different digest; the sequence number in the
        pre-prepare message is between a low water mark, h, and a high water mark, H."""
        message, batch = proposal.pre_prepare, proposal.batch
        content = message.content
        if message.sender not in self.others:
            return Refusal.UNKNOWN_REPLICA
        if not self._is_authentic(message):
            return Refusal.BAD_SIGNATURE
        objection = self._place_objection(content) or self._proposal_objection(message, batch)
        if objection is not None:
            return objection
        slot = self.log.slot(content.sequence)
        self.log.has_changed(slot)
        is_news = slot.digest != content.digest
        slot.pre_prepare = message
        slot.keep_body(content.digest, batch)
        if is_news:
            self._vote_to_prepare(slot)
            self._try_to_prepare(slot)
        self._execute_next()
        return None

    def _proposal_objection(self, message: Signed[PrePrepare], batch: tuple[Signed[Request], ...]) -> Refusal | None:
        if not self._may_propose(message.sender):
            return Refusal.NOT_PRIMARY
        if not self._is_body_of(batch, message.content.digest):
            return Refusal.WRONG_BATCH
        slot = self.log.get(message.content.sequence)
        if slot is not None and slot.digest is not None:
            if slot.digest == message.content.digest:
                return None if slot.body is None else Refusal.DUPLICATE
            if not self._may_accept_another():
                return Refusal.CONFLICTING
        if not batch:
            return Refusal.WRONG_BATCH
        return None if all(map(self._is_genuine, batch)) else Refusal.BAD_REQUEST

    def _vote_to_prepare(self, slot: Slot) -> None:
        """Section 4.2: "If backup i accepts the pre-prepare message, it enters the prepare phase by multicasting a
        PREPARE message"; the primary's pre-prepare is its vote."""
        if self.is_primary or slot.digest is None:
            return
        vote = self.authentication.sign(Prepare(self.view, slot.sequence, slot.digest))
        assert isinstance(vote.proof, Signature)
        slot.prepares[self.replica_id] = Ballot(slot.digest, vote.proof.value)
        self._send(vote, *self.others)

    def _on_prepare(self, message: Signed[object], content: Prepare) -> Refusal | None:
        objection = self._place_objection(content)
        if objection is not None:
            return objection
        if not self._may_prepare(message.sender):
            return Refusal.PRIMARY_PREPARE
        assert isinstance(message.proof, Signature)
        slot = self.log.slot(content.sequence)
        objection = self._count(slot.prepares, message.sender, content.digest, message.proof.value)
        if objection is None:
            self._try_to_prepare(slot)
        return objection

    def _on_commit(self, message: Signed[object], content: Commit) -> Refusal | None:
        objection = self._place_objection(content)
        if objection is not None:
            return objection
        slot = self.log.slot(content.sequence)
        objection = self._count(slot.commits, message.sender, content.digest, b"")
        if objection is None:
            self._try_to_commit(slot)
        return objection

    def _try_to_prepare(self, slot: Slot) -> None:
        """Section 4.2: "prepared(m, v, n, i) is true if and only if replica i has inserted in its log: the request
        m, a pre-prepare for m in view v with sequence number n, and 2f prepares from different backups that match
        the pre-prepare". It multicasts a COMMIT "when prepared(m, v, n, i) becomes true"."""
        if slot.pre_prepare is None or slot.is_prepared:
            return
        place = slot.pre_prepare.content
        matching = self._matching(slot.prepares, place.digest)
        if len(matching) < self._prepares_needed():
            return
        assert isinstance(slot.pre_prepare.proof, Signature)
        slot.is_prepared = True
        signatures = {replica: ballot.signature for replica, ballot in matching.items()}
        slot.certificate = PreparedCertificate(
            place.view,
            place.sequence,
            place.digest,
            slot.pre_prepare.proof.value,
            make_votes(self.config, lowest(self.config, signatures, self.config.quorum - 1)),
        )
        self.log.has_changed(slot)
        slot.commits[self.replica_id] = Ballot(place.digest, b"")
        self._seal_and_send(Commit(place.view, place.sequence, place.digest), *self.others)
        self._try_to_commit(slot)

    def _try_to_commit(self, slot: Slot) -> None:
        """Section 4.2: "committed-local(m, v, n, i) is true if and only if prepared(m, v, n, i) is true and i has
        accepted 2f + 1 commits (possibly including its own) from different replicas that match the pre-prepare for
        m"."""
        if slot.is_committed or not slot.is_prepared or slot.digest is None:
            return
        if len(self._matching(slot.commits, slot.digest)) >= self._commits_needed():
            slot.is_committed = True
            self._execute_next()

    def _execute_next(self) -> None:
        """Section 4.2: "Each replica i executes the operation requested by m after committed-local(m, v, n, i) is true
        and i's state reflects the sequential execution of all requests with lower sequence numbers"."""
        slot = self.log.get(self.executed + 1)
        if self._executing is not None or slot is None or not slot.is_committed:
            return
        if slot.body is None:
            self._fetch_batch(slot)
            return
        assert slot.digest is not None
        is_checkpoint = slot.sequence % self.config.checkpoint_interval == 0
        self._executing = self._apply = Execution(
            self.view, slot.sequence, slot.digest, self._not_yet_executed(slot.body), is_checkpoint
        )

    # Checkpoints and state transfer (section 4.3) --------------------------------------------------------------------

    def _take_checkpoint(self, state: ReplicaState) -> None:
        vote = self.authentication.sign(self._checkpoints.taken(state))
        self._checkpoints.count(vote)
        self._send(vote, *self.others)
        wanted = self._checkpoints.wanted
        if wanted is not None and wanted.sequence == state.sequence:
            self._reach(wanted)
        else:
            self._try_to_stabilise(vote.content.sequence, vote.content.digest)

    def _on_checkpoint(self, message: Signed[Checkpoint]) -> Refusal | None:
        content = message.content
        if not self._is_in_window(content.sequence):
            return Refusal.OUTSIDE_WATER_MARKS
        known = self._checkpoints.vote_of(content.sequence, message.sender)
        if known is not None:
            return Refusal.DUPLICATE if known == content.digest else Refusal.CONFLICTING
        self._checkpoints.count(message)
        self._try_to_stabilise(content.sequence, content.digest)
        self._propose()
        return None

    def _try_to_stabilise(self, sequence: int, digest: Digest) -> None:
        """Section 4.3: "Each replica collects checkpoint messages in its log until it has 2f + 1 of them for
        sequence number n with the same digest d signed by different replicas"."""
        certificate = self._checkpoints.certificate(sequence, digest, self._checkpoints_needed())
        if certificate is not None:
            self._reach(certificate)

    def _reach(self, certificate: CheckpointCertificate) -> None:
        """A checkpoint is stable. Whoever has that state moves its water marks, whoever has not fetches it first."""
        if self._checkpoints.own_digest(certificate.sequence) == certificate.digest:
            self._make_stable(certificate)
        elif certificate.sequence > self.executed:
            self._checkpoints.want(certificate)
            self._fetch_state()

    def _make_stable(self, certificate: CheckpointCertificate, state: ReplicaState | None = None) -> None:
        self._checkpoints.make_stable(certificate, state)
        self.log.collect_garbage(certificate.sequence)
        self._next = max(self._next, certificate.sequence + 1)

    def _on_stable_checkpoint(self, certificate: CheckpointCertificate) -> Refusal | None:
        wanted = self._checkpoints.wanted
        if certificate.sequence <= max(self.low, wanted.sequence if wanted is not None else 0):
            return Refusal.NOT_WANTED
        if not is_stable(self.authentication, self.config, certificate):
            return Refusal.BAD_CERTIFICATE
        self._reach(certificate)
        self._propose()
        return None

    def _fetch_state(self) -> None:
        """Ask f + 1 of those who have voted for the checkpoint: one of them is correct and has the state."""
        wanted = self._checkpoints.wanted
        if wanted is not None:
            voters = signers_of(self.config, wanted.votes)
            others = [replica for replica in voters if replica != self.replica_id]
            self._seal_and_send(FetchState(wanted.sequence), *others[: self.config.witness])

    def _on_fetch_state(self, sender: str, content: FetchState) -> Refusal | None:
        state = self._checkpoints.state
        if state is None or state.sequence < content.sequence:
            return Refusal.NOT_WANTED
        if not self._may_answer(f"{sender} state"):
            return Refusal.TOO_OFTEN
        self._send(StateBody(self._checkpoints.stable, state), sender)
        return None

    def _on_state_body(self, message: StateBody) -> Refusal | None:
        certificate, state = message.certificate, message.state
        wanted = self._checkpoints.wanted
        if wanted is None or certificate.sequence < wanted.sequence or certificate.sequence <= self.executed:
            return Refusal.NOT_WANTED
        if not self._is_certified(state, certificate):
            return Refusal.WRONG_STATE
        if not is_stable(self.authentication, self.config, certificate):
            return Refusal.BAD_CERTIFICATE
        self._make_stable(certificate, state)
        self.executed = certificate.sequence
        self.clients.restore(state.clients)
        self._restore = state.service
        self._elapsed_ticks = 0
        self._next = max(self._next, self.executed + 1)
        self._propose()
        self._execute_next()
        return None

    # Batches that are missing ----------------------------------------------------------------------------------------

    def _fetch_batch(self, slot: Slot) -> None:
        assert slot.digest is not None
        self._seal_and_send(FetchBatch(slot.sequence, slot.digest), *self.others)

    def _on_fetch_batch(self, sender: str, content: FetchBatch) -> Refusal | None:
        slot = self.log.get(content.sequence)
        if slot is None or content.digest not in slot.bodies:
            return Refusal.NOT_WANTED
        if not self._may_answer(f"{sender} batch {content.sequence - self.low}"):
            return Refusal.TOO_OFTEN
        self._send(BatchBody(content.sequence, slot.bodies[content.digest]), sender)
        return None

    def _on_batch_body(self, message: BatchBody) -> Refusal | None:
        slot = self.log.get(message.sequence)
        if slot is None or slot.digest is None or slot.body is not None:
            return Refusal.NOT_WANTED
        if not self._is_body_of(message.batch, slot.digest):
            return Refusal.WRONG_BATCH
        slot.keep_body(slot.digest, message.batch)
        self.log.has_changed(slot)
        self._execute_next()
        return None
