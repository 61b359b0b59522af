"""The walk of Init and Next that both engines write out: TLC's left-to-right evaluation as nested loops.

A formula is walked with a continuation, what is to be done once it holds. The first `x' = e` or `x' \\in S` on a path
gives x its next value; later ones test. A disjunction runs the continuation once for each arm, an `\\E` once for each
witness. Once every variable has a value the rest is a plain boolean (tlc2/tool/impl/Tool.java, getNextStates), so that
a trailing disjunction adds one state and not one for each arm.

Which variables have a value is known at each point of the text, because every path is written out; where the rest is
long and several arms lead to it, it becomes a function that they call. What the text is, Python or C++, is left to the
walks of `interpreted.actions` and `compiled.emit_actions`.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from ...model.diagnostics import EvaluationError
from ...model.semantics import ir
from ...model.values.core import Value
from ...model.values.order import ordered
from .applications import applied
from .bindings import Binding, Context, Deferred
from .branching import branches, recursive_operator
from .library import native_of
from .reentry import Entry, call_operator
from .runtime import tlc_conjunction_order

if TYPE_CHECKING:
    from .coverage import Coverage, Point

CURRENT_COMPONENT = re.compile(r"s\[\d+\]")
SHARED_WEIGHT = 60
"""Nodes of a continuation times further arms from which it becomes a function of its own."""
ASSIGNED = "N"
"""What the names of next values that an action gives begin with; others are components of the current state."""


class Continuation(NamedTuple):
    """What to do once a formula holds; `weight` is its size in nodes."""

    emit: Callable[[], None]
    weight: int


class Walk(ABC):
    """Writes the enumeration of the states that a formula allows into an emitter.

    `finish` writes what happens with a state found (the names of its values are in `emitter.following`).
    `is_test`: it is only asked whether there is one, and functions return that. `is_step`: the formula is Next, whose
    conjuncts coverage looks at. `own_variables`: how many it speaks of beside the problem's.
    """

    def __init__(
        self,
        emitter: Any,
        finish: Callable[[Any], None],
        *,
        is_test: bool = False,
        is_step: bool = False,
        own_variables: int = 0,
    ) -> None:
        self.emitter = emitter
        self.finish = finish
        self.is_test = is_test
        self.is_step = is_step
        self.variable_count = emitter.program.variable_count + own_variables
        self.composing = False
        """Whether the walk is within `A \\cdot B`."""
        self.entries: dict[object, Entry] = {}
        """Bodies being walked that refer to themselves (`reentry`)."""
        self.functions: dict[ir.Local, tuple[ir.FunctionConstructor, Context]] = {}
        """The functions among them, with what they see, by what they call themselves."""
        self.walking: frozenset[ir.Definition] = frozenset()
        """The operators among them."""
        self.suffix = ""
        """What the names of next values end in: those within the first part of `A \\cdot B` have names of their own."""
        self.action: ir.Definition | None = None
        self.disjunct: ir.Expr | None = None
        """The innermost disjunct that is being walked, within the definition of the action."""
        self.is_once = emitter.is_init and not is_test
        """Whether what is being written runs once for a search."""
        self.splitting = True
        """Whether the walk is still among the disjuncts that TLC calls actions, and names by their definition."""

    # --- what the text is ---------------------------------------------------------------------------------------------

    @property
    @abstractmethod
    def coverage(self) -> Coverage | None: ...

    @abstractmethod
    def statement(self, text: str) -> None:
        """Write a call that stands alone."""

    @abstractmethod
    def call(self, text: str) -> None:
        """Write a call of a function of the walk; where it found a state that was only to be found, the walk ends."""

    @abstractmethod
    def succeed(self) -> None:
        """Write that a state is found that was only to be found."""

    @abstractmethod
    def leave(self) -> None:
        """Write that the function being written ends with no state found."""

    @abstractmethod
    def fail(self) -> Any:
        """The text, as `emitter.guard` takes it, that leaves the path being written."""

    @abstractmethod
    def failing(self, node: ir.Expr, context: Context) -> None:
        """Write that the path ends because `node` is FALSE."""

    @abstractmethod
    def branch(self, emit: Callable[[], None]) -> None:
        """Write a path that more text follows: leaving it must not skip that text."""

    @abstractmethod
    def last(self, emit: Callable[[], None]) -> None:
        """Write a path that no text follows."""

    @abstractmethod
    def function(self, name: str, values: Sequence[str] = ()) -> AbstractContextManager[None]:
        """A function, of the values of these names, within the one being written: a path of its own."""

    @abstractmethod
    def is_deep(self, more: int) -> bool:
        """Whether that many more loops are better written in a function of their own."""

    @abstractmethod
    def when(self, condition: str) -> AbstractContextManager[None]: ...

    @abstractmethod
    def otherwise(self) -> AbstractContextManager[None]: ...

    @abstractmethod
    def give(self, name: str, text: str) -> None:
        """Write that a name stands for a value from here on."""

    @abstractmethod
    def differ(self, left: Any, right: Any) -> str:
        """The text of the truth that two values differ."""

    @abstractmethod
    def elements(
        self, index: int, node: ir.Expr, context: Context, *, of_powerset: bool
    ) -> AbstractContextManager[Any]:
        """A loop over the elements, or the subsets, of the set that `node` is; gives the text of one."""

    @abstractmethod
    def round_begins(self) -> None:
        """Write what begins each round of a loop over elements or witnesses."""

    @abstractmethod
    def embedded(self, value: Value) -> Binding:
        """A binding to a value known now."""

    @abstractmethod
    def unordered(self, domain: Value) -> None:
        """Write the error for a set that cannot be put in order."""

    @abstractmethod
    def beyond(self, node: ir.Quantifier) -> None:
        """Refuse an `\\A` that gives variables values over a set that is not constant."""

    @abstractmethod
    def every_dynamic(self, node: ir.Quantifier, context: Context, then: Continuation) -> None:
        """Instances that only branch: a function walks one of them, and calls itself for the next."""

    @abstractmethod
    def require_member(self, argument: str, domain: Any) -> None:
        """Write that an argument must be in the domain of a function."""

    @abstractmethod
    def reentrant(self, entry: Entry) -> AbstractContextManager[None]:
        """The function of a body that may call itself (`reentry`)."""

    @abstractmethod
    def reenter(self, entry: Entry, arguments: Sequence[str], continuations: Sequence[str]) -> None:
        """Write a call of one, handing on values and continuations."""

    @abstractmethod
    def continuation(self, name: str, values: Sequence[str]) -> AbstractContextManager[None]:
        """A function, of the values of these names, that is handed on."""

    @abstractmethod
    def resume(self, then: str, index: int, values: Sequence[str]) -> None:
        """Write a call of one of the continuations that were handed on under the name `then`."""

    @abstractmethod
    def count_composed(self) -> None:
        """Write that a state between the parts of a composition counts as generated."""

    def record(self, point: Point | None, *, holds: bool) -> None:
        """Write that a point of coverage was TRUE, or FALSE; nothing where there is none."""
        self.emitter.record(point, holds=holds)

    # --- paths --------------------------------------------------------------------------------------------------------

    @property
    def assigned(self) -> dict[int, str]:
        following = self.emitter.following
        assert isinstance(following, dict)
        return following

    @property
    def action_name(self) -> str | None:
        """The action of Next that is being walked, where it is Next; the disjunct of an unnamed one has no name."""
        if not self.is_step:
            return None
        return self.action.name if self.action is not None else ""

    def run(self, node: ir.Expr, context: Context) -> None:
        self.walk(node, context, Continuation(lambda: self.finish(self), 1))

    @contextmanager
    def path(self) -> Iterator[None]:
        """A path of its own: what it assigns is forgotten after it."""
        emitter = self.emitter
        kept = (dict(self.assigned), self.action, self.disjunct, self.splitting)
        emitter.writer.scopes.append({})
        yield
        emitter.writer.scopes.pop()
        emitter.following, self.action, self.disjunct, self.splitting = kept

    def share(self, then: Continuation, arms: int, emit: Callable[[Continuation], None]) -> None:
        """Write several arms that continue with `then`, which becomes a function where writing it out is too long."""
        if then.weight <= 1 or then.weight * (arms - 1) <= SHARED_WEIGHT:
            emit(then)
            return
        emitter, writer = self.emitter, self.emitter.writer
        made: dict[tuple[tuple[int, str], ...], str] = {}

        def jump() -> None:
            key = tuple(sorted(self.assigned.items()))
            name = made.setdefault(key, emitter.fresh("k"))
            self.call(f"{name}({', '.join(_given(key))})")

        with writer.capture() as lines, self.path():
            emit(Continuation(jump, 1))
        for key, name in made.items():
            with self.path():
                emitter.following = dict(key)
                with self.function(name, _given(key)):
                    then.emit()
        writer.replay(lines)

    # --- the walk -----------------------------------------------------------------------------------------------------

    def walk(self, node: ir.Expr, context: Context, then: Continuation) -> None:
        if len(self.assigned) == self.variable_count:
            self.check(node, context, then)
            return
        with self.emitter.at(node):
            self._walk(node, context, then)

    def _walk(self, node: ir.Expr, context: Context, then: Continuation) -> None:
        match node:
            case ir.Junction():
                if node.is_and:
                    self.splitting = False
                    self.conjuncts(node.items, context, then)
                else:
                    self.disjuncts(node.items, context, then)
            case ir.Quantifier() if not node.is_forall:
                self.witnesses(node, context, then)
            case ir.Quantifier():
                self.every(node, context, then)
            case ir.If():
                self.splitting = False
                self.arms([(node.condition, node.then)], node.otherwise, context, then)
            case ir.Case():
                self.splitting = False
                self.arms(node.arms, node.other, context, then)
            case ir.Let():
                self.walk(node.body, self.emitter.bind_let(node, context), then)
            case ir.Call():
                self.called(node, context, then)
            case ir.LocalRef() if isinstance(context.env.get(node.local), Deferred):
                self.deferred(node, context.env[node.local], context, then)  # type: ignore[arg-type]
            case ir.Builtin():
                self.relation(node, context, then)
            case ir.FunctionApplication():
                applied(self, node, context, then)
            case ir.Unchanged():
                self.passed(node)
                self.unchanged(node, node.expr, context, then)
            case ir.ActionSubscript():
                self.subscripted(node, context, then)
            case ir.TemporalOperator() if node.kind == r"\cdot":
                self.composed(node, context, then)
            case _:
                self.check(node, context, then)

    def check(self, node: ir.Expr, context: Context, then: Continuation) -> None:
        """A formula that gives no variable a value."""
        self.emitter.guard(node, context, self.fail(), self.action_name)
        then.emit()

    def tested(self, node: ir.Node, *, holds: bool) -> None:
        """Write, where coverage looks at it, that a test of the walk held or failed."""
        if self.coverage is not None:
            self.record(self.coverage.conjunct(node, self.action_name), holds=holds)

    def passed(self, node: ir.Node) -> None:
        """Write, where coverage counts it, that the walk came by what is no test."""
        if self.coverage is not None:
            self.record(self.coverage.step(node, self.action_name), holds=True)

    def conjuncts(self, items: Sequence[ir.Expr], context: Context, then: Continuation) -> None:
        if not items:
            then.emit()
            return
        weight = then.weight + sum(self.emitter.analysis.facts(item).size for item in items[1:])
        self.walk(items[0], context, Continuation(lambda: self.conjuncts(items[1:], context, then), weight))

    def disjuncts(self, items: Sequence[ir.Expr], context: Context, then: Continuation) -> None:
        def walk(item: ir.Expr, shared: Continuation) -> None:
            self.disjunct = item
            self.walk(item, context, shared)

        def emit(shared: Continuation) -> None:
            for item in items[:-1]:
                self.branch(lambda item=item: walk(item, shared))
            self.last(lambda: walk(items[-1], shared))

        self.share(then, len(items), emit)

    def witnesses(self, node: ir.Quantifier, context: Context, then: Continuation) -> None:
        if self.is_deep(len(node.bounds)):
            name = self.emitter.fresh("f")
            with self.function(name):
                self.witnesses(node, context, then)
            self.call(f"{name}()")
            return
        self.is_once = False
        bounds, body = node.bounds, node.body
        if len(bounds) == 1:
            bound, body = self.narrowed(bounds[0], body, context)
            bounds = (bound,)
        with self.path(), self.emitter.loops(bounds, context, [node.body]) as inner:
            self.round_begins()
            self.passed(node)
            self.walk(body, inner, then)

    def every(self, node: ir.Quantifier, context: Context, then: Continuation) -> None:
        """`\\A` is the conjunction of its instances: one that branches does so in each of them."""
        if not self.branches(node, context):
            self.check(node, context, then)
        elif self.assigns(node.body, context):
            self.every_static(node, context, then)
        else:
            self.is_once = False
            self.every_dynamic(node, context, then)

    def every_static(self, node: ir.Quantifier, context: Context, then: Continuation) -> None:
        """Instances that give variables values are written out, which needs a set that is known."""
        bound = node.bounds[0]
        domain = self.emitter.program.constant_value(bound.set)
        if domain is None or len(node.bounds) != 1 or bound.is_tuple or len(bound.locals) != 1:
            self.beyond(node)
        try:
            elements = tlc_conjunction_order(ordered(domain))
        except EvaluationError:
            self.unordered(domain)  # an error where it is reached
            return

        def step(index: int) -> None:
            if index == len(elements):
                then.emit()
                return
            inner = context.bind({bound.locals[0]: self.embedded(elements[index])})
            self.walk(node.body, inner, Continuation(lambda: step(index + 1), then.weight))

        step(0)

    def assigns(self, node: ir.Expr, context: Context) -> bool:
        """Whether `node` speaks of next values (for Init: of values) some of which are not known yet."""
        emitter = self.emitter
        facts = emitter.analysis.facts(node)
        speaks = facts.state if emitter.is_init else facts.primed or (context.primed and facts.state)
        return speaks and len(self.assigned) < self.variable_count

    def branches(self, node: ir.Expr, context: Context) -> bool:
        """Whether walking `node` may do more than test it."""
        return branches(self, node, context)

    def arms(
        self,
        arms: Sequence[tuple[ir.Expr, ir.Expr]],
        other: ir.Expr | None,
        context: Context,
        then: Continuation,
    ) -> None:
        """IF and CASE: the first arm whose condition is true, alone."""

        def emit(shared: Continuation, index: int = 0) -> None:
            if index == len(arms):
                if other is None:
                    self.statement("no_case()")
                else:
                    self.walk(other, context, shared)
                return
            condition, body = arms[index]
            test = self.emitter.test(condition, context)
            with self.when(test), self.path():
                self.tested(condition, holds=True)
                self.walk(body, context, shared)
            with self.otherwise(), self.path():
                self.tested(condition, holds=False)
                emit(shared, index + 1)

        self.share(then, len(arms) + 1, emit)

    def called(self, node: ir.Call, context: Context, then: Continuation) -> None:
        emitter = self.emitter
        binding = context.env.get(node.target)
        if isinstance(binding, Deferred):
            self.deferred(node, binding, context, then)
            return
        target = node.target if isinstance(node.target, ir.Local) else emitter.program.resolve(node.target)
        if isinstance(target, ir.Definition) and target not in context.env and self.enters(target):
            if self.splitting:
                self.action, self.disjunct = target, None
            env = emitter.arguments(target.params, node.args, context)
            self.walk(target.body, Context(env, context.primed), then)
            return
        inlined = emitter.inlined(node, context)
        if inlined is not None:
            self.walk(inlined[0], inlined[1], then)
            return
        recursive = recursive_operator(self.emitter.program, node, context)
        if recursive is not None and self.branches(node, context):
            definition, outer = recursive
            call_operator(self, node, definition, outer, context, then)
            return
        self.check(node, context, then)

    @staticmethod
    def enters(definition: ir.Definition) -> bool:
        """Whether a definition is walked, rather than evaluated."""
        return not definition.is_recursive and native_of(definition) is None

    def deferred(self, node: ir.Expr, binding: Deferred, context: Context, then: Continuation) -> None:
        """A parameter or LET definition as a formula: entered, unless its value is known already."""
        if self.emitter.writer.find((binding, context.primed)) is not None:
            self.check(node, context, then)
        else:
            inner = Context(binding.context.env, binding.context.primed or context.primed)
            self.walk(binding.expr, inner, then)

    # --- assignments --------------------------------------------------------------------------------------------------

    def assignable(self, node: ir.Argument, context: Context) -> int | None:
        """The variable to which `node` on a left-hand side may give its next value here."""
        if isinstance(node, ir.Prime):
            variable = self.variable(node.expr, context)
        elif self.emitter.is_init or context.primed:
            variable = self.variable(node, context)
        else:
            return self._through_call(node, context)
        return None if variable is None or variable in self.assigned else variable

    def _through_call(self, node: ir.Argument, context: Context) -> int | None:
        """A definition or parameter that stands for `x'`."""
        if isinstance(node, ir.LocalRef):
            binding = context.env.get(node.local)
            if isinstance(binding, Deferred):
                return self.assignable(binding.expr, binding.context)
        elif isinstance(node, ir.Call) and not node.args:
            inlined = self.emitter.inlined(node, context)
            if inlined is not None:
                return self.assignable(*inlined)
        return None

    def variable(self, node: ir.Argument, context: Context) -> int | None:
        """The index of the variable that `node` is, directly or through parameters and definitions."""
        if isinstance(node, ir.VariableRef):
            return node.variable.index
        if isinstance(node, ir.LocalRef):
            binding = context.env.get(node.local)
            if isinstance(binding, Deferred):
                return self.variable(binding.expr, binding.context)
        elif isinstance(node, ir.Call) and not node.args:
            binding = context.env.get(node.target)
            if isinstance(binding, Deferred):
                return self.variable(binding.expr, binding.context)
            inlined = self.emitter.inlined(node, context)
            if inlined is not None:
                return self.variable(*inlined)
        return None

    def assign(self, index: int, text: str, then: Continuation) -> None:
        if not CURRENT_COMPONENT.fullmatch(text):
            name = f"{ASSIGNED}{index}{self.suffix}"
            self.give(name, text)
            text = name
        self.assigned[index] = text
        then.emit()

    def relation(self, node: ir.Builtin, context: Context, then: Continuation) -> None:
        """`x' = e`, `x' \\in S`, `x' \\subseteq S`; anything else tests."""
        self.splitting = False
        name = node.operator.name if node.operator.module is None else None
        if name == "=>":
            self.implication(node, context, then)
            return
        index = self.assignable(node.args[0], context) if name in ("=", r"\in", r"\subseteq") else None
        if index is None:
            self.check(node, context, then)
            return
        right = node.args[1]
        assert not isinstance(right, (ir.Lambda, ir.OperatorRef))
        if name == "=":
            self.passed(node)
            self.assign(index, self.next_value(index, right, context), then)
            return
        if name == r"\in" and isinstance(right, ir.SetFilter) and self.is_once and not right.bound.is_tuple:
            self.chosen(node, index, right, context, then)
            return
        self.is_once = False
        with self.path(), self.elements(index, right, context, of_powerset=name != r"\in") as element:
            self.round_begins()
            self.passed(node)
            self.assign(index, self.held(index, element), then)

    def chosen(self, node: ir.Builtin, index: int, right: ir.SetFilter, context: Context, then: Continuation) -> None:
        """`x \\in {y \\in S : p}`: elements are tested as they come, as in TLC (SetPredValue.elements)."""
        self.is_once = False
        bound, predicate = self.narrowed(right.bound, right.predicate, context)
        with self.path(), self.tested_elements(index, bound, right.predicate, context) as inner:
            self.round_begins()
            self.emitter.guard(predicate, inner, self.fail())
            self.passed(node)
            element = self.emitter.value(ir.LocalRef(node.span, right.bound.locals[0]), inner)
            self.assign(index, self.held(index, element), then)

    def tested_elements(
        self, index: int, bound: ir.Bound, predicate: ir.Expr, context: Context
    ) -> AbstractContextManager[Context]:
        """A loop over what is tested before it becomes the value of a variable."""
        return self.emitter.loops([bound], context, [predicate])

    def narrowed(self, bound: ir.Bound, body: ir.Expr, context: Context) -> tuple[ir.Bound, ir.Expr]:
        """What a loop runs over, and its body, the first conjuncts of which may have become part of the bound."""
        return bound, body

    def next_value(self, index: int, node: ir.Expr, context: Context) -> str:
        """The text of what a variable gets, as states hold it."""
        return self.held(index, self.emitter.value(node, context))

    def held(self, index: int, value: Any) -> str:
        """The text of a value of a variable, as states hold it."""
        return value.boxed

    def implication(self, node: ir.Builtin, context: Context, then: Continuation) -> None:
        """The antecedent is a boolean; where it is TRUE the consequent is walked."""
        antecedent, consequent = node.args
        assert isinstance(consequent, ir.Node) and not isinstance(antecedent, (ir.Lambda, ir.OperatorRef))
        if not self.branches(consequent, context):  # type: ignore[arg-type]
            self.check(node, context, then)
            return
        true = ir.Literal(node.span, True)
        self.arms([(antecedent, consequent)], true, context, then)  # type: ignore[list-item]

    def unchanged(self, node: ir.Unchanged, expr: ir.Expr, context: Context, then: Continuation) -> None:
        """UNCHANGED of a variable, or of tuples of them through definitions; of anything else it tests."""
        self.splitting = False
        if isinstance(expr, ir.Tuple):
            parts = expr.elements

            def step(index: int) -> None:
                if index == len(parts):
                    then.emit()
                else:
                    rest = Continuation(lambda: step(index + 1), then.weight)
                    self.unchanged(node, parts[index], context, rest)

            step(0)
            return
        variable = self.variable(expr, context)
        if variable is not None and not context.primed:
            self._variable_unchanged(node, expr, variable, context, then)
            return
        if isinstance(expr, ir.Call):
            inlined = self.emitter.inlined(expr, context)
            if inlined is not None:
                self.unchanged(node, inlined[0], inlined[1], then)
                return
        self.check(ir.Unchanged(node.span, expr), context, then)

    def _variable_unchanged(
        self, node: ir.Unchanged, expr: ir.Expr, variable: int, context: Context, then: Continuation
    ) -> None:
        emitter = self.emitter
        now = emitter.variable(variable, primed=False)
        if variable not in self.assigned:
            if self.coverage is not None:
                self.coverage.assigning.add((id(expr), self.action_name))
            self.assigned[variable] = emitter.component(variable, primed=False)
            then.emit()
            return
        with self.when(self.differ(emitter.variable(variable, primed=True), now)):
            self.tested(expr, holds=False)
            self.failing(node, context)
        self.tested(expr, holds=True)
        then.emit()

    def subscripted(self, node: ir.ActionSubscript, context: Context, then: Continuation) -> None:
        same = ir.Unchanged(node.subscript.span, node.subscript)
        if node.is_angle:
            rest = Continuation(
                lambda: self._changed(same, context, then), then.weight + self.emitter.analysis.facts(same).size
            )
            self.walk(node.action, context, rest)
        else:
            self.disjuncts([node.action, same], context, then)

    def _changed(self, same: ir.Unchanged, context: Context, then: Continuation) -> None:
        with self.when(self.emitter.test(same, context)):
            self.tested(same, holds=False)
            self.failing(same, context)
        self.tested(same, holds=True)
        then.emit()

    # --- composition --------------------------------------------------------------------------------------------------

    def composed(self, node: ir.TemporalOperator, context: Context, then: Continuation) -> None:
        """`A \\cdot B`: from each state to which A leads, B goes on.

        As in TLC (Tool.java, OPCODE_cdot) A leaves alone what has a next value already, and the states it leads to
        count as generated, but for a composition within a composition.
        """
        emitter, writer = self.emitter, self.emitter.writer
        self.splitting = False
        current, scopes, suffix, is_inner = emitter.current, writer.scopes, self.suffix, self.composing
        held = dict(self.assigned)

        def between() -> None:
            if self.is_step and not is_inner:
                self.count_composed()
            within, self.suffix = self.suffix, suffix
            with self.path():
                emitter.current, emitter.following = dict(self.assigned), dict(held)
                around, writer.scopes = writer.scopes, [{}]  # what has been evaluated was of another state
                self.walk(node.args[1], context, Continuation(after, then.weight))
                writer.scopes = around
            emitter.current, self.suffix = current, within

        def after() -> None:
            middle, inner = emitter.current, writer.scopes
            emitter.current, writer.scopes, self.composing = current, [*scopes, {}], is_inner
            then.emit()
            emitter.current, writer.scopes, self.composing = middle, inner, True

        with self.path():
            self.composing = True
            self.suffix = emitter.fresh("")[1:]
            emitter.following = {index: emitter.component(index, primed=False) for index in held}
            weight = then.weight + emitter.analysis.facts(node.args[1]).size
            self.walk(node.args[0], context, Continuation(between, weight))
        self.suffix, self.composing = suffix, is_inner


def _given(assigned: Sequence[tuple[int, str]]) -> list[str]:
    """The names of values that an action gives, without those taken over from the current state."""
    return [name for _, name in assigned if name.startswith(ASSIGNED)]
