"""The values that a compiled search asks for: of operators that have no C++, by the functions of the interpreter.

So registers, files and chance are where they are for the interpreter. Where evaluations depend on their order, the
search says with each question where it is, and that is what TLCGet and Trace tell.
"""

from __future__ import annotations

import json
import operator
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ...model.diagnostics import EvaluationError, SpecError
from ...model.values.core import Value
from ...model.values.order import rank_of, string_order
from ..interpreted.checkpoint import NotKept, pickled, registers_kept, restore_registers, unpickled
from ..interpreted.library import NATIVES
from ..interpreted.library.tlc import evaluated
from ..interpreted.program import Program, State
from ..interpreted.runtime import EVALUATION_FAILURES
from ..interpreted.search import behaviour
from ..result import Counterexample, Stats
from .emit_foreign import GET, Site
from .notation import NotEncodable, Reader, encode

if TYPE_CHECKING:
    from .unit import Unit

NO_VALUE = "an operator that has no C++ has no value"
"""What a fault is called that stands for an error here (`runtime/foreign.cpp`)."""


class Foreign:
    """Answers questions; it is also the run of which the registers tell (`registers.Run`).

    `labels` are the program's, by the number that the search has for them.
    """

    def __init__(self, program: Program, unit: Unit, labels: Sequence[int], *, is_simulation: bool = False) -> None:
        self.program = program
        self.sites = unit.sites
        self.labels = labels
        self.names = unit.names
        self.known = len(self.names)
        self.behaviours: int | None = 0 if is_simulation else None
        self.stats = Stats(behaviours=self.behaviours)
        self.examining = False
        self.level = self.waiting = self.initial_count = 0
        self.is_filling = False
        self.failure: SpecError | None = None
        """Of the last evaluation that failed."""
        self._path: Sequence[tuple[int, str]] = ()
        self._functions: dict[int, Callable[..., Value]] = {}

    def answer(self, question: Mapping[str, Any]) -> bytes:
        """The line that answers a question."""
        if "registers" in question:
            return self._registers(question["registers"])
        registers, number = self.program.registers, question["foreign"]
        self._take_place(question)
        try:
            value = self._function(number)(*self._values(question["given"]))
        except (SpecError, *EVALUATION_FAILURES) as error:
            self.failure = self._located(error, self.sites[number])
            return b"!evaluation\n"
        finally:
            registers.in_step = False
        try:
            text = self._text(value)
        except NotEncodable:
            return b"!overflow\n" if type(value) is int else b"!foreign\n"
        return f"{'*' if registers.is_exiting else '='}{text}\n".encode()

    def _registers(self, kept: str) -> bytes:
        """What a checkpoint keeps of the registers, or nothing, once they are again what was kept."""
        registers = self.program.registers
        if kept:
            contents = unpickled(b64decode(kept))
            for name in contents["strings"]:
                rank_of(name)
            restore_registers(registers, contents)
            return b"=\n"
        try:
            return b"=%b\n" % b64encode(pickled({"strings": string_order(), **registers_kept(registers)}))
        except NotKept as reason:
            return f"!{json.dumps(str(reason))[1:-1]}\n".encode()  # to become part of a line

    def _take_place(self, question: Mapping[str, Any]) -> None:
        """Where the search is, if it says so."""
        if "level" not in question:
            return
        self.level, self.examining = question["level"], bool(question["examining"])
        self.program.registers.in_step = bool(question["in_step"])
        self.waiting, self.initial_count = question["waiting"], question["initial"]
        self.is_filling = bool(question["filling"])
        behaviours = None if self.behaviours is None else question["behaviours"]
        self.stats = Stats(question["generated"], question["distinct"], question["longest"], behaviours=behaviours)
        self._path = question.get("path", ())

    def _function(self, number: int) -> Callable[..., Value]:
        found = self._functions.get(number)
        if found is None:
            site, registers = self.sites[number], self.program.registers
            if site.key == GET:
                found = registers.get_primed if site.primed else registers.get
            else:
                named = NATIVES[site.key].function
                path = named.removeprefix("registers.") if isinstance(named, str) else None
                found = named if path is None else operator.attrgetter(path)(registers)
            self._functions[number] = found  # type: ignore[assignment]
        return found  # type: ignore[return-value]

    def _values(self, text: str) -> list[Value]:
        reader = Reader(text, self.names)
        values: list[Value] = []
        while reader.at < len(text):
            values.append(reader.value())
        return values

    def _text(self, value: Value) -> str:
        try:
            return encode(value, self.known)
        except NotEncodable:
            return encode(evaluated(value), self.known)

    @staticmethod
    def _located(error: Exception, site: Site) -> SpecError:
        if isinstance(error, SpecError):
            return error.located(site.span)
        module, name = site.key
        return EvaluationError(f"`{name}` of module {module} has no value here", site.span)

    # --- the run ------------------------------------------------------------------------------------------------------

    def so_far(self) -> Counterexample | None:
        """The behaviour to the state at hand, where it was told."""
        visits = [(self._state(text), self.labels[label]) for label, text in self._path]
        if not visits:
            return None
        return behaviour(self.program, [(visits[0][0], None), *visits[1:]])

    def _state(self, text: str) -> State:
        reader = Reader(text, self.names)
        return tuple(reader.value() for _ in range(self.program.variable_count))
