"""Simulated PBFT clusters, some of whose members attack the others."""

from .run import Run, simulate
from .scenarios import ATTACKS, Attack, PbftScenario

__all__ = ["ATTACKS", "Attack", "PbftScenario", "Run", "simulate"]
