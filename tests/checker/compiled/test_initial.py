"""Initial states are the same, in the same order, whatever the number of workers that enumerate them."""

from __future__ import annotations

from pathlib import Path

import pytest
from comitia.checker.compiled.engine import CompiledEngine
from comitia.checker.engine import Limits, Options
from comitia.checker.interpreted.engine import InterpretedEngine
from comitia.checker.result import CheckResult, Verdict
from comitia.model.structs import replace

from ..interpreted.models import behaviour, problem

pytestmark = pytest.mark.usefixtures("compiler")

MODULE = """---- MODULE Many ----
EXTENDS Integers, TLC
VARIABLES x, y
Pairs == [a : 0..19, b : 0..19]
Filtered == x \\in {p \\in Pairs : p.a + p.b \\in 1..25} /\\ y = 0
Chosen == \\E p, q \\in 0..30 : p # q /\\ x = [a |-> p, b |-> q] /\\ y \\in {0, p}
Twice == x \\in Pairs /\\ y \\in {z \\in 0..3 : z # x.a}
Shallow == y \\in 0..2 /\\ x \\in Pairs
One == x = [a |-> 1, b |-> 0]
Mixed == (y = 1 /\\ One) \\/ Chosen \\/ (y = 7 /\\ x \\in Pairs) \\/ (y = 8 /\\ One)
Again == (x \\in Pairs \\/ x \\in [a : 10..29, b : 0..19]) /\\ y = 0
Subsets == \\E p \\in 0..19 : x = [a |-> p, b |-> 0] /\\ \\E s \\in SUBSET (0..4) : y = <<p, s>>
Some == x \\in [a : {1}, b : 0..9] /\\ y \\in {s \\in SUBSET (0..4) : s # {x.b} /\\ 3 \\in s}
Failing == x \\in {p \\in Pairs : 1 \\div (7 - p.a) < 9} /\\ y = 0
FailingBetween == Chosen \\/ (Assert(FALSE, "between") /\\ y = 1)
Next == x' = [x EXCEPT !.a = IF @ > 0 THEN @ - 1 ELSE 0] /\\ y' = y
Small == x.a + x.b < 30
Early == x.a < 7
Apart == x.b # 13 \\/ x.a # 12
Even == x.b % 2 = 0 \\/ x.a # 5
Bound == x.b # 3
Square == 1 \\div (x.b - 11) < 9
====
"""
INITS = ("Filtered", "Chosen", "Twice", "Shallow", "Mixed", "Again", "Subsets", "Some", "Failing", "FailingBetween")
CHECKS = ("INVARIANT Apart", "CONSTRAINT Bound INVARIANT Even Small", "INVARIANT Small Square")


@pytest.mark.parametrize("init", INITS)
def test_the_number_of_workers_changes_nothing(tmp_path: Path, init: str) -> None:
    for checks in CHECKS:
        posed = problem(tmp_path, f"INIT {init}\nNEXT Next\n{checks}\n", MODULE)
        for options in (Options(vacuity=False), Options(vacuity=False, keep_going=True)):
            expected = _facts(InterpretedEngine().check(posed, Limits(), None, options))
            for workers in (1, 2, 5):
                assert _facts(CompiledEngine(workers).check(posed, Limits(), None, options)) == expected, checks


def test_evaluations_are_counted_once(tmp_path: Path) -> None:
    posed = problem(tmp_path, "INIT Filtered\nNEXT Next\nINVARIANT Small Apart\n", MODULE.replace("# 13", "# 33"))
    options = Options(coverage=True)
    expected = InterpretedEngine().check(posed, Limits(), None, options)
    assert expected.verdict is Verdict.PASS
    for workers in (1, 3):
        found = CompiledEngine(workers).check(posed, Limits(), None, options)
        assert found.coverage == expected.coverage


def _facts(result: CheckResult) -> tuple[object, ...]:
    stats = result.stats
    traces = [behaviour(replace(result, counterexample=one.counterexample)) for one in result.violations]
    figures = (stats.generated, stats.distinct, stats.depth, stats.queue)
    return result.verdict, figures, behaviour(result), traces, str(result.error)
