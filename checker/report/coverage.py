"""What was covered, for a person: figures of actions, counts of conjuncts and branches, what held an action up."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text

from ..result import ActionReport, Count, Stats

HEADING_STYLE, NEVER_STYLE, PLACE_STYLE = "bold", "bold yellow", "dim"
MAX_TEXT = 70
"""Characters of an expression that a line shows."""


def coverage_lines(stats: Stats, counts: tuple[Count, ...]) -> Iterator[Text]:
    """The actions of Next, then every counted expression in order of its place."""
    yield Text("actions: states generated, distinct states found", style=HEADING_STYLE)
    for name, (generated, distinct) in stats.actions.items():
        yield Text(f"{generated:>13,} {distinct:>13,}  {name}", style="" if generated else NEVER_STYLE)
    yield Text("conjuncts and branches: evaluated, TRUE", style=HEADING_STYLE)
    for count in counts:
        yield _count_line(count)


def why_lines(report: ActionReport) -> Iterator[Text]:
    """The conjuncts of an action in their order; the last of those that were never TRUE is what held it up."""
    if report.generated:
        headline = f"{report.name} generated {report.generated:,} states, {report.distinct:,} of them new"
    else:
        headline = f"{report.name} was never enabled"
    yield Text(f"{headline}; its conjuncts: evaluated, TRUE", style=HEADING_STYLE)
    blocking = report.blocking
    for count in report.counts:
        line = _count_line(count)
        if count is blocking:
            line.append("  <- never TRUE", style=NEVER_STYLE)
        yield line


def _count_line(count: Count) -> Text:
    text = " ".join(count.span.text.split())
    text = text if len(text) <= MAX_TEXT else f"{text[: MAX_TEXT - 1]}…"
    line = Text(f"{count.evaluated:>13,} {count.true:>13,}  {text}", style="" if count.true else NEVER_STYLE)
    line.append(f"  {count.span.place}", style=PLACE_STYLE)
    return line
