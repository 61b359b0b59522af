"""C++ text of the value of an expression, and what it is held as."""

from __future__ import annotations

from typing import NamedTuple

from ..interpreted.bindings import Atom
from ..interpreted.bindings import Py as Bound
from .emit_bits import mask_type
from .layouts import Layout, Mask, Values


class Cpp(NamedTuple):
    """C++ text of a value. `kind`: int (an i64), bool (a bool); a layout (the code of a value, a u64 or Bits); set,
    str, seq (sequence or string) or None (a V).

    `simple`: the text may be repeated at no cost.
    """

    text: str
    kind: str | Layout | None = None
    simple: bool = False

    @property
    def type(self) -> str:
        if isinstance(self.kind, Layout):
            return mask_type(self.kind.element) if isinstance(self.kind, Mask) else "u64"
        return {"int": "i64", "bool": "bool"}.get(self.kind or "", "V")

    @property
    def boxed(self) -> str:
        """The text as a V."""
        if self.kind == "int":
            return f"integer({self.text})"
        if self.kind == "bool":
            return f"boolean({self.text})"
        if isinstance(self.kind, Values):
            return f"{self.kind.name}.values[{self.text}]"
        if isinstance(self.kind, Layout):
            return f"unpacked({self.kind.name}, {self.text})"
        return self.text


def equality(left: Cpp, right: Cpp) -> str:
    """`left = right`. Kinds that TLC does not compare are an error."""
    if isinstance(left.kind, Layout) and left.kind is right.kind and left.kind.compares:
        return f"({left.text} == {right.text})"
    if {left.kind, right.kind} == {"int", "bool"} or isinstance(left.kind, Layout) or isinstance(right.kind, Layout):
        return f"equal({left.boxed}, {right.boxed})"
    return f"equal({left.text}, {right.text})"


def atom(cpp: Cpp) -> Atom:
    """A name bound to a value that exists."""
    return Atom(Bound(*cpp))
