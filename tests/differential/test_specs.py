"""The small specs of tests/testdata/specs, one for each point of semantics, here and in TLC: equal in every figure."""

from __future__ import annotations

from pathlib import Path

import pytest
from comitia.checker import tlc
from comitia.checker.catalog import find_target
from comitia.checker.cli import make_engine, run_check
from comitia.checker.engine import Limits
from comitia.checker.result import Verdict
from comitia.model.diagnostics import InputError

SPECS = Path(__file__).parent.parent / "testdata" / "specs"
TLC_SECONDS = 60


@pytest.fixture(autouse=True, scope="module")
def installed() -> None:
    try:
        tlc.installation()
    except InputError as error:
        pytest.skip(error.message)


@pytest.mark.parametrize("module", sorted(SPECS.glob("*.tla")), ids=lambda path: path.stem)
def test_a_spec_in_both(module: Path) -> None:
    if not module.with_suffix(".cfg").exists():
        pytest.skip("a module that others use")
    target = find_target(str(module))
    ours = run_check(target, make_engine("interpreted", 1), Limits())
    theirs = tlc.run_tlc(target.module, target.config, timeout_seconds=TLC_SECONDS)
    assert ours.verdict == theirs.verdict, theirs.message
    if ours.verdict is not Verdict.ASSERT:
        assert ours.exit_code == theirs.exit_code
    stats = ours.stats
    figures = [("generated", theirs.generated), ("distinct", theirs.distinct), ("depth", theirs.depth)]
    known = {name: figure for name, figure in figures if figure is not None}
    assert {name: getattr(stats, name) for name in known} == known
    if theirs.states:
        assert ours.counterexample is not None
        assert len(ours.counterexample.steps) == len(theirs.states)
