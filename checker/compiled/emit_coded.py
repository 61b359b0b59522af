"""What a variable or a field gets, as a code (`layouts`): put together from codes where its form allows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...model.semantics import ir
from ..interpreted.bindings import Context
from .cpp import Cpp, atom
from .emit_bits import mask_constant
from .emit_listed import has_all, recoded
from .emit_masks import is_element, is_mask, is_set_operation, mask_text, operation
from .emit_packed import fitted, known_value, layout_of
from .emit_recall import nodes_of
from .layouts import Array, Layout, Mask

if TYPE_CHECKING:
    from .emitter import Emitter

SLOW = (ir.Quantifier, ir.SetFilter, ir.SetMap, ir.Choose)
"""Loops for which it may pay to look a value up instead."""


def is_direct(emitter: Emitter, node: ir.Expr, layout: Layout, context: Context) -> bool:
    """Whether the code of an expression is put together without the value, so that looking it up gains nothing."""
    if known_value(emitter, node, context) is not None or layout_of(emitter, node, context) is layout:
        return True
    match node:
        case ir.FunctionConstructor():
            return _is_over_keys(emitter, node, layout, context) and not _has_loops(emitter, node.body)
        case ir.If():
            return all(is_direct(emitter, arm, layout, context) for arm in (node.then, node.otherwise))
        case ir.Builtin() if isinstance(layout, Mask):
            return is_set_operation(emitter, node, layout, context)
        case ir.SetEnumeration() if isinstance(layout, Mask) and layout.compares:
            return all(is_element(emitter, element, layout, context, is_whole=True) for element in node.elements)
        case ir.Record():
            return isinstance(layout, Array) and {name for name, _ in node.fields} == layout.domain.as_set
        case _:
            return False


def _has_loops(emitter: Emitter, body: ir.Expr) -> bool:
    return any(isinstance(part, SLOW) for part in nodes_of(emitter.unit, body))


def _is_over_keys(emitter: Emitter, node: ir.FunctionConstructor, layout: Layout, context: Context) -> bool:
    if not isinstance(layout, Array) or layout.common is None or node.this is not None or len(node.bounds) != 1:
        return False
    bound = node.bounds[0]
    value = known_value(emitter, bound.set, context)
    return not bound.is_tuple and len(bound.locals) == 1 and value is not None and layout.is_over(value)


def coded(emitter: Emitter, node: ir.Expr, layout: Layout, context: Context) -> str:
    """The text of the code of an expression whose value is to have this layout."""
    value = known_value(emitter, node, context)
    if value is not None:
        code = layout.encode(value)
        text = mask_constant(layout.element, code or 0) if isinstance(layout, Mask) else f"u64({code or 0:#x})"
        return text if code is not None else f"(misfit(), {text})"
    match node:
        case ir.FunctionConstructor() if _is_over_keys(emitter, node, layout, context):
            return _coded_function(emitter, node, layout, context)
        case ir.Builtin() if isinstance(layout, Mask) and is_direct(emitter, node, layout, context):
            return operation(emitter, node, layout, context).text
        case ir.SetEnumeration() if isinstance(layout, Mask) and is_direct(emitter, node, layout, context):
            return f"({mask_text(emitter, node, layout, context, None)})"
        case ir.SetMap() if isinstance(layout, Mask) and is_mask(emitter, node, layout, context, is_whole=True):
            return mask_text(emitter, node, layout, context, None)
        case ir.Record() if is_direct(emitter, node, layout, context):
            return _coded_record(emitter, node, layout, context)
        case ir.If() if is_direct(emitter, node, layout, context):
            condition = emitter.branch(node.condition, context)
            return emitter.select(
                condition,
                lambda: Cpp(coded(emitter, node.then, layout, context), layout),
                lambda: Cpp(coded(emitter, node.otherwise, layout, context), layout),
            ).text
        case _:
            return _fitted(emitter, layout, emitter.value(node, context))


def _fitted(emitter: Emitter, layout: Layout, item: Cpp) -> str:
    """The code of a value that exists."""
    code = recoded(emitter, item, layout) if item.kind is not layout and has_all(item.kind, layout) else None
    return fitted(layout, item) if code is None else code


def _coded_function(emitter: Emitter, node: ir.FunctionConstructor, layout: Layout, context: Context) -> str:
    assert isinstance(layout, Array)
    writer, made, at = emitter.writer, emitter.fresh("w"), emitter.fresh("i")
    part = layout.parts[0]
    emitter.prepare_loop([node.body], context)
    writer.write(f"u64 {made} = 0;")
    with writer.block(f"for (u64 {at} = 0; {at} < {len(layout.parts)}; {at}++)"):
        key = Cpp(at, layout.keys, True) if layout.keys is not None else Cpp(f"(i64({at}) + {layout.low})", "int", True)
        inner = context.bind({node.bounds[0].locals[0]: atom(key)})
        code = coded(emitter, node.body, part, inner)
        writer.write(f"{made} |= {code} << {at} * {part.bits};")
    return made


def _coded_record(emitter: Emitter, node: ir.Record, layout: Layout, context: Context) -> str:
    assert isinstance(layout, Array)
    fields = []
    for name, item in node.fields:
        place = layout.place(name)
        assert place is not None
        part = layout.parts[place]
        code = emitter.keep(Cpp(coded(emitter, item, part, context), part)).text
        fields.append(f"{code} << {layout.shifts[place]}")
    return f"({' | '.join(fields)})"
