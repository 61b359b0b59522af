"""`comitia prove` on the command line."""

from __future__ import annotations

import subprocess
import sys

import pytest
from click.testing import CliRunner
from comitia.checker.cli import main
from comitia.checker.symbolic import commands
from comitia.checker.symbolic.cardinality import Answer, Decision, Statement
from comitia.checker.symbolic.quorums import SECTIONS, Claim


def test_quorums() -> None:
    result = CliRunner().invoke(main, ["prove", "quorums"])
    assert result.exit_code == commands.AS_CLAIMED
    lines = result.stdout.splitlines()
    claims = [claim for claims in SECTIONS.values() for claim in claims]
    assert sum(line.startswith("  proved ") for line in lines) == sum(claim.holds for claim in claims)
    refuted = [number for number, line in enumerate(lines) if line.startswith("  refuted ")]
    assert len(refuted) == sum(not claim.holds for claim in claims)
    assert all(lines[number + 1].split()[:2] == ["n", "="] for number in refuted)
    assert "             n = 2, f = 1: A = {1}, B = {2}" in lines


@pytest.mark.parametrize(
    ("answer", "claimed", "code"),
    [
        (Answer.PROVED, True, commands.AS_CLAIMED),
        (Answer.PROVED, False, commands.NOT_AS_CLAIMED),
        (Answer.REFUTED, True, commands.NOT_AS_CLAIMED),
        (Answer.REFUTED, False, commands.AS_CLAIMED),
        (Answer.VACUOUS, True, commands.NOT_AS_CLAIMED),
        (Answer.VACUOUS, False, commands.NOT_AS_CLAIMED),
        (Answer.UNDECIDED, True, commands.UNDECIDED),
        (Answer.UNDECIDED, False, commands.UNDECIDED),
    ],
)
def test_exit_codes(monkeypatch: pytest.MonkeyPatch, answer: Answer, claimed: bool, code: int) -> None:
    claim = Claim("a claim", Statement("A", lambda _: [], lambda s: s.n >= 0), claimed)
    monkeypatch.setattr(commands, "SECTIONS", {"Claims": (claim,)})
    monkeypatch.setattr(commands, "decide", lambda _: Decision(answer))
    result = CliRunner().invoke(main, ["prove", "quorums"])
    assert result.exit_code == code
    assert ("claimed:" in result.stdout) is (code != commands.AS_CLAIMED)


def test_what_was_not_decided_hides_nothing() -> None:
    assert commands.exit_code([None, False, True]) == commands.NOT_AS_CLAIMED


def test_z3_is_loaded_when_something_is_proved() -> None:
    program = (
        "import sys\nimport comitia.checker.symbolic.commands\nimport comitia.checker.cli\nprint('z3' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout == "False\n"
