"""Joins, inclusion, meets, differences and widening: what each promises of the values that types describe."""

from __future__ import annotations

import pickle
from typing import Any

from comitia.model.types.membership import UNKNOWN, belongs, exact_value, universe
from comitia.model.types.order import leq, meet, without
from comitia.model.types.types import IntType, Reason, Type
from comitia.model.types.unions import join, join_all, limit_depth, widen
from hypothesis import given, settings
from hypothesis import strategies as st

from .strategies import TAGGED_VALUES, TYPES, exact_type, tags_of

VALUE_LISTS = st.lists(TAGGED_VALUES, min_size=1, max_size=6)
many = settings(max_examples=200)


@many
@given(TAGGED_VALUES)
def test_a_value_belongs_to_its_type(value: Any) -> None:
    assert belongs(value, exact_type(value))


@many
@given(TAGGED_VALUES, TAGGED_VALUES)
def test_an_exact_value_is_the_only_one(value: Any, other: Any) -> None:
    t = exact_type(value)
    assert exact_value(t) == value
    assert belongs(other, t) == (other == value)


@many
@given(TYPES, TYPES)
def test_join_is_an_upper_bound(a: Type, b: Type) -> None:
    assert leq(a, join(a, b))
    assert leq(b, join(a, b))


@many
@given(VALUE_LISTS, TYPES)
def test_join_has_the_values_of_both(values: list[Any], t: Type) -> None:
    joined = join_all([*map(exact_type, values), t])
    assert all(belongs(value, joined) for value in values)
    assert leq(t, joined)


@many
@given(TYPES, TYPES)
def test_join_is_commutative_and_idempotent(a: Type, b: Type) -> None:
    assert join(a, b) is join(b, a)
    assert join(a, a) is a
    assert join_all([a, a, b, b]) is join(a, b)


@many
@given(TYPES, TYPES)
def test_join_with_what_is_above_adds_nothing(a: Type, b: Type) -> None:
    joined = join(a, b)
    assert join(joined, a) is joined


@many
@given(TYPES, TYPES, TYPES)
def test_join_is_associative_up_to_order(a: Type, b: Type, c: Type) -> None:
    left, right = join(join(a, b), c), join(a, join(b, c))
    assert leq(left, right) and leq(right, left)


@many
@given(TYPES, TYPES, TYPES)
def test_join_is_monotone(a: Type, b: Type, c: Type) -> None:
    assert leq(join(a, c), join(join(a, b), c))


@many
@given(VALUE_LISTS, TYPES, TYPES)
def test_inclusion_is_sound(values: list[Any], a: Type, b: Type) -> None:
    a = join_all([a, *map(exact_type, values[:2])])
    for larger in (b, join(a, b)):
        if leq(a, larger):
            assert all(belongs(value, larger) for value in values if belongs(value, a))


@many
@given(TYPES, TYPES, TYPES)
def test_inclusion_is_transitive(a: Type, b: Type, c: Type) -> None:
    assert leq(a, a)
    if leq(a, b) and leq(b, c):
        assert leq(a, c)


@many
@given(VALUE_LISTS, TYPES, TYPES)
def test_meet_has_what_both_have(values: list[Any], a: Type, b: Type) -> None:
    a = join_all([a, *map(exact_type, values)])
    b = join_all([b, *map(exact_type, values[:3])])
    both = meet(a, b)
    assert all(belongs(value, both) for value in values if belongs(value, a) and belongs(value, b))
    assert leq(both, a) or leq(both, b)


@many
@given(VALUE_LISTS, TYPES)
def test_what_is_taken_away(values: list[Any], t: Type) -> None:
    t = join_all([t, *map(exact_type, values)])
    taken = frozenset(values[:2])
    left = without(t, taken)
    assert all(belongs(value, left) for value in values if value not in taken)
    assert leq(left, t)


@many
@given(st.lists(TYPES, min_size=1, max_size=8))
def test_widening_is_above_and_comes_to_an_end(types: list[Type]) -> None:
    widened = types[0]
    for t in types:
        following = widen(widened, t, (0, 3))
        assert leq(widened, following) and leq(t, following)
        widened = following


def test_a_counter_is_widened_threshold_by_threshold() -> None:
    counter: Type = IntType(0, 0)
    seen = []
    for step in range(1, 20):
        following = widen(counter, IntType(0, step), (0, 3, 7))
        if following is not counter:
            seen.append(str(following))
        counter = following
    assert seen == ["0..3", "0..7", "Nat"]


@many
@given(VALUE_LISTS, st.integers(0, 3))
def test_a_limit_on_depth_takes_nothing_away(values: list[Any], depth: int) -> None:
    t = join_all(map(exact_type, values))
    assert leq(t, limit_depth(t, depth, Reason("deep")))


@many
@given(VALUE_LISTS)
def test_a_universe_is_complete(values: list[Any]) -> None:
    t = join_all(map(exact_type, values))
    every = universe(t, 64)
    if every is not None:
        assert len(set(every)) == len(every) <= 64
        assert set(values) <= set(every)
        assert all(belongs(value, t) for value in every)


@many
@given(VALUE_LISTS)
def test_parts_told_apart_by_a_tag_differ_in_it(values: list[Any]) -> None:
    found = tags_of(join_all(map(exact_type, values)))
    assert len(set(found)) == len(found)


@given(TYPES)
def test_equal_types_are_one_object(t: Type) -> None:
    assert pickle.loads(pickle.dumps(t)) is t


def test_unknown_is_told_from_values() -> None:
    assert exact_value(IntType(0, 1)) is UNKNOWN
