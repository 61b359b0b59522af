"""The pure core of a PBFT replica: a tick, a message or the outcome of an execution in, one frozen `Effects` out.

Theory of operation
===================

A `PbftCore` is one of n replicas of which f = (n - 1) // 3 may do anything at all. It does no I/O, reads no clock and
draws no random numbers: its driver calls `tick()` at regular intervals, `step(message)` for each message that arrives,
requests of clients included, and `executed_batch(outcome)` when the service has executed what the effects said to
apply, and carries out the effects of each before the next (the contract is in `effects.py`). Same state and same input:
same output.

The protocol is that of Castro and Liskov, "Practical Byzantine Fault Tolerance" (OSDI 1999), which is what sections
refer to; "TOCS'02" is their "Practical Byzantine Fault Tolerance and Proactive Recovery". Each rule is quoted beside
the code that obeys it. Rules that a test must be able to take away, to prove that something notices, are methods of
their own: `guards.py`, with the state, which `agreement.py` builds on, which this file builds on.

  request     A client's request waits in `clients` until it is executed. The primary gives batches of them numbers.
  agreement   pre-prepare, prepare, commit, one `Slot` for each sequence number between the water marks. A replica
              votes once for each number in a view; the COMMIT says that it has prepared.
  execution   In the order of sequence numbers, one batch at a time, each request of a client at most once.
  checkpoint  Every K numbers. 2f + 1 equal votes make one stable: the low water mark rises, garbage goes, and whoever
              is behind fetches the state with that digest.
  view        When requests wait for too long, VIEW-CHANGE, and no vote until the NEW-VIEW, which the primary computes
              from 2f + 1 of them and the backups compute again.
  status      Every now and then a replica tells where it is, and the others send it again what it has missed.

Every input runs in three movements, as in Raft's core: it is refused, with the reason counted, before it has changed
anything; or a handler changes the state and collects what to send; then `_effects` collects what to persist.
Whatever a faulty member sends is refused or stored within bounds: a vote for each replica and number between the
water marks, a view change for each replica, a request and a reply for each client, `log.MAX_BODIES` batches for each
number.
"""

from __future__ import annotations

from .agreement import NormalCase
from .authentication import Authentication
from .config import Config
from .effects import Effects, Outcome, Persist, Refusal
from .log import Ballot
from .messages import (
    BatchBody,
    Checkpoint,
    Commit,
    FetchBatch,
    FetchState,
    NewView,
    Prepare,
    Proposal,
    ReplicaContent,
    ReplicaState,
    Reply,
    Request,
    Signature,
    Signed,
    StableCheckpoint,
    StateBody,
    Status,
    ViewChange,
    fault_of,
)
from .state import DurableState, Snapshot
from .view_change import Plan, make_pre_prepares, senders_of


class PbftCore(NormalCase):
    """One PBFT replica.

    `authentication` holds the keys of `replica_id`. `durable` is what was persisted before the last crash; the default
    is a replica that has never run. The driver starts the service from `durable.state`, if there is one.

    Raises ValueError if `replica_id` is not a replica of the configuration.
    """

    def __init__(
        self, replica_id: str, config: Config, authentication: Authentication, durable: DurableState | None = None
    ) -> None:
        super().__init__(replica_id, config, authentication, durable or DurableState())
        # What the effects of the next input are computed from.
        self._persisted = (self.view, self.is_active, self._checkpoints.stable, self._checkpoints.state, self._new_view)
        self._vote_again()

    # Inputs ----------------------------------------------------------------------------------------------------------

    def tick(self) -> Effects:
        """One unit of logical time has passed."""
        assert self._executing is None, "the outcome of an execution comes before anything else"
        self._ticks += 1
        self._elapsed_ticks = self._elapsed_ticks + 1 if self._is_timer_running() else 0
        if self._elapsed_ticks >= self.timeout_ticks:
            # "If the timer of backup i expires in view v, the backup starts a view change to move the system to view
            # v + 1" (section 4.4).
            self._start_view_change(self.view + 1)
        elif self._ticks % self.config.status_ticks == 0:
            self._send_status()
        return self._effects()

    def step(self, message: object) -> Effects:
        """A message has arrived. Whatever it is, this does not raise: see `Effects.refused`."""
        assert self._executing is None, "the outcome of an execution comes before anything else"
        fault = fault_of(message, self.config)
        if fault is not None:
            return self._refuse(Refusal.MALFORMED if fault == "malformed" else Refusal.OVERSIZED)
        match message:
            case Signed():
                refusal = self._on_signed(message)
            case Proposal():
                refusal = self._on_proposal(message)
            case BatchBody():
                refusal = self._on_batch_body(message)
            case StableCheckpoint(certificate):
                refusal = self._on_stable_checkpoint(certificate)
            case StateBody():
                refusal = self._on_state_body(message)
            case _:
                raise AssertionError(message)
        return self._effects() if refusal is None else self._refuse(refusal)

    def executed_batch(self, outcome: Outcome) -> Effects:
        """The service has executed what `Effects.apply` of the last input said."""
        execution = self._executing
        assert execution is not None and len(outcome.results) == len(execution.requests)
        self._executing = None
        self.executed = execution.sequence
        for request, result in zip(execution.requests, outcome.results, strict=True):
            assert len(result) <= self.config.max_operation_bytes
            self.clients.executed(request, result)
            self._reply(request.client, request.timestamp, result)
        # "the replica ... restarts it if at that point it is waiting to execute some other request" (section 4.4).
        self._elapsed_ticks = 0
        self._attempts = 0
        if execution.is_checkpoint:
            assert outcome.state is not None
            self._take_checkpoint(ReplicaState(self.executed, outcome.state, self.clients.records))
        self._propose()
        self._execute_next()
        return self._effects()

    def snapshot(self) -> Snapshot:
        """A frozen copy of the state, for observers."""
        return Snapshot(
            self.view,
            self.is_active,
            self.low,
            self.executed,
            {slot.sequence: slot.picture() for slot in self.log},
            self._checkpoints.votes(),
            self._view_changes.views(),
            {record.client: record.timestamp for record in self.clients.records},
            {client: request.content.timestamp for client, request in self.clients.pending.items()},
            self._checkpoints.wanted is not None,
        )

    def _on_signed(self, message: Signed[Request | Reply | ReplicaContent]) -> Refusal | None:
        content = message.content
        if isinstance(content, Request):
            return self._on_request(Signed(message.sender, content, message.proof))
        if isinstance(content, Reply):
            return Refusal.MALFORMED
        if message.sender not in self.others:
            return Refusal.UNKNOWN_REPLICA
        if not self._is_authentic(message):
            return Refusal.BAD_SIGNATURE if isinstance(message.proof, Signature) else Refusal.BAD_MAC
        match content:
            case Prepare():
                return self._on_prepare(message, content)
            case Commit():
                return self._on_commit(message, content)
            case Checkpoint():
                return self._on_checkpoint(Signed(message.sender, content, message.proof))
            case ViewChange():
                return self._on_view_change(Signed(message.sender, content, message.proof))
            case NewView():
                return self._on_new_view(Signed(message.sender, content, message.proof))
            case Status():
                return self._on_status(message.sender, content)
            case FetchBatch():
                return self._on_fetch_batch(message.sender, content)
            case FetchState():
                return self._on_fetch_state(message.sender, content)

    # View changes (section 4.4) --------------------------------------------------------------------------------------

    def _start_view_change(self, view: int) -> None:
        """Section 4.4: "It stops accepting messages (other than checkpoint, view-change, and new-view messages) and
        multicasts a VIEW-CHANGE message to all replicas"."""
        assert view > self.view
        self.view = view
        self.is_active = False
        self._elapsed_ticks = 0
        self._attempts += 1
        message = self._own_view_change()
        self._view_changes.forget_before(view)
        self._view_changes.add(message)
        self._send(message, *self.others)
        self._try_to_lead()

    def _own_view_change(self) -> Signed[ViewChange]:
        return self.authentication.sign(ViewChange(self.view, self._checkpoints.stable, self.log.prepared()))

    def _on_view_change(self, message: Signed[ViewChange]) -> Refusal | None:
        content = message.content
        known = self._view_changes.latest(message.sender)
        if self._is_over(content.view) or (known is not None and content.view < known.content.view):
            return Refusal.STALE_VIEW
        if known is not None and content.view == known.content.view:
            return Refusal.DUPLICATE if known.content == content else Refusal.CONFLICTING
        if not self._is_proven(content):
            return Refusal.BAD_PREPARED_SET
        self._view_changes.add(message)
        self._join()
        self._try_to_lead()
        return None

    def _join(self) -> None:
        """Section 4.5.2: "if a replica receives a set of f + 1 valid view-change messages from other replicas for views
        greater than its current view, it sends a view-change message for the smallest view in the set, even if its
        timer has not expired"."""
        later = [view for view in self._view_changes.views().values() if view > self.view]
        if len(later) >= self._view_changes_to_join():
            self._start_view_change(min(later))

    def _try_to_lead(self) -> None:
        """Section 4.4: "When the primary p of view v + 1 receives 2f valid view-change messages for view v + 1 from
        other replicas, it multicasts a NEW-VIEW message to all other replicas"."""
        view_changes = self._view_changes.of(self.view)
        if self.is_active or not self.is_primary or len(view_changes) < self._view_changes_needed():
            return
        own = [message for message in view_changes if message.sender == self.replica_id]
        others = [message for message in view_changes if message.sender != self.replica_id]
        chosen = tuple((own + others)[: self.config.quorum])
        plan = self._plan(message.content for message in chosen)
        pre_prepares = make_pre_prepares(self.authentication, self.view, plan.digests)
        new_view = self.authentication.sign(NewView(self.view, chosen, pre_prepares))
        self._send(new_view, *self.others)
        self._enter(new_view, plan)

    def _on_new_view(self, message: Signed[NewView]) -> Refusal | None:
        """Section 4.4: "A backup accepts a new-view message for view v + 1 if it is signed properly, if the
        view-change messages it contains are valid for view v + 1, and if the set O is correct; it verifies the
        correctness of O by performing a computation similar to the one used by the primary"."""
        content = message.content
        if message.sender != self.config.primary(content.view):
            return Refusal.NOT_PRIMARY
        if self._is_over(content.view):
            return Refusal.STALE_VIEW
        senders = senders_of(content.view_changes)
        if not senders <= set(self.config.replicas) or not self._has_quorum_of_view_changes(content):
            return Refusal.BAD_NEW_VIEW
        for view_change in content.view_changes:
            if view_change.content.view != content.view or not self._is_proven(view_change.content):
                return Refusal.BAD_NEW_VIEW
            if not self._is_authentic(view_change):
                return Refusal.BAD_SIGNATURE
        plan = self._plan(view_change.content for view_change in content.view_changes)
        if not self._has_proposed(message, plan):
            return Refusal.BAD_NEW_VIEW
        self._enter(message, plan)
        return None

    def _enter(self, new_view: Signed[NewView], plan: Plan) -> None:
        """Section 4.4: "Then it ... multicasts a prepare for each message in O to all the other replicas, adds these
        prepares to its log, and enters view v + 1". A number above those of O starts afresh."""
        content = new_view.content
        self.view, self.is_active = content.view, True
        self._new_view = new_view
        self._elapsed_ticks = 0
        self._view_changes.forget_before(content.view + 1)
        self.log.enter_view()
        self._proposed = {}
        last = max([plan.stable.sequence, self.low, *(message.content.sequence for message in content.pre_prepares)])
        self._next = last + 1
        if plan.stable.sequence > self.low:
            self._make_stable(plan.stable)
            self._fetch_state()
        for message in content.pre_prepares:
            if message.content.sequence > self.low:
                slot = self.log.slot(message.content.sequence)
                slot.pre_prepare = message
                self.log.has_changed(slot)
                self._note_proposed(slot.body or ())
                self._vote_to_prepare(slot)
        for slot in self.log:
            self._try_to_prepare(slot)
        self._relay_pending()
        self._propose()

    # Retransmission (TOCS'02, section 5.2) ---------------------------------------------------------------------------

    def _send_status(self) -> None:
        self._seal_and_send(Status(self.view, self.is_active, self.low, self.executed), *self.others)
        self._fetch_state()
        slot = self.log.get(self.executed + 1)
        if slot is not None and slot.is_committed and slot.body is None:
            self._fetch_batch(slot)
        self._relay_pending()

    def _relay_pending(self) -> None:
        if self.is_active and not self.is_primary:
            for request in self.clients.pending.values():
                self._send(request, self.primary)

    def _on_status(self, sender: str, status: Status) -> Refusal | None:
        """Send again what the sender lacks. It asks often, and so is answered not too often."""
        if not self._may_answer(sender):
            return Refusal.TOO_OFTEN
        if status.stable < self.low:
            self._send(StableCheckpoint(self._checkpoints.stable), sender)
        for checkpoint in self._checkpoints.own():
            if status.stable < checkpoint.sequence <= status.stable + self.config.window:
                self._seal_and_send(checkpoint, sender)
        is_behind = (status.view, status.is_active) < (self.view, self.is_active)
        if is_behind and self.is_active and self._new_view is not None:
            self._send(self._new_view, sender)
        elif not self.is_active and status.view <= self.view and not (status.view == self.view and status.is_active):
            own = self._view_changes.latest(self.replica_id)
            assert own is not None
            self._send(own, sender)
        elif self.is_active and (status.view, status.is_active) == (self.view, True):
            self._send_votes_again(sender, status.executed)
        return None

    def _send_votes_again(self, peer: str, executed: int) -> None:
        for slot in self.log:
            if slot.sequence <= executed or slot.pre_prepare is None or slot.digest is None:
                continue
            if self.is_primary and slot.body:
                self._send(Proposal(slot.pre_prepare, slot.body), peer)
            elif not self.is_primary:
                self._seal_and_send(Prepare(self.view, slot.sequence, slot.digest), peer)
            if slot.is_prepared:
                self._seal_and_send(Commit(self.view, slot.sequence, slot.digest), peer)

    # Common to all ---------------------------------------------------------------------------------------------------

    @property
    def timeout_ticks(self) -> int:
        """How long to wait: "2T" after a view that brought nothing, then "it doubles again" (section 4.5.2)."""
        return self.config.backoff_ticks(self.config.request_timeout_ticks, self._doublings(self._attempts))

    def _is_timer_running(self) -> bool:
        """Section 4.4: "A backup starts a timer when it receives a request and the timer is not already running";
        after a VIEW-CHANGE "it waits for 2f + 1 view-change messages for view v + 1 and then starts a timer"
        (4.5.2)."""
        if self.executed < self.low:
            # Nothing can be executed in any view before the state has come.
            return False
        if not self.is_active:
            return len(self._view_changes.of(self.view)) >= self.config.quorum
        has_accepted = any(slot.sequence > self.executed and slot.digest is not None for slot in self.log)
        return has_accepted or bool(self.clients.pending)

    def _vote_again(self) -> None:
        """After a restart: what was promised before the crash stands. Nothing is sent: others will ask."""
        for slot in self.log:
            if slot.digest is not None:
                if not self.is_primary:
                    self._vote_to_prepare(slot)
                certificate = slot.certificate
                slot.is_prepared = certificate is not None and certificate.view == self.view and self.is_active
                if slot.is_prepared:
                    slot.commits[self.replica_id] = Ballot(slot.digest, b"")
        if not self.is_active:
            self._view_changes.add(self._own_view_change())
        self._outbox.clear()

    def _refuse(self, reason: Refusal) -> Effects:
        self.refusals[reason] += 1
        return Effects(refused=reason)

    def _effects(self) -> Effects:
        """Collect what has changed since the last input."""
        slots = self.log.take_changes()
        stable, state = self._checkpoints.stable, self._checkpoints.state
        now = (self.view, self.is_active, stable, state, self._new_view)
        persist = None
        if slots or now != self._persisted:
            is_same_stable = stable == self._persisted[2]
            persist = Persist(
                self.view,
                self.is_active,
                slots,
                None if is_same_stable else stable,
                None if is_same_stable and state is self._persisted[3] else state,
                None if self._new_view is self._persisted[4] else self._new_view,
            )
        effects = Effects(persist, tuple(self._outbox), self._restore, self._apply)
        self._persisted = now
        self._outbox.clear()
        self._restore = self._apply = None
        return effects
