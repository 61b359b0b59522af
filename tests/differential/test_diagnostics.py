"""The exit codes of TLC that the cases of tests/testdata/diagnostics hold are those of TLC: a sample."""

from __future__ import annotations

from pathlib import Path

import pytest
from comitia.checker import tlc
from comitia.model.diagnostics import InputError

from ..archive import read_archive
from .tlc_exit_codes import tlc_exit_code

CASES = sorted((Path(__file__).parent.parent / "testdata" / "diagnostics").rglob("*.txt"))
EVERY = 40
"""One in so many cases is run: TLC takes a second to start."""


@pytest.fixture(autouse=True, scope="module")
def old_tlc() -> None:
    try:
        installed = tlc.installation()
    except InputError as error:
        pytest.skip(error.message)
    if not installed.is_old:
        pytest.skip("the cases hold the codes of TLC 2.15")


@pytest.mark.parametrize("path", CASES[::EVERY], ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_exit_code(path: Path) -> None:
    case = read_archive(path)
    assert tlc_exit_code(case) == case.files.get("tlc")
