"""The interpreted engine: a Problem to a CheckResult, by compiling it to Python and searching breadth first."""

from __future__ import annotations

from ...model.diagnostics import EvaluationError, SpecError, UnsupportedError
from ...model.problem import Problem
from ...model.values.order import set_string_order
from ..engine import Limits, Observer
from ..result import CheckResult, Counterexample, Stats, Verdict
from .failures import (
    EVALUATION_FAILURES,
    checked_program,
    constant_value,
    false_assumption,
    prepared_interpreter,
    reproduced,
)
from .library import AssertionViolated
from .predicates import compile_predicates
from .program import Program, State
from .reduction import Exact, Identity, Symmetric, SymmetricView, View, symmetry_group
from .search import Search

PROPERTY_EXIT_CODE = 76
"""TLC's code for an invariant or property whose evaluation fails (tlc2/output/EC.java)."""


class InterpretedEngine:
    """Runs everywhere, starts at once."""

    name = "interpreted"

    def check(self, problem: Problem, limits: Limits = Limits(), observer: Observer | None = None) -> CheckResult:  # noqa: B008
        """Check assumptions, then the behaviours. Errors in the spec are in the result, not raised."""
        with prepared_interpreter():
            run = _Run(problem, limits, observer)
            try:
                return run.check()
            except SpecError as error:
                return run.failed(error)


class _Run:
    """One check."""

    def __init__(self, problem: Problem, limits: Limits, observer: Observer | None) -> None:
        self.problem = problem
        self.limits = limits
        self.observer = observer
        set_string_order(problem.strings)
        self.program = Program(problem)
        self.search: Search | None = None

    def check(self) -> CheckResult:
        violated = false_assumption(self.program)
        if violated is not None:
            name = violated.name or f"ASSUME at {violated.span}"
            return CheckResult(Verdict.ASSUMPTION, Stats(), InterpretedEngine.name, name)
        if self.problem.temporal_properties:
            item = self.problem.temporal_properties[0]
            raise UnsupportedError(
                f"the temporal property {item.name} is not checked: liveness is not supported yet",
                item.span or item.expr.span,
                hint="`[]P` and `[][A]_v` are; remove the property from the configuration to check the rest",
            )
        if self.problem.init is None or self.problem.next is None:
            return CheckResult(Verdict.PASS, Stats(), InterpretedEngine.name)
        try:
            self.search = Search(
                self.program, self.limits, self.observer, self.identity(), compile_predicates(self.program)
            )
            outcome = self.search.run()
        except EVALUATION_FAILURES as failure:
            raise self.explained(failure) from failure
        return CheckResult(
            outcome.verdict, self.search.stats, InterpretedEngine.name, outcome.violated, outcome.counterexample
        )

    def identity(self) -> Identity:
        """What makes two states one under this configuration."""
        view = self.program.compile_value(self.problem.view.expr) if self.problem.view else None
        if self.problem.symmetry is not None:
            span = self.problem.symmetry.span
            group = symmetry_group(constant_value(self.program, self.problem.symmetry.expr), span)
            if view is not None:
                return SymmetricView(group, self.program.interned, view)
            if group:
                return Symmetric(group, self.program.interned)
        return View(view) if view is not None else Exact()

    # --- failures -----------------------------------------------------------------------------------------------------

    def explained(self, failure: Exception) -> SpecError:
        """The located error behind a failure of fast code: what failed is run again in checked code."""
        checked = checked_program(self.program)
        search = self.search
        if search is None:
            return reproduced(failure, self.program, checked, lambda: compile_predicates(checked))
        state = search.states[search.current] if search.current is not None else None
        if search.pending is None or not search.examining:
            return reproduced(failure, self.program, checked, lambda: self.enumerate_again(checked, state))
        following = search.pending[0]
        error = reproduced(failure, self.program, checked, lambda: self.examine_again(checked, state, following))
        if type(error) is EvaluationError:
            error.exit_code = PROPERTY_EXIT_CODE
        return error

    def enumerate_again(self, checked: Program, state: State | None) -> None:
        """Initial states, or the successors of a state, in checked code."""
        assert self.problem.init is not None and self.problem.next is not None
        if state is None:
            checked.compile_init(self.problem.init)(lambda found: None)
        else:
            checked.compile_next(self.problem.next)(state, lambda found: None)

    def examine_again(self, checked: Program, state: State | None, following: State) -> None:
        """The predicates of a state, or of a step, in checked code."""
        predicates = compile_predicates(checked)
        predicates.constraints(following)
        if state is not None:
            predicates.step_constraints(state, following)
        predicates.invariants(following)
        if state is None:
            predicates.initial(following)
        else:
            predicates.steps(state, following)

    def failed(self, error: SpecError) -> CheckResult:
        """The result for an error in the spec, with the states that led to it."""
        stats = self.search.stats if self.search else Stats()
        verdict = Verdict.ASSERT if isinstance(error, AssertionViolated) else Verdict.ERROR
        return CheckResult(verdict, stats, InterpretedEngine.name, None, self.behaviour_so_far(), error)

    def behaviour_so_far(self) -> Counterexample | None:
        search = self.search
        if search is None:
            return None
        parent = -1 if search.current is None else search.current
        if search.pending is not None and search.examining:
            return search.path(parent, *search.pending)
        return search.path(parent, None, None) if parent >= 0 else None
