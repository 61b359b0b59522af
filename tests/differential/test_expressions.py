"""Random constant expressions, here and in TLC: the same value, printed alike, or an error in both."""

from __future__ import annotations

import re
from pathlib import Path
from random import Random

import pytest
from comitia.checker import tlc
from comitia.checker.interpreted.interning import InternTable
from comitia.checker.interpreted.program import FAILURES, Program
from comitia.model import values
from comitia.model.diagnostics import InputError, SpecError
from comitia.model.modules.loader import load_module
from comitia.model.problem import Problem

from .expressions import expressions
from .filters import filter_use
from .found_expressions import FOUND

SEEDS = 5
SEEDS_FOR_ALL_OF_TLC = 5
SEEDS_OF_FILTERS = range(3)
BATCH = 250
TLC_SECONDS = 120
INTERVAL = re.compile(r"(-?\d+)\.\.(-?\d+)")
STRING = re.compile(r'("(?:[^"\\]|\\.)*")')


DIFFERENT_ON_PURPOSE = {
    r'''{{x275 \in (CHOOSE x276 \in {{"x y"}} : TRUE) : (({0, 2} # {(-3)}) \in BOOLEAN)}, '''
    r'''{x277 \in ({} \cap {}) : (Head(<<(2 :> FALSE), (2 :> FALSE), (1 :> TRUE)>>) = [(5 :> TRUE) '''
    r'''EXCEPT ![1] = FALSE])}, {(IF (2 < 2) THEN [a |-> "x y", b |-> 5].a ELSE (5 :> <<3>>)[5])}}''':
    "TLC 2.15 compares a tuple with the characters of a string, where it comes by the tuple first; newer ones do not",
}  # fmt: skip
"""Expression → why Comitia has another value than TLC, or an error where TLC has a value."""


@pytest.fixture(autouse=True, scope="module")
def installed() -> None:
    try:
        tlc.installation()
    except InputError as error:
        pytest.skip(error.message)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_random_expressions(seed: int, tmp_path: Path) -> None:
    compare(list(dict.fromkeys(expressions(seed, BATCH))), tmp_path)


@pytest.mark.parametrize("seed", range(SEEDS_FOR_ALL_OF_TLC))
def test_random_expressions_with_all_of_tlc(seed: int, tmp_path: Path) -> None:
    compare(list(dict.fromkeys(expressions(seed, BATCH, all_of_tlc=True))), tmp_path)


@pytest.mark.parametrize("seed", SEEDS_OF_FILTERS)
def test_random_filters(seed: int, tmp_path: Path) -> None:
    random = Random(seed)
    compare(list(dict.fromkeys(filter_use(random, quantified=False) for _ in range(BATCH))), tmp_path)


def test_expressions_that_once_differed(tmp_path: Path) -> None:
    compare(list(FOUND), tmp_path)


def compare(batch: list[str], tmp_path: Path) -> None:
    """The values of the expressions here and in TLC."""
    theirs = tlc.evaluate_constants(batch, timeout_seconds=TLC_SECONDS)
    differences = [
        f"{expression}\n    TLC:     {expected}\n    comitia: {actual}"
        for expression, expected, actual in zip(batch, map(normalise, theirs), evaluate(batch, tmp_path), strict=True)
        if expected != actual and expression not in DIFFERENT_ON_PURPOSE
    ]
    assert not differences, f"{len(differences)} of {len(batch)} differ\n" + "\n".join(differences)


def evaluate(batch: list[str], folder: Path) -> list[str]:
    """What Comitia prints for each expression, or `error`; fast and checked code must agree."""
    file = folder / f"{tlc.CONSTANTS_MODULE}.tla"
    file.write_text(tlc.constants_module(batch), encoding="utf-8")
    module = load_module(file)
    values.set_string_order(module.strings)
    results: list[str] = []
    for number in range(len(batch)):
        body = module.definitions[f"E{number}"].body
        printed = {value_of(Program(Problem(module), checked=checked), body) for checked in (False, True)}
        results.append(printed.pop() if len(printed) == 1 else f"fast and checked code differ: {sorted(printed)}")
    return results


def value_of(program: Program, body: object) -> str:
    """The printed value or `error`. Fast code may fail with what Python raises, checked code with a SpecError only."""
    failures = (SpecError, RecursionError) if program.checked else (SpecError, RecursionError, *FAILURES)
    try:
        # TLC brings a value that it prints into normal form, which a set of incomparable elements has not.
        return normalise(values.show(InternTable().examined(program.evaluate(body))))
    except failures:
        return "error"
    except (AssertionError, SyntaxError, NameError, *FAILURES) as bug:
        return f"bug: {type(bug).__name__}: {bug}"


def normalise(printed: str | tlc.TlcError) -> str:
    """The text without spaces outside strings, intervals written out, failures as `error`."""
    if isinstance(printed, tlc.TlcError):
        return "error"
    parts = STRING.split(printed)
    return "".join(
        part if index % 2 else INTERVAL.sub(_elements, part.replace(" ", "")) for index, part in enumerate(parts)
    )


def _elements(interval: re.Match[str]) -> str:
    low, high = int(interval[1]), int(interval[2])
    return "{" + ",".join(map(str, range(low, high + 1))) + "}"
