"""TLA+ values as plain immutable Python objects, chosen so that hashing, comparing and applying run at C speed.

| TLA+                               | Python                                                                |
|------------------------------------|-----------------------------------------------------------------------|
| integer                            | int (unbounded)                                                       |
| TRUE, FALSE                        | the two `Bool` singletons: Python's `True == 1` would merge states    |
| string                             | str                                                                   |
| model value                        | an interned `ModelValue`, equal to itself alone                       |
| finite set                         | frozenset                                                             |
| function, sequence, tuple, record  | a flat tuple `(domain, v1, …, vn)`: `domain` is an interned `Domain`  |
| infinite or unexpanded set         | a `LazySet` (`values.sets`)                                           |
| unexpanded function                | a `LazyFunction`                                                      |

A sequence *is* the function with domain 1..n and a record *is* a function of strings, because domains are interned by
their set of keys: equal functions are equal tuples, whatever they were written as. `f[x]` is `f[f[0][x]]`.

The order of the keys of a domain is TLC's normalised order (`values.order`), which for strings is the order of first
appearance in the model. `order.set_string_order` installs that order and forgets every domain but those of sequences;
values of two models must not be mixed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

from ..diagnostics import EvaluationError

Value = Any
"""A TLA+ value; the table above says which Python types that may be."""


class Bool:
    """TRUE and FALSE. True in a Python condition exactly when TRUE."""

    __slots__ = ("name", "truth")

    def __init__(self, name: str, truth: bool) -> None:
        self.name = name
        self.truth = truth

    def __bool__(self) -> bool:
        return self.truth

    def __repr__(self) -> str:
        return self.name

    def __reduce__(self) -> str:
        return self.name


TRUE: Final = Bool("TRUE", True)
FALSE: Final = Bool("FALSE", False)
BOOLEANS: Final = frozenset((TRUE, FALSE))


def boolean(truth: object) -> Bool:
    """The TLA+ value of a Python truth."""
    return TRUE if truth else FALSE


class ModelValue:
    """A model value; `type` is the letter of a typed one (`A_x` has type A), comparable only to its own type."""

    __slots__ = ("name", "type")

    def __init__(self, name: str) -> None:
        self.name = name
        self.type = name[0] if len(name) > 2 and name[1] == "_" and name[0].isalpha() else None

    def __repr__(self) -> str:
        return self.name

    def __reduce__(self) -> tuple[Callable[[str], ModelValue], tuple[str]]:
        return model_value, (self.name,)


PYTHON_DIGITS: Final = 4000
"""Digits that Python turns into text for certain, whatever its limit (sys.set_int_max_str_digits) is."""


def decimal(value: int) -> str:
    """The decimal text of an integer of any size."""
    if value.bit_length() < 3 * PYTHON_DIGITS:
        return str(value)
    rest, digits = abs(value), []
    while rest:
        rest, low = divmod(rest, 10**PYTHON_DIGITS)
        digits.append(str(low).zfill(PYTHON_DIGITS))
    return "-" * (value < 0) + "".join(reversed(digits)).lstrip("0")


_model_values: dict[str, ModelValue] = {}


def model_value(name: str) -> ModelValue:
    """The model value of that name; the same object each time."""
    value = _model_values.get(name)
    if value is None:
        value = _model_values[name] = ModelValue(name)
    return value


class Domain(dict[Value, int]):
    """The domain of a function: key → position in the function's tuple (from 1), keys in TLC's order. Interned."""

    __slots__ = ("as_set", "is_sequence", "keys_in_order", "order_key")
    __hash__ = object.__hash__  # type: ignore[assignment]  # identity: there is one Domain for each set of keys
    __eq__ = object.__eq__  # type: ignore[assignment]
    __ne__ = object.__ne__  # type: ignore[assignment]

    def __init__(self, keys_in_order: tuple[Value, ...], is_sequence: bool) -> None:
        super().__init__((key, position) for position, key in enumerate(keys_in_order, 1))
        self.keys_in_order = keys_in_order
        self.as_set = frozenset(keys_in_order)
        self.is_sequence = is_sequence
        self.order_key: object = keys_in_order
        """What sorts functions by their domain (`order.sort_key`); positions of a sequence are their own keys."""

    def __reduce__(self) -> tuple[Callable[[frozenset[Value]], Domain], tuple[frozenset[Value]]]:
        return domain_of, (self.as_set,)


_sequence_domains: dict[int, Domain] = {}
_domains: dict[frozenset[Value], Domain] = {}


def sequence_domain(length: int) -> Domain:
    """The domain 1..length."""
    domain = _sequence_domains.get(length)
    if domain is None:
        domain = _sequence_domains[length] = Domain(tuple(range(1, length + 1)), True)
    return domain


def forget_domains() -> None:
    """Forget every domain whose key order may change with the order of strings."""
    _domains.clear()


def domain_of(keys: frozenset[Value]) -> Domain:
    """The interned domain with these keys."""
    domain = _domains.get(keys)
    if domain is None:
        from .order import ordered, sort_key  # order compares functions, so it needs this module first

        n = len(keys)
        if all(type(key) is int and 1 <= key <= n for key in keys):
            domain = sequence_domain(n)
        else:
            domain = Domain(ordered(keys), False)
            domain.order_key = tuple(map(sort_key, domain.keys_in_order))
        _domains[keys] = domain
    return domain


def sequence(items: Iterable[Value]) -> Value:
    """The sequence (tuple) of these items."""
    items = tuple(items)
    return (sequence_domain(len(items)), *items)


EMPTY_SEQUENCE: Final = sequence(())


def function(mapping: dict[Value, Value]) -> Value:
    """The function with these arguments and values."""
    domain = domain_of(frozenset(mapping))
    return (domain, *[mapping[key] for key in domain.keys_in_order])


def record(fields: dict[str, Value]) -> Value:
    """The record with these fields."""
    return function(fields)


def is_function(value: Value) -> bool:
    return type(value) is tuple


def is_sequence(value: Value) -> bool:
    return type(value) is tuple and value[0].is_sequence


class LazyFunction:
    """A function known by its rule: recursive functions, and those whose domain cannot be enumerated.

    `f[0][x]` and `f[…]` work as they do on an expanded function, so that applying needs no test. Equality and hashing
    expand it.
    """

    __slots__ = ("_cache", "_expanded", "domain_set", "rule")

    def __init__(self, domain_set: Value, rule: Callable[[Value], Value]) -> None:
        self.domain_set = domain_set
        self.rule = rule
        self._cache: dict[Value, Value] = {}
        self._expanded: Value | None = None

    def apply(self, argument: Value) -> Value:
        """The value at `argument`; KeyError outside the domain."""
        try:
            return self._cache[argument]
        except KeyError:
            if argument not in self.domain_set:
                raise
        value = self._cache[argument] = self.rule(argument)
        return value

    def __getitem__(self, index: object) -> Value:
        if index == 0:
            return _Arguments()
        assert type(index) is _Argument
        return self.apply(index.value)

    def expand(self) -> Value:
        """The same function as a flat tuple."""
        if self._expanded is None:
            from .sets import as_frozenset

            domain = domain_of(as_frozenset(self.domain_set))
            self._expanded = (domain, *[self.apply(key) for key in domain.keys_in_order])
        return self._expanded

    def __reduce__(self) -> tuple[type[tuple[Value, ...]], tuple[Value]]:
        return tuple, (list(self.expand()),)

    def __eq__(self, other: object) -> bool:
        return self.expand() == (other.expand() if type(other) is LazyFunction else other)

    def __hash__(self) -> int:
        return hash(self.expand())


class _Argument:
    __slots__ = ("value",)

    def __init__(self, value: Value) -> None:
        self.value = value


class _Arguments:
    def __getitem__(self, value: Value) -> _Argument:
        return _Argument(value)


def expanded(value: Value) -> Value:
    """`value`, a LazyFunction expanded."""
    return value.expand() if type(value) is LazyFunction else value


def kind_of(value: Value) -> str:
    """What a value is, in a user's words."""
    if type(value) is tuple:
        if not len(value[0]):
            return "empty function"
        if value[0].is_sequence:
            return "tuple"
        return "record" if all(type(key) is str for key in value[0].keys_in_order) else "function"
    names = {int: "integer", Bool: "boolean", str: "string", ModelValue: "model value", frozenset: "set"}
    return names.get(type(value), "function" if type(value) is LazyFunction else "set")


ATOMIC: Final = frozenset({int, str, Bool})
"""Types within which any two values compare. Model values may be typed, and others hold further values."""


def comparison_class(value: Value) -> object:
    """What a value compares within: integers, booleans, strings, sets, functions; None compares with all."""
    if type(value) is ModelValue:
        return value.type
    if type(value) is tuple or type(value) is LazyFunction:
        return tuple
    if type(value) in (int, Bool, str):
        return type(value)
    return frozenset


def differ(a: Value, b: Value) -> bool:
    """Called where Python finds `a != b`: False, or the error that TLC gives for values it does not compare.

    The negative half of `=`: generated code says `a == b or differ(a, b)`. Follows the `equals` methods of
    tlc2/value/impl: sizes first, then elements in order, the first difference decides.
    """
    if type(a) is type(b) and type(a) in ATOMIC:
        return False
    class_a, class_b = comparison_class(a), comparison_class(b)
    if type(a) is ModelValue or type(b) is ModelValue:
        if (class_a is None and type(a) is ModelValue) or (class_b is None and type(b) is ModelValue):
            return False
        if class_a == class_b:
            return False
        raise incomparable(a, b)
    if class_a is not class_b:
        raise incomparable(a, b)
    if class_a is tuple:
        _functions_differ(expanded(a), expanded(b))
    elif class_a is frozenset:
        _sets_differ(a, b)
    return False


def _functions_differ(a: Value, b: Value) -> None:
    if len(a) != len(b):
        return
    if a[0] is not b[0]:
        pairs = zip(a[0].keys_in_order, b[0].keys_in_order, strict=True)
    else:
        pairs = zip(a[1:], b[1:], strict=True)
    for x, y in pairs:
        if x != y:
            differ(x, y)
            return


def _sets_differ(a: Value, b: Value) -> None:
    from .order import ordered
    from .sets import require_comparable, require_decidable

    for values in (a, b):
        if type(values) is frozenset:
            require_comparable(values)
    require_decidable(a, b)
    if type(a) is frozenset and type(b) is frozenset and len(a) == len(b):
        for x, y in zip(ordered(a), ordered(b), strict=True):
            if x != y:
                differ(x, y)
                return


def incomparable(a: Value, b: Value) -> EvaluationError:
    """The error for comparing values of different kinds."""
    from .text import brief

    expected = "two values of one kind (model values compare with anything)"
    if type(a) is ModelValue or type(b) is ModelValue:
        expected = "model values of one type: a name such as `A_x` has the type A"
    return EvaluationError(
        f"cannot compare the {kind_of(a)} {brief(a)} with the {kind_of(b)} {brief(b)}", expected=expected
    )
