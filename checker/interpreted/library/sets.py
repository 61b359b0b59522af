"""FiniteSets, FiniteSetsExt and Folds: folds, extremes, subsets of one size."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from itertools import combinations

from ....model.diagnostics import EvaluationError
from ....model.values.core import ModelValue, Value, boolean, kind_of
from ....model.values.order import ordered
from ....model.values.set_operators import is_finite_set
from ....model.values.sets import LazySet, cardinality, is_subset
from ....model.values.text import brief, show
from ..runtime import iterate, truth
from .table import Key, Native, ours

Binary = Callable[[Value, Value], Value]
Unary = Callable[[Value], Value]


def finite(value: Value) -> Value:
    return boolean(is_finite_set(value))


def map_then_fold_set(op: Binary, base: Value, f: Unary, choose: Unary, values: Value) -> Value:
    """`choose` says which element of those that are left comes next; the last one is folded first."""
    left = frozenset(iterate(values))
    chosen: list[Value] = []
    while left:
        element = choose(left)
        if element not in left:
            raise EvaluationError(
                f"MapThenFoldSet chooses {brief(element)}, which is not in the set",
                expected=f"an element of {brief(left)}",
            )
        chosen.append(element)
        left -= {element}
    result = base
    for element in reversed(chosen):
        result = op(f(element), result)
    return result


def fold_set(op: Binary, base: Value, values: Value) -> Value:
    result = base
    for element in iterate(values):
        result = op(element, result)
    return result


def reduce_set(op: Binary, values: Value, base: Value) -> Value:
    return fold_set(op, base, values)


def _integers(operator: str, values: Value) -> list[int]:
    found = list(iterate(values))
    for value in found:
        if type(value) is not int:
            raise EvaluationError(
                f"{operator} needs integers, and {brief(value)} is none", expected="integers", got=kind_of(value)
            )
    return found


def sum_set(values: Value) -> Value:
    return sum(_integers("SumSet", values))


def product_set(values: Value) -> Value:
    return math.prod(_integers("ProductSet", values))


def map_then_sum_set(f: Unary, values: Value) -> Value:
    total = 0
    for value in iterate(values):
        image = f(value)
        if type(image) is not int:
            raise EvaluationError(
                f"MapThenSumSet maps {brief(value)} to {brief(image)}", expected="an integer", got=kind_of(image)
            )
        total += image
    return total


def quantify(values: Value, test: Unary) -> Value:
    return sum(truth(test(value)) for value in iterate(values))


def _extreme(operator: str, values: Value, choose: Callable[[list[int]], int]) -> Value:
    found = _integers(operator, values)
    if not found:
        raise EvaluationError(f"{operator} of the empty set")
    return choose(found)


def maximum(values: Value) -> Value:
    return _extreme("Max", values, max)


def minimum(values: Value) -> Value:
    return _extreme("Min", values, min)


class SubsetsOfSize(LazySet):
    """`kSubset(k, S)`."""

    __slots__ = ("base", "k")

    def __init__(self, k: int, base: Value) -> None:
        super().__init__()
        self.k = k
        self.base = base

    def contains(self, value: Value) -> bool:
        if type(value) is ModelValue and value.type is None:
            return False
        return is_subset(value, self.base) and cardinality(value) == self.k

    def elements(self) -> Iterator[Value]:
        return map(frozenset, combinations(ordered(self.base), self.k)) if self.k >= 0 else iter(())

    def size(self) -> int:
        return math.comb(cardinality(self.base), self.k) if self.k >= 0 else 0

    def describe(self) -> str:
        return f"kSubset({self.k}, {show(self.base)})"


def k_subset(k: Value, values: Value) -> Value:
    if type(k) is not int:
        raise EvaluationError(f"kSubset of {brief(k)} elements", expected="an integer", got=kind_of(k))
    cardinality(values)
    return SubsetsOfSize(k, values)


NATIVES: dict[Key, Native] = {
    ("FiniteSets", "IsFiniteSet"): Native(finite, "bool"),
    ("Folds", "MapThenFoldSet"): ours(map_then_fold_set),
    ("FiniteSetsExt", "FoldSet"): Native(fold_set),
    ("FiniteSetsExt", "ReduceSet"): ours(reduce_set),
    ("FiniteSetsExt", "SumSet"): ours(sum_set, "int"),
    ("FiniteSetsExt", "ProductSet"): ours(product_set, "int"),
    ("FiniteSetsExt", "MapThenSumSet"): ours(map_then_sum_set, "int"),
    ("FiniteSetsExt", "Quantify"): Native(quantify, "int"),
    ("FiniteSetsExt", "kSubset"): Native(k_subset, "set"),
    ("FiniteSetsExt", "Max"): ours(maximum),
    ("FiniteSetsExt", "Min"): ours(minimum),
}
