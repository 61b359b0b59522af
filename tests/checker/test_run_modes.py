"""The run modes of `comitia check`: their options, what they print, their part in the JSON object."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from comitia.checker.cli import main

from .interpreted.models import COUNTER, COUNTER_CONFIG, write_model

COMMAND = [sys.executable, "-c", "import sys; from comitia.checker.cli import main; sys.argv[0] = 'comitia'; main()"]
LARGE = """---- MODULE Large ----
EXTENDS Integers
VARIABLES x, y
Init == x = 0 /\\ y = 0
Right == x < 250 /\\ x' = x + 1 /\\ UNCHANGED y
Up == y < 250 /\\ y' = y + 1 /\\ UNCHANGED x
Never == x > 250 /\\ UNCHANGED <<x, y>>
Next == Right \\/ Up \\/ Never
Inside == x + y < 600
====
"""
LARGE_CONFIG = "INIT Init NEXT Next INVARIANT Inside CHECK_DEADLOCK FALSE"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write_model(tmp_path)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["check", *arguments], catch_exceptions=False)


def report(*arguments: str) -> dict[str, object]:
    return json.loads(run(*arguments, "--json", "-").stdout)


# --- the command line ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--seed", "0"), "--seed says nothing without --simulate"),
        (("--depth", "3"), "--depth says nothing without --simulate"),
        (("--num", "3"), "--num says nothing without --simulate"),
        (("--simulate", "--coverage"), "--coverage says nothing with --simulate"),
        (("--simulate", "--continue"), "--continue says nothing with --simulate"),
        (("--simulate", "--no-vacuity"), "--no-vacuity says nothing with --simulate"),
        (("--simulate", "--resume", "x"), "--resume says nothing with --simulate"),
        (("--checkpoint-minutes", "3"), "--checkpoint-minutes says nothing without --checkpoint"),
        (("--dump", "graph.png"), "--dump writes files that end in .dot or .graphml, not graph.png"),
    ],
)
def test_options_that_make_no_sense_together(folder: Path, options: tuple[str, ...], message: str) -> None:
    result = run("Counter.tla", *options)
    assert result.exit_code == 2
    assert message in result.stderr


def test_every_option_is_in_the_help_and_in_the_readme() -> None:
    help_text = run("--help").stdout
    readme = (Path(__file__).parent.parent.parent / "README.md").read_text(encoding="utf-8")
    for option in (
        *("--continue", "--difftrace", "--dump", "--coverage", "--no-vacuity", "--why", "--checkpoint"),
        *("--checkpoint-minutes", "--resume", "--simulate", "--num", "--depth", "--seed"),
    ):
        assert option in help_text and f"`{option}" in readme, option


def test_what_is_always_in_the_json_object(folder: Path) -> None:
    assert list(report("Counter.tla")) == [
        *("verdict", "violated", "generated", "distinct", "depth", "seconds", "engine", "trace", "error", "warnings")
    ]


# --- simulation ------------------------------------------------------------------------------------------------------


def test_a_simulation_that_finds_nothing(folder: Path) -> None:
    result = run("Counter.tla", "--simulate", "--num", "12", "--depth", "5", "--seed", "7")
    assert result.exit_code == 3
    first, second = result.stdout.splitlines()
    assert first == "Counter: nothing violated in 12 random behaviours"
    assert second.startswith("12 behaviours of up to 6 states, 61 states generated, seed 7; ")


def test_a_simulation_in_json(folder: Path) -> None:
    found = report("Counter.tla", "--simulate", "--num", "3", "--seed", "7")
    assert (found["verdict"], found["behaviours"], found["seed"]) == ("incomplete", 3, 7)
    assert (found["generated"], found["depth"], found["distinct"]) == (301, 101, 0)


def test_a_simulation_that_finds_a_violation(folder: Path) -> None:
    write_model(folder, COUNTER_CONFIG + "INVARIANT Small")
    result = run("Counter.tla", "--simulate")
    assert result.exit_code == 12
    assert result.stdout.startswith("Counter: invariant Small is violated\n\n  1  initial state\n")


def test_temporal_properties_are_not_simulated(folder: Path) -> None:
    write_model(folder, COUNTER_CONFIG + "PROPERTY Live", COUNTER.replace("====", "Live == <>(x = 3)\n===="))
    result = run("Counter.tla", "--simulate", "--num", "2")
    assert result.exit_code == 3
    assert "warning: Live is a temporal property" in result.stderr


# --- violations ------------------------------------------------------------------------------------------------------


def test_continue_prints_every_violation(folder: Path) -> None:
    write_model(folder, COUNTER_CONFIG + "INVARIANTS Small Tiny PROPERTY Up")
    result = run("Counter.tla", "--continue", "--json", "out.json")
    assert result.exit_code == 12
    headlines = [line for line in result.stdout.splitlines() if line.startswith("Counter: ")]
    assert headlines == [
        "Counter: invariant Tiny is violated",
        "Counter: invariant Small is violated",
        "Counter: action property Up is violated",
    ]
    found = json.loads((folder / "out.json").read_text())
    assert found["violated"] == "Tiny"
    assert [(one["verdict"], one["violated"], len(one["trace"]["states"])) for one in found["violations"]] == [
        ("invariant", "Tiny", 2),
        ("invariant", "Small", 3),
        ("action", "Up", 5),
    ]
    assert found["violations"][0]["trace"] == found["trace"]


def test_violations_are_in_the_json_object_where_asked_for(folder: Path) -> None:
    assert report("Counter.tla", "--continue")["violations"] == []
    assert "violations" not in report("Counter.tla")


def test_difftrace(folder: Path) -> None:
    write_model(folder, COUNTER_CONFIG + "PROPERTY Up")
    lines = run("Counter.tla", "--difftrace").stdout.splitlines()
    assert lines[2:9] == [
        "  1  initial state",
        "     x  0",
        "     y  {}",
        "  2  Inc  Counter.tla:6:1",
        "     x  1",
        "     y  {0}",
        "  3  Inc  Counter.tla:6:1",
    ]
    assert lines[14:17] == ["  5  Reset  Counter.tla:7:1", "     x  0", ""]


def test_a_postcondition(folder: Path) -> None:
    write_model(folder, COUNTER_CONFIG + "POSTCONDITION Post", COUNTER.replace("====", "Post == Limit = 4\n===="))
    result = run("Counter.tla", "--json", "out.json")
    assert result.exit_code == 10
    assert result.stdout.splitlines()[0] == "Counter: the postcondition Post is false"
    found = json.loads((folder / "out.json").read_text())
    assert (found["verdict"], found["violated"]) == ("assumption", "Post")


# --- coverage and vacuity --------------------------------------------------------------------------------------------


def test_coverage(folder: Path) -> None:
    result = run("Counter.tla", "--coverage", "--json", "out.json")
    lines = result.stdout.splitlines()
    assert lines[2] == "actions: states generated, distinct states found"
    assert lines[3].split() == ["6", "5", "Inc"]
    assert any(line.endswith("x < Limit  Counter.tla:6:8") for line in lines)
    found = json.loads((folder / "out.json").read_text())["coverage"]
    assert list(found["actions"]) == ["Inc", "Reset"]
    assert set(found["actions"]["Inc"]) == {"generated", "distinct"}
    first = found["expressions"][0]
    assert set(first) == {"file", "line", "column", "end_line", "end_column", "evaluated", "true"}
    assert all(0 <= one["true"] <= one["evaluated"] for one in found["expressions"])


def test_warnings_of_what_never_happened(folder: Path) -> None:
    write_model(folder, LARGE_CONFIG, LARGE.replace("250", "5"))
    expected = "the action Never (Large.tla:7:1) was never enabled: `x > 5` (Large.tla:7:10) was never TRUE"
    result = run("Large.tla", "--json", "out.json")
    assert result.exit_code == 0
    assert result.stderr == f"warning: {expected}\n"
    assert json.loads((folder / "out.json").read_text())["warnings"] == [expected]
    assert run("Large.tla", "--no-vacuity").stderr == ""


def test_why(folder: Path) -> None:
    write_model(folder, LARGE_CONFIG, LARGE.replace("250", "5"))
    result = run("Large.tla", "--why", "Never", "--no-vacuity", "--json", "out.json")
    lines = result.stdout.splitlines()
    assert lines[2] == "Never was never enabled; its guards: evaluated, FALSE, states where it alone was FALSE"
    assert lines[3].split() == ["36", "36", "36", "x", ">", "5", "Large.tla:7:10", "<-", "never", "TRUE"]
    found = json.loads((folder / "out.json").read_text())["why"]
    assert (found["action"], found["generated"], found["blocking"]) == ("Never", 0, 0)
    assert found["guards"][0]["text"] == "x > 5" and found["guards"][0]["alone"] == 36


def test_why_of_no_action(folder: Path) -> None:
    result = run("Counter.tla", "--why", "Incr")
    assert result.exit_code == 255
    assert "hint:     did you mean `Inc`?" in result.stderr


# --- the graph -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["graph.dot", "graph.graphml"])
def test_dump(folder: Path, name: str) -> None:
    found = report("Counter.tla", "--dump", name)
    text = (folder / name).read_text()
    assert text.count("x = ") == found["distinct"]
    assert "Inc" in text and "Reset" in text


def test_the_graph_of_a_search_that_ended_early(folder: Path) -> None:
    write_model(folder, COUNTER_CONFIG + "INVARIANT Small")
    assert run("Counter.tla", "--dump", "graph.dot").exit_code == 12
    assert (folder / "graph.dot").read_text().count(" -> ") == 2


# --- checkpoints -----------------------------------------------------------------------------------------------------


def test_a_limit_can_be_raised(folder: Path) -> None:
    first = run("Counter.tla", "--max-states", "3", "--checkpoint", "kept")
    assert first.exit_code == 3
    whole, resumed = report("Counter.tla"), report("Counter.tla", "--resume", "kept")
    assert {**whole, "seconds": 0} == {**resumed, "seconds": 0}


def test_an_interrupted_check_is_resumed(folder: Path) -> None:
    """Interrupted when its progress line, on a terminal, tells that the search is under way."""
    write_model(folder, LARGE_CONFIG, LARGE)
    terminal, inside = pty.openpty()
    command = [*COMMAND, "check", "Large.tla", "--checkpoint", "kept", "--json", "part.json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=inside, text=True)
    seen = b""
    while b" generated, " not in seen:
        seen += os.read(terminal, 4096)
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=60)
    os.close(inside)
    os.close(terminal)
    assert process.returncode == 130
    assert output.startswith("Large: stopped before the end")
    part = json.loads((folder / "part.json").read_text())
    assert part["verdict"] == "incomplete" and 0 < part["distinct"] < 251 * 251
    resumed = run("Large.tla", "--resume", "kept", "--json", "resumed.json")
    assert resumed.exit_code == 0
    whole = report("Large.tla")
    assert whole["distinct"] == 251 * 251
    assert {**json.loads((folder / "resumed.json").read_text()), "seconds": 0} == {**whole, "seconds": 0}


def test_another_specification_is_refused(folder: Path) -> None:
    run("Counter.tla", "--max-states", "3", "--checkpoint", "kept")
    write_model(folder, COUNTER_CONFIG + "INVARIANT Tiny")
    result = run("Counter.tla", "--resume", "kept")
    assert result.exit_code == 255
    assert result.stderr.startswith("Counter.cfg:1:1: input error: the checkpoint in kept is of another specification")
