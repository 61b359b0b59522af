"""The specification under the constants of one trace: what its events are replayed against."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...model.build import build_problem
from ...model.config import Assignment, ConfigName, ModelConfig
from ...model.diagnostics import TraceError, did_you_mean
from ...model.semantics import ir
from ...model.source import Span
from ...model.values import Value, set_string_order, show
from ..interpreted.failures import checked_program, false_assumption, reproduced
from ..interpreted.program import Program, State
from ..interpreted.runtime import EVALUATION_FAILURES
from .disjuncts import Occurrence, occurrences
from .mapping import Mapping, MappingError
from .reading import Reading
from .trace import Trace

Given = tuple[int, ...]
"""Positions of the parameters whose values the trace gives."""


class Steps:
    """The steps of one action, some of its parameters given; of any action, where the action is None."""

    def __init__(self, program: Program, action: ir.Definition | None, found: list[Occurrence]) -> None:
        problem = program.problem
        assert problem.next is not None
        if action is None:
            self._functions = [program.compile_next(problem.next)]
        else:
            self._functions = [program.compile_action(one.expr, one.handed) for one in found]

    def __call__(self, state: State, values: tuple[Value, ...]) -> list[State]:
        """The states that a step may lead to, each once. May raise any of EVALUATION_FAILURES."""
        pairs: list[tuple[State, int]] = []
        for function in self._functions:
            function(state, pairs.append, *values)
        found = [following for following, _ in pairs]
        if len(found) < 2:
            return found
        if len(found) == 2:
            # Two arms of a disjunction that both hold find the same state: to compare it costs less than to hash it.
            return found[:1] if found[0] == found[1] else found
        return list(dict.fromkeys(found))


class Subject:
    """A specification ready to be stepped through."""

    def __init__(self, module: ir.ResolvedModule, mapping: Mapping, trace: Trace) -> None:
        """Raises TraceError and MappingError where the trace or the mapping does not fit the module."""
        self.module = module
        self.mapping = mapping
        _check_spec(module, trace)
        data = _constants(module, mapping, trace)
        identifiers = list(dict.fromkeys(text for constant in data.values() for text in _strings(constant)))
        set_string_order([*identifiers, *module.strings])
        self.reading = Reading(mapping)
        self.problem = build_problem(module, self._config(trace, data, identifiers))
        self.program = Program(self.problem)
        self._check_assumptions(trace)
        self._occurrences: dict[tuple[ir.Definition, Given], list[Occurrence]] = {}
        self._steps: dict[tuple[ir.Definition | None, Given], Steps] = {}
        self.variables = {variable.name: variable.index for variable in module.variables}
        self.strings = frozenset(self.problem.strings)

    # --- from trace and mapping to the problem ------------------------------------------------------------------------

    def _config(self, trace: Trace, data: dict[str, Any], identifiers: list[str]) -> ModelConfig:
        header = trace.header.line
        config = ModelConfig(identifiers=identifiers)
        for name, constant in data.items():
            if name in trace.header.constants:
                place = trace.place(header, ("constants", name), key=True)
                value = self.reading.value(
                    constant, lambda path, name=name: trace.place(header, ("constants", name, *path))
                )
                self._check_fixed(name, value, place)
            else:
                place = self.mapping.place(name)
                assert place is not None
                value = self.reading.value(constant, lambda path, place=place: place)
            config.assignments.append(Assignment(name, value, place))
        mapping = self.mapping
        if mapping.specification is not None:
            config.specification = self._named(mapping.specification, trace)
        else:
            config.init, config.next = self._named(mapping.init, trace), self._named(mapping.next, trace)
        config.invariants = [self._named(name, trace) for name in mapping.invariants]
        return config

    def _named(self, name: str, trace: Trace) -> ConfigName:
        place = self.mapping.place(name)
        if name not in self.module.definitions:
            raise MappingError(
                f"module {self.module.name} does not define `{name}`",
                place,
                expected="init, next or specification, and invariants, of the mapping to be definitions of the module",
                hint=did_you_mean(name, self.module.definitions),
            )
        return ConfigName(name, place or trace.place(trace.header.line))

    def _check_fixed(self, name: str, value: Value, place: Span) -> None:
        """A constant that the mapping gives too must have the same value in the trace."""
        if name not in self.mapping.constants:
            return
        fixed_place = self.mapping.place(name)
        assert fixed_place is not None
        fixed = self.reading.value(self.mapping.constants[name], lambda path: fixed_place)
        if value != fixed:
            raise TraceError(
                f"the mapping fixes the constant `{name}`, and the trace gives another value",
                place,
                expected=show(fixed),
                got=show(value),
                notes=[("the mapping gives it here", fixed_place)],
            )

    def _check_assumptions(self, trace: Trace) -> None:
        violated = false_assumption(self.program)
        if violated is not None:
            raise TraceError(
                "the constants of the trace violate an assumption of the specification",
                trace.place(trace.header.line, ("constants",)),
                notes=[(f"ASSUME {violated.name or ''}".rstrip(), violated.span)],
            )

    # --- stepping -----------------------------------------------------------------------------------------------------

    def initial_states(self) -> list[State]:
        """The states that satisfy Init. Raises a located error where it has no value."""
        found: list[tuple[State, int]] = []
        init = self.problem.init
        assert init is not None
        try:
            self.program.compile_init(init)(found.append)
        except EVALUATION_FAILURES as failure:
            checked = checked_program(self.program)
            again = lambda: checked.compile_init(init)([].append)  # noqa: E731
            raise reproduced(failure, self.program, checked, again) from failure
        return list(dict.fromkeys(state for state, _ in found))

    def action(self, name: str) -> ir.Definition | None:
        """The definition of that name, if some steps of Next are its steps."""
        definition = self.module.definitions.get(name)
        return definition if definition is not None and self.occurrences(definition, ()) else None

    def occurrences(self, action: ir.Definition, given: Given) -> list[Occurrence]:
        """Next restricted to the action, once for each place where Next has it."""
        found = self._occurrences.get((action, given))
        if found is None:
            found = self._occurrences[action, given] = occurrences(self.problem, action, given)
        return found

    def steps(self, action: ir.Definition | None, given: Given) -> Steps:
        """The compiled steps of an action."""
        found = self._steps.get((action, given))
        if found is None:
            found = self._steps[action, given] = self.compiled(self.program, action, given)
        return found

    def compiled(self, program: Program, action: ir.Definition | None, given: Given) -> Steps:
        """The steps of an action in another program of the same problem."""
        return Steps(program, action, [] if action is None else self.occurrences(action, given))


def _check_spec(module: ir.ResolvedModule, trace: Trace) -> None:
    if trace.header.spec != module.name:
        raise TraceError(
            "the trace is of another specification",
            trace.place(trace.header.line, ("spec",)),
            expected=module.name,
            got=trace.header.spec,
        )


def _constants(module: ir.ResolvedModule, mapping: Mapping, trace: Trace) -> dict[str, Any]:
    """The data of every constant, that of the trace first."""
    header = trace.header
    for name in header.constants:
        if name not in module.constants:
            raise TraceError(
                f"module {module.name} has no constant `{name}`",
                trace.place(header.line, ("constants", name), key=True),
                expected=", ".join(module.constants) or "none",
                hint=did_you_mean(name, module.constants),
            )
    for name in mapping.constants:
        if name not in module.constants:
            raise MappingError(
                f"module {module.name} has no constant `{name}`",
                mapping.place(name),
                hint=did_you_mean(name, module.constants),
            )
    data = {**mapping.constants, **header.constants}
    for constant in module.constants.values():
        if constant.name not in data:
            raise TraceError(
                f"the constant `{constant.name}` has no value",
                trace.place(header.line, ("constants",)),
                expected=f"`{constant.name}` among the constants of the header (or of the mapping)",
                notes=[("it is declared here", constant.span)],
            )
    return data


def _strings(data: Any) -> Iterator[str]:
    """The strings of JSON data, names of fields included, in order."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, list):
        for item in data:
            yield from _strings(item)
    elif isinstance(data, dict):
        for key, item in data.items():
            if not key.startswith("#"):
                yield key
            yield from _strings(item)
