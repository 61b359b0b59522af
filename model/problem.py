"""A Problem: what a module and its configuration ask of a checker, independent of any engine."""

from __future__ import annotations

from .semantics.ir import Constant, Definition, Expr, ResolvedModule
from .semantics.levels import Levels
from .source import Source, Span
from .structs import Struct, field


class NamedExpr(Struct, frozen=False):
    """A predicate or formula under the name the configuration gave it."""

    name: str
    expr: Expr
    span: Span | None = None


class Problem(Struct, frozen=False):
    """Everything to be checked.

    `constants` maps each declared constant to a TLA+ value (`model.values`), or to the definition that replaces it
    (`C <- Def`). `overrides` maps definitions replaced by the configuration (`Op <- Other`) to their replacement; an
    engine that meets a call of a key evaluates the replacement instead. An `Operator` row may be replaced too
    (`Nat <- MyNat`): its key is then the row's (module, name); where it is replaced for one module alone
    (`Nat <- [M]MyNat`), the key is (M, name), and holds for uses in definitions whose module is M.
    """

    module: ResolvedModule
    constants: dict[Constant, object | Definition] = field(default_factory=dict)
    overrides: dict[Definition | tuple[str, str], Definition | object] = field(default_factory=dict)
    init: Expr | None = None
    next: Expr | None = None
    invariants: list[NamedExpr] = field(default_factory=list)
    """State predicates: INVARIANT, and `[]P` of PROPERTY."""
    action_properties: list[NamedExpr] = field(default_factory=list)
    """`[][A]_v` of PROPERTY; each expr is the ActionSubscript `[A]_v`, to hold of every transition."""
    initial_properties: list[NamedExpr] = field(default_factory=list)
    """State predicates of PROPERTY: to hold of every initial state."""
    temporal_properties: list[NamedExpr] = field(default_factory=list)
    """What remains of PROPERTY."""
    fairness: list[Expr] = field(default_factory=list)
    constraints: list[NamedExpr] = field(default_factory=list)
    action_constraints: list[NamedExpr] = field(default_factory=list)
    symmetry: NamedExpr | None = None
    view: NamedExpr | None = None
    alias: NamedExpr | None = None
    postcondition: NamedExpr | None = None
    check_deadlock: bool = True
    levels: Levels = field(default_factory=Levels)
    """Gives the level of any expression, replacements of the configuration taken into account."""
    strings: list[str] = field(default_factory=list)
    """Strings and model values in TLC's order: those of the configuration, then those of the modules."""
    warnings: list[str] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    """The texts that pose the problem: those of the modules, the root first, and the configuration."""
