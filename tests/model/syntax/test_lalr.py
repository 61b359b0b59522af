"""The parser is held against that of lark, which makes its tables: what is refused, and what could be in its place."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import cache
from typing import Any

import lark
import pytest
from comitia.model.modules.library import STANDARD_FOLDER, read
from comitia.model.syntax import lalr
from comitia.model.syntax.layout import Layout
from comitia.model.syntax.lexer import Lexer, Token
from lark.exceptions import UnexpectedToken
from lark.lexer import Lexer as LarkLexer

MODULES = ("BagsExt", "Functions", "Graphs", "FiniteSetsExtTheorems")
SPOILED = 12
"""How often each module is spoiled, each time in another place."""


class Tokens(LarkLexer):
    """Hands on the tokens that it is given."""

    def __init__(self, lexer_conf: Any) -> None:
        pass

    def lex(self, data: Any) -> Iterator[Any]:  # type: ignore[override]
        return iter(data)


@cache
def reference() -> lark.Lark:
    grammar = lalr.GRAMMAR.read_text("utf-8")
    return lark.Lark(grammar, parser="lalr", lexer=Tokens, start=list(lalr.STARTS), maybe_placeholders=False)


def tokens_of(name: str) -> list[Token]:
    lexer = Lexer(read(STANDARD_FOLDER / f"{name}.tla"))
    lexer.module()
    layout = Layout(lexer.tokens)
    layout.run()
    assert lexer.failure is layout.failure is None
    return layout.output


def fed(tokens: list[Token]) -> Any:
    """lark's parser after these tokens."""
    state = reference().parse_interactive(start="module")
    for token in tokens:
        state.feed_token(lark.Token(token.type, token.value))
    return state


def refusal(tokens: list[Token]) -> tuple[int, frozenset[str]] | None:
    """The index of the token that lark refuses, with what could stand in its place."""
    state = fed([])
    for index, token in enumerate(tokens):
        try:
            state.feed_token(lark.Token(token.type, token.value))
        except UnexpectedToken:
            # Reductions that only the refused token asked for have been made: once more, without it.
            return index, frozenset(fed(tokens[:index]).accepts())
    accepts = frozenset(state.accepts())
    return None if "$END" in accepts else (len(tokens), accepts)


@pytest.mark.parametrize("name", MODULES)
def test_a_module_is_accepted(name: str) -> None:
    assert lalr.parser().parse(tokens_of(name), "module").name.name == name


@pytest.mark.parametrize("name", MODULES)
def test_what_is_refused(name: str) -> None:
    dice = random.Random(name)
    tokens = tokens_of(name)[:400]
    refused = 0
    for _ in range(SPOILED):
        spoiled = list(tokens)
        place, other = dice.randrange(len(spoiled)), dice.randrange(len(spoiled))
        spoiled[place : place + 1] = dice.choice(([], [spoiled[other]], [spoiled[place], spoiled[other]]))
        expected = refusal(spoiled)
        if expected is None:
            continue
        refused += 1
        with pytest.raises(lalr.Refused) as caught:
            lalr.parser().parse(spoiled, "module")
        index, accepts = expected
        assert caught.value.token is (spoiled[index] if index < len(spoiled) else None)
        assert caught.value.accepts == accepts
    assert refused > SPOILED // 3
