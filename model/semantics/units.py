"""The units of a module or a LET, one after the other: declarations, definitions, EXTENDS, INSTANCE, inner modules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..diagnostics import SemanticError
from ..source import Span
from ..structs import Struct, field
from ..syntax import tree
from . import ir
from .declarations import placeholders
from .expressions import Resolver, clash
from .instances import instance
from .operators import STANDARD_VARIABLES, exported_rows
from .references import count
from .symbols import (
    LANGUAGE_SCOPE,
    Defined,
    InnerModule,
    InstanceName,
    ModuleNames,
    Scope,
    ScopeKind,
    Symbol,
    Universe,
    arity_of,
    is_declaration,
)

if TYPE_CHECKING:
    from .elaborate import Elaborator


class Site(Struct, frozen=False):
    """Where units are being processed: a module, or a LET (then with the resolver of the definition around it)."""

    elaborator: Elaborator
    universe: Universe
    scope: Scope
    module: str
    modules: dict[str, InnerModule]
    names: ModuleNames | None = None
    resolver: Resolver | None = None
    undefined: dict[str, Defined] = field(default_factory=dict)
    """What has been declared RECURSIVE and is not defined yet."""

    @property
    def is_checked(self) -> bool:
        """Whether clashes are reported and definitions resolved at once."""
        return self.universe.is_checked if self.resolver is None else self.resolver.is_checked

    def add(self, name: str, symbol: Symbol, span: Span, is_local: bool) -> None:
        """Binds a name; the same name may stand twice for things of one kind and arity, and the first one counts."""
        previous = self.scope.lookup(name)
        if previous is not None and previous is not symbol:
            if self.is_checked:
                self._repeated(name, previous, symbol, span)
            if name in self.scope.names:
                return
        self.scope.names[name] = symbol
        if self.names is not None and not is_local:
            self.names.exported[name] = symbol

    def _repeated(self, name: str, previous: Symbol, symbol: Symbol, span: Span) -> None:
        """SANY's rule (tla2sany/semantic/SymbolTable.java, addSymbol): an error, or a warning if the two may agree."""
        if _kind(previous) != _kind(symbol) or arity_of(previous) != arity_of(symbol) or isinstance(symbol, ir.Local):
            raise clash(name, previous, span)
        if isinstance(previous, Defined) and isinstance(symbol, Defined) and previous.unit is symbol.unit:
            return
        self.elaborator.warnings.append(f"{span}: `{name}` is declared or defined more than once; the first counts")


def _kind(symbol: Symbol) -> str:
    if is_declaration(symbol):
        return "variable" if isinstance(symbol, ir.Variable) else "constant"
    return "instance" if isinstance(symbol, InstanceName) else "definition"


# --- modules ---------------------------------------------------------------------------------------------------------


def elaborate_module(
    e: Elaborator, node: tree.Module, universe: Universe, around: Scope, modules: dict[str, InnerModule]
) -> ModuleNames:
    """Goes through a module. `around` and `modules` are what an inner module sees of the one that holds it."""
    names = ModuleNames(node.name.name, Scope(around))
    site = Site(e, universe, names.scope, node.name.name, dict(modules), names)
    for extended in node.extends:
        _extend(site, extended)
    for unit in node.units:
        if site.undefined and isinstance(unit, _NOT_BEFORE_RECURSION_ENDS):
            name, symbol = next(iter(site.undefined.items()))
            raise SemanticError(
                f"`{name}` is declared RECURSIVE and not defined before this",
                unit.span,
                expected=f"the definition of `{name}`",
                notes=[("declared here", symbol.span)],
            )
        _UNITS[type(unit)](site, unit)
    _check_recursive(site)
    return names


def outermost() -> tuple[Scope, dict[str, InnerModule]]:
    """What a module of a file sees around it."""
    return LANGUAGE_SCOPE, {}


def _extend(site: Site, extended: tree.Ident) -> None:
    e = site.elaborator
    assert site.names is not None
    if e.declarations.is_built_in(extended.name):
        for row in exported_rows(extended.name):
            _merge(site, row.name, row, extended.span)
        for variable in STANDARD_VARIABLES.get(extended.name, ()):
            _declare(site, variable, (), extended.span, is_variable=True)
        return
    inner = site.modules.get(extended.name)
    if inner is not None:
        other = e.inner_module(inner, site.universe)
    else:
        e.require_module(extended)
        other = e.module(extended.name, site.universe)
    for name, symbol in other.exported.items():
        _merge(site, name, symbol, extended.span)
    site.modules.update(other.modules)
    site.names.modules.update(other.modules)
    site.names.assumptions.extend(a for a in other.assumptions if a not in site.names.assumptions)
    site.names.theorems.extend(t for t in other.theorems if t not in site.names.theorems)


def _merge(site: Site, name: str, symbol: Symbol, span: Span) -> None:
    """SANY's rule (Context.java, mergeExtendContext): of two declarations or two definitions the first one counts."""
    previous = site.scope.names.get(name)
    if previous is None:
        assert site.names is not None
        site.scope.names[name] = site.names.exported[name] = symbol
    elif previous is not symbol and site.universe.is_checked:
        if is_declaration(previous) != is_declaration(symbol):
            raise clash(name, previous, span)
        if not (isinstance(previous, Defined) and isinstance(symbol, Defined) and previous.unit is symbol.unit):
            site.elaborator.warnings.append(
                f"{span}: `{name}` comes from two of the modules extended; the first counts"
            )


def _inner_module(site: Site, node: tree.Module) -> None:
    name = node.name.name
    e = site.elaborator
    if site.is_checked and (name in site.modules or name in e.modules or e.declarations.is_built_in(name)):
        raise SemanticError(f"module `{name}` is already defined", node.name.span)
    inner = InnerModule(node, site.scope, site.universe, dict(site.modules))
    if site.is_checked:
        own = Universe("", captured=site.universe.captured, params=site.universe.params, is_checked=True)
        e.is_constant_module(InnerModule(node, site.scope, own, inner.visible))
    site.modules[name] = inner
    if site.names is not None:
        site.names.modules[name] = inner


# --- declarations ----------------------------------------------------------------------------------------------------


def _constants(site: Site, unit: tree.Constants) -> None:
    for c in unit.declarations:
        _declare(site, c.name, placeholders(c.arity, c.span), c.span, is_variable=False)


def _variables(site: Site, unit: tree.Variables) -> None:
    for v in unit.names:
        _declare(site, v.name, (), v.span, is_variable=True)


def _declare(site: Site, name: str, params: tuple[tree.Parameter, ...], span: Span, *, is_variable: bool) -> None:
    e = site.elaborator
    universe = site.universe
    if universe.substitutions is not None and name in universe.substitutions:
        site.add(name, universe.substitutions[name], span, is_local=False)
        return
    symbol = universe.declared.get(name)
    if symbol is None or isinstance(symbol, ir.Variable) != is_variable or arity_of(symbol) != len(params):
        symbol = ir.Variable(name, len(e.variables), span) if is_variable else ir.Constant(name, len(params), span)
    site.add(name, symbol, span, is_local=False)
    if universe is e.root and name not in universe.declared:
        if isinstance(symbol, ir.Variable):
            e.variables.append(symbol)
        else:
            e.constants[name] = symbol
    universe.declared[name] = symbol


def _recursive(site: Site, unit: tree.Recursive) -> None:
    for declared in unit.declarations:
        params = placeholders(declared.arity, declared.span)
        symbol = _defined(site, declared.name, params, declared.span, None)
        symbol.is_recursive = True
        site.undefined[declared.name] = symbol
        site.add(declared.name, symbol, declared.span, is_local=False)


def _check_recursive(site: Site) -> None:
    for name, symbol in site.undefined.items():
        raise SemanticError(f"`{name}` is declared RECURSIVE and never defined", symbol.span)


# --- definitions -----------------------------------------------------------------------------------------------------


def _defined(
    site: Site,
    name: str,
    params: tuple[tree.Parameter, ...],
    span: Span,
    unit: tree.OperatorDefinition | tree.FunctionDefinition | tree.Theorem | tree.Assumption | None,
    is_local: bool = False,
) -> Defined:
    frame = None if site.resolver is None else site.resolver.frame
    return Defined(
        name,
        params,
        span,
        unit,
        site.module,
        site.universe,
        site.scope,
        site.modules,
        is_local=is_local,
        local_frame=frame,
    )


def _definition(site: Site, unit: tree.OperatorDefinition | tree.FunctionDefinition) -> None:
    name = unit.name.name
    params = unit.params if isinstance(unit, tree.OperatorDefinition) else ()
    previous = site.scope.lookup(name)
    if isinstance(previous, Defined) and previous.is_recursive and previous.unit is None:
        _define_recursive(site, unit, params, previous)
        return
    if previous is not None and site.is_checked:
        raise clash(name, previous, unit.name.span)
    symbol = _defined(site, name, params, unit.span, unit, unit.is_local)
    _resolve(site, symbol)
    site.scope.names[name] = symbol
    if site.names is not None and not unit.is_local:
        site.names.exported[name] = symbol


def _define_recursive(
    site: Site,
    unit: tree.OperatorDefinition | tree.FunctionDefinition,
    params: tuple[tree.Parameter, ...],
    symbol: Defined,
) -> None:
    name = unit.name.name
    if len(params) != len(symbol.params):
        raise SemanticError(
            f"the definition of `{name}` does not fit its RECURSIVE declaration",
            unit.name.span,
            expected=count(len(symbol.params), "parameter"),
            got=str(len(params)),
            notes=[("declared here", symbol.span)],
        )
    if symbol.scope is not site.scope:
        raise SemanticError(
            f"`{name}` is declared RECURSIVE outside of this LET", unit.name.span, notes=[("there", symbol.span)]
        )
    if symbol.definition is not None:
        own = len(symbol.definition.params) - len(params)
        fresh = tuple(ir.Local(p.name, p.arity, p.span) for p in params)
        symbol.definition.params = symbol.definition.params[:own] + fresh
        symbol.definition.span = unit.span
        symbol.definition.is_local = unit.is_local
    del site.undefined[name]
    symbol.params, symbol.span, symbol.unit, symbol.is_local = params, unit.span, unit, unit.is_local
    if unit.is_local and site.names is not None:
        site.names.exported.pop(name, None)
    _resolve(site, symbol)


def _resolve(site: Site, symbol: Defined) -> None:
    if site.resolver is not None:
        site.elaborator.define_local(site.resolver, symbol)
    elif site.universe.is_checked:
        site.elaborator.definition(symbol, is_checked=True)


def _statement(site: Site, unit: tree.Assumption | tree.Theorem) -> None:
    """ASSUME and THEOREM; the name of either may be used as an expression."""
    assert site.names is not None
    if isinstance(unit.body, tree.AssumeProve) and unit.name is None:
        return
    is_assumption = isinstance(unit, tree.Assumption)
    if site.universe.is_checked and not isinstance(unit.body, tree.AssumeProve):
        r = Resolver(site.elaborator, site.universe, site.universe.captured, True, site.module, site.modules)
        kind = ScopeKind.OTHER if unit.name is None else ScopeKind.DEFINITION
        expr = r.expr(unit.body, Scope(site.scope, kind=kind))
        site.elaborator.check_levels()
        level = site.elaborator.levels.level_of(expr)
        if is_assumption and level > ir.Level.CONSTANT:
            raise SemanticError(
                "an assumption is about constants",
                unit.body.span,
                expected="a formula of constant level",
                got=f"one of {level.name.lower()} level",
            )
        (site.names.assumptions if is_assumption else site.names.theorems).append(
            ir.Assumption(unit.name, expr, unit.span)
        )
    if unit.name is not None:
        previous = site.scope.lookup(unit.name)
        if previous is not None and site.is_checked:
            raise clash(unit.name, previous, unit.span)
        symbol = _defined(site, unit.name, (), unit.span, unit)
        site.scope.names[unit.name] = site.names.exported[unit.name] = symbol


# --- INSTANCE and LET ------------------------------------------------------------------------------------------------


def _instance(site: Site, unit: tree.Instance) -> None:
    found = instance(site.elaborator, site, unit)
    if unit.name is None:
        for name, symbol in found.exported.items():
            site.add(name, symbol, unit.span, unit.is_local)
        return
    site.add(unit.name.name, found, unit.name.span, unit.is_local)


def process_let(e: Elaborator, r: Resolver, units: tuple[tree.Unit, ...], scope: Scope) -> None:
    """The units of a LET, into `scope`."""
    site = Site(e, r.universe, scope, r.module, r.inner_modules, resolver=r)
    for unit in units:
        _UNITS[type(unit)](site, unit)
    _check_recursive(site)


_NOT_BEFORE_RECURSION_ENDS = (tree.Constants, tree.Variables, tree.Assumption, tree.Theorem, tree.Module)

_UNITS = {
    tree.Constants: _constants,
    tree.Variables: _variables,
    tree.Recursive: _recursive,
    tree.OperatorDefinition: _definition,
    tree.FunctionDefinition: _definition,
    tree.Instance: _instance,
    tree.Assumption: _statement,
    tree.Theorem: _statement,
    tree.Module: _inner_module,
}
