"""Functions, records and tuples: making them, applying them, EXCEPT."""

from __future__ import annotations

from collections.abc import Sequence

from ...model.semantics import ir
from ..interpreted.bindings import Binding, Context
from .cpp import Cpp, atom
from .emit_listed import value_at_listed
from .emit_packed import application, field_of_value, known_value, layout_of, updated
from .emit_recall import MAX_SITE_WORDS
from .emit_sets import value_list
from .emitter import Emitter, emits_value
from .layouts import Array, Values


@emits_value(ir.FunctionConstructor)
def function_constructor(emitter: Emitter, node: ir.FunctionConstructor, context: Context) -> Cpp:
    sets = [bound.set for bound in node.bounds for _ in (bound.locals if not bound.is_tuple else (0,))]
    names = [local for bound in node.bounds for local in bound.locals]
    if node.this is not None or (len(sets) == 1 and emitter.unit.is_infinite(sets[0])):
        return _lazy_function(emitter, node, sets, context)
    domain = _domain(emitter, sets, context)
    built, index, key = emitter.fresh("f"), emitter.fresh("i"), emitter.fresh("k")
    emitter.prepare_loop([node.body], context)
    emitter.writer.write(f"FunctionBuilder {built}({domain});")
    env: dict[object, Binding] = dict(context.env)
    with emitter.writer.block(f"for (u32 {index} = 0; {index} < {built}.size; {index}++)"):
        emitter.writer.write(f"V {key} = {built}.keys[{index}];")
        _bind_key(emitter, node, names, key, env)
        listed = _listed_keys(emitter, node, context)
        if listed is not None:
            env[names[0]] = atom(Cpp(f"u64({index})", listed, True))
        value = emitter.value(node.body, Context(env, context.primed)).boxed
        emitter.writer.write(f"{built}.object->items()[{index}] = {value};")
    return Cpp(f"value_of({built}.object)")


def _listed_keys(emitter: Emitter, node: ir.FunctionConstructor, context: Context) -> Values | None:
    """The layout whose codes are the places of the arguments."""
    bound = node.bounds[0]
    if len(node.bounds) != 1 or bound.is_tuple or len(bound.locals) != 1:
        return None
    value = known_value(emitter, bound.set, context)
    return None if value is None else emitter.unit.layouts.listing(value)


def _domain(emitter: Emitter, sets: Sequence[ir.Expr], context: Context) -> str:
    """The text of the domain of a function of one or several arguments."""
    if len(sets) == 1:
        return emitter.value(sets[0], context).boxed
    return f"product({value_list(emitter, sets, context)}, {len(sets)})"


def _bind_key(
    emitter: Emitter, node: ir.FunctionConstructor, names: Sequence[ir.Local], key: str, env: dict[object, Binding]
) -> None:
    """Bind the variables of a function constructor to (the components of) its argument."""
    if len(node.bounds) == 1 and node.bounds[0].is_tuple:
        emitter.unpack(names, Cpp(key), env)
    elif len(names) == 1:
        env[names[0]] = atom(Cpp(key, None, True))
    else:
        position = 0
        for bound in node.bounds:
            if bound.is_tuple:
                emitter.unpack(bound.locals, Cpp(f"object_of({key})->items()[{position}]"), env)
                position += 1
                continue
            for local in bound.locals:
                env[local] = atom(Cpp(f"object_of({key})->items()[{position}]", None, True))
                position += 1


def _lazy_function(emitter: Emitter, node: ir.FunctionConstructor, sets: Sequence[ir.Expr], context: Context) -> Cpp:
    domain = _domain(emitter, sets, context)
    name, this, key = emitter.fresh("f"), emitter.fresh("self"), emitter.fresh("k")
    names = [local for bound in node.bounds for local in bound.locals]
    env: dict[object, Binding] = dict(context.env)
    if node.this is not None:
        env[node.this] = atom(Cpp(this, None, True))
    emitter.prepare_closure([node.body], context)
    header = f"V {name} = lazy_function({domain}, [=](V {this}, V {key}) -> V"
    with emitter.writer.function(header, is_closure=True, end="});"):
        emitter.writer.write(f"(void){this};")
        _bind_key(emitter, node, names, key, env)
        emitter.writer.write(f"return {emitter.value(node.body, Context(env, context.primed)).boxed};")
    return Cpp(name, None, True)


@emits_value(ir.Record)
def record(emitter: Emitter, node: ir.Record, context: Context) -> Cpp:
    values = {name: emitter.keep(emitter.value(item, context)).boxed for name, item in node.fields}
    domain, names = emitter.unit.record_domain(values)
    array = emitter.fresh("l")
    emitter.writer.write(f"V {array}[] = {{{', '.join(values[name] for name in names)}}};")
    return Cpp(f"make_record({domain}, {array})")


@emits_value(ir.Tuple)
def tuple_(emitter: Emitter, node: ir.Tuple, context: Context) -> Cpp:
    return Cpp(f"make_sequence({value_list(emitter, node.elements, context)}, {len(node.elements)})", "seq")


def sought(emitter: Emitter, node: ir.Argument, context: Context) -> Cpp:
    """What is looked for in a set: a tuple as it was made before of the same elements, found by its address."""
    assert isinstance(node, ir.Node)
    if not isinstance(node, ir.Tuple) or not _is_recalled(emitter, node, context):
        return emitter.value(node, context)
    items, size = value_list(emitter, node.elements, context), len(node.elements)
    site, value = emitter.unit.site(), emitter.fresh("v")
    emitter.writer.write(f"V {value} = recalled({site}, {items});")
    with emitter.writer.block(f"if (is_unset({value}))"):
        emitter.writer.write(f"{value} = recall({site}, {items}, make_sequence({items}, {size}));")
    return Cpp(value, "seq", True)


def _is_recalled(emitter: Emitter, node: ir.Tuple, context: Context) -> bool:
    if not 1 < len(node.elements) <= MAX_SITE_WORDS or emitter.unit.constant(node) is not None:
        return False
    return layout_of(emitter, node, context) is None


@emits_value(ir.FunctionApplication)
def function_application(emitter: Emitter, node: ir.FunctionApplication, context: Context) -> Cpp:
    known = known_value(emitter, node.function, context)
    if known is not None and isinstance(layout_of(emitter, node.arg, context), Values):
        argument = emitter.keep(emitter.value(node.arg, context))
        item = value_at_listed(emitter, known, argument)
        return Cpp(f"apply({emitter.value(node.function, context).boxed}, {argument.boxed})") if item is None else item
    function = emitter.value(node.function, context)
    if isinstance(function.kind, Array):
        field = application(emitter, function, node, context)
        if field is not None:
            return field
    if isinstance(function.kind, Values):
        key = known_value(emitter, node.arg, context)
        item = None if key is None else field_of_value(emitter, function, key)
        if item is not None:
            return item
    if isinstance(node.arg, ir.Literal) and isinstance(node.arg.value, str):
        return Cpp(f"field({function.boxed}, {emitter.value(node.arg, context).text}, {emitter.unit.field_cache()})")
    function = emitter.keep(function)
    argument = emitter.value(node.arg, context)
    return Cpp(f"apply({function.boxed}, {argument.text if argument.kind == 'int' else argument.boxed})")


@emits_value(ir.Except)
def except_(emitter: Emitter, node: ir.Except, context: Context) -> Cpp:
    result = emitter.value(node.function, context)
    for update in node.updates:
        result = update_of(emitter, result, update, 0, context)
    return result


def update_of(emitter: Emitter, function: Cpp, update: ir.Update, step: int, context: Context) -> Cpp:
    """`function` with the value at the rest of the path replaced. Outside the domain nothing changes, as in TLC."""
    if isinstance(function.kind, Array):
        changed = updated(emitter, function, update, step, context)
        if changed is not None:
            return changed
    writer = emitter.writer
    old = emitter.keep(function).boxed
    key = emitter.keep(emitter.value(update.path[step], context)).boxed
    place, result = emitter.fresh("p"), emitter.fresh("w")
    writer.write(f"Place {place} = {'place_in_sequence' if function.kind == 'seq' else 'place_in'}({old}, {key});")
    writer.write(f"V {result} = {place}.function;")
    with writer.block(f"if ({place}.position >= 0)"):
        inner = Cpp(f"{place}.item()", None, True)
        if step + 1 < len(update.path):
            new = update_of(emitter, inner, update, step + 1, context)
        else:
            new = emitter.value(update.value, context.bind({update.at: atom(inner)}))
        writer.write(f"{result} = with_item({result}, {place}.position, {new.boxed});")
    return Cpp(result, None, True)
