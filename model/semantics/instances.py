"""INSTANCE: which module, what is substituted for its declarations, and the universe that results.

A declaration that WITH does not mention stands for what has its name at the place of the INSTANCE (Specifying Systems,
section 17.5). A module that is not a constant module takes constants for its constants and state functions for its
variables.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from ..diagnostics import SemanticError, UnsupportedError, did_you_mean
from ..syntax import tree
from . import ir
from .expressions import Resolver
from .operators import STANDARD_VARIABLES, exported_rows
from .references import argument, count
from .symbols import InnerModule, InstanceName, Scope, Substituted, Symbol, Universe, arity_of

if TYPE_CHECKING:
    from .declarations import Declared
    from .elaborate import Elaborator
    from .units import Site


def instance(e: Elaborator, site: Site, unit: tree.Instance) -> InstanceName:
    """What an INSTANCE brings. The result has a name where the unit gives one."""
    universe = _universe(site, unit)
    if e.declarations.is_built_in(unit.module.name) and unit.module.name not in site.modules:
        return _standard(unit, universe)
    inner = site.modules.get(unit.module.name)
    if inner is None:
        e.require_module(unit.module)
    target: str | InnerModule = unit.module.name if inner is None else inner
    is_constant = e.is_constant_module(target) if inner is None else _is_constant_inner(e, inner)
    declared = e.declarations.of(target, site.modules)
    scope = Scope(site.scope)
    resolver = _site_resolver(site)
    own = resolver.parameters(unit.params, scope)
    universe.substitutions = _substitutions(site, unit, declared, universe)
    if site.is_checked or unit.params:
        e.levels.track(own)
        names_of_params = dict(zip(own, unit.params, strict=True))
        for substituted in universe.substitutions.values():
            _check(e, resolver, substituted, scope, unit, is_constant, names_of_params)
    if inner is not None:
        names = e.inner_module(inner, universe)
    elif unit.name is None:
        names = e.module(unit.module.name, universe)
    else:
        names = e.named_module(unit.module.name, universe)
    return _named(unit, universe, names.definitions())


def _named(unit: tree.Instance, universe: Universe, exported: dict[str, Symbol]) -> InstanceName:
    ident = unit.name or unit.module
    return InstanceName(ident.name, unit.params, ident.span, universe, exported, unit.is_local)


def _universe(site: Site, unit: tree.Instance) -> Universe:
    prefix = site.universe.prefix + (f"{unit.name.name}!" if unit.name is not None else "")
    if site.resolver is None:
        outer = site.universe
        return Universe(
            prefix,
            outer.captured,
            outer.params + unit.params,
            let_definitions=outer.let_definitions,
            param_limits=dict(outer.param_limits),
        )
    # Within a definition the frame consists of its own parameters.
    captured = cast("tuple[ir.Local, ...]", site.resolver.frame)
    return Universe(prefix, captured, unit.params, let_definitions=site.resolver.let_definitions)


def _standard(unit: tree.Instance, universe: Universe) -> InstanceName:
    name = unit.module.name
    if STANDARD_VARIABLES.get(name):
        raise UnsupportedError(f"INSTANCE of module {name} is not supported; extend it", unit.span)
    if unit.substitutions:
        wrong = unit.substitutions[0].name
        raise SemanticError(f"module {name} declares no constant or variable `{wrong.name}`", wrong.span)
    return _named(unit, Universe(universe.prefix), {row.name: row for row in exported_rows(name)})


def _is_constant_inner(e: Elaborator, inner: InnerModule) -> bool:
    universe = Universe("", inner.universe.captured, inner.universe.params, is_checked=True)
    return e.is_constant_module(InnerModule(inner.module, inner.scope, universe, inner.visible))


def _site_resolver(site: Site) -> Resolver:
    """Resolves what stands at the place of the INSTANCE."""
    if site.resolver is not None:
        return site.resolver
    frame = site.universe.captured + tuple(ir.Local(p.name, p.arity, p.span) for p in site.universe.params)
    return Resolver(site.elaborator, site.universe, frame, site.is_checked, site.module, site.modules)


def _substitutions(
    site: Site, unit: tree.Instance, declared: list[Declared], universe: Universe
) -> dict[str, Substituted]:
    given: dict[str, tree.Substitution] = {}
    known = {d.name for d in declared}
    for substitution in unit.substitutions:
        name = substitution.name.name
        if name not in known:
            raise SemanticError(
                f"module {unit.module.name} declares no constant or variable `{name}`",
                substitution.name.span,
                hint=did_you_mean(name, known),
            )
        if name in given:
            raise SemanticError(f"two values are substituted for `{name}`", substitution.name.span)
        given[name] = substitution
    out: dict[str, Substituted] = {}
    for d in declared:
        value = given[d.name].value if d.name in given else tree.Name(unit.module.span, (), d.name)
        out[d.name] = Substituted(
            d.name,
            d.params,
            value,
            site.scope,
            site.universe,
            universe,
            unit.params,
            d.span,
            site.module,
            d.is_variable,
        )
    return out


def _check(
    e: Elaborator,
    resolver: Resolver,
    substituted: Substituted,
    scope: Scope,
    unit: tree.Instance,
    is_constant: bool,
    own: dict[ir.Local, tree.Parameter],
) -> None:
    """Whether what is substituted exists and has the arity and level that its place wants.

    Where the level depends on a parameter, it is the parameter whose level is limited.
    """
    value = substituted.value
    name = substituted.name
    is_implicit = value.span is unit.module.span
    if is_implicit:
        symbol = scope.lookup(name)
        arity = len(substituted.params)
        if symbol is None or arity_of(symbol) != arity:
            raise SemanticError(
                f"INSTANCE {unit.module.name} has no value for `{name}`",
                unit.span,
                expected=f"`WITH {name} <- …`, or a `{name}` here that takes {count(arity, 'argument')}",
                notes=[(f"`{name}` is declared here", substituted.span)],
            )
    resolved = argument(resolver, value, len(substituted.params), scope, f"the value of `{name}`")
    if not e.levels.is_leibniz(resolved):
        raise SemanticError(
            f"the operator for `{name}` in INSTANCE {unit.module.name} is not Leibniz",
            value.span,
            expected="an operator none of whose arguments stands under a prime, ENABLED, UNCHANGED or fairness",
        )
    if is_constant:
        return
    info = e.levels.argument_info(resolved)
    level = info.level
    allowed = ir.Level.STATE if substituted.is_variable else ir.Level.CONSTANT
    limits = substituted.universe.param_limits
    for local in info.params:
        param = own.get(local)
        if param is None:
            e.levels.limit(local, allowed)
        else:
            limits[param] = min(allowed, limits.get(param, allowed))
    if level > allowed:
        kind = "variable" if substituted.is_variable else "constant"
        raise SemanticError(
            f"the value of `{name}` in INSTANCE {unit.module.name} is of {level.name.lower()} level",
            value.span,
            expected=f"one of {allowed.name.lower()} level at most, for a {kind}",
            notes=[(f"`{name}` is declared here", substituted.span)],
        )
