"""Where this package keeps what takes long to make: compiled objects, and the tables of the parser."""

from __future__ import annotations

import os
import sys
from pathlib import Path

CACHE_VARIABLE = "COMITIA_CACHE"


def cache_folder() -> Path:
    """$COMITIA_CACHE, or a folder in the user's cache directory; it need not exist."""
    chosen = os.environ.get(CACHE_VARIABLE)
    if chosen:
        return Path(chosen)
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "comitia"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "comitia"
