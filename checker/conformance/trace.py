"""Reads traces: NDJSON lines of the shape that trace-schema.json describes, every error at its line and column.

Values stay JSON data here; what they mean for a specification is for `binding` to say.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from itertools import pairwise
from pathlib import Path as FilePath
from typing import Any, NoReturn

from ...model.diagnostics import InputError, TraceError, did_you_mean
from ...model.source import Source, Span
from .json_places import Path, stretch

SCHEMA = "trace-schema.json"
TYPES: dict[str, type] = {"object": dict, "array": list, "string": str, "integer": int}
ARTICLES = {"object": "an object", "array": "an array", "string": "a string", "integer": "an integer"}
UNORDERED = {"vc": "a vector clock", "t": "a time box"}
"""What partially ordered logs carry: to replay them in the order of the file would be to check another claim."""


@dataclass(frozen=True, slots=True)
class Header:
    """The first line. `nodes` and `observed` are None where the trace does not say."""

    line: int
    spec: str
    constants: dict[str, Any]
    nodes: tuple[str, ...] | None
    observed: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Event:
    """One line. `actions` are alternatives, None where any step will do; values are JSON data."""

    line: int
    seq: int
    node: str | None
    actions: tuple[str, ...] | None
    args: dict[str, Any]
    before: dict[str, Any]
    after: dict[str, Any]
    message_id: str | None

    @property
    def title(self) -> str:
        name = " or ".join(self.actions) if self.actions is not None else "any step"
        return f"{name} by {self.node}" if self.node is not None else name


@dataclass(frozen=True, slots=True)
class Trace:
    """A run as it was recorded."""

    source: Source
    header: Header
    events: list[Event] = field(repr=False)

    def place(self, line: int, path: Path = (), *, key: bool = False) -> Span:
        """Where the element at `path` stands in a line; with `key`, where its key does."""
        return place_in(self.source, line, path, key=key)


def place_in(source: Source, line: int, path: Path = (), *, key: bool = False) -> Span:
    """Where the element at `path` stands in a line of JSON; with `key`, where its key does."""
    start, end = stretch(source.line(line), path, key=key)
    return Span(source, line, start + 1, line, end)


def read_trace(path: FilePath) -> Trace:
    """The trace in the file at `path`.

    Raises:
        InputError: the file cannot be read.
        TraceError: it is not a trace, or one without events.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from error
    text = data.decode("utf-8", errors="replace")
    source = Source(str(path), text, path)
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise TraceError("the trace is not UTF-8", Span(source, line, 1, line, 1)) from error
    return parse_trace(source)


def parse_trace(source: Source) -> Trace:
    """The trace that a text holds. Raises TraceError."""
    reader = _Reader(source)
    lines = list(reader.objects())
    if not lines:
        raise TraceError("the trace is empty", expected="a header line, then one event a line")
    header = reader.header(*lines[0])
    events = [reader.event(number, data) for number, data in lines[1:]]
    if not events:
        raise TraceError(
            "the trace has no events",
            reader.place(header.line),
            hint="a trace that says nothing conforms to everything, so it proves nothing",
        )
    reader.check_order(events)
    return Trace(source, header, events)


@cache
def schema() -> dict[str, Any]:
    """The definitions of the JSON Schema of a trace line, by name."""
    assert __package__ is not None
    return json.loads((files(__package__) / SCHEMA).read_text(encoding="utf-8"))["$defs"]


class _Repeated(Exception):
    """A key that stands twice in one object."""


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    out = dict(pairs)
    if len(out) < len(pairs):
        seen: set[str] = set()
        raise _Repeated(next(key for key, _ in pairs if key in seen or seen.add(key)))
    return out


class _Reader:
    def __init__(self, source: Source) -> None:
        self.source = source

    def place(self, line: int, path: Path = (), *, key: bool = False) -> Span:
        return place_in(self.source, line, path, key=key)

    def objects(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """The objects of the lines that are not blank, with the numbers of their lines."""
        for number, text in enumerate(self.source.lines, 1):
            if not text.strip():
                continue
            try:
                data = json.loads(text, object_pairs_hook=_unique)
            except json.JSONDecodeError as error:
                raise self._no_json(number, error.colno, error.msg) from error
            except _Repeated as error:
                column = max(0, text.rfind(json.dumps(str(error), ensure_ascii=False))) + 1
                raise self._no_json(number, column, f"the key `{error}` stands twice in one object") from error
            except (ValueError, RecursionError) as error:
                raise self._no_json(number, 1, str(error)) from error
            if not isinstance(data, dict):
                raise TraceError("a line of a trace is a JSON object", self.place(number), got=type(data).__name__)
            yield number, data

    def _no_json(self, line: int, column: int, why: str) -> TraceError:
        return TraceError(f"not a line of JSON: {why}", Span(self.source, line, column, line, column))

    def header(self, line: int, data: dict[str, Any]) -> Header:
        if data.get("kind") != "header":
            raise TraceError(
                "the trace does not begin with a header",
                self.place(line),
                expected='{"kind":"header","format":1,"spec":…,"constants":{…},…}',
            )
        self._check_shape(line, data, "header")
        nodes, observed = data.get("nodes"), data.get("observed")
        return Header(
            line,
            data["spec"],
            data["constants"],
            None if nodes is None else tuple(nodes),
            None if observed is None else tuple(observed),
        )

    def event(self, line: int, data: dict[str, Any]) -> Event:
        if data.get("kind") == "header":
            raise TraceError(
                "a second header", self.place(line, ("kind",)), expected="one run a file, its header first"
            )
        self._check_shape(line, data, "event")
        action = data.get("action")
        actions = (action,) if isinstance(action, str) else action
        return Event(
            line,
            data["seq"],
            data.get("node"),
            None if actions is None else tuple(actions),
            data.get("args", {}),
            data.get("pre", {}),
            data.get("obs", {}),
            data.get("msg_id"),
        )

    def check_order(self, events: list[Event]) -> None:
        """Sequence numbers are consecutive: a gap is a part of the run that is not there to be checked."""
        for previous, event in pairwise(events):
            if event.seq != previous.seq + 1:
                is_gap = event.seq > previous.seq
                raise TraceError(
                    "events are missing before this one" if is_gap else "events are out of order",
                    self.place(event.line, ("seq",)),
                    expected=f"seq {previous.seq + 1}, after {previous.seq} in line {previous.line}",
                    got=str(event.seq),
                )

    def _check_shape(self, line: int, data: dict[str, Any], kind: str) -> None:
        definition = schema()[kind]
        known = definition["properties"]
        for key, value in data.items():
            if key not in known:
                self._unknown_key(line, key, kind, known)
            found = _misfit(value, known[key])
            if found is not None:
                path, expected = found
                place = self.place(line, (key, *path))
                raise TraceError(f"`{key}` is malformed", place, expected=expected, got=place.text)
        for key in definition["required"]:
            if key not in data:
                raise TraceError(f"the {kind} has no `{key}`", self.place(line), expected=_describe(known[key]))

    def _unknown_key(self, line: int, key: str, kind: str, known: dict[str, Any]) -> NoReturn:
        place = self.place(line, (key,), key=True)
        if key in UNORDERED:
            raise TraceError(
                f"`{key}` ({UNORDERED[key]}) is not supported: events are replayed in the order of their lines",
                place,
                hint="merge the logs of the nodes into one order that respects causality, and leave the key out",
            )
        raise TraceError(
            f"the {kind} has an unknown key `{key}`",
            place,
            expected=", ".join(known),
            hint=did_you_mean(key, known),
        )


def _misfit(value: object, shape: dict[str, Any]) -> tuple[Path, str] | None:
    """Where and how a value departs from the schema; TLA+ values (`$ref`) are judged when they are read."""
    if "$ref" in shape:
        return None
    if "const" in shape:
        fits = type(value) is type(shape["const"]) and value == shape["const"]
        return None if fits else ((), _describe(shape))
    if "oneOf" in shape:
        fits = any(_misfit(value, option) is None for option in shape["oneOf"])
        return None if fits else ((), _describe(shape))
    if type(value) is not TYPES[shape["type"]]:
        return (), _describe(shape)
    if isinstance(value, list):
        if len(value) < shape.get("minItems", 0):
            return (), "at least one element"
        for index, item in enumerate(value):
            found = _misfit(item, shape["items"])
            if found is not None:
                return (index, *found[0]), found[1]
    return None


def _describe(shape: dict[str, Any]) -> str:
    """What a schema asks for, in words."""
    if "const" in shape:
        return json.dumps(shape["const"])
    if "oneOf" in shape:
        words = " or ".join(_describe(option) for option in shape["oneOf"])
    else:
        words = ARTICLES[shape["type"]]
        if "items" in shape and "type" in shape["items"]:
            words += f" of {shape['items']['type']}s"
    return f"{words}: {shape['description']}" if "description" in shape else words
