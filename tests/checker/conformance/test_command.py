"""`comitia validate`: targets, streams, exit codes and the JSON contract."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from comitia.checker.cli import main

from .harness import COURIER, event, parcel, trace_of

GOOD = trace_of(event("Send", {"way": {"#set": [parcel("ann", 1)]}}, c="ann", w=1))
BAD = trace_of(event("Shut", {"door[ann]": "shut"}, c="ann"))
EMPTY = GOOD.source.text.split("\n")[0]
OPEN = trace_of(event("Open", {"door[ann]": "open"}, c="ann"))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "Courier.tla").write_text(COURIER.read_text())
    (tmp_path / "good.ndjson").write_text(GOOD.source.text)
    (tmp_path / "bad.ndjson").write_text(BAD.source.text)
    (tmp_path / "empty.ndjson").write_text(EMPTY)
    (tmp_path / "open.ndjson").write_text(OPEN.source.text)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["validate", *arguments], catch_exceptions=False)


def test_a_trace_that_conforms(folder: Path) -> None:
    result = run("good.ndjson", "--spec", "Courier.tla")
    assert result.exit_code == 0
    assert result.stdout.startswith("good.ndjson: conforms: 1 events, 1 steps; ")
    assert "warning: no event observes `door`" in result.stderr


def test_a_trace_that_does_not(folder: Path) -> None:
    result = run("bad.ndjson", "--spec", "Courier")
    assert result.exit_code == 1
    assert result.stdout.startswith("bad.ndjson:2:1: does not conform: event 1, Shut")
    assert 'door[c] = "shut"' in result.stdout


def test_a_malformed_trace(folder: Path) -> None:
    result = run("empty.ndjson", "--spec", "Courier.tla")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "empty.ndjson:1:1: trace error: the trace has no events" in result.stderr


def test_a_bound_on_the_search(folder: Path) -> None:
    result = run("good.ndjson", "--spec", "Courier.tla", "--max-steps", "1")
    assert result.exit_code == 3
    assert result.stdout.startswith("good.ndjson: inconclusive")


@pytest.mark.parametrize(
    ("traces", "code"),
    [
        (("good", "open"), 0),
        (("good", "empty"), 2),
        (("empty", "bad", "good"), 1),
    ],
)
def test_the_gravest_verdict_of_several(folder: Path, traces: tuple[str, ...], code: int) -> None:
    result = run(*(f"{name}.ndjson" for name in traces), "--spec", "Courier.tla", "--json", "out.json")
    report = json.loads((folder / "out.json").read_text())
    assert (result.exit_code, report["exit_code"]) == (code, code)
    assert [entry["trace"] for entry in report["traces"]] == [f"{name}.ndjson" for name in traces]


def test_json_on_standard_output_is_alone_there(folder: Path) -> None:
    result = run("good.ndjson", "bad.ndjson", "empty.ndjson", "--spec", "Courier.tla", "--json", "-")
    good, bad, empty = json.loads(result.stdout)["traces"]
    assert (good["verdict"], good["events"], good["actions"]) == ("conforms", 1, {"Send": 1})
    assert (bad["verdict"], bad["refusals"][0]["kind"]) == ("does not conform", "guard")
    assert (empty["verdict"], empty["exit_code"], empty["error"]["place"]["line"]) == ("malformed", 2, 1)


def test_the_mapping_beside_the_module_and_another(folder: Path) -> None:
    (folder / "Courier.trace.toml").write_text("[silent]\nOpen = 1\n")
    assert run("bad.ndjson", "--spec", "Courier.tla").exit_code == 0
    (folder / "none.toml").write_text("")
    assert run("bad.ndjson", "--spec", "Courier.tla", "--mapping", "none.toml").exit_code == 1
    assert run("bad.ndjson", "--spec", "Courier.tla", "--mapping", "nosuch.toml").exit_code == 255
    (folder / "none.toml").write_text("silent = 1")
    result = run("bad.ndjson", "--spec", "Courier.tla", "--mapping", "none.toml")
    assert result.exit_code == 2
    assert "none.toml:1:1: mapping error: `silent` is not a table" in result.stderr


def test_unknown_targets(folder: Path) -> None:
    for target in ("Currier.tla", "nonesuch"):
        result = run("good.ndjson", "--spec", target)
        assert result.exit_code == 255
        assert "unknown specification" in result.stderr and "raft" in result.stderr
    result = run("good.ndjson", "--spec", "raft")
    assert result.exit_code == 255
    assert "the protocol raft has no module Courier" in result.stderr
    assert run("nosuch.ndjson", "--spec", "Courier.tla").exit_code == 255
    assert run("good.ndjson").exit_code == 2


def test_an_error_of_the_specification_is_its_own(folder: Path) -> None:
    text = COURIER.read_text().replace("stock[c] < 10", "stock[c] < way")
    (folder / "Courier.tla").write_text(text)
    (folder / "Courier.trace.toml").write_text('invariants = ["Light"]\n')
    result = run("good.ndjson", "--spec", "Courier.tla")
    assert result.exit_code == 75
    assert "Courier.tla:55:28" in result.stderr
