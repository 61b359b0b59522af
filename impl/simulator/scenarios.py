"""What a simulated cluster has to endure: the sizes, the timing and the fault mix of a run."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeAlias

# Both ends included; each use draws uniformly from it.
Range: TypeAlias = tuple[int, int]


@dataclass(frozen=True, slots=True)
class LinkConditions:
    """What happens to each message by itself. Shares are probabilities from 0 to 1."""

    lost_share: float = 0.0
    duplicated_share: float = 0.0
    delay_ms: Range = (1, 8)
    # The stragglers, which later messages overtake.
    late_share: float = 0.0
    late_delay_ms: Range = (20, 250)


@dataclass(frozen=True, slots=True)
class Scenario:
    """One kind of run: a safety phase with faults, then a liveness phase without.

    Crashes and partitions begin at intervals drawn from `crash_interval_ms` and `partition_interval_ms`; None: never.
    A crash falls between persisting and sending (after some of the messages) in `crash_before_sending_share` of the
    steps that persist and send.
    """

    name: str
    nodes: int = 3
    safety_phase_ms: int = 2500
    liveness_phase_ms: int = 5000
    tick_ms: int = 10
    heartbeat_ticks: int = 4
    election_timeout_ticks: Range = (10, 20)
    max_entries_per_message: int = 4
    disk_write_ms: Range = (1, 4)
    commands: int = 24
    command_interval_ms: Range = (40, 120)
    link: LinkConditions = LinkConditions()
    crash_interval_ms: Range | None = None
    down_ms: Range = (30, 400)
    crash_before_sending_share: float = 0.0
    partition_interval_ms: Range | None = None
    partition_ms: Range = (100, 500)

    @property
    def node_ids(self) -> tuple[str, ...]:
        return tuple(f"n{number}" for number in range(1, self.nodes + 1))


_FAULTY_LINK = LinkConditions(lost_share=0.05, duplicated_share=0.05, late_share=0.06)

_DEFAULT = Scenario(
    name="default",
    link=_FAULTY_LINK,
    crash_interval_ms=(250, 700),
    crash_before_sending_share=0.01,
    partition_interval_ms=(250, 700),
)

_ALL = (
    _DEFAULT,
    Scenario(name="calm"),
    Scenario(name="lossy", link=replace(_FAULTY_LINK, lost_share=0.2)),
    Scenario(name="reordering", link=LinkConditions(duplicated_share=0.15, late_share=0.25)),
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

SCENARIOS: dict[str, Scenario] = {scenario.name: scenario for scenario in _ALL}
