r"""What of a formula in action position a walk would do more with than test it, for the walks of both engines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from ...model.semantics import ir
from .bindings import Atom, Binding, Context, Deferred, LocalFunction, Named, Py
from .library import native_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .program import Program


class Entering(Protocol):
    """An emitter, of either engine, that can put the body of a definition in place of a call."""

    @property
    def program(self) -> Program: ...

    def inlined(self, node: ir.Call, context: Context) -> tuple[ir.Expr, Context] | None: ...

    def bind_let(self, node: ir.Let, context: Context) -> Context: ...

    def arguments(
        self, params: Sequence[ir.Local], args: Sequence[ir.Argument], context: Context
    ) -> dict[object, Binding]: ...


class Walking(Protocol):
    """A walk of either engine, at some point of it."""

    @property
    def emitter(self) -> Entering: ...

    def assigns(self, node: ir.Expr, context: Context) -> bool: ...


def branches(walk: Walking, node: ir.Expr, context: Context, entered: frozenset[ir.Definition] = frozenset()) -> bool:
    """Whether walking `node` may do more than test it: it assigns, or a walk meets a disjunction in it.

    `entered`: recursive definitions whose bodies are being looked at.
    """
    if walk.assigns(node, context):
        return True
    match node:
        case ir.Junction():
            return not node.is_and or any(branches(walk, item, context, entered) for item in node.items)
        case ir.Quantifier():
            unknown: dict[object, Binding] = {local: Atom(Py("_")) for bound in node.bounds for local in bound.locals}
            return not node.is_forall or branches(walk, node.body, context.bind(unknown), entered)
        case ir.If():
            return any(branches(walk, arm, context, entered) for arm in (node.then, node.otherwise))
        case ir.Case():
            arms = [body for _, body in node.arms] + ([] if node.other is None else [node.other])
            return any(branches(walk, arm, context, entered) for arm in arms)
        case ir.Let():
            return branches(walk, node.body, walk.emitter.bind_let(node, context), entered)
        case ir.ActionSubscript() | ir.FunctionApplication():
            return True
        case ir.Builtin() if node.operator.name == "=>":
            return branches(walk, node.args[1], context, entered)  # type: ignore[arg-type]
        case ir.LocalRef():
            binding = context.env.get(node.local)
            return isinstance(binding, Deferred) and branches(walk, binding.expr, binding.context, entered)
        case ir.Call():
            return _call_branches(walk, node, context, entered)
        case _:
            return False


def _call_branches(walk: Walking, node: ir.Call, context: Context, entered: frozenset[ir.Definition]) -> bool:
    emitter = walk.emitter
    binding = context.env.get(node.target)
    if isinstance(binding, Deferred):
        return branches(walk, binding.expr, binding.context, entered)
    inlined = emitter.inlined(node, context)
    if inlined is not None:
        return branches(walk, *inlined, entered)
    recursive = recursive_operator(emitter.program, node, context)
    if recursive is None or recursive[0] in entered:
        return False
    definition, outer = recursive
    bound = emitter.arguments(definition.params, node.args, context)
    return branches(walk, definition.body, outer.bind(bound), entered | {definition})


def recursive_operator(program: Program, node: ir.Call, context: Context) -> tuple[ir.Definition, Context] | None:
    """The recursive definition that is called, and what its body sees beside its parameters; None if there is none."""
    binding = context.env.get(node.target)
    if isinstance(binding, LocalFunction):
        return binding.definition, Context(binding.context.env, binding.context.primed or context.primed)
    target: object = binding.target if isinstance(binding, Named) else node.target
    if (binding is not None and not isinstance(binding, Named)) or not isinstance(target, (ir.Definition, ir.Constant)):
        return None
    resolved = program.resolve(target)
    if not isinstance(resolved, ir.Definition) or not resolved.is_recursive or native_of(resolved) is not None:
        return None
    return resolved, Context({}, context.primed)
