"""The representation keeps apart what TLA+ keeps apart, and joins what it joins."""

from __future__ import annotations

import itertools
import json
import pickle

import pytest
from comitia.model.diagnostics import EvaluationError, TraceError
from comitia.model.values import (
    FALSE,
    TRUE,
    LazyFunction,
    as_frozenset,
    cardinality,
    compare,
    differ,
    domain_of,
    from_itf,
    function,
    is_member,
    model_value,
    ordered,
    record,
    sequence,
    set_operators,
    set_string_order,
    show,
    to_itf,
)
from comitia.model.values import sets as lazy
from hypothesis import given
from hypothesis import strategies as st

from .strategies import INTEGERS, VALUES


def test_booleans_are_no_integers() -> None:
    assert len(frozenset({1, TRUE})) == 2
    assert len(frozenset({0, FALSE})) == 2
    assert sequence([1]) != sequence([TRUE])


def test_a_function_on_1_to_n_is_the_sequence() -> None:
    assert function({2: "b", 1: "a"}) == sequence(["a", "b"])
    assert hash(function({1: "a"})) == hash(sequence(["a"]))
    assert function({}) == sequence([]) == record({})


def test_a_record_is_a_function_of_strings() -> None:
    assert record({"a": 1, "b": 2}) == function({"b": 2, "a": 1})
    assert record({"a": 1}) != record({"b": 1})


def test_domains_are_interned() -> None:
    assert domain_of(frozenset({1, 2})) is sequence([5, 6])[0]
    assert record({"a": 1})[0] is function({"a": 2})[0]


def test_a_lazy_function_is_the_function() -> None:
    squares = LazyFunction(frozenset({1, 2, 3}), lambda n: n * n)
    assert squares == sequence([1, 4, 9])
    assert sequence([1, 4, 9]) == squares
    assert hash(squares) == hash(sequence([1, 4, 9]))
    assert squares[squares[0][2]] == 4
    with pytest.raises(KeyError):
        squares[squares[0][4]]


@pytest.mark.parametrize(
    ("a", "b"),
    [(1, "a"), (1, TRUE), ("a", frozenset()), (sequence([1]), frozenset({1})), (sequence([1]), sequence(["a"]))],
)
def test_values_of_different_kinds_do_not_compare(a: object, b: object) -> None:
    with pytest.raises(EvaluationError):
        differ(a, b)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (sequence([1]), sequence(["a", "b"])),
        (frozenset({1}), frozenset({"a", "b"})),
        (record({"a": 1}), record({"b": "x"})),
        (model_value("m"), 1),
        (model_value("m"), model_value("n")),
        (sequence([1, "a"]), sequence([2, 3])),
    ],
)
def test_values_that_differ_before_their_kinds_clash(a: object, b: object) -> None:
    assert differ(a, b) is False


def test_typed_model_values_compare_with_their_own_type_alone() -> None:
    assert differ(model_value("A_x"), model_value("A_y")) is False
    assert differ(model_value("A_x"), model_value("plain")) is False
    for other in (1, model_value("B_x"), frozenset()):
        with pytest.raises(EvaluationError):
            differ(model_value("A_x"), other)


def test_strings_compare_by_first_appearance() -> None:
    set_string_order(["zeta", "alpha"])
    assert ordered(frozenset({"alpha", "zeta", "new"})) == ("zeta", "alpha", "new")
    set_string_order(["alpha", "zeta"])
    assert ordered(frozenset({"alpha", "zeta"})) == ("alpha", "zeta")
    assert show(record({"zeta": 1, "alpha": 2})) == "[alpha |-> 2, zeta |-> 1]"


def test_sets_compare_by_size_first_and_model_values_come_first() -> None:
    assert ordered(frozenset({frozenset({9}), frozenset(), frozenset({1, 2})}))[-1] == frozenset({1, 2})
    mixed = ordered(frozenset({3, model_value("m"), 1}))
    assert mixed == (model_value("m"), 1, 3)


def test_mixed_kinds_have_no_order() -> None:
    with pytest.raises(EvaluationError):
        ordered(frozenset({1, "a"}))


@given(st.lists(INTEGERS, max_size=5))
def test_sorting_by_key_is_sorting_by_comparison(values: list) -> None:
    try:
        result = ordered(frozenset(values))
    except EvaluationError:
        return
    for before, after in itertools.pairwise(result):
        assert compare(before, after) < 0 < compare(after, before)


@given(VALUES)
def test_itf_round_trip(value: object) -> None:
    """Model values come back as strings; all else as it was."""
    once = from_itf(json.loads(json.dumps(to_itf(value))))
    assert from_itf(json.loads(json.dumps(to_itf(once)))) == once


@given(VALUES)
def test_pickle_round_trip(value: object) -> None:
    assert pickle.loads(pickle.dumps(value)) == value


@pytest.mark.parametrize("data", [None, 1.5, {"#set": 3}, {"#unknown": []}, {"#map": [[1]]}, {"a": None}])
def test_what_is_no_itf_is_refused(data: object) -> None:
    with pytest.raises(TraceError):
        from_itf(data)


def test_big_integers_are_tagged() -> None:
    assert to_itf(2**60) == {"#bigint": str(2**60)}
    assert from_itf({"#bigint": str(2**60)}) == 2**60
    assert to_itf(-(2**53)) == {"#bigint": str(-(2**53))}


S = frozenset({1, 2})
LAZY_SETS = [
    lazy.Subset(S),
    lazy.FunctionSet(S, S),
    lazy.FunctionSet(frozenset(), S),
    lazy.FunctionSet(S, frozenset()),
    lazy.RecordSet({"a": S, "b": frozenset({TRUE})}),
    lazy.Product((S, frozenset({"x"}))),
    lazy.Interval(3, 5),
    lazy.Interval(5, 3),
]


@pytest.mark.parametrize("values", LAZY_SETS, ids=lambda v: v.describe())
def test_a_lazy_set_is_the_set_of_its_elements(values: lazy.LazySet) -> None:
    elements = list(values.elements())
    assert len(elements) == len(set(elements)) == values.size() == cardinality(values)
    assert values == frozenset(elements)
    assert frozenset(elements) == values
    assert hash(values) == hash(frozenset(elements))
    assert tuple(elements) == ordered(frozenset(elements)), "in TLC's order"
    assert all(is_member(element, values) for element in elements)


def test_infinite_sets_test_and_do_not_enumerate() -> None:
    assert is_member(3, lazy.NAT)
    assert not is_member(-3, lazy.NAT)
    assert is_member(sequence([1, 2, 1]), lazy.Sequences(S))
    assert not is_member(sequence([1, 3]), lazy.Sequences(S))
    assert is_member(frozenset({7}), lazy.Subset(lazy.NAT))
    assert is_member(function({1: 10, 2: 20}), lazy.FunctionSet(S, lazy.NAT))
    assert is_member(-1, set_operators.union(lazy.NAT, frozenset({-1})))
    assert not is_member(0, set_operators.difference(lazy.NAT, frozenset({0})))
    for values in (lazy.NAT, lazy.Sequences(S), lazy.Subset(lazy.INT)):
        with pytest.raises(EvaluationError):
            ordered(values)
        with pytest.raises(EvaluationError):
            cardinality(values)


def test_membership_of_another_kind_is_an_error() -> None:
    for value, values in (("a", lazy.NAT), (1, lazy.STRING), (1, frozenset({"a"})), (1, lazy.Subset(S)), (TRUE, S)):
        with pytest.raises(EvaluationError):
            is_member(value, values)
    assert not is_member(model_value("m"), lazy.NAT)


def test_expansion_has_a_limit() -> None:
    with pytest.raises(EvaluationError, match="more than"):
        as_frozenset(lazy.Subset(lazy.Interval(1, 40)))
    assert lazy.Subset(lazy.Interval(1, 40)).size() == 2**40


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (TRUE, "TRUE"),
        ('a"b\\', '"a\\"b\\\\"'),
        (sequence([]), "<<>>"),
        (record({"f": frozenset({2, 1})}), "[f |-> {1, 2}]"),
        (function({0: 1, 5: sequence(["x"])}), '(0 :> 1 @@ 5 :> <<"x">>)'),
        (lazy.Subset(S), "{{}, {1}, {2}, {1, 2}}"),
        (lazy.Sequences(lazy.NAT), "Seq(Nat)"),
        (model_value("n1"), "n1"),
    ],
)
def test_printing(value: object, text: str) -> None:
    assert show(value) == text
