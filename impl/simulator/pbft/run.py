"""One simulated run of a PBFT cluster under attack: a safety phase with network faults, then a liveness phase without.

The faulty members attack in both. Only correct replicas leave a trace, and only they are judged.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from ...pbft import Authentication, ClientCore, Effects, Message, PbftCore, Refusal, Request, Scheme, Snapshot
from ...pbft.authentication import Keyring, SymmetricKeyring
from ...pbft.inputs import Input
from ...pbft.tracing import Tracer, make_header
from .. import simulation
from ..faults import FaultInjector
from ..network import Envelope
from ..scenarios import LinkConditions
from ..simulation import Simulation
from ..violations import Finding
from .behaviours import BEHAVIOURS
from .byzantine import Collusion, FaultyNode
from .clients import FAULTY_OPERATIONS, Client, FaultyClient
from .node import CoreFactory, PbftNode
from .oracles import Oracles
from .rounds import RoundFaults
from .scenarios import FAULTY_CLIENT, SCENARIOS, Attack, PbftScenario
from .service import entries_of
from .twins import TwinsScenario, twin_of, twins_scenario

MakeKeyring = Callable[[str, dict[str, bytes]], Keyring]
ClientFactory = Callable[..., ClientCore]


@dataclass(frozen=True)
class Run(simulation.Run):
    """What a run left behind, and how much of what there was at its end."""

    faulty: tuple[str, ...]
    views: int
    decided: int
    served: int
    refusals: Counter[Refusal]


def simulate(
    seed: int,
    scenario: PbftScenario | str = "mixed",
    *,
    make_core: CoreFactory = PbftCore,
    make_client: ClientFactory = ClientCore,
    make_keyring: MakeKeyring = SymmetricKeyring,
    scheme: Scheme = Scheme.SIGNATURES,
    judge: bool = True,
) -> Run:
    """Run a cluster of `make_core` through `scenario` (or the one of that name), all chance coming from `seed`.

    Raises OracleViolation as soon as a guarantee is broken, unless `judge` is false: then the run goes on to its end,
    for the sake of its trace. Raises KeyError if there is no scenario of the name.
    """
    if isinstance(scenario, str):
        scenario = SCENARIOS[scenario]
    return _PbftSimulation(seed, scenario, make_core, make_client, make_keyring, scheme, judge).run()


class _Unobserved:
    """Faulty members are neither traced nor judged."""

    def crashed(self, node: str) -> None: ...
    def restarted(self, node: str, after: Snapshot) -> None: ...
    def stepped(self, node: str, cause: Input, before: Snapshot, effects: Effects, after: Snapshot) -> None: ...
    def applied(self, node: str, effects: Effects, after: Snapshot) -> None: ...


class _PbftSimulation(Simulation[Message]):
    def __init__(
        self,
        seed: int,
        scenario: PbftScenario,
        make_core: CoreFactory,
        make_client: ClientFactory,
        make_keyring: MakeKeyring,
        scheme: Scheme,
        judge: bool,
    ) -> None:
        self._twins = twins_scenario(seed, scenario.replica_ids, scenario.faulty)
        has_twins = scenario.attack is Attack.TWINS
        super().__init__(seed, scenario, make_header(scenario.config, (), ()), judge)
        self._scenario = scenario
        self._config = scenario.config
        chosen = self.randomness.stream("faulty").sample(scenario.replica_ids, scenario.faulty)
        self.faulty = self._twins.faulty if has_twins else tuple(sorted(chosen))
        self.recorder.header = make_header(self._config, self.faulty, self._operations())
        self._secrets = {name: name.encode() * 4 for name in (*self._config.replicas, *self._config.clients)}
        self._make_keyring, self._scheme = make_keyring, scheme
        self._oracles = Oracles()
        self._tracer = Tracer(self._config)
        self._signed: set[Request] = set()
        self._in_safety_phase = True
        self._rounds = RoundFaults(self.randomness.stream("rounds"))
        self._correct: dict[str, PbftNode] = {}
        self._copies: dict[str, list[PbftNode]] = {}
        self._make_replicas(make_core)
        self._make_clients(make_client)
        self._faults = FaultInjector(
            scenario, self.clock, list(self._correct.values()), self.network, self.randomness.stream("faults")
        )

    def run(self) -> Run:
        self._run_phases()
        cores = [node.core for node in self._correct.values() if node.core is not None]
        refusals: Counter[Refusal] = Counter()
        for core in cores:
            refusals.update({reason: count for reason, count in core.refusals.items() if count})
        return Run(
            self.seed,
            self._scenario,
            self.recorder,
            self.clock.now_ms,
            self.network.sent,
            self.faulty,
            views=max(core.view for core in cores) + 1,
            decided=self._oracles.decided,
            served=sum(len(client.served) for client in self._clients.values()),
            refusals=refusals,
        )

    # What nodes report -----------------------------------------------------------------------------------------------

    def stepped(self, node: str, cause: Input, before: Snapshot, effects: Effects, after: Snapshot) -> None:
        core = self._correct[node].core
        assert core is not None
        self.recorder.record(self._tracer.derive_events(node, cause, before, effects, after))
        self.object(self._oracles.stepped(node, core, cause, before, effects, after))

    def applied(self, node: str, effects: Effects, after: Snapshot) -> None:
        """What was handed to the service was judged with the step."""

    def crashed(self, node: str) -> None:
        raise AssertionError("correct replicas do not crash here")

    def restarted(self, node: str, after: Snapshot) -> None:
        raise AssertionError("correct replicas do not crash here")

    # The members -----------------------------------------------------------------------------------------------------

    def _keys(self, member: str) -> Authentication:
        return Authentication(self._make_keyring(member, self._secrets), self._scheme)

    def _make_replicas(self, make_core: CoreFactory) -> None:
        collusion = Collusion(self.faulty)
        kinds = BEHAVIOURS[self._scenario.attack]
        for replica in self._config.replicas:
            keys = self._keys(replica)
            stream = self.randomness.stream
            if replica not in self.faulty:
                node = PbftNode(replica, self._scenario, keys, make_core, self.clock, self.network, self, stream)
                self._correct[replica] = node
                self._copies[replica] = [node]
                continue
            self._copies[replica] = [
                FaultyNode(
                    *(address, self._scenario, keys, PbftCore, self.clock, self.network, _Unobserved(), stream),
                    collusion=collusion,
                    kinds=kinds,
                    chance=stream(f"{address}/attack"),
                )
                for address in self._addresses(replica)
            ]

    def _addresses(self, replica: str) -> list[str]:
        return [replica, twin_of(replica)] if self._scenario.attack is Attack.TWINS else [replica]

    def _make_clients(self, make_client: ClientFactory) -> None:
        scenario = self._scenario
        self._clients: dict[str, Client] = {}
        for client in scenario.client_ids:
            core = make_client(client, self._config, self._keys(client))
            stream = self.randomness.stream(client)
            interval = scenario.command_interval_ms
            self._clients[client] = Client(
                core, self.clock, self.network, stream, scenario.tick_ms, interval, self._asked, self._accepted
            )
            self._ask(client, scenario.commands)
        self.addresses.update(self._clients)
        self._faulty_client: FaultyClient | None = None
        if scenario.has_faulty_client:
            stream = self.randomness.stream(FAULTY_CLIENT)
            self._faulty_client = FaultyClient(
                FAULTY_CLIENT, self._config, self._keys(FAULTY_CLIENT), self.clock, self.network, stream, self._asked
            )
            self.addresses[FAULTY_CLIENT] = self._faulty_client

    def _ask(self, client: str, count: int) -> None:
        first = self._clients[client].asked + 1
        self._clients[client].add_commands(_command(client, number) for number in range(first, first + count))

    def _operations(self) -> list[bytes]:
        scenario = self._scenario
        numbers = range(1, scenario.commands + scenario.last_commands + 1)
        own = [_command(client, number) for client in scenario.client_ids for number in numbers]
        return own + list(FAULTY_OPERATIONS if scenario.has_faulty_client else ())

    def _asked(self, request: Request) -> None:
        if request not in self._signed:
            self._signed.add(request)
            self._oracles.asked(request)
            self.recorder.record([self._tracer.send_request(request.client, request)])

    def _accepted(self, request: Request, result: bytes) -> None:
        self.recorder.record([self._tracer.accept_reply(request.client, request, entries_of(result))])
        self.object(self._oracles.accepted(request, result))

    # The course of a run ---------------------------------------------------------------------------------------------

    def _deliver(self, envelope: Envelope[Message]) -> None:
        copies = self._copies.get(envelope.dest)
        if copies is None:
            super()._deliver(envelope)
            return
        has_round_faults = self._scenario.has_round_faults and self._in_safety_phase
        if has_round_faults and not self._rounds.passes(envelope.dest, envelope.payload):
            return
        for node in copies:
            if self._twins_pass(self._twins, envelope, node):
                node.receive(envelope)

    def _twins_pass(self, twins: TwinsScenario, envelope: Envelope[Message], node: PbftNode) -> bool:
        if self._scenario.attack is not Attack.TWINS or not self._in_safety_phase:
            return True
        return twins.passes(envelope.source, node.node_id, envelope.payload)

    def _run_phases(self) -> None:
        for copies in self._copies.values():
            for node in copies:
                node.start()
        self.clock.run_until(self._scenario.safety_phase_ms)
        self._in_safety_phase = False
        self._faults.stop()
        self.network.conditions = LinkConditions()
        for client in self._clients:
            self._ask(client, self._scenario.last_commands)
        if self._faulty_client is not None:
            self._faulty_client.stop()
        self.clock.run_until(self.clock.now_ms + self._scenario.liveness_phase_ms, self._has_converged)
        self.object(self._progress())

    def _has_converged(self) -> bool:
        """Every correct client has all its results, and every correct replica has at least what is stable somewhere.

        A replica that asked for another view alone stays between views until others follow; checkpoints reach it there.
        """
        if not all(client.is_done for client in self._clients.values()):
            return False
        cores = [node.core for node in self._correct.values() if node.core is not None]
        stable = max(core.low for core in cores)
        return all(core.executed >= stable for core in cores)

    def _progress(self) -> Finding | None:
        if self._has_converged():
            return None
        states = ", ".join(
            f"{name} {'in' if core.is_active else 'before'} view {core.view}, {core.executed} executed"
            for name, core in ((name, node.core) for name, node in self._correct.items())
            if core is not None
        )
        waiting = [name for name, client in self._clients.items() if not client.is_done]
        limit = self._scenario.liveness_phase_ms
        return Finding("progress", f"not served within {limit} ms: {waiting or 'nobody'}; {states}")


def _command(client: str, number: int) -> bytes:
    return f"{client}.{number}".encode()
