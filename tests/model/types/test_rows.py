"""Every row of the operator table has a rule for its type, or is one of those whose value is not known."""

from __future__ import annotations

from comitia.model.semantics.operators import all_operators
from comitia.model.types.guards import TESTS
from comitia.model.types.rows import RULES

UNKNOWN = {
    *(("TLC", "TLCGet"), ("TLCExt", "Trace"), ("TLCExt", "CounterExample"), ("TLCExt", "TLCEvalDefinition")),
    *(("TLCExt", "ToTrace"), ("TLCExt", "TLCGetOrDefault"), ("TLCExt", "TLCGetAndSet")),
    ("Randomization", "TestRandomSetOfSubsets"),
}
UNKNOWN_MODULES = {"Reals", "RealTime", "Json", "CSV", "IOUtils", "TLAPS"}
"""What comes from outside the spec, depends on the run, or is not evaluated."""


def test_every_row_is_covered() -> None:
    rows = {(row.module, row.name) for row in all_operators() if row.module not in UNKNOWN_MODULES}
    assert rows == set(TESTS) | set(RULES) | UNKNOWN
    assert UNKNOWN.isdisjoint(TESTS) and UNKNOWN.isdisjoint(RULES)
