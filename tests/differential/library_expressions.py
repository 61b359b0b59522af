"""Random applications of the operators of community modules, for evaluating them in more than one way."""

from __future__ import annotations

from random import Random

from .expressions import Generator, Type

INTS, SETS, TEXTS = ("set", "int"), ("set", ("set", "int")), ("set", "str")
SEQ, TEXT_SEQ, SEQS = ("seq", "int"), ("seq", "str"), ("seq", ("seq", "int"))
SET_OF_SEQS = ("set", ("seq", "int"))
FUN, TEXT_FUN, INDICES = ("fun", "str", "int"), ("fun", "int", "str"), ("set", "int")

APPLICATIONS: dict[str, dict[str, tuple[Type, ...]]] = {
    "Folds": {"MapThenFoldSet": ("fold", "int", "map", "pick", INTS)},
    "FiniteSetsExt": {
        "FoldSet": ("fold", "int", INTS),
        "ReduceSet": ("fold", INTS, "int"),
        "SumSet": (INTS,),
        "ProductSet": (INTS,),
        "MapThenSumSet": ("map", INTS),
        "FlattenSet": (SETS,),
        "SymDiff": (INTS, INTS),
        "Quantify": (INTS, "test"),
        "kSubset": ("index", INTS),
        "Max": (INTS,),
        "Min": (INTS,),
        "Choices": ("few sets",),
        "ChooseUnique": (INTS, "test"),
    },
    "Functions": {
        "Restrict": (FUN, TEXTS),
        "RestrictDomain": (TEXT_FUN, "test"),
        "RestrictValues": (FUN, "test"),
        "IsRestriction": (FUN, FUN),
        "Range": (FUN,),
        "Pointwise": (FUN, FUN, "fold"),
        "Inverse": (FUN, TEXTS, INTS),
        "AntiFunction": ("injective",),
        "IsInjective": (FUN,),
        "Injection": ("few", "few"),
        "Surjection": ("few", "few"),
        "Bijection": ("few", "few"),
        "ExistsInjection": ("few", "few"),
        "ExistsSurjection": ("few", "few"),
        "ExistsBijection": ("few", "few"),
        "FoldFunction": ("fold", "int", FUN),
        "FoldFunctionOnSet": ("fold", "int", FUN, TEXTS),
        "SumFunction": (FUN,),
        "SumFunctionOnSet": (FUN, TEXTS),
    },
    "SequencesExt": {
        "ToSet": (SEQ,),
        "ToBag": (TEXT_SEQ,),
        "SetToSeq": (INTS,),
        "SetToSeqs": ("few",),
        "SetToSortSeq": (INTS, "less"),
        "SetToAllKPermutations": ("few",),
        "TupleOf": ("few", "small"),
        "SeqOf": ("few", "small"),
        "BoundedSeq": ("few", "small"),
        "Contains": (SEQ, "int"),
        "IsSorted": (SEQ, "less"),
        "Reverse": (TEXT_SEQ,),
        "Remove": (SEQ, "int"),
        "ReplaceAll": (SEQ, "int", "int"),
        "SelectInSeq": (SEQ, "test"),
        "SelectInSubSeq": (SEQ, "index", "index", "test"),
        "SelectLastInSeq": (SEQ, "test"),
        "SelectLastInSubSeq": (SEQ, "index", "index", "test"),
        "InsertAt": (SEQ, "index", "int"),
        "ReplaceAt": (SEQ, "index", "int"),
        "RemoveAt": (SEQ, "index"),
        "RemoveFirst": (SEQ, "int"),
        "RemoveFirstMatch": (SEQ, "test"),
        "Cons": ("int", SEQ),
        "Snoc": ("int", SEQ),
        "Front": (SEQ,),
        "Last": (SEQ,),
        "IsPrefix": (SEQ, SEQ),
        "IsStrictPrefix": (SEQ, SEQ),
        "IsSuffix": (SEQ, SEQ),
        "IsStrictSuffix": (SEQ, SEQ),
        "Prefixes": (SEQ,),
        "CommonPrefixes": (SET_OF_SEQS,),
        "LongestCommonPrefix": (SET_OF_SEQS,),
        "Suffixes": (SEQ,),
        "SeqMod": ("index", "index"),
        "FoldSeq": ("fold", "int", SEQ),
        "FoldLeft": ("fold", "int", SEQ),
        "FoldRight": ("fold", SEQ, "int"),
        "FoldLeftDomain": ("fold", "int", TEXT_SEQ),
        "FoldRightDomain": ("fold", TEXT_SEQ, "int"),
        "FlattenSeq": (SEQS,),
        "Zip": (SEQ, TEXT_SEQ),
        "Interleave": (SEQ, SEQ),
        "SubSeqs": (SEQ,),
        "AllSubSeqs": (SEQ,),
        "IndexFirstSubSeq": ("short", SEQ),
        "ReplaceSubSeqAt": ("index", SEQ, "short", SEQ),
        "ReplaceFirstSubSeq": (SEQ, "short", SEQ),
        "ReplaceAllSubSeqs": (SEQ, "short", SEQ),
    },
    "BagsExt": {
        "BagAdd": ("bag", "index"),
        "BagRemove": ("bag", "index"),
        "BagRemoveAll": ("bag", "index"),
        "MapThenFoldBag": ("sum", "index", "map", "pick", "bag"),
        "FoldBag": ("fold", "index", "bag"),
        "SumBag": ("bag",),
        "ProductBag": ("bag",),
    },
    "Bitwise": {
        "&": ("natural", "natural"),
        "|": ("natural", "natural"),
        "^^": ("natural", "natural"),
        "Not": ("natural",),
        "shiftR": ("natural", "index"),
    },
    "Combinatorics": {"choose": ("index", "index")},
    "DyadicRationals": {
        "IsDyadicRational": ("dyadic",),
        "Add": ("dyadic", "dyadic"),
        "Half": ("dyadic",),
        "PrettyPrint": ("dyadic",),
    },
    "Quorum": {"QuorumSystem": ("few",)},
    "Relation": {
        **{
            f"Is{name}": ("relation", "three")
            for name in (
                *("Reflexive", "Irreflexive", "Symmetric", "AntiSymmetric", "Asymmetric", "Transitive"),
                *("PartiallyOrdered", "StrictlyPartiallyOrdered", "TotallyOrdered", "StrictlyTotallyOrdered"),
                "Connected",
            )
        },
        "IsTransitiveUnder": ("relation under", INTS),
        "IsTotallyOrderedUnder": ("relation under", INTS),
        "TransitiveClosure": ("relation", "three"),
        "ReflexiveTransitiveClosure": ("relation", "three"),
    },
    "Graphs": {
        "IsDirectedGraph": ("graph",),
        "DirectedSubgraph": ("graph",),
        "Transpose": ("graph",),
        "IsUndirectedGraph": ("graph",),
        "UndirectedSubgraph": ("graph",),
        "SimplePath": ("graph",),
        "AreConnectedIn": ("node", "node", "graph"),
        "IsStronglyConnected": ("graph",),
        "ConnectionsIn": ("graph",),
        "IsTreeWithRoot": ("graph", "node"),
        "GraphUnion": ("graph", "graph"),
        "IsBipartiteWithPartitions": ("graph", INTS, INTS),
        "HasCycle": ("graph",),
        "IsDag": ("graph",),
        "Successors": ("graph", "node"),
        "AllSuccessors": ("graph", INTS),
        "Predecessors": ("graph", "node"),
        "AllPredecessors": ("graph", INTS),
        "Ancestors": ("graph", "node"),
        "Descendants": ("graph", "node"),
        "InDegree": ("graph", "node"),
        "OutDegree": ("graph", "node"),
        "Roots": ("graph",),
        "Leaves": ("graph",),
        "Graphs": ("few",),
    },
    "UndirectedGraphs": {
        "IsUndirectedGraph": ("undirected",),
        "IsLoopFreeUndirectedGraph": ("undirected",),
        "UndirectedSubgraph": ("undirected",),
        "SimplePath": ("undirected",),
        "AreConnectedIn": ("node", "node", "undirected"),
        "ConnectedComponents": ("undirected",),
        "IsStronglyConnected": ("undirected",),
        "UndirectedGraphs": ("few",),
    },
    "VectorClocks": {"IsCausalOrder": (SEQS, "same"), "CausalOrder": ("log", "clock", "owner", "domain")},
}
"""Module → operator → what its arguments are: a type, or a kind that `LibraryGenerator` has a method for."""

CHOICES: dict[str, tuple[str, ...]] = {
    "fold": ("LAMBDA x, y : x + y", "LAMBDA x, y : x - 2 * y", "LAMBDA x, y : 3 * x - y"),
    "sum": ("LAMBDA x, y : x + y",),
    "map": ("LAMBDA x : 2 * x", "LAMBDA x : x * x - 1"),
    "test": ("LAMBDA x : x > 1", "LAMBDA x : x % 2 = 0", "LAMBDA x : FALSE"),
    "less": ("LAMBDA x, y : x < y", "LAMBDA x, y : x > y", "LAMBDA x, y : x <= y"),
    "pick": ("LAMBDA S : CHOOSE x \\in S : TRUE", "LAMBDA S : CHOOSE x \\in S : \\A y \\in S : y <= x"),
    "same": ("LAMBDA x : x",),
    "clock": ("LAMBDA entry : entry[2]",),
    "owner": ("LAMBDA entry : entry[1]",),
    "domain": ("LAMBDA clock : DOMAIN clock",),
    "relation under": ("<", "=", "<=", "LAMBDA x, y : x # y"),
    "index": ("0", "1", "1", "2", "2", "3"),
    "small": ("0", "1", "2"),
    "node": ("1", "1", "2", "3", "4"),
    "natural": ("0", "1", "2", "5", "12", "100", "255", "4711"),
    "few": ("{}", "{1}", "{1, 2}", "{3, 1}", "{1, 2, 3}"),
    "few sets": ("{}", "{{1}}", "{{1, 2}, {2}}", "{{1, 2}, {2, 3}}", "{{}, {1}}"),
    "three": ("{1, 2, 3}",),
    "log": (
        "<<>>",
        "<<<<1, <<1, 1>>>>, <<2, <<0, 1>>>>>>",
        "<<<<2, <<1, 1>>>>, <<1, <<1, 0>>>>>>",
        "<<<<1, <<2, 1>>>>, <<2, <<0, 1>>>>, <<1, <<1, 0>>>>>>",
    ),
}


class LibraryGenerator(Generator):
    """Draws arguments, also of the kinds that no type says. All have values: native operators ask for them."""

    def argument(self, kind: Type) -> str:
        if kind in CHOICES:
            return self._one_of(*CHOICES[kind])
        if isinstance(kind, str) and kind not in ("int", "bool", "str"):
            return getattr(self, f"_{kind}")()
        return self.expr(kind, (), 0)

    def _some_of(self, items: list[str]) -> str:
        return ", ".join(item for item in items if self._int(0, 2) == 0)

    def _short(self) -> str:
        return self._one_of("<<>>", "<<1>>", "<<2>>", "<<1, 2>>", "<<1, 1>>")

    def _injective(self) -> str:
        return self._one_of("<<>>", '<<"a", "b">>', "[x \\in {0, 2} |-> x * x]", "[a |-> 3, b |-> 1]")

    def _bag(self) -> str:
        return self._one_of(
            "<<>>", "(1 :> 2)", "(3 :> 1 @@ 1 :> 2)", "(2 :> 3 @@ 0 :> 1 @@ 5 :> 2)", "SetToBag({1, 2})"
        )

    def _dyadic(self) -> str:
        denominator = 2 ** self._int(0, 4)
        return f"[num |-> {self._int(1, 9)}, den |-> {denominator}]"

    def _relation(self) -> str:
        pairs = self._some_of([f"<<{x}, {y}>>" for x in (1, 2, 3) for y in (1, 2, 3)])
        return f"[x, y \\in {{1, 2, 3}} |-> <<x, y>> \\in {{{pairs}}}]"

    def _graph(self) -> str:
        edges = self._some_of([f"<<{x}, {y}>>" for x in (1, 2, 3) for y in (1, 2, 3, 4)[: 3 + self._int(0, 9) // 9]])
        return f"[node |-> {{1, 2, 3}}, edge |-> {{{edges}}}]"

    def _undirected(self) -> str:
        edges = self._some_of(["{1}", "{2}", "{1, 2}", "{1, 3}", "{2, 3}", "{1, 2, 3}", "{}"])
        return f"[node |-> {{1, 2, 3}}, edge |-> {{{edges}}}]"


def application(module: str, name: str, random: Random) -> str:
    """One application of the operator to random arguments."""
    generator = LibraryGenerator(random)
    arguments = [generator.argument(kind) for kind in APPLICATIONS[module][name]]
    if name.isidentifier():
        return f"{name}({', '.join(arguments)})"
    return f"({f' {name} '.join(arguments)})"
