"""Names: unknown, given two meanings, wrongly applied; what is said of each."""

from __future__ import annotations

import pytest
from comitia.model.diagnostics import SemanticError
from comitia.model.semantics import ir

from .shapes import definition, resolved

REFUSED = {
    "unknown": ("x == Lenght", "unknown name `Lenght`"),
    "unknown operator": ("x == F(1)", "unknown name `F`"),
    "unknown in instance": ("EXTENDS Naturals\nI == INSTANCE Sequences\nx == I!Foo", "unknown name `I!Foo`"),
    "used before its definition": ("x == y\ny == 1", "unknown name `y`"),
    "recursion undeclared": ("f(a) == f(a)", "unknown name `f`"),
    "defined twice": ("x == 1\nx == 2", "`x` is already defined"),
    "definition of a constant": ("CONSTANT x\nx == 2", "`x` is already defined"),
    "built-in operator": ("a \\cup b == 2", "`\\cup` is a built-in operator"),
    "standard operator": ("EXTENDS Naturals\na + b == 2", "`+` is already defined"),
    "variable and constant": ("CONSTANT x\nVARIABLE x", "`x` is already defined"),
    "parameter": ("x == 1\nf(x) == 2", "`x` is already defined"),
    "parameter twice": ("f(a, a) == 2", "`a` is already defined"),
    "bound variable": ("VARIABLE x\nf == \\A x \\in {} : TRUE", "`x` is already defined"),
    "bound variable twice": ("f == \\A a \\in {}, a \\in {} : TRUE", "`a` is already defined"),
    "bound variable within": ("f == \\A a \\in {} : \\E a \\in {} : TRUE", "`a` is already defined"),
    "LET": ("x == 1\ny == LET x == 2 IN x", "`x` is already defined"),
    "LAMBDA": ("x == 1\nF(G(_)) == G(1)\ny == F(LAMBDA x : x)", "`x` is already defined"),
    "fields": ("x == [a |-> 1, a |-> 2]", "two fields `a`"),
    "too few arguments": ("f(a, b) == a\nx == f(1)", "`f` takes 2 arguments"),
    "arguments of a value": ("f == 1\nx == f(1)", "`f` takes no arguments"),
    "operator as value": ("f(a) == a\nx == {f}", "`f` takes 1 argument"),
    "expression as operator": ("F(G(_)) == G(1)\nx == F(1)", "argument 1 of `F` is to be an operator"),
    "operator of other arity": ("F(G(_)) == G(1)\ng(a, b) == a\nx == F(g)", "argument 1 of `F` is to be an operator"),
    "operator of operators": ("F(G(_)) == G(1)\nx == F(F)", "argument 1 of `F` is to be an operator"),
    "LAMBDA of other arity": ("F(G(_)) == G(1)\nx == F(LAMBDA a, b : a)", "argument 1 of `F` is to be an operator"),
    "LAMBDA as value": ("f(a) == a\nx == f(LAMBDA a : a)", "an expression is wanted"),
    "instance as value": ("I == INSTANCE Naturals\nx == I", "`I` is an instance"),
    "function arguments": ("f[a \\in {}] == a\nx == f[1, 2]", "`f[…]` takes 1 argument"),
    "never defined": ("RECURSIVE f(_)\nx == 1", "`f` is declared RECURSIVE and never defined"),
    "RECURSIVE of other arity": ("RECURSIVE f(_)\nf(a, b) == a", "does not fit its RECURSIVE declaration"),
    "constant in a recursive section": ("RECURSIVE f(_)\nCONSTANT c\nf(a) == f(a)", "not defined before this"),
    "label parameters": ("f == \\A a \\in {} : lab :: TRUE", "does not have the bound variables"),
    "label twice": ("f == {lab :: 1, lab :: 2}", "two labels `lab`"),
    "label in ASSUME": ("ASSUME lab :: TRUE", "outside of a definition"),
    "label in EXCEPT": ("f == [g \\in {} |-> 1]\nx == [f EXCEPT ![0] = lab :: 0]", "within an EXCEPT"),
}


@pytest.mark.parametrize(("text", "message"), REFUSED.values(), ids=list(REFUSED))
def test_refused(text: str, message: str) -> None:
    with pytest.raises(SemanticError) as caught:
        resolved(text)
    assert message in caught.value.message
    assert caught.value.span is not None


def test_hints() -> None:
    hints = {
        "CONSTANT Replicas\nx == Replica": "did you mean `Replicas`?",
        "x == Len(<<>>)": "`Len` is an operator of module Sequences: add it to EXTENDS",
        "x == y\ny == 1": "`y` is defined later, in line 3: move it up, or declare it RECURSIVE",
        "I == INSTANCE Sequences\nx == I!Lenn": "did you mean `I!Len`?",
    }
    for text, hint in hints.items():
        with pytest.raises(SemanticError) as caught:
            resolved(text)
        assert caught.value.hint == hint


def test_arity_error_says_what_was_expected() -> None:
    with pytest.raises(SemanticError) as caught:
        resolved("f(a, b) == a\nx == f(1)")
    error = caught.value
    assert (error.expected, error.got) == ("2 arguments", "1")
    assert error.notes[0][1] is not None
    assert error.notes[0][1].line == 2


def test_a_name_may_be_used_again_where_it_has_no_meaning() -> None:
    resolved("f(a) == a\ng(a) == \\A b \\in {} : TRUE\nh == \\A b \\in {} : LET c == b IN c = b\nc == 1\nb == 2")


def test_sets_of_bounds_are_read_outside_of_them() -> None:
    with pytest.raises(SemanticError, match="unknown name `a`"):
        resolved("f == \\A a \\in {}, b \\in a : TRUE")


def test_extends_is_transitive_and_may_meet_a_module_twice() -> None:
    others = {"A": "EXTENDS Base\na == base", "B": "EXTENDS Base\nb == base", "Base": "base == 1\nLOCAL hidden == 2"}
    assert definition("x", "EXTENDS A, B\nx == <<a, b, base>>", **others) == "x == Tuple[<a, b, base>]"
    with pytest.raises(SemanticError, match="unknown name `hidden`"):
        resolved("EXTENDS A\nx == hidden", **others)


def test_extended_declarations_come_first() -> None:
    module = resolved("EXTENDS A\nVARIABLE z\nCONSTANT D", A="EXTENDS B\nVARIABLES y\nCONSTANT C", B="VARIABLE x")
    assert [(v.name, v.index) for v in module.variables] == [("x", 0), ("y", 1), ("z", 2)]
    assert list(module.constants) == ["C", "D"]


def test_conflict_between_extended_modules() -> None:
    with pytest.raises(SemanticError, match="`x` is already defined"):
        resolved("EXTENDS A, B", A="x == 1", B="VARIABLE x")
    module = resolved("EXTENDS A, B\ny == x", A="x == 1", B="x == 2")
    assert module.definitions["y"].body.target.module == "A"  # type: ignore[union-attr]
    assert "comes from two of the modules extended" in module.warnings[0]


def test_a_variable_declared_by_two_extended_modules_is_one() -> None:
    module = resolved("EXTENDS A, B\nf == <<a, b>>", A="EXTENDS RealTime\nVARIABLE x\na == x", B="VARIABLE x\nb == x")
    assert [v.name for v in module.variables] == ["now", "x"]
    bodies = [module.definitions[name].body for name in ("a", "b")]
    assert all(isinstance(body, ir.VariableRef) and body.variable is module.variables[1] for body in bodies)


def test_local_definitions_can_be_named_by_a_configuration_of_their_own_module() -> None:
    module = resolved("EXTENDS A\nLOCAL mine == 1", A="LOCAL theirs == 1")
    assert "mine" in module.definitions
    assert "theirs" not in module.definitions
    assert module.definitions["mine"].is_local
