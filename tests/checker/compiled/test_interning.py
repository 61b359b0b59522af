"""Components of successors wait to be interned until it is known whether the state is new; nothing else changes."""

from __future__ import annotations

from pathlib import Path

import pytest
from comitia.checker.compiled import build
from comitia.checker.compiled.engine import CompiledEngine
from comitia.checker.engine import Limits, Options
from comitia.checker.interpreted.engine import InterpretedEngine
from comitia.checker.result import CheckResult

from ..interpreted.models import behaviour, problem

pytestmark = pytest.mark.usefixtures("compiler")

MODULE = """---- MODULE Waiting ----
EXTENDS Integers, Sequences
VARIABLES x, s, q
Init == x = [a |-> 0, b |-> [c |-> 0]] /\\ s = {} /\\ q = <<>>
Nested == x' = [x EXCEPT !.b.c = (@ + 1) % 3] /\\ UNCHANGED <<s, q>>
Twice == x' = [x EXCEPT !.a = 1 - @, !.b = [c |-> x.a]] /\\ UNCHANGED <<s, q>>
ReadAgain == s' = s \\cup {x.a} /\\ q' = (IF 1 \\in s' THEN Append(q, 1) ELSE q) /\\ x' = x /\\ Len(q) < 3
Shared == \\E e \\in 0..1 : s' = s \\ {e} /\\ \\E f \\in {<<e>>, <<>>, q} : q' = f /\\ x' = x
Stutter == s' = {e \\in s : TRUE} /\\ q' = q \\o <<>> /\\ x' = [a |-> x.a, b |-> x.b]
Mixed == q = <<1, 1>> /\\ x.b.c = 2 /\\ s' = s \\cup {"m", 5} /\\ UNCHANGED <<x, q>>
Chosen ==
    /\\ q' = q
    /\\ LET following == [x EXCEPT !.a = 1 - @, !.b.c = 2 - @ + Len(q') - Len(q)] IN
       /\\ following.a < 2
       /\\ (x' = following /\\ s' = {}) \\/ (x' = following /\\ s' = {1})
Next == Nested \\/ Twice \\/ ReadAgain \\/ Shared \\/ Stutter \\/ Chosen
Faulty == Next \\/ Mixed
Typed == x \\in [a : Nat, b : [c : Nat]] /\\ s \\in SUBSET Nat /\\ q \\in Seq(0..1)
Narrow == q \\in Seq(0..1) /\\ q \\in Seq({1}) \\cup Seq({0})
Wrong == q \\in Seq(0..1) /\\ (s = {0, 1} => q \\in Seq({0}))
Unchanging == [][x'.a = x.a \\/ q = <<>> \\/ s = {}]_x
Few == Len(q) < 2
====
"""

# Values of `f` stay for ever, but are not interned; `Has` is recalled.
STAYING = """---- MODULE Staying ----
EXTENDS Integers, Sequences
VARIABLES x, k, found
f[n \\in Nat] == IF n = 0 THEN <<>> ELSE Append(f[n - 1], (n * n) % 7)
Has(q, d) ==
    \\/ \\E i \\in 1..Len(q) : q[i] + k = d
    \\/ \\E i, j \\in 1..Len(q) : i # j /\\ q[i] + 2 * q[j] + k = d + 2 /\\ q[i] * k # q[j] + d
    \\/ \\E i, j, l \\in 1..Len(q) : i < j /\\ j < l /\\ q[i] + 2 * q[j] + 3 * q[l] + k = d + 5 /\\ q[i] * k # q[j] + d
Init == x = <<>> /\\ k = 0 /\\ found = 0
Next ==
    /\\ k' = 1 - k
    /\\ x' = f[1 + ((Len(x) + k') % 5)]
    /\\ \\E d \\in 0..5 : found' = (IF Has(x', d) THEN d ELSE 0)
====
"""


@pytest.fixture(autouse=True)
def without_layouts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Components that are held as words are not interned at all."""
    monkeypatch.setattr("comitia.checker.compiled.layouts.model_layouts", lambda *_: None)


@pytest.mark.parametrize("next_state", ["Next", "Faulty"])
def test_figures_and_errors_are_those_of_the_interpreter(
    tmp_path: Path, next_state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(build.FLAGS_VARIABLE, "-O0")
    verdicts: set[str] = set()
    for more in ("Typed Narrow", "Typed Wrong", "Typed\nCONSTRAINT Few", "Typed\nPROPERTY Unchanging"):
        config = f"INIT Init\nNEXT {next_state}\nCHECK_DEADLOCK FALSE\nINVARIANT {more}\n"
        posed = problem(tmp_path, config, MODULE)
        expected = InterpretedEngine().check(posed, Limits(), None, Options(vacuity=False))
        verdicts.add(str(expected.verdict))
        for workers in (1, 2):
            found = CompiledEngine(workers).check(posed, Limits(), None, Options(vacuity=False))
            assert _figures(found) == _figures(expected), more
            assert (found.verdict, behaviour(found)) == (expected.verdict, behaviour(expected)), more
            assert str(found.error) == str(expected.error)
    assert len(verdicts) > 2


def test_what_waits_is_no_key_of_what_is_recalled_for_ever(tmp_path: Path) -> None:
    posed = problem(tmp_path, "INIT Init\nNEXT Next\nCHECK_DEADLOCK FALSE\n", STAYING)
    expected = InterpretedEngine().check(posed, Limits(), None, Options(vacuity=False))
    found = CompiledEngine(1).check(posed, Limits(), None, Options(vacuity=False))
    assert _figures(found) == _figures(expected)


def _figures(result: CheckResult) -> tuple[int, int, int]:
    return result.stats.generated, result.stats.distinct, result.stats.depth
