"""The LALR(1) parser: tables, which lark makes of `tla.lark`, and what they drive.

The tables take lark half a second, so they are kept in the user's cache; lark itself, which takes longer to load than
most modules take to parse, is loaded where they have to be made alone.
"""

from __future__ import annotations

import marshal
import sys
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from ..caching import cached
from .build import Builder
from .lexer import Token

GRAMMAR = Path(__file__).with_name("tla.lark")
STARTS = ("module", "expr")
END = "$END"
"""The terminal at the end of the text."""
NONE = -(1 << 30)
"""In place of an action: there is none."""


class Tables(NamedTuple):
    """`actions`: by state, by symbol: the state that follows; for a terminal also `~rule`, a rule to reduce by.

    `rules`: (symbol that it makes, how many symbols of, name of the method of `Builder`). `starts` and `ends`: the
    first state and the last by start symbol.
    """

    actions: list[dict[str, int]]
    rules: list[tuple[str, int, str]]
    starts: dict[str, int]
    ends: dict[str, int]


class Refused(Exception):
    """The token that cannot stand where it stands; None is the end of the text. `accepts`: what can."""

    def __init__(self, token: Token | None, accepts: frozenset[str]) -> None:
        super().__init__(token)
        self.token = token
        self.accepts = accepts


class Parser:
    """What the tables drive."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        builder = Builder()
        # What has no method, parts of a proof, says nothing.
        self._methods = [getattr(builder, method, builder.nothing) for _, _, method in tables.rules]

    def parse(self, tokens: Iterable[Token], start: str) -> Any:
        """What the methods of `Builder` make of the tokens. Raises Refused, and what `tokens` and the methods raise."""
        actions, rules, starts, ends = self.tables
        states, values = [starts[start]], []
        read: list[Token] = []
        for token in chain(tokens, (None,)):
            terminal = END if token is None else token.type
            while (action := actions[states[-1]].get(terminal, NONE)) < 0:
                if action == NONE:
                    raise Refused(token, self._accepted(read, start))
                symbol, length, _ = rules[~action]
                children: list[Any] = []
                if length:
                    children = values[-length:]
                    del values[-length:], states[-length:]
                values.append(self._methods[~action](children))
                states.append(actions[states[-1]][symbol])
                if token is None and states[-1] == ends[start]:
                    return values[-1]
            assert token is not None, "no state shifts the end"
            states.append(action)
            values.append(token)
            read.append(token)
        raise AssertionError("the end is refused, or ends the text")

    def _accepted(self, tokens: Sequence[Token], start: str) -> frozenset[str]:
        """The terminals that may follow these tokens.

        They are read once more: when a token is refused, reductions have been made that only it asked for.
        """
        states = [self.tables.starts[start]]
        for token in tokens:
            states = self._shifted(states, token.type, start)
        following = self.tables.actions[states[-1]]
        return frozenset(name for name in following if name.isupper() and self._shifted(states, name, start))

    def _shifted(self, states: Sequence[int], terminal: str, start: str) -> list[int]:
        """The states after a terminal; none where it is refused."""
        actions, rules, _, ends = self.tables
        states = list(states)
        while (action := actions[states[-1]].get(terminal, NONE)) != NONE:
            if action >= 0:
                return [*states, action]
            symbol, length, _ = rules[~action]
            del states[len(states) - length :]
            states.append(actions[states[-1]][symbol])
            if terminal == END and states[-1] == ends[start]:
                return states
        return []


@cache
def parser() -> Parser:
    """That of the grammar."""
    text = GRAMMAR.read_text("utf-8")
    name = f"tables-{sys.version_info.major}.{sys.version_info.minor}"
    return Parser(Tables(*marshal.loads(cached(name, text.encode(), lambda: marshal.dumps(tuple(_made(text)))))))


def _made(grammar: str) -> Tables:
    import lark
    from lark.parsers.lalr_analysis import Shift

    made: Any = lark.Lark(grammar, parser="lalr", lexer="basic", start=list(STARTS), maybe_placeholders=False)
    table = made.parser.parser.parser.parse_table
    numbers: dict[Any, int] = {}
    actions: list[dict[str, int]] = [{} for _ in table.states]
    for state, row in table.states.items():
        for symbol, (action, target) in row.items():
            actions[state][_plain(symbol)] = target if action is Shift else ~numbers.setdefault(target, len(numbers))
    rules = [
        (_plain(rule.origin.name), len(rule.expansion), _plain(rule.alias or rule.origin.name)) for rule in numbers
    ]
    return Tables(actions, rules, dict(table.start_states), dict(table.end_states))


def _plain(name: str) -> str:
    """The name as a string of which there is one alone; those of lark are of a class of its own."""
    return sys.intern(str(name))
