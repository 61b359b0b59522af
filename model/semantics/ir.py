"""The core IR: what every engine works on. Names are resolved, INSTANCE is substituted away, sugar is gone.

A module's operators become `Definition`s. References are to objects, never to strings. Variables and constants are
those of the root module alone: what an INSTANCE substitutes has been put in its place, so that `x'` inside an
instanced module whose `x` stands for `e` is `Prime(e)`.

Nodes are compared by identity, so that each occurrence has its own place and its own coverage.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from enum import IntEnum
from typing import TYPE_CHECKING

from ..source import Source, Span
from ..structs import Struct, field, names_of
from .operators import Operator

if TYPE_CHECKING:
    from ..syntax import tree
    from .levels import Levels


class Level(IntEnum):
    """Specifying Systems, section 17.2."""

    CONSTANT = 0
    STATE = 1
    ACTION = 2
    TEMPORAL = 3


# --- what names stand for --------------------------------------------------------------------------------------------


class Variable(Struct, frozen=False):
    """A state variable; `index` is its place in the state, in order of declaration as TLC counts them."""

    name: str
    index: int
    span: Span | None = None


class Constant(Struct, frozen=False):
    """A declared constant, or constant operator where arity > 0. Its value comes from the model configuration."""

    name: str
    arity: int = 0
    span: Span | None = None


class Local(Struct, frozen=False):
    """A bound variable, a parameter (arity > 0: an operator), `@`, or the function of a recursive function."""

    name: str
    arity: int = 0
    span: Span | None = None


class Definition(Struct, frozen=False):
    """`name(params) == body`. `name` is what a user would write, with instance prefixes (`I!Op`)."""

    name: str
    params: tuple[Local, ...]
    span: Span | None
    module: str
    body: Expr = None  # type: ignore[assignment]  # filled in after the definitions it may refer to exist
    level: Level = Level.CONSTANT
    is_recursive: bool = False
    is_local: bool = False
    leading: int = 0
    """How many of the parameters are those of the instances around it (`I(p) == INSTANCE M`), which come first."""

    def __repr__(self) -> str:
        return f"Definition({self.name}/{len(self.params)})"


# --- expressions -----------------------------------------------------------------------------------------------------


class Node(Struct):
    span: Span


class Literal(Node):
    """An integer, a string, TRUE or FALSE (as Python int, str, bool)."""

    value: int | str | bool


class VariableRef(Node):
    variable: Variable


class LocalRef(Node):
    """A value-like local (arity 0)."""

    local: Local


class Call(Node):
    """A definition (of a module or a LET), a declared constant, or an operator parameter, applied to its arguments.

    A reference to a definition or constant without parameters is a call without arguments; `len(args)` is the arity.
    """

    target: Definition | Constant | Local
    args: tuple[Argument, ...] = ()


class Builtin(Node):
    """A row of the operator table applied to its arguments."""

    operator: Operator
    args: tuple[Argument, ...] = ()


class OperatorRef(Node):
    """An operator passed as an argument."""

    target: Definition | Constant | Local | Operator


class Lambda(Node):
    params: tuple[Local, ...]
    body: Expr


class Bound(Node):
    """`x, y \\in S`: each local ranges over S. `<<x, y>> \\in S` (is_tuple): the locals are the components."""

    locals: tuple[Local, ...]
    set: Expr
    is_tuple: bool = False


class Quantifier(Node):
    """Bounded `\\A` and `\\E`."""

    is_forall: bool
    bounds: tuple[Bound, ...]
    body: Expr


class UnboundedQuantifier(Node):
    """`\\A x : P`, `\\E x : P`, `\\AA`, `\\EE`, and CHOOSE without a set (kind "CHOOSE"): resolved, not evaluated."""

    kind: str
    locals: tuple[Local, ...]
    body: Expr


class Choose(Node):
    bound: Bound
    body: Expr


class SetEnumeration(Node):
    elements: tuple[Expr, ...]


class SetFilter(Node):
    bound: Bound
    predicate: Expr


class SetMap(Node):
    element: Expr
    bounds: tuple[Bound, ...]


class FunctionConstructor(Node):
    """`[x \\in S, y \\in T |-> e]`. With more than one local (in all bounds together) the domain is a product.

    `this` is the function itself where the definition was `f[x \\in S] == …f…`.
    """

    bounds: tuple[Bound, ...]
    body: Expr
    this: Local | None = None


class Record(Node):
    fields: tuple[tuple[str, Expr], ...]


class RecordSet(Node):
    fields: tuple[tuple[str, Expr], ...]


class Tuple(Node):
    elements: tuple[Expr, ...]


class Times(Node):
    factors: tuple[Expr, ...]


class FunctionApplication(Node):
    """`f[x]`; `f[x, y]` has the argument `Tuple(x, y)`, and `r.a` is `r["a"]`."""

    function: Expr
    arg: Expr


class Update(Node):
    """`![i].a = e`. `at` is what `@` in `value` refers to."""

    path: tuple[Expr, ...]
    at: Local
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
    definitions: tuple[Definition, ...]
    body: Expr


class Junction(Node):
    """N-ary `/\\` or `\\/`, left to right."""

    is_and: bool
    items: tuple[Expr, ...]


class Prime(Node):
    expr: Expr


class Unchanged(Node):
    expr: Expr


class Enabled(Node):
    """`own`: the definitions that stand for variables of the instanced module that the node is written in. Their next
    values are bound by it (see `enabled`)."""

    action: Expr
    own: Set[Definition] = frozenset()


class ActionSubscript(Node):
    """`[A]_v` or `<<A>>_v` (is_angle)."""

    is_angle: bool
    action: Expr
    subscript: Expr


class Box(Node):
    expr: Expr


class Diamond(Node):
    expr: Expr


class LeadsTo(Node):
    left: Expr
    right: Expr


class Fairness(Node):
    """`own` is that of the ENABLED in what it stands for."""

    is_strong: bool
    subscript: Expr
    action: Expr
    own: Set[Definition] = frozenset()


class TemporalOperator(Node):
    """`-+->` and the like (kind is the symbol): resolved, not evaluated. Also `\\cdot`, and decimals (without args)."""

    kind: str
    args: tuple[Expr, ...]


Expr = (
    Literal
    | VariableRef
    | LocalRef
    | Call
    | Builtin
    | Quantifier
    | UnboundedQuantifier
    | Choose
    | SetEnumeration
    | SetFilter
    | SetMap
    | FunctionConstructor
    | Record
    | RecordSet
    | Tuple
    | Times
    | FunctionApplication
    | Except
    | If
    | Case
    | Let
    | Junction
    | Prime
    | Unchanged
    | Enabled
    | ActionSubscript
    | Box
    | Diamond
    | LeadsTo
    | Fairness
    | TemporalOperator
)
Argument = Expr | OperatorRef | Lambda


class Assumption(Struct, frozen=False):
    name: str | None
    expr: Expr
    span: Span


def _no_levels() -> Levels:
    from .levels import Levels  # levels are computed over this IR

    return Levels()


def _no_scope(_name: str, _body: tree.Expr, _more: Mapping[str, Constant]) -> Definition:
    raise AssertionError("this module was not resolved from a text")


class ResolvedModule(Struct, frozen=False):
    """A root module with everything it extends and instances, resolved."""

    name: str
    constants: dict[str, Constant] = field(default_factory=dict)
    variables: list[Variable] = field(default_factory=list)
    definitions: Mapping[str, Definition] = field(default_factory=dict)
    """All that a configuration may name, by the name a user writes, in order of definition; `I!Op` included.

    A definition of an instance is resolved when it is looked up, so going through all of them may be slow.
    """
    assumptions: list[Assumption] = field(default_factory=list)
    theorems: list[Assumption] = field(default_factory=list)
    module_names: list[str] = field(default_factory=list)
    """Every module read, the root first."""
    sources: list[Source] = field(default_factory=list)
    """The texts of those that have a file, the root first."""
    strings: list[str] = field(default_factory=list)
    """Strings and identifiers in the order in which TLC first meets them: the order of string values."""
    levels: Levels = field(default_factory=_no_levels)
    """Gives the level of any expression of this module."""
    operators: dict[str, Operator] = field(default_factory=dict)
    """The rows of the operator table that have a name in the root module."""
    warnings: list[str] = field(default_factory=list)
    exported: frozenset[str] = frozenset()
    """What a module that extends this one may name: all but what is LOCAL."""
    define: Callable[[str, tree.Expr, Mapping[str, Constant]], Definition] = _no_scope
    """Makes the definition `name == body` as if it stood at the end of the root module, where the names of `more` that
    have no meaning are those constants. Raises SemanticError, UnsupportedError."""


def children(node: Node) -> list[Node]:
    """The nodes directly below `node`, in source order; definitions of a LET are entered."""
    found: list[Node] = []
    for name in names_of(node)[1:]:  # after its span
        value = getattr(node, name)
        if isinstance(value, Node):
            found.append(value)
        elif isinstance(value, tuple):
            _add_nodes(value, found)
    return found


def _add_nodes(values: tuple[object, ...], found: list[Node]) -> None:
    for value in values:
        if isinstance(value, Node):
            found.append(value)
        elif isinstance(value, Definition):
            found.append(value.body)
        elif isinstance(value, tuple):
            _add_nodes(value, found)
