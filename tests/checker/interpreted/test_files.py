"""Json, CSV and IOUtils: what is read from files and written to them, and what is not done unasked."""

from __future__ import annotations

from pathlib import Path

import pytest
from comitia.checker.interpreted.library import streams
from comitia.checker.interpreted.library.files import EXEC_VARIABLE, Files, filled
from comitia.checker.interpreted.library.json_text import text_of, value_of
from comitia.checker.result import CheckResult, Verdict
from comitia.model.diagnostics import EvaluationError
from comitia.model.values import FALSE, TRUE, function, model_value, record, sequence
from comitia.model.values.sets import Interval

from .harness import assume, check


def passes(result: CheckResult) -> bool:
    assert result.error is None
    return result.verdict is Verdict.PASS


def test_json_text() -> None:
    expected = {
        3: "3",
        FALSE: "false",
        'q"uote': '"q\\"uote"',
        model_value("mv"): '"mv"',
        frozenset({3, 1}): "[1,3]",
        Interval(2, 4): "[2,3,4]",
        sequence((1, sequence(()))): "[1,[]]",
        record({"a": frozenset()}): '{"a":[]}',
        function({0: "x", 5: 2}): '{"0":"x","5":2}',
    }
    assert {value: text_of(value) for value in expected} == expected


def test_json_values() -> None:
    text = '{"a": [1, true, {"b": "c"}], "empty": {}}'
    expected = record({"a": sequence((1, TRUE, record({"b": "c"}))), "empty": sequence(())})
    assert value_of(text, "text") == expected


@pytest.mark.parametrize("text", ["null", "[1.5]", "{", ""])
def test_json_that_is_no_value(text: str) -> None:
    with pytest.raises(EvaluationError, match="trace"):
        value_of(text, "trace.json")


def test_json_files(tmp_path: Path) -> None:
    formulas = [
        f'LET file == "{tmp_path}/new/one.json" value == <<[a |-> 1, b |-> {{2}}], TRUE>> '
        "IN JsonSerialize(file, value) /\\ JsonDeserialize(file) = <<[a |-> 1, b |-> <<2>>], TRUE>>",
        f'LET file == "{tmp_path}/two.ndjson" value == <<[a |-> 1], <<2, 3>>>> '
        "IN ndJsonSerialize(file, value) /\\ ndJsonDeserialize(file) = value",
        'ToJsonObject([a |-> 1]) = "{\\"a\\":1}" /\\ ToJsonArray({2, 1}) = "[1,2]" /\\ ToJson(1 .. 2) = "[1,2]"',
    ]
    assert passes(assume(tmp_path, "Json, Integers, TLCExt", *formulas))
    assert (tmp_path / "two.ndjson").read_text() == '{"a":1}\n[2,3]\n'


def test_a_file_beside_the_module_is_found(tmp_path: Path) -> None:
    (tmp_path / "trace.ndjson").write_text('{"n": 1}\n\n  {"n": 2}\n')
    body = """EXTENDS Json, Naturals, Sequences
Trace == ndJsonDeserialize("trace.ndjson")
ASSUME ndJsonDeserialize("{parent}/trace.ndjson") = Trace
VARIABLE i
Init == i = 1
Next == i < Len(Trace) /\\ i' = Trace[i + 1].n""".replace("{parent}", tmp_path.name)
    result = check(tmp_path, body)
    assert passes(result)
    assert result.stats.distinct == 2


def test_what_a_definition_reads_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "numbers.json").write_text("[1, 2, 3]")
    reads: list[str] = []
    original = Files.read
    monkeypatch.setattr(
        Files,
        "read",
        lambda self, operator, *arguments: (reads.append(operator), original(self, operator, *arguments))[1],
    )
    body = """EXTENDS Json, Naturals, Sequences
Numbers == JsonDeserialize("numbers.json")
VARIABLE i
Init == i = 1
Next == i' \\in 1 .. Len(Numbers)
Inv == Numbers[i] = i"""
    assert passes(check(tmp_path, body, "INIT Init NEXT Next INVARIANT Inv"))
    assert len(reads) == 1


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    result = assume(tmp_path, "Json", 'JsonDeserialize("nowhere.json") = 1')
    assert result.error is not None
    assert result.error.message == "JsonDeserialize: cannot open nowhere.json: No such file or directory"


def test_csv(tmp_path: Path) -> None:
    file = f'"{tmp_path}/table.csv"'
    formulas = [
        f"CSVRecords({file}) = 0",
        f'CSVWrite("%1$s#%2$s#%3$s", <<42, "abc", [a |-> 1]>>, {file}) /\\ CSVWrite("%s#%s#x", <<1, 2>>, {file}) '
        f"/\\ CSVRecords({file}) = 2",
        f'LET rows == CSVRead(<<"n", "text", "r">>, "#", {file}) '
        'IN rows[1] = [n |-> "42", text |-> "\\"abc\\"", r |-> "[a |-> 1]"] /\\ rows[2].r = "x"',
        f'CSVWriteRecord([k |-> 1, l |-> 2], ",", TRUE, "{tmp_path}/records.csv")',
        'CSVRead(<<"a">>, "#", "nowhere.csv") = <<>>',
    ]
    assert passes(assume(tmp_path, "CSV, Naturals, Sequences", *formulas))
    assert (tmp_path / "records.csv").read_text() == "k,l\n1,2\n"


def test_templates() -> None:
    assert filled("%2$s-%s-%s-%%", ["a", "b"]) == "b-a-b-%"
    with pytest.raises(EvaluationError, match="no value for %s"):
        filled("%s", [])


def test_binary_form() -> None:
    values = [
        *(TRUE, -5, "text", frozenset({1, 2}), frozenset()),
        sequence((1, "a", sequence(()))),
        record({"a": 1, "b": record({"a": 2})}),
        function({0: "x", 5: "y"}),
    ]
    assert [streams.read(streams.written(value), "file") for value in values] == values


def test_binary_form_of_tlc() -> None:
    """As `IOSerialize(<<"ab", 1..2, [x |-> "ab"]>>, …)` of TLC lays it out: the second "ab" refers to the first."""
    text = b"\x03" + b"\x00\x00\x00\x07" + b"\x00\x00\x00\x00" + b"\x00\x00\x00\x02ab"
    interval = b"\x17" + b"\x00\x00\x00\x01" + b"\x00\x00\x00\x02"
    name = b"\x03" + b"\xff\xff\xff\xff" + b"\x00\x00\x00\x00" + b"\x00\x00\x00\x01x"
    fields = b"\x04" + b"\x00\x00\x00\x01" + name + b"\x1a\x00\x01"
    data = b"\x07\x00\x03" + text + interval + fields
    assert streams.read(data, "file") == sequence(("ab", frozenset({1, 2}), record({"x": "ab"})))


def test_what_is_no_binary_form() -> None:
    with pytest.raises(EvaluationError, match="no value that TLC wrote"):
        streams.read(b"\x63", "file")
    with pytest.raises(EvaluationError, match="no model values"):
        streams.written(model_value("mv"))


def test_serialized_text(tmp_path: Path) -> None:
    options = '[format |-> "TXT", charset |-> "UTF-8", openOptions |-> <<"WRITE", "CREATE", "TRUNCATE_EXISTING">>]'
    formulas = [
        f'Serialize("some \\"text\\"", "{tmp_path}/out.txt", {options}).exitValue = 0',
        f'Deserialize("{tmp_path}/out.txt", {options}).stdout = "some \\"text\\""',
        f'Deserialize("{tmp_path}/nothing.txt", {options}).exitValue = 1',
        f'IOSerialize(<<1, "a">>, "{tmp_path}/v.vos", TRUE) /\\ IODeserialize("{tmp_path}/v.vos", TRUE) = <<1, "a">>',
        'atoi("-17") = -17 /\\ zeroPadN(42, 5) = "00042"',
    ]
    assert passes(assume(tmp_path, "IOUtils, Integers", *formulas))


def test_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_VARIABLE", "some value")
    formulas = ['IOEnv.SOME_VARIABLE = "some value"', '"NO_VARIABLE" \\notin DOMAIN IOEnv']
    assert passes(assume(tmp_path, "IOUtils", *formulas))


@pytest.mark.parametrize("text", ['""', '"1x"', "1"])
def test_no_integer(text: str, tmp_path: Path) -> None:
    result = assume(tmp_path, "IOUtils", f"atoi({text}) = 1")
    assert result.error is not None
    assert result.error.message.startswith("atoi of")


def test_programs_are_run_on_request_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(EXEC_VARIABLE, raising=False)
    formula = 'IOExec(<<"echo", "a b">>).stdout = "a b\\n"'
    refused = assume(tmp_path, "IOUtils", formula)
    assert refused.error is not None
    assert refused.error.kind == "unsupported"
    assert EXEC_VARIABLE in (refused.error.hint or "")
    monkeypatch.setenv(EXEC_VARIABLE, "1")
    formulas = [
        formula,
        'IOEnvExecTemplate([N |-> 3], <<"sh", "-c", "echo $N %s">>, <<"x">>).stdout = "3 x\\n"',
        'IOExec(<<"sh", "-c", "echo bad >&2; exit 3">>) = [exitValue |-> 3, stdout |-> "", stderr |-> "bad\\n"]',
    ]
    assert passes(assume(tmp_path, "IOUtils, Integers", *formulas))
