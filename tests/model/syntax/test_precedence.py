"""Precedence ranges and associativity: Specifying Systems, table 6, and SANY's treatment of neighbours."""

import pytest
from comitia.model.diagnostics import ParseError
from comitia.model.semantics import operators
from comitia.model.syntax import symbols

from .shapes import expression


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a + b + c", "+(+(a, b), c)"),
        ("a + b - c", "+(a, -(b, c))"),
        ("a - b + c", "+(-(a, b), c)"),
        ("a + b * c ^ d", "+(a, *(b, ^(c, d)))"),
        ("-a + b", "+(-.(a), b)"),
        ("-a * b", "-.(*(a, b))"),
        ("a - -b", "-(a, -.(b))"),
        ("a = -b", "=(a, -.(b))"),
        ("a..b = c", "=(..(a, b), c)"),
        ("~a = b", r"\lnot(=(a, b))"),
        (r"~a /\ b", r"(/\ \lnot(a) b)"),
        (r"a \in S => b \/ c", r"=>(\in(a, S), (\/ b c))"),
        (r"[]P => <>Q", "=>([](P), <>(Q))"),
        (r"DOMAIN f \cup S", r"\cup(DOMAIN(f), S)"),
        ("DOMAIN f[x]", "DOMAIN(FunctionApplication[f, <x>])"),
        ("SUBSET S'", "SUBSET('(S))"),
        (r"x' = y' + 1 /\ UNCHANGED z", r"(/\ =('(x), +('(y), 1)) UNCHANGED(z))"),
        (r"a = ~b /\ c", r"(/\ =(a, \lnot(b)) c)"),
        (r"a /\ \E x \in S : b /\ c", r"(/\ a Quantifier[\E, <Bound[<x>, S, False]>, (/\ b c)])"),
        ("a :> b @@ c :> d @@ e", "@@(@@(:>(a, b), :>(c, d)), e)"),
        (r"a \o b \o c", r"\o(\o(a, b), c)"),
        ("a @@ (b @@ c)", "@@(a, @@(b, c))"),
    ],
)
def test_grouping(text: str, expected: str) -> None:
    assert expression(text) == expected


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [
        (r"a /\ b \/ c", r"/\ ", r"\/"),
        ("a => b => c", "=>", "=>"),
        ("a = b = c", "=", "="),
        (r"a \cup b \cap c", r"\cup", r"\cap"),
        (r"a \cup b \ c", r"\cup", "\\"),
        ("a + b ++ c", "+", "++"),
        ("2 * -1", "*", "-"),
        ("a ^ -1", "^", "-"),
        (r"[]a \in b", "[]", r"\in"),
        (r"SUBSET S \X T", "SUBSET", r"\X"),
        ("UNCHANGED x'", "UNCHANGED", "'"),
        ("[]f'[x]", "[]", "'"),
        ("a ~> b => c ~> d => e", "=>", "=>"),
    ],
)
def test_conflict(text: str, first: str, second: str) -> None:
    with pytest.raises(ParseError) as caught:
        expression(text)
    error = caught.value
    assert f"`{first.strip()}`" in error.message
    assert error.got == f"`{second}` after `{first.strip()}`"
    assert error.hint is not None and "(" in error.hint
    assert error.span is not None and error.span.text == second


def test_parentheses_hide_an_operator() -> None:
    assert expression("[](x')") == "[]('(x))"
    assert expression("(UNCHANGED x)'") == "'(UNCHANGED(x))"
    assert expression("2 * (-1)") == "*(2, -.(1))"


def test_spellings_agree_with_the_operator_table() -> None:
    differing = {
        spelling: name for spelling, name in operators.CANONICAL_SYMBOLS.items() if symbols.canonical(spelling) != name
    }
    assert not differing


def test_every_spelling_leads_to_an_operator_with_a_precedence() -> None:
    known = {**symbols.INFIX, **symbols.PREFIX, **symbols.POSTFIX}
    assert set(symbols.SPELLINGS.values()) <= set(known)
    assert not set(symbols.SPELLINGS) & set(known)
