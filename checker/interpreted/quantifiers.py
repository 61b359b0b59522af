"""What is constant in temporal formulas, which are written out before anything is evaluated: the instances of a
quantifier, and conditions."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from ...model.semantics import ir
from ...model.values.core import Bool, Value
from ...model.values.order import ordered
from .failures import checked_program, reproduced
from .program import Program, Values
from .runtime import EVALUATION_FAILURES, components


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


def constant_truth(program: Program, expr: ir.Expr, values: Values) -> bool | None:
    """What an expression is in every state, with these values of bound variables; None where that is not known, or it
    has no value: an error only where it is reached."""
    facts = program.analysis.facts(expr)
    if facts.reads or facts.primed or facts.impure or not facts.free <= values.keys():
        return None
    try:
        value = program.evaluate(expr, values)
    except EVALUATION_FAILURES:
        return None
    return value.truth if type(value) is Bool else None


def _elements(program: Program, expr: ir.Expr, values: Values) -> Sequence[Value]:
    try:
        return ordered(program.evaluate(expr, values))
    except EVALUATION_FAILURES as failure:
        checked = checked_program(program)
        raise reproduced(failure, program, checked, lambda: ordered(checked.evaluate(expr, values))).located(
            expr.span
        ) from failure
