"""From the syntax trees of a closure of modules to a `ResolvedModule`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping

from ..syntax import tree
from . import ir
from .elaborate import Elaborator
from .expressions import Resolver
from .operators import Operator
from .symbols import Defined, InstanceName, ModuleNames, Scope, ScopeKind, Symbol
from .units import elaborate_module, outermost

RECURSION_LIMIT = 20_000
"""Resolution recurses as deep as expressions nest: a CASE or IF chain of a hundred arms takes some hundred frames."""


class Definitions(Mapping[str, ir.Definition]):
    """The definitions that a configuration may name. One of an instance is resolved when it is first asked for."""

    def __init__(self, elaborator: Elaborator, names: ModuleNames) -> None:
        self._elaborator = elaborator
        self._symbols: dict[str, Defined] = {}
        self._collect("", names.scope.names)

    def _collect(self, prefix: str, names: Mapping[str, Symbol]) -> None:
        for name, symbol in names.items():
            if isinstance(symbol, InstanceName):
                self._collect(f"{prefix}{name}!", symbol.exported)
            elif isinstance(symbol, Defined) and not isinstance(symbol.unit, tree.Theorem | tree.Assumption):
                self._symbols[prefix + name] = symbol

    def __getitem__(self, name: str) -> ir.Definition:
        definition = self._elaborator.definition(self._symbols[name])
        self._elaborator.check_levels()
        return definition

    def __iter__(self) -> Iterator[str]:
        return iter(self._symbols)

    def __len__(self) -> int:
        return len(self._symbols)

    def __contains__(self, name: object) -> bool:
        return name in self._symbols


def resolve(
    root: tree.Module, modules: Mapping[str, tree.Module], home_of: Callable[[str], str | None] = lambda name: None
) -> ir.ResolvedModule:
    """Resolves `root`; `modules` holds the tree of every module of its closure, itself included, by name.

    `home_of` gives, for a hint, the module that would bring a name.

    Raises:
        SemanticError: a name is unknown or has two meanings, an arity or a level does not fit, or an INSTANCE
            lacks a value.
        UnsupportedError: the module uses what has no place in the IR.
    """
    sys.setrecursionlimit(max(sys.getrecursionlimit(), RECURSION_LIMIT))
    elaborator = Elaborator(modules, home_of)
    names = elaborate_module(elaborator, root, elaborator.root, *outermost())
    elaborator.check_levels()

    def define(name: str, body: tree.Expr, more: Mapping[str, ir.Constant]) -> ir.Definition:
        added = {other: constant for other, constant in more.items() if names.scope.lookup(other) is None}
        resolver = Resolver(elaborator, elaborator.root, (), True, root.name.name, names.modules)
        scope = Scope(names.scope, dict(added), ScopeKind.DEFINITION)
        definition = ir.Definition(name, (), body.span, root.name.name, resolver.expr(body, scope))
        elaborator.check_levels()
        elaborator.levels.check(definition)
        return definition

    return ir.ResolvedModule(
        name=root.name.name,
        constants=elaborator.constants,
        variables=elaborator.variables,
        definitions=Definitions(elaborator, names),
        assumptions=names.assumptions,
        theorems=names.theorems,
        module_names=list(modules),
        levels=elaborator.levels,
        operators={name: symbol for name, symbol in names.scope.names.items() if isinstance(symbol, Operator)},
        warnings=elaborator.warnings,
        exported=frozenset(names.exported),
        define=define,
    )
