"""The command line: targets, exit codes, what goes to which stream, the JSON contract."""

from __future__ import annotations

import json
import os
import pty
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from comitia.checker import catalog as catalog_module
from comitia.checker.catalog import catalog, find_target
from comitia.checker.cli import main
from comitia.model.diagnostics import InputError

COMMAND = [sys.executable, "-c", "import sys; from comitia.checker.cli import main; sys.argv[0] = 'comitia'; main()"]
STARTUP_SECONDS = 0.3

COUNTER = """---- MODULE Counter ----
EXTENDS Integers, TLC
CONSTANT Limit
VARIABLES x, y
Init == x = 0 /\\ y = {}
Inc == x < Limit /\\ x' = x + 1 /\\ y' = y \\cup {x}
Reset == x = Limit /\\ x' = 0 /\\ UNCHANGED y
Next == Inc \\/ Reset
Stuck == Inc
Spec == Init /\\ [][Next]_<<x, y>>
Small == x < 2
Up == [][x' > x]_x
NotThree == Assert(x # 3, "three")
====
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "Counter.tla").write_text(COUNTER)
    configure(tmp_path)
    return tmp_path


def configure(folder: Path, extra: str = "", limit: int = 3, next_: str = "Next") -> None:
    (folder / "Counter.cfg").write_text(f"CONSTANT Limit = {limit}\nINIT Init\nNEXT {next_}\n{extra}\n")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments), catch_exceptions=False)


# --- check -----------------------------------------------------------------------------------------------------------


def test_a_model_without_errors(folder: Path) -> None:
    result = run("check", "Counter.tla")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0] == "Counter: no error found"
    assert "states generated" in result.stdout
    assert result.stderr == ""


@pytest.mark.parametrize(
    ("extra", "next_", "code", "verdict", "violated"),
    [
        ("", "Next", 0, "pass", None),
        ("", "Stuck", 11, "deadlock", None),
        ("INVARIANT Small", "Next", 12, "invariant", "Small"),
        ("PROPERTY Up", "Next", 13, "action", "Up"),
        ("INVARIANT NotThree", "Next", 14, "assert", None),
    ],
)
def test_verdicts_exit_codes_and_json(
    folder: Path, extra: str, next_: str, code: int, verdict: str, violated: str | None
) -> None:
    configure(folder, extra, next_=next_)
    result = run("check", "Counter.tla", "--json", "out.json")
    report = json.loads((folder / "out.json").read_text())
    assert result.exit_code == code
    assert (report["verdict"], report["violated"]) == (verdict, violated)
    assert report["engine"] == "interpreted"
    assert (report["trace"] is not None) is (code != 0)
    assert report["generated"] >= report["distinct"] >= report["depth"] > 0


def test_the_counterexample_is_readable(folder: Path) -> None:
    configure(folder, "INVARIANT Small")
    lines = run("check", "Counter.tla").stdout.splitlines()
    assert lines[0] == "Counter: invariant Small is violated"
    assert lines[2] == "  1  initial state"
    assert "  2  Inc  Counter.tla:6:1" in lines
    assert "     x  0 -> 1" in lines
    assert "     y  + 0" in lines


def test_json_on_standard_output_is_alone_there(folder: Path) -> None:
    configure(folder, "INVARIANT Small")
    result = run("check", "Counter.tla", "--json", "-")
    report = json.loads(result.stdout)
    assert report["verdict"] == "invariant"
    assert [state["x"] for state in report["trace"]["states"]] == [0, 1, 2]


def test_json_of_an_error(folder: Path) -> None:
    configure(folder, "INVARIANT Smal")
    result = run("check", "Counter.tla", "--json", "-")
    report = json.loads(result.stdout)
    assert result.exit_code == 151
    assert report["verdict"] == "error"
    assert report["error"]["kind"] == "config"
    assert (report["error"]["file"], report["error"]["line"]) == ("Counter.cfg", 4)
    assert "did you mean `Small`?" in result.stderr


@pytest.mark.parametrize("limit", [("--max-states", "2"), ("--max-depth", "2")])
def test_a_limit_leaves_the_search_incomplete(folder: Path, limit: tuple[str, str]) -> None:
    result = run("check", "Counter.tla", *limit, "--json", "-")
    assert result.exit_code == 3
    assert json.loads(result.stdout)["verdict"] == "incomplete"


def test_no_deadlock(folder: Path) -> None:
    configure(folder, next_="Stuck")
    assert run("check", "Counter.tla").exit_code == 11
    assert run("check", "Counter.tla", "--no-deadlock").exit_code == 0
    configure(folder, "CHECK_DEADLOCK FALSE", next_="Stuck")
    assert run("check", "Counter.tla").exit_code == 0


def test_another_configuration(folder: Path) -> None:
    (folder / "Other.cfg").write_text("CONSTANT Limit = 1 SPECIFICATION Spec")
    result = run("check", "Counter.tla", "--config", "Other.cfg", "--json", "-")
    assert json.loads(result.stdout)["distinct"] == 3


def test_the_ending_of_a_module_may_be_left_out(folder: Path) -> None:
    assert run("check", "Counter").exit_code == 0


def test_the_command_line_is_checked() -> None:
    assert run("check").exit_code == 2
    assert run("check", "X.tla", "--workers", "0").exit_code == 2
    assert run("check", "X.tla", "--engine", "warp").exit_code == 2
    assert run("chekc").exit_code == 2


def test_unknown_targets(folder: Path) -> None:
    result = run("check", "Countr.tla")
    assert result.exit_code == 255
    assert "did you mean `Counter.tla`?" in result.stderr
    assert "input error: unknown target: nonesuch" in run("check", "nonesuch").stderr
    assert "no such configuration file" in run("check", "Counter.tla", "--config", "No.cfg").stderr
    (folder / "Counter.cfg").unlink()
    assert "expected: a file Counter.cfg" in run("check", "Counter.tla").stderr


def test_an_interrupt_reports_the_figures_so_far(folder: Path) -> None:
    """Standard error is a terminal, so that its progress line tells when the search is under way."""
    configure(folder, limit=10_000_000)
    terminal, inside = pty.openpty()
    process = subprocess.Popen(
        [*COMMAND, "check", "Counter.tla", "--json", "out.json"], stdout=subprocess.PIPE, stderr=inside, text=True
    )
    progress = b""
    while b" generated, " not in progress:
        progress += os.read(terminal, 4096)
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=300)
    assert process.returncode == 130
    assert output.startswith("Counter: stopped before the end")
    assert "\x1b" not in output, "standard output is no terminal"
    report = json.loads((folder / "out.json").read_text())
    assert report["verdict"] == "incomplete" and report["generated"] > 0
    os.close(inside)
    os.close(terminal)


def test_an_interrupt_while_the_command_is_loaded_is_no_traceback() -> None:
    code = """
import importlib.abc, os, signal, sys
from comitia.checker import start

class Interrupting(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name == "comitia.checker.cli":
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Interrupting())
start.main()
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


def test_a_closed_pipe_is_no_traceback(folder: Path) -> None:
    configure(folder, "INVARIANT Small")
    reader, writer = os.pipe()
    os.close(reader)
    process = subprocess.Popen([*COMMAND, "check", "Counter.tla"], stdout=writer, stderr=subprocess.PIPE, text=True)
    os.close(writer)
    _, errors = process.communicate(timeout=300)
    assert errors == ""


# --- list and the catalog --------------------------------------------------------------------------------------------


def test_list() -> None:
    result = run("list")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0].split() == ["MODEL", "VERDICT", "DISTINCT", "MODULE"]
    assert len(lines) == 1 + len(catalog())


def test_list_starts_at_once() -> None:
    def seconds() -> float:
        """Of processor time: the tests beside this one do not count."""
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([*COMMAND, "list"], check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    assert min(seconds() for _ in range(5)) < STARTUP_SECONDS


def test_list_loads_nothing_heavy() -> None:
    program = (
        "import sys\nfrom comitia.checker.cli import main\nmain(['list'], standalone_mode=False)\n"
        "print(sorted({name.partition('.')[0] for name in sys.modules} & {'rich', 'lark', 'asyncio', 'hypothesis'}))"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_protocol_names_its_default_model() -> None:
    for model in catalog():
        assert find_target(model.name).model == model
    protocols = {model.protocol for model in catalog()}
    for protocol in protocols:
        target = find_target(protocol)
        assert target.model is not None and target.model.default and target.model.protocol == protocol


def test_the_catalog_is_sound() -> None:
    names = [model.name for model in catalog()]
    assert len(set(names)) == len(names)
    for model in catalog():
        target = find_target(model.name)
        assert target.module.is_file(), target.module
        assert target.config.is_file(), target.config


def test_a_misspelt_model_is_recognised(monkeypatch: pytest.MonkeyPatch) -> None:
    model = catalog_module.CatalogModel("raft/small", "raft/R.tla", "raft/R.cfg", catalog_module.Verdict.PASS)
    monkeypatch.setattr(catalog_module, "catalog", lambda: (model,))
    with pytest.raises(InputError) as caught:
        find_target("raft/smal")
    assert caught.value.hint == "did you mean `raft/small`?"


# --- the rest --------------------------------------------------------------------------------------------------------


def test_help_and_version() -> None:
    help_text = run("--help").stdout
    for command in ("check", "list", "prove", "simulate", "tlc", "validate"):
        assert f"\n  {command} " in help_text
    assert run("--version").stdout.startswith("comitia, version ")


def test_tlc_beside_comitia(folder: Path) -> None:
    result = run("tlc", "Counter.tla")
    if "not installed" in result.stderr:
        pytest.skip("TLC is not installed")
    assert result.exit_code == 0, result.output
    figures = {line.split()[0]: line.split()[1:] for line in result.stdout.splitlines()[1:]}
    assert figures["verdict"] == ["pass", "pass"]
    for name in ("generated", "distinct", "depth"):
        ours, theirs = figures[name]
        assert ours == theirs
