"""Modules that were parsed before: their trees are kept in the user's cache, one file for each path.

A tree is read back in a fifth of the time that its text takes to parse. It is that of this very text, and of this very
parser, or it is made anew.
"""

from __future__ import annotations

import io
import pickle
import sys
import zlib
from functools import cache
from pathlib import Path
from typing import Any

from ..caching import cached
from ..source import Source
from . import tree

FEWEST_CHARACTERS = 4_000
"""Shorter texts are parsed in hardly more time than it takes to look for their trees."""
PARSER = Path(__file__).parent
SOURCE = "source"
"""What stands for the text in a tree that is kept."""


def module_of(source: Source, name: str) -> tree.Module:
    """As `parse_module` of `parser`; `name` tells apart the modules of one file. Raises ParseError."""
    from .parser import parse_module

    if source.path is None or len(source.text) < FEWEST_CHARACTERS:
        return parse_module(source)
    place = f"{source.path.absolute()}!{name}".encode(errors="surrogateescape")
    origin = f"{_version()}\n{source.text}".encode(errors="surrogatepass")
    try:
        return _Reader(
            cached(f"tree-{zlib.crc32(place):08x}", origin, lambda: _written(parse_module(source))), source
        ).load()
    except RecursionError:  # too deep to be written
        return parse_module(source)


@cache
def _version() -> str:
    """Tells parsers apart: by the files that they are, and the Python that reads them."""
    files = sorted(path for folder in (PARSER, PARSER.parent) for path in folder.iterdir() if path.is_file())
    stats = [path.stat() for path in files]
    return f"{sys.version_info[:2]} {[(stat.st_mtime_ns, stat.st_size) for stat in stats]}"


class _Writer(pickle.Pickler):
    def persistent_id(self, obj: object) -> str | None:
        return SOURCE if isinstance(obj, Source) else None


class _Reader(pickle.Unpickler):
    def __init__(self, data: bytes, source: Source) -> None:
        super().__init__(io.BytesIO(data))
        self._source = source

    def persistent_load(self, pid: Any) -> Source:
        assert pid == SOURCE
        return self._source


def _written(module: tree.Module) -> bytes:
    data = io.BytesIO()
    _Writer(data, pickle.HIGHEST_PROTOCOL).dump(module)
    return data.getvalue()
