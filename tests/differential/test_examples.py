"""The public corpus of specs, by `--examples DIR`: verdicts and figures as its manifests record them.

    pytest tests/differential/test_examples.py --examples ../Examples --examples-seconds 30 -rA

checks every model recorded at no more than so many seconds of TLC, and prints a table at the end. The engine and the
number of workers are those of `--examples-engine` and `--examples-workers`.
"""

from __future__ import annotations

import multiprocessing
import os
import queue
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from comitia.checker.catalog import Target
from comitia.checker.cli import make_engine
from comitia.checker.engine import Limits
from comitia.checker.loading import load_problem
from comitia.checker.result import CheckResult, Stats, Verdict
from comitia.model.diagnostics import SpecError

from .examples import Example, examples

PATIENCE = 10
"""Times the recorded seconds, and at least a minute, that a model may take here."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    folder: str | None = metafunc.config.getoption("--examples")
    limit: int = metafunc.config.getoption("--examples-seconds") or 0
    parameters = []
    if folder is not None:
        found = [example for example in examples(Path(folder).resolve()) if example.seconds <= limit]
        parameters = [pytest.param(example, id=str(example.config.relative_to(example.folder))) for example in found]
    if not parameters:
        parameters = [pytest.param(None, marks=pytest.mark.skip(reason="no --examples DIR given"))]
    metafunc.parametrize("example", parameters)


def test_a_public_model(
    example: Example, record_property: Callable[[str, object], None], pytestconfig: pytest.Config, tmp_path: Path
) -> None:
    record_property("model", str(example.config.relative_to(example.folder)))
    start = time.monotonic()
    answers: multiprocessing.Queue[CheckResult] = multiprocessing.Queue()
    engine, workers = (pytestconfig.getoption(f"--examples-{name}") for name in ("engine", "workers"))
    child = multiprocessing.Process(target=check, args=(example, tmp_path, engine, workers, answers))
    child.start()
    try:
        result = answers.get(timeout=max(60, PATIENCE * example.seconds))
    except queue.Empty:
        pytest.fail(f"no verdict within {time.monotonic() - start:.0f} s")
    finally:
        child.kill()
        child.join()
    stats = result.stats
    seconds = time.monotonic() - start
    for name in ("generated", "distinct", "depth"):
        record_property(name, f"{getattr(stats, name):,}")
    record_property("seconds", f"{seconds:.1f}")
    record_property("engine", result.engine)
    assert example.difference(result) is None


def check(
    example: Example, folder: Path, engine: str, workers: int, answers: multiprocessing.Queue[CheckResult]
) -> None:
    """In a process of its own, which can be ended: put the result into `answers`. The model writes into `folder`."""
    os.chdir(folder)
    try:
        problem = load_problem(Target(example.config.stem, example.module, example.config, True))
        result = make_engine(engine, workers).check(problem, Limits())
    except SpecError as error:
        result = CheckResult(Verdict.ERROR, Stats(), engine, error=error)
    # Counterexamples are not compared, and large.
    answers.put(CheckResult(result.verdict, result.stats, result.engine, result.violated, None, result.error))
