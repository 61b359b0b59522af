r"""The operator symbols of TLA+: their spellings, their one canonical spelling, fixity, precedence and associativity.

The figures are Specifying Systems, tables 5, 6 and 8, as `tla2sany.parser.Operators` has them (ten times the book's).
A symbol's precedence is a range: two operators whose ranges overlap may not stand next to each other without
parentheses, save that an operator which associates to the left may follow itself.
"""

from __future__ import annotations

from typing import NamedTuple


class Fixity(NamedTuple):
    """Precedence range of one operator; the higher binds the tighter."""

    low: int
    high: int
    is_left_associative: bool = False


def _table(rows: str) -> dict[str, Fixity]:
    """Read rows of `low-high associativity: symbols`."""
    table: dict[str, Fixity] = {}
    for row in rows.strip().splitlines():
        figures, symbols = row.split(": ", 1)
        precedence, associativity = figures.split()
        low, high = precedence.split("-")
        for symbol in symbols.split():
            table[symbol] = Fixity(int(low), int(high), associativity == "left")
    return table


INFIX = _table(r"""
10-10 none: =>
20-20 none: ~> \equiv -+->
30-30 left: /\ \/
50-50 none: = # \subseteq \in \notin < \leq > \geq |- |= -| =| := ::= \prec \succ \preceq \succeq \sim \simeq \ll \gg
50-50 none: \asymp \subset \supset \supseteq \approx \cong \sqsubset \sqsubseteq \sqsupset \sqsupseteq \doteq \propto
50-140 left: \cdot
60-60 left: @@
70-70 none: <: :>
80-80 none: \
80-80 left: \cap \cup
90-90 none: .. ...
90-130 none: !!
90-130 left: $$ $ ?? ## \uplus \sqcap \sqcup
90-140 none: \wr
100-100 left: + ++ (+)
100-110 left: | || %%
100-110 none: %
100-130 left: \X
110-110 left: - -- (-)
130-130 none: / // (/) \div
130-130 left: * ** && & (.) (\X) \star \o \bigcirc \bullet
140-140 none: ^ ^^
""")

PREFIX = _table(r"""
40-40 left: \lnot
40-150 none: [] <> ENABLED UNCHANGED
100-130 none: SUBSET UNION DOMAIN
120-120 none: -.
""")

POSTFIX = _table(r"""
150-150 none: ' ^+ ^* ^#
""")

SPELLINGS: dict[str, str] = {
    spelling: canonical
    for canonical, spellings in {
        "/\\": r"\land ∧",
        "\\/": r"\lor ∨",
        r"\lnot": r"~ \neg ¬",
        "[]": "□",
        "<>": "◇",
        "'": "′",
        "^+": "⁺",
        "=>": "⇒",
        "~>": "↝",
        "-+->": "⇸",
        r"\equiv": "<=> ≡ ⇔",
        "#": "/= ≠",
        r"\in": "∈",
        r"\notin": "∉",
        r"\leq": "<= =< ≤",
        r"\geq": ">= ≥",
        r"\X": r"\times ×",
        r"\cap": r"\intersect ∩",
        r"\cup": r"\union ∪",
        "..": "‥",
        "...": "…",
        r"\o": r"\circ ∘",
        r"\div": "÷",
        "(+)": r"\oplus ⊕",
        "(-)": r"\ominus ⊖",
        "(.)": r"\odot ⊙",
        "(/)": r"\oslash ⊘",
        r"(\X)": r"\otimes ⊗",
        "|-": "⊢",
        "-|": "⊣",
        "|=": "⊨",
        "=|": "⫤",
        ":=": "≔",
        "::=": "⩴",
        "||": "‖",
        "!!": "‼",
        "??": "⁇",
        r"\approx": "≈",
        r"\asymp": "≍",
        r"\bigcirc": "◯",
        r"\bullet": "●",
        r"\cdot": "⋅",
        r"\cong": "≅",
        r"\doteq": "≐",
        r"\gg": "≫",
        r"\ll": "≪",
        r"\prec": "≺",
        r"\preceq": "⪯",
        r"\propto": "∝",
        r"\sim": "∼",
        r"\simeq": "≃",
        r"\sqcap": "⊓",
        r"\sqcup": "⊔",
        r"\sqsubset": "⊏",
        r"\sqsubseteq": "⊑",
        r"\sqsupset": "⊐",
        r"\sqsupseteq": "⊒",
        r"\star": "⋆",
        r"\subset": "⊂",
        r"\subseteq": "⊆",
        r"\succ": "≻",
        r"\succeq": "⪰",
        r"\supset": "⊃",
        r"\supseteq": "⊇",
        r"\uplus": "⊎",
        r"\wr": "≀",
    }.items()
    for spelling in spellings.split()
}
"""Other spellings, ASCII and unicode (tlaplus/rfcs#5), of an operator symbol → its canonical spelling."""


def canonical(symbol: str) -> str:
    """The one spelling under which an operator symbol is known."""
    return SPELLINGS.get(symbol, symbol)
