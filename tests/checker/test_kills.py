"""`comitia kills`: the table of seeded bugs, and where it is written."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from comitia.checker import kills
from comitia.checker.catalog import catalog, find_target
from comitia.checker.cli import main
from comitia.checker.kills import AS_EXPECTED, END, NOT_AS_EXPECTED, SEEDED, TABLES, Row, Table
from comitia.checker.result import CheckResult, Stats, Verdict
from comitia.model.diagnostics import InputError

START = "<!-- kills: specification -->"
TEXT = f"before\n{START}\nold\n{END}\nafter\n"
QUICK = "pbft/core-without-same-digest"


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["kills", *arguments])
    return result.exit_code, result.output


def small_table(monkeypatch: pytest.MonkeyPatch, *, as_expected: bool) -> None:
    table = Table(("model", "killed by"), lambda _: iter([Row(("m", "I"), as_expected)]))
    monkeypatch.setitem(TABLES, "specification", table)


def test_the_row_of_a_seeded_bug() -> None:
    model = next(model for model in catalog() if model.name == QUICK)
    row = kills.specification_row(model, kills.check(model))
    assert row.as_expected
    assert row.cells[:5] == (
        "`core-without-same-digest`",
        "Votes for different requests count together",
        "invariant",
        "`PreparedUnique`",
        str(model.depth),
    )


def test_a_bug_that_survives_is_said_to() -> None:
    model = next(model for model in catalog() if model.name == QUICK)
    row = kills.specification_row(model, CheckResult(Verdict.PASS, Stats(), "interpreted"))
    assert not row.as_expected
    assert "survives" in row.cells[3]


def test_every_seeded_bug_says_what_is_wrong() -> None:
    seeded = [model for model in catalog() if SEEDED.search(model.name)]
    assert {model.protocol for model in seeded} == {"raft", "pbft"}
    for model in seeded:
        assert find_target(model.name).config.read_text().startswith("\\* "), model.name
        assert len(kills.bug(model)) > 10, model.name


@pytest.mark.parametrize(
    ("name", "is_seeded"),
    [("raft/without-majority", True), ("pbft/core-without-same-digest", True), ("pbft/core", False)],
)
def test_which_models_are_seeded(name: str, is_seeded: bool) -> None:
    assert bool(SEEDED.search(name)) is is_seeded


def test_the_table_is_written_between_its_marks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    small_table(monkeypatch, as_expected=True)
    file = tmp_path / "README.md"
    file.write_text(TEXT)
    code, output = run("pbft", "--write", str(file))
    table = "| model | killed by |\n| --- | --- |\n| m | I |\n"
    assert (code, output) == (AS_EXPECTED, table)
    assert file.read_text() == f"before\n{START}\n{table}{END}\nafter\n"
    assert run("pbft", "--write", str(file))[0] == AS_EXPECTED
    assert file.read_text() == f"before\n{START}\n{table}{END}\nafter\n"


def test_what_did_not_turn_out_as_expected(monkeypatch: pytest.MonkeyPatch) -> None:
    small_table(monkeypatch, as_expected=False)
    assert run("pbft")[0] == NOT_AS_EXPECTED


@pytest.mark.parametrize("text", ["", START + "\n", END, f"{START}\n<!-- kills: other -->\n{END}\n"])
def test_a_text_without_marks_is_left_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str) -> None:
    small_table(monkeypatch, as_expected=True)
    file = tmp_path / "README.md"
    file.write_text(text)
    code, output = run("pbft", "--write", str(file))
    assert code == InputError.exit_code
    assert "has no place for the table" in output
    assert file.read_text() == text


def test_a_protocol_that_does_not_exist() -> None:
    code, output = run("pbtf")
    assert code == InputError.exit_code
    assert "did you mean `pbft`?" in output


def test_a_file_that_does_not_exist(tmp_path: Path) -> None:
    code, output = run("pbft", "--write", str(tmp_path / "none.md"))
    assert code == InputError.exit_code
    assert "cannot be read" in output
