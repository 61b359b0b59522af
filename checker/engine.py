"""The Engine protocol: a Problem in, a CheckResult out, progress to an observer on the way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from ..model.problem import Problem
from .result import CheckResult, Stats


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on a search; None is no bound. Reaching one with nothing violated is the verdict `incomplete`."""

    max_states: int | None = None
    max_depth: int | None = None


class Observer(Protocol):
    """Told of the figures now and then while a search runs (at most a few times a second)."""

    def progress(self, stats: Stats) -> None: ...


class Engine(Protocol):
    name: str

    def check(self, problem: Problem, limits: Limits = ..., observer: Observer | None = None) -> CheckResult: ...
