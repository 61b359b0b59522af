"""One simulated Raft server."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from typing import Protocol

from ...raft import Config, DurableState, Effects, Message, RaftCore, Snapshot
from ...raft.inputs import Input, Proposal, Receipt, Tick, give
from ..clock import Clock
from ..network import Envelope, Network
from ..node import Node, Observer
from .scenarios import RaftScenario


class CoreFactory(Protocol):
    """What makes a core: `RaftCore` itself, or a variant of it."""

    def __call__(
        self,
        node_id: str,
        peers: tuple[str, ...],
        config: Config,
        draw_timeout_ticks: Callable[[], int],
        durable: DurableState,
    ) -> RaftCore: ...


class RaftNode(Node[RaftCore, Input, Effects, Snapshot, Message, DurableState]):
    """A server with its disk; `core` is None while it is down."""

    def __init__(
        self,
        node_id: str,
        scenario: RaftScenario,
        make_core: CoreFactory,
        clock: Clock,
        network: Network[Message],
        observer: Observer[Input, Effects, Snapshot],
        stream: Callable[[str], random.Random],
    ) -> None:
        super().__init__(node_id, scenario, clock, network, observer, stream, DurableState())
        self._scenario = scenario
        self._make_core = make_core

    def make_core(self, durable: DurableState) -> RaftCore:
        scenario = self._scenario
        return self._make_core(
            self.node_id,
            tuple(peer for peer in scenario.node_ids if peer != self.node_id),
            Config(scenario.heartbeat_ticks, scenario.max_entries_per_message),
            lambda: self._timeouts.randint(*scenario.election_timeout_ticks),
            durable,
        )

    def give(self, core: RaftCore, cause: Input) -> Effects:
        return give(core, cause)

    def snapshot(self, core: RaftCore) -> Snapshot:
        return core.snapshot()

    def tick(self) -> Input:
        return Tick()

    def receipt(self, envelope: Envelope[Message]) -> Input:
        return Receipt(envelope.payload, envelope.message_id)

    def is_idle(self, cause: Input, effects: Effects) -> bool:
        return isinstance(cause, Tick) and effects == Effects()

    def outgoing(self, effects: Effects) -> Iterable[tuple[str, Message]]:
        return ((message.dest, message) for message in effects.send)

    def propose(self, command: bytes, then: Callable[[Effects], None]) -> None:
        """A client's command arrives. `then` is told the effects when they are durable, unless there is a crash."""
        self.take(Proposal(command), then)
