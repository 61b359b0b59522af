"""Random formulas over plain atoms, random words, and what a formula means on a word: no specification is involved.

A word is a lasso of letters; a letter is the set of atoms that are TRUE at its position, an action of the step that
leaves it.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

import numpy as np
from comitia.checker.liveness import formula as f
from comitia.checker.liveness.branches import Branch
from comitia.checker.liveness.formula import Always, And, Atom, Eventually, Formula, Kind, Literal, Or
from comitia.checker.liveness.graph import BehaviourGraph, Numbers, Truths
from comitia.model.semantics import ir
from comitia.model.source import Source, Span

NOWHERE = Span(Source("none", ""), 1, 1, 1, 1)
ATOMS = tuple(
    Atom(number, kind, ir.Literal(NOWHERE, True)) for number, kind in enumerate((Kind.STATE, Kind.STATE, Kind.STEP))
)
P, Q, A = (Literal(atom) for atom in ATOMS)
"""Two predicates of a state and an action."""


@dataclass(frozen=True, slots=True)
class Word:
    """After the last letter comes the one of index `loop`."""

    letters: tuple[frozenset[Atom], ...]
    loop: int

    def after(self, position: int) -> int:
        return position + 1 if position + 1 < len(self.letters) else self.loop

    def from_here(self, position: int) -> range:
        return range(min(position, self.loop), len(self.letters))


def random_word(random: Random) -> Word:
    length = random.randint(1, 5)
    letters = [frozenset(atom for atom in ATOMS if random.random() < 0.5) for _ in range(length)]
    return Word(tuple(letters), random.randrange(length))


def holds(formula: Formula, word: Word, position: int = 0) -> bool:
    match formula:
        case Literal():
            return (formula.atom in word.letters[position]) is formula.is_positive
        case And():
            return all(holds(part, word, position) for part in formula.parts)
        case Or():
            return any(holds(part, word, position) for part in formula.parts)
        case Always():
            return all(holds(formula.body, word, later) for later in word.from_here(position))
        case Eventually():
            return any(holds(formula.body, word, later) for later in word.from_here(position))
    raise AssertionError(formula)


def branch_holds(branch: Branch, word: Word) -> bool:
    """Whether the word is one that the branch speaks of."""
    again = range(word.loop, len(word.letters))

    def infinitely_often(formula: Formula) -> bool:
        return any(holds(formula, word, position) for position in again)

    positions = range(len(word.letters)) if branch.is_anywhere else (0,)
    return (
        all(map(infinitely_often, branch.recurrent))
        and not any(infinitely_often(f.negation(item)) for item in branch.persistent)
        and all(infinitely_often(pair.response) for pair in branch.pairs if infinitely_often(pair.request))
        and any(holds(branch.rest, word, position) for position in positions)
    )


def random_formula(random: Random, depth: int) -> Formula:
    """A formula made of nodes as they are, and not by the functions that simplify."""
    if depth <= 0 or random.random() < 0.1:
        return Literal(random.choice(ATOMS), random.random() < 0.5)
    if random.random() < 0.5:
        parts = tuple(random_formula(random, depth - 1) for _ in range(random.randint(1, 3)))
        return random.choice((And, Or))(parts)
    return random.choice((Always, Eventually))(random_formula(random, depth - 1))


def simplified(formula: Formula) -> Formula:
    match formula:
        case Literal():
            return formula
        case And():
            return f.conjunction(map(simplified, formula.parts))
        case Or():
            return f.disjunction(map(simplified, formula.parts))
        case Always():
            return f.always(simplified(formula.body))
        case Eventually():
            return f.eventually(simplified(formula.body))
    raise AssertionError(formula)


# --- as a graph ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LetterEvaluator:
    """Gives atoms the values that the letters of states have."""

    letters: tuple[frozenset[Atom], ...]
    graph: BehaviourGraph

    def on_states(self, atom: Atom) -> Truths:
        return np.array([atom in letter for letter in self.letters])

    def on_edges(self, atom: Atom, edges: Numbers) -> Truths:
        return self.on_states(atom)[self.graph.sources[edges]]

    def changes(self, atom: Atom) -> Truths:
        raise AssertionError("there is no atom of this kind")


def graph_of(word: Word) -> BehaviourGraph:
    """The graph whose only path is the word."""
    positions = range(len(word.letters))
    targets = np.array([word.after(position) for position in positions])
    return BehaviourGraph(len(positions), np.array(positions), targets, np.array([-1, *positions[:-1]]))
