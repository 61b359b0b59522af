"""A specification in C++: one translation unit to read, or parts of it that compile side by side."""

from __future__ import annotations

from collections.abc import Sequence

from ...model.structs import Struct

HEADERS = '#include "library.hpp"\n#include "search.hpp"\n'
"""What of the runtime a translation unit uses."""
STATIC = "static "
PART_CHARACTERS = 7_000
"""Of functions: what makes a part of its own worth the while that a compiler takes to begin."""


class Translation(Struct, eq=True):
    """The pieces of a translation unit, in order. Each declaration and function begins with `static`.

    `declarations` are of all functions and variables; those of functions have `);` at the end.
    """

    head: str
    declarations: Sequence[str]
    functions: Sequence[str]
    tail: str

    @property
    def text(self) -> str:
        """All of it as one translation unit."""
        return "\n".join([self.head, *self.declarations, "", *self.functions, self.tail])

    def parts(self, most: int) -> list[str]:
        """At most so many translation units that make the same program, of much the same length."""
        count = max(1, min(most, sum(map(len, self.functions)) // PART_CHARACTERS))
        if count == 1:
            return [self.text]
        shares: list[list[str]] = [[] for _ in range(count)]
        for function in sorted(self.functions, key=len, reverse=True):
            min(shares, key=lambda share: sum(map(len, share))).append(function)
        return [self._part(share, owns_variables=share is shares[0]) for share in shares]

    def _part(self, functions: Sequence[str], *, owns_variables: bool) -> str:
        declared = [
            one.removeprefix(STATIC) if owns_variables or one.endswith(");") else f"extern {one.removeprefix(STATIC)}"
            for one in self.declarations
        ]
        defined = [one.removeprefix(STATIC) for one in functions]
        return "\n".join([self.head, *declared, "", *defined, self.tail if owns_variables else "}", ""])
