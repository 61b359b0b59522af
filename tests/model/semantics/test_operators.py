"""The operator table is consistent with itself."""

from __future__ import annotations

import pytest
from comitia.model.semantics.levels import ROW_LEVELS, TEMPORAL_ROWS, row_levels
from comitia.model.semantics.operators import (
    BUILT_IN_MODULES,
    CANONICAL_SYMBOLS,
    EXPORTS,
    LANGUAGE_OPERATORS,
    STANDARD_INSTANCES,
    STANDARD_VARIABLES,
    all_operators,
    exported_rows,
)


@pytest.mark.parametrize("module", BUILT_IN_MODULES)
def test_every_module_exports_its_rows(module: str) -> None:
    assert set(BUILT_IN_MODULES[module]) <= set(exported_rows(module))
    names = [row.name for row in exported_rows(module)]
    assert len(names) == len(set(names)), "no name twice"
    assert all(row.module == module for row in BUILT_IN_MODULES[module])


def test_tables_name_modules_that_exist() -> None:
    named = {*EXPORTS, *STANDARD_VARIABLES, *STANDARD_INSTANCES}
    named.update(other for others in (*EXPORTS.values(), *STANDARD_INSTANCES.values()) for other in others)
    assert named <= set(BUILT_IN_MODULES)


def test_levels_name_rows_that_exist() -> None:
    rows = {(row.module, row.name): row for row in all_operators()}
    assert set(ROW_LEVELS) | TEMPORAL_ROWS <= set(rows)
    for row in rows.values():
        assert len(row_levels(row)[1]) == row.arity


def test_operator_params_are_arguments() -> None:
    for row in all_operators():
        assert all(0 <= index < row.arity and arity > 0 for index, arity in row.operator_params)


def test_a_canonical_symbol_stands_for_itself() -> None:
    assert not set(CANONICAL_SYMBOLS.values()) & set(CANONICAL_SYMBOLS)
    assert not set(LANGUAGE_OPERATORS) & set(CANONICAL_SYMBOLS)
