"""Joins: the least type of this language that describes what each of several types does, and the exact type of a value.

Booleans, integers, strings, model values and sets are joined kind by kind. Functions are told apart by their domain:
records by their fields and their tag, tuples by their length, functions over constant sets by that set. They stay apart
until they are too many; then, or beside functions of varying domain, tuples become sequences and others maps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Final

from ..diagnostics import EvaluationError
from ..values import sets
from ..values.core import Bool, Domain, LazyFunction, ModelValue, Value, domain_of, sequence_domain
from ..values.text import show
from .membership import belongs
from .types import (
    EXACT_LIMIT,
    FUNCTION_TYPES,
    INT,
    NAT,
    NEVER,
    POINTWISE_LIMIT,
    POSITIVE,
    STR,
    TAG_LIMIT,
    AnyType,
    BoolType,
    FunctionType,
    IntType,
    MapType,
    ModelType,
    Reason,
    SeqType,
    SetType,
    StrType,
    StructType,
    Type,
    UnionType,
    atom_type,
    atoms_of,
    components,
    map_of,
    parts_of,
    seq_of,
    set_of,
)

ATOM_LIMIT: Final = 256
"""Strings, or model values, that are told apart."""
TUPLE_LENGTHS: Final = 4
"""Lengths of tuples that are told apart; beyond, they are sequences."""
DOMAIN_VARIANTS: Final = 8
"""Constant domains, other than those of records and tuples, that are told apart; beyond, the functions are maps."""
RECORD_VARIANTS: Final = 64
"""Sets of fields that are told apart; beyond, records are maps."""
DOMAIN_LIMIT: Final = 1024
"""Keys up to which a constant domain is known key by key."""
ELEMENTS_LOOKED_AT: Final = 100_000
"""Elements of a constant set up to which its type is that of its elements."""

Tags = Mapping[Domain, Value]
"""For the fields of records: the field that tells records with these fields apart."""

NO_TAGS: Final[Tags] = {}

TOO_LARGE: Final = Reason("the set has too many elements to look at")
NOT_ENUMERABLE: Final = Reason("a set or function of this constant cannot be enumerated")
ANYTHING: Final = Reason("the set of all values")


# --- joins -----------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1 << 16)
def join(a: Type, b: Type) -> Type:
    """The values of either."""
    return a if a is b else join_all((a, b))


def join_all(types: Iterable[Type]) -> Type:
    """The values of each."""
    parts = dict.fromkeys(part for t in types for part in parts_of(t))
    if len(parts) <= 1:
        return next(iter(parts), NEVER)
    kinds: dict[object, list[Type]] = {}
    for part in parts:
        kind = "function" if isinstance(part, FUNCTION_TYPES) else type(part)
        kinds.setdefault(kind, []).append(part)
    if AnyType in kinds:
        return min(kinds[AnyType], key=lambda part: part.reason.order)  # type: ignore[attr-defined]
    joined: list[Type] = []
    for kind, combine in _JOINS.items():
        if kind in kinds:
            joined.extend(combine(kinds[kind]))  # type: ignore[arg-type]
    return joined[0] if len(joined) == 1 else UnionType(tuple(joined))


def _join_booleans(parts: list[BoolType]) -> list[Type]:
    return [BoolType(frozenset().union(*(part.values for part in parts)))]


def _join_integers(parts: list[IntType]) -> list[Type]:
    lows, highs = [part.low for part in parts], [part.high for part in parts]
    low = None if None in lows else min(lows)  # type: ignore[type-var]
    high = None if None in highs else max(highs)  # type: ignore[type-var]
    return [IntType(low, high)]


def _all_atoms(parts: list[StrType] | list[ModelType]) -> frozenset[Value] | None:
    found: set[Value] = set()
    for part in parts:
        if part.atoms is None:
            return None
        found |= part.atoms
    return frozenset(found) if len(found) <= ATOM_LIMIT else None


def _join_strings(parts: list[StrType]) -> list[Type]:
    return [StrType(_all_atoms(parts))]


def _join_model_values(parts: list[ModelType]) -> list[Type]:
    return [ModelType(_all_atoms(parts))]


def _join_sets(parts: list[SetType]) -> list[Type]:
    if len(parts) == 1:
        return [*parts]
    return [SetType(join_all(part.element for part in parts), None, all(part.is_segment for part in parts))]


# --- functions -------------------------------------------------------------------------------------------------------


def _join_functions(parts: list[FunctionType]) -> list[Type]:
    """Parts of different domain, in an order that is always the same."""
    structs = _merged([part for part in parts if type(part) is StructType])
    sequence = _joined_sequence([part.element for part in parts if type(part) is SeqType])
    maps = [part for part in parts if type(part) is MapType]
    tuples = {part.domain for part in structs if part.domain.is_sequence}
    if sequence is not None or len(tuples) > TUPLE_LENGTHS or (len(tuples) > 1 and sequence_domain(0) in tuples):
        elements = [result for part in structs if part.domain.is_sequence for result in part.results]
        structs = [part for part in structs if not part.domain.is_sequence]
        sequence = seq_of(join_all([*elements, *([] if sequence is None else [sequence])]))
        if type(sequence) is StructType:
            structs, sequence = [*structs, sequence], None
    if maps or _are_too_many(structs):
        return _as_maps(maps, structs, sequence)
    return sorted([*structs, *([sequence] if type(sequence) is SeqType else [])], key=_order)


def _joined_sequence(elements: list[Type]) -> Type | None:
    return join_all(elements) if elements else None


def _merged(structs: list[StructType]) -> list[StructType]:
    """One part for each domain, or for each value of its tag where every part has one."""
    if len(structs) <= 1:
        return structs
    groups: dict[Domain, list[StructType]] = {}
    for part in structs:
        groups.setdefault(part.domain, []).append(part)
    merged: list[StructType] = []
    for domain, group in groups.items():
        tag = next((part.tag for part in group if part.tag is not None), None)
        group = [part if part.tag == tag else StructType(domain, part.results, tag) for part in group]
        tag_values = {part.tag_value for part in group}
        if None in tag_values or len(tag_values) > TAG_LIMIT:
            merged.append(_pointwise(group))
        else:
            merged.extend(_pointwise([part for part in group if part.tag_value == value]) for value in tag_values)
    return merged


def _pointwise(group: list[StructType]) -> StructType:
    """Structures of one domain joined key by key."""
    first = group[0]
    if all(part is first for part in group):
        return first
    if all(part.is_uniform for part in group):
        return StructType(first.domain, (join_all(part.results[0] for part in group),), first.tag)
    results = tuple(map(join_all, zip(*(part.pointwise for part in group), strict=True)))
    return StructType(first.domain, compressed(results), first.tag)


def compressed(results: tuple[Type, ...]) -> tuple[Type, ...]:
    """A single type where all are the same."""
    return results[:1] if len(results) > 1 and all(result is results[0] for result in results) else results


def _is_record(part: StructType) -> bool:
    return all(type(key) is str for key in part.domain)


def _are_too_many(structs: list[StructType]) -> bool:
    records = sum(1 for part in structs if _is_record(part))
    others = sum(1 for part in structs if not _is_record(part) and not part.domain.is_sequence)
    return records > RECORD_VARIANTS or others > DOMAIN_VARIANTS


def _as_maps(maps: list[MapType], structs: list[StructType], sequence: Type | None) -> list[Type]:
    """One map, and beside it the structures whose keys it does not have, unless they are too many."""
    keys = [part.key for part in maps]
    results = [part.result for part in maps]
    if type(sequence) is SeqType:
        keys.append(POSITIVE)
        results.append(sequence.element)
    left = structs
    while left:
        key = join_all(keys)
        taken = left if _are_too_many(left) else [part for part in left if all(belongs(k, key) for k in part.domain)]
        if not taken:
            break
        keys.extend(keys_of(part.domain) for part in taken)
        results.extend(result for part in taken for result in part.results)
        left = [part for part in left if part not in taken]
    return sorted([*left, map_of(join_all(keys), join_all(results))], key=_order)


def keys_of(domain: Domain) -> Type:
    """The type of the keys of a domain."""
    return _type_of_each(domain.as_set)


@lru_cache(maxsize=1 << 12)
def _type_of_each(keys: frozenset[Value]) -> Type:
    return join_all(type_of(key) for key in keys)


@lru_cache(maxsize=1 << 14)
def _order(part: Type) -> tuple[object, ...]:
    """Structures by size and keys, then sequences, then maps."""
    if type(part) is not StructType:
        return (type(part) is MapType, 1 << 30)
    return (False, len(part.domain), [show(key) for key in part.domain.keys_in_order], str(part.tag_value))


def struct(domain: Domain, results: tuple[Type, ...], tag: Value | None) -> Type:
    """The functions with that domain; a union where the tag may have several values.

    `results` has one type for each key, or a single one for all. No function has a value that does not exist.
    """
    if any(result is NEVER for result in results) and len(domain):
        return NEVER
    if not len(domain):
        return StructType(domain, (), None)
    if len(domain) > DOMAIN_LIMIT:
        return seq_of(join_all(results)) if domain.is_sequence else map_of(keys_of(domain), join_all(results))
    if len(domain) > POINTWISE_LIMIT and len(results) > 1:
        results = (join_all(results),)
    results = compressed(results)
    whole = StructType(domain, results, tag if tag in domain else None)
    if whole.tag is None or whole.tag_value is not None:
        return whole
    atoms = atoms_of(whole.at(tag) or NEVER)
    if atoms is None or len(atoms) > TAG_LIMIT:
        return whole
    place = domain[tag] - 1
    pointwise = whole.pointwise
    variants = [
        StructType(domain, compressed((*pointwise[:place], atom_type(atom), *pointwise[place + 1 :])), tag)
        for atom in atoms
    ]
    return join_all(variants)


def function_over(keys: Type, result: Type, tags: Tags = NO_TAGS) -> Type:
    """The functions whose domain is a value of the type `keys` and whose values are in `result`."""
    found: list[Type] = []
    for part in parts_of(keys):
        if type(part) is AnyType:
            found.append(map_of(part, result))
        elif type(part) is SetType:
            domain = None if part.exact is None else known_domain(part.exact)
            if domain is not None:
                found.append(struct(domain, (result,), tags.get(domain)))
            elif part.is_segment:
                found.append(seq_of(result))
            else:
                found.append(map_of(part.element, result))
    return join_all(found)


def known_domain(keys: frozenset[Value]) -> Domain | None:
    """The domain with these keys; None where they do not compare or are too many."""
    if len(keys) > DOMAIN_LIMIT:
        return None
    try:
        return domain_of(keys)
    except EvaluationError:
        return None


_JOINS: Final[dict[object, Callable[..., list[Type]]]] = {
    BoolType: _join_booleans,
    IntType: _join_integers,
    StrType: _join_strings,
    ModelType: _join_model_values,
    SetType: _join_sets,
    "function": _join_functions,
}


# --- values ----------------------------------------------------------------------------------------------------------


def type_of(value: Value, tags: Tags = NO_TAGS) -> Type:
    """The least type that has the value."""
    kind = type(value)
    if kind is int:
        return IntType(value, value)
    if kind is Bool:
        return BoolType(frozenset((value,)))
    if kind is str or kind is ModelValue:
        return atom_type(value)
    if kind is frozenset:
        return exact_set(value, tags)
    if kind is tuple:
        return struct(value[0], tuple(type_of(item, tags) for item in value[1:]), tags.get(value[0]))
    if kind is LazyFunction:
        return AnyType(NOT_ENUMERABLE)
    return _type_of_lazy(value, tags)


def exact_set(elements: frozenset[Value], tags: Tags = NO_TAGS) -> Type:
    """The set of these elements alone, where they are not too many."""
    if len(elements) > ELEMENTS_LOOKED_AT:
        return set_of(AnyType(TOO_LARGE))
    element = join_all({type_of(value, tags) for value in elements})
    is_segment = all(type(value) is int and 1 <= value <= len(elements) for value in elements)
    return SetType(element, elements if len(elements) <= EXACT_LIMIT else None, is_segment)


def elements_of(t: Type) -> Type:
    """The type of the elements of the sets in `t`."""
    return join_all(
        part.element if type(part) is SetType else part for part in parts_of(t) if type(part) in (SetType, AnyType)
    )


def _type_of_lazy(value: Value, tags: Tags) -> Type:
    """The type of a set known by its rule."""
    match value:
        case sets.Infinite():
            known = {"Nat": NAT, "Int": INT, "STRING": STR}
            return set_of(known.get(value.name, AnyType(ANYTHING)))
        case sets.Interval():
            if value.size() <= EXACT_LIMIT:
                return exact_set(sets.as_frozenset(value))
            return SetType(IntType(value.low, value.high), None, value.low == 1)
        case sets.Subset():
            return set_of(set_of(elements_of(type_of(value.base, tags))))
        case sets.FunctionSet():
            result = elements_of(type_of(value.range, tags))
            return set_of(function_over(type_of(value.domain, tags), result, tags))
        case sets.RecordSet():
            results = tuple(elements_of(type_of(part, tags)) for part in value.sets)
            return set_of(struct(value.domain, results, tags.get(value.domain)))
        case sets.Product():
            results = tuple(elements_of(type_of(part, tags)) for part in value.sets)
            return set_of(struct(sequence_domain(len(results)), results, None))
        case sets.Sequences():
            return set_of(seq_of(elements_of(type_of(value.base, tags))))
        case sets.Combined():
            return _type_of_combined(value, tags)
        case _:
            return set_of(AnyType(NOT_ENUMERABLE))


def _type_of_combined(value: sets.Combined, tags: Tags) -> Type:
    """A union, or what is left of a set by an intersection, a difference, or a filter, which is not looked into."""
    from .order import meet, without  # these are defined over joins

    parts = [type_of(part, tags) for part in value.parts]
    if value.source is None:
        return set_of(join_all(map(elements_of, parts)))
    other = parts[-1]
    if value.symbol == "\\" and type(other) is SetType and other.exact is not None:
        return set_of(without(elements_of(parts[0]), other.exact))
    if value.symbol == "\\cap":
        return set_of(meet(elements_of(parts[0]), elements_of(other)))
    return set_of(elements_of(type_of(value.source, tags)))


# --- widening --------------------------------------------------------------------------------------------------------


def widen(old: Type, new: Type, thresholds: tuple[int, ...] = ()) -> Type:
    """A type above both such that no chain of them ascends for ever: a bound that moves goes on to a threshold.

    `thresholds` ascend; beyond the last there is no bound.
    """
    joined = join(old, new)
    return joined if joined is old else _widened(old, joined, thresholds)


def _widened(old: Type, new: Type, thresholds: tuple[int, ...]) -> Type:
    if new is old:
        return new
    if type(old) is UnionType or type(new) is UnionType:
        before = {_place(part): part for part in parts_of(old)}
        return join_all(_widened(before.get(_place(part), part), part, thresholds) for part in parts_of(new))
    match old, new:
        case IntType(), IntType():
            low = old.low if old.low == new.low else _threshold_below(new.low, thresholds)
            high = old.high if old.high == new.high else _threshold_above(new.high, thresholds)
            return IntType(low, high)
        case SetType(), SetType():
            return SetType(_widened(old.element, new.element, thresholds), new.exact, new.is_segment)
        case SeqType(), SeqType():
            return SeqType(_widened(old.element, new.element, thresholds))
        case MapType(), MapType():
            return MapType(_widened(old.key, new.key, thresholds), _widened(old.result, new.result, thresholds))
        case StructType(), StructType() if old.domain is new.domain:
            pairs = zip(old.pointwise, new.pointwise, strict=True)
            return struct(new.domain, tuple(_widened(a, b, thresholds) for a, b in pairs), new.tag)
        case _:
            return new


def _place(part: Type) -> object:
    """What a part of a union is compared with in another."""
    return (part.domain, part.tag_value) if type(part) is StructType else type(part)


def _threshold_below(low: int | None, thresholds: tuple[int, ...]) -> int | None:
    return None if low is None else max((t for t in thresholds if t <= low), default=None)


def _threshold_above(high: int | None, thresholds: tuple[int, ...]) -> int | None:
    return None if high is None else min((t for t in thresholds if t >= high), default=None)


def limit_depth(t: Type, depth: int, reason: Reason) -> Type:
    """`t` with AnyType in place of what is nested deeper than `depth`."""
    if depth == 0:
        return AnyType(reason) if components(t) else t
    match t:
        case UnionType():
            return join_all(limit_depth(part, depth, reason) for part in t.parts)
        case SetType() if t.exact is None:
            return SetType(limit_depth(t.element, depth - 1, reason), None, t.is_segment)
        case SeqType():
            return SeqType(limit_depth(t.element, depth - 1, reason))
        case MapType():
            return MapType(limit_depth(t.key, depth - 1, reason), limit_depth(t.result, depth - 1, reason))
        case StructType() if len(t.domain):
            return struct(t.domain, tuple(limit_depth(part, depth - 1, reason) for part in t.results), t.tag)
        case _:
            return t
