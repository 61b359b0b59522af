"""Simulated clients: correct ones, and one that breaks every rule it can."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import replace

from ...pbft import Authentication, ClientCore, Config, Message, Request, Send
from ..clock import Clock
from ..network import Envelope, Network
from ..scenarios import Range

FAULTY_OPERATIONS = (b"x", b"y")


class Client:
    """Has commands executed one after the other; `served` holds each with its result."""

    def __init__(
        self,
        core: ClientCore,
        clock: Clock,
        network: Network[Message],
        random: random.Random,
        tick_ms: int,
        interval_ms: Range,
        invoked: Callable[[Request], None],
        accepted: Callable[[Request, bytes], None],
    ) -> None:
        self.core = core
        self.served: list[tuple[Request, bytes]] = []
        self.asked = 0
        self._clock = clock
        self._network = network
        self._random = random
        self._tick_ms = tick_ms
        self._interval_ms = interval_ms
        self._invoked = invoked
        self._accepted = accepted
        self._commands: deque[bytes] = deque()
        self._under_way: Request | None = None
        self._sent = 0
        self._clock.after(self._random.randint(1, tick_ms), self._tick)
        self._invoke_later()

    @property
    def is_done(self) -> bool:
        """Whether every command has its result."""
        return not self._commands and not self.core.is_waiting

    def add_commands(self, commands: Iterable[bytes]) -> None:
        """Have `commands` executed after those there are; `asked` counts all."""
        for command in commands:
            self.asked += 1
            self._commands.append(command)

    def receive(self, envelope: Envelope[Message]) -> None:
        effects = self.core.step(envelope.payload)
        if effects.result is not None and self._under_way is not None:
            self.served.append((self._under_way, effects.result))
            self._accepted(self._under_way, effects.result)

    def _invoke_later(self) -> None:
        def invoke() -> None:
            if self._commands and not self.core.is_waiting:
                command = self._commands.popleft()
                effects = self.core.invoke(command)
                self._under_way = Request(self.core.timestamp, self.core.client_id, command)
                self._invoked(self._under_way)
                self._post(effects.send)
            self._invoke_later()

        self._clock.after(self._random.randint(*self._interval_ms), invoke)

    def _tick(self) -> None:
        self._clock.after(self._tick_ms, self._tick)
        self._post(self.core.tick().send)

    def _post(self, sends: Iterable[Send]) -> None:
        for send in sends:
            for dest in send.dests:
                self._sent += 1
                client = self.core.client_id
                self._network.send(Envelope(f"{client}-{self._sent}", client, dest, send.message))


class FaultyClient:
    """Uses one timestamp for several requests, goes back, sends to some replicas only, signs badly, asks too much."""

    def __init__(
        self,
        client_id: str,
        config: Config,
        authentication: Authentication,
        clock: Clock,
        network: Network[Message],
        random: random.Random,
        signed: Callable[[Request], None],
    ) -> None:
        self._client_id = client_id
        self._config = config
        self._authentication = authentication
        self._clock = clock
        self._network = network
        self._random = random
        self._signed = signed
        self._timestamp = 0
        self._sent = 0
        self._stopped = False
        self._later()

    def stop(self) -> None:
        """Send nothing more."""
        self._stopped = True

    def receive(self, envelope: Envelope[Message]) -> None:
        """It does not listen."""

    def _later(self) -> None:
        def attack() -> None:
            if not self._stopped:
                self._attack()
                self._later()

        self._clock.after(self._random.randint(10, 60), attack)

    def _attack(self) -> None:
        choice = self._random
        self._timestamp = max(1, self._timestamp + choice.choice((-2, 0, 1, 1, 1, 5)))
        for dest in choice.sample(self._config.replicas, choice.randint(1, len(self._config.replicas))):
            is_huge = choice.random() < 0.05
            client = choice.choice(self._config.clients) if choice.random() < 0.1 else self._client_id
            request = Request(self._timestamp, client, choice.choice(FAULTY_OPERATIONS))
            if is_huge:
                request = replace(request, operation=bytes(2 * self._config.max_operation_bytes))
            elif client == self._client_id:
                self._signed(request)
            self._sent += 1
            message = self._authentication.sign(request)
            self._network.send(Envelope(f"{self._client_id}-{self._sent}", self._client_id, dest, message))
