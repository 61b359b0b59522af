r"""`f[x]` in action position: TLC holds a function unexpanded, and walks its body as it walks a definition.

A disjunction in the body then leads to one state for each arm that is TRUE, though it determines nothing. The body of a
recursive function becomes a Python function that is handed what to do once it holds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from ...model.semantics import ir
from .expressions import Atom, Binding, Context, Deferred, Py
from .library import native_of

if TYPE_CHECKING:
    from .actions import Continuation, Walk
    from .program import Program


class Entering(Protocol):
    """An emitter, of either engine, that can put the body of a definition in place of a call."""

    @property
    def program(self) -> Program: ...

    def inlined(self, node: ir.Call, context: Context) -> tuple[ir.Expr, Context] | None: ...


def applied(walk: Walk, node: ir.FunctionApplication, context: Context, then: Continuation) -> None:
    """Walk an application; where it is of no function that is written out, it is a test."""
    function = node.function
    if isinstance(function, ir.LocalRef) and function.local in walk.walkers:
        _call(walk, walk.walkers[function.local], node, context, then)
        return
    written, inner = written_function(walk.emitter, function, context)
    if (
        written is None
        or len(written.bounds) != 1
        or len(written.bounds[0].locals) != 1
        or written.bounds[0].is_tuple
        or (written.this is not None and walk.assigns(written.body, inner))
    ):
        walk.check(node, context, then)
        return
    if written.this is not None:
        _call(walk, _walker(walk, written, inner), node, context, then)
        return
    bound = written.bounds[0]
    argument = walk.emitter.keep(walk.emitter.value(node.arg, context))
    _require_member(walk, argument.text, bound, inner)
    walk.walk(written.body, inner.bind({bound.locals[0]: Atom(argument)}), then)


def written_function(
    emitter: Entering, function: ir.Expr, context: Context
) -> tuple[ir.FunctionConstructor | None, Context]:
    """The function that an expression is, written out, through definitions; a recursive one through LET too."""
    while isinstance(function, ir.Call) and not function.args:
        binding = context.env.get(function.target)
        if isinstance(binding, Deferred):
            if not isinstance(binding.expr, ir.FunctionConstructor) or binding.expr.this is None:
                return None, context
            return binding.expr, binding.context
        entered = emitter.inlined(function, context)
        if entered is None:
            return _defined(emitter.program, function, context), Context({}, context.primed)
        function, context = entered
    return (function if isinstance(function, ir.FunctionConstructor) else None), context


def _defined(program: Program, call: ir.Call, context: Context) -> ir.FunctionConstructor | None:
    """A recursive function that is the body of a definition of the module."""
    if call.target in context.env or isinstance(call.target, ir.Local):
        return None
    target = program.resolve(call.target)
    if not isinstance(target, ir.Definition) or target.params or native_of(target) is not None:
        return None
    body = target.body
    return body if isinstance(body, ir.FunctionConstructor) and body.this is not None else None


def _walker(walk: Walk, function: ir.FunctionConstructor, context: Context) -> str:
    """The name of a Python function of an argument and of what is to be done where the function is TRUE for it."""
    from .actions import Continuation

    emitter, writer = walk.emitter, walk.emitter.writer
    assert function.this is not None
    value = emitter.keep(emitter.value(function, context))
    name, argument, then = emitter.fresh("w"), emitter.fresh("a"), emitter.fresh("k")
    before = walk.walkers
    walk.walkers = {**before, function.this: name}
    bound = function.bounds[0]
    env: dict[object, Binding] = {bound.locals[0]: Atom(Py(argument, None, True)), function.this: Atom(value)}
    with walk.path(), writer.function(name, f"{argument}, {then}"):
        _require_member(walk, argument, bound, context)
        on = Continuation(lambda: writer.write(walk.jump.format(call=f"{then}()")), 1)
        walk.walk(function.body, context.bind(env), on)
        if walk.leave != "return":
            writer.write(walk.leave)
    walk.walkers = before
    return name


def _call(walk: Walk, walker: str, node: ir.FunctionApplication, context: Context, then: Continuation) -> None:
    """Write a call of a walker, what follows being a function of its own."""
    emitter, writer = walk.emitter, walk.emitter.writer
    argument = emitter.keep(emitter.value(node.arg, context))
    name = emitter.fresh("k")
    with walk.path(), writer.function(name, ""):
        then.emit()
        if walk.leave != "return":
            writer.write(walk.leave)
    writer.write(walk.jump.format(call=f"{walker}({argument.text}, {name})"))


def _require_member(walk: Walk, argument: str, bound: ir.Bound, context: Context) -> None:
    domain = walk.emitter.value(bound.set, context)
    walk.emitter.writer.write(f"require_member({argument}, {domain.text})")
