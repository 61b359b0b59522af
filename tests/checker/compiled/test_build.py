"""Which compiler is taken, what is kept, and what is told where there is none or it fails."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from comitia.checker.compiled import build
from comitia.checker.compiled.translation import Translation
from comitia.model.caching import CACHE_VARIABLE

SMALL = "int main() { return 0; }\n"


def test_the_users_compiler_comes_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.write_text('#!/bin/sh\necho "mine 1.0"\n')
    mine.chmod(0o755)
    monkeypatch.setenv("CXX", f"{mine} -m64")
    found = build.find_compiler()
    assert (found.command, found.version) == ((str(mine), "-m64"), "mine 1.0")


def test_where_there_is_none_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CXX", raising=False)
    monkeypatch.setattr(build.shutil, "which", lambda name: None)
    monkeypatch.setattr(build.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(build.CompilerMissing, match=r"comitia\[native\]"):
        build.find_compiler()


def test_what_was_compiled_is_kept(compiler: build.Compiler, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))  # what is made here is nothing that others can link
    translation = Translation(f"// {monkeypatch}", (), (), "")
    commands: list[list[str]] = []

    def compile_(_compiler: object, _optimisation: str, *run: list[str]) -> None:
        commands.extend(run)
        for arguments in run:
            _touch(arguments)

    monkeypatch.setattr(build, "_compile", compile_)
    first = build.build(translation, compiler)
    assert build.build(translation, compiler) == first
    assert len([arguments for arguments in commands if "-I" in arguments]) == 1


def _touch(arguments: list[str]) -> None:
    Path(arguments[arguments.index("-o") + 1]).write_text("made")


def test_the_user_chooses_how_much_is_optimised(compiler: build.Compiler, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(build.FLAGS_VARIABLE, raising=False)
    assert compiler.flags("-O1")[-1] == "-O1"
    monkeypatch.setenv(build.FLAGS_VARIABLE, "-O3 -march=native")
    assert compiler.flags("-O1")[len(build.FLAGS) :] == ("-O3", "-march=native")


def test_a_failing_compiler_leaves_nothing_behind(
    compiler: build.Compiler, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))
    monkeypatch.setattr(build, "runtime_object", lambda compiler: tmp_path / "runtime.o")
    with pytest.raises(build.CompilationFailed, match="error"):
        build.build(Translation("this is no C++", (), (), ""), compiler)
    assert not list(tmp_path.iterdir())


def test_the_runtime_is_free_of_warnings(compiler: build.Compiler, tmp_path: Path) -> None:
    command = [
        *compiler.command,
        "-std=c++17",
        "-Wall",
        "-Wextra",
        "-Werror",
        "-fsyntax-only",
        str(build.RUNTIME / "runtime.cpp"),
    ]
    shown = subprocess.run(command, capture_output=True, text=True, check=False)
    assert shown.returncode == 0, shown.stderr
