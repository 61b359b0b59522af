"""Deterministic simulation of clusters: one seed decides everything, and every run leaves a trace.

The parts that all protocols share are here; `raft` and `pbft` have the clusters.
"""

from .scenarios import LinkConditions, Scenario
from .violations import Finding, OracleViolation

__all__ = ["Finding", "LinkConditions", "OracleViolation", "Scenario"]
