"""Temporal properties in the compiled engine: verdict, figures, behaviour, warnings, errors are the interpreter's."""

from __future__ import annotations

from pathlib import Path

import pytest
from comitia.checker.compiled import behaviours
from comitia.checker.compiled.engine import CompiledEngine
from comitia.checker.compiled.fairness import FairnessQuestions, Suspicion
from comitia.checker.engine import Limits
from comitia.checker.interpreted.engine import InterpretedEngine
from comitia.checker.result import CheckResult, Verdict
from comitia.model.problem import Problem

from ..interpreted.models import behaviour, problem

pytestmark = pytest.mark.usefixtures("compiler")

RING = """---- MODULE Ring ----
EXTENDS Integers, Sequences, TLC
CONSTANT P
VARIABLES at, turns
vars == <<at, turns>>
Init == at \\in P /\\ turns = [p \\in P |-> 0]
Step(p) == at = p /\\ turns[p] < 2 /\\ turns' = [turns EXCEPT ![p] = @ + 1] /\\ at' \\in P
Rest == (\\A p \\in P : turns[p] > 0) /\\ turns' = [p \\in P |-> 0] /\\ UNCHANGED at
Next == (\\E p \\in P : Step(p)) \\/ Rest
Spec == Init /\\ [][Next]_vars
Weak == Spec /\\ WF_vars(Next)
Strong == Spec /\\ (\\A p \\in P : SF_vars(Step(p))) /\\ SF_vars(Rest)
Few == \\A p \\in P : turns[p] < 2
Same == {{p} : p \\in P}
Moves == \\A p \\in P : []<>(at = p)
Rests == []<>(\\A p \\in P : turns[p] = 0)
Answered == \\A p \\in P : (turns[p] = 2) ~> (turns[p] = 0)
Can == []<>(ENABLED Rest) \\/ <>[](ENABLED <<\\E p \\in P : Step(p)>>_vars)
Bad == <>(LET n == CHOOSE n \\in 1..2 : \\A p \\in P : turns[p] > n IN n = 1)
Told == []<>(TLCGet("distinct") > 0 /\\ at \\in P)
Begins == <>(\\A p \\in P : turns[p] = 0)
Deep == <>(TLCGet("level") > 3)
Sum == []<><<turns' # turns>>_<<at, turns[CHOOSE p \\in P : TRUE]>>
Perms == Permutations(P)
Shown == turns
====
""".replace("\\\\", "\\")
CONFIG = "CONSTANT P = {p1, p2}\nCHECK_DEADLOCK FALSE\n"


def facts(result: CheckResult) -> tuple[object, ...]:
    stats, shown = result.stats, result.counterexample
    figures = (stats.generated, stats.distinct, stats.depth, stats.queue, stats.actions)
    loop = None if shown is None else (shown.loop, shown.closing_action)
    return (result.verdict, result.violated, figures, behaviour(result), loop, str(result.error), result.warnings)


def compared(posed: Problem, limits: Limits = Limits()) -> CheckResult:  # noqa: B008
    expected = facts(InterpretedEngine().check(posed, limits))
    for workers in (1, 3):
        result = CompiledEngine(workers).check(posed, limits)
        assert facts(result) == expected
    return result


@pytest.mark.parametrize(
    ("statements", "verdict"),
    [
        ("SPECIFICATION Weak PROPERTY Moves", Verdict.PROPERTY),
        ("SPECIFICATION Strong PROPERTY Rests Answered", Verdict.PROPERTY),
        ("SPECIFICATION Weak PROPERTY Can Answered", Verdict.PROPERTY),
        ("SPECIFICATION Spec PROPERTY Rests", Verdict.PROPERTY),
        ("SPECIFICATION Weak PROPERTY Rests SYMMETRY Perms", Verdict.PROPERTY),
        ("SPECIFICATION Weak PROPERTY Answered VIEW Shown", Verdict.PROPERTY),
        ("SPECIFICATION Weak PROPERTY Rests CONSTRAINT Few", Verdict.PASS),
        ("SPECIFICATION Strong PROPERTY Bad", Verdict.ERROR),
        ("SPECIFICATION Weak PROPERTY Deep", Verdict.ERROR),
        ("SPECIFICATION Weak PROPERTY Sum", Verdict.PROPERTY),
    ],
)
def test_a_property(tmp_path: Path, statements: str, verdict: Verdict) -> None:
    assert compared(problem(tmp_path, CONFIG + statements, RING)).verdict is verdict


def test_a_part_that_is_not_compiled_is_interpreted(tmp_path: Path) -> None:
    assert compared(problem(tmp_path, CONFIG + "SPECIFICATION Weak PROPERTY Told", RING)).verdict is Verdict.PASS


def test_a_search_that_stopped_early_says_that_nothing_was_checked(tmp_path: Path) -> None:
    posed = problem(tmp_path, CONFIG + "SPECIFICATION Weak PROPERTY Rests", RING)
    result = compared(posed, Limits(max_states=5))
    assert result.verdict is Verdict.INCOMPLETE
    assert any("not checked" in warning for warning in result.warnings)


def test_a_behaviour_that_the_interpreter_finds_right_is_no_verdict(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if the compiled search had every predicate of states wrong."""
    monkeypatch.setattr(FairnessQuestions, "suspicion", lambda _questions, _branch: None)
    monkeypatch.setattr(behaviours.np, "frombuffer", _wrong(behaviours.np.frombuffer))
    posed = problem(tmp_path, CONFIG + "SPECIFICATION Spec PROPERTY Begins", RING)
    with pytest.raises(AssertionError, match="finds Begins violated"):
        CompiledEngine().check(posed)


@pytest.mark.parametrize("most", [0, behaviours.MAX_STEPS])
def test_a_suspicion_that_the_interpreter_does_not_share_is_no_verdict(
    most: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(behaviours, "MAX_STEPS", most)
    monkeypatch.setattr(FairnessQuestions, "suspicion", lambda _questions, _branch: Suspicion([0]))
    posed = problem(tmp_path, CONFIG + "SPECIFICATION Spec PROPERTY Begins", RING)
    with pytest.raises(AssertionError, match="finds a violation"):
        CompiledEngine().check(posed)


def _wrong(read):
    def frombuffer(answer, kind):
        found = read(answer, kind)
        return ~found if found.dtype == bool else found

    return frombuffer
