"""Small specs given as text, checked by the interpreted engine."""

from __future__ import annotations

from pathlib import Path

from comitia.checker.engine import Options
from comitia.checker.interpreted.engine import InterpretedEngine
from comitia.checker.result import CheckResult
from comitia.model.build import build_problem
from comitia.model.config import read_config
from comitia.model.modules.loader import load_module
from comitia.model.problem import Problem
from comitia.model.source import Source


def problem_of(folder: Path, body: str, config: str) -> Problem:
    """The problem of a module with that body."""
    path = folder / "Root.tla"
    path.write_text(f"---- MODULE Root ----\n{body}\n====\n", encoding="utf-8")
    return build_problem(load_module(path), read_config(Source("Root.cfg", config)))


def check(folder: Path, body: str, config: str = "INIT Init\nNEXT Next") -> CheckResult:
    """The result for a module with that body; no deadlock is looked for."""
    problem = problem_of(folder, body, config)
    problem.check_deadlock = False
    return InterpretedEngine().check(problem, options=Options(vacuity=False))


def assume(folder: Path, extends: str, *formulas: str) -> CheckResult:
    """The result for assumptions alone."""
    return check(folder, "\n".join([f"EXTENDS {extends}", *(f"ASSUME {formula}" for formula in formulas)]), "")
