"""A tableau for a formula: an automaton over steps whose fair runs are the behaviours that satisfy it.

A node is a way to meet a set of obligations now: literals that must hold of the current step, obligations that remain
for what follows it, and the eventualities `<>F` that are put off rather than met. A run is fair where no eventuality
is put off for ever.

Sets of formulas are bit masks over the formulas met so far, each of which has a number.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...model.diagnostics import UnsupportedError
from ...model.structs import Struct, field
from . import formula as f
from .formula import Always, And, Eventually, Formula, Or, is_immediate, negation


class Node(Struct, eq=True):
    literals: tuple[Formula, ...]
    postponed: tuple[Formula, ...]


class Tableau(Struct, frozen=False):
    nodes: list[Node] = field(default_factory=list)
    initial: list[int] = field(default_factory=list)
    successors: list[list[int]] = field(default_factory=list)

    @property
    def eventualities(self) -> list[Formula]:
        """Those that some node postpones."""
        return list(dict.fromkeys(item for node in self.nodes for item in node.postponed))


def tableau(formula: Formula) -> Tableau:
    return _Construction().run(formula)


class _Cover(Struct, eq=True):
    """A way to meet obligations: masks of the literals, of what remains, and of the eventualities put off."""

    literals: int
    obligations: int
    postponed: int

    @property
    def weight(self) -> int:
        return self.literals.bit_count() + self.obligations.bit_count() + self.postponed.bit_count()

    def subsumes(self, other: _Cover) -> bool:
        """Whether every way to go on from `other` is one to go on from this."""
        return not (
            self.literals & ~other.literals
            or self.obligations & ~other.obligations
            or self.postponed & ~other.postponed
        )


MAX_NODES = 10_000


class _Construction:
    """Numbers each formula it meets; `parts` gives the numbers of what a formula consists of."""

    def __init__(self) -> None:
        self.numbers: dict[Formula, int] = {}
        self.formulas: list[Formula] = []
        self.parts: list[tuple[int, ...]] = []
        self.is_choice: list[bool] = []
        self.nodes: dict[_Cover, int] = {}
        self.covers: list[_Cover] = []
        self.known: dict[int, list[int]] = {}

    def run(self, formula: Formula) -> Tableau:
        result = Tableau()
        result.initial = self._enter(1 << self._number(formula))
        while len(result.successors) < len(self.covers):
            if len(self.covers) > MAX_NODES:
                raise UnsupportedError(
                    f"a temporal formula whose tableau has more than {MAX_NODES:,} nodes is not supported",
                    hint="split it: check conjuncts of a property as properties of their own",
                )
            result.successors.append(self._enter(self.covers[len(result.successors)].obligations))
        result.nodes = [Node(self._formulas(cover.literals), self._formulas(cover.postponed)) for cover in self.covers]
        return result

    def _number(self, formula: Formula) -> int:
        number = self.numbers.get(formula)
        if number is not None:
            return number
        if is_immediate(formula) and not isinstance(formula, And):
            parts = ()
        elif isinstance(formula, And | Or):
            parts = tuple(map(self._number, formula.parts))
        else:
            assert isinstance(formula, Always | Eventually)
            parts = (self._number(formula.body),)
        number = self.numbers[formula] = len(self.formulas)
        self.formulas.append(formula)
        self.parts.append(parts)
        self.is_choice.append(isinstance(formula, Or | Eventually) and not is_immediate(formula))
        return number

    def _formulas(self, mask: int) -> tuple[Formula, ...]:
        return tuple(self.formulas[number] for number in _numbers(mask))

    def _enter(self, obligations: int) -> list[int]:
        """The nodes that meet the obligations, those that another one makes superfluous left out."""
        found = self.known.get(obligations)
        if found is not None:
            return found
        kept: list[_Cover] = []
        for cover in sorted(set(self._covers(obligations)), key=lambda item: (item.weight, item.literals)):
            if not any(other.subsumes(cover) for other in kept):
                kept.append(cover)
        found = self.known[obligations] = []
        for cover in kept:
            number = self.nodes.setdefault(cover, len(self.covers))
            if number == len(self.covers):
                self.covers.append(cover)
            found.append(number)
        return found

    def _covers(self, obligations: int) -> Iterator[_Cover]:
        pending: list[tuple[list[int], int, _Cover]] = [(list(_numbers(obligations)), 0, _Cover(0, 0, 0))]
        while pending:
            todo, met, cover = pending.pop()
            if not todo:
                yield cover
                continue
            # What leaves no choice comes first: it may settle what does.
            place = next((index for index, item in enumerate(todo) if not self.is_choice[item]), 0)
            head, rest = todo[place], todo[:place] + todo[place + 1 :]
            is_met = met >> head & 1 or (self.is_choice[head] and any(met >> part & 1 for part in self.parts[head]))
            met |= 1 << head
            if is_met:
                pending.append((rest, met, cover))
            else:
                pending.extend((rest + new, met, choice) for new, choice in self._choices(head, met, cover))

    def _choices(self, number: int, met: int, cover: _Cover) -> Iterable[tuple[list[int], _Cover]]:
        """The ways to meet one formula: what must be met besides, and the cover that results."""
        parts, bit = [*self.parts[number]], 1 << number
        match self.formulas[number]:
            case And():
                return [(parts, cover)]
            case Always():
                return [(parts, _Cover(cover.literals, cover.obligations | bit, cover.postponed))]
            case Eventually():
                later = _Cover(cover.literals, cover.obligations | bit, cover.postponed | bit)
                return [(parts, cover), ([], later)]
            case Or() if parts:
                return [([part], cover) for part in parts]
            case literal:
                opposite = self.numbers.get(negation(literal))
                if literal == f.FALSE or (opposite is not None and met >> opposite & 1):
                    return []
                return [([], _Cover(cover.literals | bit, cover.obligations, cover.postponed))]


def _numbers(mask: int) -> Iterator[int]:
    """The bits of a mask."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest
