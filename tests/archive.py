"""Test cases that are one text file each: what the case is about, a command, the files it reads and what it must say.

The format is that of Go's txtar: a line `-- name --` begins the file of that name, and what stands before the first of
them is for the reader. A line of that part that begins with `$ ` is the command of the case.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

MARKER = re.compile(r"^-- (\S+) --\n", re.MULTILINE)


@dataclass(slots=True)
class Archive:
    """The parts of one case. Every file but an empty one ends with a line break."""

    heading: str
    files: dict[str, str]

    @property
    def command(self) -> list[str]:
        """The arguments of `comitia` in the command of the case."""
        (line,) = [line for line in self.heading.splitlines() if line.startswith("$ ")]
        program, *arguments = shlex.split(line[2:])
        assert program == "comitia"
        return arguments

    def unpack(self, folder: Path, names: list[str]) -> None:
        """Write some of the files below `folder`."""
        for name in names:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(self.files[name], encoding="utf-8", newline="")

    def write(self, path: Path) -> None:
        parts = [self.heading, *(f"-- {name} --\n{text}" for name, text in self.files.items())]
        path.write_text("".join(parts), encoding="utf-8", newline="")


def read_archive(path: Path) -> Archive:
    """The case that a file holds."""
    heading, *parts = MARKER.split(path.read_bytes().decode("utf-8"))
    return Archive(heading, dict(zip(parts[::2], parts[1::2], strict=True)))
