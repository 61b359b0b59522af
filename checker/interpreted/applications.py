r"""`f[x]` in action position: TLC holds a function unexpanded, and walks its body as it walks a definition.

A disjunction in the body then leads to one state for each arm that is TRUE, even where it determines nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...model.semantics import ir
from .bindings import Atom, Context, Deferred, Py
from .library import native_of
from .reentry import call_function

if TYPE_CHECKING:
    from .branching import Entering
    from .program import Program
    from .walk import Continuation, Walk


def applied(walk: Walk, node: ir.FunctionApplication, context: Context, then: Continuation) -> None:
    """Walk an application; where it is of no function that is written out, it is a test."""
    function = node.function
    if isinstance(function, ir.LocalRef) and function.local in walk.functions:
        written, inner = walk.functions[function.local]
    else:
        written, inner = written_function(walk.emitter, function, context)
    if written is None or len(written.bounds) != 1 or len(written.bounds[0].locals) != 1 or written.bounds[0].is_tuple:
        walk.check(node, context, then)
        return
    argument = walk.emitter.keep(walk.emitter.value(node.arg, context))
    if written.this is not None:
        call_function(walk, written, inner, argument.boxed, then)
        return
    bound = written.bounds[0]
    walk.require_member(argument.boxed, walk.emitter.value(bound.set, inner))
    walk.walk(written.body, inner.bind({bound.locals[0]: Atom(Py(*argument))}), then)


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
