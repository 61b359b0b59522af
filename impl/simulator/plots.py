"""The picture of what a decision costs: messages against servers, and against the faults tolerated.

Needs matplotlib: `pip install comitia[plot]`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib
from matplotlib.figure import Figure

from .measure import Measurement


def draw(measured: Sequence[Measurement], path: Path) -> None:
    """Write the picture to `path`, as SVG or PNG, which its suffix decides."""
    # Text of an SVG stays text, and the same figures give the same file.
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": "comitia"}):
        figure = Figure(figsize=(9, 4), layout="constrained")
        by_servers, by_faults = figure.subplots(1, 2)
        for protocol in dict.fromkeys(one.protocol for one in measured):
            rows = [one for one in measured if one.protocol == protocol]
            messages = [one.cost.messages for one in rows]
            by_servers.plot([one.servers for one in rows], messages, marker="o", label=protocol)
            by_faults.plot([one.faults for one in rows], messages, marker="o", label=protocol)
        for axes, label in ((by_servers, "servers"), (by_faults, "faults tolerated")):
            axes.set_xlabel(label)
            axes.set_ylabel("messages for a decision")
            axes.legend()
        figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)
