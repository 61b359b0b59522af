"""`comitia export`, word for word: tests/testdata/export, each case one file with what it must write."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from comitia.checker.catalog import Target
from comitia.checker.cli import main, run_check
from comitia.checker.engine import Limits
from comitia.checker.export import exported, write
from comitia.checker.interpreted.engine import InterpretedEngine
from comitia.checker.result import CheckResult
from comitia.model.structs import replace

from ..archive import read_archive

CASES = sorted((Path(__file__).parent.parent / "testdata" / "export").glob("*.txt"))
OUTPUT = "out/"


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_what_is_written(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, regenerate: bool) -> None:
    case = read_archive(path)
    given = [name for name in case.files if not name.startswith(OUTPUT)]
    case.unpack(tmp_path, given)
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, case.command, catch_exceptions=False)
    assert result.exit_code == 0, result.stderr
    written = result.stdout.split()
    assert sorted(written) == sorted(str(file.relative_to(tmp_path)) for file in (tmp_path / OUTPUT).iterdir())
    # Modules that are copied as they are need not be shown.
    new = {name: (tmp_path / name).read_text(encoding="utf-8") for name in written}
    shown = {name: text for name, text in new.items() if text != case.files.get(name.removeprefix(OUTPUT))}
    if regenerate:
        case.files = {name: case.files[name] for name in given} | shown
        case.write(path)
    assert shown == {name: text for name, text in case.files.items() if name.startswith(OUTPUT)}, (
        "run pytest --regenerate if the change is meant"
    )


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_the_figures_are_kept(path: Path, tmp_path: Path) -> None:
    original, result = unpacked(path, tmp_path)
    before, after = check(original), check(result)
    assert (before.verdict, before.stats) == (after.verdict, replace(after.stats, seconds=before.stats.seconds))
    assert before.stats.distinct > 1


def unpacked(path: Path, folder: Path) -> tuple[Target, Target]:
    """The model of a case and what it is exported to, in `folder`."""
    case = read_archive(path)
    case.unpack(folder, [name for name in case.files if not name.startswith(OUTPUT)])
    module = next(folder / name for name in case.command if name.endswith(".tla"))
    (config,) = folder.glob("*.cfg")
    target = Target(module.stem, module, config)
    output = folder / OUTPUT
    write(exported(target), output, module)
    (config,) = output.glob("*.cfg")
    return target, Target(config.stem, config.with_suffix(".tla"), config)


def check(target: Target) -> CheckResult:
    return run_check(target, InterpretedEngine(), Limits())


def test_the_folder_of_the_module_is_not_written_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    case = read_archive(CASES[0])
    case.unpack(tmp_path, [name for name in case.files if not name.startswith(OUTPUT)])
    monkeypatch.chdir(tmp_path)
    before = {file: file.read_bytes() for file in tmp_path.iterdir()}
    result = CliRunner().invoke(main, [*case.command[:-1], "."], catch_exceptions=False)
    assert result.exit_code == 255
    assert "another folder" in result.stderr
    assert {file: file.read_bytes() for file in tmp_path.iterdir()} == before


def test_a_symbol_that_the_module_defines_for_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "M.tla").write_text("---- MODULE M ----\nCONSTANT N\na .. b == {a, b}\n====\n", encoding="utf-8")
    (tmp_path / "M.cfg").write_text("CONSTANT N = {1..3}\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, ["export", "M.tla", "--output", "out"], catch_exceptions=False)
    assert result.exit_code == 150
    assert "M.cfg:1:14: unsupported error: module M gives `..` a meaning of its own" in result.stderr
