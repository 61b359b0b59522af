"""TLA+ values as the text that generated code reads and writes (`runtime/text.hpp`)."""

from __future__ import annotations

from ...model.values import core, sets
from ...model.values.core import Value, boolean, model_value, sequence
from ...model.values.order import display_order, rank_of
from ..interpreted.library.sequences import ShortSequences
from ..interpreted.library.sets import SubsetsOfSize

INTEGER_LIMIT = 1 << 60
"""Integers below this, and from its negative on, fit into a word with its tag."""
INFINITE = {"Nat": 0, "Int": 1, "STRING": 2, "Any": 3}


class NotEncodable(Exception):
    """A value that is known only by a rule, or an integer that is too large."""


def encode(value: Value) -> str:
    """The text of a value. Raises NotEncodable."""
    kind = type(value)
    if kind is int:
        if not -INTEGER_LIMIT <= value < INTEGER_LIMIT:
            raise NotEncodable(f"the integer {core.decimal(value)} has more than 61 bits")
        return f"i{value};"
    if kind is core.Bool:
        return f"b{int(value.truth)}"
    if kind is str:
        return f"s{rank_of(value)};"
    if kind is core.ModelValue:
        return f"m{rank_of(value.name)};"
    if kind is frozenset:
        return f"{{{len(value)};" + "".join(map(encode, display_order(value)))
    if kind is tuple:
        return _function(value)
    if isinstance(value, sets.LazySet):
        return _lazy_set(value)
    raise NotEncodable("a function known by its rule")


def _function(value: Value) -> str:
    domain, items = value[0], value[1:]
    if domain.is_sequence:
        return f"<{len(items)};" + "".join(map(encode, items))
    pairs = zip(domain.keys_in_order, items, strict=True)
    return f"({len(items)};" + "".join(encode(key) + encode(item) for key, item in pairs)


def _lazy_set(value: sets.LazySet) -> str:
    match value:
        case sets.Infinite():
            return f"N{INFINITE[value.name]};"
        case sets.Interval():
            return f"I{encode(value.low)}{encode(value.high)}"
        case sets.Subset():
            return f"P{encode(value.base)}"
        case sets.FunctionSet():
            return f"F{encode(value.domain)}{encode(value.range)}"
        case sets.RecordSet():
            parts = "".join(map(encode, value.sets))
            return f"R{len(value.sets)};{encode(value.domain.as_set)}{parts}"
        case sets.Product():
            return f"X{len(value.sets)};" + "".join(map(encode, value.sets))
        case sets.Sequences():
            return f"Q{encode(value.base)}"
        case SubsetsOfSize():
            return f"K{encode(value.base)}{encode(value.k)}"
        case ShortSequences():
            return f"H{encode(value.base)}{encode(value.most)}"
        case _:
            raise NotEncodable("a set known by its rule")


class Reader:
    """Reads values from a text, `names` being the strings and model values by place."""

    def __init__(self, text: str, names: list[str]) -> None:
        self.text = text
        self.names = names
        self.at = 0

    def value(self) -> Value:
        letter = self.text[self.at]
        self.at += 1
        match letter:
            case "i":
                return self._number()
            case "b":
                self.at += 1
                return boolean(self.text[self.at - 1] == "1")
            case "s":
                return self.names[self._number()]
            case "m":
                return model_value(self.names[self._number()])
            case "x":
                size = 2 * self._number()
                self.at += size
                return bytes.fromhex(self.text[self.at - size : self.at]).decode()
            case "{":
                return frozenset([self.value() for _ in range(self._number())])
            case "<":
                return sequence([self.value() for _ in range(self._number())])
            case "(":
                return core.function({self.value(): self.value() for _ in range(self._number())})
            case _:
                raise AssertionError(f"no value starts with {letter!r}")

    def _number(self) -> int:
        end = self.text.index(";", self.at)
        number = int(self.text[self.at : end])
        self.at = end + 1
        return number
