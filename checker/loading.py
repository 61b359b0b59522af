"""From files to a Problem: the module, its configuration, and what the two together ask of a checker."""

from __future__ import annotations

from ..model.build import build_problem
from ..model.collecting import uncollected
from ..model.config import read_config
from ..model.modules.library import read
from ..model.modules.loader import load_module
from ..model.problem import Problem
from .catalog import Target


def load_problem(target: Target) -> Problem:
    """Read the module and the configuration of a target. Raises SpecError where either is wrong."""
    with uncollected():
        module = load_module(target.module)
        config = read(target.config)
        problem = build_problem(module, read_config(config))
    problem.sources = [*module.sources, config]
    if not target.check_deadlock:
        problem.check_deadlock = False
    return problem
