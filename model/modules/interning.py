"""The order of strings in TLC: that in which it first meets them, as names or as strings (util/UniqueString.java).

TLC reads the configuration first, then parses every module and interns each token, then interns the string literals
while it goes through the modules, dependencies first. What is not reproduced here: the names in TLC's own tables and in
the texts of the standard modules, which precede those of a module that happens to use the same words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..source import Source
from .closure import Closure

_TOKEN = re.compile(
    r"""
      (?P<comment> \\\*[^\n]* )
    | (?P<open> \(\* )
    | (?P<string> "(?:[^"\\\n]|\\.)*" )
    | (?P<fairness> (?:WF|SF)_ )
    | (?P<word> [A-Za-z0-9_]+ )
    | (?P<symbol> \\[A-Za-z]+ | [^\sA-Za-z0-9_"()\[\]{},;]+ | [()\[\]{},;] )
    """,
    re.VERBOSE,
)
_COMMENT_EDGE = re.compile(r"\(\*|\*\)")
_ESCAPES = {'\\"': '"', "\\\\": "\\", "\\t": "\t", "\\n": "\n", "\\f": "\f", "\\r": "\r"}


def strings_of(closure: Closure) -> list[str]:
    """Every token and string literal of the modules of a specification, each once, in TLC's order."""
    sources = {name: module.span.source for name, module in closure.modules.items()}
    out: dict[str, None] = {}
    literals: dict[str, list[str]] = {}
    for name, source in sources.items():
        literals[name] = []
        for kind, text in tokens(source):
            if kind == "string":
                literals[name].append(text)
            else:
                out.setdefault(text)
    for name in closure.dependencies_first():
        for text in literals[name]:
            out.setdefault(text)
    return list(out)


def tokens(source: Source) -> Iterator[tuple[str, str]]:
    """The tokens of a text without comments: ("string", its value) or ("token", its spelling)."""
    text = source.text
    position = 0
    while match := _TOKEN.search(text, position):
        position = match.end()
        if match.lastgroup == "open":
            position = _comment_end(text, position)
        elif match.lastgroup == "string":
            yield "string", re.sub(r"\\.", lambda m: _ESCAPES.get(m[0], m[0]), match[0][1:-1])
        elif match.lastgroup != "comment":
            yield "token", match[0]


def _comment_end(text: str, position: int) -> int:
    depth = 1
    while depth:
        edge = _COMMENT_EDGE.search(text, position)
        if edge is None:
            return len(text)
        depth += 1 if edge[0] == "(*" else -1
        position = edge.end()
    return position
