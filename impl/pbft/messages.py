"""What travels between replicas and clients, and the test of whether it is well formed and within bounds.

What one member claims is `Signed`: its content, who claims it and the proof, a signature or a MAC authenticator. What
anybody can check against a digest or a certificate is sent as it is: a batch of requests apart from the pre-prepare
that names its digest, a stable checkpoint, the state that belongs to one.

A certificate is a statement, a bitmap of its signers and their signatures (`Votes`): a member is in it once or not at
all, so that counting signers can never count messages.

The core refuses whatever is not well formed or exceeds the limits of the configuration, so that nothing behind that
door has to expect it, and what a faulty member can have stored is bounded.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Literal, TypeAlias, TypeVar

from .config import Config
from .encoding import DIGEST_BYTES, Digest, digest_of

# Views, sequence numbers and timestamps are stored in 64 signed bits by every wire and disk format worth supporting.
MAX_NUMBER = 2**63 - 1
MAX_NAME_CHARACTERS = 64
MAX_PROOF_BYTES = 128


@dataclass(frozen=True, slots=True)
class Signature:
    """A digital signature: anybody can verify it, so that it can be shown to others."""

    value: bytes


@dataclass(frozen=True, slots=True)
class Authenticator:
    """A vector of message authentication codes, one for each receiver, which can verify its own and no other."""

    tags: tuple[tuple[str, bytes], ...]


Proof: TypeAlias = Signature | Authenticator
Content = TypeVar("Content", covariant=True)


@dataclass(frozen=True, slots=True)
class Signed(Generic[Content]):
    """`content` is what `sender` says, as `proof` proves."""

    sender: str
    content: Content
    proof: Proof


@dataclass(frozen=True, slots=True)
class Votes:
    """Signatures on one statement: bit i of `signers` is replica i of the configuration; signatures in that order."""

    signers: int
    signatures: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Request:
    """<REQUEST, o, t, c>, signed by the client: timestamps of a client's requests increase."""

    timestamp: int
    client: str
    operation: bytes


Batch: TypeAlias = tuple[Signed[Request], ...]
NULL_BATCH: Batch = ()
NULL_DIGEST: Digest = digest_of(NULL_BATCH)
"""The null request, which only a new view proposes: it "goes through the protocol like other requests, but its
execution is a no-op" (section 4.4)."""


@dataclass(frozen=True, slots=True)
class Reply:
    """<REPLY, v, t, c, i, r>, to the client."""

    view: int
    timestamp: int
    client: str
    result: bytes


@dataclass(frozen=True, slots=True)
class PrePrepare:
    """<PRE-PREPARE, v, n, d>: the primary of the view gives the batch with this digest the sequence number."""

    view: int
    sequence: int
    digest: Digest


@dataclass(frozen=True, slots=True)
class Prepare:
    """<PREPARE, v, n, d>: a backup has accepted that pre-prepare, and accepts no other for v and n."""

    view: int
    sequence: int
    digest: Digest


@dataclass(frozen=True, slots=True)
class Commit:
    """<COMMIT, v, n, d>: a replica has prepared."""

    view: int
    sequence: int
    digest: Digest


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """<CHECKPOINT, n, d>: a replica's state after executing n, and all before, has this digest."""

    sequence: int
    digest: Digest


@dataclass(frozen=True, slots=True)
class PreparedCertificate:
    """A pre-prepare's signature and those of 2f backups on the PREPAREs that match it."""

    view: int
    sequence: int
    digest: Digest
    pre_prepare: bytes
    prepares: Votes


@dataclass(frozen=True, slots=True)
class CheckpointCertificate:
    """2f + 1 signatures on one CHECKPOINT, which make it stable. Sequence number 0 needs none: see `GENESIS`."""

    sequence: int
    digest: Digest
    votes: Votes


GENESIS = CheckpointCertificate(0, bytes(DIGEST_BYTES), Votes(0, ()))


@dataclass(frozen=True, slots=True)
class ViewChange:
    """<VIEW-CHANGE, v + 1, n, C, P>: `stable` proves the last stable checkpoint (n and C), `prepared` holds, for each
    sequence number above it that prepared at the sender, the certificate of the highest view, in ascending order."""

    view: int
    stable: CheckpointCertificate
    prepared: tuple[PreparedCertificate, ...]


@dataclass(frozen=True, slots=True)
class NewView:
    """<NEW-VIEW, v + 1, V, O>: the view changes of 2f + 1 replicas, and the pre-prepares that follow from them."""

    view: int
    view_changes: tuple[Signed[ViewChange], ...]
    pre_prepares: tuple[Signed[PrePrepare], ...]


@dataclass(frozen=True, slots=True)
class Status:
    """Where a replica is, sent now and then, so that others send again what it has missed (section 5.2 of TOCS'02)."""

    view: int
    is_active: bool
    stable: int
    executed: int


@dataclass(frozen=True, slots=True)
class FetchBatch:
    """Asks for the batch with this digest, which a sequence number was given to."""

    sequence: int
    digest: Digest


@dataclass(frozen=True, slots=True)
class FetchState:
    """Asks for the state at a stable checkpoint: this one or a later one."""

    sequence: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """A pre-prepare and the batch that it gives a number to."""

    pre_prepare: Signed[PrePrepare]
    batch: Batch


@dataclass(frozen=True, slots=True)
class BatchBody:
    """The answer to `FetchBatch`, which its digest proves."""

    sequence: int
    batch: Batch


@dataclass(frozen=True, slots=True)
class StableCheckpoint:
    """Tells a replica that is behind of a stable checkpoint, which the certificate proves."""

    certificate: CheckpointCertificate


@dataclass(frozen=True, slots=True)
class ClientRecord:
    """The last request of a client that was executed, and its result."""

    client: str
    timestamp: int
    request: Digest
    result: bytes


@dataclass(frozen=True, slots=True)
class ReplicaState:
    """All that a checkpoint's digest is of: the service's state after `sequence`, and what the clients were told."""

    sequence: int
    service: bytes
    clients: tuple[ClientRecord, ...]


@dataclass(frozen=True, slots=True)
class StateBody:
    """The answer to `FetchState`: the digest in the certificate is that of the state."""

    certificate: CheckpointCertificate
    state: ReplicaState


Vote: TypeAlias = Prepare | Commit
ReplicaContent: TypeAlias = Prepare | Commit | Checkpoint | ViewChange | NewView | Status | FetchBatch | FetchState
SelfCertified: TypeAlias = Proposal | BatchBody | StableCheckpoint | StateBody
Message: TypeAlias = Signed[Request | Reply | ReplicaContent] | SelfCertified

Fault: TypeAlias = Literal["malformed", "oversized"]
"""What is wrong with a message by itself: its shape, or its size."""


def fault_of(message: object, config: Config) -> Fault | None:
    """Why no member that follows the protocol sends `message`, whatever its state; None if one may."""
    match message:
        case Signed():
            if not _is_signed(message):
                return "malformed"
            check = _CONTENT_CHECKS.get(type(message.content))
            return "malformed" if check is None else check(message.content, config)
        case Proposal():
            if not _is_signed(message.pre_prepare) or type(message.pre_prepare.content) is not PrePrepare:
                return "malformed"
            return _numbered(message.pre_prepare.content, config) or _batch(message.batch, config)
        case BatchBody():
            return _all_of(_is_number(message.sequence, 1)) or _batch(message.batch, config)
        case StableCheckpoint():
            return _checkpoint_certificate(message.certificate, config)
        case StateBody():
            return _checkpoint_certificate(message.certificate, config) or _state(message.state, config)
    return "malformed"


# The checks: each returns what is wrong, "malformed" before "oversized" ----------------------------------------------


def _all_of(*conditions: bool) -> Fault | None:
    return None if all(conditions) else "malformed"


def _is_number(value: object, least: int) -> bool:
    return type(value) is int and least <= value <= MAX_NUMBER


def _is_name(value: object) -> bool:
    return type(value) is str and len(value) <= MAX_NAME_CHARACTERS


def _is_digest(value: object) -> bool:
    return type(value) is bytes and len(value) == DIGEST_BYTES


def _is_proof_value(value: object) -> bool:
    return type(value) is bytes and len(value) <= MAX_PROOF_BYTES


def _is_tag(tag: object) -> bool:
    return type(tag) is tuple and len(tag) == 2 and _is_name(tag[0]) and _is_proof_value(tag[1])


def _is_signed(message: object) -> bool:
    if type(message) is not Signed or not _is_name(message.sender):
        return False
    if type(message.proof) is Signature:
        return _is_proof_value(message.proof.value)
    return (
        type(message.proof) is Authenticator
        and type(message.proof.tags) is tuple
        and all(map(_is_tag, message.proof.tags))
    )


def _numbered(content: PrePrepare | Prepare | Commit, config: Config) -> Fault | None:
    return _all_of(_is_number(content.view, 0), _is_number(content.sequence, 1), _is_digest(content.digest))


def _checkpoint(content: Checkpoint, config: Config) -> Fault | None:
    return _all_of(
        _is_number(content.sequence, 1) and content.sequence % config.checkpoint_interval == 0,
        _is_digest(content.digest),
    )


def _request(content: Request, config: Config) -> Fault | None:
    if not (_is_number(content.timestamp, 1) and _is_name(content.client) and type(content.operation) is bytes):
        return "malformed"
    return "oversized" if len(content.operation) > config.max_operation_bytes else None


def _reply(content: Reply, config: Config) -> Fault | None:
    if not (
        _is_number(content.view, 0)
        and _is_number(content.timestamp, 1)
        and _is_name(content.client)
        and type(content.result) is bytes
    ):
        return "malformed"
    return "oversized" if len(content.result) > config.max_operation_bytes else None


def _batch(batch: object, config: Config) -> Fault | None:
    if type(batch) is not tuple:
        return "malformed"
    if len(batch) > config.max_batch:
        return "oversized"
    for request in batch:
        if not _is_signed(request) or type(request.content) is not Request:
            return "malformed"
        fault = _request(request.content, config)
        if fault is not None:
            return fault
    return None


def _is_votes(votes: object, config: Config) -> bool:
    return (
        type(votes) is Votes
        and type(votes.signers) is int
        and 0 <= votes.signers < 1 << len(config.replicas)
        and type(votes.signatures) is tuple
        and len(votes.signatures) == votes.signers.bit_count()
        and all(map(_is_proof_value, votes.signatures))
    )


def _checkpoint_certificate(certificate: object, config: Config) -> Fault | None:
    if type(certificate) is not CheckpointCertificate:
        return "malformed"
    return _all_of(
        _is_number(certificate.sequence, 0) and certificate.sequence % config.checkpoint_interval == 0,
        _is_digest(certificate.digest),
        _is_votes(certificate.votes, config),
    )


def _is_prepared_certificate(certificate: object, config: Config) -> bool:
    return (
        type(certificate) is PreparedCertificate
        and _is_number(certificate.view, 0)
        and _is_number(certificate.sequence, 1)
        and _is_digest(certificate.digest)
        and _is_proof_value(certificate.pre_prepare)
        and _is_votes(certificate.prepares, config)
    )


def _view_change(content: ViewChange, config: Config) -> Fault | None:
    if not _is_number(content.view, 1) or type(content.prepared) is not tuple:
        return "malformed"
    if len(content.prepared) > config.window:
        return "oversized"
    if not all(_is_prepared_certificate(certificate, config) for certificate in content.prepared):
        return "malformed"
    return _checkpoint_certificate(content.stable, config)


def _new_view(content: NewView, config: Config) -> Fault | None:
    if not (
        _is_number(content.view, 1) and type(content.view_changes) is tuple and type(content.pre_prepares) is tuple
    ):
        return "malformed"
    if len(content.view_changes) > len(config.replicas) or len(content.pre_prepares) > config.window:
        return "oversized"
    for view_change in content.view_changes:
        if not _is_signed(view_change) or type(view_change.content) is not ViewChange:
            return "malformed"
        fault = _view_change(view_change.content, config)
        if fault is not None:
            return fault
    for pre_prepare in content.pre_prepares:
        if not _is_signed(pre_prepare) or type(pre_prepare.content) is not PrePrepare:
            return "malformed"
        fault = _numbered(pre_prepare.content, config)
        if fault is not None:
            return fault
    return None


def _status(content: Status, config: Config) -> Fault | None:
    return _all_of(
        _is_number(content.view, 0),
        type(content.is_active) is bool,
        _is_number(content.stable, 0),
        _is_number(content.executed, 0),
    )


def _fetch_batch(content: FetchBatch, config: Config) -> Fault | None:
    return _all_of(_is_number(content.sequence, 1), _is_digest(content.digest))


def _fetch_state(content: FetchState, config: Config) -> Fault | None:
    return _all_of(_is_number(content.sequence, 1))


def _is_client_record(record: object) -> bool:
    return (
        type(record) is ClientRecord
        and _is_name(record.client)
        and _is_number(record.timestamp, 1)
        and _is_digest(record.request)
        and type(record.result) is bytes
    )


def _state(state: object, config: Config) -> Fault | None:
    if type(state) is not ReplicaState or type(state.service) is not bytes or type(state.clients) is not tuple:
        return "malformed"
    if len(state.service) > config.max_state_bytes or len(state.clients) > len(config.clients):
        return "oversized"
    return _all_of(_is_number(state.sequence, 1), all(map(_is_client_record, state.clients)))


_CONTENT_CHECKS: dict[type, Callable[..., Fault | None]] = {
    Request: _request,
    Reply: _reply,
    Prepare: _numbered,
    Commit: _numbered,
    Checkpoint: _checkpoint,
    ViewChange: _view_change,
    NewView: _new_view,
    Status: _status,
    FetchBatch: _fetch_batch,
    FetchState: _fetch_state,
}
