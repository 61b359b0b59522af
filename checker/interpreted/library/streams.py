"""TLC's binary form of values (tlc2/value/ValueOutputStream.java), for IOSerialize and IODeserialize.

A value is a byte that says its kind, then its parts. Strings carry their number in TLC's table, which a reader of
another process ignores. A record, function, set, tuple or string takes the next number of a table of its own as it is
met, and may be referred to by it later. Model values are numbers there, so that they cannot be exchanged.
"""

from __future__ import annotations

import struct

from ....model.diagnostics import EvaluationError
from ....model.values.core import Bool, Value, boolean, expanded, function, kind_of, record, sequence
from ....model.values.order import ordered
from ....model.values.sets import is_set
from ....model.values.text import brief

BOOLEAN, INTEGER, STRING, RECORD, SET, TUPLE, FUNCTION, INTERVAL, REFERENCE = 0, 1, 3, 4, 5, 7, 9, 23, 26
_NO_NUMBER = -1
_MAX_SHORT = 0x7FFF


def written(value: Value) -> bytes:
    """The bytes of a value."""
    out = bytearray()
    _write(out, value)
    return bytes(out)


def _write(out: bytearray, value: Value) -> None:
    value = expanded(value)
    kind = type(value)
    if kind is Bool:
        out += struct.pack(">BB", BOOLEAN, value.truth)
    elif kind is int and -(2**31) <= value < 2**31:
        out += struct.pack(">Bi", INTEGER, value)
    elif kind is str:
        _write_string(out, value)
    elif is_set(value):
        items = ordered(value)
        out += struct.pack(">Bi", SET, len(items))
        for item in items:
            _write(out, item)
    elif kind is tuple:
        _write_function(out, value)
    else:
        raise EvaluationError(f"IOSerialize of {brief(value)}", expected="no model values", got=kind_of(value))


def _write_string(out: bytearray, text: str) -> None:
    data = text.encode("latin-1", "replace")
    out += struct.pack(">Biii", STRING, _NO_NUMBER, 0, len(data)) + data


def _natural(number: int) -> bytes:
    return struct.pack(">h", number) if number <= _MAX_SHORT else struct.pack(">i", -number)


def _write_function(out: bytearray, value: Value) -> None:
    domain, items = value[0], value[1:]
    if domain.is_sequence:
        out += bytes([TUPLE]) + _natural(len(items))
        for item in items:
            _write(out, item)
    elif all(type(key) is str for key in domain.keys_in_order):
        out += struct.pack(">Bi", RECORD, -len(items))
        for key, item in zip(domain.keys_in_order, items, strict=True):
            _write_string(out, key)
            _write(out, item)
    else:
        out += bytes([FUNCTION]) + _natural(len(items)) + b"\x02"
        for key, item in zip(domain.keys_in_order, items, strict=True):
            _write(out, key)
            _write(out, item)


def read(data: bytes, where: str) -> Value:
    """The value that `data` begins with; `where` names the file in a message."""
    reader = _Reader(data)
    try:
        return reader.value()
    except (struct.error, IndexError, KeyError) as error:
        raise EvaluationError(f"{where} holds no value that TLC wrote") from error


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.position = 0
        self.met: list[Value] = []

    def take(self, format_: str) -> int:
        (number,) = struct.unpack_from(">" + format_, self.data, self.position)
        self.position += struct.calcsize(format_)
        return number

    def natural(self) -> int:
        number = self.take("h")
        if number < 0:
            self.position -= 2
            number = -self.take("i")
        return number

    def value(self) -> Value:
        kind = self.take("B")
        if kind == BOOLEAN:
            return boolean(self.take("B"))
        if kind == INTEGER:
            return self.take("i")
        if kind == INTERVAL:
            return frozenset(range(self.take("i"), self.take("i") + 1))
        if kind == REFERENCE:
            return self.met[self.natural()]
        place = len(self.met)
        self.met.append(None)
        self.met[place] = {
            STRING: self.string, RECORD: self.record, SET: self.set, TUPLE: self.tuple, FUNCTION: self.function
        }[kind]()  # fmt: skip
        return self.met[place]

    def string(self) -> Value:
        self.position += 8  # the number in the table of the process that wrote it
        size = self.take("i")
        self.position += size
        return self.data[self.position - size : self.position].decode("latin-1")

    def name(self) -> str:
        kind = self.take("B")
        if kind == REFERENCE:
            return self.met[self.natural()]
        self.met.append(None)
        place = len(self.met) - 1
        self.met[place] = self.string()
        return self.met[place]

    def record(self) -> Value:
        return record({self.name(): self.value() for _ in range(abs(self.take("i")))})

    def set(self) -> Value:
        return frozenset([self.value() for _ in range(abs(self.take("i")))])

    def tuple(self) -> Value:
        return sequence([self.value() for _ in range(self.natural())])

    def function(self) -> Value:
        size = self.natural()
        if self.take("B") == 0:
            low, _ = self.take("i"), self.take("i")
            return function({low + place: self.value() for place in range(size)})
        return function({self.value(): self.value() for _ in range(size)})
