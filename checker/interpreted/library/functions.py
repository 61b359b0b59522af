"""Functions: ranges, inverses and folds."""

from __future__ import annotations

from collections.abc import Callable

from ....model.diagnostics import EvaluationError
from ....model.values.core import FALSE, TRUE, Value, boolean, expanded, function, kind_of
from ....model.values.order import ordered
from ....model.values.sets import FunctionSet, RecordSet, cardinality
from ....model.values.text import brief
from ..runtime import apply, as_function, domain_set, equal, iterate
from .table import Key, Native, ours

Binary = Callable[[Value, Value], Value]


def as_range(value: Value) -> Value:
    """`Range(f)`."""
    return frozenset(as_function(value)[1:])


def is_injective(value: Value) -> Value:
    if isinstance(value, RecordSet):
        values = value.sets  # TLC takes a set of records for the record of its sets
    else:
        value = expanded(value)
        if type(value) is not tuple:
            raise EvaluationError(
                f"IsInjective needs a function, and {brief(value)} is none", expected="a function", got=kind_of(value)
            )
        values = value[1:]
    for position, item in enumerate(values):
        if any(equal(item, other) for other in values[position + 1 :]):
            return FALSE
    return TRUE


def anti_function(value: Value) -> Value:
    """The inverse on the range; where a value is taken several times, its first argument counts."""
    value = as_function(value)
    pairs: dict[Value, Value] = {}
    for key, item in zip(value[0].keys_in_order, value[1:], strict=True):
        pairs.setdefault(item, key)
    return function(pairs)


def fold_function_on_set(op: Binary, base: Value, value: Value, values: Value) -> Value:
    _require_function("FoldFunctionOnSet", value)
    result = base
    for argument in iterate(values):
        result = op(apply(value, argument), result)
    return result


def fold_function(op: Binary, base: Value, value: Value) -> Value:
    _require_function("FoldFunction", value)
    return fold_function_on_set(op, base, value, domain_set(value))


def _require_function(operator: str, value: Value) -> None:
    if type(expanded(value)) is not tuple:
        raise EvaluationError(
            f"{operator} needs a function, and {brief(value)} is none", expected="a function", got=kind_of(value)
        )


def sum_function_on_set(value: Value, values: Value) -> Value:
    total = 0
    for argument in iterate(values):
        item = apply(value, argument)
        if type(item) is not int:
            raise EvaluationError(f"a sum of {brief(item)}", expected="an integer", got=kind_of(item))
        total += item
    return total


def sum_function(value: Value) -> Value:
    return sum_function_on_set(value, domain_set(value))


def injection(source: Value, target: Value) -> Value:
    values = FunctionSet(source, target).elements() if cardinality(source) <= cardinality(target) else ()
    return frozenset(value for value in values if len(set(value[1:])) == len(value) - 1)


def surjection(source: Value, target: Value) -> Value:
    wanted = frozenset(ordered(target))
    if cardinality(source) < len(wanted):
        return frozenset()
    return frozenset(value for value in FunctionSet(source, target).elements() if wanted <= set(value[1:]))


def bijection(source: Value, target: Value) -> Value:
    return injection(source, target) if cardinality(source) == cardinality(target) else frozenset()


def exists_injection(source: Value, target: Value) -> Value:
    return boolean(cardinality(source) <= cardinality(target))


def exists_surjection(source: Value, target: Value) -> Value:
    size, least = cardinality(source), cardinality(target)
    return boolean(size >= least and (least > 0 or size == 0))


def exists_bijection(source: Value, target: Value) -> Value:
    return boolean(cardinality(source) == cardinality(target))


NATIVES: dict[Key, Native] = {
    ("Functions", "Range"): ours(as_range, "set"),
    ("Functions", "IsInjective"): Native(is_injective, "bool"),
    ("Functions", "AntiFunction"): Native(anti_function),
    ("Functions", "FoldFunction"): Native(fold_function),
    ("Functions", "FoldFunctionOnSet"): Native(fold_function_on_set),
    ("Functions", "SumFunction"): ours(sum_function, "int"),
    ("Functions", "SumFunctionOnSet"): ours(sum_function_on_set, "int"),
    ("Functions", "Injection"): ours(injection, "set"),
    ("Functions", "Surjection"): ours(surjection, "set"),
    ("Functions", "Bijection"): ours(bijection, "set"),
    ("Functions", "ExistsInjection"): ours(exists_injection, "bool"),
    ("Functions", "ExistsSurjection"): ours(exists_surjection, "bool"),
    ("Functions", "ExistsBijection"): ours(exists_bijection, "bool"),
}
