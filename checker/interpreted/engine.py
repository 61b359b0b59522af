"""The interpreted engine: a Problem to a CheckResult, by compiling it to Python and searching breadth first."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING

from ...model.diagnostics import EvaluationError, InputError, SpecError, did_you_mean
from ...model.problem import Problem
from ...model.structs import replace
from ...model.values.core import FALSE, TRUE
from ...model.values.order import set_string_order
from ...model.values.text import brief
from ..engine import Limits, Observer, Options, Simulation
from ..liveness.plan import Obligation, make_plan, soundness_warnings
from ..result import ActionReport, CheckResult, Counterexample, Stats, Verdict, Violation
from .alias import Alias
from .blocking import guards
from .coverage import Coverage
from .failures import (
    checked_program,
    constant_value,
    false_assumption,
    prepared_interpreter,
    reproduced,
)
from .library import AssertionViolated
from .predicates import compile_predicates
from .program import Program, State
from .quantifiers import constant_truth, instances
from .recording import Recording, state_graph
from .reduction import Exact, Identity, Mapping, Symmetric, SymmetricView, View, symmetry_group, viewed_states
from .runtime import EVALUATION_FAILURES
from .search import UNNAMED_ACTION, Checkpoints, Search
from .simulation import RandomBehaviours
from .vacuity import Implication, implications, vacuity_warnings

if TYPE_CHECKING:
    from .behaviours import Behaviours, BehavioursFor

PROPERTY_EXIT_CODE = 76
"""TLC's code for an invariant or property whose evaluation fails (tlc2/output/EC.java)."""
TEMPORAL_EXIT_CODE = 77
"""The code that TLC has for evaluation failures of liveness, though it leaves with 255 at most of them."""
POSTCONDITION_EXIT_CODE = 10
"""TLC's code for a postcondition that is false or has no value."""


class InterpretedEngine:
    """Runs everywhere, starts at once."""

    name = "interpreted"

    def check(
        self,
        problem: Problem,
        limits: Limits = Limits(),  # noqa: B008
        observer: Observer | None = None,
        options: Options = Options(),  # noqa: B008
    ) -> CheckResult:
        """Check assumptions, then the behaviours. Errors in the spec are in the result, not raised."""
        return concluded(Run(problem, observer, options), lambda run: run.check(limits))

    def simulate(self, problem: Problem, simulation: Simulation, observer: Observer | None = None) -> CheckResult:
        """Check assumptions, then random behaviours: `incomplete` where these show nothing wrong."""
        options = Options(vacuity=False)
        result = concluded(Run(problem, observer, options), lambda run: run.simulate(simulation))
        return replace(result, seed=simulation.seed)


def concluded(run: Run, check: Callable[[Run], CheckResult]) -> CheckResult:
    """The result of a run, whatever becomes of it."""
    with prepared_interpreter():
        try:
            return run.aliased(check(run))
        except SpecError as error:
            return run.aliased(run.failed(error))


class Run:
    """One check."""

    engine = InterpretedEngine.name

    def __init__(self, problem: Problem, observer: Observer | None, options: Options) -> None:
        self.problem = problem
        self.observer = observer
        self.options = options
        self.checkpointing = options.checkpointing
        set_string_order(problem.strings)
        self.implications: list[Implication] = []
        self.program = Program(problem, coverage=self.coverage())
        self.search: Search | RandomBehaviours | None = None
        self.in_property = False
        """Whether what is evaluated again in checked code is a property, and no restriction of the search."""
        self.warnings: list[str] = []
        self._plan: list[Obligation] | None = None

    def coverage(self) -> Coverage | None:
        """What has to be recorded for the reports that were asked for."""
        options = self.options
        if self.problem.next is None or not (options.coverage or options.vacuity):
            return None
        if options.vacuity:
            self.implications = implications(self.problem)
        antecedents = [one.antecedent for one in self.implications]
        return Coverage(everything=options.coverage, antecedents=antecedents)

    def check(self, limits: Limits) -> CheckResult:
        violated = self.preliminaries()
        if violated is not None:
            return violated
        obligations = self.obligations()
        if self.problem.init is None or self.problem.next is None:
            return self.with_postcondition(CheckResult(Verdict.PASS, Stats(), self.engine))
        options = self.options
        checkpoints = self.checkpoints()
        recording = None
        try:
            identity = self.identity()
            if options.record_graph or obligations:
                recording = Recording(keeps_states=bool(obligations) and not isinstance(identity, Exact))
            search = self.search = Search(
                self.program,
                limits,
                self.observer,
                identity,
                compile_predicates(self.program),
                recording,
                options.keep_going,
                checkpoints,
            )
            verdict = search.run()
        except EVALUATION_FAILURES as failure:
            raise self.explained(failure) from failure
        if checkpoints is not None:
            self.warnings.extend(checkpoints.warnings)
        violations = search.violations()
        if obligations and recording is not None and (options.keep_going or not violations):
            behaviours = cache(lambda: self.recorded(search, recording))
            violations += self.temporal_violations(search, obligations, lambda _: behaviours())
            verdict = violations[0].verdict if violations else verdict
        result = self.result(verdict, search.stats, violations)
        if options.record_graph and recording is not None:
            result = replace(result, graph=state_graph(search, recording))
        return self.with_coverage(result, search)

    def checkpoints(self) -> Checkpoints | None:
        """Where the search writes what it has found, and what may end it between two states."""
        if self.checkpointing is None:
            return None
        from . import checkpoint

        return checkpoint.Checkpoints(self.checkpointing, self.problem, self.options)

    def begin_anew(self) -> None:
        """What was found before does not count; what is found from now on is still written."""
        if self.checkpointing is not None:
            self.checkpointing = replace(self.checkpointing, resume=None)

    def simulate(self, simulation: Simulation) -> CheckResult:
        violated = self.before_simulation()
        if violated is not None:
            return violated
        try:
            run = self.search = RandomBehaviours(
                self.program, simulation, self.observer, compile_predicates(self.program), self.is_superseded
            )
            found = run.run()
        except EVALUATION_FAILURES as failure:
            raise self.explained(failure) from failure
        return self.result(Verdict.INCOMPLETE if found is None else found.verdict, run.stats, (found,) if found else ())

    def is_superseded(self) -> bool:
        """Whether random behaviours need not go on."""
        return False

    def before_simulation(self) -> CheckResult | None:
        """What is checked and told before random behaviours; the result where that ends the check."""
        self.program.registers.is_simulation = True
        violated = self.preliminaries()
        if violated is not None:
            return violated
        if self.problem.init is None or self.problem.next is None:
            raise InputError("there is nothing to simulate: the configuration names no initial predicate and no action")
        self.warnings.extend(
            f"{item.name} is a temporal property, and no behaviour of a simulation is checked for it"
            for item in self.problem.temporal_properties
        )
        return None

    def preliminaries(self) -> CheckResult | None:
        """What is checked before any behaviour; the result where that ends the check."""
        why = self.options.why
        if why is not None and self.problem.next is not None:
            # In a program of its own: what a checkpoint numbers is in the order in which the search compiles it.
            asked = Program(self.problem, registers=self.program.registers)
            asked.compile_next(self.problem.next)
            actions = [asked.labels[index].name or UNNAMED_ACTION for index in asked.action_labels]
            if why not in actions:
                raise InputError(
                    f"`{why}` is no action of Next",
                    self.problem.next.span,
                    expected=f"one of: {', '.join(dict.fromkeys(actions))}",
                    hint=did_you_mean(why, actions),
                )
        violated = false_assumption(self.program)
        if violated is None:
            return None
        return CheckResult(Verdict.ASSUMPTION, Stats(), self.engine, violated.name, violated_at=violated.span)

    def identity(self) -> Identity:
        """What makes two states one under this configuration."""
        view = self.program.compile_value(self.problem.view.expr) if self.problem.view else None
        group = self.group()
        if self.problem.symmetry is not None and view is not None:
            return SymmetricView(group, self.program.interned, view)
        if group:
            return Symmetric(group, self.program.interned)
        return View(view) if view is not None else Exact()

    def group(self) -> list[Mapping]:
        """The permutations that take states to states that are the same under this configuration, but the identity."""
        if self.problem.symmetry is None:
            return []
        return symmetry_group(constant_value(self.program, self.problem.symmetry.expr), self.problem.symmetry.span)

    # --- temporal properties ------------------------------------------------------------------------------------------

    def obligations(self) -> list[Obligation]:
        """The temporal properties, translated: formulas that are not checked are refused before the search."""
        self.warnings.extend(soundness_warnings(self.problem))
        self.warnings.extend(
            f"{one.name}: nothing can violate it, whatever the states are; does it quantify over an empty set?"
            for one in self.plan()
            if not one.violations
        )
        return self.plan()

    def plan(self) -> list[Obligation]:
        """The temporal properties, translated once."""
        if self._plan is None:
            self._plan = []
            if self.problem.temporal_properties:
                self._plan = make_plan(
                    self.problem,
                    lambda bounds, values: instances(self.program, bounds, values),
                    lambda expr, values: constant_truth(self.program, expr, values),
                )
        return self._plan

    def recorded(self, search: Search, recording: Recording) -> Behaviours:
        from .behaviours import recorded_behaviours

        return recorded_behaviours(self.program, search, recording)

    def temporal_violations(
        self, search: Search, obligations: Sequence[Obligation], behaviours_for: BehavioursFor
    ) -> tuple[Violation, ...]:
        """The first violated temporal property, or all of them; nothing where the search did not come to its end."""
        from .behaviours import temporal_violations  # takes numpy and scipy, which are slow to load

        if not search.is_complete or self.program.registers.is_exiting:
            names = ", ".join(dict.fromkeys(obligation.name for obligation in obligations))
            self.warnings.append(f"{names}: not checked, since the search did not come to its end")
            return ()
        try:
            with self.program.registers.temporal():
                violations = temporal_violations(behaviours_for, search, obligations)
                found = tuple(violations if self.options.keep_going else itertools.islice(violations, 1))
        except EvaluationError as error:
            if type(error) is EvaluationError:
                error.exit_code = TEMPORAL_EXIT_CODE
            raise
        finally:
            search.stats.seconds = time.monotonic() - search.started
        if not self.problem.fairness:
            self.warnings.extend(
                f"{one.violated}: the specification has no fairness condition, so any behaviour may stutter for ever"
                for one in found
                if one.counterexample.is_stuttering
            )
        return found

    # --- results ------------------------------------------------------------------------------------------------------

    def result(self, verdict: Verdict, stats: Stats, violations: tuple[Violation, ...]) -> CheckResult:
        """The result of a search or simulation that came to a verdict."""
        result = CheckResult(verdict, stats, self.engine, violations=violations)
        if violations:
            first = violations[0]
            result = replace(result, violated=first.violated, counterexample=first.counterexample)
        return self.with_postcondition(replace(result, warnings=tuple(self.warnings)))

    def with_postcondition(self, result: CheckResult) -> CheckResult:
        """The result, the postcondition taken into account.

        It is evaluated after every search but one that stopped early, and changes no violation (Tool.java,
        checkPostCondition, and Worker.java).
        """
        postcondition = self.problem.postcondition
        is_cut_short = result.verdict is Verdict.INCOMPLETE and result.stats.behaviours is None
        if postcondition is None or is_cut_short:
            return result
        self.program.registers.counterexample = result.counterexample
        try:
            value = constant_value(self.program, postcondition.expr)
            if value is not TRUE and value is not FALSE:
                raise EvaluationError(
                    "the postcondition is not a boolean", postcondition.span, expected="TRUE or FALSE", got=brief(value)
                )
        except EvaluationError as error:
            if type(error) is EvaluationError:
                error.exit_code = POSTCONDITION_EXIT_CODE
            if result.violated is not None:
                return replace(result, warnings=(*result.warnings, str(error)))
            raise
        if value is TRUE:
            return result
        if result.verdict not in (Verdict.PASS, Verdict.INCOMPLETE):
            return replace(result, warnings=(*result.warnings, f"the postcondition {postcondition.name} is FALSE"))
        return replace(result, verdict=Verdict.ASSUMPTION, violated=postcondition.name, is_postcondition=True)

    def with_coverage(self, result: CheckResult, search: Search) -> CheckResult:
        """The result with what was asked for of coverage, and with what a passing search never came by."""
        coverage, options = self.program.coverage, self.options
        is_complete = result.verdict is Verdict.PASS and not self.program.registers.is_exiting
        if coverage is not None and options.coverage:
            result = replace(result, coverage=coverage.counts())
        if coverage is not None and options.vacuity and is_complete:
            result = replace(result, warnings=(*result.warnings, *vacuity_warnings(search, self.implications)))
        if options.why is not None:
            result = replace(result, why=self.action_report(options.why, search))
        return result

    def action_report(self, name: str, search: Search) -> ActionReport:
        generated, distinct = search.stats.actions[name]
        labels = [self.program.labels[index] for index in self.program.action_labels]
        span = next((label.span for label in labels if label.name == name), None)
        action = "" if name == UNNAMED_ACTION and span is None else name
        program = Program(self.problem, registers=self.program.registers)
        return ActionReport(name, span, generated, distinct, guards(program, action, search.states))

    def aliased(self, result: CheckResult) -> CheckResult:
        """The result with the aliases of states in its counterexamples."""
        if self.problem.alias is None or result.counterexample is None:
            return result
        alias = Alias(self.program, self.problem.alias.expr)
        shown = {
            id(found): alias.shown(found) for found in (result.counterexample, *map(_behaviour, result.violations))
        }
        violations = [replace(one, counterexample=shown[id(one.counterexample)]) for one in result.violations]
        first = shown[id(result.counterexample)]
        return replace(result, counterexample=first, violations=tuple(violations))

    # --- failures -----------------------------------------------------------------------------------------------------

    def explained(self, failure: Exception) -> SpecError:
        """The located error behind a failure of fast code: what failed is run again in checked code."""
        checked = checked_program(self.program)
        search = self.search
        if search is None:
            return reproduced(failure, self.program, checked, lambda: compile_predicates(checked))
        self.program.registers.in_step = False
        with self.program.registers.searching(search):
            return self._explained(failure, checked, search)

    def _explained(self, failure: Exception, checked: Program, search: Search | RandomBehaviours) -> SpecError:
        state = search.current_state
        if search.pending is None or not search.examining:
            return reproduced(failure, self.program, checked, lambda: self.enumerate_again(checked, state))
        following = search.pending[0]
        error = reproduced(failure, self.program, checked, lambda: self.examine_again(checked, state, following))
        # In TLC whatever fails about an initial state has the code of Init.
        if type(error) is EvaluationError and self.in_property and state is not None:
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
        """The predicates of a state, or of a step, in checked code, in the order in which a search has them."""
        predicates = compile_predicates(checked, self.search.dropped if isinstance(self.search, Search) else ())
        self.in_property = False
        predicates.constraints(following)
        if state is not None:
            predicates.step_constraints(state, following)
        if self.problem.view is not None and isinstance(self.search, Search):
            view = checked.compile_value(self.problem.view.expr)
            for viewed in viewed_states(self.search.identity, following):
                view(viewed)
        self.in_property = True
        predicates.invariants(following)
        if state is None:
            predicates.initial(following)
        else:
            predicates.steps(state, following)

    def failed(self, error: SpecError) -> CheckResult:
        """The result for an error in the spec, with the states that led to it and what was found before."""
        search = self.search
        stats = search.stats if search else Stats()
        verdict = Verdict.ASSERT if isinstance(error, AssertionViolated) else Verdict.ERROR
        shown: Counterexample | None = search.so_far() if search else None
        found = search.violations() if isinstance(search, Search) else ()
        return CheckResult(verdict, stats, self.engine, None, shown, error, tuple(self.warnings), violations=found)


def _behaviour(violation: Violation) -> Counterexample:
    return violation.counterexample
