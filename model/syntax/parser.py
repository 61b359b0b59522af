"""Parses a module or an expression: text → `lexer` → `layout` → LALR(1) → `tree`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

import lark
from lark.exceptions import UnexpectedToken
from lark.lexer import Lexer as LarkLexer

from ..caching import cache_folder
from ..source import Source
from . import tree
from .build import Builder
from .layout import Layout
from .lexer import Lexer, Token
from .mistakes import explain
from .precedence import unwrap


class _Tokens(LarkLexer):
    """What lark takes for its lexer: it is given the tokens ready-made, and hands them on."""

    def __init__(self, lexer_conf: Any) -> None:
        pass

    def lex(self, data: Iterator[Token]) -> Iterator[Token]:  # type: ignore[override]
        return data


@cache
def grammar() -> lark.Lark:
    """The LALR(1) parser; its tables, which take 0.4 s to compute, are kept in the user's cache, where that can be."""
    return lark.Lark(
        files(tree.__name__.rpartition(".")[0]).joinpath("tla.lark").read_text("utf-8"),
        parser="lalr",
        lexer=_Tokens,
        transformer=Builder(),
        start=["module", "expr"],
        maybe_placeholders=False,
        cache=_cache_file() or False,
    )


def _cache_file() -> str | None:
    """Where the tables are kept; lark itself tells whether they are those of this grammar, Python and lark."""
    place = cache_folder() / f"grammar-{sys.version_info.major}.{sys.version_info.minor}-{lark.__version__}"
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return str(place)


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
        return grammar().parse(_until_failure(lexer, layout), start=start)  # type: ignore[arg-type]
    except UnexpectedToken as error:
        accepted = _accepted(layout.output, start, error.token)
        raise explain(error.token, accepted, lexer, layout) from None


def _until_failure(lexer: Lexer, layout: Layout) -> Iterator[Token]:
    """The tokens; then, if reading stopped short, the reason: an error of grammar before it comes first."""
    yield from layout.output
    failure = layout.failure or lexer.failure
    if failure is not None:
        raise failure


def _accepted(tokens: list[Token], start: str, refused: object) -> frozenset[str]:
    """The terminals that may stand in place of the refused token.

    At the time of the error the parser has made reductions that only the refused token asked for, hence once more from
    the start up to it.
    """
    parser = grammar().parse_interactive(start=start)
    for token in tokens:
        if token is refused:
            break
        parser.feed_token(token)  # type: ignore[arg-type]
    return frozenset(parser.accepts())
