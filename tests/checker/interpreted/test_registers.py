"""TLCGet, TLCSet and what else depends on the run."""

from __future__ import annotations

from pathlib import Path

import pytest
from comitia.checker.engine import Simulation
from comitia.checker.interpreted.engine import InterpretedEngine
from comitia.checker.interpreted.library import Registers
from comitia.checker.result import Verdict
from comitia.model.diagnostics import EvaluationError
from comitia.model.values import FALSE, TRUE, Value, function, record, sequence, show

from .harness import assume, check, problem_of

COUNTER = """EXTENDS Integers, TLC, TLCExt, Sequences
VARIABLE x
Init == x = 0
Next == x' = (x + 1) % 5
"""


def test_registers_by_number_and_name() -> None:
    registers = Registers()
    registers.set(3, "three")
    registers.set("s:name", 4)
    assert registers.get(3) == "three"
    assert registers.get("s:name") == 4
    assert registers.get_or_default(7, FALSE) is FALSE
    assert registers.get_and_set(3, lambda old, new: sequence((old, new)), 1, 0) == "three"
    assert registers.get_and_set(8, lambda old, new: old + new, 5, 10) == 10
    assert registers.get(8) == 15
    assert registers.get("all") == function({3: sequence([sequence(("three", 1))]), 8: sequence([15])})
    assert registers.get("all:named") == function({"s:name": sequence([4])})


@pytest.mark.parametrize("key", [5, "s:none", "no such figure", -1, TRUE, "distinct"])
def test_what_has_no_value_is_an_error(key: Value) -> None:
    with pytest.raises(EvaluationError, match="TLCGet"):
        Registers().get(key)


def test_only_registers_are_set() -> None:
    with pytest.raises(EvaluationError, match="not a register"):
        Registers().set("level", 1)


def test_properties() -> None:
    registers = Registers()
    assert registers.get("-Dsome.property") == "-Dsome.property"
    registers.set("-Dsome.property", 3)
    assert registers.get("-Dsome.property") == "3"
    assert registers.get("-Dtlc2.tool.impl.Tool.cdot") == "true"


def test_the_level_is_that_of_the_state_at_hand(tmp_path: Path) -> None:
    """0 in Init; that of the first state in Next and for a step; that of the state in a constraint or an invariant."""
    body = """EXTENDS Integers, TLC
VARIABLES x, h
Init == x = 0 /\\ h = TLCGet("level")
Next == x' = x + 1 /\\ h' = TLCGet("level")
Inside == TLCGet("level") <= 4
Known == h = TLCGet("level") - 1 /\\ TLCGet("level") = x + 1
Step == TLCGet("level") = x + 1 /\\ TLCGet("level")' = x' + 1
Steps == [][Step]_x"""
    config = "INIT Init NEXT Next CONSTRAINT Inside INVARIANT Known ACTION_CONSTRAINT Step PROPERTY Steps"
    result = check(tmp_path, body, config)
    assert result.error is None
    assert (result.verdict, result.stats.distinct, result.stats.depth) == (Verdict.PASS, 4, 4)


def test_figures(tmp_path: Path) -> None:
    body = f"""{COUNTER}
Inv == /\\ TLCGet("distinct") = x + 1
       /\\ TLCGet("generated") = x + 1 \\/ TLCGet("level") = 6
       /\\ TLCGet("diameter") = x + 1
       /\\ TLCGet("duration") \\in Nat
       /\\ TLCGet("config").mode = "bfs" /\\ TLCGet("config").worker = 1 /\\ ~TLCGet("config").deadlock
       /\\ DOMAIN TLCGet("revision") = {{"count", "timestamp", "date", "tag", "calver"}}
Post == LET stats == TLCGet("stats")
        IN /\\ stats.distinct = 5 /\\ stats.generated = 6 /\\ stats.diameter = 5
           /\\ stats.queue = 0 /\\ stats.initial = 1
           /\\ TLCGet("level") = 0"""
    result = check(tmp_path, body, "INIT Init NEXT Next INVARIANT Inv POSTCONDITION Post")
    assert result.error is None
    assert (result.verdict, result.violated) == (Verdict.PASS, None)


def test_the_specification_described(tmp_path: Path) -> None:
    body = f"""{COUNTER}
Inv == x < 9
Names(what) == {{item.name : item \\in TLCGet("spec")[what]}}
Post == /\\ Names("invariants") = {{"Inv"}}
        /\\ Names("variables") = {{"x"}}
        /\\ Names("actions") = {{"Next"}}
        /\\ \\A item \\in TLCGet("spec").variables : item.location.module = "Root" /\\ item.location.beginLine = 3"""
    result = check(tmp_path, body, "INIT Init NEXT Next INVARIANT Inv POSTCONDITION Post")
    assert result.error is None
    assert result.verdict is Verdict.PASS


def test_the_specification_may_end_the_run(tmp_path: Path) -> None:
    body = f'{COUNTER}Stop == IF x = 2 THEN TLCSet("exit", TRUE) ELSE TRUE'
    result = check(tmp_path, body, "INIT Init NEXT Next INVARIANT Stop")
    assert (result.verdict, result.stats.distinct) == (Verdict.PASS, 3)


def test_what_fails_at_a_level_is_located(tmp_path: Path) -> None:
    body = f"""{COUNTER}
Late == TLCGet("level") < 3 \\/ x + "a" = 1
LateStep == [][TLCGet("level") < 3 \\/ x' + "b" = 1]_x"""
    for predicate, text in (("INVARIANT Late", 'x + "a"'), ("PROPERTY LateStep", 'x\' + "b"')):
        result = check(tmp_path, body, f"INIT Init NEXT Next {predicate}")
        assert result.error is not None and result.error.span is not None
        assert result.error.span.text == text


def test_definitions_that_call_each_other_depend_on_what_either_does(tmp_path: Path) -> None:
    body = f"""{COUNTER}
RECURSIVE F(_), G(_)
F(n) == IF n = 0 THEN TLCGet("level") + x ELSE G(n - 1)
G(n) == IF n = 0 THEN 0 ELSE F(n - 1)
First == F(2) < 100
Second == G(1) < 4"""
    result = check(tmp_path, body, "INIT Init NEXT Next INVARIANT First Second")
    assert (result.violated, result.stats.distinct) == ("Second", 3)


def test_trace(tmp_path: Path) -> None:
    body = f"""{COUNTER}
Inv == TLCGet("level") = 6 \\/ Trace = [i \\in 1 .. x + 1 |-> [x |-> i - 1]]
Step == [][Len(Trace) = x + 1]_x"""
    result = check(tmp_path, body, "INIT Init NEXT Next INVARIANT Inv PROPERTY Step")
    assert result.error is None
    assert (result.verdict, result.violated) == (Verdict.PASS, None)


def test_trace_outside_of_a_behaviour(tmp_path: Path) -> None:
    result = assume(tmp_path, "TLCExt", "Trace = <<>>")
    assert result.error is not None
    assert "no current state" in result.error.message


def test_the_counterexample_in_a_postcondition(tmp_path: Path) -> None:
    body = f"""{COUNTER}
Inv == x < 2
Post == /\\ ToTrace(CounterExample) = <<[x |-> 0], [x |-> 1], [x |-> 2]>>
        /\\ {{<<a[1][1], a[2].name, a[3][1]>> : a \\in CounterExample.action}} = {{<<1, "Next", 2>>, <<2, "Next", 3>>}}
        /\\ TLCSet(1, "seen")"""
    problem = problem_of(tmp_path, body, "INIT Init NEXT Next INVARIANT Inv POSTCONDITION Post")
    result = InterpretedEngine().check(problem)
    assert (result.verdict, result.violated) == (Verdict.INVARIANT, "Inv")
    assert not result.warnings, "the postcondition is TRUE"


def test_no_counterexample(tmp_path: Path) -> None:
    body = f"{COUNTER}Post == CounterExample = [state |-> {{}}, action |-> {{}}]"
    assert check(tmp_path, body, "INIT Init NEXT Next POSTCONDITION Post").verdict is Verdict.PASS


def test_level_and_trace_in_an_alias(tmp_path: Path) -> None:
    body = f"""{COUNTER}
Inv == x < 2
Alias == [n |-> TLCGet("level"), size |-> Len(Trace), action |-> TLCGet("action").name]"""
    result = check(tmp_path, body, "INIT Init NEXT Next INVARIANT Inv ALIAS Alias")
    assert result.counterexample is not None
    shown = [show(record(dict(step.state))) for step in result.counterexample.steps]
    assert [text.replace(" ", "") for text in shown] == [
        '[n|->1,size|->1,action|->"UnnamedAction"]',
        '[n|->2,size|->2,action|->"Next"]',
        '[n|->3,size|->3,action|->"Next"]',
    ]


def test_assertions_about_errors(tmp_path: Path) -> None:
    formulas = [
        'AssertError("of an empty sequence", Head(<<>>))',
        'AssertError("of another function", [x \\in {1} |-> x][2])',
        '~AssertError("none", 1 = 1)',
        "AssertEq(1 + 1, 2) /\\ ~AssertEq(1, 2)",
    ]
    result = assume(tmp_path, "Integers, Sequences, TLCExt", *formulas)
    assert result.error is None
    assert result.verdict is Verdict.PASS


@pytest.mark.parametrize("formula", ["PickSuccessor(TRUE)", 'TLCEvalDefinition("Other")'])
def test_what_is_refused(formula: str, tmp_path: Path) -> None:
    result = assume(tmp_path, "TLCExt", formula)
    assert result.error is not None
    assert result.error.kind == "unsupported"
    assert formula.partition("(")[0] in result.error.message


def test_chance_is_seeded(tmp_path: Path) -> None:
    def draws(registers: Registers) -> list[Value]:
        values = frozenset(range(100))
        return [
            registers.random_element(values),
            registers.random_subset(5, values),
            registers.random_set_of_subsets(4, 10, values),
        ]

    assert draws(Registers(1)) == draws(Registers(1))
    assert draws(Registers(1)) != draws(Registers(2))


def test_a_constant_drawn_at_random_stays_what_it_is(tmp_path: Path) -> None:
    """In TLC too a constant definition is evaluated once, an action each time."""
    body = """EXTENDS Integers, TLC, FiniteSets
VARIABLES x, drawn
Constant == RandomElement(1 .. 1000000)
Other == RandomElement({x, x + 1}) + 0 * Constant
Init == x = Constant /\\ drawn = {}
Next == Cardinality(drawn) < 30 /\\ x' = Constant /\\ drawn' = drawn \\cup {RandomElement(1 .. 1000000)}
Inv == x = Constant /\\ Other \\in {x, x + 1}
Many == Cardinality(drawn) < 20"""
    result = check(tmp_path, body, "INIT Init NEXT Next INVARIANT Inv INVARIANT Many")
    assert result.error is None
    assert result.violated == "Many"


def test_an_assumption_knows_what_is_checked(tmp_path: Path) -> None:
    for mode in ("bfs", "simulate"):
        body = f"""EXTENDS Integers, TLC
ASSUME TLCGet("config").mode = "{mode}"
VARIABLE x
Init == x = 0
Next == x' = 1 - x
Inv == TLCGet("config").mode = "{mode}\""""
        posed = problem_of(tmp_path, body, "INIT Init NEXT Next INVARIANT Inv")
        found = InterpretedEngine().check(posed), InterpretedEngine().simulate(posed, Simulation(3, 5, 0))
        assert [result.verdict is Verdict.ASSUMPTION for result in found] == [mode != "bfs", mode != "simulate"]


def test_random_elements_of_sets_that_are_not_expanded(tmp_path: Path) -> None:
    formulas = [
        "LET f == RandomElement([1 .. 50 -> 1 .. 1000]) IN f \\in [1 .. 50 -> 1 .. 1000]",
        "RandomElement([a : 1 .. 100000, b : (1 .. 100000) \\X BOOLEAN]).b[2] \\in BOOLEAN",
        "Cardinality(RandomSubset(10, [1 .. 50 -> 1 .. 1000])) = 10",
        "RandomSubset(3, {1, 2, 3}) = {1, 2, 3}",
        "RandomSubset(9, {1, 2, 3}) = {1, 2, 3}",
        "\\A T \\in RandomSetOfSubsets(5, 2, 1 .. 6) : T \\subseteq 1 .. 6",
        "TestRandomSetOfSubsets(5, 2, 1 .. 6) \\in [1 .. 5 -> 0 .. 5]",
    ]
    result = assume(tmp_path, "Integers, FiniteSets, TLC, Randomization", *formulas)
    assert result.error is None
    assert result.verdict is Verdict.PASS
