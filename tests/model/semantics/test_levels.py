"""Levels (Specifying Systems, section 17.2): of what level an expression is, and where a level is too high."""

from __future__ import annotations

import pytest
from comitia.model.diagnostics import SemanticError
from comitia.model.semantics.ir import Level

from .shapes import resolved

CONTEXT = "EXTENDS Naturals\nCONSTANTS C, Op(_)\nVARIABLES v, w\n"

LEVELS = {
    "C": Level.CONSTANT,
    "\\A a \\in Nat : a = C": Level.CONSTANT,
    "Op(1)": Level.CONSTANT,
    "Op(v)": Level.STATE,
    "v": Level.STATE,
    "{v}": Level.STATE,
    "ENABLED (v' = 1)": Level.STATE,
    "ENABLED TRUE": Level.STATE,
    "[a \\in {1} |-> v]": Level.STATE,
    "LET x == v IN 1": Level.CONSTANT,
    "LET x == v IN x": Level.STATE,
    "C'": Level.ACTION,
    "v' = v": Level.ACTION,
    "UNCHANGED v": Level.ACTION,
    "[v' = 1]_v": Level.ACTION,
    "IF v = 1 THEN v' = 1 ELSE TRUE": Level.ACTION,
    "[][v' = 1]_v": Level.TEMPORAL,
    "[](v = 1) \\/ v = 2": Level.TEMPORAL,
    "WF_v(v' = 1)": Level.TEMPORAL,
    "v = 1 ~> v = 2": Level.TEMPORAL,
    "\\A a \\in {1} : [](v = a)": Level.TEMPORAL,
    "\\EE a : TRUE": Level.TEMPORAL,
    "~[](v = 1)": Level.TEMPORAL,
}


@pytest.mark.parametrize(("text", "level"), LEVELS.items(), ids=list(LEVELS))
def test_level(text: str, level: Level) -> None:
    assert resolved(f"{CONTEXT}Test == {text}").definitions["Test"].level == level


REFUSED = {
    "prime of an action": "T == (v' = 1)'",
    "prime of a primed definition": "A == v'\nT == A'",
    "prime of an argument": "P(a) == a'\nT == P(v')",
    "prime of an argument two calls down": "P(a) == a'\nQ(b) == {P(b)}\nT == Q(v')",
    "UNCHANGED of an action": "T == UNCHANGED (v')",
    "ENABLED of a temporal formula": "T == ENABLED [](v = 1)",
    "set of temporal formulas": "T == {[](v = 1)}",
    "temporal bound": "T == \\A a \\in [](v = 1) : TRUE",
    "action bound of a temporal formula": "T == \\A a \\in {v'} : [](v = a)",
    "box of an action": "T == [](v' = 1)",
    "diamond of an action": "T == <>(v' = 1)",
    "diamond of [A]_v": "T == <>[v' = 1]_v",
    "leads-to of an action": "T == (v' = 1) ~> (v = 1)",
    "action and temporal formula": "T == v' = 1 /\\ [](v = 1)",
    "action implies temporal formula": "T == v' = 1 => [](v = 1)",
    "subscript": "T == [v' = 1]_(v')",
    "assumption": "ASSUME v = 1",
    "operator argument": "P(F(_)) == F(v')\nT == P(LAMBDA a : a')",
    "operator argument by name": "P(F(_), b) == F(b)\nQ(a) == a'\nT == P(Q, v')",
    "operator argument handed on": "P(F(_), b) == F(b)\nR(F(_), b) == P(F, b)\nQ(a) == a'\nT == R(Q, v')",
    "recursion": "RECURSIVE R(_)\nR(a) == IF a = 0 THEN v' ELSE R(a - 1)\nT == R(1)'",
    "recursion that primes": "RECURSIVE R(_)\nR(a) == a'",
}


@pytest.mark.parametrize("text", REFUSED.values(), ids=list(REFUSED))
def test_refused(text: str) -> None:
    with pytest.raises(SemanticError) as caught:
        resolved(CONTEXT + text)
    assert caught.value.span is not None
    assert "primes its parameter" in caught.value.message or caught.value.expected


ACCEPTED = {
    "prime of a state function by an argument": "P(a) == a'\nT == P(v + w)",
    "operator argument": "P(F(_), b) == F(b)\nQ(a) == a'\nT == P(Q, v)",
    "recursion": "RECURSIVE R(_)\nR(a) == IF a = 0 THEN v ELSE R(a - 1)\nT == R(1)'",
    "bound variables": "T == \\A a \\in {v} : a' = a",
    "box of [A]_v": "T == [][v' = 1]_<<v, w>>",
}


@pytest.mark.parametrize("text", ACCEPTED.values(), ids=list(ACCEPTED))
def test_accepted(text: str) -> None:
    resolved(CONTEXT + text)


def test_the_level_of_recursive_operators_is_found_through_each_other() -> None:
    text = "RECURSIVE P(_), Q(_)\nP(a) == Q(a)\nQ(a) == IF a = 0 THEN v ELSE P(a - 1)"
    definitions = resolved(CONTEXT + text).definitions
    assert (definitions["P"].level, definitions["Q"].level) == (Level.STATE, Level.STATE)


def test_message() -> None:
    with pytest.raises(SemanticError) as caught:
        resolved(f"{CONTEXT}T == (v' = 1)'")
    error = caught.value
    assert error.message == "argument 1 of `'` cannot be an action"
    assert (error.expected, error.got) == ("a state function or a constant", "an action")
