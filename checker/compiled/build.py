"""From C++ text to an executable: which compiler, which flags, and a cache by content.

Most of the time that a check takes before it searches passes here. What makes that shorter (headers that were compiled
before, another linker) is left out where it fails.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path

from ...model.caching import cache_folder
from ...model.structs import Struct
from .translation import HEADERS, Translation

RUNTIME = Path(__file__).parent / "runtime"
FLAGS = ("-std=c++17", "-pthread", "-fno-strict-aliasing", "-w", "-pipe")
RUNTIME_OPTIMISATION = "-O2"
SPECIFICATION_OPTIMISATION = "-O1 -finline-limit=20"
"""What is compiled for each check, with small functions of the runtime as calls: g++ takes a third of the time that -O2
takes it. With -O1 alone a search is some 15 % faster, and compiling takes most of a second longer.
"""
SPARED_PASSES = (
    "-fno-tree-pta",
    "-fno-tree-dce",
    "-fno-tree-ccp",
    "-fno-dse",
    "-fno-dce",
    "-fno-move-loop-invariants",
    "-fno-if-conversion",
    "-fno-if-conversion2",
    "-fno-cprop-registers",
)
"""What of -O1 takes g++ a sixth of its instructions, and makes no search execute fewer (by cachegrind, of g++ 12)."""
FLAGS_VARIABLE = "COMITIA_CXXFLAGS"
COMPILERS = ("c++", "g++", "clang++")
GNU = "Free Software Foundation"
"""What g++ says with its version."""
LINKERS = ("mold", "lld", "gold")
"""Those that take a fifth of the time of the usual one of GNU, which is slow to read the standard library."""


class CompilerMissing(Exception):
    """No C++ compiler was found; the message says what to install."""


class CompilationFailed(Exception):
    """The compiler refused what was generated, or failed; the message is what it said."""


def told_in_a_line(failure: Exception) -> str:
    """The line that tells the error: before it compilers tell from where a file was included."""
    lines = str(failure).splitlines() or [""]
    return next((line for line in lines if "error:" in line), lines[0])


class Compiler(Struct, eq=True):
    command: tuple[str, ...]
    version: str
    is_gnu: bool = False

    def flags(self, optimisation: str) -> tuple[str, ...]:
        """Those for speed may be chosen by the user."""
        return (*FLAGS, *shlex.split(os.environ.get(FLAGS_VARIABLE, optimisation)))

    @property
    def sparing(self) -> tuple[str, ...]:
        """Flags for a specification by which it is compiled sooner, where the user has not chosen those for speed."""
        return SPARED_PASSES if self.is_gnu and FLAGS_VARIABLE not in os.environ else ()


def find_compiler() -> Compiler:
    """$CXX, c++, g++, clang++, or that of the `ziglang` wheel. Raises CompilerMissing."""
    candidates: list[tuple[str, ...]] = []
    chosen = os.environ.get("CXX")
    if chosen:
        candidates.append(tuple(shlex.split(chosen)))
    candidates += [(found,) for name in COMPILERS if (found := shutil.which(name))]
    if importlib.util.find_spec("ziglang") is not None:
        candidates.append((sys.executable, "-m", "ziglang", "c++"))
    for command in candidates:
        said = _version(command)
        if said is not None:
            return Compiler(command, said.partition("\n")[0], GNU in said)
    raise CompilerMissing(
        "no C++ compiler was found: install g++ or clang++, name one in $CXX, or `pip install comitia[native]`"
    )


def _version(command: tuple[str, ...]) -> str | None:
    try:
        shown = subprocess.run([*command, "--version"], capture_output=True, text=True, check=True, timeout=120)
    except (OSError, subprocess.SubprocessError):
        return None
    return shown.stdout


def build(translation: Translation, compiler: Compiler | None = None) -> Path:
    """The executable of a specification, compiled unless the cache has it. Raises CompilerMissing, -Failed."""
    compiler = compiler or find_compiler()
    runtime = runtime_object(compiler)
    key = _digest(compiler, SPECIFICATION_OPTIMISATION, *compiler.sparing, translation.text, runtime.name)
    return _made(
        cache_folder() / f"{key}.check",
        lambda place, folder: _compile_parts(compiler, translation.parts(processors()), runtime, folder, place),
    )


def ending(status: int) -> str:
    """How a process ended that said nothing of it."""
    if status < 0:
        try:
            return f"it was ended by {signal.Signals(-status).name}"
        except ValueError:
            return f"it was ended by signal {-status}"
    return f"it ended with status {status}"


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _compile_parts(compiler: Compiler, parts: Sequence[str], runtime: Path, folder: Path, place: Path) -> None:
    commands: list[list[str]] = []
    objects: list[str] = []
    for index, text in enumerate(parts):
        source = folder / f"specification_{index}.cpp"
        source.write_text(text, encoding="utf-8")
        objects.append(str(source.with_suffix(".o")))
        commands.append(["-I", str(RUNTIME), "-c", str(source), "-o", objects[-1]])
    _compile_sooner(compiler, [*compiler.sparing, *_headers(compiler)], *commands)
    # Of functions that both have, the linker takes the first: those of the runtime are the faster ones.
    _compile_sooner(compiler, _linker(compiler), [str(runtime), *objects, "-o", str(place)])


def _headers(compiler: Compiler) -> list[str]:
    """What makes the compiler read the headers of the runtime as it left them when it compiled them before.

    g++ takes what lies beside a header for it, if it is of this very compiler with these very flags.
    """
    if not compiler.is_gnu:
        return []
    key = _digest(compiler, SPECIFICATION_OPTIMISATION, *compiler.sparing, HEADERS, runtime_text())
    place = cache_folder() / f"{key}.hpp"

    def make(header: Path, folder: Path) -> None:
        header.write_text(HEADERS, encoding="utf-8")
        compiled = folder / f"{place.name}.gch"
        command = [*compiler.sparing, "-I", str(RUNTIME), "-x", "c++-header", str(header), "-o", str(compiled)]
        with suppress(CompilationFailed):
            _compile(compiler, SPECIFICATION_OPTIMISATION, command)
            compiled.replace(place.parent / compiled.name)

    return ["-include", str(_made(place, make))]


def _linker(compiler: Compiler) -> list[str]:
    """The choice of a linker, if the user has made none and there is another than the usual one."""
    chosen = any(flag.startswith("-fuse-ld") for flag in compiler.flags(SPECIFICATION_OPTIMISATION))
    found = [name for name in LINKERS if compiler.is_gnu and not chosen and shutil.which(f"ld.{name}")]
    return [f"-fuse-ld={name}" for name in found[:1]]


def runtime_object(compiler: Compiler) -> Path:
    """The part that is the same for every specification."""
    key = _digest(compiler, RUNTIME_OPTIMISATION, runtime_text())
    return _made(
        cache_folder() / f"{key}.runtime.o",
        lambda place, _folder: _compile(
            compiler, RUNTIME_OPTIMISATION, ["-c", str(RUNTIME / "runtime.cpp"), "-o", str(place)]
        ),
    )


@cache
def runtime_text() -> str:
    return "".join(path.read_text(encoding="utf-8") for path in sorted(RUNTIME.iterdir()))


def _made(place: Path, make: Callable[[Path, Path], None]) -> Path:
    """`place`, made first by `make(file, folder for more)`, so that it is there whole or not at all."""
    if place.exists():
        return place
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place.parent) as name:
        folder = Path(name)
        made = folder / place.name
        make(made, folder)
        made.replace(place)
    return place


def _digest(compiler: Compiler, optimisation: str, *texts: str) -> str:
    whole = "\0".join((*compiler.command, compiler.version, *compiler.flags(optimisation), *texts))
    return hashlib.sha256(whole.encode()).hexdigest()[:32]


def _compile_sooner(compiler: Compiler, hasty: Sequence[str], *commands: Sequence[str]) -> None:
    """`_compile` of a specification with arguments that only save time: without them where it fails."""
    try:
        _compile(compiler, SPECIFICATION_OPTIMISATION, *([*hasty, *arguments] for arguments in commands))
    except CompilationFailed:
        if not hasty:
            raise
        _compile(compiler, SPECIFICATION_OPTIMISATION, *commands)


def _compile(compiler: Compiler, optimisation: str, *commands: Sequence[str]) -> None:
    """Runs the compiler once for each command line, side by side."""
    started: list[subprocess.Popen[str]] = []
    try:
        for arguments in commands:
            command = [*compiler.command, *compiler.flags(optimisation), *arguments]
            started.append(subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True))
        for process in started:
            _, said = process.communicate()
            if process.returncode != 0:
                raise CompilationFailed(said.strip() or ending(process.returncode))
    except OSError as error:
        raise CompilationFailed(str(error)) from error
    finally:
        for process in started:
            if process.poll() is None:
                process.kill()
                process.communicate()
