"""Init and Next → C++ functions that produce states: the walk of `interpreted.actions`, written in C++.

A formula is walked with a continuation, what is to be done once it holds. The first `x' = e` or `x' \\in S` on a path
gives x its next value; later ones test. A disjunction runs the continuation once for each arm, an `\\E` once for each
witness; once every variable has a value the rest is a plain boolean. A path that more text follows is a
`do { … } while (0)`, which `continue` leaves; where the rest is long and several arms lead to it, it becomes a lambda.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from ...model.diagnostics import EvaluationError
from ...model.semantics import ir
from ...model.values.order import ordered
from ..interpreted.actions import CURRENT_COMPONENT, SHARED_WEIGHT, Continuation
from ..interpreted.applications import written_function
from ..interpreted.branching import branches, recursive_operator
from ..interpreted.expressions import Binding, Context, Deferred
from ..interpreted.library import native_of
from ..interpreted.runtime import tlc_conjunction_order
from .emit_operators import equality
from .emit_sets import loop_domain
from .emitter import Cpp, Emitter, atom

ASSIGNED = "N"
"""What the names of next values that an action gives begin with; others are components of the current state."""


class Walk:
    """Writes the enumeration of the states that a formula allows into an emitter.

    `finish` writes what happens with a state found (the names of its values are in `emitter.following`). `leave` leaves
    the function being written with no state found, `jump` is how a continuation is called, `returns` what they return.
    `is_step`: the formula is Next, whose conjuncts coverage looks at.
    """

    def __init__(
        self,
        emitter: Emitter,
        finish: Callable[[Walk], None],
        *,
        leave: str = "return;",
        jump: str = "{call};",
        returns: str = "void",
        is_step: bool = False,
    ) -> None:
        self.emitter = emitter
        self.finish = finish
        self.leave = leave
        self.jump = jump
        self.returns = returns
        self.is_step = is_step
        self.variable_count = emitter.program.variable_count
        self.action: ir.Definition | None = None
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

    def fail(self) -> str:
        return "continue;" if self.emitter.writer.loops else self.leave

    @contextmanager
    def path(self) -> Iterator[None]:
        """A path of its own: what it assigns is forgotten after it."""
        emitter = self.emitter
        kept = (dict(self.assigned), self.action, self.splitting)
        emitter.writer.scopes.append({})
        yield
        emitter.writer.scopes.pop()
        emitter.following, self.action, self.splitting = kept

    def branch(self, emit: Callable[[], None]) -> None:
        """Write a path that more text follows: leaving it must not skip that text."""
        with self.emitter.writer.block("do", "} while (0);"), self.path():
            emit()

    @contextmanager
    def function(self, name: str, parameters: str = "") -> Iterator[None]:
        """A function within the one being written, which ends without a state found."""
        writer = self.emitter.writer
        with writer.function(f"auto {name} = [&]({parameters}) -> {self.returns}"), self.path():
            yield
            if self.returns != "void":
                writer.write(self.leave)

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
            writer.write(self.jump.format(call=f"{name}({', '.join(_given(key))})"))

        with writer.capture() as lines, self.path():
            emit(Continuation(jump, 1))
        for key, name in made.items():
            with self.path():
                emitter.following = dict(key)
                with self.function(name, ", ".join(f"V {value}" for value in _given(key))):
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
                self.applied(node, context, then)
            case ir.Unchanged():
                self.passed(node)
                self.unchanged(node, node.expr, context, then)
            case ir.ActionSubscript():
                self.subscripted(node, context, then)
            case ir.TemporalOperator() if node.kind == r"\cdot":
                self.emitter.unit.decline(r"the composition of actions (\cdot)")
            case _:
                self.check(node, context, then)

    def check(self, node: ir.Expr, context: Context, then: Continuation) -> None:
        """A formula that gives no variable a value."""
        self.emitter.guard(node, context, self.fail(), self.action_name)
        then.emit()

    def tested(self, node: ir.Node, *, holds: bool) -> None:
        """Write, where coverage looks at it, that a test of the walk held or failed."""
        coverage = self.emitter.unit.coverage
        if coverage is not None:
            self.emitter.record(coverage.conjunct(node, self.action_name), holds=holds)

    def passed(self, node: ir.Node) -> None:
        """Tell coverage that the walk came by what is no test."""
        coverage = self.emitter.unit.coverage
        if coverage is not None:
            self.emitter.record(coverage.step(node, self.action_name), holds=True)

    def conjuncts(self, items: Sequence[ir.Expr], context: Context, then: Continuation) -> None:
        if not items:
            then.emit()
            return
        weight = then.weight + sum(self.emitter.analysis.facts(item).size for item in items[1:])
        self.walk(items[0], context, Continuation(lambda: self.conjuncts(items[1:], context, then), weight))

    def disjuncts(self, items: Sequence[ir.Expr], context: Context, then: Continuation) -> None:
        def emit(shared: Continuation) -> None:
            for item in items:
                self.branch(lambda item=item: self.walk(item, context, shared))

        self.share(then, len(items), emit)

    def witnesses(self, node: ir.Quantifier, context: Context, then: Continuation) -> None:
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
        unit = self.emitter.unit
        domain = self.emitter.program.constant_value(bound.set)
        if domain is None or len(node.bounds) != 1 or bound.is_tuple or len(bound.locals) != 1:
            unit.decline("`\\A` that determines next values over a set that is not constant")
        try:
            instances = tlc_conjunction_order(ordered(domain))
        except EvaluationError:
            self.emitter.writer.write("incomparable();")
            return

        def step(index: int) -> None:
            if index == len(instances):
                then.emit()
                return
            inner = context.bind({bound.locals[0]: atom(unit.embed(instances[index]))})
            self.walk(node.body, inner, Continuation(lambda: step(index + 1), then.weight))

        step(0)

    def every_dynamic(self, node: ir.Quantifier, context: Context, then: Continuation) -> None:
        """Instances that only branch: a function walks one of them, and calls itself for the next."""
        emitter, writer = self.emitter, self.emitter.writer
        step, this, index, rows, row = (emitter.fresh(hint) for hint in ("f", "self", "i", "l", "row"))
        names = [local for bound in node.bounds for local in bound.locals]
        writer.write(f"Collector {rows};")
        with emitter.loops(node.bounds, context, [node.body]) as inner:
            for local in names:
                writer.write(f"{rows}.add({emitter.local(local, inner).boxed});")
        width = len(names)
        with self.function(step, f"auto& {this}, u64 {index}"):
            with writer.block(f"if ({index} * {width} == {rows}.size)"), self.path():
                then.emit()
                writer.write(self.leave)
            # TLC takes the first instance first, and the others from the last backwards.
            place = f"({index} == 0 ? 0 : {rows}.size / {width} - {index})"
            writer.write(f"const V* {row} = {rows}.items + {place} * {width};")
            env: dict[object, Binding] = {
                local: atom(Cpp(f"{row}[{place}]", None, True)) for place, local in enumerate(names)
            }
            again = self.jump.format(call=f"{this}({this}, {index} + 1)")
            self.walk(node.body, context.bind(env), Continuation(lambda: writer.write(again), 1))
        writer.write(self.jump.format(call=f"{step}({step}, 0)"))

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
                    writer.write("no_case();")
                else:
                    self.walk(other, context, shared)
                return
            condition, body = arms[index]
            test = self.emitter.test(condition, context)
            with writer.block(f"if ({test})"), self.path():
                self.tested(condition, holds=True)
                self.walk(body, context, shared)
            with writer.block("else"), self.path():
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
                self.action = target
            env = emitter.arguments(target.params, node.args, context)
            self.walk(target.body, Context(env, context.primed), then)
            return
        inlined = emitter.inlined(node, context)
        if inlined is not None:
            self.walk(*inlined, then)
            return
        recursive = recursive_operator(self.emitter.program, node, context)
        if recursive is not None and self.branches(node, context):
            self.emitter.unit.decline("a recursive operator that stands in an action as a formula")
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

    def assign(self, index: int, value: Cpp, then: Continuation) -> None:
        text = value.boxed
        if not CURRENT_COMPONENT.fullmatch(text):
            name = f"{ASSIGNED}{index}"
            self.emitter.writer.write(f"V {name} = {text};")
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
            self.assign(index, emitter.value(right, context), then)
            return
        if name == r"\in":
            domain = loop_domain(emitter, right, context)
        else:
            domain = (f"subset_of({emitter.value(right, context).boxed})",)
        with self.path(), emitter.each(domain, "e") as element:
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

    def applied(self, node: ir.FunctionApplication, context: Context, then: Continuation) -> None:
        """`f[x]` where f is written as `[y \\in S |-> A]`: TLC holds it unexpanded, and walks A."""
        function, inner = written_function(self.emitter, node.function, context)
        if (
            function is None
            or len(function.bounds) != 1
            or len(function.bounds[0].locals) != 1
            or function.bounds[0].is_tuple
        ):
            self.check(node, context, then)
            return
        if function.this is not None:
            self.emitter.unit.decline("a recursive function that stands in an action as a formula")
        bound = function.bounds[0]
        argument = self.emitter.keep(self.emitter.value(node.arg, context))
        domain = self.emitter.value(bound.set, inner)
        self.emitter.writer.write(f"if (!member({argument.boxed}, {domain.boxed})) outside_domain();")
        self.walk(function.body, inner.bind({bound.locals[0]: atom(argument)}), then)

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
            self._variable_unchanged(expr, variable, then)
            return
        if isinstance(expr, ir.Call):
            inlined = self.emitter.inlined(expr, context)
            if inlined is not None:
                self.unchanged(node, inlined[0], inlined[1], then)
                return
        self.check(ir.Unchanged(node.span, expr), context, then)

    def _variable_unchanged(self, expr: ir.Expr, variable: int, then: Continuation) -> None:
        emitter = self.emitter
        now = emitter.variable(variable, primed=False)
        if variable not in self.assigned:
            if emitter.unit.coverage is not None:
                emitter.unit.coverage.assigning.add((id(expr), self.action_name))
            self.assigned[variable] = now.text
            then.emit()
            return
        following = emitter.variable(variable, primed=True)
        with emitter.writer.block(f"if (!{equality(following, now)})"):
            self.tested(expr, holds=False)
            emitter.writer.write(self.fail())
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
        emitter = self.emitter
        with emitter.writer.block(f"if ({emitter.test(same, context)})"):
            self.tested(same, holds=False)
            emitter.writer.write(self.fail())
        self.tested(same, holds=True)
        then.emit()


def enabled_test(emitter: Emitter, node: ir.Enabled, context: Context) -> str:
    """`ENABLED A`: whether the walk of A finds any next state."""
    if node.own:
        emitter.unit.decline("ENABLED of an instance with variables of its own")
    name = emitter.fresh("enabled")
    current, following, is_init = emitter.current, emitter.following, emitter.is_init
    if context.primed or is_init:
        emitter.current, emitter.is_init = emitter.state_array(primed=True), False
    emitter.following = {}
    walk = Walk(
        emitter,
        lambda walk: walk.emitter.writer.write("return true;"),
        leave="return false;",
        jump="if ({call}) return true;",
        returns="bool",
    )
    with walk.function(name):
        walk.run(node.action, Context(context.env))
    emitter.current, emitter.following, emitter.is_init = current, following, is_init
    return f"{name}()"


def finish_state(walk: Walk, label: int) -> None:
    """Write that a state is found: all its values are known, or it is a fault."""
    emitter, writer = walk.emitter, walk.emitter.writer
    count = emitter.program.variable_count
    if any(index not in walk.assigned for index in range(count)):
        writer.write("incomplete();")
        return
    for index in range(count):
        name = walk.assigned[index]
        if name.startswith(ASSIGNED):
            writer.write(f"{name} = intern({name});")
    state = emitter.fresh("next")
    writer.write(f"V* {state} = found({label});")
    for index in range(count):
        writer.write(f"{state}[{index}] = {walk.assigned[index]};")


def _given(assigned: Sequence[tuple[int, str]]) -> list[str]:
    """The names of values that an action gives, without those taken over from the current state."""
    return [name for _, name in assigned if name.startswith(ASSIGNED)]
