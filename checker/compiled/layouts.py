"""How a variable of finite type is held: as one word, in fields of a few bits, or a few words if it is a set.

A layout numbers the values of a type from 0, so that what is held is a number, the *code* of a value:

    Truths       FALSE, TRUE                    0, 1
    Numbers      integers of a range            what is above the lowest
    Values       values that are listed         their place in the list
    Mask         sets of elements with codes    a bit for each element
    Array        functions over one domain,     the codes of their values, side by side
                 tuples and records

What the types of a model are is inferred (`model.types`); whether a value fits is looked at wherever one is encoded,
and where one does not (`runtime/layouts.hpp`, `misfit`) the model is compiled again without layouts.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from ...model.diagnostics import EvaluationError
from ...model.problem import Problem
from ...model.semantics import ir
from ...model.types import BoolType, IntType, SetType, StructType, Type, Types, infer_types, join, universe
from ...model.values import core
from ...model.values.core import FALSE, TRUE, Bool, Domain, ModelValue, Value, expanded
from ...model.values.order import ordered
from ...model.values.sets import LazySet, as_frozenset
from ..interpreted.runtime import EVALUATION_FAILURES
from .notation import INTEGER_LIMIT

WORD_BITS = 60
"""Of a word of a component of a state."""
MOST_WORDS = 4
"""Of a mask that is a component of a state; all other codes are one."""
OPEN_BITS = (16, 12, 8, 6)
"""Of integers that no bound is known for, as many as there is room for."""
MOST_VALUES = 256
"""Values that are listed."""


def is_untyped(value: Value) -> bool:
    """Whether a value is one that TLC compares with every other."""
    return type(value) is ModelValue and value.type is None


def is_enumerable(value: Value) -> bool:
    """Whether a value is a set whose elements can be listed: those of a filter may have no value, or be too many."""
    if not isinstance(value, LazySet):
        return type(value) is frozenset
    try:
        if not value.is_finite():
            return False
        value.expand()
    except EVALUATION_FAILURES:
        return False
    return True


@dataclass(eq=False)
class Layout:
    """Codes of values: `number` is the layout's own, by which it is known in the text."""

    number: int

    @property
    def count(self) -> int:
        """How many codes there are."""
        raise NotImplementedError

    @property
    def compares(self) -> bool:
        """Whether TLC compares any two of its values, so that they are equal where their codes are."""
        return True

    @property
    def bits(self) -> int:
        return (self.count - 1).bit_length()

    @property
    def words(self) -> int:
        """How many words a code is as a component of a state."""
        return max(1, -(-self.bits // WORD_BITS))

    def encode(self, value: Value) -> int | None:
        """The code of a value; None where it has none."""
        raise NotImplementedError

    def mask(self, values: Iterable[Value]) -> int:
        """A bit for each of some values that has a code."""
        codes = (self.encode(value) for value in values)
        return sum(1 << code for code in codes if code is not None)

    @property
    def name(self) -> str:
        return f"L[{self.number}]"


class Truths(Layout):
    """FALSE, TRUE."""

    @property
    def count(self) -> int:
        return 2

    def encode(self, value: Value) -> int | None:
        return int(value.truth) if type(value) is Bool else None


@dataclass(eq=False)
class Numbers(Layout):
    """Integers from `low` to `high`."""

    low: int
    high: int

    @property
    def count(self) -> int:
        return self.high - self.low + 1

    def encode(self, value: Value) -> int | None:
        return value - self.low if type(value) is int and self.low <= value <= self.high else None


@dataclass(eq=False)
class Values(Layout):
    """Values one by one."""

    values: tuple[Value, ...]

    @property
    def count(self) -> int:
        return len(self.values)

    def items(self, key: Value) -> list[Value | None] | None:
        """What each of the values, which are functions, has for a key, or None; None where one is no function."""
        if any(type(value) is not tuple for value in self.values):
            return None
        return [value[value[0][key]] if key in value[0] else None for value in self.values]  # type: ignore[index]

    @property
    def compares(self) -> bool:
        return self._compares

    @cached_property
    def _compares(self) -> bool:
        kinds = {type(value) for value in self.values if not is_untyped(value)}
        if len(kinds) <= 1 and kinds <= {str, int}:
            return True
        try:
            for pair in itertools.combinations(self.values, 2):
                core.differ(*pair)
        except EvaluationError:
            return False
        return True

    @cached_property
    def _codes(self) -> dict[Value, int]:
        return {value: code for code, value in enumerate(self.values)}

    def encode(self, value: Value) -> int | None:
        if isinstance(value, LazySet):
            if not is_enumerable(value):
                return None
            value = as_frozenset(value)
        return self._codes.get(expanded(value))


@dataclass(eq=False)
class Mask(Layout):
    """Sets of elements that have codes."""

    element: Layout

    @property
    def count(self) -> int:
        return 1 << self.element.count

    @property
    def compares(self) -> bool:
        return self.element.compares

    def encode(self, value: Value) -> int | None:
        if not is_enumerable(value):
            return None
        codes = [self.element.encode(element) for element in as_frozenset(value)]
        return None if None in codes else sum(1 << code for code in codes if code is not None)


@dataclass(eq=False)
class Array(Layout):
    """Functions over `domain`: `parts` for each of its keys in order."""

    domain: Domain
    parts: tuple[Layout, ...]
    keys: Layout | None
    """The layout of the keys whose codes are their places, where the keys are no integers."""
    shifts: tuple[int, ...] = field(init=False)

    def __post_init__(self) -> None:
        shifts, at = [], 0
        for part in self.parts:
            shifts.append(at)
            at += part.bits
        self.shifts = tuple(shifts)

    @property
    def count(self) -> int:
        return 1 << sum(part.bits for part in self.parts)

    @property
    def compares(self) -> bool:
        return all(part.compares for part in self.parts)

    @property
    def low(self) -> int | None:
        """The least key, where the keys are integers that follow on each other."""
        keys = self.domain.keys_in_order
        are_integers = all(type(key) is int for key in keys)
        return keys[0] if are_integers and keys[-1] - keys[0] + 1 == len(keys) else None

    @property
    def common(self) -> Layout | None:
        """The layout of all values of a function, if it is one."""
        return self.parts[0] if self.parts and len(set(self.parts)) == 1 else None

    def is_over(self, domain: Value) -> bool:
        """Whether the functions are those over a domain."""
        return is_enumerable(domain) and as_frozenset(domain) == self.domain.as_set

    def place(self, key: Value) -> int | None:
        """The place of a key."""
        position = self.domain.get(key)
        return None if position is None else position - 1

    def encode(self, value: Value) -> int | None:
        value = expanded(value)
        if type(value) is not tuple or value[0] is not self.domain:
            return None
        code = 0
        for item, part, shift in zip(value[1:], self.parts, self.shifts, strict=True):
            one = part.encode(item)
            if one is None:
                return None
            code |= one << shift
        return code


@dataclass
class Layouts:
    """The layouts of one model, made on demand: the same for types that are the same."""

    all: list[Layout] = field(default_factory=list)
    variables: dict[int, Layout] = field(default_factory=dict)
    """By the index of a variable."""
    types: Types | None = None
    _open_bits: int = 0
    """Of integers without a bound, which have no layout where it is 0."""
    _of_types: dict[tuple[Type, int], Layout | None] = field(default_factory=dict)
    _of_values: dict[tuple[Value, ...], Values] = field(default_factory=dict)
    _masks: dict[int, Mask] = field(default_factory=dict)

    def add_variable(self, index: int, t: Type) -> None:
        """Give a variable the layout of its type, where that is no longer than a word, or a few if it is a set."""
        for bits in OPEN_BITS:
            known, self._open_bits = len(self.all), bits
            layout = self._of(t)
            if layout is not None and layout.words <= (MOST_WORDS if isinstance(layout, Mask) else 1):
                self.variables[index] = layout
                return
            self._forget(known)

    def of_state_function(self, expr: ir.Expr) -> Layout | None:
        """The layout of what an expression without free names is in every state, if that is finite and one word."""
        if self.types is None:
            return None
        known, self._open_bits = len(self.all), 0
        layout = self._of(self.types.type_of_state_function(expr))
        if layout is not None and layout.words == 1 and not isinstance(layout, (Truths, Numbers)):
            return layout
        self._forget(known)
        return None

    def _forget(self, known: int) -> None:
        """Keep only the layouts that were known."""
        del self.all[known:]
        self._of_types = {key: found for key, found in self._of_types.items() if found is None or found.number < known}
        self._of_values = {key: found for key, found in self._of_values.items() if found.number < known}

    def holding(self, values: Value) -> tuple[Values, int] | None:
        """The layout with the fewest values that has codes for the elements of a set, in their order; and the mask."""
        if type(values) is not frozenset or not values:
            return None
        found = [layout for key, layout in self._of_values.items() if values <= {*key} and _is_ordered(key)]
        if not found:
            return None
        layout = min(found, key=lambda one: one.count)
        return None if layout.count > WORD_BITS else (layout, layout.mask(values))

    def listing(self, values: Value) -> Values | None:
        """The layout of just the elements of a set, in TLC's order, made where there is none; None for what is better
        left as it is: numbers and truths, and what is not listed."""
        if type(values) is not frozenset or not values or len(values) > WORD_BITS:
            return None
        if any(type(value) in (int, Bool) for value in values) or any(isinstance(value, LazySet) for value in values):
            return None
        made = self.of_values(values)
        return made if made is not None and _is_ordered(made.values) else None

    def mask_of(self, element: Values) -> Mask:
        """The layout of sets of the values of a layout."""
        if element.number not in self._masks:
            self._masks[element.number] = Mask(len(self.all), element)
            self.all.append(self._masks[element.number])
        return self._masks[element.number]

    def of_values(self, values: Iterable[Value]) -> Values | None:
        """The layout of some values one by one."""
        return self._values(tuple(dict.fromkeys(values)))

    def _of(self, t: Type) -> Layout | None:
        key = t, self._open_bits
        if key not in self._of_types:
            self._of_types[key] = self._made(t)
        return self._of_types[key]

    def _add(self, layout: Layout) -> Layout:
        self.all.append(layout)
        return layout

    def _made(self, t: Type) -> Layout | None:
        match t:
            case BoolType():
                return self._add(Truths(len(self.all)))
            case IntType() if not self._open_bits and (t.low is None or t.high is None):
                return None
            case IntType():
                low, high = self._bounds(t)
                fits = low > -INTEGER_LIMIT and high < INTEGER_LIMIT
                return self._add(Numbers(len(self.all), low, high)) if fits else None
            case SetType() if t.exact is None:
                return self._mask(t)
            case StructType():
                return self._array(t)
            case _:
                return self._of_universe(t)

    def _bounds(self, t: IntType) -> tuple[int, int]:
        """The bounds of a range; where one is not known, one is chosen, and numbers beyond it do not fit."""
        room = (1 << self._open_bits) - 1
        if t.low is not None:
            return t.low, t.low + room if t.high is None else t.high
        if t.high is not None:
            return t.high - room, t.high
        return -(room // 2), room // 2

    def _of_universe(self, t: Type) -> Values | None:
        values = universe(t, MOST_VALUES)
        return None if not values else self._values(values)

    def _values(self, values: Sequence[Value]) -> Values | None:
        try:
            key = ordered(frozenset(values))
        except EvaluationError:
            key = tuple(values)
        if len(key) > MOST_VALUES:
            return None
        if key not in self._of_values:
            made = Values(len(self.all), key)
            self.all.append(made)
            self._of_values[key] = made
        return self._of_values[key]

    def _mask(self, t: SetType) -> Layout | None:
        element: Layout | None = None
        if isinstance(t.element, IntType):
            element = self._of(t.element) if _width(t.element) <= MOST_WORDS * WORD_BITS else None
        elif (values := universe(t.element, MOST_WORDS * WORD_BITS)) and FALSE not in values and TRUE not in values:
            element = self._values(values)
        if element is None or (isinstance(element, Values) and not _is_ordered(element.values)):
            return None
        return self._add(Mask(len(self.all), element))

    def _parts(self, t: StructType) -> tuple[Layout | None, ...]:
        """The layouts of the values of a function: one for all, where it may be applied to what is not known here."""
        if not _is_record(t.domain) and len(set(t.pointwise)) > 1:
            common = self._of(functools.reduce(join, t.pointwise))
            if common is not None and common.bits * len(t.pointwise) <= WORD_BITS:
                return (common,) * len(t.pointwise)
        return tuple(self._of(part) for part in t.pointwise)

    def _array(self, t: StructType) -> Layout | None:
        parts = self._parts(t)
        if not parts or any(part is None or part.bits > WORD_BITS for part in parts):
            return None
        made = Array(len(self.all), t.domain, parts, None)  # type: ignore[arg-type]
        if made.low is None:
            made.keys = self._values(t.domain.keys_in_order)
            made.number = len(self.all)
        return self._add(made)


def _is_record(domain: Domain) -> bool:
    """Whether functions over a domain are records, whose fields are read by name."""
    return all(type(key) is str for key in domain.keys_in_order)


def _width(t: IntType) -> float:
    return float("inf") if t.low is None or t.high is None else t.high - t.low + 1


def _is_ordered(values: tuple[Value, ...]) -> bool:
    """Whether the places of some values are their order in TLC."""
    try:
        return ordered(frozenset(values)) == values
    except EvaluationError:
        return False


def model_layouts(problem: Problem, constant_value: Callable[[ir.Node], Value | None]) -> Layouts:
    """The layouts of the variables whose types are found to be finite and short."""
    types = infer_types(problem, constant_value)
    layouts = Layouts(types=types)
    for variable, t in types.variables.items():
        layouts.add_variable(variable.index, t)
    return layouts
