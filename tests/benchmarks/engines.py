"""The compiled engine beside TLC on the same machine, in the same run, with as many workers: one table.

    python -m tests.benchmarks.engines --examples ../Examples --workers 2 --json engines.json

Times are those of whole processes, start-up and the compilation of the specification included; what is compiled once
for an installation is compiled before: the runtime, whose time is shown, and Python's bytecode, as pip does it. A row
whose verdict or figures differ fails. Processor time (user and system, of all processes and threads) stands beside wall
time: it says more on a machine that has other things to do. TLC takes minutes: `--tlc-from FILE` takes its figures from
the JSON of an earlier run.
"""

from __future__ import annotations

import compileall
import json
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import click
import comitia.checker
import comitia.model
from comitia.checker.catalog import Target, find_target
from comitia.checker.compiled import build
from comitia.checker.export import exported
from comitia.checker.tlc import run_tlc
from comitia.model.caching import CACHE_VARIABLE

from ..differential.examples import examples as public_models

SAFETY = "safety"
"""Marks models whose temporal properties are left out, for both checkers."""

CATALOG_MODELS = ("raft/batches", "raft/reorder", "raft/medium")
PUBLIC_MODELS: dict[str, tuple[str, str]] = {
    "MultiPaxos_MC_small": ("MultiPaxos-SMR/MultiPaxos_MC_small", ""),
    "PaxosCommit": ("transaction_commit/PaxosCommit", ""),
    "MCPaxosSmall": ("PaxosHowToWinATuringAward/MCPaxosSmall", ""),
    "MCBoulanger": ("Bakery-Boulangerie/MCBoulanger", ""),
    "MCBakery": ("Bakery-Boulangerie/MCBakery", ""),
    "SlushMedium": ("SlushProtocol/SlushMedium", ""),
    "SlushSmall": ("SlushProtocol/SlushSmall", ""),
    "MCKVSSafetySmall": ("KeyValueStore/MCKVSSafetySmall", ""),
    "DijkstraMutex": ("dijkstra-mutex/DijkstraMutex.toolbox/Safety-4-processors/MC", ""),
    "EWD998Small": ("ewd998/EWD998Small", ""),
    "CoffeeCan3000Beans": ("CoffeeCan/CoffeeCan3000Beans", SAFETY),
    "bosco": ("bosco/bosco", ""),
    "MCLamportMutex": ("lamport_mutex/MCLamportMutex", ""),
    "MCNanoMedium": ("NanoBlockchain/MCNanoMedium", ""),
    "btree": ("btree/btree", ""),
    "FastPaxos": ("SimplifiedFastPaxos/FastPaxos", ""),
    "cf1s_folklore": ("cf1s-folklore/cf1s_folklore", SAFETY),
    "MCCheckpointCoordination": ("CheckpointCoordination/MCCheckpointCoordination", ""),
    "SimpleRegular": ("TeachingConcurrency/SimpleRegular", ""),
    "VoteProof": ("byzpaxos/VoteProof", ""),
    "TLCSailfish1": ("dag-consensus/TLCSailfish1", ""),
    "bcastByz": ("bcastByz/bcastByz", SAFETY),
}
"""Name → (path below specifications/ of a copy of tlaplus/Examples, without ending; what is left out of it)."""

COMMENTS = re.compile(r"\\\*[^\n]*|\(\*.*?\*\)", re.DOTALL)
STATEMENTS = (
    "CONSTANTS?|INVARIANTS?|PROPERT(?:Y|IES)|INIT|NEXT|SPECIFICATION|SYMMETRY|VIEW|CONSTRAINTS?|ACTION_CONSTRAINTS?"
    "|CHECK_DEADLOCK|ALIAS|POSTCONDITION"
)
PROPERTIES = re.compile(rf"\bPROPERT(?:Y|IES)\b(?:\s+(?!(?:{STATEMENTS})\b)[\w!]+)*")


@dataclass(frozen=True, slots=True)
class Model:
    name: str
    module: Path
    config: Path
    check_deadlock: bool = True
    left_out: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """What one checker said of a model, and what that took."""

    verdict: str
    generated: int | None
    distinct: int | None
    depth: int | None
    wall_seconds: float
    cpu_seconds: float
    message: str = ""

    @property
    def figures(self) -> tuple[str, int | None, int | None]:
        """What must be equal. The depth that TLC prints varies with several workers."""
        return self.verdict, self.generated, self.distinct


def chosen_models(examples: Path | None, names: Iterable[str]) -> Iterator[Model]:
    """The models of these names; all without any."""
    wanted = set(names)
    unknown = wanted - set(CATALOG_MODELS) - set(PUBLIC_MODELS)
    if unknown:
        raise click.UsageError(f"no such model: {', '.join(sorted(unknown))}")
    for name in CATALOG_MODELS:
        if not wanted or name in wanted:
            target = find_target(name)
            yield Model(name, target.module, target.config, target.check_deadlock)
    if examples is None:
        if wanted - set(CATALOG_MODELS):
            raise click.UsageError("public models need a copy of tlaplus/Examples: name it with --examples")
        return
    modules = {example.config: example.module for example in public_models(examples)}
    for name, (place, left_out) in PUBLIC_MODELS.items():
        if not wanted or name in wanted:
            config = examples / "specifications" / f"{place}.cfg"
            yield Model(name, modules[config], config, left_out=left_out)


def config_of(model: Model, folder: Path) -> Path:
    """The configuration to be checked."""
    if model.left_out != SAFETY:
        return model.config
    changed = folder / "Model.cfg"
    changed.write_text(PROPERTIES.sub("", COMMENTS.sub("", model.config.read_text(encoding="utf-8"))), encoding="utf-8")
    return changed


def timed(run: Callable[[], tuple[str, int | None, int | None, int | None, str]]) -> Run:
    """A run of child processes, with the time they took."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    verdict, generated, distinct, depth, message = run()
    wall, after = time.monotonic() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Run(verdict, generated, distinct, depth, round(wall, 3), round(cpu, 3), message)


def run_theirs(model: Model, config: Path, workers: int, timeout_seconds: float, scratch: Path) -> Run:
    """TLC on what `comitia export` writes, since it reads less than we do."""
    texts = exported(Target(model.name, model.module, config, model.check_deadlock)).texts
    folder = Path(tempfile.mkdtemp(dir=scratch))
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    module, written = list(texts)[:2]

    def run() -> tuple[str, int | None, int | None, int | None, str]:
        try:
            found = run_tlc(
                folder / module,
                folder / written,
                check_deadlock=model.check_deadlock,
                workers=workers,
                timeout_seconds=timeout_seconds,
            )
        except subprocess.TimeoutExpired:
            return "timeout", None, None, None, f"TLC takes more than {timeout_seconds:g} s"
        return str(found.verdict), found.generated, found.distinct, found.depth, found.message

    return timed(run)


def check(model: Model, config: Path, workers: int) -> subprocess.CompletedProcess[str]:
    """`comitia check` of the compiled engine, in a process of its own; what it finds is written as JSON."""
    command = [
        sys.executable,
        "-c",
        "from comitia.checker.cli import main; main()",
        "check",
        str(model.module),
        "--config",
        str(config),
    ]
    command += ["--engine", "compiled", "--workers", str(workers), "--json", "-"]
    command += [] if model.check_deadlock else ["--no-deadlock"]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def run_ours(model: Model, config: Path, workers: int, cache: Path) -> Run:
    """`comitia check`, with nothing compiled before but the runtime."""
    for compiled in cache.glob("*.check"):
        compiled.unlink()

    def run() -> tuple[str, int | None, int | None, int | None, str]:
        done = check(model, config, workers)
        if not done.stdout:
            return "error", None, None, None, done.stderr.strip()
        found = json.loads(done.stdout)
        message = found["error"]["message"] if found["error"] else ""
        return found["verdict"], found["generated"], found["distinct"], found["depth"], message

    return timed(run)


def compile_bytecode() -> None:
    """What an installation from an archive has, and a working copy may not."""
    for package in (comitia.checker, comitia.model):
        for folder in package.__path__:
            compileall.compile_dir(folder, quiet=1)


def median_of(runs: list[Run]) -> Run:
    return sorted(runs, key=lambda run: run.wall_seconds)[len(runs) // 2]


# --- the table -------------------------------------------------------------------------------------------------------

HEADER = (
    f"{'model':26} {'generated':>11} {'distinct':>10} {'depth':>5} {'TLC s':>8} {'ours s':>8} {'TLC cpu':>8}"
    f" {'ours cpu':>8} {'TLC d/s':>9} {'ours d/s':>10} {'x wall':>7} {'x cpu':>7}"
)


def row(model: Model, theirs: Run, ours: Run) -> str:
    """A line of the table, which ends in what is wrong, if anything is."""
    name = model.name + (" *" if model.left_out else "")
    if theirs.figures != ours.figures or theirs.verdict == "error":
        said = [f"{run.verdict} {run.generated} {run.distinct} {run.message[:200]}" for run in (theirs, ours)]
        return f"{name:26} DIFFERS: TLC {said[0]}; ours {said[1]}"
    assert ours.distinct is not None
    their_rate, our_rate = (ours.distinct / run.wall_seconds for run in (theirs, ours))
    return (
        f"{name:26} {ours.generated:11,} {ours.distinct:10,} {ours.depth:5} {theirs.wall_seconds:8.1f}"
        f" {ours.wall_seconds:8.2f} {theirs.cpu_seconds:8.1f} {ours.cpu_seconds:8.2f}"
        f" {their_rate:9,.0f} {our_rate:10,.0f}"
        f" {theirs.wall_seconds / ours.wall_seconds:7.1f} {theirs.cpu_seconds / ours.cpu_seconds:7.1f}"
    )


def summary(rows: list[tuple[Run, Run]], least_seconds: float) -> str:
    """Geometric mean and minimum of the ratios, over the models that take TLC long enough."""
    long = [(theirs, ours) for theirs, ours in rows if theirs.wall_seconds >= least_seconds]
    if not long:
        return f"no model takes TLC {least_seconds:g} s"
    wall = [theirs.wall_seconds / ours.wall_seconds for theirs, ours in long]
    cpu = [theirs.cpu_seconds / ours.cpu_seconds for theirs, ours in long]
    return (
        f"{len(long)} models that take TLC {least_seconds:g} s or more:"
        f" geometric mean {statistics.geometric_mean(wall):.1f} (wall), {statistics.geometric_mean(cpu):.1f} (cpu);"
        f" least {min(wall):.1f}, {min(cpu):.1f}"
    )


@click.command()
@click.option("--examples", type=click.Path(path_type=Path, exists=True), help="A copy of tlaplus/Examples.")
@click.option("--model", "names", multiple=True, help="Only this model; may be given again.")
@click.option("--workers", default=2, show_default=True, help="Worker threads, of both.")
@click.option("--repeats", default=1, show_default=True, help="Runs of ours; the median by wall time counts.")
@click.option("--timeout", default=1800.0, show_default=True, help="Seconds that TLC may take.")
@click.option("--least-seconds", default=20.0, show_default=True, help="Models TLC needs less for are not averaged.")
@click.option("--tlc-from", type=click.Path(path_type=Path, exists=True), help="TLC's figures of an earlier run.")
@click.option("--tlc-only", is_flag=True, help="Run TLC alone, for a later --tlc-from.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write all figures there, after each model.")
def main(
    examples: Path | None,
    names: tuple[str, ...],
    workers: int,
    repeats: int,
    timeout: float,
    least_seconds: float,
    tlc_from: Path | None,
    tlc_only: bool,
    json_file: Path | None,
) -> None:
    """Print a table of the compiled engine beside TLC; the exit code is 1 where figures differ."""
    known = {} if tlc_from is None else json.loads(tlc_from.read_text(encoding="utf-8"))["models"]
    written: dict[str, object] = {}
    rows: list[tuple[Run, Run]] = []
    differ = False
    with tempfile.TemporaryDirectory(prefix="comitia-benchmark-") as scratch:
        folder = Path(scratch)
        os.environ[CACHE_VARIABLE] = scratch
        runtime = 0.0
        if not tlc_only:
            start = time.monotonic()
            build.runtime_object(build.find_compiler())
            runtime = time.monotonic() - start
            compile_bytecode()
            click.echo(HEADER)
        for model in chosen_models(examples, names):
            config = config_of(model, folder)
            entry = known.get(model.name, {}).get("tlc")
            theirs = Run(**entry) if entry else run_theirs(model, config, workers, timeout, folder)
            entries: dict[str, object] = {"tlc": asdict(theirs), "tlc_reused": entry is not None}
            if tlc_only:
                click.echo(f"{model.name:26} {theirs}")
            else:
                ours = median_of([run_ours(model, config, workers, folder) for _ in range(repeats)])
                click.echo(row(model, theirs, ours))
                entries["ours"] = asdict(ours)
                if theirs.figures == ours.figures and ours.verdict != "error":
                    rows.append((theirs, ours))
                else:
                    differ = True
            written[model.name] = entries
            if json_file is not None:
                json_file.write_text(
                    json.dumps({"workers": workers, "models": written, "runtime_seconds": runtime}, indent=1)
                )
    if not tlc_only:
        click.echo(summary(rows, least_seconds))
        click.echo(
            f"{workers} workers; load {os.getloadavg()[0]:.1f} of {os.cpu_count()} processors at the end;"
            f" the runtime took {runtime:.1f} s to compile, once; * temporal properties left out, of both"
        )
    sys.exit(differ)


if __name__ == "__main__":
    main()
