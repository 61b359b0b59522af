r"""Cuts the text of a module into tokens, without what stands outside it, comments (`\*`, nested `(* *)`) and space.

As SANY's lexer does, the longest symbol wins, with no regard to word boundaries after a backslash (`\Ex` is `\E x`).
PlusCal needs no care: it stands in comments. Which of its several roles a token such as `[]` or `{` has is not decided
here but in `layout`.
"""

from __future__ import annotations

import re

from ..diagnostics import ParseError
from ..source import Source, Span
from .symbols import INFIX, POSTFIX, PREFIX, SPELLINGS, canonical


class Token:
    """A terminal of the grammar: its type, its value (operators in their canonical spelling) and its place."""

    __slots__ = ("cause", "span", "type", "value")

    def __init__(self, type: str, value: str, span: Span, cause: Token | None = None) -> None:
        self.type = type
        self.value = value
        self.span = span
        self.cause = cause
        """For a token that `layout` has put in: the token of the text that made it do so."""

    def __repr__(self) -> str:
        return f"Token({self.type}, {self.value!r})"

    @property
    def text(self) -> str:
        """The token as written."""
        return self.span.text


def kinds(names: str) -> frozenset[str]:
    """A set of token types, written with spaces between them."""
    return frozenset(names.split())


KEYWORDS: dict[str, str] = {
    word: kind
    for kind, words in {
        "ASSUME": "ASSUME",
        "ASSUMPTION": "ASSUMPTION AXIOM",
        "BY": "BY",
        "CASE": "CASE",
        "CHOOSE": "CHOOSE",
        "CONSTANT": "CONSTANT CONSTANTS",
        "DEF": "DEF DEFS",
        "DEFINE": "DEFINE",
        "ELSE": "ELSE",
        "EXCEPT": "EXCEPT",
        "EXTENDS": "EXTENDS",
        "HAVE": "HAVE",
        "HIDE": "HIDE",
        "IF": "IF",
        "INSTANCE": "INSTANCE",
        "LAMBDA": "LAMBDA",
        "LET": "LET",
        "LET_IN": "IN",
        "LOCAL": "LOCAL",
        "MODULE": "MODULE",
        "NEW": "NEW",
        "OBVIOUS": "OBVIOUS",
        "OMITTED": "OMITTED",
        "ONLY": "ONLY",
        "OTHER": "OTHER",
        "PICK": "PICK",
        "PREFIX": "ENABLED UNCHANGED SUBSET UNION DOMAIN",
        "PROOF": "PROOF",
        "PROVE": "PROVE",
        "QED": "QED",
        "RECURSIVE": "RECURSIVE",
        "SUFFICES": "SUFFICES",
        "SYMBOL_LEVEL": "STATE ACTION ACTIONS TEMPORAL TEMPORALS",
        "TAKE": "TAKE",
        "THEN": "THEN",
        "THEOREM": "THEOREM LEMMA PROPOSITION COROLLARY",
        "USE": "USE",
        "VARIABLE": "VARIABLE VARIABLES",
        "WITH": "WITH",
        "WITNESS": "WITNESS",
    }.items()
    for word in words.split()
}
"""The reserved words."""

PUNCTUATION: dict[str, str] = {
    spelling: kind
    for kind, spellings in {
        "ARROW": "-> →",
        "AT": "@",
        "BANG": "!",
        "COLON": ":",
        "COLONCOLON": ":: ∷",
        "COMMA": ",",
        "DEFEQ": "== ≜",
        "DOT": ".",
        "GETS": "<- ←",
        "LANGLE": "<< ⟨",
        "LBRACE": "{",
        "LPAREN": "(",
        "LSQUARE": "[",
        "MAPSTO": "|-> ↦",
        "QUANTIFIER": r"\A \E \forall \exists ∀ ∃",
        "RANGLE": ">> ⟩",
        "RANGLE_SUB": ">>_ ⟩_",
        "RBRACE": "}",
        "RPAREN": ")",
        "RSQUARE": "]",
        "RSQUARE_SUB": "]_",
        "TEMPORAL_QUANTIFIER": r"\AA \EE",
        "UNDERSCORE": "_",
    }.items()
    for spelling in spellings.split()
}

QUANTIFIERS = {"\\forall": "\\A", "∀": "\\A", "\\exists": "\\E", "∃": "\\E"}

OPERATOR_KINDS = {"=": "EQUALS", "\\in": "MEMBER", "-": "MINUS", "-.": "NEGATIVE", "/\\": "JUNCTION", "\\/": "JUNCTION"}
"""The operators that have a terminal of their own."""

MAX_DIGITS = 4000
"""Digits of a number: Python reads no more than 4,300 of them."""

NUMBER_SETS = {"ℕ": "Nat", "ℤ": "Int", "ℝ": "Real"}


def _symbol_kinds() -> dict[str, tuple[str, str]]:
    """Each symbol, in each spelling → its token type and value."""
    kinds = {spelling: (kind, QUANTIFIERS.get(spelling, spelling)) for spelling, kind in PUNCTUATION.items()}
    for table, kind in ((POSTFIX, "POSTFIX"), (PREFIX, "PREFIX"), (INFIX, "INFIX")):
        for symbol in [*table, *(spelling for spelling, name in SPELLINGS.items() if name in table)]:
            if not symbol[0].isalpha():
                name = canonical(symbol)
                kinds[symbol] = (OPERATOR_KINDS.get(name, kind), name)
    return kinds


SYMBOLS = _symbol_kinds()
SYMBOL = "|".join(re.escape(symbol) for symbol in sorted(SYMBOLS, key=len, reverse=True) if symbol != "!")
IDENTIFIER = r"(?!WF_|SF_)[0-9_]*[A-Za-z][A-Za-z0-9_]*"
TOKEN = re.compile(
    r"(?:[ \t\r\n\f]+|\\\*[^\n]*)*+(?:"
    rf"(?P<word>{IDENTIFIER}|[ℕℤℝ])"
    r"|(?P<comment>\(\*)"
    r"|(?P<number>\\[bB][01]+|\\[oO][0-7]+|\\[hH][0-9a-fA-F]+|[0-9]+(?:\.[0-9]+)?)"
    r'|(?P<string>"(?:[^"\n\r\\]|\\[ntrf\\"])*")'
    r"|(?P<step><(?:[0-9]+|[*+])>(?:[A-Za-z0-9_]+\.*|[*-]\.*|\.+)?)"
    r"|(?P<begin>----+ *MODULE\b)|(?P<separator>----+)|(?P<end>====+)"
    r"|(?P<boxed>\[\](?:ASSUME|PROVE)\b)"
    r"|(?P<fairness>[WS]F_)"
    # `!=` is no symbol, and nearly always a mistake; yet `F!=(a, b)` applies a part of F.
    rf"|(?P<symbol>{SYMBOL}|!(?!=[\s\w]))"
    r")"
)
ALMOST_MODULE = re.compile(r"^[-–—]*[ \t]*module\b", re.IGNORECASE | re.MULTILINE)
MODULE_START = re.compile(r"----+ *MODULE\b")
COMMENT_EDGE = re.compile(r"\(\*|\*\)")
SPACE = re.compile(r"(?:[ \t\r\n\f]+|\\\*[^\n]*)*+")


class Lexer:
    """One pass over one source, as far as offset `end`: `tokens` holds what was read, `failure` why that stopped short.

    The failure is kept rather than raised, so that an error of grammar before it is told first.
    """

    def __init__(self, source: Source, end: int | None = None) -> None:
        self.source = source
        self.text = source.text[:end]
        self.tokens: list[Token] = []
        self.failure: ParseError | None = None
        self.line = 1
        self.line_start = 0
        self.module_depth = 0

    def span(self, start: int, end: int) -> Span:
        """The place of `text[start:end]`, which is no earlier than any place asked for before, and on one line."""
        newline = self.text.find("\n", self.line_start, start)
        while newline >= 0:
            self.line += 1
            self.line_start = newline + 1
            newline = self.text.find("\n", self.line_start, start)
        column = start - self.line_start + 1
        return Span(self.source, self.line, column, self.line, column + max(end - start, 1) - 1)

    def module(self) -> None:
        """Read from the first `---- MODULE` to the `====` that closes it, or to the end of the text."""
        start = MODULE_START.search(self.text)
        if start is None:
            almost = ALMOST_MODULE.search(self.text)
            hint = "a module begins with a line such as `---- MODULE Name ----` and ends with `====`"
            if almost is not None:
                hint = "the first line has at least four dashes, and the word MODULE in capitals"
            self.failure = ParseError(
                "there is no module in this text",
                self.span(*(almost.span() if almost else (0, 1))),
                expected="`---- MODULE Name ----`",
                got=f"`{almost[0]}`" if almost else None,
                hint=hint,
            )
            return
        self.scan(start.start())

    def scan(self, position: int) -> None:
        """Read tokens from `position` on."""
        text, tokens, match = self.text, self.tokens, TOKEN.match
        while found := match(text, position):
            kind = found.lastgroup
            assert kind is not None
            start, position = found.span(kind)
            if kind == "comment":
                position = self.skip_comment(start)
                if self.failure:
                    return
                continue
            span = self.span(start, position)
            value = found[kind]
            if kind == "word":
                tokens.append(Token(KEYWORDS.get(value, "IDENT"), NUMBER_SETS.get(value, value), span))
            elif kind == "symbol":
                tokens.append(Token(*SYMBOLS[value], span))
            elif kind == "boxed":
                tokens.append(Token(value[2:], value, span))
            else:
                tokens.append(Token(_TYPES[kind], value, span))
                if kind == "begin":
                    self.module_depth += 1
                elif kind == "end":
                    self.module_depth -= 1
                    if self.module_depth == 0:
                        return
        space = SPACE.match(text, position)
        assert space
        if space.end() < len(text):
            self.failure = self.illegal(space.end())

    def skip_comment(self, start: int) -> int:
        """The position after the comment, which may hold others, that opens at `start`."""
        depth = 0
        for edge in COMMENT_EDGE.finditer(self.text, start):
            depth += 1 if edge[0] == "(*" else -1
            if depth == 0:
                return edge.end()
        hint = "comments nest: each `(*` needs a `*)` of its own"
        self.failure = self.error("this comment is not closed", start, start + 2, expected="`*)`", hint=hint)
        return len(self.text)

    def illegal(self, position: int) -> ParseError:
        """The error for a character that begins no token."""
        character = self.text[position]
        if character == '"':
            return self.bad_string(position)
        if self.text.startswith("!=", position):
            hint = "not equal is written `#` or `/=`"
            return self.error("this symbol means nothing in TLA+", position, position + 2, got="`!=`", hint=hint)
        hint = CHARACTER_HINTS.get(character)
        if hint is None and character.isalpha():
            hint = "names consist of the letters A to Z and a to z, digits and `_`"
        return self.error(
            "this character means nothing in TLA+", position, position + 1, got=f"`{character}`", hint=hint
        )

    def bad_string(self, position: int) -> ParseError:
        """The error for a `"` that begins no string."""
        line_end = self.text.find("\n", position)
        rest = self.text[position : line_end if line_end >= 0 else len(self.text)].rstrip()
        body = re.match(r'"(?:[^"\\]|\\[ntrf\\"])*', rest)
        assert body
        escape = rest[body.end() : body.end() + 2]
        if escape and '"' in rest[body.end() :]:
            return self.error(
                "there is no such escape in a string",
                position + body.end(),
                position + body.end() + 2,
                expected=r"`\"`, `\\`, `\t`, `\n`, `\f` or `\r`",
                got=f"`{escape}`",
                hint=r"a backslash itself is written `\\`",
            )
        return self.error(
            "this string is not closed",
            position,
            position + len(rest),
            expected='`"` on the same line',
            hint="a string may not contain a line break",
        )

    def error(
        self,
        message: str,
        start: int,
        end: int,
        *,
        expected: str | None = None,
        got: str | None = None,
        hint: str | None = None,
    ) -> ParseError:
        """A ParseError at `text[start:end]`."""
        return ParseError(message, self.span(start, end), expected=expected, got=got, hint=hint)


MINUS = "minus is written `-`"
STRAIGHT_QUOTES = "the quotes of a string are straight double quotes"
CHARACTER_HINTS = {
    ";": "TLA+ has no `;`: definitions and list items end by themselves",
    "`": STRAIGHT_QUOTES,
    "“": STRAIGHT_QUOTES,
    "”": STRAIGHT_QUOTES,
    "–": MINUS,
    "—": MINUS,
    "−": MINUS,
    "?": "a conditional is written IF … THEN … ELSE …",
}

_TYPES = {
    "number": "NUMBER",
    "string": "STRING",
    "step": "STEP",
    "begin": "BEGIN_MODULE",
    "separator": "SEPARATOR",
    "end": "END_MODULE",
    "fairness": "FAIRNESS",
}
