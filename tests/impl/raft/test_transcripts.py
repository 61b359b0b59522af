"""Scenarios as scripts with golden transcripts: tests/testdata/raft/*.txt; `--regenerate` writes them anew.

A script is a text of blocks, set apart by empty lines. A block is lines of commands (or `#` and a comment), then
`----`, then what the commands tell. The commands are those of ScriptedCluster.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from .scripted_cluster import ScriptedCluster

SCRIPTS = sorted((Path(__file__).parents[2] / "testdata" / "raft").glob("*.txt"))
SEPARATOR = "----"


def replay(script: str) -> str:
    """The script with the transcript of each block as it is now."""
    cluster = ScriptedCluster()
    blocks = []
    for block in script.strip().split("\n\n"):
        commands = [line for line in block.partition(SEPARATOR)[0].splitlines() if line]
        cluster.lines.clear()
        for command in commands:
            if not command.startswith("#"):
                cluster.execute(command)
        blocks.append("\n".join([*commands, SEPARATOR, *cluster.lines]))
    return "\n\n".join(blocks) + "\n"


@pytest.mark.parametrize("path", SCRIPTS, ids=[path.stem for path in SCRIPTS])
def test_transcript(path: Path, request: pytest.FixtureRequest) -> None:
    script = path.read_text(encoding="utf-8")
    transcript = replay(script)
    if request.config.getoption("--regenerate", default=False):
        path.write_text(transcript, encoding="utf-8")
    assert transcript == path.read_text(encoding="utf-8"), "run pytest --regenerate if the change is meant"
