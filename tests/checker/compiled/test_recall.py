"""What expressions of actions were is recalled, and changes nothing: neither figures nor what is an error."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from comitia.checker.compiled import build
from comitia.checker.compiled.engine import CompiledEngine, translation
from comitia.checker.engine import Limits, Options
from comitia.checker.interpreted.engine import InterpretedEngine
from comitia.checker.result import Verdict

from ..interpreted.models import behaviour, problem

pytestmark = pytest.mark.usefixtures("compiler")

VOTES = """---- MODULE Votes ----
EXTENDS Integers, FiniteSets, Sequences
CONSTANTS P
VARIABLES round, sent, log
Init == round = [p \\in P |-> 0] /\\ sent = {} /\\ log = <<>>
Majority(S) == 2 * Cardinality(S) > Cardinality(P)
Ask(p) ==
    /\\ round[p] < 2
    /\\ round' = [round EXCEPT ![p] = @ + 1]
    /\\ sent' = sent \\cup {[type |-> "ask", from |-> p, round |-> round[p] + 1]}
    /\\ UNCHANGED log
Vote(p) ==
    \\E m \\in sent :
        /\\ m.type = "ask" /\\ m.round >= round[p]
        /\\ ~\\E n \\in sent : n.type = "vote" /\\ n.by = p /\\ n.round = m.round
        /\\ sent' = sent \\cup {[type |-> "vote", from |-> m.from, round |-> m.round, by |-> p]}
        /\\ round' = [round EXCEPT ![p] = m.round]
        /\\ UNCHANGED log
Win(p) ==
    LET votes == {m \\in sent : m.type = "vote" /\\ m.from = p /\\ m.round = round[p]} IN
    /\\ Majority({m.by : m \\in votes}) /\\ Len(log) < 2
    /\\ log' = Append(log, <<p, round[p]>>)
    /\\ sent' = sent \\ votes
    /\\ UNCHANGED round
Lose(p) == log # <<>> /\\ log' = Tail(log) /\\ UNCHANGED <<round, sent>>
Next == \\E p \\in P : Ask(p) \\/ Vote(p) \\/ Win(p) \\/ Lose(p)
Once == \\A i, j \\in DOMAIN log : log[i][2] = log[j][2] => log[i][1] = log[j][1]
Short == Len(log) < 2
====
"""
CONFIG = "CONSTANT P = {p1, p2}\nINIT Init\nNEXT Next\nCHECK_DEADLOCK FALSE\n"

UNREACHED = """---- MODULE Unreached ----
EXTENDS Integers
VARIABLES n, r
Init == n = 0 /\\ r = [a |-> {}, b |-> 0]
Count == n' = (n + 1) % 4 /\\ UNCHANGED r
All == r' = [a |-> Nat, b |-> n] /\\ n > LIMIT /\\ n' = n
Next == Count \\/ All
====
"""


RECEIVED = """---- MODULE Received ----
EXTENDS Integers, FiniteSets
VARIABLES got, sent, at
P == 1..2
Init == got = [p \\in P |-> {}] /\\ sent = {} /\\ at = 1
Of(p, kind) == {m \\in got'[p] : m[2] = kind}
From(p) == {q \\in P : \\E m \\in got'[p] : m[1] = q}
Beside(S, i) == {m \\in S : m \\in got[i]}
Send(p) == at = p /\\ sent' = sent \\cup {<<p, at, 10 ^ at>>} /\\ UNCHANGED <<got, at>>
Take(p) ==
    /\\ \\E r \\in SUBSET sent : got' = [got EXCEPT ![p] = r]
    /\\ Cardinality(Of(p, 1)) >= Cardinality(Of(p, 2))
    /\\ Cardinality(From(p)) < LIMIT
    /\\ sent' = IF From(p) = P THEN {} ELSE sent
    /\\ at' \\in 1..2
    /\\ (got[p])' = got[p] \\/ (got')[p] # {}
Leave == at' = 3 /\\ UNCHANGED <<got, sent>> /\\ at < 3
Return ==
    \\E i \\in {at} :
        /\\ i = 3 /\\ at' = 1 /\\ got' = got
        /\\ sent' = Beside({}, i) \\cup Beside(IF got[1] = {} THEN {} ELSE OUTSIDE, i)
Next == Leave \\/ Return \\/ \\E p \\in P : Send(p) \\/ Take(p)
====
"""


@pytest.mark.parametrize(
    ("limit", "outside", "flags"), [("3", "{}", "-O0"), ("2", "{}", "-O0 -DTRIAL_MISSES=2"), ("3", "sent", "-O0")]
)
def test_parts_of_components_are_words(
    tmp_path: Path, limit: str, outside: str, flags: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Next values included; a part that a component does not have is an error where it is asked for."""
    monkeypatch.setenv(build.FLAGS_VARIABLE, flags)
    text = RECEIVED.replace("LIMIT", limit).replace("OUTSIDE", outside)
    posed = problem(tmp_path, "INIT Init\nNEXT Next\nCHECK_DEADLOCK FALSE\n", text)
    options = Options(vacuity=False)
    shown = translation(posed, options)
    assert "= {part_of(N0, integer(p_" in shown and "part_of(s[0], i" in shown
    expected, found = (
        engine.check(posed, Limits(), None, options) for engine in (InterpretedEngine(), CompiledEngine(2))
    )
    assert expected.verdict is (Verdict.ERROR if outside == "sent" else Verdict.PASS)
    assert (found.verdict, str(found.error), behaviour(found)) == (
        expected.verdict,
        str(expected.error),
        behaviour(expected),
    )
    assert found.stats.generated == expected.stats.generated


PATHS = """---- MODULE Paths ----
EXTENDS Integers, FiniteSets, Sequences
VARIABLES edges, reached
V == {<<>>, <<1>>, <<1, 2>>, <<1, 2, 3>>}
RECURSIVE From(_, _)
From(S, e) ==
    LET more == S \\cup {v \\in V : \\E u \\in S : <<u, v>> \\in e} IN IF more = S THEN S ELSE From(more, e)
Init == edges = {} /\\ reached = {<<>>}
Connect(u, v) ==
    /\\ u # v /\\ <<u, v>> \\notin edges /\\ Cardinality(edges) < 3
    /\\ edges' = edges \\cup {<<u, v>>}
    /\\ reached' = From({<<>>}, edges \\cup {<<u, v>>})
Next == \\E u, v \\in V : Connect(u, v)
Reached == \\A v \\in reached : v = <<>> \\/ \\E u \\in reached : <<u, v>> \\in edges
Some == Cardinality(reached) < 4
Apart == \\A u \\in V : <<u, 7>> \\notin edges
Alike == \\A u \\in V : <<{u}, u>> \\notin edges
====
"""


@pytest.mark.parametrize("invariant", ["Reached", "Some", "Apart", "Alike"])
@pytest.mark.parametrize("flags", ["-O0", "-O0 -DTRIAL_MISSES=2"])
def test_what_is_looked_for_and_what_recursion_gives_is_recalled(
    tmp_path: Path, invariant: str, flags: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A tuple that TLC does not compare with the elements is an error each time."""
    monkeypatch.setenv(build.FLAGS_VARIABLE, flags)
    posed = problem(tmp_path, f"INIT Init\nNEXT Next\nINVARIANT {invariant}\nCHECK_DEADLOCK FALSE", PATHS)
    options = Options(vacuity=False)
    written = translation(posed, options)
    assert re.search(r" = recalled\(sites\[\d+\], l_\d+\);", written)
    assert re.search(r" = recall\(sites\[\d+\], k_\d+, From_\d+\(", written)
    expected, found = (
        engine.check(posed, Limits(), None, options) for engine in (InterpretedEngine(), CompiledEngine(2))
    )
    wanted = {"Reached": Verdict.PASS, "Some": Verdict.INVARIANT}
    assert found.verdict is expected.verdict is wanted.get(invariant, Verdict.ERROR)
    assert (str(found.error), behaviour(found)) == (str(expected.error), behaviour(expected))
    assert found.stats.generated == expected.stats.generated


@pytest.mark.parametrize("more", ["INVARIANT Once", "INVARIANT Short", "INVARIANT Once\nCONSTRAINT Short"])
@pytest.mark.parametrize("flags", ["-O0", "-O0 -DTRIAL_MISSES=2"])
def test_recalling_changes_nothing(tmp_path: Path, more: str, flags: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With two misses in place of many, places of the generated code rest, and are tried again, all the time."""
    monkeypatch.setenv(build.FLAGS_VARIABLE, flags)
    posed = problem(tmp_path, CONFIG + more, VOTES)
    options = Options(vacuity=False)
    expected = InterpretedEngine().check(posed, Limits(), None, options)
    for workers in (1, 2):
        found = CompiledEngine(workers).check(posed, Limits(), None, options)
        figures = [(of.stats.generated, of.stats.distinct, of.stats.depth) for of in (found, expected)]
        assert figures[0] == figures[1]
        assert (found.verdict, behaviour(found)) == (expected.verdict, behaviour(expected))


def test_nothing_is_recalled_where_evaluations_are_counted(tmp_path: Path) -> None:
    posed = problem(tmp_path, CONFIG, VOTES)
    assert " = recalled(" in translation(posed, Options())
    assert " = recalled(" not in translation(posed, Options(coverage=True))


@pytest.mark.parametrize(("limit", "verdict"), [("5", Verdict.PASS), ("2", Verdict.ERROR)])
def test_a_value_that_no_state_has_need_not_fit_into_one(tmp_path: Path, limit: str, verdict: Verdict) -> None:
    """An infinite set as a next value is an error where a state has it: here only if a later conjunct holds."""
    posed = problem(tmp_path, "INIT Init\nNEXT Next\n", UNREACHED.replace("LIMIT", limit))
    assert CompiledEngine().check(posed).verdict is InterpretedEngine().check(posed).verdict is verdict
