"""The Engine protocol: a Problem in, a CheckResult out, progress to an observer on the way."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from ..model.problem import Problem
from ..model.structs import Struct, field
from .result import CheckResult, Stats


class Limits(Struct, eq=True):
    """Bounds on a search; None is no bound. Reaching one with nothing violated is the verdict `incomplete`."""

    max_states: int | None = None
    max_depth: int | None = None


class Interruption(Struct, frozen=False):
    """Set, from a signal handler, where a search is to stop after the state at hand."""

    is_requested: bool = False


class Checkpointing(Struct, eq=True):
    """Where a search writes what it has found so far, and how often; `resume`: where it goes on from."""

    folder: Path
    minutes: float = 10.0
    resume: Path | None = None
    interruption: Interruption = field(default_factory=Interruption)


FINGERPRINTS = ("64", "128", "exact")
"""By so many bits, or by all that they are."""


class Options(Struct, eq=True):
    """What a search does beside looking for a first violation.

    keep_going: go on after a violated invariant or action property, and report each once.
    vacuity: warn, where nothing is violated, of what was never enabled, true or evaluated.
    coverage: count how often each conjunct and branch was evaluated, and was true.
    why: the name of an action whose guards are evaluated, each on its own, in all states that were found.
    record_graph: keep the steps between states.
    fingerprint: how the compiled engine tells states apart, one of FINGERPRINTS.
    queue_megabytes: how much memory the states waiting on the queue of the compiled engine may take, before they go to
        files; None is a quarter of the machine's.
    """

    keep_going: bool = False
    vacuity: bool = True
    coverage: bool = False
    why: str | None = None
    record_graph: bool = False
    checkpointing: Checkpointing | None = None
    fingerprint: str = "64"
    queue_megabytes: float | None = None


class Simulation(Struct, eq=True):
    """Random behaviours: how many, of how many steps at most, and the seed of all choices."""

    behaviours: int
    depth: int
    seed: int


class Observer(Protocol):
    """Told of the figures now and then while a search runs (at most a few times a second)."""

    def progress(self, stats: Stats) -> None: ...


class Engine(Protocol):
    name: str

    def check(
        self, problem: Problem, limits: Limits = ..., observer: Observer | None = None, options: Options = ...
    ) -> CheckResult: ...

    def simulate(self, problem: Problem, simulation: Simulation, observer: Observer | None = None) -> CheckResult: ...
