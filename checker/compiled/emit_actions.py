"""Init and Next → C++ functions that produce states: the walk of `interpreted.walk`, written in C++.

A path that more text follows is a `do { … } while (0)`, which `continue` leaves; functions are lambdas.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import NoReturn

from ...model.semantics import ir
from ...model.values.core import Value
from ..interpreted.bindings import Binding, Context
from ..interpreted.coverage import Coverage
from ..interpreted.reentry import Entry
from ..interpreted.walk import ASSIGNED, Continuation, Walk
from .cpp import Cpp, atom, equality
from .emit_bits import words_of
from .emit_coded import coded, is_direct
from .emit_masks import field_domains, field_loops
from .emit_packed import component, fitted
from .emit_recall import is_made, recalled
from .emit_sets import Domain, loop_domain
from .emitter import Emitter
from .layouts import Array, Layout, Values
from .narrowing import narrowed
from .outlining import outlined
from .writer import Line, Writer

NEXT_VALUE = re.compile(rf"{ASSIGNED}(\d+)")
"""The name of a next value: it begins with the index of its variable."""


class CppWalk(Walk):
    """Writes C++."""

    emitter: Emitter

    @property
    def coverage(self) -> Coverage | None:
        return self.emitter.unit.coverage

    @property
    def returns(self) -> str:
        """What the functions of the walk return."""
        return "bool" if self.is_test else "void"

    def statement(self, text: str) -> None:
        self.emitter.writer.write(f"{text};")

    def call(self, text: str) -> None:
        self.emitter.writer.declared.setdefault(text.partition("(")[0], "auto")  # it may be written further down
        self.emitter.writer.write(f"if ({text}) return true;" if self.is_test else f"{text};")

    def succeed(self) -> None:
        self.emitter.writer.write("return true;")

    def leave(self) -> None:
        self.emitter.writer.write("return false;" if self.is_test else "return;")

    def fail(self) -> str:
        if self.emitter.writer.loops:
            return "continue;"
        return "return false;" if self.is_test else "return;"

    def failing(self, node: ir.Expr, context: Context) -> None:
        self.emitter.writer.write(self.fail())

    def branch(self, emit: Callable[[], None]) -> None:
        writer = self.emitter.writer
        with writer.capture() as lines, writer.block("do", "} while (0);"), self.path():
            emit()
            title = self._title()
        if self.is_test or not self._outlined(title, lines):
            writer.replay(lines)

    def _title(self) -> str:
        """What the path that is being walked is called in the specification."""
        node = self.disjunct
        while isinstance(node, ir.Quantifier):
            node = node.body
        if isinstance(node, ir.Call) and isinstance(node.target, ir.Definition):
            return node.target.name
        return "path" if self.action is None else self.action.name

    def _outlined(self, hint: str, lines: Sequence[Line]) -> bool:
        """Whether these lines, a path that is complete, have become a function, and a call of it."""
        unit, writer = self.emitter.unit, self.emitter.writer
        found = outlined(lines, writer.declared)
        if found is None:
            return False
        name = unit.fresh(hint)
        function = Writer()
        with function.function(f"static APART void {name}({found.parameters})", end="}"):
            function.replay(lines, 1 - writer.indent)
        unit.add_function(function)
        writer.write(f"{name}({found.arguments});")
        return True

    def last(self, emit: Callable[[], None]) -> None:
        self.branch(emit)  # names are declared in it

    @contextmanager
    def function(self, name: str, values: Sequence[str] = ()) -> Iterator[None]:
        with self._lambda(name, [f"{self._type(value)} {value}" for value in values]):
            yield

    def _layout(self, name: str) -> Layout | None:
        """The layout of the next value of that name."""
        found = NEXT_VALUE.match(name)
        return None if found is None else self.emitter.unit.layout(int(found[1]))

    def _type(self, name: str) -> str:
        """What a next value is held as: the code of one that is some words, and the word of any other."""
        layout = self._layout(name)
        return Cpp("", layout).type if words_of(layout) > 1 else "V"

    @contextmanager
    def _lambda(self, name: str, parameters: Sequence[str]) -> Iterator[None]:
        header = f"auto {name} = [&]({', '.join(parameters)}) -> {self.returns}"
        with self.emitter.writer.function(header), self.path():
            yield
            if self.is_test:
                self.leave()

    def is_deep(self, more: int) -> bool:
        return False

    @contextmanager
    def when(self, condition: str) -> Iterator[None]:
        with self.emitter.writer.block(f"if ({condition})"):
            yield

    @contextmanager
    def otherwise(self) -> Iterator[None]:
        with self.emitter.writer.block("else"):
            yield

    def give(self, name: str, text: str) -> None:
        self.emitter.writer.write(f"{self._type(name)} {name} = {text};")

    def differ(self, left: Cpp, right: Cpp) -> str:
        return f"!{equality(left, right)}"

    def next_value(self, index: int, node: ir.Expr, context: Context) -> str:
        layout = self.emitter.unit.layout(index)

        def emit() -> str:
            if layout is None:
                return self.emitter.value(node, context).boxed
            return component(layout, coded(self.emitter, node, layout, context))

        if layout is not None and (words_of(layout) > 1 or is_direct(self.emitter, node, layout, context)):
            return emit()
        found = recalled(self.emitter, node, context, emit) if is_made(self.emitter.unit, node) else None
        return emit() if found is None else found

    def narrowed(self, bound: ir.Bound, body: ir.Expr, context: Context) -> tuple[ir.Bound, ir.Expr]:
        return narrowed(self.emitter, bound, body, context, self.action_name)

    def held(self, index: int, value: Cpp) -> str:
        layout = self.emitter.unit.layout(index)
        return value.boxed if layout is None else component(layout, fitted(layout, value))

    @contextmanager
    def elements(self, index: int, node: ir.Expr, context: Context, *, of_powerset: bool) -> Iterator[Cpp]:
        layout = self.emitter.unit.layout(index)
        fields = None if of_powerset or layout is None else field_domains(self.emitter, node, layout, context)
        if fields is not None:
            assert isinstance(layout, Array)
            with field_loops(self.emitter, layout, fields) as element:
                yield element
            return
        if of_powerset:
            domain: Domain = (f"subset_of({self.emitter.value(node, context).boxed})",)
        else:
            domain = loop_domain(self.emitter, node, context)
        with self.emitter.each(domain, "e") as element:
            yield element

    @contextmanager
    def tested_elements(self, index: int, bound: ir.Bound, predicate: ir.Expr, context: Context) -> Iterator[Context]:
        layout = self.emitter.unit.layout(index)
        fields = None if layout is None else field_domains(self.emitter, bound.set, layout, context)
        if fields is None:
            with super().tested_elements(index, bound, predicate, context) as inner:
                yield inner
            return
        assert isinstance(layout, Array)
        self.emitter.prepare_loop([predicate], context)
        with field_loops(self.emitter, layout, fields) as element:
            yield context.bind({bound.locals[0]: atom(element)})

    def round_begins(self) -> None:
        if self.emitter.is_init and not self.is_test:
            loop = self.emitter.fresh("round")
            self.emitter.writer.write(f"InitialLoop {loop};")
            self.emitter.writer.write(f"if ({loop}.passes_over({self.emitter.innermost})) continue;")

    def embedded(self, value: Value) -> Binding:
        return atom(self.emitter.unit.embed(value))

    def unordered(self, domain: Value) -> None:
        self.statement("incomparable()")

    def beyond(self, node: ir.Quantifier) -> NoReturn:
        self.emitter.unit.decline("`\\A` that determines next values over a set that is not constant", node.span)

    def require_member(self, argument: str, domain: Cpp) -> None:
        self.emitter.writer.write(f"if (!member({argument}, {domain.boxed})) outside_domain();")

    @contextmanager
    def reentrant(self, entry: Entry) -> Iterator[None]:
        parameters = [f"{kind} {name}" for kind, name in entry.parameters]
        parameters += [f"{self._type(value)} {value}" for value in entry.handed]
        parameters.append(f"const Continuation<{self.returns}>* {entry.then}")
        with self._lambda(entry.name, [f"auto& {entry.name}", *parameters]):
            self.emitter.writer.write(f"Deeper {self.emitter.fresh('deeper')};")
            for name in (*(name for _, name in entry.parameters), *entry.handed, entry.then, entry.name):
                self.emitter.writer.write(f"(void){name};")
            yield

    def reenter(self, entry: Entry, arguments: Sequence[str], continuations: Sequence[str]) -> None:
        handed = self.emitter.fresh("k")
        made = ", ".join([*continuations, "nullptr"])
        self.emitter.writer.write(f"const Continuation<{self.returns}> {handed}[] = {{{made}}};")
        self.call(f"{entry.name}({', '.join([entry.name, *arguments, handed])})")

    @contextmanager
    def continuation(self, name: str, values: Sequence[str]) -> Iterator[None]:
        given = self.emitter.fresh("given")
        with self._lambda(name, [f"[[maybe_unused]] const V* {given}"]):
            index = 0
            for value in values:
                words = words_of(self._layout(value))
                text = f"{given}[{index}]" if words == 1 else f"bits_at<{words}>({given} + {index})"
                self.emitter.writer.write(f"{self._type(value)} {value} = {text};")
                index += words
            yield

    def resume(self, then: str, index: int, values: Sequence[str]) -> None:
        given = self.emitter.fresh("given")
        words = [word for value in values for word in self._words(value)]
        self.emitter.writer.write(f"const V {given}[] = {{{', '.join([*words, 'UNSET'])}}};")
        self.call(f"{then}[{index}]({given})")

    def _words(self, name: str) -> list[str]:
        words = words_of(self._layout(name))
        return [name] if words == 1 else [f"word_of({name}, {word})" for word in range(words)]

    def count_composed(self) -> None:
        self.statement("composed++")

    def every_dynamic(self, node: ir.Quantifier, context: Context, then: Continuation) -> None:
        emitter, writer = self.emitter, self.emitter.writer
        step, this, index, rows, row = (emitter.fresh(hint) for hint in ("f", "self", "i", "l", "row"))
        names = [local for bound in node.bounds for local in bound.locals]
        writer.write(f"Collector {rows};")
        kinds: list[Layout | None] = []
        with emitter.loops(node.bounds, context, [node.body]) as inner:
            for local in names:
                element = emitter.local(local, inner)
                kinds.append(element.kind if isinstance(element.kind, Values) else None)
                word = element.boxed if kinds[-1] is None else f"packed({element.text})"
                writer.write(f"{rows}.add({word});")
        width = len(names)
        with self._lambda(step, [f"auto& {this}", f"u64 {index}"]):
            with writer.block(f"if ({index} * {width} == {rows}.size)"), self.path():
                then.emit()
                self.leave()
            # TLC takes the first instance first, and the others from the last backwards.
            place = f"({index} == 0 ? 0 : {rows}.size / {width} - {index})"
            writer.write(f"const V* {row} = {rows}.items + {place} * {width};")
            env: dict[object, Binding] = {
                local: atom(_row_item(f"{row}[{place}]", kind))
                for place, (local, kind) in enumerate(zip(names, kinds, strict=True))
            }
            again = Continuation(lambda: self.call(f"{this}({this}, {index} + 1)"), 1)
            self.walk(node.body, context.bind(env), again)
        self.call(f"{step}({step}, 0)")


def _row_item(text: str, kind: Layout | None) -> Cpp:
    return Cpp(text, None, True) if kind is None else Cpp(f"code_of({text})", kind, True)


def finish_state(walk: CppWalk, label: int) -> None:
    """Write that a state is found: all its values are known, or it is a fault."""
    emitter, writer = walk.emitter, walk.emitter.writer
    count = emitter.program.variable_count
    if any(index not in walk.assigned for index in range(count)):
        writer.write("incomplete();")
        return
    if emitter.is_init:
        writer.write(f"if (is_passed_over()) {walk.fail()}")
    for index in range(count):
        name = walk.assigned[index]
        if name.startswith(ASSIGNED) and emitter.unit.layout(index) is None:
            writer.write(f"{name} = {'intern' if emitter.is_init else 'interned_later'}({name});")
    state = emitter.fresh("next")
    writer.write(f"V* {state} = found({label});")
    words = [word for index in range(count) for word in emitter.words_of_state(index, walk.assigned[index])]
    for at, word in enumerate(words):
        writer.write(f"{state}[{at}] = {word};")
