"""The operators that are functions of the C++ runtime: rows of the operator table, and definitions of modules."""

from __future__ import annotations

from typing import Final

from ...model.structs import Struct

Key = tuple[str | None, str]
"""Module and name, as of a row of the operator table."""


class Native(Struct, eq=True):
    """A C++ function of values; `kind` is that of what it returns, as in `emitter.Cpp`."""

    function: str
    kind: str | None = None


NATIVES: Final[dict[Key, Native]] = {
    (None, r"\cup"): Native("set_union"),
    (None, "SUBSET"): Native("subset_of", "set"),
    (None, "UNION"): Native("union_of"),
    (None, "DOMAIN"): Native("domain_set", "set"),
    (None, "FunctionSet"): Native("function_set", "set"),
    ("Sequences", "Seq"): Native("sequences_of", "set"),
    ("Sequences", "Len"): Native("length", "int"),
    ("Sequences", "Head"): Native("head"),
    ("Sequences", "Tail"): Native("tail", "seq"),
    ("Sequences", r"\o"): Native("concatenate", "seq"),
    ("Sequences", "Append"): Native("append", "seq"),
    ("Sequences", "SubSeq"): Native("subsequence", "seq"),
    ("Sequences", "SelectSeq"): Native("select_sequence", "seq"),
    ("FiniteSets", "Cardinality"): Native("cardinality", "int"),
    ("FiniteSets", "IsFiniteSet"): Native("is_finite_set", "bool"),
    ("TLC", ":>"): Native("single"),
    ("TLC", "@@"): Native("merge"),
    ("TLC", "TLCEval"): Native("evaluated"),
    ("TLC", "Permutations"): Native("permutations", "set"),
    ("TLC", "SortSeq"): Native("sort_sequence", "seq"),
    ("TLC", "ToString"): Native("to_string", "str"),
    ("TLC", "PrintT"): Native("print_value"),
    ("TLC", "Print"): Native("print_and_return"),
    ("TLCExt", "AssertEq"): Native("assert_equal", "bool"),
    ("TLCExt", "TLCNoOp"): Native("evaluated"),
    ("TLCExt", "TLCCache"): Native("first_of"),
    ("Bags", "EmptyBag"): Native("empty_bag"),
    ("Bags", "IsABag"): Native("is_a_bag", "bool"),
    ("Bags", "BagToSet"): Native("bag_to_set", "set"),
    ("Bags", "SetToBag"): Native("set_to_bag"),
    ("Bags", "BagUnion"): Native("bag_union"),
    ("Bags", "SubBag"): Native("sub_bags", "set"),
    ("Bags", "BagCardinality"): Native("bag_cardinality", "int"),
    ("Bags", "BagIn"): Native("bag_in", "bool"),
    ("Bags", "(+)"): Native("bag_cup"),
    ("Bags", "(-)"): Native("bag_diff"),
    ("Bags", r"\sqsubseteq"): Native("sub_bag_of", "bool"),
    ("Bags", "CopiesIn"): Native("copies_in", "int"),
    ("Bags", "BagOfAll"): Native("bag_of_all"),
    ("BagsExt", "BagAdd"): Native("bag_add"),
    ("BagsExt", "BagRemove"): Native("bag_remove"),
    ("BagsExt", "BagRemoveAll"): Native("bag_remove_all"),
}
