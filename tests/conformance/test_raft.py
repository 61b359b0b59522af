"""Every run of the Raft core is a behaviour of Raft.tla; without one of its guards some run within 50 is not."""

from __future__ import annotations

import json

import pytest
from comitia.checker.conformance.report import text_report
from comitia.checker.conformance.validation import Validator, Verdict
from comitia.impl.simulator.raft import SCENARIOS, simulate
from comitia.model.diagnostics import TraceError
from comitia.model.modules.loader import load_module

from ..impl.raft.seeded import SEEDED_BUGS, SeededBug
from .harness import RAFT, raft_validator, replay

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


NOT_THE_SAME = {
    "KeepVoteInTerm": "the specification forgets the vote at every request of the leader, the core where it steps down",
    "RefuseStaleLeader": "a leader of the specification has no step for an earlier request, the core refuses it",
}
"""Guards whose lack is not the same thing in the core and in the specification."""


@pytest.mark.parametrize("bug", FOUND_IN_RUNS, ids=[bug.guard for bug in FOUND_IN_RUNS])
def test_a_core_without_a_guard_follows_the_specification_without_it(bug: SeededBug) -> None:
    assert bug.scenario is not None
    validator = Validator(load_module(RAFT))
    is_followed = True
    for seed in range(SEEDS):
        header, *events = simulate(seed, bug.scenario, make_core=bug.make_core, judge=False).trace_lines
        data = json.loads(header)
        data["constants"]["DroppedGuards"] = {"#set": [bug.guard]}
        result = replay(validator, [json.dumps(data), *events])
        is_followed = is_followed and result.verdict is Verdict.CONFORMS
    assert is_followed is (bug.guard not in NOT_THE_SAME)


def test_a_trace_cannot_choose_the_guards_it_is_checked_against() -> None:
    header, *events = simulate(0, "calm").trace_lines
    data = json.loads(header)
    data["constants"]["DroppedGuards"] = {"#set": ["PersistVote"]}
    with pytest.raises(TraceError, match="the mapping fixes the constant `DroppedGuards`"):
        replay(raft_validator(), [json.dumps(data), *events])
