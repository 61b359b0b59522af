"""Temporal formulas in negation normal form: predicates on a state or a step, conjunction, disjunction, [] and <>.

The functions `conjunction`, `disjunction`, `always` and `eventually` build formulas and simplify them. What they bring
out is the part of a formula that does not depend on where in a behaviour it is evaluated: []<>p and <>[]p for a
predicate p, and connectives of those. It is moved out of temporal operators, since it needs no tableau; and all that
stands under []<> or <>[] becomes such a part.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import Enum

from ...model.semantics import ir
from ...model.structs import Struct, field


class Kind(Enum):
    """What an atom is a predicate of."""

    STATE = "state"
    STEP = "step"
    CHANGE = "change"
    """Of a step: it changes the value of the atom's expression."""


class Atom(Struct):
    """A predicate that an engine evaluates. Atoms are the same where they are one object (see `translation`)."""

    number: int
    kind: Kind
    expr: ir.Expr
    values: Mapping[ir.Local, object] = field(default_factory=dict)
    """Values of the bound variables of quantifiers around the expression."""
    conditions: tuple[Atom, ...] = ()
    """The atom is FALSE, and its expression not evaluated, where any of these is."""


class Literal(Struct, eq=True):
    atom: Atom
    is_positive: bool = True


class And(Struct, eq=True):
    parts: tuple[Formula, ...]


class Or(Struct, eq=True):
    parts: tuple[Formula, ...]


class Always(Struct, eq=True):
    body: Formula


class Eventually(Struct, eq=True):
    body: Formula


Formula = Literal | And | Or | Always | Eventually
TRUE: Formula = And(())
FALSE: Formula = Or(())


def is_immediate(formula: Formula) -> bool:
    """Whether the formula speaks of the first step of a behaviour alone."""
    match formula:
        case Literal():
            return True
        case And() | Or():
            return all(map(is_immediate, formula.parts))
        case _:
            return False


def is_suspendable(formula: Formula) -> bool:
    """Whether the formula is of []<>p and <>[]p: it has the same value everywhere in a behaviour."""
    match formula:
        case Always(Eventually(inner)) | Eventually(Always(inner)):
            return is_immediate(inner)
        case And() | Or():
            return all(map(is_suspendable, formula.parts))
        case _:
            return False


def atoms(formula: Formula) -> Iterator[Atom]:
    """The atoms of a formula, and those that they are conditional on."""
    match formula:
        case Literal():
            yield formula.atom
            yield from formula.atom.conditions
        case And() | Or():
            for part in formula.parts:
                yield from atoms(part)
        case Always() | Eventually():
            yield from atoms(formula.body)


def negation(formula: Formula) -> Formula:
    match formula:
        case Literal():
            return Literal(formula.atom, not formula.is_positive)
        case And():
            return disjunction(map(negation, formula.parts))
        case Or():
            return conjunction(map(negation, formula.parts))
        case Always(Eventually(inner)) if is_immediate(inner):
            return Eventually(Always(negation(inner)))
        case Eventually(Always(inner)) if is_immediate(inner):
            return Always(Eventually(negation(inner)))
        case Always():
            return eventually(negation(formula.body))
        case Eventually():
            return always(negation(formula.body))


def conjunction(formulas: Iterable[Formula]) -> Formula:
    parts = _flattened(formulas, And)
    if any(part == FALSE or _complement(part) in parts for part in parts):
        return FALSE
    return _joined(parts, And)


def disjunction(formulas: Iterable[Formula]) -> Formula:
    parts = _flattened(formulas, Or)
    if any(part == TRUE or _complement(part) in parts for part in parts):
        return TRUE
    return _joined(parts, Or)


def always(formula: Formula) -> Formula:
    if isinstance(formula, Always) or is_suspendable(formula):
        return formula
    if isinstance(formula, Eventually):
        return _infinitely_often(formula.body)
    if isinstance(formula, And) and not is_immediate(formula):
        return conjunction(map(always, formula.parts))
    if isinstance(formula, Or):
        constant = [part for part in formula.parts if is_suspendable(part)]
        if constant:
            rest = disjunction(part for part in formula.parts if part not in constant)
            return disjunction([*constant, always(rest)])
        if all(isinstance(part, Eventually) for part in formula.parts):
            return disjunction(map(always, formula.parts))  # [](<>F \/ <>G) = []<>F \/ []<>G
    return Always(formula)


def eventually(formula: Formula) -> Formula:
    if isinstance(formula, Eventually) or is_suspendable(formula):
        return formula
    if isinstance(formula, Always):
        return negation(_infinitely_often(negation(formula.body)))
    if isinstance(formula, Or) and not is_immediate(formula):
        return disjunction(map(eventually, formula.parts))
    if isinstance(formula, And):
        constant = [part for part in formula.parts if is_suspendable(part)]
        if constant:
            rest = conjunction(part for part in formula.parts if part not in constant)
            return conjunction([*constant, eventually(rest)])
        if all(isinstance(part, Always) for part in formula.parts):
            return conjunction(map(eventually, formula.parts))  # <>([]F /\ []G) = <>[]F /\ <>[]G
    return Eventually(formula)


def _infinitely_often(formula: Formula) -> Formula:
    """[]<>F, of []<>p and <>[]p alone.

    Once []G holds it goes on to, and once <>G fails it goes on to: in the long run they are <>[]G and []<>G.
    """
    match formula:
        case _ if is_immediate(formula):
            return formula if formula in (TRUE, FALSE) else Always(Eventually(formula))
        case Or():
            return disjunction(map(_infinitely_often, formula.parts))
        case And():
            return _all_infinitely_often([_settled(part) for part in formula.parts])
        case _:
            return _settled(formula)


def _settled(formula: Formula) -> Formula:
    """The value that a formula has in the long run, if it has one; of an immediate formula, the formula."""
    match formula:
        case Always():
            return negation(_infinitely_often(negation(formula.body)))
        case Eventually():
            return _infinitely_often(formula.body)
        case And():
            return conjunction(map(_settled, formula.parts))
        case Or():
            return disjunction(map(_settled, formula.parts))
        case Literal():
            return formula


def _all_infinitely_often(parts: list[Formula]) -> Formula:
    """[]<>(F /\\ G /\\ …) where each part is settled: those that are mixed are distributed over."""
    whole = conjunction(parts)
    if not isinstance(whole, And) or is_immediate(whole):
        return _infinitely_often(whole)
    constant = [part for part in whole.parts if is_suspendable(part)]
    passing = [part for part in whole.parts if part not in constant]
    mixed = next((part for part in passing if isinstance(part, Or) and not is_immediate(part)), None)
    if mixed is None:
        return conjunction([*constant, _infinitely_often(conjunction(passing))])
    others = [part for part in passing if part is not mixed]
    return conjunction([*constant, disjunction(_all_infinitely_often([part, *others]) for part in mixed.parts)])


def _flattened(formulas: Iterable[Formula], kind: type[And] | type[Or]) -> list[Formula]:
    """The parts, those of nested formulas of the same kind in their place, each once."""
    parts: dict[Formula, None] = {}
    for formula in formulas:
        inner = _flattened(formula.parts, kind) if isinstance(formula, kind) else [formula]
        parts.update(dict.fromkeys(inner))
    return list(parts)


def _complement(formula: Formula) -> Formula | None:
    return Literal(formula.atom, not formula.is_positive) if isinstance(formula, Literal) else None


def _joined(parts: list[Formula], kind: type[And] | type[Or]) -> Formula:
    """One formula of the parts. Immediate ones beside others become one part: they are one predicate of a step."""
    immediate = [part for part in parts if is_immediate(part)]
    if len(immediate) > 1 and len(immediate) < len(parts):
        parts = [kind(tuple(immediate)), *(part for part in parts if part not in immediate)]
    return parts[0] if len(parts) == 1 else kind(tuple(parts))
