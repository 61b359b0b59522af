"""The engine's part in checking temporal properties: the behaviour graph of a search, and predicates on it.

A predicate is taken apart into the conjuncts and disjuncts it consists of. Components of states are interned, so each
of those is evaluated once for each combination of the components it reads, and only where it decides something: what
is left of a graph of a million steps is usually some thousand evaluations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from ...model.diagnostics import SpecError
from ...model.semantics import ir
from ..liveness.branches import Branch
from ..liveness.check import LivenessViolation, fair_lasso, violations
from ..liveness.formula import Atom
from ..liveness.graph import BehaviourGraph, Numbers, Truths, Valuation
from ..liveness.lasso import Lasso
from ..liveness.plan import Obligation
from ..result import Counterexample, Verdict, Violation
from .failures import checked_program, reproduced
from .parts import entered, is_next, variables_of
from .program import Program, State, Values
from .recording import Recording
from .runtime import EVALUATION_FAILURES
from .search import Search, behaviour

UNLABELLED = -1
"""The label of a stuttering step."""
MAX_CODE = 1 << 62


def temporal_violations(
    behaviours_for: BehavioursFor, search: Search, obligations: Sequence[Obligation]
) -> Iterator[Violation]:
    """The violated temporal properties, each with a behaviour that violates it, after a search that came to its end.

    Raises SpecError where an expression has no value; the search is then left at the state where it has none.
    """
    behaviours: Behaviours | None = None

    def find(branch: Branch) -> Lasso | None:
        nonlocal behaviours
        behaviours = behaviours_for(branch)
        return None if behaviours is None else behaviours.lasso(branch)

    try:
        for found in violations(obligations, find):
            assert behaviours is not None
            yield Violation(Verdict.PROPERTY, found.name, behaviours.counterexample(search, found))
    except SpecError:
        failed_at = None if behaviours is None else behaviours.failed_at
        search.current, search.pending = None, None
        if behaviours is not None and failed_at is not None:
            search.current = behaviours.placed(search, failed_at)
        raise


def recorded_behaviours(program: Program, search: Search, recording: Recording) -> Behaviours:
    """Those of a search that this engine has made."""
    steps = (np.array(column, np.int64) for column in (recording.origins, recording.targets, recording.labels))
    followings = recording.followings
    parents = np.array(search.parents, np.int64)
    reached = search.states if followings is None else [*search.states, *followings]
    return Behaviours(program, reached, *behaviour_graph(parents, *steps, has_images=followings is not None))


def behaviour_graph(
    parents: Numbers, origins: Numbers, targets: Numbers, labels: Numbers, *, has_images: bool
) -> tuple[BehaviourGraph, Numbers, Numbers]:
    """The graph of the steps of a search, each state stuttering too; for each edge its label and its end.

    An end is the number of a state; with `has_images`, where the state that a step leads to need not be the one that
    stands for it, that of a step is its own number and the count of states.
    """
    count = len(parents)
    everywhere = np.arange(count)
    sources = np.concatenate([origins, everywhere])
    edge_labels = np.concatenate([labels, np.full(count, UNLABELLED)])
    if has_images:
        order = np.argsort(sources, kind="stable")
        ends = np.concatenate([np.arange(len(origins)) + count, everywhere])[order]
        all_targets, edge_labels = np.concatenate([targets, everywhere])[order], edge_labels[order]
        graph = BehaviourGraph(count, sources[order], all_targets, parents, edge_labels != UNLABELLED)
        return graph, edge_labels, ends
    all_targets = np.concatenate([targets, everywhere])
    _, order = np.unique(sources * count + all_targets, return_index=True)
    graph = BehaviourGraph(count, sources[order], all_targets[order], parents)
    return graph, edge_labels[order], graph.targets


@dataclass(slots=True)
class Behaviours:
    """The states of a complete search and the steps between them, each state stuttering too."""

    program: Program
    reached: Sequence[State]
    """The states by number; behind them, where these need not be the states of the graph, what steps lead to."""
    graph: BehaviourGraph
    labels: Numbers
    ends: Numbers
    """For each edge which of `reached` it leads to."""
    failed_at: int | None = None
    """The state, or the first state of the step, on which an evaluation failed."""
    _columns: dict[int, Numbers] = field(default_factory=dict)
    _valuation: Valuation = field(init=False)

    def __post_init__(self) -> None:
        self._valuation = Valuation(self.graph, self)

    def lasso(self, branch: Branch) -> Lasso | None:
        """A behaviour that satisfies a branch, if there is one."""
        return fair_lasso(branch, self.graph, self._valuation)

    def placed(self, search: Search, number: int) -> int:
        """The number that a state has among those of the search."""
        return number

    def counterexample(self, search: Search, found: LivenessViolation) -> Counterexample:
        """The behaviour that a lasso stands for."""
        lasso = found.lasso
        edges = [*lasso.stem, *lasso.cycle[:-1]]
        before = search.path(self.placed(search, lasso.start), None, None).steps
        visits = [(self._after(edge), int(self.labels[edge])) for edge in edges]
        steps = (*before, *behaviour(self.program, visits).steps)
        loop = len(before) + len(lasso.stem) - 1
        if not lasso.cycle:
            return Counterexample(steps, loop)
        closing = behaviour(self.program, [(self._after(lasso.cycle[-1]), int(self.labels[lasso.cycle[-1]]))]).steps[0]
        return Counterexample(steps, loop, closing.action, closing.span)

    def _after(self, edge: int) -> State:
        """The state that an edge leads to."""
        return self.reached[int(self.ends[edge])]

    # --- the evaluator of checker.liveness ----------------------------------------------------------------------------

    def on_states(self, atom: Atom) -> Truths:
        return self._truths(atom.expr, atom.values, np.arange(self.graph.size), on_steps=False)

    def on_edges(self, atom: Atom, edges: Numbers) -> Truths:
        if is_next(self.program, atom.expr):
            real = self.labels[edges] != UNLABELLED
            real[~real] = self._truths(atom.expr, atom.values, edges[~real], on_steps=True)
            return real
        return self._truths(atom.expr, atom.values, edges, on_steps=True)

    def changes(self, atom: Atom) -> Truths:
        unchanged = ir.Unchanged(atom.expr.span, atom.expr)
        return ~self._truths(unchanged, atom.values, np.arange(len(self.labels)), on_steps=True)

    # --- predicates ---------------------------------------------------------------------------------------------------

    def _truths(self, expr: ir.Expr, values: Values, items: Numbers, *, on_steps: bool) -> Truths:
        """The value of a predicate on states, or on edges (`on_steps`), of the given numbers."""
        if isinstance(expr, ir.Junction):
            return self._junction(expr, values, items, on_steps)
        body = entered(self.program, expr)
        if body is not expr:
            return self._truths(body, values, items, on_steps=on_steps)
        if on_steps and isinstance(expr, ir.Unchanged):
            variables = variables_of(self.program, expr.expr)
            if variables is not None:
                return ~self._differ(variables, items)
        return self._evaluated(expr, values, items, on_steps=on_steps)

    def _junction(self, expr: ir.Junction, values: Values, items: Numbers, on_steps: bool) -> Truths:
        result = np.full(len(items), expr.is_and)
        for part in expr.items:
            undecided = np.flatnonzero(result == expr.is_and)
            if not len(undecided):
                break
            result[undecided] = self._truths(part, values, items[undecided], on_steps=on_steps)
        return result

    def _evaluated(self, expr: ir.Expr, values: Values, items: Numbers, *, on_steps: bool) -> Truths:
        facts = self.program.analysis.facts(expr)
        if facts.impure:
            return self._each(expr, values, items, on_steps)
        columns = [self._column(index)[self.graph.sources[items] if on_steps else items] for index in facts.reads]
        if on_steps and facts.primed:
            columns += [self._column(index)[self.ends[items]] for index in facts.reads]
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
        # In the order of the items, whatever the components are numbered by: the first to fail is reported.
        order = np.argsort(first)
        truths = np.empty(len(first), np.bool_)
        truths[order] = self._each(expr, values, items[first[order]], on_steps)
        return truths[which]

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
        reached, sources, after = self.reached, self.graph.sources, self._after
        if not on_steps:
            return lambda state: test(reached[state])
        return lambda edge: test(reached[sources[edge]], after(edge))

    def _explained(
        self, failure: Exception, checked: Program, expr: ir.Expr, values: Values, items: Numbers, on_steps: bool
    ) -> SpecError:
        def again() -> None:
            test = self._test(checked, expr, values, on_steps)
            for item in items.tolist():
                self.failed_at = int(self.graph.sources[item]) if on_steps else item
                test(item)

        return reproduced(failure, self.program, checked, again)

    # --- components of states -----------------------------------------------------------------------------------------

    def _differ(self, variables: set[int], edges: Numbers) -> Truths:
        result = np.zeros(len(edges), bool)
        for index in variables:
            column = self._column(index)
            result |= column[self.graph.sources[edges]] != column[self.ends[edges]]
        return result

    def _column(self, index: int) -> Numbers:
        """For each state reached a number for its component of that index, equal where the components are."""
        if index not in self._columns:
            self._columns[index] = self._numbered(index)
        return self._columns[index]

    def _numbered(self, index: int) -> Numbers:
        identities = np.fromiter((id(state[index]) for state in self.reached), np.int64, len(self.reached))
        return np.unique(identities, return_inverse=True)[1]


BehavioursFor = Callable[[Branch], Behaviours | None]
"""Behaviours of which one satisfies a branch if any of the search does; None where none does."""
