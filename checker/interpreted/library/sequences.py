"""SequencesExt: from and to sets, searching, changing, prefixes and suffixes, folds, parts and their replacement.

A string is a sequence to some of these operators, as to TLC's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations, permutations, product

from ....model.diagnostics import EvaluationError
from ....model.values.core import EMPTY_SEQUENCE, ModelValue, Value, boolean, function, sequence
from ....model.values.order import ordered
from ....model.values.sets import LazySet, cardinality, is_finite, is_member
from ....model.values.text import brief, show
from ..runtime import apply, as_function, as_sequence, concatenate, equal, head, iterate, length, tail, truth
from .functions import as_range, fold_function
from .table import Key, Native, ours
from .tlc import sort_sequence

Binary = Callable[[Value, Value], Value]
Test = Callable[[Value], Value]


def _items(operator: str, value: Value) -> tuple[Value, ...]:
    """The elements of a sequence."""
    return as_sequence(operator, value)[1:]


def _number(operator: str, value: Value) -> int:
    if type(value) is not int:
        raise EvaluationError(f"{operator} needs a position, and {brief(value)} is none", expected="an integer")
    return value


# --- sequences and sets ----------------------------------------------------------------------------------------------


def to_bag(value: Value) -> Value:
    counts: dict[Value, int] = {}
    for item in as_function(value)[1:]:
        counts[item] = counts.get(item, 0) + 1
    return function(counts)


def set_to_seq(values: Value) -> Value:
    return sequence(iterate(values))


def set_to_sort_seq(values: Value, before: Binary) -> Value:
    return sort_sequence(set_to_seq(values), before)


def set_to_seqs(values: Value) -> Value:
    return frozenset(map(sequence, permutations(ordered(values))))


def set_to_all_k_permutations(values: Value) -> Value:
    items = ordered(values)
    return frozenset(sequence(chosen) for size in range(len(items) + 1) for chosen in permutations(items, size))


class ShortSequences(LazySet):
    """`SeqOf(S, n)`: the sequences over S of length n at most."""

    __slots__ = ("base", "most")

    def __init__(self, base: Value, most: int) -> None:
        super().__init__()
        self.base = base
        self.most = most

    def contains(self, value: Value) -> bool:
        if type(value) is ModelValue and value.type is None:
            return False
        items = as_sequence("SeqOf", value)[1:] if self._is_sequence(value) else None
        return items is not None and len(items) <= self.most and all(is_member(item, self.base) for item in items)

    @staticmethod
    def _is_sequence(value: Value) -> bool:
        return as_function(value)[0].is_sequence

    def elements(self) -> Iterator[Value]:
        items = ordered(self.base)
        for size in range(self.most + 1):
            yield from map(sequence, product(items, repeat=size))

    def size(self) -> int:
        return sum(cardinality(self.base) ** size for size in range(self.most + 1))

    def is_finite(self) -> bool:
        return is_finite(self.base)

    def same_rule(self, other: object) -> bool:
        return isinstance(other, ShortSequences) and self.most == other.most and self.base == other.base

    def describe(self) -> str:
        return f"SeqOf({show(self.base)}, {self.most})"


def seq_of(values: Value, most: Value) -> Value:
    return ShortSequences(values, _number("SeqOf", most))


# --- questions -------------------------------------------------------------------------------------------------------


def contains(value: Value, item: Value) -> Value:
    return boolean(any(equal(other, item) for other in _items("Contains", value)))


def is_sorted(value: Value, before: Binary) -> Value:
    return boolean(all(truth(before(a, b)) for a, b in combinations(_items("IsSorted", value), 2)))


def select_in_seq(value: Value, test: Test) -> Value:
    return _first(test, enumerate(_items("SelectInSeq", value), 1))


def select_last_in_seq(value: Value, test: Test) -> Value:
    items = _items("SelectLastInSeq", value)
    return _first(test, zip(range(len(items), 0, -1), reversed(items), strict=True))


def select_in_sub_seq(value: Value, low: Value, high: Value, test: Test) -> Value:
    items = _items("SelectInSubSeq", value)
    places = _places("SelectInSubSeq", value, low, high)
    return _first(test, ((place, items[place - 1]) for place in places))


def select_last_in_sub_seq(value: Value, low: Value, high: Value, test: Test) -> Value:
    items = _items("SelectLastInSubSeq", value)
    places = _places("SelectLastInSubSeq", value, low, high)
    return _first(test, ((place, items[place - 1]) for place in reversed(places)))


def _places(operator: str, value: Value, low: Value, high: Value) -> range:
    """low..high, which must lie within the sequence."""
    places = range(_number(operator, low), _number(operator, high) + 1)
    size = len(value) - 1
    if places and not 1 <= low <= high <= size:
        raise EvaluationError(
            f"{operator}: {low}..{high} reaches beyond the sequence {brief(value)}", expected=f"within 1..{size}"
        )
    return places


def _first(test: Test, places: Iterator[tuple[int, Value]] | enumerate[Value]) -> int:
    for place, item in places:
        if truth(test(item)):
            return place
    return 0


# --- sequences that differ a little ----------------------------------------------------------------------------------


def cons(item: Value, value: Value) -> Value:
    return sequence((item, *_items("Cons", value)))


def last(value: Value) -> Value:
    return apply(value, length(value))


def reverse(value: Value) -> Value:
    return sequence(reversed(_items("Reverse", value))) if length(value) else EMPTY_SEQUENCE


def insert_at(value: Value, place: Value, item: Value) -> Value:
    items = _items("InsertAt", value)
    if not 1 <= _number("InsertAt", place) <= len(items) + 1:
        raise EvaluationError(
            f"InsertAt({brief(value)}, {brief(place)}, …) is outside of the sequence",
            expected=f"a position in 1..{len(items) + 1}",
        )
    return sequence((*items[: place - 1], item, *items[place - 1 :]))


def remove(value: Value, item: Value) -> Value:
    return sequence(other for other in _items("Remove", value) if not equal(other, item))


def replace_all(value: Value, old: Value, new: Value) -> Value:
    return sequence(new if equal(item, old) else item for item in _items("ReplaceAll", value))


def remove_first(value: Value, item: Value) -> Value:
    return _without(value, next((i for i, x in enumerate(_items("RemoveFirst", value), 1) if equal(x, item)), 0))


def remove_first_match(value: Value, test: Test) -> Value:
    return _without(value, _first(test, enumerate(_items("RemoveFirstMatch", value), 1)))


def _without(value: Value, place: int) -> Value:
    items = as_sequence("RemoveFirst", value)[1:]
    return sequence((*items[: place - 1], *items[place:])) if place else value


# --- prefixes and suffixes -------------------------------------------------------------------------------------------


def prefixes(value: Value) -> Value:
    if type(value) is str:
        return frozenset(value[:size] for size in range(len(value) + 1))
    items = _items("Prefixes", value)
    return frozenset(sequence(items[:size]) for size in range(len(items) + 1))


def suffixes(value: Value) -> Value:
    items = _items("Suffixes", value)
    return frozenset(sequence(items[start:]) for start in range(len(items) + 1))


def is_prefix(value: Value, other: Value) -> Value:
    if type(value) is str and type(other) is str:
        return boolean(other.startswith(value))
    a, b = _items("IsPrefix", value), _items("IsPrefix", other)
    return boolean(len(a) <= len(b) and all(equal(x, y) for x, y in zip(a, b, strict=False)))


def longest_common_prefix(values: Value) -> Value:
    found = ordered(values)
    if not found:
        raise EvaluationError("LongestCommonPrefix of the empty set")
    if all(type(value) is str for value in found):
        return found[0][: _common([list(value) for value in found])]
    rows = [_items("LongestCommonPrefix", value) for value in found]
    return sequence(rows[0][: _common(rows)])


def _common(rows: list[Value]) -> int:
    """How many elements all rows begin with together."""
    size = 0
    for column in zip(*rows, strict=False):
        if not all(equal(item, column[0]) for item in column[1:]):
            break
        size += 1
    return size


# --- folds -----------------------------------------------------------------------------------------------------------


def fold_left(op: Binary, base: Value, value: Value) -> Value:
    result = base
    for item in _items("FoldLeft", value):
        result = op(result, item)
    return result


def fold_right(op: Binary, value: Value, base: Value) -> Value:
    result = base
    for item in reversed(_items("FoldRight", value)):
        result = op(item, result)
    return result


def fold_left_domain(op: Binary, base: Value, value: Value) -> Value:
    result = base
    for place in range(1, len(_items("FoldLeftDomain", value)) + 1):
        result = op(result, place)
    return result


def fold_right_domain(op: Binary, value: Value, base: Value) -> Value:
    result = base
    for place in range(len(_items("FoldRightDomain", value)), 0, -1):
        result = op(place, result)
    return result


# --- several sequences, parts, and their replacement -----------------------------------------------------------------


def flatten_seq(values: Value) -> Value:
    if not length(values):
        return values
    result = head(values)
    for value in as_sequence("FlattenSeq", tail(values))[1:]:
        result = concatenate(result, value)
    return result


def zip_sequences(a: Value, b: Value) -> Value:
    pairs = zip(_items("Zip", a), _items("Zip", b), strict=False)
    return sequence(map(sequence, pairs))


def sub_seqs(value: Value) -> Value:
    if type(value) is str:
        return frozenset(value[i:j] for i in range(len(value) + 1) for j in range(i, len(value) + 1))
    items = _items("SubSeqs", value)
    return frozenset(sequence(items[i:j]) for i in range(len(items) + 1) for j in range(i, len(items) + 1))


def all_sub_seqs(value: Value) -> Value:
    items = _items("AllSubSeqs", value)
    return frozenset(sequence(part) for size in range(len(items) + 1) for part in combinations(items, size))


def replace_first_sub_seq(new: Value, old: Value, value: Value) -> Value:
    if type(new) is type(old) is type(value) is str:
        return value.replace(old, new, 1)
    items, part = _items("ReplaceFirstSubSeq", value), _items("ReplaceFirstSubSeq", old)
    place = _occurrence(items, part, 0)
    if place is None:
        return value
    return sequence((*items[:place], *_items("ReplaceFirstSubSeq", new), *items[place + len(part) :]))


def replace_all_sub_seqs(new: Value, old: Value, value: Value) -> Value:
    if type(new) is type(old) is type(value) is str:
        if not old:
            return "".join(new + character for character in value) or new
        return value.replace(old, new)
    items, part = _items("ReplaceAllSubSeqs", value), _items("ReplaceAllSubSeqs", old)
    put = _items("ReplaceAllSubSeqs", new)
    if not part:
        return sequence(x for item in items for x in (*put, item)) if items else new
    result: list[Value] = []
    start = 0
    while (place := _occurrence(items, part, start)) is not None:
        result.extend((*items[start:place], *put))
        start = place + len(part)
    return sequence((*result, *items[start:]))


def _occurrence(items: tuple[Value, ...], part: tuple[Value, ...], start: int) -> int | None:
    """The first index from `start` on at which `part` is found."""
    for place in range(start, len(items) - len(part) + 1):
        if all(equal(x, y) for x, y in zip(items[place : place + len(part)], part, strict=True)):
            return place
    return None


NATIVES: dict[Key, Native] = {
    ("SequencesExt", "ToSet"): ours(as_range, "set"),
    ("SequencesExt", "ToBag"): ours(to_bag),
    ("SequencesExt", "SetToSeq"): Native(set_to_seq),
    ("SequencesExt", "SetToSortSeq"): ours(set_to_sort_seq),
    ("SequencesExt", "SetToSeqs"): Native(set_to_seqs, "set"),
    ("SequencesExt", "SetToAllKPermutations"): ours(set_to_all_k_permutations, "set"),
    ("SequencesExt", "SeqOf"): ours(seq_of, "set"),
    ("SequencesExt", "BoundedSeq"): ours(seq_of, "set"),
    ("SequencesExt", "Contains"): Native(contains, "bool"),
    ("SequencesExt", "IsSorted"): ours(is_sorted, "bool"),
    ("SequencesExt", "SelectInSeq"): Native(select_in_seq, "int"),
    ("SequencesExt", "SelectInSubSeq"): Native(select_in_sub_seq, "int"),
    ("SequencesExt", "SelectLastInSeq"): Native(select_last_in_seq, "int"),
    ("SequencesExt", "SelectLastInSubSeq"): Native(select_last_in_sub_seq, "int"),
    ("SequencesExt", "Cons"): ours(cons),
    ("SequencesExt", "Last"): ours(last),
    ("SequencesExt", "Reverse"): ours(reverse),
    ("SequencesExt", "InsertAt"): ours(insert_at),
    ("SequencesExt", "Remove"): ours(remove),
    ("SequencesExt", "ReplaceAll"): ours(replace_all),
    ("SequencesExt", "RemoveFirst"): Native(remove_first),
    ("SequencesExt", "RemoveFirstMatch"): Native(remove_first_match),
    ("SequencesExt", "Prefixes"): ours(prefixes, "set"),
    ("SequencesExt", "Suffixes"): Native(suffixes, "set"),
    ("SequencesExt", "IsPrefix"): Native(is_prefix, "bool"),
    ("SequencesExt", "LongestCommonPrefix"): Native(longest_common_prefix),
    ("SequencesExt", "FoldSeq"): Native(fold_function),
    ("SequencesExt", "FoldLeft"): Native(fold_left),
    ("SequencesExt", "FoldRight"): Native(fold_right),
    ("SequencesExt", "FoldLeftDomain"): Native(fold_left_domain),
    ("SequencesExt", "FoldRightDomain"): Native(fold_right_domain),
    ("SequencesExt", "FlattenSeq"): ours(flatten_seq),
    ("SequencesExt", "Zip"): ours(zip_sequences),
    ("SequencesExt", "SubSeqs"): ours(sub_seqs, "set"),
    ("SequencesExt", "AllSubSeqs"): Native(all_sub_seqs, "set"),
    ("SequencesExt", "ReplaceFirstSubSeq"): Native(replace_first_sub_seq),
    ("SequencesExt", "ReplaceAllSubSeqs"): Native(replace_all_sub_seqs),
}
