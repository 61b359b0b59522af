"""The order of strings in TLC: that in which it first meets them, as names or as strings (util/UniqueString.java).

TLC reads the configuration first, then parses every module and interns each token, then interns the string literals
while it goes through the trees of the modules, dependencies first. What is not reproduced here: the operator symbols of
TLC's own tables, which come before all tokens.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..syntax import tree
from .closure import Closure

WORDS: dict[str, str] = {
    "Naturals": "MODULE Naturals Nat a b CHOOSE n TRUE",
    "Integers": "MODULE Integers EXTENDS Naturals Int a 0",
    "Reals": "MODULE Reals EXTENDS Integers Real a b CHOOSE m Infinity i r",
    "Sequences": "MODULE Sequences LOCAL INSTANCE Naturals Seq S UNION 1 n Nat Len s CHOOSE DOMAIN t i IF THEN ELSE "
    "Append e Head Tail CASE SubSeq m SelectSeq Test _ LET F 0 IN",
    "FiniteSets": "MODULE FiniteSets LOCAL INSTANCE Naturals Sequences IsFiniteSet S seq Seq s n 1 Len Cardinality LET "
    "CS T SUBSET IF THEN 0 ELSE CHOOSE x IN",
    "TLC": "MODULE TLC LOCAL INSTANCE Naturals Sequences FiniteSets Print out val PrintT TRUE Assert IF THEN ELSE "
    "CHOOSE v JavaTime n Nat TLCGet i TLCSet d e x f g DOMAIN Permutations S w SortSeq s Op _ LET Perm p 1 Len j IN "
    "RandomElement Any ToString a b STRING TLCEval",
    "Bags": "MODULE Bags EXTENDS TLC LOCAL INSTANCE Naturals IsABag B DOMAIN n Nat 0 BagToSet SetToBag S e 1 BagIn "
    "EmptyBag B1 B2 IF THEN ELSE LET IN d Sum f DSum SUBSET elt CHOOSE TRUE BagUnion UNION SubBag RemoveFromDom x y "
    "Combine BagSet i Biggest Range r s RSB BB BagOfAll F _ BagCardinality CopiesIn",
    "Randomization": "MODULE Randomization LOCAL INSTANCE Naturals FiniteSets RandomSubset k S CHOOSE T SUBSET "
    "Cardinality RandomSetOfSubsets n TestRandomSetOfSubsets i",
}
"""The words that TLC interns when it reads a standard module, in order."""

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
    out: dict[str, None] = {}
    literals: dict[str, dict[str, None]] = {}
    for name in closure.names:
        module = closure.modules.get(name)
        if module is None:
            out.update(dict.fromkeys(WORDS.get(name, "").split()))
            continue
        literals[name] = dict.fromkeys(_literals(module))
        for kind, text in tokens(_text_of(module)):
            (literals[name] if kind == "string" else out).setdefault(text)
    for name in closure.dependencies_first():
        out.update(literals.get(name, {}))
    return list(out)


def _literals(module: tree.Module) -> Iterator[str]:
    """The string literals of a module as TLC comes by them: of `{e : x \\in S}`, those of S before those of e."""
    stack: list[object] = [module]
    while stack:
        item = stack.pop()
        if isinstance(item, tree.String):
            yield item.value
        elif isinstance(item, tuple):
            stack.extend(reversed(item))
        elif isinstance(item, tree.SetMap):
            stack.extend((item.element, item.bounds))
        elif isinstance(item, tree.Node):
            stack.extend(getattr(item, name) for name in reversed(item.__match_args__) if name != "span")


def _text_of(module: tree.Module) -> str:
    lines = module.span.source.lines
    return "\n".join(lines[module.span.line - 1 : module.span.end_line])


def tokens(text: str) -> Iterator[tuple[str, str]]:
    """The tokens of a text without comments: ("string", its value) or ("token", its spelling)."""
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
