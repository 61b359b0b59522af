"""What `comitia check` says of temporal properties, word for word: tests/testdata/liveness, each case one file.

`--regenerate` writes what is expected: the exit code, standard error, standard output but for its times, and of the
counterexample in the JSON object the number of states and the loop.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from comitia.checker.cli import main

from ...archive import read_archive
from .cases import lift

CASES = sorted((Path(__file__).parent.parent.parent / "testdata" / "liveness").glob("*.txt"))
EXPECTED, OUTPUT = "expected", "out.json"
TIMES = re.compile(r"; [\d.]+ s, [\d,]+ states/s, ")


def said(result: Result, report: dict[str, Any]) -> str:
    lines = [f"exit code {result.exit_code}", result.stderr.rstrip(), TIMES.sub("; ", result.stdout.rstrip())]
    if (trace := report["trace"]) is not None:
        lines.append(f"{len(trace['states'])} states, then that of index {trace.get('loop')} again")
    return "\n".join(line for line in lines if line) + "\n"


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_the_report(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, regenerate: bool) -> None:
    case = read_archive(path)
    case.unpack(tmp_path, [name for name in case.files if name != EXPECTED])
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, case.command, catch_exceptions=False)
    actual = said(result, json.loads((tmp_path / OUTPUT).read_text(encoding="utf-8")))
    if regenerate:
        case.files[EXPECTED] = actual
        case.write(path)
    assert actual == case.files[EXPECTED], "run pytest --regenerate if the change is meant"


def test_the_trace_of_a_lasso(tmp_path: Path) -> None:
    target = lift(tmp_path, "Weak", ["[]<>(floor = 0)"])
    result = CliRunner().invoke(main, ["check", str(target.module), "--json", "-"], catch_exceptions=False)
    trace = json.loads(result.stdout)["trace"]
    assert [(state["floor"], state["door"]) for state in trace["states"]] == [(0, "shut"), (1, "shut"), (1, "open")]
    assert trace["loop"] == 1


def test_the_state_graph_is_written_as_well(tmp_path: Path) -> None:
    target, graph = lift(tmp_path, "Weak", ["[]<>(floor = 0)"]), tmp_path / "graph.dot"
    arguments = ["check", str(target.module), "--dump", str(graph)]
    result = CliRunner().invoke(main, arguments, catch_exceptions=False)
    assert result.exit_code == 13
    assert "property Prop0 is violated" in result.stdout
    steps = [line for line in graph.read_text(encoding="utf-8").splitlines() if " -> " in line]
    assert len(steps) == 8, "stuttering steps are not among them"


CHECK = "from comitia.checker.cli import main\nmain(standalone_mode=False)\nimport sys\nprint('numpy' in sys.modules)"


@pytest.mark.parametrize(("formula", "is_loaded"), [("[](floor < 3)", False), ("[]<>(floor = 1)", True)])
def test_arrays_are_loaded_for_temporal_properties_alone(formula: str, is_loaded: bool, tmp_path: Path) -> None:
    target = lift(tmp_path, "Weak", [formula])
    command = [sys.executable, "-c", CHECK, "check", str(target.module)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == str(is_loaded)
