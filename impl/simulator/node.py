"""One simulated server: drives a Raft core, and may crash at the moments that matter.

An input is taken when the effects of the one before are carried out, and waits otherwise. Its persisting takes time, in
which a crash loses the whole step and the input with it; when it is durable the step is reported, then messages leave
(a crash may stop them midway), then entries are applied.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from ..raft import Config, DurableState, Effects, Message, RaftCore, Snapshot
from ..raft.inputs import Input, Proposal, Receipt, Tick, give
from .clock import Clock
from .disk import Disk
from .network import Envelope, Network
from .scenarios import Scenario


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


class Observer(Protocol):
    """Whoever wants to know what a node does: the trace and the oracles."""

    def crashed(self, node: str) -> None: ...
    def restarted(self, node: str, after: Snapshot) -> None: ...
    def stepped(self, node: str, cause: Input, before: Snapshot, effects: Effects, after: Snapshot) -> None: ...
    def applied(self, node: str, effects: Effects, after: Snapshot) -> None: ...


@dataclass(frozen=True, slots=True)
class Task:
    """An input under way, and who wants to know its effects once they are durable."""

    cause: Input
    then: Callable[[Effects], None] | None = None


class Node:
    """A server with its disk; `core` is None while it is down."""

    def __init__(
        self,
        node_id: str,
        scenario: Scenario,
        make_core: CoreFactory,
        clock: Clock,
        network: Network[Message],
        observer: Observer,
        stream: Callable[[str], random.Random],
    ) -> None:
        self.node_id = node_id
        self.core: RaftCore | None = None
        self.crash_before_sending_share = scenario.crash_before_sending_share
        self._scenario = scenario
        self._make_core = make_core
        self._clock = clock
        self._network = network
        self._observer = observer
        self._disk = Disk(clock, stream(f"{node_id}/disk"), scenario.disk_write_ms)
        self._timeouts = stream(f"{node_id}/timeouts")
        self._crashes = stream(f"{node_id}/crashes")
        self._inbox: deque[Task] = deque()
        self._lives = 0
        self._messages_sent = 0

    def start(self) -> None:
        """Start, the first time or after a crash, from what is durable."""
        assert self.core is None
        self._lives += 1
        scenario = self._scenario
        self.core = self._make_core(
            self.node_id,
            tuple(peer for peer in scenario.node_ids if peer != self.node_id),
            Config(scenario.heartbeat_ticks, scenario.max_entries_per_message),
            lambda: self._timeouts.randint(*scenario.election_timeout_ticks),
            self._disk.durable,
        )
        self._state = self.core.snapshot()
        if self._lives > 1:
            self._observer.restarted(self.node_id, self._state)
        self._schedule_tick(self._lives, self._timeouts.randint(1, scenario.tick_ms))

    def crash(self) -> None:
        """Stop at once: whatever is neither durable nor sent is lost."""
        assert self.core is not None
        self.core = None
        self._disk.crash()
        self._inbox.clear()
        self._observer.crashed(self.node_id)

    def receive(self, envelope: Envelope[Message]) -> None:
        """A message arrives; it is lost if the server is down."""
        self._take(Task(Receipt(envelope.payload, envelope.message_id)))

    def propose(self, command: bytes, then: Callable[[Effects], None]) -> None:
        """A client's command arrives. `then` is told the effects when they are durable, unless there is a crash."""
        self._take(Task(Proposal(command), then))

    def _schedule_tick(self, life: int, delay_ms: int) -> None:
        def tick() -> None:
            if self._lives == life and self.core is not None:
                self._schedule_tick(life, self._scenario.tick_ms)
                self._take(Task(Tick()))

        self._clock.after(delay_ms, tick)

    def _take(self, task: Task) -> None:
        if self.core is not None:
            self._inbox.append(task)
            self._work()

    def _work(self) -> None:
        while self._inbox and self.core is not None and not self._disk.is_writing:
            self._process(self._inbox.popleft(), self.core)

    def _process(self, task: Task, core: RaftCore) -> None:
        before = self._state
        effects = give(core, task.cause)
        if isinstance(task.cause, Tick) and effects == Effects():
            return
        after = self._state = core.snapshot()

        def durable() -> None:
            self._carry_out(task, before, effects, after)
            self._work()

        if effects.persist is None:
            self._carry_out(task, before, effects, after)
        else:
            self._disk.write(effects.persist, durable)

    def _carry_out(self, task: Task, before: Snapshot, effects: Effects, after: Snapshot) -> None:
        self._observer.stepped(self.node_id, task.cause, before, effects, after)
        if task.then is not None:
            task.then(effects)
        messages = effects.send
        crashes = effects.persist is not None and self._crashes.random() < self.crash_before_sending_share
        if crashes:
            messages = messages[: self._crashes.randint(0, len(messages))]
        for message in messages:
            self._messages_sent += 1
            message_id = f"{self.node_id}-{self._messages_sent}"
            self._network.send(Envelope(message_id, message.source, message.dest, message))
        if crashes:
            self.crash()
        else:
            self._observer.applied(self.node_id, effects, after)
