"""Inclusion of types, what two types have in common, and a type without some of its values.

`leq` may say no where the answer is yes; `meet` and `without` may leave values that they could take out. They never err
in the other direction, which is what soundness needs.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from ..values.core import Value
from .membership import belongs
from .types import (
    FUNCTION_TYPES,
    NEVER,
    POSITIVE,
    AnyType,
    BoolType,
    FunctionType,
    IntType,
    MapType,
    ModelType,
    SeqType,
    SetType,
    StrType,
    StructType,
    Type,
    map_of,
    parts_of,
    seq_of,
)
from .unions import exact_set, join_all, struct

# --- inclusion -------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1 << 16)
def leq(a: Type, b: Type) -> bool:
    """Whether every value of `a` is one of `b`, as far as can be told from part to part."""
    if a is b or type(b) is AnyType:
        return True
    return all(any(_part_leq(part, other) for other in parts_of(b)) for part in _tagged(parts_of(a), b))


def _tagged(parts: tuple[Type, ...], by: Type) -> Iterator[Type]:
    """The parts, records parted by their tag where those of the same fields in `by` are."""
    tags = {part.domain: part.tag for part in parts_of(by) if type(part) is StructType and part.tag is not None}
    for part in parts:
        if type(part) is StructType and part.tag is None and part.domain in tags:
            yield from parts_of(struct(part.domain, part.results, tags[part.domain]))
        else:
            yield part


def _part_leq(a: Type, b: Type) -> bool:
    if a is b:
        return True
    match a, b:
        case BoolType(), BoolType():
            return a.values <= b.values
        case IntType(), IntType():
            is_above = b.low is None or (a.low is not None and a.low >= b.low)
            return is_above and (b.high is None or (a.high is not None and a.high <= b.high))
        case (StrType(), StrType()) | (ModelType(), ModelType()):
            return b.atoms is None or (a.atoms is not None and a.atoms <= b.atoms)
        case SetType(), SetType():
            if b.exact is not None:
                return a.exact == b.exact
            return (a.is_segment or not b.is_segment) and leq(a.element, b.element)
        case StructType(), _:
            return _struct_leq(a, b)
        case SeqType(), SeqType():
            return leq(a.element, b.element)
        case SeqType(), MapType():
            return leq(POSITIVE, b.key) and leq(a.element, b.result)
        case MapType(), MapType():
            return leq(a.key, b.key) and leq(a.result, b.result)
        case _:
            return False


def _struct_leq(a: StructType, b: Type) -> bool:
    match b:
        case StructType():
            if a.domain is not b.domain:
                return False
            if a.is_uniform and b.is_uniform:
                return all(map(leq, a.results, b.results))
            return all(map(leq, a.pointwise, b.pointwise))
        case SeqType():
            return a.domain.is_sequence and all(leq(result, b.element) for result in a.results)
        case MapType():
            return all(leq(result, b.result) for result in a.results) and all(belongs(key, b.key) for key in a.domain)
        case _:
            return False


# --- intersection ----------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1 << 16)
def meet(a: Type, b: Type) -> Type:
    """A type of the values that are in both."""
    if a is b or type(b) is AnyType:
        return a
    if type(a) is AnyType:
        return b
    return join_all(_meet_parts(x, y) for x in parts_of(a) for y in parts_of(b))


def _meet_parts(a: Type, b: Type) -> Type:
    if a is b:
        return a
    match a, b:
        case BoolType(), BoolType():
            values = a.values & b.values
            return BoolType(values) if values else NEVER
        case IntType(), IntType():
            low = b.low if a.low is None else a.low if b.low is None else max(a.low, b.low)
            high = b.high if a.high is None else a.high if b.high is None else min(a.high, b.high)
            return interval(low, high)
        case (StrType(), StrType()) | (ModelType(), ModelType()):
            if a.atoms is None or b.atoms is None:
                return b if a.atoms is None else a
            return _of_atoms(a, a.atoms & b.atoms)
        case SetType(), SetType():
            return _meet_sets(a, b)
        case _ if isinstance(a, FUNCTION_TYPES) and isinstance(b, FUNCTION_TYPES):
            return _meet_functions(a, b)
        case _:
            return NEVER


def _of_atoms(t: StrType | ModelType, atoms: frozenset[Any]) -> Type:
    """Atoms of the kind of `t`."""
    if not atoms:
        return NEVER
    return StrType(atoms) if type(t) is StrType else ModelType(atoms)


def interval(low: int | None, high: int | None) -> Type:
    """The integers from `low` to `high`, which may be none."""
    return NEVER if low is not None and high is not None and low > high else IntType(low, high)


def _meet_sets(a: SetType, b: SetType) -> Type:
    for one, other in ((a, b), (b, a)):
        if one.exact is not None:
            return one if belongs(one.exact, other) else NEVER
    element = meet(a.element, b.element)
    return exact_set(frozenset()) if element is NEVER else SetType(element, None, a.is_segment or b.is_segment)


def _meet_functions(a: FunctionType, b: FunctionType) -> Type:
    match a, b:
        case StructType(), _:
            return _meet_struct(a, b)
        case _, StructType():
            return _meet_struct(b, a)
        case SeqType(), SeqType():
            return seq_of(meet(a.element, b.element))
        case SeqType(), MapType():
            return seq_of(meet(a.element, b.result) if meet(POSITIVE, b.key) is not NEVER else NEVER)
        case MapType(), SeqType():
            return _meet_functions(b, a)
        case _:
            assert type(a) is MapType and type(b) is MapType
            return map_of(meet(a.key, b.key), meet(a.result, b.result))


def _meet_struct(a: StructType, b: FunctionType) -> Type:
    match b:
        case StructType():
            if a.domain is not b.domain:
                return NEVER
            return struct(a.domain, tuple(map(meet, a.pointwise, b.pointwise)), a.tag if b.tag is None else b.tag)
        case SeqType():
            if not a.domain.is_sequence:
                return NEVER
            return struct(a.domain, tuple(meet(result, b.element) for result in a.results), a.tag)
        case MapType():
            if not all(belongs(key, b.key) for key in a.domain):
                return NEVER
            return struct(a.domain, tuple(meet(result, b.result) for result in a.results), a.tag)


# --- difference ------------------------------------------------------------------------------------------------------


def without(t: Type, values: frozenset[Value]) -> Type:
    """`t` less these values, as far as its form allows: atoms go, and integers at the end of an interval."""
    return join_all(_part_without(part, values) for part in parts_of(t))


def _part_without(t: Type, values: frozenset[Value]) -> Type:
    match t:
        case BoolType():
            return BoolType(t.values - values) if t.values - values else NEVER
        case StrType() | ModelType() if t.atoms is not None:
            return _of_atoms(t, t.atoms - values)
        case IntType():
            low, high = t.low, t.high
            while low is not None and low in values and (high is None or low <= high):
                low += 1
            while high is not None and high in values and (low is None or low <= high):
                high -= 1
            return interval(low, high)
        case SetType() if t.exact is not None and t.exact in values:
            return NEVER
        case StructType() if not len(t.domain) and (t.domain,) in values:
            return NEVER
        case _:
            return t
