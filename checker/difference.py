"""What differs between two values: the entries of a function, the elements of a set, down to what really changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..model import values
from ..model.structs import Struct
from ..model.values import Value

MAX_ELEMENTS = 8
"""A set that gains and loses more elements than this is shown whole, before and after."""


class Change(Struct, eq=True):
    """One difference at `path` (`log[n1].term`): a value replaced, or, where one side is None, gained or lost.

    For a set what is gained or lost is an element (`is_element`), for a function an entry, and `path` leads to it.
    """

    path: str
    before: Value | None
    after: Value | None
    is_element: bool = False


def state_changes(before: Mapping[str, Value], after: Mapping[str, Value]) -> tuple[list[Change], list[str]]:
    """What changed from one state to the next, and the names of the variables that did not; in order of the state."""
    changed: list[Change] = []
    unchanged: list[str] = []
    for name, value in after.items():
        found = list(changes(name, before[name], value)) if name in before else [Change(name, None, value)]
        changed.extend(found)
        if not found:
            unchanged.append(name)
    return changed, unchanged


def changes(path: str, before: Value, after: Value) -> Iterator[Change]:
    """The differences between two values, each at its path; nothing where they are equal."""
    if before == after:
        return
    if values.is_function(before) and values.is_function(after) and len(before) > 1 and len(after) > 1:
        yield from _function_changes(path, before, after)
    elif type(before) is frozenset and type(after) is frozenset and len(before ^ after) <= MAX_ELEMENTS:
        yield from (Change(path, element, None, True) for element in values.ordered(before - after))
        yield from (Change(path, None, element, True) for element in values.ordered(after - before))
    else:
        yield Change(path, before, after)


def _function_changes(path: str, before: Value, after: Value) -> Iterator[Change]:
    """Entry by entry; a function that shares no argument with its successor is replaced as a whole."""
    old, new = before[0], after[0]
    if old.as_set.isdisjoint(new.as_set):
        yield Change(path, before, after)
        return
    for key, position in old.items():
        here = path + step(key)
        if key in new:
            yield from changes(here, before[position], after[new[key]])
        else:
            yield Change(here, before[position], None)
    for key, position in new.items():
        if key not in old:
            yield Change(path + step(key), None, after[position])


def step(key: Value) -> str:
    """How the entry at `key` is written after the name of its function: `.field` or `[key]`."""
    return f".{key}" if type(key) is str and key.isidentifier() else f"[{values.show(key)}]"
