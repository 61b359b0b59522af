"""The report a person reads: verdict, figures, and the counterexample as what each step changed.

Colour and emphasis on a terminal, the same words as plain text anywhere else.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TextIO

from rich.console import Console
from rich.text import Text

from ...model import values
from ...model.source import Span
from ..difference import Change, state_changes
from ..result import CheckResult, Counterexample, Stats, Step, Verdict

HEADLINES = {
    Verdict.PASS: "no error found",
    Verdict.ASSUMPTION: "assumption {violated} is false",
    Verdict.DEADLOCK: "deadlock",
    Verdict.INVARIANT: "invariant {violated} is violated",
    Verdict.ACTION: "action property {violated} is violated",
    Verdict.PROPERTY: "property {violated} is violated",
    Verdict.ASSERT: "an assertion failed",
    Verdict.ERROR: "stopped by an error",
    Verdict.INCOMPLETE: "stopped before the end, nothing violated so far",
}
ACTION_STYLE, PLACE_STYLE, FOLDED_STYLE, NAME_STYLE = "bold cyan", "dim", "dim", "bold"
GAINED_STYLE, LOST_STYLE = "green", "red"
VERDICT_STYLES = {Verdict.PASS: "bold green", Verdict.INCOMPLETE: "bold yellow"}
VIOLATION_STYLE = "bold red"
INDENT = "     "


def console_for(stream: TextIO) -> Console:
    """A console on `stream`: escape codes only where it is a terminal, and lines that are never broken."""
    return Console(file=stream, force_terminal=stream.isatty(), soft_wrap=True, highlight=False, markup=False)


def print_result(console: Console, result: CheckResult, model: str) -> None:
    """The whole report on the model of that name, save its error, which belongs on standard error."""
    headline = HEADLINES[result.verdict].format(violated=result.violated or "(unnamed)")
    console.print(Text(f"{model}: {headline}", style=VERDICT_STYLES.get(result.verdict, VIOLATION_STYLE)))
    if result.counterexample is not None:
        console.print()
        for line in counterexample_lines(result.counterexample):
            console.print(line)
        console.print()
    console.print(figures(result.stats, result.engine))


def figures(stats: Stats, engine: str) -> str:
    """`12 states generated, 7 distinct, depth 4, 0 on queue; 0.1 s, 120 states/s, interpreted`."""
    rate = f"{stats.generated / stats.seconds:,.0f} states/s, " if stats.seconds > 0 else ""
    return (
        f"{stats.generated:,} states generated, {stats.distinct:,} distinct, depth {stats.depth}, "
        f"{stats.queue:,} on queue; {stats.seconds:.1f} s, {rate}{engine}"
    )


def counterexample_lines(counterexample: Counterexample) -> Iterator[Text]:
    """The behaviour: the initial state in full, then each step as its action and what it changed."""
    previous: Step | None = None
    for number, step in enumerate(counterexample.steps, 1):
        yield _step_line(number, step)
        if previous is None:
            yield from _aligned([(name, Text(values.show(value))) for name, value in step.state.items()])
        else:
            yield from _difference_lines(previous, step)
        previous = step


def _step_line(number: int, step: Step) -> Text:
    line = Text(f"{number:>3}  ")
    line.append(step.action or "initial state", style=ACTION_STYLE)
    if step.span is not None:
        line.append(f"  {place(step.span)}", style=PLACE_STYLE)
    return line


def place(span: Span) -> str:
    """`Raft.tla:12:3`: what editors and terminals make a link of."""
    return f"{span.source.name}:{span.line}:{span.column}"


def _difference_lines(before: Step, after: Step) -> Iterator[Text]:
    changed, unchanged = state_changes(before.state, after.state)
    yield from _aligned([(change.path, _change_text(change)) for change in changed])
    if not changed:
        yield Text(f"{INDENT}stuttering: nothing changed", style=FOLDED_STYLE)
    elif unchanged:
        yield Text(f"{INDENT}unchanged: {', '.join(unchanged)}", style=FOLDED_STYLE)


def _change_text(change: Change) -> Text:
    if change.before is None:
        return Text(f"+ {values.show(change.after)}", style=GAINED_STYLE)
    if change.after is None:
        return Text(f"- {values.show(change.before)}", style=LOST_STYLE)
    text = Text(values.show(change.before), style=LOST_STYLE)
    text.append(" -> ", style=FOLDED_STYLE)
    text.append(values.show(change.after), style=GAINED_STYLE)
    return text


def _aligned(rows: list[tuple[str, Text]]) -> Iterator[Text]:
    """`name  value` with the values in one column; a name is not repeated under itself."""
    width = max((len(name) for name, _ in rows), default=0)
    previous = ""
    for name, value in rows:
        line = Text(INDENT)
        line.append(("" if name == previous else name).ljust(width), style=NAME_STYLE)
        line.append("  ")
        line.append_text(value)
        yield line
        previous = name
