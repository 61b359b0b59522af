"""Loops over sets held as masks, whose bodies begin with conjuncts that speak of the element alone.

It is known beforehand for which elements such a conjunct is FALSE: `m.type = "1b"` for good, `m.acc = a` by the code of
a. The mask is narrowed by them before the loop, and what is left of the body is the rest. An element for which
evaluating a conjunct fails stays in, and so does the conjunct.
"""

from __future__ import annotations

import operator
from collections.abc import Iterator, Sequence
from typing import Literal

from ...model.diagnostics import EvaluationError
from ...model.semantics import ir
from ...model.structs import Struct
from ...model.values import core
from ...model.values.core import FALSE, TRUE, Value
from ..interpreted.bindings import Atom, Context, Deferred
from .emit_bits import mask_constant, mask_type
from .emit_packed import Codes, deferred_of, fitted, known_value, layout_of
from .emit_recall import nodes_of
from .emitter import Emitter
from .layouts import Array, Layout, Mask, Numbers, Values

RELATIONS = {
    "=": (operator.eq, "="),
    "#": (operator.ne, "#"),
    "<": (operator.lt, ">"),
    ">": (operator.gt, "<"),
    r"\leq": (operator.le, r"\geq"),
    r"\geq": (operator.ge, r"\leq"),
    r"\in": (lambda value, values: value in values, r"\ni"),
    r"\ni": (operator.contains, r"\in"),
}
"""What is looked up by what elements are compared with: the relation, and its name with the sides exchanged."""
MOST_NUMBERS = 64
"""Numbers from the least to the greatest that an element is compared with in a table."""


class Sieve(Struct):
    """What a conjunct leaves: the mask of the elements for which it is not FALSE, or one for each code of `key`.

    `low`: where the key is a number, that of the first mask, which is that of all lower ones, as the last is of higher.
    """

    conjunct: ir.Expr
    masks: tuple[int, ...]
    key: ir.Expr | None
    low: int


class SiftedSet(ir.SetFilter):
    """A set of which only the elements that sieves leave are asked for.

    `action` is the action of Next that the conjuncts are part of, if they are.
    """

    sieves: tuple[Sieve, ...]
    action: str | None


def conjuncts(body: ir.Expr) -> Iterator[ir.Expr]:
    if isinstance(body, ir.Junction) and body.is_and:
        for item in body.items:
            yield from conjuncts(item)
    else:
        yield body


def is_true(body: ir.Expr) -> bool:
    """Whether nothing is left of a body."""
    return isinstance(body, ir.Junction) and body.is_and and not body.items


def sifted(
    emitter: Emitter, bound: ir.Bound, body: ir.Expr, context: Context, action: str | None = None
) -> tuple[ir.Bound, ir.Expr]:
    """The bound of a loop over a mask and what is left of its body, which is to be TRUE."""
    element = _element(emitter, bound, context)
    if element is None:
        return bound, body
    items = list(conjuncts(body))
    alive, sieves, rest = (1 << element.count) - 1, [], list(items)
    for item in items:
        found = _sieve(emitter, element, bound.locals[0], item, alive, context)
        if found is None:
            break
        sieve, is_decided = found
        if sieve.key is None:
            alive &= sieve.masks[0]
        sieves.append(sieve)
        if not is_decided:
            break
        rest.pop(0)
    if not sieves:
        return bound, body
    narrower = SiftedSet(bound.set.span, bound, ir.Junction(body.span, True, tuple(items)), tuple(sieves), action)
    return ir.Bound(bound.span, bound.locals, narrower), ir.Junction(body.span, True, tuple(rest))


def _element(emitter: Emitter, bound: ir.Bound, context: Context) -> Values | None:
    """The layout of the elements of a loop over a mask, where they are listed."""
    if bound.is_tuple or len(bound.locals) != 1 or emitter.unit.counts_all or not emitter.unit.folds:
        return None
    layout = layout_of(emitter, bound.set, context)
    return layout.element if isinstance(layout, Mask) and isinstance(layout.element, Values) else None


def _sieve(
    emitter: Emitter, element: Values, local: ir.Local, item: ir.Expr, alive: int, context: Context
) -> tuple[Sieve, bool] | None:
    """What a conjunct leaves of the elements that are left of a mask, and whether it is TRUE for these; None where that
    depends on something else."""
    values = _evaluated(emitter, element, local, item, context)
    if values is not None:
        left = [code for code in range(element.count) if values[code] is not FALSE]
        mask = sum(1 << code for code in left)
        return Sieve(item, (mask,), None, 0), all(values[code] is TRUE for code in left if alive >> code & 1)
    for relation, side, other in _sides(emitter, item):
        kind = _key_kind(emitter, other, context)
        values = None if kind is None else _evaluated(emitter, element, local, side, context)
        if kind is not None and values is not None:
            known = {code: value for code, value in enumerate(values) if alive >> code & 1}
            return _by_key(item, relation, known, other, kind)
    return None


def _evaluated(
    emitter: Emitter, element: Values, local: ir.Local, node: ir.Expr, context: Context
) -> Sequence[Value | None] | None:
    """The values of an expression by element, None for those without; None where it reads anything else."""
    facts = emitter.analysis.facts(node)
    if local not in facts.free or facts.reads or facts.primed or facts.impure or _is_counted(emitter, node):
        return None
    others: dict[ir.Local, Value] = {}
    for name in facts.free - {local}:
        binding = context.env.get(name)
        value = known_value(emitter, binding.expr, binding.context) if isinstance(binding, Deferred) else None
        if value is None or not isinstance(name, ir.Local):
            return None
        others[name] = value
    return emitter.unit.by_element(element, local, node, others)


def _is_counted(emitter: Emitter, node: ir.Expr) -> bool:
    """Whether what holds within an expression is counted for each element that a state has: the left sides of `=>`."""
    if emitter.unit.coverage is None:
        return False
    parts = nodes_of(emitter.unit, node)
    return any(isinstance(part, ir.Builtin) and part.operator.name == "=>" for part in parts)


def _sides(emitter: Emitter, item: ir.Expr) -> Iterator[tuple[str, ir.Expr, ir.Expr]]:
    """The operator of a comparison and its sides, both ways round."""
    if not isinstance(item, ir.Builtin) or item.operator.name not in RELATIONS or not emitter.unit.is_original(item):
        return
    name, (left, right) = item.operator.name, item.args
    if not isinstance(left, (ir.Lambda, ir.OperatorRef)) and not isinstance(right, (ir.Lambda, ir.OperatorRef)):
        yield from ((name, left, right), (RELATIONS[name][1], right, left))


def _key_kind(emitter: Emitter, node: ir.Expr, context: Context) -> Layout | Literal["int"] | None:
    """The layout of what elements are compared with, or that it is a number; None where it has no code, or may be
    evaluated only where there are elements."""
    if not _is_safe(emitter, node, context):
        return None
    layout = layout_of(emitter, node, context)
    if isinstance(layout, Values):
        return layout
    deferred = deferred_of(node, context)
    if deferred is not None:
        return _key_kind(emitter, deferred.expr, deferred.context)
    atom = context.env.get(node.local) if isinstance(node, ir.LocalRef) else None
    is_number = isinstance(layout, Numbers) or (isinstance(atom, Atom) and emitter.known(atom.py).kind == "int")
    return "int" if is_number else None


def _is_safe(emitter: Emitter, node: ir.Expr, context: Context) -> bool:
    """Whether evaluating an expression costs little and cannot fail: a name, or a field of what is held as a code."""
    deferred = deferred_of(node, context)
    if deferred is not None:
        return _is_safe(emitter, deferred.expr, deferred.context)
    match node:
        case ir.LocalRef():
            binding = context.env.get(node.local)
            return isinstance(binding, Atom) and emitter.known(binding.py).simple
        case ir.VariableRef():
            return emitter.reader == "code_of" and layout_of(emitter, node, context) is not None
        case ir.FunctionApplication() if isinstance(layout := layout_of(emitter, node.function, context), Array):
            key = known_value(emitter, node.arg, context)
            own = layout_of(emitter, node.arg, context)
            keys = [key] if key is not None else own.values if isinstance(own, Values) and layout.common else ()
            is_placed = bool(keys) and all(layout.place(one) is not None for one in keys)
            is_plain = key is not None or _is_safe(emitter, node.arg, context)
            return is_placed and is_plain and _is_safe(emitter, node.function, context)
        case _:
            return False


def _by_key(
    item: ir.Expr, relation: str, known: dict[int, Value | None], node: ir.Expr, kind: Layout | str
) -> tuple[Sieve, bool] | None:
    """What `known[element] ~ key` leaves, for each key, and whether it has a value for all elements; None where some do
    not compare."""
    present = {value for value in known.values() if value is not None}
    holds = RELATIONS[relation][0]
    if isinstance(kind, Values):
        low, keys = 0, list(kind.values)
        others = keys if relation in ("=", "#") else _elements(keys) if relation == r"\in" else None
        if others is None:
            return None
    elif relation in (r"\in", r"\ni"):
        return None
    else:
        numbers = [value for value in present if type(value) is int]
        if not numbers or len(numbers) < len(present) or max(numbers) - min(numbers) >= MOST_NUMBERS:
            return None
        low, keys = min(numbers) - 1, list(range(min(numbers) - 1, max(numbers) + 2))
        others = keys
    if not all(_compare(value, others) for value in present):
        return None
    masks = [sum(1 << code for code, value in known.items() if value is None or holds(value, one)) for one in keys]
    return Sieve(item, tuple(masks), node, low), None not in known.values()


def _elements(values: Sequence[Value]) -> list[Value] | None:
    """The elements of values that are sets; None where some are none."""
    if not all(type(value) is frozenset for value in values):
        return None
    return list(frozenset[Value]().union(*values))


def _compare(value: Value, keys: Sequence[Value]) -> bool:
    try:
        return all(value == one or not core.differ(value, one) for one in keys)
    except EvaluationError:
        return False


# --- emitted ---------------------------------------------------------------------------------------------------------


def sifted_codes(emitter: Emitter, node: SiftedSet, codes: Codes, context: Context) -> Codes:
    """What is left of the codes of a set."""
    element, mask = codes.element, codes.mask
    for sieve in node.sieves:
        among = _among(emitter, element, sieve, context)
        left = emitter.fresh("s")
        emitter.writer.write(f"{mask_type(element)} {left} = {mask} & {among};")
        coverage = emitter.unit.coverage
        point = None if coverage is None else coverage.conjunct(sieve.conjunct, node.action)
        if point is not None:
            for text, holds in ((f"{mask} == {left}", False), (f"is_empty({left})", True)):
                with emitter.writer.block(f"if (!({text}))"):
                    emitter.record(point, holds=holds)
        mask = left
    return Codes(element, mask)


def _among(emitter: Emitter, element: Layout, sieve: Sieve, context: Context) -> str:
    """The text of the mask of the elements that a sieve leaves."""
    masks = [mask_constant(element, mask) for mask in sieve.masks]
    if sieve.key is None:
        return masks[0]
    layout, key = layout_of(emitter, sieve.key, context), emitter.value(sieve.key, context)
    if isinstance(layout, Values):
        return f"{emitter.unit.table(mask_type(element), masks)}[{fitted(layout, key)}]"
    assert key.kind == "int"
    return f"{emitter.unit.table(mask_type(element), masks)}[place_between({key.text}, {sieve.low}, {len(masks)})]"
