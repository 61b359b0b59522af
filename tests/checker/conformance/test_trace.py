"""Malformed traces: each is refused at its line and column. The schema and the reader ask for the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from comitia.checker.conformance import json_places
from comitia.checker.conformance.trace import parse_trace, read_trace, schema
from comitia.model.diagnostics import InputError, TraceError
from comitia.model.source import Source
from hypothesis import given
from hypothesis import strategies as st

from .harness import event, header, parcel, trace_of, validate

HEADER = json.dumps(header())
NUMBERED = '{"seq":1,"action":"Open","args":{"c":"ann"}}'


def refused(text: str) -> TraceError:
    with pytest.raises(TraceError) as caught:
        validate(parse_trace(Source("run.ndjson", text)))
    return caught.value


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("", None, "the trace is empty"),
        ("\n\n", None, "the trace is empty"),
        (HEADER, (1, 1), "the trace has no events"),
        (NUMBERED, (1, 1), "does not begin with a header"),
        (f"{HEADER}\n{HEADER}", (2, 10), "a second header"),
        (f"{HEADER}\n[1]", (2, 1), "a line of a trace is a JSON object"),
        (f'{HEADER}\n{NUMBERED}\n{{"seq":2', (3, 9), "not a line of JSON"),
        (f"{HEADER}\n" + '{"seq":1,"obs":{"way":1,"way":2}}', (2, 25), "the key `way` stands twice"),
        (f"{HEADER}\n" + '{"seq":' + "1" * 5000 + "}", (2, 1), "not a line of JSON"),
        (f"{HEADER}\n" + '{"seq":1,"obs":' + "[" * 100_000 + "]" * 100_000 + "}", (2, 1), "not a line of JSON"),
    ],
)
def test_lines(text: str, place: tuple[int, int] | None, message: str) -> None:
    error = refused(text)
    assert message in error.message
    assert (error.span and (error.span.line, error.span.column)) == place
    assert error.exit_code == 2


@pytest.mark.parametrize(
    ("line", "column", "message", "detail"),
    [
        ('{"seq":1,"obs":null}', 16, "`obs` is malformed", "null"),
        ('{"seq":"1"}', 8, "`seq` is malformed", '"1"'),
        ('{"seq":true}', 8, "`seq` is malformed", "true"),
        ('{"seq":1,"action":7}', 19, "`action` is malformed", "7"),
        ('{"seq":1,"action":[]}', 19, "`action` is malformed", "[]"),
        ('{"seq":1,"action":null}', 19, "`action` is malformed", "null"),
        ('{"action":"Open"}', 1, "the event has no `seq`", "an integer"),
        ('{"seq":1,"actoin":"Open"}', 10, "unknown key `actoin`", "did you mean `action`?"),
        ('{"seq":1,"vc":{"n1":3}}', 10, "`vc` (a vector clock) is not supported", "merge the logs"),
        ('{"seq":1,"t":[1,2]}', 10, "`t` (a time box) is not supported", "merge the logs"),
        ('{"seq":1,"action":"Opne"}', 19, "no action `Opne`", "did you mean `Open`?"),
        ('{"seq":1,"action":["Shut", "Opne"]}', 28, "no action `Opne`", "did you mean `Open`?"),
        ('{"seq":1,"action":"Parcel"}', 19, "`Parcel` is defined in Courier, but no step", ""),
        ('{"seq":1,"action":"Open","args":{"c":null}}', 38, "is no TLA+ value", ""),
        ('{"seq":1,"action":"Open","args":{"c":[1, 2.5]}}', 42, "is no TLA+ value", ""),
        ('{"seq":1,"action":"Open","args":{"c":{"#set":[1,{"a":null}]}}}', 54, "is no TLA+ value", ""),
        ('{"seq":1,"action":"Open","args":{"c":{"#sett":[]}}}', 38, "#sett is used in a way", ""),
        ('{"seq":1,"action":"Open","args":{"c":"ann","d":1}}', 44, "`Open` takes no argument `d`", "c"),
        ('{"seq":1,"args":{"c":"ann"}}', 17, "arguments without an action", ""),
        ('{"seq":1,"action":"Open","obs":{"doors[ann]":1}}', 33, "no variable `doors`", "did you mean `door`?"),
        ('{"seq":1,"action":"Open","obs":{"door[ann":1}}', 33, "`door[ann` is no path", "[key]"),
        ('{"seq":1,"action":"Open","obs":{"door[]":1}}', 33, "a key is empty", "[key]"),
        ('{"seq":1,"action":"Open","obs":{"door[ {":1}}', 33, "is no path", ""),
        ('{"seq":1,"action":"Open","obs":{"door[{]":1}}', 33, "is no path", "a key in JSON"),
        ('{"seq":1,"action":"Open","obs":{"[ann]":1}}', 33, "is no path", "a variable"),
        ('{"seq":1,"action":"Open","obs":{"door[anne]":1}}', 33, "no state has an entry `anne`", "did you mean `ann`?"),
        ('{"seq":1,"action":"Open","obs":{"door[ann]":null}}', 45, "is no TLA+ value", ""),
    ],
)
def test_events(line: str, column: int, message: str, detail: str) -> None:
    error = refused(f"{HEADER}\n{line}")
    assert message in error.message
    assert error.span is not None and (error.span.line, error.span.column) == (2, column)
    assert detail in str(error)


@pytest.mark.parametrize(
    ("changes", "place", "message", "detail"),
    [
        ({"format": 2}, "2", "`format` is malformed", "expected: 1"),
        ({"spec": "Curier"}, '"Curier"', "the trace is of another specification", "expected: Courier"),
        ({"colour": 1}, '"colour"', "the header has an unknown key `colour`", ""),
        ({"nodes": ["n1", 2]}, "2", "`nodes` is malformed", "a string"),
        ({"observed": ["doors"]}, '"doors"', "no variable `doors`", "did you mean `door`?"),
    ],
)
def test_headers(changes: dict[str, Any], place: str, message: str, detail: str) -> None:
    error = refused(f"{json.dumps({**header(), **changes})}\n{NUMBERED}")
    assert message in error.message and detail in str(error)
    assert error.span is not None and error.span.text == place


@pytest.mark.parametrize(
    ("constants", "place", "message"),
    [
        ({"Rom": 1}, '"Rom"', "no constant `Rom`"),
        ({"Room": None}, "null", "is no TLA+ value"),
        ({"Room": 0}, None, "the constants of the trace violate an assumption"),
    ],
)
def test_constants(constants: dict[str, Any], place: str | None, message: str) -> None:
    error = refused(f"{json.dumps(header(constants))}\n{NUMBERED}")
    assert message in error.message
    assert error.span is not None and error.span.line == 1
    assert place is None or error.span.text == place


def test_a_constant_without_a_value() -> None:
    lines = header()
    del lines["constants"]["Room"]
    error = refused(f"{json.dumps(lines)}\n{NUMBERED}")
    assert error.message == "the constant `Room` has no value"
    assert "Courier.tla" in str(error)


@pytest.mark.parametrize(
    ("numbers", "message"),
    [((1, 3), "events are missing"), ((2, 1), "events are out of order"), ((1, 1), "events are out of order")],
)
def test_sequence_numbers(numbers: tuple[int, int], message: str) -> None:
    lines = [json.dumps({"seq": number, **event("Open", c="ann")}) for number in numbers]
    error = refused("\n".join([HEADER, *lines]))
    assert message in error.message
    assert error.span is not None and (error.span.line, error.span.column) == (3, 9)


def test_numbers_may_start_anywhere_and_blank_lines_count_for_nothing() -> None:
    trace = parse_trace(Source("run.ndjson", f"{HEADER}\n\n{NUMBERED.replace('1', '7', 1)}\n\n"))
    assert [(one.line, one.seq) for one in trace.events] == [(3, 7)]


def test_nodes_and_observed_are_kept_to() -> None:
    with pytest.raises(TraceError, match="the header names no node `cat`"):
        validate(trace_of({"node": "cat", **event("Open", c="ann")}, nodes=["ann", "bob"]))
    with pytest.raises(TraceError, match="`door` is not among the variables"):
        validate(trace_of(event("Open", {"door[ann]": "open"}, c="ann"), observed=["way"]))


def test_files(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot read"):
        read_trace(tmp_path / "none.ndjson")
    bad = tmp_path / "bad.ndjson"
    bad.write_bytes(HEADER.encode() + b'\n{"seq":1,"node":"\xff"}\n')
    with pytest.raises(TraceError, match="not UTF-8") as caught:
        read_trace(bad)
    assert caught.value.span is not None and caught.value.span.line == 2


# --- places ----------------------------------------------------------------------------------------------------------

DATA = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=10,
)


@given(DATA, st.sampled_from([None, 1]), st.booleans())
def test_every_element_is_found_where_it_stands(data: Any, indent: int | None, ascii_only: bool) -> None:
    text = json.dumps(data, indent=indent, ensure_ascii=ascii_only)
    for path, element in _elements(data):
        start, end = json_places.stretch(text, path)
        assert json.loads(text[start:end]) == element
        if path and isinstance(path[-1], str):
            start, end = json_places.stretch(text, path, key=True)
            assert json.loads(text[start:end]) == path[-1]


def _elements(data: Any) -> list[tuple[tuple[str | int, ...], Any]]:
    items = list(enumerate(data)) if isinstance(data, list) else list(data.items()) if isinstance(data, dict) else []
    return [((), data), *(((key, *path), inner) for key, item in items for path, inner in _elements(item))]


# --- the schema ------------------------------------------------------------------------------------------------------

LINES = [
    header(),
    header(nodes=["ann"], observed=["door"]),
    {
        "seq": 1,
        **event("Open", {"door[ann]": "open"}, c="ann"),
        "node": "ann",
        "msg_id": "m1",
        "pre": {"way": {"#set": []}},
    },
    {"seq": 1, "kind": "event", "action": ["Open", "Shut"], "args": {"p": parcel("ann", 1)}},
    {"seq": 1, "obs": {"x": [1, {"#tup": [True]}, {"#map": [[1, "a"]]}, {"#bigint": "-12345678901234567890"}, {}]}},
]
BAD_LINES = [
    {**header(), "format": 2},
    {"seq": 1, "obs": {"x": None}},
    {"seq": 1, "obs": {"x": 1.5}},
    {"seq": 1, "args": {"x": {"#set": 1}}},
    {"seq": 1, "action": []},
    {"seq": 1, "other": 1},
    {"action": "Open"},
]


def test_the_schema_says_what_the_reader_takes() -> None:
    validation = pytest.importorskip("jsonschema")
    check = validation.Draft202012Validator(
        {"$defs": schema(), "oneOf": [{"$ref": "#/$defs/header"}, {"$ref": "#/$defs/event"}]}
    )
    for line in LINES:
        check.validate(line)
    for line in BAD_LINES:
        assert not check.is_valid(line)
        with pytest.raises(TraceError):
            validate(parse_trace(Source("run.ndjson", f"{HEADER}\n{json.dumps(line)}")))
