"""Random behaviours: what they check, how they end, that a seed decides them."""

from __future__ import annotations

from pathlib import Path

import pytest
from comitia.checker.interpreted import simulation
from comitia.checker.result import Verdict

from .models import COUNTER, COUNTER_CONFIG, problem, simulate

SPREAD = """---- MODULE Spread ----
EXTENDS Integers
VARIABLES x, y
Init == x \\in 0..3 /\\ y = 0
Often == \\E d \\in 1..9 : x' = (x + d) % 50 /\\ y' = 0
Seldom == x' = x /\\ y' = y + 1
Next == Often \\/ Seldom
Rare == ~(x = 13 /\\ y = 2)
Step == [][y' <= y + 1 /\\ (x' # 20 \\/ y' = 0)]_<<x, y>>
Near == y < 3
====
"""
SPREAD_CONFIG = "INIT Init NEXT Next\n"


def test_nothing_found_is_no_verdict(tmp_path: Path) -> None:
    result = simulate(problem(tmp_path), behaviours=7, depth=20)
    assert (result.verdict, result.exit_code, result.counterexample) == (Verdict.INCOMPLETE, 3, None)
    assert (result.stats.behaviours, result.stats.depth, result.stats.generated) == (7, 21, 1 + 7 * 20)
    assert result.seed == 1


def test_a_seed_decides_everything(tmp_path: Path) -> None:
    posed = problem(tmp_path, SPREAD_CONFIG + "INVARIANT Rare", SPREAD)
    first, again, other = (simulate(posed, 1000, 50, seed) for seed in (1, 1, 2))
    assert first.verdict is Verdict.INVARIANT and first.counterexample == again.counterexample
    assert first.stats.generated == again.stats.generated
    assert first.counterexample != other.counterexample


def test_each_action_has_the_same_chance(tmp_path: Path) -> None:
    """`Seldom` has one successor where `Often` has nine: of three steps in a row one in eight is of `Seldom` alone."""
    result = simulate(problem(tmp_path, SPREAD_CONFIG + "INVARIANT Near", SPREAD), 100, 4)
    assert result.violated == "Near" and (result.stats.behaviours or 0) < 60


@pytest.mark.parametrize(
    ("config", "verdict", "violated"),
    [
        ("INVARIANT Rare", Verdict.INVARIANT, "Rare"),
        ("PROPERTY Step", Verdict.ACTION, "Step"),
        ("CONSTRAINT Near INVARIANT Near", Verdict.INVARIANT, "Near"),
        ("CONSTRAINT Near", Verdict.INCOMPLETE, None),
    ],
)
def test_what_is_checked(tmp_path: Path, config: str, verdict: Verdict, violated: str | None) -> None:
    result = simulate(problem(tmp_path, SPREAD_CONFIG + config, SPREAD), 500, 60)
    assert (result.verdict, result.violated) == (verdict, violated)
    if violated is not None:
        assert result.counterexample is not None
        assert result.counterexample.steps[0].action is None
        assert {step.action for step in result.counterexample.steps[1:]} <= {"Often", "Seldom"}


def test_initial_states_are_checked(tmp_path: Path) -> None:
    module = SPREAD.replace("====", "Start == x < 3\n====")
    for config, verdict in (("INVARIANT Start", Verdict.INVARIANT), ("PROPERTY Start", Verdict.PROPERTY)):
        result = simulate(problem(tmp_path, SPREAD_CONFIG + config, module))
        assert (result.verdict, result.violated, result.stats.behaviours) == (verdict, "Start", 0)
        assert result.counterexample is not None and len(result.counterexample.steps) == 1


def test_deadlock(tmp_path: Path) -> None:
    module = COUNTER.replace("Next == Inc \\/ Reset", "Next == Inc")
    result = simulate(problem(tmp_path, module=module))
    assert result.verdict is Verdict.DEADLOCK
    assert result.counterexample is not None and [step.state["x"] for step in result.counterexample.steps] == [
        0,
        1,
        2,
        3,
    ]
    ended = simulate(problem(tmp_path, COUNTER_CONFIG + "CHECK_DEADLOCK FALSE", module))
    assert (ended.verdict, ended.stats.depth) == (Verdict.INCOMPLETE, 4)


def test_a_successor_outside_the_model_ends_a_behaviour_without_a_deadlock(tmp_path: Path) -> None:
    result = simulate(problem(tmp_path, COUNTER_CONFIG + "CONSTRAINT Small"))
    assert result.verdict is Verdict.INCOMPLETE


def test_no_initial_state_in_the_model(tmp_path: Path) -> None:
    module = COUNTER.replace("====", "None == x > 5\n====")
    result = simulate(problem(tmp_path, COUNTER_CONFIG + "CONSTRAINT None", module))
    assert result.error is not None and "no initial state" in result.error.message


def test_an_error_shows_the_behaviour_that_led_to_it(tmp_path: Path) -> None:
    module = COUNTER.replace("Up ==", "Bad == x = 3 => y[1]\nUp ==")
    result = simulate(problem(tmp_path, COUNTER_CONFIG + "INVARIANT Bad", module))
    assert result.exit_code == 76 and result.error is not None and result.error.span is not None
    assert result.counterexample is not None and result.counterexample.steps[-1].state["x"] == 3
    module = COUNTER.replace("Reset == x = Limit", "Reset == x = Limit /\\ y[1]")
    result = simulate(problem(tmp_path, module=module))
    assert result.exit_code == 75
    assert result.counterexample is not None and result.counterexample.steps[-1].state["x"] == 3


def test_values_are_forgotten_between_behaviours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    posed = problem(tmp_path, SPREAD_CONFIG + "INVARIANT Rare CONSTRAINT Near", SPREAD)
    kept = simulate(posed, 1000, 50)
    monkeypatch.setattr(simulation, "MAX_INTERNED", 10)
    forgotten = simulate(posed, 1000, 50)
    assert forgotten.counterexample == kept.counterexample
    assert forgotten.stats.generated == kept.stats.generated


def test_random_elements_follow_the_seed(tmp_path: Path) -> None:
    module = SPREAD.replace("EXTENDS Integers", "EXTENDS Integers, TLC").replace(
        "Seldom == x' = x", "Seldom == x' = RandomElement(0..1000)"
    )
    posed = problem(tmp_path, SPREAD_CONFIG + "INVARIANT Near", module)
    assert simulate(posed, 100, 20, 5).counterexample == simulate(posed, 100, 20, 5).counterexample
