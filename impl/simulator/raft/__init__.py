"""Simulated Raft clusters."""

from .run import Run, simulate
from .scenarios import SCENARIOS, RaftScenario

__all__ = ["SCENARIOS", "RaftScenario", "Run", "simulate"]
