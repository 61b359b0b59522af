"""The table of workers: gains are of the times of all rounds, and the machine's is that of searches at once."""

from __future__ import annotations

import threading
from pathlib import Path

import click
import pytest

from . import workers
from .engines import Model
from .workers import Times, measure, row

MODEL = Model("M", Path("M.tla"), Path("M.cfg"))


def test_gains_are_of_all_rounds() -> None:
    times = Times([4.0, 3.0, 5.0], [2.0, 2.5, 1.5], [5.0, 5.0, 4.0, 6.0, 4.5, 5.5])
    assert (times.gain, times.gain_of_machine) == (2.0, 1.6)
    assert row("M", 1000, times).split() == ["M", "1,000", "4.00", "2.00", "2.00", "1.60"]


def test_searches_beside_each_other_run_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    together = threading.Barrier(3)

    def search(_model: Model, _config: Path, count: int) -> tuple[float, int]:
        if threading.current_thread() is not threading.main_thread():
            together.wait(timeout=60)
            return 7.0, 10
        return 10.0 / count, 10

    monkeypatch.setattr(workers, "search", search)
    distinct, times = measure(MODEL, Path("M.cfg"), 3, 2)
    assert (distinct, times) == (10, Times([10.0] * 2, [10 / 3] * 2, [7.0] * 6))


def test_a_search_that_finds_other_states_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "search", lambda _model, _config, count: (1.0, count))
    with pytest.raises(click.ClickException, match="M: 1 states with 1 workers, 2 before"):
        measure(MODEL, Path("M.cfg"), 2, 1)
