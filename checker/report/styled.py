"""Text in pieces, each with a style of its own: escape codes on a terminal, the same words alone anywhere else.

NO_COLOR (no-color.org) and a terminal that is `dumb` mean the words alone too.
"""

from __future__ import annotations

import os
from typing import Any, TextIO

import click

Style = dict[str, Any]
"""Arguments of `click.style`."""
PLAIN: Style = {}


class Text:
    """A line, or several."""

    def __init__(self, text: str, style: Style = PLAIN) -> None:
        self._pieces = [(text, style)]

    def append(self, text: str, style: Style = PLAIN) -> None:
        """Go on with these words."""
        self._pieces.append((text, style))

    def append_text(self, text: Text) -> None:
        """Go on with another text."""
        self._pieces += text._pieces

    @property
    def plain(self) -> str:
        """The words."""
        return "".join(text for text, _ in self._pieces)

    @property
    def styled(self) -> str:
        """The words among escape codes."""
        return "".join(click.style(text, **style) if style else text for text, style in self._pieces)


class Printer:
    """Prints lines on `stream`, as they are to look there."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._is_styled = stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"

    def print(self, line: Text | str = "") -> None:
        """Print a line, or several, and a line break."""
        text = line if isinstance(line, str) else line.styled if self._is_styled else line.plain
        click.echo(text, self._stream, color=self._is_styled)
