"""How a predicate is taken apart into what is evaluated each on its own."""

from __future__ import annotations

from collections.abc import Iterator

from ...model.semantics import ir
from .program import Program


def leaves(program: Program, expr: ir.Expr, *, on_steps: bool) -> Iterator[ir.Expr]:
    """The parts of a predicate that are evaluated, each on its own."""
    match expr:
        case ir.Junction():
            for part in expr.items:
                yield from leaves(program, part, on_steps=on_steps)
        case _:
            body = entered(program, expr)
            if body is not expr:
                yield from leaves(program, body, on_steps=on_steps)
            elif not (on_steps and isinstance(expr, ir.Unchanged) and variables_of(program, expr.expr) is not None):
                yield expr


def entered(program: Program, expr: ir.Expr) -> ir.Expr:
    """What an expression stands for: the body of the definition that it is the name of; that each element of a tuple is
    unchanged, where they are more than variables; else the expression."""
    if isinstance(expr, ir.Call) and not expr.args:
        target = program.resolve(expr.target)
        if isinstance(target, ir.Definition) and not target.is_recursive and not program.analysis.is_let_bound(target):
            return target.body
    if isinstance(expr, ir.Unchanged) and variables_of(program, expr.expr) is None:
        inner = innermost(program, expr.expr)
        if isinstance(inner, ir.Tuple):
            return ir.Junction(expr.span, True, tuple(ir.Unchanged(item.span, item) for item in inner.elements))
    return expr


def variables_of(program: Program, expr: ir.Expr) -> set[int] | None:
    """The variables of an expression that is a tuple of variables, nested or by name; None where it is more."""
    expr = innermost(program, expr)
    if isinstance(expr, ir.VariableRef):
        return {expr.variable.index}
    if not isinstance(expr, ir.Tuple):
        return None
    parts = [variables_of(program, element) for element in expr.elements]
    found = [part for part in parts if part is not None]
    return set().union(*found) if len(found) == len(parts) else None


def innermost(program: Program, expr: ir.Expr) -> ir.Expr:
    """What is left of an expression when the names that it is are followed."""
    while (body := entered(program, expr)) is not expr:
        expr = body
    return expr


def is_next(program: Program, expr: ir.Expr) -> bool:
    """Whether an action is the next-state relation itself, of which every step is known to be one."""
    following = program.problem.next
    assert following is not None
    return innermost(program, expr) is innermost(program, following)
