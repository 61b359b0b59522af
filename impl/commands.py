"""`comitia simulate`, `comitia attack` and `comitia measure`: the simulator on the command line."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from .pbft import Refusal
from .simulator import OracleViolation
from .simulator.measure import Measurement, measure_all
from .simulator.pbft import ATTACKS
from .simulator.pbft import Run as PbftRun
from .simulator.pbft import simulate as simulate_pbft
from .simulator.pbft.campaign import run_campaign
from .simulator.pbft.scenarios import SCENARIOS as PBFT_SCENARIOS
from .simulator.raft import SCENARIOS as RAFT_SCENARIOS
from .simulator.raft import simulate as simulate_raft
from .simulator.simulation import Run

# TLC's exit code for a safety violation, and its exit code for any other.
SAFETY_VIOLATION = 12
LIVENESS_VIOLATION = 13


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a simulation ended: the exit code, and what to tell the user."""

    exit_code: int
    text: str


def _run_raft(seed: int, scenario: str) -> tuple[str, Run]:
    run = simulate_raft(seed, scenario)
    return (
        f"{run.terms} terms, {run.committed} entries committed, {run.acknowledged} commands acknowledged",
        run,
    )


def _run_pbft(seed: int, scenario: str) -> tuple[str, Run]:
    run = simulate_pbft(seed, scenario)
    faulty = ", ".join(run.faulty) or "none"
    refused = ", ".join(f"{reason.name} {count}" for reason, count in sorted(run.refusals.items(), key=_by_name))
    return (
        f"faulty: {faulty}; {run.views} views, {run.decided} batches executed, {run.served} commands served, "
        f"refused: {refused or 'nothing'}",
        run,
    )


def _by_name(item: tuple[Refusal, int]) -> str:
    return item[0].name


_PROTOCOLS = {"raft": (_run_raft, RAFT_SCENARIOS, "default"), "pbft": (_run_pbft, PBFT_SCENARIOS, "mixed")}


def run_simulation(protocol: str, seed: int, scenario: str, out: Path | None = None) -> Outcome:
    """Simulate a cluster, and write its trace to `out` if given, also when an oracle stopped the run.

    Raises KeyError if there is no scenario of that name, OSError if `out` cannot be written.
    """
    simulate_one, _, _ = _PROTOCOLS[protocol]
    try:
        summary, run = simulate_one(seed, scenario)
    except OracleViolation as violation:
        if out is not None:
            violation.write_trace(out)
        is_liveness = violation.oracle in ("liveness", "progress")
        return Outcome(LIVENESS_VIOLATION if is_liveness else SAFETY_VIOLATION, str(violation))
    if out is not None:
        run.write_trace(out)
    return Outcome(
        0,
        f"seed {seed}, scenario {scenario}: {len(run.trace_lines) - 1} events in {run.time_ms} ms of simulated time, "
        f"{summary}, {run.messages} messages",
    )


@click.command()
@click.argument("protocol", type=click.Choice(list(_PROTOCOLS)))
@click.option("--seed", type=int, default=0, show_default=True, help="Decides everything that happens in the run.")
@click.option(
    "--scenario",
    metavar="NAME",
    help=f"Faults and attacks. Raft: {', '.join(RAFT_SCENARIOS)}. PBFT: {', '.join(PBFT_SCENARIOS)}.",
)
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Where to write the trace."
)
@click.pass_context
def simulate(ctx: click.Context, protocol: str, seed: int, scenario: str | None, out: Path | None) -> None:
    """Run a cluster of PROTOCOL in a simulated network with faults, judge every step, and record a trace.

    The trace can be held against the specification with `comitia validate`.
    """
    _, scenarios, default = _PROTOCOLS[protocol]
    if scenario is not None and scenario not in scenarios:
        raise click.BadParameter(f"{scenario!r} is not one of {', '.join(scenarios)}.", param_hint="--scenario")
    try:
        outcome = run_simulation(protocol, seed, scenario or default, out)
    except OSError as error:
        raise click.FileError(str(out), hint=error.strerror or "") from error
    click.echo(outcome.text, err=outcome.exit_code != 0)
    ctx.exit(outcome.exit_code)


@click.command()
@click.option("--runs", type=click.IntRange(min=1), default=200, show_default=True, help="How many, one seed each.")
@click.option("--seed", type=int, default=0, show_default=True, help="The first.")
@click.option("--attack", "kind", type=click.Choice(list(ATTACKS)), help="This one only, instead of all in turn.")
@click.option(
    "--traces", type=click.Path(path_type=Path, file_okay=False), metavar="DIR", help="Write each run's trace there."
)
@click.pass_context
def attack(ctx: click.Context, runs: int, seed: int, kind: str | None, traces: Path | None) -> None:
    """Attack PBFT clusters with as many faulty replicas as they tolerate, and judge every step of the others.

    Agreement, validity, exactly-once execution and, once the network is live, progress must hold in every run.
    """
    if traces is not None:
        traces.mkdir(parents=True, exist_ok=True)

    def keep(run: PbftRun) -> None:
        if traces is not None:
            run.write_trace(traces / f"{run.scenario.name}-{run.seed}.ndjson")

    start = time.perf_counter()
    campaign = run_campaign(runs, seed, kind, keep)
    seconds = time.perf_counter() - start
    for violation in campaign.violations:
        click.echo(str(violation), err=True)
    click.echo(
        f"{campaign.runs} runs, {len(campaign.violations)} violations, in {seconds:.1f} s: {campaign.views} views, "
        f"{campaign.decided} batches executed, {campaign.served} commands served, "
        f"{campaign.refusals.total()} messages refused"
    )
    ctx.exit(SAFETY_VIOLATION if campaign.violations else 0)


@click.command()
@click.option("--faults", type=click.IntRange(1, 8), default=3, show_default=True, help="Up to this many.")
@click.option(
    "--plot",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Also draw messages against servers and against faults (.svg or .png; needs comitia[plot]).",
)
@click.pass_context
def measure(ctx: click.Context, faults: int, plot: Path | None) -> None:
    """Count what a decision costs, without faults, in simulated clusters of Raft and PBFT that tolerate 1, 2, … faults.

    Every figure is compared with its closed form; one that differs is marked, and the exit code is 1.
    """
    measured = measure_all(faults)
    console = Console()
    console.print(measurement_table(measured))
    console.print(bars(measured))
    if plot is not None:
        try:
            from .simulator.plots import draw
        except ImportError as error:
            raise click.UsageError("drawing needs matplotlib: pip install 'comitia[plot]'") from error
        draw(measured, plot)
    ctx.exit(0 if all(one.cost == one.expected for one in measured) else 1)


def measurement_table(measured: Sequence[Measurement]) -> Table:
    """A row for each cluster; a figure that is not the expected one shows both."""
    table = Table(
        title="One decision, without faults", box=SIMPLE_HEAD, collapse_padding=True, pad_edge=False, show_edge=False
    )
    table.add_column("protocol", no_wrap=True)
    for heading in ("f", "n", *_COLUMNS.values()):
        table.add_column(heading, justify="right")
    for one in measured:
        cells = [_cell(getattr(one.cost, name), getattr(one.expected, name)) for name in _COLUMNS]
        table.add_row(one.protocol, str(one.faults), str(one.servers), *cells)
    return table


def bars(measured: Sequence[Measurement]) -> Table:
    """Messages between servers as bars."""
    longest = max(one.cost.messages for one in measured)
    table = Table(title="Messages between servers", box=None, show_header=False)
    for one in measured:
        bar = "█" * max(1, round(_BAR_CHARACTERS * one.cost.messages / longest))
        table.add_row(one.protocol, f"f={one.faults}", f"n={one.servers}", f"{bar} {one.cost.messages:g}")
    return table


_BAR_CHARACTERS = 36
_COLUMNS = {
    "messages": "sent",
    "client_messages": "client's",
    "signatures_made": "signed",
    "signatures_checked": "verified",
    "codes_made": "MACs",
    "codes_checked": "checked",
    "delays": "delays",
}


def _cell(value: float, expected: float) -> str:
    return f"{value:g}" if value == expected else f"{value:g}, not {expected:g}"
