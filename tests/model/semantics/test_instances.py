"""INSTANCE in all its forms: what is substituted, what the definitions are called, what they take."""

from __future__ import annotations

import pytest
from comitia.model.diagnostics import SemanticError, UnsupportedError
from comitia.model.semantics import ir

from .shapes import definition, resolved, shape

COUNTER = """EXTENDS Naturals
CONSTANT Step
VARIABLE n
Next == n' = n + Step
Twice == Next /\\ Next
Add(k) == k + Step
"""


def test_names_carry_the_instance() -> None:
    text = "CONSTANT Step\nVARIABLE n\nI == INSTANCE Counter\nx == I!Twice"
    module = resolved(text, Counter=COUNTER)
    assert list(module.definitions) == ["I!Next", "I!Twice", "I!Add", "x"]
    assert shape(module.definitions["I!Twice"]) == "I!Twice == (and I!Next I!Next)"
    assert shape(module.definitions["I!Next"]) == "I!Next == =(n', +(n, Step))"
    assert module.definitions["I!Next"].module == "Counter"


def test_explicit_substitution() -> None:
    text = "VARIABLE m\nI == INSTANCE Counter WITH n <- m, Step <- 2"
    assert definition("I!Next", text, Counter=COUNTER) == "I!Next == =(m', +(m, 2))"


def test_an_expression_becomes_a_definition_of_its_own() -> None:
    text = "EXTENDS Naturals\nVARIABLES a, b\nI == INSTANCE Counter WITH n <- a + b, Step <- 2"
    module = resolved(text, Counter=COUNTER)
    next_ = module.definitions["I!Next"]
    assert shape(next_) == "I!Next == =(I!n', +(I!n, 2))"
    assert isinstance(next_.body, ir.Builtin)
    prime = next_.body.args[0]
    assert isinstance(prime, ir.Prime)
    assert isinstance(prime.expr, ir.Call)
    assert shape(prime.expr.target) == "I!n == +(a, b)"
    assert next_.level == ir.Level.ACTION


def test_unnamed() -> None:
    text = "VARIABLE m\nINSTANCE Counter WITH n <- m, Step <- 2\nx == Next"
    assert definition("x", text, Counter=COUNTER) == "x == Next"
    assert definition("Next", text, Counter=COUNTER) == "Next == =(m', +(m, 2))"


def test_a_name_means_what_it_means_at_the_instance() -> None:
    text = "EXTENDS Naturals\nn == 7\nI == INSTANCE Counter WITH n <- 1, Step <- n"
    assert definition("I!Next", text, Counter=COUNTER) == "I!Next == =(I!n', +(I!n, n))"


def test_parametrised() -> None:
    text = "EXTENDS Naturals\nVARIABLE n\nI(s) == INSTANCE Counter WITH Step <- s\nx == I(3)!Twice\ny == I(3)!Add(4)"
    module = resolved(text, Counter=COUNTER)
    assert shape(module.definitions["x"]) == "x == I!Twice(3)"
    assert shape(module.definitions["y"]) == "y == I!Add(3, 4)"
    assert shape(module.definitions["I!Twice"]) == "I!Twice(s) == (and I!Next(s) I!Next(s))"
    assert shape(module.definitions["I!Add"]) == "I!Add(s, k) == +(k, s)"


def test_parametrised_by_expressions_and_operators() -> None:
    inner = "CONSTANTS c, Op(_, _)\nUse(a) == Op(a, c)"
    text = "EXTENDS Naturals\nI(p, F(_, _)) == INSTANCE Inner WITH c <- p + 1, Op <- F\nx == I(1, +)!Use(2)"
    module = resolved(text, Inner=inner)
    assert shape(module.definitions["I!Use"]) == "I!Use(p, F, a) == F(a, I!c(p, &F))"
    assert shape(module.definitions["x"]) == "x == I!Use(1, &+, 2)"


def test_nested() -> None:
    others = {
        "Middle": "CONSTANT c\nJ(q) == INSTANCE Inner WITH d <- c, e <- q",
        "Inner": "CONSTANTS d, e\nf == <<d, e>>",
    }
    module = resolved("I(p) == INSTANCE Middle WITH c <- p\nx == I(1)!J(2)!f", **others)
    assert shape(module.definitions["x"]) == "x == I!J!f(1, 2)"
    assert shape(module.definitions["I!J!f"]) == "I!J!f(p, q) == Tuple[<p, q>]"


def test_operators_for_operators() -> None:
    inner = "CONSTANT Op(_)\nUse == Op(1)\nPass(F(_)) == F(2)\nGive == Pass(Op)"
    text = "g(a) == a\nI == INSTANCE Inner WITH Op <- g\nJ == INSTANCE Inner WITH Op <- LAMBDA a : {a}"
    module = resolved(text, Inner=inner)
    assert shape(module.definitions["I!Use"]) == "I!Use == g(1)"
    assert shape(module.definitions["I!Give"]) == "I!Give == I!Pass(&g)"
    assert shape(module.definitions["J!Use"]) == "J!Use == J!Op(1)"
    use = module.definitions["J!Use"].body
    assert isinstance(use, ir.Call)
    assert shape(use.target) == "J!Op(a) == SetEnumeration[<a>]"


def test_an_operator_of_an_instance_as_argument() -> None:
    text = "EXTENDS Naturals\nF(G(_)) == G(1)\nH(G(_, _)) == G(1, 2)\nI(p) == INSTANCE Inner WITH c <- p\n"
    inner = "CONSTANT c\nUse(a) == <<a, c>>"
    assert definition("x", text + "x == H(I!Use)", Inner=inner) == "x == H(Lambda[<p, a1>, I!Use(p, a1)])"
    assert definition("x", text + "x == F(I(3)!Use)", Inner=inner) == "x == F(Lambda[<a1>, I!Use(3, a1)])"


def test_in_a_let() -> None:
    text = "x(a) == LET I == INSTANCE Inner WITH c <- {a} IN <<I!one, I!two(a)>>"
    inner = "CONSTANT c\none == c\ntwo(b) == <<one, b>>\nunused == c"
    assert definition("x", text, Inner=inner) == (
        "x(a) == LET I!c == SetEnumeration[<a>]; I!one == I!c; I!two(b) == Tuple[<I!one, b>] "
        "IN Tuple[<I!one, I!two(a)>]"
    )


def test_instance_within_an_instance_within_a_let() -> None:
    others = {
        "Middle": "CONSTANT c\nJ == INSTANCE Inner WITH d <- {c}",
        "Inner": "CONSTANT d\nf == d",
    }
    assert definition("x", "x(a) == LET I == INSTANCE Middle WITH c <- a IN I!J!f", **others) == (
        "x(a) == LET I!J!d == SetEnumeration[<a>]; I!J!f == I!J!d IN I!J!f"
    )


def test_inner_module() -> None:
    text = "CONSTANT N\n---- MODULE In ----\nVARIABLE v\nf == <<v, N>>\n====\nVARIABLE w\nI == INSTANCE In WITH v <- w"
    assert definition("I!f", text) == "I!f == Tuple[<w, N>]"
    assert [v.name for v in resolved(text).variables] == ["w"]


def test_standard_modules() -> None:
    text = "N == INSTANCE Naturals\nLOCAL INSTANCE Sequences\nx == Len(<<N!Nat>>)"
    assert definition("x", text) == "x == Len(Tuple[<Nat>])"


def test_local_instance_is_not_exported() -> None:
    with pytest.raises(SemanticError, match="unknown name `Len`"):
        resolved("EXTENDS A\nx == Len(y)", A="LOCAL INSTANCE Sequences\ny == <<>>")
    with pytest.raises(SemanticError, match="unknown name `I`"):
        resolved("EXTENDS A\nx == I!Len(y)", A="LOCAL I == INSTANCE Sequences\ny == <<>>")


def test_a_module_without_parameters_is_shared() -> None:
    module = resolved("EXTENDS A, B\nx == f", A="INSTANCE C", B="INSTANCE C", C="f == 1\ng == f")
    assert not module.warnings
    assert module.definitions["x"].body.target is module.definitions["f"]  # type: ignore[union-attr]


def test_extended_declarations_are_substituted_too() -> None:
    others = {"Middle": "EXTENDS Inner\nf == <<c, v>>", "Inner": "CONSTANT c\nVARIABLE v"}
    text = "VARIABLE w\nI == INSTANCE Middle WITH c <- 1, v <- w"
    assert definition("I!f", text, **others) == "I!f == Tuple[<1, w>]"


def test_theorems_of_an_instance_may_be_named() -> None:
    text = "I == INSTANCE Inner WITH c <- 1\nx == I!Thm"
    assert definition("x", text, Inner="CONSTANT c\nTHEOREM Thm == c = c") == "x == I!Thm"


REFUSED = {
    "no value": ("I == INSTANCE Counter WITH n <- 1", "INSTANCE Counter has no value for `Step`"),
    "not declared": ("I == INSTANCE Counter WITH Stepp <- 1", "declares no constant or variable `Stepp`"),
    "twice": ("I == INSTANCE Counter WITH n <- 1, n <- 2", "two values are substituted for `n`"),
    "variable for a constant": (
        "VARIABLE v\nI == INSTANCE Counter WITH n <- 1, Step <- v",
        "the value of `Step` in INSTANCE Counter is of state level",
    ),
    "action for a variable": (
        "VARIABLE v\nI == INSTANCE Counter WITH Step <- 1, n <- v'",
        "the value of `n` in INSTANCE Counter is of action level",
    ),
    "operator for a value": (
        "f(a) == a\nI == INSTANCE Counter WITH n <- 1, Step <- f",
        "`f` takes 1 argument",
    ),
    "declaration of an instance": ("I == INSTANCE Counter WITH n <- 1, Step <- 2\nx == I!n", "unknown name `I!n`"),
    "no argument for an instance": (
        "I(p) == INSTANCE Counter WITH n <- 1, Step <- p\nx == I!Next",
        "`I` takes 1 argument",
    ),
    "level of an argument": (
        "VARIABLE v\nI(p) == INSTANCE Counter WITH n <- 1, Step <- p\nx == I(v)!Next",
        "argument 1 of `I!Next` cannot be a state function",
    ),
    "level of an argument in a LET": (
        "VARIABLE v\nf(p) == LET I == INSTANCE Counter WITH n <- 1, Step <- p IN I!Next\nx == f(v)",
        "argument 1 of `f` cannot be a state function",
    ),
    "operator that primes": (
        "F(a) == a'\nI == INSTANCE Leibniz WITH Op <- F",
        "the operator for `Op` in INSTANCE Leibniz is not Leibniz",
    ),
    "standard module with values": ("INSTANCE Sequences WITH x <- 1", "declares no constant or variable `x`"),
}


@pytest.mark.parametrize(("text", "message"), REFUSED.values(), ids=list(REFUSED))
def test_refused(text: str, message: str) -> None:
    with pytest.raises(SemanticError) as caught:
        resolved(text, Counter=COUNTER, Leibniz="CONSTANT Op(_)")
    assert message in caught.value.message
    assert caught.value.span is not None


def test_a_constant_module_takes_any_level() -> None:
    text = "VARIABLE v\nI == INSTANCE Const WITH c <- v'"
    assert resolved(text, Const="CONSTANT c\nf == {c}").definitions["I!f"].level == ir.Level.ACTION


def test_errors_in_an_instanced_module_are_found_though_nothing_uses_it() -> None:
    with pytest.raises(SemanticError, match="unknown name `nothing`") as caught:
        resolved("I == INSTANCE Bad WITH c <- 1", Bad="CONSTANT c\nx == nothing")
    assert caught.value.span is not None
    assert caught.value.span.source.name == "Bad.tla"


def test_instance_of_real_time_is_not_supported() -> None:
    with pytest.raises(UnsupportedError):
        resolved("INSTANCE RealTime")
