"""The modules that come along: all that the community modules and those of TLC define is there."""

from __future__ import annotations

from pathlib import Path

import pytest
from comitia.model.diagnostics import SemanticError
from comitia.model.modules.library import STANDARD_FOLDER, read
from comitia.model.modules.loader import load_module
from comitia.model.semantics.operators import BUILT_IN_MODULES, CANONICAL_SYMBOLS, EXPORTS
from comitia.model.syntax import tree
from comitia.model.syntax.parser import parse_module

from .test_loader import write

TEXTS = sorted(STANDARD_FOLDER.glob("*.tla"))
INTERNAL_PREFIX = "_"
"""Modules whose name begins so are written for TLC itself: its options load them, no specification does."""
FOR_PROOFS_ALONE = {
    "SequencesExtTheorems": {
        *("StrictPrefixesDetermineDef", "StrictSuffixesDetermineDef"),
        *("TailInductiveDefHypothesis", "TailInductiveDefConclusion"),
        *("FrontInductiveDefHypothesis", "FrontInductiveDefConclusion"),
    },
}
"""Operators with unbounded quantifiers that theorems are stated with: nothing could evaluate them."""
THEOREMS_PROVED = "_proofs"
"""The end of the name of a module that holds proofs, of theorems that another module states."""


def definitions(path: Path) -> dict[str, int]:
    """What a module defines for others, and the number of arguments."""
    found: dict[str, int] = {}
    for unit in parse_module(read(path)).units:
        if isinstance(unit, (tree.OperatorDefinition, tree.FunctionDefinition)) and not unit.is_local:
            params = unit.params if isinstance(unit, tree.OperatorDefinition) else ()
            found[CANONICAL_SYMBOLS.get(unit.name.name, unit.name.name)] = len(params)
    return found


def known(module: str) -> dict[str, int]:
    """The same of what comes along."""
    if module in BUILT_IN_MODULES:
        return {row.name: row.arity for row in BUILT_IN_MODULES[module]}
    return definitions(STANDARD_FOLDER / f"{module}.tla")


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_a_text_resolves(path: Path) -> None:
    module = load_module(path)
    assert not module.warnings
    assert all(module.definitions[name] is not None for name in module.definitions)
    assert path.stem not in BUILT_IN_MODULES, "a module is a text or rows"
    assert max(map(len, path.read_text(encoding="utf-8").splitlines())) <= 120


def test_texts_depend_on_what_comes_along() -> None:
    names = {path.stem for path in TEXTS} | set(BUILT_IN_MODULES)
    for path in TEXTS:
        assert set(load_module(path).module_names) <= names


def test_a_text_serves_where_there_is_no_file(tmp_path: Path) -> None:
    root = write(tmp_path, Root="EXTENDS SequencesExt\nx == Last(<<1>>)")
    span = load_module(root).definitions["Last"].span
    assert span is not None
    assert span.source.path == STANDARD_FOLDER / "SequencesExt.tla"


def test_a_hint_names_the_module_of_an_operator(tmp_path: Path) -> None:
    root = write(tmp_path, Root="EXTENDS Naturals\nx == Max({1, 2})")
    with pytest.raises(SemanticError, match="unknown name `Max`") as caught:
        load_module(root)
    assert caught.value.hint == "`Max` is an operator of module FiniteSetsExt: add it to EXTENDS"


@pytest.mark.parametrize("folder", ["spec", "library"])
def test_a_file_of_the_name_is_taken_instead(folder: str, tmp_path: Path) -> None:
    root = write(tmp_path / "spec", Root="EXTENDS SequencesExt\nx == Last(<<1>>)")
    write(tmp_path / folder, SequencesExt="Last(s) == {s}")
    span = load_module(root, [tmp_path / "library"]).definitions["Last"].span
    assert span is not None
    assert span.source.path == tmp_path / folder / "SequencesExt.tla"


def test_every_operator_of_the_corpus_is_there(corpus: list[Path]) -> None:
    """Of the community modules (`modules`) and those of TLC (`StandardModules`)."""
    paths = [path for path in corpus if path.parent.name in ("modules", "StandardModules")]
    paths = [path for path in paths if not path.stem.startswith(INTERNAL_PREFIX)]
    if not paths:
        pytest.skip("the corpus holds neither community modules nor those of TLC")
    missing: list[str] = []
    for path in paths:
        if path.stem.endswith(THEOREMS_PROVED):
            continue
        if path.stem not in EXPORTS and not (STANDARD_FOLDER / path.name).is_file():
            missing.append(path.stem)
            continue
        there = known(path.stem)
        missing.extend(
            f"{path.stem}!{name}/{arity}"
            for name, arity in definitions(path).items()
            if there.get(name) != arity and name not in FOR_PROOFS_ALONE.get(path.stem, ())
        )
    assert not missing
