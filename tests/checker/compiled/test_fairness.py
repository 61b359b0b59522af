"""Whether a branch has a fair behaviour: the compiled search says what the interpreter finds, of many properties."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from random import Random
from typing import Any

import pytest
from comitia.checker.compiled import behaviours
from comitia.checker.compiled.engine import CompiledEngine
from comitia.checker.compiled.process import SearchProcess
from comitia.checker.engine import Engine, Options
from comitia.checker.interpreted.engine import InterpretedEngine
from comitia.checker.result import CheckResult, Verdict
from comitia.model.problem import Problem

from ...differential.temporal import (
    ACTIONS,
    PREDICATES,
    SUBSCRIPTS,
    Formula,
    System,
    holds,
    is_behaviour,
    module,
    random_formula,
)
from ..interpreted.models import behaviour, problem
from ..liveness.harness import lasso_of

pytestmark = pytest.mark.usefixtures("compiler")

PLACES = tuple(product(range(3), range(9)))
PROPERTIES = 60
ASKED = ("truths", "fair")
GRAPH = ("origins", "targets", "labels")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the searches are asked about their graphs, as they are."""
    found: list[str] = []
    ask = SearchProcess.ask

    def noted(process: SearchProcess, what: str, *arguments: Any) -> object:
        found.append(what)
        return ask(process, what, *arguments)

    monkeypatch.setattr(SearchProcess, "ask", noted)
    return found


# --- random properties -----------------------------------------------------------------------------------------------


def random_system(random: Random) -> System:
    """A cycle through all states, and steps across it."""
    following = dict(zip(PLACES, [*PLACES[1:], PLACES[0]], strict=True))
    actions = {name: {(random.choice(PLACES), random.choice(PLACES)) for _ in range(6)} for name in ACTIONS}
    for place, after in following.items():
        actions[random.choice(ACTIONS)].add((place, after))
    predicates = {name: frozenset(random.sample(PLACES, random.randint(2, 20))) for name in PREDICATES}
    return System(frozenset(random.sample(PLACES, 2)), {name: frozenset(x) for name, x in actions.items()}, predicates)


def random_property(random: Random) -> Formula:
    """Under fairness, and pairs of []<> and <>[], each of which may take away what answers another one."""
    premise = _condition(random)
    for _ in range(random.randint(1, 4)):
        premise = ("and", premise, _condition(random))
    return ("implies", premise, random_formula(random, random.randint(1, 2), free=random.random() < 0.5))


def _condition(random: Random) -> Formula:
    if random.random() < 0.5:
        return (random.choice(("wf", "sf", "sf")), random.choice(ACTIONS), random.choice(tuple(SUBSCRIPTS)))
    often = ("always", ("eventually", _step(random)))
    rarely = ("not", ("always", ("eventually", _step(random))))
    return random.choice((often, rarely, ("or", rarely, often), ("or", rarely, often)))


def _step(random: Random) -> Formula:
    if random.random() < 0.5:
        return ("predicate", random.choice(PREDICATES))
    return ("angle", random.choice(ACTIONS), random.choice(tuple(SUBSCRIPTS)))


def checked(posed: Problem, engine: Engine) -> CheckResult:
    return engine.check(posed, options=Options(vacuity=False, keep_going=True))


@pytest.mark.parametrize("seed", range(3))
def test_random_properties(seed: int, tmp_path: Path, asked: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    random = Random(seed)
    system = random_system(random)
    formulas = [random_property(random) for _ in range(PROPERTIES)]
    names = [f"F{index}" for index in range(PROPERTIES)]
    config = f"SPECIFICATION Spec PROPERTIES {' '.join(names)} CHECK_DEADLOCK FALSE"
    posed = problem(tmp_path, config, module("Fair", system, formulas))
    expected = [(one.violated, one.counterexample) for one in checked(posed, InterpretedEngine()).violations]
    assert 5 < len(expected) < PROPERTIES - 5
    for workers in (1, 3):
        ours = checked(posed, CompiledEngine(workers)).violations
        assert [one.violated for one in ours] == [name for name, _ in expected]
        for one, (_, theirs) in zip(ours, expected, strict=True):
            assert theirs is not None
            assert (lasso_of(one.counterexample), one.counterexample.loop) == (lasso_of(theirs), theirs.loop)
    assert asked.count("fair") > 2 * PROPERTIES

    monkeypatch.setattr(behaviours, "MAX_STEPS", 0)
    asked.clear()
    ours = checked(posed, CompiledEngine(3)).violations
    assert [one.violated for one in ours] == [name for name, _ in expected]
    for one in ours:
        lasso = lasso_of(one.counterexample)
        assert is_behaviour(lasso, system)
        assert not holds(formulas[names.index(one.violated or "")], lasso, system)
    assert "between" in asked
    assert not {*GRAPH} & {*asked}


# --- one system ------------------------------------------------------------------------------------------------------

# From the hub 0 three rooms are entered; in the second one some steps are without value.
ROOMS = r"""---- MODULE Rooms ----
EXTENDS Integers, TLC
CONSTANTS a, b
VARIABLES at, key
vars == <<at, key>>
Init == at = 0 /\ key \in {a, b}
Go(i) == at = 0 /\ at' = i /\ UNCHANGED key
Back == at # 0 /\ at' = 0 /\ UNCHANGED key
Turn == key' \in {a, b} \ {key} /\ UNCHANGED at
Next == (\E i \in 1..3 : Go(i)) \/ Back \/ Turn
Bare == Init /\ [][Next]_vars
Weak == Bare /\ WF_vars(Next)
Strong == Bare /\ (\A i \in 1..3 : SF_vars(Go(i))) /\ WF_vars(Back)
Back3 == Strong /\ SF_vars(at = 3 /\ Back)
Returns == []<>(at = 0)
Visits == \A i \in 1..3 : []<>(at = i)
Leaves == (at = 0) ~> (at = 1 \/ at = 2)
Starts == at = 0 /\ <>(at # 0)
Both == <>(at = 1 /\ <>(at = 2 /\ <>(at = 3 /\ key = a)))
Chain == /\ <>[](at # 1) \/ []<>(at = 2)
         /\ <>[](at # 2) \/ []<>(at = 3)
         /\ <>[](at # 3) \/ []<>(at = 4)
OnlyHub == Chain => <>[](at = 0)
NoRoom == Chain => (at # 0 ~> [](at # 0))
Undefined == []<>(at # 2 \/ key = [x \in {1} |-> a][at])
Step == []<><<at' = [x \in {0, 1, 2} |-> 0][at]>>_vars
Moves == []<><<TRUE>>_<<key = a, at>>
Same == Permutations({a, b})
Shown == at
====
"""
CONFIG = "CONSTANTS a = a b = b CHECK_DEADLOCK FALSE\n"
CASES = [
    ("SPECIFICATION Bare PROPERTY Returns", Verdict.PROPERTY),
    ("SPECIFICATION Weak PROPERTY Returns", Verdict.PROPERTY),
    ("SPECIFICATION Strong PROPERTY Returns Visits", Verdict.PASS),
    ("SPECIFICATION Strong PROPERTY Leaves Starts", Verdict.PASS),
    ("SPECIFICATION Bare PROPERTY Starts", Verdict.PROPERTY),
    ("SPECIFICATION Strong PROPERTY Both", Verdict.PROPERTY),
    ("SPECIFICATION Strong PROPERTY OnlyHub", Verdict.PASS),
    ("SPECIFICATION Weak PROPERTY OnlyHub", Verdict.PASS),
    ("SPECIFICATION Bare PROPERTY NoRoom", Verdict.PROPERTY),
    ("SPECIFICATION Strong PROPERTY Undefined", Verdict.ERROR),
    ("SPECIFICATION Strong PROPERTY Step", Verdict.ERROR),
    ("SPECIFICATION Strong PROPERTY Returns Visits SYMMETRY Same", Verdict.PASS),
    ("SPECIFICATION Weak PROPERTY Moves", Verdict.PASS),
    ("SPECIFICATION Bare PROPERTY Returns SYMMETRY Same", Verdict.PROPERTY),
    ("SPECIFICATION Weak PROPERTY Returns SYMMETRY Same", Verdict.PROPERTY),
    ("SPECIFICATION Bare PROPERTY Visits VIEW Shown", Verdict.PROPERTY),
]


@pytest.mark.parametrize(("statements", "verdict"), CASES)
@pytest.mark.parametrize("most", [0, behaviours.MAX_STEPS])
def test_a_property(
    statements: str, verdict: Verdict, most: int, tmp_path: Path, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The graph itself comes here only where something is wrong, and then not all of it if it is large."""
    monkeypatch.setattr(behaviours, "MAX_STEPS", most)
    posed = problem(tmp_path, CONFIG + statements, ROOMS)
    theirs, ours = (engine.check(posed) for engine in (InterpretedEngine(), CompiledEngine(2)))
    assert (ours.verdict, ours.violated, str(ours.error)) == (theirs.verdict, theirs.violated, str(theirs.error))
    assert ours.verdict is verdict
    if most > 0:
        assert behaviour(ours) == behaviour(theirs)
    assert {*ASKED[: 1 if verdict is Verdict.ERROR else 2]} <= {*asked}
    assert bool({*GRAPH} & {*asked}) is (most > 0 and verdict is not Verdict.PASS)
    assert ("between" in asked) is (most == 0 and verdict is not Verdict.PASS)


def test_what_a_part_was_for_other_components_is_not_taken_for_what_it_is(tmp_path: Path, asked: list[str]) -> None:
    """There are more components than are remembered at first."""
    text = r"""---- MODULE Wheel ----
EXTENDS Integers
VARIABLE x
Init == x = 0
Next == x' = (x + 1) % 3000
Spec == Init /\ [][Next]_x /\ WF_x(Next)
Stops == \A i \in {5, 700, 999, 1500, 2000, 2999} : []<>(x = i)
Passes == \A i \in {5, 700, 999, 1500, 2000} : []<><<x + x' = 2 * i + 1>>_x
====
"""
    posed = problem(tmp_path, "SPECIFICATION Spec PROPERTIES Stops Passes", text)
    for workers in (1, 3):
        assert CompiledEngine(workers).check(posed).verdict is Verdict.PASS
    assert not {*GRAPH} & {*asked}
