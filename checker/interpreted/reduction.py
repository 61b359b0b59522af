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
from .program import State
from .runtime import as_function, pairs_of, permuted

Mapping = dict[Value, Value]


class Identity(Protocol):
    """The set of states met so far."""

    def add(self, state: State) -> bool:
        """Note a state; whether it is a new one."""
        ...


class Exact:
    """States are one where they are equal."""

    def __init__(self) -> None:
        self.seen: set[State] = set()

    def add(self, state: State) -> bool:
        seen = self.seen
        before = len(seen)
        seen.add(state)
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

    def __init__(self, group: list[Mapping]) -> None:
        self.images = [Image(mapping) for mapping in group]
        self.seen: set[State] = set()
        self.representatives: set[State] = set()

    def add(self, state: State) -> bool:
        if state in self.seen:
            return False
        self.seen.add(state)
        if any(image(state) in self.representatives for image in self.images):
            return False
        self.representatives.add(state)
        return True


class SymmetricView:
    """The view of the least state, in TLC's order, among a state and its images."""

    def __init__(self, group: list[Mapping], view: Callable[[State], Value]) -> None:
        self.images = [Image(mapping) for mapping in group]
        self.view = view
        self.seen: set[Value] = set()

    def add(self, state: State) -> bool:
        least = min([state, *(image(state) for image in self.images)], key=cmp_to_key(_compare_states))
        before = len(self.seen)
        self.seen.add(self.view(least))
        return len(self.seen) != before


def _compare_states(a: State, b: State) -> int:
    for x, y in zip(a, b, strict=True):
        order = compare(x, y)
        if order:
            return order
    return 0


CACHE_LIMIT = 500_000


class Image:
    """The image of a state under a permutation; images of component values are kept, since components recur."""

    def __init__(self, mapping: Mapping) -> None:
        self.mapping = mapping
        self.known: dict[Value, Value] = {}

    def __call__(self, state: State) -> State:
        known, mapping = self.known, self.mapping
        image = []
        for value in state:
            found = known.get(value)
            if found is None:
                if len(known) >= CACHE_LIMIT:
                    known.clear()
                found = known[value] = permuted(value, mapping)
            image.append(found)
        return tuple(image)


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
