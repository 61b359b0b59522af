"""Whether a branch of a temporal property has a fair behaviour: asked of the search that recorded the behaviour graph.

What is asked is lists of numbers. Predicates come first: each is evaluated once, on all states or on all edges, and is
known by its number from then on (`runtime/truths.cpp`). Then a branch: the nodes of its tableau, with the predicates
that must hold there, and the predicates of its conditions (`runtime/fairness.cpp`).

A predicate is taken apart as in `interpreted.behaviours`. A branch with a part that the search cannot evaluate is not
asked about.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping
from enum import IntEnum
from typing import Any

from ...model.semantics import ir
from ...model.structs import Struct, field
from ..interpreted.parts import entered, is_next, variables_of
from ..interpreted.program import Program, Values
from ..liveness.branches import Branch
from ..liveness.formula import And, Atom, Formula, Kind, Literal, Or
from ..liveness.graph import is_of_states
from ..liveness.tableau import tableau
from .emit_temporal import Key, key_of
from .process import SearchProcess
from .replay import beyond

NUMBER = "I"
NO_TRUTHS = 0xFFFFFFFF
"""In place of the number of a predicate that always holds."""
Numbers = list[int]


class Form(IntEnum):
    """What a predicate is; `PredicateForm` of the runtime."""

    ALL = 0
    ANY = 1
    NOT = 2
    TRUTHS = 3
    CHANGES = 4
    TEST = 5
    STEP = 6


class _NotAsked(Exception):
    """A part of a predicate is left to the interpreter."""


class Predicate(Struct):
    """One that is evaluated by itself, on edges or on states."""

    of_edges: bool
    numbers: Numbers


class Suspicion(Struct):
    """What the search says of a branch: states of a behaviour that satisfies it, or of a step that met a fault."""

    states: Numbers
    fault: tuple[str, str] | None = None

    def unfounded(self) -> Exception:
        """The error where the interpreter does not find it so."""
        if self.fault is not None:
            return beyond(*self.fault)
        return AssertionError("the compiled engine finds a violation in behaviours that the interpreter finds right")


class FairnessQuestions(Struct, frozen=False):
    """What the search is asked about branches, and the predicates that it knows."""

    process: SearchProcess
    program: Program
    questions: Mapping[Key, int]
    _known: dict[Formula | Atom, int] = field(default_factory=dict)
    """The numbers of predicates."""
    _new: list[Predicate] = field(default_factory=list)
    """Those that the search is yet to be told of: the last ones."""

    def suspicion(self, branch: Branch) -> Suspicion | None:
        """With no states, no behaviour satisfies the branch; None where the search cannot tell."""
        known = dict(self._known)
        try:
            described = self._branch(branch)
        except _NotAsked:
            self._known, self._new = known, []
            return None
        new, self._new = self._new, []
        for number, predicate in enumerate(new, len(self._known) - len(new)):
            answer = self._ask("truths", number, [predicate.of_edges, *predicate.numbers])
            if isinstance(answer, dict):
                self._known = {one: other for one, other in self._known.items() if other < number}
                return Suspicion(answer["failed"], (answer["fault"], answer["what"]))
        answer = self._ask("fair", 0, described)
        assert isinstance(answer, bytes)
        return Suspicion(array(NUMBER, answer).tolist())

    def _ask(self, what: str, number: int, numbers: Numbers) -> bytes | dict[str, Any]:
        return self.process.ask(what, number, len(numbers), array(NUMBER, numbers).tobytes())

    # --- branches -----------------------------------------------------------------------------------------------------

    def _branch(self, branch: Branch) -> Numbers:
        automaton = tableau(branch.rest)
        eventualities = automaton.eventualities
        described = [branch.is_anywhere, len(automaton.nodes), len(eventualities)]
        for node, following in zip(automaton.nodes, automaton.successors, strict=True):
            for of_states in (True, False):
                parts = tuple(item for item in node.literals if is_of_states(item) is of_states)
                described.append(self._number(parts[0] if len(parts) == 1 else And(parts)) if parts else NO_TRUTHS)
            fulfilled = [number for number, item in enumerate(eventualities) if item not in node.postponed]
            described += [*_list(fulfilled), *_list(following)]
        described += _list(automaton.initial)
        described += _list(list(map(self._number, branch.recurrent)))
        described += _list(list(map(self._number, branch.persistent)))
        described.append(len(branch.pairs))
        for pair in branch.pairs:
            described += [self._number(pair.request), self._number(pair.response)]
        return described

    # --- predicates ---------------------------------------------------------------------------------------------------

    def _number(self, formula: Formula | Atom) -> int:
        """The number of a predicate."""
        if isinstance(formula, Literal) and formula.is_positive:
            return self._number(formula.atom)
        if formula not in self._known:
            if isinstance(formula, Atom):
                predicate = Predicate(formula.kind is not Kind.STATE, self._atom(formula))
            else:
                predicate = Predicate(not is_of_states(formula), self._combined(formula))
            self._known[formula] = len(self._known)
            self._new.append(predicate)
        return self._known[formula]

    def _combined(self, formula: Formula) -> Numbers:
        match formula:
            case Literal():
                positive = [Form.TRUTHS, self._number(formula.atom)]
                return positive if formula.is_positive else [Form.NOT, *positive]
            case And() | Or():
                return _joined(Form.ALL if isinstance(formula, And) else Form.ANY, map(self._combined, formula.parts))
            case _:
                raise AssertionError("not an immediate formula")

    def _atom(self, atom: Atom) -> Numbers:
        on_steps = atom.kind is not Kind.STATE
        if atom.kind is Kind.CHANGE:
            return [Form.NOT, *self._part(ir.Unchanged(atom.expr.span, atom.expr), atom.values, on_steps)]
        body = self._part(atom.expr, atom.values, on_steps)
        if not on_steps:
            return body
        if is_next(self.program, atom.expr):
            body = _joined(Form.ANY, [[Form.STEP], body])
        conditions = [[Form.TRUTHS, self._number(condition)] for condition in atom.conditions]
        return _joined(Form.ALL, [*conditions, body])

    def _part(self, expr: ir.Expr, values: Values, on_steps: bool) -> Numbers:
        """What `Behaviours._truths` evaluates."""
        if isinstance(expr, ir.Junction):
            form = Form.ALL if expr.is_and else Form.ANY
            return _joined(form, [self._part(item, values, on_steps) for item in expr.items])
        body = entered(self.program, expr)
        if body is not expr:
            return self._part(body, values, on_steps)
        if on_steps and isinstance(expr, ir.Unchanged):
            variables = variables_of(self.program, expr.expr)
            if variables is not None:
                return [Form.NOT, Form.CHANGES, *_list(sorted(variables))]
        number, facts = self.questions.get(key_of(expr, values, on_steps=on_steps)), self.program.analysis.facts(expr)
        if number is None or facts.impure:
            raise _NotAsked
        return [Form.TEST, number, on_steps and facts.primed, *_list(sorted(facts.reads))]


def _list(numbers: Numbers) -> Numbers:
    return [len(numbers), *numbers]


def _joined(form: Form, parts: Iterable[Numbers]) -> Numbers:
    parts = list(parts)
    return [form, len(parts), *(number for part in parts for number in part)]
