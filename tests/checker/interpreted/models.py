"""Small models from texts, and checks of them, for the tests of the interpreted engine."""

from __future__ import annotations

from pathlib import Path

from comitia.checker.catalog import find_target
from comitia.checker.engine import Limits, Options, Simulation
from comitia.checker.interpreted.engine import InterpretedEngine
from comitia.checker.loading import load_problem
from comitia.checker.result import CheckResult, Count
from comitia.model.problem import Problem
from comitia.model.values import show

COUNTER = """---- MODULE Counter ----
EXTENDS Integers, TLC
CONSTANT Limit
VARIABLES x, y
Init == x = 0 /\\ y = {}
Inc == x < Limit /\\ x' = x + 1 /\\ y' = y \\cup {x}
Reset == x = Limit /\\ x' = 0 /\\ UNCHANGED y
Next == Inc \\/ Reset
Spec == Init /\\ [][Next]_<<x, y>>
Small == x < 2
Tiny == x < 1
Even == x # 1 /\\ x # 3
Up == [][x' > x]_x
Down == [][x' < x]_x
====
"""
COUNTER_CONFIG = "CONSTANT Limit = 3\nSPECIFICATION Spec\n"


def write_model(folder: Path, config: str = COUNTER_CONFIG, module: str = COUNTER) -> Path:
    """The file of a module in `folder`, its configuration beside it."""
    name = module.split()[2]
    file = folder / f"{name}.tla"
    file.write_text(module)
    file.with_suffix(".cfg").write_text(config)
    return file


def problem(folder: Path, config: str = COUNTER_CONFIG, module: str = COUNTER) -> Problem:
    return load_problem(find_target(str(write_model(folder, config, module))))


def check(posed: Problem, limits: Limits = Limits(), options: Options = Options()) -> CheckResult:  # noqa: B008
    return InterpretedEngine().check(posed, limits, None, options)


def simulate(posed: Problem, behaviours: int = 10, depth: int = 10, seed: int = 1) -> CheckResult:
    return InterpretedEngine().simulate(posed, Simulation(behaviours, depth, seed))


def behaviour(result: CheckResult) -> list[tuple[str | None, dict[str, str]]] | None:
    """The counterexample as it prints: values of two runs are never equal, since each has an order of strings."""
    if result.counterexample is None:
        return None
    return [
        (step.action, {name: show(value) for name, value in step.state.items()}) for step in result.counterexample.steps
    ]


def by_text(counts: tuple[Count, ...]) -> dict[str, tuple[int, int]]:
    """Text of an expression, on one line → how often it was evaluated, and TRUE."""
    return {" ".join(count.span.text.split()): (count.evaluated, count.true) for count in counts}
