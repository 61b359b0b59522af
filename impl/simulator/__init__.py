"""Deterministic simulation of a cluster: one seed decides everything, and every run leaves a trace."""

from .oracles import OracleViolation
from .run import Run, simulate
from .scenarios import SCENARIOS, LinkConditions, Scenario

__all__ = ["SCENARIOS", "LinkConditions", "OracleViolation", "Run", "Scenario", "simulate"]
