"""What a name can stand for while a module is being resolved, and the scopes in which names are looked up.

A module that is instanced is resolved anew for each INSTANCE, with its declared constants and variables standing for
what is substituted. `Universe` is one such resolution, together with the modules it extends. `I(p) == INSTANCE M` makes
the universe's definitions take `p` before their own parameters; those leading arguments are called the frame. Frames
nest: the frame of an instance within an instance begins with that of the outer one.
"""

from __future__ import annotations

from enum import Enum, auto

from ..source import Span
from ..structs import Struct, field
from ..syntax import tree
from . import ir
from .operators import LANGUAGE_OPERATORS, Operator

OperatorParams = tuple[tuple[int, int], ...]


class Universe(Struct, frozen=False):
    """One resolution of a module: the root, a module checked on its own, or the target of one INSTANCE."""

    prefix: str
    """What a user writes before a name of this universe: `""`, `"I!"`, `"I!J!"`."""
    captured: tuple[ir.Local, ...] = ()
    """The part of the frame that is fixed: that of the definition around a LET which holds the INSTANCE."""
    params: tuple[tree.Parameter, ...] = ()
    """The part of the frame that each definition takes as parameters."""
    is_checked: bool = False
    """Whether every definition is resolved at once and clashes are reported; if not, definitions wait until needed."""
    let_definitions: list[ir.Definition] | None = None
    """Where the definitions go that an INSTANCE in a LET gives rise to."""
    param_limits: dict[tree.Parameter, ir.Level] = field(default_factory=dict)
    """The greatest level of what may be given for each of `params`, because of what it is substituted for."""
    substitutions: dict[str, Substituted] | None = None
    """What the declarations of the module stand for; None where they stand for themselves."""
    variables: set[ir.Definition] = field(default_factory=set)
    """The definitions met so far that stand for variables of the module; those that a variable stands for are not."""
    declared: dict[str, ir.Variable | ir.Constant] = field(default_factory=dict)
    """What its modules declare, by name: two that declare the same mean the same, as in TLC."""
    modules: dict[str, ModuleNames] = field(default_factory=dict)
    """The modules of this universe that have been resolved, by name."""

    @property
    def depth(self) -> int:
        """The length of the frame."""
        return len(self.captured) + len(self.params)


Frame = tuple["ir.Local | ir.Argument", ...]


class ModuleNames(Struct, frozen=False):
    """A module within a universe: its scope, and what those who extend or instance it may see."""

    name: str
    scope: Scope
    exported: dict[str, Symbol] = field(default_factory=dict)
    modules: dict[str, InnerModule] = field(default_factory=dict)
    assumptions: list[ir.Assumption] = field(default_factory=list)
    theorems: list[ir.Assumption] = field(default_factory=list)

    def definitions(self) -> dict[str, Symbol]:
        """What an INSTANCE brings: all that is exported except declarations."""
        return {name: symbol for name, symbol in self.exported.items() if not is_declaration(symbol)}


class Defined(Struct, frozen=False):
    """An operator, function, assumption or theorem of a module or LET; `definition` is made when first needed."""

    name: str
    params: tuple[tree.Parameter, ...]
    span: Span
    unit: tree.OperatorDefinition | tree.FunctionDefinition | tree.Theorem | tree.Assumption | None
    module: str
    universe: Universe
    scope: Scope
    inner_modules: dict[str, InnerModule]
    is_local: bool = False
    is_recursive: bool = False
    definition: ir.Definition | None = None
    is_resolved: bool = False
    local_frame: Frame | None = None
    """The frame of the enclosing definition, where this one belongs to a LET."""


class Substituted(Struct, frozen=False):
    """A constant or variable of an instanced module: `value`, read in `scope`, the place of the INSTANCE."""

    name: str
    params: tuple[tree.Parameter, ...]
    value: tree.Argument
    scope: Scope
    site: Universe
    universe: Universe
    own_params: tuple[tree.Parameter, ...]
    span: Span
    module: str
    is_variable: bool
    definition: ir.Definition | None = None


class InstanceName(Struct, frozen=False):
    """`I` of `I(params) == INSTANCE M`."""

    name: str
    params: tuple[tree.Parameter, ...]
    span: Span
    universe: Universe
    exported: dict[str, Symbol]
    """What may stand after `I!`."""
    is_local: bool = False


class InnerModule(Struct, frozen=False):
    """A module within a module: its text, the scope around it and the inner modules it may refer to."""

    module: tree.Module
    scope: Scope
    universe: Universe
    visible: dict[str, InnerModule]


class NodeOperator(Struct):
    """An operator of the language that is a node of the IR of its own, not a row of the operator table."""

    name: str
    arity: int


Symbol = ir.Variable | ir.Constant | ir.Local | Operator | NodeOperator | Defined | Substituted | InstanceName


class ScopeKind(Enum):
    """What opens a scope, as far as labels have to know."""

    OTHER = auto()
    DEFINITION = auto()
    BOUND = auto()
    EXCEPT = auto()
    LABEL = auto()


class Scope:
    """Names, and the scope around them."""

    __slots__ = ("kind", "names", "parent")

    def __init__(
        self, parent: Scope | None, names: dict[str, Symbol] | None = None, kind: ScopeKind = ScopeKind.OTHER
    ) -> None:
        self.names: dict[str, Symbol] = {} if names is None else names
        self.parent = parent
        self.kind = kind

    def lookup(self, name: str) -> Symbol | None:
        """What `name` stands for here, or None."""
        scope: Scope | None = self
        while scope is not None:
            found = scope.names.get(name)
            if found is not None:
                return found
            scope = scope.parent
        return None

    def known(self) -> list[str]:
        """Every name that has a meaning here."""
        out: list[str] = []
        scope: Scope | None = self
        while scope is not None:
            out.extend(scope.names)
            scope = scope.parent
        return out


NODE_OPERATORS: dict[str, NodeOperator] = {
    name: NodeOperator(name, arity)
    for arity, names in {
        0: "TRUE FALSE",
        1: "' ENABLED UNCHANGED [] <>",
        2: r"/\ \/ ~> -+-> \cdot \X",
    }.items()
    for name in names.split()
}

LANGUAGE_SCOPE = Scope(None, {**LANGUAGE_OPERATORS, **NODE_OPERATORS})
"""The operators of the language: the scope around every module."""


def describe(symbol: Symbol) -> str:
    """What kind of thing a symbol is, for a message."""
    match symbol:
        case ir.Variable():
            return "variable"
        case ir.Constant():
            return "constant"
        case ir.Local():
            return "parameter or bound variable"
        case Operator():
            return f"operator of module {symbol.module}" if symbol.module else "built-in operator"
        case NodeOperator():
            return "built-in operator"
        case Substituted():
            return "variable" if symbol.is_variable else "constant"
        case InstanceName():
            return "instance"
        case Defined():
            return "definition"


def describe_one(symbol: Symbol) -> str:
    """The same with its article."""
    kind = describe(symbol)
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"


def is_declaration(symbol: Symbol) -> bool:
    """Whether a symbol is a declared constant or variable, rather than something defined."""
    return isinstance(symbol, ir.Variable | ir.Constant | Substituted)


def arity_of(symbol: Symbol) -> int:
    """The number of arguments a symbol takes."""
    match symbol:
        case ir.Variable():
            return 0
        case ir.Constant() | ir.Local() | Operator() | NodeOperator():
            return symbol.arity
        case _:
            return len(symbol.params)


def operator_params_of(symbol: Symbol) -> OperatorParams:
    """Which arguments of a symbol are operators, and their arities."""
    match symbol:
        case Operator():
            return symbol.operator_params
        case Defined():
            return tuple((i, p.arity) for i, p in enumerate(symbol.params) if p.arity)
        case _:
            return ()


def span_of(symbol: Symbol) -> Span | None:
    """Where a symbol was declared."""
    return None if isinstance(symbol, Operator | NodeOperator) else symbol.span
