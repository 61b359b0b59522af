"""Statements about the sizes of finite sets, decided by z3 for sets of all sizes.

A few sets of replicas cut all replicas into regions: those in A and B but not in C, and so on. A statement about sizes
is one about the sizes of the regions, which are any natural numbers; so it is linear integer arithmetic, where z3
decides it, and numbers that refute it are sets that do. Nothing else is assumed: that |A ∩ B| >= |A| + |B| - n follows.
(Kuncak, Nguyen, Rinard, "Deciding Boolean Algebra with Presburger Arithmetic", J. Automated Reasoning 36, 2006.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import chain, combinations, count
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    import z3

# What z3's annotations say of its own operators is of no use.
Term: TypeAlias = Any
Formula: TypeAlias = Any

TIMEOUT_MS = 60_000


class Answer(StrEnum):
    PROVED = "proved"
    REFUTED = "refuted"
    VACUOUS = "vacuous"
    """No sets are as the statement assumes, so that it says nothing."""
    UNDECIDED = "undecided"


class Sizes:
    """The sizes that a statement speaks of: `n` replicas, the number `f`, and regions of the `sets`."""

    def __init__(self, sets: Iterable[str]) -> None:
        import z3

        self.sets = tuple(sets)
        self.f: Term = z3.Int("f")
        subsets = chain.from_iterable(combinations(self.sets, k) for k in range(len(self.sets) + 1))
        self.regions: dict[frozenset[str], Term] = {
            frozenset(region): z3.Int("in_" + "_".join(region)) for region in subsets
        }
        self.n: Term = self.of()

    def of(self, inside: str = "", outside: str = "") -> Term:
        """How many replicas are in all sets of `inside` and in none of `outside`, names of one letter each."""
        import z3

        within, without = frozenset(inside), frozenset(outside)
        assert (within | without) <= set(self.sets), "no such set"
        chosen = [size for region, size in self.regions.items() if within <= region and not without & region]
        return z3.Sum(chosen)

    def natural(self) -> list[Formula]:
        """No size is negative, nor is f."""
        return [self.f >= 0, *(size >= 0 for size in self.regions.values())]


@dataclass(frozen=True, slots=True)
class Statement:
    """For all f, n and sets: what `assumed` lists implies `concluded`."""

    sets: str
    assumed: Callable[[Sizes], list[Formula]]
    concluded: Callable[[Sizes], Formula]


@dataclass(frozen=True, slots=True)
class CounterModel:
    """Sets that refute a statement: replicas are 1..n, `members` maps each set to those that are in it."""

    n: int
    f: int
    members: Mapping[str, frozenset[int]]


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer, and where it is `refuted` a counter-model of fewest replicas."""

    answer: Answer
    counter_model: CounterModel | None = None


@cache
def decide(statement: Statement) -> Decision:
    """Whether the statement holds for all sizes."""
    import z3

    sizes = Sizes(statement.sets)
    solver = z3.Solver()
    solver.set("timeout", TIMEOUT_MS)
    solver.add(*sizes.natural(), *statement.assumed(sizes))
    if (assumptions := solver.check()) != z3.sat:
        return Decision(Answer.VACUOUS if assumptions == z3.unsat else Answer.UNDECIDED)
    solver.add(z3.Not(statement.concluded(sizes)))
    refuted = solver.check()
    if refuted == z3.unsat:
        return Decision(Answer.PROVED)
    if refuted != z3.sat:
        return Decision(Answer.UNDECIDED)
    return _with_fewest_replicas(solver, sizes)


def _with_fewest_replicas(solver: z3.Solver, sizes: Sizes) -> Decision:
    import z3

    for n in count():
        solver.push()
        solver.add(sizes.n == n)
        answer = solver.check()
        if answer == z3.sat:
            return Decision(Answer.REFUTED, _counter_model(solver.model(), sizes))
        if answer != z3.unsat:
            return Decision(Answer.UNDECIDED)
        solver.pop()
    raise AssertionError("a statement that is refuted has a counter-model of some size")


def _counter_model(model: z3.ModelRef, sizes: Sizes) -> CounterModel:
    """Replicas are dealt to the regions in turn."""

    def value(term: Term) -> int:
        number: Term = model.eval(term, model_completion=True)
        return number.as_long()

    members: dict[str, set[int]] = {name: set() for name in sizes.sets}
    first = 1
    for region, size in sizes.regions.items():
        dealt = range(first, first + value(size))
        first += len(dealt)
        for name in region:
            members[name].update(dealt)
    return CounterModel(first - 1, value(sizes.f), {name: frozenset(found) for name, found in members.items()})
