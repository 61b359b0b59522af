"""What every simulated cluster has to endure: the phases, the timing and the faults of a run."""

from __future__ import annotations

from dataclasses import dataclass
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
    safety_phase_ms: int = 2500
    liveness_phase_ms: int = 5000
    tick_ms: int = 10
    disk_write_ms: Range = (1, 4)
    link: LinkConditions = LinkConditions()
    crash_interval_ms: Range | None = None
    down_ms: Range = (30, 400)
    crash_before_sending_share: float = 0.0
    partition_interval_ms: Range | None = None
    partition_ms: Range = (100, 500)
