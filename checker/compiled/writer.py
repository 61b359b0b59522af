"""C++ text under construction: lines at their indentation, open blocks, and what has been evaluated in each of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from ...model.structs import Struct, field
from ..interpreted.bindings import SLOT

INDENT = "    "
CLOSURE = "closure"
"""Marks the scope of a function that captures by copy, and may outlive what it was made in."""
DECLARED = re.compile(
    r"\b((?:const )?(?:V|i64|u64|u32|bool|Op|Thunk|Each|Subsets|Collector|FunctionBuilder|Place|Deeper|auto"
    r"|Continuation<\w+>|Bits<\d>|CodesIn<\d>)[*&]*) (\w+)(\[\])?"
)
"""A type and a name that is declared to have it, and whether it is an array."""


class Line(Struct, frozen=False):
    indent: int
    text: str


class Writer(Struct, frozen=False):
    """Lines at their indentation."""

    lines: list[Line] = field(default_factory=list)
    indent: int = 0
    loops: int = 0
    """How many loops enclose this point within the innermost function."""
    scopes: list[dict[object, str]] = field(default_factory=lambda: [{}])
    """For each open block, what has been evaluated in it: deferred binding → the C++ name that holds its value."""
    declared: dict[str, str] = field(default_factory=dict)
    """The names declared so far, with their types. Of names that are declared again the type is the same."""

    def write(self, text: str) -> None:
        self.declared.update((name, type_ + array) for type_, name, array in DECLARED.findall(text))
        self.lines.append(Line(self.indent, text))

    @contextmanager
    def block(self, header: str, end: str = "}") -> Iterator[None]:
        """A block under `header`. What is evaluated in it is not known to be evaluated after it."""
        self.write(f"{header} {{" if header else "{")
        is_loop = header.startswith(("for ", "do"))
        self.indent += 1
        self.loops += is_loop
        self.scopes.append({})
        yield
        self.scopes.pop()
        self.loops -= is_loop
        self.indent -= 1
        self.write(end)

    @contextmanager
    def function(self, header: str, *, is_closure: bool = False, end: str = "};") -> Iterator[None]:
        """A function, whose loops are its own; the names evaluated around it stay readable in it."""
        loops, self.loops = self.loops, 0
        with self.block(header, end):
            if is_closure:
                self.scopes[-1][CLOSURE] = header
            yield
        self.loops = loops

    @contextmanager
    def capture(self) -> Iterator[list[Line]]:
        """Lines written meanwhile, to be replayed or thrown away."""
        kept, self.lines = self.lines, []
        captured = self.lines
        yield captured
        self.lines = kept

    def replay(self, lines: Sequence[Line], deeper: int = 0) -> None:
        """Write captured lines again, `deeper` levels further in than they were captured."""
        for line in lines:
            self.lines.append(Line(line.indent + deeper, line.text))

    def find(self, binding: object) -> str | None:
        """The name that holds the value of a deferred binding here, if it has been evaluated on the way here.

        A slot cannot be filled from within a closure.
        """
        is_captured = False
        for scope in reversed(self.scopes):
            name = scope.get(binding)
            if name is not None and not (is_captured and name.startswith(SLOT)):
                return name
            is_captured = is_captured or CLOSURE in scope
        return None

    def remember(self, binding: object, name: str) -> None:
        self.scopes[-1][binding] = name

    def text(self) -> str:
        return "\n".join(INDENT * line.indent + line.text for line in self.lines) + "\n"
