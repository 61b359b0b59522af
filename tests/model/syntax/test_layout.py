r"""Bulleted lists: where one begins, goes on and ends, as SANY has it."""

import pytest
from comitia.model.diagnostics import ParseError

from .shapes import definition, units

CASES = {
    "a list in a list": (
        r"""
A == /\ a
     /\ \/ b
        \/ c
     /\ d
""",
        r"(/\ a (\/ b c) d)",
    ),
    "a bullet in another column is infix": (
        r"""
A == /\ a
      /\ b
     /\ c
""",
        r"(/\ (/\ a b) c)",
    ),
    "a bullet to the left ends the list and is infix": (
        r"""
A ==   /\ a
     /\ b
""",
        r"(/\ (/\ a) b)",
    ),
    "the other bullet in the same column ends the list": (
        r"""
A == /\ a
     \/ b
""",
        r"(\/ (/\ a) b)",
    ),
    "an operator left of the bullets takes the list for its operand": (
        r"""
A ==    /\ a
        /\ b
     => c
""",
        r"=>((/\ a b), c)",
    ),
    "an operator right of the bullets belongs to the item": (
        r"""
A == /\ a
     /\ b
       => c
""",
        r"(/\ a =>(b, c))",
    ),
    "infix lists are n-ary as written": (r"A == a /\ b /\ (c /\ d)", r"(/\ a b (/\ c d))"),
    "a list on one line after an operator": (r"A == x = /\ a /\ b", r"=(x, (/\ (/\ a b)))"),
    "a list ends at the bracket around it": (
        r"""
A == (/\ a
      /\ b) => c
""",
        r"=>((/\ a b), c)",
    ),
    "a bracket around a list may close at the left": (
        r"""
A == f[
        /\ a
        /\ b
     ]
""",
        r"FunctionApplication[f, <(/\ a b)>]",
    ),
    "a list ends at THEN and ELSE": (
        r"""
A == IF /\ a
        /\ b THEN \/ c
                  \/ d ELSE /\ e
                            /\ f
""",
        r"If[(/\ a b), (\/ c d), (/\ e f)]",
    ),
    "a list ends at a comma": (
        r"""
A == F(/\ a
       /\ b, /\ c
             /\ d)
""",
        r"F((/\ a b), (/\ c d))",
    ),
    "a comma between bounds does not end the list around them": (
        r"""
A == /\ \E x \in S, y \in T :
          /\ a
          /\ b
     /\ c
""",
        r"(/\ Quantifier[\E, <Bound[<x>, S, False], Bound[<y>, T, False]>, (/\ a b)] c)",
    ),
    "a list ends at the [] of the CASE around it": (
        r"""
A == CASE a -> /\ b
               /\ c [] d -> /\ e
                            /\ f
       [] OTHER -> g
""",
        r"Case[<<a, (/\ b c)>, <d, (/\ e f)>>, g]",
    ),
    "a [] right of the bullets belongs to the CASE in the item": (
        r"""
A == CASE a -> /\ b
               /\ CASE c -> d
                    [] e -> f
     [] OTHER -> g
""",
        r"Case[<<a, (/\ b Case[<<c, d>, <e, f>>, None])>>, g]",
    ),
    "a list in a guard ends at ->": (
        r"""
A == CASE /\ a
          /\ b -> c
""",
        r"Case[<<(/\ a b), c>>, None]",
    ),
    "a list ends where the next definition of LET begins": (
        r"""
A == LET x == /\ a
              /\ b  y == /\ c
                         /\ d
     IN  x
""",
        None,
    ),
    "LET within an item": (
        r"""
A == /\ LET x == 1
            y == 2
        IN  /\ x
            /\ y
     /\ z
""",
        r"(/\ Let[<OperatorDefinition[x, <>, 1, False], OperatorDefinition[y, <>, 2, False]>, (/\ x y)] z)",
    ),
    "ELSE goes on to the next bullet": (
        r"""
A == /\ IF a THEN b
        ELSE c
     /\ d
""",
        r"(/\ If[a, b, c] d)",
    ),
    "a list under a label": (
        r"""
A == l:: /\ a
         /\ m:: b
     => c
""",
        None,
    ),
    "a list under a prefix operator": (
        r"""
A == ~ /\ a
       /\ b
""",
        r"\lnot((/\ a b))",
    ),
    "a filter and a map over lists": (
        r"""
A == {x \in S : /\ a
                /\ b} \cup {/\ c : x \in T}
""",
        r"\cup(SetFilter[Bound[<x>, S, False], (/\ a b)], SetMap[(/\ c), <Bound[<x>, T, False]>])",
    ),
    "unicode bullets are aligned by character": (
        """
A == ∧ a
     ∧ ∨ b
       ∨ c
""",
        r"(/\ a (\/ b c))",
    ),
    "tab stops are eight apart": (
        "\nA ==\t/\\ a\n        /\\ b\n\t/\\ c\n",
        r"(/\ a b c)",
    ),
    "comments do not count": (
        r"""
A == /\ a  \* /\ x
(* /\ y *)
     /\ (* z *) b
""",
        r"(/\ a b)",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_list(name: str) -> None:
    text, expected = CASES[name]
    found = definition(text)
    assert expected is None or found == expected


def test_list_ends_at_the_next_unit() -> None:
    found = units("A == /\\ a\n     /\\ b   B == c\nTHEOREM /\\ a\n        /\\ b\nVARIABLE x")
    assert [unit.split("[")[0] for unit in found] == [
        "OperatorDefinition",
        "OperatorDefinition",
        "Theorem",
        "Variables",
    ]


def test_infix_junctions_in_an_item_conflict_as_elsewhere() -> None:
    with pytest.raises(ParseError, match="takes precedence"):
        definition(r"A == /\ a /\ b \/ c")


@pytest.mark.parametrize(
    "text",
    [
        "A == /\\ (a\n     )",
        "A == /\\ IF a\n     THEN b ELSE c",
        "A == /\\ F(a\n     , b)",
        "A == /\\ LET\n  x == 1\n        IN x",
        "A == /\\ (a\n  + b)",
    ],
)
def test_everything_in_an_item_is_right_of_its_bullet(text: str) -> None:
    """SANY refuses each of these too: "not properly indented inside conjunction or disjunction list item"."""
    with pytest.raises(ParseError, match="is still open"):
        definition(text)
