"""Which compiler is taken, what is kept, and what is told where there is none or it fails."""

from __future__ import annotations

import os
import platform
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from comitia.checker.compiled import build
from comitia.checker.compiled.translation import Translation
from comitia.model.caching import CACHE_VARIABLE

from ..interpreted.models import write_model

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
    assert len([arguments for arguments in commands if "-I" in arguments and "-c" in arguments]) == 1


@pytest.mark.skipif(platform.machine() not in ("x86_64", "aarch64"), reason="what is looked for has other names")
def test_memory_is_fetched_ahead(compiler: build.Compiler, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """To g++ 12 a function that only does so has no effect: its calls were left out, which nothing but time tells."""
    monkeypatch.delenv(build.FLAGS_VARIABLE, raising=False)
    source, made = build.RUNTIME / "states.cpp", tmp_path / "states.s"
    build._compile(compiler, build.RUNTIME_OPTIMISATION, ["-S", str(source), "-o", str(made)])
    instructions = re.findall(r"\bprefetch|\bprfm", made.read_text())
    assert len(instructions) >= source.read_text().count(" fetch(") > 0


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
    assert not [path for path in tmp_path.iterdir() if path.is_dir() or path.suffix == ".check"]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("In file included from a.hpp:3,\n  from b.cpp:1:\nc.hpp:7:1: error: no\n  7 | x", "c.hpp:7:1: error: no"),
        ("ended by SIGKILL", "ended by SIGKILL"),
        ("", ""),
    ],
)
def test_a_message_has_the_line_that_tells_the_error(said: str, told: str) -> None:
    assert build.told_in_a_line(build.CompilationFailed(said)) == told


ENDLESS = """#!/bin/sh
[ "$1" = --version ] && echo endless 1.0 && exit
for last; do :; done
echo "$$" > "$FOLDER/started.new" && mv "$FOLDER/started.new" "$FOLDER/started"
printf half > "$last"
exec sleep 600
"""


def test_a_compiler_that_is_killed_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    killed = tmp_path / "killed"
    killed.write_text('#!/bin/sh\nfor last; do :; done\necho half > "$last"\nkill -KILL $$\n')
    killed.chmod(0o755)
    cache = tmp_path / "cache"
    monkeypatch.setenv(CACHE_VARIABLE, str(cache))
    with pytest.raises(build.CompilationFailed, match="ended by SIGKILL"):
        build.build(Translation(SMALL, (), (), ""), build.Compiler((str(killed),), "killed 1.0"))
    assert list(cache.iterdir()) == []


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_a_check_that_is_stopped_while_it_compiles_leaves_no_executable(
    tmp_path: Path, how: signal.Signals, monkeypatch: pytest.MonkeyPatch
) -> None:
    endless, cache, started = tmp_path / "endless", tmp_path / "cache", tmp_path / "started"
    endless.write_text(ENDLESS)
    endless.chmod(0o755)
    for name, value in ((CACHE_VARIABLE, cache), ("CXX", endless), ("FOLDER", tmp_path)):
        monkeypatch.setenv(name, str(value))
    program = "from comitia.checker.start import main; main()"
    command = [sys.executable, "-c", program, "check", str(write_model(tmp_path)), "--engine", "compiled"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        while process.poll() is None and not started.exists():
            time.sleep(0.01)
        process.send_signal(how)
        if how is signal.SIGKILL:
            os.kill(int(started.read_text()), how)  # which nobody else does
        _, errors = process.communicate()
    finally:
        process.kill()
    assert process.returncode == (130 if how is signal.SIGINT else -how), errors
    assert "Traceback" not in errors
    assert not list(cache.glob("*.check")) + list(cache.glob("*.o")), "what a later check would take for whole"


@pytest.fixture
def gnu(compiler: build.Compiler, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> build.Compiler:
    """g++, with an empty cache and little to optimise."""
    if not compiler.is_gnu:
        pytest.skip("the compiler is not g++")
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))
    monkeypatch.setenv(build.FLAGS_VARIABLE, "-O0")
    return compiler


def test_headers_are_compiled_once_and_used(gnu: build.Compiler, tmp_path: Path) -> None:
    arguments = build._headers(gnu)
    header = Path(arguments[-1])
    made = header.with_name(f"{header.name}.gch")
    assert sorted(tmp_path.iterdir()) == [header, made]
    before = made.stat().st_mtime_ns
    assert build._headers(gnu) == arguments
    assert made.stat().st_mtime_ns == before
    assert "! " in _said_of(gnu, arguments, tmp_path)  # as -H marks a header that was compiled before


def test_headers_of_other_flags_are_others(gnu: build.Compiler, monkeypatch: pytest.MonkeyPatch) -> None:
    first = build._headers(gnu)
    monkeypatch.setenv(build.FLAGS_VARIABLE, "-O0 -DTRIAL_MISSES=2")
    assert build._headers(gnu) != first


def test_foreign_headers_are_not_used(gnu: build.Compiler, tmp_path: Path) -> None:
    arguments = build._headers(gnu)
    made = Path(f"{arguments[-1]}.gch")
    made.write_bytes(b"not of this compiler" + made.read_bytes())
    assert "! " not in _said_of(gnu, arguments, tmp_path)


def _said_of(compiler: build.Compiler, arguments: list[str], folder: Path) -> str:
    """What the compiler says of the headers that it reads; that it reads those of the runtime is sure."""
    source = folder / "source.cpp"
    source.write_text("#ifndef LIKELY\n#error no headers\n#endif\n")
    command = [*compiler.command, *compiler.flags(""), *arguments, "-I", str(build.RUNTIME), "-H", "-fsyntax-only"]
    shown = subprocess.run([*command, str(source)], capture_output=True, text=True, check=False)
    assert shown.returncode == 0, shown.stderr
    return shown.stderr


def test_where_the_headers_cannot_be_compiled_they_are_read(
    gnu: build.Compiler, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "_compile", _failing)
    arguments = build._headers(gnu)
    assert list(tmp_path.iterdir()) == [Path(arguments[-1])]
    assert "! " not in _said_of(gnu, arguments, tmp_path)


def _failing(_compiler: object, _optimisation: str, *_run: list[str]) -> None:
    raise build.CompilationFailed("no")


def test_what_only_saves_time_is_left_out_where_it_fails(gnu: build.Compiler, tmp_path: Path) -> None:
    source, made = tmp_path / "small.cpp", tmp_path / "small"
    source.write_text(SMALL)
    with pytest.raises(build.CompilationFailed):
        build._compile(gnu, "", ["-fno-such-flag", str(source), "-o", str(made)])
    build._compile_sooner(gnu, ["-fno-such-flag"], [str(source), "-o", str(made)])
    assert subprocess.run([made], check=False).returncode == 0


def test_a_linker_is_chosen_among_those_there_are(gnu: build.Compiler, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build.shutil, "which", lambda name: name if name == "ld.gold" else None)
    assert build._linker(gnu) == ["-fuse-ld=gold"]
    assert build._linker(build.Compiler(gnu.command, gnu.version)) == []
    monkeypatch.setenv(build.FLAGS_VARIABLE, "-O1 -fuse-ld=bfd")
    assert build._linker(gnu) == []
    monkeypatch.setattr(build.shutil, "which", lambda name: None)
    monkeypatch.delenv(build.FLAGS_VARIABLE)
    assert build._linker(gnu) == []


def test_passes_are_spared_where_the_user_has_chosen_none(
    compiler: build.Compiler, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(build.FLAGS_VARIABLE, raising=False)
    assert build.Compiler(compiler.command, "g++", True).sparing == build.SPARED_PASSES
    assert build.Compiler(compiler.command, "clang").sparing == ()
    monkeypatch.setenv(build.FLAGS_VARIABLE, "-O2")
    assert build.Compiler(compiler.command, "g++", True).sparing == ()


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
