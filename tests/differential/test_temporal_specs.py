"""Random whole specs with fairness and temporal properties, here and in TLC: verdict and figures equal."""

from __future__ import annotations

from pathlib import Path

import pytest
from comitia.checker import tlc
from comitia.checker.catalog import find_target
from comitia.checker.cli import make_engine, run_check
from comitia.checker.engine import Limits
from comitia.checker.result import Verdict
from comitia.model.diagnostics import InputError

from .temporal_specs import temporal_spec
from .test_temporal import figures, is_unrolled
from .test_whole_specs import REFUSED_BY_TLC, TLC_SECONDS

SEEDS = range(12)
"""Each costs a start of TLC."""


@pytest.fixture(autouse=True, scope="module")
def installed() -> None:
    try:
        tlc.installation()
    except InputError as error:
        pytest.skip(error.message)


def difference(seed: int, folder: Path) -> str | None:
    """How the results on the spec of that seed differ; None where they are equal."""
    name = f"Temporal{seed}"
    spec = temporal_spec(seed, name)
    (folder / f"{name}.tla").write_text(spec.module, encoding="utf-8")
    (folder / f"{name}.cfg").write_text(spec.config, encoding="utf-8")
    target = find_target(str(folder / f"{name}.tla"))
    ours = run_check(target, make_engine("interpreted", 1), Limits())
    theirs = tlc.run_tlc(target.module, target.config, timeout_seconds=TLC_SECONDS)
    if theirs.verdict is Verdict.ERROR and any(text in theirs.message for text in REFUSED_BY_TLC):
        return None
    # TLC 2.15 looks at what an outermost \\A holds when it looks at liveness, and then leaves with the code of that.
    same_code = ours.exit_code == theirs.exit_code or any(map(is_unrolled, spec.formulas))
    is_lasso = ours.counterexample is not None and ours.counterexample.loop is not None
    same_figures = not (ours.verdict is Verdict.PASS or is_lasso) or figures(ours)[:2] == figures(theirs)[:2]
    if same_figures and same_code and (ours.verdict is Verdict.PASS) is (theirs.verdict is Verdict.PASS):
        return None
    left, right = (ours.verdict, ours.violated, *figures(ours)), (theirs.verdict, theirs.violated, *figures(theirs))
    return f"seed {seed}: comitia {left}, TLC {right}\n{ours.error or ''}\n{theirs.message}\n{spec.config}{spec.module}"


@pytest.mark.parametrize("seed", SEEDS)
def test_a_random_spec_in_both(seed: int, tmp_path: Path) -> None:
    assert difference(seed, tmp_path) is None
