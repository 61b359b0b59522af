"""The state of a replica, and its guards: each is one rule, a method of its own.

A test-only variant of the core overrides one, to prove that its absence is noticed (tests/impl/pbft/seeded.py). What
the rules are for is in `core.py`, where they are used.
"""

from __future__ import annotations

from collections.abc import Iterable

from .authentication import Authentication
from .checkpoints import Checkpoints
from .clients import Clients
from .config import Config
from .effects import Execution, Refusal, Send
from .encoding import Digest, digest_of
from .log import Ballot, Log
from .messages import (
    Batch,
    CheckpointCertificate,
    Commit,
    Message,
    NewView,
    Prepare,
    PrePrepare,
    ReplicaContent,
    ReplicaState,
    Reply,
    Request,
    Signed,
    ViewChange,
)
from .state import DurableState
from .view_change import Plan, ViewChanges, has_proposed, make_plan, senders_of


class Guards:
    """What a replica knows, and the rules that need nothing else.

    Readable at any time: `replica_id`, `others`, `view`, `is_active` (False between a VIEW-CHANGE and the NEW-VIEW),
    `executed` (the last sequence number executed), `low` (the low water mark), `log`, `clients`, `refusals` (how
    often each reason was given), `primary` and `is_primary`.
    """

    def __init__(self, replica_id: str, config: Config, authentication: Authentication, durable: DurableState) -> None:
        if replica_id not in config.replicas:
            raise ValueError(f"{replica_id!r} is none of the replicas {list(config.replicas)}")
        self.replica_id = replica_id
        self.config = config
        self.authentication = authentication
        self.others = tuple(replica for replica in config.replicas if replica != replica_id)
        self.refusals = dict.fromkeys(Refusal, 0)
        self.view = durable.view
        self.is_active = durable.is_active
        self.log = Log(durable.slots)
        # While the state at the stable checkpoint is missing, nothing above it can be executed.
        self.executed = 0 if durable.state is None else durable.state.sequence
        self.clients = Clients()
        if durable.state is not None:
            self.clients.restore(durable.state.clients)
        self._checkpoints = Checkpoints(config, durable.stable, durable.state)
        self._view_changes = ViewChanges(config, authentication)
        self._new_view = durable.new_view
        # The batch that the service is executing.
        self._executing: Execution | None = None
        # What the next sequence number is, and up to which timestamp each client's requests are in flight, if this
        # replica leads the view.
        self._next = max([self.executed, *(slot.sequence for slot in self.log if slot.digest is not None)]) + 1
        self._proposed: dict[str, int] = {}
        # Logical time: ticks in all, since the timer was started, when each question was last answered; and how many
        # views in a row have brought nothing.
        self._ticks = 0
        self._elapsed_ticks = 0
        self._answered: dict[str, int] = {}
        self._attempts = 0
        # What to send, and what else the effects of the input under way consist of.
        self._outbox: list[Send] = []
        self._restore: bytes | None = None
        self._apply: Execution | None = None

    @property
    def low(self) -> int:
        """h: "the sequence number of the last stable checkpoint" (section 4.3)."""
        return self._checkpoints.stable.sequence

    @property
    def stable(self) -> CheckpointCertificate:
        """The last stable checkpoint."""
        return self._checkpoints.stable

    @property
    def state(self) -> ReplicaState | None:
        """The state there; None while it is missing."""
        return self._checkpoints.state

    @property
    def primary(self) -> str:
        return self.config.primary(self.view)

    @property
    def is_primary(self) -> bool:
        return self.primary == self.replica_id

    def _seal_and_send(self, content: Reply | ReplicaContent, *dests: str) -> None:
        self._send(self.authentication.seal(content, dests), *dests)

    def _send(self, message: Message, *dests: str) -> None:
        if dests:
            self._outbox.append(Send(message, dests))

    def _may_answer(self, question: str) -> bool:
        """Whether the last such question is old enough; each question a replica may ask is one key."""
        last = self._answered.get(question)
        if last is not None and self._ticks - last < max(1, self.config.status_ticks // 2):
            return False
        self._answered[question] = self._ticks
        return True

    # Who says so -----------------------------------------------------------------------------------------------------

    def _is_authentic(self, message: Signed[object]) -> bool:
        return self.authentication.is_authentic(message)

    def _is_genuine(self, request: Signed[Request]) -> bool:
        """A primary can propose only what a client has asked for."""
        return (
            request.sender == request.content.client
            and request.sender in self.config.clients
            and self.authentication.is_authentic(request)
        )

    def _may_propose(self, sender: str) -> bool:
        return sender == self.primary

    def _may_prepare(self, sender: str) -> bool:
        """2f PREPAREs "from different backups": one of the primary's would be its second vote."""
        return sender != self.primary

    def _is_body_of(self, batch: Batch, digest: Digest) -> bool:
        """Section 4.2: "d is the digest for m"."""
        return digest_of(batch) == digest

    # Where and when --------------------------------------------------------------------------------------------------

    def _place_objection(self, content: PrePrepare | Prepare | Commit) -> Refusal | None:
        return self._view_objection(content.view) or (
            None if self._is_in_window(content.sequence) else Refusal.OUTSIDE_WATER_MARKS
        )

    def _view_objection(self, view: int) -> Refusal | None:
        """A vote counts in the view that it was given in, and no vote is given between views."""
        if view < self.view:
            return Refusal.STALE_VIEW
        if view > self.view:
            return Refusal.FUTURE_VIEW
        return None if self.is_active else Refusal.VIEW_CHANGING

    def _is_in_window(self, sequence: int) -> bool:
        """Section 4.3: "h < n <= H", and H = h + L."""
        return self._is_above_low(sequence) and self._is_below_high(sequence)

    def _is_above_low(self, sequence: int) -> bool:
        return sequence > self.low

    def _is_below_high(self, sequence: int) -> bool:
        """Section 4.3: "to prevent a faulty primary from exhausting the space of sequence numbers"."""
        return sequence <= self.low + self.config.window

    def _is_over(self, view: int) -> bool:
        """Whether a view change to `view` or its new view comes too late."""
        return view < self.view or (view == self.view and self.is_active)

    # How many --------------------------------------------------------------------------------------------------------

    def _count(self, votes: dict[str, Ballot], sender: str, digest: Digest, signature: bytes) -> Refusal | None:
        """Keep the first vote of each replica: "different replicas"."""
        known = votes.get(sender)
        if known is not None:
            return Refusal.DUPLICATE if known.digest == digest else Refusal.CONFLICTING
        votes[sender] = Ballot(digest, signature)
        return None

    def _matching(self, votes: dict[str, Ballot], digest: Digest) -> dict[str, Ballot]:
        """The votes "that match the pre-prepare"."""
        return {replica: ballot for replica, ballot in votes.items() if ballot.digest == digest}

    def _prepares_needed(self) -> int:
        """2f, which with the primary's pre-prepare is a quorum."""
        return self.config.quorum - 1

    def _commits_needed(self) -> int:
        return self.config.quorum

    def _checkpoints_needed(self) -> int:
        return self.config.quorum

    def _view_changes_needed(self) -> int:
        return self.config.quorum

    def _view_changes_to_join(self) -> int:
        return self.config.witness

    def _doublings(self, attempts: int) -> int:
        """How often the timeout has doubled when so many views in a row were asked for: not for the first."""
        return max(0, attempts - 1)

    # What is believed ------------------------------------------------------------------------------------------------

    def _may_accept_another(self) -> bool:
        """Never a second pre-prepare "for view v and sequence number n containing a different digest"."""
        return False

    def _is_certified(self, state: ReplicaState, certificate: CheckpointCertificate) -> bool:
        """A state is taken from anybody, but only the one that 2f + 1 replicas have."""
        return state.sequence == certificate.sequence and digest_of(state) == certificate.digest

    def _not_yet_executed(self, batch: Batch) -> tuple[Request, ...]:
        """Section 4.1: timestamps "ensure exactly-once semantics for the execution of client requests"."""
        latest = {record.client: record.timestamp for record in self.clients.records}
        chosen: list[Request] = []
        for message in batch:
            request = message.content
            if request.timestamp > latest.get(request.client, 0):
                latest[request.client] = request.timestamp
                chosen.append(request)
        return tuple(chosen)

    def _is_proven(self, content: ViewChange) -> bool:
        """What a view change reports as prepared must be proven, and so must its checkpoint."""
        return self._view_changes.is_valid(content)

    def _has_quorum_of_view_changes(self, content: NewView) -> bool:
        """2f + 1 distinct senders, one view change of each."""
        senders = senders_of(content.view_changes)
        return len(senders) == len(content.view_changes) >= self.config.quorum

    def _plan(self, view_changes: Iterable[ViewChange]) -> Plan:
        """The digest of the highest view, and the null request in the gaps."""
        return make_plan(view_changes)

    def _has_proposed(self, new_view: Signed[NewView], plan: Plan) -> bool:
        """Backups compute O again: "performing a computation similar to the one used by the primary"."""
        return has_proposed(new_view, plan, self.authentication)
