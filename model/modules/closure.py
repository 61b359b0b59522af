"""The closure of a root module under EXTENDS and INSTANCE: every file is read and parsed once.

A module without a file of its own may follow the root module in the root's file, as TLC allows too.

Modules are met in SANY's order (tla2sany/modanalyzer/SpecObj.java, loadSpec): as long as some module met so far extends
one that is not, that one is next; then the same for INSTANCE.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from ..diagnostics import SemanticError, did_you_mean
from ..semantics.operators import BUILT_IN_MODULES, EXPORTS, STANDARD, STANDARD_INSTANCES
from ..source import Source
from ..structs import Struct, field
from ..syntax import tree
from ..syntax.kept import module_of
from .library import SUFFIX, Library, read, standard_text

_INSTANCE = re.compile(r"\bINSTANCE\b")


class Closure(Struct, frozen=False):
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


_Dependencies = Callable[[Closure, str], list[tree.Ident]]


def load_closure(path: Path, library: Library) -> Closure:
    """Reads and parses the module at `path` and all it depends on.

    Raises:
        InputError: a file cannot be read.
        ParseError: a text is not a module.
        SemanticError: a module is not found, or depends on itself.
    """
    root = _parse(read(path), path.stem)
    closure = Closure(root, {root.name.name: root}, [root.name.name])
    while True:
        wanted = _next_missing(closure, _extended_by) or _next_missing(closure, _instanced_by)
        if wanted is None:
            break
        closure.names.append(wanted.name)
        file = None if wanted.name in STANDARD else library.find(wanted.name)
        if file is not None:
            closure.modules[wanted.name] = _parse(read(file), wanted.name)
        elif embedded := _embedded(root, wanted.name):
            closure.modules[wanted.name] = _parse(embedded, wanted.name)
        elif text := standard_text(wanted.name):
            closure.modules[wanted.name] = _parse(read(text), wanted.name)
        elif wanted.name not in BUILT_IN_MODULES:
            raise SemanticError(
                f"there is no module `{wanted.name}`",
                wanted.span,
                expected=f"a file {wanted.name}{SUFFIX} {_places(library)}",
                hint=did_you_mean(wanted.name, [*library.names(), *BUILT_IN_MODULES]),
            )
    _check_acyclic(closure)
    return closure


def _places(library: Library) -> str:
    """Where a module is looked for."""
    beside, *folders = library.folders
    first = "beside this one" if beside == Path() else f"in {beside}"
    return first + "".join(f", or in {folder}" for folder in folders)


def _parse(source: Source, name: str) -> tree.Module:
    module = module_of(source, name)
    if module.name.name != name:
        raise SemanticError(
            f"the file {name}{SUFFIX} holds module `{module.name.name}`",
            module.name.span,
            expected=f"module `{name}`: a module and its file have one name",
        )
    return module


def _embedded(root: tree.Module, name: str) -> Source | None:
    """The text of a module that follows the root module in its file, all before it blanked out, or None."""
    source = root.span.source
    start = sum(len(line) + 1 for line in source.lines[: root.span.end_line])
    header = re.compile(rf"^-{{4,}}[ \t]*MODULE[ \t]+{re.escape(name)}\b", re.MULTILINE)
    match = header.search(source.text, start)
    if match is None:
        return None
    blank = re.sub(r"[^\n]", " ", source.text[: match.start()])
    return Source(source.name, blank + source.text[match.start() :], source.path)


def _next_missing(closure: Closure, dependencies: _Dependencies) -> tree.Ident | None:
    """The first module that is depended on and not met yet, depth first from the root."""
    seen: set[str] = set()
    stack = [closure.root.name.name]
    while stack:
        name = stack.pop()
        if name in seen or name not in closure.names:
            continue
        seen.add(name)
        for wanted in dependencies(closure, name):
            if wanted.name not in closure.names:
                return wanted
        both = [*_extended_by(closure, name), *_instanced_by(closure, name)]
        stack.extend(ident.name for ident in reversed(both))
    return None


def _extended_by(closure: Closure, name: str) -> list[tree.Ident]:
    module = closure.modules.get(name)
    if module is not None:
        return extended(module)
    return [tree.Ident(closure.root.span, other) for other in EXPORTS[name] if other != name]


def _instanced_by(closure: Closure, name: str) -> list[tree.Ident]:
    module = closure.modules.get(name)
    if module is not None:
        return instanced(module)
    return [tree.Ident(closure.root.span, other) for other in STANDARD_INSTANCES.get(name, ())]


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
    """The modules of files that a module and its inner modules extend; an inner one may extend another."""
    own = _inner_names(module)
    out = list(module.extends)
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
        for name in value.__match_args__:
            if name != "span":
                yield from _instances_in(getattr(value, name))
    elif isinstance(value, tuple):
        for item in value:
            yield from _instances_in(item)
