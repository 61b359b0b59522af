"""`comitia simulate`, `attack` and `measure`: the traces they write, and their exit codes."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from comitia.impl import commands
from comitia.impl.simulator import OracleViolation
from comitia.impl.simulator.pbft import PbftScenario, campaign
from comitia.impl.simulator.pbft import simulate as simulate_pbft
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


def test_a_cluster_of_pbft_is_simulated_under_the_attack_that_is_named(tmp_path: Path) -> None:
    out = tmp_path / "run.ndjson"
    arguments = ["pbft", "--seed", "7", "--scenario", "equivocation", "--out", str(out)]
    result = CliRunner().invoke(commands.simulate, arguments)
    assert result.exit_code == 0, result.output
    assert "faulty: r" in result.output
    assert out.read_text().splitlines() == simulate_pbft(7, "equivocation").trace_lines


def test_a_scenario_that_the_protocol_does_not_have_is_told() -> None:
    result = CliRunner().invoke(commands.simulate, ["raft", "--scenario", "equivocation"])
    assert result.exit_code == 2
    assert "'equivocation' is not one of default, calm" in result.output


def test_a_campaign_tells_what_it_did_and_keeps_the_traces(tmp_path: Path) -> None:
    result = CliRunner().invoke(commands.attack, ["--runs", "3", "--seed", "10", "--traces", str(tmp_path / "traces")])
    assert result.exit_code == 0, result.output
    assert result.output.startswith("3 runs, 0 violations, in ")
    assert len(list((tmp_path / "traces").iterdir())) == 3


def test_a_campaign_that_finds_something_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def violate(seed: int, scenario: PbftScenario) -> None:
        raise OracleViolation("agreement", "details", seed, 120)

    monkeypatch.setattr(campaign, "simulate", violate)
    result = CliRunner().invoke(commands.attack, ["--runs", "2", "--attack", "twins"])
    assert result.exit_code == 12
    assert "agreement violated at 120 ms with seed 1: details" in result.output
    assert "2 runs, 2 violations" in result.output


def test_what_a_decision_costs(tmp_path: Path) -> None:
    result = CliRunner().invoke(commands.measure, ["--faults", "1", "--plot", str(tmp_path / "cost.svg")])
    assert result.exit_code == 0, result.output
    assert "PBFT with MACs" in result.output
    assert (tmp_path / "cost.svg").exists()
