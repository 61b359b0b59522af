"""Random small specs: typed variables, actions in every form that TLC treats in its own way, invariants.

Values stay within finite bounds, so that every state space is finite and small. Expressions are mostly total, lest
every spec stop at an evaluation error; some are not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from random import Random

from .expressions import Generator, Scope, Type

VARIABLES: tuple[tuple[str, Type], ...] = (
    ("n", "int"),
    ("b", "bool"),
    ("s", ("set", "int")),
    ("q", ("seq", "int")),
    ("f", ("fun", "str", "int")),
    ("r", ("rec", (("a", "int"), ("b", "bool")))),
)
INITIAL = {
    "n": "0",
    "b": "FALSE",
    "s": "{}",
    "q": "<<>>",
    "f": '[k0 \\in {"a", "b"} |-> 0]',
    "r": "[a |-> 0, b |-> TRUE]",
}
INITIAL_SETS = {
    "n": "{0, 2}",
    "b": "BOOLEAN",
    "s": "SUBSET {1, 2}",
    "q": "{<<>>, <<1>>}",
    "f": '[{"a", "b"} -> {0, 1}]',
    "r": "[a : {0, 1}, b : {TRUE}]",
}
MISTAKE_ONE_IN = 3000
PARTIAL_ONE_IN = 25
"""How seldom an expression may have no value in some states."""


@dataclass(frozen=True, slots=True)
class Spec:
    module: str
    config: str


class SpecGenerator(Generator):
    """Draws one spec over a few of the variables."""

    partial_one_in = PARTIAL_ONE_IN

    def __init__(self, random: Random) -> None:
        super().__init__(random, MISTAKE_ONE_IN)
        self._definitions: list[str] = []
        self._variables = random.sample(VARIABLES, self._int(2, 3))

    # --- expressions that have a value everywhere ---------------------------------------------------------------

    def _of_any_type(self, want: Type, scope: Scope, depth: int) -> str:
        if self._int(1, self.partial_one_in) == 1:
            return super()._of_any_type(want, scope, depth)
        form = self._int(0, 2)
        condition = self.expr("bool", scope, depth)
        if form == 0:
            return f"(IF {condition} THEN {self.expr(want, scope, depth)} ELSE {self.expr(want, scope, depth)})"
        if form == 1:
            other = self.expr(want, scope, depth)
            return f"(CASE {condition} -> {self.expr(want, scope, depth)} [] OTHER -> {other})"
        name, kind = self._fresh(), self.type(1)
        value = self.expr(kind, scope, depth)
        return f"(LET {name} == {value} IN {self.expr(want, (*scope, (name, kind)), depth)})"

    def _int_expr(self, want: Type, scope: Scope, depth: int) -> str:
        if depth < 0:
            return str(self._int(0, 3))
        form = self._int(0, 5)
        left, right = self.expr("int", scope, depth), self.expr("int", scope, depth)
        if form <= 2:
            return f"({left} {self._one_of('+', '-', '*')} {right})"
        if form == 3:
            operator = self._one_of("%", "\\div")
            return f"({left} {operator} {self._int(2, 3)})"
        if form == 4:
            return f"Len({self.expr(('seq', 'int'), scope, depth)})"
        return f"Cardinality({self.expr(('set', self._one_of('int', 'str')), scope, depth)})"

    def _seq_expr(self, want: Type, scope: Scope, depth: int) -> str:
        if depth < 0:
            return "<<" + ", ".join(self.expr(want[1], scope, 0) for _ in range(self._int(0, 2))) + ">>"
        inner = self.expr(want, scope, depth)
        form = self._int(0, 4)
        if form == 0:
            return f"Append({inner}, {self.expr(want[1], scope, depth)})"
        if form == 1:
            name = self._fresh()
            return f"(LET {name} == {inner} IN IF {name} = <<>> THEN {name} ELSE Tail({name}))"
        if form == 2:
            return f"({inner} \\o {self.expr(want, scope, depth)})"
        if form == 3:
            name = self._fresh()
            return f"SelectSeq({inner}, LAMBDA {name} : {self.expr('bool', (*scope, (name, want[1])), depth)})"
        return f"[{inner} EXCEPT ![{self._int(1, 2)}] = {self.expr(want[1], scope, depth)}]"

    def _fun_expr(self, want: Type, scope: Scope, depth: int) -> str:
        _, key, value = want
        name = self._fresh()
        domain = {"int": "{1, 2}", "str": '{"a", "b"}', "bool": "BOOLEAN"}.get(key, "{}")
        if depth < 0 or self._int(0, 2) == 0:
            return f"[{name} \\in {domain} |-> {self.expr(value, (*scope, (name, key)), min(depth, 0))}]"
        updated = self.expr(value, scope, depth)
        if value == "int" and self._int(0, 1):
            updated = "@ + 1"
        return f"[{self.expr(want, scope, depth)} EXCEPT ![{self.expr(key, scope, 0)}] = {updated}]"

    def _bounded(self, name: str, kind: Type, scope: Scope) -> str:
        """A value for the variable that keeps its domain finite."""
        text = self.expr(kind, scope, self._int(0, 2))
        if name == "n":
            return f"(({text}) % 3)"
        if name == "b":
            return text
        if name == "s":
            return f"(({text}) \\cap {{1, 2, 3}})"
        t, x = self._fresh(), self._fresh()
        if name == "q":
            return f"(LET {t} == {text} IN [{x} \\in 1..(IF Len({t}) > 2 THEN 2 ELSE Len({t})) |-> {t}[{x}] % 2])"
        if name == "f":
            return f'(LET {t} == {text} IN [{x} \\in {{"a", "b"}} |-> IF {x} \\in DOMAIN {t} THEN {t}[{x}] % 2 ELSE 0])'
        return f"(LET {t} == {text} IN [{t} EXCEPT !.a = @ % 2])"

    # --- actions ------------------------------------------------------------------------------------------------------

    def _scope(self) -> Scope:
        return tuple(self._variables)

    def _guard(self, scope: Scope, depth: int = 1) -> str:
        return self.expr("bool", scope, depth)

    def _assignments(self, scope: Scope) -> list[str]:
        """One conjunct for each variable, in any order; later ones may read what earlier ones determined."""
        out: list[str] = []
        order = self._random.sample(self._variables, len(self._variables))
        for position, (name, kind) in enumerate(order):
            inside = (*scope, *((f"{done}'", what) for done, what in order[:position]))
            form = self._int(0, 6)
            if form == 0:
                out.append(f"UNCHANGED {self._one_of(name, f'<<{name}>>')}")
            elif form == 6 and self._int(0, 3) == 0:
                out.append(self._recursive(partial(self._assignment, name, kind)))
            elif form == 1:
                out.append(f"{name}' \\in {{{self._bounded(name, kind, inside)}, {self._bounded(name, kind, inside)}}}")
            else:
                out.append(self._assignment(name, kind, inside))
        return out

    def _assignment(self, name: str, kind: Type, scope: Scope) -> str:
        return f"{name}' = {self._bounded(name, kind, scope)}"

    def _action(self, scope: Scope, depth: int) -> str:
        form = self._int(0, 9) if depth > 0 else 9
        if form == 0:
            name, domain, inside = self._bound(scope, 1, "int")
            return f"(\\E {name} \\in {domain} : {self._action(inside, depth - 1)})"
        if form == 1:
            return f"(IF {self._guard(scope)} THEN {self._action(scope, 0)} ELSE {self._action(scope, depth - 1)})"
        if form == 2:
            return (
                f"(CASE {self._guard(scope)} -> {self._action(scope, 0)} [] OTHER -> {self._action(scope, depth - 1)})"
            )
        if form == 3:
            name, kind = self._fresh(), self.type(1)
            value = self.expr(kind, scope, 1)
            return f"(LET {name} == {value} IN {self._action((*scope, (name, kind)), depth - 1)})"
        if form == 4:
            return f"({self._action(scope, depth - 1)} \\/ {self._action(scope, depth - 1)})"
        if form == 5:
            name, parameter = f"A{len(self._definitions)}", self._fresh()
            self._definitions.append("")
            body = self._action((*self._scope(), (parameter, "int")), depth - 1)
            self._definitions[int(name[1:])] = f"{name}({parameter}) == {body}"
            return f"{name}({self.expr('int', scope, 1)})"
        if form == 6 and self._int(0, 1):
            return self._recursive(lambda inside: self._action(inside, 0))
        return self._conjunction(scope)

    def _recursive(self, arm: Callable[[Scope], str]) -> str:
        """A call of a recursive operator, or function, each round of which has an arm of its own."""
        name, parameter = f"R{len(self._definitions)}", self._fresh()
        self._definitions.append("")
        inside = (*self._scope(), (parameter, "int"))
        again = f"{name}[{parameter} - 1]" if (is_function := self._int(0, 2) == 0) else f"{name}({parameter} - 1)"
        arms = [again, arm(inside)]
        self._random.shuffle(arms)
        if self._int(0, 2) == 0:
            arms[0] = f"{parameter} # {self._int(0, 2)} /\\ {arms[0]}"
        body = f"IF {parameter} <= 0 THEN {arm(inside)} ELSE ({arms[0]}) \\/ ({arms[1]})"
        self._definitions[int(name[1:])] = (
            f"{name}[{parameter} \\in 0..2] == {body}"
            if is_function
            else f"RECURSIVE {name}(_)\n{name}({parameter}) == {body}"
        )
        count = self._int(0, 2)
        return f"{name}[{count}]" if is_function else f"{name}({count})"

    def _conjunction(self, scope: Scope) -> str:
        """Guards, assignments, and conjuncts after them, where a disjunction no longer branches."""
        parts = [self._leading(scope) for _ in range(self._int(0, 2))]
        parts += self._assignments(scope)
        primed = (*scope, *((f"{name}'", kind) for name, kind in self._variables))
        if self._int(0, 2) == 0:
            parts.append(f"({self._guard(primed)} \\/ {self._guard(primed)})")
        return "(" + " /\\ ".join(parts) + ")"

    def _leading(self, scope: Scope) -> str:
        """A conjunct before the assignments: a disjunction, or an \\E, in it makes a successor for each way to hold."""
        form = self._int(0, 5)
        if form == 0:
            return f"({self._guard(scope)} \\/ {self._guard(scope)})"
        if form == 1:
            name, domain, inside = self._bound(scope, 1, "int")
            return f"(\\E {name} \\in {domain} : {self._guard(inside)})"
        if form == 2:
            name, domain, inside = self._bound(scope, 1, "int")
            return f"(\\A {name} \\in {domain} : ({self._guard(inside)} \\/ {self._guard(inside)}))"
        if form == 3:
            return f"({self._guard(scope)} => ({self._guard(scope)} \\/ {self._guard(scope)}))"
        if form == 4 and self._int(0, 1):
            return self._recursive(lambda inside: f"({self._guard(inside)} \\/ {self._guard(inside)})")
        return self._guard(scope)

    # --- the whole ----------------------------------------------------------------------------------------------------

    def spec(self, name: str) -> Spec:
        inits = [
            f"{v} \\in {INITIAL_SETS[v]}" if self._int(0, 3) == 0 else f"{v} = {INITIAL[v]}" for v, _ in self._variables
        ]
        actions = [self._action(self._scope(), 2) for _ in range(self._int(1, 3))]
        statements = ["INIT Init", "NEXT Next"]
        lines = ["Next == " + " ".join(f"\\/ {action}" for action in actions)]
        if self._int(0, 1):
            lines.append(f"Inv == {self._guard(self._scope(), 2)} \\/ {self._guard(self._scope(), 2)}")
            statements.append("INVARIANT Inv")
        if self._int(0, 4) == 0:
            lines.append(f"Bound == {self._guard(self._scope(), 2)} \\/ {self._guard(self._scope(), 1)}")
            statements.append("CONSTRAINT Bound")
        if self._int(0, 4) == 0:
            primed = (*self._scope(), *((f"{v}'", kind) for v, kind in self._variables))
            variables = ", ".join(v for v, _ in self._variables)
            lines.append(f"Prop == [][{self._guard(primed, 2)} \\/ {self._guard(primed, 2)}]_<<{variables}>>")
            statements.append("PROPERTY Prop")
        if self._int(0, 3):
            statements.append("CHECK_DEADLOCK FALSE")
        module = "\n".join(
            [
                f"---- MODULE {name} ----",
                "EXTENDS Integers, Sequences, FiniteSets, Bags, TLC",
                f"VARIABLES {', '.join(v for v, _ in self._variables)}",
                "Init == " + " /\\ ".join(inits),
                # A definition is made before the one that calls it is complete.
                *reversed(self._definitions),
                *lines,
                "====",
                "",
            ]
        )
        return Spec(module, "\n".join(statements) + "\n")


def whole_spec(seed: int, name: str) -> Spec:
    """A spec, the same for the same seed."""
    return SpecGenerator(Random(seed)).spec(name)
