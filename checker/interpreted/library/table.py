"""The table of operators that are Python functions of values: those of the standard modules, and native definitions.

A definition of a module text is its meaning; where this table has its name, the engine calls the function instead. That
is sound for the texts that come along, whose tests compare the two. Of a file of the user's, which may mean anything,
only those operators are replaced that TLC replaces too, whatever the file says (`in_tlc`; tlc2/module, and
tlc2/overrides of the community modules). TLC evaluates all arguments of those that it replaces; of the others, one that
has no value may not be needed (see `builtins.call_of_native`).
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum

from ....model.modules.library import STANDARD_FOLDER
from ....model.semantics import ir
from ....model.structs import Struct
from ....model.values.core import Value

Key = tuple[str | None, str]
"""Module and name, as of a row of the operator table."""


class Effect(IntEnum):
    """How far the value of an operator, or what evaluating it does, depends on when it is evaluated.

    What is read from files or drawn at random is evaluated ONCE where a constant definition without parameters holds
    it, as in TLC; elsewhere each time: a file may have been written just before.
    """

    NONE = 0
    ONCE = 1
    FULL = 2


class Native(Struct, eq=True):
    """`function` takes values, and callables of values for operator parameters; a string names a method of the
    registers of the run. `kind` is that of the value where it is known, as in `expressions.Py`."""

    function: Callable[..., Value] | str
    kind: str | None = None
    in_tlc: bool = True
    effect: Effect = Effect.NONE


def ours(function: Callable[..., Value], kind: str | None = None) -> Native:
    """An operator that TLC evaluates from its definition."""
    return Native(function, kind, in_tlc=False)


def key_of(definition: ir.Definition) -> Key:
    """The module of a definition, and its name without the instances before it."""
    name = definition.name
    return definition.module, name.rpartition("!")[2] if not name.endswith("!") else name


def is_ours(definition: ir.Definition) -> bool:
    """Whether the definition belongs to a text that comes along."""
    span = definition.span
    return span is not None and span.source.path is not None and span.source.path.parent == STANDARD_FOLDER
