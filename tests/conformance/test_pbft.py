"""Runs of the PBFT cores under attack are behaviours of PBFT.tla; without one of the guards some run is not."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from comitia.checker.conformance.validation import Verdict
from comitia.impl.simulator.pbft import simulate
from comitia.impl.simulator.pbft.scenarios import SCENARIOS
from comitia.model.diagnostics import TraceError

from ..impl.pbft.seeded import SEEDED_BUGS
from .campaign import conforming_campaign, unexpected_warnings
from .harness import PBFT, numbered, pbft_validator, replay
from .kill_table import HEADINGS, KIND, NONE, is_well_without, oracle_objects, scenario_of, specification_objects

RUNS = 200
CHUNKS = 4
ACTIONS = {
    *("SendRequest", "AcceptReply", "AcceptRequest", "SendPrePrepare", "AcceptPrePrepare", "SendCommit", "Execute"),
    *("TakeCheckpoint", "CollectGarbage", "TransferState"),
    *("Timeout", "SendViewChange", "SendNewView", "AcceptNewView"),
}


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_under_every_attack_correct_replicas_agree_progress_and_conform(chunk: int) -> None:
    campaign, reports = conforming_campaign(RUNS // CHUNKS, chunk * RUNS // CHUNKS)
    assert not campaign.violations
    assert not reports, reports[0]
    assert campaign.runs == RUNS // CHUNKS
    assert campaign.views > campaign.runs, "views do change"
    assert campaign.refusals.total() > campaign.runs


def test_every_step_is_in_the_traces_and_every_event_is_explained() -> None:
    validator = pbft_validator()
    actions: set[str] = set()
    for name in SCENARIOS:
        run = simulate(11, name)
        result = replay(validator, run.trace_lines, name)
        assert sum(result.actions.values()) > 0
        assert not unexpected_warnings(run, result)
        actions |= {event.action for event in run.recorder.events}
    assert actions == ACTIONS


def table() -> dict[str, list[str]]:
    """The cells of the published table, by guard."""
    text = (PBFT.parent / "README.md").read_text(encoding="utf-8")
    section = text.partition(f"<!-- kills: {KIND} -->\n")[2].partition("<!-- end of kills -->")[0]
    heading, _, *lines = [line.strip("|").split(" | ") for line in section.splitlines()]
    assert [cell.strip() for cell in heading] == list(HEADINGS)
    return {cells[0].strip(" `"): [cell.strip() for cell in cells[1:]] for cells in lines}


def test_the_published_table_has_every_seeded_bug_and_each_is_killed() -> None:
    published = table()
    assert list(published) == list(SEEDED_BUGS)
    assert len(published) >= 15
    for guard, (text, attack, by_oracle, by_trace) in published.items():
        assert text == SEEDED_BUGS[guard].text
        assert attack == SEEDED_BUGS[guard].attack
        assert (by_oracle, by_trace) != (NONE, NONE), f"nothing notices that {guard} is missing"


@pytest.mark.parametrize("guard", SEEDED_BUGS)
def test_the_seeds_of_the_published_table_show_the_bug(guard: str) -> None:
    bug = SEEDED_BUGS[guard]
    _, _, by_oracle, by_trace = table()[guard]
    scenario = scenario_of(bug)
    if by_oracle != NONE:
        oracle, _, seed = by_oracle.partition(": ")
        assert oracle_objects(bug, scenario, int(seed)) == oracle
        assert is_well_without(scenario, int(seed))
    if by_trace != NONE:
        action, _, seed = by_trace.partition(": ")
        assert specification_objects(pbft_validator(), bug, scenario, int(seed)) == action
        correct = simulate(int(seed), scenario, judge=False)
        assert replay(pbft_validator(), correct.trace_lines).verdict is Verdict.CONFORMS


def test_a_changed_observation_is_refused_where_it_is_made() -> None:
    header, *events = map(json.loads, simulate(2, "mixed").trace_lines)
    validator = pbft_validator()
    paths = [(index, path) for index, event in enumerate(events) for path in event["obs"]]
    for index, path in random.Random(0).sample(paths, 15):
        event = events[index]
        forged = {**event, "obs": {**event["obs"], path: changed(event["obs"][path])}}
        result = replay(validator, numbered(header, [*events[:index], forged, *events[index + 1 :]]))
        assert (result.verdict, result.explained) == (Verdict.DOES_NOT_CONFORM, index), path


def changed(value: Any) -> Any:
    """Another value of the same kind."""
    if type(value) is bool:
        return not value
    return value + 1 if type(value) is int else [*value, value[0]]


def test_a_trace_cannot_choose_the_guards_it_is_checked_against() -> None:
    header, *events = simulate(0, "calm").trace_lines
    data = json.loads(header)
    data["constants"]["DroppedGuards"] = {"#set": ["CheckpointQuorum"]}
    with pytest.raises(TraceError, match="the mapping fixes the constant `DroppedGuards`"):
        replay(pbft_validator(), [json.dumps(data), *events])
