"""Sets that are known by their rule: infinite ones, and those too costly to expand before someone asks.

Membership is a test, never an expansion. `enumerate_set` gives the elements in TLC's normalised order; equality and
hashing expand, so that a lazy set and the frozenset of its elements are one value.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Final, TypeGuard

from ..diagnostics import EvaluationError
from .core import (
    Bool,
    ModelValue,
    Value,
    decimal,
    differ,
    domain_of,
    expanded,
    kind_of,
    sequence,
    sequence_domain,
)
from .order import display_order, ordered, sort
from .set_errors import ill_typed_member, no_union, not_a_set, shortened

SET_LIMIT: Final = 1_000_000
"""Elements a set may have when it is expanded (TLC's -maxSetSize)."""


class LazySet:
    """A set by rule. Subclasses give `contains` and, where finite, `elements` and `size`."""

    __slots__ = ("_expanded",)

    def __init__(self) -> None:
        self._expanded: frozenset[Value] | None = None

    def contains(self, value: Value) -> bool:
        """Whether `value` is an element; an EvaluationError where TLC has no answer."""
        raise NotImplementedError

    def elements(self) -> Iterator[Value]:
        """The elements in TLC's normalised order."""
        raise not_enumerable(self)

    def size(self) -> int:
        """The number of elements, without expanding where arithmetic can tell."""
        return len(self.expand())

    def is_finite(self) -> bool:
        return True

    def describe(self) -> str:
        """How the set prints where it is not expanded."""
        raise NotImplementedError

    def expand(self) -> frozenset[Value]:
        if self._expanded is None:
            # Where arithmetic tells the size, it does so before the work.
            too_large = type(self).size is not LazySet.size and self.size() > SET_LIMIT
            elements = frozenset() if too_large else frozenset(itertools.islice(self.elements(), SET_LIMIT + 1))
            if too_large or len(elements) > SET_LIMIT:
                raise EvaluationError(
                    f"cannot expand the set {shortened(self.describe())}: it has more than {SET_LIMIT:,} elements",
                    hint="a membership test or a quantifier over its parts needs no expansion",
                )
            self._expanded = elements
        return self._expanded

    def __contains__(self, value: Value) -> bool:
        return self.contains(value)

    def __iter__(self) -> Iterator[Value]:
        return iter(ordered(self.expand()))

    def __len__(self) -> int:
        return self.size()

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not self.is_finite():
            return type(self) is type(other) and self.same_rule(other)
        if isinstance(other, LazySet):
            return other.is_finite() and self.expand() == other.expand()
        return self.expand() == other if type(other) is frozenset else False

    def same_rule(self, other: object) -> bool:
        """Equality of two infinite sets of one class: that of the rules, for their elements cannot be compared."""
        raise NotImplementedError

    def __hash__(self) -> int:
        return hash(self.expand()) if self.is_finite() else hash(type(self).__name__)


def not_enumerable(value: Value) -> EvaluationError:
    if isinstance(value, LazySet):
        replaced = f", or replace it in the configuration: `{value.name} <- …`" if isinstance(value, Infinite) else ""
        return EvaluationError(
            f"cannot enumerate the infinite set {shortened(value.describe())}", hint=f"bound it{replaced}"
        )
    return not_a_set(value)


def _as_function(value: Value, values: LazySet) -> Value | None:
    """A function that may be an element of `values`; None for a model value, which is none; else TLC's error."""
    value = expanded(value)
    if type(value) is tuple:
        return value
    if type(value) is ModelValue and value.type is None:
        return None
    raise ill_typed_member(value, values.describe())


def spelled(value: Value) -> Value:
    """A string as the sequence of its characters, as which TLC 2.15 has it where it wants a sequence."""
    return sequence(value) if type(value) is str else value


class Infinite(LazySet):
    """Nat, Int, STRING and TLC's Any."""

    __slots__ = ("member", "name")

    def __init__(self, name: str, member: Callable[[Value], bool]) -> None:
        super().__init__()
        self.name = name
        self.member = member

    def __reduce__(self) -> str:
        return self.name.upper()  # of this module

    def contains(self, value: Value) -> bool:
        return self.member(value)

    def is_finite(self) -> bool:
        return False

    def same_rule(self, other: object) -> bool:
        return isinstance(other, Infinite) and other.name == self.name

    def describe(self) -> str:
        return self.name


def _member_of(kind: type, name: str) -> Callable[[Value], bool]:
    def member(value: Value) -> bool:
        if type(value) is kind:
            return True
        if type(value) is ModelValue and value.type is None:
            return False
        raise ill_typed_member(value, name)

    return member


_is_integer = _member_of(int, "Nat")
NAT: Final = Infinite("Nat", lambda value: _is_integer(value) and value >= 0)
INT: Final = Infinite("Int", _member_of(int, "Int"))
STRING: Final = Infinite("STRING", _member_of(str, "STRING"))
ANY: Final = Infinite("Any", lambda value: True)


class Interval(LazySet):
    """`low..high`, expanded only where it must be."""

    __slots__ = ("high", "low")

    def __init__(self, low: int, high: int) -> None:
        super().__init__()
        self.low = low
        self.high = high

    def contains(self, value: Value) -> bool:
        if type(value) is int:
            return self.low <= value <= self.high
        if type(value) is ModelValue and value.type is None:
            return False
        raise ill_typed_member(value, self.describe())

    def elements(self) -> Iterator[Value]:
        return iter(range(self.low, self.high + 1))

    def size(self) -> int:
        return max(0, self.high - self.low + 1)

    def describe(self) -> str:
        return f"{decimal(self.low)}..{decimal(self.high)}"


SMALL_INTERVAL: Final = 256
_intervals: dict[tuple[int, int], frozenset[int]] = {}


def interval(low: Value, high: Value) -> Value:
    """`low..high` as a value: small ones are frozensets made once."""
    if type(low) is not int or type(high) is not int:
        bad = high if type(low) is int else low
        raise EvaluationError("`..` needs two integers", expected="an integer", got=kind_of(bad))
    if high - low > SMALL_INTERVAL:
        return Interval(low, high)
    found = _intervals.get((low, high))
    if found is None:
        found = _intervals[low, high] = frozenset(range(low, high + 1))
    return found


class Subset(LazySet):
    """`SUBSET base`."""

    __slots__ = ("base",)

    def __init__(self, base: Value) -> None:
        super().__init__()
        self.base = base

    def contains(self, value: Value) -> bool:
        if type(value) is ModelValue and value.type is None:
            return False
        if type(value) is not frozenset and not isinstance(value, LazySet):
            raise ill_typed_member(value, self.describe())
        if type(value) is frozenset and type(self.base) is frozenset and value <= self.base:
            return True
        return is_subset(value, self.base)

    def elements(self) -> Iterator[Value]:
        base = ordered(self.base)
        for size in range(len(base) + 1):
            for chosen in itertools.combinations(base, size):
                yield frozenset(chosen)

    def size(self) -> int:
        return 2 ** cardinality(self.base)

    def is_finite(self) -> bool:
        return is_finite(self.base)

    def same_rule(self, other: object) -> bool:
        return isinstance(other, Subset) and self.base == other.base

    def describe(self) -> str:
        from .text import show

        return f"SUBSET {show(self.base)}"


class FunctionSet(LazySet):
    """`[domain -> range]`."""

    __slots__ = ("domain", "range")

    def __init__(self, domain: Value, range_: Value) -> None:
        super().__init__()
        self.domain = domain
        self.range = range_

    def contains(self, value: Value) -> bool:
        value = _as_function(value, self)
        if value is None:
            return False
        if not is_set(self.domain):
            raise not_a_set(self.domain)
        if value[0].as_set != self.domain and not differ(value[0].as_set, self.domain):
            return False
        return all(is_member(item, self.range) for item in value[1:])

    def elements(self) -> Iterator[Value]:
        domain = domain_of(as_frozenset(self.domain))
        for values in itertools.product(ordered(self.range), repeat=len(domain)):
            yield (domain, *values)

    def size(self) -> int:
        return cardinality(self.range) ** cardinality(self.domain)

    def is_finite(self) -> bool:
        return is_finite(self.domain) and is_finite(self.range)

    def same_rule(self, other: object) -> bool:
        return isinstance(other, FunctionSet) and self.domain == other.domain and self.range == other.range

    def describe(self) -> str:
        from .text import show

        return f"[{show(self.domain)} -> {show(self.range)}]"


class RecordSet(LazySet):
    """`[a : S, b : T]`."""

    __slots__ = ("domain", "sets")

    def __init__(self, fields: dict[str, Value]) -> None:
        super().__init__()
        self.domain = domain_of(frozenset(fields))
        self.sets = tuple(fields[name] for name in self.domain.keys_in_order)

    def contains(self, value: Value) -> bool:
        value = _as_function(value, self)
        if value is None:
            return False
        if value[0] is not self.domain:
            if not all(type(key) is str for key in value[0]):
                raise ill_typed_member(value, self.describe())
            return False
        return all(is_member(item, values) for item, values in zip(value[1:], self.sets, strict=True))

    def elements(self) -> Iterator[Value]:
        for values in itertools.product(*map(ordered, self.sets)):
            yield (self.domain, *values)

    def size(self) -> int:
        return product_size(self.sets)

    def is_finite(self) -> bool:
        return all(map(is_finite, self.sets))

    def same_rule(self, other: object) -> bool:
        return isinstance(other, RecordSet) and self.domain is other.domain and self.sets == other.sets

    def describe(self) -> str:
        from .text import show

        pairs = zip(self.domain.keys_in_order, self.sets, strict=True)
        return "[" + ", ".join(f"{name}: {show(values)}" for name, values in pairs) + "]"


class Product(LazySet):
    """`S \\X T \\X …`."""

    __slots__ = ("sets",)

    def __init__(self, sets: tuple[Value, ...]) -> None:
        super().__init__()
        self.sets = sets

    def contains(self, value: Value) -> bool:
        value = _as_function(spelled(value), self)
        if value is None:
            return False
        if value[0] is not sequence_domain(len(self.sets)):
            if not all(type(key) is int for key in value[0]):
                raise ill_typed_member(value, self.describe())
            return False
        return all(is_member(item, values) for item, values in zip(value[1:], self.sets, strict=True))

    def elements(self) -> Iterator[Value]:
        domain = sequence_domain(len(self.sets))
        for values in itertools.product(*map(ordered, self.sets)):
            yield (domain, *values)

    def size(self) -> int:
        return product_size(self.sets)

    def is_finite(self) -> bool:
        return all(map(is_finite, self.sets))

    def same_rule(self, other: object) -> bool:
        return isinstance(other, Product) and self.sets == other.sets

    def describe(self) -> str:
        from .text import show

        return "(" + " \\X ".join(map(show, self.sets)) + ")"


class Sequences(LazySet):
    """`Seq(base)`."""

    __slots__ = ("base",)

    def __init__(self, base: Value) -> None:
        super().__init__()
        self.base = base

    def contains(self, value: Value) -> bool:
        value = _as_function(spelled(value), self)
        if value is None:
            return False
        if not value[0].is_sequence:
            raise ill_typed_member(value, self.describe())
        return all(is_member(item, self.base) for item in value[1:])

    def is_finite(self) -> bool:
        return False

    def same_rule(self, other: object) -> bool:
        return isinstance(other, Sequences) and self.base == other.base

    def describe(self) -> str:
        from .text import show

        return f"Seq({show(self.base)})"


class Union(LazySet):
    """`UNION base`."""

    __slots__ = ("base",)

    def __init__(self, base: Value) -> None:
        super().__init__()
        self.base = base

    def _parts(self) -> Iterator[Value]:
        """The sets that are united."""
        for part in ordered(self.base):
            if not is_set(part):
                raise no_union(part)
            yield part

    def contains(self, value: Value) -> bool:
        return any(is_member(value, part) for part in self._parts())

    def elements(self) -> Iterator[Value]:
        return iter(sort(frozenset().union(*map(as_frozenset, self._parts()))))

    def is_finite(self) -> bool:
        return all(map(is_finite, self._parts()))

    def same_rule(self, other: object) -> bool:
        return isinstance(other, Union) and self.base == other.base

    def describe(self) -> str:
        from .text import show

        return f"UNION {show(self.base)}"


class Combined(LazySet):
    """A union, intersection, difference or filter of which some part is not a frozenset."""

    __slots__ = ("parts", "source", "symbol", "test")

    def __init__(
        self, symbol: str, parts: tuple[Value, ...], source: Value | None, test: Callable[[Value], bool]
    ) -> None:
        super().__init__()
        self.symbol = symbol
        self.parts = parts
        self.source = source
        """The set whose elements that pass `test` are the elements of this one; None for a union of `parts`."""
        self.test = test

    def __reduce__(self) -> tuple[type[frozenset[Value]], tuple[Value]]:
        return frozenset, (list(self.expand()),)

    def contains(self, value: Value) -> bool:
        if self.source is None:
            return self.test(value)
        return is_member(value, self.source) and self.test(value)

    def elements(self) -> Iterator[Value]:
        if self.source is None:
            return iter(sort(frozenset().union(*map(as_frozenset, self.parts))))
        source = self.source.elements() if isinstance(self.source, LazySet) else ordered(self.source)
        return (value for value in source if self.test(value))

    def is_finite(self) -> bool:
        return all(map(is_finite, self.parts)) if self.source is None else is_finite(self.source)

    def same_rule(self, other: object) -> bool:
        if not isinstance(other, Combined) or self.symbol != other.symbol or self.symbol == ":":
            return False
        return self.parts == other.parts

    def describe(self) -> str:
        from .text import show

        if self.symbol == ":":
            return f"{{x \\in {show(self.source)} : …}}"
        return f"({f' {self.symbol} '.join(map(show, self.parts))})"


def is_reducible(value: Value) -> bool:
    """Whether TLC applies a set operator to a set at once, rather than when elements are asked for (Reducible.java)."""
    return type(value) is frozenset or type(value) is Interval


def is_filter(value: Value) -> TypeGuard[Combined]:
    """Whether a set is `{x \\in S : p}` with elements that are tested when they are asked for."""
    return isinstance(value, Combined) and value.symbol == ":"


def filtered(source: Value, test: Callable[[Value], bool]) -> Value:
    """`{x \\in source : test}` where `source` is not written out: its elements are tested when they are asked for."""
    is_finite(source)  # where it is made of what is no set, the error belongs here
    return Combined(":", (source,), source, test)


def require_sets(symbol: str, *values: Value) -> None:
    for value in values:
        if type(value) is not frozenset and not isinstance(value, LazySet):
            from .text import brief

            raise EvaluationError(
                f"`{symbol}` needs sets, and {brief(value)} is none", expected="a set", got=kind_of(value)
            )


def is_set(value: Value) -> bool:
    return type(value) is frozenset or isinstance(value, LazySet)


def is_finite(value: Value) -> bool:
    """Whether a set is finite; an error where `value` is no set."""
    if type(value) is frozenset:
        return True
    if isinstance(value, LazySet):
        return value.is_finite()
    raise not_enumerable(value)


def as_frozenset(value: Value) -> frozenset[Value]:
    """The set expanded."""
    if type(value) is frozenset:
        return value
    if isinstance(value, LazySet):
        return value.expand()
    raise not_enumerable(value)


def enumerate_set(value: Value) -> tuple[Value, ...]:
    """The elements of a lazy set in TLC's order; `order.ordered` is the caller to use."""
    if not isinstance(value, LazySet):
        raise not_enumerable(value)
    if not value.is_finite():
        raise not_enumerable(value)
    return ordered(value.expand())


def cardinality(value: Value) -> int:
    """The number of elements of a finite set; an error where TLC could not compare them, to tell how many there are."""
    if type(value) is frozenset:
        require_comparable(value)
        return len(value)
    if not is_finite(value):
        raise not_enumerable(value)
    return value.size()


_ORDERED_KINDS: Final = frozenset({int, str, Bool})
"""Types each of which TLC compares with itself, whatever the values."""


def require_comparable(values: frozenset[Value]) -> None:
    """The error where TLC could not bring a set into normal form: some elements do not compare."""
    kinds = set(map(type, values))
    if len(kinds) > 1 or (len(values) > 1 and kinds.isdisjoint(_ORDERED_KINDS)):
        ordered(values)


def require_decidable(a: Value, b: Value) -> None:
    """The error for two sets that were not found to be equal, and may be: one is infinite, and not both have names."""
    if is_finite(a) and is_finite(b):
        return
    if isinstance(a, Infinite) and isinstance(b, Infinite):
        return
    from .text import brief

    raise EvaluationError(
        f"cannot tell whether two sets are equal of which one is infinite: {brief(a)} and {brief(b)}",
        expected="finite sets",
    )


def product_size(sets: tuple[Value, ...]) -> int:
    size = 1
    for values in sets:
        size *= cardinality(values)
    return size


def is_member(value: Value, values: Value) -> bool:
    """`value \\in values`, with TLC's error for kinds that do not compare."""
    if type(values) is frozenset:
        return value in values or not_member(value, values)
    if isinstance(values, LazySet):
        return values.contains(value)
    raise not_a_set(values)


def not_member(value: Value, values: frozenset[Value]) -> bool:
    """Called where `value` is not found in a frozenset: False, or the error for kinds that do not compare.

    The elements are of one kind, or TLC would not have them in a set, so a few stand for all.
    """
    if type(values) is frozenset:
        try:
            for element in itertools.islice(values, COMPARED_ELEMENTS):
                differ(value, element)
        except EvaluationError:
            # The message is to be the same each time, and so about the first such element.
            for element in display_order(values):
                differ(value, element)
            raise
    return False


COMPARED_ELEMENTS: Final = 8


def is_subset(a: Value, b: Value) -> bool:
    """`a \\subseteq b`."""
    require_sets("\\subseteq", a)
    if type(a) is frozenset and type(b) is frozenset and a <= b:
        if a:
            require_comparable(b)
        return True
    if isinstance(a, Subset) and isinstance(b, Subset):
        return is_subset(a.base, b.base)
    for value in a.elements() if is_filter(a) and is_finite(a) else ordered(a):
        require_sets("\\subseteq", b)  # TLC looks at the right side only to test elements of the left
        if not is_member(value, b):
            return False
    return True
