"""Traces and mappings made in place, against the specification of a courier (tests/testdata/conformance)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from comitia.checker.conformance.mapping import Mapping, parse_mapping
from comitia.checker.conformance.trace import Trace, parse_trace
from comitia.checker.conformance.validation import MAX_STEPS, Result, Validator
from comitia.model.modules.loader import load_module
from comitia.model.source import Source

TESTDATA = Path(__file__).parents[2] / "testdata" / "conformance"
COURIER = TESTDATA / "Courier.tla"
CONSTANTS: dict[str, Any] = {"Client": {"#set": ["ann", "bob"]}, "Weight": {"#set": [1, 2, 5]}, "Room": 1}


def header(constants: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """The header of a trace of the courier."""
    constants = {**CONSTANTS, **(constants or {})}
    return {"kind": "header", "format": 1, "spec": "Courier", "constants": constants, **more}


def event(action: str | list[str] | None = None, obs: dict[str, Any] | None = None, **args: Any) -> dict[str, Any]:
    """An event without its number."""
    out: dict[str, Any] = {} if action is None else {"action": action}
    if args:
        out["args"] = args
    if obs is not None:
        out["obs"] = obs
    return out


def parcel(to: str, weight: int) -> dict[str, Any]:
    return {"to": to, "weight": weight}


def trace_of(*events: dict[str, Any], constants: dict[str, Any] | None = None, **more: Any) -> Trace:
    """A trace of these events, numbered from 1; `more` goes into the header."""
    lines = [header(constants, **more), *({"seq": number, **one} for number, one in enumerate(events, 1))]
    return parse_trace(Source("run.ndjson", "\n".join(json.dumps(line) for line in lines)))


def mapping_of(text: str) -> Mapping:
    return parse_mapping(Source("Courier.trace.toml", text))


def validate(trace: Trace, mapping: str = "", max_steps: int = MAX_STEPS, module: Path = COURIER) -> Result:
    """The verdict on a trace, under the mapping of that text."""
    return Validator(load_module(module), mapping_of(mapping), max_steps).validate(trace)
