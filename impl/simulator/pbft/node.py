"""One simulated PBFT replica with its service."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from typing import Protocol

from ...pbft import Authentication, Config, DurableState, Effects, Execution, Message, Outcome, PbftCore, Snapshot
from ...pbft.inputs import Executed, Input, Receipt, Tick, give
from ..clock import Clock
from ..network import Envelope, Network
from ..node import Node, Observer
from .scenarios import PbftScenario
from .service import ChainService


class CoreFactory(Protocol):
    """What makes a core: `PbftCore` itself, or a variant of it."""

    def __call__(
        self, replica_id: str, config: Config, authentication: Authentication, durable: DurableState
    ) -> PbftCore: ...


class PbftNode(Node[PbftCore, Input, Effects, Snapshot, Message, DurableState]):
    """A replica that follows the protocol as `make_core` has it."""

    def __init__(
        self,
        node_id: str,
        scenario: PbftScenario,
        authentication: Authentication,
        make_core: CoreFactory,
        clock: Clock,
        network: Network[Message],
        observer: Observer[Input, Effects, Snapshot],
        stream: Callable[[str], random.Random],
    ) -> None:
        super().__init__(node_id, scenario, clock, network, observer, stream, DurableState())
        self.service = ChainService()
        self.authentication = authentication
        self._config = scenario.config
        self._make_core = make_core

    def make_core(self, durable: DurableState) -> PbftCore:
        self.service = ChainService() if durable.state is None else ChainService(durable.state.service)
        return self._make_core(self.authentication.keyring.member, self._config, self.authentication, durable)

    def give(self, core: PbftCore, cause: Input) -> Effects:
        return give(core, cause)

    def snapshot(self, core: PbftCore) -> Snapshot:
        return core.snapshot()

    def tick(self) -> Input:
        return Tick()

    def receipt(self, envelope: Envelope[Message]) -> Input:
        return Receipt(envelope.payload, envelope.message_id)

    def is_idle(self, cause: Input, effects: Effects) -> bool:
        return effects.refused is not None or (isinstance(cause, Tick) and effects == _NOTHING)

    def outgoing(self, effects: Effects) -> Iterable[tuple[str, Message]]:
        return ((dest, send.message) for send in effects.send for dest in send.dests)

    def apply(self, effects: Effects) -> Input | None:
        if effects.restore is not None:
            self.service = ChainService(effects.restore)
        return None if effects.apply is None else Executed(self._execute(effects.apply))

    def _execute(self, execution: Execution) -> Outcome:
        results = tuple(self.service.execute(request.operation) for request in execution.requests)
        return Outcome(results, self.service.state if execution.is_checkpoint else None)


_NOTHING = Effects()
