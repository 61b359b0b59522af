"""What an input to the core asks its driver to do: one frozen `Effects` for each input.

The driver carries out `persist`, `send`, `restore`, `apply`, in that order, and each wholly before the next begins:

1. `persist` must be durable (fsync has returned) before anything of `send` leaves, as one unit: a replica that forgot
   in a crash what it voted for would vote otherwise, which makes it a faulty one.
2. `send` may be lost, duplicated, delayed and reordered, in whole or in part.
3. `restore` replaces the state of the service by that of a stable checkpoint.
4. `apply` is executed by the service, its requests in their order; the core's next input is `executed`, with the
   results. So a replica executes one batch at a time.

If the replica crashes before `persist` is durable, the input never happened.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from .encoding import Digest
from .messages import (
    Batch,
    CheckpointCertificate,
    Message,
    NewView,
    PreparedCertificate,
    PrePrepare,
    ReplicaState,
    Request,
    Signed,
)


class Refusal(Enum):
    """Why an input was refused; a refused input has changed nothing."""

    MALFORMED = "no member following the protocol sends such a message"
    OVERSIZED = "the message exceeds a limit of the configuration"
    UNKNOWN_REPLICA = "the sender is not one of the other replicas"
    UNKNOWN_CLIENT = "the sender is not a client"
    BAD_SIGNATURE = "the signature is not the sender's"
    BAD_MAC = "no code for this receiver proves that the sender said so"
    STALE_VIEW = "the message is of a view that is over"
    FUTURE_VIEW = "the message is of a view that has not begun here"
    VIEW_CHANGING = "no vote is taken between two views"
    OUTSIDE_WATER_MARKS = "the sequence number is not between the water marks"
    NOT_PRIMARY = "only the primary of a view may say so"
    PRIMARY_PREPARE = "the pre-prepare of the primary is its vote: it sends no PREPARE"
    DUPLICATE = "the sender has said the same before"
    CONFLICTING = "the sender has said otherwise before"
    WRONG_BATCH = "the batch is empty, or not the one that the digest is of"
    BAD_REQUEST = "the batch has a request that its client did not sign"
    WRONG_STATE = "the state is not the one that the certificate's digest is of"
    BAD_CERTIFICATE = "the certificate lacks distinct signers, or a signature is not theirs"
    BAD_PREPARED_SET = "a view change proves its prepared requests badly"
    BAD_NEW_VIEW = "the new view does not follow from view changes of 2f + 1 replicas"
    STALE_TIMESTAMP = "the client has had a later request executed, or waits for one"
    REUSED_TIMESTAMP = "the client has used the timestamp for another request"
    NOT_WANTED = "nothing waits for this answer"
    TOO_OFTEN = "the sender was answered a moment ago"


@dataclass(frozen=True, slots=True)
class Send:
    """One message to each of `dests`."""

    message: Message
    dests: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Execution:
    """The requests of one batch that are to be executed, those left out that were executed before; none for the null
    request. `is_checkpoint` asks for the state of the service afterwards."""

    view: int
    sequence: int
    digest: Digest
    requests: tuple[Request, ...]
    is_checkpoint: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What executing has brought: a result for each request, and the service's state if it was asked for."""

    results: tuple[bytes, ...]
    state: bytes | None = None


@dataclass(frozen=True, slots=True)
class DurableSlot:
    """What a replica must not forget of one sequence number: the pre-prepare that it voted for in its view, the batches
    by digest, and the certificate of the latest view in which it prepared."""

    sequence: int
    pre_prepare: Signed[PrePrepare] | None
    bodies: tuple[tuple[Digest, Batch], ...]
    prepared: PreparedCertificate | None


@dataclass(frozen=True, slots=True)
class Persist:
    """What must become durable: the view and whether it has begun, and what has changed of the rest.

    `slots` replace those of their sequence numbers; all up to that of `stable` are dropped; None means unchanged.
    """

    view: int
    is_active: bool
    slots: tuple[DurableSlot, ...]
    stable: CheckpointCertificate | None
    state: ReplicaState | None
    new_view: Signed[NewView] | None


@dataclass(frozen=True, slots=True)
class Effects:
    """The whole outcome of one input; `refused` if it was not taken."""

    persist: Persist | None = None
    send: tuple[Send, ...] = ()
    restore: bytes | None = None
    apply: Execution | None = None
    refused: Refusal | None = None
