"""`\\cup`, `\\cap`, `\\` and UNION: done at once to sets that are written out, else when elements are asked for.

As in TLC (tlc2/tool/impl/Tool.java, tlc2/value/impl/Reducible.java); so a side that it does not look at may be no set.
"""

from __future__ import annotations

from ..diagnostics import EvaluationError
from .core import Value
from .order import display_order, ordered
from .set_errors import no_union
from .sets import (
    Combined,
    FunctionSet,
    Product,
    RecordSet,
    Subset,
    Union,
    as_frozenset,
    cardinality,
    is_finite,
    is_member,
    is_reducible,
    is_set,
    not_enumerable,
    not_member,
    require_sets,
)


def union(a: Value, b: Value) -> Value:
    """`a \\cup b`. As in TLC, an empty side that is written out is united with anything: the other is the result."""
    if type(a) is frozenset and not a:
        return b
    if type(b) is frozenset and not b and not is_reducible(a):
        return a
    require_sets("\\cup", a, b)
    if type(a) is frozenset and type(b) is frozenset:
        return a | b
    if is_reducible(a) and is_reducible(b):
        return as_frozenset(a) | as_frozenset(b)
    first, second = (b, a) if is_reducible(b) else (a, b)
    return Combined("\\cup", (a, b), None, lambda value: is_member(value, first) or is_member(value, second))


def intersection(a: Value, b: Value) -> Value:
    """`a \\cap b`. TLC goes through one side, and looks at the other only to test elements of it."""
    if type(a) is frozenset and type(b) is frozenset:
        _require_one_kind(a, b)
        return a & b
    for side, other in ((a, b), (b, a)):
        if is_reducible(side):
            if _is_vacuous("\\cap", side, other):
                return frozenset()
            return frozenset(value for value in ordered(side) if is_member(value, other))
    if _is_vacuous("\\cap", a, b):
        return frozenset()
    source, other = (b, a) if is_finite(b) and not is_finite(a) else (a, b)
    return Combined("\\cap", (a, b), source, lambda value: is_member(value, other))


def difference(a: Value, b: Value) -> Value:
    """`a \\ b`. TLC looks at the right side only to test elements of the left."""
    if type(a) is frozenset and type(b) is frozenset:
        _require_one_kind(a, b)
        return a - b
    if _is_vacuous("\\", a, b):
        return frozenset()
    if is_reducible(a):
        return frozenset(value for value in ordered(a) if not is_member(value, b))
    return Combined("\\", (a, b), a, lambda value: not is_member(value, b))


def _is_vacuous(symbol: str, side: Value, other: Value) -> bool:
    """Whether a side is empty, and the other no set, at which TLC does not look then; an error where it does."""
    require_sets(symbol, side)
    if is_set(other):
        return False
    if not is_finite(side) or cardinality(side):
        require_sets(symbol, other)
    return True


def _require_one_kind(a: frozenset[Value], b: frozenset[Value]) -> None:
    """The error where an element of `a` is of a kind that does not compare with those of `b`."""
    if a and b and len({*map(type, a), *map(type, b)}) > 1:
        for element in display_order(a):
            if element not in b:
                not_member(element, b)


def union_of(sets: Value) -> Value:
    """`UNION sets`."""
    if not is_set(sets):
        raise not_enumerable(sets)
    for element in sets if type(sets) is frozenset else ():
        if not is_set(element):
            raise no_union(element)
    return united(sets)


def united(sets: Value) -> Value:
    """`UNION sets`, of which it turns out later whether they are sets: TLC unites when elements are asked for."""
    if isinstance(sets, Subset):
        return sets.base
    if type(sets) is frozenset and all(type(element) is frozenset for element in sets):
        return frozenset().union(*sets)
    return Union(sets)


def is_finite_set(value: Value) -> bool:
    """`IsFiniteSet(value)`, TLC's `isFinite`: an error where it does not know how much is left of an infinite set."""
    match value:
        case Combined(symbol=":"):
            if not is_finite_set(value.parts[0]):
                raise _undecided(value)
            return True
        case Combined(symbol="\\cap"):
            if not any(map(is_finite_set, value.parts)):
                raise _undecided(value)
            return True
        case Combined(symbol="\\"):
            left, right = value.parts
            if is_finite_set(left):
                return True
            if not is_finite_set(right):
                raise _undecided(value)
            return False
        case Combined():
            return all(map(is_finite_set, value.parts))
        case Subset():
            return is_finite_set(value.base)
        case FunctionSet():
            return is_finite_set(value.domain) and is_finite_set(value.range)
        case RecordSet() | Product():
            return all(map(is_finite_set, value.sets))
        case _:
            return is_finite(value)


def _undecided(value: Value) -> EvaluationError:
    from .text import brief

    return EvaluationError(f"cannot tell whether a part of an infinite set is finite: {brief(value)}")
