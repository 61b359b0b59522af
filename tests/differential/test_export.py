"""What `comitia export` writes, in TLC: the figures are those of the original model here."""

from __future__ import annotations

from pathlib import Path

import pytest
from comitia.checker import tlc
from comitia.checker.catalog import Target, find_target
from comitia.checker.cli import run_check
from comitia.checker.engine import Limits
from comitia.checker.export import exported, write
from comitia.checker.interpreted.engine import InterpretedEngine
from comitia.model.diagnostics import InputError

from ..archive import read_archive

TESTDATA = Path(__file__).parent.parent / "testdata"
SPECS = sorted(path for path in (TESTDATA / "specs").glob("*.tla") if path.with_suffix(".cfg").exists())
CASES = sorted((TESTDATA / "export").glob("*.txt"))
TLC_SECONDS = 120


@pytest.fixture(autouse=True, scope="module")
def installed() -> None:
    try:
        tlc.installation()
    except InputError as error:
        pytest.skip(error.message)


def run_exported(target: Target, folder: Path) -> tlc.TlcResult:
    """What TLC finds in the exported model."""
    output = folder / "exported"
    write(exported(target), output, target.module)
    (config,) = output.glob("*.cfg")
    return tlc.run_tlc(config.with_suffix(".tla"), config, timeout_seconds=TLC_SECONDS)


def compare(target: Target, folder: Path) -> None:
    ours, theirs = run_check(target, InterpretedEngine(), Limits()), run_exported(target, folder)
    assert ours.verdict == theirs.verdict, theirs.message
    stats = ours.stats
    figures = [("generated", theirs.generated), ("distinct", theirs.distinct), ("depth", theirs.depth)]
    known = {name: figure for name, figure in figures if figure is not None}
    assert {name: getattr(stats, name) for name in known} == known


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_what_tlc_cannot_read_itself(path: Path, tmp_path: Path) -> None:
    case = read_archive(path)
    given = [name for name in case.files if "/" not in name]
    case.unpack(tmp_path, given)
    module = next(tmp_path / name for name in case.command if name.endswith(".tla"))
    (config,) = tmp_path.glob("*.cfg")
    compare(Target(module.stem, module, config), tmp_path)


@pytest.mark.parametrize("module", SPECS, ids=lambda path: path.stem)
def test_a_spec_exported(module: Path, tmp_path: Path) -> None:
    compare(find_target(str(module)), tmp_path)


def test_raft_exported(tmp_path: Path) -> None:
    """Against the figures of the catalog, which other tests hold ours to."""
    target = find_target("raft/small")
    theirs = run_exported(target, tmp_path)
    model = target.model
    assert model is not None
    expected = (model.verdict, model.generated, model.distinct, model.depth)
    assert (theirs.verdict, theirs.generated, theirs.distinct, theirs.depth) == expected
