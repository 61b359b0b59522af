"""From files to a Problem: the module, its configuration, and what the two together ask of a checker."""

from __future__ import annotations

from ..model.config import read_config
from ..model.diagnostics import InputError
from ..model.problem import Problem
from ..model.source import Source
from .catalog import Target
