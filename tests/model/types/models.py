"""Small models from texts, and the types inferred for them."""

from __future__ import annotations

from pathlib import Path

from comitia.model.build import build_problem
from comitia.model.config import read_config
from comitia.model.modules.loader import load_module
from comitia.model.problem import Problem
from comitia.model.source import Source
from comitia.model.types import Types, infer_types, show
from comitia.model.values import set_string_order

CONSTANTS = "CONSTANTS Server, Nil, N"
CONFIG = "CONSTANTS Server = {s1, s2, s3}\nNil = Nil\nN = 5\nINIT Init\nNEXT Next\n"


def problem(folder: Path, body: str, config: str = CONFIG) -> Problem:
    """The problem of a module with that body, over three constants."""
    file = folder / "M.tla"
    extends = "EXTENDS Integers, Sequences, FiniteSets, TLC, Bags"
    file.write_text(f"---- MODULE M ----\n{extends}\n{CONSTANTS}\n{body}\n====\n", encoding="utf-8")
    posed = build_problem(load_module(file), read_config(Source("M.cfg", config)))
    set_string_order(posed.strings)
    return posed


def infer(folder: Path, body: str, config: str = CONFIG) -> Types:
    return infer_types(problem(folder, body, config))


def shown(types: Types) -> dict[str, str]:
    """The types of the variables as text."""
    return {variable.name: show(t) for variable, t in types.variables.items()}


def of_step(folder: Path, first: str, following: str, more: str = "") -> str:
    """The type of the one variable of `x = first`, `x' = following`."""
    body = f"VARIABLE x\n{more}\nInit == x = {first}\nNext == x' = {following}"
    return shown(infer(folder, body))["x"]
