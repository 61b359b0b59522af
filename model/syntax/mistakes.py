r"""Turns lark's "unexpected token" into what a reader of TLA+ can act on: what was expected, and the likely mistake.

`HINTS` is a table of common mistakes, from the most specific to the least; the first that recognises the place speaks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ..diagnostics import ParseError, did_you_mean
from ..source import Span
from .layout import BRACKETS, CLOSING_BRACKETS, ENDS_OPERAND, WORDS, Layout
from .lexer import KEYWORDS, PUNCTUATION, SYMBOLS, Lexer, Token, kinds

GROUPS: tuple[tuple[str, str, str], ...] = (
    (
        "NUMBER",
        "an expression",
        "AT CASE CHOOSE FAIRNESS IDENT IF LANGLE LBRACE LBRACE_FILTER LBRACE_MAP LET LIST_BEGIN LPAREN LSQUARE "
        "LSQUARE_FIELDS LSQUARE_FUNCTION LSQUARE_RECORD MINUS NEGATIVE OPERATOR PREFIX QUANTIFIER STRING "
        "STEP_NAME TEMPORAL_QUANTIFIER LAMBDA ASSUME SELECTOR",
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

UNIT_WORDS = tuple(
    word
    for word, kind in KEYWORDS.items()
    if kind in ("ASSUME", "ASSUMPTION", "CONSTANT", "EXTENDS", "INSTANCE", "LOCAL", "RECURSIVE", "THEOREM", "VARIABLE")
)
UNSPOKEN = kinds("LIST_BEGIN LIST_END LIST_ITEM NEGATIVE PREFIX SELECTOR")
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

    def begins_line(self) -> bool:
        """Whether the refused token is the first of its line, or the end of the text."""
        before = self.near(-1)
        return self.token is None or before is None or before.span.line < self.token.span.line

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


def adjacent(first: Token | None, second: Token | None) -> bool:
    """Whether no space stands between two tokens."""
    if first is None or second is None:
        return False
    return first.span.line == second.span.line and first.span.end_column + 1 == second.span.column


def is_a(token: Token | None, *kinds: str) -> bool:
    """Whether there is a token and it is of one of these types."""
    return token is not None and token.type in kinds


# --- the mistakes ----------------------------------------------------------------------------------------------------


def negation(place: Place) -> str | None:
    if place.kind == "EXCEPT_BANG":
        return "negation is written `~`"
    return None


def implication(place: Place) -> str | None:
    following = place.near(1)
    if is_a(place.token, "DEFEQ") and following is not None and following.value == ">":
        return "implication is written `=>`"
    return None


def unknown_backslash(place: Place) -> str | None:
    r"""`x \foo y`: the `\` of set difference and a name have been read, and what follows is refused."""
    for offset in (0, -1, -2, -3):
        slash, name = place.near(offset), place.near(offset + 1)
        if slash is not None and slash.value == "\\" and name is not None and adjacent(slash, name):
            word = "\\" + name.value
            guess = did_you_mean(word, [symbol for symbol in SYMBOLS if symbol[:2] == word[:2]])
            return f"there is no operator `{word}`" + (f"; {guess}" if guess else "")
    return None


def lower_case_keyword(place: Place) -> str | None:
    for token in (place.near(-2), place.near(-1), place.token):
        if is_a(token, "IDENT"):
            assert token is not None
            word = token.value.upper()
            if word in KEYWORDS and word != token.value:
                return f"the words of TLA+ are in capitals: {word}"
    return None


def misspelt_keyword(place: Place) -> str | None:
    name = place.near(-1)
    if "DEFEQ" in place.accepts and is_a(name, "IDENT") and not is_a(place.token, "EQUALS"):
        assert name is not None
        return did_you_mean(name.value, UNIT_WORDS)
    return None


def module_header(place: Place) -> str | None:
    if place.accepts == {"SEPARATOR"}:
        return "the first line of a module is `---- MODULE Name ----`"
    return None


def reserved_word(place: Place) -> str | None:
    token = place.token
    is_name_due = "IDENT" in place.accepts and "NUMBER" not in place.accepts
    if is_name_due and token is not None and token.type in WORDS and token.value in KEYWORDS:
        return f"{token.value} is a reserved word; choose another name"
    return None


def definition_by_equals(place: Place) -> str | None:
    if not (is_a(place.token, "EQUALS") and "DEFEQ" in place.accepts):
        return None
    name = place.near(-1)
    hint = "a definition is written with `==`"
    bullet = place.layout.ended_lists.get(name) if name is not None else None
    if name is not None and bullet is not None:
        column, line = bullet.span.column, bullet.span.line
        hint += f"; to go on with the list of line {line}, put a `{bullet.text}` in column {column} before it"
    return hint


def half_definition(place: Place) -> str | None:
    """`x + 1` where no expression can be: `x +` has been taken for the start of `x + y == …`."""
    operator, name = place.near(-1), place.near(-2)
    if place.accepts == {"IDENT"} and is_a(operator, "INFIX", "MINUS") and is_a(name, "IDENT"):
        assert operator is not None and name is not None
        start = f"{name.text} {operator.text}"
        return f"`{start} …` begins a definition here; is a bullet, an operator or IN missing before it?"
    return None


def equality_by_definition(place: Place) -> str | None:
    if is_a(place.token, "DEFEQ") and "EQUALS" in place.accepts:
        return "equality is written `=`; `==` makes a definition"
    return None


def module_not_closed(place: Place) -> str | None:
    if "END_MODULE" in place.accepts and place.token is None:
        return "a module ends with a line `====`"
    return None


def wrong_bracket(place: Place) -> str | None:
    kind = ENDS.get(place.kind, place.kind)
    if kind not in CLOSING_BRACKETS:
        return None
    opened = place.open_bracket()
    if opened is None:
        return f"there is no open bracket for this `{place.span.text}`"
    if PAIRS[opened.type] != kind:
        return f"`{opened.text}` in line {opened.span.line} is closed by {WORDING[PAIRS[opened.type]]}"
    return None


def unclosed_bracket(place: Place) -> str | None:
    opened = place.open_bracket()
    if opened is not None and PAIRS[opened.type] in place.accepts and place.begins_line():
        return f"the `{opened.text}` in line {opened.span.line} is still open"
    return None


def empty_item(place: Place) -> str | None:
    if place.kind in ("LIST_ITEM", "LIST_END") and "NUMBER" in place.accepts:
        return "the list item before this is not complete"
    return None


def arrow(place: Place) -> str | None:
    if place.kind == "MEMBER" and "COLON" in place.accepts:
        return "a function is `[x \\in S |-> e]`, a set `{x \\in S : P}`"
    if place.kind == "ARROW" and "MAPSTO" in place.accepts:
        return "functions and records are written with `|->`; `[S -> T]` is a set of functions"
    if place.kind == "MAPSTO":
        return "`|->` stands in `[x \\in S |-> e]` and in `[field |-> e]`; CASE arms and `[S -> T]` have `->`"
    if place.kind == "EQUALS" and "GETS" in place.accepts:
        return "a substitution is written `name <- expression`"
    if place.kind == "GETS":
        return "`<-` is one symbol, which belongs to WITH; less than a negative number is `< -`"
    return None


def update_without_bang(place: Place) -> str | None:
    if "EXCEPT_BANG" in place.accepts:
        return "an update is written `![index] = e` or `!.field = e`"
    return None


def missing_else(place: Place) -> str | None:
    if "ELSE" in place.accepts:
        return "every IF has its THEN and its ELSE"
    return None


HINTS: tuple[Callable[[Place], str | None], ...] = (
    unknown_backslash,
    implication,
    negation,
    definition_by_equals,
    half_definition,
    equality_by_definition,
    lower_case_keyword,
    misspelt_keyword,
    module_header,
    reserved_word,
    module_not_closed,
    wrong_bracket,
    empty_item,
    arrow,
    update_without_bang,
    unclosed_bracket,
    missing_else,
)


# --- the message -----------------------------------------------------------------------------------------------------


def expectation(accepts: Iterable[str]) -> str | None:
    """What a set of terminals means to a reader: `an expression, `)` or `,``."""
    left = set(accepts)
    words: list[str] = []
    for sign, wording, members in GROUPS:
        if sign in left:
            words.append(wording)
            left -= {sign, *members.split()}
    words += sorted(WORDING[kind] for kind in left - UNSPOKEN if kind in WORDING)
    if not words:
        return None
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def explain(refused: object, accepts: frozenset[str], lexer: Lexer, layout: Layout) -> ParseError:
    """The ParseError for a token that the grammar refuses where it would have taken one of `accepts`."""
    place = Place(refused, accepts, lexer, layout)
    hint = next((hint for find in HINTS if (hint := find(place))), None)
    stray = stray_name(place)
    if stray is not None:
        return ParseError(
            f"unexpected `{stray.text}`",
            stray.span,
            expected=f"an operator before `{stray.text}`, or `==` after it to define it",
            got=f"`{stray.text}` after a complete expression",
            hint=hint,
        )
    got = f"`{place.token.text}`" if place.token else "the end of the text"
    opened = place.open_bracket()
    notes: list[tuple[str, Span | None]] = []
    if opened is not None and PAIRS[opened.type] in accepts:
        notes.append((f"`{opened.text}` opens here", opened.span))
    message = f"unexpected {got}" if place.token else "the text ends too early"
    return ParseError(message, place.span, expected=expectation(accepts), got=got, hint=hint, notes=notes)


def stray_name(place: Place) -> Token | None:
    """The name before the refused token, if it was taken for the start of a definition and hardly is one."""
    name, before = place.near(-1), place.near(-2)
    if "DEFEQ" in place.accepts and "INFIX" in place.accepts and is_a(name, "IDENT") and before is not None:
        assert name is not None
        if name.span.line == before.span.line and before.type in ENDS_OPERAND:
            return name
    return None
