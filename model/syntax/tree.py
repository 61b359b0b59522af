"""The syntax tree: what a module says, before any name is resolved. Positions are kept on every node.

Operators of the language and of the user, prefix, infix and postfix alike, are applications: `a + b` is
`Apply(Name((), "+"), (a, b))`. Symbols have one spelling, the one of `semantics.operators` (`\\leq`, `=<` and `≤` are
all `\\leq`). Parentheses are gone, save that `Times` is n-ary only where no parentheses stood.
"""

from __future__ import annotations

from ..source import Span
from ..structs import Struct


class Node(Struct):
    span: Span


# --- expressions -----------------------------------------------------------------------------------------------------


class Selector(Node):
    """One step of a compound name: `M`, `M(x, y)`, or a subexpression selector (`1`, `<<`, `>>`, `:`, `@`, `+`).

    The bare arguments of `F!(x)` have the name `()`.
    """

    name: str
    args: tuple[Argument, ...] = ()


class Name(Node):
    """A reference: `x`, `+` (an operator as argument), `I!Op`, `I(1)!J!Op`; `path` is what is before the last `!`."""

    path: tuple[Selector, ...]
    name: str


class Apply(Node):
    operator: Name
    args: tuple[Argument, ...]


class Number(Node):
    """`12`, `\\hFF`, `\\b101`, `\\o17`; a decimal such as `1.5` is kept as its text."""

    value: int | str


class String(Node):
    value: str


class At(Node):
    """`@`."""


class Bound(Node):
    """`x, y \\in S` or `<<x, y>> \\in S` (is_tuple). `set` is None for an unbounded `x, y`."""

    names: tuple[Ident, ...]
    set: Expr | None
    is_tuple: bool = False


class Ident(Node):
    name: str


class Quantifier(Node):
    """`\\A`, `\\E`, `\\AA`, `\\EE`."""

    kind: str
    bounds: tuple[Bound, ...]
    body: Expr


class Choose(Node):
    bound: Bound
    body: Expr


class SetEnumeration(Node):
    elements: tuple[Expr, ...]


class SetFilter(Node):
    """`{x \\in S : P}`."""

    bound: Bound
    predicate: Expr


class SetMap(Node):
    """`{e : x \\in S, y \\in T}`."""

    element: Expr
    bounds: tuple[Bound, ...]


class FunctionConstructor(Node):
    """`[x \\in S |-> e]`."""

    bounds: tuple[Bound, ...]
    body: Expr


class FunctionSet(Node):
    """`[S -> T]`."""

    domain: Expr
    range: Expr


class Record(Node):
    """`[a |-> 1, b |-> 2]`."""

    fields: tuple[tuple[Ident, Expr], ...]


class RecordSet(Node):
    """`[a : S, b : T]`."""

    fields: tuple[tuple[Ident, Expr], ...]


class Tuple(Node):
    elements: tuple[Expr, ...]


class Times(Node):
    """`S \\X T \\X U`, at least two factors."""

    factors: tuple[Expr, ...]


class FunctionApplication(Node):
    """`f[x]`, `f[x, y]`."""

    function: Expr
    args: tuple[Expr, ...]


class Dot(Node):
    """`r.field`."""

    record: Expr
    field: Ident


class Update(Node):
    """`![i, j].a = e`: each step of the path is an index (a tuple of expressions) or a field."""

    path: tuple[tuple[Expr, ...] | Ident, ...]
    value: Expr


class Except(Node):
    function: Expr
    updates: tuple[Update, ...]


class If(Node):
    condition: Expr
    then: Expr
    otherwise: Expr


class Case(Node):
    arms: tuple[tuple[Expr, Expr], ...]
    other: Expr | None


class Let(Node):
    units: tuple[Unit, ...]
    body: Expr


class Junction(Node):
    """A conjunction (`/\\`) or disjunction (`\\/`) list, or the same infix: n-ary, flattened only as written."""

    operator: str
    items: tuple[Expr, ...]


class ActionSubscript(Node):
    """`[A]_v` (square) or `<<A>>_v` (angle)."""

    is_angle: bool
    action: Expr
    subscript: Expr


class Fairness(Node):
    """`WF_v(A)`, `SF_v(A)`; kind is "WF" or "SF"."""

    kind: str
    subscript: Expr
    action: Expr


class Lambda(Node):
    """`LAMBDA x, y : e`."""

    params: tuple[Ident, ...]
    body: Expr


class Label(Node):
    """`name(params) :: e`."""

    name: str
    params: tuple[Ident, ...]
    body: Expr


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


class Parameter(Node):
    """A formal parameter or declared operator: `x`, `F(_, _)` (arity 2), `_ + _`."""

    name: str
    arity: int = 0


class Constants(Node):
    declarations: tuple[Parameter, ...]


class Variables(Node):
    names: tuple[Ident, ...]


class Recursive(Node):
    declarations: tuple[Parameter, ...]


class OperatorDefinition(Node):
    """`Op(a, F(_)) == e`, `a \\prec b == e`, `-. a == e`, `a ^+ == e`."""

    name: Ident
    params: tuple[Parameter, ...]
    body: Expr
    is_local: bool


class FunctionDefinition(Node):
    """`f[x \\in S, y \\in T] == e`."""

    name: Ident
    bounds: tuple[Bound, ...]
    body: Expr
    is_local: bool


class Substitution(Node):
    """`name <- e` of an INSTANCE."""

    name: Ident
    value: Argument


class Instance(Node):
    """`INSTANCE M WITH …` (name is None), or `I(params) == INSTANCE M WITH …`."""

    name: Ident | None
    params: tuple[Parameter, ...]
    module: Ident
    substitutions: tuple[Substitution, ...]
    is_local: bool


class Assumption(Node):
    name: str | None
    body: Expr


class Theorem(Node):
    """THEOREM, LEMMA, PROPOSITION, COROLLARY; the proof is skipped."""

    name: str | None
    body: Expr


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
