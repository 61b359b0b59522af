"""Texts and places in them: every diagnostic, IR node and coverage figure points here."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from .structs import Struct


class Source:
    """One text and where it came from. `name` is what a reader is shown: a path as given, or a module name."""

    def __init__(self, name: str, text: str, path: Path | None = None) -> None:
        self.name = name
        self.text = text
        self.path = path

    def __repr__(self) -> str:
        return f"Source({self.name!r})"

    @cached_property
    def lines(self) -> list[str]:
        return self.text.split("\n")

    def line(self, number: int) -> str:
        """The text of line `number` (from 1), without its line break; empty beyond the end."""
        return self.lines[number - 1].rstrip("\r") if 1 <= number <= len(self.lines) else ""


class Span(Struct, eq=True):
    """A stretch of a source; lines and columns count from 1, the end column is inclusive (as TLC prints them)."""

    source: Source
    line: int
    column: int
    end_line: int
    end_column: int

    def __str__(self) -> str:
        return (
            f"line {self.line}, col {self.column} to line {self.end_line}, col {self.end_column} of {self.source.name}"
        )

    @property
    def place(self) -> str:
        """`Raft.tla:12:3`: what editors and terminals make a link of."""
        return f"{self.source.name}:{self.line}:{self.column}"

    def to(self, end: Span) -> Span:
        """The span from the start of this one to the end of `end`."""
        return Span(self.source, self.line, self.column, end.end_line, end.end_column)

    @property
    def text(self) -> str:
        """The source text that the span covers."""
        if self.line == self.end_line:
            return self.source.line(self.line)[self.column - 1 : self.end_column]
        first = self.source.line(self.line)[self.column - 1 :]
        middle = [self.source.line(n) for n in range(self.line + 1, self.end_line)]
        return "\n".join([first, *middle, self.source.line(self.end_line)[: self.end_column]])
