"""Checkpoints of a compiled search, which the search itself writes and reads (`runtime/checkpoint.hpp`).

Here is what has to be the same when it goes on. Beside the texts and the options that is all of the C++: numbers and
fingerprints in the file are those of that code. It depends on the names that were known when it was made, and on
whether variables have layouts, which are therefore in the first line too.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from typing import Any

from ...model.diagnostics import InputError
from ...model.problem import Problem
from ...model.values.order import rank_of
from ..checkpoint import FILE, another_version, check_header, line_of, make_header, not_written, options_of, read_header
from ..engine import Checkpointing, Options
from .build import runtime_text
from .process import Saving
from .translation import Translation
from .unit import Unit

ENGINE = "compiled"


class Checkpoints:
    """The checkpoint of one search: `records_graph` tells whether that keeps the behaviour graph."""

    def __init__(
        self, checkpointing: Checkpointing, problem: Problem, options: Options, *, records_graph: bool
    ) -> None:
        self.checkpointing = checkpointing
        self.problem = problem
        self.options = {
            **options_of(problem, options),
            "--fingerprint": options.fingerprint,
            "--dump": records_graph,
            "--why": records_graph,
        }
        self._header: dict[str, Any] | None = None

    def restore(self) -> bool | None:
        """What is to be known before the problem is translated: names, and whether variables have layouts.

        None where there is nothing to go on from. Raises InputError.
        """
        if self.checkpointing.resume is None:
            return None
        path = self.checkpointing.resume / FILE
        header = read_header(path)
        check_header(header, path, ENGINE, self.problem, self.options, b"")
        for name in header["strings"]:
            rank_of(name)
        self._header = header
        return header["layouts"]

    def saving(self, unit: Unit, translation: Translation, *, packs: bool) -> Saving:
        """What the search is told. Raises InputError where it cannot go on from the checkpoint."""
        digest = hashlib.sha256(f"{translation.text}\0{runtime_text()}".encode()).hexdigest()
        made_by = f"{sys.byteorder}-endian {digest}"
        resume = None
        if self._header is not None and self.checkpointing.resume is not None:
            resume = self.checkpointing.resume / FILE
            if self._header["translation"] != made_by:
                raise another_version(resume, made_by, self._header["translation"])
        header = make_header(ENGINE, self.problem, self.options, strings=unit.names, layouts=packs, translation=made_by)
        checkpointing = self.checkpointing
        return Saving(checkpointing.folder, checkpointing.minutes, line_of(header), resume, checkpointing.interruption)

    def failure(self, reason: str) -> InputError:
        return not_written(self.checkpointing.folder, reason)


def writer_of(folder: Path) -> str:
    """The engine that wrote the checkpoint of a folder. Raises InputError."""
    return str(read_header(folder / FILE).get("engine"))
