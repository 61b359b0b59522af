"""A disk on which each write takes time and is wholly durable or, if a crash comes first, did not happen."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any, Generic, Protocol, TypeVar

from .clock import Clock
from .scenarios import Range


class Durable(Protocol):
    """What is on a disk: the state that a core starts from, and that state once something more is durable."""

    def after(self, persist: Any, /) -> Any: ...


DurableState = TypeVar("DurableState", bound=Durable)


class Disk(Generic[DurableState]):
    """The durable state of one server, at first `durable`; survives its crashes."""

    def __init__(self, clock: Clock, random: random.Random, write_ms: Range, durable: DurableState) -> None:
        self.durable = durable
        self._clock = clock
        self._random = random
        self._write_ms = write_ms
        self._writes_begun = 0
        self._write_under_way: int | None = None

    @property
    def is_writing(self) -> bool:
        return self._write_under_way is not None

    def write(self, persist: object, then: Callable[[], None]) -> None:
        """Make `persist` durable, and call `then` when it is; one write at a time."""
        assert not self.is_writing
        self._writes_begun += 1
        number = self._write_under_way = self._writes_begun

        def complete() -> None:
            # A crash has forgotten the write, even if another has begun since.
            if self._write_under_way == number:
                self._write_under_way = None
                self.durable = self.durable.after(persist)
                then()

        self._clock.after(self._random.randint(*self._write_ms), complete)

    def crash(self) -> None:
        """Lose the write under way, if any."""
        self._write_under_way = None
