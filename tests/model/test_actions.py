"""Next is split into actions, named and bounded as TLC names them."""

from __future__ import annotations

import pytest
from comitia.model.actions import Action, split_actions
from comitia.model.build import build_problem
from comitia.model.config import read_config
from comitia.model.source import Source

from .semantics.shapes import resolved, shape

SPEC = """EXTENDS Naturals
CONSTANTS N, Op(_, _)
VARIABLES x, y
A == x' = 1
B(i) == x' = i
C(i) == B(i) \\/ y' = i
RECURSIVE R(_)
R(i) == x' = i \\/ R(i - 1)
D(a, b) == x' = b
Init == x = 0 /\\ y = 0
"""


def split(next_: str, before: str = "", config: str = "", **others: str) -> list[Action]:
    module = resolved(f"{SPEC}{before}Next == {next_}", **others)
    text = f"CONSTANTS N = 2 Op <- D INIT Init NEXT Next {config}"
    problem = build_problem(module, read_config(Source("Root.cfg", text)))
    assert problem.next is not None
    return split_actions(problem.next, problem)


def summary(action: Action) -> tuple[str, list[str], list[str], str]:
    """Name, bounds, bindings and body."""
    bindings = [f"{local.name} = {shape(value)}" for local, value in action.bindings]
    return action.name, [shape(bound) for bound in action.bounds], bindings, shape(action.body)


CASES = {
    "A \\/ x' = 2": [("A", [], [], "=(x', 1)"), ("Next", [], [], "=(x', 2)")],
    "\\/ A\n        \\/ \\E i \\in 1..N : B(i)": [
        ("A", [], [], "=(x', 1)"),
        ("B", ["i in ..(1, N)"], ["i = i"], "=(x', i)"),
    ],
    "C(1)": [("B", [], ["i = 1", "i = i"], "=(x', i)"), ("C", [], ["i = 1"], "=(y', i)")],
    "\\E i \\in 1..N, j \\in {x} : B(j)": [
        ("Next", [], [], "Quantifier[False, <i in ..(1, N), j in SetEnumeration[<x>]>, B(j)]"),
    ],
    "\\E i \\in 1..N : \\E j \\in {i} : B(j)": [
        ("B", ["i in ..(1, N)", "j in SetEnumeration[<i>]"], ["i = j"], "=(x', i)"),
    ],
    "\\E i \\in {x} : B(i)": [("Next", [], [], "Quantifier[False, <i in SetEnumeration[<x>]>, B(i)]")],
    "B(x)": [("B", [], [], "B(x)")],
    "A /\\ y' = 1": [("Next", [], [], "(and A =(y', 1))")],
    "LET k == 5 IN B(k) \\/ A": [("B", [], ["i = k"], "=(x', i)"), ("A", [], [], "=(x', 1)")],
    "IF x = 0 THEN A ELSE B(1)": [("Next", [], [], "If[=(x, 0), A, B(1)]")],
    "R(1)": [("R", [], [], "R(1)")],
    "Op(1, 2)": [("D", [], ["a = 1", "b = 2"], "=(x', b)")],
}


@pytest.mark.parametrize(("next_", "expected"), CASES.items(), ids=list(CASES))
def test_split(next_: str, expected: list[tuple[str, list[str], list[str], str]]) -> None:
    assert [summary(action) for action in split(next_)] == expected


def test_scope_is_in_order() -> None:
    (action,) = split("\\E i \\in 1..N : LET k == i IN B(k)")
    assert [type(item).__name__ for item in action.scope] == ["Bound", "Definition", "Binding"]


def test_span_is_that_of_the_body() -> None:
    first, second = split("A \\/ x' = 2")
    assert (first.span.line, first.span.column) == (5, 6)
    assert (second.span.line, second.span.column) == (12, 14)


def test_actions_of_an_instance_are_split_too() -> None:
    inner = "VARIABLE v\nUp == v' = 1\nDown == v' = 0\nNext == Up \\/ Down"
    actions = split("A \\/ I!Next", "I == INSTANCE Inner WITH v <- x\n", Inner=inner)
    assert [action.name for action in actions] == ["A", "I!Up", "I!Down"]


def test_replaced_definitions() -> None:
    actions = split("A \\/ y' = 2", "A2 == x' = 8\nOther == x' = 7 \\/ A2\n", "CONSTANT A <- Other")
    assert [(action.name, shape(action.body)) for action in actions] == [
        ("Other", "=(x', 7)"),
        ("A2", "=(x', 8)"),
        ("Next", "=(y', 2)"),
    ]


def test_without_a_name() -> None:
    module = resolved("VARIABLE x\nSpec == x = 0 /\\ [][x' = 1 \\/ x' = 2]_x")
    problem = build_problem(module, read_config(Source("Root.cfg", "SPECIFICATION Spec")))
    assert problem.next is not None
    assert [action.name for action in split_actions(problem.next, problem)] == ["Action", "Action"]
