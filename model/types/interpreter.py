"""The abstract interpreter: the type of an expression from the types of the names in it.

What an expression *does* is registered by node: `values` gives the type of a value, `guards` what is known where a
formula is TRUE and where it is FALSE, `actions` which next values a formula gives to variables. A definition is
analysed once for each combination of types it is called with; a recursive one until its arguments and its value are
covered.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol, TypeVar

from ..semantics import ir
from ..semantics.operators import Operator
from ..source import Span
from ..values.core import Domain, Value
from .environment import Binding, Closure, Env, Lazy, Name, Scope
from .membership import UNKNOWN, exact_value, universe
from .natives import native_type
from .order import leq
from .reads import ReadsOfDefinitions
from .types import (
    BOOL,
    IS_FALSE,
    IS_TRUE,
    NEVER,
    AnyType,
    BoolType,
    MapType,
    Reason,
    SeqType,
    SetType,
    StructType,
    Type,
    UnionType,
    components,
    find_any,
    nesting,
    parts_of,
)
from .unions import NO_TAGS, Tags, join, limit_depth, type_of, widen

MAX_NESTING: Final = 400
"""Nodes within one another, calls entered, beyond which the type is not pursued."""
MAX_DEPTH: Final = 10
"""Types within one another that are taken to be meant; more come of a value that is put into itself."""
KEPT_DEPTH: Final = 3
"""Types within one another that are kept of those."""
PATIENCE: Final = 3
"""Rounds of a fixpoint before its ranges are widened."""
THRESHOLD_ROUNDS: Final = 20
"""Rounds after which ranges that still grow have no bound."""
MAX_ROUNDS: Final = 60
"""Rounds of a fixpoint after which it is given up."""

SMALL_UNIVERSE: Final = 1 << 12
"""Values that the elements of a set may have, up to which the value of a constant definition is asked for."""

TOO_DEEP: Final = "the expression is nested too deeply"
NO_END: Final = "the types of a recursive definition do not come to an end"
UNBOUNDED: Final = "the value is nested without bound"


class Model(Protocol):
    """What inference reads of a Problem."""

    @property
    def module(self) -> ir.ResolvedModule: ...
    @property
    def constants(self) -> Mapping[ir.Constant, object]: ...
    @property
    def overrides(self) -> Mapping[ir.Definition | tuple[str, str], object]: ...


ConstantValue = Callable[[ir.Expr], Value | None]
"""The value of a closed expression; None where it has none, or is not closed."""


@dataclass(slots=True)
class Records:
    """What an analysis found of each node, name and definition: joined over all ways in which they are reached."""

    nodes: dict[ir.Node, Type] = field(default_factory=dict)
    locals: dict[ir.Local, Type] = field(default_factory=dict)
    results: dict[ir.Definition, Type] = field(default_factory=dict)

    def add(self, table: dict, key: object, t: Type) -> None:
        """Another type of the same thing."""
        known = table.get(key)
        if known is not t:
            table[key] = t if known is None else join(known, t)


@dataclass(slots=True)
class _Activation:
    """A recursive definition under analysis: the types it is called with, and the type of its value so far."""

    args: tuple[Type, ...]
    closures: tuple[Closure | None, ...]
    result: Type = NEVER
    round: int = 0


class Interpreter:
    """One analysis. `variables` are the types of the variables in all states, as far as known."""

    def __init__(self, model: Model, constant_value: ConstantValue | None = None, tags: Tags = NO_TAGS) -> None:
        self.model = model
        self.tags = tags
        self.variables: tuple[Type, ...] = (NEVER,) * len(model.module.variables)
        self.thresholds: tuple[int, ...] = ()
        self.records: Records | None = None
        self.fields_seen: dict[Domain, set[tuple[Type, ...]]] = {}
        """The types of the fields of each record that is made, for choosing tags."""
        self._constant_value = constant_value
        self._constants: dict[object, Type] = {}
        self._valueless: set[ir.Definition] = set()
        self._reads = ReadsOfDefinitions(self.resolve)
        self._known: dict[tuple[object, ...], Type] = {}
        self._active: dict[tuple[object, ...], _Activation] = {}
        self._consulted = 0
        """How often the unfinished value of a recursive definition was used: such results are not kept."""
        self._nesting = 0
        self._let_bound: set[ir.Definition] = set()

    def forget(self) -> None:
        """Forget the values of definitions, so that each is analysed, and recorded, again."""
        self._known.clear()

    # --- names --------------------------------------------------------------------------------------------------------

    def resolve(self, target: object) -> object:
        """What a definition or constant stands for under the configuration: a definition, or a value."""
        seen = 0
        while True:
            if isinstance(target, ir.Constant):
                if target not in self.model.constants:
                    return target
                target = self.model.constants[target]
            elif isinstance(target, ir.Definition) and target in self.model.overrides:
                target = self.model.overrides[target]
            else:
                return target
            seen += 1
            assert seen < 1000, "replacements of the configuration run in a circle"

    def replacement(self, operator: Operator, span: Span | None) -> object | None:
        """What the configuration puts in place of an operator of a standard module, everywhere or in one module."""
        overrides = self.model.overrides
        if not overrides or operator.module is None:
            return None
        found = overrides.get((operator.module, operator.name))
        if found is None and span is not None and span.source.path is not None:
            found = overrides.get((span.source.path.stem, operator.name))
        return None if found is None else self.resolve(found)

    def constant(self, value: object, span: Span | None) -> Type:
        """The type of what a constant or definition is replaced by, where that is a value."""
        found = self._constants.get(id(value))
        if found is None:
            if isinstance(value, ir.Constant):
                found = AnyType(Reason(f"the constant {value.name} has no value", span))
            else:
                found = type_of(value, self.tags)
            self._constants[id(value)] = found
        return found

    def known_constant(self, node: ir.Call, definition: ir.Definition) -> Type | None:
        """The type of a constant definition by its value, where that can be had and is worth more than the rest."""
        if self._constant_value is None or node.args or definition.level > ir.Level.CONSTANT:
            return None
        if definition in self._constants:
            return self._constants[definition]
        if definition in self._let_bound or definition in self._valueless:
            return None
        self._valueless.add(definition)  # until more is known, lest it be asked for within itself
        none: tuple[Type | None, ...] = (None,) * len(self.variables)
        inferred = self.value(definition.body, Env({}, self.variables, none))
        if exact_value(inferred) is not UNKNOWN or not is_small(inferred):
            return None
        value = self._constant_value(node)
        found = None if value is None else type_of(value, self.tags)
        if found is None or find_any(found) is not None:
            return None
        self._constants[definition] = found
        return found

    # --- expressions --------------------------------------------------------------------------------------------------

    def value(self, node: ir.Expr, env: Env) -> Type:
        """The type of the value of `node`."""
        if self._nesting > MAX_NESTING:
            return self.unknown(TOO_DEEP, node)
        self._nesting += 1
        t = _VALUES[type(node)](self, node, env)
        self._nesting -= 1
        if self.records is not None:
            self.records.add(self.records.nodes, node, t)
        return t

    def guard(self, node: ir.Expr, env: Env) -> Outcome:
        """What is known where `node` is TRUE, and where it is FALSE; None where it cannot be that."""
        handler = _GUARDS.get(type(node))
        if handler is None or self._nesting > MAX_NESTING:
            return self.by_value(self.value(node, env), env)
        self._nesting += 1
        outcome = handler(self, node, env)
        self._nesting -= 1
        if self.records is not None:
            self.records.add(self.records.nodes, node, truth_of(*outcome))
        return outcome

    def by_value(self, t: Type, env: Env) -> Outcome:
        """What the type of a formula's value tells: whether it may be TRUE, and may be FALSE."""
        values = [value.truth for part in parts_of(t) if type(part) is BoolType for value in part.values]
        is_unknown = any(type(part) is AnyType for part in parts_of(t))
        return env if is_unknown or True in values else None, env if is_unknown or False in values else None

    def act(self, node: ir.Expr, env: Env) -> Env | None:
        """What is known, next values among it, where the action `node` takes place; None where it cannot."""
        handler = _ACTIONS.get(type(node))
        if handler is None or self._nesting > MAX_NESTING:
            return self.guard(node, env)[0]
        self._nesting += 1
        found = handler(self, node, env)
        self._nesting -= 1
        if self.records is not None:
            self.records.add(self.records.nodes, node, truth_of(found, env))
        return found

    def unknown(self, text: str, node: ir.Node) -> AnyType:
        """No answer, for a reason at a place."""
        return AnyType(Reason(text, node.span))

    def variable(self, index: int, env: Env) -> Type:
        """The type of a variable, or of its next value."""
        if not env.primed:
            return env.now[index]
        following = env.next[index]
        if following is None:
            return self.variables[index]
        return join(following, self.variables[index]) if index in env.unsure else following

    def force(self, bound: Binding, env: Env) -> Type:
        """The type of what a name stands for, read in `env`."""
        if isinstance(bound, Type):
            return bound
        assert isinstance(bound, Lazy), "an operator has no type"
        lazy = bound
        primed = env.primed or lazy.env.primed
        found = lazy.types.get(primed)
        if found is None:
            at = lazy.env.under_prime() if primed else lazy.env
            found = self.value(lazy.expr, at)
            lazy.types[primed] = found
        return found

    def argument(self, arg: ir.Argument, env: Env) -> Binding:
        """What a parameter stands for."""
        if isinstance(arg, ir.Lambda | ir.OperatorRef):
            if isinstance(arg, ir.OperatorRef) and isinstance(arg.target, ir.Local):
                bound = env.locals[arg.target]
                assert isinstance(bound, Closure)
                return bound
            return Closure(arg, env)
        if isinstance(arg, ir.LocalRef):
            bound = env.locals[arg.local]
            if not isinstance(bound, Lazy):
                return bound
        return Lazy(arg, env)

    # --- calls --------------------------------------------------------------------------------------------------------

    def is_let_bound(self, definition: ir.Definition) -> bool:
        return definition in self._let_bound

    def enter_let(self, node: ir.Let, env: Env) -> Env:
        """The scope of the body: definitions without parameters are evaluated at most once."""
        self._let_bound.update(node.definitions)
        names = dict(env.locals)
        inner = env.scoped(names)
        for definition in node.definitions:
            if definition.is_recursive:
                names[definition] = Scope(inner)
            elif not definition.params:
                names[definition] = Lazy(definition.body, inner)  # in the scope that has them all
        return inner

    def enter(self, definition: ir.Definition, args: Sequence[ir.Argument], env: Env) -> Env:
        """The scope of the body of a definition that is called."""
        return self.enter_bound(definition.params, [self.argument(arg, env) for arg in args], definition, env)

    def enter_bound(
        self, params: Sequence[ir.Local], args: Sequence[Binding], definition: ir.Definition | None, env: Env
    ) -> Env:
        names: dict[Name, Binding] = dict(zip(params, args, strict=True))
        if self.records is not None:
            for param, arg in zip(params, args, strict=True):
                if not isinstance(arg, Closure):
                    self.records.add(self.records.locals, param, self.force(arg, env))
        if definition is None or definition in self._let_bound:
            return env.bind(names)
        return env.scoped(names)

    def returns_boolean(self, definition: ir.Definition) -> None:
        """Record that the definition is entered as a formula."""
        if self.records is not None:
            self.records.add(self.records.results, definition, BOOL)

    def call(self, definition: ir.Definition, args: Sequence[Binding], node: ir.Node, env: Env) -> Type:
        """The type of the value of a definition, its arguments given."""
        native = native_type(definition)
        if native is not None:
            for arg in args:
                if isinstance(arg, Lazy):
                    self.force(arg, env)
            return native
        if definition.is_recursive:
            return self._recursive_call(definition, args, node, env)
        key = self._key(definition, args, env)
        if key is not None and key in self._known:
            return self._known[key]
        consulted = self._consulted
        result = self.value(definition.body, self.enter_bound(definition.params, args, definition, env))
        if self.records is not None:
            self.records.add(self.records.results, definition, result)
        if key is not None and consulted == self._consulted:
            self._known[key] = result
        return result

    def _key(self, definition: ir.Definition, args: Sequence[Binding], env: Env) -> tuple[object, ...] | None:
        """What the value of a definition depends on; None where that is more than types."""
        if definition in self._let_bound:
            return None
        reads = self._reads.of(definition)
        if reads.has_prime:
            return None
        key: list[object] = [definition]
        for arg in args:
            if isinstance(arg, Closure):
                target = arg.operator.target if isinstance(arg.operator, ir.OperatorRef) else None
                if target is None or isinstance(target, ir.Local) or target in self._let_bound:
                    return None
                key.append(target)
            else:
                key.append(self.force(arg, env))
        key.extend(self.variable(index, env) for index in reads.variables)
        return tuple(key)

    def _recursive_call(self, definition: ir.Definition, args: Sequence[Binding], node: ir.Node, env: Env) -> Type:
        types = tuple([NEVER if isinstance(arg, Closure) else self.force(arg, env) for arg in args])
        closures = tuple([arg if isinstance(arg, Closure) else None for arg in args])
        if self._reads.of(definition).has_prime:
            return self.unknown("a recursive definition speaks of next states", node)
        scope = env.locals.get(definition)
        if isinstance(scope, Scope):
            env = env.scoped(scope.env.locals)
        key = (definition, scope, *[closure.operator for closure in closures if closure is not None])
        active = self._active.get(key)
        if active is not None:
            if closures != active.closures:
                return self.unknown("a recursive definition is handed an operator that depends on it", node)
            self._consulted += 1
            active.args = tuple(
                [self._grown(old, new, active.round, node) for old, new in zip(active.args, types, strict=True)]
            )
            return active.result
        active = self._active[key] = _Activation(types, closures)
        for round_ in range(MAX_ROUNDS):
            before, active.round = active.args, round_
            bound = [t if c is None else c for t, c in zip(before, closures, strict=True)]
            result = self.value(definition.body, self.enter_bound(definition.params, bound, definition, env))
            if leq(result, active.result) and all(map(leq, active.args, before)):
                break
            active.result = self.widened(active.result, result, round_, node.span)
        else:
            active.result = self.unknown(NO_END, node)
        del self._active[key]
        if self.records is not None:
            self.records.add(self.records.results, definition, active.result)
        return active.result

    def _grown(self, old: Type, new: Type, round_: int, node: ir.Node) -> Type:
        return old if leq(new, old) else self.widened(old, new, max(round_, PATIENCE + 1), node.span)

    def widened(self, old: Type, new: Type, round_: int, span: Span | None) -> Type:
        """The next approximation in a fixpoint: ranges are joined, then go on to thresholds, then have no bound."""
        if round_ <= PATIENCE:
            grown = join(old, new)
        else:
            grown = widen(old, new, self.thresholds if round_ <= THRESHOLD_ROUNDS else ())
        is_deep = nesting(grown) > MAX_DEPTH
        return limit_depth(grown, KEPT_DEPTH, Reason(UNBOUNDED, span)) if is_deep else grown

    def apply(self, closure: Closure, args: Sequence[Binding], node: ir.Node, env: Env) -> Type:
        """The type of the value of an operator handed over."""
        operator = closure.operator
        scope = Env(closure.env.locals, env.now, env.next, env.unsure, env.primed or closure.env.primed)
        if isinstance(operator, ir.Lambda):
            return self.value(operator.body, self.enter_bound(operator.params, args, None, scope))
        target = operator.target
        if isinstance(target, ir.Local):
            bound = closure.env.locals[target]
            assert isinstance(bound, Closure)
            return self.apply(bound, args, node, env)
        if isinstance(target, Operator):
            return self.apply_row(target, args, node, env)
        resolved = self.resolve(target)
        if not isinstance(resolved, ir.Definition):
            return self.constant(resolved, node.span)
        return self.call(resolved, args, node, scope)

    def apply_row(self, row: Operator, args: Sequence[Binding], node: ir.Node, env: Env) -> Type:
        """The type of a row of the operator table, applied to what is bound already."""
        names = [ir.Local(f"a{index}") for index in range(len(args))]
        refs = tuple([ir.LocalRef(node.span, name) for name in names])
        call = ir.Builtin(node.span, row, refs)
        return self.value(call, env.bind(dict(zip(names, args, strict=True))))


def is_small(t: Type) -> bool:
    """Whether a value of that type is not likely to be a large set, which would take long to evaluate."""
    match t:
        case SetType():
            return universe(t.element, SMALL_UNIVERSE) is not None
        case StructType() | UnionType() | SeqType() | MapType():
            return all(map(is_small, components(t)))
        case _:
            return True


def truth_of(when_true: object, when_false: object) -> Type:
    """The booleans that a formula may be."""
    if when_true is not None:
        return IS_TRUE if when_false is None else BOOL
    return NEVER if when_false is None else IS_FALSE


Outcome = tuple[Env | None, Env | None]
"""What is known where a formula is TRUE, and where it is FALSE."""

_VALUES: dict[type, Callable[..., Type]] = {}
_GUARDS: dict[type, Callable[..., Outcome]] = {}
_ACTIONS: dict[type, Callable[..., Env | None]] = {}

Rule = TypeVar("Rule", bound=Callable[..., object])


def values(*kinds: type) -> Callable[[Rule], Rule]:
    """Register what gives the type of the value of these nodes."""
    return _register(_VALUES, kinds)


def guards(*kinds: type) -> Callable[[Rule], Rule]:
    """Register what tells where a formula of these nodes is TRUE and where it is FALSE."""
    return _register(_GUARDS, kinds)


def actions(*kinds: type) -> Callable[[Rule], Rule]:
    """Register what an action of these nodes does."""
    return _register(_ACTIONS, kinds)


def _register(table: dict[type, Callable[..., Any]], kinds: tuple[type, ...]) -> Callable[[Rule], Rule]:
    def register(rule: Rule) -> Rule:
        table.update(dict.fromkeys(kinds, rule))
        return rule

    return register
