"""What holds of one small system under several fairness conditions, for each form that a property may have."""

from __future__ import annotations

from pathlib import Path

import pytest
from comitia.checker.engine import Checkpointing, Limits, Options
from comitia.checker.interpreted.engine import InterpretedEngine
from comitia.checker.loading import load_problem
from comitia.checker.result import CheckResult, Verdict
from comitia.model.diagnostics import EvaluationError

from ..interpreted import models
from .cases import FAILS, HOLDS, OTHERS, lift

CASES = [
    *((spec, formula, True) for spec, formula in HOLDS),
    *((spec, formula, False) for spec, formula in FAILS),
    *OTHERS,
]


def check(folder: Path, spec: str, *formulas: str, statements: str = "", options: Options | None = None) -> CheckResult:
    problem = load_problem(lift(folder, spec, formulas, statements))
    return InterpretedEngine().check(problem, options=options or Options(vacuity=False))


@pytest.mark.parametrize(("spec", "formula", "holds"), CASES)
def test_a_property(spec: str, formula: str, holds: bool, tmp_path: Path) -> None:
    result = check(tmp_path, spec, formula)
    assert result.error is None
    assert result.verdict in ((Verdict.PASS,) if holds else (Verdict.PROPERTY, Verdict.ACTION))


def test_conditions_that_are_constant_leave_nothing_of_instances_that_they_exclude(tmp_path: Path) -> None:
    """Left in the formula, each would double what is to be looked at."""
    settles = r"\E i, j \in 1..6 : i # j /\ <>[](floor = i /\ floor # j)"
    assert check(tmp_path, "Stuck", settles, statements="CHECK_DEADLOCK FALSE").verdict is Verdict.PASS
    assert check(tmp_path, "Moving", settles).verdict is Verdict.PROPERTY
    meaningless = r'\A i \in 1..2 : i = "one" => <>(floor = i)'
    error = check(tmp_path, "Moving", meaningless).error
    assert error is not None and isinstance(error, EvaluationError)


def test_a_step_to_what_its_own_state_stands_for_is_no_stuttering(tmp_path: Path) -> None:
    module = r"""---- MODULE Turning ----
EXTENDS TLC
CONSTANTS a, b
VARIABLES at, key
Init == at = 0 /\ key \in {a, b}
Next == at' = 1 /\ IF at = 1 THEN key' \in {a, b} \ {key} ELSE UNCHANGED key
Spec == Init /\ [][Next]_<<at, key>> /\ WF_<<at, key>>(Next)
Returns == []<>(at = 0)
Same == Permutations({a, b})
====
"""
    config = "CONSTANTS a = a b = b\nSPECIFICATION Spec PROPERTY Returns SYMMETRY Same"
    found = InterpretedEngine().check(models.problem(tmp_path, config, module)).counterexample
    assert found is not None
    assert (len(found.steps), found.loop, found.closing_action) == (2, 1, "Next")


def test_the_first_violated_property_is_named(tmp_path: Path) -> None:
    result = check(tmp_path, "Weak", "[]<>(floor = 1)", "[]<>(floor = 2)", "[]<>(floor = 0)")
    assert (result.verdict, result.violated) == (Verdict.PROPERTY, "Prop1")
    assert [one.violated for one in result.violations] == ["Prop1"]


def test_a_property_with_a_part_of_each_kind(tmp_path: Path) -> None:
    """Each part goes where it is checked, and the temporal one is looked at when the others have passed."""
    formula = 'floor = 0 /\\ [](floor < 3) /\\ [][Next]_vars /\\ []<>(door = "open")'
    result = check(tmp_path, "Moving", formula)
    assert (result.verdict, result.violated) == (Verdict.PROPERTY, "Prop0")
    result = check(tmp_path, "Moving", formula.replace("< 3", "< 2"))
    assert (result.verdict, result.violated) == (Verdict.INVARIANT, "Prop0")


def test_what_is_violated_before_is_reported_first(tmp_path: Path) -> None:
    result = check(tmp_path, "Bare", "<>(floor = 1)", statements="INVARIANT Odd")
    assert (result.verdict, result.violated) == (Verdict.INVARIANT, "Odd")


def test_to_continue_reports_every_violated_property(tmp_path: Path) -> None:
    options = Options(vacuity=False, keep_going=True)
    formulas = ("<>(floor = 1)", "[](floor < 2)", "[]<>(floor = 0)", "<>(floor = 0)", "<>(floor = 3)")
    result = check(tmp_path, "Weak", *formulas, statements="INVARIANT Odd", options=options)
    assert (result.verdict, result.violated) == (Verdict.INVARIANT, "Odd")
    assert [(one.verdict, one.violated) for one in result.violations] == [
        (Verdict.INVARIANT, "Odd"),
        (Verdict.INVARIANT, "Prop1"),
        (Verdict.PROPERTY, "Prop2"),
        (Verdict.PROPERTY, "Prop4"),
    ]
    assert [one.counterexample.loop is None for one in result.violations] == [True, True, False, False]


def test_to_continue_with_temporal_properties_alone(tmp_path: Path) -> None:
    options = Options(vacuity=False, keep_going=True)
    result = check(tmp_path, "Weak", "[]<>(floor = 0)", "<>(floor = 3)", options=options)
    assert (result.verdict, result.violated) == (Verdict.PROPERTY, "Prop0")
    assert [one.violated for one in result.violations] == ["Prop0", "Prop1"]
    assert result.counterexample is result.violations[0].counterexample


def test_the_lasso_of_a_missing_response(tmp_path: Path) -> None:
    """The lift goes to 1, where the door moves for ever."""
    result = check(tmp_path, "Weak", "floor = 1 ~> floor = 2")
    found = result.counterexample
    assert found is not None
    assert [step.action for step in found.steps] == [None, "Up", "Move"]
    assert (found.loop, found.closing_action) == (1, "Move")


def test_the_lasso_of_a_liveness_property_without_fairness(tmp_path: Path) -> None:
    result = check(tmp_path, "Bare", "<>(floor = 1)")
    found = result.counterexample
    assert found is not None
    assert (len(found.steps), found.loop, found.is_stuttering) == (1, 0, True)
    assert result.warnings == (
        "Prop0: the specification has no fairness condition, so any behaviour may stutter for ever",
    )


def test_enabled_of_an_instance_and_of_its_substitution_are_two_things(tmp_path: Path) -> None:
    """In the module of the action `on` has any next value; FALSE, which stands for it, has none but FALSE."""
    assert check(tmp_path, "Bare", "[]<>Fixed!CanFlip => []<>ENABLED Fixed!Flip").verdict is Verdict.PROPERTY
    assert check(tmp_path, "Bare", "[]<>ENABLED Fixed!Flip => []<>Fixed!CanFlip").verdict is Verdict.PASS


@pytest.mark.parametrize(
    ("formula", "steps"),
    [
        ("<>(floor = door)", 1),
        ("[]<>(floor < 2 \\/ floor = door)", 3),
        ("[]<><<floor' = 0 /\\ door' = 1>>_vars", 3),
        ("WF_vars(floor = 1 /\\ door' = floor' + door /\\ UNCHANGED floor)", 2),
    ],
)
def test_an_expression_without_a_value(formula: str, steps: int, tmp_path: Path) -> None:
    """The behaviour up to the state in which it has none is shown."""
    result = check(tmp_path, "Moving", formula)
    assert isinstance(result.error, EvaluationError)
    assert (result.exit_code, result.error.span is not None) == (77, True)
    assert result.counterexample is not None and len(result.counterexample.steps) == steps


@pytest.mark.parametrize("formula", [r"\A n \in 1..0 : <>(floor = n)", "<>TRUE", "floor = 1 ~> TRUE"])
def test_what_nothing_can_violate(formula: str, tmp_path: Path) -> None:
    warning = "Prop0: nothing can violate it, whatever the states are; does it quantify over an empty set?"
    assert check(tmp_path, "Weak", formula).warnings == (warning,)
    assert check(tmp_path, "Weak", "<>(floor = 1)").warnings == ()


def test_a_search_cut_short_says_nothing_of_them(tmp_path: Path) -> None:
    problem = load_problem(lift(tmp_path, "Weak", ["[]<>(floor = 0)"]))
    result = InterpretedEngine().check(problem, Limits(max_states=2))
    assert result.verdict is Verdict.INCOMPLETE
    assert "Prop0: not checked, since the search did not come to its end" in result.warnings


def test_a_postcondition_comes_after_them(tmp_path: Path) -> None:
    statements = "POSTCONDITION Done"
    assert check(tmp_path, "Weak", "[]<>(floor = 1)", statements=statements).violated == "Done"
    result = check(tmp_path, "Weak", "[]<>(floor = 0)", statements=statements)
    assert (result.verdict, result.violated) == (Verdict.PROPERTY, "Prop0")
    assert "the postcondition Done is FALSE" in result.warnings


def test_a_deadlock_comes_before_them(tmp_path: Path) -> None:
    result = check(tmp_path, "Stuck", "<>(floor = 1)", statements="CHECK_DEADLOCK TRUE")
    assert result.verdict is Verdict.DEADLOCK
    assert check(tmp_path, "Stuck", "<>(floor = 1)", statements="CHECK_DEADLOCK FALSE").verdict is Verdict.PASS
    assert check(tmp_path, "Stuck", "[]<>(floor = 0)", statements="CHECK_DEADLOCK FALSE").violated == "Prop0"


@pytest.mark.parametrize(("formula", "holds"), [("[]<>(floor = 1)", True), ("[]<>(floor = 0)", False)])
def test_a_search_that_is_resumed(formula: str, holds: bool, tmp_path: Path) -> None:
    problem = load_problem(lift(tmp_path, "Weak", [formula]))
    folder = tmp_path / "checkpoint"
    engine = InterpretedEngine()
    stopped = engine.check(problem, Limits(max_states=4), options=Options(checkpointing=Checkpointing(folder)))
    assert stopped.verdict is Verdict.INCOMPLETE
    resumed = engine.check(problem, options=Options(checkpointing=Checkpointing(folder, resume=folder)))
    whole = engine.check(problem)
    assert (resumed.verdict is Verdict.PASS) is holds
    assert (resumed.verdict, resumed.counterexample) == (whole.verdict, whole.counterexample)
    assert (resumed.stats.generated, resumed.stats.distinct) == (whole.stats.generated, whole.stats.distinct)


TURNS = r"""---- MODULE Turns ----
EXTENDS TLC
CONSTANTS a, b
VARIABLE turn
Init == turn = a
Flip == turn' \in {a, b} \ {turn}
Bare == Init /\ [][Flip]_turn
Fair == Bare /\ WF_turn(Flip)
Same == Permutations({a, b})
Flips == []<><<Flip>>_turn
Rests == <>[][FALSE]_turn
====
"""


@pytest.mark.parametrize(
    ("statements", "holds"),
    [
        ("SPECIFICATION Fair PROPERTY Flips", True),
        ("SPECIFICATION Bare PROPERTY Flips", False),
        ("SPECIFICATION Fair PROPERTY Rests", False),
    ],
)
@pytest.mark.parametrize("symmetry", ["", " SYMMETRY Same"])
def test_a_step_to_an_image_of_a_state_is_no_stuttering(
    statements: str, holds: bool, symmetry: str, tmp_path: Path
) -> None:
    config = f"CONSTANTS a = a b = b {statements}{symmetry}"
    result = models.check(models.problem(tmp_path, config, TURNS), options=Options(vacuity=False))
    assert result.stats.distinct == (1 if symmetry else 2)
    assert (result.verdict is Verdict.PASS) is holds
    assert bool(symmetry) is any("SYMMETRY" in warning for warning in result.warnings)
