"""ALIAS and POSTCONDITION."""

from __future__ import annotations

from pathlib import Path

import pytest
from comitia.checker.engine import Options
from comitia.checker.result import CheckResult, Verdict
from comitia.model import values

from .models import COUNTER, COUNTER_CONFIG, check, problem, simulate


def aliased(folder: Path, alias: str, extra: str = "INVARIANT Small") -> CheckResult:
    module = COUNTER.replace("====", f"Alias == {alias}\n====")
    return check(problem(folder, f"{COUNTER_CONFIG}ALIAS Alias\n{extra}", module))


def states(result: CheckResult) -> list[dict[str, object]]:
    assert result.counterexample is not None
    return [step.state for step in result.counterexample.steps]


def test_the_fields_of_the_alias_stand_for_the_state(tmp_path: Path) -> None:
    result = aliased(tmp_path, "[double |-> 2 * x, set |-> y]")
    assert states(result)[1] == {"double": 2, "set": frozenset({0})}
    assert (result.verdict, result.violated) == (Verdict.INVARIANT, "Small")
    assert [step.action for step in result.counterexample.steps] == [None, "Inc", "Inc"]  # type: ignore[union-attr]


def test_the_next_state_of_the_last_is_itself(tmp_path: Path) -> None:
    result = aliased(tmp_path, "[x |-> x, next |-> x', changed |-> x # x']")
    assert states(result) == [
        {"x": 0, "next": 1, "changed": values.TRUE},
        {"x": 1, "next": 2, "changed": values.TRUE},
        {"x": 2, "next": 2, "changed": values.FALSE},
    ]


@pytest.mark.parametrize("alias", ["x", "<<x, y>>", "{x}"])
def test_what_is_no_record_leaves_the_state(tmp_path: Path, alias: str) -> None:
    assert states(aliased(tmp_path, alias))[0] == {"x": 0, "y": frozenset()}


def test_an_alias_without_a_value_leaves_the_state_and_says_why(tmp_path: Path) -> None:
    result = aliased(tmp_path, "[z |-> IF x = 1 THEN y[1] ELSE x]")
    shown = states(result)
    assert shown[0] == {"z": 0} and shown[2] == {"z": 2}
    assert list(shown[1]) == ["x", "y", "_ALIASEvalError"] and shown[1]["x"] == 1
    assert result.verdict is Verdict.INVARIANT


def test_every_violation_and_an_error_are_shown_so(tmp_path: Path) -> None:
    module = COUNTER.replace("====", "Alias == [z |-> x]\nBad == x = 3 => y[1]\n====")
    posed = problem(tmp_path, f"{COUNTER_CONFIG}ALIAS Alias INVARIANTS Small Tiny Bad", module)
    result = check(posed, options=Options(keep_going=True))
    assert result.verdict is Verdict.ERROR
    assert states(result)[-1] == {"z": 3}
    assert [len(one.counterexample.steps) for one in result.violations] == [2, 3]
    assert all(list(step.state) == ["z"] for one in result.violations for step in one.counterexample.steps)


def test_of_a_simulation_too(tmp_path: Path) -> None:
    module = COUNTER.replace("====", "Alias == [z |-> x]\n====")
    result = simulate(problem(tmp_path, f"{COUNTER_CONFIG}ALIAS Alias INVARIANT Tiny", module))
    assert states(result) == [{"z": 0}, {"z": 1}]


# --- the postcondition -----------------------------------------------------------------------------------------------


def after(folder: Path, postcondition: str, extra: str = "") -> CheckResult:
    module = COUNTER.replace("====", f"Post == {postcondition}\n====")
    return check(problem(folder, f"{COUNTER_CONFIG}POSTCONDITION Post\n{extra}", module))


def test_one_that_holds(tmp_path: Path) -> None:
    result = after(tmp_path, "Limit = 3")
    assert (result.verdict, result.violated, result.exit_code) == (Verdict.PASS, None, 0)


def test_one_that_does_not(tmp_path: Path) -> None:
    result = after(tmp_path, "Limit = 4")
    assert (result.verdict, result.violated, result.exit_code) == (Verdict.ASSUMPTION, "Post", 10)
    assert result.is_postcondition and result.counterexample is None
    assert result.stats.distinct > 0


def test_registers_are_read_after_the_search(tmp_path: Path) -> None:
    module = COUNTER.replace("====", "Count == TLCSet(1, x)\nPost == TLCGet(1) < 0\n====")
    posed = problem(tmp_path, f"{COUNTER_CONFIG}POSTCONDITION Post INVARIANT Count", module)
    assert check(posed).violated == "Post"


@pytest.mark.parametrize("postcondition", ["Limit", '"a" = 1', "TLCGet(7) = 1"])
def test_one_without_a_boolean_value(tmp_path: Path, postcondition: str) -> None:
    result = after(tmp_path, postcondition)
    assert result.verdict is Verdict.ERROR and result.exit_code == 10
    assert result.error is not None and result.error.span is not None


def test_a_violation_comes_first(tmp_path: Path) -> None:
    result = after(tmp_path, "Limit = 4", "INVARIANT Small")
    assert (result.verdict, result.violated) == (Verdict.INVARIANT, "Small")
    assert result.warnings == ("the postcondition Post is FALSE",)
    failed = after(tmp_path, "Limit", "INVARIANT Small")
    assert failed.violated == "Small" and "not a boolean" in failed.warnings[0]


def test_after_a_simulation(tmp_path: Path) -> None:
    module = COUNTER.replace("====", "Post == Limit = 4\n====")
    result = simulate(problem(tmp_path, f"{COUNTER_CONFIG}POSTCONDITION Post", module))
    assert (result.verdict, result.violated) == (Verdict.ASSUMPTION, "Post")
