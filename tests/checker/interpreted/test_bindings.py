"""Arguments and definitions of LET are evaluated where they are needed, once, as in TLC: whatever needs them."""

from __future__ import annotations

from pathlib import Path

import pytest
from comitia.checker.compiled.engine import CompiledEngine
from comitia.checker.engine import Engine, Limits, Options
from comitia.checker.interpreted.engine import InterpretedEngine
from comitia.checker.result import CheckResult, Verdict

from .harness import problem_of

STATES = 3
COUNTED = """EXTENDS Integers, FiniteSets, TLC
VARIABLES x, m
P == 1..3
Counted == TLCSet(1, TLCGet(1) + 1)
ASSUME TLCSet(1, 0)
Init == x = 0 /\\ m = P
Next == x < 2 /\\ x' = x + 1 /\\ m' = m \\ {x'}
RECURSIVE Times(_, _)
Times(n, a) == IF n = 0 THEN 0 ELSE a + Times(n - 1, a)
RECURSIVE Size(_, _)
Size(n, S) == IF n = 0 THEN 0 ELSE Cardinality(S) + Size(n - 1, S)
RECURSIVE Sum(_, _)
Sum(Op(_), n) == IF n = 0 THEN 0 ELSE Op(n) + Sum(Op, n - 1)
"""
"""`Counted` counts how often it is evaluated. Times and Size do not need their second argument for certain."""


@pytest.fixture(params=["interpreted", "compiled"])
def engine(request: pytest.FixtureRequest) -> Engine:
    if request.param == "interpreted":
        return InterpretedEngine()
    request.getfixturevalue("compiler")
    return CompiledEngine(1)


def check(folder: Path, engine: Engine, body: str, config: str) -> CheckResult:
    posed = problem_of(folder, body, f"INIT Init\nNEXT Next\nCHECK_DEADLOCK FALSE\n{config}")
    return engine.check(posed, Limits(), None, Options(vacuity=False))


@pytest.mark.parametrize(
    ("definitions", "formula"),
    [
        ("w == v + 1", "Times(2, v + w) + Times(1, v + 2) + w = 6 * x + 11"),
        ("w == v + 1", "Times(1, Times(1, v)) + Times(1, w) = 2 * x + 3"),
        ("w == v + 1", "IF w > 2 THEN Times(1, w) + Times(1, v) > 4 ELSE Times(2, w) > v"),
        ("", "Sum(LAMBDA i : v + i, 4) = 4 * v + 10"),
        ("W(i) == v + i", "Sum(W, 4) = 4 * v + 10"),
        ("f == [i \\in Nat |-> v + i]", "f[1] + f[2] = 2 * v + 3"),
        ("S == {i \\in Nat : i > v}", "0 \\notin S /\\ 9 \\in S /\\ 8 \\in S"),
        ("RECURSIVE F(_) F(n) == IF n = 0 THEN 0 ELSE v + F(n - 1)", "F(3) = 3 * v"),
        ("", "\\A i \\in {v} : Times(i, v) + Times(i, v + 1) = v * (2 * v + 1)"),
        ("S == IF v > 0 THEN m ELSE P", "Size(2, S) + Size(1, S) + Cardinality(S) = 4 * Cardinality(m)"),
    ],
)  # fmt: skip
def test_what_closures_need_is_evaluated_once(tmp_path: Path, engine: Engine, definitions: str, formula: str) -> None:
    """Counts that the invariant evaluates `v` in each state, which TLC does as often."""
    inv = f"Inv == LET v == IF Counted THEN x + 1 ELSE 0\n {definitions}\n IN {formula}"
    body = f"{COUNTED}{inv}\nPost == TLCGet(1) = {STATES}"
    result = check(tmp_path, engine, body, "INVARIANT Inv\nPOSTCONDITION Post")
    assert result.verdict is Verdict.PASS, result.error
    assert result.stats.distinct == STATES


def test_what_is_never_needed_is_never_evaluated(tmp_path: Path, engine: Engine) -> None:
    inv = "Inv == LET v == IF Counted THEN x + 1 ELSE 0 IN Times(0, v) + Times(0, v + 1) = 0"
    body = f"{COUNTED}{inv}\nPost == TLCGet(1) = 0"
    assert check(tmp_path, engine, body, "INVARIANT Inv\nPOSTCONDITION Post").verdict is Verdict.PASS


@pytest.mark.parametrize("step", ["First(x' + 1)", "Second(LAMBDA i : x' + i)", "Second(Following)", "Third(2)"])
def test_next_values_that_were_not_assigned_yet_are_asked_for_again(tmp_path: Path, engine: Engine, step: str) -> None:
    """What an argument would have been before is not what it is afterwards."""
    body = f"""{COUNTED.replace("Init ==", "Before ==").replace("Next ==", "After ==")}
Twice(a, b) == Times(0, a) + Times(0, b) = 0 /\\ x < 2 /\\ x' = x + 1 /\\ Times(1, a) + Times(1, b) = 2 * x + 4
First(a) == LET v == a IN Twice(v, v)
Second(Op(_)) == LET v == Op(1) IN Twice(v, v)
Following(i) == x' + i
Third(i) == LET F(j) == x' + j - i  v == F(3) IN Twice(v, v)
Init ==
    LET v == x + 1 IN Times(0, v) + Times(0, v) = 0 /\\ x = 0 /\\ Times(1, v) + Times(1, v) = 2 /\\ m = P
Next == {step} /\\ m' = m"""
    result = check(tmp_path, engine, body, "")
    assert result.verdict is Verdict.PASS, result.error
    assert result.stats.distinct == STATES


def test_next_values_that_were_assigned_are_shared(tmp_path: Path, engine: Engine) -> None:
    """As TLC counts it: once for each of the two steps."""
    body = f"""{COUNTED.replace("Next ==", "After ==")}
Next ==
    /\\ x < 2 /\\ x' = x + 1 /\\ m' = m
    /\\ LET v == IF Counted THEN x' ELSE 0 IN Times(1, v) + Times(1, v + 1) = 2 * x + 3
Post == TLCGet(1) = {STATES - 1}"""
    result = check(tmp_path, engine, body, "POSTCONDITION Post")
    assert result.verdict is Verdict.PASS, result.error
