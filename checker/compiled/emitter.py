"""Expressions of the IR → C++ text: names, scopes, lazy values, calls and loops. The nodes themselves are emitted by
`emit_*.py`, which register here.

`value` gives C++ text for a TLA+ value, `test` for a C++ truth, `guard` writes a check that leaves the enclosing block
where an expression is FALSE. What does not fit into an expression (loops, shared values) is written as statements
first; so whatever is evaluated only under a condition is emitted apart (`Emitter.apart`), and written inside that
condition where it needed statements.

Parameters and LET definitions are `Deferred`, as in `interpreted.expressions`: evaluated where first needed, once on
each path. A loop that needs one gets a slot before the loop, filled in the first round that asks for it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ...model.semantics import ir
from ...model.source import Span
from ..interpreted.bindings import (
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
    PyOperator,
    ThunkParameter,
)
from ..interpreted.bindings import Py as Bound
from ..interpreted.coverage import Point
from ..interpreted.library import native_of
from .cpp import Cpp, atom
from .emit_bits import mask_type, words_of
from .emit_masks import code_loop
from .emit_packed import Codes, component, decoded, fitted, layout_of
from .emit_recall import is_worth_recalling, recalled
from .layouts import Layout, Mask, Numbers, Truths
from .writer import Line, Writer

if TYPE_CHECKING:
    from .emit_sets import Domain
    from .unit import Unit


FIRST_WORD = re.compile(r"(\w+)\[(\d+)\]")
"""A word of a state."""


class Emitter(Binder[Cpp]):
    """Emits one C++ function's worth of expressions into `writer`."""

    VALUE_TYPE = "V"
    writer: Writer

    def __init__(
        self, unit: Unit, *, current: str | None = None, following: str | dict[int, str] | None = None
    ) -> None:
        self.unit = unit
        self.program = unit.program
        self.analysis = unit.program.analysis
        self.writer = Writer()
        self.current = current
        """The name of the array of current values; None where there is none (constants), or where it is being made."""
        self.following = following
        """The name of the array of next values, or the names of those assigned so far by variable."""
        self.reader = "code_of"
        """What reads the code of a component: where a state may lack some, the function that looks for it first."""
        self.is_init = False
        self.innermost = ""
        """The name of the loop that was begun last; none for one over numbers."""
        self.recalls = False
        """Whether expressions are looked up before they are evaluated (`emit_recall`)."""
        self.recalling: frozenset[str] | None = None
        """The words that what is being looked up depends on."""
        self.kinds: dict[str, str | Layout | None] = {}
        self.slots: dict[str, tuple[Layout, str]] = {}
        """Slots of values that have codes: their layouts, and the texts of the codes."""
        self.span: Span | None = None
        """The place in the specification of what is being emitted."""

    # --- small helpers ------------------------------------------------------------------------------------------------

    def fresh(self, hint: str = "w") -> str:
        return self.unit.fresh(hint)

    def keep(self, cpp: Cpp, hint: str = "w") -> Cpp:
        """The value under a name of its own, by a statement."""
        if cpp.simple:
            return cpp
        name = self.fresh(hint)
        self.writer.write(f"{cpp.type} {name} = {cpp.text};")
        return Cpp(name, cpp.kind, True)

    def in_order(self, cpp: Cpp) -> Cpp:
        """A value that is evaluated here, where it matters when: operands of a C++ operator have no order."""
        return self.keep(cpp) if self.unit.is_ordered else cpp

    @contextmanager
    def at(self, node: ir.Node) -> Iterator[None]:
        """What is emitted meanwhile stands at `node`."""
        span, self.span = self.span, node.span
        yield
        self.span = span

    def chain(self, emitters: Sequence[Callable[[], str]], *, is_and: bool) -> str:
        """Short-circuit connection of tests; those that need statements are nested in an `if`."""
        word = " && " if is_and else " || "
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
                self.writer.write(f"bool {result} = {'false' if is_and else 'true'};")
            condition = word.join(parts)
            block = self.writer.block(f"if ({condition if is_and else f'!({condition})'})")
            block.__enter__()
            opened.append(block)
            self.writer.scopes[-1].update(scope)
            self.writer.replay(lines, self.writer.indent - at_indent)
            parts = [text]
        joined = parts[0] if len(parts) == 1 else f"({word.join(parts)})"
        if result is None:
            return joined
        self.writer.write(f"{result} = {joined};")
        for block in reversed(opened):
            block.__exit__(None, None, None)  # type: ignore[attr-defined]
        return result

    def select(self, condition: str, emit_then: Callable[[], Cpp], emit_else: Callable[[], Cpp]) -> Cpp:
        """`IF condition THEN … ELSE …` for values."""
        indent = self.writer.indent
        sides: list[tuple[Cpp, list[Line]]] = []
        for emit in (emit_then, emit_else):
            made: list[Cpp] = []

            def run(emit: Callable[[], Cpp] = emit, made: list[Cpp] = made) -> str:
                made.append(emit())
                return made[0].text

            _, lines, _ = self.apart(run)
            sides.append((made[0], lines))
        (then, then_lines), (otherwise, else_lines) = sides
        kind = then.kind if then.kind == otherwise.kind else None
        are_alike = kind is not None or then.type == otherwise.type == Cpp("").type
        texts = (then.text, otherwise.text) if are_alike else (then.boxed, otherwise.boxed)
        if not then_lines and not else_lines:
            return Cpp(f"({condition} ? {texts[0]} : {texts[1]})", kind)
        name = self.fresh()
        self.writer.write(f"{then.type if are_alike else Cpp(name).type} {name};")
        for header, text, lines in (
            (f"if ({condition})", texts[0], then_lines),
            ("else", texts[1], else_lines),
        ):
            with self.writer.block(header):
                self.writer.replay(lines, self.writer.indent - indent)
                self.writer.write(f"{name} = {text};")
        return Cpp(name, kind, True)

    # --- values -------------------------------------------------------------------------------------------------------

    def value(self, node: ir.Argument, context: Context) -> Cpp:
        """C++ text whose value is the TLA+ value of `node`."""
        assert not isinstance(node, (ir.Lambda, ir.OperatorRef))
        constant = self.unit.constant(node)
        if constant is not None:
            return constant
        if is_worth_recalling(self.unit, node) and layout_of(self, node, context) is None:
            found = recalled(self, node, context, lambda: VALUES[type(node)](self, node, context).boxed)
            if found is not None:
                return Cpp(found, None, True)
        with self.at(node):
            return VALUES[type(node)](self, node, context)

    def test(self, node: ir.Argument, context: Context) -> str:
        """C++ text whose truth is that of `node`."""
        assert not isinstance(node, (ir.Lambda, ir.OperatorRef))
        constant = self.unit.constant(node)
        if constant is not None and constant.kind == "bool":
            return constant.text
        emit = TESTS.get(type(node))
        if isinstance(node, ir.Quantifier) and emit is not None:
            found = recalled(self, node, context, lambda: f"boolean({emit(self, node, context)})")
            if found is not None:
                return f"bool_of({found})"
        with self.at(node):
            return emit(self, node, context) if emit is not None else self.truth(self.value(node, context))

    @staticmethod
    def truth(cpp: Cpp) -> str:
        """The C++ truth of a value that must be a boolean."""
        if cpp.kind == "bool":
            return cpp.text
        return f"truth({cpp.boxed})"

    def number(self, node: ir.Argument, context: Context) -> str:
        """The i64 of a value that must be an integer."""
        cpp = self.value(node, context)
        return cpp.text if cpp.kind == "int" else f"number({cpp.boxed})"

    def guard(self, node: ir.Expr, context: Context, fail: str, action: str | None = None) -> None:
        """Write a check of `node` that runs the statement `fail`, which leaves the block, where it is FALSE.

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
            text = self.test(node, context)
            coverage = self.unit.coverage
            point = None if coverage is None else coverage.conjunct(node, action)
            if text != "true":
                if point is None:
                    self.writer.write(f"if (!({text})) {fail}")
                    return
                with self.writer.block(f"if (!({text}))"):
                    self.record(point, holds=False)
                    self.writer.write(fail)
            if text != "true" or (point is not None and point.is_counted):
                self.record(point, holds=True)

    def record(self, point: Point | None, *, holds: bool) -> None:
        """Write that a point was TRUE, or FALSE; nothing where there is none."""
        if point is not None:
            self.writer.write(
                f"hits[{2 * self.unit.place_of(point) + (not holds)}] {'+=' if point.is_counted else '='} 1;"
            )

    def branch(self, node: ir.Expr, context: Context) -> str:
        """`test` of a branch of an expression, counted where all coverage is asked for."""
        text = self.test(node, context)
        point = None if self.unit.coverage is None else self.unit.coverage.branch(node)
        return text if point is None else f"counted({self.unit.place_of(point)}, {text})"

    # --- names --------------------------------------------------------------------------------------------------------

    def variable(self, index: int, *, primed: bool) -> Cpp:
        """A variable's current or next value."""
        layout = self.layout(index, primed=primed)
        word, words = self.component(index, primed=primed), words_of(layout)
        if layout is None:
            return Cpp(word if self.reader == "code_of" else f"given({word})", None, True)
        if words == 1:
            return decoded(layout, f"{self.reader}({word})", simple=True)
        is_word = FIRST_WORD.fullmatch(word) is not None
        reader = "bits_at" if self.reader == "code_of" else "bits_given"
        return Cpp(f"{reader}<{words}>(&{word})" if is_word else word, layout, True)

    def component(self, index: int, *, primed: bool) -> str:
        """A variable in the current or next state, as states hold it: of one that is some words, the first of them, or
        the name of what is one (`words_of_state`)."""
        state = self.following if primed or self.is_init else self.current
        if isinstance(state, str):
            return f"{state}[{self.unit.start_of(index)}]"
        if state is not None and index in state:
            return state[index]
        return "(unassigned(), UNSET)"

    def layout(self, index: int, *, primed: bool) -> Layout | None:
        """The layout of a variable, where it has a value."""
        state = self.following if primed or self.is_init else self.current
        has_value = isinstance(state, str) or (state is not None and index in state)
        return self.unit.layout(index) if has_value else None

    def words_of_state(self, index: int, component: str) -> list[str]:
        """The words of a component of a state."""
        words, array = words_of(self.unit.layout(index)), FIRST_WORD.fullmatch(component)
        if words == 1:
            return [component]
        if array is not None:
            return [f"{array[1]}[{int(array[2]) + word}]" for word in range(words)]
        return [component if component == "UNSET" else f"word_of({component}, {word})" for word in range(words)]

    def state_array(self, *, primed: bool) -> str:
        """The whole current or next state, for a call."""
        state = self.following if primed or self.is_init else self.current
        if isinstance(state, str):
            return state
        if state is None and not primed and not self.is_init:
            return "nullptr"
        assigned = state or {}
        indices = range(self.program.variable_count)
        names = ", ".join(word for i in indices for word in self.words_of_state(i, assigned.get(i, "UNSET")))
        name = self.fresh("t")
        self.writer.write(f"const V* {name} = state_of({names});")
        return name

    def whole_next_state(self) -> str:
        """The name of the whole next state, where a state is wanted."""
        return self.state_array(primed=True)

    def constant(self, node: ir.Expr) -> Cpp | None:
        return self.unit.constant(node)

    def known(self, py: Bound) -> Cpp:
        return Cpp(*py)

    def forced(self, name: str) -> Cpp:
        return Cpp(f"{name}->get()")

    def declare_slot(self, name: str, key: object) -> None:
        self.writer.write(f"V {name} = UNSET;")
        layout = self._layout_of_shared(key)
        if layout is not None:
            self.slots[name] = layout, f"code_of({name})"
        if isinstance(layout, Mask) and words_of(layout) > 1:
            code = self.fresh("v")
            self.writer.write(f"{mask_type(layout.element)} {code};")
            self.slots[name] = layout, code

    def _layout_of_shared(self, key: object) -> Layout | None:
        """The layout of a value that is evaluated once, under `key`."""
        if not isinstance(key, tuple):
            return None
        shared, primed = key
        if isinstance(shared, Deferred):
            layout = layout_of(self, shared.expr, Context(shared.context.env, shared.context.primed or primed))
        else:
            layout = self.unit.layout_of_definition(shared) or layout_of(self, shared.body, Context({}, primed))
        return None if isinstance(layout, (Truths, Numbers)) else layout

    def _fill(self, slot: str, cpp: Cpp) -> None:
        layout, code = self.slots.get(slot, (None, ""))
        if layout is None:
            self.writer.write(f"{slot} = {cpp.boxed};")
        elif code.startswith("code_of("):
            self.writer.write(f"{slot} = {component(layout, fitted(layout, cpp))};")
        else:
            self.writer.write(f"{code} = {fitted(layout, cpp)};")
            self.writer.write(f"{slot} = TRUE_VALUE;")

    def shared(self, key: object, emit: Callable[[], Cpp]) -> Cpp:
        """A value evaluated once on each path, under `key`."""
        found = self.writer.find(key)
        if found is None:
            cpp = self.keep(emit(), "v")
            self.kinds[cpp.text] = cpp.kind
            self.writer.remember(key, cpp.text)
            return cpp
        if found.startswith(THUNK):
            return self._from_thunk(key, found.removeprefix(THUNK))
        if not found.startswith(SLOT):
            return Cpp(found, self.kinds.get(found), True)
        slot = found.removeprefix(SLOT)
        with self.writer.block(f"if (is_unset({slot}))"):
            cpp = emit()
            self._fill(slot, cpp)
        if slot in self.slots:
            kind, text = self.slots[slot]
        else:
            kind = None if isinstance(cpp.kind, Layout) else cpp.kind
            text = {"int": f"int_of({slot})", "bool": f"bool_of({slot})"}.get(kind or "", slot)
        self.kinds[text] = kind
        self.writer.remember(key, text)
        return Cpp(text, kind, True)

    def is_held_as_word(self, key: object) -> bool:
        return words_of(self._layout_of_shared(key)) == 1

    def declare_thunk(self, deferred: Deferred, primed: bool, slot: str | None) -> str:
        context = Context(deferred.context.env, deferred.context.primed or primed)
        layout = self._layout_of_shared((deferred, primed))
        name = self.thunk(deferred.expr, context, layout)
        if slot is not None:
            self.writer.write(f"{name}->value = {slot};")
        if layout is not None:
            self.slots[name] = layout, ""
        return name

    def _from_thunk(self, key: object, thunk: str) -> Cpp:
        """The value that a thunk outside holds."""
        value = self.keep(Cpp(f"{thunk}->get()"), "v")
        if thunk in self.slots:
            layout, _ = self.slots[thunk]
            value = Cpp(f"code_of({value.text})", layout, True)
            self.kinds[value.text] = layout
        self.writer.remember(key, value.text)
        return value

    # --- calls --------------------------------------------------------------------------------------------------------

    def call(self, node: ir.Call, context: Context) -> Cpp:
        if not isinstance(node.target, ir.Local):
            resolved = node.target if node.target in context.env else self.program.resolve(node.target)
            if not isinstance(resolved, ir.Definition):
                return self.unit.embed(resolved)
            if not node.args and resolved not in context.env:
                return self._parameterless(resolved, context)
        binding = context.env.get(node.target)
        if isinstance(binding, Deferred):
            return self.deferred(binding, primed=context.primed)
        inlined = self.inlined(node, context)
        if inlined is not None:
            return self.value(*inlined)
        if isinstance(binding, PyOperator):
            arguments = "".join(f", {self.value(arg, context).boxed}" for arg in node.args)
            return self.in_order(Cpp(f"call({binding.name}{arguments})"))
        if isinstance(binding, LocalFunction):
            return self.call_local_function(binding, node.args, context)
        target = binding.target if isinstance(binding, Named) else node.target
        return self.call_named(target, node.args, context)

    def _parameterless(self, definition: ir.Definition, context: Context) -> Cpp:
        facts = self.analysis.body(definition)
        body = definition.body
        if isinstance(body, (ir.VariableRef, ir.Literal)):
            return self.value(body, Context({}, context.primed))
        is_evaluated_anew = self.unit.is_ordered and facts.impure
        if definition.is_recursive or native_of(definition) is not None or is_evaluated_anew:
            return self.call_function(definition, (), context)
        if facts.primed or (facts.size <= INLINE_SIZE and not self.unit.is_recalled(definition)):
            return self.shared((definition, context.primed), lambda: self.value(body, Context({}, context.primed)))
        return self.shared((definition, context.primed), lambda: self.call_function(definition, (), context))

    def call_named(self, target: object, args: Sequence[ir.Argument], context: Context) -> Cpp:
        if isinstance(target, (ir.Definition, ir.Constant)):
            resolved = self.program.resolve(target)
            if not isinstance(resolved, ir.Definition):
                return self.unit.embed(resolved)  # the configuration gives it one value for all arguments
            return self.call_function(resolved, args, context)
        from .emit_operators import operator_value

        return operator_value(self, target, args, context)  # type: ignore[arg-type]

    def call_function(self, definition: ir.Definition, args: Sequence[ir.Argument], context: Context) -> Cpp:
        """A call of the C++ function of a definition."""
        native = self.unit.native_of(definition)
        if native is not None:
            from .emit_operators import native_call

            return native_call(self, native, args, [param.arity for param in definition.params], context)
        function = self.unit.function(definition)
        facts = self.analysis.body(definition)
        texts: list[str] = []
        if facts.state or facts.primed:
            texts.append(self.state_array(primed=context.primed))
        if facts.primed:
            texts.append(self.state_array(primed=True))
        texts.extend(self.passed_arguments(definition, args, context))
        called = Cpp(f"{function.name}({', '.join(texts)})", function.kind)
        return self.in_order(called) if facts.impure or args else called

    def parameters(self, definition: ir.Definition) -> tuple[list[tuple[str, str]], dict[object, Binding]]:
        """The types and names of a C++ function's parameters, and what they are bound to: see `passed_arguments`."""
        typed: list[tuple[str, str]] = []
        env: dict[object, Binding] = {}
        for index, param in enumerate(definition.params):
            name = self.fresh(param.name)
            typed.append((self.parameter_type(definition, index), name))
            env[param] = self.parameter(definition, index, name)
        return typed, env

    def parameter_type(self, definition: ir.Definition, index: int) -> str:
        """What a parameter of a definition is declared as in its C++ function."""
        if definition.params[index].arity:
            return "Op*"
        return self.VALUE_TYPE if self.analysis.is_strict_in_parameter(definition, index) else "Thunk*"

    def parameter(self, definition: ir.Definition, index: int, name: str) -> Binding:
        """What a parameter of a definition is bound to in its C++ function."""
        if definition.params[index].arity:
            return PyOperator(name)
        if self.analysis.is_strict_in_parameter(definition, index):
            return atom(Cpp(name, None, True))
        return ThunkParameter(name)

    def passed_arguments(
        self, definition: ir.Definition, args: Sequence[ir.Argument], context: Context
    ) -> Iterator[str]:
        """Arguments of a C++ function: values where they are needed for certain, thunks where they may not be."""
        for index, arg in enumerate(args):
            yield self.passed_argument(definition, index, arg, context)

    def passed_argument(self, definition: ir.Definition, index: int, arg: ir.Argument, context: Context) -> str:
        """An argument of a C++ function: a value where it is needed for certain, a thunk where it may not be."""
        arity = definition.params[index].arity
        if arity:
            return self.callable(self.argument(arg, context), arity, primed=context.primed)
        assert not isinstance(arg, (ir.Lambda, ir.OperatorRef))
        if self.analysis.is_strict_in_parameter(definition, index):
            return self.value(arg, context).boxed
        if self.is_safe(arg, context):
            return f"known({self.value(arg, context).boxed})"
        return self.thunk(arg, context)

    def is_safe(self, arg: ir.Expr, context: Context) -> bool:
        """Whether evaluating `arg` costs nothing and cannot fail."""
        if isinstance(arg, (ir.Literal, ir.VariableRef)) or self.unit.constant(arg) is not None:
            return not (isinstance(arg, ir.VariableRef) and not isinstance(self.current, str))
        return isinstance(arg, ir.LocalRef) and isinstance(context.env.get(arg.local), Atom)

    def thunk(self, arg: ir.Expr, context: Context, layout: Layout | None = None) -> str:
        """The name of an argument that is evaluated when it is asked for; its value is held as its layout has it."""
        binding = context.env.get(arg.local if isinstance(arg, ir.LocalRef) else getattr(arg, "target", None))
        if isinstance(binding, ThunkParameter):
            return binding.name
        self.prepare_closure([arg], context, is_thunk=True)
        if isinstance(binding, Deferred) and layout is None:
            found = self.writer.find((binding, context.primed))
            if found is not None and found.startswith(THUNK) and found.removeprefix(THUNK) not in self.slots:
                return found.removeprefix(THUNK)
        name = self.fresh("thunk")
        with self.writer.function(f"Thunk* {name} = thunk([=]() -> V", is_closure=True, end="});"):
            value = self.value(arg, context)
            self.writer.write(f"return {value.boxed if layout is None else component(layout, fitted(layout, value))};")
        return name

    def call_local_function(self, binding: LocalFunction, args: Sequence[ir.Argument], context: Context) -> Cpp:
        """A call of a recursive operator of a LET; its function is written where it is first called."""
        definition = binding.definition
        name = self.writer.find(definition)
        if name is None:
            name = self._local_function(binding, context)
        passed = [
            text if self.analysis.is_strict_in_parameter(definition, index) else f"V{{u64({text})}}"
            for index, text in enumerate(self.passed_arguments(definition, args, context))
        ]
        return self.in_order(Cpp(f"call({', '.join([name, *passed])})"))

    def _local_function(self, binding: LocalFunction, context: Context) -> str:
        """Writes the function of a recursive operator of a LET; all of its parameters are passed as words."""
        definition = binding.definition
        name, this, arguments = self.fresh("f"), self.fresh("self"), self.fresh("a")
        self.writer.remember(definition, name)
        typed, parameters = self.parameters(definition)
        env = {**binding.context.env, **parameters}
        self.prepare_closure([definition.body], binding.context)
        header = f"Op* {name} = op([=](Op* {this}, const V* {arguments}) -> V"
        with self.writer.function(header, is_closure=True, end="});"):
            self.writer.remember(definition, this)
            self.writer.write(f"Deeper {self.fresh('deeper')};")
            for index, (kind, text) in enumerate(typed):
                word = f"{arguments}[{index}]"
                self.writer.write(
                    f"V {text} = {word};" if kind == "V" else f"{kind} {text} = reinterpret_cast<{kind}>({word}.word);"
                )
            body = self.value(definition.body, Context(env, binding.context.primed or context.primed))
            self.writer.write(f"return {body.boxed};")
        return name

    def callable(self, binding: Binding, arity: int, *, primed: bool = False) -> str:
        """An operator of values for an operator argument; `primed` where it is applied under a prime."""
        if isinstance(binding, PyOperator):
            return binding.name
        name, arguments = self.fresh("op"), self.fresh("a")
        params = [ir.Local(f"a{i}") for i in range(arity)]
        env: dict[object, Binding] = {
            param: atom(Cpp(f"{arguments}[{index}]", None, True)) for index, param in enumerate(params)
        }
        assert self.span is not None
        operator = ir.Local("operator", arity)
        call = ir.Call(self.span, operator, tuple(ir.LocalRef(self.span, param) for param in params))
        context = Context({**env, operator: binding}, primed)
        self.prepare_closure([call], context)
        with self.writer.function(f"Op* {name} = op([=](Op*, const V* {arguments}) -> V", is_closure=True, end="});"):
            self.writer.write(f"return {self.value(call, context).boxed};")
        return name

    # --- loops --------------------------------------------------------------------------------------------------------

    @contextmanager
    def loops(
        self, bounds: Sequence[ir.Bound], context: Context, needed: Sequence[ir.Node], after: str | None = None
    ) -> Iterator[Context]:
        """Nested loops over bounds; yields the context of the body. `after` is written behind each inner loop."""
        from .emit_sets import loop_domain

        self.prepare_loop(needed, context)
        plan: list[tuple[ir.Bound, ir.Local | None, Domain]] = []
        for bound in bounds:
            domain = loop_domain(self, bound.set, context)
            if bound.is_tuple:
                plan.append((bound, None, domain))
            else:
                plan.extend((bound, local, domain) for local in bound.locals)
        env = dict(context.env)
        blocks = []
        # TLC varies the first variable fastest (tlc2/tool/…/ContextEnumerator).
        for bound, local, domain in reversed(plan):
            block = self.each(domain, local.name if local else "e")
            element = block.__enter__()
            blocks.append(block)
            if local is not None:
                env[local] = atom(element)
            else:
                self.unpack(bound.locals, element, env)
        yield Context(env, context.primed)
        while blocks:
            blocks.pop().__exit__(None, None, None)
            if blocks and after is not None:
                self.writer.write(after)

    @contextmanager
    def each(self, domain: Domain, hint: str) -> Iterator[Cpp]:
        """A loop over the elements of a domain (`emit_sets.loop_domain`); yields the element."""
        if isinstance(domain, Codes):
            self.innermost = ""
            with code_loop(self, domain, hint) as element:
                yield element
            return
        name = self.fresh(hint)
        if len(domain) == 2:
            low, high = domain
            header = f"for (i64 {name} = {low}; {name} <= {high}; {name}++)"
            self.innermost = ""
            with self.writer.block(header):
                yield Cpp(name, "int", True)
            return
        loop = self.innermost = self.fresh("each")
        with self.writer.block(f"for (Each {loop}({domain[0]}); {loop}.next();)"):
            self.writer.write(f"V {name} = {loop}.value;")
            yield Cpp(name, None, True)

    def unpack(self, locals_: Sequence[ir.Local], element: Cpp, env: dict[object, Binding]) -> None:
        """Bind the components of a tuple."""
        name = self.fresh("e")
        self.writer.write(f"const V* {name} = object_of(require_tuple({element.boxed}, {len(locals_)}))->items();")
        for position, local in enumerate(locals_):
            env[local] = atom(Cpp(f"{name}[{position}]", None, True))


VALUES: dict[type, Callable[[Emitter, ir.Expr, Context], Cpp]] = {}
TESTS: dict[type, Callable[[Emitter, ir.Expr, Context], str]] = {}


def emits_value(*types: type) -> Callable[[Callable[..., Cpp]], Callable[..., Cpp]]:
    """Register the emitter of values of these nodes."""

    def register(function: Callable[..., Cpp]) -> Callable[..., Cpp]:
        VALUES.update(dict.fromkeys(types, function))
        return function

    return register


def emits_test(*types: type) -> Callable[[Callable[..., str]], Callable[..., str]]:
    """Register the emitter of truths of these nodes; their value follows from it."""

    def register(function: Callable[..., str]) -> Callable[..., str]:
        TESTS.update(dict.fromkeys(types, function))
        for kind in types:
            VALUES.setdefault(kind, lambda emitter, node, context: Cpp(function(emitter, node, context), "bool"))
        return function

    return register
