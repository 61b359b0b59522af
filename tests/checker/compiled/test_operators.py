"""The compiled engine implements, refuses or asks for every row of the operator table."""

from __future__ import annotations

import re

from comitia.checker.compiled.build import RUNTIME
from comitia.checker.compiled.emit_foreign import GET_AND_SET, is_foreign
from comitia.checker.compiled.emit_operators import TESTS, VALUES
from comitia.checker.compiled.emitter import VALUES as NODES
from comitia.checker.compiled.natives import NATIVES
from comitia.checker.interpreted.builtins import is_refused
from comitia.checker.interpreted.expressions import _VALUES as INTERPRETED_NODES
from comitia.checker.interpreted.library import NATIVES as INTERPRETED_NATIVES
from comitia.model.semantics.operators import all_operators

ROWS = {(row.module, row.name): row for row in all_operators()}


def test_every_row_is_implemented_refused_or_asked_for() -> None:
    implemented = {*TESTS, *VALUES, *(key for key in NATIVES if key in ROWS)}
    refused = {key for key in ROWS if is_refused(*key)}
    foreign = {key for key, row in ROWS.items() if is_foreign(row)}
    assert set(ROWS) == implemented | refused | foreign
    assert not implemented & (refused | foreign)
    assert not refused & foreign


def test_operators_are_handed_to_no_row_that_is_asked_for_but_one() -> None:
    assert {key for key, row in ROWS.items() if is_foreign(row) and row.operator_params} == {GET_AND_SET}


def test_every_definition_that_is_implemented_is_one_that_the_interpreter_implements_too() -> None:
    assert {key for key in NATIVES if key not in ROWS} <= set(INTERPRETED_NATIVES)


def test_every_function_exists_in_the_runtime_and_takes_the_arguments_of_its_row() -> None:
    headers = "\n".join(path.read_text(encoding="utf-8") for path in sorted(RUNTIME.glob("*.hpp")))
    for key, native in NATIVES.items():
        declared = re.search(rf"^(?:inline )?(?:V|i64|bool) {native.function}\(([^)]*)\)", headers, re.MULTILINE)
        assert declared, f"{native.function} of {key} is not declared"
        arity = len(declared[1].split(",")) if declared[1] else 0
        assert key not in ROWS or arity == ROWS[key].arity, key


def test_every_node_is_emitted() -> None:
    assert set(NODES) == set(INTERPRETED_NODES)
