"""What a search does after a violation (`--continue`), and the graph it records."""

from __future__ import annotations

from pathlib import Path

from comitia.checker.engine import Limits, Options
from comitia.checker.result import CheckResult, Verdict

from .models import COUNTER, COUNTER_CONFIG, check, problem

GOING_ON = Options(keep_going=True)


def found(result: CheckResult) -> list[tuple[str, str | None, int]]:
    """Verdict, name and length of the counterexample of each violation."""
    return [(str(one.verdict), one.violated, len(one.counterexample.steps)) for one in result.violations]


# --- going on --------------------------------------------------------------------------------------------------------


def test_each_violation_once_with_its_shortest_behaviour(tmp_path: Path) -> None:
    posed = problem(tmp_path, COUNTER_CONFIG + "INVARIANTS Small Tiny Even PROPERTIES Up Down")
    result = check(posed, options=GOING_ON)
    assert found(result) == [
        ("invariant", "Tiny", 2),
        ("invariant", "Even", 2),
        ("action", "Down", 2),
        ("invariant", "Small", 3),
        ("action", "Up", 5),
    ]
    assert (result.verdict, result.violated) == (Verdict.INVARIANT, "Tiny")
    assert result.counterexample == result.violations[0].counterexample
    assert result.exit_code == 12


def test_the_whole_state_space_is_searched(tmp_path: Path) -> None:
    sound = check(problem(tmp_path)).stats
    result = check(problem(tmp_path, COUNTER_CONFIG + "INVARIANT Tiny PROPERTY Up"), options=GOING_ON)
    assert (result.stats.generated, result.stats.distinct, result.stats.depth) == (
        sound.generated,
        sound.distinct,
        sound.depth,
    )


def test_without_it_the_first_violation_ends_the_search(tmp_path: Path) -> None:
    result = check(problem(tmp_path, COUNTER_CONFIG + "INVARIANTS Small Tiny"))
    assert found(result) == [("invariant", "Tiny", 2)]


def test_initial_states_that_violate(tmp_path: Path) -> None:
    module = COUNTER.replace("x = 0 /\\ y = {}", "x \\in 0..2 /\\ y = {}")
    result = check(problem(tmp_path, COUNTER_CONFIG + "INVARIANTS Even Tiny Small", module), options=GOING_ON)
    assert found(result) == [("invariant", "Even", 1), ("invariant", "Tiny", 1), ("invariant", "Small", 1)]


def test_a_deadlock_ends_the_search_all_the_same(tmp_path: Path) -> None:
    module = COUNTER.replace("Next == Inc \\/ Reset", "Next == Inc")
    result = check(problem(tmp_path, COUNTER_CONFIG + "INVARIANT Tiny", module), options=GOING_ON)
    assert found(result) == [("invariant", "Tiny", 2), ("deadlock", None, 4)]
    assert result.verdict is Verdict.INVARIANT


def test_an_error_does_not_hide_what_was_violated(tmp_path: Path) -> None:
    module = COUNTER.replace("Up ==", "Bad == x = 3 => y[1]\nUp ==")
    result = check(problem(tmp_path, COUNTER_CONFIG + "INVARIANTS Tiny Bad", module), options=GOING_ON)
    assert result.verdict is Verdict.ERROR and result.exit_code == 76
    assert found(result) == [("invariant", "Tiny", 2)]


def test_a_limit_does_not_hide_what_was_violated(tmp_path: Path) -> None:
    posed = problem(tmp_path, COUNTER_CONFIG + "INVARIANT Tiny")
    assert check(posed, Limits(max_states=3), GOING_ON).verdict is Verdict.INVARIANT
    assert check(posed, Limits(max_states=1), GOING_ON).verdict is Verdict.INCOMPLETE


# --- the graph -------------------------------------------------------------------------------------------------------


def test_the_graph_has_the_steps_within_the_model(tmp_path: Path) -> None:
    posed = problem(tmp_path, COUNTER_CONFIG + "CONSTRAINT Small CHECK_DEADLOCK FALSE")
    graph = check(posed, options=Options(record_graph=True)).graph
    assert graph is not None
    assert graph.variables == ("x", "y")
    assert graph.states == [(0, frozenset()), (1, frozenset({0}))]
    assert list(graph.initial) == [0]
    assert list(graph.steps()) == [(0, 1, "Inc")]


def test_a_step_found_twice_is_one(tmp_path: Path) -> None:
    module = COUNTER.replace("Next == Inc \\/ Reset", "Next == Inc \\/ Inc \\/ Reset")
    graph = check(problem(tmp_path, module=module), options=Options(record_graph=True)).graph
    assert graph is not None
    steps = list(graph.steps())
    assert len(graph.origins) > len(steps) == len(set(steps))
