"""Parses a module or an expression: text → `lexer` → `layout` → LALR(1) → `tree`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..source import Source
from . import tree
from .lalr import Refused, parser
from .layout import Layout
from .lexer import Lexer, Token
from .mistakes import explain
from .precedence import unwrap


def parse_module(source: Source) -> tree.Module:
    """The first module of a text, with the modules nested in it; what stands before and after it is ignored.

    Raises ParseError.
    """
    lexer = Lexer(source)
    lexer.module()
    return _parse(lexer, "module")


def parse_expression(source: Source, start: int = 0, end: int | None = None) -> tree.Expr:
    """The expression that a text is, or that part of it from offset `start` to `end`. Raises ParseError."""
    lexer = Lexer(source, end)
    lexer.scan(start)
    return unwrap(_parse(lexer, "expr"))


def _parse(lexer: Lexer, start: str) -> Any:
    layout = Layout(lexer.tokens)
    layout.run()
    try:
        return parser().parse(_until_failure(lexer, layout), start)
    except Refused as refused:
        raise explain(refused.token, refused.accepts, lexer, layout) from None


def _until_failure(lexer: Lexer, layout: Layout) -> Iterator[Token]:
    """The tokens; then, if reading stopped short, the reason: an error of grammar before it comes first."""
    yield from layout.output
    failure = layout.failure or lexer.failure
    if failure is not None:
        raise failure
