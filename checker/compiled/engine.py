"""The compiled engine: a Problem to a CheckResult, by compiling it to C++ and running what comes of it.

What does so is loaded where it is needed: most searches that `auto` begins are over before.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from ...model.diagnostics import InputError, UnsupportedModelError
from ...model.problem import Problem
from ...model.structs import Struct, replace
from ..engine import Limits, Observer, Options, Simulation
from ..interpreted.engine import Run, concluded
from ..interpreted.failures import prepared_interpreter
from ..interpreted.predicates import Predicates, compile_predicates
from ..interpreted.recording import state_graph
from ..interpreted.reduction import Exact
from ..interpreted.runtime import EVALUATION_FAILURES
from ..interpreted.search import UNNAMED_ACTION, Search
from ..interpreted.simulation import nothing_to_simulate
from ..result import CheckResult, Fingerprints, StateGraph, Stats, Verdict, Violation
from .emit_foreign import Beyond, Dependence, furthest

if TYPE_CHECKING:
    from ..interpreted.behaviours import Behaviours
    from ..liveness.plan import Obligation
    from . import process
    from .checkpoint import Checkpoints
    from .foreign import Foreign
    from .layouts import Layouts
    from .translation import Translation
    from .unit import Unit


def _not_compiled(*_states: object) -> int:
    raise AssertionError("predicates of a compiled search are not evaluated here")


NOT_COMPILED = Predicates(*[_not_compiled] * 5)
EXACT = "exact"
WORD_BITS = 64
VERDICTS = {"pass": Verdict.PASS, "incomplete": Verdict.INCOMPLETE}


class CompiledEngine:
    """As fast as it gets, on as many workers as asked for; takes a compiler, and a while to compile."""

    name = "compiled"

    def __init__(self, workers: int = 1) -> None:
        self.workers = workers

    def check(
        self,
        problem: Problem,
        limits: Limits = Limits(),  # noqa: B008
        observer: Observer | None = None,
        options: Options = Options(),  # noqa: B008
    ) -> CheckResult:
        """Check assumptions, then the behaviours. Errors in the spec are in the result, not raised.

        Raises UnsupportedModelError for a problem that this engine declines, InputError where there is no compiler.
        """
        run = CompiledRun(problem, observer, options, self.workers)
        return concluded(run, lambda run: run.check(limits))

    def simulate(self, problem: Problem, simulation: Simulation, observer: Observer | None = None) -> CheckResult:
        """Check assumptions, then random behaviours, the same that the interpreter has for the same seed."""
        run = CompiledRun(problem, observer, Options(vacuity=False), self.workers)
        return replace(concluded(run, lambda run: run.simulate(simulation)), seed=simulation.seed)


def translation(problem: Problem, options: Options) -> str:
    """The C++ of a problem. Raises SpecError, and UnsupportedModelError where this engine declines it."""
    if problem.init is None or problem.next is None:
        raise UnsupportedModelError("a model without behaviours has no C++: only its assumptions are checked")
    with prepared_interpreter():
        return CompiledRun(problem, None, options, 1).translated()[1].text


class Ended(Struct, frozen=False):
    """A compiled search that is over, as TLCGet asks about it (`registers.Run`)."""

    stats: Stats
    initial_count: int
    examining: bool = False
    is_filling: bool = False

    @property
    def level(self) -> int:
        return self.stats.depth

    @property
    def waiting(self) -> int:
        return self.stats.queue

    def so_far(self) -> None:
        return None


class CompiledRun(Run):
    """One check."""

    engine = CompiledEngine.name

    def __init__(self, problem: Problem, observer: Observer | None, options: Options, workers: int) -> None:
        super().__init__(problem, observer, options)
        self.workers = workers
        self.packs = True
        """Whether components of finite type are held as codes."""
        self.hits_before: list[int] = []
        """What was covered before the search began: assumptions, and constants."""
        self.saved: Checkpoints | None = None

    def keep_hits(self) -> None:
        """To be called before a search begins."""
        if self.program.coverage is not None:
            self.hits_before = list(self.program.coverage.hits)

    def check(self, limits: Limits) -> CheckResult:
        violated = self.preliminaries()
        if violated is not None:
            return violated
        self.obligations()
        if self.problem.init is None or self.problem.next is None:
            return self.with_postcondition(CheckResult(Verdict.PASS, Stats(), self.engine))
        self.restore()
        unit, translation = self.translated()
        self.keep_hits()
        return self.searched(unit, translation, self.built(translation), limits)

    @property
    def records_graph(self) -> bool:
        return bool(self.plan()) or self.takes_over

    @property
    def takes_over(self) -> bool:
        """Whether all states that a search has found become those of the interpreter."""
        return self.options.record_graph or self.options.why is not None

    def restore(self) -> None:
        """Prepare to write checkpoints, and to go on from one, where that is asked for. Raises InputError."""
        if self.checkpointing is None:
            return
        from .checkpoint import Checkpoints

        self.saved = Checkpoints(self.checkpointing, self.problem, self.options, records_graph=self.records_graph)
        packs = self.saved.restore()
        self.packs = self.packs if packs is None else packs

    def unit(self) -> Unit:
        """The problem as a translation unit to be. Raises Declined."""
        from .unit import Unit

        beyond = self.beyond_state()
        if beyond.dependence is Dependence.ORDER:
            self._prepare_order()
        group = self.group()
        layouts = self._layouts(beyond.dependence, bool(group))
        coverage = self.program.coverage
        return Unit(self.program, group, coverage, self.plan(), layouts=layouts, dependence=beyond.dependence)

    def beyond_state(self) -> Beyond:
        """The place that looks furthest beyond the state."""
        return furthest(self.program)

    def _prepare_order(self) -> None:
        """What is drawn at random for constants is drawn in the order of the interpreter."""
        program, problem = self.program, self.problem
        assert problem.init is not None and problem.next is not None
        try:
            self.identity()
            compile_predicates(program)
            program.compile_init(problem.init)
            program.compile_next(problem.next)
        except EVALUATION_FAILURES as failure:
            raise self.explained(failure) from failure

    def _layouts(self, dependence: Dependence, is_symmetric: bool) -> Layouts | None:
        """How components of states are held; None for values alone.

        Under symmetry components have to be permuted. Where all evaluations are counted, or depend on each other, each
        is made as by the interpreter, which has no codes and shares what is evaluated in other blocks.
        """
        coverage = self.program.coverage
        counts_all = dependence is Dependence.ORDER or (coverage is not None and coverage.everything)
        if not self.packs or is_symmetric or counts_all:
            return None
        from .layouts import model_layouts

        return model_layouts(self.problem, self.program.constant_value)

    def translated(self) -> tuple[Unit, Translation]:
        """The problem in C++. Raises UnsupportedModelError where this engine declines it."""
        from .unit import Declined

        try:
            unit = self.unit()
            return unit, unit.translation()
        except Declined as declined:
            hint = "`--engine interpreted` does it"
            raise UnsupportedModelError(str(declined), declined.span, hint=hint) from declined

    def built(self, translation: Translation) -> Path:
        """The executable of a translated problem."""
        from . import build, process

        try:
            return build.build(translation)
        except build.CompilerMissing as missing:
            raise InputError(str(missing)) from missing
        except (build.CompilationFailed, OSError) as failure:
            if self.checkpointing is not None and self.checkpointing.interruption.is_requested:
                raise KeyboardInterrupt from failure  # it came to the compiler as well
            raise process.SearchFailed(
                f"the specification could not be compiled: {build.told_in_a_line(failure)}", hint=process.HINT
            ) from failure

    def searched(self, unit: Unit, translation: Translation, executable: Path, limits: Limits) -> CheckResult:
        """The result of the search by an executable."""
        from . import process

        try:
            return self._searched(unit, translation, executable, limits)
        except process.Misfit:
            self.begin_anew()
            self.restore()
            return self._searched(*self._without_layouts(), limits)

    def _without_layouts(self) -> tuple[Unit, Translation, Path]:
        """The problem compiled for values that its layouts have no codes for."""
        assert self.packs, "a value did not fit where there are no layouts"
        self.packs = False
        unit, translation = self.translated()
        return unit, translation, self.built(translation)

    def _searched(self, unit: Unit, translation: Translation, executable: Path, limits: Limits) -> CheckResult:
        from . import process

        started = time.monotonic()
        # Nothing is compiled to Python unless there is something to be explained.
        search = self.search = Search(self.program, limits, self.observer, Exact(), NOT_COMPILED, started=started)

        def progress(generated: int, distinct: int, depth: int, queue: int) -> None:
            search.stats = Stats(generated, distinct, depth, queue, time.monotonic() - started + running.seconds_before)
            if self.observer is not None:
                self.observer.progress(search.stats)

        obligations, options = self.plan(), self.options
        foreign = self._foreign(unit)
        with process.SearchProcess(
            executable,
            self._workers(unit),
            limits,
            self.problem.check_deadlock,
            records_graph=self.records_graph,
            keeps_going=options.keep_going,
            is_exiting=self.program.registers.is_exiting,
            fingerprint=options.fingerprint,
            queue_megabytes=options.queue_megabytes,
            answering=foreign.answer if unit.sites else None,
            saving=None if self.saved is None else self.saved.saving(unit, translation, packs=self.packs),
        ) as running:
            with self.program.registers.searching(foreign):
                answer = running.answer(progress)
            search.started -= running.seconds_before
            search.stats = self._stats(unit, answer, time.monotonic() - search.started)
            search.is_complete = answer.verdict == "pass"
            violations = self._replayed(search, answer, unit, foreign)
            self.program.registers.run = Ended(search.stats, answer.initial)
            self._note_saved(running.not_saved, is_last=answer.verdict == "incomplete")
            self._take_hits(unit, answer.hits)
            if obligations and (options.keep_going or not violations):
                violations += self._temporal_violations(search, obligations, unit, running)
                self._take_hits(unit, running.hits())
            graph = self._taken_over(search, unit, running) if self.takes_over else None
        verdict = violations[0].verdict if violations else VERDICTS[answer.verdict]
        result = self.result(verdict, search.stats, violations)
        return self.with_coverage(replace(result, graph=graph if options.record_graph else None), search)

    def _workers(self, unit: Unit) -> int:
        return 1 if unit.is_ordered else self.workers

    def _foreign(self, unit: Unit, *, is_simulation: bool = False) -> Foreign:
        from .foreign import Foreign

        return Foreign(self.program, unit, self._labels(unit), is_simulation=is_simulation)

    def _note_saved(self, not_saved: Sequence[str], *, is_last: bool) -> None:
        """A checkpoint that was not written is an error where the search ended with it, and else a warning."""
        if self.saved is None:
            return
        failures = [self.saved.failure(reason) for reason in not_saved if reason]
        if is_last and not_saved and not_saved[-1]:
            raise failures[-1]
        self.warnings.extend(failure.message for failure in failures)

    def _temporal_violations(
        self, search: Search, obligations: Sequence[Obligation], unit: Unit, running: process.SearchProcess
    ) -> tuple[Violation, ...]:
        from .behaviours import CompiledSearch, RecordedGraph
        from .fairness import FairnessQuestions

        if unit.dependence is not Dependence.STATE:
            behaviours = cache(lambda: self._behaviours_taken_over(search, unit, running))
            return self.temporal_violations(search, obligations, lambda _: behaviours())
        # Where all evaluations are counted, they are those of the interpreter.
        fairness = None if unit.counts_all else FairnessQuestions(running, self.program, unit.questions)
        recorded = RecordedGraph(running, self.program)
        steps = search.stats.generated
        compiled = CompiledSearch(recorded, self._labels(unit), unit.questions, fairness, steps)
        return self.temporal_violations(search, obligations, compiled.behaviours_for)

    def _behaviours_taken_over(self, search: Search, unit: Unit, running: process.SearchProcess) -> Behaviours:
        """Those of a search of which no step can be looked at again without what it depends on."""
        from .behaviours import add_found, take_over

        found = list(search.states), list(search.parents), list(search.labels)
        keeps_states = not isinstance(self.identity(), Exact)
        recording = take_over(running, search, self._labels(unit), keeps_states=keeps_states)
        behaviours = self.recorded(search, recording)
        add_found(search, *found)
        return behaviours

    def _taken_over(self, search: Search, unit: Unit, running: process.SearchProcess) -> StateGraph:
        from .behaviours import take_over

        return state_graph(search, take_over(running, search, self._labels(unit)))

    def _labels(self, unit: Unit) -> list[int]:
        """The labels of the program, by the number that the search has for them."""
        return [self.program.labels.index(label) for label in unit.labels]

    def simulate(self, simulation: Simulation) -> CheckResult:
        violated = self.before_simulation()
        if violated is not None:
            return violated
        unit, translation = self.translated()
        return self.simulated(unit, self.built(translation), simulation)

    def simulated(self, unit: Unit, executable: Path, simulation: Simulation) -> CheckResult:
        """The result of random behaviours by an executable."""
        from . import process

        try:
            return self._simulated(unit, executable, simulation)
        except process.Misfit:
            unit, _, executable = self._without_layouts()
            return self._simulated(unit, executable, simulation)

    def _simulated(self, unit: Unit, executable: Path, simulation: Simulation) -> CheckResult:
        from . import process

        started = time.monotonic()
        search = self.search = Search(self.program, Limits(), self.observer, Exact(), NOT_COMPILED, started=started)
        total = Stats(behaviours=0)
        answer: process.Answer | None = None
        registers, foreign = self.program.registers, self._foreign(unit, is_simulation=True)
        registers.random.seed(simulation.seed)
        while answer is None or (answer.verdict == "incomplete" and _begun(total) < simulation.behaviours):
            if registers.is_exiting and answer is not None:
                break
            search.stats = total

            def progress(generated: int, begun: int, longest: int, _queue: int, before: Stats = total) -> None:
                search.stats = _added(before, generated, begun, longest, time.monotonic() - started)
                if self.observer is not None:
                    self.observer.progress(search.stats)

            first, deadlock = _begun(total), self.problem.check_deadlock
            answering = foreign.answer if unit.sites else None
            with registers.searching(foreign):
                answer = process.simulate(
                    executable,
                    self._workers(unit),
                    first,
                    simulation,
                    deadlock,
                    progress,
                    answering,
                    is_exiting=registers.is_exiting,
                )
            seconds = time.monotonic() - started
            total = search.stats = _added(total, answer.generated, answer.behaviours, answer.depth, seconds)
        if answer.verdict == "nothing":
            raise nothing_to_simulate(self.problem)
        violations = self._replayed(search, answer, unit, foreign)
        registers.run = Ended(total, 0)
        return self.result(violations[0].verdict if violations else Verdict.INCOMPLETE, total, violations)

    def _replayed(self, search: Search, answer: process.Answer, unit: Unit, foreign: Foreign) -> tuple[Violation, ...]:
        if answer.found is None and not answer.violations:
            return ()
        from .foreign import NO_VALUE
        from .replay import Retraced, replay

        try:
            search.identity, search.predicates = self.identity(), compile_predicates(self.program)
            failure = foreign.failure if answer.what == NO_VALUE else None
            retraced = Retraced(foreign.labels, failure) if unit.is_ordered else None
            replay(search, answer, retraced)
        except EVALUATION_FAILURES as failure:
            raise self.explained(failure) from failure
        return search.violations()

    def _take_hits(self, unit: Unit, hits: Sequence[int]) -> None:
        if self.program.coverage is not None:
            known, before = self.program.coverage.hits, self.hits_before
            known[:] = [*before, *[0] * (len(known) - len(before))]
            for index, place in unit.points.items():
                known[2 * index] += hits[2 * place]
                known[2 * index + 1] += hits[2 * place + 1]

    def _stats(self, unit: Unit, answer: process.Answer, seconds: float) -> Stats:
        stats = Stats(answer.generated, answer.distinct, answer.depth, answer.queue, seconds)
        stats.fingerprints = fingerprints(answer, self.options.fingerprint)
        for index in self.program.action_labels:
            label = self.program.labels[index]
            generated, distinct = answer.actions[unit.labels.index(label)]
            name = label.name or UNNAMED_ACTION
            before = stats.actions.get(name, (0, 0))
            stats.actions[name] = (before[0] + generated, before[1] + distinct)
        return stats


def fingerprints(answer: process.Answer, kind: str) -> Fingerprints:
    """What the report says of the table of states."""
    if kind == EXACT:
        return Fingerprints(None, answer.table_bytes, 0.0, 0.0)
    bits = int(kind)
    repeated = answer.generated - answer.distinct
    observed = 1 / answer.least_distance if bits == WORD_BITS else None
    return Fingerprints(bits, answer.table_bytes, answer.distinct * repeated / 2.0**bits, observed)


def _begun(stats: Stats) -> int:
    assert stats.behaviours is not None
    return stats.behaviours


def _added(stats: Stats, generated: int, begun: int, longest: int, seconds: float) -> Stats:
    """The figures of a simulation, with those of further behaviours."""
    return Stats(
        stats.generated + generated,
        depth=max(stats.depth, longest),
        seconds=seconds,
        behaviours=_begun(stats) + begun,
    )
