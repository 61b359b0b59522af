r"""Invariants that follow from the types of the variables, and so say nothing of the behaviours.

The types are what the invariants themselves say: conjuncts `x \in S` and `x \subseteq S` of constant finite sets. A
conjunct that reads only variables with such types is evaluated in every state of these types, reachable or not. Where
it is TRUE in all of them it follows; where it is FALSE in one, has no value there, or there are more states than
MAX_STATES, nothing is said of it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from math import prod

from ...model.diagnostics import EvaluationError
from ...model.problem import NamedExpr
from ...model.semantics import ir
from ...model.structs import Struct, field
from ...model.values import sets
from ...model.values.core import Value
from .predicates import conjuncts
from .program import Program
from .runtime import EVALUATION_FAILURES

MAX_STATES = 10_000
"""States in which one conjunct is evaluated."""
MAX_ALL_STATES = 50_000
"""States in which all conjuncts together are evaluated."""


class Implied(Struct, eq=True):
    """What of an invariant follows from the types that the invariants `sources` give; `is_whole`: all of it does."""

    invariant: NamedExpr
    parts: tuple[ir.Expr, ...]
    sources: tuple[str, ...]
    is_whole: bool


class _Types(Struct, frozen=False):
    """By variable, the set of its values and the invariant that says so."""

    program: Program
    found: dict[int, tuple[Value, str]] = field(default_factory=dict)
    evaluated: int = 0

    def add(self, invariant: NamedExpr, part: ir.Expr) -> None:
        membership = _membership(part)
        if membership is None:
            return
        variable, operator, elements = membership
        known = self.program.constant_value(elements)
        if known is None:
            return
        try:
            values = sets.Subset(known) if operator == r"\subseteq" else known
            is_counted = type(values) is frozenset or type(values).size is not sets.LazySet.size
            if is_counted and sets.is_finite(values) and sets.cardinality(values) <= MAX_STATES:
                self.found.setdefault(variable.index, (values, invariant.name))
        except EvaluationError:
            return  # what is no set, or a set whose elements do not compare

    def imply(self, part: ir.Expr) -> tuple[str, ...] | None:
        """The invariants whose types a conjunct follows from; None where that is not known."""
        facts = self.program.analysis.facts(part)
        reads = sorted(facts.reads)
        if not reads or facts.impure or facts.primed or any(index not in self.found for index in reads):
            return None
        domains = [self.found[index][0] for index in reads]
        states = prod(sets.cardinality(values) for values in domains)
        if states > MAX_STATES or self.evaluated + states > MAX_ALL_STATES:
            return None
        test = self.program.compile_test(part)
        state: list[Value] = [None] * self.program.variable_count
        try:
            for values in itertools.product(*map(sets.as_frozenset, domains)):
                self.evaluated += 1
                for index, value in zip(reads, values, strict=True):
                    state[index] = value
                if not test(tuple(state)):
                    return None
        except EVALUATION_FAILURES:
            return None
        return tuple(dict.fromkeys(self.found[index][1] for index in reads))


def implied_by_types(program: Program) -> Iterator[Implied]:
    """The invariants that are TRUE of every state of the right types, and the conjuncts of others that are."""
    types = _Types(program)
    parts = {id(one): list(conjuncts(program, one.expr)) for one in program.problem.invariants}
    for invariant in program.problem.invariants:
        for part in parts[id(invariant)]:
            types.add(invariant, part)
    for invariant in program.problem.invariants:
        claims = [part for part in parts[id(invariant)] if _membership(part) is None]
        found = [(part, sources) for part in claims if (sources := types.imply(part)) is not None]
        if found:
            names = tuple(dict.fromkeys(name for _, sources in found for name in sources))
            is_whole = len(found) == len(parts[id(invariant)])
            yield Implied(invariant, tuple(part for part, _ in found), names, is_whole)


def _membership(part: ir.Expr) -> tuple[ir.Variable, str, ir.Expr] | None:
    r"""The parts of `x \in S` and `x \subseteq S`, x being a variable."""
    if not isinstance(part, ir.Builtin) or part.operator.module is not None or len(part.args) != 2:
        return None
    item, elements = part.args
    if part.operator.name not in (r"\in", r"\subseteq") or not isinstance(item, ir.VariableRef):
        return None
    assert not isinstance(elements, (ir.Lambda, ir.OperatorRef))
    return item.variable, part.operator.name, elements
