"""Every form of expression, and what it becomes."""

import pytest

from .shapes import expression, units


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # literals
        ("12", "12"),
        (r"\b101 + \o17 + \hFf", "+(+(5, 15), 255)"),
        ("1.5", "1.5"),
        ("1..5", "..(1, 5)"),
        (r'"a\"b\\c"', '"a"b\\c"'),
        ("TRUE", "TRUE"),
        ("2PC", "2PC"),
        # names
        ("A!B!C", "A!B!C"),
        ("A(1)!B(2, 3)!C(x)", "A(1)!B(2, 3)!C(x)"),
        ("A!1!<<!>>!:!@", "A!1!<<!>>!:!@"),
        ("A!(x)!2", "A!()(x)!2"),
        (r"A!+ = A!/\ ", r"=(A!+, A!/\)"),
        # operators as arguments and out of their fixed place
        ("F(+, -., *)", "F(+, -., *)"),
        (r"F( /\, \in, =, ', -, SUBSET, ~)", r"F(/\, \in, =, ', -, SUBSET, \lnot)"),
        ("F(+)", "F(+)"),
        ("a(+)b", "(+)(a, b)"),
        ("F(LAMBDA x, y : x + y, 1)", "F(Lambda[<x, y>, +(x, y)], 1)"),
        ("+(1, 2)", "+(1, 2)"),
        ("-.(3)", "-.(3)"),
        # quantifiers and CHOOSE
        (r"\A x, y \in S, <<a, b>> \in T : P", r"Quantifier[\A, <Bound[<x, y>, S, False], Bound[<a, b>, T, True]>, P]"),
        (r"\E x, y : P", r"Quantifier[\E, <Bound[<x, y>, None, False]>, P]"),
        (r"\EE x : \AA y : P", None),
        (r"\Ex \in S : P", r"Quantifier[\E, <Bound[<x>, S, False]>, P]"),
        ("CHOOSE x : P", "Choose[Bound[<x>, None, False], P]"),
        (r"CHOOSE <<x, y>> \in S : P", "Choose[Bound[<x, y>, S, True], P]"),
        # sets
        ("{}", "SetEnumeration[<>]"),
        ("{1, {2}}", "SetEnumeration[<1, SetEnumeration[<2>]>]"),
        (r"{x \in S : P}", "SetFilter[Bound[<x>, S, False], P]"),
        (r"{<<x, y>> \in S : P}", "SetFilter[Bound[<x, y>, S, True], P]"),
        (r"{x + y : x \in S, y \in T}", "SetMap[+(x, y), <Bound[<x>, S, False], Bound[<y>, T, False]>]"),
        (r"{<<x, y>> : x, y \in S}", "SetMap[Tuple[<x, y>], <Bound[<x, y>, S, False]>]"),
        (r"{x \in S, y}", r"SetEnumeration[<\in(x, S), y>]"),
        (r"{\A x \in S : P}", r"SetEnumeration[<Quantifier[\A, <Bound[<x>, S, False]>, P]>]"),
        (r"{CHOOSE x \in S : P : y \in T}", None),
        (r"S \X T \X U", "Times[<S, T, U>]"),
        (r"(S \X T) \times U", "Times[<Times[<S, T>], U>]"),
        # functions and records
        (r"[x, y \in S, <<a, b>> \in T |-> e]", None),
        ("[S -> T]", "FunctionSet[S, T]"),
        ("[a |-> 1, THEN |-> 2]", "Record[<<a, 1>, <THEN, 2>>]"),
        (r"[a : S, b : {x \in T : P}]", "RecordSet[<<a, S>, <b, SetFilter[Bound[<x>, T, False], P]>>]"),
        ("[a |-> [b |-> 1], c |-> [x \\in S |-> [S -> T]]]", None),
        ("[f EXCEPT ![1, 2].a[3] = @ + 1, !.b = 2]", "Except[f, <Update[<<1, 2>, a, <3>>, +(@, 1)], Update[<b>, 2]>]"),
        ("f[x, y][z].a.THEN", "Dot[Dot[FunctionApplication[FunctionApplication[f, <x, y>], <z>], a], THEN]"),
        ("f'[x]' = r.a'", "=('(FunctionApplication['(f), <x>]), '(Dot[r, a]))"),
        ("<<>>", "Tuple[<>]"),
        # control
        ("IF a THEN b ELSE c + d", "If[a, b, +(c, d)]"),
        ("CASE a -> b [] c -> d [] OTHER -> e", "Case[<<a, b>, <c, d>>, e]"),
        ("CASE a -> CASE b -> c [] d -> e [] OTHER -> f", "Case[<<a, Case[<<b, c>, <d, e>>, f]>>, None]"),
        ("CASE a -> []b [] c -> d", "Case[<<a, [](b)>, <c, d>>, None]"),
        (r"LET a == 1 f[x \in S] == x b \prec c == d I == INSTANCE M IN e", None),
        ("l(x, y):: a + b", "Label[l, <x, y>, +(a, b)]"),
        # actions and temporal formulas
        ("[A]_v", "ActionSubscript[False, A, v]"),
        (r"<<A /\ B>>_<<x, y>>", r"ActionSubscript[True, (/\ A B), Tuple[<x, y>]]"),
        (r"[][A]_(v \cup w)", r"[](ActionSubscript[False, A, \cup(v, w)])"),
        ("[][A]_M!vars", "[](ActionSubscript[False, A, M!vars])"),
        ("WF_v(A) => SF_<<x, y>>(B(1))", "=>(Fairness[WF, v, A], Fairness[SF, Tuple[<x, y>], B(1)])"),
        ("WF_M(1)!vars(A)", "Fairness[WF, M(1)!vars, A]"),
        ("WF_v(1)(A)", "Fairness[WF, v(1), A]"),
        ("P ~> Q", "~>(P, Q)"),
        ("ENABLED A", "ENABLED(A)"),
        # unicode
        (r"∀ x ∈ ℕ : x ≤ 1 ∧ ¬P", r"Quantifier[\A, <Bound[<x>, Nat, False]>, (/\ \leq(x, 1) \lnot(P))]"),
        ("⟨x⟩ ≠ y ⇔ z", r"\equiv(#(Tuple[<x>], y), z)"),
        ("S ∪ T ⊆ U × V", r"\subseteq(\cup(S, T), Times[<U, V>])"),
        ("□[A]_v ⇒ ◇P", "=>([](ActionSubscript[False, A, v]), <>(P))"),
        ("[x ∈ S ↦ x′]", "FunctionConstructor[<Bound[<x>, S, False]>, '(x)]"),
        ("[S → T]", "FunctionSet[S, T]"),
    ],
)
def test_expression(text: str, expected: str | None) -> None:
    """None: it is enough that it parses."""
    found = expression(text)
    assert expected is None or found == expected


def test_spellings_of_one_operator_are_the_same() -> None:
    assert len({expression(f"a {symbol} b") for symbol in ("<=", "=<", r"\leq", "≤")}) == 1
    assert len({expression(f"a {symbol} b") for symbol in ("#", "/=", "≠")}) == 1
    assert len({expression(f"a {symbol} b") for symbol in (r"\o", r"\circ", "∘")}) == 1


def test_user_defined_operators_have_their_symbol_for_name() -> None:
    assert units("a \\prec b == a") == [r"OperatorDefinition[\prec, <Parameter[a, 0], Parameter[b, 0]>, a, False]"]
    assert units("-. a == a") == ["OperatorDefinition[-., <Parameter[a, 0]>, a, False]"]
    assert units("a ^+ == a") == ["OperatorDefinition[^+, <Parameter[a, 0]>, a, False]"]
    assert units("a - b == a") == ["OperatorDefinition[-, <Parameter[a, 0], Parameter[b, 0]>, a, False]"]
