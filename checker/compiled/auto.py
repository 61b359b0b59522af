"""The engine that is fastest for the search at hand: interpreted at once, compiled meanwhile where that takes long.

The interpreter begins. A search that it has not ended after a moment is translated and compiled while it goes on;
when the compiled search is ready, it begins anew and the interpreter stops. Where nothing can be compiled the
interpreter goes on to the end, and a warning says why.
"""

from __future__ import annotations

import time
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from ...model.problem import Problem
from ...model.structs import replace
from ..engine import Limits, Observer, Options, Simulation
from ..interpreted.engine import InterpretedEngine, Run, concluded
from ..interpreted.search import Checkpoints, Search
from ..result import CheckResult
from .emit_foreign import Dependence
from .engine import CompiledEngine, CompiledRun

if TYPE_CHECKING:
    from .replay import BeyondEngine
    from .translation import Translation
    from .unit import Unit

PATIENCE_SECONDS = 1.0
"""How long the interpreter searches before anything is compiled: most models are small."""


class AutoEngine:
    """Interpreted or compiled, whichever is first to the verdict."""

    name = "auto"

    def __init__(self, workers: int = 1, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self.workers = workers
        self.patience_seconds = patience_seconds

    def check(
        self,
        problem: Problem,
        limits: Limits = Limits(),  # noqa: B008
        observer: Observer | None = None,
        options: Options = Options(),  # noqa: B008
    ) -> CheckResult:
        """Check assumptions, then the behaviours. Errors in the spec are in the result, not raised."""
        run = _AutoRun(problem, observer, options, self.workers, self.patience_seconds)
        return concluded(run, lambda run: run.check(limits))

    def simulate(self, problem: Problem, simulation: Simulation, observer: Observer | None = None) -> CheckResult:
        """Check random behaviours: the same in either engine."""
        run = _AutoRun(problem, observer, Options(vacuity=False), self.workers, self.patience_seconds)
        return replace(concluded(run, lambda run: run.simulate(simulation)), seed=simulation.seed)


class _AutoRun(CompiledRun):
    """One check."""

    def __init__(
        self, problem: Problem, observer: Observer | None, options: Options, workers: int, patience_seconds: float
    ) -> None:
        super().__init__(problem, observer, options, workers)
        self.patience_seconds = patience_seconds
        self.engine = InterpretedEngine.name
        self.handover: _Handover | None = None
        self.may_hand_over = True

    def check(self, limits: Limits) -> CheckResult:
        if not self._goes_on_compiled():
            result = Run.check(self, limits)
            if self.handover is None or self.handover.compiled is None:
                return result
        from .replay import BeyondEngine

        self.may_hand_over = False
        self.engine = CompiledEngine.name
        try:
            if self.handover is None or self.handover.compiled is None:
                return CompiledRun.check(self, limits)
            self.warnings.clear()
            self.obligations()
            self.begin_anew()
            self.restore()
            return self.searched(*self.handover.compiled, limits)
        except BeyondEngine as error:
            self._gone_back(error)
            self.begin_anew()
            return Run.check(self, limits)

    def _goes_on_compiled(self) -> bool:
        """Whether there is a checkpoint of the compiled engine to go on from."""
        if self.checkpointing is None or self.checkpointing.resume is None:
            return False
        from .checkpoint import ENGINE, writer_of

        return writer_of(self.checkpointing.resume) == ENGINE

    def simulate(self, simulation: Simulation) -> CheckResult:
        handover = self.handover = _Handover(self, self.patience_seconds)
        result = Run.simulate(self, simulation)
        if handover.compiled is None:
            return result
        from .replay import BeyondEngine

        self.engine = CompiledEngine.name
        try:
            unit, _, executable = handover.compiled
            return self.simulated(unit, executable, simulation)
        except BeyondEngine as error:
            self._gone_back(error)
            self.handover = None
            return Run.simulate(self, simulation)

    def is_superseded(self) -> bool:
        return self.handover is not None and self.handover.is_interrupted

    def _gone_back(self, error: BeyondEngine) -> None:
        """What was compiled has met what it cannot do: all is evaluated again."""
        self.engine = InterpretedEngine.name
        if self.program.coverage is not None:
            self.program.coverage.hits[:] = [0] * len(self.program.coverage.hits)
        self.warnings.clear()
        self.warnings.append(f"interpreted, since {error.message}")

    def checkpoints(self) -> Checkpoints | None:
        kept = super().checkpoints()
        if not self.may_hand_over:
            return kept
        self.handover = _Handover(self, self.patience_seconds, kept)
        return self.handover


class _Handover(Checkpoints):
    """Ends the interpreted search when the compiled one is ready, by way of what ends searches that are interrupted.

    `kept` is the checkpoint of the interpreted search.
    """

    def __init__(self, run: _AutoRun, patience_seconds: float, kept: Checkpoints | None = None) -> None:
        self.run = run
        self.kept = kept
        self.warnings: list[str] = [] if kept is None else kept.warnings
        self.compiled: tuple[Unit, Translation, Path] | None = None
        self._due = time.monotonic() + patience_seconds
        self._translated: tuple[Unit, Translation] | None = None
        self._builder: Thread | None = None
        self._executable: Path | None = None
        self._failure: Exception | None = None

    @property
    def is_interrupted(self) -> bool:
        if self.kept is not None and self.kept.is_interrupted:
            return True
        if self._builder is not None:
            return self._is_built(self._builder)
        if time.monotonic() >= self._due:
            self._due = float("inf")
            self._start()
        return False

    def is_due(self, now: float) -> bool:
        return self.kept is not None and self.kept.is_due(now)

    def save(self, search: Search, *, is_last: bool = False) -> None:
        """What was interpreted is not taken over."""
        if self.kept is not None and self.compiled is None:
            self.kept.save(search, is_last=is_last)

    def restore(self, search: Search) -> bool:
        self.run.keep_hits()
        return self.kept is not None and self.kept.restore(search)

    def _start(self) -> None:
        """Translate, here and now, and start to compile."""
        from . import build
        from .unit import Declined

        try:
            beyond = self.run.beyond_state()
            if beyond.dependence is Dependence.ORDER:
                what = f"`{beyond.name}` depends on what was evaluated before, and a search is not begun anew with it"
                raise Declined(what, beyond.span)
            compiler = build.find_compiler()
            unit = self.run.unit()
            translation = unit.translation()
        except (Declined, build.CompilerMissing) as reason:
            span = reason.span if isinstance(reason, Declined) else None
            place = "" if span is None else f" ({span.place})"
            self.run.warnings.append(f"interpreted, which is slower: {reason}{place}")
            return
        self._translated = unit, translation

        def compile_text() -> None:
            try:
                self._executable = build.build(translation, compiler)
            except (build.CompilationFailed, OSError) as failure:
                self._failure = failure

        self._builder = Thread(target=compile_text, daemon=True)
        self._builder.start()

    def _is_built(self, builder: Thread) -> bool:
        from . import build

        if builder.is_alive():
            return False
        self._builder = None
        if self._failure is not None:
            told = build.told_in_a_line(self._failure)
            self.run.warnings.append(f"interpreted, since the C++ compiler failed: {told}")
            return False
        assert self._translated is not None and self._executable is not None
        self.compiled = (*self._translated, self._executable)
        return True
