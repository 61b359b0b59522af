"""The table of workers: a gain is of the times of all rounds, and the machine's is measured by processes at once."""

from __future__ import annotations

from multiprocessing.synchronize import Barrier

import pytest

from .workers import Gain, Work, arithmetic, reads, row, seconds_of


def test_a_gain_is_of_all_rounds() -> None:
    gain = Gain([4.0, 3.0, 5.0], [2.0, 2.5, 1.5])
    assert gain.factor() == 2.0
    assert gain.factor(work=2) == 4.0
    assert row("M", 1000, gain, [1.9, 1.8]).split() == ["M", "1,000", "4.00", "2.00", "2.00", "1.90", "1.80"]


def place(barrier: Barrier) -> float:
    """In place of seconds, the order in which processes come to the barrier."""
    return float(barrier.wait())


def test_the_slowest_of_processes_that_begin_together_counts() -> None:
    assert [seconds_of(place, processes) for processes in (1, 3)] == [0.0, 2.0]


@pytest.mark.parametrize("work", [arithmetic, reads])
def test_processes_work_at_once(work: Work) -> None:
    assert seconds_of(work, 2) > 0
