"""Random whole specs, here and in TLC: verdict and figures equal.

Where a run ends early, TLC 2.15 has counted all successors of an action before it examines the first, so `generated`
may be a little more there than here; verdict, what is violated, and the length of the counterexample are compared.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from comitia.checker import tlc
from comitia.checker.catalog import find_target
from comitia.checker.cli import make_engine, run_check
from comitia.checker.engine import Limits
from comitia.checker.result import CheckResult, Verdict
from comitia.model.diagnostics import InputError

from .whole_specs import whole_spec

REFUSED_BY_TLC = (
    "No next state actions defined",
    "is equal to FALSE",
)
"""TLC refuses a Next, an invariant or a constraint that it finds to be constant; we check it as it stands."""
SEEDS = range(24)
"""Each costs a start of TLC."""
TLC_SECONDS = 60


@pytest.fixture(autouse=True, scope="module")
def installed() -> None:
    try:
        tlc.installation()
    except InputError as error:
        pytest.skip(error.message)


def difference(seed: int, folder: Path) -> str | None:
    """How the results on the spec of that seed differ; None where they are equal."""
    name = f"Whole{seed}"
    spec = whole_spec(seed, name)
    (folder / f"{name}.tla").write_text(spec.module, encoding="utf-8")
    (folder / f"{name}.cfg").write_text(spec.config, encoding="utf-8")
    target = find_target(str(folder / f"{name}.tla"))
    ours = run_check(target, make_engine("interpreted", 1), Limits())
    theirs = tlc.run_tlc(target.module, target.config, timeout_seconds=TLC_SECONDS)
    left, right = outcome(ours), tlc_outcome(theirs)
    if left == right or (theirs.verdict is Verdict.ERROR and any(text in theirs.message for text in REFUSED_BY_TLC)):
        return None
    return f"seed {seed}: comitia {left}, TLC {right}\n{ours.error or ''}\n{theirs.message}\n{spec.config}{spec.module}"


def outcome(result: CheckResult) -> tuple[object, ...]:
    stats = result.stats
    if result.verdict is Verdict.PASS:
        return (result.verdict, stats.generated, stats.distinct, stats.depth)
    steps = len(result.counterexample.steps) if result.counterexample else 0
    return (result.verdict, result.violated, steps if result.verdict is not Verdict.ERROR else None)


def tlc_outcome(result: tlc.TlcResult) -> tuple[object, ...]:
    if result.verdict is Verdict.PASS:
        return (result.verdict, result.generated, result.distinct, result.depth)
    # A violation by an initial state is not told as a behaviour.
    steps = len(result.states) or 1
    return (result.verdict, result.violated, steps if result.verdict is not Verdict.ERROR else None)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_random_spec_in_both(seed: int, tmp_path: Path) -> None:
    assert difference(seed, tmp_path) is None
