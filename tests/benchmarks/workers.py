"""What several workers of the compiled engine gain over one, beside what the machine gains by several processors.

    python -m tests.benchmarks.workers --examples ../Examples --workers 2 --repeats 5

Each round has a search with one worker, one with several, and as many searches with one worker each, all at once: these
share nothing but the machine. Processors that share a core, or memory, gain less than their number, and workers can
hardly gain more than searches that know nothing of each other. Times are summed over the rounds, for the speed of a
machine with neighbours changes from one second to the next.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import click

from .engines import Model, check, chosen_models, config_of

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


@dataclass
class Times:
    """Seconds of the same search, by rounds: alone with one worker, with several, with one beside others."""

    one: list[float] = field(default_factory=list)
    several: list[float] = field(default_factory=list)
    beside: list[float] = field(default_factory=list)

    @property
    def gain(self) -> float:
        """How many times as fast several workers are."""
        return sum(self.one) / sum(self.several)

    @property
    def gain_of_machine(self) -> float:
        """How many times as much is searched where several searches run at once."""
        searches = len(self.beside) / len(self.one)
        return searches * statistics.mean(self.one) / statistics.mean(self.beside)


def search(model: Model, config: Path, workers: int) -> tuple[float, int]:
    """The seconds of a search, and how many states it finds."""
    done = check(model, config, workers)
    if not done.stdout:
        raise click.ClickException(f"{model.name}: {done.stderr.strip()}")
    found = json.loads(done.stdout)
    if found["error"] is not None:
        raise click.ClickException(f"{model.name}: {found['error']['message']}")
    return found["seconds"], found["distinct"]


def row(name: str, distinct: int, times: Times) -> str:
    return (
        f"{name:26} {distinct:11,} {statistics.mean(times.one):9.2f} {statistics.mean(times.several):9.2f}"
        f" {times.gain:7.2f} {times.gain_of_machine:9.2f}"
    )


def measure(model: Model, config: Path, workers: int, repeats: int) -> tuple[int, Times]:
    """The states of a model, and the seconds to find them."""
    _, distinct = search(model, config, workers)  # compiles it
    times = Times()

    def seconds(count: int) -> float:
        taken, found = search(model, config, count)
        if found != distinct:
            raise click.ClickException(f"{model.name}: {found} states with {count} workers, {distinct} before")
        return taken

    with ThreadPoolExecutor(workers) as processes:
        for _ in range(repeats):
            times.one.append(seconds(1))
            times.several.append(seconds(workers))
            times.beside += processes.map(seconds, [1] * workers)
    return distinct, times


@click.command()
@click.option("--examples", type=click.Path(path_type=Path, exists=True), help="A copy of tlaplus/Examples.")
@click.option("--model", "names", multiple=True, help="Only this model; may be given again.")
@click.option("--workers", type=click.IntRange(min=1), default=2, show_default=True, help="Worker threads, beside one.")
@click.option(
    "--repeats", type=click.IntRange(min=1), default=3, show_default=True, help="Rounds, of which means are told."
)
def main(examples: Path | None, names: tuple[str, ...], workers: int, repeats: int) -> None:
    """Print a table of what several workers gain over one, and several searches at once."""
    click.echo(f"{'model':26} {'distinct':>11} {'1 s':>9} {f'{workers} s':>9} {'gain':>7} {'searches':>9}")
    gains: list[float] = []
    with tempfile.TemporaryDirectory(prefix="comitia-benchmark-") as scratch:
        chosen = names or (MODELS if examples is not None else ("raft/medium",))
        for model in chosen_models(examples, chosen):
            distinct, times = measure(model, config_of(model, Path(scratch)), workers, repeats)
            gains.append(times.gain)
            click.echo(row(model.name, distinct, times))
    click.echo(f"geometric mean {statistics.geometric_mean(gains):.2f}, least {min(gains):.2f}")


if __name__ == "__main__":
    sys.exit(main())
