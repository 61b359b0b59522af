"""The report a person reads: verdict, figures, and the counterexample as what each step changed.

Colour and emphasis on a terminal, the same words as plain text anywhere else.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TextIO

from ...model import values
from ...model.diagnostics import excerpt
from ..difference import Change, state_changes
from ..result import CheckResult, Counterexample, Fingerprints, Stats, Step, Verdict
from .coverage import coverage_lines, why_lines
from .styled import Printer, Style, Text

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
NAME_STYLE: Style = {"bold": True}
ACTION_STYLE: Style = {"bold": True, "fg": "cyan"}
PLACE_STYLE = FOLDED_STYLE = Style(dim=True)
GAINED_STYLE: Style = {"fg": "green"}
LOST_STYLE: Style = {"fg": "red"}
VERDICT_STYLES: dict[Verdict, Style] = {
    Verdict.PASS: {"bold": True, "fg": "green"},
    Verdict.INCOMPLETE: {"bold": True, "fg": "yellow"},
}
VIOLATION_STYLE: Style = {"bold": True, "fg": "red"}
INDENT = "     "
UNNAMED = "(unnamed)"


def print_result(stream: TextIO, result: CheckResult, model: str, *, changes_only: bool = False) -> None:
    """The whole report on the model of that name, save its error, which belongs on standard error.

    With `changes_only` a step of a counterexample is shown as the variables that changed, with their values.
    """
    printer = Printer(stream)
    printer.print(Text(f"{model}: {headline(result)}", style=VERDICT_STYLES.get(result.verdict, VIOLATION_STYLE)))
    if result.violated_at is not None:
        printer.print("\n".join(excerpt(result.violated_at)))
    _print_counterexample(printer, result.counterexample, changes_only)
    for other in result.violations:
        if other.counterexample is result.counterexample:
            continue
        title = HEADLINES[other.verdict].format(violated=other.violated or UNNAMED)
        printer.print(Text(f"{model}: {title}", style=VIOLATION_STYLE))
        _print_counterexample(printer, other.counterexample, changes_only)
    printer.print(figures(result.stats, result.engine, result.seed))
    if result.stats.fingerprints is not None:
        printer.print(collision_line(result.stats.fingerprints))
    if result.coverage is not None:
        for line in coverage_lines(result.stats, result.coverage):
            printer.print(line)
    if result.why is not None:
        for line in why_lines(result.why):
            printer.print(line)


def headline(result: CheckResult) -> str:
    """The verdict in words."""
    if result.verdict is Verdict.ASSUMPTION and result.violated_at is not None:
        name = f"the assumption {result.violated}" if result.violated else "an assumption"
        return f"{name} is false ({result.violated_at.place})"
    if result.is_postcondition:
        return f"the postcondition {result.violated} is false"
    if result.verdict is Verdict.INCOMPLETE and result.stats.behaviours is not None:
        return f"nothing violated in {result.stats.behaviours:,} random behaviours"
    return HEADLINES[result.verdict].format(violated=result.violated or UNNAMED)


def _print_counterexample(printer: Printer, counterexample: Counterexample | None, changes_only: bool) -> None:
    if counterexample is None:
        return
    printer.print()
    for line in counterexample_lines(counterexample, changes_only=changes_only):
        printer.print(line)
    printer.print()


def figures(stats: Stats, engine: str, seed: int | None = None) -> str:
    """`12 states generated, 7 distinct, depth 4, 0 on queue; 0.1 s, 120 states/s, interpreted`.

    Of a simulation: `5 behaviours of up to 11 states, 300 states generated, seed 42; 0.1 s, …`.
    """
    rate = f"{stats.generated / stats.seconds:,.0f} states/s, " if stats.seconds > 0 else ""
    if stats.behaviours is not None:
        found = (
            f"{stats.behaviours:,} behaviours of up to {stats.depth:,} states, {stats.generated:,} states generated, "
            f"seed {seed}"
        )
    else:
        found = (
            f"{stats.generated:,} states generated, {stats.distinct:,} distinct, depth {stats.depth}, "
            f"{stats.queue:,} on queue"
        )
    return f"{found}; {stats.seconds:.1f} s, {rate}{engine}"


def collision_line(fingerprints: Fingerprints) -> str:
    """`64-bit fingerprints, 12 MB; chance that a state was missed: 1.3e-08 calculated, 2.1e-10 observed`."""
    size = f"{fingerprints.table_bytes / 1e6:,.1f} MB"
    if fingerprints.bits is None:
        return f"states compared in full, {size}"
    chance = f"chance that a state was missed: {fingerprints.calculated:.1e} calculated"
    if fingerprints.observed is not None:
        chance += f", {fingerprints.observed:.1e} observed"
    return f"{fingerprints.bits}-bit fingerprints, {size}; {chance}"


def counterexample_lines(counterexample: Counterexample, *, changes_only: bool = False) -> Iterator[Text]:
    """The behaviour: the initial state in full, then each step as its action and what it changed."""
    previous: Step | None = None
    for number, step in enumerate(counterexample.steps, 1):
        yield _step_line(number, step)
        if previous is None:
            yield from _aligned([(name, Text(values.show(value))) for name, value in step.state.items()])
        elif changes_only:
            yield from _changed_variables(previous, step)
        else:
            yield from _difference_lines(previous, step)
        previous = step
    if counterexample.loop is not None:
        yield _loop_line(counterexample, counterexample.loop)


def _loop_line(counterexample: Counterexample, loop: int) -> Text:
    """How a behaviour without end goes on after its last state."""
    line = Text(f"{len(counterexample.steps) + 1:>3}  ")
    if counterexample.is_stuttering:
        line.append("stuttering", style=ACTION_STYLE)
        return line
    line.append(f"back to state {loop + 1}", style=ACTION_STYLE)
    line.append(f" by {counterexample.closing_action}")
    if counterexample.closing_span is not None:
        line.append(f"  {counterexample.closing_span.place}", style=PLACE_STYLE)
    return line


def _step_line(number: int, step: Step) -> Text:
    line = Text(f"{number:>3}  ")
    line.append(step.action or "initial state", style=ACTION_STYLE)
    if step.span is not None:
        line.append(f"  {step.span.place}", style=PLACE_STYLE)
    return line


def _changed_variables(before: Step, after: Step) -> Iterator[Text]:
    """The variables that a step changed, with their values, as TLC's -difftrace shows them."""
    changed = [(name, value) for name, value in after.state.items() if before.state.get(name) != value]
    yield from _aligned([(name, Text(values.show(value))) for name, value in changed])


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
