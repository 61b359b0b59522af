"""Traces against PBFT.tla: a run with a view change beside a faulty primary, and runs that must not be."""

from __future__ import annotations

from typing import Any

import pytest
from comitia.checker.conformance.validation import Validator, load_validator

from .harness import SPECS, numbered, replay

Event = dict[str, Any]

REPLICAS = ["r0", "r1", "r2", "r3"]
HEADER = {
    "kind": "header",
    "format": 1,
    "spec": "PBFT",
    "constants": {
        "Replicas": REPLICAS,
        "Byzantine": {"#set": ["r0"]},
        "Client": {"#set": ["c"]},
        "Operation": {"#set": ["x", "y"]},
        "Interval": 1,
        "LogSize": 2,
        "DroppedGuards": {"#set": []},
    },
    "nodes": REPLICAS,
    "observed": ["view", "active", "low", "executed"],
}
X = {"client": "c", "timestamp": 1, "operation": "x"}
Y = {"client": "c", "timestamp": 2, "operation": "y"}


@pytest.fixture(scope="module")
def validator() -> Validator:
    return load_validator(SPECS / "pbft" / "PBFT.tla")


def event(action: str, obs: Event | None = None, **args: Any) -> Event:
    return {"node": args.get("i", "r1"), "action": action, "args": args, "obs": obs or {}}


def view_change(sender: str, *prepared: list[Any]) -> Event:
    """The VIEW-CHANGE for view 1 that reports batches as <<view, seqno, batch>>."""
    reported = {"#set": [{"#tup": entry} for entry in prepared]}
    return {"type": "VIEW-CHANGE", "view": 1, "stable": 0, "prepared": reported, "sender": sender}


def changes(*messages: Event) -> Event:
    return {"#set": list(messages)}


REQUESTED = [event("SendRequest", r=X), event("SendRequest", r=Y)]
VOTED = [event("AcceptPrePrepare", {f"view[{i}]": 0}, i=i, n=1, b=[X]) for i in ("r1", "r2")]
PREPARED = [*REQUESTED, *VOTED, event("SendCommit", i="r1", n=1, b=[X])]
GONE = [
    event("Timeout", {"view[r1]": 0}, i="r1"),
    *(event("SendViewChange", {f"view[{i}]": 1, f"active[{i}]": False}, i=i, v=1) for i in ("r1", "r2")),
]
PROOF = changes(view_change("r0"), view_change("r1", [0, 1, [X]]), view_change("r2"))


def begun(proof: Event, order: list[Any]) -> list[Event]:
    """Replica 1 sends the NEW-VIEW, the other two accept it."""
    return [
        event("SendNewView", {"active[r1]": True, "low[r1]": 0}, i="r1", V=proof, order=order),
        *(
            event("AcceptNewView", {f"view[{i}]": 1, f"active[{i}]": True}, i=i, v=1, V=proof, order=order)
            for i in ("r2", "r3")
        ),
    ]


RUN = [
    *PREPARED,
    *GONE,
    *begun(PROOF, [[X]]),
    *(event("SendCommit", i=i, n=1, b=[X]) for i in ("r2", "r1")),
    *(event("Execute", {f"executed[{i}]": 1}, i=i, n=1) for i in ("r2", "r1")),
    event("AcceptReply", r=X, result=1),
    *(event("TakeCheckpoint", i=i, n=1) for i in ("r2", "r1")),
    event("CollectGarbage", {"low[r2]": 1}, i="r2", n=1),
    event("TransferState", {"low[r3]": 1, "executed[r3]": 1}, i="r3", n=1),
    event("SendPrePrepare", {"view[r1]": 1}, i="r1", n=2, b=[Y]),
]


def test_a_run_conforms(validator: Validator) -> None:
    result = replay(validator, numbered(HEADER, RUN))
    assert result.exit_code == 0


@pytest.mark.parametrize("length", range(1, len(RUN)))
def test_an_event_twice_is_one_too_many(validator: Validator, length: int) -> None:
    """All but what may be repeated: a request is sent again, a timer expires again."""
    if RUN[length - 1]["action"] in ("SendRequest", "Timeout"):
        pytest.skip("may be repeated")
    result = replay(validator, numbered(HEADER, [*RUN[:length], RUN[length - 1]]))
    assert result.exit_code == 1


WRONG = {
    "a vote for another batch at the same number": [
        *PREPARED,
        event("AcceptPrePrepare", i="r1", n=1, b=[Y]),
    ],
    "a batch that no client has signed": [event("AcceptPrePrepare", i="r1", n=1, b=[X])],
    "a number above the high water mark": [*REQUESTED, event("AcceptPrePrepare", i="r1", n=3, b=[X])],
    "prepared by the primary and one backup": [
        *REQUESTED,
        *VOTED[:1],
        event("SendCommit", i="r1", n=1, b=[X]),
    ],
    "committed by one correct replica and a faulty one": [
        *PREPARED,
        event("Execute", i="r1", n=1),
    ],
    "a COMMIT after the VIEW-CHANGE": [*PREPARED, *GONE, event("SendCommit", i="r2", n=1, b=[X])],
    "a vote before the NEW-VIEW": [*PREPARED, *GONE, event("AcceptPrePrepare", i="r2", n=1, b=[X])],
    "a NEW-VIEW that rests on two senders": [
        *PREPARED,
        *GONE,
        *begun(changes(view_change("r0"), view_change("r0", [0, 1, [X]]), view_change("r1", [0, 1, [X]])), [[X]]),
    ],
    "a NEW-VIEW that leaves out what was prepared": [*PREPARED, *GONE, *begun(PROOF, [])],
    "a NEW-VIEW that orders another batch": [*PREPARED, *GONE, *begun(PROOF, [[Y]])],
    "a VIEW-CHANGE that reports what was never prepared": [
        *PREPARED,
        *GONE,
        *begun(changes(view_change("r0", [0, 1, [Y]]), view_change("r1", [0, 1, [X]]), view_change("r2")), [[Y]]),
    ],
    "a VIEW-CHANGE that its sender did not send": [
        *PREPARED,
        *GONE,
        *begun(changes(view_change("r0"), view_change("r1"), view_change("r2")), []),
    ],
    "a checkpoint that one correct replica and a faulty one have": [
        *RUN[: next(k for k, e in enumerate(RUN) if e["action"] == "TakeCheckpoint") + 1],
        event("CollectGarbage", i="r2", n=1),
    ],
    "a result that only a faulty replica tells": [*REQUESTED, event("AcceptReply", r=X, result=1)],
}


@pytest.mark.parametrize("name", WRONG)
def test_a_run_that_must_not_be(validator: Validator, name: str) -> None:
    result = replay(validator, numbered(HEADER, WRONG[name]))
    assert result.exit_code == 1


def test_a_faulty_replica_proves_what_can_be_proven(validator: Validator) -> None:
    """Beside the wrong ones above: the same VIEW-CHANGE with a report that is true."""
    proof = changes(view_change("r0", [0, 1, [X]]), view_change("r1", [0, 1, [X]]), view_change("r2"))
    assert replay(validator, numbered(HEADER, [*PREPARED, *GONE, *begun(proof, [[X]])])).exit_code == 0
