r"""Turns a refused token into what a reader of TLA+ can act on: what was expected, and the likely mistake."""

from __future__ import annotations

from collections.abc import Iterable

from ..diagnostics import ParseError, did_you_mean
from ..source import Span
from .hints import HINTS
from .layout import ENDS_OPERAND, Layout
from .lexer import SYMBOLS, Lexer, Token, kinds
from .place import PAIRS, WORDING, Place, adjacent, bracket, is_a

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

UNSPOKEN = kinds("LIST_BEGIN LIST_END LIST_ITEM NEGATIVE PREFIX SELECTOR")


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
    special = unknown_operator(place)
    if special is not None:
        return special
    hint = next((hint for find in HINTS if (hint := find(place))), None)
    stray = stray_token(place)
    if stray is not None:
        expected, got = stray_expectation(place, stray)
        return ParseError(f"unexpected `{stray.text}`", stray.span, expected=expected, got=got, hint=hint)
    got = f"`{place.token.text}`" if place.token else "the end of the text"
    opened = place.open_bracket()
    notes: list[tuple[str, Span | None]] = []
    if opened is not None and PAIRS[bracket(opened)] in accepts:
        notes.append((f"`{opened.text}` opens here", opened.span))
    message = f"unexpected {got}" if place.token else "the text ends too early"
    return ParseError(message, place.span, expected=expectation(accepts), got=got, hint=hint, notes=notes)


def unknown_operator(place: Place) -> ParseError | None:
    r"""`x \foo y`: `\`, or a shorter operator, and a name have been read, and what follows is refused."""
    for offset in (0, -1, -2, -3):
        slash, name = place.near(offset), place.near(offset + 1)
        if slash is None or name is None or not adjacent(slash, name) or not is_a(name, "IDENT"):
            continue
        if slash.text[0] == "\\" and slash.text != "\\/" and not is_a(slash, "QUANTIFIER", "NUMBER"):
            word = slash.text + name.text
            near = [symbol for symbol in SYMBOLS if symbol[:2] == word[:2]]
            return ParseError(
                f"there is no operator `{word}`",
                slash.span.to(name.span),
                got=f"`{word}`",
                hint=did_you_mean(word, near),
            )
    return None


def stray_token(place: Place) -> Token | None:
    """The token before the refused one, if it was taken for the start of a definition and hardly is one."""
    if place.accepts == {"DEFEQ"} and is_a(place.near(-2), "PREFIX", "NEGATIVE"):
        start, before = place.near(-2), place.near(-3)
    else:
        start, before = place.near(-1), place.near(-2)
        is_name = {"DEFEQ", "INFIX"} <= place.accepts and is_a(start, "IDENT")
        if not is_name and not (place.accepts == {"IDENT"} and is_a(start, "PREFIX", "NEGATIVE")):
            return None
    if start is None or before is None or start.span.line != before.span.line:
        return None
    return start if before.type in ENDS_OPERAND else None


def stray_expectation(place: Place, stray: Token) -> tuple[str, str]:
    """What is due where a token stands that begins no definition, and what is there."""
    names = place.near(-1)
    declaration = place.declaration() if stray is names else None
    if declaration is not None:
        return f"`,` before `{stray.text}`", f"`{stray.text}` after a name"
    if is_a(stray, "IDENT"):
        expected = f"an operator before `{stray.text}`, or `==` after it to define it"
    else:
        expected = f"an infix operator before `{stray.text}`"
    return expected, f"`{stray.text}` after a complete expression"
