"""Faulty replicas: each runs the protocol with its own keys and tampers with all that it says.

A `Behaviour` changes, for each receiver apart, what the replica is about to send, and may send something of its own
accord. Faulty replicas collude: they share what they have seen, and vote for each other's forks. None of them can sign
for a correct member.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from ...pbft import Authentication, Config, Effects, Message, PbftCore, Signed
from ...pbft.encoding import Digest
from ...pbft.inputs import Input, Receipt, Tick
from ...pbft.messages import PreparedCertificate, Proposal, Request, ViewChange
from .node import PbftNode

Unicast = tuple[str, Message]

# How much the faulty remember of what they have seen.
_MEMORY = 120


@dataclass
class Collusion:
    """What all faulty replicas of a run know."""

    members: tuple[str, ...] = ()
    seen: deque[Message] = field(default_factory=lambda: deque(maxlen=_MEMORY))
    requests: dict[bytes, Signed[Request]] = field(default_factory=dict)
    certificates: list[PreparedCertificate] = field(default_factory=list)
    view_changes: dict[tuple[int, str], Signed[ViewChange]] = field(default_factory=dict)
    # Which digest each correct replica was told at a view and sequence number.
    forks: dict[tuple[int, int], dict[str, Digest]] = field(default_factory=dict)

    def learn(self, message: Message) -> None:
        """Remember what may be of use."""
        self.seen.append(message)
        if isinstance(message, Proposal):
            for request in message.batch:
                self.requests[request.content.operation] = request
        elif isinstance(message, Signed):
            if isinstance(message.content, Request):
                self.requests[message.content.operation] = Signed(message.sender, message.content, message.proof)
            elif isinstance(message.content, ViewChange):
                content = message.content
                self.view_changes[content.view, message.sender] = Signed(message.sender, content, message.proof)
                self.certificates.extend(content.prepared)
                del self.certificates[:-_MEMORY]


@dataclass
class Arsenal:
    """What a behaviour has to work with: the replica's keys and core, the accomplices, and chance."""

    authentication: Authentication
    config: Config
    collusion: Collusion
    random: random.Random
    core: Callable[[], PbftCore]
    post_later: Callable[[int, str, Message], None]

    @property
    def me(self) -> str:
        return self.authentication.keyring.member

    @property
    def victims(self) -> list[str]:
        """The correct replicas."""
        return [replica for replica in self.config.replicas if replica not in self.collusion.members]

    def sign(self, content: Any) -> Any:
        return self.authentication.sign(content)

    def seal(self, content: Any, dest: str) -> Any:
        return self.authentication.seal(content, (dest,))


class Behaviour:
    """Follows the protocol; subclasses do not."""

    def __init__(self, arsenal: Arsenal) -> None:
        self.arsenal = arsenal

    def transform(self, dest: str, message: Message) -> Iterable[Unicast]:
        """What leaves in place of `message` to `dest`."""
        return [(dest, message)]

    def spontaneous(self) -> Iterable[Unicast]:
        """What leaves at a tick, for no reason of the protocol."""
        return []


class FaultyNode(PbftNode):
    """A replica whose messages pass through a behaviour, which changes now and then if there are several."""

    def __init__(self, *args: Any, collusion: Collusion, kinds: list[type[Behaviour]], chance: random.Random) -> None:
        super().__init__(*args)
        self._collusion = collusion
        self._kinds = kinds
        self._chance = chance
        self._ticks_left = 0
        self._arsenal = Arsenal(
            self.authentication, self._config, collusion, chance, self._current_core, self._post_later
        )
        self._behaviour = Behaviour(self._arsenal)

    def give(self, core: PbftCore, cause: Input) -> Effects:
        if isinstance(cause, Receipt):
            self._collusion.learn(cause.message)
        effects = super().give(core, cause)
        if isinstance(cause, Tick):
            self._change_behaviour()
            for dest, message in self._behaviour.spontaneous():
                self.post(dest, message)
        return effects

    def outgoing(self, effects: Effects) -> Iterable[Unicast]:
        for dest, message in super().outgoing(effects):
            self._collusion.learn(message)
            yield from self._behaviour.transform(dest, message)

    def _change_behaviour(self) -> None:
        self._ticks_left -= 1
        if self._ticks_left < 0 and self._kinds:
            self._ticks_left = self._chance.randint(8, 40)
            self._behaviour = self._chance.choice(self._kinds)(self._arsenal)

    def _current_core(self) -> PbftCore:
        assert self.core is not None
        return self.core

    def _post_later(self, delay_ms: int, dest: str, message: Message) -> None:
        self._clock.after(delay_ms, lambda: self.post(dest, message))
