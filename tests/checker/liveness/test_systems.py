"""Random systems and formulas by brute force: what is violated has a fair lasso to show it, what holds has none."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from comitia.checker.result import CheckResult, Verdict

from ...differential.temporal import (
    Formula,
    Lasso,
    System,
    all_lassos,
    holds,
    is_behaviour,
    is_fair,
    random_formula,
    random_lasso,
    random_system,
    text,
)
from .harness import lasso_of, results

FORMULAS, LENGTH, WALKS = 3, 5, 150
"""Of each system: formulas, the length of all lassos that are tried, and how many random walks."""


@pytest.mark.parametrize("seed", range(40))
def test_formulas_that_tlc_handles(seed: int, tmp_path: Path) -> None:
    check(seed, tmp_path, free=False)


@pytest.mark.parametrize("seed", range(40))
def test_formulas_with_actions_anywhere(seed: int, tmp_path: Path) -> None:
    check(seed, tmp_path, free=True)


def check(seed: int, folder: Path, *, free: bool) -> None:
    random = Random(seed)
    system = random_system(random)
    formulas = [random_formula(random, random.randint(1, 4), free=free) for _ in range(FORMULAS)]
    tried = {*all_lassos(system, LENGTH), *(random_lasso(random, system) for _ in range(WALKS))}
    fair = [lasso for lasso in tried if is_fair(lasso, system)]
    for formula, result in zip(formulas, results(folder, system, formulas), strict=True):
        verify(formula, result, system, fair)


def verify(formula: Formula, result: CheckResult, system: System, fair: list[Lasso]) -> None:
    if result.verdict is Verdict.PASS:
        missed = next((lasso for lasso in fair if not holds(formula, lasso, system)), None)
        assert missed is None, f"{text(formula)} is falsified by {missed}"
        return
    assert result.counterexample is not None, result.error
    lasso = lasso_of(result.counterexample)
    assert is_behaviour(lasso, system)
    assert not holds(formula, lasso, system), f"{text(formula)} holds of {lasso}"
    if result.verdict is Verdict.PROPERTY and result.counterexample.loop is not None:
        assert is_fair(lasso, system), f"{lasso} is not fair"


def test_every_short_lasso_is_tried() -> None:
    """Of x = 0 -> 1 -> 0 with y at 0: to stutter in either state, and the cycle, begun in either way round."""
    first, second = (0, 0), (1, 0)
    system = System(frozenset({first}), {"A": frozenset({(first, second), (second, first)})}, {})
    assert set(all_lassos(system, 3)) == {
        Lasso((first,), 0),
        Lasso((first, second), 0),
        Lasso((first, second), 1),
        Lasso((first, second, first), 1),
        Lasso((first, second, first), 0),
        Lasso((first, second, first), 2),
    }
