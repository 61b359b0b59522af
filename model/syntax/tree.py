"""The syntax tree: what a module says, before any name is resolved. Positions are kept on every node.

Operators of the language and of the user, prefix, infix and postfix alike, are applications: `a + b` is
`Apply(Name((), "+"), (a, b))`. Symbols have one spelling, the one of `semantics.operators` (`\\leq`, `=<` and `≤` are
all `\\leq`). Parentheses are gone, save that `Times` is n-ary only where no parentheses stood.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..source import Span


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    span: Span


# --- expressions -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Selector(Node):
    """One step of a compound name: `M`, `M(x, y)`, or a subexpression selector (`1`, `<<`, `>>`, `:`, `@`, `+`).

    The bare arguments of `F!(x)` have the name `()`.
    """

    name: str
    args: tuple[Argument, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Name(Node):
    """A reference: `x`, `+` (an operator as argument), `I!Op`, `I(1)!J!Op`; `path` is what is before the last `!`."""

    path: tuple[Selector, ...]
    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Apply(Node):
    operator: Name
    args: tuple[Argument, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Number(Node):
    """`12`, `\\hFF`, `\\b101`, `\\o17`; a decimal such as `1.5` is kept as its text."""

    value: int | str


@dataclass(frozen=True, slots=True, eq=False)
class String(Node):
    value: str


@dataclass(frozen=True, slots=True, eq=False)
class At(Node):
    """`@`."""


@dataclass(frozen=True, slots=True, eq=False)
class Bound(Node):
    """`x, y \\in S` or `<<x, y>> \\in S` (is_tuple). `set` is None for an unbounded `x, y`."""

    names: tuple[Ident, ...]
    set: Expr | None
    is_tuple: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Ident(Node):
    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Quantifier(Node):
    """`\\A`, `\\E`, `\\AA`, `\\EE`."""

    kind: str
    bounds: tuple[Bound, ...]
    body: Expr


@dataclass(frozen=True, slots=True, eq=False)
class Choose(Node):
    bound: Bound
    body: Expr


@dataclass(frozen=True, slots=True, eq=False)
class SetEnumeration(Node):
    elements: tuple[Expr, ...]


@dataclass(frozen=True, slots=True, eq=False)
class SetFilter(Node):
    """`{x \\in S : P}`."""

    bound: Bound
    predicate: Expr


@dataclass(frozen=True, slots=True, eq=False)
class SetMap(Node):
    """`{e : x \\in S, y \\in T}`."""

    element: Expr
    bounds: tuple[Bound, ...]


@dataclass(frozen=True, slots=True, eq=False)
class FunctionConstructor(Node):
    """`[x \\in S |-> e]`."""

    bounds: tuple[Bound, ...]
    body: Expr


@dataclass(frozen=True, slots=True, eq=False)
class FunctionSet(Node):
    """`[S -> T]`."""

    domain: Expr
    range: Expr


@dataclass(frozen=True, slots=True, eq=False)
class Record(Node):
    """`[a |-> 1, b |-> 2]`."""

    fields: tuple[tuple[Ident, Expr], ...]


@dataclass(frozen=True, slots=True, eq=False)
class RecordSet(Node):
    """`[a : S, b : T]`."""

    fields: tuple[tuple[Ident, Expr], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Tuple(Node):
    elements: tuple[Expr, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Times(Node):
    """`S \\X T \\X U`, at least two factors."""

    factors: tuple[Expr, ...]


@dataclass(frozen=True, slots=True, eq=False)
class FunctionApplication(Node):
    """`f[x]`, `f[x, y]`."""

    function: Expr
    args: tuple[Expr, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Dot(Node):
    """`r.field`."""

    record: Expr
    field: Ident


@dataclass(frozen=True, slots=True, eq=False)
class Update(Node):
    """`![i, j].a = e`: each step of the path is an index (a tuple of expressions) or a field."""

    path: tuple[tuple[Expr, ...] | Ident, ...]
    value: Expr


@dataclass(frozen=True, slots=True, eq=False)
class Except(Node):
    function: Expr
    updates: tuple[Update, ...]


@dataclass(frozen=True, slots=True, eq=False)
class If(Node):
    condition: Expr
    then: Expr
    otherwise: Expr


@dataclass(frozen=True, slots=True, eq=False)
class Case(Node):
    arms: tuple[tuple[Expr, Expr], ...]
    other: Expr | None


@dataclass(frozen=True, slots=True, eq=False)
class Let(Node):
    units: tuple[Unit, ...]
    body: Expr


@dataclass(frozen=True, slots=True, eq=False)
class Junction(Node):
    """A conjunction (`/\\`) or disjunction (`\\/`) list, or the same infix: n-ary, flattened only as written."""

    operator: str
    items: tuple[Expr, ...]


@dataclass(frozen=True, slots=True, eq=False)
class ActionSubscript(Node):
    """`[A]_v` (square) or `<<A>>_v` (angle)."""

    is_angle: bool
    action: Expr
    subscript: Expr


@dataclass(frozen=True, slots=True, eq=False)
class Fairness(Node):
    """`WF_v(A)`, `SF_v(A)`; kind is "WF" or "SF"."""

    kind: str
    subscript: Expr
    action: Expr


@dataclass(frozen=True, slots=True, eq=False)
class Lambda(Node):
    """`LAMBDA x, y : e`."""

    params: tuple[Ident, ...]
    body: Expr


@dataclass(frozen=True, slots=True, eq=False)
class Label(Node):
    """`name(params) :: e`."""

    name: str
    params: tuple[Ident, ...]
    body: Expr


@dataclass(frozen=True, slots=True, eq=False)
class AssumeProve(Node):
    """Only as the statement of a theorem; its contents are skipped."""


Expr = (
    Name
    | Apply
    | Number
    | String
    | At
    | Quantifier
    | Choose
    | SetEnumeration
    | SetFilter
    | SetMap
    | FunctionConstructor
    | FunctionSet
    | Record
    | RecordSet
    | Tuple
    | Times
    | FunctionApplication
    | Dot
    | Except
    | If
    | Case
    | Let
    | Junction
    | ActionSubscript
    | Fairness
    | Label
    | AssumeProve
)
Argument = Expr | Lambda


# --- units -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Parameter(Node):
    """A formal parameter or declared operator: `x`, `F(_, _)` (arity 2), `_ + _`."""

    name: str
    arity: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Constants(Node):
    declarations: tuple[Parameter, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Variables(Node):
    names: tuple[Ident, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Recursive(Node):
    declarations: tuple[Parameter, ...]


@dataclass(frozen=True, slots=True, eq=False)
class OperatorDefinition(Node):
    """`Op(a, F(_)) == e`, `a \\prec b == e`, `-. a == e`, `a ^+ == e`."""

    name: Ident
    params: tuple[Parameter, ...]
    body: Expr
    is_local: bool


@dataclass(frozen=True, slots=True, eq=False)
class FunctionDefinition(Node):
    """`f[x \\in S, y \\in T] == e`."""

    name: Ident
    bounds: tuple[Bound, ...]
    body: Expr
    is_local: bool


@dataclass(frozen=True, slots=True, eq=False)
class Substitution(Node):
    """`name <- e` of an INSTANCE."""

    name: Ident
    value: Argument


@dataclass(frozen=True, slots=True, eq=False)
class Instance(Node):
    """`INSTANCE M WITH …` (name is None), or `I(params) == INSTANCE M WITH …`."""

    name: Ident | None
    params: tuple[Parameter, ...]
    module: Ident
    substitutions: tuple[Substitution, ...]
    is_local: bool


@dataclass(frozen=True, slots=True, eq=False)
class Assumption(Node):
    name: str | None
    body: Expr


@dataclass(frozen=True, slots=True, eq=False)
class Theorem(Node):
    """THEOREM, LEMMA, PROPOSITION, COROLLARY; the proof is skipped."""

    name: str | None
    body: Expr


@dataclass(frozen=True, slots=True, eq=False)
class Module(Node):
    name: Ident
    extends: tuple[Ident, ...]
    units: tuple[Unit, ...]


Unit = (
    Constants
    | Variables
    | Recursive
    | OperatorDefinition
    | FunctionDefinition
    | Instance
    | Assumption
    | Theorem
    | Module
)
