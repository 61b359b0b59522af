"""The table of public models at the end of a run of `test_examples`."""

from __future__ import annotations

import pytest

HEADINGS = ("model", "as recorded", "generated", "distinct", "depth", "seconds", "engine")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    rows: list[tuple[str, ...]] = []
    for outcome in ("passed", "failed"):
        for report in terminalreporter.getreports(outcome):
            properties = dict(report.user_properties)
            if "model" in properties:
                figures = (properties.get(name, "") for name in HEADINGS[2:])
                rows.append((properties["model"], "yes" if outcome == "passed" else "NO", *map(str, figures)))
    if not rows:
        return
    widths = [max(map(len, column)) for column in zip(HEADINGS, *rows, strict=True)]
    terminalreporter.section("public models")
    for row in (HEADINGS, *sorted(rows)):
        cells = [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        terminalreporter.line("  ".join([row[0].ljust(widths[0]), *cells]).rstrip())
