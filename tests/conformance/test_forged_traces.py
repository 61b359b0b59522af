"""What is accepted means something: a trace that has been tampered with is refused, and where."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

import pytest
from comitia.checker.conformance.explanation import Kind
from comitia.checker.conformance.validation import Result, Validator, Verdict
from comitia.impl.simulator.raft import simulate

from .harness import numbered, raft_validator, replay

Event = dict[str, Any]
ONLY_SENDS = {"SendAppendEntries", "HandleVoteRequest", "HandleAppendRequest"}
"""Actions that may change nothing but the network, which is not observed: whether one is missed depends on the rest."""
FIELDS = {
    "mterm",
    "mlastLogTerm",
    "mlastLogIndex",
    "mvoteGranted",
    "mprevLogIndex",
    "msuccess",
    "mindex",
    "mcommitIndex",
}
SAMPLES = 40


class Run:
    """One run, and the means to replay variants of it."""

    def __init__(self) -> None:
        header, *events = map(json.loads, simulate(3, "elections").trace_lines)
        self.header: dict[str, Any] = header
        self.events: list[Event] = events
        self.validator: Validator = raft_validator()
        self.random = random.Random(0)

    def replay(self, events: list[Event]) -> Result:
        return replay(self.validator, numbered(self.header, events))

    def sample(self, variants: list[Any]) -> list[Any]:
        return self.random.sample(variants, min(SAMPLES, len(variants)))


@pytest.fixture(scope="module")
def run() -> Run:
    return Run()


def test_the_run_itself_conforms(run: Run) -> None:
    assert run.replay(run.events).verdict is Verdict.CONFORMS


def changed(value: Any) -> Any:
    """Another value of the same kind."""
    match value:
        case bool():
            return not value
        case int():
            return value + 1
        case "Follower":
            return "Candidate"
        case str():
            return "n1" if value != "n1" else "n2"
        case [*items]:
            return items[:-1] if items else [{"term": 1, "value": "NoOp"}]
        case {"#set": members}:
            return {"#set": [*members, "n1"] if "n1" not in members else [m for m in members if m != "n1"]}
    raise AssertionError(value)


def observations(events: list[Event]) -> Iterator[tuple[int, str]]:
    return ((index, path) for index, event in enumerate(events) for path in event["obs"])


def test_a_changed_observation_is_refused_where_it_is_made(run: Run) -> None:
    for index, path in run.sample(list(observations(run.events))):
        event = run.events[index]
        forged = {**event, "obs": {**event["obs"], path: changed(event["obs"][path])}}
        result = run.replay([*run.events[:index], forged, *run.events[index + 1 :]])
        assert (result.verdict, result.explained) == (Verdict.DOES_NOT_CONFORM, index)
        assert [mismatch.path for mismatch in result.refusals[0].mismatches] == [path]


def test_a_forged_message_is_refused_and_compared_with_the_true_one(run: Run) -> None:
    variants = [
        (index, field)
        for index, event in enumerate(run.events)
        for field in event["args"].get("m", {})
        if field in FIELDS
    ]
    for index, field in run.sample(variants):
        event = run.events[index]
        message = event["args"]["m"]
        # Another number might be that of another message: this one is that of none.
        value = message[field] + 100 if type(message[field]) is int else changed(message[field])
        forged = {**event, "args": {**event["args"], "m": {**message, field: value}}}
        result = run.replay([*run.events[:index], forged, *run.events[index + 1 :]])
        assert (result.verdict, result.explained) == (Verdict.DOES_NOT_CONFORM, index)
        refusal = result.refusals[0]
        assert refusal.kind is Kind.GUARD
        assert refusal.place is not None and refusal.place.text == "m \\in messages"
        assert refusal.nearest is not None and len(refusal.nearest.differences) == 1


def test_an_event_that_is_left_out_is_missed(run: Run) -> None:
    indices = [index for index, event in enumerate(run.events) if event["action"] not in ONLY_SENDS]
    for index in run.sample(indices):
        result = run.replay(run.events[:index] + run.events[index + 1 :])
        assert result.verdict is Verdict.DOES_NOT_CONFORM, run.events[index]
        assert result.explained >= index


def test_two_events_of_a_server_in_the_wrong_order_are_refused(run: Run) -> None:
    pairs = [
        index
        for index, (a, b) in enumerate(zip(run.events, run.events[1:], strict=False))
        if a["node"] == b["node"] and not {a["action"], b["action"]} <= ONLY_SENDS
    ]
    for index in run.sample(pairs):
        first, second = run.events[index : index + 2]
        result = run.replay([*run.events[:index], second, first, *run.events[index + 2 :]])
        assert result.verdict is Verdict.DOES_NOT_CONFORM, (first, second)


def test_a_message_received_before_it_was_sent_is_refused(run: Run) -> None:
    """A vote request is sent by the timeout that begins its term."""
    sent = {
        (event["node"], event["obs"][f"currentTerm[{event['node']}]"]): index
        for index, event in enumerate(run.events)
        if event["action"] == "Timeout"
    }
    receipts = [
        (sent[event["args"]["m"]["msource"], event["args"]["m"]["mterm"]], index)
        for index, event in enumerate(run.events)
        if event["action"] == "HandleVoteRequest"
    ]
    for sending, receiving in run.sample(receipts):
        events = run.events.copy()
        events.insert(sending, events.pop(receiving))
        result = run.replay(events)
        assert (result.verdict, result.explained) == (Verdict.DOES_NOT_CONFORM, sending)
        assert result.refusals[0].nearest is not None
