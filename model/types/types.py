"""The types as data: immutable, interned (equal types are one object), each a description of a set of values.

Every type but `AnyType` and `UnionType` describes values of one kind: booleans, integers, strings, model values, sets,
functions. A union has at most one part of each kind but functions, and its function parts have no value in common, save
where their domains are unknown (`MapType`). `unions.join_all` is what makes unions; `struct` is what makes structures.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any, Final, TypeVar
from weakref import WeakValueDictionary

from ..source import Span
from ..values.core import BOOLEANS, FALSE, TRUE, Bool, Domain, ModelValue, Value, sequence_domain

T = TypeVar("T")

EXACT_LIMIT: Final = 256
"""Elements up to which a set that is a constant is known element by element."""
POINTWISE_LIMIT: Final = 64
"""Keys up to which the values of a structure are typed one by one; beyond, one type holds for all."""
TAG_LIMIT: Final = 24
"""Values of the tag up to which records of one set of fields are told apart."""


_made: WeakValueDictionary[tuple[object, ...], Any] = WeakValueDictionary()


class _Interned(type):
    """Makes a class give the same object for the same fields, which are given by place. Types compare by identity."""

    def __call__(cls: type[T], *args: object) -> T:
        key = (cls, *args)
        found = _made.get(key)
        if found is None:
            found = _made[key] = type.__call__(cls, *args)
        return found


@dataclass(frozen=True, eq=False, slots=True, weakref_slot=True)
class Type(metaclass=_Interned):
    """A set of TLA+ values."""

    def __reduce__(self) -> tuple[type[Type], tuple[object, ...]]:
        return type(self), tuple(getattr(self, field.name) for field in fields(self))

    def __str__(self) -> str:
        from .text import show  # what a type reads like is defined over this module

        return show(self)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a type is not known: what stands at `span`."""

    text: str
    span: Span | None = None

    @property
    def order(self) -> tuple[str, int, int, str]:
        span = self.span
        return ("", 0, 0, self.text) if span is None else (span.source.name, span.line, span.column, self.text)


@dataclass(frozen=True, eq=False, slots=True)
class AnyType(Type):
    """Every value: inference has no answer, for the reason given."""

    reason: Reason


@dataclass(frozen=True, eq=False, slots=True)
class BoolType(Type):
    """One or both of TRUE and FALSE."""

    values: frozenset[Bool]


@dataclass(frozen=True, eq=False, slots=True)
class IntType(Type):
    """The integers from `low` to `high`; None is no bound."""

    low: int | None
    high: int | None


@dataclass(frozen=True, eq=False, slots=True)
class StrType(Type):
    """These strings; every string where `atoms` is None."""

    atoms: frozenset[str] | None


@dataclass(frozen=True, eq=False, slots=True)
class ModelType(Type):
    """These model values; every model value where `atoms` is None."""

    atoms: frozenset[ModelValue] | None


@dataclass(frozen=True, eq=False, slots=True)
class SetType(Type):
    """The sets of elements of type `element`.

    Where `exact` is given the set is that one alone. `is_segment`: only the sets 1..n, which are the domains of
    sequences.
    """

    element: Type
    exact: frozenset[Value] | None
    is_segment: bool


@dataclass(frozen=True, eq=False, slots=True)
class StructType(Type):
    """The functions with this domain, known key by key: records, tuples, and functions over a constant set.

    `results` has a type for each key, in the order of `domain.keys_in_order`, or a single one that holds for all keys.
    Where `tag` is one of the keys, records with the same keys and another value there are parts of their own.
    """

    domain: Domain
    results: tuple[Type, ...]
    tag: Value | None

    @property
    def is_uniform(self) -> bool:
        return len(self.results) <= 1

    @property
    def pointwise(self) -> tuple[Type, ...]:
        """A type for each key."""
        return self.results if len(self.results) == len(self.domain) else self.results * len(self.domain)

    def at(self, key: Value) -> Type | None:
        """The type of the value at `key`; None where it is not in the domain."""
        position = self.domain.get(key)
        if position is None:
            return None
        return self.results[0] if self.is_uniform else self.results[position - 1]

    @property
    def tag_value(self) -> Value | None:
        """The value at the tag, where that is one string or model value."""
        if self.tag is None:
            return None
        atoms = atoms_of(self.at(self.tag) or NEVER)
        return next(iter(atoms)) if atoms is not None and len(atoms) == 1 else None


@dataclass(frozen=True, eq=False, slots=True)
class SeqType(Type):
    """The sequences, of any length, of elements of this type."""

    element: Type


@dataclass(frozen=True, eq=False, slots=True)
class MapType(Type):
    """The functions with any finite domain within `key`, whose values are in `result`."""

    key: Type
    result: Type


@dataclass(frozen=True, eq=False, slots=True)
class UnionType(Type):
    """The values of each of the parts; of none, where there are none."""

    parts: tuple[Type, ...]


FunctionType = StructType | SeqType | MapType
FUNCTION_TYPES: Final = (StructType, SeqType, MapType)

NEVER: Final = UnionType(())
"""No value: what stands there is not reached, or has no meaning."""
BOOL: Final = BoolType(BOOLEANS)
IS_TRUE: Final = BoolType(frozenset((TRUE,)))
IS_FALSE: Final = BoolType(frozenset((FALSE,)))
INT: Final = IntType(None, None)
NAT: Final = IntType(0, None)
POSITIVE: Final = IntType(1, None)
STR: Final = StrType(None)
MODEL: Final = ModelType(None)
EMPTY_SET: Final = SetType(NEVER, frozenset(), True)
EMPTY_FUNCTION: Final = StructType(sequence_domain(0), (), None)


def parts_of(t: Type) -> tuple[Type, ...]:
    """The parts of a union; anything else is its own part."""
    return t.parts if type(t) is UnionType else (t,)


def atoms_of(t: Type) -> frozenset[Value] | None:
    """The values of a type of finitely many strings and model values alone; None for others."""
    found: frozenset[Value] = frozenset()
    for part in parts_of(t):
        if type(part) is not StrType and type(part) is not ModelType:
            return None
        if part.atoms is None:
            return None
        found |= part.atoms
    return found


def atom_type(value: Value) -> Type:
    """The type of one string or model value alone."""
    return StrType(frozenset((value,))) if type(value) is str else ModelType(frozenset((value,)))


def set_of(element: Type) -> SetType:
    """The sets of elements of that type."""
    return EMPTY_SET if element is NEVER else SetType(element, None, False)


def segment_of(high: int | None) -> SetType:
    """The sets 1..n, n at most `high`."""
    if high is not None and high <= 0:
        return EMPTY_SET
    return SetType(IntType(1, high), None, True)


def seq_of(element: Type) -> Type:
    """The sequences of elements of that type."""
    return EMPTY_FUNCTION if element is NEVER else SeqType(element)


def map_of(key: Type, result: Type) -> Type:
    """The functions from parts of `key` to `result`."""
    return EMPTY_FUNCTION if key is NEVER or result is NEVER else MapType(key, result)


def find_any(t: Type) -> AnyType | None:
    """An AnyType within `t`."""
    if type(t) is AnyType:
        return t
    return next(filter(None, map(find_any, components(t))), None)


def nesting(t: Type) -> int:
    """How many types, unions not counted, stand within one another."""
    return (type(t) is not UnionType) + max(map(nesting, components(t)), default=0)


def components(t: Type) -> Iterable[Type]:
    """The types of which `t` is made up directly."""
    match t:
        case UnionType():
            return t.parts
        case SetType() | SeqType():
            return (t.element,)
        case StructType():
            return t.results
        case MapType():
            return (t.key, t.result)
        case _:
            return ()
