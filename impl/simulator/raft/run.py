"""One simulated run of a Raft cluster: a safety phase with faults, a liveness phase without, judged at every step."""

from __future__ import annotations

from dataclasses import dataclass

from ...raft import Effects, Message, RaftCore, Role, Snapshot
from ...raft.inputs import Input
from ...raft.tracing import crash_event, derive_events, make_header, restart_event
from .. import simulation
from ..faults import FaultInjector
from ..simulation import Simulation
from ..violations import Finding
from .client import Client
from .node import CoreFactory, RaftNode
from .oracles import Oracles
from .scenarios import SCENARIOS, RaftScenario

# Commands kept for the liveness phase, which ends well when one of them is acknowledged everywhere.
_LAST_COMMANDS = 5


@dataclass(frozen=True)
class Run(simulation.Run):
    """What a run left behind, and how much of what there was at its end."""

    terms: int
    committed: int
    acknowledged: int


def simulate(
    seed: int,
    scenario: RaftScenario | str = "default",
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
    return _RaftSimulation(seed, scenario, make_core, judge).run()


class _RaftSimulation(Simulation[Message]):
    def __init__(self, seed: int, scenario: RaftScenario, make_core: CoreFactory, judge: bool) -> None:
        commands = [f"v{number}".encode() for number in range(1, scenario.commands + _LAST_COMMANDS + 1)]
        super().__init__(seed, scenario, make_header(scenario.node_ids, commands), judge)
        stream = self.randomness.stream
        self._scenario = scenario
        self._last_commands = commands[scenario.commands :]
        self._oracles = Oracles()
        self._nodes = {
            node_id: RaftNode(node_id, scenario, make_core, self.clock, self.network, self, stream)
            for node_id in scenario.node_ids
        }
        self.addresses.update(self._nodes)
        self._client = Client(self.clock, self._nodes, stream("client"), scenario.command_interval_ms)
        self._client.set_commands(commands[: scenario.commands])
        self._faults = FaultInjector(scenario, self.clock, list(self._nodes.values()), self.network, stream("faults"))

    def run(self) -> Run:
        self._run_phases()
        cores = [node.core for node in self._nodes.values() if node.core is not None]
        return Run(
            self.seed,
            self._scenario,
            self.recorder,
            self.clock.now_ms,
            self.network.sent,
            terms=max(core.current_term for core in cores),
            committed=max(core.commit_index for core in cores),
            acknowledged=len(self._client.acknowledged),
        )

    # What nodes report -----------------------------------------------------------------------------------------------

    def stepped(self, node: str, cause: Input, before: Snapshot, effects: Effects, after: Snapshot) -> None:
        self.recorder.record(derive_events(node, cause, before, effects, after))
        self.object(self._oracles.stepped(node, before, effects, after))

    def applied(self, node: str, effects: Effects, after: Snapshot) -> None:
        for committed in effects.apply:
            self.object(self._oracles.applied(node, committed))
            if self._client.server_applied(node, committed):
                self.object(self._oracles.acknowledge(committed.index, committed.entry, after.current_term))

    def crashed(self, node: str) -> None:
        self.recorder.record([crash_event(node)])
        self._client.server_crashed(node)
        self._faults.restart_later(self._nodes[node])

    def restarted(self, node: str, after: Snapshot) -> None:
        self.recorder.record([restart_event(node, after)])

    # The course of a run ---------------------------------------------------------------------------------------------

    def _run_phases(self) -> None:
        for node in self._nodes.values():
            node.start()
        self.clock.run_until(self._scenario.safety_phase_ms)
        self._faults.stop()
        self._client.set_commands(self._last_commands)
        self.clock.run_until(self.clock.now_ms + self._scenario.liveness_phase_ms, self._has_converged)
        self.object(self._liveness())
        for node_id, node in self._nodes.items():
            assert node.core is not None
            self.object(self._oracles.finished(node_id, node.core.snapshot()))

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
