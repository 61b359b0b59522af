"""The search as a process of its own: what it is told, the lines it prints, and what its end means.

A process of its own gives back all of its memory, and whatever becomes of it (a crash, a kill for want of memory) ends
the check with an error and never with a verdict.
"""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...model.diagnostics import SpecError
from ..engine import Limits

MAX_SHOWN = 200
"""Bytes of a line that a message shows."""
Progress = Callable[[int, int, int, int], None]
"""Told of generated states, distinct states, depth, and states on the queue."""


class SearchFailed(SpecError):
    """The process ended without an answer: no verdict."""

    kind = "engine"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a search that came to its end says; the fields are those of `runtime/search.cpp`."""

    verdict: str
    generated: int
    distinct: int
    depth: int
    queue: int
    table_bytes: int
    actions: list[tuple[int, int]]
    hits: str
    found: str | None = None
    index: int = 0
    fault: str = ""
    what: str = ""
    path: tuple[tuple[int, str], ...] = ()


def run(executable: Path, workers: int, limits: Limits, check_deadlock: bool, progress: Progress) -> Answer:
    """Runs a search to its end. Raises SearchFailed."""
    arguments = [workers, limits.max_states or 0, limits.max_depth or 0, int(check_deadlock)]
    command = [str(executable), *map(str, arguments)]
    try:
        # A session of its own: an interrupt from the keyboard is ours to pass on.
        process = subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True)
    except OSError as error:
        raise SearchFailed(f"the compiled search cannot be started: {error}") from error
    last: dict[str, Any] = {}
    try:
        assert process.stdout is not None
        for line in process.stdout:
            last = _object(line)
            if "progress" in last:
                progress(*last["progress"])
        status = process.wait()
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
    if status != 0 or "verdict" not in last or last["verdict"] == "failed":
        raise SearchFailed(f"the compiled search ended without a verdict: {_reason(status, last)}", hint=_hint(status))
    return Answer(**{**last, "path": tuple((ordinal, state) for ordinal, state in last.get("path", ()))})


def _object(line: bytes) -> dict[str, Any]:
    try:
        return json.loads(line)
    except ValueError:
        shown = line[:MAX_SHOWN].decode(errors="replace").strip()
        raise SearchFailed(f"the compiled search said what makes no sense: {shown}") from None


def _reason(status: int, last: dict[str, Any]) -> str:
    if last.get("verdict") == "failed":
        return str(last["what"])
    if status < 0:
        try:
            return f"it was ended by {signal.Signals(-status).name}"
        except ValueError:
            return f"it was ended by signal {-status}"
    return f"it ended with status {status}"


def _hint(status: int) -> str:
    if status == -signal.SIGKILL:
        return "the system may have run out of memory; a bound such as --max-depth makes the search smaller"
    return "`--engine interpreted` does without it"
