"""Random small specs with fairness and temporal properties, their variables typed, their actions in every form.

The formulas are those of `temporal`: what its predicates P, Q, R, its actions A, B, C and its subscripts x, y, vars are
is drawn here. The subscript x is a state function that is a number.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from .expressions import Scope, Type
from .temporal import ACTIONS, PREDICATES, SUBSCRIPTS, Formula, random_formula, text
from .whole_specs import INITIAL, INITIAL_SETS, VARIABLES, SpecGenerator

NEVER = 10**9
CONNECTIVES = ("/\\", "\\/", "=>", "\\equiv")


@dataclass(frozen=True, slots=True)
class TemporalSpec:
    module: str
    config: str
    formulas: tuple[Formula, ...]
    """The properties F0, F1, …"""


class TemporalSpecGenerator(SpecGenerator):
    """Draws one spec whose expressions have a value everywhere: TLC does not report each one that has none."""

    partial_one_in = NEVER

    def __init__(self, random: Random) -> None:
        super().__init__(random)
        self._mistake_one_in = NEVER
        if all(name != "n" for name, _ in self._variables):
            self._variables[0] = VARIABLES[0]

    # --- towards graphs of several states and cycles --------------------------------------------------------------

    def _leading(self, scope: Scope) -> str:
        return super()._leading(scope) if self._int(0, 1) else f"n {self._one_of('=', '#')} {self._int(0, 2)}"

    def _bounded(self, name: str, kind: Type, scope: Scope) -> str:
        if name == "n" and self._int(0, 1):
            return f"((n + {self._int(1, 2)}) % 3)"
        return super()._bounded(name, kind, scope)

    def _predicate(self) -> str:
        """One that reads a variable: TLC takes constants within temporal formulas wrongly (`<>TRUE` fails)."""
        comparison = f"n {self._one_of('=', '#', '<')} {self._int(0, 2)}"
        return f"{comparison} {self._one_of(*CONNECTIVES)} {self._guard(self._scope(), self._int(0, 2))}"

    # --- the whole ------------------------------------------------------------------------------------------------

    def temporal_spec(self, name: str) -> TemporalSpec:
        actions = {action: self._action(self._scope(), self._int(0, 2)) for action in ACTIONS}
        formulas = tuple(random_formula(self._random, self._int(1, 3)) for _ in range(self._int(1, 2)))
        statements = ["SPECIFICATION Spec", f"PROPERTIES {' '.join(f'F{index}' for index in range(len(formulas)))}"]
        lines = [f"{action} == {body}" for action, body in actions.items()]
        lines += [f"{predicate} == {self._predicate()}" for predicate in PREDICATES]
        lines.append("Next == " + " \\/ ".join(ACTIONS))
        lines.append("Spec == " + " /\\ ".join(["Init", "[][Next]_vars", *self._fairness()]))
        lines += [f"F{index} == {text(formula)}" for index, formula in enumerate(formulas)]
        lines += self._restrictions(statements)
        module = [
            f"---- MODULE {name} ----",
            "EXTENDS Integers, Sequences, FiniteSets, Bags, TLC",
            f"VARIABLES {', '.join(v for v, _ in self._variables)}",
            f"vars == <<{', '.join(v for v, _ in self._variables)}>>",
            f"x == (n + {self.expr('int', self._scope(), 1)}) % 3",
            f"y == {self._one_of(self._guard(self._scope()), '<<vars>>', *(v for v, _ in self._variables))}",
            f"Init == {self._init()}",
            # A definition is made before the one that calls it is complete.
            *reversed(self._definitions),
            *lines,
            "====",
            "",
        ]
        return TemporalSpec("\n".join(module), "\n".join(statements) + "\n", formulas)

    def _init(self) -> str:
        return " /\\ ".join(
            f"{v} \\in {INITIAL_SETS[v]}" if self._int(0, 2) == 0 else f"{v} = {INITIAL[v]}" for v, _ in self._variables
        )

    def _fairness(self) -> list[str]:
        """Conditions on some of the actions; on all that a parameter may make of one, by a quantifier."""
        conditions: list[str] = []
        for action in ACTIONS:
            kind = self._one_of("wf", "sf", "wf", "sf", None)
            if kind is not None:
                conditions.append(text((kind, action, self._one_of("vars", "vars", *SUBSCRIPTS))))
        if self._int(0, 3) == 0:
            guard = self._one_of("x = i", "x # i", "i = 1")
            condition = f"{self._one_of('WF', 'SF')}_vars({guard} /\\ {self._one_of(*ACTIONS)})"
            conditions.append(f"(\\A i \\in 0..{self._int(0, 2)} : {condition})")
        return conditions

    def _restrictions(self, statements: list[str]) -> list[str]:
        """Definitions of an invariant, a constraint and the like; `statements` gains what names them."""
        lines: list[str] = []
        if self._int(0, 5) == 0:
            lines.append(f"Inv == {self._guard(self._scope(), 2)} \\/ {self._guard(self._scope(), 2)}")
            statements.append("INVARIANT Inv")
        if self._int(0, 5) == 0:
            lines.append(f"Bound == {self._guard(self._scope(), 2)} \\/ {self._guard(self._scope(), 1)}")
            statements.append("CONSTRAINT Bound")
        if self._int(0, 5):
            statements.append("CHECK_DEADLOCK FALSE")
        return lines


def temporal_spec(seed: int, name: str) -> TemporalSpec:
    """A spec, the same for the same seed."""
    return TemporalSpecGenerator(Random(seed)).temporal_spec(name)
