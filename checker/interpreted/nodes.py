"""How each node of the IR is emitted, one function a node type, registered with `expressions`."""

from __future__ import annotations

from collections.abc import Sequence

from ...model.semantics import ir
from ...model.values.core import domain_of, sequence_domain
from . import builtins, membership
from .bindings import Atom, Binding, Context, Py
from .coverage import branch
from .expressions import MAX_LOOPS, Emitter, emits_test, emits_value


@emits_value(ir.Literal)
def literal(emitter: Emitter, node: ir.Literal, _context: Context) -> Py:
    return emitter.program.embed_literal(node.value)


@emits_value(ir.VariableRef)
def variable_ref(emitter: Emitter, node: ir.VariableRef, context: Context) -> Py:
    return emitter.variable(node.variable.index, primed=context.primed)


@emits_value(ir.LocalRef)
def local_ref(emitter: Emitter, node: ir.LocalRef, context: Context) -> Py:
    return emitter.local(node.local, context)


@emits_value(ir.Call)
def call(emitter: Emitter, node: ir.Call, context: Context) -> Py:
    return emitter.call(node, context)


@emits_test(ir.Call)
def call_test(emitter: Emitter, node: ir.Call, context: Context) -> str:
    inlined = emitter.inlined(node, context) if node.args else None
    if inlined is not None:
        return emitter.test(*inlined)
    return emitter.truth(emitter.call(node, context))


@emits_value(ir.Builtin)
def builtin(emitter: Emitter, node: ir.Builtin, context: Context) -> Py:
    return builtins.builtin_value(emitter, node.operator, node.args, context)


@emits_test(ir.Builtin)
def builtin_test(emitter: Emitter, node: ir.Builtin, context: Context) -> str:
    return builtins.builtin_test(emitter, node.operator, node.args, context)


@emits_test(ir.Junction)
def junction(emitter: Emitter, node: ir.Junction, context: Context) -> str:
    emitters = [lambda item=item: branch(emitter, item, context) for item in node.items]
    return emitter.chain(emitters, is_and=node.is_and)


@emits_test(ir.Quantifier)
def quantifier(emitter: Emitter, node: ir.Quantifier, context: Context) -> str:
    if emitter.writer.loops + len(node.bounds) > MAX_LOOPS:
        name = emitter.fresh("f")
        emitter.prepare_closure([node], context)
        with emitter.writer.function(name, ""):
            emitter.writer.write(f"return {quantifier(emitter, node, context)}")
        return f"{name}()"
    result = emitter.fresh("q")
    emitter.writer.write(f"{result} = {node.is_forall}")
    leave = f"if {'not ' if node.is_forall else ''}{result}: break"
    with emitter.loops(node.bounds, context, [node.body], after=leave) as inner:
        if node.is_forall:
            emitter.guard(node.body, inner, [f"{result} = False", "break"])
        else:
            emitter.guard(node.body, inner, ["continue"])
            emitter.writer.write(f"{result} = True")
            emitter.writer.write("break")
    return result


@emits_value(ir.Choose)
def choose(emitter: Emitter, node: ir.Choose, context: Context) -> Py:
    result = emitter.fresh("c")
    domain_node = node.bound.set
    emitter.prepare_loop([node.body], context)
    domain = membership.loop_domain(emitter, domain_node, context)
    env = dict(context.env)
    with emitter.writer.block(f"for {result} in {domain}:"):
        if node.bound.is_tuple:
            emitter.unpack(node.bound.locals, result, env)
        else:
            env[node.bound.locals[0]] = Atom(Py(result, None, True))
        emitter.guard(node.body, Context(env, context.primed), ["continue"])
        emitter.writer.write("break")
    with emitter.writer.block("else:"):
        emitter.writer.write("choose_failed()")
    return Py(result, None, True)


@emits_value(ir.SetEnumeration)
def set_enumeration(emitter: Emitter, node: ir.SetEnumeration, context: Context) -> Py:
    items = "".join(f"{emitter.value(item, context).text}, " for item in node.elements)
    return Py(f"frozenset(({items}))", "set")


@emits_value(ir.SetFilter)
def set_filter(emitter: Emitter, node: ir.SetFilter, context: Context) -> Py:
    if emitter.is_by_rule(node.bound.set, context):
        return _lazy_filter(emitter, node, context)
    result, element = emitter.fresh("l"), emitter.fresh("e")
    emitter.prepare_loop([node.predicate], context)
    domain = membership.loop_domain(emitter, node.bound.set, context)
    emitter.writer.write(f"{result} = []")
    env = dict(context.env)
    with emitter.writer.block(f"for {element} in {domain}:"):
        _bind_element(emitter, node.bound, element, env)
        emitter.guard(node.predicate, Context(env, context.primed), ["continue"])
        emitter.writer.write(f"{result}.append({element})")
    return Py(f"frozenset({result})", "set")


def _bind_element(emitter: Emitter, bound: ir.Bound, element: str, env: dict[object, Binding]) -> None:
    if bound.is_tuple:
        emitter.unpack(bound.locals, element, env)
    else:
        env[bound.locals[0]] = Atom(Py(element, None, True))


def _lazy_filter(emitter: Emitter, node: ir.SetFilter, context: Context) -> Py:
    source = emitter.value(node.bound.set, context)
    name, element = emitter.fresh("f"), emitter.fresh("e")
    env = dict(context.env)
    emitter.prepare_closure([node.predicate], context)
    with emitter.writer.capture() as lines, emitter.writer.function("_", ""):
        _bind_element(emitter, node.bound, element, env)
        emitter.writer.write(f"return {emitter.test(node.predicate, Context(env, context.primed))}")
    emitter.close_over(name, _body(lines), [element])
    return Py(f"filtered({source.text}, {name})", "set")


def _body(lines: list) -> list:
    """A captured function without its header, at the header's indentation."""
    for line in lines[1:]:
        line.indent -= 1
    return lines[1:]


@emits_value(ir.SetMap)
def set_map(emitter: Emitter, node: ir.SetMap, context: Context) -> Py:
    result = emitter.fresh("l")
    emitter.writer.write(f"{result} = []")
    with emitter.loops(node.bounds, context, [node.element]) as inner:
        element = emitter.value(node.element, inner)
        emitter.writer.write(f"{result}.append({element.text})")
    return Py(f"frozenset({result})", "set")


@emits_value(ir.FunctionConstructor)
def function_constructor(emitter: Emitter, node: ir.FunctionConstructor, context: Context) -> Py:
    sets = [bound.set for bound in node.bounds for _ in (bound.locals if not bound.is_tuple else (0,))]
    names = [local for bound in node.bounds for local in bound.locals]
    source = emitter.program.constant_value(sets[0]) if len(sets) == 1 else None
    if node.this is not None or (source is not None and emitter.program.is_infinite(source)):
        return _lazy_function(emitter, node, sets, context)
    domain = _domain(emitter, node, sets, context)
    result, key = emitter.fresh("l"), emitter.fresh("k")
    emitter.prepare_loop([node.body], context)
    emitter.writer.write(f"{result} = [{domain}]")
    env = dict(context.env)
    with emitter.writer.block(f"for {key} in {domain}.keys_in_order:"):
        _bind_key(emitter, node, names, key, env)
        emitter.writer.write(f"{result}.append({emitter.value(node.body, Context(env, context.primed)).text})")
    return Py(f"tuple({result})")


def _domain(emitter: Emitter, node: ir.FunctionConstructor, sets: Sequence[ir.Expr], context: Context) -> str:
    """The name of the domain of an expanded function."""
    if len(sets) == 1:
        constant = emitter.program.constant_value(sets[0])
        if constant is not None and emitter.program.is_finite_set(constant):
            known = membership.domain_name(emitter, constant)
            if known is not None:
                return known
        values = emitter.value(sets[0], context).text
    else:
        values = f"product_domain(({', '.join(emitter.value(item, context).text for item in sets)}))"
    name = emitter.fresh("d")
    emitter.writer.write(f"{name} = domain_of(as_frozenset({values}))")
    return name


def _bind_key(
    emitter: Emitter, node: ir.FunctionConstructor, names: Sequence[ir.Local], key: str, env: dict[object, Binding]
) -> None:
    """Bind the variables of a function constructor to (the components of) its argument."""
    if len(node.bounds) == 1 and node.bounds[0].is_tuple:
        emitter.unpack(names, key, env)
    elif len(names) == 1:
        env[names[0]] = Atom(Py(key, None, True))
    else:
        position = 0
        for bound in node.bounds:
            if bound.is_tuple:
                position += 1
                for inner, local in enumerate(bound.locals, 1):
                    env[local] = Atom(Py(f"{key}[{position}][{inner}]", None, True))
                continue
            for local in bound.locals:
                position += 1
                env[local] = Atom(Py(f"{key}[{position}]", None, True))


def _lazy_function(emitter: Emitter, node: ir.FunctionConstructor, sets: Sequence[ir.Expr], context: Context) -> Py:
    texts = [emitter.value(item, context).text for item in sets]
    domain = texts[0] if len(texts) == 1 else f"product_domain(({', '.join(texts)}))"
    name, this, key = emitter.fresh("f"), emitter.fresh("this"), emitter.fresh("k")
    names = [local for bound in node.bounds for local in bound.locals]
    env = dict(context.env)
    if node.this is not None:
        env[node.this] = Atom(Py(this, None, True))
    emitter.prepare_closure([node.body], context)
    with emitter.writer.capture() as lines, emitter.writer.function("_", ""):
        _bind_key(emitter, node, names, key, env)
        emitter.writer.write(f"return {emitter.value(node.body, Context(env, context.primed)).text}")
    emitter.close_over(name, _body(lines), [this, key])
    return Py(f"function_of({domain}, {name})")


@emits_value(ir.Record)
def record(emitter: Emitter, node: ir.Record, context: Context) -> Py:
    texts = {name: emitter.value(item, context).text for name, item in node.fields}
    domain = domain_of(frozenset(texts))
    items = ", ".join(texts[name] for name in domain.keys_in_order)
    return Py(f"({emitter.program.name_of(domain)}, {items})")


@emits_value(ir.RecordSet)
def record_set(emitter: Emitter, node: ir.RecordSet, context: Context) -> Py:
    items = ", ".join(f"{name!r}: {emitter.value(item, context).text}" for name, item in node.fields)
    return Py(f"RecordSet({{{items}}})", "set")


@emits_value(ir.Tuple)
def tuple_(emitter: Emitter, node: ir.Tuple, context: Context) -> Py:
    items = "".join(f"{emitter.value(item, context).text}, " for item in node.elements)
    return Py(f"({emitter.program.name_of(sequence_domain(len(node.elements)))}, {items})", "seq")


@emits_value(ir.Times)
def times(emitter: Emitter, node: ir.Times, context: Context) -> Py:
    return Py(f"Product(({', '.join(emitter.value(item, context).text for item in node.factors)}))", "set")


@emits_value(ir.FunctionApplication)
def function_application(emitter: Emitter, node: ir.FunctionApplication, context: Context) -> Py:
    function = emitter.value(node.function, context)
    argument = emitter.value(node.arg, context)
    if emitter.checked:
        return Py(f"apply({function.text}, {argument.text})")
    text, name = emitter.inline(function)
    return Py(f"{text}[{name}[0][{argument.text}]]")


@emits_value(ir.Except)
def except_(emitter: Emitter, node: ir.Except, context: Context) -> Py:
    result = emitter.value(node.function, context)
    span = emitter.writer.span
    for update in node.updates:
        emitter.writer.span = update.span
        result = _update(emitter, result, update, 0, context)
    emitter.writer.span = span
    return result


def _update(emitter: Emitter, function: Py, update: ir.Update, step: int, context: Context) -> Py:
    """`function` with the value at the rest of the path replaced. Outside the domain nothing changes, as in TLC."""
    writer = emitter.writer
    old = emitter.fresh("w")
    writer.write(f"{old} = as_function({function.text})" if emitter.checked else f"{old} = {function.text}")
    with writer.block(f"if {old}.__class__ is not tuple:"):
        writer.write(f"{old} = as_function({old})")
    position, result = emitter.fresh("i"), emitter.fresh("w")
    key = emitter.keep(emitter.value(update.path[step], context)).text
    writer.write(f"{position} = {old}[0].get({key})")
    writer.write(f"{result} = {old}")
    with writer.block(f"if {position} is None:"):
        writer.write(f"{'absent_index' if function.kind == 'seq' else 'absent'}({key}, {old})")
    with writer.block("else:"):
        inner = Py(f"{old}[{position}]", None, True)
        if step + 1 < len(update.path):
            new = _update(emitter, inner, update, step + 1, context)
        else:
            new = emitter.value(update.value, context.bind({update.at: Atom(inner)}))
        writer.write(f"{result} = (*{old}[:{position}], {new.text}, *{old}[{position} + 1:])")
    return Py(result, None, True)


@emits_value(ir.If)
def if_(emitter: Emitter, node: ir.If, context: Context) -> Py:
    condition = branch(emitter, node.condition, context)
    return emitter.select(
        condition, lambda: emitter.value(node.then, context), lambda: emitter.value(node.otherwise, context)
    )


@emits_test(ir.If)
def if_test(emitter: Emitter, node: ir.If, context: Context) -> str:
    condition = branch(emitter, node.condition, context)
    chosen = emitter.select(
        condition,
        lambda: Py(emitter.test(node.then, context)),
        lambda: Py(emitter.test(node.otherwise, context)),
    )
    return chosen.text


@emits_value(ir.Case)
def case(emitter: Emitter, node: ir.Case, context: Context) -> Py:
    def arm(index: int) -> Py:
        if index == len(node.arms):
            return Py("no_case()") if node.other is None else emitter.value(node.other, context)
        guard, body = node.arms[index]
        condition = branch(emitter, guard, context)
        return emitter.select(condition, lambda: emitter.value(body, context), lambda: arm(index + 1))

    return arm(0)


@emits_value(ir.Let)
def let(emitter: Emitter, node: ir.Let, context: Context) -> Py:
    return emitter.value(node.body, emitter.bind_let(node, context))


@emits_test(ir.Let)
def let_test(emitter: Emitter, node: ir.Let, context: Context) -> str:
    return emitter.test(node.body, emitter.bind_let(node, context))


@emits_value(ir.Prime)
def prime(emitter: Emitter, node: ir.Prime, context: Context) -> Py:
    return emitter.value(node.expr, Context(context.env, True))


@emits_test(ir.Unchanged)
def unchanged(emitter: Emitter, node: ir.Unchanged, context: Context) -> str:
    now = emitter.keep(emitter.value(node.expr, context))
    following = emitter.value(node.expr, Context(context.env, True))
    return builtins.equality(emitter, now, following)


@emits_test(ir.ActionSubscript)
def action_subscript(emitter: Emitter, node: ir.ActionSubscript, context: Context) -> str:
    same = ir.Unchanged(node.subscript.span, node.subscript)
    if node.is_angle:
        return emitter.chain(
            [lambda: emitter.test(node.action, context), lambda: f"not {emitter.test(same, context)}"], is_and=True
        )
    return emitter.chain(
        [lambda: emitter.test(node.action, context), lambda: emitter.test(same, context)], is_and=False
    )


@emits_test(ir.Enabled)
def enabled(emitter: Emitter, node: ir.Enabled, context: Context) -> str:
    from .action_tests import enabled_test
    from .actions import PythonWalk

    return enabled_test(PythonWalk, emitter, node, context)


@emits_value(ir.UnboundedQuantifier)
def unbounded(emitter: Emitter, node: ir.UnboundedQuantifier, _context: Context) -> Py:
    what = "CHOOSE" if node.kind == "CHOOSE" else f"the quantifier `{node.kind}`"
    return emitter.program.refusal(
        node.span,
        f"{what} without a set cannot be evaluated",
        "bound it by a set, or give the definition a value in the configuration",
    )


@emits_test(ir.TemporalOperator)
def temporal_operator(emitter: Emitter, node: ir.TemporalOperator, context: Context) -> str:
    from .action_tests import composition_test
    from .actions import PythonWalk

    if node.kind == r"\cdot":
        return composition_test(PythonWalk, emitter, node, context)
    return emitter.truth(temporal(emitter, node, context))


@emits_value(ir.Box, ir.Diamond, ir.LeadsTo, ir.Fairness)
def temporal(emitter: Emitter, node: ir.Node, _context: Context) -> Py:
    if isinstance(node, ir.TemporalOperator) and not node.args:
        return emitter.program.refusal(node.span, f"{node.kind} is not supported", "numbers are integers")
    return emitter.program.refusal(node.span, "a temporal formula has no value in a state", None)
