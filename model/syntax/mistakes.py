r"""Turns lark's "unexpected token" into what a reader of TLA+ can act on: what was expected, and the likely mistake.

`HINTS` is a table of common mistakes, from the most specific to the least; the first that recognises the place speaks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from lark.exceptions import UnexpectedToken

from ..diagnostics import ParseError, did_you_mean
from ..source import Span
from .layout import BRACKETS, CLOSING_BRACKETS, WORDS, Layout
from .lexer import KEYWORDS, PUNCTUATION, SYMBOLS, Lexer, Token

GROUPS: tuple[tuple[str, str, str], ...] = (
    (
        "NUMBER",
        "an expression",
        "AT CASE CHOOSE FAIRNESS IDENT IF LANGLE LBRACE LBRACE_FILTER LBRACE_MAP LET LIST_BEGIN LPAREN LSQUARE "
        "LSQUARE_FIELDS LSQUARE_FUNCTION LSQUARE_RECORD MINUS NEGATIVE OPERATOR PREFIX QUANTIFIER STRING "
        "TEMPORAL_QUANTIFIER LAMBDA ASSUME SELECTOR",
    ),
    ("SELECTOR", "a name or subexpression selector", "IDENT LPAREN"),
    ("DEFEQ", "`==`", "INFIX MINUS POSTFIX LPAREN LSQUARE"),
    (
        "INFIX",
        "an operator",
        "MINUS EQUALS MEMBER POSTFIX LSQUARE LPAREN DOT BANG COLONCOLON",
    ),
    (
        "THEOREM",
        "a declaration or definition",
        "CONSTANT VARIABLE RECURSIVE LOCAL ASSUME ASSUMPTION USE HIDE BEGIN_MODULE SEPARATOR IDENT NEGATIVE PREFIX "
        "INSTANCE EXTENDS BY OBVIOUS OMITTED PROOF STEP",
    ),
    ("RECURSIVE", "a definition", "LOCAL IDENT NEGATIVE PREFIX"),
    ("STEP", "a proof or the next proof step", "BY OBVIOUS OMITTED PROOF"),
    ("SYMBOL_LEVEL", "NEW and a declaration", "CONSTANT VARIABLE NEW"),
)
"""Terminal whose acceptance shows what is expected, its words, and the terminals that go without saying then."""

WORDING: dict[str, str] = {
    **{kind: f"`{spelling}`" for spelling, kind in reversed(PUNCTUATION.items())},
    **{kind: word for word, kind in reversed(KEYWORDS.items())},
    "BEGIN_MODULE": "`---- MODULE`",
    "CASE_SEP": "`[]`",
    "END_MODULE": "`====`",
    "EQUALS": "`=`",
    "EXCEPT_BANG": "`!`",
    "IDENT": "a name",
    "MEMBER": r"`\in`",
    "NEGATIVE": "`-.`",
    "OPERATOR": "an operator symbol",
    "SEPARATOR": "`----`",
    "SYMBOL_LEVEL": "STATE, ACTION or TEMPORAL",
}
"""Terminal → how it is called in a message."""

UNSPOKEN = frozenset("LIST_BEGIN LIST_END LIST_ITEM SELECTOR".split())
PAIRS = {"LANGLE": "RANGLE", "LBRACE": "RBRACE", "LPAREN": "RPAREN", "LSQUARE": "RSQUARE"}
ENDS = {"RANGLE_SUB": "RANGLE", "RSQUARE_SUB": "RSQUARE"}


class Place:
    """Where parsing came to a halt: the token there, its neighbours, and what the grammar would have taken instead."""

    def __init__(self, error: UnexpectedToken, lexer: Lexer, layout: Layout) -> None:
        assert error.interactive_parser is not None
        self.accepts: frozenset[str] = frozenset(error.interactive_parser.accepts())
        self.tokens = lexer.tokens
        self.layout = layout
        token = error.token
        self.token: Token | None = (token.cause or token) if isinstance(token, Token) else None
        """The token of the text; None at its end."""
        self.kind: str = token.type
        """The role in which the token was refused."""
        self.index = self._index()
        self.span = self.token.span if self.token else self._end()

    def _index(self) -> int:
        """Where in `tokens` the refused token is."""
        if self.token is None:
            return len(self.tokens)
        start = (self.token.span.line, self.token.span.column)
        for index in range(len(self.tokens) - 1, -1, -1):
            span = self.tokens[index].span
            if (span.line, span.column) <= start:
                return index
        return 0

    def _end(self) -> Span:
        """The place right after the last token."""
        if not self.tokens:
            source = self.layout.source
            return Span(source, 1, 1, 1, 1)
        last = self.tokens[-1].span
        return Span(last.source, last.end_line, last.end_column + 1, last.end_line, last.end_column + 1)

    def before(self, distance: int = 1) -> Token | None:
        """The token that many places before the refused one."""
        index = self.index - distance
        return self.tokens[index] if index >= 0 else None

    def after(self, distance: int = 1) -> Token | None:
        """The token that many places after the refused one."""
        index = self.index + distance
        return self.tokens[index] if index < len(self.tokens) else None

    def open_bracket(self) -> Token | None:
        """The innermost bracket that is open before the refused token."""
        depth: list[Token] = []
        for token in self.tokens[: self.index]:
            kind = ENDS.get(token.type, token.type)
            if kind in BRACKETS:
                depth.append(token)
            elif kind in CLOSING_BRACKETS and depth and PAIRS[depth[-1].type] == kind:
                depth.pop()
        return depth[-1] if depth else None

    def ended_list(self) -> Token | None:
        """The first bullet of the list that ended last, if it did so where the current definition begins."""
        output = self.layout.output
        for index in range(len(output) - 1, -1, -1):
            cause = output[index].cause
            if output[index].type == "LIST_END" and cause is not None and cause is self.before():
                return self.layout.bullet_of(index)
        return None


def adjacent(first: Token | None, second: Token | None) -> bool:
    """Whether no space stands between two tokens."""
    if first is None or second is None:
        return False
    return first.span.line == second.span.line and first.span.end_column + 1 == second.span.column
