"""Expressions of the IR → Python text.

`value` gives Python text for a TLA+ value, `test` for a Python truth, `guard` writes a check that leaves the enclosing
block where an expression is FALSE. What does not fit into an expression (loops, shared values) is written as statements
first; so whatever is evaluated only under a condition is emitted apart (`Emitter.apart`), and written inside that
condition where it needed statements.

In checked mode every operation is a statement of its own and goes through a checking function, so that the line of a
failure is the expression that failed. The engine runs fast code and turns to checked code only to explain a failure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ...model.semantics import ir
from .bindings import (
    INLINE_SIZE,
    SLOT,
    THUNK,
    Atom,
    Binder,
    Binding,
    Context,
    Deferred,
    LocalFunction,
    Named,
    Py,
    PyOperator,
    ThunkParameter,
)
from .coverage import Point
from .library import native_of
from .writer import Line, Writer

if TYPE_CHECKING:
    from .program import Program


MAX_LOOPS = 14
"""Nested `for` blocks after which a function is started: CPython refuses more than twenty."""
LOCAL_NAME = re.compile(r"\b(?:[A-Za-z]\w*_\d+|N\d+)\b")
ASSIGNED_NAME = re.compile(r"(?:^\s*|\bfor |\bdef |\()((?:[A-Za-z]\w*_\d+|N\d+))(?= = | := | in |\()")
DEFAULTS = re.compile(r"^def \w+\((.*)\):$")


class Emitter(Binder[Py]):
    """Emits one Python function's worth of expressions into `writer`."""

    VALUE_TYPE = ""
    writer: Writer

    def __init__(
        self,
        program: Program,
        *,
        current: str | dict[int, str] | None = None,
        following: str | dict[int, str] | None = None,
        checked: bool = False,
    ) -> None:
        self.program = program
        self.analysis = program.analysis
        self.writer = Writer()
        self.current = current
        """The name of the tuple of current values; None where there is none (constants), or where it is being made; the
        names of those that are known by variable, in the second part of `A \\cdot B`."""
        self.following = following
        """The name of the tuple of next values, or the names of those assigned so far by variable."""
        self.is_init = False
        self.checked = checked
        self.kinds: dict[str, str | None] = {}

    # --- small helpers ------------------------------------------------------------------------------------------------

    def fresh(self, hint: str = "w") -> str:
        return self.program.fresh(hint)

    def keep(self, py: Py, hint: str = "w") -> Py:
        """The value under a name of its own, by a statement."""
        if py.simple:
            return py
        name = self.fresh(hint)
        self.writer.write(f"{name} = {py.text}")
        return Py(name, py.kind, True)

    def inline(self, py: Py) -> tuple[str, str]:
        """(text that evaluates the value, name to use afterwards within the same expression)."""
        if py.simple:
            return py.text, py.text
        name = self.fresh()
        return f"({name} := {py.text})", name

    def boolean(self, test: str) -> Py:
        return Py(f"(TRUE if {test} else FALSE)", "bool")

    @contextmanager
    def at(self, node: ir.Node) -> Iterator[None]:
        """Lines written meanwhile come from `node`."""
        span, self.writer.span = self.writer.span, node.span
        yield
        self.writer.span = span

    def chain(self, emitters: Sequence[Callable[[], str]], *, is_and: bool) -> str:
        """Short-circuit connection of tests; those that need statements are nested in an `if`."""
        word = " and " if is_and else " or "
        parts: list[str] = []
        result: str | None = None
        opened: list[object] = []
        for index, emit in enumerate(emitters):
            if index == 0:
                parts.append(emit())
                continue
            at_indent = self.writer.indent
            text, lines, scope = self.apart(emit)
            if not lines:
                parts.append(text)
                continue
            if result is None:
                result = self.fresh("q")
                self.writer.write(f"{result} = {not is_and}")
            condition = word.join(parts)
            block = self.writer.block(f"if {condition if is_and else f'not ({condition})'}:")
            block.__enter__()
            opened.append(block)
            self.writer.scopes[-1].update(scope)
            self.writer.replay(lines, self.writer.indent - at_indent)
            parts = [text]
        joined = parts[0] if len(parts) == 1 else f"({word.join(parts)})"
        if result is None:
            return joined
        self.writer.write(f"{result} = {joined}")
        for block in reversed(opened):
            block.__exit__(None, None, None)  # type: ignore[attr-defined]
        return result

    def select(self, condition: str, emit_then: Callable[[], Py], emit_else: Callable[[], Py]) -> Py:
        """`IF condition THEN … ELSE …` for values."""
        indent = self.writer.indent
        sides: list[tuple[Py, list[Line]]] = []
        for emit in (emit_then, emit_else):
            made: list[Py] = []

            def run(emit: Callable[[], Py] = emit, made: list[Py] = made) -> str:
                made.append(emit())
                return made[0].text

            _, lines, _ = self.apart(run)
            sides.append((made[0], lines))
        (then, then_lines), (otherwise, else_lines) = sides
        kind = then.kind if then.kind == otherwise.kind else None
        if not then_lines and not else_lines:
            return Py(f"({then.text} if {condition} else {otherwise.text})", kind)
        name = self.fresh()
        for header, py, lines in ((f"if {condition}:", then, then_lines), ("else:", otherwise, else_lines)):
            with self.writer.block(header):
                self.writer.replay(lines, self.writer.indent - indent)
                self.writer.write(f"{name} = {py.text}")
        return Py(name, kind, True)

    # --- values -------------------------------------------------------------------------------------------------------

    def value(self, node: ir.Expr, context: Context) -> Py:
        """Python text whose value is the TLA+ value of `node`."""
        constant = self.program.constant(node)
        if constant is not None:
            return constant
        span, self.writer.span = self.writer.span, node.span
        py = _VALUES[type(node)](self, node, context)
        if self.checked and not py.simple:
            py = self.keep(py)
        self.writer.span = span
        return py

    def test(self, node: ir.Expr, context: Context) -> str:
        """Python text whose truth is that of `node`."""
        constant = self.program.constant(node)
        if constant is not None and constant.text in ("TRUE", "FALSE"):
            return str(constant.text == "TRUE")
        emit = _TESTS.get(type(node))
        span, self.writer.span = self.writer.span, node.span
        if emit is not None:
            text = emit(self, node, context)
        else:
            text = self.truth(self.value(node, context))
        if self.checked and not text.isidentifier():
            name = self.fresh("q")
            self.writer.write(f"{name} = {text}")
            text = name
        self.writer.span = span
        return text

    def truth(self, py: Py) -> str:
        """The Python truth of a value that must be a boolean."""
        if py.kind == "bool":
            return f"{py.text} is TRUE"
        if self.checked:
            return f"truth({py.text})"
        text, name = self.inline(py)
        return f"({text} is TRUE or ({name} is not FALSE and not_boolean({name})))"

    def guard(self, node: ir.Expr, context: Context, fail: Sequence[str], action: str | None = None) -> None:
        """Write a check of `node` that runs the statements `fail`, which leave the block, where it is FALSE.

        `action` is the name of the action of Next that `node` is a conjunct of, if it is one.
        """
        if isinstance(node, ir.Junction) and node.is_and:
            for item in node.items:
                self.guard(item, context, fail, action)
            return
        if isinstance(node, ir.Let):
            self.guard(node.body, self.bind_let(node, context), fail, action)
            return
        if isinstance(node, ir.Call):
            inlined = self.inlined(node, context)
            if inlined is not None:
                self.guard(*inlined, fail, action)
                return
        with self.at(node):
            operands = self.operands(node, context)
            text = self.test(node, context)
            coverage = self.program.coverage
            point = None if coverage is None else coverage.conjunct(node, action)
            if text != "True":
                with self.writer.block(f"if not {text}:"):
                    self.record(point, holds=False)
                    self.failing(node, context, fail, operands)
            if text != "True" or (point is not None and point.is_counted):
                self.record(point, holds=True)

    def record(self, point: Point | None, *, holds: bool) -> None:
        """Write that a point of coverage was TRUE, or FALSE; nothing where there is none."""
        if point is not None:
            self.writer.write(point.held if holds else point.failed)

    def failing(self, node: ir.Expr, context: Context, fail: Sequence[str], operands: Sequence[str] = ()) -> None:
        """What is written where a guard has failed: the probe is told, and the block left."""
        if self.program.probe is not None:
            bound = ", ".join(
                f"{name.name!r}: {binding.py.text}"
                for name, binding in context.env.items()
                if isinstance(name, ir.Local) and isinstance(binding, Atom)
            )
            self.writer.write(
                f"missed({self.program.name_of(node)}, {{{bound}}}, ({''.join(f'{x}, ' for x in operands)}))"
            )
        for line in fail:
            self.writer.write(line)

    def operands(self, node: ir.Expr, context: Context) -> list[str]:
        """For a probe: the names of the values that a relation compares."""
        if self.program.probe is None or not isinstance(node, ir.Builtin) or len(node.args) != 2:
            return []
        if node.operator.name in ("=>", r"\equiv") or not self.program.is_test(node.operator):
            return []
        return [self.keep(self.value(arg, context)).text for arg in node.args]  # type: ignore[arg-type]

    # --- names --------------------------------------------------------------------------------------------------------

    def variable(self, index: int, *, primed: bool) -> Py:
        """A variable's current or next value."""
        state = self.following if primed or self.is_init else self.current
        if isinstance(state, str):
            return Py(f"{state}[{index}]", None, True)
        if state is not None and index in state:
            return Py(state[index], None, True)
        return Py(f"unassigned({self.program.variable_name(index)!r}, {not self.is_init})", None)

    def component(self, index: int, *, primed: bool) -> str:
        """A variable in the current or next state, as states hold it."""
        return self.variable(index, primed=primed).text

    def state_tuple(self, *, primed: bool) -> str:
        """The whole current or next state, for a call."""
        state = self.following if primed or self.is_init else self.current
        if isinstance(state, str):
            return state
        if state is None and not primed and not self.is_init:
            return "None"
        assigned, indices = state or {}, range(self.program.variable_count)
        values = "(" + "".join(f"{assigned.get(i, 'UNSET')}, " for i in indices) + ")"
        if len(assigned) == len(indices):
            return values
        return f"PartialState({values}, {tuple(map(self.program.variable_name, indices))!r}, {not self.is_init})"

    def whole_next_state(self) -> str:
        """The name of the whole next state, where a state is wanted."""
        name = self.fresh("s")
        self.writer.write(f"{name} = {self.state_tuple(primed=True)}")
        return name

    def constant(self, node: ir.Expr) -> Py | None:
        return self.program.constant(node)

    def known(self, py: Py) -> Py:
        return py

    def forced(self, name: str) -> Py:
        return Py(f"({name}.get() if {name}.__class__ is Thunk else {name})")

    def declare_slot(self, name: str, key: object) -> None:
        self.writer.write(f"{name} = UNSET")

    def shared(self, key: object, emit: Callable[[], Py]) -> Py:
        """A value evaluated once on each path, under `key`."""
        found = self.writer.find(key)
        if found is None:
            py = self.keep(emit(), "v")
            self.kinds[py.text] = py.kind
            self.writer.remember(key, py.text)
            return py
        if found.startswith(THUNK):
            py = self.keep(Py(f"{found.removeprefix(THUNK)}.get()"), "v")
            self.writer.remember(key, py.text)
            return py
        if found.startswith(SLOT):
            slot = found.removeprefix(SLOT)
            with self.writer.block(f"if {slot} is UNSET:"):
                py = emit()
                self.writer.write(f"{slot} = {py.text}")
            self.kinds[slot] = py.kind
            self.writer.remember(key, slot)
            return Py(slot, py.kind, True)
        return Py(found, self.kinds.get(found), True)

    # --- calls --------------------------------------------------------------------------------------------------------

    def call(self, node: ir.Call, context: Context) -> Py:
        if not isinstance(node.target, ir.Local):
            resolved = node.target if node.target in context.env else self.program.resolve(node.target)
            if not isinstance(resolved, ir.Definition):
                return self.program.embed(resolved)
            if not node.args and resolved not in context.env:
                return self._parameterless(resolved, context)
        binding = context.env.get(node.target)
        if isinstance(binding, Deferred):
            return self.deferred(binding, primed=context.primed)
        inlined = self.inlined(node, context)
        if inlined is not None:
            return self.value(*inlined)
        if isinstance(binding, PyOperator):
            return Py(f"{binding.name}({', '.join(self.value(arg, context).text for arg in node.args)})")  # type: ignore[arg-type]
        if isinstance(binding, LocalFunction):
            return self.call_local_function(binding, node.args, context)
        target = binding.target if isinstance(binding, Named) else node.target
        return self.call_named(target, node.args, context)

    def _parameterless(self, definition: ir.Definition, context: Context) -> Py:
        facts = self.analysis.body(definition)
        body = definition.body
        if isinstance(body, (ir.VariableRef, ir.Literal)):
            return self.value(body, Context({}, context.primed))
        if definition.is_recursive or facts.impure or native_of(definition) is not None:
            return self.call_function(definition, (), context)
        if facts.size <= INLINE_SIZE or facts.primed:
            return self.shared((definition, context.primed), lambda: self.value(body, Context({}, context.primed)))
        return self.shared((definition, context.primed), lambda: self.call_function(definition, (), context))

    def call_named(self, target: object, args: Sequence[ir.Argument], context: Context) -> Py:
        if isinstance(target, (ir.Definition, ir.Constant)):
            resolved = self.program.resolve(target)
            if not isinstance(resolved, ir.Definition):
                return self.program.embed(resolved)  # the configuration gives it one value for all arguments
            return self.call_function(resolved, args, context)
        from .builtins import builtin_value

        return builtin_value(self, target, args, context)  # type: ignore[arg-type]

    def call_function(self, definition: ir.Definition, args: Sequence[ir.Argument], context: Context) -> Py:
        """A call of the Python function of a definition."""
        native = native_of(definition)
        if native is not None:
            from .builtins import call_of_native

            return call_of_native(self, definition, native, args, context)
        return self.call_definition(definition, args, context)

    def call_definition(self, definition: ir.Definition, args: Sequence[ir.Argument], context: Context) -> Py:
        """A call of the Python function of what a definition says."""
        function = self.program.function(definition, checked=self.checked)
        facts = self.analysis.body(definition)
        texts: list[str] = []
        if facts.state or facts.primed:
            texts.append(self.state_tuple(primed=context.primed))
        if facts.primed:
            texts.append(self.state_tuple(primed=True))
        texts.extend(self.passed_arguments(definition, args, context))
        return Py(f"{function.name}({', '.join(texts)})", function.kind)

    def parameters(self, definition: ir.Definition) -> tuple[list[str], dict[object, Binding]]:
        """The names of a Python function's parameters and what they are bound to: see `passed_arguments`."""
        names = [self.fresh(param.name) for param in definition.params]
        env: dict[object, Binding] = {}
        for index, (param, text) in enumerate(zip(definition.params, names, strict=True)):
            env[param] = self.parameter(definition, index, text)
        return names, env

    def parameter_type(self, _definition: ir.Definition, _index: int) -> str:
        """What a parameter is declared as: nothing, in Python."""
        return self.VALUE_TYPE

    def parameter(self, definition: ir.Definition, index: int, name: str) -> Binding:
        """What a parameter of a definition is bound to in its Python function."""
        if definition.params[index].arity:
            return PyOperator(name)
        if self.analysis.is_strict_in_parameter(definition, index):
            return Atom(Py(name, None, True))
        return ThunkParameter(name)

    def passed_arguments(
        self, definition: ir.Definition, args: Sequence[ir.Argument], context: Context
    ) -> Iterator[str]:
        for index, arg in enumerate(args):
            yield self.passed_argument(definition, index, arg, context)

    def passed_argument(self, definition: ir.Definition, index: int, arg: ir.Argument, context: Context) -> str:
        """An argument of a Python function: a value where it is needed for certain, a thunk where it may not be."""
        arity = definition.params[index].arity
        if arity:
            return self.callable(self.argument(arg, context), arity, primed=context.primed)
        assert not isinstance(arg, (ir.Lambda, ir.OperatorRef))
        if self.analysis.is_strict_in_parameter(definition, index) or self.is_safe(arg, context):
            return self.value(arg, context).text
        return self.thunk(arg, context)

    def is_safe(self, arg: ir.Expr, context: Context) -> bool:
        """Whether evaluating `arg` costs nothing and cannot fail."""
        if isinstance(arg, (ir.Literal, ir.VariableRef)) or self.program.constant(arg) is not None:
            return not (isinstance(arg, ir.VariableRef) and not isinstance(self.current, str))
        return isinstance(arg, ir.LocalRef) and isinstance(context.env.get(arg.local), Atom)

    def declare_thunk(self, deferred: Deferred, primed: bool, slot: str | None) -> str:
        context = Context(deferred.context.env, deferred.context.primed or primed)
        made, name = self.thunk(deferred.expr, context), self.fresh("t")
        self.writer.write(f"{name} = {made}")
        if slot is not None:
            self.writer.write(f"{name}.value = {slot}")
        return name

    def thunk(self, arg: ir.Expr, context: Context) -> str:
        self.prepare_closure([arg], context, is_thunk=True)
        name = self.fresh("thunk")
        with self.writer.function(name, ""):
            self.writer.write(f"return {self.value(arg, context).text}")
        return f"Thunk({name})"

    def call_local_function(self, binding: LocalFunction, args: Sequence[ir.Argument], context: Context) -> Py:
        """A call of a recursive operator of a LET; its function is written where it is first called."""
        definition = binding.definition
        name = self.writer.find(definition)
        if name is None:
            name = self.fresh("f")
            self.writer.remember(definition, name)
            names, parameters = self.parameters(definition)
            env = {**binding.context.env, **parameters}
            self.prepare_closure([definition.body], binding.context)
            with self.writer.function(name, ", ".join(names)):
                body = self.value(definition.body, Context(env, binding.context.primed or context.primed))
                self.writer.write(f"return {body.text}")
        return Py(f"{name}({', '.join(self.passed_arguments(definition, args, context))})")

    def callable(self, binding: Binding, arity: int, *, primed: bool = False) -> str:
        """A Python callable of values for an operator argument; `primed` where it is applied under a prime."""
        if isinstance(binding, PyOperator):
            return binding.name
        name = self.fresh("op")
        params = [ir.Local(f"a{i}") for i in range(arity)]
        names = [self.fresh("a") for _ in params]
        env: dict[object, Binding] = {p: Atom(Py(n, None, True)) for p, n in zip(params, names, strict=True)}
        span = self.writer.span
        assert span is not None
        operator = ir.Local("operator", arity)
        call = ir.Call(span, operator, tuple(ir.LocalRef(span, param) for param in params))
        context = Context({**env, operator: binding}, primed)
        self.prepare_closure([call], context)
        with self.writer.function(name, ", ".join(names)):
            self.writer.write(f"return {self.value(call, context).text}")
        return name

    # --- loops --------------------------------------------------------------------------------------------------------

    @contextmanager
    def loops(
        self, bounds: Sequence[ir.Bound], context: Context, needed: Sequence[ir.Node], after: str | None = None
    ) -> Iterator[Context]:
        """Nested loops over bounds; yields the context of the body. `after` is written behind each inner loop."""
        from .membership import loop_domain

        self.prepare_loop(needed, context)
        plan: list[tuple[ir.Bound, ir.Local | None, str]] = []
        for bound in bounds:
            domain = loop_domain(self, bound.set, context)
            if bound.is_tuple:
                plan.append((bound, None, domain))
                continue
            if len(bound.locals) > 1 and not domain.isidentifier():
                name = self.fresh("s")
                self.writer.write(f"{name} = tuple({domain})")
                domain = name
            plan.extend((bound, local, domain) for local in bound.locals)
        env = dict(context.env)
        blocks = []
        # TLC varies the first variable fastest (tlc2/tool/…/ContextEnumerator).
        for bound, local, domain in reversed(plan):
            name = self.fresh(local.name if local else "e")
            block = self.writer.block(f"for {name} in {domain}:")
            block.__enter__()
            blocks.append(block)
            if local is not None:
                env[local] = Atom(Py(name, None, True))
            else:
                self.unpack(bound.locals, name, env)
        yield Context(env, context.primed)
        while blocks:
            blocks.pop().__exit__(None, None, None)
            if blocks and after is not None:
                self.writer.write(after)

    def unpack(self, locals_: Sequence[ir.Local], name: str, env: dict[object, Binding]) -> None:
        """Bind the components of the tuple `name`."""
        self.writer.write(f"{name} = components({name}, {len(locals_)})")
        for position, local in enumerate(locals_, 1):
            env[local] = Atom(Py(f"{name}[{position}]", None, True))

    def close_over(self, name: str, lines: list[Line], parameters: Sequence[str]) -> None:
        """Write a function that may outlive the loop round it is made in: what it uses is bound as defaults."""
        body = "\n".join(line.text for line in lines)
        assigned = set(ASSIGNED_NAME.findall(body))
        for line in lines:
            assigned.update(ASSIGNED_NAME.findall(line.text))
            match = DEFAULTS.match(line.text)
            if match:
                assigned.update(LOCAL_NAME.findall(match[1]))
        free = sorted(set(LOCAL_NAME.findall(body)) - assigned - set(parameters) - {name})
        header = ", ".join([*parameters, *(f"{other}={other}" for other in free)])
        indent = self.writer.indent
        with self.writer.function(name, header):
            self.writer.replay(lines, self.writer.indent - indent)


_VALUES: dict[type, Callable[[Emitter, ir.Expr, Context], Py]] = {}
_TESTS: dict[type, Callable[[Emitter, ir.Expr, Context], str]] = {}


def emits_value(*types: type) -> Callable[[Callable[..., Py]], Callable[..., Py]]:
    """Register the emitter of values of these nodes."""

    def register(function: Callable[..., Py]) -> Callable[..., Py]:
        _VALUES.update(dict.fromkeys(types, function))
        return function

    return register


def emits_test(*types: type) -> Callable[[Callable[..., str]], Callable[..., str]]:
    """Register the emitter of truths of these nodes; their value follows from it."""

    def register(function: Callable[..., str]) -> Callable[..., str]:
        _TESTS.update(dict.fromkeys(types, function))
        for kind in types:
            _VALUES.setdefault(kind, lambda emitter, node, context: emitter.boolean(function(emitter, node, context)))
        return function

    return register
