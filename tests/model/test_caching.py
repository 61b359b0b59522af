"""Where what takes long is kept, and that what is kept of the grammar changes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from comitia.model import caching
from comitia.model.caching import CACHE_VARIABLE, cache_folder
from comitia.model.source import Source
from comitia.model.syntax import kept, lalr, parser, tree
from comitia.model.syntax.kept import FEWEST_CHARACTERS, module_of
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


# --- modules ---------------------------------------------------------------------------------------------------------


LONG = MODULE.replace("====", "\\* \n" * FEWEST_CHARACTERS + "====")


def written(path: Path, text: str = LONG) -> Source:
    path.write_text(text)
    return Source(path.name, text, path)


def test_a_module_is_kept_with_its_places(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    source = written(tmp_path / "M.tla")
    first = module_of(source, "M")
    parses = counted(monkeypatch)
    again = module_of(source, "M")
    assert not parses
    assert repr(again) == repr(first) == repr(parse_module(source))
    assert again.units[0].span.source is source


@pytest.mark.parametrize("change", ["text", "path", "name", "parser"])
def test_another_module_is_parsed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, change: str) -> None:
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    module_of(written(tmp_path / "M.tla"), "M")
    parses = counted(monkeypatch)
    text = LONG.replace("x > 0", "x > 1") if change == "text" else LONG
    source = written(tmp_path / ("N.tla" if change == "path" else "M.tla"), text)
    if change == "parser":
        monkeypatch.setattr(kept, "_version", lambda: "another")
    module = module_of(source, "Inner" if change == "name" else "M")
    assert len(parses) == 1
    assert repr(module) == repr(parse_module(source))


def test_a_tree_that_is_spoiled_is_made_anew(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    source = written(tmp_path / "M.tla")
    module_of(source, "M")
    (file,) = (tmp_path / "cache").glob("tree-*")
    data = file.read_bytes()
    for spoiled in (b"", data[:-1], data[:-9] + b"12345678" + data[-1:], b"\0" * len(data)):
        file.write_bytes(spoiled)
        assert repr(module_of(source, "M")) == repr(parse_module(source))
        assert file.read_bytes() == data


def test_what_is_nested_too_deep_to_be_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    deep = LONG.replace("x > 0", "~" * 400 + "(x > 0)")
    assert isinstance(module_of(written(tmp_path / "M.tla", deep), "M"), tree.Module)


def counted(monkeypatch: pytest.MonkeyPatch) -> list[Source]:
    """The texts that are parsed from now on."""
    parsed: list[Source] = []

    def parse(source: Source) -> tree.Module:
        parsed.append(source)
        return parse_module(source)

    monkeypatch.setattr(parser, "parse_module", parse)
    return parsed
