"""Values held as codes (`layouts`): which they are, reading and changing their fields, comparing them.

The kind of a value that is emitted as a code is its layout. Truths and numbers are taken out of their fields at once;
what is not done on codes here is done on the value that the code stands for (`Cpp.boxed`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from ...model.semantics import ir
from ...model.values.core import Value
from ..interpreted.bindings import Atom, Context, Deferred
from .cpp import Cpp, atom
from .emit_bits import mask_constant, mask_type, words_of
from .emit_listed import NO_CODE, has_all, items_for, layout_of_items, looked_up, place_of_listed, recoded
from .layouts import Array, Layout, Mask, Numbers, Truths, Values

if TYPE_CHECKING:
    from .emitter import Emitter

COMPONENT = re.compile(r"(?:code_of\(|bits_at<\d>\(&)((?:s\[\d+\]|[A-Za-z_]\w*))\)")
"""The code of a component of a state, as it stands."""
SET_OPERATORS = {r"\cup": "|", r"\cap": "&", "\\": "& ~"}
"""What is done on masks: the operator, in C++."""


class Codes(NamedTuple):
    """Values of one layout: the text of the mask of their codes."""

    element: Layout
    mask: str


def decoded(layout: Layout, text: str, *, simple: bool = False) -> Cpp:
    """The value of a code: a truth or a number at once, and else the code itself."""
    match layout:
        case Truths():
            return Cpp(f"bool({text})", "bool", simple)
        case Numbers():
            return Cpp(f"(i64({text}) + {layout.low})" if layout.low else f"i64({text})", "int", simple)
        case _:
            return Cpp(text, layout, simple)


def component(layout: Layout, code: str) -> str:
    """The text of a component of a state that has a code; of one of some words, its first word, or the code."""
    found = COMPONENT.fullmatch(code)
    if found:
        return found[1]
    return code if words_of(layout) > 1 else f"packed({code})"


def fitted(layout: Layout, cpp: Cpp) -> str:
    """The text of the code of a value that is to have this layout."""
    if cpp.kind is layout:
        return cpp.text
    if isinstance(layout, Truths) and cpp.kind == "bool":
        return f"u64({cpp.text})"
    if isinstance(layout, Numbers) and cpp.kind == "int":
        return f"coded_number({cpp.text}, {layout.low}, {layout.count})"
    words = words_of(layout)
    return f"coded({layout.name}, {cpp.boxed})" if words == 1 else f"coded_bits<{words}>({layout.name}, {cpp.boxed})"


def constant_code(layout: Layout, code: int) -> str:
    """The text of a code that is known."""
    return mask_constant(layout.element, code) if isinstance(layout, Mask) else f"{code}u"


def deferred_of(node: ir.Argument, context: Context) -> Deferred | None:
    """What a name stands for where it is not evaluated yet, as seen from where the name stands."""
    if isinstance(node, ir.LocalRef):
        binding = context.env.get(node.local)
    elif isinstance(node, ir.Call) and not node.args:
        binding = context.env.get(node.target)
    else:
        return None
    if not isinstance(binding, Deferred):
        return None
    outer = binding.context
    return Deferred(binding.expr, Context(outer.env, outer.primed or context.primed))


def known_value(emitter: Emitter, node: ir.Argument, context: Context) -> Value | None:
    """The value of an expression that is closed."""
    if isinstance(node, (ir.Lambda, ir.OperatorRef)):
        return None
    if isinstance(node, ir.LocalRef):
        binding = context.env.get(node.local)
        return known_value(emitter, binding.expr, binding.context) if isinstance(binding, Deferred) else None
    return emitter.program.constant_value(node) if emitter.unit.folds else None


def layout_of(emitter: Emitter, node: ir.Argument, context: Context) -> Layout | None:
    """The layout that an expression will be emitted with, as far as its form tells."""
    deferred = deferred_of(node, context)
    if deferred is not None:
        return layout_of(emitter, deferred.expr, deferred.context)
    match node:
        case ir.VariableRef():
            return emitter.layout(node.variable.index, primed=context.primed)
        case ir.Prime():
            return layout_of(emitter, node.expr, Context(context.env, True))
        case ir.LocalRef():
            binding = context.env.get(node.local)
            return kind if isinstance(binding, Atom) and isinstance(kind := binding.py.kind, Layout) else None
        case ir.FunctionApplication():
            function, key = layout_of(emitter, node.function, context), known_value(emitter, node.arg, context)
            if isinstance(function, Values) and key is not None:
                return layout_of_items(emitter, function.items(key) or ())
            if isinstance(function, Array):
                return _part(function, key)
            known = known_value(emitter, node.function, context)
            if known is None:
                return None
            return layout_of_items(emitter, items_for(known, layout_of(emitter, node.arg, context)) or ())
        case ir.Except():
            return layout_of(emitter, node.function, context)
        case ir.SetFilter() if not node.bound.is_tuple and not emitter.is_by_rule(node.bound.set, context):
            layout = layout_of(emitter, node.bound.set, context)
            return layout if isinstance(layout, Mask) else None
        case ir.Choose() if not node.bound.is_tuple:
            layout = layout_of(emitter, node.bound.set, context)
            return layout.element if isinstance(layout, Mask) and isinstance(layout.element, Values) else None
        case ir.Call() if not isinstance(node.target, ir.Local):
            layout = _layout_of_call(emitter, node, context)
            if layout is not None:
                return layout
            inlined = emitter.inlined(node, context)
            return None if inlined is None else layout_of(emitter, *inlined)
        case ir.Builtin() if emitter.unit.is_original(node) and node.operator.name in SET_OPERATORS:
            from .emit_masks import set_layout

            return set_layout(emitter, node, context)
        case _:
            return None


def _layout_of_call(emitter: Emitter, node: ir.Call, context: Context) -> Layout | None:
    """The layout of a definition that is a function of the state alone."""
    if node.args or node.target in context.env:
        return None
    target = emitter.program.resolve(node.target)
    return emitter.unit.layout_of_definition(target) if isinstance(target, ir.Definition) else None


def _part(layout: Array, key: Value | None) -> Layout | None:
    place = None if key is None else layout.place(key)
    return layout.common if place is None else layout.parts[place]


def set_of_listed(emitter: Emitter, layout: Layout | None) -> Mask | None:
    """The layout of the values of a layout as masks, where all of them are sets of what can be listed."""
    if not isinstance(layout, Values) or not all(type(value) is frozenset for value in layout.values):
        return None
    union = frozenset[Value]().union(*layout.values)
    element = emitter.unit.layouts.listing(union)
    return None if element is None or not element.compares else emitter.unit.layouts.mask_of(element)


def mask_of_listed(emitter: Emitter, listed: Cpp, layout: Mask) -> Cpp:
    """One of some sets that are listed, as a mask."""
    assert isinstance(listed.kind, Values)
    masks = (mask_constant(layout.element, layout.element.mask(value)) for value in listed.kind.values)
    return Cpp(f"{emitter.unit.table(mask_type(layout.element), masks)}[{listed.text}]", layout)


# --- functions -------------------------------------------------------------------------------------------------------


def application(emitter: Emitter, function: Cpp, node: ir.FunctionApplication, context: Context) -> Cpp | None:
    """A field of a function that is held as a code; None where its values have no layout in common."""
    layout = function.kind
    assert isinstance(layout, Array)
    key = known_value(emitter, node.arg, context)
    place = None if key is None else layout.place(key)
    if place is not None:
        return field_at(function, place)._replace(simple=False)
    if layout.common is None:
        return None
    function = emitter.keep(function)
    argument = emitter.value(node.arg, context)
    at = place_of_listed(emitter, layout, argument) or _place_or_fault(layout, function, argument)
    return decoded(layout.common, _field(layout, function.text, _shift(layout, at), 0))


def field_of_value(emitter: Emitter, function: Cpp, key: Value) -> Cpp | None:
    """The value for a key of functions that are listed: from a table, by code; None where there is none."""
    layout = function.kind
    assert isinstance(layout, Values)
    items = layout.items(key)
    if items is None:
        return None
    function = emitter.keep(function)
    return looked_up(emitter, items, function.text, f"apply({function.boxed}, {emitter.unit.embed(key).boxed})")


def _place_or_fault(layout: Array, function: Cpp, argument: Cpp) -> str:
    if layout.low is not None and argument.kind == "int":
        size = len(layout.parts)
        return f"place_in_range_or_fault({layout.name}, {function.text}, {argument.text}, {layout.low}, {size})"
    return f"place_or_fault({layout.name}, {function.text}, {argument.boxed})"


def _place(layout: Array, argument: Cpp) -> str:
    """The place of a key, or -1."""
    if layout.low is not None and argument.kind == "int":
        return f"place_in_range({argument.text}, {layout.low}, {len(layout.parts)})"
    return f"place_of_key({layout.name}, {argument.boxed})"


def field_at(function: Cpp, place: int) -> Cpp:
    """The value at a place of a function that is held as a code."""
    layout = function.kind
    assert isinstance(layout, Array)
    return decoded(layout.parts[place], _field(layout, function.text, str(layout.shifts[place]), place), simple=True)


def _shift(layout: Array, place: str) -> str:
    return f"{place} * {layout.parts[0].bits}"


def _ones(layout: Layout) -> str:
    return f"{(1 << layout.bits) - 1:#x}ull"


def _field(layout: Array, code: str, shift: str, place: int) -> str:
    return f"({code} >> ({shift}) & {_ones(layout.parts[place])})"


def updated(emitter: Emitter, function: Cpp, update: ir.Update, step: int, context: Context) -> Cpp | None:
    """EXCEPT of a function that is held as a code; None where its values have no layout in common."""
    layout = function.kind
    assert isinstance(layout, Array)
    writer = emitter.writer
    key = known_value(emitter, update.path[step], context)
    place = None if key is None else layout.place(key)
    if place is None and layout.common is None:
        return None
    function = emitter.keep(function)
    if place is not None:
        return _with_field(emitter, function, str(layout.shifts[place]), place, update, step, context)
    argument = emitter.keep(emitter.value(update.path[step], context))
    certain = place_of_listed(emitter, layout, argument)
    if certain is not None:
        return _with_field(emitter, function, _shift(layout, certain), 0, update, step, context)
    at, result = emitter.fresh("p"), emitter.fresh("w")
    writer.write(f"i64 {at} = {_place(layout, argument)};")
    writer.write(f"u64 {result} = {function.text};")
    with writer.block(f"if (LIKELY({at} >= 0))"):
        changed = _with_field(emitter, function, _shift(layout, at), 0, update, step, context)
        writer.write(f"{result} = {changed.text};")
    with writer.block("else"):
        writer.write(f"no_place_to_change({layout.name}, {function.text}, {argument.boxed});")

    return Cpp(result, layout, True)


def _with_field(
    emitter: Emitter, function: Cpp, shift: str, place: int, update: ir.Update, step: int, context: Context
) -> Cpp:
    """The function with the value in a field replaced by that at the rest of the path."""
    from .emit_coded import coded
    from .emit_functions import update_of

    layout = function.kind
    assert isinstance(layout, Array)
    part = layout.parts[place]
    inner = decoded(part, _field(layout, function.text, shift, place), simple=True)
    if step + 1 < len(update.path):
        new = fitted(part, update_of(emitter, inner, update, step + 1, context))
    else:
        new = coded(emitter, update.value, part, context.bind({update.at: atom(inner)}))
    return Cpp(f"with_field({function.text}, {shift}, {_ones(part)}, {new})", layout)


# --- comparing -------------------------------------------------------------------------------------------------------


def equality_of_codes(emitter: Emitter, args: tuple[ir.Argument, ir.Argument], context: Context) -> str | None:
    """`a = b` where one is held as a code and the other has one too; None where they are compared as values."""
    left, right = layouts = [layout_of(emitter, arg, context) for arg in args]
    layout = right if left is None or (right is not None and has_all(left, right)) else left
    if layout is None or not layout.compares or isinstance(layout, (Truths, Numbers)):
        return None
    values = [known_value(emitter, arg, context) for arg in args]
    known = [None if value is None else layout.encode(value) for value in values]
    if not all(code is not None or _is_coded(own, layout) for code, own in zip(known, layouts, strict=True)):
        return None
    texts = []
    for arg, own, code in zip(args, layouts, known, strict=True):
        if own is layout or code is None:
            cpp = emitter.value(arg, context)
            texts.append((None if cpp.kind is layout else recoded(emitter, cpp, layout)) or fitted(layout, cpp))
        else:
            texts.append(constant_code(layout, code))
    return f"({texts[0]} == {texts[1]})"


def _is_coded(own: Layout | None, layout: Layout) -> bool:
    """Whether what has the one layout can be compared, as a code, with what has the other."""
    from .emit_masks import compares_with

    if own is layout:
        return True
    return isinstance(own, Values) and layout.count <= NO_CODE and compares_with(layout, frozenset(own.values))
