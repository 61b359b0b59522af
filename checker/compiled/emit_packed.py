"""Values held as codes (`layouts`): reading and changing fields, sets as masks, and what a variable gets as one.

The kind of a value that is emitted as a code is its layout. Truths and numbers are taken out of their fields at once;
what is not done on codes here is done on the value that the code stands for (`Cpp.boxed`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, NamedTuple

from ...model.diagnostics import EvaluationError
from ...model.semantics import ir
from ...model.values.core import BOOLEANS, TRUE, Bool, ModelValue, Value
from ...model.values.sets import (
    FunctionSet,
    Infinite,
    Interval,
    LazySet,
    RecordSet,
    Subset,
    as_frozenset,
    is_member,
)
from ..interpreted.bindings import Atom, Context, Deferred
from .layouts import WORD_BITS, Array, Layout, Mask, Numbers, Truths, Values, is_untyped

if TYPE_CHECKING:
    from .emit_sets import Domain
    from .emitter import Cpp, Emitter

COMPONENT = re.compile(r"code_of\(((?:s\[\d+\]|[A-Za-z_]\w*))\)")
"""The code of a component of a state, as it stands."""
SLOW = (ir.Quantifier, ir.SetFilter, ir.SetMap, ir.Choose)
"""Loops for which it may pay to look a value up instead."""
MOST_LOOPS = 8
"""As deep as loops over the values of fields are nested."""


class Codes(NamedTuple):
    """Values of one layout: the text of the mask of their codes."""

    element: Layout
    mask: str


def decoded(layout: Layout, text: str, *, simple: bool = False) -> Cpp:
    """The value of a code: a truth or a number at once, and else the code itself."""
    from .emitter import Cpp

    match layout:
        case Truths():
            return Cpp(f"bool({text})", "bool", simple)
        case Numbers():
            return Cpp(f"(i64({text}) + {layout.low})" if layout.low else f"i64({text})", "int", simple)
        case _:
            return Cpp(text, layout, simple)


def component(code: str) -> str:
    """The text of a component of a state that has a code."""
    found = COMPONENT.fullmatch(code)
    return found[1] if found else f"packed({code})"


def fitted(layout: Layout, cpp: Cpp) -> str:
    """The text of the code of a value that is to have this layout."""
    if cpp.kind is layout:
        return cpp.text
    if isinstance(layout, Truths) and cpp.kind == "bool":
        return f"u64({cpp.text})"
    if isinstance(layout, Numbers) and cpp.kind == "int":
        return f"coded_number({cpp.text}, {layout.low}, {layout.count})"
    return f"coded({layout.name}, {cpp.boxed})"


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
    match node:
        case ir.VariableRef():
            return emitter.layout(node.variable.index, primed=context.primed)
        case ir.Prime():
            return layout_of(emitter, node.expr, Context(context.env, True))
        case ir.LocalRef():
            binding = context.env.get(node.local)
            if isinstance(binding, Deferred):
                return layout_of(
                    emitter, binding.expr, Context(binding.context.env, binding.context.primed or context.primed)
                )
            return kind if isinstance(binding, Atom) and isinstance(kind := binding.py.kind, Layout) else None
        case ir.FunctionApplication():
            function, key = layout_of(emitter, node.function, context), known_value(emitter, node.arg, context)
            if isinstance(function, Values) and key is not None:
                items = function.items(key)
                is_listed = items is not None and {type(item) for item in items} <= {str, ModelValue}
                return emitter.unit.layouts.of_values(items) if items is not None and is_listed else None
            return _part(function, key) if isinstance(function, Array) else None
        case ir.Except():
            return layout_of(emitter, node.function, context)
        case ir.SetFilter() if not node.bound.is_tuple:
            layout = layout_of(emitter, node.bound.set, context)
            return layout if isinstance(layout, Mask) else None
        case ir.Call() if not node.args and not isinstance(node.target, ir.Local):
            inlined = emitter.inlined(node, context)
            return None if inlined is None else layout_of(emitter, *inlined)
        case ir.Builtin() if emitter.unit.is_original(node) and node.operator.name in SET_OPERATORS:
            return _set_layout(emitter, node, context)
        case _:
            return None


def _part(layout: Array, key: Value | None) -> Layout | None:
    place = None if key is None else layout.place(key)
    return layout.common if place is None else layout.parts[place]


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
    if layout.keys is not None and argument.kind is layout.keys:
        at = argument.text
    else:
        at = _place_or_fault(layout, function, argument)
    return decoded(layout.common, _field(layout, function.text, _shift(layout, at), 0))


def field_of_value(emitter: Emitter, function: Cpp, key: Value) -> Cpp | None:
    """The value for a key of functions that are listed: from a table, by code; None where some have no such key, or the
    values are no truths, numbers, strings or model values."""
    from .emitter import Cpp

    layout = function.kind
    assert isinstance(layout, Values)
    items = layout.items(key)
    if items is None:
        return None
    kinds = {type(item) for item in items}
    if kinds <= {Bool}:
        table = emitter.unit.table("bool", [str(item is TRUE).lower() for item in items])
        return Cpp(f"{table}[{function.text}]", "bool")
    if kinds <= {int}:
        table = emitter.unit.table("i64", map(str, items))
        return Cpp(f"{table}[{function.text}]", "int")
    within = emitter.unit.layouts.of_values(items) if kinds <= {str, ModelValue} else None
    if within is None:
        return None
    table = emitter.unit.table("u8", (str(within.encode(item)) for item in items))
    return Cpp(f"u64({table}[{function.text}])", within)


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
    if layout.keys is not None and argument.kind is layout.keys:
        return _with_field(emitter, function, _shift(layout, argument.text), 0, update, step, context)
    at, result = emitter.fresh("p"), emitter.fresh("w")
    writer.write(f"i64 {at} = {_place(layout, argument)};")
    writer.write(f"u64 {result} = {function.text};")
    with writer.block(f"if (LIKELY({at} >= 0))"):
        changed = _with_field(emitter, function, _shift(layout, at), 0, update, step, context)
        writer.write(f"{result} = {changed.text};")
    with writer.block("else"):
        writer.write(f"no_place_to_change({layout.name}, {function.text}, {argument.boxed});")
    from .emitter import Cpp

    return Cpp(result, layout, True)


def _with_field(
    emitter: Emitter, function: Cpp, shift: str, place: int, update: ir.Update, step: int, context: Context
) -> Cpp:
    """The function with the value in a field replaced by that at the rest of the path."""
    from .emit_functions import update_of
    from .emitter import Cpp, atom

    layout = function.kind
    assert isinstance(layout, Array)
    part = layout.parts[place]
    inner = decoded(part, _field(layout, function.text, shift, place), simple=True)
    if step + 1 < len(update.path):
        new = fitted(part, update_of(emitter, inner, update, step + 1, context))
    else:
        new = coded(emitter, update.value, part, context.bind({update.at: atom(inner)}))
    return Cpp(f"with_field({function.text}, {shift}, {_ones(part)}, {new})", layout)


# --- sets ------------------------------------------------------------------------------------------------------------

SET_OPERATORS = {r"\cup": "|", r"\cap": "&", "\\": "& ~"}


def _set_layout(emitter: Emitter, node: ir.Builtin, context: Context) -> Mask | None:
    """The layout of a union, intersection or difference that is done on masks."""
    left, right = (layout_of(emitter, arg, context) for arg in node.args)
    known = left if isinstance(left, Mask) else right
    if not isinstance(known, Mask) or not known.compares or (node.operator.name == "\\" and left is not known):
        return None
    others = [arg for arg, layout in zip(node.args, (left, right), strict=True) if layout is not known]
    is_whole = node.operator.name == r"\cup"
    return known if all(_is_mask(emitter, arg, known, context, is_whole=is_whole) for arg in others) else None


def _is_mask(emitter: Emitter, node: ir.Argument, layout: Mask, context: Context, *, is_whole: bool) -> bool:
    """Whether the set `node` can be written as a mask: all of its elements, or those that can be elements here."""
    if layout_of(emitter, node, context) is layout:
        return True
    value = known_value(emitter, node, context)
    if value is not None:
        return compares_with(layout.element, value) and (not is_whole or layout.encode(value) is not None)
    if not isinstance(node, ir.SetEnumeration):
        return False
    return all(_is_element(emitter, element, layout, context, is_whole=is_whole) for element in node.elements)


def compares_with(layout: Layout, values: Value) -> bool:
    """Whether TLC compares each element of a set that is known with each value of a layout."""
    if not _is_enumerable(values):
        return False
    if (
        layout.compares
        and isinstance(layout, Values)
        and all(layout.encode(one) is not None for one in as_frozenset(values))
    ):
        return True
    kinds = {type(element) for element in as_frozenset(values) if not is_untyped(element)}
    if isinstance(layout, Values):
        kinds |= {type(element) for element in layout.values if not is_untyped(element)}
    elif isinstance(layout, Numbers):
        kinds.add(int)
    else:
        return False
    return len(kinds) <= 1 and kinds <= {str, int}


def _is_enumerable(value: Value) -> bool:
    return type(value) is frozenset or (isinstance(value, LazySet) and value.is_finite())


def _is_element(emitter: Emitter, node: ir.Expr, layout: Mask, context: Context, *, is_whole: bool) -> bool:
    """Whether an expression is an element that has a code for certain; where `not is_whole`, one that may have none."""
    value = known_value(emitter, node, context)
    if value is not None:
        known = frozenset({value})
        return compares_with(layout.element, known) and (not is_whole or layout.element.encode(value) is not None)
    return not is_whole or layout_of(emitter, node, context) is layout.element


def _mask(emitter: Emitter, node: ir.Argument, layout: Mask, context: Context, among: str) -> str:
    """The text of a set as a mask, without what cannot be an element; `among`: what it is compared with."""
    value = known_value(emitter, node, context)
    if value is not None:
        return f"u64({layout.element.mask(as_frozenset(value)):#x})"
    if isinstance(node, ir.SetEnumeration):
        return " | ".join(_bit(emitter, element, layout, context, among) for element in node.elements) or "u64(0)"
    return fitted(layout, emitter.value(node, context))


def _bit(emitter: Emitter, node: ir.Expr, layout: Mask, context: Context, among: str) -> str:
    value = known_value(emitter, node, context)
    if value is not None:
        return f"u64({layout.element.mask([value]):#x})"
    cpp, element = emitter.value(node, context), layout.element
    if cpp.kind is element:
        return f"u64(1) << {cpp.text}"
    if isinstance(element, Numbers) and cpp.kind == "int":
        return f"bit_of_number({cpp.text}, {element.low}, {element.count})"
    return f"bit_of({layout.name}, {among}, {cpp.boxed})"


def set_operation(emitter: Emitter, node: ir.Builtin, context: Context) -> Cpp | None:
    """A union, intersection or difference of sets that are held as masks; None where it is none."""
    layout = _set_layout(emitter, node, context)
    return None if layout is None else _operation(emitter, node, layout, context)


def _operation(emitter: Emitter, node: ir.Builtin, layout: Mask, context: Context) -> Cpp:
    from .emitter import Cpp

    def side(arg: ir.Argument, among: str) -> str:
        return emitter.keep(Cpp(f"({_mask(emitter, arg, layout, context, among)})", layout)).text

    left, right = node.args
    if layout_of(emitter, left, context) is layout or known_value(emitter, left, context) is not None:
        first = side(left, "0")
        second = side(right, first)
    else:
        second = side(right, "0")
        first = side(left, second)
    return Cpp(f"({first} {SET_OPERATORS[node.operator.name]} {second})", layout)


def inclusion(emitter: Emitter, left: ir.Argument, right: ir.Argument, context: Context) -> str | None:
    """`left \\subseteq right` of masks; None where it is none."""
    layout = layout_of(emitter, left, context)
    if (
        not isinstance(layout, Mask)
        or not layout.compares
        or not _is_mask(emitter, right, layout, context, is_whole=False)
    ):
        return None
    first = fitted(layout, emitter.keep(emitter.value(left, context)))
    return f"!({first} & ~({_mask(emitter, right, layout, context, first)}))"


def filtered_mask(emitter: Emitter, node: ir.SetFilter, layout: Mask, context: Context) -> Cpp:
    """`{x \\in S : p}` where the elements of S have codes, as a mask."""
    from .emitter import Cpp, atom

    result = emitter.fresh("l")
    emitter.prepare_loop([node.predicate], context)
    codes = codes_of(emitter, node.bound.set, context)
    assert codes is not None
    emitter.writer.write(f"u64 {result} = 0;")
    with code_loop(emitter, codes, node.bound.locals[0].name) as element:
        emitter.guard(node.predicate, context.bind({node.bound.locals[0]: atom(element)}), "continue;")
        emitter.writer.write(f"{result} |= u64(1) << {fitted(layout.element, element)};")
    return Cpp(result, layout, True)


def _is_in(item: Cpp, values: Value) -> str | None:
    """Whether a value is an element of a set that is known, looked at field by field; None where that does not tell."""
    layout = item.kind
    if item.kind == "int" and isinstance(values, Interval):
        return f"({values.low} <= {item.text} && {item.text} <= {values.high})"
    if item.kind == "int" and isinstance(values, Infinite) and values.name in ("Nat", "Int"):
        return f"({item.text} >= 0)" if values.name == "Nat" else "true"
    if item.kind == "bool" and values == BOOLEANS:
        return "true"
    match layout, values:
        case Values(), _ if layout.compares and layout.count <= WORD_BITS and compares_with(layout, values):
            return f"({layout.mask(as_frozenset(values)):#x}ull >> {item.text} & 1)"
        case Mask(), Subset() if compares_with(layout.element, values.base):
            return f"!({item.text} & ~{layout.element.mask(as_frozenset(values.base)):#x}ull)"
        case Array(), RecordSet() if values.domain is layout.domain:
            sets = values.sets
        case Array(), FunctionSet() if _is_over(layout, values.domain):
            sets = (values.range,) * len(layout.parts)
        case _:
            return None
    tests = [_is_in(field_at(item, place), one) for place, one in enumerate(sets)]
    return None if None in tests else f"({' && '.join(filter(None, tests)) or 'true'})"


def is_within(layout: Layout, values: Value) -> bool:
    """Whether every value that has a code is an element of a set, as far as the forms of both tell."""
    match layout, values:
        case Values(), _:
            return all(member_of(value, values) for value in layout.values)
        case Truths(), frozenset():
            return values >= BOOLEANS
        case Numbers(), Interval():
            return values.low <= layout.low and layout.high <= values.high
        case Numbers(), Infinite():
            return values.name == "Int" or (values.name == "Nat" and layout.low >= 0)
        case Mask(), Subset():
            return is_within(layout.element, values.base)
        case Array(), FunctionSet():
            return _is_over(layout, values.domain) and all(is_within(part, values.range) for part in set(layout.parts))
        case Array(), RecordSet():
            parts = zip(layout.parts, values.sets, strict=False)
            return values.domain is layout.domain and all(is_within(part, of_field) for part, of_field in parts)
        case _:
            return False


def member_of(value: Value, values: Value) -> bool:
    try:
        return is_member(value, values)
    except EvaluationError:
        return False


def among(emitter: Emitter, item: Cpp, node: ir.Expr, context: Context) -> str | None:
    """`item \\in S` where S is known, or an enumeration of what has codes like the item; None where it is not."""
    layout = item.kind
    value = known_value(emitter, node, context)
    if value is not None and isinstance(layout, Layout) and COMPONENT.fullmatch(item.text) and is_within(layout, value):
        return "true"
    if value is not None:
        return _is_in(emitter.keep(item), value)
    if not isinstance(layout, Values) or not layout.compares:
        return None
    if not isinstance(node, ir.SetEnumeration):
        return None
    codes: list[str] = []
    for element in node.elements:
        known = known_value(emitter, element, context)
        code = None if known is None else layout.encode(known)
        if code is None and (known is not None or layout_of(emitter, element, context) is not layout):
            return None
        codes.append(fitted(layout, emitter.value(element, context)) if code is None else f"{code}u")
    item = emitter.keep(item)
    return f"({' || '.join(f'{item.text} == {code}' for code in codes) or 'false'})"


def cardinality(emitter: Emitter, node: ir.Argument, context: Context) -> Cpp | None:
    """The number of elements of a mask; None where the set is none."""
    from .emitter import Cpp

    layout = layout_of(emitter, node, context)
    if not isinstance(layout, Mask):
        return None
    return Cpp(f"count_of({fitted(layout, emitter.value(node, context))})", "int")


def membership(item: Cpp, value: Value | None, set_: Cpp) -> str:
    """`item \\in set_`, which is a mask; `value`: the item, where it is known."""
    layout = set_.kind
    assert isinstance(layout, Mask)
    code = None if value is None else layout.element.encode(value)
    if layout.compares and code is not None:
        return f"({set_.text} >> {code} & 1)"
    if item.kind is layout.element and layout.compares:
        return f"({set_.text} >> {item.text} & 1)"
    return f"is_in_mask({layout.name}, {set_.text}, {item.boxed})"


@contextmanager
def code_loop(emitter: Emitter, codes: Codes, hint: str) -> Iterator[Cpp]:
    """A loop over values that have codes, in order; yields the value."""
    name, element = emitter.fresh(hint), codes.element
    if codes.mask == str((1 << element.count) - 1):
        with emitter.writer.block(f"for (u64 {name} = 0; {name} < {element.count}; {name}++)"):
            yield decoded(element, name, simple=True)
        return
    rest = emitter.fresh("rest")
    with emitter.writer.block(f"for (u64 {rest} = {codes.mask}; {rest} != 0; {rest} &= {rest} - 1)"):
        emitter.writer.write(f"u64 {name} = __builtin_ctzll({rest});")
        yield decoded(element, name, simple=True)


def codes_of(emitter: Emitter, node: ir.Expr, context: Context) -> Codes | None:
    """What a loop over the elements of `node` runs over, where these have codes."""
    layout = layout_of(emitter, node, context)
    if isinstance(layout, Mask):
        from .emitter import Cpp

        mask = emitter.keep(Cpp(fitted(layout, emitter.value(node, context)), layout), "s")
        return Codes(layout.element, mask.text)
    value = known_value(emitter, node, context)
    held = None if value is None else emitter.unit.layouts.holding(value)
    return None if held is None else Codes(held[0], str(held[1]))


def field_domains(emitter: Emitter, node: ir.Expr, layout: Layout, context: Context) -> list[Domain] | None:
    """What the values of the fields run over, for a loop over records or functions that are put together from codes."""
    from .emit_sets import loop_domain

    if not isinstance(layout, Array) or not 0 < len(layout.parts) <= MOST_LOOPS:
        return None
    inlined = emitter.inlined(node, context) if isinstance(node, ir.Call) else None
    if inlined is not None:
        return field_domains(emitter, inlined[0], layout, inlined[1])
    if isinstance(node, ir.RecordSet) and {name for name, _ in node.fields} == layout.domain.as_set:
        of_fields = dict(node.fields)
        sets = [of_fields[name] for name in layout.domain.keys_in_order]
    elif isinstance(node, ir.Builtin) and node.operator.name == "FunctionSet" and emitter.unit.is_original(node):
        domain = known_value(emitter, node.args[0], context)
        if domain is None or not _is_over(layout, domain):
            return None
        sets = [node.args[1]] * len(layout.parts)
    else:
        return None
    known = [known_value(emitter, one, context) for one in sets]
    if not all(value is not None and _runs_over_codes(emitter, value) for value in known):
        return None
    return [loop_domain(emitter, one, context) for one in sets]  # type: ignore[arg-type]


def _runs_over_codes(emitter: Emitter, value: Value) -> bool:
    from .emit_sets import interval_bounds

    return emitter.unit.layouts.holding(value) is not None or interval_bounds(value) is not None


@contextmanager
def field_loops(emitter: Emitter, layout: Array, domains: Sequence[Domain]) -> Iterator[Cpp]:
    """Nested loops over the values of the fields, the last varying fastest; yields the record."""
    from .emitter import Cpp

    with ExitStack() as loops:
        codes = [
            f"{fitted(part, loops.enter_context(emitter.each(domain, 'e')))} << {shift}"
            for domain, part, shift in zip(domains, layout.parts, layout.shifts, strict=True)
        ]
        yield emitter.keep(Cpp(f"({' | '.join(codes)})", layout))


# --- comparing -------------------------------------------------------------------------------------------------------


def equality_of_codes(emitter: Emitter, args: tuple[ir.Argument, ir.Argument], context: Context) -> str | None:
    """`a = b` where one is held as a code and the other has one too; None where they are compared as values."""
    left, right = (layout_of(emitter, arg, context) for arg in args)
    layout = left if left is not None else right
    if layout is None or not layout.compares or isinstance(layout, (Truths, Numbers)):
        return None
    texts = []
    for arg, own in zip(args, (left, right), strict=True):
        if own is layout:
            texts.append(fitted(layout, emitter.value(arg, context)))
            continue
        value = known_value(emitter, arg, context)
        code = None if value is None else layout.encode(value)
        if code is None:
            return None
        texts.append(f"{code}u")
    return f"({texts[0]} == {texts[1]})"


# --- what is to be held as a code ------------------------------------------------------------------------------------


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
            return _is_set_operation(emitter, node, layout, context)
        case ir.SetEnumeration() if isinstance(layout, Mask) and layout.compares:
            return all(_is_element(emitter, element, layout, context, is_whole=True) for element in node.elements)
        case ir.Record():
            return isinstance(layout, Array) and {name for name, _ in node.fields} == layout.domain.as_set
        case _:
            return False


def _is_set_operation(emitter: Emitter, node: ir.Builtin, layout: Mask, context: Context) -> bool:
    """Whether a union, intersection or difference that is to have a layout is done on masks."""
    name = node.operator.name
    if not layout.compares or name not in SET_OPERATORS or not emitter.unit.is_original(node):
        return False
    left, right = node.args
    return _is_mask(emitter, left, layout, context, is_whole=True) and _is_mask(
        emitter, right, layout, context, is_whole=name == r"\cup"
    )


def _has_loops(emitter: Emitter, body: ir.Expr) -> bool:
    from .emit_recall import nodes_of

    return any(isinstance(part, SLOW) for part in nodes_of(emitter.unit, body))


def _is_over_keys(emitter: Emitter, node: ir.FunctionConstructor, layout: Layout, context: Context) -> bool:
    if not isinstance(layout, Array) or layout.common is None or node.this is not None or len(node.bounds) != 1:
        return False
    bound = node.bounds[0]
    value = known_value(emitter, bound.set, context)
    return not bound.is_tuple and len(bound.locals) == 1 and value is not None and _is_over(layout, value)


def _is_over(layout: Array, domain: Value) -> bool:
    """Whether the functions are those over a domain."""
    return _is_enumerable(domain) and as_frozenset(domain) == layout.domain.as_set


def coded(emitter: Emitter, node: ir.Expr, layout: Layout, context: Context) -> str:
    """The text of the code of an expression whose value is to have this layout."""
    value = known_value(emitter, node, context)
    if value is not None:
        code = layout.encode(value)
        return "(misfit(), u64(0))" if code is None else f"u64({code:#x})"
    match node:
        case ir.FunctionConstructor() if is_direct(emitter, node, layout, context):
            return _coded_function(emitter, node, layout, context)
        case ir.Builtin() if isinstance(layout, Mask) and is_direct(emitter, node, layout, context):
            return _operation(emitter, node, layout, context).text
        case ir.SetEnumeration() if isinstance(layout, Mask) and is_direct(emitter, node, layout, context):
            return f"({_mask(emitter, node, layout, context, '0')})"
        case ir.Record() if is_direct(emitter, node, layout, context):
            return _coded_record(emitter, node, layout, context)
        case ir.If() if is_direct(emitter, node, layout, context):
            from .emitter import Cpp

            condition = emitter.branch(node.condition, context)
            return emitter.select(
                condition,
                lambda: Cpp(coded(emitter, node.then, layout, context), layout),
                lambda: Cpp(coded(emitter, node.otherwise, layout, context), layout),
            ).text
        case _:
            return fitted(layout, emitter.value(node, context))


def _coded_function(emitter: Emitter, node: ir.FunctionConstructor, layout: Layout, context: Context) -> str:
    from .emitter import Cpp, atom

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
    from .emitter import Cpp

    assert isinstance(layout, Array)
    fields = []
    for name, item in node.fields:
        place = layout.place(name)
        assert place is not None
        part = layout.parts[place]
        code = emitter.keep(Cpp(coded(emitter, item, part, context), part)).text
        fields.append(f"{code} << {layout.shifts[place]}")
    return f"({' | '.join(fields)})"
