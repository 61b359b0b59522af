"""What a test tells of a variable, a name or a component: `m.type = "vote"` leaves of `m` the records that may be so.

Only what a path leads to can be narrowed: a variable, primed or not, or a name, then arguments or fields.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ..semantics import ir
from ..values.core import Value
from .environment import Env, Lazy
from .functions import matching
from .interpreter import Interpreter
from .membership import UNKNOWN, exact_value
from .types import NEVER, AnyType, MapType, SeqType, StructType, Type, parts_of
from .unions import join_all, struct

Change = Callable[[Type], Type]
"""From the type of what a path leads to, to that of what of it passes the test."""


def narrow(interpreter: Interpreter, node: ir.Argument, env: Env, change: Change) -> Env | None:
    """What is known where `node`, if it is a path, has passed a test; None where nothing passes."""
    match node:
        case ir.LocalRef():
            return _narrow_name(interpreter, node.local, env, change)
        case ir.VariableRef():
            return _narrow_variable(node.variable.index, env, change)
        case ir.Prime():
            inner = narrow(interpreter, node.expr, env.under_prime(), change)
            return None if inner is None else replace(inner, primed=env.primed)
        case ir.FunctionApplication():
            key = interpreter.value(node.arg, env)
            each = _each_key(node.arg, env)
            return narrow(interpreter, node.function, env, lambda t: narrow_at(t, key, each, change))
        case ir.Call() if not node.args:
            if isinstance(node.target, ir.Definition) and node.target in env.locals:
                return _narrow_name(interpreter, node.target, env, change)
            return _narrow_definition(interpreter, node, env, change)
        case _:
            return env


def _narrow_name(interpreter: Interpreter, name: ir.Local | ir.Definition, env: Env, change: Change) -> Env | None:
    bound = env.locals[name]
    if isinstance(bound, Lazy):
        primed = env.primed or bound.env.primed
        old = interpreter.force(bound, env)
        new = change(old)
        if new is NEVER:
            return None
        if new is old:
            return env
        found = env.bind({name: bound.narrowed(new, primed)})
        return _narrow_named(interpreter, bound, found, change) if isinstance(name, ir.Definition) else found
    if not isinstance(bound, Type):
        return env
    new = change(bound)
    if new is NEVER:
        return None
    return env if new is bound else env.bind({name: new})


def _narrow_named(interpreter: Interpreter, bound: Lazy, env: Env, change: Change) -> Env | None:
    """What a definition of a LET is a name for passes the test too; of that, what is known of variables is kept."""
    scope = replace(env, locals=bound.env.locals, primed=env.primed or bound.env.primed)
    found = narrow(interpreter, bound.expr, scope, change)
    return found and replace(found, locals=env.locals, primed=env.primed)


def _narrow_variable(index: int, env: Env, change: Change) -> Env | None:
    if env.primed:
        old = env.next[index]
        if old is None or index in env.unsure:
            return env
    else:
        old = env.now[index]
    new = change(old)
    if new is NEVER:
        return None
    if new is old:
        return env
    return env.with_next(index, new) if env.primed else env.with_now(index, new)


def _narrow_definition(interpreter: Interpreter, node: ir.Call, env: Env, change: Change) -> Env | None:
    """A definition that is a name for a path."""
    target = interpreter.resolve(node.target)
    paths = ir.VariableRef | ir.FunctionApplication | ir.Prime | ir.Call
    if isinstance(target, ir.Definition) and not target.params and isinstance(target.body, paths):
        if interpreter.is_let_bound(target):
            return env
        inner = narrow(interpreter, target.body, env.scoped({}), change)
        return None if inner is None else inner.scoped(env.locals)
    return env


def _each_key(node: ir.Expr, env: Env) -> frozenset[Value] | None:
    """The set each element of which the key stands for, at once."""
    return env.everywhere.get(node.local) if isinstance(node, ir.LocalRef) else None


def narrow_at(function: Type, key: Type, each: frozenset[Value] | None, change: Change) -> Type:
    """The functions that may have at `key` what passes the test, and at each key in `each` nothing else."""
    return join_all(_narrow_part(part, key, each, change) for part in parts_of(function))


def _narrow_part(part: Type, key: Type, each: frozenset[Value] | None, change: Change) -> Type:
    match part:
        case AnyType():
            return part
        case StructType():
            return _narrow_struct(part, key, each, change)
        case SeqType():
            return NEVER if change(part.element) is NEVER else part
        case MapType():
            return NEVER if change(part.result) is NEVER else part
        case _:
            return NEVER


def _narrow_struct(part: StructType, key: Type, each: frozenset[Value] | None, change: Change) -> Type:
    hits = dict(matching(part, key))
    changed = {t: change(t) for t in dict.fromkeys(hits.values())}
    if all(t is NEVER for t in changed.values()):
        return NEVER
    certain = {k for k in hits if exact_value(key) is not UNKNOWN or (each is not None and k in each)}
    if not certain or all(old is new for old, new in changed.items()):
        return part
    pairs = zip(part.domain, part.pointwise, strict=True)
    return struct(part.domain, tuple([changed[t] if k in certain else t for k, t in pairs]), part.tag)
