"""The states of a model, found by the interpreted engine, held against the types inferred for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from comitia.checker.interpreted.failures import prepared_interpreter
from comitia.checker.interpreted.predicates import compile_predicates
from comitia.checker.interpreted.program import Program
from comitia.checker.interpreted.runtime import EVALUATION_FAILURES
from comitia.model.diagnostics import SpecError
from comitia.model.problem import Problem
from comitia.model.semantics import ir
from comitia.model.types import Types, belongs, infer_types, show
from comitia.model.values import brief, set_string_order

State = tuple[Any, ...]
FAILURES = (SpecError, *EVALUATION_FAILURES)
STATES_FOR_DEFINITIONS = 40


class Enough(Exception):
    """As many states as were asked for have been found."""


class Reached:
    """The states of a search breadth first, until it is done, fails, or has `most` of them."""

    def __init__(self, program: Program, most: int) -> None:
        self.program = program
        self.most = most
        self.states: list[State] = []
        """Every state generated, those outside the model too, in order of discovery."""
        self._seen: set[State] = set()

    def search(self) -> list[State]:
        problem, program = self.program.problem, self.program
        assert problem.init is not None
        try:
            constraints = compile_predicates(program).constraints
            program.compile_init(problem.init)(self._note)
            successors = None if problem.next is None else program.compile_next(problem.next)
            for state in self.states if successors is not None else ():
                if constraints(state) < 0:
                    successors(state, self._note)  # type: ignore[misc]
        except (Enough, *FAILURES):
            pass
        return self.states

    def _note(self, found: tuple[State, int]) -> None:
        state = found[0]
        if state not in self._seen:
            self._seen.add(state)
            self.states.append(state)
            if len(self.states) >= self.most:
                raise Enough


def contradictions(problem: Problem, most: int) -> tuple[Types, int, list[str]]:
    """What is inferred, the number of states looked at, and each value found that is not of its type."""
    with prepared_interpreter():
        set_string_order(problem.strings)
        program = Program(problem)
        types = infer_types(problem, program.constant_value)
        states = Reached(program, most).search()
        wrong = [*_of_variables(types, states), *_of_definitions(problem, program, types, states)]
        return types, len(states), wrong


def _of_variables(types: Types, states: list[State]) -> Iterator[str]:
    for position, (variable, t) in enumerate(types.variables.items()):
        for value in {state[position] for state in states}:
            if not belongs(value, t):
                yield f"{variable.name} = {brief(value)} is not of type {show(t)}"
                break


def _of_definitions(problem: Problem, program: Program, types: Types, states: list[State]) -> Iterator[str]:
    """State functions without parameters, evaluated in some of the states."""
    some = states[:: max(1, len(states) // STATES_FOR_DEFINITIONS)]
    for name in [name for name in problem.module.definitions if "!" not in name]:
        definition = problem.module.definitions[name]
        if definition.params or definition.level > ir.Level.STATE or definition.span is None:
            continue
        node = ir.Call(definition.span, definition)
        t = types.type_of_state_function(node)
        try:
            evaluate = program.compile_value(node)
            for state in some:
                value = evaluate(state)
                if not belongs(value, t):
                    yield f"{name} is {brief(value)}, not of type {show(t)}"
                    break
        except FAILURES:
            continue
