"""Run modes here and in TLC: figures of actions as its -coverage, the state space of its -continue."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from comitia.checker import tlc
from comitia.checker.catalog import find_target
from comitia.checker.cli import make_engine, run_check
from comitia.checker.engine import Limits, Options
from comitia.checker.result import CheckResult, Verdict
from comitia.model.diagnostics import InputError

SPECS = Path(__file__).parent.parent / "testdata" / "specs"
ACTION = re.compile(r"^<(\w+) line \d+, col \d+ to line \d+, col \d+ of module \w+>: (\d+):(\d+)$", re.MULTILINE)
"""A line of TLC's coverage: the action, distinct states found, states generated."""
TLC_SECONDS = 60
GOING_ON = """---- MODULE GoingOn ----
EXTENDS Integers
VARIABLES x, y
Init == x \\in 0..2 /\\ y = 0
Step == x < 6 /\\ x' = x + 1 /\\ y' \\in 0..1
Back == x > 3 /\\ y = 1 /\\ x' = 0 /\\ UNCHANGED y
Next == Step \\/ Back
Low == x < 3
Zero == y = 0 \\/ x < 2
Up == [][x' > x]_x
====
"""
GOING_ON_CONFIG = "INIT Init NEXT Next INVARIANTS Low Zero PROPERTY Up"


@pytest.fixture(autouse=True, scope="module")
def installed() -> None:
    try:
        tlc.installation()
    except InputError as error:
        pytest.skip(error.message)


def tlc_output(folder: Path, module: Path, *options: str) -> str:
    """What TLC prints about a module and the configuration beside it, deadlocks allowed."""
    for file in module.parent.glob("*.tla"):
        shutil.copyfile(file, folder / file.name)
    installation = tlc.installation()
    config = module.with_suffix(".cfg").read_text()
    (folder / "TlcModel.cfg").write_text(tlc.LINE_STATEMENTS.sub("", config) if installation.is_old else config)
    arguments = ["-workers", "1", "-deadlock", "-config", "TlcModel.cfg", "-metadir", str(folder / "meta"), *options]
    java, *command = installation.command(*arguments, module.stem)
    return subprocess.run(
        [java, f"-Djava.io.tmpdir={folder}", *command],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=TLC_SECONDS,
        check=False,
    ).stdout


def ours(module: Path, options: Options) -> CheckResult:
    return run_check(find_target(str(module)), make_engine("interpreted", 1), Limits(), None, True, options)


def models() -> list[Path]:
    return [path for path in sorted(SPECS.glob("*.tla")) if path.with_suffix(".cfg").exists()]


@pytest.mark.parametrize("module", models(), ids=lambda path: path.stem)
def test_the_figures_of_actions(tmp_path: Path, module: Path) -> None:
    found = ours(module, Options(coverage=True))
    if found.verdict is not Verdict.PASS:
        pytest.skip("TLC's figures are those of a complete search")
    output = tlc_output(tmp_path, module, "-coverage", "1")
    theirs: dict[str, tuple[int, int]] = {}
    for name, distinct, generated in ACTION.findall(output):
        before = theirs.get(name, (0, 0))
        theirs[name] = (before[0] + int(generated), before[1] + int(distinct))
    assert theirs, output
    known = {name.rpartition("!")[2]: figures for name, figures in found.stats.actions.items()}
    compared = {name: figures for name, figures in theirs.items() if name in known}
    assert compared == {name: figures for name, figures in known.items() if name in theirs}
    assert compared or set(theirs) <= {"Init"}


def test_going_on_sees_the_state_space_of_tlc(tmp_path: Path) -> None:
    module = tmp_path / "GoingOn.tla"
    module.write_text(GOING_ON)
    module.with_suffix(".cfg").write_text(GOING_ON_CONFIG)
    found = ours(module, Options(keep_going=True))
    folder = tmp_path / "tlc"
    folder.mkdir()
    theirs = tlc.parse_output(tlc_output(folder, module, "-continue"), 0, 0.0)
    assert (found.stats.generated, found.stats.distinct) == (theirs.generated, theirs.distinct)
    assert sorted(str(one.violated) for one in found.violations) == ["Low", "Up", "Zero"]
    for name in ("Low", "Zero", "Up"):
        assert name in theirs.output
