"""Random uses of `{x \\in S : p}` where p has no value for some elements: for evaluating them in more than one way.

Where S is known by its rule, TLC tests elements when they are asked for (SetPredValue.java), so whether there is an
error depends on which are, and in which order. In a loop all are, at once; TLC 2.15 stops early, later ones do not.
"""

from __future__ import annotations

from random import Random

SOURCES = {
    "[f : {1, 2}, g : {3, 4}]": (
        ("[f |-> 1, g |-> 3]", "[f |-> 2, g |-> 4]", "[f |-> 5, g |-> 3]", "[f |-> 1, g |-> 4]", "7"),
        ("x.f = 1", "x.g = 4", "x.f = 2 /\\ x.g = 3", "x.f < x.g"),
        ("x.h = 1", 'x.f = "a"', "x.f", "x = 1"),
    ),
    "[1..2 -> {1, 2, 3}]": (
        ("<<1, 1>>", "<<2, 3>>", "<<3, 1>>", "<<1>>", "{}"),
        ("x[1] = 1", "x[2] # 3", "x[1] < x[2]", "x = <<2, 2>>"),
        ("x[3] = 1", "x[1] = {}", "x.f = 1"),
    ),
    "{1, 2} \\X {3, 4}": (
        ("<<1, 3>>", "<<2, 4>>", "<<2, 3>>", "<<3, 1>>", "[f |-> 1]"),
        ("x[1] = 1", "x[2] = 4", "x[1] + x[2] = 5"),
        ("x[3] = 1", 'x[2] = "a"', "Tail(x)"),
    ),
    "SUBSET {1, 2, 3}": (
        ("{}", "{1}", "{2, 3}", "{1, 2, 3}", "{4}", "1"),
        ("x # {}", "1 \\in x", "x \\subseteq {1, 2}", "{2} \\subseteq x", "Cardinality(x) < 2", "2 \\notin x"),
        ("x = 1", '"a" \\in x', "x[1] = 1", "Cardinality(CHOOSE z \\in x : TRUE) = 1", "{{}} \\subseteq x"),
    ),
    "SUBSET S": (
        ("{}", "{2}", "{1, 2}", "{3}", "2"),
        ("x # {}", "2 \\in x", "x \\subseteq S", "Cardinality(x) = 1"),
        ("x = 1", "\\E z \\in x : z = {}", "Head(x) = 1"),
    ),
    "Nat": (("0", "1", "7", "-1", '"a"'), ("x > 3", "x % 2 = 1", "x # 7"), ("x[1] = 1", "x = {}")),
    "{1, 2, 3}": (("1", "3", "4", "{}"), ("x > 1", "x # 2"), ("x = {}", "x[1] = 1")),
    "1..4": (("1", "4", "9"), ("x > 1", "x % 2 = 0"), ('x = "a"', "Head(<<>>) = x")),
}
"""By the set that is filtered: values that may be elements and one of another kind, predicates, and predicates without
value."""
USES = (
    "{e} \\in {F}",
    "{e} \\notin {F}",
    "{s} \\subseteq {F}",
    "{F} \\subseteq {s}",
    "{s} \\in SUBSET {F}",
    "{F} = {s}",
    "CHOOSE x \\in {F} : {p}",
    "{e} \\in {{x \\in {F} : {p}}}",
    "{{x \\in {F} : {p}}}",
    "{{<<x>> : x \\in {F}}}",
    "Cardinality({F})",
    "IsFiniteSet({F})",
    "{s} \\cap {F}",
    "{F} \\cap {s}",
    "{s} \\ {F}",
    "{F} \\ {s}",
    "{s} \\cup {F}",
    "{e} \\in {s} \\cup {F}",
    "{e} \\in {F} \\cup {s}",
    "{e} \\in UNION {{{F}, {s}}}",
    "<<{F}, 1>>[2]",
    "[G |-> {F}, k |-> 2].k",
    "DOMAIN [x \\in {F} |-> 1]",
    "[n \\in 1..2 |-> {F}][1]",
    "{e} \\in [n \\in 1..2 |-> {F}][1]",
    "LET Has(G, y) == y \\in G IN Has({F}, {e})",
    "LET All(G) == Cardinality({{x \\in G : {p}}}) IN All({F})",
)
QUANTIFIED = (
    "\\E x \\in {F} : {p}",
    "\\A x \\in {F} : {p}",
    "\\E x, y \\in {F} : x # y",
    "\\E x \\in {F}, y \\in {F} : x = y /\\ {p}",
    "LET Some(G) == \\E x \\in G : {p} IN Some({F})",
)
SHARED = (
    "<<{e} \\in F, Cardinality(F)>>",
    "<<Cardinality(F), {s} \\subseteq F>>",
)
SHARED_AND_QUANTIFIED = (
    "IF {e} \\in F THEN \\E x \\in F : {p} ELSE {s} \\subseteq F",
    "(\\E x \\in F : {p}) /\\ (\\E x \\in F : {p}) /\\ {e} \\in F",
    "[n \\in 1..3 |-> \\E x \\in F : {p}]",
    "{{({e} \\in F), \\A x \\in F : \\E y \\in F : x = y}}",
)


def filter_use(random: Random, *, quantified: bool = True) -> str:
    """An expression without free names but for the operators of the standard modules.

    `quantified`: it may be a quantifier over what is filtered.
    """
    source = random.choice(list(SOURCES))
    values, predicates, wrong = SOURCES[source]

    def one() -> str:
        return f"({random.choice(predicates)})"

    def predicate() -> str:
        """TRUE or FALSE for some elements, an error for others."""
        return random.choice(
            (
                one(),
                f"({one()} /\\ {random.choice(wrong)})",
                f"({one()} \\/ {random.choice(wrong)})",
                f"({one()} => {random.choice(wrong)})",
                f"(IF {one()} THEN {one()} ELSE {random.choice(wrong)})",
            )
        )

    filtered = f"{{x \\in {source} : {predicate()}}}"
    if random.random() < 0.2:
        filtered = f"{{x \\in {filtered} : {predicate()}}}"
    some = ", ".join(random.sample(values[:-1], random.choice((0, 1, 1, 2))))
    parts = {"e": random.choice(values), "s": f"{{{some}}}", "p": predicate()}
    uses, shared = (USES + QUANTIFIED, SHARED + SHARED_AND_QUANTIFIED) if quantified else (USES, SHARED)
    if random.random() < 0.3:
        text = f"LET F == {filtered} IN {random.choice(shared).format(**parts)}"
    else:
        text = random.choice(uses).format(F=filtered, **parts)
    return f"LET S == {{1, 2}} IN {text}"
