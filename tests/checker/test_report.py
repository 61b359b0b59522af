"""The reports: what a person reads, the JSON object, the ITF counterexample, the progress line."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path

import click
import pytest
from comitia.checker.difference import Change, changes, state_changes
from comitia.checker.report.itf import to_itf
from comitia.checker.report.json_report import report_object, write_json
from comitia.checker.report.progress import ERASE_LINE, ProgressLine, progress_text
from comitia.checker.report.terminal import counterexample_lines, print_result
from comitia.checker.result import CheckResult, Counterexample, Stats, Step, Verdict
from comitia.model import values
from comitia.model.diagnostics import EvaluationError, InputError
from comitia.model.source import Source, Span

SOURCE = Source("Vote.tla", "---- MODULE Vote ----\nCast == TRUE\n====\n")
CAST = Span(SOURCE, 2, 1, 2, 12)
values.set_string_order(["n1", "n2"])
N1, N2 = values.model_value("n1"), values.model_value("n2")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def vote(term1: int, term2: int, messages: set[object], log: list[object]) -> dict[str, object]:
    return {
        "term": values.function({N1: term1, N2: term2}),
        "messages": frozenset(messages),
        "log": values.sequence(log),
        "fixed": "x",
    }


COUNTEREXAMPLE = Counterexample(
    (
        Step(vote(0, 0, set(), [])),
        Step(vote(1, 0, {"m1"}, ["a"]), "Cast", CAST),
        Step(vote(1, 0, {"m1"}, ["a"]), "Stutter"),
    )
)
STATS = Stats(generated=1234, distinct=56, depth=7, queue=8, seconds=0.5)
VIOLATION = CheckResult(Verdict.INVARIANT, STATS, "interpreted", "Agreement", COUNTEREXAMPLE)


def printed(result: CheckResult, stream: io.StringIO | None = None) -> str:
    stream = stream or io.StringIO()
    print_result(stream, result, "vote/small")
    return stream.getvalue()


# --- differences -----------------------------------------------------------------------------------------------------


def differences(before: object, after: object) -> list[Change]:
    return list(changes("v", before, after))


def test_equal_values_do_not_differ() -> None:
    assert differences(frozenset({1}), frozenset({1})) == []


def test_a_function_differs_in_its_entries() -> None:
    before = values.function({N1: values.record({"term": 1, "log": 0}), N2: 5})
    after = values.function({N1: values.record({"term": 2, "log": 0}), N2: 5})
    assert differences(before, after) == [Change("v[n1].term", 1, 2)]


def test_a_sequence_gains_and_loses_entries() -> None:
    short, long = values.sequence(["a"]), values.sequence(["a", "b"])
    assert differences(short, long) == [Change("v[2]", None, "b")]
    assert differences(long, short) == [Change("v[2]", "b", None)]


def test_an_empty_sequence_is_replaced() -> None:
    empty, full = values.sequence([]), values.sequence([1])
    assert differences(empty, full) == [Change("v", empty, full)]


def test_a_set_gains_and_loses_elements() -> None:
    assert differences(frozenset({1, 2}), frozenset({2, 3})) == [
        Change("v", 1, None, is_element=True),
        Change("v", None, 3, is_element=True),
    ]


def test_a_set_that_changes_altogether_is_replaced() -> None:
    before, after = frozenset(range(10)), frozenset(range(10, 20))
    assert differences(before, after) == [Change("v", before, after)]


def test_values_of_different_kinds_are_replaced() -> None:
    assert differences(1, values.TRUE) == [Change("v", 1, values.TRUE)]
    assert differences(values.function({N1: 1}), values.sequence([1])) == [
        Change("v", values.function({N1: 1}), values.sequence([1]))
    ]


def test_unchanged_variables_are_named() -> None:
    changed, unchanged = state_changes({"x": 1, "y": 2, "z": 3}, {"x": 1, "y": 9, "z": 3})
    assert changed == [Change("y", 2, 9)]
    assert unchanged == ["x", "z"]


# --- terminal --------------------------------------------------------------------------------------------------------


def test_a_counterexample_shows_what_each_step_changed() -> None:
    lines = [line.plain for line in counterexample_lines(COUNTEREXAMPLE)]
    assert lines == [
        "  1  initial state",
        "     term      (n1 :> 0 @@ n2 :> 0)",
        "     messages  {}",
        "     log       <<>>",
        '     fixed     "x"',
        "  2  Cast  Vote.tla:2:1",
        "     term[n1]  0 -> 1",
        '     messages  + "m1"',
        '     log       <<>> -> <<"a">>',
        "     unchanged: fixed",
        "  3  Stutter",
        "     stuttering: nothing changed",
    ]


def test_plain_text_where_there_is_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    text = printed(VIOLATION)
    assert "\x1b" not in text
    first, last = text.splitlines()[0], text.splitlines()[-1]
    assert first == "vote/small: invariant Agreement is violated"
    assert last == "1,234 states generated, 56 distinct, depth 7, 8 on queue; 0.5 s, 2,468 states/s, interpreted"


def test_emphasis_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[" in printed(VIOLATION, Terminal())
    assert click.unstyle(printed(VIOLATION, Terminal())) == printed(VIOLATION)


@pytest.mark.parametrize(("variable", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_a_terminal_that_wants_no_emphasis(monkeypatch: pytest.MonkeyPatch, variable: str, value: str) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv(variable, value)
    assert printed(VIOLATION, Terminal()) == printed(VIOLATION)


def test_long_lines_and_brackets_are_left_alone() -> None:
    long = values.sequence(["[bold]" * 40])
    text = printed(CheckResult(Verdict.DEADLOCK, STATS, "interpreted", None, Counterexample((Step({"x": long}),))))
    assert "[bold]" * 40 in text


@pytest.mark.parametrize("verdict", Verdict)
def test_every_verdict_has_a_headline(verdict: Verdict) -> None:
    error = EvaluationError("no value") if verdict is Verdict.ERROR else None
    assert printed(CheckResult(verdict, STATS, "interpreted", "P", error=error)).startswith("vote/small: ")


# --- machine-readable ------------------------------------------------------------------------------------------------


def test_itf() -> None:
    itf = to_itf(COUNTEREXAMPLE, "vote/small")
    assert itf["vars"] == ["term", "messages", "log", "fixed"]
    states = itf["states"]
    assert isinstance(states, list)
    assert states[1] == {
        "#meta": {"index": 1, "action": "Cast", "location": "line 2, col 1 to line 2, col 12 of Vote.tla"},
        "term": {"#map": [["n1", 1], ["n2", 0]]},
        "messages": {"#set": ["m1"]},
        "log": ["a"],
        "fixed": "x",
    }


def test_the_json_object() -> None:
    report = report_object(VIOLATION, "vote/small")
    assert list(report) == [
        "verdict",
        "violated",
        "generated",
        "distinct",
        "depth",
        "seconds",
        "engine",
        "trace",
        "error",
        "warnings",
    ]
    assert (report["verdict"], report["violated"], report["engine"]) == ("invariant", "Agreement", "interpreted")
    assert (report["generated"], report["distinct"], report["depth"], report["seconds"]) == (1234, 56, 7, 0.5)
    assert report["error"] is None
    assert json.loads(json.dumps(report)) == report


def test_the_json_object_of_an_error() -> None:
    error = EvaluationError("1 is no function", CAST)
    report = report_object(CheckResult(Verdict.ERROR, Stats(), "interpreted", error=error), "vote/small")
    assert report["trace"] is None
    assert report["error"] == {
        "kind": "evaluation",
        "message": "1 is no function",
        "file": "Vote.tla",
        "line": 2,
        "column": 1,
    }


def test_json_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    file = tmp_path / "out.json"
    file.write_text("old")
    with pytest.raises(TypeError):
        write_json(str(file), {"verdict": object()})
    assert file.read_text() == "old"
    write_json(str(file), {"verdict": "pass"})
    assert json.loads(file.read_text()) == {"verdict": "pass"}
    assert os.listdir(tmp_path) == ["out.json"]


def test_json_that_cannot_be_written_is_the_users_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot write"):
        write_json(str(tmp_path / "missing" / "out.json"), {})


# --- progress --------------------------------------------------------------------------------------------------------


def test_the_progress_line_is_for_terminals() -> None:
    stream = io.StringIO()
    line = ProgressLine(stream)
    line.progress(STATS)
    line.clear()
    assert stream.getvalue() == ""
    assert line.last is STATS


def test_the_progress_line_is_rewritten_and_cleared() -> None:
    stream = Terminal()
    line = ProgressLine(stream)
    line.progress(STATS)
    line.clear()
    line.clear()
    first, *middle, last = stream.getvalue().split(ERASE_LINE)
    assert (first, last) == ("", "")
    assert len(middle) == 1 and middle[0].startswith("1,234 generated, 56 distinct, 8 on queue")


def test_progress_text() -> None:
    text = progress_text(STATS, 2468.4, 61)
    assert text == "1,234 generated, 56 distinct, 8 on queue, depth 7, 2,468 states/s, 1:01"
