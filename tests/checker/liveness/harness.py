"""Random systems of `differential.temporal` checked by an engine, and its counterexamples as lassos."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from comitia.checker.engine import Engine, Options
from comitia.checker.interpreted.engine import InterpretedEngine
from comitia.checker.result import CheckResult, Counterexample
from comitia.model.build import build_problem
from comitia.model.config import read_config
from comitia.model.modules.loader import load_module
from comitia.model.source import Source

from ...differential.temporal import Formula, Lasso, System, module

NAME = "Temporal"


def results(
    folder: Path,
    system: System,
    formulas: Sequence[Formula],
    engine: Engine = InterpretedEngine(),  # noqa: B008
) -> list[CheckResult]:
    """The result for each of the formulas as a property of the system."""
    path = folder / f"{NAME}.tla"
    path.write_text(module(NAME, system, formulas), encoding="utf-8")
    return [_check(path, f"PROPERTY F{index}", engine) for index in range(len(formulas))]


def _check(path: Path, statement: str, engine: Engine) -> CheckResult:
    config = f"SPECIFICATION Spec {statement} CHECK_DEADLOCK FALSE"
    problem = build_problem(load_module(path), read_config(Source(f"{NAME}.cfg", config)))
    return engine.check(problem, options=Options(vacuity=False))


def lasso_of(counterexample: Counterexample) -> Lasso:
    """The behaviour of a counterexample; one that is finite goes on stuttering."""
    states = tuple((step.state["x"], step.state["y"]) for step in counterexample.steps)
    loop = len(states) - 1 if counterexample.loop is None else counterexample.loop
    return Lasso(states, loop)  # type: ignore[arg-type]
