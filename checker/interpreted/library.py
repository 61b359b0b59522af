"""Operators of the standard modules Bags, FiniteSets and TLC as functions of values, with the registers of TLCSet."""

from __future__ import annotations

import itertools
import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from functools import cmp_to_key

from ...model.diagnostics import EvaluationError
from ...model.values.core import (
    FALSE,
    TRUE,
    Value,
    boolean,
    domain_of,
    expanded,
    function,
    is_function,
    kind_of,
    model_value,
)
from ...model.values.order import ordered
from ...model.values.sets import as_frozenset, is_finite, not_member
from ...model.values.text import brief, show
from .runtime import as_function, as_sequence, equal, pairs_of, truth


class AssertionViolated(EvaluationError):
    """TLC's Assert was FALSE."""

    kind = "assert"
    exit_code = 14


# --- FiniteSets ------------------------------------------------------------------------------------------------------


def finite(value: Value) -> Value:
    return boolean(is_finite(value))


# --- Bags ------------------------------------------------------------------------------------------------------------
#
# As TLC's overrides (tlc2/module/Bags.java) have them, also of functions that are no bags: what they refuse is refused.


def _counts(operator: str, value: Value, *, least: int | None = None) -> dict[Value, int]:
    """The pairs of a function to integers, none below `least`."""
    value = expanded(value)
    if not is_function(value) or not all(type(n) is int and (least is None or n >= least) for n in value[1:]):
        raise EvaluationError(
            f"{operator} needs a bag, and {brief(value)} is none",
            expected="a function to positive integers",
            got=kind_of(value),
        )
    return dict(pairs_of(value))


def _count(element: Value, bag: Value) -> int | None:
    """What a bag has at `element`; None where it is not in its domain."""
    domain = as_function(bag)[0]
    if element not in domain:
        not_member(element, domain.as_set)
        return None
    return as_function(bag)[domain[element]]


def is_a_bag(value: Value) -> Value:
    value = expanded(value)
    return boolean(is_function(value) and all(type(count) is int and count > 0 for count in value[1:]))


def bag_to_set(value: Value) -> Value:
    return as_function(value)[0].as_set


def set_to_bag(values: Value) -> Value:
    return function(dict.fromkeys(as_frozenset(values), 1))


def bag_in(element: Value, bag: Value) -> Value:
    return boolean((_count(element, bag) or 0) > 0)


def copies_in(element: Value, bag: Value) -> Value:
    return _count(element, bag) or 0


def bag_cup(a: Value, b: Value) -> Value:
    return function(dict(Counter(_counts("(+)", a, least=1)) + Counter(_counts("(+)", b, least=1))))


def bag_diff(a: Value, b: Value) -> Value:
    taken = _counts("(-)", b)
    left = {key: count - taken.get(key, 0) for key, count in _counts("(-)", a).items()}
    return function({key: count for key, count in left.items() if count > 0})


def bag_union(bags: Value) -> Value:
    total: dict[Value, int] = {}
    for bag in ordered(bags):
        for key, count in _counts("BagUnion", bag).items():
            total[key] = total.get(key, 0) + count
    return function(total)


def sub_bag_of(a: Value, b: Value) -> Value:
    larger = _counts("\\sqsubseteq", b)
    return boolean(all(key in larger and count <= larger[key] for key, count in _counts("\\sqsubseteq", a).items()))


def sub_bags(bag: Value) -> Value:
    counts = _counts("SubBag", bag, least=1)
    choices = [range(count + 1) for count in counts.values()]
    return frozenset(
        function({key: n for key, n in zip(counts, chosen, strict=True) if n}) for chosen in itertools.product(*choices)
    )


def bag_of_all(rule: Callable[[Value], Value], bag: Value) -> Value:
    total: Counter[Value] = Counter()
    for element, count in _counts("BagOfAll", bag).items():
        total[rule(element)] += count
    return function(dict(total))


def bag_cardinality(bag: Value) -> Value:
    return sum(_counts("BagCardinality", bag, least=1).values())


# --- TLC -------------------------------------------------------------------------------------------------------------


def single(key: Value, item: Value) -> Value:
    """`key :> item`."""
    return (domain_of(frozenset((key,))), item)


def merge(a: Value, b: Value) -> Value:
    """`a @@ b`: the left function wins."""
    return function({**dict(pairs_of(b)), **dict(pairs_of(a))})


def permutations(values: Value) -> Value:
    domain = domain_of(as_frozenset(values))
    return frozenset((domain, *image) for image in itertools.permutations(domain.keys_in_order))


def sort_sequence(value: Value, before: Callable[[Value, Value], Value]) -> Value:
    value = as_sequence("SortSeq", value)

    def compare(a: Value, b: Value) -> int:
        return -1 if truth(before(a, b)) else 1 if truth(before(b, a)) else 0

    return (value[0], *sorted(value[1:], key=cmp_to_key(compare)))


def evaluated(value: Value) -> Value:
    """TLCEval: nothing is lazy in a way that this would change."""
    return expanded(value)


def first_of(value: Value, _closure: Value) -> Value:
    return value


def model_value_of(name: Value) -> Value:
    if type(name) is not str:
        raise EvaluationError("TLCModelValue needs a string", expected="a string", got=kind_of(name))
    return model_value(name)


def assert_equal(a: Value, b: Value) -> Value:
    """TLCExt's AssertEq: like `=`, and reports a difference."""
    if not equal(a, b):
        print(f"AssertEq: {show(a)} is not equal to {show(b)}", file=sys.stderr)
        return FALSE
    return TRUE


def to_string(value: Value) -> Value:
    return show(value)


def check_assert(condition: Value, message: Value) -> Value:
    if condition is not TRUE:
        text = message if type(message) is str else show(message)
        raise AssertionViolated(f"Assert failed: {text}", expected="TRUE", got=brief(condition))
    return TRUE


class Registers:
    """TLCSet's registers and the figures of the run that TLCGet reads; Print's destination; RandomElement's source."""

    def __init__(self, seed: int = 0) -> None:
        self.values: dict[Value, Value] = {}
        self.random = random.Random(seed)
        self.started = time.monotonic()

    def get(self, key: Value) -> Value:
        if key == "duration":
            return int(time.monotonic() - self.started)
        if key not in self.values:
            raise EvaluationError(
                f"TLCGet({show(key)}) has no value", hint="TLCSet gives a register its value; strings name figures"
            )
        return self.values[key]

    def get_or_default(self, key: Value, default: Value) -> Value:
        return self.values.get(key, default)

    def set(self, key: Value, value: Value) -> Value:
        if type(key) is not int:
            raise EvaluationError(f"TLCSet({show(key)}, …) is not supported", expected="a non-negative integer")
        self.values[key] = value
        return TRUE

    def print_value(self, value: Value) -> Value:
        print(show(value), file=sys.stderr)
        return TRUE

    def print_and_return(self, out: Value, value: Value) -> Value:
        print(show(out), show(value), file=sys.stderr)
        return value

    def random_element(self, values: Value) -> Value:
        elements = ordered(values)
        if not elements:
            raise EvaluationError("RandomElement of the empty set")
        return self.random.choice(elements)

    def random_subset(self, size: Value, values: Value) -> Value:
        return frozenset(self.random.sample(ordered(values), size))


def java_time() -> Value:
    return int(time.time()) & 0x7FFFFFFF
