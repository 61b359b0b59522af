"""From C++ text to an executable: which compiler, which flags, and a cache by content."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ...model.caching import cache_folder

RUNTIME = Path(__file__).parent / "runtime"
FLAGS = ("-std=c++17", "-pthread", "-fno-strict-aliasing", "-w")
RUNTIME_OPTIMISATION = "-O2"
SPECIFICATION_OPTIMISATION = "-O1 -finline-limit=20"
"""What is compiled for each check. With small functions of the runtime as calls it is half as long as with all that
g++ would expand: that takes half the time to compile, and 4 % more instructions in the search; -O2 gains nothing here.
"""
FLAGS_VARIABLE = "COMITIA_CXXFLAGS"
COMPILERS = ("c++", "g++", "clang++")


class CompilerMissing(Exception):
    """No C++ compiler was found; the message says what to install."""


class CompilationFailed(Exception):
    """The compiler refused what was generated, or failed; the message is what it said."""


@dataclass(frozen=True, slots=True)
class Compiler:
    command: tuple[str, ...]
    version: str

    def flags(self, optimisation: str) -> tuple[str, ...]:
        """Those for speed may be chosen by the user."""
        return (*FLAGS, *shlex.split(os.environ.get(FLAGS_VARIABLE, optimisation)))


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
        version = _version(command)
        if version is not None:
            return Compiler(command, version)
    raise CompilerMissing(
        "no C++ compiler was found: install g++ or clang++, name one in $CXX, or `pip install comitia[native]`"
    )


def _version(command: tuple[str, ...]) -> str | None:
    try:
        shown = subprocess.run([*command, "--version"], capture_output=True, text=True, check=True, timeout=120)
    except (OSError, subprocess.SubprocessError):
        return None
    return shown.stdout.partition("\n")[0]


def build(text: str, compiler: Compiler | None = None) -> Path:
    """The executable of a translation unit, compiled unless the cache has it. Raises CompilerMissing, -Failed."""
    compiler = compiler or find_compiler()
    runtime = runtime_object(compiler)
    key = _digest(compiler, SPECIFICATION_OPTIMISATION, text, runtime.name)

    def compile_text(place: Path, folder: Path) -> None:
        # Of functions that both have, the linker takes the first: those of the runtime are the faster ones.
        sources = ["-I", str(RUNTIME), str(runtime), str(_written(folder, text))]
        _compile(compiler, SPECIFICATION_OPTIMISATION, [*sources, "-o", str(place)])

    return _made(cache_folder() / f"{key}.check", compile_text)


def runtime_object(compiler: Compiler) -> Path:
    """The part that is the same for every specification."""
    sources = "".join(path.read_text(encoding="utf-8") for path in sorted(RUNTIME.iterdir()))
    key = _digest(compiler, RUNTIME_OPTIMISATION, sources)
    return _made(
        cache_folder() / f"{key}.runtime.o",
        lambda place, _folder: _compile(
            compiler, RUNTIME_OPTIMISATION, ["-c", str(RUNTIME / "runtime.cpp"), "-o", str(place)]
        ),
    )


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


def _written(folder: Path, text: str) -> Path:
    source = folder / "specification.cpp"
    source.write_text(text, encoding="utf-8")
    return source


def _digest(compiler: Compiler, optimisation: str, *texts: str) -> str:
    whole = "\0".join((*compiler.command, compiler.version, *compiler.flags(optimisation), *texts))
    return hashlib.sha256(whole.encode()).hexdigest()[:32]


def _compile(compiler: Compiler, optimisation: str, arguments: list[str]) -> None:
    command = [*compiler.command, *compiler.flags(optimisation), *arguments]
    try:
        subprocess.run(command, capture_output=True, text=True, check=True)
    except subprocess.CalledProcessError as error:
        raise CompilationFailed(error.stderr.strip() or f"it ended with status {error.returncode}") from error
    except OSError as error:
        raise CompilationFailed(str(error)) from error
