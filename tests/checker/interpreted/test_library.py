"""Operators of community modules: what the engine computes natively is what the definition says."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random

import pytest
from comitia.checker.interpreted.failures import prepared_interpreter
from comitia.checker.interpreted.library import NATIVES
from comitia.checker.interpreted.program import Program
from comitia.model import values
from comitia.model.diagnostics import EvaluationError
from comitia.model.modules.loader import load_module
from comitia.model.problem import Problem
from comitia.model.semantics import ir
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from ...differential.library_expressions import APPLICATIONS, application

pytestmark = pytest.mark.filterwarnings("ignore:The recursion limit will not be reset")

SUPPORT = "Integers, Sequences, FiniteSets, TLC, Bags"
DIFFERENT_ON_PURPOSE = {
    ("SequencesExt", "ReplaceAllSubSeqs"): "their definition takes any partition with most matches, ours the leftmost",
    ("SequencesExt", "SelectInSubSeq"): "their definition counts from the part, TLC and ours from the whole",
    ("SequencesExt", "SelectLastInSubSeq"): "the same",
    ("SequencesExt", "FoldSeq"): "their definition begins with the last element, TLC and ours with the first",
    ("Functions", "FoldFunction"): "the same",
    ("Functions", "FoldFunctionOnSet"): "the same",
    ("FiniteSetsExt", "FoldSet"): "the same",
    ("FiniteSetsExt", "ReduceSet"): "the same",
    ("BagsExt", "FoldBag"): "their definition folds the occurrences of one element by themselves first",
    ("SequencesExt", "FoldLeftDomain"): "their definition is of functions, TLC and ours of sequences",
    ("SequencesExt", "FoldRightDomain"): "the same",
    ("VectorClocks", "CausalOrder"): "there may be several orders",
    ("Graphs", "SimplePath"): "their definition filters an infinite set",
    ("Graphs", "AreConnectedIn"): "the same",
    ("Graphs", "IsStronglyConnected"): "the same",
    ("Graphs", "IsTreeWithRoot"): "the same",
    ("UndirectedGraphs", "SimplePath"): "the same",
    ("UndirectedGraphs", "AreConnectedIn"): "the same",
    ("UndirectedGraphs", "ConnectedComponents"): "the same",
    ("UndirectedGraphs", "IsStronglyConnected"): "the same",
    ("Combinatorics", "choose"): "TLC and ours give 0 where their definition has no value",
}
"""Where the definition that others have is not what TLC computes, or TLC has none that it could evaluate."""


@contextmanager
def without_native(*keys: tuple[str, str]) -> Iterator[None]:
    """The engine as if it knew nothing of these operators."""
    taken = {key: NATIVES.pop(key) for key in keys if key in NATIVES}
    try:
        yield
    finally:
        NATIVES.update(taken)


def expressions_of(module: str, texts: Sequence[str], library: Sequence[Path] = ()) -> tuple[Problem, list[ir.Expr]]:
    """The module with an expression for each text."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "Root.tla"
        lines = [f"E{number} == {text}" for number, text in enumerate(texts)]
        path.write_text("\n".join(["---- MODULE Root ----", f"EXTENDS {SUPPORT}, {module}", *lines, "===="]))
        resolved = load_module(path, library)
    values.set_string_order(resolved.strings)
    return Problem(resolved), [resolved.definitions[f"E{number}"].body for number in range(len(texts))]


def value_of(problem: Problem, expr: ir.Expr, *, checked: bool = True) -> str:
    with prepared_interpreter():
        try:
            return values.show(Program(problem, checked=checked).evaluate(expr))
        except (EvaluationError, RecursionError):
            return "error"


@pytest.mark.parametrize("module", APPLICATIONS)
@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_native_operators_are_their_definitions(module: str, seed: int) -> None:
    random = Random(seed)
    texts = [application(module, name, random) for name in APPLICATIONS[module]]
    problem, expressions = expressions_of(module, texts)
    for name, text, expr in zip(APPLICATIONS[module], texts, expressions, strict=True):
        native = value_of(problem, expr)
        if (module, name) in NATIVES and (module, name) != ("Combinatorics", "choose"):
            with without_native((module, name)):
                assert native == value_of(problem, expr), text


@pytest.fixture(scope="module")
def community(corpus: list[Path]) -> Path:
    """The folder of a checkout of the community modules."""
    found = [path.parent for path in corpus if path.parts[-2:] == ("modules", "SequencesExt.tla")]
    if not found:
        pytest.skip("the corpus has no modules/SequencesExt.tla")
    return found[0]


@pytest.mark.parametrize("module", APPLICATIONS)
@settings(max_examples=6, deadline=None, phases=[Phase.generate])
@given(seed=st.integers(0, 2**32))
def test_operators_are_those_of_the_community_modules(module: str, community: Path, seed: int) -> None:
    """Compared with the definitions in the files of the corpus, which the engine evaluates as it would any."""
    random = Random(seed)
    names = [name for name in APPLICATIONS[module] if (module, name) not in DIFFERENT_ON_PURPOSE]
    texts = [application(module, name, random) for name in names]
    problem, expressions = expressions_of(module, texts)
    ours = [value_of(problem, expr) for expr in expressions]
    problem, expressions = expressions_of(module, texts, [community])
    with without_native(*[key for key in NATIVES if key[0] == module]):
        for text, expected, expr in zip(texts, ours, expressions, strict=True):
            assert value_of(problem, expr) == expected, text
