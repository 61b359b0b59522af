"""Where what takes long is kept, and that what is kept of the grammar changes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from comitia.model import caching
from comitia.model.caching import CACHE_VARIABLE, cache_folder
from comitia.model.source import Source
from comitia.model.syntax import lalr
from comitia.model.syntax.parser import parse_module

MODULE = "---- MODULE M ----\nA == \\A x \\in {1, 2} : x > 0\n====\n"


SOURCE = Source("M", MODULE)


def parsed() -> str:
    lalr.parser.cache_clear()
    return repr(parse_module(SOURCE))


def test_the_users_choice_comes_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "mine"))
    assert cache_folder() == tmp_path / "mine"


def test_the_cache_is_in_the_folder_of_the_user(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(CACHE_VARIABLE)
    monkeypatch.setattr(caching.sys, "platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "comitia"


def test_the_grammar_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "new"))
    first = parsed()
    (kept,) = (tmp_path / "new").iterdir()
    written = kept.stat().st_mtime_ns
    assert parsed() == first
    assert kept.stat().st_mtime_ns == written


@pytest.mark.parametrize("spoiled", [b"", b"nonsense\n", None])
def test_what_is_kept_may_be_spoiled(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, spoiled: bytes | None) -> None:
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))
    first = parsed()
    (kept,) = tmp_path.iterdir()
    kept.write_bytes(kept.read_bytes()[:-100] if spoiled is None else spoiled)
    assert parsed() == first


def test_there_may_be_no_place_for_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    monkeypatch.setenv(CACHE_VARIABLE, str(file / "below"))
    assert "Quantifier" in parsed()
