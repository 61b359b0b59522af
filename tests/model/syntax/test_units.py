"""The units of a module, what stands outside a module, and theorems with their proofs."""

import pytest
from comitia.model.diagnostics import ParseError
from comitia.model.source import Source
from comitia.model.syntax import tree
from comitia.model.syntax.parser import parse_module

from .shapes import shape, units


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CONSTANT N", "Constants[<Parameter[N, 0]>]"),
        (
            "CONSTANTS N, F(_, _), _ + _, -. _, _ ^+",
            "Constants[<Parameter[N, 0], Parameter[F, 2], Parameter[+, 2], Parameter[-., 1], Parameter[^+, 1]>]",
        ),
        ("VARIABLES x, y", "Variables[<x, y>]"),
        ("RECURSIVE F(_), g", "Recursive[<Parameter[F, 1], Parameter[g, 0]>]"),
        (
            "F(a, G(_), _ + _) == a",
            "OperatorDefinition[F, <Parameter[a, 0], Parameter[G, 1], Parameter[+, 2]>, a, False]",
        ),
        ("LOCAL x == 1", "OperatorDefinition[x, <>, 1, True]"),
        (
            r"f[x, y \in S, <<a, b>> \in T] == x",
            "FunctionDefinition[f, <Bound[<x, y>, S, False], Bound[<a, b>, T, True]>, x, False]",
        ),
        (r"LOCAL f[x \in S] == x", "FunctionDefinition[f, <Bound[<x>, S, False]>, x, True]"),
        ("INSTANCE M", "Instance[None, <>, M, <>, False]"),
        ("LOCAL INSTANCE M", "Instance[None, <>, M, <>, True]"),
        (
            "I(x) == INSTANCE M WITH a <- x, + <- F, G <- -, H <- LAMBDA u : u",
            "Instance[I, <Parameter[x, 0]>, M, <Substitution[a, x], Substitution[+, F], Substitution[G, -], "
            "Substitution[H, Lambda[<u>, u]]>, False]",
        ),
        ("ASSUME N > 0", "Assumption[None, >(N, 0)]"),
        ("AXIOM A == N > 0", "Assumption[A, >(N, 0)]"),
        ("ASSUMPTION A", "Assumption[None, A]"),
        ("THEOREM P", "Theorem[None, P]"),
        ("LEMMA L == P", "Theorem[L, P]"),
        ("COROLLARY ASSUME NEW x \\in S, P PROVE Q", "Theorem[None, AssumeProve[]]"),
        ("PROPOSITION P == l:: ASSUME P PROVE Q", "Theorem[P, AssumeProve[]]"),
        (
            "---- MODULE Inner ----\nEXTENDS A\nx == 1\n====",
            "Module[Inner, <A>, <OperatorDefinition[x, <>, 1, False]>]",
        ),
    ],
)
def test_unit(text: str, expected: str) -> None:
    assert units(text) == [expected]


def test_units_follow_one_another_without_separators() -> None:
    text = "VARIABLE x A == x B(y) == y C[z \\in S] == z a + b == a ---- -. c == c ASSUME A THEOREM B USE A HIDE DEF B"
    assert [unit.split("[")[0] for unit in units(text)] == [
        "Variables",
        "OperatorDefinition",
        "OperatorDefinition",
        "FunctionDefinition",
        "OperatorDefinition",
        "OperatorDefinition",
        "Assumption",
        "Theorem",
    ]


def test_what_stands_outside_the_module_is_ignored() -> None:
    text = 'It is "prose" (* ---- with a `quote`\n--------- MODULE M ---------\nx == 1\n=====\nmore ; prose \\* ===='
    module = parse_module(Source("M.tla", text))
    assert shape(module) == "Module[M, <>, <OperatorDefinition[x, <>, 1, False]>]"
    assert str(module.span) == "line 2, col 1 to line 4, col 5 of M.tla"


def test_comments_nest_and_hide_pluscal() -> None:
    assert units("x == (* a (* b *) \\* c *) 1 \\* (* d\n(* --algorithm A { skip; } *)\ny == 2") == [
        "OperatorDefinition[x, <>, 1, False]",
        "OperatorDefinition[y, <>, 2, False]",
    ]


def test_line_ends_of_windows() -> None:
    module = parse_module(Source("M.tla", "---- MODULE M ----\r\nx == /\\ a\r\n     /\\ b\r\n====\r\n"))
    assert shape(module.units[0]) == "OperatorDefinition[x, <>, (/\\ a b), False]"


PROOF = r"""
THEOREM Spec => []Inv
PROOF
<1> USE DEF Inv, +
<1> DEFINE T == 1  F(x) == x
<1> U(x) == x  a \prec b == a
<1>1. Init => Inv
  BY DEF Init
<1>2. ASSUME Inv, [Next]_vars PROVE Inv'
  <2>1. CASE A
    BY <1>2, <2>1, SMT DEF A
  <2>2. CASE /\ B
             /\ C
    <3>. SUFFICES ASSUME NEW x \in S PROVE P(x)
      OBVIOUS
    <3>1. PICK y \in S : Q(y)  PROOF OMITTED
    <3> HAVE R
    <3> TAKE z \in S
    <3> WITNESS y \in S
    <3> HIDE <3>1
    <3> INSTANCE M
    <3>a. <2>1!2 = <3>1
    <3> QED  BY ONLY <3>a, MODULE M DEF MODULE M
  <2>q. QED
    BY <2>1, <2>2
<1>3 QED
  <2>*. a
  <2>* QED BY <1>1, <1>2, PTL DEF Spec
Next == 1
"""


def test_proofs_are_parsed_and_skipped() -> None:
    assert units(PROOF) == ["Theorem[None, =>(Spec, [](Inv))]", "OperatorDefinition[Next, <>, 1, False]"]


@pytest.mark.parametrize(
    ("proof", "message"),
    [
        ("<1>1. a", "no QED"),
        ("<1>1. a <2>1. b <1>2. QED", "no QED step before"),
        ("<1>1. QED <1>2. a", "follows the QED step"),
        ("<1>1. a <2>1. QED <2>2. b <1>2. QED", "follows|no QED"),
    ],
)
def test_outline_of_proofs(proof: str, message: str) -> None:
    with pytest.raises(ParseError, match=message):
        units(f"THEOREM P\n{proof}")


def test_spans() -> None:
    text = "---- MODULE M ----\nLOCAL F(x) ==\n  IF x THEN (a + (b))\n  ELSE c\n===="
    definition = parse_module(Source("M.tla", text)).units[0]
    assert isinstance(definition, tree.OperatorDefinition)
    assert str(definition.span) == "line 2, col 1 to line 4, col 8 of M.tla"
    assert definition.name.span.text == "F"
    assert definition.params[0].span.text == "x"
    body = definition.body
    assert isinstance(body, tree.If)
    assert body.span.text == "IF x THEN (a + (b))\n  ELSE c"
    assert body.then.span.text == "a + (b)"
