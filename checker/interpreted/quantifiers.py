"""The instances of a quantifier over constant sets, for formulas that are written out before anything is evaluated."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from ...model.semantics import ir
from ...model.values.core import Value
from ...model.values.order import ordered
from .failures import EVALUATION_FAILURES, checked_program, reproduced
from .program import Program, Values
from .runtime import components


def instances(program: Program, bounds: Sequence[ir.Bound], values: Values) -> Iterator[Values]:
    """The values of the bound variables of a quantifier over constant sets, in TLC's order."""
    domains: list[list[tuple[tuple[ir.Local, Value], ...]]] = []
    for bound in bounds:
        elements = _elements(program, bound.set, values)
        if bound.is_tuple:
            rows = [components(element, len(bound.locals))[1:] for element in elements]
            domains.append([tuple(zip(bound.locals, row, strict=True)) for row in rows])
        else:
            domains.extend([((local, element),) for element in elements] for local in bound.locals)
    for chosen in itertools.product(*domains):
        yield dict(itertools.chain.from_iterable(chosen))


def _elements(program: Program, expr: ir.Expr, values: Values) -> Sequence[Value]:
    try:
        return ordered(program.evaluate(expr, values))
    except EVALUATION_FAILURES as failure:
        checked = checked_program(program)
        raise reproduced(failure, program, checked, lambda: ordered(checked.evaluate(expr, values))).located(
            expr.span
        ) from failure
