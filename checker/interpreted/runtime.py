"""What generated code calls: the operators whose meaning does not fit into one inline Python expression.

Every function gets TLA+ values and gives one, or raises an EvaluationError without a place: the engine knows the place
from the line of generated code that made the call.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NoReturn, Self, TypeVar

from ...model.diagnostics import EvaluationError, did_you_mean
from ...model.values.core import (
    FALSE,
    TRUE,
    Bool,
    LazyFunction,
    Value,
    differ,
    domain_of,
    expanded,
    kind_of,
    sequence_domain,
)
from ...model.values.order import ordered
from ...model.values.sets import (
    LazySet,
    as_frozenset,
    is_filter,
    is_finite,
    is_member,
    is_set,
    not_enumerable,
    not_member,
    spelled,
)
from ...model.values.text import brief

T = TypeVar("T")


FAILURES = (TypeError, KeyError, AttributeError, IndexError)
"""What fast code raises, beside EvaluationError, where an operation does not apply; checked code says why."""
EVALUATION_FAILURES = (EvaluationError, RecursionError, *FAILURES)
"""What evaluating compiled code may raise where the spec gives no value."""


class Unset:
    """Marks what has not been evaluated yet, and a variable that has no next value yet."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "<unassigned>"


UNSET = Unset()


class Thunk:
    """An argument that its operator may not need: evaluated at most once, when first asked for."""

    __slots__ = ("compute", "value")

    def __init__(self, compute: Callable[[], Value]) -> None:
        self.compute = compute
        self.value: Value = UNSET

    def get(self) -> Value:
        if self.value is UNSET:
            self.value = self.compute()
        return self.value


def where_needed(
    native: Callable[..., Value], arguments: Callable[[], tuple[Value, ...]], whole: Callable[[], Value]
) -> Value:
    """A native function of arguments, or, where one of them has no value, what the definition makes of that."""
    try:
        values = arguments()
    except (EvaluationError, *FAILURES):
        return whole()
    return native(*values)


# --- truth and comparison --------------------------------------------------------------------------------------------


def not_boolean(value: Value) -> NoReturn:
    raise EvaluationError(f"{brief(value)} is not a boolean", expected="TRUE or FALSE", got=kind_of(value))


def truth(value: Value) -> bool:
    if value is TRUE:
        return True
    if value is FALSE:
        return False
    not_boolean(value)


def equal(a: Value, b: Value) -> bool:
    return a == b or differ(a, b)


def _integer(symbol: str, value: Value) -> int:
    if type(value) is not int:
        raise EvaluationError(
            f"`{symbol}` needs integers, and {brief(value)} is none", expected="an integer", got=kind_of(value)
        )
    return value


def add(a: Value, b: Value) -> int:
    return _integer("+", a) + _integer("+", b)


def subtract(a: Value, b: Value) -> int:
    return _integer("-", a) - _integer("-", b)


def multiply(a: Value, b: Value) -> int:
    return _integer("*", a) * _integer("*", b)


def negate(a: Value) -> int:
    return -_integer("-", a)


def divide(a: Value, b: Value) -> int:
    _integer("\\div", a)
    if _integer("\\div", b) == 0:
        raise EvaluationError("division by zero")
    return a // b


def modulo(a: Value, b: Value) -> int:
    _integer("%", a)
    if _integer("%", b) <= 0:
        raise EvaluationError("the second argument of `%` must be positive", expected="an integer > 0", got=brief(b))
    return a % b


MAX_EXPONENT_BITS = 1 << 20


def power(a: Value, b: Value) -> int:
    _integer("^", a)
    if _integer("^", b) < 0:
        raise EvaluationError("the exponent must not be negative", expected="an integer ≥ 0", got=brief(b))
    if a == 0 and b == 0:
        raise EvaluationError("0^0 is undefined")
    if a.bit_length() * b > MAX_EXPONENT_BITS:
        raise EvaluationError(f"{brief(a)}^{brief(b)} is too large")
    return a**b


def _compared(value: Value) -> int:
    if type(value) is not int:
        raise EvaluationError(
            f"only integers are less or greater, and {brief(value)} is none", expected="an integer", got=kind_of(value)
        )
    return value


def less(a: Value, b: Value) -> bool:
    return _compared(a) < _compared(b)


def less_or_equal(a: Value, b: Value) -> bool:
    return _compared(a) <= _compared(b)


def integer_range(low: Value, high: Value) -> range:
    """`low..high` as the domain of a loop."""
    return range(_integer("..", low), _integer("..", high) + 1)


# --- functions -------------------------------------------------------------------------------------------------------


def as_function(value: Value) -> Value:
    """The function as a flat tuple; an error for anything else."""
    value = expanded(value)
    if type(value) is not tuple:
        raise EvaluationError(f"{brief(value)} is not a function", expected="a function", got=kind_of(value))
    return value


def apply(function: Value, argument: Value) -> Value:
    """`function[argument]`, checked."""
    if type(function) is LazyFunction:
        if not is_member(argument, function.domain_set):
            _outside_domain(function, argument)
        return function.apply(argument)
    if type(function) is not tuple:
        what = f"has no field `{argument}`" if type(argument) is str else f"is applied to {brief(argument)}"
        raise EvaluationError(
            f"{brief(function)} {what}: it is not a function", expected="a function", got=kind_of(function)
        )
    position = function[0].get(argument)
    if position is None:
        _outside_domain(function, argument)
    return function[position]


def absent(argument: Value, function: Value) -> None:
    """EXCEPT at an argument outside the domain changes nothing, unless TLC cannot tell that it is outside."""
    not_member(argument, function[0].as_set)


def absent_index(argument: Value, value: Value) -> None:
    """The same of what is a sequence, not a function that happens to be empty: TLC wants an index."""
    if type(argument) is not int:
        raise EvaluationError(
            f"EXCEPT at {brief(argument)}, which is no index of the sequence {brief(value)}",
            expected="an integer",
            got=kind_of(argument),
        )


SHOWN_FIELDS = 12
"""Fields of a record that a message lists."""


def _outside_domain(function: Value, argument: Value) -> NoReturn:
    domain, shown = domain_set(function), brief(argument)
    if type(function) is not tuple:
        raise EvaluationError(
            "the function is applied outside of its domain",
            expected=f"an element of {brief(domain)}",
            got=shown,
        )
    fields = function[0].keys_in_order
    if type(argument) is str and fields and all(type(field) is str for field in fields):
        named = [*(f"`{field}`" for field in fields[:SHOWN_FIELDS]), *(["…"] if len(fields) > SHOWN_FIELDS else [])]
        raise EvaluationError(
            f"the record {brief(function)} has no field `{argument}`",
            expected=f"one of {', '.join(named)}",
            got=f"`{argument}`",
            hint=did_you_mean(argument, fields),
        )
    if type(argument) is int and function[0].is_sequence:
        count = len(function) - 1
        raise EvaluationError(
            f"the sequence {brief(function)} has no element {shown}",
            expected=f"an index in 1..{count}" if count else "a sequence that is not empty",
            got=shown,
        )
    raise EvaluationError(
        f"the {kind_of(function)} {brief(function)} is applied outside of its domain",
        expected=f"an element of {brief(domain)}",
        got=shown,
    )


def require_member(argument: Value, domain: Value) -> None:
    """The domain check of an application whose function is not made."""
    if not is_member(argument, domain):
        raise EvaluationError(
            "a function is applied outside of its domain",
            expected=f"an element of {brief(domain)}",
            got=brief(argument),
        )


def domain_set(function: Value) -> Value:
    """`DOMAIN function`."""
    if type(function) is LazyFunction:
        return function.domain_set
    return as_function(function)[0].as_set


def function_of(domain: Value, rule: Callable[[Value, Value], Value]) -> Value:
    """`[x \\in domain |-> …]` by rule, evaluated argument by argument when first applied (recursive, or infinite)."""
    if type(domain) is not frozenset and not isinstance(domain, LazySet):
        raise not_enumerable(domain)
    function = LazyFunction(domain, lambda argument: rule(function, argument))
    return function


def product_domain(sets: tuple[Value, ...]) -> Value:
    """The domain of a function of several arguments."""
    from ...model.values.sets import Product

    return Product(sets)


def components(value: Value, count: int) -> Value:
    """The tuple that a pattern `<<x, y>>` takes apart."""
    value = expanded(value)
    if type(value) is not tuple or value[0] is not sequence_domain(count):
        raise EvaluationError(
            f"{brief(value)} does not match the tuple of {count} variables",
            expected=f"a tuple of {count}",
            got=kind_of(value),
        )
    return value


# --- sets ------------------------------------------------------------------------------------------------------------


def iterate(values: Value) -> Iterable[Value]:
    """The elements in TLC's order. A lazy set is not expanded first, but a filter is tested throughout, as in TLC."""
    if type(values) is frozenset or is_filter(values):
        return ordered(values)
    if is_finite(values):
        return values.elements()
    raise not_enumerable(values)


def tlc_conjunction_order(items: Sequence[T]) -> list[T]:
    """The order in which TLC takes the instances of an action-level `\\A`: the first, then from the last backwards."""
    return [*items[:1], *items[:0:-1]]


def choose_failed() -> NoReturn:
    raise EvaluationError("CHOOSE found no element that satisfies its predicate")


def no_case() -> NoReturn:
    raise EvaluationError("no arm of the CASE is true, and it has no OTHER")


def unassigned(name: str, is_next: bool) -> NoReturn:
    if is_next:
        name, giver = f"{name}'", "the action"
    else:
        giver = "Init"
    raise EvaluationError(
        f"{name} is used before {giver} has given it a value",
        expected=f"a conjunct `{name} = …` or `{name} \\in …` before this one",
        hint="conjuncts are evaluated in their order, and only these forms give a variable its value",
    )


class PartialState(tuple[Any, ...]):
    """A state that is being made, for a definition that may read what has a value already."""

    names: tuple[str, ...]
    is_next: bool

    def __new__(cls, values: Iterable[Any], names: tuple[str, ...], is_next: bool) -> Self:
        made = super().__new__(cls, values)
        made.names, made.is_next = names, is_next
        return made

    def __getitem__(self, index: Any) -> Any:
        value = super().__getitem__(index)
        if value is UNSET:
            unassigned(self.names[index], self.is_next)
        return value


# --- sequences -------------------------------------------------------------------------------------------------------


def as_sequence(operator: str, value: Value) -> Value:
    value = expanded(value)
    if type(value) is not tuple or not value[0].is_sequence:
        hint = "Cardinality counts the elements of a set" if operator == "Len" and is_set(value) else None
        raise EvaluationError(
            f"{operator} needs a sequence, and {brief(value)} is none",
            expected="a sequence",
            got=kind_of(value),
            hint=hint,
        )
    return value


def length(value: Value) -> int:
    if type(value) is str:
        return len(value)
    return len(as_sequence("Len", value)) - 1


def head(value: Value) -> Value:
    value = as_sequence("Head", spelled(value))
    if len(value) == 1:
        raise EvaluationError("Head of the empty sequence")
    return value[1]


def tail(value: Value) -> Value:
    if type(value) is str and value:
        return value[1:]
    value = as_sequence("Tail", value)
    if len(value) == 1:
        raise EvaluationError("Tail of the empty sequence")
    return (sequence_domain(len(value) - 2), *value[2:])


def append(value: Value, item: Value) -> Value:
    if type(value) is str and type(item) is str:
        return value + item
    if type(value) is not tuple or not value[0].is_sequence:
        value = as_sequence("Append", value)
    return (sequence_domain(len(value)), *value[1:], item)


def concatenate(a: Value, b: Value) -> Value:
    if type(a) is str and type(b) is str:
        return a + b
    a, b = as_sequence("`\\o`", a), as_sequence("`\\o`", spelled(b))
    return (sequence_domain(len(a) + len(b) - 2), *a[1:], *b[1:])


def subsequence(value: Value, low: Value, high: Value) -> Value:
    if type(low) is not int or type(high) is not int:
        bad = low if type(low) is not int else high
        raise EvaluationError("SubSeq needs integers as bounds", expected="an integer", got=brief(bad))
    if type(value) is not str:
        value = as_sequence("SubSeq", value)
    size = len(value) if type(value) is str else len(value) - 1
    if low > high:
        return "" if type(value) is str else (sequence_domain(0),)
    if low < 1 or high > size:
        raise EvaluationError(
            f"SubSeq({brief(value)}, {brief(low)}, {brief(high)}) reaches beyond the sequence",
            expected=f"bounds within 1..{size}",
            got=f"{brief(low)}..{brief(high)}",
        )
    if type(value) is str:
        return value[low - 1 : high]
    return (sequence_domain(high - low + 1), *value[low : high + 1])


def select(value: Value, test: Callable[[Value], Value]) -> Value:
    value = as_sequence("SelectSeq", spelled(value))
    kept = [item for item in value[1:] if truth(test(item))]
    return (sequence_domain(len(kept)), *kept)


# --- symmetry --------------------------------------------------------------------------------------------------------


def permuted(value: Value, mapping: dict[Value, Value]) -> Value:
    """`value` with model values exchanged as `mapping` says."""
    kind = type(value)
    if kind is tuple:
        domain = value[0]
        items = [permuted(item, mapping) for item in value[1:]]
        if domain.is_sequence:
            return (domain, *items)
        keys = [permuted(key, mapping) for key in domain.keys_in_order]
        if keys == list(domain.keys_in_order):
            return (domain, *items)
        pairs = dict(zip(keys, items, strict=True))
        target = domain_of(frozenset(pairs))
        return (target, *[pairs[key] for key in target.keys_in_order])
    if kind is frozenset:
        return frozenset([permuted(item, mapping) for item in value])
    if kind is int or kind is str or kind is Bool:
        return value
    if kind is LazyFunction:
        return permuted(value.expand(), mapping)
    if isinstance(value, LazySet):
        return permuted(as_frozenset(value), mapping)
    return mapping.get(value, value)


def pairs_of(function: Value) -> Iterator[tuple[Value, Value]]:
    """The pairs of a function: argument, value."""
    function = as_function(function)
    return zip(function[0].keys_in_order, function[1:], strict=True)
