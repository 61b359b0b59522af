"""The interpreted engine implements or refuses, by name, every row of the operator table."""

from __future__ import annotations

import inspect

import pytest
from comitia.checker.interpreted import builtins, runtime
from comitia.checker.interpreted.library import NATIVES, arity_of
from comitia.model.modules.library import STANDARD_FOLDER, read
from comitia.model.semantics.operators import BUILT_IN_MODULES, all_operators
from comitia.model.syntax import tree
from comitia.model.syntax.parser import parse_module
from comitia.model.values import set_operators, sets

ROWS = {(row.module, row.name): row for row in all_operators()}
OF_FILES_ALONE = {
    ("TransitiveClosure", "Warshall"): 1,
    ("Bitwise", "And"): 4,
    ("Bitwise", "Or"): 4,
    ("Bitwise", "Xor"): 4,
}
"""What TLC implements of modules that do not come along, or that they define in another way."""


def test_every_row_is_implemented_or_refused() -> None:
    implemented = {*builtins.TESTS, *builtins.VALUES, *builtins.CALLS, *(key for key in NATIVES if key in ROWS)}
    refused = {key for key in ROWS if builtins.is_refused(*key)}
    assert set(ROWS) == implemented | refused
    assert not implemented & refused


def test_every_function_that_is_called_exists_and_takes_the_arguments_of_its_row() -> None:
    for key, (name, _) in builtins.CALLS.items():
        homes = [module for module in (runtime, sets, set_operators) if hasattr(module, name)]
        assert homes, f"{name} of {key} does not exist"
        assert len(inspect.signature(getattr(homes[0], name)).parameters) == ROWS[key].arity, key


@pytest.mark.parametrize("key", NATIVES, ids=lambda key: f"{key[0]}!{key[1]}")
def test_every_native_operator_takes_the_arguments_of_its_row_or_definition(key: tuple[str, str]) -> None:
    module, name = key
    expected = OF_FILES_ALONE.get(key)
    if expected is None and module in BUILT_IN_MODULES:
        expected = ROWS[key].arity
    elif expected is None:
        text = parse_module(read(STANDARD_FOLDER / f"{module}.tla"))
        definitions = [unit for unit in text.units if isinstance(unit, tree.OperatorDefinition)]
        expected = next(len(unit.params) for unit in definitions if unit.name.name == name)
    assert arity_of(NATIVES[key]) == expected
