"""Counts of actions, conjuncts and branches, and what holds an action up."""

from __future__ import annotations

from pathlib import Path

import pytest
from comitia.checker.engine import Options
from comitia.checker.result import ActionReport, CheckResult, Verdict

from .models import by_text, check, problem

BRANCHING = """---- MODULE Branching ----
EXTENDS Integers
VARIABLES x, y
Init == x = 0 /\\ y = 0
Step(d) == /\\ x < 3
           /\\ x' = x + d
           /\\ IF x = 1 THEN y' = 1 ELSE y' = y
Choose == /\\ x >= 2
          /\\ \\/ x = 2
             \\/ y = 7
          /\\ x' = 0
          /\\ y' \\in {0, 1}
Never == /\\ x >= 0
         /\\ y = 1
         /\\ x > 9
         /\\ UNCHANGED <<x, y>>
Nothing == \\E i \\in {} : x' = i /\\ UNCHANGED y
Next == (\\E d \\in 1..2 : Step(d)) \\/ Choose \\/ Never \\/ Nothing
Inv == /\\ x = 4 => y \\in {0, 1}
       /\\ x \\in 0..4 \\/ y = 0
====
"""
CONFIG = "INIT Init NEXT Next INVARIANT Inv CHECK_DEADLOCK FALSE"


def test_figures_of_actions_are_always_there(tmp_path: Path) -> None:
    stats = check(problem(tmp_path)).stats
    assert list(stats.actions) == ["Inc", "Reset"]
    assert sum(generated for generated, _ in stats.actions.values()) == stats.generated - 1
    assert sum(distinct for _, distinct in stats.actions.values()) == stats.distinct - 1


def test_nothing_is_counted_unasked(tmp_path: Path) -> None:
    result = check(problem(tmp_path))
    assert result.coverage is None and result.why is None


def test_conjuncts_and_branches_are_counted(tmp_path: Path) -> None:
    result = check(problem(tmp_path, CONFIG, BRANCHING), options=Options(coverage=True))
    assert result.verdict is Verdict.PASS and result.coverage is not None
    counts = by_text(result.coverage)
    states, steps = result.stats.distinct, result.stats.actions["Step"][0]
    assert counts["x < 3"][0] == 2 * states, "once in each state for each d"
    assert counts["x < 3"][1] == steps == counts["x' = x + d"][1]
    assert counts["y' = 1"][1] + counts["y' = y"][1] == steps, "either branch of the IF"
    assert counts["y' \\in {0, 1}"][1] == result.stats.actions["Choose"][0]
    assert counts["x > 9"] == (counts["y = 1"][1], 0)
    assert counts["x = 4 => y \\in {0, 1}"] == (states, states)
    assert counts["x \\in 0..4"] == (states, states)
    assert counts["\\E i \\in {} : x' = i /\\ UNCHANGED y"] == (0, 0)


def test_counting_changes_no_figure(tmp_path: Path) -> None:
    posed = problem(tmp_path, CONFIG, BRANCHING)
    plain = check(posed, options=Options(vacuity=False))
    for options in (Options(), Options(coverage=True), Options(why="Never"), Options(record_graph=True)):
        result = check(posed, options=options)
        assert (result.verdict, result.stats.generated, result.stats.distinct, result.stats.depth) == (
            plain.verdict,
            plain.stats.generated,
            plain.stats.distinct,
            plain.stats.depth,
        )
        assert result.stats.actions == plain.stats.actions


def why(folder: Path, action: str, module: str = BRANCHING, config: str = CONFIG) -> tuple[CheckResult, ActionReport]:
    result = check(problem(folder, config, module), options=Options(why=action))
    assert result.why is not None
    return result, result.why


def figures(report: ActionReport) -> dict[str, tuple[int, int, int]]:
    return {" ".join(guard.span.text.split()): (guard.evaluated, guard.false, guard.alone) for guard in report.guards}


def test_why_an_action_was_never_enabled(tmp_path: Path) -> None:
    result, report = why(tmp_path, "Never")
    assert (report.name, report.generated, report.distinct) == ("Never", 0, 0)
    states = result.stats.distinct
    with_y = figures(report)["y = 1"][0] - figures(report)["y = 1"][1]
    assert 0 < with_y < states
    assert figures(report) == {
        "x >= 0": (states, 0, 0),
        "y = 1": (states, states - with_y, 0),
        "x > 9": (states, states, with_y),
    }
    assert report.blocking is not None and report.blocking.span.text == "x > 9"


def test_why_there_was_nothing_to_choose_from(tmp_path: Path) -> None:
    result, report = why(tmp_path, "Nothing")
    states = result.stats.distinct
    assert figures(report) == {"\\E i \\in {} : x' = i /\\ UNCHANGED y": (states, states, states)}
    assert report.blocking is report.guards[0]


def test_why_of_an_action_that_was_enabled(tmp_path: Path) -> None:
    result, report = why(tmp_path, "Choose")
    assert report.generated > 0 and report.blocking is None
    found = figures(report)
    assert list(found) == ["x >= 2", "\\/ x = 2 \\/ y = 7"] and found["x >= 2"][0] == result.stats.distinct
    assert found["x >= 2"][2] == 0, "where x < 2 the other is FALSE too"


GUARDED = """---- MODULE Guarded ----
EXTENDS Integers, Sequences
VARIABLES x, queue
Init == x \\in 0..3 /\\ queue = <<>>
Ready(n) == n > 1
Act(n, step) == /\\ Ready(n)
                /\\ \\/ x = 1 /\\ x' = 0
                   \\/ x = 3 /\\ step
                /\\ LET first == Head(queue) IN
                     /\\ queue # <<>>
                     /\\ first = x
                /\\ IF x > 2 THEN UNCHANGED queue ELSE \\E i \\in {} : queue' = <<i>>
Next == \\/ \\E n \\in 1..2 : Act(n, x' = 0)
        \\/ x < 0 /\\ UNCHANGED <<x, queue>>
====
"""


def test_why_through_parameters_and_branches(tmp_path: Path) -> None:
    """A guard after one that is FALSE counts too, unless it has no value; each arm is a way of its own."""
    _, report = why(tmp_path, "Act", GUARDED, "INIT Init NEXT Next CHECK_DEADLOCK FALSE")
    assert figures(report) == {
        "\\E n \\in 1..2 : Act(n, x' = 0)": (4, 0, 0),
        "Ready(n)": (16, 8, 0),
        "x = 1": (8, 6, 0),
        "x = 3": (8, 6, 0),
        "queue # <<>>": (16, 16, 1),
        "first = x": (0, 0, 0),
        "\\E i \\in {} : queue' = <<i>>": (12, 12, 0),
    }
    assert report.blocking is not None and report.blocking.span.text == "queue # <<>>"


def test_why_of_what_has_no_name(tmp_path: Path) -> None:
    _, report = why(tmp_path, "Next", GUARDED, "INIT Init NEXT Next CHECK_DEADLOCK FALSE")
    assert figures(report) == {"x < 0": (4, 4, 4)}


def test_why_of_what_is_no_action(tmp_path: Path) -> None:
    result = check(problem(tmp_path, CONFIG, BRANCHING), options=Options(why="Nevr"))
    assert result.error is not None and result.error.hint == "did you mean `Never`?"
    assert result.error.expected == "one of: Step, Choose, Never, Nothing"


@pytest.mark.parametrize("arms", [3, 80])
def test_an_action_keeps_its_name_among_many(tmp_path: Path, arms: int) -> None:
    names = [f"A{i}" for i in range(arms)]
    module = "\n".join(
        [
            "---- MODULE Many ----",
            "EXTENDS Integers",
            "VARIABLE x",
            "Init == x = 0",
            *(f"{name} == x = {i} /\\ x' = {i + 1}" for i, name in enumerate(names)),
            "Next == " + " \\/ ".join(names),
            "====",
        ]
    )
    stats = check(problem(tmp_path, "INIT Init NEXT Next CHECK_DEADLOCK FALSE", module)).stats
    assert stats.actions == dict.fromkeys(names, (1, 1))
