"""What a passing search warns of, and what it does not."""

from __future__ import annotations

from pathlib import Path

import pytest
from comitia.checker.catalog import find_target
from comitia.checker.engine import Limits, Options
from comitia.checker.loading import load_problem
from comitia.checker.result import Verdict

from .models import check, problem

SPECS = Path(__file__).parents[2] / "testdata" / "specs"
MODULE = """---- MODULE Vacuous ----
EXTENDS Integers
CONSTANTS Fast, Limit
VARIABLES x, messages
vars == <<x, messages>>
Init == x = 0 /\\ messages = {}
Inc == x < Limit /\\ x' = x + 1 /\\ UNCHANGED messages
Jump == Fast /\\ x' = Limit /\\ UNCHANGED messages
Receive == \\E m \\in messages : m.kind = "a" /\\ UNCHANGED vars
Blocked == x > 0 /\\ x > Limit /\\ UNCHANGED vars
Partly == /\\ x = 1
          /\\ \\/ x = 1 /\\ x' = 0
             \\/ x = 2 /\\ x' = 1
          /\\ UNCHANGED messages
Branch == x = 2 /\\ x' = (IF x = 2 THEN 0 ELSE 1) /\\ IF x = 7 THEN messages' = {1} ELSE UNCHANGED messages
Next == Inc \\/ Jump \\/ Receive \\/ Blocked \\/ Partly \\/ Branch
TypeOK == x \\in 0..Limit /\\ messages = {}
Same == TypeOK
Beyond == x > 10 => (x = 11 => FALSE)
Within == \\A m \\in messages : m.kind = "b" => x = 3
Tried == x = 1 => messages = {}
Bounded == Limit > 0
Half == Limit > 0 /\\ x >= 0
Switched == Fast => x = 0
====
"""
CONFIG = "CONSTANTS Fast = FALSE Limit = 3\nINIT Init NEXT Next\nCHECK_DEADLOCK FALSE\n"


def warnings(folder: Path, invariants: str = "", options: Options | None = None) -> list[str]:
    posed = problem(folder, CONFIG + invariants, MODULE)
    result = check(posed, options=options or Options())
    assert result.verdict is Verdict.PASS
    return [warning.replace(f"{folder}/", "") for warning in result.warnings]


def test_actions_and_their_conjuncts(tmp_path: Path) -> None:
    assert warnings(tmp_path) == [
        "the action Jump (Vacuous.tla:8:1) is switched off: `Fast` (Vacuous.tla:8:9) is FALSE",
        "the action Receive (Vacuous.tla:9:1) was never enabled: there was nothing to choose its variables from",
        "the action Blocked (Vacuous.tla:10:1) was never enabled: `x > Limit` (Vacuous.tla:10:21) was never TRUE",
        "in the action Partly, `x = 2` (Vacuous.tla:13:17) was never TRUE",
        "in the action Branch, `x = 7` (Vacuous.tla:15:56) was never TRUE",
    ]


def test_coverage_and_why_say_the_same(tmp_path: Path) -> None:
    plain = warnings(tmp_path, "INVARIANTS Beyond Within Tried")
    for options in (Options(coverage=True), Options(why="Blocked"), Options(coverage=True, why="Inc")):
        assert warnings(tmp_path, "INVARIANTS Beyond Within Tried", options) == plain


@pytest.mark.parametrize(
    ("invariants", "expected"),
    [
        ("Tried", []),
        ("Beyond", ["in Beyond, the left side of `=>` was never TRUE: `x > 10` (Vacuous.tla:19:11)"]),
        ("Within", ['in Within, the left side of `=>` was never TRUE: `m.kind = "b"` (Vacuous.tla:20:31)']),
        ("Switched", []),
        ("Bounded", ["the invariant Bounded depends on no variable"]),
        ("Half", ["in the invariant Half, `Limit > 0` (Vacuous.tla:23:9) depends on no variable"]),
        ("TypeOK Same", ["the invariants TypeOK and Same are one and the same"]),
    ],
)
def test_invariants(tmp_path: Path, invariants: str, expected: list[str]) -> None:
    assert warnings(tmp_path, f"INVARIANTS {invariants}")[5:] == expected


TYPED = """---- MODULE Typed ----
EXTENDS Integers
CONSTANT Limit
VARIABLES x, y, seen
Init == x = 0 /\\ y = FALSE /\\ seen = {}
Next == x' = (x + 1) % Limit /\\ y' = (x > 1) /\\ seen' = seen \\cup {x}
TypeOK == /\\ x \\in 0..Limit
          /\\ x >= 0
          /\\ y \\in BOOLEAN
TypesOfSets == seen \\subseteq 0..Limit
Follows == y \\/ x < Limit + 1
FromBoth == (\\A i \\in seen : i <= Limit) /\\ x <= Limit
Half == x # Limit /\\ (y => TRUE)
Says == x # Limit
NoValue == IF x = Limit THEN x[1] ELSE TRUE
Again == x \\in 0..Limit
====
"""


@pytest.mark.parametrize(
    ("limit", "invariants", "expected"),
    [
        (
            3,
            "TypeOK",
            ["in the invariant TypeOK, `x >= 0` (Typed.tla:8:14) holds in every state of the types of TypeOK"],
        ),
        (3, "Says NoValue", []),
        (3, "Follows FromBoth", []),
        (3, "TypeOK Says NoValue Again", ["in the invariant TypeOK, `x >= 0`"]),
        (3, "Follows TypeOK", ["in the invariant TypeOK, `x >= 0`", "the invariant Follows"][::-1]),
        (
            3,
            "Again TypesOfSets FromBoth",
            ["the invariant FromBoth holds in every state of the types of TypesOfSets and Again, reachable or not"],
        ),
        (
            3,
            "TypeOK Half",
            [
                "in the invariant TypeOK, `x >= 0`",
                "in the invariant Half, `y => TRUE` (Typed.tla:13:23) holds in every",
            ],
        ),
        (40, "Again Follows", []),
        (40, "Again TypesOfSets FromBoth", ["in the invariant FromBoth, `x <= Limit`"]),
    ],
)
def test_invariants_that_follow_from_types(tmp_path: Path, limit: int, invariants: str, expected: list[str]) -> None:
    config = f"CONSTANT Limit = {limit}\nINIT Init NEXT Next INVARIANTS {invariants}"
    result = check(problem(tmp_path, config, TYPED))
    found = [warning.replace(f"{tmp_path}/", "") for warning in result.warnings]
    assert result.verdict is Verdict.PASS and len(found) == len(expected), found
    assert all(warning.startswith(start) for warning, start in zip(found, expected, strict=True)), found


def test_no_more_than_a_screen(tmp_path: Path) -> None:
    actions = [f"A{i} == x > {i + 9} /\\ UNCHANGED vars" for i in range(30)]
    module = MODULE.replace("Next ==", "\n".join([*actions, "Next =="])).replace(
        "Inc \\/ Jump", " \\/ ".join(["Inc", *(f"A{i}" for i in range(30)), "Jump"])
    )
    found = check(problem(tmp_path, CONFIG, module)).warnings
    assert len(found) == 21 and found[-1] == "15 more things of this kind; --coverage shows all"


def test_a_larger_definition_is_looked_into(tmp_path: Path) -> None:
    """One that is compiled to a function of its own."""
    terms = " + ".join(["a"] * 40)
    module = MODULE.replace(
        "TypeOK ==", f"Large(a) == a > 10 => {terms} > 0\nCalls == Large(x) /\\ Large(x + 1)\nTypeOK =="
    )
    result = check(problem(tmp_path, CONFIG + "INVARIANT Calls", module))
    assert any("in Calls, the left side of `=>` was never TRUE: `a > 10`" in warning for warning in result.warnings)


def test_no_warning_unasked(tmp_path: Path) -> None:
    assert warnings(tmp_path, "INVARIANT Beyond", Options(vacuity=False)) == []


def test_no_warning_of_a_search_that_did_not_see_everything(tmp_path: Path) -> None:
    posed = problem(tmp_path, CONFIG, MODULE)
    assert check(posed, Limits(max_states=2)).warnings == ()
    violated = problem(tmp_path, CONFIG + "INVARIANT Beyond Small", MODULE.replace("====", "Small == x < 2\n===="))
    assert check(violated).warnings == ()


def test_enabled_does_not_count_as_a_step(tmp_path: Path) -> None:
    module = MODULE.replace("Tried ==", "Able == ENABLED Blocked \\/ x >= 0\nTried ==")
    result = check(problem(tmp_path, CONFIG + "INVARIANT Able", module))
    assert any("Blocked" in warning for warning in result.warnings)


def test_what_stands_under_enabled_is_no_implication() -> None:
    """It is walked, though what is evaluated elsewhere may be the same."""
    posed = load_problem(find_target(str(SPECS / "RecursiveFunctionInAction.tla")))
    assert check(posed).warnings == ()


def test_what_assigns_on_one_way_and_fails_as_a_test_on_another(tmp_path: Path) -> None:
    module = """---- MODULE TwoWays ----
EXTENDS Integers
VARIABLES x, y
Init == x = 0 /\\ y = 0
Change == x' = (x + 1) % 3
Same == UNCHANGED y
Step == \\/ Change /\\ Same
        \\/ x' = 5 /\\ Change /\\ y' = 1
        \\/ Change /\\ y' = 5 /\\ Same
Next == Step
====
"""
    result = check(problem(tmp_path, "INIT Init NEXT Next", module))
    assert result.verdict is Verdict.PASS and result.warnings == ()
