r"""Which guards of an action hold it up, and in how many states one alone does.

A search evaluates the conjuncts of an action from the left and no further than the first that is FALSE, so it cannot
tell whether the others would have let the action pass. Here each guard is evaluated on its own, in every state found
and for every choice of the bound variables around it. Guards are the conjuncts that speak of the current state alone,
and the sets that an `\E` chooses from. The arms of a disjunction that determines next values are ways of their own; the
condition of an IF decides the way and is no guard. A guard without a value, which a FALSE one before it would have kept
from being evaluated, is neither TRUE nor FALSE.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from ...model.semantics import ir
from ..result import Guard
from .bindings import Context, Deferred
from .expressions import Emitter
from .library import native_of
from .program import Program, State
from .runtime import EVALUATION_FAILURES

Outcome = bool | None
Passed = tuple[tuple[str, str], ...]
"""The guards on the way to a place: the key of each and the Python text of its outcome."""
Items = list[tuple[ir.Expr, Context]]


def guards(program: Program, action: str, states: Iterable[State]) -> tuple[Guard, ...]:
    """The guards of the action of Next of that name (empty: its unnamed disjuncts), in order of their places."""
    tally = _Tally()
    examine = _Ways(program, action, tally).function()
    for state in states:
        examine(state)
        tally.end_state()
    return tally.guards()


class _Tally:
    """Counts what is told: the outcomes of the guards on one way through an action, for one choice of variables."""

    def __init__(self) -> None:
        self.nodes: dict[str, ir.Expr] = {}
        """By its place, each guard."""
        self._true: Counter[str] = Counter()
        self._false: Counter[str] = Counter()
        self._alone: Counter[str] = Counter()
        self._alone_here: set[str] = set()

    def add(self, node: ir.Expr) -> str:
        key = str(node.span)
        self.nodes.setdefault(key, node)
        return key

    def tell(self, keys: Sequence[str], outcomes: Sequence[Outcome]) -> None:
        refusing: list[str] = []
        for key, outcome in zip(keys, outcomes, strict=True):
            if outcome:
                self._true[key] += 1
            elif outcome is not None:
                self._false[key] += 1
                refusing.append(key)
        if len(refusing) == 1:
            self._alone_here.add(refusing[0])

    def end_state(self) -> None:
        self._alone.update(self._alone_here)
        self._alone_here.clear()

    def guards(self) -> tuple[Guard, ...]:
        found = [
            Guard(node.span, self._true[key], self._false[key], self._alone[key]) for key, node in self.nodes.items()
        ]
        return tuple(sorted(found, key=lambda guard: (guard.span.source.name, guard.span.line, guard.span.column)))


class _Ways:
    """Writes the function that evaluates the guards of an action in a state."""

    def __init__(self, program: Program, action: str, tally: _Tally) -> None:
        self.program = program
        self.action = action
        self.tally = tally
        self.emitter: Emitter = program.emitter("s", None)
        self.writer = self.emitter.writer
        self.outcome = program.name_of(_outcome)
        self.told = program.name_of(tally.tell)

    def function(self) -> Callable[[State], None]:
        node = self.program.problem.next
        assert node is not None
        name = self.program.fresh("W").replace("_", "")
        self.writer.span = node.span
        with self.writer.function(name, "s"):
            self.splitting(node, Context({}), "", ())
        return self.program.install(self.emitter, name)

    # --- to the action ------------------------------------------------------------------------------------------------

    def splitting(self, node: ir.Expr, context: Context, name: str, passed: Passed) -> bool:
        """Write the ways through `node`, reached under the action `name`, if it is or holds the one looked for."""
        match node:
            case ir.Junction() if not node.is_and:
                ways = [self.way(lambda item=item: self.splitting(item, context, name, passed)) for item in node.items]
                return any(ways)
            case ir.Quantifier() if not node.is_forall:
                return self.choice(node, context, passed, lambda inner: self.splitting(node.body, inner, name, passed))
            case ir.Let():
                return self.splitting(node.body, self.emitter.bind_let(node, context), name, passed)
            case ir.Call() | ir.LocalRef():
                entered = self.entered(node, context)
                if entered is not None:
                    return self.splitting(*entered[:2], entered[2] or name, passed)
            case _:
                pass
        if name != self.action:
            return False
        self.conjuncts([(node, context)], passed)
        return True

    def way(self, emit: Callable[[], bool]) -> bool:
        """Write what `emit` does, if it comes to the action, as a function of its own: it may fail for itself alone."""
        name = self.emitter.fresh("w")
        with self.writer.capture() as lines, self.writer.function(name, ""):
            found = emit()
        if found:
            self.writer.replay(lines)
            self.writer.write(f"{self.outcome}({name})")
        return found

    def choice(
        self,
        node: ir.Quantifier,
        context: Context,
        passed: Passed,
        then: Callable[[Context], bool],
    ) -> bool:
        r"""Write an `\E`: its body for each choice, or that there is none."""

        def emit() -> bool:
            key, chosen = self.tally.add(node), self.emitter.fresh("n")
            self.writer.write(f"{chosen} = False")
            with self.emitter.loops(node.bounds, context, [node.body]) as inner:
                self.writer.write(f"{chosen} = True")
                found = then(inner)
            with self.writer.block(f"if {chosen}:"):
                self.tell([(key, "True")])
            with self.writer.block("else:"):
                self.tell([*passed, (key, "False")])
            return found

        known = set(self.tally.nodes)
        found = self.way(emit)
        if not found:
            for key in set(self.tally.nodes) - known:
                del self.tally.nodes[key]
        return found

    def entered(self, node: ir.Call | ir.LocalRef, context: Context) -> tuple[ir.Expr, Context, str] | None:
        """What a name stands for where that is to be walked, its context, and its name as an action."""
        binding = context.env.get(node.local if isinstance(node, ir.LocalRef) else node.target)
        if isinstance(binding, Deferred):
            return binding.expr, binding.context, ""
        if isinstance(node, ir.LocalRef):
            return None
        inlined = self.emitter.inlined(node, context) if node.target in context.env else None
        if inlined is not None:
            return *inlined, ""
        target = node.target if isinstance(node.target, ir.Local) else self.program.resolve(node.target)
        if not isinstance(target, ir.Definition) or target.is_recursive or native_of(target) is not None:
            return None
        env = self.emitter.arguments(target.params, node.args, context)
        return target.body, Context(env, context.primed), target.name

    # --- within the action --------------------------------------------------------------------------------------------

    def conjuncts(self, items: Items, passed: Passed) -> None:
        """Write the ways through a conjunction."""
        if not items:
            self.tell(passed)
            return
        (node, context), rest = items[0], items[1:]
        if isinstance(node, ir.Junction) and node.is_and:
            self.conjuncts([*((item, context) for item in node.items), *rest], passed)
        elif isinstance(node, ir.Let):
            self.conjuncts([(node.body, self.emitter.bind_let(node, context)), *rest], passed)
        elif not self.speaks_of_next(node, context):
            self.guard(node, context, rest, passed)
        else:
            self.effect(node, context, rest, passed)

    def guard(
        self,
        node: ir.Expr,
        context: Context,
        rest: Items,
        passed: Passed,
    ) -> None:
        if self.emitter.analysis.facts(node).impure:
            self.conjuncts(rest, passed)  # it may say one thing in a search and another here
            return
        self.conjuncts(rest, (*passed, (self.tally.add(node), self.truth(node, context))))

    def truth(self, node: ir.Expr, context: Context) -> str:
        """The Python name of the outcome of a test."""
        test, name = self.emitter.fresh("g"), self.emitter.fresh("q")
        with self.writer.function(test, ""):
            self.writer.write(f"return bool({self.emitter.test(node, context)})")
        self.writer.write(f"{name} = {self.outcome}({test})")
        return name

    def effect(
        self,
        node: ir.Expr,
        context: Context,
        rest: Items,
        passed: Passed,
    ) -> None:
        """A conjunct that determines next values: the guards within it, and those after it."""

        def on(expr: ir.Expr, within: Context) -> bool:
            self.conjuncts([(expr, within), *rest], passed)
            return True

        match node:
            case ir.Junction():
                for item in node.items:
                    self.way(lambda item=item: on(item, context))
            case ir.Quantifier() if not node.is_forall:
                self.choice(node, context, passed, lambda inner: on(node.body, inner))
            case ir.If() if not self.speaks_of_next(node.condition, context):
                name = self.truth(node.condition, context)
                with self.writer.block(f"if {name}:"):
                    on(node.then, context)
                with self.writer.block(f"elif {name} is not None:"):
                    on(node.otherwise, context)
            case ir.Call() | ir.LocalRef() if (entered := self.entered(node, context)) is not None:
                on(*entered[:2])
            case _:
                self.conjuncts(rest, passed)

    def speaks_of_next(self, node: ir.Expr, context: Context) -> bool:
        """Whether the value of an expression depends on next values, through parameters and LET definitions too."""
        pending: list[tuple[ir.Expr, Context]] = [(node, context)]
        seen: set[int] = set()
        while pending:
            expr, within = pending.pop()
            facts = self.emitter.analysis.facts(expr)
            if facts.primed or within.primed:
                return True
            for name in facts.free:
                binding = within.env.get(name)
                if isinstance(binding, Deferred) and id(binding) not in seen:
                    seen.add(id(binding))
                    pending.append((binding.expr, binding.context))
        return False

    def tell(self, outcomes: Sequence[tuple[str, str]]) -> None:
        if outcomes:
            keys = self.program.name_of(tuple(key for key, _ in outcomes))
            self.writer.write(f"{self.told}({keys}, ({''.join(f'{text}, ' for _, text in outcomes)}))")


def _outcome(test: Callable[[], Outcome]) -> Outcome:
    """What a test says; None where it has no value."""
    try:
        return test()
    except EVALUATION_FAILURES:
        return None
