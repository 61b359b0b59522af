"""What `comitia check` says of bad input, word for word, and that its exit code is TLC's.

Each folder of tests/testdata/diagnostics is one case: Spec.tla, Spec.cfg, and expected.txt which `--regenerate` writes.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from comitia.checker import tlc
from comitia.model.diagnostics import InputError

CASES = Path(__file__).parent.parent / "testdata" / "diagnostics"
COMMAND = "import sys; from comitia.checker.cli import main; sys.argv[0] = 'comitia'; main()"

DIFFERENT_FROM_TLC = {
    "assumption_without_value": "TLC gives one code to an assumption that is false and one that has no value",
    "init_leaves_variable": "TLC leaves with 255 here, with 75 where Next leaves a variable without a value",
    "primed_in_init": "TLC finds out while it evaluates Init",
    "unbounded_choose": "TLC calls it an evaluation failure, not what it does not support",
}
"""Case → why our exit code is not that of TLC 2.15."""


def check(case: Path) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-c", COMMAND, "check", "Spec.tla"],
        cwd=case,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def parametrize(names: list[str]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", [CASES / name for name in names], ids=names)


NAMES = sorted(path.name for path in CASES.iterdir())


@parametrize(NAMES)
def test_the_message(case: Path, regenerate: bool) -> None:
    code, output, errors = check(case)
    assert "Traceback" not in errors
    assert str(case) not in output + errors, "a file is shown as it was given"
    actual = f"exit code {code}\n{errors}"
    golden = case / "expected.txt"
    if regenerate:
        golden.write_text(actual, encoding="utf-8")
    assert actual == golden.read_text(encoding="utf-8")


@parametrize([name for name in NAMES if (CASES / name / "Spec.tla").exists() and (CASES / name / "Spec.cfg").exists()])
def test_the_exit_code_is_that_of_tlc(case: Path) -> None:
    try:
        tlc.installation()
    except InputError as error:
        pytest.skip(error.message)
    ours = int((case / "expected.txt").read_text(encoding="utf-8").split()[2])
    if "config error" in (case / "expected.txt").read_text(encoding="utf-8").splitlines()[1]:
        assert ours == 151
        return
    theirs = tlc.run_tlc(case / "Spec.tla", case / "Spec.cfg", timeout_seconds=60).exit_code
    assert (ours == theirs) is (case.name not in DIFFERENT_FROM_TLC), f"ours {ours}, TLC's {theirs}"
