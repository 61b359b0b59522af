"""A formula split into branches: acceptance conditions, and what is left for a tableau.

A behaviour satisfies the formula where it satisfies some branch. In each branch []<>p, <>[]p and <>[]p \\/ []<>q (p and
q predicates of a step) are conditions on the edges that a behaviour takes infinitely often. Where []<>p stands within
another formula there is a branch in which it holds, and one in which it does not.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...model.structs import Struct, field
from . import formula as f
from .formula import Always, And, Eventually, Formula, Or, is_immediate, is_suspendable

MAX_BRANCHES = 256
"""What would lead to more branches is left to the tableau."""


class StreettPair(Struct, eq=True):
    """Infinitely many steps with `request` need infinitely many with `response`."""

    request: Formula
    response: Formula


class Branch(Struct, eq=True, frozen=False):
    """A conjunction. `rest` must hold of the behaviour, or where `is_anywhere` of some suffix of it."""

    recurrent: list[Formula] = field(default_factory=list)
    """Each holds of infinitely many steps."""
    persistent: list[Formula] = field(default_factory=list)
    """Each holds of all but finitely many steps."""
    pairs: list[StreettPair] = field(default_factory=list)
    rest: Formula = f.TRUE
    is_anywhere: bool = True

    def formulas(self) -> Iterator[Formula]:
        """All that it speaks of."""
        yield from (*self.recurrent, *self.persistent, self.rest)
        for pair in self.pairs:
            yield from (pair.request, pair.response)


def branches(formula: Formula) -> Iterator[Branch]:
    """The branches of a formula; none where it is plainly unsatisfiable."""
    return _branches(formula, MAX_BRANCHES)


def _branches(formula: Formula, limit: int) -> Iterator[Branch]:
    alternatives = _conjunctions(formula, limit)
    for parts in alternatives:
        branch = Branch()
        rest = [part for part in parts if not _add_condition(branch, part)]
        branch.rest = f.conjunction(rest)
        condition = _suspendable_within(branch.rest)
        if condition is not None and 2 * len(alternatives) <= limit:
            conditions = [part for part in parts if part not in rest]
            for literal, value in ((condition, f.TRUE), (f.negation(condition), f.FALSE)):
                decided = f.conjunction([*conditions, literal, *(_replaced(part, condition, value) for part in rest)])
                yield from _branches(decided, limit // (2 * len(alternatives)))
        elif branch.rest != f.FALSE:
            if isinstance(branch.rest, Eventually):
                branch.rest = branch.rest.body
            else:
                branch.is_anywhere = branch.rest == f.TRUE
            yield branch


def _suspendable_within(formula: Formula) -> Formula | None:
    """Some []<>p that stands within the formula, or whose negation <>[]~p does."""
    match formula:
        case Always(Eventually(inner)) if is_immediate(inner):
            return formula
        case Eventually(Always(inner)) if is_immediate(inner):
            return f.negation(formula)
        case And() | Or():
            return next(filter(None, map(_suspendable_within, formula.parts)), None)
        case Always() | Eventually():
            return _suspendable_within(formula.body)
        case _:
            return None


def _replaced(formula: Formula, condition: Formula, value: Formula) -> Formula:
    """The formula where the condition, a []<>p, has that value."""
    match formula:
        case _ if formula == condition:
            return value
        case Eventually(Always()) if f.negation(formula) == condition:
            return f.negation(value)
        case And():
            return f.conjunction(_replaced(part, condition, value) for part in formula.parts)
        case Or():
            return f.disjunction(_replaced(part, condition, value) for part in formula.parts)
        case Always():
            return f.always(_replaced(formula.body, condition, value))
        case Eventually():
            return f.eventually(_replaced(formula.body, condition, value))
        case _:
            return formula


def _conjunctions(formula: Formula, limit: int) -> list[list[Formula]]:
    """Lists of conjuncts, whose disjunction is the formula; at most `limit` where splitting is a choice."""
    if formula == f.FALSE:
        return []
    if isinstance(formula, And):
        result: list[list[Formula]] = [[]]
        for part in formula.parts:
            options = _conjunctions(part, limit // len(result))
            if not options:
                return []
            result = [[*left, *right] for left in result for right in options]
        return result
    if isinstance(formula, Or) and not is_immediate(formula) and _pair(formula) is None:
        options = [option for part in formula.parts for option in _conjunctions(part, limit)]
        if len(options) <= limit:
            return options
    return [[formula]]


def _add_condition(branch: Branch, part: Formula) -> bool:
    """Add a conjunct to the conditions of a branch, if it is one."""
    match part:
        case Always(Eventually(inner)) if is_immediate(inner):
            branch.recurrent.append(inner)
        case Eventually(Always(inner)) if is_immediate(inner):
            branch.persistent.append(inner)
        case _:
            pair = _pair(part)
            if pair is None:
                return False
            if pair.request == f.TRUE:
                branch.recurrent.append(pair.response)
            else:
                branch.pairs.append(pair)
    return True


def _pair(formula: Formula) -> StreettPair | None:
    """The pair of `<>[]p \\/ []<>q`, and of `<>[]p`s and `[]<>q`s with one p at most."""
    if not isinstance(formula, Or) or not is_suspendable(formula):
        return None
    persistent: list[Formula] = []
    recurrent: list[Formula] = []
    for part in formula.parts:
        match part:
            case Eventually(Always(inner)) if is_immediate(inner):
                persistent.append(inner)
            case Always(Eventually(inner)) if is_immediate(inner):
                recurrent.append(inner)
            case _:
                return None
    if len(persistent) > 1:
        return None
    request = f.negation(persistent[0]) if persistent else f.TRUE
    return StreettPair(request, f.disjunction(recurrent))
