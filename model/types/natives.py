"""Definitions of community modules that TLC evaluates by a program, where their text does not say what that gives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from ..semantics import ir
from ..values.core import domain_of
from .types import BOOL, INT, STR, AnyType, Reason, StructType, Type, map_of

FROM_A_FILE: Final = AnyType(Reason("it is read from a file"))
ANY_KEY: Final = AnyType(Reason("a node of a graph"))


def native_type(definition: ir.Definition) -> Type | None:
    """The type of the value of a definition whose text does not tell; None for all others."""
    rule = _NATIVES.get((definition.module, definition.name.rpartition("!")[2]))
    return None if rule is None else rule()


def _place() -> Type:
    """A point in a picture."""
    return StructType(domain_of(frozenset(("x", "y"))), (INT,), None)


def _places() -> Type:
    return map_of(ANY_KEY, _place())


_NATIVES: Final[dict[tuple[str, str], Callable[[], Type]]] = {
    ("CSV", "CSVRead"): lambda: FROM_A_FILE,
    ("GraphViz", "DotDiGraph"): lambda: STR,
    ("Statistics", "ChiSquare"): lambda: BOOL,
    ("SVG", "SVGElemToString"): lambda: STR,
    ("SVG", "NodeOfRingNetwork"): _place,
    ("SVG", "PointOnLine"): _place,
    ("SVG", "NodesOfDirectedMultiGraph"): _places,
}
