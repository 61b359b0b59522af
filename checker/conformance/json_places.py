"""Where in a line of JSON an element stands: worked out only when something is wrong with it."""

from __future__ import annotations

import json
import re

Path = tuple[str | int, ...]
"""Keys of objects and positions in arrays, outermost first."""

_SPACE = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()


def stretch(text: str, path: Path, *, key: bool = False) -> tuple[int, int]:
    """Start and end (exclusive) of the element at `path` in the JSON document `text`; with `key`, of its key."""
    at = _skip_space(text, 0)
    found = (at, _end_of(text, at))
    for step in path:
        key_at, at = _child(text, at, step)
        found = (key_at, _end_of(text, key_at)) if key else (at, _end_of(text, at))
    return found


def _child(text: str, at: int, step: str | int) -> tuple[int, int]:
    """Where the key and the value of a member begin (for an array: twice the element); the last of several."""
    is_object = text[at] == "{"
    found: tuple[int, int] | None = None
    position = 0
    at = _skip_space(text, at + 1)
    while text[at] not in "]}":
        key_at, name = at, position
        if is_object:
            name, at = _DECODER.raw_decode(text, at)
            at = _skip_space(text, _skip_space(text, at) + 1)
        if name == step:
            found = (key_at, at)
        at = _skip_space(text, _end_of(text, at))
        if text[at] == ",":
            at = _skip_space(text, at + 1)
        position += 1
    assert found is not None, f"no element {step!r}"
    return found


def _end_of(text: str, at: int) -> int:
    return _DECODER.raw_decode(text, at)[1]


def _skip_space(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    assert match is not None
    return match.end()
