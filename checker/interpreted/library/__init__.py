"""Operators of the standard and community modules as Python functions of values, one file a family."""

from __future__ import annotations

import inspect
from functools import cache

from ....model.semantics import ir
from ....model.semantics.operators import Operator
from . import bags, files, functions, graphs, numbers, pictures, registers, sequences, sets, tlc
from .files import Files
from .registers import Registers
from .table import Effect, Key, Native, is_ours, key_of
from .tlc import AssertionViolated, check_assert, fails

_FAMILIES = (bags, files, functions, graphs, numbers, pictures, registers, sequences, sets, tlc)
NATIVES: dict[Key, Native] = {key: native for family in _FAMILIES for key, native in family.NATIVES.items()}

_EFFECTS: dict[Key, Effect] = {
    ("TLC", "TLCGet"): Effect.FULL,
    ("TLC", "Assert"): Effect.FULL,
    ("TLCExt", "AssertError"): Effect.FULL,
    ("TLCExt", "PickSuccessor"): Effect.FULL,
}
"""Of the operators that the engine emits in a way of their own."""


def native_of(definition: ir.Definition) -> Native | None:
    """The function that stands for a definition of a module (not of a LET), if there is one: see `table`."""
    native = NATIVES.get(key_of(definition))
    if native is None or not (native.in_tlc or is_ours(definition)):
        return None
    return native if arity_of(native) == len(definition.params) else None


@cache
def arity_of(native: Native) -> int:
    """The number of arguments of the function."""
    function = native.function
    if isinstance(function, str):
        home, _, name = function.rpartition(".")
        function = getattr(Files if home.endswith(".files") else Registers, name)
        return len(inspect.signature(function).parameters) - 1
    return len(inspect.signature(function).parameters)


def effect_of(target: Operator | ir.Definition) -> Effect:
    """How far an operator depends on when it is evaluated, its definition aside."""
    if isinstance(target, ir.Definition):
        native = native_of(target)
        return Effect.NONE if native is None else native.effect
    key = (target.module, target.name)
    native = NATIVES.get(key)
    return _EFFECTS.get(key, Effect.NONE) if native is None else native.effect


__all__ = [
    "NATIVES",
    "AssertionViolated",
    "Effect",
    "Native",
    "Registers",
    "check_assert",
    "effect_of",
    "fails",
    "native_of",
]
