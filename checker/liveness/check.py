"""What an engine asks after a complete search: is there a behaviour that violates a temporal property?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...model.diagnostics import SpecError
from ...model.structs import Struct
from .graph import BehaviourGraph, Evaluator, Valuation
from .lasso import Lasso, find_lasso
from .plan import Obligation
from .product import product


class LivenessViolation(Struct, eq=True):
    """A property, and a behaviour that violates it."""

    obligation: Obligation
    lasso: Lasso

    @property
    def name(self) -> str:
        return self.obligation.name


def violations(
    obligations: Sequence[Obligation], graph: BehaviourGraph, evaluator: Evaluator
) -> Iterator[LivenessViolation]:
    """The properties that are violated, in order, each name once. Raises SpecError where an expression has no value."""
    valuation = Valuation(graph, evaluator)
    found: set[str] = set()
    for obligation in obligations:
        if obligation.name in found:
            continue
        try:
            lasso = _first_lasso(obligation, graph, valuation)
        except SpecError as error:
            raise error.located(obligation.span) from None
        if lasso is not None:
            found.add(obligation.name)
            yield LivenessViolation(obligation, lasso)


def _first_lasso(obligation: Obligation, graph: BehaviourGraph, valuation: Valuation) -> Lasso | None:
    for branch in obligation.violations:
        lasso = find_lasso(product(branch, graph, valuation), graph, is_anywhere=branch.is_anywhere)
        if lasso is not None:
            return lasso
    return None
