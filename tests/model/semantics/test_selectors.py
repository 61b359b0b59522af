"""Names of subexpressions: a part of a definition, its bound variables given as arguments."""

from __future__ import annotations

import pytest
from comitia.model.diagnostics import SemanticError, UnsupportedError
from comitia.model.semantics import ir

from .shapes import resolved, shape

CONTEXT = """EXTENDS Naturals
CONSTANT S
Op(a) == /\\ a > 1
         /\\ \\A q \\in S : lab(q) :: q > a
Deep == <<1, LET y == 2 IN {lab :: y}>>
Sum == LET y == 2 IN y + 3
Set == {e + 1 : e \\in S}
f[i \\in S] == i + 1
If == IF S = {} THEN 1 ELSE 2
HO(F(_)) == F(1)
"""

SELECTED = {
    "Op(5)!1": ("Op!1(5)", "Op!1(a) == >(a, 1)"),
    "Op(5)!2": ("Op!2(5)", "Op!2(a) == Quantifier[True, <q in S>, >(q, a)]"),
    "Op(5)!2!1": ("Op!2!1(5)", "Op!2!1(a) == S"),
    "Op(5)!lab(3)": ("Op!lab(5, 3)", "Op!lab(a, q) == >(q, a)"),
    "Op(5)!2!(3)!1": ("Op!2!()!1(5, 3)", "Op!2!()!1(a, q) == q"),
    "Op(5)!2!(3)!<<": ("Op!2!()!<<(5, 3)", "Op!2!()!<<(a, q) == q"),
    "Op(5)!2!(3)!>>": ("Op!2!()!>>(5, 3)", "Op!2!()!>>(a, q) == a"),
    "Op(5)!:": ("Op!:(5)", "Op!:(a) == (and >(a, 1) Quantifier[True, <q in S>, >(q, a)])"),
    "Sum!1!2": ("Sum!1!2", "Sum!1!2 == LET y == 2 IN 3"),
    "Deep!lab": ("Deep!lab", "Deep!lab == LET y == 2 IN y"),
    "Sum!y": ("Sum!y", "Sum!y == LET y == 2 IN 2"),
    "Set!(7)": ("Set!()(7)", "Set!()(e) == +(e, 1)"),
    "f!(7)": ("f!()(7)", "f!()(i) == +(i, 1)"),
    "If!3": ("If!3", "If!3 == 2"),
}


@pytest.mark.parametrize(("text", "expected"), SELECTED.items(), ids=list(SELECTED))
def test_selected(text: str, expected: tuple[str, str]) -> None:
    body = resolved(f"{CONTEXT}x == {text}").definitions["x"].body
    assert isinstance(body, ir.Call)
    assert (shape(body), shape(body.target)) == expected


def test_a_part_as_an_operator() -> None:
    assert shape(resolved(f"{CONTEXT}x == HO(Set!@)").definitions["x"]) == "x == HO(&Set!@)"


def test_a_part_of_a_definition_of_an_instance() -> None:
    module = resolved("I(p) == INSTANCE A WITH c <- p\nx == I(1)!f(2)!1", A="CONSTANT c\nf(a) == <<c, a>>")
    body = module.definitions["x"].body
    assert isinstance(body, ir.Call)
    assert (shape(body), shape(body.target)) == ("I!f!1(1, 2)", "I!f!1(p, a) == p")


def test_refused() -> None:
    for text in ("Op(1)!3", "Op(1)!nothing", "Op!1", "Op(1)!lab", "S!1"):
        with pytest.raises(SemanticError):
            resolved(f"{CONTEXT}x == {text}")
    with pytest.raises(UnsupportedError):
        resolved("f == 1\nx == f!1")
