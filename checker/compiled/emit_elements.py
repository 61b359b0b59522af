"""Records and tuples that are elements of a mask: their codes are found in tables, by what their fields are.

Each field that is not known beforehand has a place among what it is in the elements; the places together are one in a
table of codes, as digits are a number. So no record is made to be looked for.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from math import prod
from typing import TYPE_CHECKING

from ...model.semantics import ir
from ...model.structs import Struct
from ...model.values.core import FALSE, TRUE, Bool, Value, domain_of
from ..interpreted.bindings import Context
from .cpp import Cpp
from .emit_listed import NO_CODE
from .emit_packed import deferred_of, known_value
from .layouts import Layout, Values, is_untyped

if TYPE_CHECKING:
    from .emitter import Emitter

MOST_PLACES = 1 << 12
"""In a table of codes."""
MOST_NUMBERS = 256


class Constructed(Struct):
    """A record or tuple: its fields, what is known of them, and the elements that it may be, by code."""

    fields: tuple[tuple[Value, ir.Expr], ...]
    known: dict[Value, Value]
    context: Context
    candidates: dict[int, Value]

    def unknown(self) -> list[tuple[Value, ir.Expr]]:
        return [(key, node) for key, node in self.fields if key not in self.known]

    @property
    def places(self) -> int:
        """How many combinations there are of what the candidates have for the keys that are not known."""
        return prod(len(self.items(key)) for key, _ in self.unknown())

    def items(self, key: Value) -> list[Value]:
        """What the candidates have for a key, each once."""
        return list(dict.fromkeys(value[value[0][key]] for value in self.candidates.values()))


def constructed(emitter: Emitter, node: ir.Argument, element: Layout, context: Context) -> Constructed | None:
    """A record or tuple that may be an element, or a name of one; None for anything else."""
    deferred = deferred_of(node, context)
    if deferred is not None:
        return constructed(emitter, deferred.expr, element, deferred.context)
    match node:
        case ir.Call() if not isinstance(node.target, ir.Local):
            inlined = emitter.inlined(node, context)
            return None if inlined is None else constructed(emitter, inlined[0], element, inlined[1])
        case ir.Record():
            fields = tuple(node.fields)
        case ir.Tuple():
            fields = tuple(enumerate(node.elements, 1))
        case _:
            return None
    if not isinstance(element, Values) or not element.compares or not emitter.unit.folds:
        return None
    values = ((key, known_value(emitter, item, context)) for key, item in fields)
    known = {key: value for key, value in values if value is not None}
    domain = domain_of(frozenset(key for key, _ in fields))
    candidates = {
        code: value
        for code, value in enumerate(element.values)
        if type(value) is tuple and value[0] is domain and all(value[domain[key]] == one for key, one in known.items())
    }
    made = Constructed(fields, known, context, candidates)
    return made if candidates and made.places <= MOST_PLACES and element.count <= NO_CODE else None


def code_text(emitter: Emitter, made: Constructed, element: Values, *, compares: bool) -> str | None:
    """The name of the code of what is constructed, or NO_CODE where it is no element.

    None, if `compares`, where TLC may not compare it with an element.
    """
    if compares and not _known_compare(made, element):
        return None
    unknown = made.unknown()
    all_items = [made.items(key) for key, _ in unknown]
    texts: list[str] = []
    stride = places = made.places
    for (_, node), items in zip(unknown, all_items, strict=True):
        stride //= len(items)
        cpp = emitter.value(node, made.context)
        place = _place(emitter, cpp, items, places, stride, compares=compares)
        if place is None:
            return None
        texts.append(place)
    codes = {tuple(value[value[0][key]] for key, _ in unknown): code for code, value in made.candidates.items()}
    listed = (str(codes.get(combination, NO_CODE)) for combination in itertools.product(*all_items))
    table = emitter.unit.table("u8", listed)
    name = emitter.fresh("e")
    emitter.writer.write(f"u64 {name} = element_at({table}, {' + '.join(texts) or '0'}, {places});")
    return name


def _place(emitter: Emitter, cpp: Cpp, items: Sequence[Value], none: int, stride: int, *, compares: bool) -> str | None:
    """The text of the place of a value among `items`, times `stride`, or of what is no less than `none`."""
    at: dict[Value, int] = {item: place * stride for place, item in enumerate(items)}
    if isinstance(cpp.kind, Values):
        values, index = cpp.kind.values, cpp.text
    elif cpp.kind == "bool":
        values, index = (FALSE, TRUE), f"u64({cpp.text})"
    elif cpp.kind == "int" and _width(items) <= MOST_NUMBERS:
        numbers = [item for item in items if type(item) is int]
        low = min(numbers, default=0)
        values = tuple(range(low, max(numbers, default=-1) + 1))
        index = f"place_or_last({cpp.text}, {low}, {len(values)})"
    elif not compares:
        layout = emitter.unit.layouts.of_values(items)
        if layout is None:
            return None
        values, index = layout.values, f"code_or_last({layout.name}, {cpp.boxed})"
    else:
        return None
    if compares and not _compare([*values, *([0] if cpp.kind == "int" else [])], items):
        return None
    places = [at.get(value, none) for value in values]
    if places == [place * stride for place in range(len(places))] and isinstance(cpp.kind, Values):
        return f"{index} * {stride}" if stride > 1 else index
    return f"{emitter.unit.table('u16', map(str, [*places, none]))}[{index}]"


def _width(items: Sequence[Value]) -> int:
    numbers = [item for item in items if type(item) is int]
    return max(numbers) - min(numbers) + 1 if numbers else 0


def _known_compare(made: Constructed, element: Values) -> bool:
    """Whether TLC compares what is known of a record or tuple with the elements."""
    keys = {type(key) for key, _ in made.fields}
    for value in element.values:
        if is_untyped(value):
            continue
        if type(value) is not tuple or not value[0].keys_in_order or {*map(type, value[0].keys_in_order)} != keys:
            return False
        if value[0] is domain_of(frozenset(key for key, _ in made.fields)) and not all(
            _compare([one], [value[value[0][key]]]) for key, one in made.known.items()
        ):
            return False
    return True


def _compare(some: Sequence[Value], others: Sequence[Value]) -> bool:
    """Whether TLC compares any two of these values, for certain."""
    kinds = {type(value) for value in (*some, *others) if not is_untyped(value)}
    return len(kinds) <= 1 and kinds <= {str, int, Bool}


def code_if_any(emitter: Emitter, node: ir.Argument, element: Layout, context: Context) -> str | None:
    """The name of the code of a record or tuple, or NO_CODE where it is no element; None for anything else, and where
    TLC may not compare it with an element."""
    made = constructed(emitter, node, element, context)
    if made is None:
        return None
    assert isinstance(element, Values)
    found: list[str | None] = []

    def emit() -> str:
        found.append(code_text(emitter, made, element, compares=True))
        return ""

    at_indent = emitter.writer.indent
    _, lines, scope = emitter.apart(emit)
    if found[0] is not None:
        emitter.writer.scopes[-1].update(scope)
        emitter.writer.replay(lines, emitter.writer.indent - at_indent)
    return found[0]
