"""Bags and BagsExt.

As TLC's overrides (tlc2/module/Bags.java) have them, also of functions that are no bags: what they refuse is refused.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from itertools import product

from ....model.diagnostics import EvaluationError
from ....model.values.core import EMPTY_SEQUENCE, Value, boolean, expanded, function, is_function, kind_of
from ....model.values.order import ordered
from ....model.values.sets import as_frozenset, not_member
from ....model.values.text import brief
from ..runtime import as_function, pairs_of
from .table import Key, Native, ours


def _counts(operator: str, value: Value, *, least: int | None = None) -> dict[Value, int]:
    """The pairs of a function to integers, none below `least`."""
    value = _function(operator, value)
    if not all(type(n) is int and (least is None or n >= least) for n in value[1:]):
        raise _no_bag(operator, value)
    return dict(pairs_of(value))


def _function(operator: str, value: Value) -> Value:
    """A function, whatever its values are: TLC looks at them where it needs them."""
    value = expanded(value)
    if not is_function(value):
        raise _no_bag(operator, value)
    return value


def _no_bag(operator: str, value: Value) -> EvaluationError:
    return EvaluationError(
        f"{operator} needs a bag, and {brief(value)} is none",
        expected="a function to positive integers",
        got=kind_of(value),
    )


def _count(element: Value, bag: Value) -> int | None:
    """What a bag has at `element`; None where it is not in its domain."""
    domain = as_function(bag)[0]
    if element not in domain:
        not_member(element, domain.as_set)
        return None
    count = as_function(bag)[domain[element]]
    if type(count) is not int:
        raise EvaluationError(
            f"a bag has numbers of copies, and {brief(count)} is none", expected="an integer", got=kind_of(count)
        )
    return count


# --- Bags ------------------------------------------------------------------------------------------------------------


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
    b = _function("(-)", b)
    left = {key: count - (_count(key, b) or 0) for key, count in _counts("(-)", a).items()}
    return function({key: count for key, count in left.items() if count > 0})


def bag_union(bags: Value) -> Value:
    total: dict[Value, int] = {}
    for bag in ordered(bags):
        for key, count in _counts("BagUnion", bag).items():
            total[key] = total.get(key, 0) + count
    return function(total)


def sub_bag_of(a: Value, b: Value) -> Value:
    b = _function("\\sqsubseteq", b)
    return boolean(all(count <= (_count(key, b) or 0) for key, count in _counts("\\sqsubseteq", a).items()))


def sub_bags(bag: Value) -> Value:
    counts = _counts("SubBag", bag, least=1)
    choices = [range(count + 1) for count in counts.values()]
    return frozenset(
        function({key: n for key, n in zip(counts, chosen, strict=True) if n}) for chosen in product(*choices)
    )


def bag_of_all(rule: Callable[[Value], Value], bag: Value) -> Value:
    total: Counter[Value] = Counter()
    for element, count in _counts("BagOfAll", bag).items():
        total[rule(element)] += count
    return function(dict(total))


def bag_cardinality(bag: Value) -> Value:
    return sum(_counts("BagCardinality", bag, least=1).values())


# --- BagsExt ---------------------------------------------------------------------------------------------------------


def bag_add(bag: Value, element: Value) -> Value:
    return function({**_counts("BagAdd", bag), element: (_count(element, bag) or 0) + 1})


def bag_remove(bag: Value, element: Value) -> Value:
    count = _count(element, bag)
    if count is None:
        return bag
    counts = _counts("BagRemove", bag)
    counts[element] = count - 1
    if count == 1:
        del counts[element]
    return function(counts)


def bag_remove_all(bag: Value, element: Value) -> Value:
    _count(element, bag)
    return function({key: count for key, count in pairs_of(bag) if key != element})


def fold_bag(op: Callable[[Value, Value], Value], base: Value, bag: Value) -> Value:
    result = base
    for element, count in _counts("FoldBag", bag, least=1).items():
        for _ in range(count):
            result = op(result, element)
    return result


def _integer_counts(operator: str, bag: Value) -> dict[int, int]:
    counts = _counts(operator, bag, least=1)
    for element in counts:
        if type(element) is not int:
            raise EvaluationError(
                f"{operator} needs a bag of integers, and {brief(element)} is none", got=kind_of(element)
            )
    return counts


def sum_bag(bag: Value) -> Value:
    return sum(element * count for element, count in _integer_counts("SumBag", bag).items())


def product_bag(bag: Value) -> Value:
    return math.prod(element**count for element, count in _integer_counts("ProductBag", bag).items())


NATIVES: dict[Key, Native] = {
    ("Bags", "EmptyBag"): Native(lambda: EMPTY_SEQUENCE),
    ("Bags", "IsABag"): Native(is_a_bag, "bool"),
    ("Bags", "BagToSet"): Native(bag_to_set, "set"),
    ("Bags", "SetToBag"): Native(set_to_bag),
    ("Bags", "BagUnion"): Native(bag_union),
    ("Bags", "SubBag"): Native(sub_bags, "set"),
    ("Bags", "BagCardinality"): Native(bag_cardinality, "int"),
    ("Bags", "BagIn"): Native(bag_in, "bool"),
    ("Bags", "(+)"): Native(bag_cup),
    ("Bags", "(-)"): Native(bag_diff),
    ("Bags", r"\sqsubseteq"): Native(sub_bag_of, "bool"),
    ("Bags", "CopiesIn"): Native(copies_in, "int"),
    ("Bags", "BagOfAll"): Native(bag_of_all),
    ("BagsExt", "BagAdd"): ours(bag_add),
    ("BagsExt", "BagRemove"): ours(bag_remove),
    ("BagsExt", "BagRemoveAll"): ours(bag_remove_all),
    ("BagsExt", "FoldBag"): Native(fold_bag),
    ("BagsExt", "SumBag"): ours(sum_bag, "int"),
    ("BagsExt", "ProductBag"): ours(product_bag, "int"),
}
