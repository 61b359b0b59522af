"""The behaviour graph as arrays, and the value of immediate formulas on its edges."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ...model.structs import Struct, field
from .formula import And, Atom, Formula, Kind, Literal, Or

Numbers = NDArray[np.int64]
Truths = NDArray[np.bool_]


class BehaviourGraph(Struct, frozen=False):
    """States by number, 0 to `size` - 1, and steps between them, one from each state to itself among them."""

    size: int
    sources: Numbers
    targets: Numbers
    parents: Numbers
    """For each state the one it was reached from first, on a shortest path; -1 for initial states."""
    steps: Truths | None = None
    """Where states stand for others, which edges are steps: one may lead to a state that its own stands for."""

    @property
    def initial(self) -> Numbers:
        return np.flatnonzero(self.parents < 0)

    @property
    def stuttering(self) -> Truths:
        """The edges by which nothing changes."""
        return self.sources == self.targets if self.steps is None else ~self.steps


class Evaluator(Protocol):
    """The engine's part: values of atoms. Raises SpecError where an expression has no value."""

    def on_states(self, atom: Atom) -> Truths:
        """The value of a state predicate in every state."""
        ...

    def on_edges(self, atom: Atom, edges: Numbers) -> Truths:
        """The value of an action on the given edges (indices into the graph's)."""
        ...

    def changes(self, atom: Atom) -> Truths:
        """For every edge whether the value of the atom's expression differs at its ends."""
        ...


def is_of_states(formula: Formula) -> bool:
    """Whether an immediate formula speaks of one state, and not of a step."""
    match formula:
        case Literal():
            return formula.atom.kind is Kind.STATE
        case And() | Or():
            return all(map(is_of_states, formula.parts))
        case _:
            raise AssertionError("not an immediate formula")


class Valuation(Struct, frozen=False):
    """Immediate formulas as arrays over states (where no action is in them) or edges, each evaluated once."""

    graph: BehaviourGraph
    evaluator: Evaluator
    _states: dict[Atom, Truths] = field(default_factory=dict)
    _edges: dict[Atom, Truths] = field(default_factory=dict)

    def on_states(self, formula: Formula) -> Truths:
        match formula:
            case Literal():
                value = self._states.get(formula.atom)
                if value is None:
                    value = self._states[formula.atom] = self.evaluator.on_states(formula.atom)
                return value if formula.is_positive else ~value
            case And():
                return np.logical_and.reduce([np.ones(self.graph.size, bool), *map(self.on_states, formula.parts)])
            case Or():
                return np.logical_or.reduce([np.zeros(self.graph.size, bool), *map(self.on_states, formula.parts)])
            case _:
                raise AssertionError("not an immediate formula")

    def on_edges(self, formula: Formula) -> Truths:
        if is_of_states(formula):
            return self.on_states(formula)[self.graph.sources]
        match formula:
            case Literal():
                value = self._edges.get(formula.atom)
                if value is None:
                    value = self._edges[formula.atom] = self._on_edges(formula.atom)
                return value if formula.is_positive else ~value
            case And():
                return np.logical_and.reduce([self.on_edges(part) for part in formula.parts])
            case Or():
                return np.logical_or.reduce([self.on_edges(part) for part in formula.parts])
            case _:
                raise AssertionError("not an immediate formula")

    def _on_edges(self, atom: Atom) -> Truths:
        if atom.kind is Kind.CHANGE:
            return self.evaluator.changes(atom)
        relevant = np.ones(len(self.graph.sources), bool)
        for condition in atom.conditions:
            relevant &= self.on_edges(Literal(condition))
        edges = np.flatnonzero(relevant)
        relevant[edges] = self.evaluator.on_edges(atom, edges)
        return relevant
