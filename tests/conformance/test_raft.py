"""Every run of the Raft core is a behaviour of Raft.tla; without one of its guards some run within 50 is not."""

from __future__ import annotations

import pytest
from comitia.checker.conformance.report import text_report
from comitia.checker.conformance.validation import Verdict
from comitia.impl.simulator import SCENARIOS, simulate

from ..impl.raft.seeded import SEEDED_BUGS, SeededBug
from .harness import raft_validator, replay

SEEDS = 8
MAX_SEEDS = 50
FOUND_IN_RUNS = [bug for bug in SEEDED_BUGS.values() if bug.scenario is not None]
ACTIONS = {
    *("Timeout", "HandleVoteRequest", "HandleVoteResponse", "BecomeLeader", "ClientRequest", "SendAppendEntries"),
    *("HandleAppendRequest", "HandleAppendResponse", "AdvanceCommitIndex"),
}


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_runs_conform(scenario: str) -> None:
    validator = raft_validator()
    for seed in range(SEEDS):
        run = simulate(seed, scenario)
        result = replay(validator, run.trace_lines, f"{scenario}-{seed}")
        assert result.verdict is Verdict.CONFORMS, text_report(result)
        assert not result.warnings
        assert set(result.actions) - {"Crash", "Restart"} == ACTIONS
        assert sum(result.actions.values()) == len(run.trace_lines) - 1


@pytest.mark.parametrize("bug", FOUND_IN_RUNS, ids=[bug.guard for bug in FOUND_IN_RUNS])
def test_a_missing_guard_is_found(bug: SeededBug) -> None:
    assert bug.scenario is not None
    validator = raft_validator()
    for seed in range(MAX_SEEDS):
        correct = simulate(seed, bug.scenario, judge=False)
        assert replay(validator, correct.trace_lines).verdict is Verdict.CONFORMS
        broken = simulate(seed, bug.scenario, make_core=bug.make_core, judge=False)
        result = replay(validator, broken.trace_lines)
        if result.verdict is not Verdict.CONFORMS:
            assert result.verdict is Verdict.DOES_NOT_CONFORM
            assert result.refusals
            return
    raise AssertionError(f"{MAX_SEEDS} runs without {bug.guard} conform")
