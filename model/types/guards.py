"""What is known where a formula is TRUE and where it is FALSE, read as TLC evaluates it: from left to right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from ..semantics import ir
from ..values.core import Value
from .arithmetic import integers
from .environment import Binding, Closure, Env, Lazy, Name, join_envs
from .expressions import bind_elements
from .interpreter import Interpreter, Outcome, guards
from .membership import UNKNOWN, exact_value
from .narrowing import narrow
from .natives import native_type
from .order import meet, without
from .types import IS_FALSE, IS_TRUE, NEVER, IntType, SetType, StructType, Type, parts_of, set_of
from .unions import elements_of, join_all

NOWHERE: Final[Outcome] = (None, None)


# --- connectives -----------------------------------------------------------------------------------------------------


@guards(ir.Junction)
def junction(interpreter: Interpreter, node: ir.Junction, env: Env) -> Outcome:
    """Each item is evaluated where those before it were all TRUE (of `/\\`), or all FALSE (of `\\/`)."""
    on: Env | None = env if node.is_and else env.anywhere()
    decided: list[Env | None] = []
    for item in node.items:
        if on is None:
            break
        when_true, when_false = interpreter.guard(item, on)
        decided.append(when_false if node.is_and else when_true)
        on = when_true if node.is_and else when_false
        if on is not None and node.is_and:
            on = replace(on, everywhere=env.everywhere)
    return (on, join_envs(decided)) if node.is_and else (join_envs(decided), on)


@guards(ir.If)
def conditional(interpreter: Interpreter, node: ir.If, env: Env) -> Outcome:
    return cases(interpreter, [(node.condition, node.then)], node.otherwise, env)


@guards(ir.Case)
def case(interpreter: Interpreter, node: ir.Case, env: Env) -> Outcome:
    return cases(interpreter, node.arms, node.other, env)


def cases(
    interpreter: Interpreter, arms: Sequence[tuple[ir.Expr, ir.Expr]], other: ir.Expr | None, env: Env
) -> Outcome:
    """The first arm whose condition is TRUE decides."""
    outcomes: list[Outcome] = []
    left: Env | None = env.anywhere()
    for condition, body in arms:
        if left is None:
            break
        when_true, left = interpreter.guard(condition, left)
        if when_true is not None:
            outcomes.append(interpreter.guard(body, when_true))
    if left is not None and other is not None:
        outcomes.append(interpreter.guard(other, left))
    return join_envs(t for t, _ in outcomes), join_envs(f for _, f in outcomes)


@guards(ir.Let)
def let(interpreter: Interpreter, node: ir.Let, env: Env) -> Outcome:
    when_true, when_false = interpreter.guard(node.body, interpreter.enter_let(node, env))
    return when_true and env.leaving(when_true), when_false and env.leaving(when_false)


@guards(ir.Prime)
def primed(interpreter: Interpreter, node: ir.Prime, env: Env) -> Outcome:
    when_true, when_false = interpreter.guard(node.expr, env.under_prime())
    return when_true and replace(when_true, primed=env.primed), when_false and replace(when_false, primed=env.primed)


# --- quantifiers -----------------------------------------------------------------------------------------------------


@guards(ir.Quantifier)
def quantifier(interpreter: Interpreter, node: ir.Quantifier, env: Env) -> Outcome:
    names: dict[Name, Binding] = {}
    sets = [interpreter.value(bound.set, env) for bound in node.bounds]
    for bound, source in zip(node.bounds, sets, strict=True):
        if bind_elements(interpreter, bound, elements_of(source), names) is NEVER:
            return (env, None) if node.is_forall else (None, env)
    scope = env.bind(names)
    is_inhabited = all(map(_is_inhabited, sets))
    if not node.is_forall:
        when_true, when_false = interpreter.guard(node.body, scope.anywhere())
        is_certain = when_false is None and is_inhabited
        return when_true and env.leaving(when_true), None if is_certain else env
    if is_inhabited:
        scope = scope.everywhere_too(_everywhere(node.bounds, sets))
    else:
        scope = scope.anywhere()
    when_true, when_false = interpreter.guard(node.body, scope)
    # What is known of each element at once is not known where the formula is FALSE of some.
    on_false = None if when_false is None else env.anywhere()
    if is_inhabited:
        return when_true and env.leaving(when_true), on_false
    return _narrow_set(interpreter, node, when_true, env), on_false


def _is_inhabited(t: Type) -> bool:
    """Whether a set is one that is known, and has elements."""
    return type(t) is SetType and bool(t.exact)


def _everywhere(bounds: Sequence[ir.Bound], sets: Sequence[Type]) -> dict[ir.Local, frozenset[Value]]:
    """The variables that stand for each element of a known set."""
    found: dict[ir.Local, frozenset[Value]] = {}
    for bound, source in zip(bounds, sets, strict=True):
        if not bound.is_tuple and type(source) is SetType and source.exact is not None:
            found.update(dict.fromkeys(bound.locals, source.exact))
    return found


def _narrow_set(interpreter: Interpreter, node: ir.Quantifier, inner: Env | None, env: Env) -> Env | None:
    """Where a formula holds of every element of a set, the set has such elements alone."""
    if len(node.bounds) != 1 or len(node.bounds[0].locals) != 1 or node.bounds[0].is_tuple:
        return env
    bound = node.bounds[0]
    if inner is None:
        return narrow(interpreter, bound.set, env, lambda t: meet(t, set_of(NEVER)))
    element = inner.locals[bound.locals[0]]
    assert isinstance(element, Type)
    return narrow(interpreter, bound.set, env, lambda t: meet(t, set_of(element)))


# --- calls -----------------------------------------------------------------------------------------------------------


@guards(ir.Call)
def call(interpreter: Interpreter, node: ir.Call, env: Env) -> Outcome:
    entered = enter(interpreter, node, env)
    if entered is None:
        return by_path(interpreter, node, env)
    body, params, inner = entered
    when_true, when_false = interpreter.guard(body, inner)
    return (
        leave(interpreter, node, params, inner, when_true, env),
        leave(interpreter, node, params, inner, when_false, env),
    )


Entered = tuple[ir.Expr, Sequence[ir.Local], Env]


def enter(interpreter: Interpreter, node: ir.Call, env: Env) -> Entered | None:
    """The formula that a call stands for, its parameters, and its scope; None where only its value can be had."""
    args = [interpreter.argument(arg, env) for arg in node.args]
    if isinstance(node.target, ir.Local):
        closure = env.locals[node.target]
        assert isinstance(closure, Closure)
        return _enter_closure(interpreter, closure, args, env)
    if isinstance(node.target, ir.Definition) and isinstance(env.locals.get(node.target), Lazy):
        return None
    target = interpreter.resolve(node.target)
    if not isinstance(target, ir.Definition) or target.is_recursive or native_type(target) is not None:
        return None
    if interpreter.known_constant(node, target) is not None:
        return None
    interpreter.returns_boolean(target)
    inner = interpreter.enter_bound(target.params, args, target, env)
    each = {
        param: env.everywhere[arg.local]
        for param, arg in zip(target.params, node.args, strict=True)
        if isinstance(arg, ir.LocalRef) and arg.local in env.everywhere
    }
    return target.body, target.params, inner.everywhere_too(each)


def _enter_closure(interpreter: Interpreter, closure: Closure, args: Sequence[Binding], env: Env) -> Entered | None:
    operator = closure.operator
    scope = replace(env.anywhere(), locals=closure.env.locals, primed=env.primed or closure.env.primed)
    if isinstance(operator, ir.Lambda):
        return operator.body, operator.params, interpreter.enter_bound(operator.params, args, None, scope)
    target = operator.target
    if isinstance(target, ir.Local):
        bound = closure.env.locals[target]
        assert isinstance(bound, Closure)
        return _enter_closure(interpreter, bound, args, env)
    resolved = interpreter.resolve(target)
    if not isinstance(resolved, ir.Definition) or resolved.is_recursive or native_type(resolved) is not None:
        return None
    interpreter.returns_boolean(resolved)
    return resolved.body, resolved.params, interpreter.enter_bound(resolved.params, args, resolved, scope)


def leave(
    interpreter: Interpreter, node: ir.Call, params: Sequence[ir.Local], inner: Env, after: Env | None, env: Env
) -> Env | None:
    """What is known after a call: what became known of a parameter is known of its argument."""
    if after is None:
        return None
    is_same_scope = isinstance(node.target, ir.Definition) and interpreter.is_let_bound(node.target)
    if is_same_scope:
        found: Env | None = env.leaving(after)
    else:
        found = replace(after, locals=env.locals, primed=env.primed, everywhere=env.everywhere)
    for param, arg in zip(params, node.args, strict=True):
        before, bound = inner.locals[param], after.locals[param]
        if found is None or before is bound or isinstance(bound, Closure):
            continue
        t = interpreter.force(bound, after)
        if isinstance(bound, Lazy) and (env.primed or bound.env.primed) != (after.primed or bound.env.primed):
            continue
        found = narrow(interpreter, arg, found, lambda old, t=t: meet(old, t))
    return found


# --- values that are formulas ----------------------------------------------------------------------------------------


@guards(ir.FunctionApplication, ir.LocalRef, ir.VariableRef)
def by_path(interpreter: Interpreter, node: ir.Expr, env: Env) -> Outcome:
    """A formula that is a name or a component: its truth is known afterwards."""
    when_true, when_false = interpreter.by_value(interpreter.value(node, env), env)
    return (
        when_true and narrow(interpreter, node, when_true, lambda t: meet(t, IS_TRUE)),
        when_false and narrow(interpreter, node, when_false.anywhere(), lambda t: meet(t, IS_FALSE)),
    )


# --- relations -------------------------------------------------------------------------------------------------------


def equality(interpreter: Interpreter, left: ir.Expr, right: ir.Expr, env: Env) -> Outcome:
    """`left = right`: where it is TRUE both are of what their types have in common."""
    a, b = interpreter.value(left, env), interpreter.value(right, env)
    both = meet(a, b)
    when_true = None if both is NEVER else narrow(interpreter, left, env, lambda t: meet(t, b))
    when_true = when_true and narrow(interpreter, right, when_true, lambda t: meet(t, a))
    x, y = exact_value(a), exact_value(b)
    if (x is not UNKNOWN and x == y) or NEVER in (a, b):
        return when_true, None
    when_false: Env | None = env.anywhere()
    if y is not UNKNOWN:
        when_false = narrow(interpreter, left, when_false, lambda t: without(t, frozenset((y,))))
    if x is not UNKNOWN and when_false is not None:
        when_false = narrow(interpreter, right, when_false, lambda t: without(t, frozenset((x,))))
    return when_true, when_false


def membership(interpreter: Interpreter, left: ir.Expr, right: ir.Expr, env: Env) -> Outcome:
    """`left \\in right`."""
    item, source = interpreter.value(left, env), interpreter.value(right, env)
    element = elements_of(source)
    if item is NEVER or source is NEVER:
        return NOWHERE
    when_true = None
    if meet(item, element) is not NEVER:
        when_true = narrow(interpreter, left, env, lambda t: meet(t, element))
    when_false: Env | None = env.anywhere()
    value = exact_value(item)
    if type(source) is SetType and source.exact is not None:
        exact = source.exact
        if value is not UNKNOWN and value in exact:
            return when_true, None
        when_false = narrow(interpreter, left, when_false, lambda t: without(t, exact))
    if isinstance(right, ir.Builtin) and right.operator.name == "DOMAIN" and value is not UNKNOWN:
        function = right.args[0]
        when_true = when_true and narrow(interpreter, function, when_true, lambda t: _with_key(t, value, True))
        when_false = when_false and narrow(interpreter, function, when_false, lambda t: _with_key(t, value, False))
    return when_true, when_false


def _with_key(function: Type, key: Value, has: bool) -> Type:
    """The functions that have a key in their domain, or that have not, where the domain is known."""
    return join_all(part for part in parts_of(function) if type(part) is not StructType or (key in part.domain) is has)


def inclusion(interpreter: Interpreter, left: ir.Expr, right: ir.Expr, env: Env) -> Outcome:
    """`left \\subseteq right`."""
    subset, source = interpreter.value(left, env), interpreter.value(right, env)
    if NEVER in (subset, source):
        return NOWHERE
    element = elements_of(source)
    return narrow(interpreter, left, env, lambda t: meet(t, set_of(element))), env.anywhere()


def ordering(interpreter: Interpreter, left: ir.Expr, right: ir.Expr, env: Env, *, gap: int) -> Outcome:
    """`left + gap <= right`; where it is FALSE, `right + (1 - gap) <= left`."""
    a, b = integers(interpreter.value(left, env)), integers(interpreter.value(right, env))
    if a is None or b is None:
        return NOWHERE
    return (
        _at_most(interpreter, (left, a), (right, b), env, gap),
        _at_most(interpreter, (right, b), (left, a), env.anywhere(), 1 - gap),
    )


Ranged = tuple[ir.Expr, IntType]


def _at_most(interpreter: Interpreter, less: Ranged, more: Ranged, env: Env, gap: int) -> Env | None:
    """Where `less + gap <= more`."""
    top = IntType(None, None if more[1].high is None else more[1].high - gap)
    bottom = IntType(None if less[1].low is None else less[1].low + gap, None)
    if meet(less[1], top) is NEVER or meet(more[1], bottom) is NEVER:
        return None
    found = narrow(interpreter, less[0], env, lambda t: meet(t, top))
    return found and narrow(interpreter, more[0], found, lambda t: meet(t, bottom))


# --- rows of the operator table --------------------------------------------------------------------------------------


def _negated(rule: Callable[..., Outcome]) -> Callable[..., Outcome]:
    def negated(interpreter: Interpreter, *args: ir.Expr, env: Env) -> Outcome:
        when_true, when_false = rule(interpreter, *args, env.anywhere())
        return when_false, when_true

    return lambda interpreter, *rest: negated(interpreter, *rest[:-1], env=rest[-1])


def _formula(interpreter: Interpreter, formula: ir.Expr, env: Env) -> Outcome:
    return interpreter.guard(formula, env)


def _implication(interpreter: Interpreter, left: ir.Expr, right: ir.Expr, env: Env) -> Outcome:
    applies, passes = interpreter.guard(left, env.anywhere())
    when_true, when_false = NOWHERE if applies is None else interpreter.guard(right, applies)
    return join_envs((passes, when_true)), when_false


def _equivalence(interpreter: Interpreter, left: ir.Expr, right: ir.Expr, env: Env) -> Outcome:
    when_true, when_false = interpreter.guard(left, env.anywhere())
    both = NOWHERE if when_true is None else interpreter.guard(right, when_true)
    neither = NOWHERE if when_false is None else interpreter.guard(right, when_false)
    return join_envs((both[0], neither[1])), join_envs((both[1], neither[0]))


def _assert(interpreter: Interpreter, condition: ir.Expr, message: ir.Expr, env: Env) -> Outcome:
    interpreter.value(message, env)
    return interpreter.guard(condition, env)[0], None


def _less(interpreter: Interpreter, left: ir.Expr, right: ir.Expr, env: Env) -> Outcome:
    return ordering(interpreter, left, right, env, gap=1)


def _less_or_equal(interpreter: Interpreter, left: ir.Expr, right: ir.Expr, env: Env) -> Outcome:
    return ordering(interpreter, left, right, env, gap=0)


def _greater(interpreter: Interpreter, left: ir.Expr, right: ir.Expr, env: Env) -> Outcome:
    return ordering(interpreter, right, left, env, gap=1)


def _greater_or_equal(interpreter: Interpreter, left: ir.Expr, right: ir.Expr, env: Env) -> Outcome:
    return ordering(interpreter, right, left, env, gap=0)


TESTS: Final[dict[tuple[str | None, str], Callable[..., Outcome]]] = {
    (None, r"\lnot"): _negated(_formula),
    (None, "=>"): _implication,
    (None, r"\equiv"): _equivalence,
    (None, "="): equality,
    (None, "#"): _negated(equality),
    (None, r"\in"): membership,
    (None, r"\notin"): _negated(membership),
    (None, r"\subseteq"): inclusion,
    ("Naturals", "<"): _less,
    ("Naturals", r"\leq"): _less_or_equal,
    ("Naturals", ">"): _greater,
    ("Naturals", r"\geq"): _greater_or_equal,
    ("TLC", "Assert"): _assert,
}
"""Rows of the operator table that are formulas, and tell something of their operands."""


@guards(ir.Builtin)
def row(interpreter: Interpreter, node: ir.Builtin, env: Env) -> Outcome:
    rule = TESTS.get((node.operator.module, node.operator.name))
    if rule is None or interpreter.replacement(node.operator, node.span) is not None:
        return interpreter.by_value(interpreter.value(node, env), env)
    return rule(interpreter, *node.args, env)
