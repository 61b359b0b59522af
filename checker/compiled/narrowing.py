"""Loops over `SUBSET S` whose bodies begin with `r \\subseteq X`, `Y \\subseteq r`, `x \\in r` or `r # {}`.

Where X, Y, x do not depend on r, such conjuncts say where the subsets lie that the rest of the body is about. The loop
then runs over these alone (`runtime/subsets.hpp`), and its body is the rest. Conjuncts are taken from the front only:
each operand is evaluated if some subset satisfies the conjuncts before it, as it was when each subset was tested.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeGuard

from ...model.semantics import ir
from ..interpreted.bindings import Atom, Context, Deferred, InlineOperator
from .emit_recall import is_known
from .emitter import Emitter
from .sifting import conjuncts, is_true, sifted

MAX_CONDITIONS = 8
"""As many as `Subsets` of the runtime holds."""


@dataclass(frozen=True, slots=True)
class Condition:
    """What each subset must satisfy.

    `method`: that of `Subsets` in the runtime which narrows by it, given the operand if there is one.
    """

    conjunct: ir.Expr
    method: str
    operand: ir.Expr | None


class NarrowedSubsets(ir.Builtin):
    """A `SUBSET S` of which only the elements that satisfy some conditions are asked for.

    `action` is the action of Next that the conditions are conjuncts of, if they are.
    """

    conditions: tuple[Condition, ...] = ()
    action: str | None = None


def narrowed(
    emitter: Emitter, bound: ir.Bound, body: ir.Expr, context: Context, action: str | None = None
) -> tuple[ir.Bound, ir.Expr]:
    """The bound of a loop and what is left of its body, which is to be TRUE."""
    subsets = bound.set
    if not _are_subsets(subsets, bound, emitter):
        return sifted(emitter, bound, body, context, action)
    items = list(conjuncts(body))
    conditions = _leading(emitter, bound.locals[0], items, context)
    if not conditions:
        return bound, body
    narrower = NarrowedSubsets(subsets.span, subsets.operator, subsets.args, tuple(conditions), action)
    rest = ir.Junction(body.span, True, tuple(items[len(conditions) :]))
    return ir.Bound(bound.span, bound.locals, narrower), rest


def narrowed_implication(
    emitter: Emitter, bound: ir.Bound, body: ir.Expr, context: Context
) -> tuple[ir.Bound, ir.Expr]:
    """The same for the body of an `\\A`: where it is an implication, for its left side."""
    if emitter.unit.coverage is not None:  # which looks whether the left side is ever TRUE
        return bound, body
    if not isinstance(body, ir.Builtin) or body.operator.name != "=>" or not emitter.unit.is_original(body):
        return bound, body
    antecedent, consequent = map(_value_like, body.args)
    assert antecedent is not None and consequent is not None
    narrower, rest = narrowed(emitter, bound, antecedent, context)
    if narrower is bound:
        return bound, body
    if is_true(rest):
        return narrower, consequent
    return narrower, ir.Builtin(body.span, body.operator, (rest, consequent))


def _value_like(argument: ir.Argument) -> ir.Expr | None:
    """An argument that is no operator."""
    return None if isinstance(argument, (ir.Lambda, ir.OperatorRef)) else argument


def _are_subsets(node: ir.Expr, bound: ir.Bound, emitter: Emitter) -> TypeGuard[ir.Builtin]:
    """Whether `node`, the set of the bound, is `SUBSET S`, and one local ranges over it."""
    if bound.is_tuple or len(bound.locals) != 1 or emitter.unit.counts_all:
        return False
    return isinstance(node, ir.Builtin) and node.operator.name == "SUBSET" and emitter.unit.is_original(node)


def _leading(emitter: Emitter, subset: ir.Local, items: list[ir.Expr], context: Context) -> list[Condition]:
    """The conditions that the conjuncts begin with."""
    found: list[Condition] = []
    for item in items[:MAX_CONDITIONS]:
        condition = _condition(emitter, subset, item)
        if condition is None:
            break
        operand = condition.operand
        if operand is not None and not _is_fixed(emitter, subset, operand, context):
            break
        found.append(condition)
    return found


def _condition(emitter: Emitter, subset: ir.Local, item: ir.Expr) -> Condition | None:
    if not isinstance(item, ir.Builtin) or len(item.args) != 2 or not emitter.unit.is_original(item):
        return None
    left, right = map(_value_like, item.args)
    if left is None or right is None:
        return None
    is_left, is_right = (isinstance(side, ir.LocalRef) and side.local is subset for side in (left, right))
    match item.operator.name:
        case r"\subseteq" if is_left:
            return Condition(item, "within", right)
        case r"\subseteq" if is_right:
            return Condition(item, "containing", left)
        case r"\in" if is_right:
            return Condition(item, "having", left)
        case "#" if (is_left and _is_empty_set(right)) or (is_right and _is_empty_set(left)):
            return Condition(item, "nonempty", None)
        case _:
            return None


def _is_empty_set(node: ir.Expr) -> bool:
    return isinstance(node, ir.SetEnumeration) and not node.elements


def _is_fixed(emitter: Emitter, subset: ir.Local, operand: ir.Expr, context: Context) -> bool:
    """Whether an operand has one value for all subsets, and is no variable to which a conjunct may give a value."""
    if subset in emitter.analysis.facts(operand).free:
        return False
    stack: list[tuple[ir.Expr, Context, tuple[ir.Local, ...]]] = [(operand, context, ())]
    while stack:
        expr, within, params = stack.pop()
        facts = emitter.analysis.facts(expr)
        if facts.primed or facts.impure or within.primed or (emitter.is_init and facts.state):
            return False
        if not is_known(emitter.unit, expr):
            return False
        for name in facts.free.difference(params):
            binding = within.env.get(name)
            if isinstance(binding, Deferred):
                stack.append((binding.expr, binding.context, ()))
            elif isinstance(binding, InlineOperator):
                stack.append((binding.body, binding.context, binding.params))
            elif not isinstance(binding, Atom):
                return False
    return True
