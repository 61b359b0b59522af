"""What is said of a trace: the text that a person reads, and the object that a program reads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...model.diagnostics import SpecError
from ...model.source import Span
from ...model.values import brief, show, to_itf
from ..difference import Change
from .binding import Step
from .explanation import Kind, Mismatch, Nearest, Refusal
from .reading import MISSING
from .validation import Result, Verdict

MAX_CONJUNCT_LINES = 6
MAX_DIFFERENCES = 8
MAX_SHOWN = 3
"""Refusals shown in full."""
INDENT = "  "


def text_report(result: Result) -> str:
    """The report on one trace, the verdict first."""
    return "\n".join(_lines(result))


def _lines(result: Result) -> Iterator[str]:
    trace = result.trace
    name = trace.source.name
    total = len(trace.events)
    if result.verdict is Verdict.CONFORMS:
        yield f"{name}: conforms: {_figures(result)}"
    elif result.verdict is Verdict.INCONCLUSIVE:
        yield (
            f"{name}: inconclusive: the bound on the search was reached after {result.evaluated:,} steps;"
            f" the first {result.explained} of {total} events have a behaviour"
        )
    elif result.violation is not None:
        violation = result.violation
        line, when = trace.header.line, "in the initial state"
        if violation.events:
            event = trace.events[violation.events - 1]
            line, when = event.line, f"after event {event.seq}, {event.title}"
        yield f"{name}:{line}:1: does not conform: the invariant {violation.invariant} is false {when}"
        yield ""
        for variable, value in violation.values.items():
            yield f"{INDENT}{variable} = {brief(value)}"
    else:
        yield from _refusal_lines(result)


def _figures(result: Result) -> str:
    events = len(result.trace.events)
    silent = f", {result.silent} of them silent" if result.silent else ""
    rate = f", {events / result.seconds:,.0f} events/s" if result.seconds > 0 else ""
    return f"{events} events, {sum(result.actions.values())} steps{silent}; {result.seconds:.2f} s{rate}"


def _refusal_lines(result: Result) -> Iterator[str]:
    event = result.refused
    assert event is not None
    name, total = result.trace.source.name, len(result.trace.events)
    yield f"{name}:{event.line}:1: does not conform: event {event.seq}, {event.title}"
    prefixes = f", in {result.prefixes} different states" if result.prefixes > 1 else ""
    yield f"{INDENT}{result.explained} of {total} events have a behaviour{prefixes}; this one cannot follow."
    for index, refusal in enumerate(result.refusals[:MAX_SHOWN]):
        yield ""
        if index:
            yield f"{INDENT}Or:"
        yield from (INDENT + line if line else "" for line in _one_refusal(refusal))
    if len(result.refusals) > MAX_SHOWN:
        yield ""
        yield f"{INDENT}And {len(result.refusals) - MAX_SHOWN} more ways, further from it."


def _one_refusal(refusal: Refusal) -> Iterator[str]:
    earlier = [f"{step.title} (silent)" for step in refusal.silent] + [step.title for step in refusal.done]
    if earlier:
        yield f"after {', then '.join(earlier)}:"
    if refusal.step is None:
        yield "the state before the event:" if refusal.kind is Kind.BEFORE else "stuttering:"
    else:
        yield from _step_lines(refusal.step)
    match refusal.kind:
        case Kind.GUARD:
            yield from _guard_lines(refusal)
        case Kind.CHOICE:
            yield "is not possible: there is nothing to choose its parameters from"
        case Kind.EVALUATION:
            assert refusal.error is not None
            yield f"has no value: {refusal.error.message}{_at(refusal.place)}"
            yield from (f"{INDENT}{name}: {text}" for name, text in _error_details(refusal.error))
        case Kind.EFFECT:
            yield "is possible, and leads to another state:" if refusal.step else "changes nothing, and this differs:"
            yield from _mismatch_lines(refusal)
        case Kind.BEFORE:
            yield from _mismatch_lines(refusal)


def _step_lines(step: Step) -> Iterator[str]:
    if step.action is None:
        yield "any step"
        return
    yield step.action.name
    names = [step.action.params[position].name for position in step.given]
    width = max((len(name) for name in names), default=0)
    for name, value in zip(names, step.values, strict=True):
        yield f"{INDENT}{name:{width}} = {show(value)}"


def _guard_lines(refusal: Refusal) -> Iterator[str]:
    assert refusal.place is not None
    yield f"is not possible: this is false{_at(refusal.place)}"
    text = refusal.place.text.split("\n")
    margin = refusal.place.column - 1
    for index, line in enumerate(text[:MAX_CONJUNCT_LINES]):
        yield f"{INDENT}| {line if index == 0 else line[min(margin, len(line) - len(line.lstrip())) :]}".rstrip()
    if len(text) > MAX_CONJUNCT_LINES:
        yield f"{INDENT}| …"
    width = max((len(name) for name, _ in refusal.values), default=0)
    for name, value in refusal.values:
        yield f"{INDENT}{name:{width}} = {brief(value)}"
    if refusal.nearest is not None:
        yield from _nearest_lines(refusal.nearest)


def _nearest_lines(nearest: Nearest) -> Iterator[str]:
    if not nearest.size:
        yield f"{INDENT}the set is empty"
    elif not nearest.differences:
        yield f"{INDENT}none of its elements is alike"
    else:
        nearest_is = "its only element" if nearest.size == 1 else f"the nearest of its {nearest.size} elements"
        yield f"{INDENT}{nearest_is} differs in"
        yield from (INDENT * 2 + line for line in _change_lines(nearest.differences))


def _mismatch_lines(refusal: Refusal) -> Iterator[str]:
    for mismatch in refusal.mismatches:
        yield f"{INDENT}{mismatch.path}{' (unchanged)' if mismatch.is_unchanged else _at(mismatch.place)}"
        differences = mismatch.differences
        if mismatch.expected is MISSING:
            yield f"{INDENT * 2}expected: nothing, there is no such entry"
            yield f"{INDENT * 2}got:      {show(mismatch.got)}"
        elif any(change.path == "" and not change.is_element for change in differences):
            yield f"{INDENT * 2}expected: {show(mismatch.expected)}"
            yield f"{INDENT * 2}got:      {show(mismatch.got)}"
        else:
            yield from (INDENT * 2 + line for line in _change_lines(differences))
    if refusal.agreeing:
        yield "1 other observation agrees" if refusal.agreeing == 1 else f"{refusal.agreeing} other observations agree"


def _change_lines(differences: tuple[Change, ...]) -> Iterator[str]:
    """`.mterm: expected 3, got 4`; what one side alone has is not there on the other."""
    for change in differences[:MAX_DIFFERENCES]:
        path = f"{change.path}: " if change.path else ""
        if change.is_element:
            yield f"{path}{'not ' if change.before is None else ''}expected element {_either(change)}{_absent(change)}"
        else:
            expected = "nothing" if change.before is None else show(change.before)
            got = "nothing" if change.after is None else show(change.after)
            yield f"{path}expected {expected}, got {got}"
    if len(differences) > MAX_DIFFERENCES:
        yield f"and {len(differences) - MAX_DIFFERENCES} more"


def _either(change: Change) -> str:
    return show(change.after if change.before is None else change.before)


def _absent(change: Change) -> str:
    return "" if change.before is None else ", which is absent"


def _error_details(error: SpecError) -> Iterator[tuple[str, str]]:
    for name, text in (("expected", error.expected), ("got", error.got), ("hint", error.hint)):
        if text:
            yield name, text


def _at(place: Span | None) -> str:
    return "" if place is None else f" ({place.place})"


# --- JSON ------------------------------------------------------------------------------------------------------------


def result_object(result: Result) -> dict[str, Any]:
    """The result as JSON data; values are in the Informal Trace Format."""
    event = result.refused if result.verdict is Verdict.DOES_NOT_CONFORM else None
    violation = result.violation
    return {
        "trace": result.trace.source.name,
        "verdict": str(result.verdict),
        "exit_code": result.exit_code,
        "events": len(result.trace.events),
        "explained": result.explained,
        "steps": sum(result.actions.values()),
        "silent": result.silent,
        "actions": dict(sorted(result.actions.items())),
        "seconds": round(result.seconds, 6),
        "warnings": list(result.warnings),
        "invariant": None if violation is None else {"name": violation.invariant, "events": violation.events},
        "event": None if event is None else {"line": event.line, "seq": event.seq, "title": event.title},
        "refusals": [_refusal_object(refusal) for refusal in result.refusals],
        "error": None,
    }


def error_object(name: str, error: SpecError, exit_code: int) -> dict[str, Any]:
    """The result for a trace that could not be replayed."""
    return {
        "trace": name,
        "verdict": str(Verdict.MALFORMED),
        "exit_code": exit_code,
        "error": {"kind": error.kind, "message": error.message, "place": _place_object(error.span), "text": str(error)},
    }


def _refusal_object(refusal: Refusal) -> dict[str, Any]:
    return {
        "kind": str(refusal.kind),
        "step": None if refusal.step is None else _step_object(refusal.step),
        "after": [_step_object(step) for step in refusal.done],
        "silent": [_step_object(step) for step in refusal.silent],
        "place": _place_object(refusal.place),
        "conjunct": None if refusal.place is None else refusal.place.text,
        "values": {name: to_itf(value) for name, value in refusal.values},
        "nearest": None if refusal.nearest is None else _nearest_object(refusal.nearest),
        "mismatches": [_mismatch_object(mismatch) for mismatch in refusal.mismatches],
        "agreeing": refusal.agreeing,
        "error": None if refusal.error is None else refusal.error.message,
    }


def _step_object(step: Step) -> dict[str, Any]:
    if step.action is None:
        return {"action": None, "args": {}}
    pairs = zip(step.given, step.values, strict=True)
    args = {step.action.params[position].name: to_itf(value) for position, value in pairs}
    return {"action": step.action.name, "args": args}


def _nearest_object(nearest: Nearest) -> dict[str, Any]:
    return {"elements": nearest.size, "differences": [_change_object(change) for change in nearest.differences]}


def _mismatch_object(mismatch: Mismatch) -> dict[str, Any]:
    return {
        "path": mismatch.path,
        "expected": None if mismatch.expected is MISSING else to_itf(mismatch.expected),
        "got": to_itf(mismatch.got),
        "differences": [_change_object(change) for change in mismatch.differences],
        "place": _place_object(mismatch.place),
    }


def _change_object(change: Change) -> dict[str, Any]:
    return {
        "path": change.path,
        "expected": None if change.before is None else to_itf(change.before),
        "got": None if change.after is None else to_itf(change.after),
        "is_element": change.is_element,
    }


def _place_object(place: Span | None) -> dict[str, Any] | None:
    if place is None:
        return None
    return {"file": place.source.name, "line": place.line, "column": place.column}
