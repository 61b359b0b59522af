"""The interpreted engine implements or refuses, by name, every row of the operator table."""

from __future__ import annotations

import inspect

from comitia.checker.interpreted import builtins, library, runtime
from comitia.model.semantics.operators import all_operators
from comitia.model.values import sets


def test_every_row_is_implemented_or_refused() -> None:
    rows = {(row.module, row.name) for row in all_operators()}
    implemented = {*builtins.TESTS, *builtins.VALUES, *builtins.CALLS}
    refused = {key for key in rows if builtins.is_refused(*key)}
    assert rows == implemented | refused
    assert not implemented & refused


def test_every_function_that_is_called_exists_and_takes_the_arguments_of_its_row() -> None:
    arities = {(row.module, row.name): row.arity for row in all_operators()}
    registers = library.Registers()
    for key, (name, _) in builtins.CALLS.items():
        if name.startswith("registers."):
            function = getattr(registers, name.removeprefix("registers."))
        else:
            homes = [module for module in (runtime, library, sets) if hasattr(module, name)]
            assert homes, f"{name} of {key} does not exist"
            function = getattr(homes[0], name)
        assert len(inspect.signature(function).parameters) == arities[key], key
