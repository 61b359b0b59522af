"""Random constant expressions of TLA+, mostly well typed, for evaluating them here and in TLC.

A type is `"int"`, `"bool"`, `"str"`, `("set", t)`, `("seq", t)`, `("fun", key, value)`, `("rec", ((field, t), …))` or
`("tup", (t, …))`. Everything is small: TLC has 32-bit integers and must enumerate what it prints.
"""

from __future__ import annotations

from random import Random
from typing import Any

Type = Any
Scope = tuple[tuple[str, Type], ...]
"""The bound variables in sight and their types."""

BASE_TYPES: tuple[Type, ...] = ("int", "bool", "str")
STRINGS = ('"a"', '"b"', '"c"', '""', '"x y"')
MISTAKE_ONE_IN = 40
"""How seldom a subexpression has another type than the one wanted."""


class Generator:
    """Draws expressions; one method for each type that is wanted.

    Not a Hypothesis strategy: its examples are for the most part variations of one another (120 of 250 distinct), and
    each batch costs a run of TLC, so that there is no shrinking anyway.
    """

    def __init__(self, random: Random, mistake_one_in: int = MISTAKE_ONE_IN, *, all_of_tlc: bool = False) -> None:
        self._random = random
        self._all_of_tlc = all_of_tlc
        """Whether to draw all operators of TLC and Bags; if not, the same seed gives what it gave without them."""
        self._mistake_one_in = mistake_one_in
        self._names = 0

    def _int(self, low: int, high: int) -> int:
        return self._random.randint(low, high)

    def _one_of(self, *options: Any) -> Any:
        return self._random.choice(options)

    def _fresh(self) -> str:
        self._names += 1
        return f"x{self._names}"

    def type(self, depth: int = 2) -> Type:
        """A type whose values are printable."""
        if depth == 0:
            return self._one_of(*BASE_TYPES)
        inner = [self.type(depth - 1) for _ in range(2)]
        return self._one_of(
            *BASE_TYPES,
            ("set", inner[0]),
            ("set", "int"),
            ("seq", inner[0]),
            ("fun", self._one_of("int", "str", "bool"), inner[1]),
            ("rec", (("a", inner[0]), ("b", inner[1]))),
            ("tup", (inner[0], inner[1])),
        )

    def expr(self, want: Type, scope: Scope, depth: int) -> str:
        """An expression of type `want`, or now and then of another."""
        if depth > 0 and self._int(1, self._mistake_one_in) == 1:
            want = self.type(1)
        known = [name for name, kind in scope if kind == want]
        if known and self._int(0, 2) == 0:
            return self._one_of(*known)
        if depth > 0 and self._int(0, 3) == 0:
            return self._of_any_type(want, scope, depth - 1)
        kind = want if isinstance(want, str) else want[0]
        return getattr(self, f"_{kind}_expr")(want, scope, depth - 1)

    def _bound(self, scope: Scope, depth: int, kind: Type = None) -> tuple[str, str, Scope]:
        """`x \\in S`: the variable, the set, and the scope with the variable in it."""
        kind = kind or self._one_of("int", "int", "str", "bool", ("set", "int"), ("tup", ("int", "str")))
        name = self._fresh()
        return name, self.expr(("set", kind), scope, min(depth, 1)), (*scope, (name, kind))

    def _of_any_type(self, want: Type, scope: Scope, depth: int) -> str:
        """IF, CASE, LET, CHOOSE, application: forms whose type is that of a part."""
        form = self._one_of(0, 0, 0, 1, 2, 2, 2, 3, 4, 5, 6, 6, 7, 8, 8, *((9,) if self._all_of_tlc else ()))
        if form == 0:
            condition, then, other = (self.expr(kind, scope, depth) for kind in ("bool", want, want))
            return f"(IF {condition} THEN {then} ELSE {other})"
        if form == 1:
            arms = [f"{self.expr('bool', scope, depth)} -> {self.expr(want, scope, depth)}" for _ in range(2)]
            other = f" [] OTHER -> {self.expr(want, scope, depth)}" if self._int(0, 4) else ""
            return f"(CASE {' [] '.join(arms)}{other})"
        if form == 2:
            name, kind = self._fresh(), self.type(1)
            value = self.expr(kind, scope, depth)
            return f"(LET {name} == {value} IN {self.expr(want, (*scope, (name, kind)), depth)})"
        if form == 3:
            name, domain, inside = self._bound(scope, depth, want)
            return f"(CHOOSE {name} \\in {domain} : {self.expr('bool', inside, depth)})"
        if form == 4:
            key = self._one_of("int", "str", "bool")
            return f"{self.expr(('fun', key, want), scope, depth)}[{self.expr(key, scope, depth)}]"
        if form == 5:
            return f"{self.expr(('seq', want), scope, depth)}[{self._one_of(0, 1, 1, 1, 2)}]"
        if form == 6:
            return f"{self.expr(('rec', (('a', want), ('b', 'int'))), scope, depth)}.{self._one_of(*'aaaaaaab')}"
        if form == 7:
            return f"Head({self.expr(('seq', want), scope, depth)})"
        if form == 9:
            value = self.expr(want, scope, depth)
            # TLC 2.15 makes a function of the sequence, and EXCEPT then changes the wrong place.
            return value if want[0] in ("seq", "tup") else f"TLCEval({value})"
        name, kind, parameter = self._fresh(), self.type(1), self._fresh()
        body = self.expr(want, (*scope, (parameter, kind)), depth)
        return f"(LET {name}({parameter}) == {body} IN {name}({self.expr(kind, scope, depth)}))"

    # --- base types --------------------------------------------------------------------------------------------------

    def _int_expr(self, want: Type, scope: Scope, depth: int) -> str:
        if depth < 0:
            return self._one_of("0", "1", "2", "3", "5", "(-1)", "(-3)")

        def sub(kind: Type = "int") -> str:
            return self.expr(kind, scope, depth)

        form = self._int(0, 8)
        if form <= 2:
            return f"({sub()} {self._one_of('+', '-')} {sub()})"
        if form == 3:
            left, right = self.expr("int", scope, 0), self.expr("int", scope, 0)
            return f"({left} {self._one_of('*', '*', '^')} {right})"
        if form == 4:
            operator = self._one_of("\\div", "%")
            return f"({sub()} {operator} {sub()})"
        if form == 5:
            return f"(-{sub()})"
        if form == 6:
            return f"Len({sub(('seq', self.type(1)))})"
        if form == 7:
            return f"Cardinality({sub(('set', self.type(1)))})"
        bag = sub(("fun", "str", "int"))
        return self._one_of(f"BagCardinality({bag})", f"CopiesIn({sub('str')}, {bag})")

    def _bool_expr(self, want: Type, scope: Scope, depth: int) -> str:
        if depth < 0:
            return self._one_of("TRUE", "FALSE")
        form = self._int(0, 8 if self._all_of_tlc else 7)
        if form == 0:
            kind = self.type(1)
            left, right = self.expr(kind, scope, depth), self.expr(kind, scope, depth)
            return f"({left} {self._one_of('=', '#')} {right})"
        if form == 8:
            return self._bag_test(scope, depth)
        if form == 1:
            left, right = self.expr("int", scope, depth), self.expr("int", scope, depth)
            return f"({left} {self._one_of('<', '<=', '>', '>=')} {right})"
        if form == 2:
            left, right = self.expr("bool", scope, depth), self.expr("bool", scope, depth)
            operator = self._one_of("/\\", "\\/", "=>", "<=>")
            return f"({left} {operator} {right})"
        if form == 3:
            text = f"ToString({self.expr(self._one_of('int', 'bool', 'str'), scope, depth)})"
            return self._one_of(
                f"(~{self.expr('bool', scope, depth)})", f'({text} = "{self._one_of("1", "TRUE", "a")}")'
            )
        if form == 4:
            name, domain, inside = self._bound(scope, depth)
            quantifier = self._one_of("\\A", "\\E")
            return f"({quantifier} {name} \\in {domain} : {self.expr('bool', inside, depth)})"
        if form == 5:
            kind = self.type(1)
            left = self.expr(("set", kind), scope, depth)
            return f"({left} \\subseteq {self.expr(('set', kind), scope, depth)})"
        return self._membership(scope, depth)

    def _bag_test(self, scope: Scope, depth: int) -> str:
        """What Bags and TLC have that is a boolean."""
        key = self._one_of("int", "str")
        bags = [self.expr(("fun", key, "int"), scope, depth) for _ in range(2)]
        return self._one_of(
            f"IsABag({bags[0]})",
            f"BagIn({self.expr(key, scope, depth)}, {bags[0]})",
            f"({bags[0]} \\sqsubseteq {bags[1]})",
            f"Assert({self.expr('bool', scope, depth)}, {self._one_of(*STRINGS)})",
            f"({bags[0]} \\in Any)",
        )

    def _membership(self, scope: Scope, depth: int) -> str:
        """`e \\in S`, where S may be a set that is never enumerated."""
        kind = self.type(1)
        element = self.expr(kind, scope, depth)

        def set_of(inner: Type) -> str:
            return self.expr(("set", inner), scope, min(depth, 1))

        domain = set_of(kind)
        if kind == "int":
            domain = self._one_of(domain, "Nat", "Int")
        elif kind == "str":
            domain = self._one_of(domain, "STRING")
        elif kind == "bool":
            domain = self._one_of(domain, "BOOLEAN")
        elif kind[0] == "set":
            domain = self._one_of(domain, f"(SUBSET {set_of(kind[1])})")
        elif kind[0] == "seq":
            domain = self._one_of(domain, f"Seq({set_of(kind[1])})")
        elif kind[0] == "fun":
            domain = self._one_of(domain, f"[{set_of(kind[1])} -> {set_of(kind[2])}]")
        elif kind[0] == "rec":
            domain = f"[{', '.join(f'{name} : {set_of(inner)}' for name, inner in kind[1])}]"
        operator = self._one_of("\\in", "\\notin")
        return f"({element} {operator} {domain})"

    def _str_expr(self, want: Type, scope: Scope, depth: int) -> str:
        # No ToString: TLC orders strings by when it first meets them, and those are met while it evaluates.
        return self._one_of(*STRINGS)

    # --- sets --------------------------------------------------------------------------------------------------------

    def _set_expr(self, want: Type, scope: Scope, depth: int) -> str:
        inner = want[1]
        if depth < 0:
            return "{" + ", ".join(self.expr(inner, scope, 0) for _ in range(self._int(0, 3))) + "}"

        def sub() -> str:
            return self.expr(want, scope, depth)

        form = self._int(0, 7)
        if form <= 1:
            return "{" + ", ".join(self.expr(inner, scope, depth) for _ in range(self._int(0, 3))) + "}"
        if form == 2:
            operator = self._one_of("\\cup", "\\cap", "\\")
            return f"({sub()} {operator} {sub()})"
        if form == 3:
            name, domain, inside = self._bound(scope, depth, inner)
            return f"{{{name} \\in {domain} : {self.expr('bool', inside, depth)}}}"
        if form == 4:
            name, domain, inside = self._bound(scope, depth)
            return f"{{{self.expr(inner, inside, depth)} : {name} \\in {domain}}}"
        if form == 5:
            return f"(UNION {self.expr(('set', want), scope, min(depth, 1))})"
        if form == 6 and inner in ("int", "str", "bool"):
            return f"(DOMAIN {self.expr(('fun', inner, self.type(1)), scope, depth)})"
        return self._particular_set(inner, scope, depth)

    def _particular_set(self, inner: Type, scope: Scope, depth: int) -> str:
        """The sets that only some types of element have: intervals, SUBSET, [S -> T], [a : S], S \\X T."""

        def small(kind: Type) -> str:
            return self.expr(("set", kind), scope, min(depth, 1))

        if inner == "int":
            return f"({self.expr('int', scope, 0)}..{self.expr('int', scope, 0)})"
        if inner == "bool":
            return "BOOLEAN"
        if inner == "str":
            return f"BagToSet({self.expr(('fun', 'str', 'int'), scope, depth)})"
        if inner[0] == "set":
            return f"(SUBSET {small(inner[1])})"
        if inner[0] == "fun":
            functions = f"[{small(inner[1])} -> {small(inner[2])}]"
            if not self._all_of_tlc:
                return functions
            if inner[1] == inner[2]:
                return self._one_of(functions, f"Permutations({small(inner[1])})")
            if inner[2] == "int":
                return self._one_of(functions, f"SubBag({self.expr(inner, scope, 0)})")
            return functions
        if inner[0] == "rec":
            return f"[{', '.join(f'{name} : {small(kind)}' for name, kind in inner[1])}]"
        if inner[0] == "tup":
            return "(" + " \\X ".join(small(kind) for kind in inner[1]) + ")"
        return f"{{{self.expr(inner, scope, depth)}}}"

    # --- functions ---------------------------------------------------------------------------------------------------

    def _seq_expr(self, want: Type, scope: Scope, depth: int) -> str:
        inner = want[1]
        if depth < 0:
            return "<<" + ", ".join(self.expr(inner, scope, 0) for _ in range(self._int(0, 3))) + ">>"

        def sub(kind: Type = want) -> str:
            return self.expr(kind, scope, depth)

        form = self._int(0, 8)
        if form <= 1:
            return "<<" + ", ".join(self.expr(inner, scope, depth) for _ in range(self._int(0, 3))) + ">>"
        if form == 2:
            return f"Append({sub()}, {sub(inner)})"
        if form == 3:
            return f"({sub()} \\o {sub()})"
        if form == 4:
            return f"Tail({sub()})"
        if form == 5:
            return f"SubSeq({sub()}, {self.expr('int', scope, 0)}, {self.expr('int', scope, 0)})"
        if form == 6:
            name = self._fresh()
            return f"SelectSeq({sub()}, LAMBDA {name} : {self.expr('bool', (*scope, (name, inner)), depth)})"
        if form == 7 and inner == "int":
            x, y = self._fresh(), self._fresh()
            return f"SortSeq({sub()}, LAMBDA {x}, {y} : {x} {self._one_of('<', '>')} {y})"
        return f"[{sub()} EXCEPT ![{self._int(1, 3)}] = {self._one_of(sub(inner), '@')}]"

    def _fun_expr(self, want: Type, scope: Scope, depth: int) -> str:
        _, key, value = want
        if depth < 0:
            return f"({self.expr(key, scope, 0)} :> {self.expr(value, scope, 0)})"

        def sub(kind: Type = want) -> str:
            return self.expr(kind, scope, depth)

        form = self._int(0, 5)
        if form <= 1:
            name, domain, inside = self._bound(scope, depth, key)
            return f"[{name} \\in {domain} |-> {self.expr(value, inside, depth)}]"
        if form == 2:
            return f"({sub(key)} :> {sub(value)})"
        if form == 3:
            return f"({sub()} @@ {sub()})"
        if form == 4 and value == "int":
            bags = f"({sub()} {self._one_of('(+)', '(-)')} {sub()})"
            if not self._all_of_tlc:
                return self._one_of(f"SetToBag({sub(('set', key))})", bags)
            name = self._fresh()
            images = {  # not without the parameter: TLC 2.15 fails then
                "int": (name, f"{name} % 2", f"{name} - {name}"),
                "str": (name, f'IF {name} = "a" THEN "b" ELSE {name}'),
                "bool": (name, f"{name} \\/ ~{name}"),
            }
            mapped = f"BagOfAll(LAMBDA {name} : {self._one_of(*images[key])}, {sub()})"
            return self._one_of(f"SetToBag({sub(('set', key))})", bags, f"BagUnion({{{sub()}, {sub()}}})", mapped)
        updated = f"@ + {self.expr('int', scope, 0)}" if value == "int" else "@"
        return f"[{sub()} EXCEPT ![{sub(key)}] = {self._one_of(sub(value), updated)}]"

    def _rec_expr(self, want: Type, scope: Scope, depth: int) -> str:
        if depth >= 0 and self._int(0, 2) == 0:
            name, kind = self._one_of(*want[1])
            return f"[{self.expr(want, scope, depth)} EXCEPT !.{name} = {self.expr(kind, scope, depth)}]"
        fields = (f"{name} |-> {self.expr(kind, scope, max(depth, 0))}" for name, kind in want[1])
        return f"[{', '.join(fields)}]"

    def _tup_expr(self, want: Type, scope: Scope, depth: int) -> str:
        return f"<<{', '.join(self.expr(kind, scope, max(depth, 0)) for kind in want[1])}>>"


def expressions(seed: int, count: int, depth: int = 4, *, all_of_tlc: bool = False) -> list[str]:
    """Constant expressions without free variables, the same for the same seed."""
    generator = Generator(Random(seed), all_of_tlc=all_of_tlc)
    return [generator.expr(generator.type(), (), depth) for _ in range(count)]
