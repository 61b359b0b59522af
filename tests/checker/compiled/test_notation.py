"""Values as text, there and back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from comitia.checker.compiled.notation import NotEncodable, Reader, encode
from comitia.model.values import core, sets
from comitia.model.values.order import set_string_order, string_order

NAMES = ["m1", "A_1", "a", "b"]
VALUES: dict[str, Callable[[], core.Value]] = {
    "zero": lambda: 0,
    "negative": lambda: -7,
    "greatest": lambda: (1 << 60) - 1,
    "boolean": lambda: core.FALSE,
    "string": lambda: "a",
    "model value": lambda: core.model_value("m1"),
    "empty set": frozenset,
    "set": lambda: frozenset({1, 2, 30}),
    "empty sequence": lambda: core.sequence(()),
    "sequence": lambda: core.sequence((1, "a", core.sequence((2,)))),
    "record": lambda: core.record({"a": 1, "b": frozenset({"a"})}),
    "interval": lambda: sets.Interval(1, 1000),
    "subsets": lambda: sets.Subset(frozenset({"a", "b"})),
    "functions": lambda: sets.FunctionSet(frozenset({1, 2}), sets.NAT),
    "records": lambda: sets.RecordSet({"b": sets.INT, "a": frozenset({1})}),
    "product": lambda: sets.Product((frozenset({1}), sets.STRING)),
    "sequences": lambda: sets.Sequences(frozenset({1})),
    "function": lambda: core.function({core.model_value("m1"): 1, core.model_value("A_1"): 2}),
}
"""Made after the order of strings is set: the order of domains depends on it."""


@pytest.mark.parametrize("name", VALUES)
def test_what_is_written_reads_as_it_was(name: str) -> None:
    set_string_order(NAMES)
    value = VALUES[name]()
    written = encode(value)
    reader = Reader(written, string_order())
    assert reader.value() == value
    assert reader.at == len(written)


def test_a_string_that_was_not_known() -> None:
    assert Reader("x3;6cc3a4", []).value() == "lä"


def test_strings_beyond_those_that_the_reader_knows_are_spelled() -> None:
    set_string_order(NAMES)
    value = core.sequence(("a", "b", "lä"))
    known = NAMES.index("b")
    written = encode(value, known)
    assert written == "<3;s2;x1;62x3;6cc3a4"
    assert Reader(written, NAMES[:known]).value() == value
    assert "lä" not in string_order()
    with pytest.raises(NotEncodable):
        encode(core.model_value("unknown"), known)


def test_what_is_known_by_a_rule_alone_is_not_encoded() -> None:
    set_string_order(NAMES)
    rule = core.LazyFunction(sets.NAT, lambda argument: argument)
    for value in (rule, sets.filtered(sets.NAT, lambda value: True), 1 << 60, -(1 << 60) - 1):
        with pytest.raises(NotEncodable):
            encode(value)
