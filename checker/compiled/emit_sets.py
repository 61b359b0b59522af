"""Sets, quantifiers, CHOOSE: `x \\in S` as a test and `S` as the domain of a loop, neither making a set needlessly."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeGuard

from ...model.semantics import ir
from ...model.values.core import Value
from ...model.values.sets import Interval
from ..interpreted.bindings import Binding, Context
from .cpp import Cpp, atom
from .emit_bits import bit, is_empty, mask_constant, mask_type
from .emit_masks import among, codes_of, membership
from .emit_packed import Codes, fitted, known_value, layout_of, mask_of_listed, set_of_listed
from .emitter import Emitter, emits_test, emits_value
from .layouts import Layout, Mask
from .narrowing import Condition, NarrowedSubsets, narrowed, narrowed_implication
from .notation import INTEGER_LIMIT
from .sifting import SiftedSet, is_true, sifted_codes

if TYPE_CHECKING:
    from collections.abc import Iterator

Domain = tuple[str, ...] | Codes
"""What a loop runs over: the text of a set, or those of the bounds of an interval; values that have codes."""


def is_interval(node: ir.Node) -> TypeGuard[ir.Builtin]:
    return isinstance(node, ir.Builtin) and (node.operator.module, node.operator.name) == ("Naturals", "..")


def loop_domain(emitter: Emitter, node: ir.Expr, context: Context) -> Domain:
    """What a loop over the elements of `node` runs over, evaluated here."""
    if is_interval(node) and emitter.unit.is_original(node):
        low, high = (emitter.number(arg, context) for arg in node.args)
        return emitter.keep(Cpp(low, "int")).text, emitter.keep(Cpp(high, "int")).text
    if isinstance(node, NarrowedSubsets):
        return (_narrowed_domain(emitter, node, context),)
    if isinstance(node, SiftedSet):
        codes = codes_of(emitter, node.bound.set, context)
        assert codes is not None
        return sifted_codes(emitter, node, codes, context)
    if isinstance(node, ir.SetFilter) and emitter.is_by_rule(node.bound.set, context):
        return (emitter.keep(_filtered(emitter, node, context), "s").boxed,)  # TLC tests all elements before the loop
    codes = codes_of(emitter, node, context)
    if codes is not None:
        return codes
    bounds = interval_bounds(known_value(emitter, node, context))
    if bounds is not None:
        return f"i64({bounds[0]})", f"i64({bounds[1]})"
    constant = emitter.unit.constant(node)
    if constant is not None:
        return (constant.boxed,)
    return (emitter.keep(emitter.value(node, context), "s").boxed,)


def _narrowed_domain(emitter: Emitter, node: NarrowedSubsets, context: Context) -> str:
    """The address of the generator of the subsets."""
    source = node.args[0]
    assert not isinstance(source, (ir.Lambda, ir.OperatorRef))
    base = emitter.keep(emitter.value(source, context), "s")
    name, known = emitter.fresh("subsets"), "nullptr"
    if emitter.unit.constant(source) is not None:
        known = f"&{name}_known"
        emitter.unit.declare(f"static __thread KnownSubsets {name}_known;")
    emitter.writer.write(f"Subsets {name}({base.boxed}, {known});")
    emitters = [lambda one=one: f"{name}.{_condition(emitter, one, node.action, context)}" for one in node.conditions]
    emitter.writer.write(f"(void)({emitter.chain(emitters, is_and=True)});")
    return f"&{name}"


def _condition(emitter: Emitter, condition: Condition, action: str | None, context: Context) -> str:
    """The call that narrows by a condition, and tells whether there is a subset left."""
    arguments: list[str] = []
    if condition.method == "within" and condition.operand is not None:
        arguments.append(superset(emitter, condition.operand, context))
    elif condition.operand is not None:
        arguments.append(emitter.value(condition.operand, context).boxed)
    coverage = emitter.unit.coverage
    point = None if coverage is None else coverage.conjunct(condition.conjunct, action)
    if point is not None:
        arguments.append(f"hits + {2 * emitter.unit.place_of(point)}")
    return f"{condition.method}({', '.join(arguments)})"


def interval_bounds(value: Value | None) -> tuple[int, int] | None:
    """The least and the greatest element of a set of integers that follow on each other."""
    if isinstance(value, Interval):
        bounds = value.low, value.high
    elif type(value) is frozenset and value and all(type(element) is int for element in value):
        bounds = min(value), max(value)
        if bounds[1] - bounds[0] + 1 != len(value):
            return None
    else:
        return None
    return bounds if max(map(abs, bounds)) < INTEGER_LIMIT else None


@contextmanager
def elements(emitter: Emitter, bound: ir.Bound, context: Context, needed: ir.Node) -> Iterator[tuple[Cpp, Context]]:
    """A loop over the elements of one bound; yields the element, and the context in which it has its names."""
    emitter.prepare_loop([needed], context)
    domain = loop_domain(emitter, bound.set, context)
    env: dict[object, Binding] = dict(context.env)
    hint = "e" if bound.is_tuple else bound.locals[0].name
    with emitter.each(domain, hint) as element:
        if bound.is_tuple:
            emitter.unpack(bound.locals, element, env)
        else:
            env[bound.locals[0]] = atom(element)
        yield element, Context(env, context.primed)


# --- loops -----------------------------------------------------------------------------------------------------------


@emits_test(ir.Quantifier)
def quantifier(emitter: Emitter, node: ir.Quantifier, context: Context) -> str:
    bounds, body = node.bounds, node.body
    if len(bounds) == 1:
        bound, body = (narrowed_implication if node.is_forall else narrowed)(emitter, bounds[0], body, context)
        bounds = (bound,)
    if not node.is_forall and isinstance(bounds[0].set, SiftedSet) and is_true(body):
        codes = loop_domain(emitter, bounds[0].set, context)
        assert isinstance(codes, Codes)
        return f"!{is_empty(codes.element, codes.mask)}"
    result = emitter.fresh("q")
    emitter.writer.write(f"bool {result} = {'true' if node.is_forall else 'false'};")
    leave = f"if ({'!' if node.is_forall else ''}{result}) break;"
    with emitter.loops(bounds, context, [node.body], after=leave) as inner:
        if node.is_forall:
            emitter.guard(body, inner, f"{{ {result} = false; break; }}")
        else:
            emitter.guard(body, inner, "continue;")
            emitter.writer.write(f"{result} = true;")
            emitter.writer.write("break;")
    return result


@emits_value(ir.Choose)
def choose(emitter: Emitter, node: ir.Choose, context: Context) -> Cpp:
    result, layout = emitter.fresh("c"), layout_of(emitter, node, context)
    unset, is_none = ("UNSET", f"is_unset({result})") if layout is None else ("~u64(0)", f"{result} == ~u64(0)")
    emitter.writer.write(f"{Cpp(result, layout).type} {result} = {unset};")
    bound, body = narrowed(emitter, node.bound, node.body, context)
    with elements(emitter, bound, context, node.body) as (element, inner):
        emitter.guard(body, inner, "continue;")
        emitter.writer.write(f"{result} = {element.boxed if layout is None else fitted(layout, element)};")
        emitter.writer.write("break;")
    emitter.writer.write(f"if ({is_none}) choose_failed();")
    return Cpp(result, layout, True)


@emits_value(ir.SetFilter)
def set_filter(emitter: Emitter, node: ir.SetFilter, context: Context) -> Cpp:
    if emitter.is_by_rule(node.bound.set, context):
        return _lazy_filter(emitter, node, context)
    layout = layout_of(emitter, node, context)
    if isinstance(layout, Mask):
        return _filtered_mask(emitter, node, layout, context)
    return _filtered(emitter, node, context)


def _filtered(emitter: Emitter, node: ir.SetFilter, context: Context) -> Cpp:
    """`{x \\in S : p}`, made here."""
    result = emitter.fresh("l")
    emitter.writer.write(f"Collector {result};")
    bound, predicate = narrowed(emitter, node.bound, node.predicate, context)
    with elements(emitter, bound, context, node.predicate) as (element, inner):
        emitter.guard(predicate, inner, "continue;")
        emitter.writer.write(f"{result}.add({element.boxed});")
    return Cpp(f"{result}.filtered()", "set")


def _filtered_mask(emitter: Emitter, node: ir.SetFilter, layout: Mask, context: Context) -> Cpp:
    """`{x \\in S : p}` where the elements of S have codes, as a mask."""
    element = layout.element
    bound, predicate = narrowed(emitter, node.bound, node.predicate, context)
    if isinstance(bound.set, SiftedSet) and is_true(predicate):
        codes = loop_domain(emitter, bound.set, context)
        assert isinstance(codes, Codes)
        return Cpp(codes.mask, layout, True)
    result = emitter.fresh("l")
    emitter.writer.write(f"{mask_type(element)} {result} = {mask_constant(element, 0)};")
    with elements(emitter, bound, context, node.predicate) as (item, inner):
        emitter.guard(predicate, inner, "continue;")
        emitter.writer.write(f"{result} |= {bit(element, fitted(element, item))};")
    return Cpp(result, layout, True)


def _lazy_filter(emitter: Emitter, node: ir.SetFilter, context: Context) -> Cpp:
    """`{x \\in S : p}` that is made once all of its elements are asked for."""
    source, element = emitter.keep(emitter.value(node.bound.set, context), "s"), emitter.fresh("e")
    env: dict[object, Binding] = dict(context.env)
    emitter.prepare_closure([node.predicate], context)
    name, test, made = (emitter.fresh(hint) for hint in ("f", "test", "made"))
    with emitter.writer.function(f"auto {test} = [=](V {element}) -> bool", is_closure=True):
        if node.bound.is_tuple:
            emitter.unpack(node.bound.locals, Cpp(element), env)
        else:
            env[node.bound.locals[0]] = atom(Cpp(element, None, True))
        emitter.writer.write(f"return {emitter.test(node.predicate, Context(env, context.primed))};")
    closures = [test]
    if not emitter.unit.is_infinite(node.bound.set) and not emitter.analysis.facts(node.bound.set).impure:
        emitter.prepare_closure([node.bound.set], context)
        with emitter.writer.function(f"auto {made} = [=]() -> V", is_closure=True):
            emitter.writer.write(f"return {_filtered(emitter, node, context).boxed};")
        closures.append(made)
    emitter.writer.write(f"V {name} = filtered_set({source.boxed}, {', '.join(closures)});")
    return Cpp(name, "set", True)


@emits_value(ir.SetMap)
def set_map(emitter: Emitter, node: ir.SetMap, context: Context) -> Cpp:
    result = emitter.fresh("l")
    emitter.writer.write(f"Collector {result};")
    with emitter.loops(node.bounds, context, [node.element]) as inner:
        emitter.writer.write(f"{result}.add({emitter.value(node.element, inner).boxed});")
    return Cpp(f"{result}.set()", "set")


# --- makers ----------------------------------------------------------------------------------------------------------


def value_list(emitter: Emitter, items: Sequence[ir.Expr], context: Context) -> str:
    """The name of an array of the values of `items`."""
    texts = [emitter.value(item, context).boxed for item in items]
    name = emitter.fresh("l")
    emitter.writer.write(f"V {name}[] = {{{', '.join(texts)}}};" if texts else f"V* {name} = nullptr;")
    return name


@emits_value(ir.SetEnumeration)
def set_enumeration(emitter: Emitter, node: ir.SetEnumeration, context: Context) -> Cpp:
    return Cpp(f"make_set({value_list(emitter, node.elements, context)}, {len(node.elements)})", "set")


@emits_value(ir.RecordSet)
def record_set(emitter: Emitter, node: ir.RecordSet, context: Context) -> Cpp:
    values = {name: emitter.keep(emitter.value(item, context)).boxed for name, item in node.fields}
    keys, names = emitter.unit.field_names(values)
    array = emitter.fresh("l")
    emitter.writer.write(f"V {array}[] = {{{', '.join(values[name] for name in names)}}};")
    return Cpp(f"record_set({keys}, {array})", "set")


@emits_value(ir.Times)
def times(emitter: Emitter, node: ir.Times, context: Context) -> Cpp:
    return Cpp(f"product({value_list(emitter, node.factors, context)}, {len(node.factors)})", "set")


# --- membership ------------------------------------------------------------------------------------------------------


def superset(emitter: Emitter, node: ir.Expr, context: Context) -> str:
    """C++ text of the right side of `\\subseteq`: of UNION it turns out later whether it unites sets."""
    if isinstance(node, ir.Builtin) and node.operator.name == "UNION":
        return f"united({emitter.value(node.args[0], context).boxed})"
    return emitter.value(node, context).boxed


def member_test(emitter: Emitter, item: Cpp, node: ir.Expr, context: Context, value: Value | None = None) -> str:
    """C++ text of the truth of `item \\in node`; `value`: the item, where it is known."""
    layout = layout_of(emitter, node, context)
    if isinstance(layout, Mask):
        item = emitter.keep(item)
        return membership(emitter, item, value, Cpp(fitted(layout, emitter.value(node, context)), layout))
    of_listed = set_of_listed(emitter, layout)
    if of_listed is not None:
        item = emitter.keep(item)
        return membership(emitter, item, value, mask_of_listed(emitter, emitter.value(node, context), of_listed))
    if isinstance(item.kind, Layout) or item.kind == "int":
        of_codes = among(emitter, item, node, context)
        if of_codes is not None:
            return of_codes
    constant = emitter.unit.constant(node)
    if constant is not None:
        return f"member({item.boxed}, {constant.boxed})"
    structural = _structural(emitter, item, node, context)
    if structural is not None:
        return structural
    item = emitter.keep(item)
    return f"member({item.boxed}, {emitter.value(node, context).boxed})"


def _structural(emitter: Emitter, item: Cpp, node: ir.Expr, context: Context) -> str | None:
    """Tests of set operators taken apart; None where the set has to be evaluated."""
    if isinstance(node, ir.Call):
        inlined = emitter.inlined(node, context)
        if inlined is not None and not emitter.analysis.facts(inlined[0]).primed:
            return _structural(emitter, item, *inlined)
        return None
    if isinstance(node, ir.SetFilter):
        is_by_rule = emitter.is_by_rule(node.bound.set, context)  # or else TLC tests all elements
        return _in_filter(emitter, item, node, context) if is_by_rule else None
    if not isinstance(node, ir.Builtin) or not emitter.unit.is_original(node):
        return None
    kept = emitter.keep(item)
    if is_interval(node):
        low, high = (emitter.number(arg, context) for arg in node.args)
        return f"member_of_interval({kept.text if kept.kind == 'int' else kept.boxed}, {low}, {high})"
    if node.operator.name == "\\cup":
        left, right = node.args
        assert not isinstance(left, (ir.Lambda, ir.OperatorRef)) and not isinstance(right, (ir.Lambda, ir.OperatorRef))
        if not emitter.is_certain_set(left, context) or not emitter.is_certain_set(right, context):
            return None  # TLC evaluates both
        if emitter.is_by_rule(left, context) and not emitter.is_by_rule(right, context):
            left, right = right, left  # TLC looks first into the one that is written out
        return emitter.chain(
            [lambda: member_test(emitter, kept, left, context), lambda: member_test(emitter, kept, right, context)],
            is_and=False,
        )
    return None


def _in_filter(emitter: Emitter, item: Cpp, node: ir.SetFilter, context: Context) -> str:
    kept = emitter.keep(item)
    if node.bound.is_tuple or len(node.bound.locals) != 1:
        return f"member({kept.boxed}, {emitter.value(node, context).boxed})"
    inner = context.bind({node.bound.locals[0]: atom(kept)})
    return emitter.chain(
        [
            lambda: member_test(emitter, kept, node.bound.set, context),
            lambda: emitter.test(node.predicate, inner),
        ],
        is_and=True,
    )
