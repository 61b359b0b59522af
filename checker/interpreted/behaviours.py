"""The engine's part in checking temporal properties: the behaviour graph of a search, and predicates on it.

A predicate is taken apart into the conjuncts and disjuncts it consists of. Components of states are interned, so each
of those is evaluated once for each combination of the components it reads, and only where it decides something: what
is left of a graph of a million steps is usually some thousand evaluations.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from ...model.diagnostics import SpecError
from ...model.semantics import ir
from ..liveness.check import violations
from ..liveness.formula import Atom
from ..liveness.graph import BehaviourGraph, Numbers, Truths
from ..liveness.lasso import Lasso
from ..liveness.plan import Obligation
from ..result import Counterexample, Verdict, Violation
from .failures import EVALUATION_FAILURES, checked_program, reproduced
from .program import Program, State, Values
from .recording import Recording
from .search import Search, behaviour

UNLABELLED = -1
"""The label of a stuttering step."""
MAX_CODE = 1 << 62


def temporal_violations(
    program: Program, search: Search, recording: Recording, obligations: Sequence[Obligation]
) -> Iterator[Violation]:
    """The violated temporal properties, each with a behaviour that violates it, after a search that came to its end.

    Raises SpecError where an expression has no value; the search is then left at the state where it has none.
    """
    behaviours = Behaviours.of(program, search.states, search.parents, recording)
    try:
        for found in violations(obligations, behaviours.graph, behaviours):
            yield Violation(Verdict.PROPERTY, found.name, behaviours.counterexample(search, found.lasso))
    except SpecError:
        search.current, search.pending = behaviours.failed_at, None
        raise


@dataclass(slots=True)
class Behaviours:
    """The states of a complete search and the steps between them, each state stuttering too."""

    program: Program
    states: Sequence[State]
    graph: BehaviourGraph
    labels: Numbers
    followings: Sequence[State] | None
    """For each edge the state it leads to, where that need not be the state with the number of its target."""
    failed_at: int | None = None
    """The state, or the first state of the step, on which an evaluation failed."""
    _columns: dict[int, Numbers] = field(default_factory=dict)
    _following_columns: dict[int, Numbers] = field(default_factory=dict)

    @staticmethod
    def of(program: Program, states: Sequence[State], parents: Sequence[int], recorded: Recording) -> Behaviours:
        count = len(states)
        everywhere = np.arange(count)
        origins = np.concatenate([np.array(recorded.origins, np.int64), everywhere])
        targets = np.concatenate([np.array(recorded.targets, np.int64), everywhere])
        labels = np.concatenate([np.array(recorded.labels, np.int64), np.full(count, UNLABELLED)])
        if recorded.followings is None:
            _, order = np.unique(origins * count + targets, return_index=True)
            followings = None
        else:
            order = np.argsort(origins, kind="stable")
            reached = [*recorded.followings, *states]
            followings = [reached[edge] for edge in order]
        graph = BehaviourGraph(count, origins[order], targets[order], np.array(parents, np.int64))
        return Behaviours(program, states, graph, labels[order], followings)

    def counterexample(self, search: Search, lasso: Lasso) -> Counterexample:
        """The behaviour that a lasso stands for."""
        edges = [*lasso.stem, *lasso.cycle[:-1]]
        before = search.path(lasso.start, None, None).steps
        visits = [(self._after(edge), int(self.labels[edge])) for edge in edges]
        steps = (*before, *behaviour(self.program, visits).steps)
        loop = len(before) + len(lasso.stem) - 1
        if not lasso.cycle:
            return Counterexample(steps, loop)
        closing = behaviour(self.program, [(self._after(lasso.cycle[-1]), int(self.labels[lasso.cycle[-1]]))]).steps[0]
        return Counterexample(steps, loop, closing.action, closing.span)

    def _after(self, edge: int) -> State:
        """The state that an edge leads to."""
        if self.followings is not None:
            return self.followings[edge]
        return self.states[int(self.graph.targets[edge])]

    # --- the evaluator of checker.liveness ----------------------------------------------------------------------------

    def on_states(self, atom: Atom) -> Truths:
        return self._truths(atom.expr, atom.values, np.arange(len(self.states)), on_steps=False)

    def on_edges(self, atom: Atom, edges: Numbers) -> Truths:
        if self._is_next(atom.expr):
            real = self.labels[edges] != UNLABELLED
            real[~real] = self._truths(atom.expr, atom.values, edges[~real], on_steps=True)
            return real
        return self._truths(atom.expr, atom.values, edges, on_steps=True)

    def changes(self, atom: Atom) -> Truths:
        variables = self._variables(atom.expr)
        if variables is not None:
            return self._differ(variables, np.arange(len(self.labels)))
        same = ir.Unchanged(atom.expr.span, atom.expr)
        return ~self._truths(same, atom.values, np.arange(len(self.labels)), on_steps=True)

    # --- predicates ---------------------------------------------------------------------------------------------------

    def _truths(self, expr: ir.Expr, values: Values, items: Numbers, *, on_steps: bool) -> Truths:
        """The value of a predicate on states, or on edges (`on_steps`), of the given numbers."""
        match expr:
            case ir.Junction():
                return self._junction(expr, values, items, on_steps)
            case ir.Call(args=()):
                target = self.program.resolve(expr.target)
                if isinstance(target, ir.Definition) and not target.is_recursive and not self._is_let_bound(target):
                    return self._truths(target.body, values, items, on_steps=on_steps)
            case ir.Unchanged() if on_steps:
                variables = self._variables(expr.expr)
                if variables is not None:
                    return ~self._differ(variables, items)
            case _:
                pass
        return self._evaluated(expr, values, items, on_steps)

    def _junction(self, expr: ir.Junction, values: Values, items: Numbers, on_steps: bool) -> Truths:
        result = np.full(len(items), expr.is_and)
        for part in expr.items:
            undecided = np.flatnonzero(result == expr.is_and)
            if not len(undecided):
                break
            result[undecided] = self._truths(part, values, items[undecided], on_steps=on_steps)
        return result

    def _evaluated(self, expr: ir.Expr, values: Values, items: Numbers, on_steps: bool) -> Truths:
        facts = self.program.analysis.facts(expr)
        if facts.impure:
            return self._each(expr, values, items, on_steps)
        columns = [self._column(index)[self.graph.sources[items] if on_steps else items] for index in facts.reads]
        if on_steps and facts.primed:
            columns += [self._following_column(index, items) for index in facts.reads]
        codes = np.zeros(len(items), np.int64)
        size = 1
        for column in columns:
            width = int(column.max(initial=0)) + 1
            if size * width >= MAX_CODE:
                _, codes = np.unique(codes, return_inverse=True)
                size = int(codes.max(initial=0)) + 1
            codes = codes * width + column
            size *= width
        _, first, which = np.unique(codes, return_index=True, return_inverse=True)
        return self._each(expr, values, items[first], on_steps)[which]

    def _each(self, expr: ir.Expr, values: Values, items: Numbers, on_steps: bool) -> Truths:
        """The value on each item, none taken for another."""
        try:
            test = self._test(self.program, expr, values, on_steps)
            return np.fromiter(map(test, items.tolist()), np.bool_, len(items))
        except EVALUATION_FAILURES as failure:
            checked = checked_program(self.program)
            raise self._explained(failure, checked, expr, values, items, on_steps) from failure

    def _test(self, program: Program, expr: ir.Expr, values: Values, on_steps: bool) -> Callable[[int], bool]:
        test = program.compile_test(expr, action=on_steps, values=values)
        states, sources, after = self.states, self.graph.sources, self._after
        if not on_steps:
            return lambda state: test(states[state])
        return lambda edge: test(states[sources[edge]], after(edge))

    def _explained(
        self, failure: Exception, checked: Program, expr: ir.Expr, values: Values, items: Numbers, on_steps: bool
    ) -> SpecError:
        def again() -> None:
            test = self._test(checked, expr, values, on_steps)
            for item in items.tolist():
                self.failed_at = int(self.graph.sources[item]) if on_steps else item
                test(item)

        return reproduced(failure, self.program, checked, again)

    def _is_let_bound(self, definition: ir.Definition) -> bool:
        return self.program.analysis.is_let_bound(definition)

    def _is_next(self, expr: ir.Expr) -> bool:
        """Whether the action is the next-state relation itself, of which every step is known to be one."""
        following = self.program.problem.next
        assert following is not None
        return self._entered(expr) is self._entered(following)

    def _entered(self, expr: ir.Expr) -> ir.Expr:
        while isinstance(expr, ir.Call) and not expr.args:
            target = self.program.resolve(expr.target)
            if not isinstance(target, ir.Definition):
                break
            expr = target.body
        return expr

    # --- components of states -----------------------------------------------------------------------------------------

    def _variables(self, expr: ir.Expr) -> set[int] | None:
        """The variables of an expression that is a tuple of variables, nested or by name; None where it is more."""
        expr = self._entered(expr)
        if isinstance(expr, ir.VariableRef):
            return {expr.variable.index}
        if not isinstance(expr, ir.Tuple):
            return None
        parts = [self._variables(element) for element in expr.elements]
        found = [part for part in parts if part is not None]
        return set().union(*found) if len(found) == len(parts) else None

    def _differ(self, variables: set[int], edges: Numbers) -> Truths:
        result = np.zeros(len(edges), bool)
        for index in variables:
            result |= self._column(index)[self.graph.sources[edges]] != self._following_column(index, edges)
        return result

    def _column(self, index: int) -> Numbers:
        """For each state a number for its component of that index, equal where the components are."""
        if index not in self._columns:
            self._number_components(index)
        return self._columns[index]

    def _following_column(self, index: int, edges: Numbers) -> Numbers:
        """The same for the states that the edges lead to."""
        if self.followings is None:
            return self._column(index)[self.graph.targets[edges]]
        self._column(index)
        return self._following_columns[index][edges]

    def _number_components(self, index: int) -> None:
        followings = self.followings or ()
        total = len(self.states) + len(followings)
        identities = (id(state[index]) for state in itertools.chain(self.states, followings))
        _, numbers = np.unique(np.fromiter(identities, np.int64, total), return_inverse=True)
        self._columns[index], self._following_columns[index] = np.split(numbers, [len(self.states)])
