"""Values that are listed (`layouts.Values`), and what is looked up by their codes in constant tables: the values that
functions have for them, their codes in another list, the places they have as keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ...model.values.core import TRUE, Bool, ModelValue, Value
from .cpp import Cpp
from .layouts import Array, Layout, Values
from .notation import INTEGER_LIMIT

if TYPE_CHECKING:
    from .emitter import Emitter

NO_CODE = 255
"""In a table, where there is nothing."""


def items_for(function: Value, keys: Layout | str | None) -> list[Value] | None:
    """What a function that is known has for each of the values that are listed; None where it lacks one."""
    if type(function) is not tuple or not isinstance(keys, Values):
        return None
    domain = function[0]
    return [function[domain[key]] for key in keys.values] if all(key in domain for key in keys.values) else None


def layout_of_items(emitter: Emitter, items: Sequence[Value | None]) -> Values | None:
    """The layout of strings and model values; None where some are others, or all are missing."""
    listed = [item for item in items if item is not None]
    if not listed or not {type(item) for item in listed} <= {str, ModelValue}:
        return None
    layout = emitter.unit.layouts.of_values(listed)
    return layout if layout is not None and layout.count <= NO_CODE else None


def looked_up(emitter: Emitter, items: Sequence[Value | None], code: str, slow: str) -> Cpp | None:
    """The item of a code: from a table; None where they are no truths, numbers, strings or model values.

    `slow`: text for the value where an item is missing, which is a fault as a rule.
    """
    kinds, none = {type(item) for item in items if item is not None}, str(NO_CODE)
    if kinds == {Bool}:
        kind, truths = "bool", [none if item is None else str(item is TRUE).lower() for item in items]
        table = emitter.unit.table("u8" if None in items else "bool", truths)
    elif kinds == {int} and all(item is None or abs(item) < INTEGER_LIMIT for item in items):
        kind, none = "int", "NO_NUMBER"
        table = emitter.unit.table("i64", (none if item is None else str(item) for item in items))
    else:
        kind = layout_of_items(emitter, items)
        if kind is None:
            return None
        table = _table_of_codes(emitter, items, kind)
    found = f"{table}[{code}]" if kind == "int" else f"u64({table}[{code}])"
    is_missing = None in items
    if is_missing:
        name = emitter.fresh()
        emitter.writer.write(f"{'i64' if kind == 'int' else 'u64'} {name} = {found};")
        emitter.writer.write(f"if (UNLIKELY({name} == {none})) {{ {slow}; outside_domain(); }}")
        found = name
    return Cpp(f"bool({found})" if kind == "bool" else found, kind, is_missing)


def _table_of_codes(emitter: Emitter, items: Sequence[Value | None], layout: Layout) -> str:
    """The name of a table of the codes of some values."""
    codes = [None if item is None else layout.encode(item) for item in items]
    return emitter.unit.table("u8", (str(NO_CODE if code is None else code) for code in codes))


def recoded(emitter: Emitter, item: Cpp, layout: Layout) -> str | None:
    """The code in `layout` of a value that is listed elsewhere, or NO_CODE; None where there is no such table."""
    own = item.kind
    if not isinstance(own, Values) or not isinstance(layout, Values) or layout.count > NO_CODE:
        return None
    return f"u64({_table_of_codes(emitter, own.values, layout)}[{item.text}])"


def has_all(own: Layout | str | None, layout: Layout) -> bool:
    """Whether each of some listed values has a code in another list."""
    return isinstance(own, Values) and all(layout.encode(value) is not None for value in own.values)


def place_of_listed(emitter: Emitter, layout: Array, key: Cpp) -> str | None:
    """The place of a key that has one for certain; None where that is not known."""
    own = key.kind
    if layout.keys is not None and own is layout.keys:
        return key.text
    if not isinstance(own, Values):
        return None
    places = [layout.place(value) for value in own.values]
    if None in places:
        return None
    return f"u64({emitter.unit.table('u8', map(str, places))}[{key.text}])"


def value_at_listed(emitter: Emitter, function: Value, key: Cpp) -> Cpp | None:
    """What a function that is known has for a listed value; None where there is no table of it."""
    items = items_for(function, key.kind)
    return None if items is None else looked_up(emitter, items, key.text, "")
