"""What an engine asks after a complete search: is there a behaviour that violates a temporal property?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from ...model.diagnostics import SpecError
from ...model.structs import Struct
from .branches import Branch
from .graph import BehaviourGraph, Valuation
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
    obligations: Sequence[Obligation], find: Callable[[Branch], Lasso | None]
) -> Iterator[LivenessViolation]:
    """The properties that are violated, in order, each name once. Raises SpecError where an expression has no value.

    `find` gives a behaviour that satisfies a branch, where there is one.
    """
    found: set[str] = set()
    for obligation in obligations:
        if obligation.name in found:
            continue
        try:
            lasso = next(filter(None, map(find, obligation.violations)), None)
        except SpecError as error:
            raise error.located(obligation.span) from None
        if lasso is not None:
            found.add(obligation.name)
            yield LivenessViolation(obligation, lasso)


def fair_lasso(branch: Branch, graph: BehaviourGraph, valuation: Valuation) -> Lasso | None:
    """A behaviour of the graph that satisfies a branch, if there is one."""
    return find_lasso(product(branch, graph, valuation), graph, is_anywhere=branch.is_anywhere)
