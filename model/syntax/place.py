"""Where parsing came to a halt, as the hints on likely mistakes look at it."""

from __future__ import annotations

from ..source import Span
from .layout import BRACKETS, CLOSING_BRACKETS, Layout
from .lexer import KEYWORDS, PUNCTUATION, Lexer, Token

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

PAIRS = {"LANGLE": "RANGLE", "LBRACE": "RBRACE", "LPAREN": "RPAREN", "LSQUARE": "RSQUARE"}
ENDS = {"RANGLE_SUB": "RANGLE", "RSQUARE_SUB": "RSQUARE"}


class Place:
    """Where parsing came to a halt: the token there, its neighbours, and what the grammar would have taken instead."""

    def __init__(self, refused: object, accepts: frozenset[str], lexer: Lexer, layout: Layout) -> None:
        self.accepts = accepts
        self.source = lexer.source
        self.tokens = lexer.tokens
        self.layout = layout
        self.token: Token | None = (refused.cause or refused) if isinstance(refused, Token) else None
        """The token of the text; None at its end."""
        self.kind = refused.type if isinstance(refused, Token) else "END"
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
            return Span(self.source, 1, 1, 1, 1)
        last = self.tokens[-1].span
        return Span(last.source, last.end_line, last.end_column + 1, last.end_line, last.end_column + 1)

    def near(self, offset: int) -> Token | None:
        """The token of the text that many places after the refused one, before it where `offset` is negative."""
        index = self.index + offset
        return self.tokens[index] if 0 <= index < len(self.tokens) else None

    def declaration(self) -> Token | None:
        """The CONSTANT, VARIABLE or EXTENDS whose list of names the refused token follows."""
        offset = -1
        while is_a(self.near(offset), "IDENT", "COMMA"):
            offset -= 1
        return self.near(offset) if offset < -1 and is_a(self.near(offset), "CONSTANT", "VARIABLE", "EXTENDS") else None

    def wants_bound(self) -> bool:
        r"""Whether `\in` is wanted for itself, and not as one of the operators that may go on with an expression."""
        return "MEMBER" in self.accepts and "INFIX" not in self.accepts

    def begins_line(self) -> bool:
        """Whether the refused token is the first of its line, or the end of the text."""
        before = self.near(-1)
        return self.token is None or before is None or before.span.line < self.token.span.line

    def open_bracket(self) -> Token | None:
        """The innermost bracket that is open before the refused token."""
        depth: list[Token] = []
        for token in self.tokens[: self.index]:
            kind = bracket(token)
            if kind in BRACKETS:
                depth.append(token)
            elif kind in CLOSING_BRACKETS and depth and PAIRS[bracket(depth[-1])] == kind:
                depth.pop()
        return depth[-1] if depth else None


def bracket(token: Token) -> str:
    """The type of a bracket, whatever it has turned out to begin: `LSQUARE` for `LSQUARE_FUNCTION`."""
    return ENDS.get(token.type) or token.type.partition("_")[0]


def adjacent(first: Token | None, second: Token | None) -> bool:
    """Whether no space stands between two tokens."""
    if first is None or second is None:
        return False
    return first.span.line == second.span.line and first.span.end_column + 1 == second.span.column


def is_a(token: Token | None, *kinds: str) -> bool:
    """Whether there is a token and it is of one of these types."""
    return token is not None and token.type in kinds
