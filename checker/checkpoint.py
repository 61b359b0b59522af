"""The first line of a checkpoint: what it is of, which is to be the same when the search goes on.

A checkpoint is one file, replaced as a whole, whichever engine writes it. Its first line is JSON: what it is, the
engine, a hash of each text that poses the problem, the options that matter, and a hash of all this and, where the rest
has no other check, of the rest.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..model.diagnostics import InputError
from ..model.problem import Problem
from ..model.source import Source, Span
from .engine import Options

FORMAT, VERSION = "comitia checkpoint", 2
FILE = "search.checkpoint"
WORD_BYTES = 8
"""What comes behind the line begins at a multiple of this."""


def make_header(engine: str, problem: Problem, options: Mapping[str, object], **more: object) -> dict[str, object]:
    """What a checkpoint says of itself, but for the hash. `options`: those that matter, see `options_of`."""
    return {
        "format": FORMAT,
        "version": _version(),
        "engine": engine,
        "module": problem.module.name,
        "texts": _hashes(problem),
        "options": options,
        **more,
    }


def options_of(problem: Problem, options: Options) -> dict[str, object]:
    """What has to be the same when a search goes on, by the name it has on the command line."""
    return {
        "--continue": options.keep_going,
        "--coverage": options.coverage,
        "--no-vacuity": not options.vacuity,
        "--dump": options.record_graph,
        "--no-deadlock": not problem.check_deadlock,
    }


def line_of(header: Mapping[str, object], data: bytes = b"") -> bytes:
    """The line of a checkpoint that goes on with `data`, where the hash is to be of that too."""
    line = json.dumps({**header, "hash": header_hash(header, data)}).encode()
    return line + b" " * (-(len(line) + 1) % WORD_BYTES) + b"\n"


def header_hash(header: Mapping[str, object], data: bytes = b"") -> str:
    """Of all that a checkpoint says beside this."""
    said = json.dumps({key: value for key, value in header.items() if key != "hash"}, sort_keys=True)
    return hashlib.sha256(said.encode() + b"\n" + data).hexdigest()


def read_header(path: Path) -> dict[str, Any]:
    """What a checkpoint says of itself, if it is one of this version. Raises InputError."""
    try:
        with path.open("rb") as file:
            line = file.readline()
    except OSError as problem:
        raise InputError(f"cannot read a checkpoint from {path.parent}: {problem.strerror}") from problem
    try:
        header = json.loads(line)
    except ValueError:
        header = None
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        raise InputError(f"{path} is no checkpoint")
    if header.get("version") != _version():
        raise another_version(path, _version(), header.get("version"))
    return header


def another_version(path: Path, ours: str, theirs: object) -> InputError:
    """Of the package, or of what depends on it."""
    message = f"the checkpoint {path} is of another version of comitia"
    return InputError(message, expected=ours, got=str(theirs))


def check_header(
    header: Mapping[str, Any], path: Path, engine: str, problem: Problem, options: Mapping[str, object], data: bytes
) -> None:
    """The checkpoint must be as it was written, by that engine, of these very texts and options. Raises InputError.

    `data` is what the hash is of as well.
    """
    if header.get("engine") != engine:
        raise InputError(
            f"the checkpoint in {path.parent} was written by the {header.get('engine')} engine",
            expected=f"one of the {engine} engine",
            hint=f"`--engine {header.get('engine')}` goes on from it, and so does `--engine auto`",
        )
    if header.get("hash") != header_hash(header, data):
        raise damaged(path)
    _check_texts(header["texts"], path, problem)
    for name, value in options.items():
        if header["options"].get(name) != value:
            raise InputError(
                f"the checkpoint in {path.parent} was written by a search with other options",
                expected=f"{name} as it was: {_shown(header['options'].get(name))}",
                got=_shown(value),
            )


def damaged(path: Path) -> InputError:
    return InputError(f"the checkpoint {path} is damaged", expected="the file as it was written")


def not_written(folder: Path, reason: str | None) -> InputError:
    return InputError(f"no checkpoint can be written to {folder}: {reason}")


def _check_texts(texts: dict[str, str], path: Path, problem: Problem) -> None:
    """The checkpoint must be of these very texts; the error points to the one that is not."""
    known = _hashes(problem)
    if known == texts:
        return
    message = f"the checkpoint in {path.parent} is of another specification or configuration"
    expected = f"the texts it was written for: {', '.join(texts)}"
    for source in problem.sources:
        name = _name(source)
        if texts.get(name) != known[name]:
            why = "which has changed since" if name in texts else "which was not among them"
            span = Span(source, 1, 1, 1, max(1, len(source.line(1))))
            raise InputError(message, span, expected=expected, got=f"{name}, {why}")
    raise InputError(message, expected=expected, got=", ".join(known))


def _name(source: Source) -> str:
    return source.path.name if source.path is not None else source.name


def _hashes(problem: Problem) -> dict[str, str]:
    """File → hash. A module that follows the root in its file is part of the root's text."""
    texts: dict[str, str] = {}
    for source in problem.sources:
        texts.setdefault(_name(source), hashlib.sha256(source.text.encode()).hexdigest())
    return texts


def _shown(option: object) -> str:
    return {True: "given", False: "not given", None: "not given"}.get(option, str(option))  # type: ignore[call-overload]


def _version() -> str:
    """What writes a checkpoint reads it, and nothing else: numbers in it are those of the code it compiles."""
    from importlib.metadata import version  # which takes long to import

    return f"{version('comitia')}, format {VERSION}"
