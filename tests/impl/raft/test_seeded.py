"""The seeded bugs do something: each shows in a run, or in a request that a leader of this implementation never sends.

Whether the specification refuses what they do is for the conformance tests to say.
"""

from __future__ import annotations

import pytest
from comitia.impl.raft import AppendResponse, RaftCore
from comitia.impl.simulator.raft import simulate

from .harness import append_request, make_core
from .seeded import SEEDED_BUGS, SeededBug, WithoutAckVerifiedOnly, WithoutCommitVerifiedOnly

IN_RUNS = [bug for bug in SEEDED_BUGS.values() if bug.scenario is not None]
MAX_SEEDS = 50


@pytest.mark.parametrize("bug", IN_RUNS, ids=[bug.guard for bug in IN_RUNS])
def test_a_missing_guard_shows_within_few_seeds(bug: SeededBug) -> None:
    assert bug.scenario is not None
    for seed in range(MAX_SEEDS):
        correct = simulate(seed, bug.scenario, judge=False)
        if simulate(seed, bug.scenario, make_core=bug.make_core, judge=False).trace_lines != correct.trace_lines:
            return
    raise AssertionError(f"{MAX_SEEDS} seeds run the same without {bug.guard}")


@pytest.mark.parametrize(
    ("make", "acknowledged", "committed"),
    [(RaftCore, 2, 2), (WithoutAckVerifiedOnly, 4, 2), (WithoutCommitVerifiedOnly, 2, 3)],
)
def test_what_follows_the_request_is_neither_acknowledged_nor_committed(
    make: type[RaftCore], acknowledged: int, committed: int
) -> None:
    core = make_core(1, 1, 1, 1, make=make)
    effects = core.step(append_request(2, 1, 1, 1, commit=3))
    assert effects.send == (AppendResponse("n1", "n2", 2, True, acknowledged),)
    assert core.commit_index == committed
