"""What an engine asks before it searches: the temporal properties of a problem, each as what violates it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...model.problem import Problem
from ...model.source import Span
from ...model.structs import Struct
from . import formula as f
from .branches import Branch, branches
from .formula import Atom
from .translation import ConstantTruth, Elements, Translation


class Obligation(Struct, eq=True):
    """A property, by the name that the configuration has for it, and the ways in which a behaviour may violate it."""

    name: str
    span: Span | None
    violations: tuple[Branch, ...]


def make_plan(problem: Problem, elements: Elements, constant_truth: ConstantTruth) -> list[Obligation]:
    """The obligations of a problem, in order. Raises UnsupportedError for a formula that is not checked.

    `elements(bounds, values)` gives the values of the bound variables of a quantifier over constant sets,
    `constant_truth(expr, values)` what a predicate is in every state, or None.
    """
    translation = Translation(problem, elements, constant_truth)
    fairness = [translation.translate(item) for item in problem.fairness]
    obligations: list[Obligation] = []
    for item in problem.temporal_properties:
        violation = f.conjunction([*fairness, f.negation(translation.translate(item.expr))])
        obligations.append(Obligation(item.name, item.span, tuple(branches(violation))))
    return obligations


def atoms(obligations: Iterable[Obligation]) -> Iterator[Atom]:
    """The predicates that decide whether an obligation is met, each once."""
    found: dict[Atom, None] = {}
    for obligation in obligations:
        for branch in obligation.violations:
            for formula in branch.formulas():
                found.update(dict.fromkeys(f.atoms(formula)))
    yield from found


def soundness_warnings(problem: Problem) -> Iterator[str]:
    """What in the configuration may make the verdict on a temporal property wrong."""
    if not problem.temporal_properties:
        return
    names = ", ".join(dict.fromkeys(item.name for item in problem.temporal_properties))
    if problem.symmetry is not None:
        yield f"{names}: under SYMMETRY the verdict on a temporal property may be wrong, and so may be a counterexample"
    if problem.view is not None:
        yield f"{names}: under VIEW the verdict on a temporal property may be wrong"
    limits = {"CONSTRAINT": problem.constraints, "ACTION_CONSTRAINT": problem.action_constraints}
    for keyword, items in limits.items():
        if items:
            limit = ", ".join(item.name for item in items)
            yield (
                f"{names}: the verdict on a temporal property may be wrong, as behaviours that leave the "
                f"{keyword} {limit} are not looked at"
            )
