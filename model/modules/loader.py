"""`load_module`: a file of TLA+ and all it depends on, resolved."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..semantics.ir import ResolvedModule
from ..semantics.resolve import resolve
from .closure import load_closure
from .interning import strings_of
from .library import Library, home_of


def load_module(path: Path, library: Sequence[Path] = ()) -> ResolvedModule:
    """Reads, parses and resolves the module at `path`.

    Modules that it extends or instances are looked for beside it, then in the folders of `library`, then among those
    that come along; the name of a standard module (Naturals, Sequences, TLC …) always means the built-in one.

    Raises:
        InputError: a file cannot be read.
        ParseError: a text is not a TLA+ module.
        SemanticError, UnsupportedError: a module has no meaning, or none that can be given.
    """
    closure = load_closure(path, Library(path, library))
    module = resolve(closure.root, closure.modules, home_of)
    module.module_names = closure.names
    module.sources = [read.span.source for read in closure.modules.values()]
    module.strings = strings_of(closure)
    return module
