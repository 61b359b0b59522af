"""Modules: what their units declare and define, EXTENDS, INSTANCE and inner modules.

A module and those it extends are resolved together as one universe (see `symbols`). The root, and each module that is
instanced, is resolved in full and checked: every definition in order, so that a name has no meaning before it is
defined. For an INSTANCE the module is then gone through again with its declarations substituted; the definitions of
that universe are resolved when something refers to them. Modules without constants and variables are shared by all.

Differences from SANY (tla2sany/semantic/Generator.java): the first error ends the work; proofs are not looked at; a LET
may hold an INSTANCE without a name; an operator handed over as an argument may be given the arguments of its instance.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..diagnostics import SemanticError, UnsupportedError
from ..source import Span
from ..syntax import tree
from . import ir
from .declarations import Declarations
from .expressions import Resolver, function_definition
from .levels import Levels
from .symbols import Defined, Frame, InnerModule, ModuleNames, Scope, ScopeKind, Substituted, Symbol, Universe
from .units import elaborate_module, outermost, process_let


class Elaborator:
    """Resolves modules. `modules` holds the tree of every module of the closure that is read from a file; `home_of`
    knows which module that could be extended defines a name."""

    def __init__(
        self, modules: Mapping[str, tree.Module], home_of: Callable[[str], str | None] = lambda name: None
    ) -> None:
        self.modules = modules
        self.home_of = home_of
        self.declarations = Declarations(modules)
        self.levels = Levels()
        self.root = Universe("", is_checked=True)
        self.shared = Universe("", is_checked=True)
        self.variables: list[ir.Variable] = []
        self.constants: dict[str, ir.Constant] = {}
        self.warnings: list[str] = []
        self.recursive_functions: dict[ir.Local, bool] = {}
        """The functions being defined, and whether each has been referred to in its own body."""
        self.labels: dict[Scope, set[str]] = {}
        """The labels of each definition, and of each label."""
        self.selections: dict[tuple[Defined, str], Defined] = {}
        self._pending: list[ir.Definition] = []
        self._checked_alone: dict[tree.Module, bool] = {}

    # --- definitions -------------------------------------------------------------------------------------------------

    def resolver(self, universe: Universe, frame: Frame, module: str) -> Resolver:
        """A resolver for something that has been checked before."""
        return Resolver(self, universe, frame, False, module, {})

    def definition(self, symbol: Defined, is_checked: bool = False) -> ir.Definition:
        """The definition that a symbol stands for, resolved unless it is being resolved already."""
        if symbol.definition is None:
            self._create(symbol)
        definition = symbol.definition
        assert definition is not None
        if not symbol.is_resolved and symbol.unit is not None:
            symbol.is_resolved = True
            self._resolve(symbol, definition, is_checked)
        return definition

    def _create(self, symbol: Defined) -> None:
        extra = () if symbol.local_frame is not None else self._fresh_frame(symbol.universe)
        prefix = symbol.universe.prefix if symbol.local_frame is None else ""
        symbol.definition = ir.Definition(
            name=prefix + symbol.name,
            params=extra + self._fresh(symbol.params),
            span=symbol.span,
            module=symbol.module,
            is_recursive=symbol.is_recursive,
            is_local=symbol.is_local,
            leading=len(extra),
        )

    def _fresh_frame(self, universe: Universe) -> tuple[ir.Local, ...]:
        frame = self._fresh(universe.params)
        for local, param in zip(frame, universe.params, strict=True):
            if param in universe.param_limits:
                self.levels.limit(local, universe.param_limits[param])
        return frame

    @staticmethod
    def _fresh(params: tuple[tree.Parameter, ...]) -> tuple[ir.Local, ...]:
        return tuple([ir.Local(p.name, p.arity, p.span) for p in params])

    def _resolve(self, symbol: Defined, definition: ir.Definition, is_checked: bool) -> None:
        universe = symbol.universe
        own = len(definition.params) - len(symbol.params)
        frame = universe.captured + definition.params[:own]
        r = Resolver(self, universe, frame, is_checked, symbol.module, symbol.inner_modules)
        try:
            self._body(r, symbol, definition)
        except RecursionError:
            hint = "give parts of it definitions of their own"
            raise UnsupportedError("this definition is nested too deeply", symbol.span, hint=hint) from None
        if universe.let_definitions is not None:
            universe.let_definitions.append(definition)
        else:
            self._pending.append(definition)

    def _body(self, r: Resolver, symbol: Defined, definition: ir.Definition) -> None:
        """Fills in the parameters and the body of a definition."""
        unit = symbol.unit
        own = len(definition.params) - len(symbol.params)
        scope = Scope(symbol.scope, kind=ScopeKind.DEFINITION)
        definition.params = definition.params[:own] + r.parameters(symbol.params, scope)
        self.levels.track(definition.params)
        if isinstance(unit, tree.FunctionDefinition):
            definition.body = function_definition(r, unit, scope)
        else:
            assert unit is not None
            definition.body = r.expr(unit.body, scope)

    def substituted_definition(self, symbol: Substituted) -> ir.Definition:
        """The definition `I!x` that holds what an INSTANCE substitutes for `x`, where that is not just a name."""
        if symbol.definition is not None:
            return symbol.definition
        universe = symbol.universe
        frame = self._fresh_frame(universe)
        own = len(symbol.own_params)
        whole = universe.captured + frame
        r = self.resolver(symbol.site, whole[: universe.depth - own], symbol.module)
        scope = Scope(
            symbol.scope, {p.name: x for p, x in zip(symbol.own_params, whole[universe.depth - own :], strict=True)}
        )
        value = symbol.value
        params: tuple[ir.Local, ...] = ()
        if isinstance(value, tree.Lambda):
            scope = Scope(scope)
            params = r.parameters(value.params, scope)
            value = value.body
        definition = ir.Definition(universe.prefix + symbol.name, frame + params, symbol.value.span, symbol.module)
        symbol.definition = definition
        definition.body = r.expr(value, scope)
        if universe.let_definitions is not None:
            universe.let_definitions.append(definition)
        else:
            self._pending.append(definition)
        return definition

    def define_local(self, r: Resolver, symbol: Defined) -> None:
        """Resolves a definition of a LET, by the resolver of the definition around it."""
        if symbol.definition is None:
            self._create(symbol)
        assert symbol.definition is not None
        symbol.is_resolved = True
        self._body(r, symbol, symbol.definition)
        assert r.let_definitions is not None
        r.let_definitions.append(symbol.definition)

    def check_levels(self) -> None:
        """Checks the levels of every definition resolved since the last call."""
        pending, self._pending = self._pending, []
        for definition in pending:
            self.levels.check(definition)

    def later_definition(self, name: str, span: Span) -> str | None:
        """A hint where `name` is being defined, or is defined further down, in the text that holds `span`."""
        for module in self.modules.values():
            if module.span.source is not span.source:
                continue
            for unit in module.units:
                if not isinstance(unit, tree.OperatorDefinition | tree.FunctionDefinition) or unit.name.name != name:
                    continue
                if unit.span.line <= span.line <= unit.span.end_line:
                    underscores = ", ".join("_" for _ in getattr(unit, "params", ()))
                    declaration = f"RECURSIVE {name}({underscores})" if underscores else f"RECURSIVE {name}"
                    return f"what refers to itself is declared before: `{declaration}`"
                return f"`{name}` is defined later, in line {unit.span.line}: move it up, or declare it RECURSIVE"
        return None

    def hidden_definition(self, name: str) -> str | None:
        """A hint where `name` is LOCAL to some module that has been read."""
        name = name.rpartition("!")[2]
        for module in self.modules.values():
            for unit in module.units:
                if isinstance(unit, tree.OperatorDefinition | tree.FunctionDefinition) and unit.name.name == name:
                    return f"`{name}` is LOCAL to module {module.name.name}" if unit.is_local else None
        return None

    # --- modules -----------------------------------------------------------------------------------------------------

    def require_module(self, ident: tree.Ident) -> None:
        """Raises a SemanticError unless a name, which is that of no inner module, is that of a module of a file."""
        if ident.name not in self.modules:
            raise SemanticError(
                f"the inner module `{ident.name}` is not defined before this",
                ident.span,
                expected="a module that is complete here",
            )

    def module(self, name: str, universe: Universe) -> ModuleNames:
        """A module of a file, resolved in `universe`, or in the shared one where it declares nothing."""
        if self.declarations.is_parameter_free(name):
            universe = self.shared
        found = universe.modules.get(name)
        if found is None:
            found = elaborate_module(self, self.modules[name], universe, *outermost())
            universe.modules[name] = found
        return found

    def named_module(self, name: str, universe: Universe) -> ModuleNames:
        """A module of a file, resolved for a named INSTANCE: its definitions have names of their own."""
        found = elaborate_module(self, self.modules[name], universe, *outermost())
        universe.modules[name] = found
        return found

    def inner_module(self, inner: InnerModule, universe: Universe) -> ModuleNames:
        """An inner module, resolved in `universe`."""
        return elaborate_module(self, inner.module, universe, inner.scope, inner.visible)

    def is_constant_module(self, module: str | InnerModule) -> bool:
        """Checks a module by itself, once; whether all it declares and defines is of constant level."""
        node = self.modules[module] if isinstance(module, str) else module.module
        found = self._checked_alone.get(node)
        if found is None:
            if isinstance(module, str) and self.declarations.is_parameter_free(module):
                names = self.module(module, self.shared)
            elif isinstance(module, str):
                names = elaborate_module(self, node, Universe("", is_checked=True), *outermost())
            else:
                names = self.inner_module(module, module.universe)
            constant = [self._is_constant(symbol) for symbol in names.scope.names.values()]
            found = all(constant)
            self._checked_alone[node] = found
        return found

    def _is_constant(self, symbol: Symbol) -> bool:
        if isinstance(symbol, Defined) and symbol.definition is not None:
            self.levels.check(symbol.definition)
            return symbol.definition.level == ir.Level.CONSTANT
        return not isinstance(symbol, ir.Variable)

    def let_units(self, r: Resolver, units: tuple[tree.Unit, ...], scope: Scope) -> None:
        """The definitions of a LET, in order, into `scope`."""
        process_let(self, r, units, scope)
