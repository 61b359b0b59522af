"""What is told a user whose input is wrong: located, expected, got, hint; never a traceback.

A `SpecError` is the user's error. A bug of ours is an AssertionError (or any other exception) with its traceback; the
two are never mixed. Each class carries the exit code of `comitia`, which is TLC's (tlc2/output/EC.java, ExitStatus).
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from .source import Span


class SpecError(Exception):
    """An error in what the user gave us."""

    kind = "error"
    exit_code = 255

    def __init__(
        self,
        message: str,
        span: Span | None = None,
        *,
        expected: str | None = None,
        got: str | None = None,
        hint: str | None = None,
        notes: Iterable[tuple[str, Span | None]] = (),
    ) -> None:
        super().__init__(message)
        self.message = message
        self.span = span
        self.expected = expected
        self.got = got
        self.hint = hint
        self.notes: list[tuple[str, Span | None]] = list(notes)

    def located(self, span: Span | None) -> SpecError:
        """This error, placed at `span` unless it already has a place."""
        if self.span is None:
            self.span = span
        return self

    def __str__(self) -> str:
        return render(self)


class InputError(SpecError):
    """A file that cannot be read, a target that does not exist, an option that makes no sense."""

    kind = "input"
    exit_code = 255


class ParseError(SpecError):
    """A text that is not a TLA+ module."""

    kind = "syntax"
    exit_code = 150


class SemanticError(SpecError):
    """A module that parses and has no meaning: unknown name, wrong arity, wrong level."""

    kind = "semantic"
    exit_code = 150


class UnsupportedError(SpecError):
    """TLA+ that Comitia does not evaluate; the message names the construct."""

    kind = "unsupported"
    exit_code = 150


class UnsupportedModelError(UnsupportedError):
    """A specification, or a statement of a configuration, of a form that is not checked."""

    exit_code = 151


class ConfigError(SpecError):
    """A model configuration that is malformed or does not fit its module."""

    kind = "config"
    exit_code = 151


class EvaluationError(SpecError):
    """An expression that has no value TLC would give it. Codes: 75 for the spec (Init, Next), 76 for a property."""

    kind = "evaluation"
    exit_code = 75


class TraceError(SpecError):
    """A trace that is malformed, empty or checks nothing."""

    kind = "trace"
    exit_code = 2


def did_you_mean(name: str, known: Iterable[str]) -> str | None:
    """A hint naming the known name nearest to `name`, or None where none is near."""
    near = difflib.get_close_matches(name, sorted(set(known)), n=1, cutoff=0.6)
    return f"did you mean `{near[0]}`?" if near else None


MAX_EXCERPT_LINES = 4


MAX_EXCERPT_COLUMNS = 160
LEAD_COLUMNS = 40
"""What is shown before the place in a line that is too long to be shown whole."""


def _window(text: str, start: int, end: int) -> tuple[str, int, int]:
    """The part of a long line around columns `start` to `end`, and these columns within it."""
    if len(text) <= MAX_EXCERPT_COLUMNS:
        return text, start, end
    first = max(0, min(start - 1 - LEAD_COLUMNS, len(text) - MAX_EXCERPT_COLUMNS))
    shown = text[first : first + MAX_EXCERPT_COLUMNS]
    if first:
        shown = "…" + shown[1:]
    if first + MAX_EXCERPT_COLUMNS < len(text):
        shown = shown[:-1] + "…"
    return shown, start - first, min(end - first, MAX_EXCERPT_COLUMNS)


def excerpt(span: Span) -> list[str]:
    """The lines of the span with a caret rule beneath each, at most MAX_EXCERPT_LINES of them."""
    width = len(str(span.end_line))
    out: list[str] = []
    last = min(span.end_line, span.line + MAX_EXCERPT_LINES - 1)
    for number in range(span.line, last + 1):
        text = span.source.line(number)
        start = span.column if number == span.line else len(text) - len(text.lstrip()) + 1
        end = span.end_column if number == span.end_line else len(text)
        text, start, end = _window(text, start, end)
        # Tabs are kept in the caret rule so that it stays under what it marks.
        pad = "".join("\t" if c == "\t" else " " for c in text[: start - 1]).ljust(start - 1)
        out.append(f"{number:>{width}} | {text}")
        out.append(f"{'':>{width}} | {pad}{'^' * max(1, end - start + 1)}")
    if last < span.end_line:
        out.append(f"{'':>{width}} | … to line {span.end_line}")
    return out


def render(error: SpecError) -> str:
    """The whole one-screen message as plain text."""
    lines: list[str] = []
    where = f"{error.span.place}: " if error.span else ""
    lines.append(f"{where}{error.kind} error: {error.message}")
    if error.span:
        lines.extend(excerpt(error.span))
    if error.expected:
        lines.append(f"  expected: {error.expected}")
    if error.got:
        lines.append(f"  got:      {error.got}")
    if error.hint:
        lines.append(f"  hint:     {error.hint}")
    for text, span in error.notes:
        lines.append(f"  note:     {text}" + (f" ({span.place})" if span else ""))
    return "\n".join(lines)
