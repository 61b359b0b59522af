"""The progress line: the figures of a running search, rewritten in place on a terminal, nothing anywhere else."""

from __future__ import annotations

import shutil
import time
from typing import TextIO

from ..result import Stats

ERASE_LINE = "\r\x1b[2K"


class ProgressLine:
    """An Observer that keeps the last figures and shows them on `stream` where that is a terminal."""

    def __init__(self, stream: TextIO) -> None:
        self.last: Stats | None = None
        self._stream = stream
        self._is_terminal = stream.isatty()
        self._is_shown = False
        self._start = time.monotonic()
        self._previous = (self._start, 0)

    def progress(self, stats: Stats) -> None:
        """Show these figures; the rate is that since the figures before."""
        self.last = stats
        if not self._is_terminal:
            return
        now = time.monotonic()
        then, generated = self._previous
        rate = (stats.generated - generated) / (now - then) if now > then else 0.0
        self._previous = (now, stats.generated)
        width = shutil.get_terminal_size().columns - 1
        self._stream.write(ERASE_LINE + progress_text(stats, rate, now - self._start)[:width])
        self._stream.flush()
        self._is_shown = True

    def clear(self) -> None:
        """Leave the line as if nothing had been shown."""
        if self._is_shown:
            self._stream.write(ERASE_LINE)
            self._stream.flush()
            self._is_shown = False


def progress_text(stats: Stats, rate: float, elapsed_seconds: float) -> str:
    """`12,345 generated, 678 distinct, 90 on queue, depth 12, 3,456 states/s, 0:07`."""
    minutes, seconds = divmod(int(elapsed_seconds), 60)
    return (
        f"{stats.generated:,} generated, {stats.distinct:,} distinct, {stats.queue:,} on queue, "
        f"depth {stats.depth}, {rate:,.0f} states/s, {minutes}:{seconds:02}"
    )
