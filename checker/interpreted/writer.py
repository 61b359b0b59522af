"""Python text with a place in the spec for each of its lines: what the emitters write into."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ...model.source import Span
from ...model.structs import Struct, field
from .bindings import SLOT

INDENT = " "
FUNCTION = "function"
"""Marks the scope of a function's body."""


class Line(Struct, frozen=False):
    indent: int
    text: str
    span: Span | None


class Writer(Struct, frozen=False):
    """Lines at their indentation. `span` is the place in the spec that lines written now come from."""

    lines: list[Line] = field(default_factory=list)
    indent: int = 0
    span: Span | None = None
    loops: int = 0
    """How many `for` blocks enclose this point within the innermost function: CPython allows twenty."""
    scopes: list[dict[object, str]] = field(default_factory=lambda: [{}])
    """For each open block, what has been evaluated in it: deferred binding → the Python name that holds its value."""

    def write(self, text: str) -> None:
        self.lines.append(Line(self.indent, text, self.span))

    @contextmanager
    def block(self, header: str) -> Iterator[None]:
        """A block under `header`. What is evaluated in it is not known to be evaluated after it."""
        self.write(header)
        is_loop = header.startswith("for ")
        self.indent += 1
        self.loops += is_loop
        self.scopes.append({})
        start = len(self.lines)
        yield
        if len(self.lines) == start:
            self.write("pass")
        self.scopes.pop()
        self.loops -= is_loop
        self.indent -= 1

    @contextmanager
    def function(self, name: str, parameters: str) -> Iterator[None]:
        """A function; the names evaluated around it stay readable in it."""
        loops, self.loops = self.loops, 0
        with self.block(f"def {name}({parameters}):"):
            self.scopes[-1][FUNCTION] = name
            yield
        self.loops = loops

    @contextmanager
    def capture(self) -> Iterator[list[Line]]:
        """Lines written meanwhile, at their indentation, to be replayed or thrown away."""
        kept, self.lines = self.lines, []
        captured = self.lines
        yield captured
        self.lines = kept

    def replay(self, lines: list[Line], deeper: int = 0) -> None:
        """Write captured lines again, `deeper` levels further in than they were captured."""
        for line in lines:
            self.lines.append(Line(line.indent + deeper, line.text, line.span))

    def find(self, binding: object) -> str | None:
        """The name that holds the value of a deferred binding here, if it has been evaluated on the way here.

        A slot cannot be filled from within an inner function.
        """
        inner = False
        for scope in reversed(self.scopes):
            name = scope.get(binding)
            if name is not None and not (inner and name.startswith(SLOT)):
                return name
            inner = inner or FUNCTION in scope
        return None

    def remember(self, binding: object, name: str) -> None:
        self.scopes[-1][binding] = name

    def text(self) -> str:
        return "\n".join(INDENT * line.indent + line.text for line in self.lines) + "\n"

    def spans(self) -> list[Span | None]:
        return [line.span for line in self.lines]
