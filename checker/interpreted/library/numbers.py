"""Bitwise, Combinatorics, DyadicRationals and Statistics."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable

from ....model.diagnostics import EvaluationError
from ....model.values.core import Value, boolean, kind_of, record
from ....model.values.text import brief
from ..runtime import apply, as_function
from .table import Key, Native, ours


def _natural(name: str, value: Value) -> int:
    if type(value) is not int or value < 0:
        raise EvaluationError(f"{name} of {brief(value)}", expected="a natural number", got=kind_of(value))
    return value


# --- Bitwise ---------------------------------------------------------------------------------------------------------


def _bits(symbol: str, combine: Callable[[int, int], int]) -> Callable[[Value, Value], Value]:
    def combined(a: Value, b: Value) -> Value:
        return combine(_natural(symbol, a), _natural(symbol, b))

    return combined


def _with_counters(combine: Callable[[Value, Value], Value]) -> Callable[[Value, Value, Value, Value], Value]:
    """The operator of four parameters by which the module that others have defines the one of two."""
    return lambda a, b, _n, _m: combine(a, b)


bit_and = _bits("&", operator.and_)
bit_or = _bits("|", operator.or_)
bit_xor = _bits("^^", operator.xor)


def bit_not(value: Value) -> Value:
    return (1 << _natural("Not", value).bit_length()) - 1 - value


def shift_right(value: Value, places: Value) -> Value:
    return _natural("shiftR", value) >> _natural("shiftR", places)


# --- Combinatorics, DyadicRationals ----------------------------------------------------------------------------------


def choose(n: Value, k: Value) -> Value:
    """The binomial coefficient; 0, as in TLC, where the definition has no value."""
    return math.comb(_natural("choose", n), _natural("choose", k))


def reduced(fraction: Value) -> Value:
    numerator, denominator = apply(fraction, "num"), apply(fraction, "den")
    for part in (numerator, denominator):
        if type(part) is not int:
            raise EvaluationError(f"the fraction {brief(fraction)} is not of integers", got=kind_of(part))
    common = math.gcd(numerator, denominator) or 1
    return record({"num": numerator // common, "den": denominator // common})


# --- Statistics ------------------------------------------------------------------------------------------------------


def chi_square(expected: Value, actual: Value, alpha: Value) -> Value:
    """Whether Pearson's test lets the hypothesis stand that `actual` is distributed as `expected`."""
    wanted = [_natural("ChiSquare", count) for count in as_function(expected)[1:]]
    found = [_natural("ChiSquare", count) for count in as_function(actual)[1:]]
    try:
        level = float(alpha) if type(alpha) is str else 0.0
    except ValueError:
        level = 0.0
    if len(wanted) != len(found) or len(wanted) < 2 or 0 in wanted:
        raise EvaluationError("ChiSquare needs two functions of one size, the first to positive numbers")
    if not 0 < level <= 0.5:
        raise EvaluationError(f"ChiSquare at the level {brief(alpha)}", expected='a string such as "0.05", 0.5 at most')
    scale = sum(found) / sum(wanted)
    statistic = sum((count - scale * want) ** 2 / (scale * want) for count, want in zip(found, wanted, strict=True))
    return boolean(_upper_tail(len(wanted) - 1, statistic) >= level)


def _upper_tail(degrees: int, statistic: float) -> float:
    """The probability that a chi-square variable of so many degrees of freedom is larger (Abramowitz and Stegun,
    26.4.4 and 26.4.5)."""
    half = statistic / 2
    if degrees % 2 == 0:
        return math.exp(-half) * sum(half**k / math.factorial(k) for k in range(degrees // 2))
    terms = (half ** (k - 0.5) / math.gamma(k + 0.5) for k in range(1, (degrees + 1) // 2))
    return math.erfc(math.sqrt(half)) + math.exp(-half) * sum(terms)


NATIVES: dict[Key, Native] = {
    ("Bitwise", "&"): ours(bit_and, "int"),
    ("Bitwise", "|"): ours(bit_or, "int"),
    ("Bitwise", "^^"): ours(bit_xor, "int"),
    ("Bitwise", "And"): Native(_with_counters(bit_and), "int"),
    ("Bitwise", "Or"): Native(_with_counters(bit_or), "int"),
    ("Bitwise", "Xor"): Native(_with_counters(bit_xor), "int"),
    ("Bitwise", "Not"): Native(bit_not, "int"),
    ("Bitwise", "shiftR"): Native(shift_right, "int"),
    ("Combinatorics", "choose"): Native(choose, "int"),
    ("DyadicRationals", "Reduce"): Native(reduced),
    ("Statistics", "ChiSquare"): Native(chi_square, "bool"),
}
