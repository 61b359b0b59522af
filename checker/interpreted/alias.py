"""ALIAS: a counterexample shown as the record that the alias is in each of its states.

As in TLC (tlc2/tool/impl/Tool.java, evalAlias) the alias is evaluated on a state and the one after it, the last state
being followed by the one that it leads back to, or else by itself. Where its value is no record the state stays as it
is; where it has none, the state is shown with a further variable that says why.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from ...model.diagnostics import SpecError
from ...model.semantics import ir
from ...model.structs import replace
from ...model.values import is_function
from ...model.values.core import Value
from ..result import Counterexample, Step
from .bindings import Context
from .failures import checked_program, reproduced
from .program import Program, State
from .runtime import EVALUATION_FAILURES

ERROR_FIELD = "_ALIASEvalError"


class Alias:
    """The alias of a problem, compiled."""

    def __init__(self, program: Program, expr: ir.Expr) -> None:
        self.program = program
        self.expr = expr
        self._value = _compile(program, expr)

    def shown(self, counterexample: Counterexample) -> Counterexample:
        """The counterexample with aliases for states."""
        states = [tuple(step.state.values()) for step in counterexample.steps]
        if not states:
            return counterexample
        last = -1 if counterexample.loop is None else counterexample.loop
        steps: list[Step] = []
        registers = self.program.registers
        for step, (state, following) in zip(counterexample.steps, pairwise([*states, states[last]]), strict=True):
            registers.shown = counterexample.steps[: len(steps) + 1]
            steps.append(replace(step, state=self._fields(step, state, following)))
        registers.shown = None
        return replace(counterexample, steps=tuple(steps))

    def _fields(self, step: Step, state: State, following: State) -> dict[str, object]:
        try:
            value = self._value(state, following)
        except EVALUATION_FAILURES as failure:
            return {**step.state, ERROR_FIELD: self._explained(failure, state, following).message}
        if not is_function(value) or not all(type(key) is str for key in value[0]):
            return step.state
        return {name: value[position] for name, position in value[0].items()} or step.state

    def _explained(self, failure: Exception, state: State, following: State) -> SpecError:
        checked = checked_program(self.program)
        return reproduced(failure, self.program, checked, lambda: _compile(checked, self.expr)(state, following))


def _compile(program: Program, expr: ir.Expr) -> Callable[[State, State], Value]:
    """A function from a step to the value of `expr`."""
    emitter = program.emitter("s", "t")
    name = program.fresh("V").replace("_", "")
    emitter.writer.span = expr.span
    with emitter.writer.function(name, "s, t"):
        emitter.writer.write(f"return {emitter.value(expr, Context({})).text}")
    return program.install(emitter, name)
