"""One simulated run of a Raft cluster: a safety phase with faults, a liveness phase without, judged at every step."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ..raft import Effects, Message, RaftCore, Role, Snapshot
from ..raft.inputs import Input
from ..raft.tracing import crash_event, derive_events, make_header, restart_event
from ..trace import TraceRecorder, write_lines
from .client import Client
from .clock import Clock
from .faults import FaultInjector
from .network import Envelope, Network
from .node import CoreFactory, Node
from .oracles import Finding, Oracles, OracleViolation
from .randomness import Randomness
from .scenarios import SCENARIOS, Scenario

# Commands kept for the liveness phase, which ends well when one of them is acknowledged everywhere.
_LAST_COMMANDS = 5


@dataclass(frozen=True)
class Run:
    """What a run left behind: its trace, and how much of what there was at its end, `time_ms` of simulated time."""

    seed: int
    scenario: Scenario
    recorder: TraceRecorder
    time_ms: int
    terms: int
    committed: int
    acknowledged: int
    messages: int

    @cached_property
    def trace_lines(self) -> list[str]:
        """The trace, header first; the same seed, scenario and core give the same bytes."""
        return self.recorder.lines()

    def write_trace(self, path: str | Path) -> None:
        """Write the trace, a line for the header and one for each event."""
        write_lines(path, self.trace_lines)


def simulate(
    seed: int,
    scenario: Scenario | str = "default",
    *,
    make_core: CoreFactory = RaftCore,
    judge: bool = True,
) -> Run:
    """Run a cluster of `make_core` through `scenario` (or the one of that name), all chance coming from `seed`.

    Raises OracleViolation as soon as a guarantee is broken, unless `judge` is false: then the run goes on to its end,
    for the sake of its trace. Raises KeyError if there is no scenario of the name.
    """
    if isinstance(scenario, str):
        scenario = SCENARIOS[scenario]
    return _Simulation(seed, scenario, make_core, judge).run()


class _Simulation:
    def __init__(self, seed: int, scenario: Scenario, make_core: CoreFactory, judge: bool) -> None:
        randomness = Randomness(seed)
        self._seed = seed
        self._scenario = scenario
        self._judge = judge
        commands = [f"v{number}".encode() for number in range(1, scenario.commands + _LAST_COMMANDS + 1)]
        self._last_commands = commands[scenario.commands :]
        self._recorder = TraceRecorder(make_header(scenario.node_ids, commands))
        self._oracles = Oracles()
        self._clock = Clock()
        self._network: Network[Message] = Network(
            self._clock, randomness.stream("network"), scenario.link, self._deliver
        )
        self._nodes = {
            node_id: Node(node_id, scenario, make_core, self._clock, self._network, self, randomness.stream)
            for node_id in scenario.node_ids
        }
        self._client = Client(self._clock, self._nodes, randomness.stream("client"), scenario.command_interval_ms)
        self._client.set_commands(commands[: scenario.commands])
        self._faults = FaultInjector(
            scenario, self._clock, list(self._nodes.values()), self._network, randomness.stream("faults")
        )

    def run(self) -> Run:
        try:
            self._run_phases()
        except OracleViolation as violation:
            violation.trace_lines = self._recorder.lines()
            raise
        cores = [node.core for node in self._nodes.values() if node.core is not None]
        return Run(
            self._seed,
            self._scenario,
            self._recorder,
            self._clock.now_ms,
            terms=max(core.current_term for core in cores),
            committed=max(core.commit_index for core in cores),
            acknowledged=len(self._client.acknowledged),
            messages=self._network.sent,
        )

    # What nodes report -----------------------------------------------------------------------------------------------

    def stepped(self, node: str, cause: Input, before: Snapshot, effects: Effects, after: Snapshot) -> None:
        self._recorder.record(derive_events(node, cause, before, effects, after))
        self._object(self._oracles.stepped(node, before, effects, after))

    def applied(self, node: str, effects: Effects, after: Snapshot) -> None:
        for committed in effects.apply:
            self._object(self._oracles.applied(node, committed))
            if self._client.server_applied(node, committed):
                self._object(self._oracles.acknowledge(committed.index, committed.entry, after.current_term))

    def crashed(self, node: str) -> None:
        self._recorder.record([crash_event(node)])
        self._client.server_crashed(node)
        self._faults.restart_later(self._nodes[node])

    def restarted(self, node: str, after: Snapshot) -> None:
        self._recorder.record([restart_event(node, after)])

    # The course of a run ---------------------------------------------------------------------------------------------

    def _deliver(self, envelope: Envelope[Message]) -> None:
        self._nodes[envelope.dest].receive(envelope)

    def _run_phases(self) -> None:
        for node in self._nodes.values():
            node.start()
        self._clock.run_until(self._scenario.safety_phase_ms)
        self._faults.stop()
        self._client.set_commands(self._last_commands)
        self._clock.run_until(self._clock.now_ms + self._scenario.liveness_phase_ms, self._has_converged)
        self._object(self._liveness())
        for node_id, node in self._nodes.items():
            assert node.core is not None
            self._object(self._oracles.finished(node_id, node.core.snapshot()))

    def _has_converged(self) -> bool:
        """One leader of the latest term, who has served a client since faults ceased, and whom all have caught up."""
        if not self._has_served():
            return False
        cores = [node.core for node in self._nodes.values() if node.core is not None]
        latest = max(core.current_term for core in cores)
        leaders = [core for core in cores if core.role is Role.LEADER and core.current_term == latest]
        return len(leaders) == 1 and all(core.commit_index == leaders[0].log.last_index for core in cores)

    def _has_served(self) -> bool:
        return any(command in self._last_commands for command in self._client.acknowledged[-_LAST_COMMANDS:])

    def _liveness(self) -> Finding | None:
        if self._has_converged():
            return None
        states = ", ".join(
            f"{node_id} {node.core.role.value} in term {node.core.current_term}, {node.core.commit_index} committed"
            for node_id, node in self._nodes.items()
            if node.core is not None
        )
        served = "served" if self._has_served() else "not served"
        return Finding("liveness", f"{served} within {self._scenario.liveness_phase_ms} ms without faults: {states}")

    def _object(self, finding: Finding | None) -> None:
        if finding is not None and self._judge:
            raise OracleViolation(finding.oracle, finding.detail, self._seed, self._clock.now_ms)
