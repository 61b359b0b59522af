"""The operators that are functions of the C++ runtime: rows of the operator table, and definitions of modules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

Key = tuple[str | None, str]
"""Module and name, as of a row of the operator table."""


@dataclass(frozen=True, slots=True)
class Native:
    """A C++ function of values; `kind` is that of what it returns, as in `emitter.Cpp`."""

    function: str
    kind: str | None = None


NATIVES: Final[dict[Key, Native]] = {
    (None, r"\cup"): Native("set_union"),
    (None, r"\cap"): Native("set_intersection", "set"),
    (None, "\\"): Native("set_difference", "set"),
    (None, "SUBSET"): Native("subset_of", "set"),
    (None, "UNION"): Native("union_of"),
    (None, "DOMAIN"): Native("domain_set", "set"),
    (None, "FunctionSet"): Native("function_set", "set"),
    ("Sequences", "Seq"): Native("sequences_of", "set"),
    ("Sequences", "Len"): Native("length", "int"),
    ("Sequences", "Head"): Native("head"),
    ("Sequences", "Tail"): Native("tail"),
    ("Sequences", r"\o"): Native("concatenate"),
    ("Sequences", "Append"): Native("append"),
    ("Sequences", "SubSeq"): Native("subsequence"),
    ("Sequences", "SelectSeq"): Native("select_sequence"),
    ("FiniteSets", "Cardinality"): Native("cardinality", "int"),
    ("FiniteSets", "IsFiniteSet"): Native("is_finite", "bool"),
    ("TLC", ":>"): Native("single"),
    ("TLC", "@@"): Native("merge"),
    ("TLC", "TLCEval"): Native("evaluated"),
    ("TLC", "Permutations"): Native("permutations", "set"),
    ("TLC", "SortSeq"): Native("sort_sequence"),
}
