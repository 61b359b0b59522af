"""Temporal properties, here and in TLC: of random systems with fairness, and the cases of `checker.liveness.cases`."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from random import Random

import pytest
from comitia.checker import tlc
from comitia.checker.catalog import Target
from comitia.checker.result import CheckResult, Verdict
from comitia.model.diagnostics import InputError

from ..checker.liveness.cases import FAILS, HOLDS, lift
from ..checker.liveness.harness import NAME, results
from .temporal import Formula, random_formula, random_system, text

SEEDS = range(10)
"""Each costs a start of TLC, and one more for each formula that is violated."""
FORMULAS = 6
TLC_SECONDS = 60
VIOLATED = (Verdict.INVARIANT, Verdict.ACTION, Verdict.PROPERTY)


@pytest.fixture(autouse=True, scope="module")
def installed() -> None:
    try:
        tlc.installation()
    except InputError as error:
        pytest.skip(error.message)


def in_tlc(target: Target) -> tlc.TlcResult:
    return tlc.run_tlc(target.module, target.config, check_deadlock=False, timeout_seconds=TLC_SECONDS)


def figures(result: CheckResult | tlc.TlcResult) -> tuple[object, ...]:
    found = result.stats if isinstance(result, CheckResult) else result
    return (found.generated, found.distinct, found.depth)


@pytest.mark.parametrize("seed", SEEDS)
def test_random_formulas_in_both(seed: int, tmp_path: Path) -> None:
    """Those that hold are put to TLC together; of the others, which it must find violated one by one, the first."""
    random = Random(seed)
    system = random_system(random)
    formulas = [random_formula(random, random.randint(1, 3)) for _ in range(FORMULAS)]
    ours = results(tmp_path, system, formulas)
    holding = [index for index, result in enumerate(ours) if result.verdict is Verdict.PASS]
    if holding:
        theirs = in_tlc(posed(tmp_path, holding))
        assert theirs.verdict is Verdict.PASS, theirs.message
        assert figures(theirs) == figures(ours[holding[0]])
    for index in [index for index in range(FORMULAS) if index not in holding][:1]:
        theirs = in_tlc(posed(tmp_path, [index]))
        assert theirs.verdict in VIOLATED, f"{text(formulas[index])}\n{theirs.message}"
        assert is_unrolled(formulas[index]) or theirs.exit_code == ours[index].exit_code


def posed(folder: Path, indices: list[int]) -> Target:
    """The properties of those indices of the module that is in the folder."""
    config = folder / f"{NAME}.cfg"
    names = " ".join(f"F{index}" for index in indices)
    config.write_text(f"SPECIFICATION Spec PROPERTIES {names}", encoding="utf-8")
    return Target(NAME, folder / f"{NAME}.tla", config)


def is_unrolled(formula: Formula) -> bool:
    """Whether what stands in a `\\A` becomes a property of its own, as in TLC since 2023; before, the whole is one."""
    head, *parts = formula
    return head == "forall" or (head == "and" and any(map(is_unrolled, parts)))


@pytest.mark.parametrize("spec", sorted({spec for spec, _ in HOLDS}))
def test_what_holds(spec: str, tmp_path: Path) -> None:
    formulas = [formula for of, formula in HOLDS if of == spec]
    theirs = in_tlc(lift(tmp_path, spec, formulas))
    assert theirs.verdict is Verdict.PASS, theirs.message


@pytest.mark.parametrize(
    ("spec", "formula"), [next(cases) for _, cases in groupby(sorted(FAILS), key=lambda case: case[0])]
)
def test_what_fails(spec: str, formula: str, tmp_path: Path) -> None:
    """One case of each specification: each costs a start of TLC."""
    theirs = in_tlc(lift(tmp_path, spec, [formula]))
    assert theirs.verdict in VIOLATED, theirs.message
