"""What names stand for while expressions are emitted, and when it is evaluated: common to the emitters of both engines.

Parameters and LET definitions are `Deferred`: evaluated where first needed, once on each path, as TLC's lazy values
are. A loop that needs one gets a slot before the loop, filled in the first round that asks for it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from ...model.semantics import ir
from ...model.structs import Struct
from .library import native_of

if TYPE_CHECKING:
    from .analysis import Analysis
    from .program import Program

SLOT, THUNK = "?", "&"
"""What stands before the name of a slot, which may still be empty, and of a thunk, among the names of values."""
BY_RULE = frozenset({"SUBSET", "FunctionSet", "Seq", "Nat", "Int", "STRING"})
"""Operators whose sets TLC does not write out."""
INLINE_SIZE = 60
"""Nodes up to which a definition is put in place of its call."""


class Py(NamedTuple):
    """Python text of a value. `kind`: int, bool, str, set, seq (sequence or string), or None where it is not known;
    other emitters have further kinds.

    `simple`: the text may be repeated at no cost.
    """

    text: str
    kind: Any = None
    simple: bool = False

    @property
    def boxed(self) -> str:
        """The text of the value as values are held: here they are held in one way."""
        return self.text


class Atom(Struct, frozen=False):
    """A name bound to a value that exists: a loop variable, an evaluated parameter, a constant."""

    py: Py


class Deferred(Struct, frozen=False):
    """An argument or LET definition, not evaluated yet."""

    expr: ir.Expr
    context: Context


class ThunkParameter(Struct, frozen=False):
    """A parameter of a Python function that may hold a Thunk."""

    name: str


class InlineOperator(Struct, frozen=False):
    """An operator put in place at each call: a LAMBDA, an operator of a LET, an operator passed as argument."""

    params: tuple[ir.Local, ...]
    body: ir.Expr
    context: Context


class PyOperator(Struct, frozen=False):
    """An operator parameter of a Python function: a callable of values."""

    name: str


class LocalFunction(Struct, frozen=False):
    """A recursive operator of a LET, with what its body sees: a Python function within the one being emitted."""

    definition: ir.Definition
    context: Context


class Named(Struct, frozen=False):
    """A definition, constant operator or table row passed as an operator."""

    target: object


Binding = Atom | Deferred | ThunkParameter | InlineOperator | PyOperator | LocalFunction | Named


class Context(NamedTuple):
    """What names stand for at a point, and whether it lies under a prime."""

    env: dict[object, Binding]
    primed: bool = False

    def bind(self, new: dict[object, Binding]) -> Context:
        return Context({**self.env, **new}, self.primed)


class Needed(NamedTuple):
    """A value that is evaluated once, under `key`; `name` stands for it, where it is deferred."""

    key: object
    name: object = None
    deferred: Deferred | None = None
    primed: bool = False


Met = list[tuple[object, Binding]]
"""Names, and what they stand for."""
T = TypeVar("T")
"""The text of a value: Py, or its like in C++."""


class Binder(ABC, Generic[T]):
    """What an emitter knows of names."""

    program: Program
    analysis: Analysis
    writer: Any
    current: Any
    following: Any
    is_init: bool

    @abstractmethod
    def fresh(self, hint: str = "w") -> str: ...

    @abstractmethod
    def value(self, node: Any, context: Context) -> T: ...

    @abstractmethod
    def constant(self, node: ir.Expr) -> T | None:
        """Text for the value of a closed expression; None where it is not closed or has no value."""

    @abstractmethod
    def shared(self, key: object, emit: Callable[[], T]) -> T:
        """A value evaluated once on each path, under `key`."""

    @abstractmethod
    def declare_slot(self, name: str, key: object) -> None:
        """Write a name that holds nothing yet, for the value that is evaluated under `key`."""

    @abstractmethod
    def declare_thunk(self, deferred: Deferred, primed: bool, slot: str | None) -> str:
        """Write a name for a value that is evaluated once, here or in a closure; `slot` may hold it already."""

    def is_held_as_word(self, key: object) -> bool:
        """Whether a thunk can hold the value that is evaluated under `key`."""
        return True

    @abstractmethod
    def known(self, py: Py) -> T:
        """The text of a value that exists, as it was bound."""

    @abstractmethod
    def forced(self, name: str) -> T:
        """The value of a parameter that may be a thunk."""

    def apart(self, emit: Callable[[], str]) -> tuple[str, list[Any], dict[object, str]]:
        """Emit something that is evaluated only under a condition: its text, its statements, what they evaluated."""
        scope: dict[object, str] = {}
        self.writer.scopes.append(scope)
        with self.writer.capture() as lines:
            text = emit()
        self.writer.scopes.pop()
        return text, lines, scope

    def local(self, local: ir.Local, context: Context) -> T:
        binding = context.env.get(local)
        if isinstance(binding, Atom):
            return self.known(binding.py)
        if isinstance(binding, Deferred):
            return self.deferred(binding, primed=context.primed)
        assert isinstance(binding, ThunkParameter), f"{local.name} is not bound to a value"
        return self.shared(binding, lambda: self.forced(binding.name))

    def deferred(self, binding: Deferred, *, primed: bool) -> T:
        """The value of an argument or LET definition, evaluated here unless it has been on the way here."""
        context = Context(binding.context.env, binding.context.primed or primed)
        if isinstance(binding.expr, (ir.Literal, ir.VariableRef, ir.LocalRef)):
            return self.value(binding.expr, context)
        constant = self.constant(binding.expr)
        if constant is not None:
            return constant
        return self.shared((binding, primed), lambda: self.value(binding.expr, context))

    def prepare_loop(self, nodes: Sequence[ir.Node], context: Context) -> None:
        """Give every deferred value that a loop may need a slot outside it, so that it is evaluated at most once."""
        for needed in self._needed(nodes, context):
            if self.writer.find(needed.key) is None:
                name = self.fresh("v")
                self.declare_slot(name, needed.key)
                self.writer.remember(needed.key, f"{SLOT}{name}")

    def prepare_closure(self, nodes: Sequence[ir.Node], context: Context, *, is_thunk: bool = False) -> None:
        """Give every deferred value that a closure may need a thunk outside it, so that it is evaluated at most once.

        `is_thunk`: the closure runs at most once, so what nothing else refers to can stay in it.
        """
        for needed in self._needed(nodes, context):
            if needed.deferred is None or (is_thunk and self.analysis.uses(needed.name) < 2):
                continue
            found = self.writer.find(needed.key)
            if found is not None and not found.startswith(SLOT):
                continue
            if self.is_held_as_word(needed.key) and not self._is_of_unfinished_state(needed.deferred, needed.primed):
                name = self.declare_thunk(needed.deferred, needed.primed, found and found.removeprefix(SLOT))
                self.writer.remember(needed.key, f"{THUNK}{name}")

    def _is_of_unfinished_state(self, deferred: Deferred, primed: bool) -> bool:
        """Whether a value may depend on a state that is being made: later on the way more may be assigned."""
        within = Context(deferred.context.env, deferred.context.primed or primed)
        return any(self._reads_unfinished(*part) for part in self._parts([deferred.expr], within))

    def _reads_unfinished(self, node: ir.Node, within: Context, met: Met) -> bool:
        facts = self.analysis.facts(node)
        states: list[object] = []
        if facts.primed or within.primed or self.is_init:
            states.append(self.following)
        if not (within.primed or self.is_init):
            states.append(self.current)
        if any(isinstance(binding, (Named, LocalFunction, PyOperator)) for _, binding in met):
            return isinstance(self.following, dict) or isinstance(self.current, dict)
        return any(isinstance(state, dict) and not facts.reads <= state.keys() for state in states)

    def _needed(self, nodes: Sequence[ir.Node], context: Context) -> Iterator[Needed]:
        """What evaluating `nodes` may need that is evaluated once."""
        seen: set[ir.Definition] = set()
        for node, within, met in self._parts(nodes, context):
            for name, binding in met:
                if isinstance(binding, Deferred):
                    is_trivial = isinstance(binding.expr, (ir.Literal, ir.VariableRef, ir.LocalRef))
                    if not is_trivial and self.constant(binding.expr) is None:
                        yield Needed((binding, within.primed), name, binding, within.primed)
                elif isinstance(binding, ThunkParameter):
                    yield Needed(binding)
            for definition in sorted(self.analysis.facts(node).shared - seen, key=stable_key):
                body = self.analysis.body(definition)
                if body.state and not body.primed:
                    seen.add(definition)
                    yield Needed((definition, within.primed))

    def _parts(self, nodes: Sequence[ir.Node], context: Context) -> Iterator[tuple[ir.Node, Context, Met]]:
        """What evaluating `nodes` may evaluate: these nodes and what names in them stand for, and so on; with each the
        names met first in it."""
        seen: set[object] = set()
        stack: list[tuple[ir.Node, Context]] = [(node, context) for node in nodes]
        while stack:
            node, within = stack.pop()
            met: Met = []
            for name in sorted(self.analysis.facts(node).free, key=stable_key):
                binding = within.env.get(name)
                if binding is None or binding in seen:
                    continue
                seen.add(binding)
                met.append((name, binding))
                if isinstance(binding, Deferred):
                    stack.append((binding.expr, Context(binding.context.env, binding.context.primed or within.primed)))
                elif isinstance(binding, InlineOperator):
                    stack.append((binding.body, Context(binding.context.env, binding.context.primed or within.primed)))
            yield node, within, met

    def bind_let(self, node: ir.Let, context: Context) -> Context:
        self.analysis.facts(node)  # from here on its definitions are known to be its own, and may be free in something
        env = dict(context.env)
        inner = Context(env, context.primed)
        for definition in node.definitions:
            if definition.is_recursive:
                env[definition] = LocalFunction(definition, inner)
            elif definition.params:
                env[definition] = InlineOperator(definition.params, definition.body, inner)
            else:
                env[definition] = Deferred(definition.body, inner)
        return inner

    def arguments(
        self, params: Sequence[ir.Local], args: Sequence[ir.Argument], context: Context
    ) -> dict[object, Binding]:
        """Bindings of parameters for a body that is put in place."""
        env: dict[object, Binding] = {}
        for param, arg in zip(params, args, strict=True):
            env[param] = self.argument(arg, context)
        return env

    def argument(self, arg: ir.Argument, context: Context) -> Binding:
        if isinstance(arg, ir.Lambda):
            return InlineOperator(arg.params, arg.body, context)
        if isinstance(arg, ir.OperatorRef):
            if isinstance(arg.target, (ir.Local, ir.Definition)) and arg.target in context.env:
                return context.env[arg.target]
            return Named(arg.target)
        if isinstance(arg, ir.LocalRef) and not context.primed:
            return context.env[arg.local]
        return Deferred(arg, context)

    @abstractmethod
    def is_safe(self, arg: ir.Expr, context: Context) -> bool:
        """Whether evaluating `arg` costs nothing and cannot fail."""

    def inlined(self, node: ir.Call, context: Context) -> tuple[ir.Expr, Context] | None:
        """The body to put in place of a call, and its context; None where the call is none of that sort."""
        target: object = node.target
        binding = context.env.get(target)
        if isinstance(binding, Named):
            target, binding = binding.target, None
        if isinstance(binding, InlineOperator):
            bound = self.arguments(binding.params, node.args, context)
            env = {**binding.context.env, **bound}
            return binding.body, Context(env, binding.context.primed or context.primed)
        if binding is not None or not isinstance(target, (ir.Definition, ir.Constant)):
            return None
        resolved = self.program.resolve(target)
        if not isinstance(resolved, ir.Definition) or not self.is_inlined(resolved):
            return None
        return resolved.body, Context(self.arguments(resolved.params, node.args, context), context.primed)

    def is_inlined(self, definition: ir.Definition) -> bool:
        if definition.is_recursive or native_of(definition) is not None:
            return False
        facts = self.analysis.body(definition)
        return facts.primed or facts.size <= INLINE_SIZE or any(param.arity for param in definition.params)

    def is_by_rule(self, node: ir.Expr, context: Context) -> bool:
        """Whether a set is one that TLC filters when elements are asked for, and not before (SetPredValue.java)."""
        constant = self.program.constant_value(node)
        if constant is not None:
            return self.program.is_set_by_rule(constant)
        match node:
            case ir.LocalRef():
                binding = context.env.get(node.local)
                return isinstance(binding, Deferred) and self.is_by_rule(binding.expr, binding.context)
            case ir.Call():
                binding = context.env.get(node.target)
                if isinstance(binding, Deferred):
                    return self.is_by_rule(binding.expr, binding.context)
                inlined = self.inlined(node, context)
                return inlined is not None and self.is_by_rule(*inlined)
            case ir.Builtin():
                return node.operator.name in BY_RULE
            case ir.SetFilter():
                return self.is_by_rule(node.bound.set, context)
            case _:
                return isinstance(node, (ir.RecordSet, ir.Times))

    def is_certain_set(self, node: ir.Expr, context: Context) -> bool:
        """Whether evaluating a set costs little and cannot fail: a constant, or a rule over names and constants."""
        constant = self.program.constant_value(node)
        if constant is not None:
            return self.program.is_set(constant)
        match node:
            case ir.Builtin() if node.operator.name in BY_RULE:
                parts = node.args
            case ir.RecordSet():
                parts = tuple(item for _, item in node.fields)
            case ir.Times():
                parts = node.factors
            case ir.SetFilter():
                return self.is_by_rule(node.bound.set, context) and self.is_certain_set(node.bound.set, context)
            case _:
                return False
        return all(not isinstance(part, (ir.Lambda, ir.OperatorRef)) and self.is_safe(part, context) for part in parts)


def stable_key(name: object) -> tuple[str, str]:
    """Sets of names are run through in this order, so that equal problems give equal texts."""
    return getattr(name, "name", ""), str(getattr(name, "span", ""))
