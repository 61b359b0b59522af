"""Names, literals, connectives, conditions, LET, primes and ENABLED."""

from __future__ import annotations

from ...model.semantics import ir
from ..interpreted.bindings import Context
from .cpp import Cpp, equality
from .emitter import Emitter, emits_test, emits_value


@emits_value(ir.Literal)
def literal(emitter: Emitter, node: ir.Literal, _context: Context) -> Cpp:
    return emitter.unit.embed_literal(node.value, node.span)


@emits_value(ir.VariableRef)
def variable_ref(emitter: Emitter, node: ir.VariableRef, context: Context) -> Cpp:
    return emitter.variable(node.variable.index, primed=context.primed)


@emits_value(ir.LocalRef)
def local_ref(emitter: Emitter, node: ir.LocalRef, context: Context) -> Cpp:
    return emitter.local(node.local, context)


@emits_value(ir.Call)
def call(emitter: Emitter, node: ir.Call, context: Context) -> Cpp:
    return emitter.call(node, context)


@emits_test(ir.Call)
def call_test(emitter: Emitter, node: ir.Call, context: Context) -> str:
    inlined = emitter.inlined(node, context) if node.args else None
    if inlined is not None:
        return emitter.test(*inlined)
    return emitter.truth(emitter.call(node, context))


@emits_test(ir.Junction)
def junction(emitter: Emitter, node: ir.Junction, context: Context) -> str:
    emitters = [lambda item=item: emitter.branch(item, context) for item in node.items]
    return emitter.chain(emitters, is_and=node.is_and)


@emits_value(ir.If)
def if_(emitter: Emitter, node: ir.If, context: Context) -> Cpp:
    condition = emitter.branch(node.condition, context)
    return emitter.select(
        condition, lambda: emitter.value(node.then, context), lambda: emitter.value(node.otherwise, context)
    )


@emits_test(ir.If)
def if_test(emitter: Emitter, node: ir.If, context: Context) -> str:
    condition = emitter.branch(node.condition, context)
    chosen = emitter.select(
        condition,
        lambda: Cpp(emitter.test(node.then, context), "bool"),
        lambda: Cpp(emitter.test(node.otherwise, context), "bool"),
    )
    return chosen.text


@emits_value(ir.Case)
def case(emitter: Emitter, node: ir.Case, context: Context) -> Cpp:
    def arm(index: int) -> Cpp:
        if index == len(node.arms):
            return Cpp("(no_case(), UNSET)") if node.other is None else emitter.value(node.other, context)
        guard, body = node.arms[index]
        condition = emitter.branch(guard, context)
        return emitter.select(condition, lambda: emitter.value(body, context), lambda: arm(index + 1))

    return arm(0)


@emits_value(ir.Let)
def let(emitter: Emitter, node: ir.Let, context: Context) -> Cpp:
    return emitter.value(node.body, emitter.bind_let(node, context))


@emits_test(ir.Let)
def let_test(emitter: Emitter, node: ir.Let, context: Context) -> str:
    return emitter.test(node.body, emitter.bind_let(node, context))


@emits_value(ir.Prime)
def prime(emitter: Emitter, node: ir.Prime, context: Context) -> Cpp:
    return emitter.value(node.expr, Context(context.env, True))


@emits_test(ir.Unchanged)
def unchanged(emitter: Emitter, node: ir.Unchanged, context: Context) -> str:
    now = emitter.keep(emitter.value(node.expr, context))
    following = emitter.value(node.expr, Context(context.env, True))
    return equality(now, following)


@emits_test(ir.ActionSubscript)
def action_subscript(emitter: Emitter, node: ir.ActionSubscript, context: Context) -> str:
    same = ir.Unchanged(node.subscript.span, node.subscript)
    if node.is_angle:
        return emitter.chain(
            [lambda: emitter.test(node.action, context), lambda: f"!{emitter.test(same, context)}"], is_and=True
        )
    return emitter.chain(
        [lambda: emitter.test(node.action, context), lambda: emitter.test(same, context)], is_and=False
    )


@emits_test(ir.Enabled)
def enabled(emitter: Emitter, node: ir.Enabled, context: Context) -> str:
    from ..interpreted.action_tests import enabled_test
    from .emit_actions import CppWalk

    return enabled_test(CppWalk, emitter, node, context)


@emits_test(ir.TemporalOperator)
def composition(emitter: Emitter, node: ir.TemporalOperator, context: Context) -> str:
    from ..interpreted.action_tests import composition_test
    from .emit_actions import CppWalk

    if node.kind == r"\cdot":
        return composition_test(CppWalk, emitter, node, context)
    return "(unsupported(), false)"


@emits_value(ir.UnboundedQuantifier, ir.Box, ir.Diamond, ir.LeadsTo, ir.Fairness)
def refused(_emitter: Emitter, _node: ir.Node, _context: Context) -> Cpp:
    """What no engine evaluates is a fault where it is reached; the interpreter has the words for it."""
    return Cpp("(unsupported(), UNSET)")
