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
        self.may_hand_over = options.checkpointing is None

    def check(self, limits: Limits) -> CheckResult:
        result = Run.check(self, limits)
        if self.handover is None or self.handover.compiled is None:
            return result
        from .replay import BeyondEngine

        self.may_hand_over = False
        self.engine = CompiledEngine.name
        self.warnings.clear()
        self.obligations()
        try:
            return self.searched(*self.handover.compiled, limits)
        except BeyondEngine as error:
            self._gone_back(error)
            return Run.check(self, limits)

    def simulate(self, simulation: Simulation) -> CheckResult:
        handover = self.handover = _Handover(self, self.patience_seconds)
        result = Run.simulate(self, simulation)
        if handover.compiled is None:
            return result
        from .replay import BeyondEngine

        self.engine = CompiledEngine.name
        try:
            return self.simulated(*handover.compiled, simulation)
        except BeyondEngine as error:
            self._gone_back(error)
            self.handover = None
            return Run.simulate(self, simulation)

    def is_superseded(self) -> bool:
        return self.handover is not None and self.handover.is_interrupted

    def _gone_back(self, error: BeyondEngine) -> None:
        """What was compiled has met what it cannot do."""
        self.engine = InterpretedEngine.name
        self.warnings.clear()
        self.warnings.append(f"interpreted, since {error.message}")

    def checkpoints(self) -> Checkpoints | None:
        if not self.may_hand_over:
            return super().checkpoints()
        self.handover = _Handover(self, self.patience_seconds)
        return self.handover


class _Handover(Checkpoints):
    """Ends the interpreted search when the compiled one is ready, by way of what ends searches that are interrupted."""

    def __init__(self, run: _AutoRun, patience_seconds: float) -> None:
        self.run = run
        self.warnings: list[str] = []
        self.compiled: tuple[Unit, Path] | None = None
        self._due = time.monotonic() + patience_seconds
        self._unit: Unit | None = None
        self._builder: Thread | None = None
        self._executable: Path | None = None
        self._failure: Exception | None = None

    @property
    def is_interrupted(self) -> bool:
        if self._builder is not None:
            return self._is_built(self._builder)
        if time.monotonic() >= self._due:
            self._due = float("inf")
            self._start()
        return False

    def is_due(self, now: float) -> bool:
        return False

    def save(self, search: Search, *, is_last: bool = False) -> None:
        """What was interpreted is not taken over."""

    def restore(self, search: Search) -> bool:
        self.run.keep_hits()
        return False

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
            self._unit = self.run.unit()
            translation = self._unit.translation()
        except (Declined, build.CompilerMissing) as reason:
            span = reason.span if isinstance(reason, Declined) else None
            place = "" if span is None else f" ({span.place})"
            self.run.warnings.append(f"interpreted, which is slower: {reason}{place}")
            return

        def compile_text() -> None:
            try:
                self._executable = build.build(translation, compiler)
            except (build.CompilationFailed, OSError) as failure:
                self._failure = failure

        self._builder = Thread(target=compile_text, daemon=True)
        self._builder.start()

    def _is_built(self, builder: Thread) -> bool:
        if builder.is_alive():
            return False
        self._builder = None
        if self._failure is not None:
            first_line = str(self._failure).partition("\n")[0]
            self.run.warnings.append(f"interpreted, since the C++ compiler failed: {first_line}")
            return False
        assert self._unit is not None and self._executable is not None
        self.compiled = self._unit, self._executable
        return True
