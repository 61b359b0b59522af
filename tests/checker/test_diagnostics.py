"""What `comitia` says of bad input, word for word: tests/testdata/diagnostics, each case one file (see `archive`).

A case holds the files of a wrong model, the command, and what `--regenerate` writes: our exit code and standard error
(`expected`), and TLC's exit code (`tlc`), which is asked for where a case does not have it yet. Where the two codes
differ, the heading of the case says why.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from comitia.checker.cli import main
from comitia.model.syntax import lalr

from ..archive import Archive, read_archive
from ..differential.tlc_exit_codes import tlc_exit_code

FOLDER = Path(__file__).parent.parent / "testdata" / "diagnostics"
CASES = sorted(FOLDER.rglob("*.txt"))
MIN_CASES = 150
MAX_LINES, MAX_COLUMNS = 24, 260
EXPECTED, TLC = "expected", "tlc"
CONFIG_ERROR, GENERAL_ERROR = "exit code 151", "exit code 255"
"""TLC has a code for a configuration that does not fit its module; one that it cannot read has no code of its own."""
DIFFERS = "TLC differs: "
"""What begins the reason, in a heading, why our exit code is not TLC's."""

every_case = pytest.mark.parametrize(
    "path", CASES, ids=[str(path.relative_to(FOLDER).with_suffix("")) for path in CASES]
)


def said(case: Archive, folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """What a case says: its exit code, and standard error or, where that is empty, the report but for its figures."""
    case.unpack(folder, [name for name in case.files if name not in (EXPECTED, TLC)])
    monkeypatch.chdir(folder)
    result = CliRunner().invoke(main, case.command, catch_exceptions=False)
    text = result.stderr or "\n".join(result.stdout.splitlines()[:-1])
    assert str(folder) not in text, "a file is shown as it was given"
    return f"exit code {result.exit_code}\n{text.rstrip()}\n"


@every_case
def test_the_message(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, regenerate: bool) -> None:
    case = read_archive(path)
    actual = said(case, tmp_path, monkeypatch)
    if regenerate:
        code = case.files.pop(TLC, None) or tlc_exit_code(case)
        case.files[EXPECTED] = actual
        if code is not None:
            case.files[TLC] = code
        case.write(path)
    assert actual == case.files[EXPECTED], "run pytest --regenerate if the change is meant"


@every_case
def test_the_exit_code_is_that_of_tlc(path: Path) -> None:
    case = read_archive(path)
    if TLC not in case.files:
        assert "Spec.tla" not in case.files or "Spec.cfg" not in case.files or case.command != ["check", "Spec.tla"]
        return
    ours, theirs = case.files[EXPECTED].partition("\n")[0], case.files[TLC].strip()
    if ours == CONFIG_ERROR and theirs == GENERAL_ERROR:
        return
    assert (ours != theirs) is (DIFFERS in case.heading)


@every_case
def test_a_message_is_readable(path: Path) -> None:
    """It fits on a screen, says where, and speaks of TLA+, not of our grammar."""
    lines = read_archive(path).files[EXPECTED].splitlines()
    assert len(lines) <= MAX_LINES and max(map(len, lines)) <= MAX_COLUMNS
    if "error: " in lines[1] and not lines[1].startswith("input error: "):
        assert re.match(r"\w+\.(tla|cfg):\d+:\d+: \w+ error: ", lines[1]), "an error has a place"
        assert any(set(line.strip(" |")) == {"^"} for line in lines), "the place is marked"
    unquoted = {word.strip("`,.:;()") for line in lines[1:] if " | " not in line for word in line.split()}
    terminals = {name for row in lalr.parser().tables.actions for name in row if name.isupper() and "_" in name}
    assert not (terminals | {"IDENT", "DEFEQ", "RPAREN", "INFIX"}) & unquoted


def test_the_corpus_is_large_enough() -> None:
    assert len(CASES) >= MIN_CASES
    assert len({read_archive(path).heading for path in CASES}) > 0.9 * len(CASES), (
        "cases are told apart by what they say"
    )
