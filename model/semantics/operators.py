"""The operator table: one row for each operator that is built in, of the language or of a standard module.

Each engine implements or rejects every row; `tests/checker` proves it. Language operators that change how names or
levels work (quantifiers, `'`, ENABLED, [A]_v …) are nodes of the IR instead and have no row here.
"""

from __future__ import annotations

from ..structs import Struct


class Operator(Struct):
    """`arity` is the number of arguments; `operator_params` maps the index of each operator argument to its arity."""

    name: str
    module: str | None
    arity: int
    operator_params: tuple[tuple[int, int], ...] = ()

    def __repr__(self) -> str:
        return f"Operator({self.module or 'language'}!{self.name}/{self.arity})"


def _rows(module: str | None, table: dict[int, str]) -> list[Operator]:
    return [Operator(name, module, arity) for arity, names in table.items() for name in names.split()]


LANGUAGE = _rows(
    None,
    {
        0: "BOOLEAN STRING",
        1: r"\lnot SUBSET UNION DOMAIN",
        2: r"=> \equiv = # \in \notin \subseteq \cup \cap \ FunctionSet",
    },
)
"""`TRUE` and `FALSE` are literals; `/\\` and `\\/` are Junction; `[S -> T]` is the row FunctionSet."""

STANDARD: dict[str, list[Operator]] = {
    "Naturals": _rows("Naturals", {0: "Nat", 2: r"+ - * ^ < > \leq \geq % \div .."}),
    "Integers": _rows("Integers", {0: "Int", 1: "-."}),
    "Reals": _rows("Reals", {0: "Real Infinity", 2: "/"}),
    "Sequences": [
        *_rows("Sequences", {1: "Seq Len Head Tail", 2: r"\o Append", 3: "SubSeq"}),
        Operator("SelectSeq", "Sequences", 2, ((1, 1),)),
    ],
    "FiniteSets": _rows("FiniteSets", {1: "IsFiniteSet Cardinality"}),
    "Bags": [
        *_rows(
            "Bags",
            {
                0: "EmptyBag",
                1: "IsABag BagToSet SetToBag BagUnion SubBag BagCardinality",
                2: r"BagIn (+) (-) \sqsubseteq CopiesIn",
            },
        ),
        Operator("BagOfAll", "Bags", 2, ((0, 1),)),
    ],
    "TLC": [
        *_rows(
            "TLC",
            {
                0: "JavaTime Any",
                1: "PrintT TLCGet Permutations RandomElement ToString TLCEval",
                2: "Print Assert TLCSet :> @@",
            },
        ),
        Operator("SortSeq", "TLC", 2, ((1, 2),)),
    ],
    "TLCExt": [
        *_rows(
            "TLCExt",
            {
                0: "Trace CounterExample",
                1: "TLCModelValue TLCDefer TLCNoOp PickSuccessor TLCFP TLCEvalDefinition ToTrace",
                2: "AssertEq AssertError TLCGetOrDefault TLCCache",
            },
        ),
        Operator("TLCGetAndSet", "TLCExt", 4, ((1, 2),)),
    ],
    "Randomization": _rows("Randomization", {2: "RandomSubset", 3: "RandomSetOfSubsets TestRandomSetOfSubsets"}),
    "RealTime": _rows("RealTime", {1: "RTnow", 4: "RTBound"}),
}
"""The modules of Specifying Systems and those that come with TLC: always these rows, whatever files lie about."""

FALLBACK: dict[str, list[Operator]] = {
    "Json": _rows(
        "Json",
        {
            1: "ToJson ToJsonArray ToJsonObject JsonDeserialize ndJsonDeserialize",
            2: "JsonSerialize ndJsonSerialize",
        },
    ),
    "CSV": _rows("CSV", {1: "CSVRecords", 3: "CSVWrite CSVRead", 4: "CSVWriteRecord"}),
    "IOUtils": _rows(
        "IOUtils",
        {
            0: "IOEnv",
            1: "IOExec atoi",
            2: "IODeserialize Deserialize IOEnvExec IOExecTemplate zeroPadN",
            3: "IOSerialize Serialize IOEnvExecTemplate",
        },
    ),
    "TLAPS": [
        *_rows(
            "TLAPS",
            {
                0: "SimpleArithmetic SMT CVC3 CVC4 CVC5 Yices veriT Z3 Spass LS4 PTL PropositionalTemporalLogic Zenon "
                "SlowZenon SlowerZenon VerySlowZenon SlowestZenon Isa Auto Force Blast SimplifyAndSolve Simplification "
                "AutoUSE AllProvers AllSMT AllIsa IsaWithSetExtensionality ExpandENABLED ExpandCdot Lambdify "
                "ENABLEDaxioms ENABLEDrewrites ENABLEDrules LevelComparison",
                1: "SMTT CVC3T CVC4T CVC5T YicesT veriTT Z3T SpassT ZenonT IsaT IsaM AllProversT AllSMTT AllIsaT",
                2: "IsaMT",
            },
        ),
        Operator("EnabledWrapper", "TLAPS", 1, ((0, 1),)),
        Operator("CdotWrapper", "TLAPS", 1, ((0, 1),)),
    ],
    "FiniteSetTheorems": [],
    "SequenceTheorems": [],
    "NaturalsInduction": [],
    "WellFoundedInduction": [],
}
"""Modules that tools bring along: these rows serve where no file of the name is found.

Community modules whose operators have a definition are texts (`model.modules.library`); those here act on files, and
have none. TLAPS names the provers of the proof system, each equal to TRUE. Its theorem libraries are cited only in
proofs, which are skipped.
"""

EXPORTS: dict[str, tuple[str, ...]] = {
    "Naturals": ("Naturals",),
    "Integers": ("Naturals", "Integers"),
    "Reals": ("Naturals", "Integers", "Reals"),
    "Sequences": ("Sequences",),
    "FiniteSets": ("FiniteSets",),
    "Bags": ("TLC", "Bags"),
    "TLC": ("TLC",),
    "TLCExt": ("TLCExt",),
    "Randomization": ("Randomization",),
    "RealTime": ("Naturals", "Integers", "Reals", "RealTime"),
    "Json": ("Json",),
    "CSV": ("CSV",),
    "IOUtils": ("IOUtils",),
    "TLAPS": ("TLAPS",),
    "FiniteSetTheorems": ("FiniteSets", "Sequences"),
    "SequenceTheorems": ("Sequences", "Naturals", "Integers"),
    "NaturalsInduction": ("Naturals", "Integers"),
    "WellFoundedInduction": ("Naturals", "Integers"),
}
"""What EXTENDS of a built-in module brings: its own rows and those of the modules it extends."""

STANDARD_INSTANCES: dict[str, tuple[str, ...]] = {
    "Sequences": ("Naturals",),
    "FiniteSets": ("Naturals", "Sequences"),
    "TLC": ("Naturals", "Sequences", "FiniteSets"),
    "Bags": ("Naturals",),
    "TLCExt": ("TLC", "Integers"),
    "Randomization": ("Naturals", "FiniteSets"),
}
"""The modules that a standard module instances for itself: TLC reads them too."""

STANDARD_VARIABLES: dict[str, tuple[str, ...]] = {"RealTime": ("now",)}
"""The state variables that a standard module declares."""

BUILT_IN_MODULES: dict[str, list[Operator]] = {**STANDARD, **FALLBACK}


def exported_rows(module: str) -> list[Operator]:
    """The operators that EXTENDS or INSTANCE of a built-in module brings."""
    return [row for name in EXPORTS[module] for row in BUILT_IN_MODULES[name]]


LANGUAGE_OPERATORS: dict[str, Operator] = {row.name: row for row in LANGUAGE}


def all_operators() -> list[Operator]:
    """Every row."""
    return [*LANGUAGE, *(row for rows in BUILT_IN_MODULES.values() for row in rows)]


CANONICAL_SYMBOLS: dict[str, str] = {
    r"\land": "/\\",
    "∧": "/\\",
    r"\lor": "\\/",
    "∨": "\\/",
    "~": r"\lnot",
    r"\neg": r"\lnot",
    "¬": r"\lnot",
    "⇒": "=>",
    "<=>": r"\equiv",
    "⇔": r"\equiv",
    "≡": r"\equiv",
    "/=": "#",
    "≠": "#",
    "∈": r"\in",
    "∉": r"\notin",
    r"\union": r"\cup",
    "∪": r"\cup",
    r"\intersect": r"\cap",
    "∩": r"\cap",
    "<=": r"\leq",
    "=<": r"\leq",
    "≤": r"\leq",
    ">=": r"\geq",
    "≥": r"\geq",
    "÷": r"\div",
    "‥": "..",
    r"\circ": r"\o",
    "∘": r"\o",
    r"\oplus": "(+)",
    "⊕": "(+)",
    r"\ominus": "(-)",
    "⊖": "(-)",
    r"\otimes": r"(\X)",
    r"\oslash": "(/)",
    r"\odot": "(.)",
    r"\times": r"\X",
    "×": r"\X",
    "⊑": r"\sqsubseteq",
    "⊆": r"\subseteq",
    "□": "[]",
    "◇": "<>",
    "↝": "~>",
    "′": "'",
}
"""Spellings of one operator (Specifying Systems, table 8; the unicode set of tlaplus/rfcs#5) → the one used here."""
