"""Components of successors wait to be interned until it is known whether the state is new; nothing else changes."""

from __future__ import annotations

from pathlib import Path

import pytest
from comitia.checker.compiled import build
from comitia.checker.compiled.engine import CompiledEngine
from comitia.checker.engine import Limits, Options
from comitia.checker.interpreted.engine import InterpretedEngine

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
Next == Nested \\/ Twice \\/ ReadAgain \\/ Shared \\/ Stutter
Faulty == Next \\/ Mixed
Typed == x \\in [a : Nat, b : [c : Nat]] /\\ s \\in SUBSET Nat /\\ q \\in Seq(0..1)
Narrow == q \\in Seq(0..1) /\\ q \\in Seq({1}) \\cup Seq({0})
Wrong == q \\in Seq(0..1) /\\ (s = {0, 1} => q \\in Seq({0}))
Unchanging == [][x'.a = x.a \\/ q = <<>> \\/ s = {}]_x
Few == Len(q) < 2
====
"""


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
            figures = [(of.stats.generated, of.stats.distinct, of.stats.depth) for of in (found, expected)]
            assert figures[0] == figures[1], more
            assert (found.verdict, behaviour(found)) == (expected.verdict, behaviour(expected)), more
            assert str(found.error) == str(expected.error)
    assert len(verdicts) > 2
