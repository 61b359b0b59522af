"""Options of the whole test suite: a corpus of modules to sweep, and golden files to write anew."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from comitia.checker.compiled.build import FLAGS_VARIABLE, Compiler, CompilerMissing, find_compiler
from comitia.model.caching import CACHE_VARIABLE

JAVA_OPTIONS = "JDK_JAVA_OPTIONS"
"""Java takes further options from this variable of the environment."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--corpus",
        action="append",
        default=[],
        metavar="DIR",
        help="a folder whose .tla files are parsed (may be given again), such as a checkout of tlaplus/Examples",
    )
    parser.addoption("--examples", metavar="DIR", help="a copy of tlaplus/Examples, whose models are checked")
    parser.addoption(
        "--examples-seconds",
        type=int,
        default=30,
        metavar="N",
        help="check the models that TLC is recorded to need no more than N seconds for (default 30)",
    )
    parser.addoption(
        "--examples-engine",
        default="auto",
        metavar="NAME",
        help="check them with this engine (default auto, the one that a user gets)",
    )
    parser.addoption(
        "--examples-workers", type=int, default=1, metavar="N", help="check them with so many workers (default 1)"
    )
    parser.addoption(
        "--mutants",
        type=int,
        default=150,
        metavar="N",
        help="change models at random N times for each seed (default 150): thousands now and then, by hand",
    )
    parser.addoption(
        "--tlc-states",
        type=int,
        default=100_000,
        metavar="N",
        help="have TLC check models of the catalog that generate no more than N states (default 100000; 0: all)",
    )
    parser.addoption("--regenerate", action="store_true", help="write golden files anew instead of comparing with them")


@pytest.fixture(scope="session", autouse=True)
def compiled_objects(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What the compiled engine makes is kept for the session, made quickly rather than fast, and not the user's."""
    shared = tmp_path_factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        shared = shared.parent
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(CACHE_VARIABLE, str(shared / "compiled"))
        patch.setenv(FLAGS_VARIABLE, os.environ.get(FLAGS_VARIABLE, "-O0"))
        yield


@pytest.fixture(scope="session")
def compiler() -> Compiler:
    """That of the compiled engine; without one the test is skipped."""
    try:
        return find_compiler()
    except CompilerMissing as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="session", autouse=True)
def interruptible() -> Iterator[None]:
    """Child processes heed interrupts even where the tests run in the background, and ignore them."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    yield


@pytest.fixture(scope="session", autouse=True)
def quick_java() -> Iterator[None]:
    """Most runs of TLC are over in a second: Java takes half as long where it optimises nothing."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(JAVA_OPTIONS, "-XX:TieredStopAtLevel=1")
        yield


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that take minutes start first, so that no worker is left alone with one at the end."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


@pytest.fixture(scope="session")
def corpus(request: pytest.FixtureRequest) -> list[Path]:
    """The .tla files under the folders that `--corpus` names; without one the test is skipped."""
    folders: list[str] = request.config.getoption("--corpus") or []
    if not folders:
        pytest.skip("no --corpus DIR given")
    missing = [folder for folder in folders if not Path(folder).is_dir()]
    if missing:
        pytest.skip(f"no such folder: {', '.join(missing)}")
    return sorted(path for folder in folders for path in Path(folder).rglob("*.tla"))


@pytest.fixture
def mutants(request: pytest.FixtureRequest) -> int:
    """How many random changes of models are tried for each seed."""
    count: int = request.config.getoption("--mutants") or 0
    return count


@pytest.fixture
def tlc_states(request: pytest.FixtureRequest) -> int:
    """The number of generated states up to which models of the catalog are checked by TLC too; 0 is no bound."""
    count: int = request.config.getoption("--tlc-states") or 0
    return count


@pytest.fixture
def regenerate(request: pytest.FixtureRequest) -> bool:
    """Whether golden files are to be written anew."""
    return bool(request.config.getoption("--regenerate"))
