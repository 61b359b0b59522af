"""Values as TLC prints them."""

from __future__ import annotations

import re

from .core import LazyFunction, Value, decimal
from .order import display_order
from .sets import LazySet

FIELD = re.compile(r"[A-Za-z0-9_]+")
"""Strings that may be names of fields: a function of other strings prints as a function."""
BRIEF_LENGTH = 160
"""Characters of a value shown within a message."""
EXPAND_BELOW = 2_000
"""Lazy sets smaller than this print their elements, as TLC's -expand does (tlc2/TLCGlobals.enumBound)."""


def show(value: Value) -> str:
    """`value` on one line, in TLC's notation."""
    kind = type(value)
    if kind is str:
        return f'"{_escaped(value)}"'
    if kind is frozenset:
        return "{" + ", ".join(map(show, display_order(value))) + "}"
    if kind is tuple:
        return _show_function(value)
    if kind is LazyFunction:
        return show(value.expand())
    if isinstance(value, LazySet):
        if value.is_finite() and value.size() < EXPAND_BELOW:
            return show(value.expand())
        return value.describe()
    return decimal(value) if kind is int else str(value)


def _show_function(value: Value) -> str:
    domain = value[0]
    if domain.is_sequence:
        return "<<" + ", ".join(map(show, value[1:])) + ">>"
    pairs = zip(domain.keys_in_order, value[1:], strict=True)
    if all(type(key) is str and FIELD.fullmatch(key) for key in domain.keys_in_order):
        return "[" + ", ".join(f"{key} |-> {show(item)}" for key, item in pairs) + "]"
    return "(" + " @@ ".join(f"{show(key)} :> {show(item)}" for key, item in pairs) + ")"


_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r", "\f": "\\f"}


def _escaped(text: str) -> str:
    return "".join(_ESCAPES.get(character, character) for character in text)


def brief(value: Value) -> str:
    """`value` for a message: shortened."""
    text = show(value)
    return text if len(text) <= BRIEF_LENGTH else text[: BRIEF_LENGTH - 1] + "…"
