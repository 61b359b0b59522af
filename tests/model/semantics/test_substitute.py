"""Unfolding puts arguments in place of parameters, in a copy."""

from __future__ import annotations

from comitia.model.semantics import ir
from comitia.model.semantics.substitute import substitute, unfold

from .shapes import resolved, shape

CONTEXT = """EXTENDS Naturals
VARIABLE v
Add(a, b) == a + b + v
Scope(a) == \\A x \\in {a} : LET y == x + a z(c) == <<c, y>> IN z(a)
Apply(F(_), a) == F(a)
Hand(F(_), a) == Apply(F, a)
Plain == v
"""


def unfolded(call: str) -> str:
    body = resolved(f"{CONTEXT}Inc(n) == n + 1\nTest == {call}").definitions["Test"].body
    assert isinstance(body, ir.Call)
    return shape(unfold(body))


def test_values() -> None:
    assert unfolded("Add(1, v + 2)") == "+(+(1, +(v, 2)), v)"


def test_binders_and_lets_are_copied() -> None:
    assert unfolded("Scope(5)") == (
        "Quantifier[True, <x in SetEnumeration[<5>]>, LET y == +(x, 5); z(c) == Tuple[<c, y>] IN z(5)]"
    )


def test_definitions_of_a_let_refer_to_their_copies() -> None:
    body = resolved(f"{CONTEXT}Test == Scope(5)").definitions["Test"].body
    assert isinstance(body, ir.Call)
    for node in (unfold(body), unfold(body)):
        assert isinstance(node, ir.Quantifier)
        assert isinstance(node.body, ir.Let)
        y, z = node.body.definitions
        call = node.body.body
        assert isinstance(call, ir.Call)
        assert call.target is z
        assert isinstance(z.body, ir.Tuple)
        inner = z.body.elements[1]
        assert isinstance(inner, ir.Call)
        assert inner.target is y


def test_operators() -> None:
    assert unfolded("Apply(Inc, 3)") == "Inc(3)"
    assert unfolded("Apply(LAMBDA e : {e}, 3)") == "LET F(e) == SetEnumeration[<e>] IN F(3)"
    assert unfolded("Hand(Inc, 3)") == "Apply(&Inc, 3)"
    assert unfolded("Hand(LAMBDA e : {e}, 3)") == "Apply(Lambda[<e>, SetEnumeration[<e>]], 3)"


def test_without_parameters_it_is_the_body_itself() -> None:
    module = resolved(f"{CONTEXT}Test == Plain")
    body = module.definitions["Test"].body
    assert isinstance(body, ir.Call)
    assert unfold(body) is module.definitions["Plain"].body


def test_places_are_kept() -> None:
    module = resolved(f"{CONTEXT}Test == Add(1, 2)")
    add = module.definitions["Add"]
    copy = substitute(add.body, {})
    assert copy is not add.body
    assert copy.span is add.body.span
