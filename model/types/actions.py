"""Which next values an action gives to variables, read as TLC enumerates them; in Init, which first values.

On each path the first `x' = e`, `x' \\in S`, `x' \\subseteq S` or UNCHANGED gives x its next value; later ones test.
Paths that part at a disjunction meet again behind it: a variable has then what it was given on any of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from ..semantics import ir
from ..values.core import Value
from .environment import Env, Lazy, join_envs
from .expressions import bound_scope
from .guards import enter, leave
from .interpreter import Interpreter, actions
from .order import meet
from .types import NEVER, SetType, Type, set_of
from .unions import elements_of, join, type_of

RECURSIVE: Final = "a recursive definition may give it its value"
UNASSIGNED: Final = "on some path through Init or Next nothing is recognised that gives it a value"
INSTANCES: Final = 16
"""Elements of a constant set for each of which the body of `\\A` is taken by itself."""

# --- structure -------------------------------------------------------------------------------------------------------


@actions(ir.Junction)
def junction(interpreter: Interpreter, node: ir.Junction, env: Env) -> Env | None:
    if not node.is_and:
        return join_envs(interpreter.act(item, env) for item in node.items)
    found: Env | None = env
    for item in node.items:
        if found is None:
            break
        found = interpreter.act(item, found)
    return found


@actions(ir.Quantifier)
def quantifier(interpreter: Interpreter, node: ir.Quantifier, env: Env) -> Env | None:
    """`\\A` is the conjunction of its instances, none if the set is empty."""
    if node.is_forall:
        instances = _instances(interpreter, node, env)
        if instances is not None:
            return _each(interpreter, node, instances, env)
    scope = bound_scope(interpreter, node.bounds, env)
    if scope is None:
        return env if node.is_forall else None
    found = interpreter.act(node.body, scope)
    found = found and env.leaving(found)
    if not node.is_forall:
        return found
    sources = [interpreter.value(bound.set, env) for bound in node.bounds]
    is_inhabited = all(type(source) is SetType and source.exact for source in sources)
    return found if is_inhabited else join_envs((env, found))


def _instances(interpreter: Interpreter, node: ir.Quantifier, env: Env) -> list[Value] | None:
    """The elements of the one set that a variable ranges over, where they are known and not many."""
    bound = node.bounds[0]
    source = interpreter.value(bound.set, env)
    if len(node.bounds) > 1 or len(bound.locals) > 1 or bound.is_tuple or type(source) is not SetType:
        return None
    return sorted(source.exact, key=str) if source.exact and len(source.exact) <= INSTANCES else None


def _each(interpreter: Interpreter, node: ir.Quantifier, instances: Sequence[Value], env: Env) -> Env | None:
    """The body for each element in turn."""
    name = node.bounds[0].locals[0]
    found: Env | None = env
    for value in instances:
        after = found and interpreter.act(node.body, found.bind({name: type_of(value, interpreter.tags)}))
        found = after and env.leaving(after)
    return found


@actions(ir.If)
def conditional(interpreter: Interpreter, node: ir.If, env: Env) -> Env | None:
    return cases(interpreter, [(node.condition, node.then)], node.otherwise, env)


@actions(ir.Case)
def case(interpreter: Interpreter, node: ir.Case, env: Env) -> Env | None:
    return cases(interpreter, node.arms, node.other, env)


def cases(
    interpreter: Interpreter, arms: Sequence[tuple[ir.Expr, ir.Expr]], other: ir.Expr | None, env: Env
) -> Env | None:
    """The first arm whose condition is TRUE is the action."""
    found: list[Env | None] = []
    left: Env | None = env
    for condition, body in arms:
        if left is None:
            break
        when_true, left = interpreter.guard(condition, left)
        if when_true is not None:
            found.append(interpreter.act(body, when_true))
    if left is not None and other is not None:
        found.append(interpreter.act(other, left))
    return join_envs(found)


@actions(ir.Let)
def let(interpreter: Interpreter, node: ir.Let, env: Env) -> Env | None:
    found = interpreter.act(node.body, interpreter.enter_let(node, env))
    return found and env.leaving(found)


@actions(ir.Call)
def call(interpreter: Interpreter, node: ir.Call, env: Env) -> Env | None:
    bound = env.locals.get(node.target) if isinstance(node.target, ir.Definition) else None
    if isinstance(bound, Lazy):
        return _enter_lazy(interpreter, bound, env)
    entered = enter(interpreter, node, env)
    if entered is None:
        target = None if isinstance(node.target, ir.Local) else interpreter.resolve(node.target)
        if isinstance(target, ir.Definition) and target.is_recursive:
            return _not_followed(interpreter, node, env)
        return interpreter.guard(node, env)[0]
    body, params, inner = entered
    return leave(interpreter, node, params, inner, interpreter.act(body, inner), env)


@actions(ir.LocalRef)
def local(interpreter: Interpreter, node: ir.LocalRef, env: Env) -> Env | None:
    bound = env.locals[node.local]
    if isinstance(bound, Lazy):
        return _enter_lazy(interpreter, bound, env)
    return interpreter.guard(node, env)[0]


def _enter_lazy(interpreter: Interpreter, lazy: Lazy, env: Env) -> Env | None:
    """An action that is an argument, or defined in a LET."""
    inner = replace(env, locals=lazy.env.locals, primed=env.primed or lazy.env.primed)
    found = interpreter.act(lazy.expr, inner)
    return found and replace(found, locals=env.locals, primed=env.primed)


@actions(ir.FunctionApplication)
def application(interpreter: Interpreter, node: ir.FunctionApplication, env: Env) -> Env | None:
    """`f[x]` where f is written as `[y \\in S |-> A]`: A is the action."""
    function = node.function
    while isinstance(function, ir.Call) and not function.args and isinstance(function.target, ir.Definition):
        if isinstance(env.locals.get(function.target), Lazy):
            break
        target = interpreter.resolve(function.target)
        if not isinstance(target, ir.Definition) or target.params:
            break
        function = target.body
    name = _only_argument(function)
    if name is None:
        if isinstance(function, ir.FunctionConstructor) and function.this is not None:
            return _not_followed(interpreter, node, env)
        return interpreter.guard(node, env)[0]
    assert isinstance(function, ir.FunctionConstructor)
    inner = env if function is node.function else env.scoped({})
    keys = elements_of(interpreter.value(function.bounds[0].set, inner))
    key = meet(interpreter.value(node.arg, env), keys)
    if key is NEVER:
        return None
    found = interpreter.act(function.body, inner.bind({name: key}))
    return found and replace(found, locals=env.locals)


def _not_followed(interpreter: Interpreter, node: ir.Expr, env: Env) -> Env:
    """A recursive definition may give any variable a next value that has none yet, of any type."""
    for index, following in enumerate(env.next):
        if following is None or index in env.unsure:
            env = env.with_next(index, interpreter.unknown(RECURSIVE, node))
    return env


def _only_argument(function: ir.Expr) -> ir.Local | None:
    """The variable of a function written out over one, and not recursive."""
    if not isinstance(function, ir.FunctionConstructor) or function.this is not None or len(function.bounds) != 1:
        return None
    bound = function.bounds[0]
    return bound.locals[0] if len(bound.locals) == 1 and not bound.is_tuple else None


# --- next values -----------------------------------------------------------------------------------------------------


def assigned(interpreter: Interpreter, index: int, t: Type, env: Env) -> Env | None:
    """The variable gets a next value of type `t`, on the paths on which it has none."""
    if t is NEVER:
        return None
    before = env.next[index]
    return env.with_next(index, t if before is None else join(before, t))


@actions(ir.Builtin)
def relation(interpreter: Interpreter, node: ir.Builtin, env: Env) -> Env | None:
    """`x' = e`, `x' \\in S`, `x' \\subseteq S`; anything else tests."""
    name = node.operator.name
    is_row = node.operator.module is None
    if is_row and name == "=>":
        applies, passes = interpreter.guard(node.args[0], env)  # type: ignore[arg-type]
        acts = None if applies is None else interpreter.act(node.args[1], applies)  # type: ignore[arg-type]
        return join_envs((passes, acts))
    index = None
    if is_row and name in ("=", r"\in", r"\subseteq"):
        index = assignable(interpreter, node.args[0], env)
    if index is None or (env.next[index] is not None and index not in env.unsure):
        return interpreter.guard(node, env)[0]
    right = interpreter.value(node.args[1], env)  # type: ignore[arg-type]
    if name == r"\in":
        right = elements_of(right)
    elif name == r"\subseteq":
        right = set_of(elements_of(right))
    found = assigned(interpreter, index, right, env)
    if found is not None and interpreter.records is not None:
        interpreter.records.add(interpreter.records.nodes, node.args[0], right)
    return found


def assignable(interpreter: Interpreter, node: ir.Argument, env: Env) -> int | None:
    """The variable whose next value `node` stands for."""
    if isinstance(node, ir.Prime):
        return variable_of(interpreter, node.expr, env)
    if env.primed:
        return variable_of(interpreter, node, env)
    inner = _behind_name(interpreter, node, env)
    return None if inner is None else assignable(interpreter, *inner)


def variable_of(interpreter: Interpreter, node: ir.Argument, env: Env) -> int | None:
    """The variable that `node` is, directly or through parameters and definitions."""
    if isinstance(node, ir.VariableRef):
        return node.variable.index
    inner = _behind_name(interpreter, node, env)
    return None if inner is None else variable_of(interpreter, *inner)


def _behind_name(interpreter: Interpreter, node: ir.Argument, env: Env) -> tuple[ir.Expr, Env] | None:
    """The expression that a parameter or definition without arguments stands for, and its scope."""
    if isinstance(node, ir.LocalRef):
        bound = env.locals[node.local]
        return (bound.expr, bound.env) if isinstance(bound, Lazy) else None
    if not isinstance(node, ir.Call) or node.args or isinstance(node.target, ir.Local):
        return None
    bound = env.locals.get(node.target) if isinstance(node.target, ir.Definition) else None
    if isinstance(bound, Lazy):
        return bound.expr, bound.env
    target = interpreter.resolve(node.target)
    if not isinstance(target, ir.Definition) or target.params or target.is_recursive:
        return None
    return target.body, env if interpreter.is_let_bound(target) else env.scoped({})


@actions(ir.Unchanged)
def unchanged(interpreter: Interpreter, node: ir.Unchanged, env: Env) -> Env | None:
    return _unchanged(interpreter, node.expr, env, env)


def _unchanged(interpreter: Interpreter, expr: ir.Expr, scope: Env, env: Env) -> Env | None:
    """UNCHANGED of variables, and of tuples of them, through definitions; `scope` has the names in `expr`."""
    if env.primed:
        return env
    if isinstance(expr, ir.Tuple):
        found: Env | None = env
        for element in expr.elements:
            found = found and _unchanged(interpreter, element, scope, found)
        return found
    if isinstance(expr, ir.VariableRef):
        return _keeps(interpreter, expr.variable.index, env)
    behind = _behind_name(interpreter, expr, scope)
    return env if behind is None else _unchanged(interpreter, *behind, env)


def _keeps(interpreter: Interpreter, index: int, env: Env) -> Env | None:
    following = env.next[index]
    if following is None or index in env.unsure:
        return assigned(interpreter, index, env.now[index], env)
    both = meet(following, env.now[index])
    return None if both is NEVER else env.with_next(index, both).with_now(index, both)


@actions(ir.TemporalOperator)
def sequential(interpreter: Interpreter, node: ir.TemporalOperator, env: Env) -> Env | None:
    """`A \\cdot B`: B from a state that A leads to."""
    if node.kind != r"\cdot":
        return interpreter.guard(node, env)[0]
    none: tuple[Type | None, ...] = (None,) * len(env.next)
    between = interpreter.act(node.args[0], replace(env, next=none, unsure=frozenset()))
    if between is None:
        return None
    states = tuple(
        [
            interpreter.unknown(UNASSIGNED, node) if t is None or index in between.unsure else t
            for index, t in enumerate(between.next)
        ]
    )
    after = interpreter.act(node.args[1], replace(env, now=states, next=none, unsure=frozenset()))
    return after and replace(env, next=after.next, unsure=after.unsure)


@actions(ir.ActionSubscript)
def subscripted(interpreter: Interpreter, node: ir.ActionSubscript, env: Env) -> Env | None:
    acts = interpreter.act(node.action, env)
    if node.is_angle:
        return acts
    return join_envs((acts, _unchanged(interpreter, node.subscript, env, env)))
