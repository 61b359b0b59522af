"""Whole runs: the same seed gives the same bytes, hundreds of seeds keep every guarantee, and faults do happen."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from comitia.impl.raft import RaftCore, Role
from comitia.impl.simulator import LinkConditions, OracleViolation
from comitia.impl.simulator.raft import SCENARIOS, simulate

from ...raft.seeded import WithoutOneVotePerTerm

SEEDS_OF_DEFAULT = range(100)
SEEDS_OF_OTHERS = range(25)

DIGEST_PROGRAM = """
import hashlib
from comitia.impl.simulator.raft import SCENARIOS, simulate
for name in SCENARIOS:
    print(name, hashlib.sha256("\\n".join(simulate(5, name).trace_lines).encode()).hexdigest())
"""


def test_runs_are_byte_identical_in_processes_that_hash_differently() -> None:
    digests = set()
    for hash_seed in ("0", "1", "4242"):
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
        command = [sys.executable, "-c", DIGEST_PROGRAM]
        digests.add(subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout)
    here = "".join(
        f"{name} {hashlib.sha256(chr(10).join(simulate(5, name).trace_lines).encode()).hexdigest()}\n"
        for name in SCENARIOS
    )
    assert digests == {here}


def test_another_seed_gives_another_run() -> None:
    assert len({tuple(simulate(seed).trace_lines) for seed in range(5)}) == 5


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_seed_keeps_every_guarantee(scenario: str) -> None:
    for seed in SEEDS_OF_DEFAULT if scenario == "default" else SEEDS_OF_OTHERS:
        assert simulate(seed, scenario).acknowledged >= 1


def test_the_default_scenario_reaches_every_action_and_more_than_one_leader() -> None:
    runs = [simulate(seed) for seed in range(5)]
    events = [json.loads(line) for run in runs for line in run.trace_lines[1:]]
    actions = Counter(event["action"] for event in events)
    assert set(actions) == {
        "Timeout",
        "HandleVoteRequest",
        "HandleVoteResponse",
        "BecomeLeader",
        "ClientRequest",
        "SendAppendEntries",
        "HandleAppendRequest",
        "HandleAppendResponse",
        "AdvanceCommitIndex",
        "Crash",
        "Restart",
    }
    assert min(actions.values()) >= 5
    assert all(event["obs"] for event in events)
    received = Counter(event["msg_id"] for event in events if "msg_id" in event)
    assert max(received.values()) > 1, "a message is received twice"
    assert all(run.terms > 1 for run in runs)


def test_a_crash_undoes_a_step_that_is_not_durable_and_comes_between_persisting_and_sending() -> None:
    crashing = replace(SCENARIOS["default"], name="crashing", crash_before_sending_share=0.3, crash_interval_ms=None)
    events = [json.loads(line) for line in simulate(1, crashing).trace_lines[1:]]
    before_crash = Counter(event["action"] for event, after in pairwise(events) if after["action"] == "Crash")
    assert before_crash["HandleVoteRequest"] + before_crash["Timeout"] + before_crash["SendAppendEntries"] > 0
    for number, event in enumerate(events):
        if event["action"] == "Restart":
            node = event["node"]
            path = f"log[{node}]"
            logs = [earlier["obs"][path] for earlier in events[:number] if path in earlier["obs"]]
            assert event["obs"][path] == (logs[-1] if logs else [])


def test_a_violation_names_the_oracle_the_seed_and_the_time_and_keeps_the_trace() -> None:
    for seed in range(50):
        try:
            simulate(seed, "elections", make_core=WithoutOneVotePerTerm)
        except OracleViolation as violation:
            assert violation.seed == seed
            assert str(violation).startswith(
                f"{violation.oracle} violated at {violation.time_ms} ms with seed {seed}: "
            )
            unjudged = simulate(seed, "elections", make_core=WithoutOneVotePerTerm, judge=False)
            assert unjudged.trace_lines[: len(violation.trace_lines)] == violation.trace_lines
            return
    raise AssertionError("no seed shows the bug")


class NeverElected(RaftCore):
    """A core that does not count the votes it is given."""

    def _count_votes(self) -> None:
        assert self.role is Role.CANDIDATE


def test_a_cluster_that_does_not_serve_violates_liveness() -> None:
    scenario = replace(SCENARIOS["calm"], safety_phase_ms=200, liveness_phase_ms=1000)
    with pytest.raises(OracleViolation, match=r"liveness violated at 1200 ms .* not served within 1000 ms"):
        simulate(0, scenario, make_core=NeverElected)


def test_a_cluster_recovers_when_every_message_was_lost() -> None:
    scenario = replace(SCENARIOS["default"], link=LinkConditions(lost_share=1.0))
    run = simulate(0, scenario)
    assert (run.acknowledged, run.committed) == (1, 2)


def test_the_trace_can_be_written(tmp_path: Path) -> None:
    run = simulate(2, "calm")
    run.write_trace(tmp_path / "run.ndjson")
    assert (tmp_path / "run.ndjson").read_text().splitlines() == run.trace_lines


def test_a_scenario_that_does_not_exist() -> None:
    with pytest.raises(KeyError):
        simulate(0, "earthquake")
