"""The trace format: newline-delimited JSON, one header line, then one event a line.

The header names the spec, its constants, the nodes and the variables observed; an event names the action of the spec
that a node took, the action's arguments and what was observed after it:

    {"kind":"header","format":1,"spec":"Raft","constants":{…},"nodes":["n1","n2","n3"],"observed":["currentTerm",…]}
    {"seq":7,"node":"n1","action":"Timeout","args":{"i":"n1"},"obs":{"currentTerm[n1]":3}}

Observations are partial: what is not named is not claimed. TLA+ values are written as in the Informal Trace Format of
Apalache (ADR 015): integers, strings and booleans as themselves, sequences as arrays, records as objects, sets as
{"#set": […]}, other functions as {"#map": [[key, value], …]}, integers beyond 53 bits as {"#bigint": "…"}. The same
values give the same bytes, whatever the order of hashing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

FORMAT = 1

# Beyond this an integer is not exact in JSON readers that use doubles.
_MAX_EXACT = 2**53 - 1

# A TLA+ value as an implementation writes it: lists and tuples are sequences, mappings are records.
Value: TypeAlias = (
    "bool | int | str | list[Value] | tuple[Value, ...] | frozenset[Value] | Mapping[str, Value] | Function"
)


@dataclass(frozen=True)
class Function:
    """A TLA+ function that is neither a record nor a sequence, such as one from server to index."""

    pairs: tuple[tuple[Value, Value], ...]


@dataclass(frozen=True)
class Header:
    """The first line. `observed` lists the variables that events may observe."""

    spec: str
    constants: Mapping[str, Value]
    nodes: tuple[str, ...]
    observed: tuple[str, ...]

    def to_json(self) -> str:
        constants = {name: encode(value) for name, value in self.constants.items()}
        return _dump(
            {
                "kind": "header",
                "format": FORMAT,
                "spec": self.spec,
                "constants": constants,
                "nodes": list(self.nodes),
                "observed": list(self.observed),
            }
        )


@dataclass(frozen=True)
class Event:
    """One action of the spec. `message_id` identifies the message received or sent, over its duplicates too."""

    node: str
    action: str
    args: Mapping[str, Value]
    observations: Mapping[str, Value]
    message_id: str | None = None

    def to_json(self, sequence_number: int) -> str:
        line = {
            "seq": sequence_number,
            "node": self.node,
            "action": self.action,
            "args": {name: encode(value) for name, value in self.args.items()},
            "obs": {path: encode(value) for path, value in self.observations.items()},
        }
        if self.message_id is not None:
            line["msg_id"] = self.message_id
        return _dump(line)


@dataclass
class TraceRecorder:
    """Collects the events of one run in their order; sequence numbers count from 1."""

    header: Header
    events: list[Event] = field(default_factory=list)

    def record(self, events: Iterable[Event]) -> None:
        self.events.extend(events)

    def lines(self) -> list[str]:
        """The trace, header first, without line breaks."""
        return [self.header.to_json(), *(event.to_json(number) for number, event in enumerate(self.events, 1))]


def write_lines(path: str | Path, lines: Iterable[str]) -> None:
    """Write the lines of a trace to the file at `path`."""
    with Path(path).open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(line + "\n" for line in lines)


def encode(value: Value) -> object:
    """`value` as what the json module takes, in the Informal Trace Format."""
    match value:
        case bool() | str():
            return value
        case int():
            return value if abs(value) <= _MAX_EXACT else {"#bigint": str(value)}
        case list() | tuple():
            return [encode(item) for item in value]
        case frozenset():
            return {"#set": sorted((encode(item) for item in value), key=_dump)}
        case Function():
            return {"#map": [[encode(key), encode(result)] for key, result in value.pairs]}
        case Mapping():
            return {name: encode(item) for name, item in value.items()}
    raise TypeError(f"{value!r} is not a TLA+ value")


def _dump(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))
