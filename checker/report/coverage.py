"""What was covered, for a person: figures of actions, counts of conjuncts and branches, what held an action up."""

from __future__ import annotations

from collections.abc import Iterator

from ...model.source import Span
from ..result import ActionReport, Count, Stats
from .styled import PLAIN, Style, Text

HEADING_STYLE: Style = {"bold": True}
NEVER_STYLE: Style = {"bold": True, "fg": "yellow"}
PLACE_STYLE: Style = {"dim": True}
MAX_TEXT = 70
"""Characters of an expression that a line shows."""


def coverage_lines(stats: Stats, counts: tuple[Count, ...]) -> Iterator[Text]:
    """The actions of Next, then every counted expression in order of its place."""
    yield Text("actions: states generated, distinct states found", style=HEADING_STYLE)
    for name, (generated, distinct) in stats.actions.items():
        yield Text(f"{generated:>13,} {distinct:>13,}  {name}", style=PLAIN if generated else NEVER_STYLE)
    yield Text("conjuncts and branches: evaluated, TRUE", style=HEADING_STYLE)
    for count in counts:
        yield _count_line(count)


def why_lines(report: ActionReport) -> Iterator[Text]:
    """The guards of an action in their order, and which of them held it up."""
    if report.generated:
        headline = f"{report.name} generated {report.generated:,} states, {report.distinct:,} of them new"
    else:
        headline = f"{report.name} was never enabled"
    yield Text(f"{headline}; its guards: evaluated, FALSE, states where it alone was FALSE", style=HEADING_STYLE)
    blocking = report.blocking
    for guard in report.guards:
        line = _line((guard.evaluated, guard.false, guard.alone), guard.span, is_striking=not guard.true)
        if guard is blocking:
            line.append("  <- held it up" if guard.true else "  <- never TRUE", style=NEVER_STYLE)
        yield line


def _count_line(count: Count) -> Text:
    return _line((count.evaluated, count.true), count.span, is_striking=not count.true)


def _line(figures: tuple[int, ...], span: Span, *, is_striking: bool) -> Text:
    text = " ".join(span.text.split())
    text = text if len(text) <= MAX_TEXT else f"{text[: MAX_TEXT - 1]}…"
    columns = " ".join(f"{figure:>13,}" for figure in figures)
    line = Text(f"{columns}  {text}", style=NEVER_STYLE if is_striking else PLAIN)
    line.append(f"  {span.place}", style=PLACE_STYLE)
    return line
