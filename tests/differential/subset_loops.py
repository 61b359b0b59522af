"""Random loops over the subsets of a set whose bodies begin by saying which: for evaluating them in more than one way.

Some parts are no sets, or do not compare with the others, so that whether there is an error depends on the order in
which subsets are met and conjuncts evaluated.
"""

from __future__ import annotations

from random import Random

BASES = ("1..4", "{1, 2, 3}", "{}", "{7}", '{"a", "b", "c"}', "{<<1>>, <<2>>, <<1, 2>>}", "{{}, {1}, {1, 2}}", "0..a")
ODD_BASES = ('{<<1>>, <<"a">>, <<1, 2>>}', "{{1}, {2, 3}, {4, 5}}", '{1, "a"}', "Nat", "5", "{TRUE, FALSE}")
PARTS = ("{}", "{1}", "{2, 1}", "1..3", '{"b"}', "{<<1>>}", "{{1}}", "S \\cap {1, 3}", "S", "{x \\in S : x # 2}")
ODD_PARTS = ("5", "Nat", "Int", '{"z"}', "SUBSET S", "UNION S", '{<<"a">>}', "{{TRUE}}", "{<<>>, <<7>>}", "1..b", "{a}")
ELEMENTS = ("1", "3", '"a"', "<<2>>", "{1}", "{}", "9", "S", "b", "Head(<<>>)", "(CHOOSE x \\in S : TRUE)")
RESTS = (
    "TRUE",
    "Cardinality(r) # 2",
    "Cardinality(r) = 2",
    "(\\A x, y \\in r : x = y)",
    "r # S",
    "(r = {} \\/ r = S)",
    "IF Cardinality(r) > 1 THEN Head(<<>>) = 1 ELSE r = {7}",
    "3 \\notin r",
)


def loop(random: Random) -> str:
    """An expression without free names but for the operators of the standard modules."""
    base = random.choice(BASES if random.random() < 0.8 else ODD_BASES)
    conditions = [_condition(random) for _ in range(random.choice((1, 1, 2, 2, 3)))]
    body = " /\\ ".join(conditions)
    rest = random.choice(RESTS)
    bound = f"r \\in SUBSET {'S' if random.random() < 0.7 else f'({base})'}"
    form = random.choice(("{{{} : {}}}", "CHOOSE {} : {}", "\\E {} : {}", "\\A {} : {}"))
    if form.startswith("\\A") and random.random() < 0.8:
        body = f"{body} /\\ {rest} => {random.choice(RESTS)}" if random.random() < 0.7 else f"{body} => {rest}"
    else:
        body = f"{body} /\\ {rest}"
    return f"LET a == 2 b == 3 S == {base} IN {form.format(bound, body)}"


def _condition(random: Random) -> str:
    part = random.choice(PARTS if random.random() < 0.8 else ODD_PARTS)
    return random.choice(
        (f"r \\subseteq {part}", f"{part} \\subseteq r", f"{random.choice(ELEMENTS)} \\in r", "r # {}", "{} # r")
    )
