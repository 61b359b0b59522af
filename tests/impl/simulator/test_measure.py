"""What is measured is what the papers say, at every size."""

from __future__ import annotations

from pathlib import Path

import pytest
from comitia.impl.commands import bars, measurement_table
from comitia.impl.pbft import Scheme
from comitia.impl.simulator.measure import measure_all, measure_pbft, measure_raft
from comitia.impl.simulator.plots import draw
from rich.console import Console


@pytest.mark.parametrize("servers", [2, 3, 4, 5, 7])
def test_raft(servers: int) -> None:
    others = servers - 1
    measured = measure_raft(servers)
    assert measured.cost == measured.expected
    assert measured.kinds == {"AppendRequest": others, "AppendResponse": 2 * others, "commit notice": others}
    assert measured.cost.delays == 4


@pytest.mark.parametrize("scheme", Scheme)
@pytest.mark.parametrize("servers", [4, 5, 7, 10])
def test_pbft(servers: int, scheme: Scheme) -> None:
    n = servers
    measured = measure_pbft(n, scheme)
    assert measured.cost == measured.expected
    assert measured.kinds == {"PrePrepare": n - 1, "Prepare": (n - 1) ** 2, "Commit": n * (n - 1)}
    assert (measured.cost.messages, measured.cost.client_messages) == (2 * n * (n - 1), 1 + n)
    assert measured.cost.delays == 5


def test_the_table_the_bars_and_the_picture(tmp_path: Path) -> None:
    measured = measure_all(2)
    assert [(one.servers, one.faults) for one in measured] == [(3, 1), (4, 1), (4, 1), (5, 2), (7, 2), (7, 2)]
    console = Console(width=100, record=True, file=(tmp_path / "log").open("w"))
    console.print(measurement_table(measured), bars(measured))
    text = console.export_text()
    for one in measured:
        assert any(one.protocol in line and f" {one.cost.messages:g} " in line for line in text.splitlines())
    draw(measured, tmp_path / "cost.svg")
    first = (tmp_path / "cost.svg").read_text()
    assert "faults tolerated" in first
    assert "PBFT with MACs" in first
    draw(measured, tmp_path / "cost.svg")
    assert (tmp_path / "cost.svg").read_text() == first
    draw(measured, tmp_path / "cost.png")
    assert (tmp_path / "cost.png").read_bytes().startswith(b"\x89PNG")
