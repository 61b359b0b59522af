"""What the runs of all protocols have in common: one seed, one clock, one network, a trace, and oracles that object."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Generic

from ..trace import Header, TraceRecorder, write_lines
from .clock import Clock
from .network import Envelope, Message, Network
from .randomness import Randomness
from .scenarios import Scenario
from .violations import Finding, OracleViolation


@dataclass(frozen=True)
class Run:
    """What any run left behind: its trace, the simulated time at its end, and the messages that were sent."""

    seed: int
    scenario: Scenario
    recorder: TraceRecorder
    time_ms: int
    messages: int

    @cached_property
    def trace_lines(self) -> list[str]:
        """The trace, header first; the same seed, scenario and core give the same bytes."""
        return self.recorder.lines()

    def write_trace(self, path: str | Path) -> None:
        """Write the trace, a line for the header and one for each event."""
        write_lines(path, self.trace_lines)


class Simulation(Generic[Message]):
    """The frame of a run. A protocol adds its nodes, by address, to `addresses`."""

    def __init__(self, seed: int, scenario: Scenario, header: Header, judge: bool) -> None:
        self.randomness = Randomness(seed)
        self.seed = seed
        self.judge = judge
        self.recorder = TraceRecorder(header)
        self.clock = Clock()
        self.network: Network[Message] = Network(
            self.clock, self.randomness.stream("network"), scenario.link, self._deliver
        )
        # Whatever has a method `receive`.
        self.addresses: dict[str, Any] = {}

    def _deliver(self, envelope: Envelope[Message]) -> None:
        self.addresses[envelope.dest].receive(envelope)

    def object(self, finding: Finding | None) -> None:
        """Raise OracleViolation for `finding`, unless the run goes on for the sake of its trace."""
        if finding is not None and self.judge:
            violation = OracleViolation(finding.oracle, finding.detail, self.seed, self.clock.now_ms)
            violation.trace_lines = self.recorder.lines()
            raise violation
