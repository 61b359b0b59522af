"""The search as a process of its own: what it is told, the lines it prints, and what its end means.

A process of its own gives back all of its memory, and whatever becomes of it (a crash, a kill for want of memory) ends
the check with an error and never with a verdict.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
from array import array
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from ...model.diagnostics import InputError, SpecError
from ...model.structs import Struct
from ..checkpoint import damaged
from ..engine import FINGERPRINTS, Interruption, Limits, Simulation
from .build import ending

WORD = (1 << 64) - 1
MAX_SHOWN = 200
"""Bytes of a line that a message shows."""
HINT = "`--engine interpreted` does without it"
DISK_HINT = "TMPDIR chooses another folder; `--queue-megabytes` keeps more states in memory"
Answering = Callable[[Mapping[str, Any]], bytes]
"""Answers what a search asks for while it runs (`foreign`)."""
DAMAGED = "damaged"
"""What a search says of a checkpoint that is not as it was written."""
Progress = Callable[[int, int, int, int], None]
"""Told of generated states, distinct states, depth, and states on the queue."""


class SearchFailed(SpecError):
    """The process ended without an answer: no verdict."""

    kind = "engine"


class DiskFailed(SearchFailed):
    """A file of states that wait could not be written or read: no verdict. The code is TLC's ERROR_SYSTEM."""

    kind = "disk"
    exit_code = 153


class Misfit(SearchFailed):
    """A value has no code in the layout of its variable: the search is to be made without layouts."""


MILLISECONDS_PER_SECOND, MILLISECONDS_PER_MINUTE = 1_000, 60_000


class Saving(Struct, eq=True):
    """Where a search leaves what it has found, how often, under which line, and which file it goes on from."""

    folder: Path
    minutes: float
    line: bytes
    resume: Path | None
    interruption: Interruption


QUEUE_SHARE = 4
"""The queue may take so large a part of the memory of the machine: one in so many."""


def queue_bytes(megabytes: float | None) -> int:
    """How much memory the states on the queue may take."""
    if megabytes is not None:
        return int(megabytes * 1e6)
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // QUEUE_SHARE


class Found(Struct, eq=True):
    """A violation: its kind, the index of the predicate among those of its kind, ordinals and states of a path."""

    found: str
    index: int
    path: tuple[tuple[int, str], ...]


class Answer(Struct, eq=True):
    """What a search that came to its end says; the fields are those of `runtime/search.cpp`, or `simulation.cpp`."""

    verdict: str
    generated: int
    depth: int
    distinct: int = 0
    initial: int = 0
    queue: int = 0
    table_bytes: int = 0
    least_distance: int = 0
    actions: Sequence[tuple[int, int]] = ()
    hits: Sequence[int] = ()
    behaviours: int = 0
    found: str | None = None
    index: int = 0
    fault: str = ""
    what: str = ""
    path: tuple[tuple[int, str], ...] = ()
    violations: tuple[Found, ...] = ()


class SearchProcess:
    """A search while it runs; where it records the behaviour graph, it lives on to be asked about that.

    Raises SearchFailed, here and in its methods.
    """

    def __init__(
        self,
        executable: Path,
        workers: int,
        limits: Limits,
        check_deadlock: bool,
        *,
        records_graph: bool = False,
        keeps_going: bool = False,
        is_exiting: bool = False,
        fingerprint: str = FINGERPRINTS[0],
        queue_megabytes: float | None = None,
        answering: Answering | None = None,
        saving: Saving | None = None,
    ) -> None:
        self.records_graph = records_graph
        self.answering = answering
        self.saving = saving
        self.seconds_before = 0.0
        """What the search took up to the checkpoint that it goes on from."""
        self.not_saved: list[str] = []
        """Why checkpoints were not written, one by one; empty texts where they were."""
        switches = map(int, (check_deadlock, records_graph, keeps_going, is_exiting))
        arguments = [workers, limits.max_states or 0, limits.max_depth or 0, *switches]
        arguments = [*arguments, f"fingerprint={fingerprint}", queue_bytes(queue_megabytes)]
        if saving is not None:
            milliseconds = int(saving.minutes * MILLISECONDS_PER_MINUTE)
            arguments = [*arguments, saving.folder, milliseconds, saving.resume or "", len(saving.line)]
        is_told = records_graph or answering is not None or saving is not None
        self._process = _started(executable, arguments, is_told=is_told)
        if saving is not None:
            self._tell(saving.line)

    def __enter__(self) -> SearchProcess:
        return self

    def __exit__(self, *_: object) -> None:
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with suppress(OSError):
                    stream.close()
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    def _tell(self, said: bytes) -> None:
        assert self._process.stdin is not None
        with suppress(OSError):  # the end of a process that does not listen is an answer
            self._process.stdin.write(said)
            self._process.stdin.flush()

    def _pass_on_interrupt(self) -> None:
        """The search writes a checkpoint, and ends. To be called once it has told something, and so can hear."""
        if self.saving is not None and self.saving.interruption.is_requested:
            self._process.send_signal(signal.SIGINT)

    def answer(self, progress: Progress) -> Answer:
        """Waits for the end of the search."""
        assert self._process.stdout is not None
        last: dict[str, Any] = {}
        for line in self._process.stdout:
            last = _object(line)
            if "progress" in last:
                progress(*last["progress"])
                self._pass_on_interrupt()
            elif "foreign" in last or "registers" in last:
                self._answer(last)
            elif "resumed" in last:
                self.seconds_before = last["resumed"] / MILLISECONDS_PER_SECOND
            elif "checkpoint" in last:
                self.not_saved.append(last["checkpoint"])
            elif self.records_graph:
                break
        status = 0 if self.records_graph and "verdict" in last else self._process.wait()
        if status != 0 or "verdict" not in last or last["verdict"] == "failed":
            raise self._failure(status, last)
        violations = tuple(Found(**{**one, "path": _path(one)}) for one in last.get("violations", ()))
        return Answer(**{**last, "path": _path(last), "violations": violations})

    def _answer(self, question: Mapping[str, Any]) -> None:
        assert self.answering is not None
        self._tell(self.answering(question))

    def ask(self, what: str, number: int = 0, count: int = 0, numbers: bytes = b"") -> bytes | dict[str, Any]:
        """What the search says about the graph that it has recorded: bytes, or the fault it met."""
        process = self._process
        assert process.stdin is not None and process.stdout is not None
        try:
            process.stdin.write(f"{what} {number} {count}\n".encode() + numbers)
            process.stdin.flush()
        except OSError:
            raise self._failure(process.wait(), {}) from None
        said = process.stdout.readline()
        answer = _object(said) if said else {}
        _require_no_contradiction(answer)
        if "failed" in answer:
            return answer
        found = process.stdout.read(answer["bytes"]) if "bytes" in answer else b""
        if len(found) != answer.get("bytes"):
            raise self._failure(process.wait(), answer)
        return found

    def hits(self) -> Sequence[int]:
        """What was covered, what was asked about the graph included."""
        found = self.ask("hits")
        assert isinstance(found, bytes)
        return array("Q", found)

    def _failure(self, status: int, last: dict[str, Any]) -> SpecError:
        _require_no_contradiction(last)
        if last.get("fault") == "checkpoint" and self.saving is not None and self.saving.resume is not None:
            path, reason = self.saving.resume, last["what"]
            is_damaged = reason == DAMAGED
            return damaged(path) if is_damaged else InputError(f"cannot read a checkpoint from {path.parent}: {reason}")
        if last.get("fault") == "layout":
            return Misfit("a value has no code in its layout")
        if last.get("fault") == "disk":
            return DiskFailed(f"the search ended without a verdict: {last['what']}", hint=DISK_HINT)
        return SearchFailed(f"the compiled search ended without a verdict: {_reason(status, last)}", hint=_hint(status))


class SimulationProcess(SearchProcess):
    """Random behaviours while they run."""

    def __init__(
        self,
        executable: Path,
        workers: int,
        first: int,
        simulation: Simulation,
        check_deadlock: bool,
        answering: Answering | None = None,
        *,
        is_exiting: bool = False,
    ) -> None:
        self.records_graph, self.saving = False, None
        self.answering = answering
        count, seed = simulation.behaviours - first, simulation.seed & WORD
        arguments = ["simulate", workers, first, count, simulation.depth, seed, int(check_deadlock), int(is_exiting)]
        self._process = _started(executable, arguments, is_told=answering is not None)


TUNABLES = "GLIBC_TUNABLES"
LARGE = 1 << 30
HUGE_PAGES = ":".join(
    [
        "glibc.malloc.hugetlb=1",
        "glibc.malloc.arena_max=1",
        f"glibc.malloc.mmap_threshold={LARGE}",
        f"glibc.malloc.trim_threshold={LARGE}",
    ]
)
"""All memory lies in huge pages where the system gives them (glibc 2.35), whose addresses are found sooner.

So it has to be one piece of which nothing is given back: what is less than a huge page, or not aligned, is in none.
"""


def _environment() -> dict[str, str]:
    return {**os.environ, TUNABLES: os.environ.get(TUNABLES, HUGE_PAGES)}


def _started(executable: Path, arguments: Sequence[object], *, is_told: bool = False) -> subprocess.Popen[bytes]:
    try:
        # A session of its own: an interrupt from the keyboard is ours to pass on.
        return subprocess.Popen(
            [str(executable), *map(str, arguments)],
            stdin=subprocess.PIPE if is_told else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            start_new_session=True,
            env=_environment(),
        )
    except OSError as error:
        raise SearchFailed(f"the compiled search cannot be started: {error}") from error


def simulate(
    executable: Path,
    workers: int,
    first: int,
    simulation: Simulation,
    check_deadlock: bool,
    progress: Progress,
    answering: Answering | None = None,
    *,
    is_exiting: bool = False,
) -> Answer:
    """Runs random behaviours from that number on, to the end or as far as memory lasts. Raises SearchFailed."""
    with SimulationProcess(
        executable, workers, first, simulation, check_deadlock, answering, is_exiting=is_exiting
    ) as process:
        return process.answer(progress)


def run(
    executable: Path,
    workers: int,
    limits: Limits,
    check_deadlock: bool,
    progress: Progress,
    fingerprint: str = FINGERPRINTS[0],
) -> Answer:
    """Runs a search to its end. Raises SearchFailed."""
    with SearchProcess(executable, workers, limits, check_deadlock, fingerprint=fingerprint) as process:
        return process.answer(progress)


def _path(told: dict[str, Any]) -> tuple[tuple[int, str], ...]:
    return tuple((ordinal, state) for ordinal, state in told.get("path", ()))


def _object(line: bytes) -> dict[str, Any]:
    try:
        return json.loads(line)
    except ValueError:
        shown = line[:MAX_SHOWN].decode(errors="replace").strip()
        raise SearchFailed(f"the compiled search said what makes no sense: {shown}") from None


def _require_no_contradiction(told: Mapping[str, Any]) -> None:
    """What cannot be is an error of ours, not one of what is searched."""
    if told.get("fault") == "contradiction":
        raise AssertionError(f"the compiled search contradicts itself: {told['what']}")


def _reason(status: int, last: dict[str, Any]) -> str:
    if last.get("verdict") == "failed":
        return str(last["what"])
    return ending(status)


def _hint(status: int) -> str:
    if status == -signal.SIGKILL:
        return "the system may have run out of memory; a bound such as --max-depth makes the search smaller"
    return HINT
