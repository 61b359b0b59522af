"""The trace format: each TLA+ value has one spelling, each line its fields in order."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from comitia.impl.trace import Event, Function, Header, TraceRecorder, Value, encode, write_lines


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (True, "true"),
        (-3, "-3"),
        (2**53 - 1, "9007199254740991"),
        (2**53, '{"#bigint":"9007199254740992"}'),
        (-(2**70), '{"#bigint":"-1180591620717411303424"}'),
        ("n1", '"n1"'),
        ((1, "a"), '[1,"a"]'),
        ([], "[]"),
        (frozenset({"n3", "n1", "n2"}), '{"#set":["n1","n2","n3"]}'),
        ({"term": 1, "value": "v"}, '{"term":1,"value":"v"}'),
        (Function((("n1", 0), ("n2", 4))), '{"#map":[["n1",0],["n2",4]]}'),
        (frozenset({(2, 1), (1, 2)}), '{"#set":[[1,2],[2,1]]}'),
    ],
)
def test_values_are_written_in_the_informal_trace_format(value: Value, expected: str) -> None:
    assert json.dumps(encode(value), separators=(",", ":")) == expected


@pytest.mark.parametrize("value", [None, 1.5, b"v"])
def test_what_is_no_tla_value_is_not_written(value: object) -> None:
    with pytest.raises(TypeError, match="is not a TLA"):
        encode(value)  # pyright: ignore[reportArgumentType]


def test_a_trace_is_a_header_and_numbered_events(tmp_path: Path) -> None:
    recorder = TraceRecorder(Header("Raft", {"Nil": "Nil"}, ("n1",), ("role",)))
    recorder.record([Event("n1", "Timeout", {"i": "n1"}, {"role[n1]": "Candidate"})])
    recorder.record([Event("n1", "HandleVoteResponse", {"i": "n1"}, {}, message_id="m1")])
    lines = [
        '{"kind":"header","format":1,"spec":"Raft","constants":{"Nil":"Nil"},"nodes":["n1"],"observed":["role"]}',
        '{"seq":1,"node":"n1","action":"Timeout","args":{"i":"n1"},"obs":{"role[n1]":"Candidate"}}',
        '{"seq":2,"node":"n1","action":"HandleVoteResponse","args":{"i":"n1"},"obs":{},"msg_id":"m1"}',
    ]
    assert recorder.lines() == lines
    write_lines(tmp_path / "run.ndjson", recorder.lines())
    assert (tmp_path / "run.ndjson").read_bytes() == ("\n".join(lines) + "\n").encode()
