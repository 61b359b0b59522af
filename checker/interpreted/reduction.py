"""When two states are one: identity, VIEW, SYMMETRY."""

from __future__ import annotations

from collections.abc import Callable
from functools import cmp_to_key
from typing import Protocol

from ...model.diagnostics import EvaluationError
from ...model.source import Span
from ...model.values.core import ModelValue, Value, is_function
from ...model.values.order import compare, ordered
from ...model.values.sets import is_set
from ...model.values.text import brief
from .interning import InternTable
from .program import State
from .runtime import as_function, pairs_of, permuted

Mapping = dict[Value, Value]


class Identity(Protocol):
    """The states met so far, each with the number of the state that stands for it."""

    def number(self, state: State, following: int) -> int:
        """The number of the state that stands for `state`; `following`, which it then gets, if there is none yet."""
        ...


Key = tuple[int, ...]
"""The identities of a state's components, which are interned: equal keys, equal states."""


class Exact:
    """States are one where they are equal."""

    def __init__(self) -> None:
        self.numbers: dict[Key, int] = {}

    def number(self, state: State, following: int) -> int:
        return self.numbers.setdefault(tuple(map(id, state)), following)


class View:
    """States are one where their views are equal."""

    def __init__(self, view: Callable[[State], Value]) -> None:
        self.view = view
        self.numbers: dict[Value, int] = {}

    def number(self, state: State, following: int) -> int:
        return self.numbers.setdefault(self.view(state), following)


class Symmetric:
    """States are one where a permutation of model values takes one to the other.

    No representative is computed: a state is new where neither it nor any of its images is known. States met before,
    representatives or not, are remembered as they came, since most states are met again as they were.
    """

    def __init__(self, group: list[Mapping], interned: InternTable) -> None:
        self.images = [Image(mapping, interned) for mapping in group]
        self.numbers: dict[Key, int] = {}
        self.representatives: dict[Key, int] = {}

    def number(self, state: State, following: int) -> int:
        key = tuple(map(id, state))
        known = self.numbers.get(key)
        if known is not None:
            return known
        representatives = self.representatives
        for image in self.images:
            known = representatives.get(tuple(map(id, map(image.of, state))))
            if known is not None:
                self.numbers[key] = known
                return known
        self.numbers[key] = representatives[key] = following
        return following


class SymmetricView:
    """The view of the least state, in TLC's order, among a state and its images."""

    def __init__(self, group: list[Mapping], interned: InternTable, view: Callable[[State], Value]) -> None:
        self.images = [Image(mapping, interned) for mapping in group]
        self.view = view
        self.numbers: dict[Value, int] = {}

    def number(self, state: State, following: int) -> int:
        least = min([state, *(tuple(map(image.of, state)) for image in self.images)], key=cmp_to_key(_compare_states))
        return self.numbers.setdefault(self.view(least), following)


def _compare_states(a: State, b: State) -> int:
    for x, y in zip(a, b, strict=True):
        order = compare(x, y)
        if order:
            return order
    return 0


def viewed_states(identity: Identity, state: State) -> list[State]:
    """The states of which the view may be taken to tell whether `state` is new."""
    images = identity.images if isinstance(identity, SymmetricView) else []
    return [state, *(tuple(map(image.of, state)) for image in images)]


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
            f"SYMMETRY is {brief(value)}", span, expected="a set of permutations (TLC's Permutations)"
        )
    generators: list[tuple[tuple[Value, Value], ...]] = []
    for permutation in ordered(value):
        if not is_function(permutation):
            raise EvaluationError(
                f"SYMMETRY holds {brief(permutation)}", span, expected="a set of permutations (TLC's Permutations)"
            )
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
