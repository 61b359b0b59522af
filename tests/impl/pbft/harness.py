"""A small PBFT cluster for tests: every member's keys, and a network that a test can interfere with."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from comitia.impl.pbft import (
    Authentication,
    ClientCore,
    Config,
    DurableState,
    Effects,
    Message,
    Outcome,
    PbftCore,
    Request,
    Scheme,
    Send,
    Signed,
    SymmetricKeyring,
)

Filter = Callable[[str, str, Message], bool]


def make_config(replicas: int = 4, **settings: int) -> Config:
    """A cluster of r1, r2, … with the clients c1 and c2."""
    return Config(tuple(f"r{number}" for number in range(1, replicas + 1)), ("c1", "c2"), **settings)


def keys(config: Config, member: str, scheme: Scheme = Scheme.SIGNATURES) -> Authentication:
    """Everybody's keys follow from the names, so that a test can sign as anybody."""
    secrets = {name: name.encode() for name in (*config.replicas, *config.clients)}
    return Authentication(SymmetricKeyring(member, secrets), scheme)


class Counter:
    """A service: it appends operations, and its state is all of them."""

    def __init__(self, state: bytes = b"") -> None:
        self.state = state

    def execute(self, operation: bytes) -> bytes:
        self.state += operation
        return self.state[-8:]


class Cluster:
    """Replicas and clients, with every message in one queue. `passes` decides what is delivered."""

    def __init__(
        self,
        config: Config | None = None,
        scheme: Scheme = Scheme.SIGNATURES,
        make: type[PbftCore] = PbftCore,
    ) -> None:
        self.config = config or make_config()
        self.scheme = scheme
        self.passes: Filter = lambda source, dest, message: True
        self.queue: deque[tuple[str, str, Message]] = deque()
        self.sent: list[tuple[str, Send]] = []
        self.durable = {replica: DurableState() for replica in self.config.replicas}
        self.services = {replica: Counter() for replica in self.config.replicas}
        self.executed: dict[str, list[Request]] = {replica: [] for replica in self.config.replicas}
        self.results: dict[str, list[bytes]] = {client: [] for client in self.config.clients}
        self.cores = {replica: make(replica, self.config, self.keys(replica)) for replica in self.config.replicas}
        self.clients = {client: ClientCore(client, self.config, self.keys(client)) for client in self.config.clients}

    def keys(self, member: str) -> Authentication:
        return keys(self.config, member, self.scheme)

    def invoke(self, client: str, operation: bytes) -> None:
        self._post(client, self.clients[client].invoke(operation).send)

    def request(self, client: str, timestamp: int, operation: bytes) -> Signed[Request]:
        return self.keys(client).sign(Request(timestamp, client, operation))

    def tick(self, count: int = 1) -> None:
        """Time passes for everybody, and everything that follows is delivered."""
        for _ in range(count):
            for replica, core in self.cores.items():
                self.carry_out(replica, core.tick())
            for client, core in self.clients.items():
                self._post(client, core.tick().send)
            self.deliver()

    def deliver(self) -> None:
        """Deliver until nothing is under way."""
        while self.queue:
            source, dest, message = self.queue.popleft()
            if not self.passes(source, dest, message):
                continue
            if dest in self.cores:
                self.carry_out(dest, self.cores[dest].step(message))
            elif dest in self.clients:
                effects = self.clients[dest].step(message)
                if effects.result is not None:
                    self.results[dest].append(effects.result)

    def carry_out(self, replica: str, effects: Effects) -> None:
        """Do what a replica's driver does."""
        core, service = self.cores[replica], self.services[replica]
        while True:
            if effects.persist is not None:
                self.durable[replica] = self.durable[replica].after(effects.persist)
            self._post(replica, effects.send)
            if effects.restore is not None:
                service.state = effects.restore
            execution = effects.apply
            if execution is None:
                return
            self.executed[replica] += execution.requests
            results = tuple(service.execute(request.operation) for request in execution.requests)
            state = service.state if execution.is_checkpoint else None
            effects = core.executed_batch(Outcome(results, state))

    def restart(self, replica: str) -> None:
        """A crash, and a start from what was durable."""
        durable = self.durable[replica]
        self.cores[replica] = PbftCore(replica, self.config, self.keys(replica), durable)
        self.services[replica] = Counter(b"" if durable.state is None else durable.state.service)

    def _post(self, source: str, sends: tuple[Send, ...]) -> None:
        for send in sends:
            self.sent.append((source, send))
            self.queue.extend((source, dest, send.message) for dest in send.dests)
