"""Random behaviours in the compiled engine: the same as in the interpreter, on any number of workers."""

from __future__ import annotations

from pathlib import Path

import pytest
from comitia.checker.compiled import process
from comitia.checker.compiled.engine import CompiledEngine
from comitia.checker.engine import Engine, Simulation
from comitia.checker.interpreted.engine import InterpretedEngine
from comitia.checker.result import CheckResult, Verdict
from comitia.model.problem import Problem

from ..interpreted.models import behaviour, problem
from ..interpreted.test_simulation import SPREAD, SPREAD_CONFIG

pytestmark = pytest.mark.usefixtures("compiler")

MODULE = SPREAD.replace(
    "====",
    """Odd == x % 3 # 2
Partial == x # 13 \\/ CHOOSE n \\in {1} : n = x
Even == y % 2 = 0
Stuck == x > 40 /\\ UNCHANGED <<x, y>>
Empty == x \\in {} /\\ y = 0
Again == (x \\in {3, 1} \\/ x \\in 1..4) /\\ y = 0
Bounded == Next /\\ x < 45
Failing == Next /\\ (x = 13 => [n \\in {1} |-> n][x] = 1)
====""",
)


def facts(engine: Engine, posed: Problem, seed: int, behaviours: int = 700) -> tuple[object, ...]:
    result = engine.simulate(posed, Simulation(behaviours, 30, seed))
    stats = result.stats
    figures = (stats.generated, stats.distinct, stats.depth, stats.behaviours)
    found = (result.verdict, result.violated, figures, behaviour(result))
    return (*found, str(result.error), result.warnings, result.seed)


@pytest.mark.parametrize(
    "config",
    [
        "INIT Init NEXT Next",
        "INIT Init NEXT Next INVARIANT Rare",
        "INIT Init NEXT Next INVARIANT Partial",
        "INIT Init NEXT Next PROPERTY Step",
        "INIT Init NEXT Next CONSTRAINT Near",
        "INIT Init NEXT Next CONSTRAINT Even Odd",
        "INIT Init NEXT Next INVARIANT Odd",
        "INIT Init NEXT Bounded",
        "INIT Init NEXT Failing",
        "INIT Init NEXT Stuck",
        "INIT Empty NEXT Next",
        "INIT Again NEXT Next",
    ],
)
def test_behaviours_are_those_of_the_interpreter(tmp_path: Path, config: str) -> None:
    posed = problem(tmp_path, config + "\n", MODULE)
    for seed in (1, 1 << 70):
        expected = facts(InterpretedEngine(), posed, seed)
        for workers in (1, 3):
            assert facts(CompiledEngine(workers), posed, seed) == expected


def test_another_process_goes_on_where_one_has_had_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    posed = problem(tmp_path, SPREAD_CONFIG, SPREAD)
    expected = facts(CompiledEngine(), posed, 5)
    firsts: list[int] = []

    def simulate(
        executable: Path, workers: int, first: int, simulation: Simulation, *more: object, is_exiting: bool
    ) -> process.Answer:
        assert not is_exiting
        firsts.append(first)
        part = Simulation(min(first + 300, simulation.behaviours), simulation.depth, simulation.seed)
        return genuine(executable, workers, first, part, *more, is_exiting=is_exiting)  # type: ignore[arg-type]

    genuine = process.simulate
    monkeypatch.setattr(process, "simulate", simulate)
    assert facts(CompiledEngine(), posed, 5) == expected
    assert firsts == [0, 300, 600]


def test_what_no_initial_state_allows_is_told(tmp_path: Path) -> None:
    posed = problem(tmp_path, SPREAD_CONFIG + "CONSTRAINT Rare Never", SPREAD.replace("====", "Never == x < 0\n===="))
    result: CheckResult = CompiledEngine().simulate(posed, Simulation(5, 5, 1))
    assert result.verdict is Verdict.ERROR
    assert "no initial state" in str(result.error)
