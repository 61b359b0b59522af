"""The slots of one replica: what was proposed for each number between the water marks, and who voted for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from .effects import DurableSlot
from .encoding import Digest
from .messages import NULL_BATCH, NULL_DIGEST, Batch, PreparedCertificate, PrePrepare, Signed
from .state import SlotPicture

# How many different batches a slot keeps: that of its pre-prepare, and earlier views' that might still be proposed
# again. Another replica has whatever is missing, unless it is faulty, or this limit was exceeded everywhere.
MAX_BODIES = 4


@dataclass(frozen=True, slots=True)
class Ballot:
    """The vote of one replica, for `digest`; the signature is empty where the vote goes into no certificate."""

    digest: Digest
    signature: bytes


@dataclass(slots=True)
class Slot:
    """What is known of one sequence number. `prepares` and `commits` are votes of the current view, one a sender."""

    sequence: int
    pre_prepare: Signed[PrePrepare] | None = None
    prepares: dict[str, Ballot] = field(default_factory=dict)
    commits: dict[str, Ballot] = field(default_factory=dict)
    # Prepared in the current view, so that a COMMIT is sent; committed in it, or in an earlier one and executed.
    is_prepared: bool = False
    is_committed: bool = False
    # The certificate of the latest view in which this replica prepared.
    certificate: PreparedCertificate | None = None
    bodies: dict[Digest, Batch] = field(default_factory=dict)

    @property
    def digest(self) -> Digest | None:
        """That of the pre-prepare accepted in the current view."""
        return None if self.pre_prepare is None else self.pre_prepare.content.digest

    @property
    def body(self) -> Batch | None:
        """The batch of that pre-prepare, if it is here."""
        return NULL_BATCH if self.digest == NULL_DIGEST else self.bodies.get(self.digest or b"")

    def keep_body(self, digest: Digest, batch: Batch) -> None:
        """Keep a batch, and forget the oldest if there are too many."""
        self.bodies.pop(digest, None)
        self.bodies[digest] = batch
        if len(self.bodies) > MAX_BODIES:
            prepared = self.certificate.digest if self.certificate is not None else None
            oldest = next(other for other in self.bodies if other not in (prepared, self.digest))
            del self.bodies[oldest]

    def enter_view(self) -> None:
        """Forget the votes of the view that is over; what was prepared, and the batches, outlive it."""
        self.pre_prepare = None
        self.prepares = {}
        self.commits = {}
        self.is_prepared = self.is_committed = False

    def picture(self) -> SlotPicture:
        """A frozen copy, for observers."""
        prepared = None if self.certificate is None else (self.certificate.view, self.certificate.digest)
        return SlotPicture(
            self.sequence,
            None if self.pre_prepare is None else self.pre_prepare.content.view,
            self.digest,
            {replica: ballot.digest for replica, ballot in self.prepares.items()},
            {replica: ballot.digest for replica, ballot in self.commits.items()},
            self.is_prepared,
            self.is_committed,
            prepared,
            self.body is not None,
        )

    def durable(self) -> DurableSlot:
        """What must survive a crash."""
        return DurableSlot(self.sequence, self.pre_prepare, tuple(self.bodies.items()), self.certificate)


class Log:
    """The slots above the low water mark, made when something is first known of them."""

    def __init__(self, restored: Iterable[DurableSlot] = ()) -> None:
        self._slots: dict[int, Slot] = {}
        self._changed: set[int] = set()
        for durable in restored:
            slot = self._slots[durable.sequence] = Slot(durable.sequence, durable.pre_prepare)
            slot.certificate = durable.prepared
            slot.bodies = dict(durable.bodies)

    def __iter__(self) -> Iterator[Slot]:
        """In ascending order of sequence numbers."""
        return iter([self._slots[sequence] for sequence in sorted(self._slots)])

    def get(self, sequence: int) -> Slot | None:
        return self._slots.get(sequence)

    def slot(self, sequence: int) -> Slot:
        """The slot of `sequence`, made if it is not there."""
        if sequence not in self._slots:
            self._slots[sequence] = Slot(sequence)
        return self._slots[sequence]

    def has_changed(self, slot: Slot) -> None:
        """What must survive a crash of `slot` is to be persisted anew."""
        self._changed.add(slot.sequence)

    def collect_garbage(self, stable: int) -> None:
        """Drop the slots up to `stable`: "discards all pre-prepare, prepare, and commit messages with sequence number
        less than or equal to n from its log" (section 4.3)."""
        self._slots = {sequence: slot for sequence, slot in self._slots.items() if sequence > stable}
        self._changed = {sequence for sequence in self._changed if sequence > stable}

    def enter_view(self) -> None:
        """Begin a new view with no votes."""
        for slot in self._slots.values():
            slot.enter_view()
            self.has_changed(slot)

    def take_changes(self) -> tuple[DurableSlot, ...]:
        """The slots that `has_changed` was told of since the last call."""
        changed = tuple(self._slots[sequence].durable() for sequence in sorted(self._changed))
        self._changed.clear()
        return changed

    def prepared(self) -> tuple[PreparedCertificate, ...]:
        """The certificates for a view change, in ascending order of sequence numbers."""
        return tuple(slot.certificate for slot in self if slot.certificate is not None)
