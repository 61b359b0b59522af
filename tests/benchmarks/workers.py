"""What several workers of the compiled engine gain over one, beside what the machine gains by several processors.

    python -m tests.benchmarks.workers --examples ../Examples --workers 2 --repeats 5

Each round has a search with one worker, one with several, and the same work of the machine's in one process and in
several at once: arithmetic, and reads at random places of much memory, which is what looking for fingerprints is. Times
are summed over the rounds, for the speed of a machine with neighbours changes from one second to the next. Processors
that share a core, or run faster alone, gain less than their number: a search can hardly gain more.
"""

from __future__ import annotations

import json
import multiprocessing
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from multiprocessing.synchronize import Barrier
from pathlib import Path

import click
import numpy as np

from .engines import Model, check, chosen_models, config_of

ARITHMETIC_STEPS = 5_000_000
MEMORY_BYTES = 1 << 28
READS = 10_000_000
MODELS = (
    "PaxosCommit",
    "MCBoulanger",
    "SlushMedium",
    "MCKVSSafetySmall",
    "EWD998Small",
    "cf1s_folklore",
    "raft/medium",
)
"""Models of a million states or some more, which take no minutes."""


def arithmetic(barrier: Barrier) -> float:
    """Seconds for a loop over numbers."""
    barrier.wait()
    start, number = time.monotonic(), 1
    for step in range(ARITHMETIC_STEPS):
        number = (number * 3 + step) & 0xFFFFFFFF
    return time.monotonic() - start


def reads(barrier: Barrier) -> float:
    """Seconds for reads at random places."""
    words = np.ones(MEMORY_BYTES // 8, dtype=np.int64)
    places = np.random.default_rng(0).integers(0, len(words), READS)
    barrier.wait()
    start = time.monotonic()
    assert int(words[places].sum()) == READS
    return time.monotonic() - start


Work = Callable[[Barrier], float]
"""Work of the machine: begins when all are at the barrier, and gives the seconds it took."""


def _run(work: Work, barrier: Barrier, seconds: multiprocessing.SimpleQueue[float]) -> None:
    seconds.put(work(barrier))


def seconds_of(work: Work, processes: int) -> float:
    """Seconds that the slowest of so many processes needs, which begin together."""
    context = multiprocessing.get_context("spawn")
    barrier, seconds = context.Barrier(processes), context.SimpleQueue()
    started = [context.Process(target=_run, args=(work, barrier, seconds)) for _ in range(processes)]
    for process in started:
        process.start()
    slowest = max(seconds.get() for _ in started)
    for process in started:
        process.join()
    return slowest


@dataclass
class Gain:
    """Seconds of the same work with one worker and with several, by rounds."""

    one: list[float] = field(default_factory=list)
    several: list[float] = field(default_factory=list)

    def factor(self, work: int = 1) -> float:
        """How many times as fast several are, which do so many times the work of one."""
        return work * sum(self.one) / sum(self.several)


def search(model: Model, config: Path, workers: int) -> tuple[float, int]:
    """The seconds of a search, and how many states it finds."""
    done = check(model, config, workers)
    if not done.stdout:
        raise click.ClickException(f"{model.name}: {done.stderr.strip()}")
    found = json.loads(done.stdout)
    if found["error"] is not None:
        raise click.ClickException(f"{model.name}: {found['error']['message']}")
    return found["seconds"], found["distinct"]


def row(name: str, distinct: int, gain: Gain, machine: Sequence[float]) -> str:
    return (
        f"{name:26} {distinct:11,} {statistics.mean(gain.one):9.2f} {statistics.mean(gain.several):9.2f}"
        f" {gain.factor():7.2f} {machine[0]:11.2f} {machine[1]:8.2f}"
    )


def measure(model: Model, config: Path, workers: int, repeats: int) -> tuple[int, Gain, list[float]]:
    """The states of a model, its gain, and those of the machine meanwhile."""
    _, distinct = search(model, config, workers)  # compiles it
    gain, machine = Gain(), {work: Gain() for work in (arithmetic, reads)}
    for _ in range(repeats):
        for count, times in ((1, gain.one), (workers, gain.several)):
            seconds, found = search(model, config, count)
            if found != distinct:
                raise click.ClickException(f"{model.name}: {found} states with {count} workers, {distinct} before")
            times.append(seconds)
        for work, of_machine in machine.items():
            of_machine.one.append(seconds_of(work, 1))
            of_machine.several.append(seconds_of(work, workers))
    return distinct, gain, [of_machine.factor(workers) for of_machine in machine.values()]


@click.command()
@click.option("--examples", type=click.Path(path_type=Path, exists=True), help="A copy of tlaplus/Examples.")
@click.option("--model", "names", multiple=True, help="Only this model; may be given again.")
@click.option("--workers", type=click.IntRange(min=1), default=2, show_default=True, help="Worker threads, beside one.")
@click.option(
    "--repeats", type=click.IntRange(min=1), default=3, show_default=True, help="Rounds, of which means are told."
)
def main(examples: Path | None, names: tuple[str, ...], workers: int, repeats: int) -> None:
    """Print a table of what several workers gain over one."""
    click.echo(
        f"{'model':26} {'distinct':>11} {'1 s':>9} {f'{workers} s':>9} {'gain':>7} {'arithmetic':>11} {'reads':>8}"
    )
    gains: list[float] = []
    with tempfile.TemporaryDirectory(prefix="comitia-benchmark-") as scratch:
        chosen = names or (MODELS if examples is not None else ("raft/medium",))
        for model in chosen_models(examples, chosen):
            distinct, gain, machine = measure(model, config_of(model, Path(scratch)), workers, repeats)
            gains.append(gain.factor())
            click.echo(row(model.name, distinct, gain, machine))
    click.echo(f"geometric mean {statistics.geometric_mean(gains):.2f}, least {min(gains):.2f}")


if __name__ == "__main__":
    sys.exit(main())
