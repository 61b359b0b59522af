"""What the modules of a closure declare: the constants and variables for which an INSTANCE substitutes."""

from __future__ import annotations

from collections.abc import Mapping

from ..source import Span
from ..structs import Struct
from ..syntax import tree
from .operators import BUILT_IN_MODULES, STANDARD, STANDARD_VARIABLES
from .symbols import InnerModule


class Declared(Struct, eq=True):
    """A constant or variable that a module, or one it extends, declares."""

    name: str
    params: tuple[tree.Parameter, ...]
    span: Span
    is_variable: bool


def placeholders(arity: int, span: Span) -> tuple[tree.Parameter, ...]:
    """Formal parameters for something of which only the arity is known."""
    return tuple(tree.Parameter(span, f"a{i + 1}") for i in range(arity))


class Declarations:
    """Answers from the trees alone, before anything is resolved."""

    def __init__(self, modules: Mapping[str, tree.Module]) -> None:
        self._modules = modules
        self._parameter_free: dict[str, bool] = {}

    def is_built_in(self, name: str) -> bool:
        """Whether a module name stands for rows of the operator table."""
        return name in STANDARD or (name in BUILT_IN_MODULES and name not in self._modules)

    def is_parameter_free(self, name: str) -> bool:
        """Whether neither the module nor one that it extends declares a constant or variable."""
        if name not in self._parameter_free:
            self._parameter_free[name] = not self.of(name, {})
        return self._parameter_free[name]

    def of(self, module: str | InnerModule, visible: Mapping[str, InnerModule]) -> list[Declared]:
        """What a module and those it extends declare, each name once, in the order of declaration.

        `visible` are the inner modules that it may extend.
        """
        out: dict[str, Declared] = {}
        self._collect(module, visible, out, set())
        return list(out.values())

    def _collect(
        self,
        module: str | InnerModule,
        visible: Mapping[str, InnerModule],
        out: dict[str, Declared],
        seen: set[str],
    ) -> None:
        name = module if isinstance(module, str) else module.module.name.name
        if name in seen:
            return
        seen.add(name)
        node = self._modules[module] if isinstance(module, str) else module.module
        for extended in node.extends:
            if extended.name not in visible and self.is_built_in(extended.name):
                for variable in STANDARD_VARIABLES.get(extended.name, ()):
                    out.setdefault(variable, Declared(variable, (), extended.span, True))
            else:
                self._collect(visible.get(extended.name, extended.name), visible, out, seen)
        for unit in node.units:
            if isinstance(unit, tree.Constants):
                for c in unit.declarations:
                    out.setdefault(c.name, Declared(c.name, placeholders(c.arity, c.span), c.span, False))
            elif isinstance(unit, tree.Variables):
                for v in unit.names:
                    out.setdefault(v.name, Declared(v.name, (), v.span, True))
