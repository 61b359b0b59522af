"""The Raft clusters that are simulated: the sizes, the timing and the fault mix of a run."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..scenarios import LinkConditions, Range, Scenario


@dataclass(frozen=True, slots=True)
class RaftScenario(Scenario):
    """One kind of run, with what a Raft cluster and its client are configured with."""

    nodes: int = 3
    heartbeat_ticks: int = 4
    election_timeout_ticks: Range = (10, 20)
    max_entries_per_message: int = 4
    commands: int = 24
    command_interval_ms: Range = (40, 120)

    @property
    def node_ids(self) -> tuple[str, ...]:
        return tuple(f"n{number}" for number in range(1, self.nodes + 1))


_FAULTY_LINK = LinkConditions(lost_share=0.05, duplicated_share=0.05, late_share=0.06)

_DEFAULT = RaftScenario(
    name="default",
    link=_FAULTY_LINK,
    crash_interval_ms=(250, 700),
    crash_before_sending_share=0.01,
    partition_interval_ms=(250, 700),
)

_ALL = (
    _DEFAULT,
    RaftScenario(name="calm"),
    RaftScenario(name="lossy", link=replace(_FAULTY_LINK, lost_share=0.2)),
    RaftScenario(name="reordering", link=LinkConditions(duplicated_share=0.15, late_share=0.25)),
    replace(_DEFAULT, name="five-nodes", nodes=5),
    # Rival candidates in most terms: timeouts hardly differ, and a leader is often cut off or crashes.
    replace(
        _DEFAULT,
        name="elections",
        election_timeout_ticks=(8, 11),
        crash_interval_ms=(120, 300),
        partition_interval_ms=(120, 300),
    ),
    # Leaders replace one another while entries are half replicated, and entries travel one by one.
    replace(
        _DEFAULT,
        name="hand-over",
        max_entries_per_message=1,
        command_interval_ms=(10, 40),
        commands=40,
        crash_interval_ms=(100, 300),
        down_ms=(20, 150),
        partition_interval_ms=(150, 400),
        partition_ms=(100, 300),
    ),
)

SCENARIOS: dict[str, RaftScenario] = {scenario.name: scenario for scenario in _ALL}
