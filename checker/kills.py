"""`comitia kills`: the table of seeded bugs of a protocol, and what kills each, written by running all of them.

A seeded bug of a specification is a model of the catalog that leaves out one rule: `PROTOCOL/…without-RULE`. The first
comment of its configuration says what is wrong. A table stands in a text between two lines,

    <!-- kills: specification -->
    <!-- end of kills -->

and `--write FILE` puts it there anew. TABLES has one entry for each kind of table.

Exit codes: 0 each model turned out as the catalog has it, 1 one did not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from ..model.diagnostics import InputError, did_you_mean
from .catalog import CatalogModel, catalog, find_target
from .compiled.auto import AutoEngine
from .loading import load_problem
from .result import CheckResult

AS_EXPECTED, NOT_AS_EXPECTED = 0, 1
SEEDED = re.compile(r"/(?:.+-)?without-")
END = "<!-- end of kills -->"


@dataclass(frozen=True, slots=True)
class Row:
    """One seeded bug: the cells of its line, and whether it turned out as expected."""

    cells: tuple[str, ...]
    as_expected: bool


@dataclass(frozen=True, slots=True)
class Table:
    """A kind of table: its columns, and what makes the rows for a protocol."""

    columns: tuple[str, ...]
    rows: Callable[[str], Iterator[Row]]


def specification_rows(protocol: str) -> Iterator[Row]:
    """Each seeded bug of the specifications of the protocol, checked now."""
    for model in catalog():
        if model.protocol == protocol and SEEDED.search(model.name):
            yield specification_row(model, check(model))


def check(model: CatalogModel) -> CheckResult:
    """The result of checking a model of the catalog as `comitia check` does."""
    return AutoEngine(1).check(load_problem(find_target(model.name)))


def specification_row(model: CatalogModel, result: CheckResult) -> Row:
    """What became of the model. A bug that nothing violates is said to survive, also where that is expected."""
    killer = f"`{result.violated}`" if result.violated else "none: it survives"
    name = model.name.partition("/")[2]
    cells = (
        f"`{name}`",
        bug(model),
        str(result.verdict),
        killer,
        str(result.stats.depth),
        f"{result.stats.seconds:.1f}",
    )
    return Row(cells, (result.verdict, result.violated) == (model.verdict, model.violated))


def bug(model: CatalogModel) -> str:
    """What is wrong in the model: the first comment of its configuration, without its full stop."""
    first = find_target(model.name).config.read_text(encoding="utf-8").partition("\n")[0]
    return first.removeprefix("\\*").strip().rstrip(".")


TABLES = {
    "specification": Table(("model", "the bug", "verdict", "killed by", "depth", "seconds"), specification_rows),
}
"""Kind, as it stands in the mark → table."""


def table_lines(table: Table, rows: list[Row]) -> list[str]:
    """The table in Markdown."""
    lines = [table.columns, tuple("---" for _ in table.columns), *(row.cells for row in rows)]
    return [f"| {' | '.join(cells)} |" for cells in lines]


def with_table(text: str, kind: str, lines: list[str], file: Path) -> str:
    """The text with these lines between the marks of that kind. Raises InputError where it has no such marks."""
    start = f"<!-- kills: {kind} -->"
    before, found, rest = text.partition(start + "\n")
    old, ended, after = rest.partition(END)
    if not found or not ended or "<!-- kills:" in old:
        raise InputError(f"{file} has no place for the table", expected=f"a line `{start}`, and after it `{END}`")
    return before + found + "\n".join([*lines, END]) + after


@click.command(short_help="Check every seeded bug of a protocol and show what kills it.")
@click.argument("protocol")
@click.option(
    "--kind", type=click.Choice(list(TABLES)), default="specification", show_default=True, help="Which table."
)
@click.option(
    "--write",
    "file",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Also put the table between its marks in FILE.",
)
@click.pass_context
def kills(ctx: click.Context, protocol: str, kind: str, file: Path | None) -> None:
    """Check each model of PROTOCOL that leaves out a rule, and print what became of it as a table in Markdown.

    Exit code 0 if every model turned out as the catalog says, 1 if one did not.
    """
    protocols = sorted({model.protocol for model in catalog()})
    if protocol not in protocols:
        hint = did_you_mean(protocol, protocols)
        raise InputError(f"no such protocol: {protocol}", expected=", ".join(protocols), hint=hint)
    text = _text_of(file)
    if file is not None:
        with_table(text, kind, [], file)  # that it has a place for the table is seen before anything is checked
    table = TABLES[kind]
    rows = list(table.rows(protocol))
    lines = table_lines(table, rows)
    if file is not None:
        file.write_text(with_table(text, kind, lines, file), encoding="utf-8")
    click.echo("\n".join(lines))
    ctx.exit(AS_EXPECTED if all(row.as_expected for row in rows) else NOT_AS_EXPECTED)


def _text_of(file: Path | None) -> str:
    """The text that the table goes into, read before anything is checked. Raises InputError."""
    if file is None:
        return ""
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{file} cannot be read: {error}") from error
