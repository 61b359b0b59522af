"""Every value that is met belongs to the type inferred for it: in expressions, small specs, and public models.

    pytest tests/model/types/test_soundness.py --examples ../Examples -rA

looks at the first states of every public model too.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from comitia.checker.catalog import CatalogModel, Target, catalog, find_target
from comitia.checker.interpreted.interning import InternTable
from comitia.checker.interpreted.program import FAILURES, Program
from comitia.checker.loading import load_problem
from comitia.model import values
from comitia.model.build import build_problem
from comitia.model.config import read_config
from comitia.model.diagnostics import SpecError
from comitia.model.modules.loader import load_module
from comitia.model.problem import Problem
from comitia.model.source import Source
from comitia.model.types import belongs, infer_types, show

from ...differential.examples import Example, examples
from ...differential.expressions import expressions
from ...differential.library_expressions import APPLICATIONS, application
from ...differential.whole_specs import whole_spec
from .search import contradictions

SPECS = Path(__file__).parent.parent.parent / "testdata" / "specs"
EXPRESSIONS = 250
APPLICATIONS_EACH = 4
STATES = 3000
STATES_OF_PUBLIC_MODELS = 1500


# --- expressions -----------------------------------------------------------------------------------------------------


def not_of_their_type(texts: list[str], extends: str, folder: Path) -> list[str]:
    """Constant expressions whose value is not of the type inferred; those without a value have none."""
    lines = [f"E{number} == {text}" for number, text in enumerate(texts)]
    file = folder / "Expressions.tla"
    file.write_text(f"---- MODULE Expressions ----\nEXTENDS {extends}\n" + "\n".join(lines) + "\n====\n")
    module = load_module(file)
    values.set_string_order(module.strings)
    problem = Problem(module)
    types = infer_types(problem)
    wrong: list[str] = []
    for number, text in enumerate(texts):
        body = module.definitions[f"E{number}"].body
        try:
            # In normal form: what has none is an error wherever it is compared, stored or printed.
            value = InternTable().examined(Program(problem).evaluate(body))
        except (SpecError, RecursionError, *FAILURES):
            continue
        t = types.type_of_state_function(body)
        if not belongs(value, t):
            wrong.append(f"{text}\n    is {values.brief(value)}, not of type {show(t)}")
    return wrong


@pytest.mark.parametrize("seed", range(4))
def test_random_expressions(seed: int, tmp_path: Path) -> None:
    extends = "Integers, Sequences, FiniteSets, Bags, TLC"
    assert not_of_their_type(expressions(1000 + seed, EXPRESSIONS), extends, tmp_path) == []


@pytest.mark.parametrize("module", APPLICATIONS)
def test_applications_of_community_operators(module: str, tmp_path: Path) -> None:
    random = Random(module)
    texts = [application(module, name, random) for name in APPLICATIONS[module] for _ in range(APPLICATIONS_EACH)]
    assert not_of_their_type(texts, f"Integers, Sequences, FiniteSets, Bags, TLC, {module}", tmp_path) == []


# --- models ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(60))
def test_a_random_spec(seed: int, tmp_path: Path) -> None:
    spec = whole_spec(seed, f"Whole{seed}")
    file = tmp_path / f"Whole{seed}.tla"
    file.write_text(spec.module)
    problem = build_problem(load_module(file), read_config(Source(f"Whole{seed}.cfg", spec.config)))
    _, _, wrong = contradictions(problem, STATES)
    assert wrong == [], spec.module


@pytest.mark.parametrize("config", sorted(SPECS.glob("*.cfg")), ids=lambda path: path.stem)
def test_a_spec_on_semantics(config: Path) -> None:
    types, _, wrong = contradictions(load_problem(find_target(str(config.with_suffix(".tla")))), STATES)
    assert wrong == []
    assert bool(types.unknown()) is (config.stem in NOT_FOLLOWED)


NOT_FOLLOWED = {"RecursiveOperatorInAction"}
"""Where recursive definitions give variables their values, which inference does not follow."""


@pytest.mark.parametrize("model", catalog(), ids=lambda model: model.name)
def test_a_model_of_the_catalog(model: CatalogModel) -> None:
    types, states, wrong = contradictions(load_problem(find_target(model.name)), STATES // 10)
    assert wrong == []
    assert types.unknown() == {}
    assert states > 1


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "public" not in metafunc.fixturenames:
        return
    given = metafunc.config.getoption("--examples")
    found = [] if given is None else list(examples(Path(given)))
    found = [pytest.param(e, id="/".join(e.config.parts[-2:])) for e in found]
    metafunc.parametrize("public", found or [pytest.param(None, marks=pytest.mark.skip(reason="no --examples DIR"))])


def test_a_public_model(public: Example, record_property: Callable[[str, object], None]) -> None:
    problem = load_problem(Target(public.config.stem, public.module, public.config))
    if problem.init is None:
        pytest.skip("no initial predicate")
    types, states, wrong = contradictions(problem, STATES_OF_PUBLIC_MODELS)
    unknown = {variable.name: t.reason.text for variable, t in types.unknown().items()}
    record_property("types", f"{len(types.variables) - len(unknown)}/{len(types.variables)} {states} {unknown or ''}")
    assert wrong == []
