"""`comitia validate`: traces against a specification, one verdict each, the gravest as exit code."""

from __future__ import annotations

import json
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

import click

from ... import specs
from ...model.diagnostics import InputError, TraceError
from .report import error_object, result_object, text_report
from .trace import read_trace
from .validation import EXIT_CODES, MAX_STEPS, Validator, Verdict, find_module, load_validator

STANDARD_OUTPUT = "-"
GRAVEST_FIRST = (Verdict.DOES_NOT_CONFORM, Verdict.MALFORMED, Verdict.INCONCLUSIVE, Verdict.CONFORMS)


@click.command()
@click.argument("traces", metavar="TRACE…", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--spec", "target", required=True, metavar="TARGET", help="A .tla file, or a protocol (`raft`).")
@click.option(
    "--mapping",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="How the traces speak of the specification; by default <Spec>.trace.toml beside it.",
)
@click.option(
    "--json", "json_file", metavar="FILE|-", help="Also write the results as one JSON object; `-`: only that."
)
@click.option(
    "--max-steps",
    type=click.IntRange(min=1),
    default=MAX_STEPS,
    show_default=True,
    metavar="N",
    help="Bound on the search of one trace; beyond it the verdict is `inconclusive`.",
)
@click.pass_context
def validate(
    ctx: click.Context,
    traces: tuple[Path, ...],
    target: str,
    mapping: Path | None,
    json_file: str | None,
    max_steps: int,
) -> None:
    """Replay recorded runs against a specification.

    Exit code: 0 every trace conforms, 1 one does not, 2 one is malformed, empty or checks nothing, 3 a bound stopped
    the search; where several apply, the first of 1, 2, 3.
    """
    runner = _Runner(target, mapping, max_steps, is_quiet=json_file == STANDARD_OUTPUT)
    objects = [runner.run(path) for path in traces]
    codes = {entry["exit_code"] for entry in objects}
    code = next(EXIT_CODES[verdict] for verdict in GRAVEST_FIRST if EXIT_CODES[verdict] in codes)
    if json_file is not None:
        text = json.dumps({"exit_code": code, "traces": objects}, indent=2, ensure_ascii=False)
        if json_file == STANDARD_OUTPUT:
            click.echo(text)
        else:
            _write(Path(json_file), text)
    ctx.exit(code)


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise InputError(f"cannot write {path}: {error.strerror}") from error


class _Runner:
    """Validates one trace after the other; the specification is loaded once for each module that they name."""

    def __init__(self, target: str, mapping: Path | None, max_steps: int, *, is_quiet: bool) -> None:
        self.target = target
        self.mapping = mapping
        self.max_steps = max_steps
        self.is_quiet = is_quiet
        self._validators: dict[Path, Validator] = {}

    def run(self, path: Path) -> dict[str, Any]:
        """Validate and report one trace. An error of the trace is a result; one of the specification is raised."""
        try:
            trace = read_trace(path)
            result = self._validator(trace.header.spec).validate(trace)
        except TraceError as error:
            click.echo(f"{error}" if error.span else f"{path}: {error}", err=True)
            return error_object(str(path), error, EXIT_CODES[Verdict.MALFORMED])
        sys.stdout.flush()
        for warning in result.warnings:
            click.echo(f"{path}: warning: {warning}", err=True)
        if not self.is_quiet:
            click.echo(text_report(result))
        return result_object(result)

    def _validator(self, spec: str) -> Validator:
        module = find_module(self.target, spec, Path(str(files(specs))))
        if module not in self._validators:
            self._validators[module] = load_validator(module, self.mapping, self.max_steps)
        return self._validators[module]
