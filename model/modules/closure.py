"""The closure of a root module under EXTENDS and INSTANCE: every file is read and parsed once.

Modules are met in SANY's order (tla2sany/modanalyzer/SpecObj.java, loadSpec): as long as some module met so far extends
one that is not, that one is next; then the same for INSTANCE.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..diagnostics import InputError, SemanticError, did_you_mean
from ..semantics.operators import BUILT_IN_MODULES, STANDARD
from ..syntax import tree
from ..syntax.parser import parse_module
from .library import SUFFIX, Library, read

_INSTANCE = re.compile(r"\bINSTANCE\b")


@dataclass(slots=True)
class Closure:
    """The modules of one specification."""

    root: tree.Module
    modules: dict[str, tree.Module] = field(default_factory=dict)
    """Those read from files, in the order in which they were met, the root first."""
    names: list[str] = field(default_factory=list)
    """All of them, built-in ones included, in the same order."""

    def dependencies_first(self) -> list[str]:
        """The modules read from files, each after those it extends or instances."""
        out: list[str] = []
        self._visit(self.root.name.name, out)
        return out

    def _visit(self, name: str, out: list[str]) -> None:
        module = self.modules.get(name)
        if module is None or name in out:
            return
        for wanted in [*extended(module), *instanced(module)]:
            self._visit(wanted.name, out)
        out.append(name)


def load_closure(path: Path, library: Library) -> Closure:
    """Reads and parses the module at `path` and all it depends on.

    Raises:
        InputError: a file cannot be read.
        ParseError: a text is not a module.
        SemanticError: a module is not found, or depends on itself.
    """
    root = _parse(path, path.stem)
    closure = Closure(root, {root.name.name: root}, [root.name.name])
    while True:
        wanted = _next_missing(closure, extended) or _next_missing(closure, instanced)
        if wanted is None:
            break
        closure.names.append(wanted.name)
        file = None if wanted.name in STANDARD else library.find(wanted.name)
        if file is not None:
            closure.modules[wanted.name] = _parse(file, wanted.name)
        elif wanted.name not in BUILT_IN_MODULES:
            raise SemanticError(
                f"there is no module `{wanted.name}`",
                wanted.span,
                expected=f"a file {wanted.name}{SUFFIX} in one of: {', '.join(map(str, library.folders))}",
                hint=did_you_mean(wanted.name, [*library.names(), *BUILT_IN_MODULES]),
            )
    _check_acyclic(closure)
    return closure


def _parse(path: Path, name: str) -> tree.Module:
    source = read(path)
    module = parse_module(source)
    if module.name.name != name:
        raise SemanticError(
            f"the file {path.name} holds module `{module.name.name}`",
            module.name.span,
            expected=f"module `{name}`: a module and its file have one name",
        )
    return module


def _next_missing(closure: Closure, dependencies: Any) -> tree.Ident | None:
    """The first module that is depended on and not met yet, depth first from the root."""
    seen: set[str] = set()
    stack = [closure.root.name.name]
    while stack:
        name = stack.pop()
        module = closure.modules.get(name)
        if name in seen or module is None:
            continue
        seen.add(name)
        for wanted in dependencies(module):
            if wanted.name not in closure.names:
                return wanted
        both = [*extended(module), *instanced(module)]
        stack.extend(ident.name for ident in reversed(both))
    return None


def _check_acyclic(closure: Closure) -> None:
    done: set[str] = set()

    def visit(name: str, path: list[str]) -> None:
        module = closure.modules.get(name)
        if module is None or name in done:
            return
        for wanted in [*extended(module), *instanced(module)]:
            if wanted.name in [*path, name]:
                cycle = [*path, name, wanted.name]
                cycle = cycle[cycle.index(wanted.name) :]
                raise SemanticError(f"module `{wanted.name}` depends on itself: {' → '.join(cycle)}", wanted.span)
            visit(wanted.name, [*path, name])
        done.add(name)

    visit(closure.root.name.name, [])


# --- what a module depends on ----------------------------------------------------------------------------------------


def extended(module: tree.Module) -> list[tree.Ident]:
    """The modules of files that a module and its inner modules extend."""
    own = _inner_names(module)
    out = [ident for ident in module.extends if ident.name not in own]
    for unit in module.units:
        if isinstance(unit, tree.Module):
            out.extend(ident for ident in extended(unit) if ident.name not in own)
    return out


def instanced(module: tree.Module) -> list[tree.Ident]:
    """The modules of files that a module and its inner modules instance, in LETs too."""
    own = _inner_names(module)
    return [ident for ident in _instances(module) if ident.name not in own]


def _inner_names(module: tree.Module) -> set[str]:
    return {unit.name.name for unit in module.units if isinstance(unit, tree.Module)}


def _instances(module: tree.Module) -> Iterator[tree.Ident]:
    for unit in module.units:
        if isinstance(unit, tree.Instance):
            yield unit.module
        elif isinstance(unit, tree.Module):
            yield from instanced(unit)
        elif _INSTANCE.search(unit.span.text):
            # Only a LET can hold an INSTANCE then; such definitions are few, so the walk is not felt.
            yield from _instances_in(unit)


def _instances_in(value: Any) -> Iterator[tree.Ident]:
    if isinstance(value, tree.Instance):
        yield value.module
    elif isinstance(value, tree.Node):
        for name in value.__dataclass_fields__:
            if name != "span":
                yield from _instances_in(getattr(value, name))
    elif isinstance(value, tuple):
        for item in value:
            yield from _instances_in(item)


__all__ = ["Closure", "InputError", "extended", "instanced", "load_closure"]
