"""The queue of the compiled engine in files: the same figures, and an error where a file cannot be written."""

from __future__ import annotations

from pathlib import Path

import pytest
from comitia.checker.compiled.engine import CompiledEngine
from comitia.checker.engine import Limits, Options
from comitia.checker.interpreted.engine import InterpretedEngine
from comitia.checker.result import CheckResult, Verdict
from comitia.model.structs import replace

from ..interpreted.models import behaviour, problem
from .limits import limit_searches

pytestmark = pytest.mark.usefixtures("compiler")

MODULE = """---- MODULE Wide ----
EXTENDS Integers, Sequences
VARIABLES x, log
Init == x \\in 0..299 /\\ log = <<>>
Next == /\\ Len(log) < 3
        /\\ \\E d \\in {1, 7} : x' = (x + d) % 300 /\\ log' = IF x < 290 THEN log ELSE Append(log, d)
Late == ~(log = <<7, 1>> /\\ x = 3)
====
"""


@pytest.mark.parametrize("more", ["", "INVARIANT Late"])
@pytest.mark.parametrize("options", [Options(), Options(keep_going=True), Options(record_graph=True)], ids=str)
def test_a_queue_in_files_changes_nothing(tmp_path: Path, more: str, options: Options) -> None:
    posed = problem(tmp_path, f"INIT Init\nNEXT Next\nCHECK_DEADLOCK FALSE\n{more}\n", MODULE)
    expected = _facts(InterpretedEngine().check(posed, Limits(), None, options))
    for workers in (1, 3):
        for megabytes in (0.0, 0.02):
            found = CompiledEngine(workers).check(posed, Limits(), None, replace(options, queue_megabytes=megabytes))
            assert _facts(found) == expected


@pytest.mark.parametrize("workers", [1, 2])
def test_a_file_that_cannot_be_made_is_an_error(tmp_path: Path, workers: int, monkeypatch: pytest.MonkeyPatch) -> None:
    posed = problem(tmp_path, "INIT Init\nNEXT Next\nCHECK_DEADLOCK FALSE\n", MODULE)
    monkeypatch.setenv("TMPDIR", str(tmp_path / "absent"))
    assert CompiledEngine(workers).check(posed).verdict is Verdict.PASS
    _assert_disk_error(CompiledEngine(workers).check(posed, Limits(), None, Options(queue_megabytes=0)), "No such file")


@pytest.mark.parametrize("workers", [1, 2])
def test_a_full_disk_is_an_error(tmp_path: Path, workers: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a file that may not grow, which any user can have."""
    posed = problem(tmp_path, "INIT Init\nNEXT Next\nCHECK_DEADLOCK FALSE\n", MODULE)
    limit_searches(monkeypatch, tmp_path, "-f 1")
    _assert_disk_error(CompiledEngine(workers).check(posed, Limits(), None, Options(queue_megabytes=0)), "too large")


def _assert_disk_error(result: CheckResult, reason: str) -> None:
    assert result.verdict is Verdict.ERROR
    assert result.error is not None and result.error.exit_code == 153
    assert "the queue of states cannot be written" in result.error.message
    assert reason in result.error.message


def _facts(result: CheckResult) -> tuple[object, ...]:
    stats, graph = result.stats, result.graph
    size = None if graph is None else (len(graph.states), list(graph.origins), list(graph.targets))
    return result.verdict, (stats.generated, stats.distinct, stats.depth, stats.queue), behaviour(result), size
