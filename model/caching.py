"""Where this package keeps what takes long to make: compiled objects, the tables of the parser, parsed modules."""

from __future__ import annotations

import os
import sys
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

CACHE_VARIABLE = "COMITIA_CACHE"
WORD_BYTES = 4


def cache_folder() -> Path:
    """$COMITIA_CACHE, or a folder in the user's cache directory; it need not exist."""
    chosen = os.environ.get(CACHE_VARIABLE)
    if chosen:
        return Path(chosen)
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "comitia"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "comitia"


def cached(name: str, origin: bytes, make: Callable[[], bytes]) -> bytes:
    """What `make` makes of `origin`: from the file of that name in the cache, where that is whole and of this origin.

    Otherwise it is made, and written there for the next time; where that cannot be, it is made each time. A file has a
    checksum of all that follows, the length of the origin, the origin, and what was made of it.
    """
    place = cache_folder() / name
    head = len(origin).to_bytes(WORD_BYTES, "big") + origin
    try:
        kept = place.read_bytes()
    except OSError:
        kept = b""
    content = memoryview(kept)[WORD_BYTES:]
    if kept[:WORD_BYTES] == _checksum(content) and content[: len(head)] == head:
        return bytes(content[len(head) :])
    made = make()
    _write(place, _checksum(head + made) + head + made)
    return made


def _checksum(content: bytes | memoryview) -> bytes:
    return zlib.crc32(content).to_bytes(WORD_BYTES, "big")


def _write(place: Path, content: bytes) -> None:
    """The whole file or none, where several processes write it at once too."""
    draft = place.with_name(f"{place.name}.{os.getpid()}")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        draft.write_bytes(content)
        draft.replace(place)
    except OSError:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
