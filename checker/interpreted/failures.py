"""From a failure of fast code to the located error behind it, by running what failed again in checked code."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ...model.collecting import uncollected
from ...model.diagnostics import EvaluationError, SpecError
from ...model.semantics import ir
from ...model.values.core import FALSE, TRUE, Value
from ...model.values.text import brief
from .program import Program
from .runtime import EVALUATION_FAILURES

RECURSION_LIMIT = 20_000


@contextmanager
def prepared_interpreter() -> Iterator[None]:
    """States are acyclic; specs recurse deeper than Python code."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, RECURSION_LIMIT))
    try:
        with uncollected():
            yield
    finally:
        sys.setrecursionlimit(limit)


def checked_program(program: Program) -> Program:
    """The same problem in checked code."""
    return Program(program.problem, checked=True, registers=program.registers)


def reproduced(failure: Exception, program: Program, checked: Program, again: Callable[[], object]) -> SpecError:
    """The located error behind `failure`, raised by code of `program`; `again` repeats the evaluation in `checked`."""
    try:
        again()
    except SpecError as error:
        return error.located(checked.locate(error.__traceback__))
    except RecursionError as error:
        return EvaluationError(
            "the evaluation recurses too deeply",
            checked.locate_recursion(error.__traceback__),
            hint="a recursive definition may have no base case",
        )
    if isinstance(failure, EvaluationError):
        # Nondeterministic operators (RandomElement, TLCGet) need not fail twice.
        return failure.located(program.locate(failure.__traceback__))
    raise AssertionError(f"fast code failed where checked code does not: {failure!r}") from failure


def constant_value(program: Program, expr: ir.Expr) -> Value:
    """The value of a constant expression, or its located error."""
    try:
        return program.evaluate(expr)
    except EVALUATION_FAILURES as failure:
        checked = checked_program(program)
        raise reproduced(failure, program, checked, lambda: checked.evaluate(expr)) from failure


def false_assumption(program: Program) -> ir.Assumption | None:
    """The first ASSUME of the module that is FALSE."""
    for assumption in program.problem.module.assumptions:
        value = constant_value(program, assumption.expr)
        if value is FALSE:
            return assumption
        if value is not TRUE:
            raise EvaluationError(
                "an assumption is not a boolean", assumption.span, expected="TRUE or FALSE", got=brief(value)
            )
    return None
