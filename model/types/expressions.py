"""The types of values, node by node: sets, functions, records, quantified expressions, calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

from ..semantics import ir
from ..values.core import Value, boolean, domain_of, sequence_domain
from .environment import Binding, Closure, Env, Lazy, Name
from .functions import apply, tuple_of, update
from .interpreter import MAX_ROUNDS, NO_END, Interpreter, truth_of, values
from .membership import UNKNOWN, exact_value
from .order import leq
from .types import BOOL, EXACT_LIMIT, NEVER, SetType, Type, parts_of, set_of
from .unions import elements_of, exact_set, function_over, join, join_all, struct, type_of

# --- names -----------------------------------------------------------------------------------------------------------


@values(ir.Literal)
def literal(interpreter: Interpreter, node: ir.Literal, env: Env) -> Type:
    return type_of(boolean(node.value) if isinstance(node.value, bool) else node.value)


@values(ir.VariableRef)
def variable(interpreter: Interpreter, node: ir.VariableRef, env: Env) -> Type:
    return interpreter.variable(node.variable.index, env)


@values(ir.LocalRef)
def local(interpreter: Interpreter, node: ir.LocalRef, env: Env) -> Type:
    return interpreter.force(env.locals[node.local], env)


@values(ir.Call)
def call(interpreter: Interpreter, node: ir.Call, env: Env) -> Type:
    if isinstance(node.target, ir.Local):
        closure = env.locals[node.target]
        assert isinstance(closure, Closure)
        return interpreter.apply(closure, [interpreter.argument(arg, env) for arg in node.args], node, env)
    bound = env.locals.get(node.target) if isinstance(node.target, ir.Definition) else None
    if isinstance(bound, Lazy):
        return interpreter.force(bound, env)
    target = interpreter.resolve(node.target)
    if not isinstance(target, ir.Definition):
        return interpreter.constant(target, node.span)
    known = interpreter.known_constant(node, target)
    if known is not None:
        return known
    return interpreter.call(target, [interpreter.argument(arg, env) for arg in node.args], node, env)


@values(ir.Prime)
def primed(interpreter: Interpreter, node: ir.Prime, env: Env) -> Type:
    return interpreter.value(node.expr, env.under_prime())


@values(ir.Let)
def let(interpreter: Interpreter, node: ir.Let, env: Env) -> Type:
    return interpreter.value(node.body, interpreter.enter_let(node, env))


# --- formulas and choices --------------------------------------------------------------------------------------------


@values(ir.Junction, ir.Quantifier)
def formula(interpreter: Interpreter, node: ir.Expr, env: Env) -> Type:
    return truth_of(*interpreter.guard(node, env))


@values(
    ir.Unchanged,
    ir.Enabled,
    ir.ActionSubscript,
    ir.Box,
    ir.Diamond,
    ir.LeadsTo,
    ir.Fairness,
    ir.TemporalOperator,
)
def step_or_behaviour(interpreter: Interpreter, node: ir.Expr, env: Env) -> Type:
    if isinstance(node, ir.TemporalOperator) and not node.args:
        return interpreter.unknown("real numbers are not evaluated", node)
    if interpreter.records is not None:
        if isinstance(node, ir.Enabled | ir.Fairness):
            interpreter.act(node.action, _before_step(interpreter, env))
        for child in ir.children(node) if not isinstance(node, ir.Enabled) else ():
            interpreter.value(cast("ir.Expr", child), env)
    return BOOL


def _before_step(interpreter: Interpreter, env: Env) -> Env:
    """The state that an expression is read in, and no next one."""
    now = tuple([interpreter.variable(index, env) for index in range(len(env.now))])
    return replace(env, now=now, next=(None,) * len(now), unsure=frozenset(), primed=False)


@values(ir.UnboundedQuantifier)
def unbounded(interpreter: Interpreter, node: ir.UnboundedQuantifier, env: Env) -> Type:
    if node.kind == "CHOOSE":
        return interpreter.unknown("a CHOOSE without a set has any value", node)
    return BOOL


@values(ir.If)
def conditional(interpreter: Interpreter, node: ir.If, env: Env) -> Type:
    when_true, when_false = interpreter.guard(node.condition, env)
    found = [] if when_true is None else [interpreter.value(node.then, when_true)]
    if when_false is not None:
        found.append(interpreter.value(node.otherwise, when_false))
    return join_all(found)


@values(ir.Case)
def case(interpreter: Interpreter, node: ir.Case, env: Env) -> Type:
    found: list[Type] = []
    left: Env | None = env
    for condition, body in node.arms:
        if left is None:
            break
        when_true, left = interpreter.guard(condition, left)
        if when_true is not None:
            found.append(interpreter.value(body, when_true))
    if left is not None and node.other is not None:
        found.append(interpreter.value(node.other, left))
    return join_all(found)


# --- bound variables -------------------------------------------------------------------------------------------------


def bound_scope(interpreter: Interpreter, bounds: Sequence[ir.Bound], env: Env) -> Env | None:
    """The scope in which bound variables are elements of their sets; None where a set is empty."""
    names: dict[Name, Binding] = {}
    for bound in bounds:
        element = elements_of(interpreter.value(bound.set, env))
        if bind_elements(interpreter, bound, element, names) is NEVER:
            return None
    return env.bind(names)


def bind_elements(interpreter: Interpreter, bound: ir.Bound, element: Type, names: dict[Name, Binding]) -> Type:
    """Bind the variables of one bound to elements of that type; NEVER where one can have no value."""
    least = element
    for position, name in enumerate(bound.locals, 1):
        t = apply(element, type_of(position)) if bound.is_tuple else element
        names[name] = t
        if interpreter.records is not None:
            interpreter.records.add(interpreter.records.locals, name, t)
        if t is NEVER:
            least = NEVER
    return least


def element_after(bound: ir.Bound, element: Type, env: Env | None) -> Type:
    """The elements of a bound's set for which a formula about its variables held, and left `env`."""
    if env is None:
        return NEVER
    if bound.is_tuple:
        return element
    found = env.locals[bound.locals[0]]
    assert isinstance(found, Type)
    return found


@values(ir.Choose)
def choose(interpreter: Interpreter, node: ir.Choose, env: Env) -> Type:
    return elements_of(filtered(interpreter, node.bound, node.body, env))


@values(ir.SetFilter)
def set_filter(interpreter: Interpreter, node: ir.SetFilter, env: Env) -> Type:
    return filtered(interpreter, node.bound, node.predicate, env)


def filtered(interpreter: Interpreter, bound: ir.Bound, predicate: ir.Expr, env: Env) -> Type:
    """The subset of those that satisfy the predicate."""
    source = interpreter.value(bound.set, env)
    element = elements_of(source)
    names: dict[Name, Binding] = {}
    if bind_elements(interpreter, bound, element, names) is NEVER:
        return exact_set(frozenset())
    when_true, when_false = interpreter.guard(predicate, env.bind(names))
    if when_false is None and when_true is not None:
        return source
    return set_of(element_after(bound, element, when_true))


@values(ir.SetMap)
def set_map(interpreter: Interpreter, node: ir.SetMap, env: Env) -> Type:
    scope = bound_scope(interpreter, node.bounds, env)
    if scope is None:
        return exact_set(frozenset())
    element = interpreter.value(node.element, scope)
    value = exact_value(element)
    return set_of(element) if value is UNKNOWN else _one_or_none(interpreter, node.bounds, env, value)


def _one_or_none(interpreter: Interpreter, bounds: Sequence[ir.Bound], env: Env, value: Value) -> Type:
    """The set of one value, which may be empty where the sets that are run through may be."""
    sources = [interpreter.value(bound.set, env) for bound in bounds]
    one = exact_set(frozenset((value,)))
    if all(type(part) is SetType and part.exact for source in sources for part in parts_of(source)):
        return one
    return join(one, exact_set(frozenset()))


# --- sets ------------------------------------------------------------------------------------------------------------


@values(ir.SetEnumeration)
def set_enumeration(interpreter: Interpreter, node: ir.SetEnumeration, env: Env) -> Type:
    elements = [interpreter.value(element, env) for element in node.elements]
    exact = [exact_value(element) for element in elements]
    if UNKNOWN not in exact and len(exact) <= EXACT_LIMIT:
        return exact_set(frozenset(exact), interpreter.tags)
    return set_of(join_all(elements))


@values(ir.RecordSet)
def record_set(interpreter: Interpreter, node: ir.RecordSet, env: Env) -> Type:
    fields = [(name, elements_of(interpreter.value(part, env))) for name, part in node.fields]
    return set_of(make_record(interpreter, fields))


@values(ir.Times)
def times(interpreter: Interpreter, node: ir.Times, env: Env) -> Type:
    factors = [interpreter.value(factor, env) for factor in node.factors]
    exact = [exact_value(factor) for factor in factors]
    if UNKNOWN not in exact:
        size = 1
        for factor in exact:
            size *= len(factor)  # type: ignore[arg-type]
        if size <= EXACT_LIMIT:
            return _exact_product(exact)
    return set_of(tuple_of([elements_of(factor) for factor in factors]))


def _exact_product(factors: Sequence[Value]) -> Type:
    from itertools import product

    domain = sequence_domain(len(factors))
    return exact_set(frozenset((domain, *items) for items in product(*factors)))


# --- functions -------------------------------------------------------------------------------------------------------


def make_record(interpreter: Interpreter, fields: Sequence[tuple[str, Type]]) -> Type:
    """The records with these fields."""
    types = dict(fields)
    domain = domain_of(frozenset(types))
    results = tuple([types[key] for key in domain.keys_in_order])
    if NEVER not in results:
        interpreter.fields_seen.setdefault(domain, set()).add(results)
    return struct(domain, results, interpreter.tags.get(domain))


@values(ir.Record)
def record(interpreter: Interpreter, node: ir.Record, env: Env) -> Type:
    return make_record(interpreter, [(name, interpreter.value(value, env)) for name, value in node.fields])


@values(ir.Tuple)
def tuple_(interpreter: Interpreter, node: ir.Tuple, env: Env) -> Type:
    return tuple_of([interpreter.value(element, env) for element in node.elements])


@values(ir.FunctionConstructor)
def function_constructor(interpreter: Interpreter, node: ir.FunctionConstructor, env: Env) -> Type:
    keys = _keys(interpreter, node.bounds, env)
    names: dict[Name, Binding] = {}
    for bound in node.bounds:
        element = elements_of(interpreter.value(bound.set, env))
        if bind_elements(interpreter, bound, element, names) is NEVER:
            return function_over(keys, NEVER, interpreter.tags)
    scope = env.bind(names)
    if node.this is None:
        return function_over(keys, interpreter.value(node.body, scope), interpreter.tags)
    result: Type = NEVER
    for round_ in range(MAX_ROUNDS):
        this = function_over(keys, result, interpreter.tags)
        found = interpreter.value(node.body, scope.bind({node.this: this}))
        if leq(found, result):
            return this
        result = interpreter.widened(result, found, round_, node.span)
    return function_over(keys, interpreter.unknown(NO_END, node), interpreter.tags)


def _keys(interpreter: Interpreter, bounds: Sequence[ir.Bound], env: Env) -> Type:
    """The set of arguments: one bound's, or the product of several."""
    sets = [
        interpreter.value(bound.set, env)
        for bound in bounds
        for _ in (bound.locals[:1] if bound.is_tuple else bound.locals)
    ]
    if len(sets) == 1:
        return sets[0]
    exact = [exact_value(factor) for factor in sets]
    if UNKNOWN not in exact:
        size = 1
        for factor in exact:
            size *= len(factor)  # type: ignore[arg-type]
        if size <= EXACT_LIMIT:
            return _exact_product(exact)
    return set_of(tuple_of([elements_of(part) for part in sets]))


@values(ir.FunctionApplication)
def application(interpreter: Interpreter, node: ir.FunctionApplication, env: Env) -> Type:
    return apply(interpreter.value(node.function, env), interpreter.value(node.arg, env))


@values(ir.Except)
def except_(interpreter: Interpreter, node: ir.Except, env: Env) -> Type:
    function = interpreter.value(node.function, env)
    for change in node.updates:
        path = [interpreter.value(key, env) for key in change.path]
        at = function
        for key in path:
            at = apply(at, key)
        if at is NEVER:
            continue
        if interpreter.records is not None:
            interpreter.records.add(interpreter.records.locals, change.at, at)
        value = interpreter.value(change.value, env.bind({change.at: at}))
        function = update(function, path, lambda old, value=value: value)
    return function
