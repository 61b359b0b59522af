"""Logical time: actions happen in the order of their time, and at the same time in the order they were scheduled."""

from __future__ import annotations

import heapq
from collections.abc import Callable


class Clock:
    """A queue of actions to come. `now_ms` is an integer number of simulated milliseconds; nothing ever sleeps."""

    def __init__(self) -> None:
        self.now_ms = 0
        self._scheduled = 0
        self._queue: list[tuple[int, int, Callable[[], None]]] = []

    def after(self, delay_ms: int, action: Callable[[], None]) -> None:
        """Have `action` called `delay_ms` from now."""
        assert delay_ms >= 0
        self._scheduled += 1
        heapq.heappush(self._queue, (self.now_ms + delay_ms, self._scheduled, action))

    def run_until(self, end_ms: int, stop: Callable[[], bool] = lambda: False) -> None:
        """Carry out what is due up to `end_ms`, included, or until `stop` holds after an action."""
        while self._queue and self._queue[0][0] <= end_ms:
            self.now_ms, _, action = heapq.heappop(self._queue)
            action()
            if stop():
                return
        self.now_ms = end_ms
