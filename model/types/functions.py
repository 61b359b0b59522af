"""What is done with functions, on types: apply, update, domain, and the operators of sequences and bags."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from ..values.core import Domain, Value, domain_of, sequence_domain
from .arithmetic import integers
from .membership import UNKNOWN, belongs, exact_value
from .order import leq
from .types import (
    EMPTY_FUNCTION,
    FUNCTION_TYPES,
    NAT,
    NEVER,
    POSITIVE,
    STR,
    AnyType,
    FunctionType,
    IntType,
    MapType,
    SeqType,
    StrType,
    StructType,
    Type,
    map_of,
    parts_of,
    segment_of,
    seq_of,
    set_of,
)
from .unions import (
    Tags,
    exact_set,
    function_over,
    join,
    join_all,
    keys_of,
    known_domain,
    struct,
)

LONG_TUPLE: Final = 32
"""Components up to which a sequence put together from tuples is a tuple."""

# --- application and update ------------------------------------------------------------------------------------------


def apply(function: Type, key: Type) -> Type:
    """`function[key]`: of the parts that have such a key, what they have there."""
    return join_all(_apply_part(part, key) for part in parts_of(function))


def _apply_part(part: Type, key: Type) -> Type:
    match part:
        case AnyType():
            return part
        case StructType():
            return join_all(result for _, result in matching(part, key))
        case SeqType():
            return NEVER if integers(key) is None else part.element
        case MapType():
            return part.result
        case _:
            return NEVER


def matching(part: StructType, key: Type) -> list[tuple[Value, Type]]:
    """The keys of a structure that `key` may be, each with the type of its value."""
    value = exact_value(key)
    if value is not UNKNOWN:
        result = part.at(value)
        return [] if result is None else [(value, result)]
    if part.is_uniform and len(part.domain) and leq(keys_of(part.domain), key):
        return [(k, part.results[0]) for k in part.domain]
    return [(k, result) for k, result in zip(part.domain, part.pointwise, strict=True) if belongs(k, key)]


Change = Callable[[Type], Type]


def update(function: Type, path: Sequence[Type], change: Change) -> Type:
    """`[function EXCEPT ![path] = …]`: `change` gives the new type of what is there from the old one."""
    if not path:
        return change(function)
    return join_all(
        _update_part(part, path[0], lambda old: update(old, path[1:], change)) for part in parts_of(function)
    )


def _update_part(part: Type, key: Type, change: Change) -> Type:
    match part:
        case StructType():
            return update_struct(part, key, change, is_certain=exact_value(key) is not UNKNOWN)
        case SeqType():
            return seq_of(join(part.element, change(part.element)))
        case MapType():
            return map_of(part.key, join(part.result, change(part.result)))
        case AnyType():
            return part
        case _:
            return NEVER


def update_struct(part: StructType, key: Type, change: Change, *, is_certain: bool) -> Type:
    """A structure changed at a key; where it is not certain which one, each that it may be keeps its old values too."""
    hits = dict(matching(part, key))
    if not hits:
        return part
    if part.is_uniform and len(hits) == len(part.domain) and len(part.domain) > 1:
        old = part.results[0]
        return struct(part.domain, (join(old, change(old)),), part.tag)
    changed: list[Type] = []
    for k, old in zip(part.domain, part.pointwise, strict=True):
        if k not in hits:
            changed.append(old)
        else:
            changed.append(change(old) if is_certain else join(old, change(old)))
    return struct(part.domain, tuple(changed), part.tag)


def domain_set(function: Type) -> Type:
    """`DOMAIN function`."""
    return join_all(_domain_of_part(part) for part in parts_of(function))


def _domain_of_part(part: Type) -> Type:
    match part:
        case StructType():
            return exact_set(part.domain.as_set)
        case SeqType():
            return segment_of(None)
        case MapType():
            return set_of(part.key)
        case AnyType():
            return set_of(part)
        case _:
            return NEVER


def range_of(function: Type) -> Type:
    """The values that the functions take."""
    return join_all(
        part if type(part) is AnyType else join_all(results_of(part))
        for part in parts_of(function)
        if type(part) is AnyType or isinstance(part, FUNCTION_TYPES)
    )


def results_of(part: Type) -> tuple[Type, ...]:
    """The types of the values of one kind of function."""
    match part:
        case StructType():
            return part.results
        case SeqType():
            return (part.element,)
        case MapType():
            return (part.result,)
        case _:
            return ()


def function_parts(t: Type) -> list[FunctionType]:
    """The parts that are functions."""
    return [part for part in parts_of(t) if isinstance(part, FUNCTION_TYPES)]


# --- sequences -------------------------------------------------------------------------------------------------------


def tuple_of(elements: Sequence[Type]) -> Type:
    """The tuples with these components."""
    return struct(sequence_domain(len(elements)), tuple(elements), None)


def sequences(t: Type) -> list[Type]:
    """The parts of `t` that may be sequences: tuples, sequences, and, of maps, what they have in common with these."""
    found: list[Type] = []
    for part in parts_of(t):
        match part:
            case StructType() if part.domain.is_sequence:
                found.append(part)
            case SeqType():
                found.append(part)
            case MapType() if integers(part.key) is not None:
                found.append(seq_of(part.result))
            case MapType():
                found.append(EMPTY_FUNCTION)
            case AnyType():
                found.append(SeqType(part))
            case _:
                pass
    return found


def elements_of_sequence(t: Type) -> Type:
    """The elements of the sequences in `t`."""
    return join_all(result for part in sequences(t) for result in results_of(part))


def length(t: Type) -> Type:
    """`Len(t)`, also of strings."""
    found: list[Type] = []
    for part in sequences(t):
        found.append(IntType(len(part.domain), len(part.domain)) if type(part) is StructType else NAT)
    if any(type(part) in (StrType, AnyType) for part in parts_of(t)):
        found.append(NAT)
    return join_all(found)


def head(t: Type) -> Type:
    """`Head(t)`."""
    return join_all(_first(part) for part in sequences(t))


def _first(part: Type) -> Type:
    if type(part) is StructType:
        return part.at(1) or NEVER
    return join_all(results_of(part))


def tail(t: Type) -> Type:
    """`Tail(t)`, also of strings."""
    found: list[Type] = [STR] if any(type(part) in (StrType, AnyType) for part in parts_of(t)) else []
    for part in sequences(t):
        if type(part) is not StructType:
            found.append(part)
        elif len(part.domain):
            found.append(tuple_of(part.pointwise[1:]))
    return join_all(found)


def concatenate(a: Type, b: Type) -> Type:
    """`a \\o b`, also of strings."""
    found: list[Type] = []
    if _may_be_string(a) and _may_be_string(b):
        left, right = exact_value(a), exact_value(b)
        both = type(left) is str and type(right) is str
        found.append(StrType(frozenset((left + right,))) if both else STR)  # type: ignore[operator]
    for left in sequences(a):
        for right in sequences(b):
            found.append(_concatenate_parts(left, right))
    return join_all(found)


def _may_be_string(t: Type) -> bool:
    return any(type(part) in (StrType, AnyType) for part in parts_of(t))


def _concatenate_parts(a: Type, b: Type) -> Type:
    if type(a) is StructType and type(b) is StructType and len(a.domain) + len(b.domain) <= LONG_TUPLE:
        return tuple_of([*a.pointwise, *b.pointwise])
    return seq_of(join_all([*results_of(a), *results_of(b)]))


def subsequence(t: Type, low: Type, high: Type) -> Type:
    """`SubSeq(t, low, high)`, also of strings."""
    found: list[Type] = [STR] if _may_be_string(t) else []
    start, end = exact_value(low), exact_value(high)
    for part in sequences(t):
        is_known = type(part) is StructType and type(start) is int and type(end) is int and start >= 1
        if is_known and end <= len(part.domain):  # type: ignore[operator, union-attr]
            found.append(tuple_of(part.pointwise[start - 1 : max(end, start - 1)]))  # type: ignore[operator, union-attr]
        elif not is_known or end < start:  # type: ignore[operator]
            found.append(seq_of(join_all(results_of(part))))
    return join_all(found)


def selected(t: Type, element: Type) -> Type:
    """`SelectSeq(t, …)` where those that pass are of type `element`."""
    return seq_of(element) if sequences(t) else NEVER


def sorted_sequence(t: Type) -> Type:
    """`SortSeq(t, …)`."""
    return join_all(
        struct(part.domain, (join_all(part.results),) if len(part.domain) else (), None)
        if type(part) is StructType
        else part
        for part in sequences(t)
    )


# --- TLC and bags ----------------------------------------------------------------------------------------------------


def single(key: Type, result: Type, tags: Tags) -> Type:
    """`key :> result`."""
    value = exact_value(key)
    if value is UNKNOWN:
        return map_of(key, result)
    domain = domain_of(frozenset((value,)))
    return struct(domain, (result,), tags.get(domain))


def merge(a: Type, b: Type, tags: Tags) -> Type:
    """`a @@ b`."""
    found: list[Type] = [part for t in (a, b) for part in parts_of(t) if type(part) is AnyType]
    for left in function_parts(a):
        for right in function_parts(b):
            domain = _common_domain(left, right)
            if domain is None:
                keys = join(key_type(left), key_type(right))
                found.append(map_of(keys, join_all([*results_of(left), *results_of(right)])))
            else:
                assert type(left) is StructType and type(right) is StructType
                results = tuple([left.at(key) or right.at(key) or NEVER for key in domain.keys_in_order])
                found.append(struct(domain, results, tags.get(domain)))
    return join_all(found)


def _common_domain(a: FunctionType, b: FunctionType) -> Domain | None:
    if type(a) is not StructType or type(b) is not StructType:
        return None
    return known_domain(a.domain.as_set | b.domain.as_set)


def key_type(part: FunctionType) -> Type:
    """The type of the arguments of one kind of function."""
    match part:
        case StructType():
            return keys_of(part.domain)
        case SeqType():
            return POSITIVE
        case MapType():
            return part.key


def argument_type(t: Type) -> Type:
    """The arguments of the functions in `t`."""
    found: list[Type] = [part for part in parts_of(t) if type(part) is AnyType]
    return join_all([*found, *map(key_type, function_parts(t))])


def permutations(t: Type, element: Type) -> Type:
    """`Permutations(t)`: the functions of the set onto itself."""
    return set_of(function_over(t, element))
