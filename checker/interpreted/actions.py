"""Init and Next → Python functions that produce states: the walk of `interpreted.walk`, written in Python.

A path that more text follows is a loop of one round, which `continue` leaves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import NoReturn

from ...model.diagnostics import UnsupportedError
from ...model.semantics import ir
from ...model.values.core import Value
from . import builtins, membership
from .bindings import Atom, Binding, Context, Py
from .coverage import Coverage
from .expressions import MAX_LOOPS, Emitter
from .reentry import Entry
from .walk import ASSIGNED, Continuation, Walk


class PythonWalk(Walk):
    """Writes Python."""

    emitter: Emitter

    @property
    def coverage(self) -> Coverage | None:
        return self.emitter.program.coverage

    def statement(self, text: str) -> None:
        self.emitter.writer.write(text)

    def call(self, text: str) -> None:
        self.emitter.writer.write(f"if {text}: return True" if self.is_test else text)

    def succeed(self) -> None:
        self.emitter.writer.write("return True")

    def leave(self) -> None:
        self.emitter.writer.write("return False" if self.is_test else "return")

    def fail(self) -> list[str]:
        if self.emitter.writer.loops:
            return ["continue"]
        return ["return False" if self.is_test else "return"]

    def failing(self, node: ir.Expr, context: Context) -> None:
        self.emitter.failing(node, context, self.fail())

    def branch(self, emit: Callable[[], None]) -> None:
        if self.is_deep(1):
            name = self.emitter.fresh("f")
            with self.function(name):
                emit()
            self.call(f"{name}()")
            return
        with self.emitter.writer.block("for _ in ONCE:"), self.path():
            emit()

    def last(self, emit: Callable[[], None]) -> None:
        with self.path():
            emit()

    @contextmanager
    def function(self, name: str, values: Sequence[str] = ()) -> Iterator[None]:
        with self.emitter.writer.function(name, ", ".join(values)), self.path():
            yield
            if self.is_test:
                self.leave()

    def is_deep(self, more: int) -> bool:
        return self.emitter.writer.loops + more > MAX_LOOPS

    @contextmanager
    def when(self, condition: str) -> Iterator[None]:
        with self.emitter.writer.block(f"if {condition}:"):
            yield

    @contextmanager
    def otherwise(self) -> Iterator[None]:
        with self.emitter.writer.block("else:"):
            yield

    def give(self, name: str, text: str) -> None:
        self.emitter.writer.write(f"{name} = {text}")

    def differ(self, left: Py, right: Py) -> str:
        return f"not {builtins.equality(self.emitter, left, right)}"

    @contextmanager
    def elements(self, index: int, node: ir.Expr, context: Context, *, of_powerset: bool) -> Iterator[Py]:
        if of_powerset:
            domain = f"iterate(Subset({self.emitter.value(node, context).text}))"
        else:
            domain = membership.loop_domain(self.emitter, node, context)
        element = self.emitter.fresh("e")
        with self.emitter.writer.block(f"for {element} in {domain}:"):
            yield Py(element)

    def round_begins(self) -> None:
        pass  # all rounds are gone through

    def embedded(self, value: Value) -> Binding:
        return Atom(self.emitter.program.embed(value))

    def unordered(self, domain: Value) -> None:
        self.statement(f"iterate({self.emitter.program.embed(domain).text})")

    def beyond(self, node: ir.Quantifier) -> NoReturn:
        raise UnsupportedError(
            "`\\A` that determines next values is supported over one constant set alone",
            node.span,
            hint="give each variable its next value once, as a function: `x' = [i \\in S |-> …]`",
        )

    def require_member(self, argument: str, domain: Py) -> None:
        self.statement(f"require_member({argument}, {domain.text})")

    @contextmanager
    def reentrant(self, entry: Entry) -> Iterator[None]:
        names = [*(name for _, name in entry.parameters), *entry.handed, entry.then]
        with self.function(entry.name, names):
            yield

    def reenter(self, entry: Entry, arguments: Sequence[str], continuations: Sequence[str]) -> None:
        handed = f"({''.join(f'{name}, ' for name in continuations)})"
        self.call(f"{entry.name}({', '.join([*arguments, handed])})")

    @contextmanager
    def continuation(self, name: str, values: Sequence[str]) -> Iterator[None]:
        with self.function(name, values):
            yield

    def resume(self, then: str, index: int, values: Sequence[str]) -> None:
        self.call(f"{then}[{index}]({', '.join(values)})")

    def every_dynamic(self, node: ir.Quantifier, context: Context, then: Continuation) -> None:
        emitter, writer = self.emitter, self.emitter.writer
        step, index, rows, row = (emitter.fresh(hint) for hint in ("f", "i", "l", "k"))
        names = [local for bound in node.bounds for local in bound.locals]
        writer.write(f"{rows} = []")
        with emitter.loops(node.bounds, context, [node.body]) as inner:
            texts = "".join(f"{emitter.local(local, inner).text}, " for local in names)
            writer.write(f"{rows}.append(({texts}))")
        writer.write(f"{rows} = tlc_conjunction_order({rows})")
        with self.function(step, [index]):
            with writer.block(f"if {index} == len({rows}):"), self.path():
                then.emit()
                self.leave()
            writer.write(f"{row} = {rows}[{index}]")
            env: dict[object, Binding] = {
                local: Atom(Py(f"{row}[{place}]", None, True)) for place, local in enumerate(names)
            }
            again = Continuation(lambda: self.call(f"{step}({index} + 1)"), 1)
            self.walk(node.body, context.bind(env), again)
        self.call(f"{step}(0)")

    def count_composed(self) -> None:
        self.emitter.writer.write("registers.composed += 1")


def finish_state(walk: PythonWalk, label: int) -> None:
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
    return f"INTERNED[{name}]" if name.startswith(ASSIGNED) else name
