"""The two towers joined: runs of the simulator, in memory, against the specification that they claim to follow."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from comitia import specs
from comitia.checker.conformance.trace import parse_trace
from comitia.checker.conformance.validation import Result, Validator, load_validator
from comitia.model.source import Source

SPECS = Path(next(iter(specs.__path__)))


RAFT = SPECS / "raft" / "Raft.tla"
PBFT = SPECS / "pbft" / "PBFT.tla"


def raft_validator() -> Validator:
    return load_validator(RAFT)


def pbft_validator() -> Validator:
    return load_validator(PBFT)


def replay(validator: Validator, lines: Iterable[str], name: str = "run.ndjson") -> Result:
    """The verdict on the trace that a run left behind."""
    return validator.validate(parse_trace(Source(name, "\n".join(lines))))


def numbered(header: dict[str, Any], events: Iterable[dict[str, Any]]) -> list[str]:
    """The lines of a trace of these events, numbered anew."""
    return [json.dumps(header), *(json.dumps({**event, "seq": number}) for number, event in enumerate(events, 1))]
