"""From files to a resolved module: where modules are found, what is said when they are not."""

from __future__ import annotations

from pathlib import Path

import pytest
from comitia.model.diagnostics import InputError, SemanticError
from comitia.model.modules.loader import load_module


def write(folder: Path, **modules: str) -> Path:
    """Writes module files; the path of the first one."""
    folder.mkdir(exist_ok=True)
    for name, body in modules.items():
        (folder / f"{name}.tla").write_text(f"---- MODULE {name} ----\n{body}\n====\n", encoding="utf-8")
    return folder / f"{next(iter(modules))}.tla"


def test_modules_beside_the_root_and_in_the_library(tmp_path: Path) -> None:
    root = write(tmp_path / "spec", Root="EXTENDS Near, Far\nx == <<near, far>>", Near="near == 1")
    write(tmp_path / "library", Far="far == 2", Near="near == {}")
    module = load_module(root, [tmp_path / "library"])
    assert module.module_names == ["Root", "Near", "Far"]
    assert module.definitions["near"].span is not None
    assert module.definitions["near"].span.source.path == tmp_path / "spec" / "Near.tla"


def test_a_standard_name_means_the_built_in_module(tmp_path: Path) -> None:
    root = write(tmp_path, Root="EXTENDS Naturals\nx == 1 + 1", Naturals="this is not even a module")
    assert load_module(root).operators["+"].module == "Naturals"


def test_a_file_replaces_what_other_tools_bring(tmp_path: Path) -> None:
    root = write(tmp_path, Root="EXTENDS Json\nx == ToJson(1)")
    assert "ToJson" in load_module(root).operators
    write(tmp_path, Json="ToJson(v) == <<v>>")
    assert "ToJson" in load_module(root).definitions


def test_missing_module(tmp_path: Path) -> None:
    root = write(tmp_path, Root="EXTENDS Sequence\nx == 1")
    with pytest.raises(SemanticError) as caught:
        load_module(root)
    error = caught.value
    assert error.message == "there is no module `Sequence`"
    assert error.hint == "did you mean `Sequences`?"
    assert error.span is not None
    assert (error.span.line, error.span.column) == (2, 9)


def test_missing_module_of_an_instance_in_a_let(tmp_path: Path) -> None:
    root = write(tmp_path, Root="x == LET I == INSTANCE Nowhere IN I!f")
    with pytest.raises(SemanticError, match="no module `Nowhere`"):
        load_module(root)


@pytest.mark.parametrize("word", ["EXTENDS {}", "I == INSTANCE {}"])
def test_circle(tmp_path: Path, word: str) -> None:
    root = write(tmp_path, Root=word.format("A"), A=word.format("B"), B=word.format("A"))
    with pytest.raises(SemanticError, match="module `A` depends on itself: A → B → A"):
        load_module(root)


def test_a_module_that_extends_itself(tmp_path: Path) -> None:
    with pytest.raises(SemanticError, match="Root → Root"):
        load_module(write(tmp_path, Root="EXTENDS Root"))


def test_file_and_module_have_one_name(tmp_path: Path) -> None:
    path = tmp_path / "Other.tla"
    path.write_text("---- MODULE Root ----\n====\n", encoding="utf-8")
    with pytest.raises(SemanticError, match="holds module `Root`"):
        load_module(path)


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot read"):
        load_module(tmp_path / "Root.tla")


def test_further_modules_in_the_file_of_the_root(tmp_path: Path) -> None:
    path = tmp_path / "Root.tla"
    path.write_text(
        "---- MODULE Root ----\nEXTENDS Base\nx == base\n====\n---- MODULE Base ----\nbase == nothing\n====\n",
        encoding="utf-8",
    )
    with pytest.raises(SemanticError, match="unknown name `nothing`") as caught:
        load_module(path)
    assert caught.value.span is not None
    assert (caught.value.span.line, caught.value.span.column) == (6, 9)


def test_instanced_in_order_of_tlc(tmp_path: Path) -> None:
    """EXTENDS of whatever is known goes before INSTANCE (tla2sany/modanalyzer/SpecObj.java)."""
    root = write(tmp_path, Root="I == INSTANCE A\n---- MODULE In ----\nEXTENDS B\n====", A="EXTENDS C", B="", C="")
    assert load_module(root).module_names == ["Root", "B", "A", "C"]


def test_inner_modules_are_not_looked_for(tmp_path: Path) -> None:
    root = write(tmp_path, Root="---- MODULE In ----\nf == 1\n====\nI == INSTANCE In\nx == I!f")
    assert load_module(root).module_names == ["Root"]
