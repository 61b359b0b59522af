"""The machine-readable report: one JSON object a run, the contract of `comitia check --json`."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

from ...model.diagnostics import InputError, SpecError
from ..result import CheckResult
from .itf import to_itf

STANDARD_OUTPUT = "-"


def report_object(result: CheckResult, source: str) -> dict[str, object]:
    """Verdict, figures, counterexample (ITF) and error of a run on the model called `source`."""
    stats = result.stats
    return {
        "verdict": str(result.verdict),
        "violated": result.violated,
        "generated": stats.generated,
        "distinct": stats.distinct,
        "depth": stats.depth,
        "seconds": round(stats.seconds, 3),
        "engine": result.engine,
        "trace": None if result.counterexample is None else to_itf(result.counterexample, source),
        "error": None if result.error is None else error_object(result.error),
    }


def error_object(error: SpecError) -> dict[str, object]:
    """An error and its place; the last three are null where the error has none."""
    span = error.span
    return {
        "kind": error.kind,
        "message": error.message,
        "file": span.source.name if span else None,
        "line": span.line if span else None,
        "column": span.column if span else None,
    }


def write_json(destination: str, report: dict[str, object]) -> None:
    """Write to a file, whole or not at all, or to standard output where `destination` is `-`. Raises InputError."""
    text = json.dumps(report, ensure_ascii=False, indent=2) + "\n"
    if destination == STANDARD_OUTPUT:
        sys.stdout.write(text)
        sys.stdout.flush()
        return
    path = Path(destination)
    try:
        write_atomically(path, text)
    except OSError as problem:
        raise InputError(f"cannot write {destination}: {problem.strerror}") from problem


def write_atomically(path: Path, text: str) -> None:
    """Replace the file by one with this text, or leave it as it was. Raises OSError."""
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(temporary, mode)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
