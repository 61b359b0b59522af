"""Integer operators on ranges: bounds of the result from bounds of the operands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from .order import interval
from .types import EXACT_LIMIT, INT, NAT, NEVER, AnyType, IntType, SetType, Type, parts_of
from .unions import exact_set

Bound = int | None
MAX_EXPONENT: Final = 64
"""Exponents up to which powers of bounds are computed."""


def integers(t: Type) -> IntType | None:
    """The integers in `t`; None where there are none."""
    for part in parts_of(t):
        if type(part) is IntType:
            return part
        if type(part) is AnyType:
            return INT
    return None


def _on_ranges(rule: Callable[[IntType, IntType], Type]) -> Callable[[Type, Type], Type]:
    def operator(a: Type, b: Type) -> Type:
        left, right = integers(a), integers(b)
        return NEVER if left is None or right is None else rule(left, right)

    return operator


def _plus(a: Bound, b: Bound) -> Bound:
    return None if a is None or b is None else a + b


def _minus(a: Bound, b: Bound) -> Bound:
    return None if a is None or b is None else a - b


def _add(a: IntType, b: IntType) -> Type:
    return interval(_plus(a.low, b.low), _plus(a.high, b.high))


def _subtract(a: IntType, b: IntType) -> Type:
    return interval(_minus(a.low, b.high), _minus(a.high, b.low))


def _multiply(a: IntType, b: IntType) -> Type:
    bounds = [a.low, a.high, b.low, b.high]
    if None not in bounds:
        products = [x * y for x in (a.low, a.high) for y in (b.low, b.high)]  # type: ignore[operator]
        return IntType(min(products), max(products))
    if a.low is not None and b.low is not None and a.low >= 0 and b.low >= 0:
        return IntType(a.low * b.low, None)
    return INT


def _divide(a: IntType, b: IntType) -> Type:
    """Floor division. A positive divisor keeps the sign and brings nearer to 0 (or -1)."""
    if b.low is None or b.low < 0:
        return INT
    least = max(b.low, 1)
    low = None if a.low is None else a.low // least if a.low < 0 else 0 if b.high is None else a.low // max(b.high, 1)
    high = None if a.high is None else a.high // least if a.high >= 0 else -1
    return interval(low, high)


def _modulo(a: IntType, b: IntType) -> Type:
    """The divisor must be positive; the result lies below it."""
    if a.low is not None and a.low >= 0 and a.high is not None and b.low is not None and a.high < b.low:
        return a
    high = None if b.high is None else max(b.high - 1, 0)
    if a.low is not None and a.low >= 0 and a.high is not None:
        high = a.high if high is None else min(a.high, high)
    return IntType(0, high)


def _power(a: IntType, b: IntType) -> Type:
    if a.low is None or a.low < 0:
        return INT
    if a.high is None or b.high is None or b.high > MAX_EXPONENT:
        return NAT
    return IntType(0, max(a.high ** max(b.high, 0), 1)) if a.low != a.high or b.low != b.high else _exact_power(a, b)


def _exact_power(a: IntType, b: IntType) -> Type:
    assert a.low is not None and b.low is not None
    return NEVER if b.low < 0 else IntType(a.low**b.low, a.low**b.low)


def negate(t: Type) -> Type:
    """`-t`."""
    part = integers(t)
    if part is None:
        return NEVER
    return IntType(None if part.high is None else -part.high, None if part.low is None else -part.low)


def range_set(a: Type, b: Type) -> Type:
    """`a..b`: the set itself where both ends are known."""
    low, high = integers(a), integers(b)
    if low is None or high is None:
        return NEVER
    if low.low is not None and high.high is not None and low.low > high.high:
        return exact_set(frozenset())
    is_exact = None not in (low.low, high.low) and low.low == low.high and high.low == high.high
    if is_exact and high.low - low.low < EXACT_LIMIT:  # type: ignore[operator]
        return exact_set(frozenset(range(low.low, high.low + 1)))  # type: ignore[arg-type, operator]
    return SetType(IntType(low.low, high.high), None, low.low == low.high == 1)


ARITHMETIC: Final[dict[str, Callable[[Type, Type], Type]]] = {
    "+": _on_ranges(_add),
    "-": _on_ranges(_subtract),
    "*": _on_ranges(_multiply),
    r"\div": _on_ranges(_divide),
    "%": _on_ranges(_modulo),
    "^": _on_ranges(_power),
    "..": range_set,
}
"""Rows of Naturals with two arguments that give no boolean."""
