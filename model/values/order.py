"""TLC's total order on values: integers ascending; sets by size, then elements; functions by size, then domain, then
values; FALSE before TRUE; strings and model values by first appearance in the model, not alphabetically.

Source: the `compareTo` methods of tlc2/value/impl, `util/UniqueString`.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cmp_to_key

from ..diagnostics import EvaluationError
from .core import Bool, LazyFunction, ModelValue, Value, comparison_class, expanded, forget_domains, incomparable

_rank: dict[str, int] = {}
_sorted: dict[frozenset[Value], tuple[Value, ...]] = {}
_keys: dict[Value, object] = {}
CACHE_LIMIT = 200_000
"""Entries a cache may hold before it is emptied."""


def set_string_order(names: Iterable[str]) -> None:
    """Start a model: strings and model values compare in the order of `names`, further ones after them as met."""
    _rank.clear()
    _sorted.clear()
    _keys.clear()
    forget_domains()
    for name in names:
        rank_of(name)


def rank_of(name: str) -> int:
    """The place of a string or model value name in the order of first appearance."""
    return _rank.setdefault(name, len(_rank))


def has_rank(name: str, below: int) -> bool:
    """Whether a name has been met, and is one of the first so many."""
    return _rank.get(name, below) < below


def string_order() -> list[str]:
    """The strings and names of model values met so far, in their order."""
    return list(_rank)


def sort_key(value: Value) -> object:
    """A key under which Python's order is TLC's; keys of values that TLC does not compare raise TypeError.

    Integers have int keys, booleans bytes, strings and model values str, functions tuples, sets lists.
    """
    kind = type(value)
    if kind is int:
        return value
    if kind is str:
        return f"s{rank_of(value):08}"
    if kind is ModelValue:
        return f"m{rank_of(value.name):08}"
    if kind is tuple:
        key = _keys.get(value)
        if key is None:
            if len(_keys) >= CACHE_LIMIT:
                _keys.clear()
            key = _keys[value] = (len(value), value[0].order_key, tuple(map(sort_key, value[1:])))
        return key
    if kind is Bool:
        return b"1" if value.truth else b"0"
    if kind is LazyFunction:
        return sort_key(value.expand())
    elements = ordered(value)
    return [len(elements), *map(sort_key, elements)]


def ordered(elements: Value) -> tuple[Value, ...]:
    """The elements of a set in TLC's order; an error where they do not compare or cannot be enumerated."""
    if type(elements) is not frozenset:
        from .sets import enumerate_set

        return enumerate_set(elements)
    result = _sorted.get(elements)
    if result is None:
        if len(_sorted) >= CACHE_LIMIT:
            _sorted.clear()
        result = _sorted[elements] = sort(elements)
    return result


def display_order(elements: Value) -> tuple[Value, ...]:
    """The elements of a set in an order to show them in: TLC's, or, where they do not compare, one that is stable."""
    try:
        return ordered(elements)
    except EvaluationError:
        if type(elements) is not frozenset:
            raise
        return tuple(sorted(elements, key=_stable_key))


def _stable_key(value: Value) -> tuple[str, str]:
    """What sorts values of all kinds, though not in TLC's order."""
    from .text import show

    return type(value).__name__, show(value)


def sort(elements: Iterable[Value]) -> tuple[Value, ...]:
    """The values in TLC's order."""
    items = list(elements)
    if len(items) < 2:
        return tuple(items)  # it may be a set that has no key, being infinite
    try:
        return tuple(sorted(items, key=sort_key))  # type: ignore[type-var, arg-type]
    except TypeError:
        # Model values beside other values, or values that do not compare: the exact comparison tells which.
        try:
            return tuple(sorted(items, key=cmp_to_key(compare)))
        except EvaluationError:
            # Sets have no order of their own: the message is to be the same each time.
            return tuple(sorted(sorted(items, key=_stable_key), key=cmp_to_key(compare)))


def compare(a: Value, b: Value) -> int:
    """TLC's compareTo: negative, zero or positive; an EvaluationError for values that it does not compare."""
    if a == b:
        return 0
    if type(a) is ModelValue or type(b) is ModelValue:
        return _compare_model_values(a, b)
    kind = comparison_class(a)
    if kind is not comparison_class(b):
        raise incomparable(a, b)
    if kind is tuple:
        return _compare_functions(expanded(a), expanded(b))
    if kind is frozenset:
        left, right = ordered(a), ordered(b)
        return len(left) - len(right) or _compare_each(left, right)
    return -1 if sort_key(a) < sort_key(b) else 1  # type: ignore[operator]


def _compare_model_values(a: Value, b: Value) -> int:
    if type(a) is type(b):
        if a.type is not None and b.type is not None and a.type != b.type:
            raise incomparable(a, b)
        return rank_of(a.name) - rank_of(b.name)
    if (a.type if type(a) is ModelValue else b.type) is not None:
        raise incomparable(a, b)
    return -1 if type(a) is ModelValue else 1


def _compare_functions(a: Value, b: Value) -> int:
    if len(a) != len(b):
        return len(a) - len(b)
    return _compare_each(a[0].keys_in_order, b[0].keys_in_order) or _compare_each(a[1:], b[1:])


def _compare_each(left: Iterable[Value], right: Iterable[Value]) -> int:
    for x, y in zip(left, right, strict=True):
        order = compare(x, y)
        if order:
            return order
    return 0
