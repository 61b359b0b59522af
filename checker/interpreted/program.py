"""A Problem compiled to Python functions: initial states, successors, predicates.

Definitions become functions when first called; closed expressions are evaluated once, at compile time, and embedded.
One `Program` is either fast or checked (see `expressions`); `locate` finds the place in the spec of a failure.
"""

from __future__ import annotations

import linecache
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import CodeType, TracebackType
from typing import Any

from ...model.diagnostics import EvaluationError, SpecError, UnsupportedError
from ...model.problem import Problem
from ...model.semantics import ir
from ...model.semantics.operators import Operator
from ...model.source import Span
from ...model.structs import Struct
from ...model.values import core, set_operators, sets
from ...model.values.core import Value, boolean
from ...model.values.text import brief
from . import builtins, library, nodes, runtime
from .actions import PythonWalk, finish_state
from .analysis import Analysis, Facts
from .bindings import Atom, Binding, Context, Py
from .coverage import HITS, Coverage
from .expressions import Emitter
from .interning import InternTable
from .runtime import FAILURES

State = tuple[Value, ...]
MAX_DECIMAL = 1 << 64
"""Integers below this are written in decimal digits into generated code."""
Values = Mapping[ir.Local, Value]
NO_VALUES: Values = {}
Found = Callable[[tuple[State, int]], None]
"""Called with each state found, and the index of the label of the action that found it."""
Probe = Callable[[ir.Expr, dict[str, Value], tuple[Value, ...]], None]


class Function(Struct, eq=True):
    """The Python function of a definition: its global name, and the kind of its value where that is known."""

    name: str
    kind: str | None


class Label(Struct, eq=True):
    """An action of Next: the definition that TLC would name, and its place."""

    name: str
    span: Span | None


class Program:
    """Compiles on demand.

    `registers` are those of TLCSet and TLCGet, shared by all code of one run. `probe` is told of every guard that
    fails: the node, the values bound around it by name, and for a relation the values it compares. `coverage` is told
    what held and what failed.
    """

    def __init__(
        self,
        problem: Problem,
        *,
        checked: bool = False,
        registers: library.Registers | None = None,
        probe: Probe | None = None,
        coverage: Coverage | None = None,
    ) -> None:
        self.problem = problem
        self.checked = checked
        self.probe = probe
        self.coverage = coverage
        self.registers = registers or library.Registers()
        self.registers.describe(problem, self._actions)
        self.analysis = Analysis(self.resolve)
        self.variable_count = len(problem.module.variables)
        self.own_variables: dict[ir.Definition, ir.Variable] = {}
        """Variables of instanced modules, to which an ENABLED of theirs gives next values: after the problem's."""
        self.labels: list[Label] = []
        self.action_labels: dict[int, None] = {}
        """The labels of steps, in order of appearance in Next."""
        self.interned = InternTable()
        self._counter = 0
        self._files: dict[str, list[Span | None]] = {}
        self._functions: dict[ir.Definition, Function] = {}
        self._constants: dict[int, tuple[object, Value]] = {}
        """By the node, or by the definition where a node is just its name: TLC evaluates such a definition once."""
        self._names: dict[int, tuple[object, str]] = {}
        self._in_progress: set[int] = set()
        self.globals: dict[str, Any] = {
            **{name: getattr(runtime, name) for name in dir(runtime) if not name.startswith("_")},
            **{name: getattr(sets, name) for name in dir(sets) if not name.startswith("_")},
            **{name: getattr(set_operators, name) for name in dir(set_operators) if not name.startswith("_")},
            "TRUE": core.TRUE,
            "FALSE": core.FALSE,
            "BOOLEANS": core.BOOLEANS,
            "EMPTY_SEQUENCE": core.EMPTY_SEQUENCE,
            "Bool": core.Bool,
            "ONCE": (0,),
            "ATOMIC": core.ATOMIC,
            "registers": self.registers,
            "incomplete": self._incomplete,
            "refuse": self._refuse,
            "missed": probe,
            HITS: coverage.hits if coverage is not None else None,
            "INTERNED": self.interned,
        }

    # --- names and constants ------------------------------------------------------------------------------------------

    def fresh(self, hint: str) -> str:
        self._counter += 1
        return f"{hint if hint.isascii() and hint.isidentifier() else 'x'}_{self._counter}"

    def variable_name(self, index: int) -> str:
        return [*self.problem.module.variables, *self.own_variables.values()][index].name

    def own_variable(self, definition: ir.Definition) -> ir.Variable:
        """The variable for a definition that stands for one of an instanced module."""
        index = self.variable_count + len(self.own_variables)
        return self.own_variables.setdefault(definition, ir.Variable(definition.name, index, definition.span))

    def _actions(self) -> Iterator[tuple[str, Span | None]]:
        return ((self.labels[index].name, self.labels[index].span) for index in self.action_labels)

    def resolve(self, target: object) -> object:
        """What a definition or constant stands for under the configuration: a definition, or a value."""
        seen = 0
        while True:
            if isinstance(target, ir.Constant):
                if target not in self.problem.constants:
                    raise EvaluationError(f"the constant {target.name} has no value")
                target = self.problem.constants[target]
            elif isinstance(target, ir.Definition) and target in self.problem.overrides:
                target = self.problem.overrides[target]
            else:
                return target
            seen += 1
            assert seen < 1000, "replacements of the configuration run in a circle"

    def replacement(self, operator: Operator, span: Span | None) -> object | None:
        """What the configuration puts in place of an operator of a standard module, everywhere or in one module."""
        overrides = self.problem.overrides
        if not overrides or operator.module is None:
            return None
        found = overrides.get((operator.module, operator.name))
        if found is None and span is not None and span.source.path is not None:
            found = overrides.get((span.source.path.stem, operator.name))
        return None if found is None else self.resolve(found)

    def name_of(self, thing: object) -> str:
        """A global name for a Python object that generated code refers to."""
        found = self._names.get(id(thing))
        if found is None:
            name = f"G{len(self._names)}"
            self._names[id(thing)] = (thing, name)
            self.globals[name] = thing
            return name
        return found[1]

    def embed(self, value: Value) -> Py:
        """Text for a value known at compile time."""
        if value is core.TRUE or value is core.FALSE:
            return Py(value.name, "bool", True)
        if type(value) is int:
            # Python refuses long decimal numbers, but not hexadecimal ones.
            return Py(f"({value if abs(value) < MAX_DECIMAL else hex(value)})", "int", True)
        if type(value) is str:
            return Py(repr(value), "str", True)
        return Py(self.name_of(value), "set" if sets.is_set(value) else None, True)

    def embed_literal(self, value: int | str | bool) -> Py:
        return self.embed(boolean(value) if isinstance(value, bool) else value)

    def is_test(self, operator: Operator) -> bool:
        return (operator.module, operator.name) in builtins.TESTS

    def is_infinite(self, value: Value) -> bool:
        return isinstance(value, sets.LazySet) and not self._is_finite(value)

    def is_set_by_rule(self, value: Value) -> bool:
        """Whether a value is a set that is not written out before its elements are asked for."""
        return isinstance(value, sets.LazySet) and not sets.is_reducible(value)

    def is_set(self, value: Value) -> bool:
        return sets.is_set(value)

    def is_finite_set(self, value: Value) -> bool:
        return sets.is_set(value) and self._is_finite(value)

    def _is_finite(self, value: Value) -> bool:
        """Whether a set is finite. One made of what is no set is neither: an error where it is reached."""
        try:
            return sets.is_finite(value)
        except EvaluationError:
            return True

    def expanded_set(self, value: Value) -> frozenset[Value]:
        return sets.as_frozenset(value)

    def constant(self, node: ir.Expr) -> Py | None:
        """Text for the value of a closed expression; None where it is not closed or has no value."""
        if isinstance(node, (ir.Literal, ir.LocalRef, ir.VariableRef)):
            return None
        value = self.constant_value(node)
        if value is None:
            return None
        py = self.embed(value)
        return py if py.kind is not None else py._replace(kind=_kind(node))

    def constant_value(self, node: ir.Node) -> Value | None:
        """The value of a closed expression, evaluated once; None where it is not closed or its evaluation fails.

        A failure is not reported here: the expression is then emitted as it stands, and fails where it is reached.
        """
        key: object = node
        if isinstance(node, ir.Call) and not node.args and not isinstance(node.target, ir.Local):
            key = self.resolve(node.target)
            if not isinstance(key, ir.Definition):
                return key
        found = self._constants.get(id(key))
        if found is None:
            if id(key) in self._in_progress or not self.analysis.is_closed(node):
                return None
            self._in_progress.add(id(key))
            try:
                value = self.evaluate(node)  # type: ignore[arg-type]
            except (SpecError, RecursionError, NameError, *FAILURES):
                value = None  # NameError: it calls a recursive definition that is just being compiled
            self._in_progress.discard(id(key))
            found = self._constants[id(key)] = (key, value)
        return found[1]

    # --- functions ----------------------------------------------------------------------------------------------------

    def emitter(self, current: str | None, following: str | dict[int, str] | None) -> Emitter:
        return Emitter(self, current=current, following=following, checked=self.checked)

    @contextmanager
    def _function(self, emitter: Emitter, name: str, parameters: str) -> Iterator[None]:
        """A function being emitted; an error on the way has its place, if no better one, where the emitter had come."""
        try:
            with emitter.writer.function(name, parameters):
                yield
        except SpecError as error:
            error.located(emitter.writer.span)
            raise

    def install(self, emitter: Emitter, name: str) -> Callable[..., Any]:
        """Execute what an emitter has written, and return the function of that name."""
        file = f"<comitia {name} {id(self):x}>"
        text = emitter.writer.text()
        self._files[file] = emitter.writer.spans()
        linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
        with warnings.catch_warnings():
            # Python warns of what a wrong spec says, such as applying a string: it fails, located, when it is reached.
            warnings.simplefilter("ignore", SyntaxWarning)
            try:
                code = compile(text, file, "exec")
            except (SyntaxError, RecursionError, MemoryError) as error:
                raise self._too_deep(error, file) from error
            exec(code, self.globals)
        return self.globals[name]

    def _too_deep(self, error: Exception, file: str) -> Exception:
        """The error for an expression that nests deeper than Python compiles."""
        if isinstance(error, SyntaxError) and not (error.msg or "").startswith("too many"):
            return AssertionError(f"malformed code: {error}")
        spans = self._files[file]
        line = error.lineno if isinstance(error, SyntaxError) and error.lineno else len(spans)
        span = next((span for span in reversed(spans[:line]) if span is not None), None)
        return UnsupportedError("this is nested too deeply", span, hint="give parts of it definitions of their own")

    def evaluate(self, node: ir.Expr, values: Values = NO_VALUES) -> Value:
        """The value of a constant expression, in which `values` gives those of bound variables."""
        return self.compile_value(node, state=False, values=values)()

    def tabulated(
        self, node: ir.Expr, parameter: ir.Local, arguments: Sequence[Value], values: Values = NO_VALUES
    ) -> list[Value | None]:
        """The value of `node`, which reads no state, for each value of `parameter`; None where its evaluation fails."""
        emitter, name, given = self.emitter(None, None), self.fresh("F").replace("_", ""), self.fresh(parameter.name)
        emitter.writer.span = node.span
        context = self.context(values).bind({parameter: Atom(Py(given, None, True))})
        try:
            with self._function(emitter, name, given):
                emitter.writer.write(f"return {emitter.value(node, context).text}")
            function = self.install(emitter, name)
        except (SpecError, RecursionError, NameError, *FAILURES):
            return [None] * len(arguments)
        found: list[Value | None] = []
        for argument in arguments:
            try:
                found.append(function(argument))
            except (SpecError, RecursionError, NameError, *FAILURES):
                found.append(None)
        return found

    def context(self, values: Values) -> Context:
        """The context in which bound variables have these values."""
        return Context({local: Atom(self.embed(value)) for local, value in values.items()})

    def compile_value(self, node: ir.Expr, *, state: bool = True, values: Values = NO_VALUES) -> Callable[..., Value]:
        """A function from the state (where `state`) to the value of `node`, `values` being those of bound variables."""
        emitter = self.emitter("s" if state else None, None)
        name = self.fresh("V").replace("_", "")
        emitter.writer.span = node.span
        with self._function(emitter, name, "s" if state else ""):
            emitter.writer.write(f"return {emitter.value(node, self.context(values)).text}")
        return self.install(emitter, name)

    def compile_test(self, node: ir.Expr, *, action: bool = False, values: Values = NO_VALUES) -> Callable[..., bool]:
        """A function from the state, or from a step (`action`: two states), to whether `node` is TRUE.

        `values` gives those of variables bound around `node`.
        """
        emitter = self.emitter("s", "t" if action else None)
        name = self.fresh("P").replace("_", "")
        emitter.writer.span = node.span
        with self._function(emitter, name, "s, t" if action else "s"):
            emitter.guard(node, self.context(values), ["return False"])
            emitter.writer.write("return True")
        return self.install(emitter, name)

    def compile_init(self, node: ir.Expr) -> Callable[[Found], None]:
        """A function that calls `found((state, label))` for each initial state."""
        emitter = self.emitter(None, {})
        emitter.is_init = True
        return self._compile_walk(emitter, "I0", "found", node, Context({}))

    def compile_next(self, node: ir.Expr) -> Callable[[State, Found], None]:
        """A function that calls `found((state, label))` for each successor of a state; labels index `self.labels`."""
        emitter = self.emitter("s", {})
        return self._compile_walk(emitter, "A0", "s, found", node, Context({}), is_step=True)

    def compile_action(self, node: ir.Expr, parameters: Sequence[ir.Local] = ()) -> Callable[..., None]:
        """A function `(state, found, *arguments)`: the successors by one action, its parameters given."""
        emitter = self.emitter("s", {})
        names = [self.fresh(parameter.name) for parameter in parameters]
        env: dict[object, Binding] = {
            parameter: Atom(Py(name, None, True)) for parameter, name in zip(parameters, names, strict=True)
        }
        header = ", ".join(["s", "found", *names])
        return self._compile_walk(emitter, self.fresh("A").replace("_", ""), header, node, Context(env))

    def _compile_walk(
        self, emitter: Emitter, name: str, parameters: str, node: ir.Expr, context: Context, *, is_step: bool = False
    ) -> Callable[..., Any]:
        walk = PythonWalk(emitter, lambda walk: finish_state(walk, self._label_index(walk)), is_step=is_step)
        emitter.writer.span = node.span
        with self._function(emitter, name, parameters):
            walk.run(node, context)
        return self.install(emitter, name)

    def _label_index(self, walk: PythonWalk) -> int:
        action = walk.action
        label = Label(action.name, action.span) if action is not None else Label("", None)
        if label not in self.labels:
            self.labels.append(label)
        index = self.labels.index(label)
        if walk.is_step:
            self.action_labels[index] = None
        return index

    def function(self, definition: ir.Definition, *, checked: bool) -> Function:
        """The function of a definition, compiled when first asked for."""
        found = self._functions.get(definition)
        if found is not None:
            return found
        assert checked == self.checked
        facts = self.analysis.body(definition)
        name = self.fresh("F").replace("_", "")
        found = self._functions[definition] = Function(name, _kind(definition.body))
        try:
            self._compile_function(name, definition, facts)
        finally:
            if name not in self.globals:
                self._forget_functions(definition)
        return found

    def _compile_function(self, name: str, definition: ir.Definition, facts: Facts) -> None:
        states = ["s"] * (facts.state or facts.primed) + ["t"] * facts.primed
        emitter = self.emitter("s" if states else None, "t" if facts.primed else None)
        names, env = emitter.parameters(definition)
        emitter.writer.span = definition.body.span
        with self._function(emitter, name, ", ".join([*states, *names])):
            emitter.writer.write(f"return {emitter.value(definition.body, Context(env)).text}")
        self.install(emitter, name)

    def _forget_functions(self, first: ir.Definition) -> None:
        """Undo `function` for one that could not be compiled, and for those compiled meanwhile, which may call it."""
        while first in self._functions:
            self._functions.popitem()

    # --- failures -----------------------------------------------------------------------------------------------------

    def locate(self, traceback: TracebackType | None) -> Span | None:
        """The place in the spec of the innermost generated line of a traceback."""
        lines = list(self._located(traceback))
        return lines[-1][1] if lines else None

    def locate_recursion(self, traceback: TracebackType | None) -> Span | None:
        """The place of the outermost call, in a traceback, from generated code that is entered again within it."""
        lines = list(self._located(traceback))
        entered = Counter(code for code, _ in lines)
        return next((span for code, span in lines if entered[code] > 1), self.locate(traceback))

    def _located(self, traceback: TracebackType | None) -> Iterator[tuple[CodeType, Span]]:
        """The generated code in a traceback that has a place in the spec, from the outside inwards."""
        while traceback is not None:
            code = traceback.tb_frame.f_code
            spans = self._files.get(code.co_filename)
            if spans is not None and 0 < traceback.tb_lineno <= len(spans):
                span = spans[traceback.tb_lineno - 1]
                if span is not None:
                    yield code, span
            traceback = traceback.tb_next

    def refusal(self, span: Span | None, message: str, hint: str | None) -> Py:
        """Text that, where it is reached, raises the error that what stands at `span` is not evaluated."""
        error = self.name_of(UnsupportedError(message, span, hint=hint))
        return Py(f"refuse({error})")

    def _refuse(self, error: UnsupportedError) -> None:
        raise UnsupportedError(error.message, error.span, hint=error.hint)

    def _incomplete(self, missing: str, label: int, span: Span | None, is_init: bool) -> None:
        name = self.labels[label].name
        if is_init:
            forms, hint = "`x = e` or `x \\in S`", None
        else:
            forms = "`x' = e`, `x' \\in S` or UNCHANGED"
            hint = f"where values stay as they are, add UNCHANGED <<{missing}>>"
        raise EvaluationError(
            f"{f'`{name}`' if name else 'the formula'} does not give a value to {missing}",
            span,
            expected=f"a value for every variable, by {forms}",
            hint=hint,
        )

    def show_state(self, state: State) -> str:
        names = [variable.name for variable in self.problem.module.variables]
        return "\n".join(f"/\\ {name} = {brief(value)}" for name, value in zip(names, state, strict=True))


def _kind(body: ir.Expr) -> str | None:
    """The kind of a value where the form of the expression tells."""
    if isinstance(body, ir.Tuple):
        return "seq"
    if isinstance(body, ir.Let):
        return _kind(body.body)
    if isinstance(body, ir.If):
        return _common_kind((body.then, body.otherwise))
    if isinstance(body, ir.Case):
        return _common_kind([arm for _, arm in body.arms] + ([] if body.other is None else [body.other]))
    if isinstance(body, (ir.Junction, ir.Quantifier)):
        return "bool"
    if isinstance(body, ir.Builtin):
        key = (body.operator.module, body.operator.name)
        if key in builtins.TESTS:
            return "bool"
        if key in builtins.CALLS:
            return builtins.CALLS[key][1]
    if isinstance(body, (ir.SetEnumeration, ir.SetFilter, ir.SetMap)):
        return "set"
    return None


def _common_kind(parts: Sequence[ir.Expr]) -> str | None:
    kinds = {_kind(part) for part in parts}
    return kinds.pop() if len(kinds) == 1 else None


__all__ = ["FAILURES", "Found", "Function", "Label", "Program", "State", "nodes"]
