"""Canonical bytes of protocol values, which is what is signed and digested.

Two values have the same bytes only if they are equal: every part carries its kind and its length, and a record its
class, so that a signature on one kind of message can never be taken for one on another.
"""

from __future__ import annotations

import hashlib
from dataclasses import fields, is_dataclass
from functools import cache
from typing import TypeAlias

# SHA-256, 32 bytes.
Digest: TypeAlias = bytes
DIGEST_BYTES = 32


def encode(value: object) -> bytes:
    """The bytes of `value`: integers, booleans, None, texts, bytes, and tuples and dataclasses of these."""
    kind = type(value)
    if kind is int:
        return b"i%d;" % value
    if kind is bytes:
        assert isinstance(value, bytes)
        return b"b%d:%b" % (len(value), value)
    if kind is str:
        assert isinstance(value, str)
        # A text off the wire may hold lone surrogates; it still has bytes of its own.
        raw = value.encode("utf-8", "surrogatepass")
        return b"s%d:%b" % (len(raw), raw)
    if kind is tuple:
        assert isinstance(value, tuple)
        return b"(%b)" % b"".join(map(encode, value))
    if value is None or kind is bool:
        return {None: b"n", True: b"t", False: b"f"}[value]  # pyright: ignore[reportArgumentType]
    assert is_dataclass(kind), f"{value!r} is not a protocol value"
    opening, names = _layout(kind)
    return opening + b"".join([encode(getattr(value, name)) for name in names]) + b">"


def digest_of(value: object) -> Digest:
    """SHA-256 of the canonical bytes."""
    return hashlib.sha256(encode(value)).digest()


@cache
def _layout(kind: type) -> tuple[bytes, tuple[str, ...]]:
    return b"<%b " % kind.__name__.encode(), tuple(field.name for field in fields(kind))
