"""A module and a configuration make a Problem: constants, the parts of a specification, the kinds of property."""

from __future__ import annotations

import pytest
from comitia.model.build import build_problem
from comitia.model.config import read_config
from comitia.model.diagnostics import ConfigError, SpecError, UnsupportedError
from comitia.model.problem import NamedExpr, Problem
from comitia.model.semantics.ir import Level
from comitia.model.source import Source
from comitia.model.values import model_value

from .semantics.shapes import resolved, shape

SPEC = """EXTENDS Naturals
CONSTANTS N, Op(_)
VARIABLES x, y
vars == <<x, y>>
Init == x = 0 /\\ y = 0
Step(i) == x' = x + i /\\ y' = y
Next == \\E i \\in 1..N : Step(i)
Spec == Init /\\ [][Next]_vars /\\ WF_vars(Next)
Other == 1
Id(a) == a
TypeOK == x \\in Nat
Small == x < 3
"""
CONSTANTS = "CONSTANTS N = 2 Op <- Id"


def problem(config: str, more: str = "", constants: str = CONSTANTS, **others: str) -> Problem:
    module = resolved(SPEC + more, **others)
    return build_problem(module, read_config(Source("Root.cfg", f"{constants}\n{config}")))


def refused(config: str, more: str = "", constants: str = CONSTANTS) -> SpecError:
    with pytest.raises((ConfigError, UnsupportedError)) as caught:
        problem(config, more, constants)
    return caught.value


def shapes(named: list[NamedExpr]) -> list[tuple[str, str]]:
    return [(item.name, shape(item.expr)) for item in named]


# --- constants -------------------------------------------------------------------------------------------------------


def test_constants() -> None:
    found = problem("INIT Init NEXT Next")
    assert {c.name: value for c, value in found.constants.items()} == {"N": 2, "Op": found.module.definitions["Id"]}


def test_a_constant_by_an_expression() -> None:
    found = problem("INIT Init NEXT Next", constants="CONSTANTS N = Other + 1 Op <- Id")
    assert shape(found.constants[found.module.constants["N"]]) == "N == +(Other, 1)"


def test_an_operator_by_one_value_for_all_arguments() -> None:
    found = problem("INIT Init NEXT Next CONSTANT Id = Other + 1", constants="CONSTANTS N = 1 Op = 2")
    assert found.constants[found.module.constants["Op"]] == 2
    assert shape(found.overrides[found.module.definitions["Id"]]) == "Id(a) == +(Other, 1)"


def test_a_model_value_in_an_expression_is_that_of_a_plain_value() -> None:
    found = problem("INIT Init NEXT Next CONSTANT Other = [s \\in {a} |-> N]", "C == 0", "CONSTANTS N = <<a>> Op <- Id")
    values_by_name = {constant.name: value for constant, value in found.constants.items()}
    assert values_by_name["a"] == model_value("a")
    assert found.module.constants.keys() == {"N", "Op"}


def test_an_operator_of_a_standard_module_by_an_expression() -> None:
    found = problem("INIT Init NEXT Next CONSTANT Nat = 0 .. Other")
    assert shape(found.overrides["Naturals", "Nat"]) == "Nat == ..(0, Other)"


@pytest.mark.parametrize(
    ("constants", "message"),
    [
        ("N = M + 1", "unknown name `M`"),
        ("N = {a} \\cup {b}", "unknown name `a`"),
        ("N = x + 1", "the value of `N` is no constant"),
        ("N = {x \\in 1..2 : TRUE}", "`x` is already defined"),
        ("N = Len(<<>>)", "unknown name `Len`"),
        ("N = Id(1, 2)", "`Id` takes 1 argument"),
        ("N = N + 1", "the value of `N` depends on itself: N → N"),
        ("N = Other + 1 Other = 2 * N", "the value of `N` depends on itself: N → Other → N"),
        ("N = Twice + 1", "the value of `N` depends on itself: N → Twice → N"),
    ],
)
def test_expressions_that_have_no_meaning(constants: str, message: str) -> None:
    error = refused("INIT Init NEXT Next", "Twice == 2 * N", f"CONSTANTS {constants} Op <- Id")
    assert error.message == message
    assert error.span is not None and error.span.source.name == "Root.cfg"
    assert error.exit_code == 151


def test_a_built_in_operator_for_a_constant() -> None:
    found = problem("INIT Init NEXT Next", constants="CONSTANTS Op <- Id N <- Nat")
    assert shape(found.constants[found.module.constants["N"]]) == "Nat == Nat"


def test_definitions_and_rows_replaced() -> None:
    found = problem("INIT Init NEXT Next CONSTANTS Other = 5 Small <- TypeOK Nat <- MyNat", "MyNat == 0..3")
    definitions = found.module.definitions
    assert found.overrides[definitions["Other"]] == 5
    assert found.overrides[definitions["Small"]] is definitions["TypeOK"]
    assert found.overrides["Naturals", "Nat"] is definitions["MyNat"]


def test_replaced_in_one_module() -> None:
    others = {"Inner": "EXTENDS Naturals\nf == Nat\ng == 1"}
    found = problem(
        "INIT Init NEXT Next CONSTANTS Nat <- [Inner]MyNat g = [Inner]7",
        "MyNat == 0..3\nI == INSTANCE Inner\ng == 2",
        **others,
    )
    definitions = found.module.definitions
    assert found.overrides["Inner", "Nat"] is definitions["MyNat"]
    assert found.overrides[definitions["I!g"]] == 7
    assert definitions["g"] not in found.overrides


def test_a_replacement_counts_for_levels() -> None:
    found = problem("INIT Init NEXT Next", "Q == Op(1)\nHigh(a) == x + a", "CONSTANTS N = 2 Op <- High")
    body = found.module.definitions["Q"].body
    assert found.module.levels.level_of(body) == Level.CONSTANT
    assert found.levels.level_of(body) == Level.STATE


def test_an_unknown_constant_is_a_warning() -> None:
    found = problem("INIT Init NEXT Next CONSTANT NN = 1")
    assert "no constant `NN`; did you mean `N`?" in found.warnings[0]


def test_strings_of_the_configuration_come_first() -> None:
    found = problem("INIT Init NEXT Next", 'S == {"b", "a"}', 'CONSTANTS N = {m, "a"} Op <- Id')
    assert [s for s in found.strings if s in ("m", "a", "b")][:2] == ["m", "a"]


REFUSED_CONSTANTS = {
    "no value": ("CONSTANTS N = 2", "the constant `Op` has no value"),
    "other arity": ("CONSTANTS N <- Id Op <- Id", "`Id` cannot replace `N`"),
    "not constant": ("CONSTANTS N <- TypeOK Op <- Id", "`TypeOK` cannot be the value of the constant `N`"),
    "unknown definition": ("CONSTANTS N <- Othr Op <- Id", "`Othr` is not defined in module Root"),
    "unknown replaced": ("CONSTANTS N = 1 Op <- Id Othr <- Other", "has no constant or definition `Othr`"),
    "replaced twice over": ("CONSTANTS Other <- Small N <- Other Op <- Id", "`Other` replaces `N`, and is itself"),
    "unknown module": ("CONSTANTS N = 1 Op <- Id f <- [Nowhere]Other", "module Nowhere is not part of Root"),
}


@pytest.mark.parametrize(("constants", "message"), REFUSED_CONSTANTS.values(), ids=list(REFUSED_CONSTANTS))
def test_refused_constants(constants: str, message: str) -> None:
    error = refused(" INIT Init NEXT Next", constants=constants)
    assert message in error.message
    assert error.span is not None


# --- behaviours ------------------------------------------------------------------------------------------------------


def test_init_and_next() -> None:
    found = problem("INIT Init NEXT Next")
    assert (shape(found.init), shape(found.next)) == ("Init", "Next")
    assert found.fairness == []


def test_specification() -> None:
    found = problem("SPECIFICATION Spec")
    assert (shape(found.init), shape(found.next)) == ("Init", "Next")
    assert [shape(f) for f in found.fairness] == ["Fairness[False, vars, Next]"]


SPECIFICATIONS = {
    "conjuncts": (
        "Init /\\ y = 0 /\\ [][Next]_vars",
        ("(and Init =(y, 0))", "Next", []),
    ),
    "fairness by name": (
        "Init /\\ [][Next]_vars /\\ Fair",
        ("Init", "Next", ["Fairness[False, vars, Next]", "Fairness[True, vars, Step(1)]"]),
    ),
    "quantified fairness": (
        "Init /\\ [][Next]_vars /\\ \\A i \\in 1..N : WF_vars(Step(i))",
        ("Init", "Next", ["Quantifier[True, <i in ..(1, N)>, Fairness[False, vars, Step(i)]]"]),
    ),
    "parameters": ("Parts(Init, 2)", ("Init", "Step(2)", [])),
    "LET": (
        "LET A == x' = 1 /\\ y' = 1 IN Init /\\ [][A]_vars",
        ("LET A == (and =(x', 1) =(y', 1)) IN Init", "LET A == (and =(x', 1) =(y', 1)) IN A", []),
    ),
    "no name": ("x = 0 /\\ [][x' = 1]_<<x, y>>", ("=(x, 0)", "=(x', 1)", [])),
}


@pytest.mark.parametrize(("formula", "expected"), SPECIFICATIONS.values(), ids=list(SPECIFICATIONS))
def test_specification_taken_apart(formula: str, expected: tuple[str, str, list[str]]) -> None:
    more = f"Fair == WF_vars(Next) /\\ SF_vars(Step(1))\nParts(a, b) == a /\\ [][Step(b)]_vars\nTest == {formula}"
    found = problem("SPECIFICATION Test", more)
    assert (shape(found.init), shape(found.next), [shape(f) for f in found.fairness]) == expected
    assert found.warnings == []


def test_a_subscript_that_lacks_a_variable_is_a_warning() -> None:
    found = problem("SPECIFICATION Test", "Test == Init /\\ [][Next]_x")
    assert "the subscript of the next-state action lacks y" in found.warnings[0]


def test_assumptions_alone() -> None:
    module = resolved("CONSTANT N\nASSUME N = 1")
    found = build_problem(module, read_config(Source("Root.cfg", "CONSTANT N = 1")))
    assert (found.init, found.next, len(found.module.assumptions)) == (None, None, 1)


REFUSED_BEHAVIOURS = {
    "no Init": ("", "there is no initial predicate"),
    "no Next": ("INIT Init INVARIANT TypeOK", "there is no next-state action"),
    "both": ("SPECIFICATION Spec INIT Init", "both SPECIFICATION and INIT"),
    "unknown": ("SPECIFICATION Spek", "`Spek` is not defined in module Root"),
    "action as Init": ("INIT Next NEXT Next", "`Next` cannot be used as INIT"),
    "parameters": ("INIT Init NEXT Step", "`Step` cannot be used as NEXT: it takes arguments"),
    "a constant": ("INIT N NEXT Next", "`N` is not a definition"),
    "no [][A]_v": ("SPECIFICATION Init", "`Init` has no next-state action"),
    "two": ("SPECIFICATION Two", "a specification with two next-state actions"),
    "action": ("SPECIFICATION Act", "`Act` has an action as a conjunct"),
    "[]P": ("SPECIFICATION Always", "a specification with a conjunct `[]P`"),
    "temporal quantifier": ("SPECIFICATION Hidden", "the temporal quantifier \\EE"),
}


@pytest.mark.parametrize(("config", "message"), REFUSED_BEHAVIOURS.values(), ids=list(REFUSED_BEHAVIOURS))
def test_refused_behaviours(config: str, message: str) -> None:
    more = (
        "Two == Init /\\ [][Next]_vars /\\ [][Step(1)]_vars\nAct == Init /\\ Next\n"
        "Always == Init /\\ [][Next]_vars /\\ [](x = 0)\nHidden == \\EE h : Init /\\ [][Next]_vars"
    )
    assert message in refused(config, more).message


# --- properties and restrictions -------------------------------------------------------------------------------------


def test_invariants() -> None:
    found = problem("SPECIFICATION Spec INVARIANTS TypeOK Small")
    assert shapes(found.invariants) == [("TypeOK", "TypeOK"), ("Small", "Small")]


def test_an_action_is_no_invariant() -> None:
    error = refused("SPECIFICATION Spec INVARIANT Next")
    assert error.message == "`Next` cannot be used as INVARIANT"
    assert (error.expected, error.got) == ("a state function or a constant", "an action")
    assert error.span is not None
    assert error.span.source.name == "Root.cfg"


PROPERTIES = {
    "[]TypeOK": {"invariants": [("TypeOK", "TypeOK")]},
    "[](x < 3)": {"invariants": [("Test", "<(x, 3)")]},
    "[][x' > x]_x": {"action_properties": [("Test", "ActionSubscript[False, >(x', x), x]")]},
    "Small": {"initial_properties": [("Small", "<(x, 3)")]},
    "<>(x = 1)": {"temporal_properties": [("Test", "Diamond[=(x, 1)]")]},
    "[]<>(x = 1)": {"temporal_properties": [("Test", "Box[Diamond[=(x, 1)]]")]},
    "TypeOK /\\ []Small /\\ <>(y = 1)": {
        "initial_properties": [("TypeOK", "\\in(x, Nat)")],
        "invariants": [("Small", "Small")],
        "temporal_properties": [("Test", "Diamond[=(y, 1)]")],
    },
    "Init /\\ [][Next]_vars": {
        "initial_properties": [("Init", "=(x, 0)"), ("Init", "=(y, 0)")],
        "action_properties": [("Test", "ActionSubscript[False, Next, vars]")],
    },
    "With(3)": {"invariants": [("With", "<(x, 3)")], "temporal_properties": [("Test", "Diamond[=(x, 3)]")]},
    "\\A i \\in 1..N : []Id(i) /\\ [][x' = i]_x": {
        "invariants": [("Test", "Quantifier[True, <i in ..(1, N)>, Id(i)]")],
        "action_properties": [
            ("Test", "ActionSubscript[False, Quantifier[True, <i in ..(1, N)>, =(x', i)], x]"),
        ],
    },
    "\\A i \\in 1..N : [][x' = i]_<<x, i>>": {
        "temporal_properties": [
            ("Test", "Quantifier[True, <i in ..(1, N)>, Box[ActionSubscript[False, =(x', i), Tuple[<x, i>]]]]"),
        ],
    },
    "\\A i \\in {x} : <>(y = i)": {
        "temporal_properties": [("Test", "Quantifier[True, <i in SetEnumeration[<x>]>, Diamond[=(y, i)]]")],
    },
    "LET a == 3 IN [](x < a)": {"invariants": [("Test", "LET a == 3 IN <(x, a)")]},
    "Small => [](y < 3)": {"temporal_properties": [("Test", "=>(Small, Box[<(y, 3)])")]},
}


@pytest.mark.parametrize(("formula", "expected"), PROPERTIES.items(), ids=list(PROPERTIES))
def test_property(formula: str, expected: dict[str, list[tuple[str, str]]]) -> None:
    found = problem("SPECIFICATION Spec PROPERTY Test", f"With(a) == [](x < a) /\\ <>(x = a)\nTest == {formula}")
    for kind in ("invariants", "action_properties", "initial_properties", "temporal_properties"):
        assert shapes(getattr(found, kind)) == expected.get(kind, []), kind


def test_refinement_by_an_instance() -> None:
    abstract = (
        "EXTENDS Naturals\nVARIABLE n\nInit == n = 0\nNext == n' = n + 1\nSpec == Init /\\ [][Next]_n /\\ WF_n(Next)"
    )
    found = problem(
        "SPECIFICATION Spec PROPERTY Refines",
        "A == INSTANCE Abstract WITH n <- x + y\nRefines == A!Spec",
        Abstract=abstract,
    )
    assert shapes(found.initial_properties) == [("A!Init", "=(A!n, 0)")]
    assert shapes(found.action_properties) == [("A!Spec", "ActionSubscript[False, A!Next, A!n]")]
    assert shapes(found.temporal_properties) == [("Refines", "Fairness[False, A!n, A!Next]")]


def test_an_action_is_no_property() -> None:
    error = refused("SPECIFICATION Spec PROPERTY Test", "Test == [Next]_vars")
    assert "the property `Test` is an action" in error.message
    assert error.hint == "write [][A]_v"


def test_restrictions() -> None:
    found = problem(
        "SPECIFICATION Spec CONSTRAINTS Small ACTION_CONSTRAINT Next SYMMETRY Sym VIEW vars ALIAS vars "
        "POSTCONDITION Post CHECK_DEADLOCK FALSE",
        "Sym == {}\nPost == TRUE",
    )
    assert shapes(found.constraints) == [("Small", "Small")]
    assert shapes(found.action_constraints) == [("Next", "Next")]
    for item in (found.symmetry, found.view, found.alias, found.postcondition):
        assert item is not None
    assert not found.check_deadlock


@pytest.mark.parametrize(
    "config",
    ["CONSTRAINT Next", "ACTION_CONSTRAINT Spec", "SYMMETRY vars", "VIEW Next", "ALIAS Spec", "POSTCONDITION Small"],
)
def test_restrictions_of_too_high_a_level(config: str) -> None:
    assert "cannot be" in refused(f"SPECIFICATION Spec {config}").message


def test_a_name_that_is_replaced_means_its_replacement() -> None:
    found = problem("SPECIFICATION Spec INVARIANT Small CONSTANT Small <- TypeOK")
    assert shapes(found.invariants) == [("Small", "TypeOK")]
    assert "has been given a value" in refused("SPECIFICATION Spec INVARIANT Small CONSTANT Small = 1").message
