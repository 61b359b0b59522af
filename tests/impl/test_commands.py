"""`comitia simulate raft`: the trace it writes, and its exit codes."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from comitia.impl import commands
from comitia.impl.simulator import OracleViolation
from comitia.impl.simulator.raft import simulate


def test_it_writes_the_trace_of_the_seed(tmp_path: Path) -> None:
    out = tmp_path / "run.ndjson"
    result = CliRunner().invoke(commands.simulate, ["raft", "--seed", "7", "--scenario", "calm", "--out", str(out)])
    assert result.exit_code == 0, result.output
    assert result.output.startswith("seed 7, scenario calm: ")
    assert out.read_text().splitlines() == simulate(7, "calm").trace_lines


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    out = tmp_path / "missing" / "run.ndjson"
    result = CliRunner().invoke(commands.simulate, ["raft", "--scenario", "calm", "--out", str(out)])
    assert result.exit_code == 1
    assert "No such file or directory" in result.output


@pytest.mark.parametrize(("oracle", "exit_code"), [("election safety", 12), ("liveness", 13)])
def test_a_violation_is_told_and_leaves_its_trace(
    oracle: str, exit_code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def violate(seed: int, scenario: str) -> None:
        violation = OracleViolation(oracle, "details", seed, 120)
        violation.trace_lines = ["{}"]
        raise violation

    monkeypatch.setattr(commands, "simulate_raft", violate)
    out = tmp_path / "run.ndjson"
    result = CliRunner().invoke(commands.simulate, ["raft", "--seed", "3", "--out", str(out)])
    assert result.exit_code == exit_code
    assert f"{oracle} violated at 120 ms with seed 3: details" in result.output
    assert out.read_text() == "{}\n"
