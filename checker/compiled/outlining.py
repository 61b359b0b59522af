"""Long paths of Init and Next as functions of their own, of the names that they read.

A function as long as Next takes a compiler more time than its parts do, and parts can be compiled side by side.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ...model.structs import Struct
from .layouts import MOST_WORDS
from .writer import DECLARED, Line

SHORTEST_LINES = 25
"""What has fewer lines stays where it is."""
UNREAD = re.compile(r'/\*.*?\*/|"(?:[^"\\]|\\.)*"|(?:\.|->)\s*\w+')
"""Comments, strings and members: what is in them is no name."""
NAME = re.compile(r"[A-Za-z_]\w*")
LOCAL = re.compile(r"\w+_\d+")
"""What `Unit.fresh` makes: names of values and functions."""
PASSED = frozenset({"V", "i64", "u64", "u32", "bool", "const V*", "V*", "Op*", "Thunk*"}) | {
    f"Bits<{words}>" for words in range(2, MOST_WORDS + 1)
}
"""Types of which a copy is as good: what is assigned to later is a slot of a value that may be evaluated again."""


class Outlined(Struct, eq=True):
    """The parameters of a function of its own, and the arguments it is called with."""

    parameters: str
    arguments: str


def outlined(lines: Sequence[Line], known: dict[str, str]) -> Outlined | None:
    """How to write the lines as a function of their own; None where that is not worth it, or cannot be done.

    `known`: the types of the names that may be declared around them.
    """
    if len(lines) < SHORTEST_LINES:
        return None
    read: dict[str, str] = {}
    declared: list[tuple[str, int]] = []  # with the depth of the block that each is declared in
    for line in lines:
        text = UNREAD.sub("", line.text)
        while declared and declared[-1][1] > line.indent:
            declared.pop()
        declared += sorted(_declared(text, line.indent), key=lambda found: found[1])
        inner = {name for name, _ in declared}
        for match in NAME.finditer(text):
            name = match[0]
            if name in inner:
                continue
            if name in known:
                read[name] = known[name]
            elif LOCAL.fullmatch(name) and not text.startswith("(", match.end()):
                return None  # a name of unknown type
    if not PASSED.issuperset(read.values()):
        return None
    return Outlined(", ".join(f"{type_} {name}" for name, type_ in read.items()), ", ".join(read))


def _declared(text: str, indent: int) -> Iterator[tuple[str, int]]:
    """The names that a line declares, with the depth of their block: what is in parentheses belongs to the block that
    the line opens, as parameters and what a loop runs over do."""
    for match in DECLARED.finditer(text):
        before = text[: match.start()]
        yield match[2], indent + (before.count("(") > before.count(")"))
