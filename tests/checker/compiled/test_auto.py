"""The engine that interprets at once, compiles meanwhile, and goes over to the compiled search."""

from __future__ import annotations

from pathlib import Path

import pytest
from comitia.checker.compiled import auto, build
from comitia.checker.compiled.auto import AutoEngine
from comitia.checker.engine import Options, Simulation
from comitia.checker.interpreted.engine import InterpretedEngine
from comitia.checker.result import CheckResult

from ..interpreted.models import behaviour, problem

pytestmark = pytest.mark.usefixtures("compiler")

CLOCK = """---- MODULE Clock ----
EXTENDS Integers, TLC
CONSTANT Limit
VARIABLE x
Init == x = 0
Next == x' = (x + 1) % Limit
Small == x < Limit \\/ TLCGet(1) = 1
Huge == x * 1000000000000000000 < 0
Never == x < 900
====
"""
CONFIG = "CONSTANT Limit = 1000\nINIT Init\nNEXT Next\n"


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is compiled is waited for, so that it is known which engine comes to the verdict."""
    monkeypatch.setattr(auto, "Thread", _Now)


class _Now:
    def __init__(self, target: object, daemon: bool) -> None:
        self.start = target

    def is_alive(self) -> bool:
        return False


def check(folder: Path, more: str = "", patience_seconds: float = 0.0) -> CheckResult:
    posed = problem(folder, CONFIG + more, CLOCK)
    return AutoEngine(1, patience_seconds).check(posed, options=Options(vacuity=False))


def test_what_is_done_in_a_moment_is_interpreted(tmp_path: Path) -> None:
    assert check(tmp_path, patience_seconds=3600).engine == "interpreted"


def test_what_takes_longer_is_compiled(tmp_path: Path) -> None:
    posed = problem(tmp_path, CONFIG + "INVARIANT Never", CLOCK)
    result = AutoEngine(1, 0.0).check(posed, options=Options(vacuity=False))
    assert (result.engine, result.warnings) == ("compiled", ())
    expected = InterpretedEngine().check(posed)
    assert behaviour(result) == behaviour(expected)
    assert (result.stats.generated, result.stats.depth) == (expected.stats.generated, expected.stats.depth)


def test_what_cannot_be_compiled_is_interpreted_to_the_end_and_a_warning_says_why(tmp_path: Path) -> None:
    result = check(tmp_path, "INVARIANT Small")
    assert (result.engine, str(result.verdict)) == ("interpreted", "pass")
    assert len(result.warnings) == 1
    assert "TLCGet" in result.warnings[0]
    assert "Clock.tla:7" in result.warnings[0]


def test_without_a_compiler_a_warning_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> None:
        raise build.CompilerMissing("install one")

    monkeypatch.setattr(build, "find_compiler", missing)
    result = check(tmp_path)
    assert result.engine == "interpreted"
    assert "install one" in result.warnings[0]


def test_a_compiler_that_fails_is_no_error_of_the_specification(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(text: str, compiler: object) -> None:
        raise build.CompilationFailed("the disk is full\nand more")

    monkeypatch.setattr(build, "build", fail)
    result = check(tmp_path)
    assert (result.engine, str(result.verdict)) == ("interpreted", "pass")
    assert result.warnings == ("interpreted, since the C++ compiler failed: the disk is full",)


def test_integers_that_only_the_interpreter_holds(tmp_path: Path) -> None:
    result = check(tmp_path, "INVARIANT Huge")
    assert (result.engine, result.violated, str(result.verdict)) == ("interpreted", "Huge", "invariant")


def test_what_was_interpreted_before_does_not_count(tmp_path: Path) -> None:
    posed = problem(tmp_path, CONFIG + "INVARIANT Never", CLOCK.replace("x < 900", r"x < 2000 \/ x = 0"))
    options = Options(coverage=True)
    expected = InterpretedEngine().check(posed, options=options)
    result = AutoEngine(1, 0.0).check(posed, options=options)
    assert result.engine == "compiled" and expected.coverage
    assert result.coverage == expected.coverage


@pytest.mark.parametrize(
    ("more", "engine"),
    [("", "compiled"), ("INVARIANT Never", "compiled"), ("INVARIANT Huge", "interpreted")],
)
def test_random_behaviours_are_the_same_in_either(tmp_path: Path, more: str, engine: str) -> None:
    posed = problem(tmp_path, CONFIG + more, CLOCK.replace("Init == x = 0", r"Init == x \in 0..89"))
    simulation = Simulation(60, 850, 5)
    expected = InterpretedEngine().simulate(posed, simulation)
    result = AutoEngine(1, 0.0).simulate(posed, simulation)
    assert (result.engine, result.seed) == (engine, 5)
    assert (result.verdict, behaviour(result)) == (expected.verdict, behaviour(expected))
    figures = [(one.generated, one.depth, one.behaviours) for one in (result.stats, expected.stats)]
    assert figures[0] == figures[1]
