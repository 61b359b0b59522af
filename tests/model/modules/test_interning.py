"""The order of strings is that in which TLC first meets them; the expectations here were read off TLC 2.15."""

from __future__ import annotations

from pathlib import Path

from comitia.model.modules.interning import tokens
from comitia.model.modules.loader import load_module

from .test_loader import write

ROOT = """EXTENDS Middle, Sequences, TLC
VARIABLES x, zz
R == [k2 |-> 1, k1 |-> 2]
Strings == {"zz", "root1", "aa", "s", "Seq", "k1", "k2", "other", "T1", "cc", "elt", "Append", "7", "SelectSeq", "t"}
(* "comment" (* "nested" *) "comment" *)
Init == x = 1 /\\ zz = 7 + 2 \\* "comment"
cc == 3"""


def test_order(tmp_path: Path) -> None:
    root = write(tmp_path, Root=ROOT, Middle='EXTENDS Naturals\nCONSTANT C\nt2 == {"T1", "other"}')
    strings = load_module(root).strings
    assert len(strings) == len(set(strings))
    wanted = {"zz", "root1", "aa", "s", "Seq", "k1", "k2", "other", "T1", "cc", "elt", "Append", "7", "SelectSeq", "t"}
    assert [s for s in strings if s in wanted | {"t2", "comment", "nested"}] == [
        *("zz", "k2", "k1", "7", "cc"),  # tokens of the root
        "t2",  # then those of the module it extends
        *("Seq", "s", "t", "Append", "SelectSeq"),  # then those of Sequences
        *("T1", "other"),  # then literals, dependencies first
        *("root1", "aa", "elt"),
    ]


def test_tokens() -> None:
    text = 'x \\* gone\n== "a\\"b" (* gone (* gone *) *) /\\ WF_v(A)'
    assert list(tokens(text)) == [
        ("token", "x"),
        ("token", "=="),
        ("string", 'a"b'),
        ("token", "/\\"),
        ("token", "WF_"),
        ("token", "v"),
        ("token", "("),
        ("token", "A"),
        ("token", ")"),
    ]
