"""What a replica restores after a crash, and a frozen picture of all its state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .effects import DurableSlot, Persist
from .encoding import Digest
from .messages import GENESIS, CheckpointCertificate, NewView, ReplicaState, Signed


@dataclass(frozen=True, slots=True)
class DurableState:
    """What was persisted; the default is a first start's. `state` is None where the stable checkpoint's is missing."""

    view: int = 0
    is_active: bool = True
    slots: tuple[DurableSlot, ...] = ()
    stable: CheckpointCertificate = GENESIS
    state: ReplicaState | None = None
    new_view: Signed[NewView] | None = None

    def after(self, persist: Persist) -> DurableState:
        """This state once `persist` is durable."""
        stable = persist.stable or self.stable
        state = persist.state if persist.stable is not None or persist.state is not None else self.state
        slots = {slot.sequence: slot for slot in (*self.slots, *persist.slots) if slot.sequence > stable.sequence}
        return DurableState(
            persist.view,
            persist.is_active,
            tuple(slots[sequence] for sequence in sorted(slots)),
            stable,
            state,
            persist.new_view or self.new_view,
        )


@dataclass(frozen=True, slots=True)
class SlotPicture:
    """One slot: the view and digest of the pre-prepare accepted last, who voted for what in the current view (the own
    votes included), and the view and digest of the latest prepared certificate."""

    sequence: int
    view: int | None
    digest: Digest | None
    prepares: Mapping[str, Digest]
    commits: Mapping[str, Digest]
    is_prepared: bool
    is_committed: bool
    prepared: tuple[int, Digest] | None
    has_body: bool


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All state of a replica at one moment, as far as the protocol acts on it.

    `low` is the low water mark, `executed` the last sequence number executed, `slots` those above `low`; `checkpoints`
    are votes by sequence number and replica; `view_changes` the view of the latest view change of each replica;
    `timestamps` those of the last executed request of each client, `waiting` those of requests that wait.
    """

    view: int
    is_active: bool
    low: int
    executed: int
    slots: Mapping[int, SlotPicture]
    checkpoints: Mapping[int, Mapping[str, Digest]]
    view_changes: Mapping[str, int]
    timestamps: Mapping[str, int]
    waiting: Mapping[str, int]
    is_missing_state: bool
