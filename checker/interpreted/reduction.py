"""When two states are one: identity, VIEW, SYMMETRY."""

from __future__ import annotations

from collections.abc import Callable
from functools import cmp_to_key
from typing import Protocol

from ...model.diagnostics import EvaluationError
from ...model.source import Span
from ...model.values.core import ModelValue, Value
from ...model.values.order import compare, ordered
from ...model.values.sets import is_set
from ...model.values.text import brief
from .interning import InternTable
from .program import State
from .runtime import as_function, pairs_of, permuted

Mapping = dict[Value, Value]


class Identity(Protocol):
    """The set of states met so far."""

    def add(self, state: State) -> bool:
        """Note a state; whether it is a new one."""
        ...


Key = tuple[int, ...]
"""The identities of a state's components, which are interned: equal keys, equal states."""


class Exact:
    """States are one where they are equal."""

    def __init__(self) -> None:
        self.seen: set[Key] = set()

    def add(self, state: State) -> bool:
        seen = self.seen
        before = len(seen)
        seen.add(tuple(map(id, state)))
        return len(seen) != before


class View:
    """States are one where their views are equal."""

    def __init__(self, view: Callable[[State], Value]) -> None:
        self.view = view
        self.seen: set[Value] = set()

    def add(self, state: State) -> bool:
        before = len(self.seen)
        self.seen.add(self.view(state))
        return len(self.seen) != before


class Symmetric:
    """States are one where a permutation of model values takes one to the other.

    No representative is computed: a state is new where neither it nor any of its images is known. States seen before,
    representatives or not, are remembered as they came, since most states are met again as they were.
    """

    def __init__(self, group: list[Mapping], interned: InternTable) -> None:
        self.images = [Image(mapping, interned) for mapping in group]
        self.seen: set[Key] = set()
        self.representatives: set[Key] = set()

    def add(self, state: State) -> bool:
        key = tuple(map(id, state))
        if key in self.seen:
            return False
        self.seen.add(key)
        representatives = self.representatives
        for image in self.images:
            if tuple(map(id, map(image.of, state))) in representatives:
                return False
        representatives.add(key)
        return True


class SymmetricView:
    """The view of the least state, in TLC's order, among a state and its images."""

    def __init__(self, group: list[Mapping], interned: InternTable, view: Callable[[State], Value]) -> None:
        self.images = [Image(mapping, interned) for mapping in group]
        self.view = view
        self.seen: set[Value] = set()

    def add(self, state: State) -> bool:
        least = min([state, *(tuple(map(image.of, state)) for image in self.images)], key=cmp_to_key(_compare_states))
        before = len(self.seen)
        self.seen.add(self.view(least))
        return len(self.seen) != before


def _compare_states(a: State, b: State) -> int:
    for x, y in zip(a, b, strict=True):
        order = compare(x, y)
        if order:
            return order
    return 0


class Image:
    """The images of interned values under a permutation, each computed once."""

    def __init__(self, mapping: Mapping, interned: InternTable) -> None:
        self.mapping = mapping
        self.interned = interned
        self.known: dict[int, Value] = {}

    def of(self, value: Value) -> Value:
        found = self.known.get(id(value))
        if found is None:
            found = self.known[id(value)] = self.interned[permuted(value, self.mapping)]
        return found


MAX_GROUP = 50_000


def symmetry_group(value: Value, span: Span | None) -> list[Mapping]:
    """The permutations that the value of SYMMETRY generates, without the identity (tlc2/util/… MVPerms)."""
    if not is_set(value):
        raise EvaluationError(
            f"SYMMETRY is {brief(value)}", span, expected="a set of permutations of model values (TLC's Permutations)"
        )
    generators: list[tuple[tuple[Value, Value], ...]] = []
    for permutation in ordered(value):
        pairs = tuple((a, b) for a, b in pairs_of(as_function(permutation)) if a is not b)
        if any(type(item) is not ModelValue for pair in pairs for item in pair):
            raise EvaluationError(
                f"SYMMETRY permutes {brief(permutation)}", span, expected="permutations of model values alone"
            )
        if pairs:
            generators.append(pairs)
    group: dict[frozenset[tuple[Value, Value]], Mapping] = {frozenset(): {}}
    frontier: list[Mapping] = [{}]
    while frontier:
        mapping = frontier.pop()
        for generator in map(dict, generators):
            moved = {key: generator.get(mapping.get(key, key), mapping.get(key, key)) for key in {*mapping, *generator}}
            product = {key: item for key, item in moved.items() if key is not item}
            name = frozenset(product.items())
            if name not in group:
                group[name] = product
                frontier.append(product)
                if len(group) > MAX_GROUP:
                    raise EvaluationError(f"SYMMETRY generates more than {MAX_GROUP:,} permutations", span)
    return [mapping for mapping in group.values() if mapping]
