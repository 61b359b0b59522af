"""Where modules are found: beside the root module, then in the library folders, then among those that come along.

The community modules, and others that specifications count on, are texts of this package (`standard`). As in TLC, a
file that the user has of the same name is taken instead, whatever it holds. The operators that TLC implements in Java
are the engine's business: it may implement a definition of its own accord, of these texts and of such a file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from ..diagnostics import InputError
from ..source import Source

SUFFIX = ".tla"
STANDARD_FOLDER = Path(__file__).parent / "standard"
"""The texts that come along."""
_DEFINITION = re.compile(r"^([A-Za-z]\w*)(?:\[[^\]]*\]|\([^=]*\))? ==", re.MULTILINE)


class Library:
    """The folders in which the modules of one specification are looked for."""

    def __init__(self, root: Path, folders: Sequence[Path] = ()) -> None:
        self.root = root
        self.folders = [root.parent, *folders]

    def find(self, name: str) -> Path | None:
        """The file of a module, or None."""
        for folder in self.folders:
            path = folder / f"{name}{SUFFIX}"
            if path.is_file():
                return path
        return None

    def names(self) -> Iterable[str]:
        """The names of all modules that have a file."""
        folders = [*self.folders, STANDARD_FOLDER]
        return [path.stem for folder in folders if folder.is_dir() for path in folder.glob(f"*{SUFFIX}")]


def standard_text(name: str) -> Path | None:
    """The text of a module that comes along, or None."""
    path = STANDARD_FOLDER / f"{name}{SUFFIX}"
    return path if path.is_file() else None


@cache
def _homes() -> dict[str, str]:
    """Operator → the module that comes along and defines it, the one with the shortest name first."""
    homes: dict[str, str] = {}
    for path in sorted(STANDARD_FOLDER.glob(f"*{SUFFIX}"), key=lambda path: (len(path.stem), path.stem)):
        for match in _DEFINITION.finditer(path.read_text(encoding="utf-8")):
            homes.setdefault(match[1], path.stem)
    return homes


def home_of(name: str) -> str | None:
    """The module among those that come along that defines an operator."""
    return _homes().get(name)


def read(path: Path) -> Source:
    """The text of a module file.

    Raises:
        InputError: the file cannot be read.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    return Source(str(path), text, path)
