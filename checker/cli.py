"""The command `comitia`: what is typed, turned into calls of the packages that do the work, loaded when asked for.

Exit codes are those of `checker.result` (TLC's); 3 where a limit stopped a search with nothing violated, 130 where the
user did, 2 for a command line that makes no sense (and for a malformed trace), 255 for a target that does not exist.
"""

from __future__ import annotations

import importlib
import importlib.util
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..model.diagnostics import SpecError
from ..model.structs import replace
from .catalog import Target, catalog, find_target
from .check_options import ENGINES, Wishes, check_options
from .check_options import read as read_options

if TYPE_CHECKING:
    from ..model.problem import Problem
    from .engine import Engine, Interruption, Limits, Options, Simulation
    from .report.progress import ProgressLine
    from .result import CheckResult
    from .tlc import TlcResult

INTERRUPTED = 128 + signal.SIGINT
DIFFERENT_FROM_TLC = 1
MOUNTED = {
    "export": ".export:export",
    "kills": ".kills:kills",
    "prove": ".symbolic.commands:prove",
    "simulate": "..impl.commands:simulate",
    "attack": "..impl.commands:attack",
    "measure": "..impl.commands:measure",
    "validate": ".conformance.commands:validate",
}
"""Commands that live elsewhere: name → module (relative to this package) and attribute; no module, no command."""


class Commands(click.Group):
    """The commands of this file and the mounted ones; a SpecError of any becomes a message and its exit code.

    So does an interrupt at a moment when there is nothing to report.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        mounted = [name for name, place in MOUNTED.items() if _exists(place.partition(":")[0])]
        return sorted([*super().list_commands(ctx), *mounted])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        place = MOUNTED.get(cmd_name)
        if place is None or not _exists(place.partition(":")[0]):
            return super().get_command(ctx, cmd_name)
        module, _, attribute = place.partition(":")
        command = getattr(importlib.import_module(module, __package__), attribute)
        assert isinstance(command, click.Command)
        return command

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except SpecError as error:
            click.echo(str(error), err=True)
            ctx.exit(error.exit_code)
        except KeyboardInterrupt:
            ctx.exit(INTERRUPTED)


def _exists(module: str) -> bool:
    return importlib.util.find_spec(module, __package__) is not None


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="comitia", prog_name="comitia")
def main() -> None:
    """Consensus protocols specified in TLA+, model-checked, implemented, and held together by trace validation."""


def _config_option(command: click.decorators.FC) -> click.decorators.FC:
    return click.option(
        "--config",
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE",
        help="Model configuration; by default TARGET with the ending .cfg.",
    )(command)


def _workers_option(command: click.decorators.FC) -> click.decorators.FC:
    return click.option(
        "--workers", type=click.IntRange(min=1), default=1, show_default=True, metavar="N", help="Worker threads."
    )(command)


# --- check -----------------------------------------------------------------------------------------------------------


@main.command(short_help="Check a model.")
@click.argument("target")
@_config_option
@check_options
@click.pass_context
def check(ctx: click.Context, target: str, config: Path | None, **given: object) -> None:
    """Check TARGET, a .tla file or a name of the catalog (`comitia list`)."""
    from .report.progress import ProgressLine
    from .result import CheckResult, Stats, Verdict

    wishes = read_options(given)
    if wishes.emit_cpp is not None:
        _emit_cpp(find_target(target, config), wishes, wishes.emit_cpp)
        return
    progress = ProgressLine(sys.stderr)
    name = target
    try:
        found = find_target(target, config)
        name = found.name
        with _interruptible(wishes.options) as interruption:
            result = _run(found, wishes, progress)
        is_interrupted = interruption.is_requested and result.verdict is Verdict.INCOMPLETE
    except SpecError as error:
        is_interrupted = False
        result = CheckResult(Verdict.ERROR, progress.last or Stats(), wishes.engine, error=error)
    except KeyboardInterrupt:
        is_interrupted = True
        seed = wishes.simulation.seed if wishes.simulation else None
        result = CheckResult(Verdict.INCOMPLETE, progress.last or Stats(), wishes.engine, seed=seed)
    finally:
        progress.clear()
    _report(result, name, wishes)
    if wishes.graph is not None and result.graph is not None:
        from .report.graph import write_graph

        write_graph(wishes.graph, result.graph, name)
    ctx.exit(INTERRUPTED if is_interrupted else result.exit_code)


def _run(target: Target, wishes: Wishes, progress: ProgressLine) -> CheckResult:
    engine = make_engine(wishes.engine, wishes.workers)
    if wishes.simulation is not None:
        return run_simulation(target, engine, wishes.simulation, progress, wishes.no_deadlock)
    return run_check(target, engine, wishes.limits, progress, wishes.no_deadlock, wishes.options)


def _emit_cpp(target: Target, wishes: Wishes, file: str) -> None:
    """Write what the compiled engine would compile. Raises SpecError where it declines the target."""
    from .compiled.engine import translation

    text = translation(_problem(target, wishes.no_deadlock), wishes.options)
    with click.open_file(file, "w", encoding="utf-8") as out:
        out.write(text)


@contextmanager
def _interruptible(options: Options) -> Iterator[Interruption]:
    """While a search writes checkpoints, an interrupt ends it between two states, and a second one at once."""
    from .engine import Interruption

    if options.checkpointing is None:
        yield Interruption()
        return
    interruption = options.checkpointing.interruption

    def request(_signal: int, _frame: object) -> None:
        if interruption.is_requested:
            raise KeyboardInterrupt
        interruption.is_requested = True
        click.echo("stopping once the state at hand is done; interrupt again to stop without a checkpoint", err=True)

    before = signal.signal(signal.SIGINT, request)
    try:
        yield interruption
    finally:
        signal.signal(signal.SIGINT, before)


def make_engine(name: str, workers: int) -> Engine:
    """The engine of that name (`auto` is the fastest there is)."""
    assert name in ENGINES
    if name == "interpreted":
        from .interpreted.engine import InterpretedEngine

        return InterpretedEngine()
    if name == "compiled":
        from .compiled.engine import CompiledEngine

        return CompiledEngine(workers)
    from .compiled.auto import AutoEngine

    return AutoEngine(workers)


def run_check(
    target: Target,
    engine: Engine,
    limits: Limits,
    observer: ProgressLine | None = None,
    no_deadlock: bool = False,
    options: Options | None = None,
) -> CheckResult:
    """Read the target and search its states. Raises SpecError where it cannot be read."""
    from .engine import Options

    problem = _problem(target, no_deadlock)
    return _with_warnings(problem, engine.check(problem, limits, observer, options or Options()))


def run_simulation(
    target: Target,
    engine: Engine,
    simulation: Simulation,
    observer: ProgressLine | None = None,
    no_deadlock: bool = False,
) -> CheckResult:
    """Read the target and check random behaviours of it. Raises SpecError where it cannot be read."""
    problem = _problem(target, no_deadlock)
    return _with_warnings(problem, engine.simulate(problem, simulation, observer))


def _problem(target: Target, no_deadlock: bool) -> Problem:
    from .loading import load_problem

    problem = load_problem(target)
    if no_deadlock:
        problem.check_deadlock = False
    return problem


def _with_warnings(problem: Problem, result: CheckResult) -> CheckResult:
    return replace(result, warnings=(*problem.warnings, *result.warnings))


def _report(result: CheckResult, name: str, wishes: Wishes) -> None:
    from .report.json_report import STANDARD_OUTPUT, report_object, write_json

    for warning in result.warnings:
        click.echo(f"warning: {warning}", err=True)
    if wishes.json != STANDARD_OUTPUT and (result.error is None or result.stats.generated):
        from .report.terminal import print_result

        print_result(sys.stdout, result, name, changes_only=wishes.changes_only)
    if result.error is not None:
        sys.stdout.flush()
        click.echo(str(result.error), err=True)
    if wishes.json is not None:
        write_json(wishes.json, report_object(result, name, all_violations=wishes.options.keep_going))


# --- types -----------------------------------------------------------------------------------------------------------


@main.command(name="types", short_help="Show the types inferred for a model.")
@click.argument("target")
@_config_option
@click.option("--definitions", is_flag=True, help="Also the definitions that are evaluated, with their parameters.")
@click.option("--json", "json_file", metavar="FILE|-", help="Also write the types as one JSON object; `-`: only that.")
def show_types(target: str, config: Path | None, definitions: bool, json_file: str | None) -> None:
    """The type of each constant and variable of TARGET, and why where it is not known. Nothing is rejected."""
    from ..model.types import infer_types
    from ..model.values import set_string_order
    from .interpreted.program import Program
    from .report.json_report import STANDARD_OUTPUT, write_json
    from .report.types import types_lines, types_object

    found = find_target(target, config)
    problem = _problem(found, no_deadlock=False)
    set_string_order(problem.strings)
    types = infer_types(problem, Program(problem).constant_value)
    if json_file != STANDARD_OUTPUT:
        for line in types_lines(problem, types, definitions=definitions):
            click.echo(line)
    if json_file is not None:
        write_json(json_file, types_object(problem, types, found.name, definitions=definitions))


# --- list ------------------------------------------------------------------------------------------------------------


@main.command(name="list", short_help="List the models of the catalog.")
def list_models() -> None:
    """The catalog of models: name, expected verdict, distinct states. `*` marks the default of its protocol."""
    rows = [("", "MODEL", "VERDICT", "DISTINCT", "MODULE")]
    for model in catalog():
        verdict = str(model.verdict) + (f" {model.violated}" if model.violated else "")
        distinct = "" if model.distinct is None else f"{model.distinct:,}"
        rows.append(("*" if model.default else "", model.name, verdict, distinct, model.module))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for mark, name, verdict, distinct, module in rows:
        line = f"{mark:1} {name:{widths[1]}}  {verdict:{widths[2]}}  {distinct:>{widths[3]}}  {module}"
        click.echo(line.rstrip())


# --- tlc -------------------------------------------------------------------------------------------------------------


@main.command(short_help="Check a model with real TLC and with Comitia, side by side.")
@click.argument("target")
@_config_option
@_workers_option
@click.option("--no-deadlock", is_flag=True, help="A state without successors is not an error.")
@click.pass_context
def tlc(ctx: click.Context, target: str, config: Path | None, workers: int, no_deadlock: bool) -> None:
    """Check TARGET with real TLC and with Comitia, figures side by side; exit code 1 where they differ.

    With several workers TLC's depth, and its figures where something is violated, vary from run to run.
    """
    from .engine import Limits, Options
    from .tlc import run_tlc

    found = find_target(target, config)
    theirs = run_tlc(
        found.module, found.config, check_deadlock=found.check_deadlock and not no_deadlock, workers=workers
    )
    engine, options = make_engine("auto", workers), Options(vacuity=False)
    ours = run_check(found, engine, Limits(), no_deadlock=no_deadlock, options=options)
    is_equal = _print_comparison(ours, theirs)
    ctx.exit(0 if is_equal else DIFFERENT_FROM_TLC)


def _print_comparison(ours: CheckResult, theirs: TlcResult) -> bool:
    """The table of both; whether they agree on all but the time taken, and but the figures that TLC does not tell."""
    rows = [
        ("verdict", str(ours.verdict), str(theirs.verdict)),
        ("violated", ours.violated or "", theirs.violated or ""),
        ("generated", f"{ours.stats.generated:,}", _figure(theirs.generated)),
        ("distinct", f"{ours.stats.distinct:,}", _figure(theirs.distinct)),
        ("depth", f"{ours.stats.depth:,}", _figure(theirs.depth)),
    ]
    different = {name for name, our_figure, their_figure in rows if their_figure not in (our_figure, UNTOLD)}
    times = ("seconds", f"{ours.stats.seconds:.2f}", f"{theirs.seconds:.2f}")
    click.echo(f"{'':10} {'comitia':>20} {'TLC':>20}")
    for name, our_figure, their_figure in [*rows, times]:
        mark = "  differs" if name in different else ""
        click.echo(f"{name:10} {our_figure:>20} {their_figure:>20}{mark}")
    for message in (str(ours.error) if ours.error else "", theirs.message):
        if message:
            click.echo(f"\n{message}", err=True)
    return not different


UNTOLD = "?"
"""In place of a figure that TLC does not tell, as where an initial state violates an invariant."""


def _figure(number: int | None) -> str:
    return UNTOLD if number is None else f"{number:,}"
