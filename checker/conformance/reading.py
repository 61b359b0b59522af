"""What JSON data of a trace means: TLA+ values, renamed as the mapping says, and paths to parts of a variable."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, NamedTuple

from ...model.diagnostics import TraceError
from ...model.source import Span
from ...model.values import Value, boolean, expanded, from_itf, is_function
from .json_places import Path
from .mapping import Mapping, MappingError

NAME = re.compile(r"[A-Za-z0-9_]*[A-Za-z_][A-Za-z0-9_]*")
FIELD = re.compile(r"\.([A-Za-z0-9_]+)")
INTEGER = re.compile(r"-?[0-9]+")
BOOLEANS: Final = {"TRUE": True, "FALSE": False}
_DECODER = json.JSONDecoder()


class Missing:
    """Marks that a value has nothing at a path."""

    def __repr__(self) -> str:
        return "nothing"


MISSING: Final = Missing()

Keys = tuple[tuple[Value, ...], ...]
"""For each step of a path the keys that it may mean: `[1]` is the integer, or the string where there is no integer."""


class ObservationPath(NamedTuple):
    """`nextIndex[n1][n2]`: a variable, and the way into its value."""

    variable: str
    keys: Keys


def look_up(value: Value, keys: Keys) -> Value:
    """What lies at the end of the way, or MISSING."""
    for candidates in keys:
        value = expanded(value)
        if not is_function(value):
            return MISSING
        for key in candidates:
            position = value[0].get(key)
            if position is not None:
                value = value[position]
                break
        else:
            return MISSING
    return value


def first_gap(value: Value, keys: Keys) -> tuple[Value, int]:
    """Where `look_up` finds nothing: the value that has no such entry, and the number of steps that lead to it."""
    for taken in range(len(keys)):
        inner = look_up(value, keys[: taken + 1])
        if inner is MISSING:
            return look_up(value, keys[:taken]), taken
    raise AssertionError("nothing is missing")


class Reading:
    """Turns data of one trace into values; strings must have their order before (`values.set_string_order`)."""

    def __init__(self, mapping: Mapping) -> None:
        """Raises MappingError where the mapping gives what is no value."""
        self.mapping = mapping
        for table in (mapping.values, *mapping.values_of.values()):
            for name, data in table.items():
                try:
                    from_itf(data)
                except TraceError as error:
                    raise MappingError(error.message, mapping.place(name), expected=error.expected) from error

    def value(self, data: Any, place: Callable[[Path], Span]) -> Value:
        """The TLA+ value of JSON data; an error is at its place, given the path to it."""
        renamed = _renamed(data, self._value) if self.mapping.values else data
        return _read(renamed, place)

    def observed(self, variable: str, data: Any, place: Callable[[Path], Span]) -> Value:
        """The same for what is observed of a variable."""
        if variable in self.mapping.values_of:
            data = _renamed(data, lambda leaf: self._value_of(variable, leaf))
        return self.value(data, place)

    def path(self, text: str) -> ObservationPath:
        """The path that `text` writes down. Raises TraceError, without a place."""
        match = NAME.match(text)
        if match is None:
            raise TraceError(f"`{text}` is no path", expected="a variable, then [key] or .field: currentTerm[n1]")
        name = self.mapping.variables.get(match[0], match[0])
        return ObservationPath(name, tuple(self._keys(text, match.end())))

    def _keys(self, text: str, at: int) -> Iterator[tuple[Value, ...]]:
        while at < len(text):
            field = FIELD.match(text, at)
            if field is not None:
                at = field.end()
                yield (field[1],)
                continue
            end = text.find("]", at)
            if text[at] != "[" or end < 0:
                raise TraceError(f"`{text}` is no path: `{text[at:]}`", expected="[key] or .field")
            if text[at + 1] in '"[{':
                key, end = self._json_key(text, at + 1)
                yield (key,)
            else:
                yield self._bare_key(text, text[at + 1 : end].strip())
            at = end + 1

    def _json_key(self, text: str, at: int) -> tuple[Value, int]:
        try:
            data, end = _DECODER.raw_decode(text, at)
        except json.JSONDecodeError as error:
            raise TraceError(f"`{text}` is no path: {error.msg}", expected="a key in JSON") from error
        if text[end : end + 1] != "]":
            raise TraceError(f"`{text}` is no path", expected="`]` after the key")
        return from_itf(_renamed(data, self._value)), end

    def _bare_key(self, text: str, key: str) -> tuple[Value, ...]:
        if not key:
            raise TraceError(f"`{text}` is no path: a key is empty", expected="[key]")
        if key in self.mapping.values:
            return (from_itf(self.mapping.values[key]),)
        if INTEGER.fullmatch(key):
            return (int(key), key)
        return (boolean(BOOLEANS[key]), key) if key in BOOLEANS else (key,)

    def _value(self, leaf: Any) -> Any:
        return self.mapping.values.get(leaf, leaf) if isinstance(leaf, str) else leaf

    def _value_of(self, variable: str, leaf: Any) -> Any:
        text = leaf if isinstance(leaf, str) else json.dumps(leaf)
        return self.mapping.values_of[variable].get(text, leaf)


def _renamed(data: Any, rename: Callable[[Any], Any]) -> Any:
    """A copy with every string, integer and boolean renamed; names of fields stay."""
    if isinstance(data, list):
        return [_renamed(item, rename) for item in data]
    if isinstance(data, dict):
        return data if "#bigint" in data else {key: _renamed(item, rename) for key, item in data.items()}
    return rename(data)


def _read(data: Any, place: Callable[[Path], Span]) -> Value:
    try:
        return from_itf(data)
    except TraceError as error:
        raise error.located(place(_culprit(data))) from None
    except RecursionError as error:
        raise TraceError("the value is nested too deeply", place(())) from error


def _culprit(data: Any) -> Path:
    """The way to the smallest part that is no value."""
    items: Iterable[tuple[str | int, Any]] = ()
    if isinstance(data, list):
        items = enumerate(data)
    elif isinstance(data, dict):
        tags = [key for key in data if key.startswith("#")]
        if tags and len(data) == 1 and isinstance(data[tags[0]], list):
            # What a tag holds is no value by itself, its elements are.
            inner = enumerate(data[tags[0]])
            return next(((tags[0], index, *_culprit(item)) for index, item in inner if _is_bad(item)), ())
        items = () if tags else data.items()
    return next(((key, *_culprit(item)) for key, item in items if _is_bad(item)), ())


def _is_bad(data: Any) -> bool:
    try:
        from_itf(data)
    except TraceError:
        return True
    return False
