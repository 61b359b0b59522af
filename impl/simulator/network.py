"""A network that loses, duplicates, delays and so reorders messages, and whose links can be cut one way at a time."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from .clock import Clock
from .scenarios import LinkConditions

Message = TypeVar("Message")


@dataclass(frozen=True, slots=True)
class Envelope(Generic[Message]):
    """A message under way; its duplicates share its id."""

    message_id: str
    source: str
    dest: str
    payload: Message


class Network(Generic[Message]):
    """Carries envelopes to `deliver`; `tap` is shown each that is sent.

    `conditions` may be replaced at any time, for what is sent from then on.
    """

    def __init__(
        self,
        clock: Clock,
        random: random.Random,
        conditions: LinkConditions,
        deliver: Callable[[Envelope[Message]], None],
        tap: Callable[[Envelope[Message]], None] = lambda envelope: None,
    ) -> None:
        self.conditions = conditions
        self.sent = self.lost = self.duplicated = 0
        self._clock = clock
        self._random = random
        self._deliver = deliver
        self._tap = tap
        self._cut: set[tuple[str, str]] = set()

    def send(self, envelope: Envelope[Message]) -> None:
        """Put `envelope` under way, perhaps twice, perhaps never to arrive."""
        self.sent += 1
        self._tap(envelope)
        if self._random.random() < self.conditions.lost_share:
            self.lost += 1
            return
        self._clock.after(self._delay_ms(), lambda: self._arrive(envelope))
        if self._random.random() < self.conditions.duplicated_share:
            self.duplicated += 1
            self._clock.after(self._delay_ms(), lambda: self._arrive(envelope))

    def cut(self, links: Iterable[tuple[str, str]]) -> None:
        """Let nothing arrive over `links`, pairs of source and destination, until they heal."""
        self._cut.update(links)

    def heal(self, links: Iterable[tuple[str, str]]) -> None:
        """Undo `cut`."""
        self._cut.difference_update(links)

    def heal_all(self) -> None:
        """Undo every `cut`."""
        self._cut.clear()

    def _delay_ms(self) -> int:
        late = self._random.random() < self.conditions.late_share
        return self._random.randint(*(self.conditions.late_delay_ms if late else self.conditions.delay_ms))

    def _arrive(self, envelope: Envelope[Message]) -> None:
        if (envelope.source, envelope.dest) in self._cut:
            self.lost += 1
        else:
            self._deliver(envelope)
