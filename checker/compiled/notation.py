"""TLA+ values as the text that generated code reads and writes (`runtime/text.hpp`)."""

from __future__ import annotations

from collections.abc import Iterable

from ...model.values import core, sets
from ...model.values.core import Value, boolean, model_value, sequence
from ...model.values.order import display_order, has_rank, rank_of
from ..interpreted.library.sequences import ShortSequences
from ..interpreted.library.sets import SubsetsOfSize

INTEGER_LIMIT = 1 << 60
"""Integers below this, and from its negative on, fit into a word with its tag."""
INFINITE_SETS = (sets.NAT, sets.INT, sets.STRING, sets.ANY)
INFINITE = {"Nat": 0, "Int": 1, "STRING": 2, "Any": 3}


class NotEncodable(Exception):
    """A value that is known only by a rule, or an integer that is too large."""


def encode(value: Value, known: int | None = None) -> str:
    """The text of a value. Raises NotEncodable.

    `known`: how many names the reader knows, where it does not know all; strings beyond them are spelled.
    """
    kind = type(value)
    if kind is int:
        if not -INTEGER_LIMIT <= value < INTEGER_LIMIT:
            raise NotEncodable(f"the integer {core.decimal(value)}, which has more than 61 bits")
        return f"i{value};"
    if kind is core.Bool:
        return f"b{int(value.truth)}"
    if kind is str:
        return f"s{rank_of(value)};" if known is None or has_rank(value, known) else _spelled(value)
    if kind is core.ModelValue:
        if known is not None and not has_rank(value.name, known):
            raise NotEncodable(f"the model value {value.name}, which it does not know")
        return f"m{rank_of(value.name)};"
    if kind is frozenset:
        return f"{{{len(value)};" + _all(display_order(value), known)
    if kind is tuple:
        return _function(value, known)
    if isinstance(value, sets.LazySet):
        return _lazy_set(value, known)
    raise NotEncodable("a function known by its rule")


def _all(values: Iterable[Value], known: int | None) -> str:
    return "".join(encode(value, known) for value in values)


def _spelled(text: str) -> str:
    spelled = text.encode()
    return f"x{len(spelled)};{spelled.hex()}"


def _function(value: Value, known: int | None) -> str:
    domain, items = value[0], value[1:]
    if domain.is_sequence:
        return f"<{len(items)};" + _all(items, known)
    pairs = zip(domain.keys_in_order, items, strict=True)
    return f"({len(items)};" + "".join(_all(pair, known) for pair in pairs)


def _lazy_set(value: sets.LazySet, known: int | None) -> str:
    def text(*parts: Value) -> str:
        return _all(parts, known)

    match value:
        case sets.Infinite():
            return f"N{INFINITE[value.name]};"
        case sets.Interval():
            return f"I{text(value.low, value.high)}"
        case sets.Subset():
            return f"P{text(value.base)}"
        case sets.FunctionSet():
            return f"F{text(value.domain, value.range)}"
        case sets.RecordSet():
            return f"R{len(value.sets)};{text(value.domain.as_set, *value.sets)}"
        case sets.Product():
            return f"X{len(value.sets)};{text(*value.sets)}"
        case sets.Sequences():
            return f"Q{text(value.base)}"
        case SubsetsOfSize():
            return f"K{text(value.base, value.k)}"
        case ShortSequences():
            return f"H{text(value.base, value.most)}"
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
                return self._set_by_rule(letter)

    def _set_by_rule(self, letter: str) -> Value:
        match letter:
            case "I":
                return sets.Interval(self.value(), self.value())
            case "P":
                return sets.Subset(self.value())
            case "F":
                return sets.FunctionSet(self.value(), self.value())
            case "R":
                self._number()
                names = self._listed(self._opened())
                return sets.RecordSet({name: self.value() for name in names})
            case "X":
                return sets.Product(tuple(self._listed(self._number())))
            case "Q":
                return sets.Sequences(self.value())
            case "N":
                return INFINITE_SETS[self._number()]
            case "K":
                base = self.value()
                return SubsetsOfSize(self.value(), base)
            case "H":
                return ShortSequences(self.value(), self.value())
            case _:
                raise AssertionError(f"no value starts with {letter!r}")

    def _listed(self, count: int) -> list[Value]:
        return [self.value() for _ in range(count)]

    def _opened(self) -> int:
        """The size of a set that begins here."""
        assert self.text[self.at] == "{"
        self.at += 1
        return self._number()

    def _number(self) -> int:
        end = self.text.index(";", self.at)
        number = int(self.text[self.at : end])
        self.at = end + 1
        return number
