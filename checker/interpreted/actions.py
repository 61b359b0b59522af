"""Init and Next → Python functions that produce states: TLC's left-to-right evaluation, written out as nested loops.

A formula is walked with a continuation, what is to be done once it holds. The first `x' = e` or `x' \\in S` on a path
gives x its next value; later ones test. A disjunction runs the continuation once for each arm, an `\\E` once for each
witness. Once every variable has a value the rest is a plain boolean (tlc2/tool/impl/Tool.java, getNextStates), so that
a trailing disjunction adds one state and not one for each arm.

Which variables have a value is known at each point of the text, because every path is written out; where the rest is
long and several arms lead to it, it becomes a function that they call.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from ...model.diagnostics import EvaluationError, UnsupportedError
from ...model.semantics import ir
from ...model.semantics.enabled import with_own_variables
from ...model.values.order import ordered
from . import builtins, membership
from .applications import applied
from .branching import branches, recursive_operator
from .coverage import record
from .expressions import MAX_LOOPS, Atom, Binding, Context, Deferred, Emitter, Py
from .library import native_of
from .reentry import Entry, call_operator
from .runtime import tlc_conjunction_order

CURRENT_COMPONENT = re.compile(r"s\[\d+\]")
SHARED_WEIGHT = 60
"""Nodes of a continuation times further arms from which it becomes a function of its own."""


class Continuation(NamedTuple):
    """What to do once a formula holds; `weight` is its size in nodes."""

    emit: Callable[[], None]
    weight: int


class Walk:
    """Writes the enumeration of the states that a formula allows into an emitter.

    `finish` writes what happens with a state found (the names of its values are in `emitter.following`);
    `leave` leaves the function being written with no state found; `jump` is how a continuation function is called.
    `is_step`: the formula is Next, whose conjuncts coverage looks at. `own_variables`: how many it speaks of beside the
    problem's.
    """

    def __init__(
        self,
        emitter: Emitter,
        finish: Callable[[Walk], None],
        *,
        leave: str = "return",
        jump: str = "{call}",
        is_step: bool = False,
        own_variables: int = 0,
    ) -> None:
        self.emitter = emitter
        self.finish = finish
        self.leave = leave
        self.jump = jump
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
        self.splitting = True
        """Whether the walk is still among the disjuncts that TLC calls actions, and names by their definition."""

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

    def fail(self) -> list[str]:
        return ["continue" if self.emitter.writer.loops else self.leave]

    @contextmanager
    def path(self) -> Iterator[None]:
        """A path of its own: what it assigns is forgotten after it."""
        emitter = self.emitter
        kept = (dict(self.assigned), self.action, self.disjunct, self.splitting)
        emitter.writer.scopes.append({})
        yield
        emitter.writer.scopes.pop()
        emitter.following, self.action, self.disjunct, self.splitting = kept

    def branch(self, emit: Callable[[], None]) -> None:
        """Write a path that more text follows: leaving it must not skip that text."""
        if self.emitter.writer.loops >= MAX_LOOPS:
            name = self.emitter.fresh("f")
            with self.emitter.writer.function(name, ""), self.path():
                emit()
            self.emitter.writer.write(self.jump.format(call=f"{name}()"))
            return
        with self.emitter.writer.block("for _ in ONCE:"), self.path():
            emit()

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
            writer.write(self.jump.format(call=f"{name}({', '.join(_changed(key))})"))

        with writer.capture() as lines, self.path():
            emit(Continuation(jump, 1))
        for key, name in made.items():
            with self.path():
                emitter.following = dict(key)
                with writer.function(name, ", ".join(_changed(key))):
                    then.emit()
        writer.replay(lines)

    # --- the walk -----------------------------------------------------------------------------------------------------

    def walk(self, node: ir.Expr, context: Context, then: Continuation) -> None:
        if len(self.assigned) == self.variable_count:
            self.check(node, context, then)
            return
        span, self.emitter.writer.span = self.emitter.writer.span, node.span
        self._walk(node, context, then)
        self.emitter.writer.span = span

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
        coverage = self.emitter.program.coverage
        if coverage is not None:
            record(self.emitter.writer, coverage.conjunct(node, self.action_name), holds=holds)

    def passed(self, node: ir.Node) -> None:
        """Write, where coverage counts it, that the walk came by what is no test."""
        coverage = self.emitter.program.coverage
        if coverage is not None:
            record(self.emitter.writer, coverage.step(node, self.action_name), holds=True)

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
            with self.path():
                walk(items[-1], shared)

        self.share(then, len(items), emit)

    def witnesses(self, node: ir.Quantifier, context: Context, then: Continuation) -> None:
        if self.emitter.writer.loops + len(node.bounds) > MAX_LOOPS:
            name = self.emitter.fresh("f")
            with self.emitter.writer.function(name, ""):
                self.witnesses(node, context, then)
            self.emitter.writer.write(self.jump.format(call=f"{name}()"))
            return
        with self.path(), self.emitter.loops(node.bounds, context, [node.body]) as inner:
            self.passed(node)
            self.walk(node.body, inner, then)

    def every(self, node: ir.Quantifier, context: Context, then: Continuation) -> None:
        """`\\A` is the conjunction of its instances: one that branches does so in each of them."""
        if not self.branches(node, context):
            self.check(node, context, then)
        elif self.assigns(node.body, context):
            self.every_static(node, context, then)
        else:
            self.every_dynamic(node, context, then)

    def every_static(self, node: ir.Quantifier, context: Context, then: Continuation) -> None:
        """Instances that give variables values are written out, which needs a set that is known."""
        bound = node.bounds[0]
        domain = self.emitter.program.constant_value(bound.set)
        if domain is None or len(node.bounds) != 1 or bound.is_tuple or len(bound.locals) != 1:
            raise UnsupportedError(
                "`\\A` that determines next values is supported over one constant set alone",
                node.span,
                hint="give each variable its next value once, as a function: `x' = [i \\in S |-> …]`",
            )
        try:
            elements = tlc_conjunction_order(ordered(domain))
        except EvaluationError:
            # The set cannot be put in order: an error where it is reached.
            self.emitter.writer.write(f"iterate({self.emitter.program.embed(domain).text})")
            return

        def step(index: int) -> None:
            if index == len(elements):
                then.emit()
                return
            inner = context.bind({bound.locals[0]: Atom(self.emitter.program.embed(elements[index]))})
            self.walk(node.body, inner, Continuation(lambda: step(index + 1), then.weight))

        step(0)

    def every_dynamic(self, node: ir.Quantifier, context: Context, then: Continuation) -> None:
        """Instances that only branch: a function walks one of them, and calls itself for the next."""
        emitter, writer = self.emitter, self.emitter.writer
        step, index, rows, row = (emitter.fresh(hint) for hint in ("f", "i", "l", "k"))
        names = [local for bound in node.bounds for local in bound.locals]
        writer.write(f"{rows} = []")
        with emitter.loops(node.bounds, context, [node.body]) as inner:
            texts = "".join(f"{emitter.local(local, inner).text}, " for local in names)
            writer.write(f"{rows}.append(({texts}))")
        writer.write(f"{rows} = tlc_conjunction_order({rows})")
        with self.path(), writer.function(step, index):
            with writer.block(f"if {index} == len({rows}):"), self.path():
                then.emit()
                writer.write(self.leave)
            writer.write(f"{row} = {rows}[{index}]")
            env: dict[object, Binding] = {
                local: Atom(Py(f"{row}[{place}]", None, True)) for place, local in enumerate(names)
            }
            again = self.jump.format(call=f"{step}({index} + 1)")
            self.walk(node.body, context.bind(env), Continuation(lambda: writer.write(again), 1))
            if self.leave != "return":
                writer.write(self.leave)
        writer.write(self.jump.format(call=f"{step}(0)"))

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
        writer = self.emitter.writer

        def emit(shared: Continuation, index: int = 0) -> None:
            if index == len(arms):
                if other is None:
                    writer.write("no_case()")
                else:
                    self.walk(other, context, shared)
                return
            condition, body = arms[index]
            test = self.emitter.test(condition, context)
            with writer.block(f"if {test}:"), self.path():
                self.tested(condition, holds=True)
                self.walk(body, context, shared)
            with writer.block("else:"), self.path():
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
            self.walk(*inlined, then)
            return
        recursive = recursive_operator(self.emitter.program, node, context)
        if recursive is not None and self.branches(node, context):
            call_operator(self, node, *recursive, context, then)
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
            name = f"N{index}{self.suffix}"
            self.emitter.writer.write(f"{name} = {text}")
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
        emitter = self.emitter
        if name == "=":
            self.passed(node)
            self.assign(index, emitter.value(right, context).text, then)
            return
        if name == r"\in":
            domain = membership.loop_domain(emitter, right, context)
        else:
            domain = f"iterate(Subset({emitter.value(right, context).text}))"
        element = emitter.fresh("e")
        with self.path(), emitter.writer.block(f"for {element} in {domain}:"):
            self.passed(node)
            self.assign(index, element, then)

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
        emitter = self.emitter
        if variable is not None and not context.primed:
            now = emitter.variable(variable, primed=False)
            if variable not in self.assigned:
                if emitter.program.coverage is not None:
                    emitter.program.coverage.assigning.add((id(expr), self.action_name))
                self.assigned[variable] = now.text
                then.emit()
                return
            following = emitter.variable(variable, primed=True)
            with emitter.writer.block(f"if not {builtins.equality(emitter, following, now)}:"):
                self.tested(expr, holds=False)
                emitter.failing(node, context, self.fail())
            self.tested(expr, holds=True)
            then.emit()
            return
        if isinstance(expr, ir.Call):
            inlined = emitter.inlined(expr, context)
            if inlined is not None:
                self.unchanged(node, inlined[0], inlined[1], then)
                return
        self.check(ir.Unchanged(node.span, expr), context, then)

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
        emitter = self.emitter
        with emitter.writer.block(f"if {emitter.test(same, context)}:"):
            self.tested(same, holds=False)
            emitter.failing(same, context, self.fail())
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
                writer.write("registers.composed += 1")
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
            emitter.following = {index: emitter.variable(index, primed=False).text for index in held}
            weight = then.weight + emitter.analysis.facts(node.args[1]).size
            self.walk(node.args[0], context, Continuation(between, weight))
        self.suffix, self.composing = suffix, is_inner


def composition_test(emitter: Emitter, node: ir.TemporalOperator, context: Context) -> str:
    """`A \\cdot B` of a step that is known: whether A leads to some state from which B is the rest of it."""
    name = emitter.fresh("f")
    current, following = emitter.current, emitter.following

    def finish(walk: Walk) -> None:
        reached, kept = walk.assigned, emitter.writer.scopes
        emitter.current, emitter.following, emitter.writer.scopes = dict(reached), following, [{}]
        with emitter.writer.block(f"if {emitter.test(node.args[1], Context(context.env))}:"):
            emitter.writer.write("return True")
        emitter.current, emitter.following, emitter.writer.scopes = current, reached, kept

    emitter.following = {}
    with emitter.writer.function(name, ""):
        Walk(emitter, finish, leave="return False", jump="if {call}: return True").run(
            node.args[0], Context(context.env)
        )
        emitter.writer.write("return False")
    emitter.following = following
    return f"{name}()"


def enabled_test(emitter: Emitter, node: ir.Enabled, context: Context) -> str:
    """`ENABLED A`: whether the walk of A finds any next state."""
    name = emitter.fresh("f")
    current, following, is_init = emitter.current, emitter.following, emitter.is_init
    if context.primed or is_init:
        state = emitter.fresh("s")
        emitter.writer.write(f"{state} = {emitter.state_tuple(primed=True)}")
        emitter.current, emitter.is_init = state, False
    emitter.following = {}
    program = emitter.program
    action = (
        with_own_variables(node.action, node.own, program.resolve, program.own_variable) if node.own else node.action
    )
    with emitter.writer.function(name, ""):
        walk = Walk(
            emitter,
            lambda walk: walk.emitter.writer.write("return True"),
            leave="return False",
            jump="if {call}: return True",
            own_variables=len(program.own_variables),
        )
        walk.run(action, Context(context.env))
        emitter.writer.write("return False")
    emitter.current, emitter.following, emitter.is_init = current, following, is_init
    return f"{name}()"


def finish_state(walk: Walk, label: int) -> None:
    """Write that a state is found: all its values are known, or it is an error naming those that are not."""
    emitter = walk.emitter
    count = emitter.program.variable_count
    missing = [emitter.program.variable_name(i) for i in range(count) if i not in walk.assigned]
    if missing:
        span = walk.disjunct.span if walk.disjunct is not None else emitter.program.labels[label].span
        place = emitter.program.name_of(span)
        emitter.writer.write(f"incomplete({', '.join(missing)!r}, {label}, {place}, {emitter.is_init})")
        return
    values = "".join(f"{_interned(walk.assigned[i])}, " for i in range(count))
    emitter.writer.write(f"found((({values}), {label}))")


def _interned(name: str) -> str:
    """A component of a new state: one taken over unchanged is known already."""
    return f"INTERNED[{name}]" if name.startswith("N") else name


def _changed(assigned: Sequence[tuple[int, str]]) -> list[str]:
    """The names of assigned values, without those taken over from the current state."""
    return [name for _, name in assigned if name.startswith("N")]
