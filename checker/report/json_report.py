"""The machine-readable report: one JSON object a run, the contract of `comitia check --json`."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from pathlib import Path

from ...model.diagnostics import InputError, SpecError
from ...model.source import Span
from ...model.structs import values_of
from ..result import ActionReport, CheckResult, Count, Guard
from .itf import to_itf

STANDARD_OUTPUT = "-"


def report_object(result: CheckResult, source: str, *, all_violations: bool = False) -> dict[str, object]:
    """Verdict, figures, counterexample (ITF) and error of a run on the model called `source`.

    What was asked for beside these has keys of its own, after the others; `all_violations` is one such wish.
    """
    stats = result.stats
    report = {
        "verdict": str(result.verdict),
        "violated": result.violated,
        "generated": stats.generated,
        "distinct": stats.distinct,
        "depth": stats.depth,
        "seconds": round(stats.seconds, 3),
        "engine": result.engine,
        "trace": None if result.counterexample is None else to_itf(result.counterexample, source),
        "error": None if result.error is None else error_object(result.error),
        "warnings": list(result.warnings),
    }
    if stats.fingerprints is not None:
        report["fingerprints"] = values_of(stats.fingerprints)
    if all_violations:
        report["violations"] = [
            {"verdict": str(one.verdict), "violated": one.violated, "trace": to_itf(one.counterexample, source)}
            for one in result.violations
        ]
    if stats.behaviours is not None:
        report["behaviours"], report["seed"] = stats.behaviours, result.seed
    if result.coverage is not None:
        report["coverage"] = {
            "actions": {
                name: {"generated": generated, "distinct": distinct}
                for name, (generated, distinct) in stats.actions.items()
            },
            "expressions": list(map(_count_object, result.coverage)),
        }
    if result.why is not None:
        report["why"] = _why_object(result.why)
    return report


def _count_object(count: Count) -> dict[str, object]:
    return {**_place_object(count.span), "evaluated": count.evaluated, "true": count.true}


def _guard_object(guard: Guard) -> dict[str, object]:
    return {
        **_place_object(guard.span),
        "evaluated": guard.evaluated,
        "false": guard.false,
        "alone": guard.alone,
        "text": " ".join(guard.span.text.split()),
    }


def _place_object(span: Span) -> dict[str, object]:
    return {
        "file": span.source.name,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
    }


def _why_object(report: ActionReport) -> dict[str, object]:
    """An action with its guards in their order; `blocking` is the place among them of the one that held it up."""
    blocking = report.blocking
    return {
        "action": report.name,
        "generated": report.generated,
        "distinct": report.distinct,
        "guards": [_guard_object(guard) for guard in report.guards],
        "blocking": None if blocking is None else report.guards.index(blocking),
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
        write_atomically(path, [text])
    except OSError as problem:
        raise InputError(f"cannot write {destination}: {problem.strerror}") from problem


def write_atomically(path: Path, texts: Iterable[str]) -> None:
    """Replace the file by one with these texts, one after another, or leave it as it was. Raises OSError."""
    import tempfile

    mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.writelines(texts)
        os.chmod(temporary, mode)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
