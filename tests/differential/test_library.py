"""Operators of community modules: what TLC makes of the texts that come along is what Comitia computes."""

from __future__ import annotations

from random import Random

import pytest
from comitia.checker import tlc
from comitia.model.diagnostics import InputError
from comitia.model.modules.library import STANDARD_FOLDER

from ..checker.interpreted.test_library import SUPPORT, expressions_of, value_of
from .library_expressions import APPLICATIONS, application
from .test_expressions import normalise

ROUNDS = 3
TLC_SECONDS = 120
DIFFERENT_ON_PURPOSE = {("Combinatorics", "choose"): "TLC's override gives 0 where the definition has no value"}


@pytest.mark.parametrize("module", APPLICATIONS)
def test_operators(module: str) -> None:
    try:
        tlc.installation()
    except InputError as error:
        pytest.skip(error.message)
    random = Random(module)
    names = [name for name in APPLICATIONS[module] if (module, name) not in DIFFERENT_ON_PURPOSE]
    if not names:
        pytest.skip("TLC has all of it in another way")
    texts = [application(module, name, random) for _ in range(ROUNDS) for name in names]
    theirs = tlc.evaluate_constants(texts, [*SUPPORT.split(", "), module], TLC_SECONDS, [STANDARD_FOLDER])
    problem, expressions = expressions_of(module, texts)
    differences = [
        f"{text}\n    TLC:     {normalise(expected)}\n    comitia: {actual}"
        for text, expected, expr in zip(texts, theirs, expressions, strict=True)
        if normalise(expected) != (actual := normalise(value_of(problem, expr)))
    ]
    assert not differences, "\n".join(differences)
