"""The command `comitia types`: what a person reads, what a program reads, what is said where a type is not known."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from comitia.checker.cli import main

MODULE = """---- MODULE Votes ----
EXTENDS Naturals
CONSTANTS Server, Nil
VARIABLES votedFor, msgs, nested
Vote(i) == [type |-> "vote", from |-> i]
Ack(i) == [type |-> "ack", from |-> i, ok |-> TRUE]
Init == votedFor = [i \\in Server |-> Nil] /\\ msgs = {} /\\ nested = {}
Next == \\E i \\in Server : /\\ votedFor' = [votedFor EXCEPT ![i] = i]
                          /\\ msgs' = msgs \\cup {Vote(i), Ack(i)}
                          /\\ nested' = {nested}
====
"""
CONFIG = "CONSTANTS Server = {s1, s2}\nNil = Nil\nINIT Init\nNEXT Next\n"


@pytest.fixture
def module(tmp_path: Path) -> Path:
    file = tmp_path / "Votes.tla"
    file.write_text(MODULE)
    file.with_suffix(".cfg").write_text(CONFIG)
    return file


def run(*arguments: str) -> str:
    result = CliRunner().invoke(main, ["types", *arguments], catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout


def test_variables_and_constants(module: Path) -> None:
    assert (
        run(str(module))
        == f"""CONSTANTS
  Server : {{s1, s2}}
  Nil    : Nil
VARIABLES
  votedFor : Server -> Server | Nil
  msgs     : Set({{type: "vote", from: Server}} | {{type: "ack", from: Server, ok: TRUE}})
  nested   : Set(Set(Set(Any)))
NOT KNOWN
  nested: the value is nested without bound ({module}:4:27)
"""
    )


def test_definitions(module: Path) -> None:
    lines = run(str(module), "--definitions").splitlines()
    assert lines[lines.index("DEFINITIONS") + 1 :][:4] == [
        '  Vote(i: Server) == {type: "vote", from: Server}',
        '  Ack(i: Server) == {type: "ack", from: Server, ok: TRUE}',
        "  Init == Bool",
        "  Next == Bool",
    ]


def test_json(module: Path) -> None:
    report = json.loads(run(str(module), "--json", "-"))
    assert report["source"] == "Votes"
    assert report["constants"]["Nil"]["type"] == "Nil"
    voted = report["variables"]["votedFor"]
    assert voted["type"] == "Server -> Server | Nil"
    assert voted["unknown"] is None
    assert voted["structure"]["kind"] == "function"
    assert [result["key"] for result in voted["structure"]["results"]] == ["s1", "s2"]
    assert report["variables"]["nested"]["unknown"]["reason"] == "the value is nested without bound"


def test_json_beside_the_text(module: Path, tmp_path: Path) -> None:
    assert "VARIABLES" in run(str(module), "--json", str(tmp_path / "types.json"), "--definitions")
    report = json.loads((tmp_path / "types.json").read_text())
    assert report["definitions"][0]["name"] == "Vote"
    assert report["definitions"][0]["parameters"][0]["type"] == "s1 | s2"


def test_raft() -> None:
    text = run("raft")
    assert "votedFor     : Server -> Server | Nil\n" in text
    assert "NOT KNOWN" not in text
