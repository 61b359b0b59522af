"""Sets held as masks of bits, membership in known sets, and loops over values that have codes (`layouts`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from ...model.semantics import ir
from ...model.values.core import BOOLEANS, Value
from ...model.values.sets import FunctionSet, Infinite, Interval, RecordSet, Subset, as_frozenset, is_member
from ..interpreted.bindings import Context
from ..interpreted.runtime import EVALUATION_FAILURES
from .cpp import Cpp
from .emit_bits import bit, is_empty, is_in, mask_constant, mask_type, words_of_mask
from .emit_elements import code_if_any, code_text, constructed
from .emit_listed import recoded
from .emit_packed import (
    COMPONENT,
    SET_OPERATORS,
    Codes,
    decoded,
    field_at,
    fitted,
    known_value,
    layout_of,
    mask_of_listed,
    set_of_listed,
)
from .emit_recall import INNER
from .layouts import MOST_WORDS, WORD_BITS, Array, Layout, Mask, Numbers, Truths, Values, is_enumerable, is_untyped
from .notation import INTEGER_LIMIT

if TYPE_CHECKING:
    from .emit_sets import Domain
    from .emitter import Emitter

MOST_LOOPS = 8
"""As deep as loops over the values of fields are nested."""


def set_layout(emitter: Emitter, node: ir.Builtin, context: Context) -> Mask | None:
    """The layout of a union, intersection or difference that is done on masks."""
    left, right = (layout_of(emitter, arg, context) for arg in node.args)
    known = left if isinstance(left, Mask) else right
    if not isinstance(known, Mask):
        return _layout_of_rest(emitter, node, context)
    if not known.compares:
        return None
    is_union, is_difference = node.operator.name == r"\cup", node.operator.name == "\\"
    for arg, layout, is_left in zip(node.args, (left, right), (True, False), strict=True):
        is_whole = is_union or (is_difference and is_left)
        if layout is not known and not is_mask(emitter, arg, known, context, is_whole=is_whole):
            return None
    return known


def _layout_of_rest(emitter: Emitter, node: ir.Builtin, context: Context) -> Mask | None:
    """The layout of what is left of a set that is known without some elements: `S \\ {x}`."""
    value = known_value(emitter, node.args[0], context) if node.operator.name == "\\" else None
    listed = None if value is None else emitter.unit.layouts.listing(value)
    if listed is None or not listed.compares or not isinstance(node.args[1], ir.SetEnumeration):
        return None
    return emitter.unit.layouts.mask_of(listed)


def is_mask(emitter: Emitter, node: ir.Argument, layout: Mask, context: Context, *, is_whole: bool) -> bool:
    """Whether the set `node` can be written as a mask: all of its elements, or those that can be elements here."""
    if layout_of(emitter, node, context) is layout:
        return True
    value = known_value(emitter, node, context)
    if value is not None:
        return compares_with(layout.element, value) and (not is_whole or layout.encode(value) is not None)
    if isinstance(node, ir.SetMap) and is_whole:
        return constructed(emitter, node.element, layout.element, _inner(node, context)) is not None
    if not isinstance(node, ir.SetEnumeration):
        return False
    return all(is_element(emitter, element, layout, context, is_whole=is_whole) for element in node.elements)


def _inner(node: ir.SetMap, context: Context) -> Context:
    """The context of the element of a set, where what its names stand for does not matter."""
    return context.bind({local: INNER for bound in node.bounds for local in bound.locals})


def compares_with(layout: Layout, values: Value) -> bool:
    """Whether TLC compares each element of a set that is known with each value of a layout."""
    if not is_enumerable(values):
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


def members_of(layout: Layout, values: Value) -> int | None:
    """A bit for each value of a layout that is an element of a set; None where TLC does not tell of each."""
    if layout.count > MOST_WORDS * WORD_BITS:
        return None
    if compares_with(layout, values):
        return layout.mask(as_frozenset(values))
    if not isinstance(layout, Values) or not layout.compares:
        return None
    members = [member_of(value, values) for value in layout.values]
    return None if None in members else sum(1 << code for code, is_one in enumerate(members) if is_one)


def is_element(emitter: Emitter, node: ir.Expr, layout: Mask, context: Context, *, is_whole: bool) -> bool:
    """Whether an expression is an element that has a code for certain; where `not is_whole`, one that may have none."""
    value = known_value(emitter, node, context)
    if value is not None:
        known = frozenset({value})
        return compares_with(layout.element, known) and (not is_whole or layout.element.encode(value) is not None)
    if not is_whole or layout_of(emitter, node, context) is layout.element:
        return True
    return constructed(emitter, node, layout.element, context) is not None


def mask_text(emitter: Emitter, node: ir.Argument, layout: Mask, context: Context, among: str | None) -> str:
    """The text of a set as a mask; without what cannot be an element, if it is compared with what is `among` others."""
    value = known_value(emitter, node, context)
    if value is not None:
        return mask_constant(layout.element, layout.element.mask(as_frozenset(value)))
    if isinstance(node, ir.SetEnumeration):
        bits = [_bit(emitter, element, layout, context, among) for element in node.elements]
        return " | ".join(bits) or mask_constant(layout.element, 0)
    if isinstance(node, ir.SetMap) and among is None:
        return _mapped_mask(emitter, node, layout, context)
    return fitted(layout, emitter.value(node, context))


def _mapped_mask(emitter: Emitter, node: ir.SetMap, layout: Mask, context: Context) -> str:
    """`{e : x \\in S}`, as a mask."""
    result = emitter.fresh("l")
    emitter.writer.write(f"{mask_type(layout.element)} {result} = {mask_constant(layout.element, 0)};")
    with emitter.loops(node.bounds, context, [node.element]) as inner:
        emitter.writer.write(f"{result} |= {_bit(emitter, node.element, layout, inner, None)};")
    return result


def _bit(emitter: Emitter, node: ir.Expr, layout: Mask, context: Context, among: str | None) -> str:
    value = known_value(emitter, node, context)
    if value is not None:
        return mask_constant(layout.element, layout.element.mask([value]))
    element = layout.element
    if among is None and (made := constructed(emitter, node, element, context)) is not None:
        assert isinstance(element, Values)
        return bit(element, f"fitting({code_text(emitter, made, element, compares=False)})")
    if among is not None and (code := code_if_any(emitter, node, element, context)) is not None:
        return f"bit_of_word({code})" if words_of_mask(element) == 1 else bit(element, code)
    cpp = emitter.value(node, context)
    if cpp.kind is element or among is None:
        return bit(element, fitted(element, cpp))
    if isinstance(element, Numbers) and cpp.kind == "int":
        code = f"code_or_none({cpp.text}, {element.low}, {element.count})"
        return f"bit_of_word({code})" if words_of_mask(element) == 1 else bit(element, code)
    return f"bit_of({layout.name}, {among}, {cpp.boxed})"


def set_operation(emitter: Emitter, node: ir.Builtin, context: Context) -> Cpp | None:
    """A union, intersection or difference of sets that are held as masks; None where it is none."""
    layout = set_layout(emitter, node, context)
    return None if layout is None else operation(emitter, node, layout, context)


def operation(emitter: Emitter, node: ir.Builtin, layout: Mask, context: Context) -> Cpp:
    left, right = node.args
    nothing = mask_constant(layout.element, 0)
    name = node.operator.name

    def side(arg: ir.Argument, others: str) -> str:
        among = None if name == r"\cup" or (name == "\\" and arg is left) else others
        return emitter.keep(Cpp(f"({mask_text(emitter, arg, layout, context, among)})", layout)).text

    if layout_of(emitter, left, context) is layout or known_value(emitter, left, context) is not None:
        first = side(left, nothing)
        second = side(right, first)
    else:
        second = side(right, nothing)
        first = side(left, second)
    return Cpp(f"({first} {SET_OPERATORS[node.operator.name]} {second})", layout)


def inclusion(emitter: Emitter, left: ir.Argument, right: ir.Argument, context: Context) -> str | None:
    """`left \\subseteq right` of masks; None where it is none."""
    layout = layout_of(emitter, left, context)
    if not isinstance(layout, Mask) or not layout.compares:
        return None
    value = known_value(emitter, right, context)
    members = None if value is None else members_of(layout.element, value)
    if members is None and not is_mask(emitter, right, layout, context, is_whole=False):
        return None
    first = fitted(layout, emitter.keep(emitter.value(left, context)))
    if members is None:
        others = mask_text(emitter, right, layout, context, first)
    else:
        others = mask_constant(layout.element, members)
    return is_empty(layout.element, f"{first} & ~({others})")


def _is_in(item: Cpp, values: Value) -> str | None:
    """Whether a value is an element of a set that is known, looked at field by field; None where that does not tell."""
    layout = item.kind
    if item.kind == "int" and isinstance(values, Interval) and max(map(abs, (values.low, values.high))) < INTEGER_LIMIT:
        return f"({values.low} <= {item.text} && {item.text} <= {values.high})"
    if item.kind == "int" and isinstance(values, Infinite) and values.name in ("Nat", "Int"):
        return f"({item.text} >= 0)" if values.name == "Nat" else "true"
    if item.kind == "bool" and values == BOOLEANS:
        return "true"
    if item.kind == "int" and (low := _lowest(values)) is not None:
        mask = sum(1 << (value - low) for value in as_frozenset(values))
        return f"has_bit({mask:#x}ull, u64({item.text}) - u64({low}))"
    match layout, values:
        case Values(), _ if (members := members_of(layout, values)) is not None:
            return is_in(layout, mask_constant(layout, members), item.text)
        case Mask(), Subset() if (members := members_of(layout.element, values.base)) is not None:
            return is_empty(layout.element, f"{item.text} & ~{mask_constant(layout.element, members)}")
        case Array(), RecordSet() if values.domain is layout.domain:
            sets = values.sets
        case Array(), FunctionSet() if layout.is_over(values.domain):
            sets = (values.range,) * len(layout.parts)
        case _:
            return None
    tests = [_is_in(field_at(item, place), one) for place, one in enumerate(sets)]
    return None if None in tests else f"({' && '.join(filter(None, tests)) or 'true'})"


def _lowest(values: Value) -> int | None:
    """The least of integers that lie within a word."""
    if type(values) is not frozenset or {type(value) for value in values} != {int}:
        return None
    low, high = min(values), max(values)  # type: ignore[type-var]
    return low if high - low < WORD_BITS and max(-low, high) < INTEGER_LIMIT else None  # type: ignore[operator]


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
            return layout.is_over(values.domain) and all(is_within(part, values.range) for part in set(layout.parts))
        case Array(), RecordSet():
            parts = zip(layout.parts, values.sets, strict=False)
            return values.domain is layout.domain and all(is_within(part, of_field) for part, of_field in parts)
        case _:
            return False


def member_of(value: Value, values: Value) -> bool | None:
    """Whether a value is an element of a set, which may be a filter; None where that has no value."""
    try:
        return is_member(value, values)
    except EVALUATION_FAILURES:
        return None


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
    layout = layout_of(emitter, node, context)
    if not isinstance(layout, Mask):
        return None
    return Cpp(f"count_of({fitted(layout, emitter.value(node, context))})", "int")


def membership(emitter: Emitter, item: Cpp, value: Value | None, set_: Cpp) -> str:
    """`item \\in set_`, which is a mask; `value`: the item, where it is known."""
    layout = set_.kind
    assert isinstance(layout, Mask)
    code = None if value is None else layout.element.encode(value)
    if layout.compares and code is not None:
        return is_in(layout.element, set_.text, str(code))
    if item.kind is layout.element and layout.compares:
        return is_in(layout.element, set_.text, item.text)
    if layout.compares and isinstance(item.kind, Values) and compares_with(layout.element, frozenset(item.kind.values)):
        known = recoded(emitter, item, layout.element)
        if known is not None:
            return f"has_bit({set_.text}, {known})"
    return f"is_in_mask({layout.name}, {set_.text}, {item.boxed})"


def constructed_member(emitter: Emitter, item: ir.Argument, node: ir.Expr, context: Context) -> str | None:
    """`item \\in node` where the item is a record or tuple that is put together, and the set a mask; None elsewhere."""
    layout = layout_of(emitter, node, context)
    if not isinstance(layout, Mask) or known_value(emitter, item, context) is not None:
        return None
    code = code_if_any(emitter, item, layout.element, context)
    if code is None:
        return None

    mask = emitter.keep(Cpp(fitted(layout, emitter.value(node, context)), layout), "s").text
    return f"has_bit({mask}, {code})"


@contextmanager
def code_loop(emitter: Emitter, codes: Codes, hint: str) -> Iterator[Cpp]:
    """A loop over values that have codes, in order; yields the value."""
    name, element = emitter.fresh(hint), codes.element
    if codes.mask == str((1 << element.count) - 1):
        with emitter.writer.block(f"for (u64 {name} = 0; {name} < {element.count}; {name}++)"):
            yield decoded(element, name, simple=True)
        return
    if words_of_mask(element) > 1:
        rest = emitter.fresh("codes")
        header = f"for (CodesIn<{words_of_mask(element)}> {rest}({codes.mask}); {rest}.next();)"
        with emitter.writer.block(header):
            emitter.writer.write(f"u64 {name} = {rest}.code;")
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
        mask = emitter.keep(Cpp(fitted(layout, emitter.value(node, context)), layout), "s")
        return Codes(layout.element, mask.text)
    value = known_value(emitter, node, context)
    if value is not None:
        return _codes_of_known(emitter, value)
    mask_layout = set_of_listed(emitter, layout)
    if mask_layout is None:
        return None
    mask = emitter.keep(mask_of_listed(emitter, emitter.value(node, context), mask_layout), "s")
    return Codes(mask_layout.element, mask.text)


def _codes_of_known(emitter: Emitter, value: Value) -> Codes | None:
    held = emitter.unit.layouts.holding(value)
    if held is not None:
        return Codes(held[0], str(held[1]))
    listed = None if emitter.is_init else emitter.unit.layouts.listing(value)
    return None if listed is None else Codes(listed, str((1 << listed.count) - 1))


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
        if domain is None or not layout.is_over(domain):
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
    with ExitStack() as loops:
        codes = [
            f"{fitted(part, loops.enter_context(emitter.each(domain, 'e')))} << {shift}"
            for domain, part, shift in zip(domains, layout.parts, layout.shifts, strict=True)
        ]
        yield emitter.keep(Cpp(f"({' | '.join(codes)})", layout))


def is_set_operation(emitter: Emitter, node: ir.Builtin, layout: Mask, context: Context) -> bool:
    """Whether a union, intersection or difference that is to have a layout is done on masks."""
    name = node.operator.name
    if not layout.compares or name not in SET_OPERATORS or not emitter.unit.is_original(node):
        return False
    left, right = node.args
    return is_mask(emitter, left, layout, context, is_whole=True) and is_mask(
        emitter, right, layout, context, is_whole=name == r"\cup"
    )
