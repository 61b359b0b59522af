"""Where modules are found: beside the root module, then in the library folders, in this order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from ..diagnostics import InputError
from ..source import Source

SUFFIX = ".tla"


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
        return [path.stem for folder in self.folders if folder.is_dir() for path in folder.glob(f"*{SUFFIX}")]


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
