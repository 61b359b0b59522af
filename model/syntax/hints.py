r"""Likely mistakes in a text that does not parse, and what is said of each.

`HINTS` is a table of functions, from the most specific mistake to the least; the first that recognises the place
speaks.
"""

from __future__ import annotations

from collections.abc import Callable

from ..diagnostics import did_you_mean
from .layout import CLOSING_BRACKETS, ENDS_OPERAND, WORDS
from .lexer import KEYWORDS, kinds
from .place import ENDS, PAIRS, WORDING, Place, adjacent, bracket, is_a

SPOKEN_WORDS = kinds(
    "ASSUME ASSUMPTION CASE CHOOSE CONSTANT ELSE EXCEPT EXTENDS IF INSTANCE LAMBDA LET LET_IN LOCAL MODULE OTHER "
    "PREFIX RECURSIVE THEN THEOREM VARIABLE WITH"
)
"""The reserved words outside of proofs, as terminals."""

UNIT_WORDS = tuple(
    word
    for word, kind in KEYWORDS.items()
    if kind in ("ASSUME", "ASSUMPTION", "CONSTANT", "EXTENDS", "INSTANCE", "LOCAL", "RECURSIVE", "THEOREM", "VARIABLE")
)
FOREIGN_WORDS: dict[str, str] = {
    "and": r"conjunction is written `/\`",
    "or": r"disjunction is written `\/`",
    "not": "negation is written `~`",
    "implies": "implication is written `=>`",
    "for": r"a set is written `{e : x \in S}` or `{x \in S : P}`",
    "forall": r"a quantifier is written `\A x \in S : P`",
    "exists": r"a quantifier is written `\E x \in S : P`",
    "mod": "the remainder is written `a % b`",
    "div": r"integer division is written `a \div b`",
    "union": r"the union of two sets is written `S \cup T`",
}
"""What other languages say by a word → how TLA+ says it."""


def negation(place: Place) -> str | None:
    if place.kind == "EXCEPT_BANG":
        return "negation is written `~`"
    return None


def implication(place: Place) -> str | None:
    following = place.near(1)
    if is_a(place.token, "DEFEQ") and following is not None and following.value == ">":
        return "implication is written `=>`"
    return None


def foreign_word(place: Place) -> str | None:
    for token in (place.token, place.near(-1), place.near(-2)):
        if is_a(token, "IDENT"):
            assert token is not None
            if token.value in FOREIGN_WORDS:
                return FOREIGN_WORDS[token.value]
    return None


def foreign_symbol(place: Place) -> str | None:
    before, following = place.near(-1), place.near(1)
    if before is not None and before.value == ":=":
        return "a definition is written with `==`; a next value is determined by `x' = e`"
    if before is not None and before.text == "~" and is_a(place.token, "EQUALS") and adjacent(before, place.token):
        return "not equal is written `#` or `/=`"
    if is_a(place.token, "POSTFIX") and "NUMBER" in place.accepts and place.span.text == "'":
        return "strings stand in double quotes; `'` is the prime, which follows an expression"
    if is_a(place.token, "RPAREN") and before is not None and before.text == "*" and adjacent(before, place.token):
        return "there is no open comment for this `*)`"
    if is_a(place.token, "DEFEQ") and is_a(following, "EQUALS") and adjacent(place.token, following):
        return "a module ends with a line of four or more `=`"
    if is_a(before, "DOT") and is_a(place.near(-2), "NUMBER"):
        return "a number with a point has digits after it"
    return None


def lower_case_keyword(place: Place) -> str | None:
    for token in (place.near(-2), place.near(-1), place.token):
        if is_a(token, "IDENT"):
            assert token is not None
            word = token.value.upper()
            if KEYWORDS.get(word, "") in SPOKEN_WORDS and word != token.value:
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
    is_name_due = "IDENT" in place.accepts and place.accepts.isdisjoint(("NUMBER", "RECURSIVE"))
    if not is_name_due or token is None or token.type not in WORDS or token.value not in KEYWORDS:
        return None
    before = place.near(-1)
    if is_a(before, "COMMA") and place.begins_line():
        return "a name is due after the `,` at the end of the line before"
    return f"{token.value} is a reserved word; choose another name"


def second_extends(place: Place) -> str | None:
    if is_a(place.token, "EXTENDS"):
        return "a module has one EXTENDS, right after its first line, with all names in it"
    if is_a(place.near(-1), "LOCAL"):
        return "LOCAL stands before a definition or an INSTANCE"
    return None


def value_of_declaration(place: Place) -> str | None:
    r"""`VARIABLE x = 0`, `CONSTANT N \in Nat`."""
    declaration = place.declaration()
    if declaration is None or not is_a(place.token, "EQUALS", "MEMBER", "COLON"):
        return None
    if declaration.type == "CONSTANT":
        return "a constant gets its value in the configuration; what holds of it is said by ASSUME"
    return "what a variable is at first is said in Init, what values it may have in an invariant"


def parameters_of_declaration(place: Place) -> str | None:
    if place.accepts == {"UNDERSCORE"}:
        return "a declaration tells only the number of arguments: `F(_)`, `G(_, _)`"
    if "UNDERSCORE" in place.accepts and is_a(place.token, "NUMBER", "STRING"):
        return "parameters are names; IF or CASE in the definition tells values apart"
    return None


def definition_inside(place: Place) -> str | None:
    """`A ==`, a line break, `B == 2`: the name of the next definition has been read as the end of this one."""
    name, before = place.near(-1), place.near(-2)
    if not is_a(place.token, "DEFEQ") or not is_a(name, "IDENT") or before is None or before.type in ENDS_OPERAND:
        return None
    assert name is not None
    if before.span.end_line == name.span.line:
        return None
    return f"the definition of `{name.text}` begins here, and something is due after the `{before.text}` before it"


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
    due = PAIRS[bracket(opened)]
    if due != kind:
        return f"`{opened.text}` in line {opened.span.line} is closed by {WORDING[due]}"
    return None


def ended_list(place: Place) -> str | None:
    """A token at or to the left of the bullets, which has ended their list."""
    token = place.near(0)
    bullet = place.layout.ended_lists.get(token) if token is not None else None
    if bullet is None or not place.begins_line() or place.span.column == 1:
        return None
    column = place.layout.column(bullet)
    return f"this ends the list of line {bullet.span.line}: its items go on only to the right of column {column}"


def unclosed_bracket(place: Place) -> str | None:
    opened = place.open_bracket()
    if opened is not None and PAIRS[bracket(opened)] in place.accepts and place.begins_line():
        return f"the `{opened.text}` in line {opened.span.line} is still open"
    return None


def empty_item(place: Place) -> str | None:
    if place.kind in ("LIST_ITEM", "LIST_END") and "NUMBER" in place.accepts:
        ended = ended_list(place)
        return "the list item before this is not complete" + (f"; {ended}" if ended else "")
    return None


def comma(place: Place) -> str | None:
    """A comma where one bound, one name or one expression is due."""
    if not is_a(place.token, "COMMA"):
        return None
    opened = place.open_bracket()
    kind = bracket(opened) if opened is not None else ""
    if kind == "LBRACE" and "COLON" in place.accepts:
        return r"a set filter has one bound; for pairs write `{<<x, y>> \in S \X T : P}`"
    if place.wants_bound():
        return r"CHOOSE takes one name, or a tuple: `CHOOSE <<x, y>> \in S : P`"
    if kind == "LPAREN":
        return "a tuple is written `<<a, b>>`"
    if kind == "LSQUARE" and "RSQUARE_SUB" in place.accepts:
        return "a record is written `[a |-> 1, b |-> 2]`, a tuple `<<1, 2>>`"
    if "LET_IN" in place.accepts:
        return "the definitions of a LET follow one another without commas"
    if "CASE_SEP" in place.accepts:
        return "the arms of a CASE are separated by `[]`"
    return None


def bound(place: Place) -> str | None:
    """What stands in place of the `\\in` or the `:` of a bound."""
    if "COLON" in place.accepts and any(
        token.value == "|" for token in place.tokens[max(place.index - 6, 0) : place.index]
    ):
        return r"`|` is an operator; `{x \in S : P}` and `\E x \in S : P` have a `:`"
    if place.accepts == {"IDENT", "LANGLE"} and is_a(place.near(-1), "COLON"):
        return r"a set is written `{e : x \in S}`, a record `[field |-> e]`"
    if "COLON" in place.accepts and place.wants_bound():
        return r"a bound is written `x \in S`, and followed by `:`"
    return None


def field(place: Place) -> str | None:
    before, following = place.near(-1), place.near(1)
    if is_a(place.token, "STRING") and (is_a(before, "DOT") or is_a(following, "MAPSTO", "COLON")):
        return "the name of a field is written without quotes"
    if is_a(place.token, "NUMBER") and is_a(before, "DOT"):
        return "a component of a tuple is written `t[1]`"
    if is_a(place.token, "COLON") and place.wants_bound():
        return "a set of records has `:` throughout, a record has `|->`"
    if is_a(place.token, "RSQUARE") and place.wants_bound():
        return r"a function is defined with the set of its arguments: `f[x \in S] == e`"
    if is_a(place.token, "RSQUARE") and "RSQUARE_SUB" in place.accepts:
        return "an action in brackets has a subscript: `[A]_v`"
    return None


def misplaced_word(place: Place) -> str | None:
    before = place.near(-1)
    if is_a(place.token, "OTHER"):
        return "OTHER is the last arm of a CASE, after at least one other"
    if is_a(place.token, "BANG") and is_a(place.near(-2), "INSTANCE"):
        return "INSTANCE makes a definition, `I == INSTANCE M`, and then there is `I!Name`"
    if is_a(place.token, "RPAREN") and is_a(before, "LPAREN") and is_a(place.near(-2), "IDENT"):
        return "an operator without parameters is used without parentheses"
    return None


def arrow(place: Place) -> str | None:
    if place.kind == "MEMBER" and "COLON" in place.accepts:
        return "a function is `[x \\in S |-> e]`, a set `{x \\in S : P}`"
    if place.kind == "ARROW" and not place.accepts.isdisjoint(("MAPSTO", "MEMBER")):
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


def half_expression(place: Place) -> str | None:
    """An operator or a word at the end of a line, and in the next what cannot follow it."""
    before = place.near(-1)
    if not place.begins_line() or before is None or before.type in ENDS_OPERAND or "NUMBER" not in place.accepts:
        return None
    return f"something is due after the `{before.text}` in line {before.span.end_line}"


HINTS: tuple[Callable[[Place], str | None], ...] = (
    foreign_symbol,
    implication,
    negation,
    definition_by_equals,
    definition_inside,
    foreign_word,
    half_definition,
    equality_by_definition,
    value_of_declaration,
    parameters_of_declaration,
    lower_case_keyword,
    misspelt_keyword,
    module_header,
    second_extends,
    reserved_word,
    module_not_closed,
    wrong_bracket,
    empty_item,
    arrow,
    comma,
    field,
    bound,
    misplaced_word,
    update_without_bang,
    unclosed_bracket,
    missing_else,
    ended_list,
    half_expression,
)
