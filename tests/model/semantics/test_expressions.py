"""Each form of expression has its node of the IR."""

from __future__ import annotations

import pytest
from comitia.model.diagnostics import SemanticError
from comitia.model.semantics import ir

from .shapes import definition, expression, resolved

FORMS = {
    r"x' = x + 1 /\ UNCHANGED y": "(and =(x', +(x, 1)) Unchanged[y])",
    r"TRUE \/ FALSE \/ TRUE": "(or True False True)",
    r"\A a \in S, <<b, c>> \in T : a = b": "Quantifier[True, <a in S, <<b, c>> in T>, =(a, b)]",
    r"\E a, b \in S : a = b": "Quantifier[False, <a, b in S>, =(a, b)]",
    r"\E a : a = x": r"UnboundedQuantifier[\E, <a>, =(a, x)]",
    r"\AA a : a = x": r"UnboundedQuantifier[\AA, <a>, =(a, x)]",
    r"CHOOSE a \in S : a # C": "Choose[a in S, #(a, C)]",
    "CHOOSE a : a = 1": "UnboundedQuantifier[CHOOSE, <a>, =(a, 1)]",
    "{1, C}": "SetEnumeration[<1, C>]",
    r"{a \in S : a > 1}": "SetFilter[a in S, >(a, 1)]",
    r"{a + b : a \in S, b \in T}": "SetMap[+(a, b), <a in S, b in T>]",
    r"[a \in S, b \in T |-> a]": "FunctionConstructor[<a in S, b in T>, a]",
    "[S -> T]": "FunctionSet(S, T)",
    "[a |-> 1, b |-> TRUE]": "Record[<<a, 1>, <b, True>>]",
    "[a : S]": "RecordSet[<<a, S>>]",
    "<<1, x>>": "Tuple[<1, x>]",
    r"S \X T \X S": "Times[<S, T, S>]",
    "x[1]": "FunctionApplication[x, 1]",
    "x[1, 2]": "FunctionApplication[x, Tuple[<1, 2>]]",
    "x.f": 'FunctionApplication[x, "f"]',
    "[x EXCEPT ![1].f = @ + 1, !.g = 2]": 'Except[x, <Update[<1, "f">, @, +(@, 1)], Update[<"g">, @, 2]>]',
    "IF x THEN 1 ELSE 2": "If[x, 1, 2]",
    "CASE x -> 1 [] OTHER -> 3": "Case[<<x, 1>>, 3]",
    "CASE x -> 1 [] y -> 2": "Case[<<x, 1>, <y, 2>>]",
    "LET g == 1 h(a) == a + g IN h(2)": "LET g == 1; h(a) == +(a, g) IN h(2)",
    "[][x' = 1]_x /\\ WF_x(x' = 1) /\\ SF_y(TRUE)": (
        "(and Box[ActionSubscript[False, =(x', 1), x]] Fairness[False, x, =(x', 1)] Fairness[True, y, True])"
    ),
    "<><<x' = 1>>_x": "Diamond[ActionSubscript[True, =(x', 1), x]]",
    "[]<>(x = 1) ~> (y = 2)": "LeadsTo[Box[Diamond[=(x, 1)]], =(y, 2)]",
    "[](x = 1) -+-> [](y = 2)": "TemporalOperator[-+->, <Box[=(x, 1)], Box[=(y, 2)]>]",
    "(x' = 1) \\cdot (y' = 2)": "TemporalOperator[\\cdot, <=(x', 1), =(y', 2)>]",
    "ENABLED (x' = 1)": "Enabled[=(x', 1)]",
    "-x": "-.(x)",
    "~x": "\\lnot(x)",
    "x \\in Nat": "\\in(x, Nat)",
    "1.5": "TemporalOperator[the decimal number 1.5, <>]",
    '"text"': '"text"',
    "label :: x": "x",
    "Len(<<1>>)": "Len(Tuple[<1>])",
    "SelectSeq(x, LAMBDA e : e > 1)": "SelectSeq(x, Lambda[<e>, >(e, 1)])",
}


@pytest.mark.parametrize(("text", "expected"), FORMS.items(), ids=list(FORMS))
def test_form(text: str, expected: str) -> None:
    assert expression(text) == expected


def test_recursive_function_refers_to_itself() -> None:
    text = "EXTENDS Integers\nf[n \\in 0..3] == IF n = 0 THEN 1 ELSE n * f[n - 1]\ng[n \\in 0..3] == n"
    assert definition("f", text) == (
        "f == FunctionConstructor[<n in ..(0, 3)>, If[=(n, 0), 1, *(n, FunctionApplication[f, -(n, 1)])], f]"
    )
    assert definition("g", text) == "g == FunctionConstructor[<n in ..(0, 3)>, n]"
    body = resolved(text).definitions["f"].body
    assert isinstance(body, ir.FunctionConstructor)
    assert body.this is not None


def test_user_defined_symbols() -> None:
    text = "a \\prec b == <<a, b>>\na ^+ == {a}\n-. a == a\nx == -1 \\prec 2^+"
    assert definition("x", text) == r"x == \prec(-.(1), ^+(2))"


def test_recursive_operators() -> None:
    text = (
        "EXTENDS Integers\nRECURSIVE Even(_), Odd(_)\nEven(n) == n = 0 \\/ Odd(n - 1)\nOdd(n) == n # 0 /\\ Even(n - 1)"
    )
    module = resolved(text)
    even, odd = module.definitions["Even"], module.definitions["Odd"]
    assert even.is_recursive
    assert odd.is_recursive
    assert isinstance(even.body, ir.Junction)
    call = even.body.items[1]
    assert isinstance(call, ir.Call)
    assert call.target is odd
    assert [p.name for p in even.params] == ["n"]


def test_higher_order_operators() -> None:
    text = "EXTENDS Integers\nTwice(F(_), a) == F(F(a))\nInc(a) == a + 1\n"
    assert definition("x", text + "x == Twice(Inc, 1)") == "x == Twice(&Inc, 1)"
    assert definition("x", text + "x == Twice(LAMBDA a : a, 1)") == "x == Twice(Lambda[<a>, a], 1)"
    assert definition("x", text + "x == Twice(-., 1)") == "x == Twice(&-., 1)"
    assert definition("x", "Pair(F(_, _)) == F(TRUE, FALSE)\nx == Pair(/\\)") == (
        "x == Pair(Lambda[<a1, a2>, (and a1 a2)])"
    )
    assert definition("x", text + "Fold(G(_, _)) == Twice(LAMBDA e : G(e, e), 1)\nx == Fold(+)") == "x == Fold(&+)"


def test_assumptions_and_theorems_have_names() -> None:
    text = "CONSTANT N\nASSUME Pos == N # 0\nASSUME N # 1\nTHEOREM T == Pos\nx == Pos /\\ T"
    module = resolved(text)
    assert [a.name for a in module.assumptions] == ["Pos", None]
    assert [t.name for t in module.theorems] == ["T"]
    assert definition("x", text) == "x == (and Pos T)"
    assert "Pos" not in module.definitions


def test_spans_cover_the_whole_expression() -> None:
    body = resolved("x ==\n  /\\ 1 = 2\n  /\\ TRUE").definitions["x"].body
    assert (body.span.line, body.span.column, body.span.end_line, body.span.end_column) == (3, 3, 4, 9)


def test_deep_nesting() -> None:
    depth = 400
    text = "".join(f"IF TRUE THEN {i} ELSE " for i in range(depth)) + "0"
    node = resolved(f"x == {text}").definitions["x"].body
    for _ in range(depth):
        assert isinstance(node, ir.If)
        node = node.otherwise


def test_at_outside_of_except() -> None:
    with pytest.raises(SemanticError, match="only on the right"):
        expression("@")
