"""The options of `comitia check`: what each is called, and what they ask for together."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from ..model.structs import Struct
from .engine import FINGERPRINTS, Checkpointing, Interruption, Limits, Options, Simulation

ENGINES = ("auto", "interpreted", "compiled")
GRAPH_ENDINGS = (".dot", ".graphml")
DEFAULT_BEHAVIOURS, DEFAULT_DEPTH, DEFAULT_MINUTES = 1_000, 100, 10.0
MAX_SEED = 1 << 31

_FOLDER = click.Path(path_type=Path, file_okay=False)
_COUNT = click.IntRange(min=1)

OPTIONS: tuple[Callable[..., Any], ...] = (
    click.option("--engine", type=click.Choice(ENGINES), default="auto", show_default=True, help="How to evaluate."),
    click.option("--workers", type=_COUNT, default=1, show_default=True, metavar="N", help="Worker threads."),
    click.option(
        "--fingerprint",
        type=click.Choice(FINGERPRINTS),
        default=FINGERPRINTS[0],
        show_default=True,
        help="By how many bits the compiled engine knows states, or by all that they are.",
    ),
    click.option(
        "--queue-megabytes",
        type=click.FloatRange(min=0),
        metavar="N",
        help="Memory for states waiting in the compiled engine; more of them go to files.  [default: a quarter of all]",
    ),
    click.option("--emit-cpp", metavar="FILE|-", help="Write the C++ of the compiled engine, and check nothing."),
    click.option("--json", metavar="FILE|-", help="Also write the result as one JSON object; `-`: only that."),
    click.option("--max-states", type=_COUNT, metavar="N", help="Stop after N distinct states."),
    click.option("--max-depth", type=_COUNT, metavar="N", help="Explore no state beyond depth N."),
    click.option("--no-deadlock", is_flag=True, help="A state without successors is not an error."),
    click.option("--continue", "keep_going", is_flag=True, help="Go on after a violation, and report each once."),
    click.option("--difftrace", is_flag=True, help="Of each step of a counterexample show only what changed."),
    click.option(
        "--dump",
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE",
        help="Write the state graph: FILE.dot or FILE.graphml.",
    ),
    click.option("--coverage", is_flag=True, help="Count how often each conjunct and branch was evaluated, and TRUE."),
    click.option("--no-vacuity", is_flag=True, help="Do not warn of what was never enabled, or never TRUE."),
    click.option("--why", metavar="ACTION", help="Count the guards of ACTION in all states: what held it up."),
    click.option(
        "--checkpoint",
        type=_FOLDER,
        metavar="DIR",
        help="Write what has been found to DIR now and then, and when interrupted.",
    ),
    click.option(
        "--checkpoint-minutes",
        type=click.FloatRange(min=0),
        metavar="N",
        help=f"How often.  [default: {DEFAULT_MINUTES:g}]",
    ),
    click.option("--resume", type=_FOLDER, metavar="DIR", help="Go on from the checkpoint in DIR."),
    click.option("--simulate", is_flag=True, help="Check random behaviours instead of all."),
    click.option(
        "--num", type=_COUNT, metavar="N", help=f"With --simulate: how many.  [default: {DEFAULT_BEHAVIOURS}]"
    ),
    click.option(
        "--depth", type=_COUNT, metavar="N", help=f"With --simulate: steps of each at most.  [default: {DEFAULT_DEPTH}]"
    ),
    click.option(
        "--seed", type=click.IntRange(min=0), metavar="N", help="With --simulate: what the choices are drawn with."
    ),
)

SIMULATION_OPTIONS = ("--num", "--depth", "--seed")
SEARCH_OPTIONS = (
    "--queue-megabytes",
    "--max-states",
    "--max-depth",
    "--continue",
    "--dump",
    "--coverage",
    "--no-vacuity",
    "--why",
    "--checkpoint",
    "--checkpoint-minutes",
    "--resume",
)


def check_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Decorates a command with all of them; it gets one argument `wishes`, made of their values by `read`."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


class Wishes(Struct, eq=True):
    """What the options of one command line ask for; `simulation` is None where all behaviours are to be checked."""

    engine: str
    workers: int
    emit_cpp: str | None
    json: str | None
    limits: Limits
    no_deadlock: bool
    options: Options
    simulation: Simulation | None
    changes_only: bool
    graph: Path | None


def read(given: dict[str, Any]) -> Wishes:
    """The wishes behind the values that click hands over. Raises click.UsageError where they make no sense."""
    is_simulation = given["simulate"]
    for name in SEARCH_OPTIONS if is_simulation else SIMULATION_OPTIONS:
        key = "keep_going" if name == "--continue" else name.strip("-").replace("-", "_")
        if given[key] is not None and given[key] is not False:
            raise click.UsageError(f"{name} says nothing {'with' if is_simulation else 'without'} --simulate")
    graph: Path | None = given["dump"]
    if graph is not None and graph.suffix not in GRAPH_ENDINGS:
        raise click.UsageError(f"--dump writes files that end in {' or '.join(GRAPH_ENDINGS)}, not {graph.name}")
    return Wishes(
        engine=given["engine"],
        workers=given["workers"],
        emit_cpp=given["emit_cpp"],
        json=given["json"],
        limits=Limits(given["max_states"], given["max_depth"]),
        no_deadlock=given["no_deadlock"],
        options=Options(
            keep_going=given["keep_going"],
            vacuity=not given["no_vacuity"],
            coverage=given["coverage"],
            why=given["why"],
            record_graph=graph is not None,
            checkpointing=_checkpointing(given),
            fingerprint=given["fingerprint"],
            queue_megabytes=given["queue_megabytes"],
        ),
        simulation=_simulation(given) if is_simulation else None,
        changes_only=given["difftrace"],
        graph=graph,
    )


def _checkpointing(given: dict[str, Any]) -> Checkpointing | None:
    """A search that is resumed goes on writing where it is read from, unless told otherwise."""
    resume: Path | None = given["resume"]
    folder: Path | None = given["checkpoint"] or resume
    minutes: float | None = given["checkpoint_minutes"]
    if folder is None:
        if minutes is not None:
            raise click.UsageError("--checkpoint-minutes says nothing without --checkpoint")
        return None
    return Checkpointing(folder, DEFAULT_MINUTES if minutes is None else minutes, resume, Interruption())


def _simulation(given: dict[str, Any]) -> Simulation:
    from secrets import randbelow

    seed: int | None = given["seed"]
    return Simulation(
        given["num"] or DEFAULT_BEHAVIOURS,
        given["depth"] or DEFAULT_DEPTH,
        randbelow(MAX_SEED) if seed is None else seed,
    )
