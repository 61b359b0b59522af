"""Every model of the catalog, here and in TLC: verdict, states generated, distinct states and depth are equal.

    pytest tests/differential/test_catalog.py --tlc-states 0

has TLC check the largest models too, which takes minutes for each. Without it they are held against the figures that
TLC had for them when they were recorded.
"""

from __future__ import annotations

import pytest
from comitia.checker import tlc
from comitia.checker.catalog import CatalogModel, catalog, find_target
from comitia.checker.cli import run_check
from comitia.checker.compiled.auto import AutoEngine
from comitia.checker.compiled.build import FLAGS_VARIABLE
from comitia.checker.engine import Limits
from comitia.checker.result import CheckResult, Verdict
from comitia.model.diagnostics import InputError

from ..conftest import JAVA_OPTIONS

LONG_DISTINCT = 60_000
"""Models with more distinct states than this take long; their tests start first."""
TLC_SECONDS = 3_600
PATIENCE_SECONDS = 5.0
"""What takes longer to interpret is left to the compiled engine."""
QUICK_STATES = 20_000
"""Models that generate more than this are worth what Java takes to optimise TLC."""


@pytest.fixture(autouse=True, scope="module")
def installed() -> None:
    try:
        tlc.installation()
    except InputError as error:
        pytest.skip(error.message)


def models() -> list[object]:
    """Every model of the catalog as a test parameter."""
    return [
        pytest.param(model, id=model.name, marks=pytest.mark.long if (model.distinct or 0) > LONG_DISTINCT else ())
        for model in catalog()
    ]


@pytest.mark.parametrize("model", models())
def test_a_model_in_both(model: CatalogModel, tlc_states: int, monkeypatch: pytest.MonkeyPatch) -> None:
    if (model.generated or 0) > QUICK_STATES:
        monkeypatch.delenv(JAVA_OPTIONS, raising=False)
    if (model.distinct or 0) > LONG_DISTINCT:
        monkeypatch.setenv(FLAGS_VARIABLE, "-O1")
    ours = run_check(find_target(model.name), AutoEngine(1, PATIENCE_SECONDS), Limits())
    assert figures_of(ours)[2:] == (model.generated, model.distinct, model.depth), "the catalog is out of date"
    assert (ours.verdict, ours.violated) == (model.verdict, model.violated), "the catalog is out of date"
    if tlc_states and (model.generated or 0) > tlc_states:
        assert (model.source or "").startswith("TLC"), "figures that are not TLC's have to be compared with TLC's"
        return
    theirs = run_in_tlc(model)
    if ours.verdict is Verdict.PROPERTY:  # TLC looks for those as it searches, and stops there
        assert theirs.verdict is ours.verdict
    else:
        assert figures_of(ours) == (theirs.verdict, theirs.violated, theirs.generated, theirs.distinct, theirs.depth)
    if theirs.verdict in (Verdict.INVARIANT, Verdict.DEADLOCK):
        assert ours.counterexample is not None
        assert len(ours.counterexample.steps) == len(theirs.states), "TLC's counterexample has another length"


def run_in_tlc(model: CatalogModel) -> tlc.TlcResult:
    target = find_target(model.name)
    return tlc.run_tlc(target.module, target.config, check_deadlock=target.check_deadlock, timeout_seconds=TLC_SECONDS)


def figures_of(result: CheckResult) -> tuple[Verdict, str | None, int, int, int]:
    stats = result.stats
    return result.verdict, result.violated, stats.generated, stats.distinct, stats.depth
