"""The rules of the house: which file may import which, sizes, and what lies at the top level."""

from __future__ import annotations

import ast
import os
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TOWERS = ("model", "checker", "impl")

FLOORS = (
    ("specs",),
    ("model/structs", "model/caching", "model/collecting"),
    ("model/source",),
    ("model/diagnostics",),
    ("model/values",),
    ("model/syntax",),
    ("model/semantics",),
    ("model/modules",),
    ("model/types",),
    ("model/config",),
    ("model/problem",),
    ("model/properties",),
    ("model/actions", "model/build"),
    ("checker/result",),
    ("checker/engine", "checker/difference"),
    ("checker/checkpoint",),
    ("checker/liveness",),
    ("checker/interpreted", "checker/symbolic"),
    ("checker/compiled",),
    ("checker/conformance", "checker/catalog"),
    ("checker/report",),
    ("checker/loading", "checker/tlc", "checker/check_options"),
    ("checker/proof_libraries",),
    ("checker/export", "checker/kills"),
    ("checker/cli",),
    ("checker/start",),
)
"""Lowest first. A file imports from lower floors and from its own unit, not from the others on its floor."""

IMPL_FLOORS = (
    ("impl/trace", "impl/quorum"),
    ("impl/raft", "impl/pbft"),
    ("impl/simulator", "impl/runtime"),
    ("impl/commands",),
)
PURE_IMPL_FLOORS = 2
"""The floors of impl below the simulator and the runtime: time, randomness and I/O are handed in there."""
IMPURE_MODULES = frozenset({"time", "random", "asyncio", "socket", "os", "threading", "secrets", "subprocess"})

ENTRY_POINTS = (
    "checker/start",
    "checker/cli",
    "checker/conformance/commands",
    "checker/export",
    "checker/kills",
    "checker/symbolic/commands",
    "impl/commands",
)
"""Modules that are named by strings: the console script and the commands it mounts."""

MAX_FUNCTION_LINES = 70
MAX_FILE_LINES = 700
TOP_LEVEL = frozenset({".ci", ".github", ".gitignore", "CHANGELOG.md", "LICENSE", "README.md", "pyproject.toml"}) | {
    "checker",
    "impl",
    "model",
    "specs",
    "tests",
}


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def python_files(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def name_of(path: Path) -> str:
    """`model/values/core` for model/values/core.py, `model/values` for its __init__.py."""
    relative = path.relative_to(ROOT).with_suffix("")
    return str(relative.parent if relative.name == "__init__" else relative)


SOURCES = python_files("specs", *TOWERS)
MODULES = {name_of(path): path for path in SOURCES}


def absolute_imports(path: Path) -> Iterator[str]:
    """The dotted names that the file imports from outside the package."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module or ""


def relative_imports(path: Path) -> Iterator[str]:
    """The modules of the package that the file imports, as in MODULES."""
    package = path.relative_to(ROOT).parent
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ImportFrom) and node.level > 0:
            base = package
            for _ in range(node.level - 1):
                base = base.parent
            base = base.joinpath(*(node.module or "").split("."))
            for alias in node.names:
                inner = str(base / alias.name)
                yield inner if inner in MODULES else str(base)


def unit_of(module: str, floors: tuple[tuple[str, ...], ...]) -> tuple[int, str] | None:
    """The floor and the unit on it that the module belongs to."""
    for floor, units in enumerate(floors):
        for unit in units:
            if module == unit or module.startswith(unit + "/"):
                return floor, unit
    return None


def floors_of(module: str) -> tuple[tuple[str, ...], ...]:
    return IMPL_FLOORS if module.startswith("impl") else FLOORS


def parametrize_files(files: list[Path]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("path", files, ids=[str(path.relative_to(ROOT)) for path in files])


@parametrize_files([path for path in SOURCES if name_of(path) not in TOWERS])
def test_a_file_imports_from_lower_floors(path: Path) -> None:
    module = name_of(path)
    floors = floors_of(module)
    place = unit_of(module, floors)
    assert place is not None, f"{module} is on no floor: add it to FLOORS"
    for imported in relative_imports(path):
        if imported in (".", *TOWERS):
            continue
        assert imported.startswith("impl") == module.startswith("impl"), f"{module} imports the other tower: {imported}"
        target = unit_of(imported, floors)
        assert target is not None, f"{module} imports {imported}, which is on no floor"
        assert target[0] < place[0] or target == place, f"{module} imports {imported}, which is not below it"


@parametrize_files(SOURCES)
def test_imports_within_the_package_are_relative(path: Path) -> None:
    assert not [name for name in absolute_imports(path) if name.partition(".")[0] == "comitia"]


@parametrize_files([path for path in SOURCES if (unit_of(name_of(path), IMPL_FLOORS) or (9,))[0] < PURE_IMPL_FLOORS])
def test_cores_are_pure(path: Path) -> None:
    assert IMPURE_MODULES.isdisjoint(name.partition(".")[0] for name in absolute_imports(path))


@parametrize_files([path for path in SOURCES if not name_of(path).startswith("model/syntax")])
def test_the_parser_generator_stays_in_its_folder(path: Path) -> None:
    assert "lark" not in {name.partition(".")[0] for name in absolute_imports(path)}


@parametrize_files(python_files("specs", *TOWERS, "tests"))
def test_sizes(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines <= MAX_FILE_LINES, f"{lines} lines"
    for node in ast.walk(tree(path)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            assert node.end_lineno is not None
            length = node.end_lineno - node.lineno + 1
            assert length <= MAX_FUNCTION_LINES, f"{node.name} has {length} lines"


@parametrize_files([path for path in python_files("specs", *TOWERS, "tests") if path.stat().st_size > 0])
def test_a_file_says_what_it_is(path: Path) -> None:
    assert ast.get_docstring(tree(path)), "a file opens with a docstring"


def test_every_module_is_used() -> None:
    used = {imported for path in SOURCES for imported in relative_imports(path)}
    tests = "\n".join(path.read_text(encoding="utf-8") for path in python_files("tests"))
    for module, path in MODULES.items():
        if path.name == "__init__.py" or module in ENTRY_POINTS or module in used:
            continue
        # impl is a library: what nothing else in it uses is there for its users, whom the tests stand for.
        is_public = module.startswith("impl") and f"comitia.{module.replace('/', '.')}" in tests
        assert is_public, f"nothing imports {module}"


def test_every_package_is_installed() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    listed = set(project["tool"]["setuptools"]["packages"])
    found = {f"comitia.{name_of(path).replace('/', '.')}" for path in SOURCES if path.name == "__init__.py"}
    assert listed == found


def test_nothing_else_at_the_top_level() -> None:
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    try:
        listing = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout")
    top = {name.split(os.sep)[0] for name in listing.splitlines()}
    assert top <= TOP_LEVEL, f"unexpected: {sorted(top - TOP_LEVEL)}"


def test_ci_runs_the_test_command_of_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "&& .venv/bin/pytest -n auto --dist worksteal\n" in readme
    assert '"$bin/pytest" -n auto' in ci
