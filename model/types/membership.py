"""Which values a type describes: whether one belongs, the one where there is one alone, all where they are few."""

from __future__ import annotations

import itertools
from typing import Final

from ..values.core import Bool, ModelValue, Value, expanded
from ..values.sets import LazySet, as_frozenset
from .types import (
    AnyType,
    BoolType,
    IntType,
    MapType,
    ModelType,
    SeqType,
    SetType,
    StrType,
    StructType,
    Type,
    parts_of,
)


class Unknown:
    """Marks that a type does not determine one value."""

    def __repr__(self) -> str:
        return "<unknown>"


UNKNOWN: Final = Unknown()


def belongs(value: Value, t: Type) -> bool:
    """Whether `value` is among the values that `t` describes."""
    return any(_belongs_to_part(value, part) for part in parts_of(t))


def _belongs_to_part(value: Value, t: Type) -> bool:
    match t:
        case AnyType():
            return True
        case BoolType():
            return type(value) is Bool and value in t.values
        case IntType():
            return type(value) is int and (t.low is None or t.low <= value) and (t.high is None or value <= t.high)
        case StrType():
            return type(value) is str and (t.atoms is None or value in t.atoms)
        case ModelType():
            return type(value) is ModelValue and (t.atoms is None or value in t.atoms)
        case SetType():
            return _is_in_sets(value, t)
        case _:
            return _is_in_functions(expanded(value), t)


def _is_in_sets(value: Value, t: SetType) -> bool:
    if isinstance(value, LazySet) and not value.is_finite():
        return t.exact is None and not t.is_segment and _infinite_within(value, t.element)
    if type(value) is not frozenset and not isinstance(value, LazySet):
        return False
    elements = as_frozenset(value)
    if t.exact is not None and elements != t.exact:
        return False
    if t.is_segment and not all(type(x) is int and 1 <= x <= len(elements) for x in elements):
        return False
    return all(belongs(element, t.element) for element in elements)


def _infinite_within(values: LazySet, element: Type) -> bool:
    """Whether the elements of an infinite set are of type `element`, as far as its rule tells."""
    from .order import leq  # inclusion is defined over membership
    from .unions import elements_of, type_of

    return leq(elements_of(type_of(values)), element)


def _is_in_functions(value: Value, t: Type) -> bool:
    if type(value) is not tuple:
        return False
    domain = value[0]
    match t:
        case StructType():
            if domain is not t.domain:
                return False
            return all(belongs(item, result) for item, result in zip(value[1:], t.pointwise, strict=True))
        case SeqType():
            return domain.is_sequence and all(belongs(item, t.element) for item in value[1:])
        case MapType():
            return all(belongs(key, t.key) for key in domain) and all(belongs(item, t.result) for item in value[1:])
        case _:
            return False


def exact_value(t: Type) -> Value | Unknown:
    """The value of a type that has one alone, or UNKNOWN."""
    match t:
        case IntType() if t.low is not None and t.low == t.high:
            return t.low
        case BoolType() if len(t.values) == 1:
            return next(iter(t.values))
        case StrType() | ModelType() if t.atoms is not None and len(t.atoms) == 1:
            return next(iter(t.atoms))
        case SetType() if t.exact is not None:
            return t.exact
        case StructType():
            values = [exact_value(result) for result in t.pointwise]
            return UNKNOWN if UNKNOWN in values else (t.domain, *values)
        case _:
            return UNKNOWN


def universe(t: Type, limit: int) -> tuple[Value, ...] | None:
    """Every value of the type, each once, in an order that is always the same; None where there are more than `limit`.

    What a set of such elements needs to become a mask of bits, or a function of such keys an array.
    """
    result: list[Value] = []
    for part in parts_of(t):
        values = _universe_of_part(part, limit - len(result))
        if values is None:
            return None
        result.extend(values)
    return tuple(result)


def _universe_of_part(t: Type, limit: int) -> list[Value] | None:
    values: list[Value] | None = None
    match t:
        case IntType() if t.low is not None and t.high is not None and t.high - t.low < limit:
            values = list(range(t.low, t.high + 1))
        case BoolType():
            values = sorted(t.values, key=lambda value: value.truth)
        case StrType() | ModelType() if t.atoms is not None:
            values = sorted(t.atoms, key=str)
        case SetType() if t.exact is not None:
            values = [t.exact]
        case SetType() if not t.is_segment:
            elements = universe(t.element, limit.bit_length())
            if elements is not None and 2 ** len(elements) <= limit:
                sizes = range(len(elements) + 1)
                values = [frozenset(chosen) for n in sizes for chosen in itertools.combinations(elements, n)]
        case StructType():
            values = _universe_of_struct(t, limit)
        case _:
            pass
    return values if values is not None and len(values) <= limit else None


def _universe_of_struct(t: StructType, limit: int) -> list[Value] | None:
    size, columns = 1, []
    for result in t.pointwise:
        column = universe(result, limit)
        if column is None:
            return None
        size *= len(column)
        if size > limit:
            return None
        columns.append(column)
    return [(t.domain, *values) for values in itertools.product(*columns)]
