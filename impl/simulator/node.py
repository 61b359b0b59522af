"""One simulated server: drives the core of a protocol, and may crash at the moments that matter.

An input is taken when the effects of the one before are carried out, and waits otherwise. Its persisting takes time, in
which a crash loses the whole step and the input with it; when it is durable the step is reported, then messages leave
(a crash may stop them midway), then what is agreed on is applied. What is particular to a protocol is abstract.
"""

from __future__ import annotations

import random
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from .clock import Clock
from .disk import Disk, DurableState
from .network import Envelope, Network
from .scenarios import Scenario


class HasPersist(Protocol):
    """The effects of any core: `persist` is what must be durable before the rest, None if nothing."""

    @property
    def persist(self) -> object | None: ...


Core = TypeVar("Core")
Cause = TypeVar("Cause")
Effects = TypeVar("Effects", bound=HasPersist)
State = TypeVar("State")
Message = TypeVar("Message")
Cause_contra = TypeVar("Cause_contra", contravariant=True)
Effects_contra = TypeVar("Effects_contra", contravariant=True)
State_contra = TypeVar("State_contra", contravariant=True)


class Observer(Protocol[Cause_contra, Effects_contra, State_contra]):
    """Whoever wants to know what a node does: the trace and the oracles."""

    def crashed(self, node: str) -> None: ...
    def restarted(self, node: str, after: State_contra) -> None: ...
    def stepped(
        self, node: str, cause: Cause_contra, before: State_contra, effects: Effects_contra, after: State_contra
    ) -> None: ...
    def applied(self, node: str, effects: Effects_contra, after: State_contra) -> None: ...


@dataclass(frozen=True, slots=True)
class Task(Generic[Cause, Effects]):
    """An input under way, and who wants to know its effects once they are durable."""

    cause: Cause
    then: Callable[[Effects], None] | None = None


class Node(ABC, Generic[Core, Cause, Effects, State, Message, DurableState]):
    """A server with its disk; `core` is None while it is down."""

    def __init__(
        self,
        node_id: str,
        scenario: Scenario,
        clock: Clock,
        network: Network[Message],
        observer: Observer[Cause, Effects, State],
        stream: Callable[[str], random.Random],
        durable: DurableState,
    ) -> None:
        self.node_id = node_id
        self.core: Core | None = None
        self.crash_before_sending_share = scenario.crash_before_sending_share
        self._tick_ms = scenario.tick_ms
        self._clock = clock
        self._network = network
        self._observer = observer
        self._disk = Disk(clock, stream(f"{node_id}/disk"), scenario.disk_write_ms, durable)
        self._timeouts = stream(f"{node_id}/timeouts")
        self._crashes = stream(f"{node_id}/crashes")
        self._inbox: deque[Task[Cause, Effects]] = deque()
        self._lives = 0
        self._messages_sent = 0

    # What a protocol brings ------------------------------------------------------------------------------------------

    @abstractmethod
    def make_core(self, durable: DurableState) -> Core:
        """A core that starts from what is durable."""

    @abstractmethod
    def give(self, core: Core, cause: Cause) -> Effects:
        """Give one input to the core."""

    @abstractmethod
    def snapshot(self, core: Core) -> State:
        """The core's state, frozen."""

    @abstractmethod
    def tick(self) -> Cause:
        """The input that time brings."""

    @abstractmethod
    def receipt(self, envelope: Envelope[Message]) -> Cause:
        """The input that a message is."""

    @abstractmethod
    def is_idle(self, cause: Cause, effects: Effects) -> bool:
        """Whether nothing at all has happened, so that nobody needs to be told."""

    @abstractmethod
    def outgoing(self, effects: Effects) -> Iterable[tuple[str, Message]]:
        """Each message to send, after its destination."""

    def apply(self, effects: Effects) -> Cause | None:
        """Carry out what is left of the effects; the result is the input that must come next, if any must."""
        return None

    # What all have in common -----------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start, the first time or after a crash, from what is durable."""
        assert self.core is None
        self._lives += 1
        self.core = self.make_core(self._disk.durable)
        self._state = self.snapshot(self.core)
        if self._lives > 1:
            self._observer.restarted(self.node_id, self._state)
        self._schedule_tick(self._lives, self._timeouts.randint(1, self._tick_ms))

    def crash(self) -> None:
        """Stop at once: whatever is neither durable nor sent is lost."""
        assert self.core is not None
        self.core = None
        self._disk.crash()
        self._inbox.clear()
        self._observer.crashed(self.node_id)

    def receive(self, envelope: Envelope[Message]) -> None:
        """A message arrives; it is lost if the server is down."""
        self.take(self.receipt(envelope))

    def take(self, cause: Cause, then: Callable[[Effects], None] | None = None) -> None:
        """An input arrives. `then` is told the effects when they are durable, unless there is a crash."""
        if self.core is not None:
            self._inbox.append(Task(cause, then))
            self._work()

    def _schedule_tick(self, life: int, delay_ms: int) -> None:
        def tick() -> None:
            if self._lives == life and self.core is not None:
                self._schedule_tick(life, self._tick_ms)
                self.take(self.tick())

        self._clock.after(delay_ms, tick)

    def _work(self) -> None:
        while self._inbox and self.core is not None and not self._disk.is_writing:
            self._process(self._inbox.popleft(), self.core)

    def _process(self, task: Task[Cause, Effects], core: Core) -> None:
        before = self._state
        effects = self.give(core, task.cause)
        if self.is_idle(task.cause, effects):
            return
        after = self._state = self.snapshot(core)

        def durable() -> None:
            self._carry_out(task, before, effects, after)
            self._work()

        if effects.persist is None:
            self._carry_out(task, before, effects, after)
        else:
            self._disk.write(effects.persist, durable)

    def _carry_out(self, task: Task[Cause, Effects], before: State, effects: Effects, after: State) -> None:
        self._observer.stepped(self.node_id, task.cause, before, effects, after)
        if task.then is not None:
            task.then(effects)
        messages = list(self.outgoing(effects))
        crashes = effects.persist is not None and self._crashes.random() < self.crash_before_sending_share
        if crashes:
            messages = messages[: self._crashes.randint(0, len(messages))]
        for dest, message in messages:
            self.post(dest, message)
        if crashes:
            self.crash()
            return
        self._observer.applied(self.node_id, effects, after)
        follow_up = self.apply(effects)
        if follow_up is not None:
            self._inbox.appendleft(Task(follow_up))

    def post(self, dest: str, message: Message) -> None:
        """Send one message, under an id of its own."""
        self._messages_sent += 1
        self._network.send(Envelope(f"{self.node_id}-{self._messages_sent}", self.node_id, dest, message))
