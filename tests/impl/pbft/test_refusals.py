"""What a replica refuses: each reason, that it is counted, and that nothing has changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from comitia.impl.pbft import Effects, PbftCore, Refusal, Request, Scheme, Signed
from comitia.impl.pbft.encoding import digest_of
from comitia.impl.pbft.messages import (
    GENESIS,
    MAX_NUMBER,
    BatchBody,
    Checkpoint,
    CheckpointCertificate,
    Commit,
    FetchBatch,
    FetchState,
    NewView,
    Prepare,
    PreparedCertificate,
    PrePrepare,
    Proposal,
    ReplicaState,
    Reply,
    Signature,
    StableCheckpoint,
    StateBody,
    Status,
    ViewChange,
    Votes,
)

from .harness import Cluster, keys, make_config

CONFIG = make_config()
D, E = bytes(32), b"e" * 32


def sign(member: str, content: Any) -> Any:
    return keys(CONFIG, member).sign(content)


def request(timestamp: int = 1, operation: bytes = b"x", client: str = "c1", signer: str | None = None) -> Any:
    return sign(signer or client, Request(timestamp, client, operation))


def proposal(sequence: int, *batch: Any, view: int = 0, primary: str = "r1", digest: bytes | None = None) -> Proposal:
    content = PrePrepare(view, sequence, digest_of(batch) if digest is None else digest)
    return Proposal(sign(primary, content), batch)


def votes(statement: Any, *signers: str) -> Votes:
    signatures = tuple(sign(signer, statement).proof.value for signer in sorted(signers))
    return Votes(sum(1 << CONFIG.replicas.index(signer) for signer in signers), signatures)


def checkpoint_certificate(sequence: int, *signers: str, digest: bytes = D) -> CheckpointCertificate:
    return CheckpointCertificate(sequence, digest, votes(Checkpoint(sequence, digest), *signers))


def prepared(view: int, sequence: int, *backups: str, digest: bytes = D, primary: str | None = None) -> Any:
    place = (view, sequence, digest)
    pre_prepare = sign(primary or CONFIG.primary(view), PrePrepare(*place)).proof.value
    return PreparedCertificate(*place, pre_prepare, votes(Prepare(*place), *backups))


def core() -> PbftCore:
    """r2 in view 0, with one request proposed, of which r3 has voted, and nothing executed."""
    made = Cluster(CONFIG).cores["r2"]
    assert made.step(proposal(1, request(3))).refused is None
    assert made.step(sign("r3", Commit(0, 1, D))).refused is None
    assert made.step(sign("r3", Checkpoint(4, D))).refused is None
    assert made.step(request(5, client="c2")).refused is None
    assert made.step(sign("r4", ViewChange(3, GENESIS, ()))).refused is None
    assert made.step(sign("r4", Status(0, True, 0, 0))).refused is None
    return made


def changing() -> PbftCore:
    """r2, which has asked for view 1."""
    made = core()
    while made.view == 0:
        made.tick()
    return made


def collected() -> PbftCore:
    """r2, for which 4 is stable."""
    cluster = Cluster(CONFIG)
    for number in range(4):
        cluster.invoke("c1", b"%d" % number)
        cluster.deliver()
    return cluster.cores["r2"]


def missing() -> PbftCore:
    """r2, which knows of a stable checkpoint and lacks the state."""
    made = core()
    assert made.step(StableCheckpoint(checkpoint_certificate(4, "r1", "r3", "r4"))).refused is None
    return made


def new_view_of(view: int, view_changes: list[Any], *pre_prepares: tuple[int, bytes], sender: str | None = None) -> Any:
    """The NEW-VIEW of `sender`, by default the primary, whose pre-prepares are signed by the primary."""
    primary = CONFIG.primary(view)
    proposed = tuple(sign(primary, PrePrepare(view, *place)) for place in pre_prepares)
    return sign(sender or primary, NewView(view, tuple(view_changes), proposed))


def new_view(view: int, senders: str, *pre_prepares: tuple[int, bytes], sender: str | None = None) -> Any:
    """One of view changes with nothing prepared, each digit a sender."""
    view_changes = [sign(f"r{number}", ViewChange(view, GENESIS, ())) for number in senders]
    return new_view_of(view, view_changes, *pre_prepares, sender=sender)


def view_changes(content: ViewChange, *senders: str) -> list[Any]:
    return [sign(sender, content) for sender in senders or ("r1", "r3", "r4")]


PREPARED_1 = ViewChange(2, GENESIS, (prepared(0, 1, "r3", "r4"),))
MALFORMED: dict[str, object] = {
    "no message": "hello",
    "nothing": None,
    "a class": Signed,
    "a content without a signature": Commit(0, 1, D),
    "a proof of another kind": Signed("r3", Commit(0, 1, D), b"proof"),  # pyright: ignore[reportArgumentType]
    "a sender that is no text": replace(sign("r3", Commit(0, 1, D)), sender=["r3"]),
    "an endless sender": replace(sign("r3", Commit(0, 1, D)), sender="r" * 1000),
    "a signature of a megabyte": replace(sign("r3", Commit(0, 1, D)), proof=Signature(bytes(1 << 20))),
    "a negative view": sign("r3", Commit(-1, 1, D)),
    "sequence number 0": sign("r3", Prepare(0, 0, D)),
    "a number that is a boolean": sign("r3", Prepare(0, True, D)),
    "a number beyond 64 bits": sign("r3", Commit(0, MAX_NUMBER + 1, D)),
    "a digest that is none": sign("r3", Commit(0, 1, b"d")),
    "a checkpoint between two": sign("r3", Checkpoint(3, D)),
    "a reply": sign("r3", Reply(0, 1, "c1", b"")),
    "a batch in a list": replace(proposal(2), batch=[]),
    "a batch of something else": replace(proposal(2), batch=(Commit(0, 1, D),)),
    "a request whose operation is text": proposal(2, request(operation="x")),  # pyright: ignore[reportArgumentType]
    "a certificate with a signature too few": StableCheckpoint(CheckpointCertificate(4, D, Votes(7, (b"", b"")))),
    "a certificate signed by nobody known": StableCheckpoint(CheckpointCertificate(4, D, Votes(1 << 4, (b"",)))),
    "a state that is none": StateBody(checkpoint_certificate(4), b"state"),  # pyright: ignore[reportArgumentType]
    "a view change to view 0": sign("r3", ViewChange(0, GENESIS, ())),
    "a view change with a request for a certificate": sign("r3", ViewChange(1, GENESIS, (request(),))),
    "a new view of something else": sign("r2", NewView(1, (request(),), ())),  # pyright: ignore[reportArgumentType]
}
OVERSIZED: dict[str, object] = {
    "an operation": request(operation=bytes(5000)),
    "a batch": proposal(2, *[request()] * 17),
    "a request in a batch": proposal(2, request(operation=bytes(5000))),
    "a batch that was asked for": BatchBody(1, (request(),) * 17),
    "a view change": sign("r3", ViewChange(1, GENESIS, (prepared(0, 1, "r3", "r4"),) * 9)),
    "a new view": new_view(1, "12341"),
    "a state": StateBody(GENESIS, ReplicaState(4, bytes((1 << 24) + 1), ())),
}
Make = Callable[[], PbftCore]
CASES: list[tuple[Refusal, str, Make, object]] = [
    *((Refusal.MALFORMED, name, core, message) for name, message in MALFORMED.items()),
    *((Refusal.OVERSIZED, name, core, message) for name, message in OVERSIZED.items()),
    (Refusal.UNKNOWN_REPLICA, "a stranger", core, sign("c1", Commit(0, 1, D))),
    (Refusal.UNKNOWN_REPLICA, "oneself", core, sign("r2", Commit(0, 1, D))),
    (Refusal.UNKNOWN_REPLICA, "a proposal of a client", core, proposal(2, request(), primary="c1")),
    (Refusal.UNKNOWN_CLIENT, "a replica's request", core, request(client="r3")),
    (Refusal.UNKNOWN_CLIENT, "in another's name", core, replace(request(), sender="c2")),
    (Refusal.BAD_SIGNATURE, "a vote", core, replace(sign("r3", Commit(0, 1, D)), sender="r4")),
    (Refusal.BAD_SIGNATURE, "a proposal", core, Proposal(
        replace(sign("r3", PrePrepare(0, 2, D)), sender="r1"), (request(),))),
    (Refusal.BAD_SIGNATURE, "a request", core, replace(request(4), proof=request(5).proof)),
    (Refusal.BAD_SIGNATURE, "a view change in a new view", core, new_view_of(2, [
        replace(sign("r1", ViewChange(2, GENESIS, ())), sender=name) for name in ("r1", "r3", "r4")])),
    (Refusal.BAD_MAC, "a vote", core, keys(CONFIG, "r3", Scheme.AUTHENTICATORS).seal(Commit(0, 1, D), ("r2",))),
    (Refusal.STALE_VIEW, "a vote", changing, sign("r3", Prepare(0, 1, D))),
    (Refusal.STALE_VIEW, "a view change behind one's own", core, sign("r4", ViewChange(2, GENESIS, ()))),
    (Refusal.FUTURE_VIEW, "a vote", core, sign("r3", Prepare(1, 1, D))),
    (Refusal.VIEW_CHANGING, "a vote", changing, sign("r3", Prepare(1, 1, D))),
    (Refusal.OUTSIDE_WATER_MARKS, "above", core, sign("r3", Prepare(0, 9, D))),
    (Refusal.OUTSIDE_WATER_MARKS, "below", collected, sign("r3", Commit(0, 4, D))),
    (Refusal.OUTSIDE_WATER_MARKS, "a proposal", core, proposal(9, request())),
    (Refusal.OUTSIDE_WATER_MARKS, "a checkpoint", core, sign("r3", Checkpoint(12, D))),
    (Refusal.NOT_PRIMARY, "a proposal of a backup", core, proposal(2, request(), primary="r3")),
    (Refusal.NOT_PRIMARY, "a new view of a backup", core, new_view(2, "134", sender="r4")),
    (Refusal.PRIMARY_PREPARE, "the primary's second vote", core, sign("r1", Prepare(0, 1, D))),
    (Refusal.DUPLICATE, "a vote", core, sign("r3", Commit(0, 1, D))),
    (Refusal.DUPLICATE, "a proposal", core, proposal(1, request(3))),
    (Refusal.DUPLICATE, "a checkpoint", core, sign("r3", Checkpoint(4, D))),
    (Refusal.DUPLICATE, "a view change", core, sign("r4", ViewChange(3, GENESIS, ()))),
    (Refusal.CONFLICTING, "a vote", core, sign("r3", Commit(0, 1, E))),
    (Refusal.CONFLICTING, "a proposal", core, proposal(1, request(4))),
    (Refusal.CONFLICTING, "a checkpoint", core, sign("r3", Checkpoint(4, E))),
    (Refusal.CONFLICTING, "a view change", core, sign(
        "r4", ViewChange(3, GENESIS, (prepared(0, 1, "r3", "r4"),)))),
    (Refusal.WRONG_BATCH, "another batch than the digest's", core, proposal(2, request(), digest=E)),
    (Refusal.WRONG_BATCH, "the null request", core, proposal(2)),
    (Refusal.BAD_REQUEST, "a request that no client signed", core, proposal(2, request(signer="r1"))),
    (Refusal.BAD_REQUEST, "a request of nobody", core, proposal(2, request(client="r3"))),
    (Refusal.WRONG_STATE, "another state", missing, StateBody(
        checkpoint_certificate(4, "r1", "r3", "r4"), ReplicaState(4, b"", ()))),
    (Refusal.BAD_CERTIFICATE, "two signers", core, StableCheckpoint(checkpoint_certificate(4, "r1", "r3"))),
    (Refusal.BAD_CERTIFICATE, "one who has not signed", core, StableCheckpoint(
        replace(checkpoint_certificate(4, "r1", "r3", "r4"), digest=E))),
    (Refusal.BAD_CERTIFICATE, "a later state that nobody proves", missing, StateBody(
        checkpoint_certificate(8, "r1", digest=digest_of(ReplicaState(8, b"", ()))), ReplicaState(8, b"", ()))),
    (Refusal.STALE_TIMESTAMP, "a request behind the one that waits", core, request(4, client="c2")),
    (Refusal.REUSED_TIMESTAMP, "another request", core, request(5, b"y", client="c2")),
    (Refusal.NOT_WANTED, "a batch", core, BatchBody(1, (request(3),))),
    (Refusal.NOT_WANTED, "a batch of an unknown number", core, BatchBody(7, (request(3),))),
    (Refusal.NOT_WANTED, "a state", core, StateBody(GENESIS, ReplicaState(4, b"", ()))),
    (Refusal.NOT_WANTED, "a checkpoint that is old", missing, StableCheckpoint(
        checkpoint_certificate(4, "r1", "r3", "r4"))),
    (Refusal.NOT_WANTED, "a question for a state", core, sign("r3", FetchState(4))),
    (Refusal.NOT_WANTED, "a question for a batch", core, sign("r3", FetchBatch(1, E))),
    (Refusal.TOO_OFTEN, "a status", core, sign("r4", Status(0, True, 0, 0))),
]  # fmt: skip
BAD_PREPARED_SETS: dict[str, ViewChange] = {
    "a checkpoint that is not stable": ViewChange(1, checkpoint_certificate(4, "r1", "r3"), ()),
    "a beginning that never was": ViewChange(1, replace(GENESIS, digest=E), ()),
    "too few backups": ViewChange(1, GENESIS, (prepared(0, 1, "r3"),)),
    "the primary among the backups": ViewChange(1, GENESIS, (prepared(0, 1, "r1", "r3"),)),
    "no pre-prepare of the primary": ViewChange(1, GENESIS, (prepared(0, 1, "r3", "r4", primary="r3"),)),
    "a vote for something else": ViewChange(1, GENESIS, (replace(prepared(0, 1, "r3", "r4"), digest=E),)),
    "a view that has not been": ViewChange(1, GENESIS, (prepared(1, 1, "r3", "r4"),)),
    "beyond the high water mark": ViewChange(1, GENESIS, (prepared(0, 9, "r3", "r4"),)),
    "below the checkpoint": ViewChange(1, checkpoint_certificate(4, "r1", "r3", "r4"), (prepared(0, 4, "r3", "r4"),)),
    "one number twice": ViewChange(1, GENESIS, (prepared(0, 1, "r3", "r4"),) * 2),
    "out of order": ViewChange(1, GENESIS, (prepared(0, 2, "r3", "r4"), prepared(0, 1, "r3", "r4"))),
}
CASES += [(Refusal.BAD_PREPARED_SET, name, core, sign("r3", content)) for name, content in BAD_PREPARED_SETS.items()]
BAD_NEW_VIEWS: dict[str, object] = {
    "view changes of two": new_view(2, "13"),
    "one sender counted twice": new_view(2, "133"),
    "one sender too many times": new_view(2, "1344"),
    "a view change of nobody": new_view_of(2, view_changes(ViewChange(2, GENESIS, ()), "r1", "r3", "c1")),
    "a view change to another view": new_view_of(2, view_changes(ViewChange(3, GENESIS, ()))),
    "a proposal that does not follow": new_view(2, "134", (1, D)),
    "a bad prepared set": new_view_of(2, view_changes(ViewChange(2, GENESIS, (prepared(0, 1, "r3"),))), (1, D)),
    "a proposal that is left out": new_view_of(2, view_changes(PREPARED_1)),
    "a proposal of another digest": new_view_of(2, view_changes(PREPARED_1), (1, E)),
    "a proposal signed by another": sign(
        "r3", NewView(2, tuple(view_changes(PREPARED_1)), (sign("r1", PrePrepare(2, 1, D)),))
    ),
    "a proposal of another view": sign(
        "r3", NewView(2, tuple(view_changes(PREPARED_1)), (sign("r3", PrePrepare(3, 1, D)),))
    ),
}
CASES += [(Refusal.BAD_NEW_VIEW, name, core, message) for name, message in BAD_NEW_VIEWS.items()]


@pytest.mark.parametrize(
    ("reason", "make", "message"),
    [(reason, make, message) for reason, _, make, message in CASES],
    ids=[f"{reason.name} {name}" for reason, name, _, _ in CASES],
)
def test_it_is_refused_and_counted_and_nothing_has_changed(reason: Refusal, make: Make, message: object) -> None:
    replica = make()
    before, count = replica.snapshot(), replica.refusals[reason]
    assert replica.step(message) == Effects(refused=reason)
    assert replica.snapshot() == before
    assert replica.refusals[reason] == count + 1
    # Refused again, for whatever reason, and still nothing has changed.
    assert replica.step(message).refused is not None
    assert replica.snapshot() == before


def test_every_reason_has_its_case() -> None:
    assert {reason for reason, *_ in CASES} == set(Refusal)


def test_a_client_that_reuses_timestamps_after_the_execution() -> None:
    cluster = Cluster(CONFIG)
    for timestamp in (5, 7):
        cluster.carry_out("r1", cluster.cores["r1"].step(request(timestamp)))
        cluster.deliver()
    replica = cluster.cores["r3"]
    assert replica.executed == 2
    assert replica.step(request(7, b"y")).refused is Refusal.REUSED_TIMESTAMP
    assert replica.step(request(6)).refused is Refusal.STALE_TIMESTAMP
    assert len(replica.step(request(7)).send) == 1


def test_an_invalid_view_change_does_not_mask_a_valid_one() -> None:
    """concord-bft#50: the invalid one came first, and the valid one of the same sender was never looked at."""
    replica = core()
    for content in BAD_PREPARED_SETS.values():
        assert replica.step(sign("r3", content)).refused is Refusal.BAD_PREPARED_SET
    assert replica.step(sign("r3", ViewChange(1, GENESIS, (prepared(0, 1, "r3", "r4"),)))).refused is None


def test_a_state_is_handed_out_once_in_a_while() -> None:
    cluster = Cluster(CONFIG)
    for number in range(4):
        cluster.invoke("c1", b"%d" % number)
        cluster.deliver()
    asked = sign("r4", FetchState(4))
    assert isinstance(cluster.cores["r1"].step(asked).send[0].message, StateBody)
    assert cluster.cores["r1"].step(asked).refused is Refusal.TOO_OFTEN
    assert len(cluster.cores["r1"].step(sign("r3", FetchState(4))).send) == 1
