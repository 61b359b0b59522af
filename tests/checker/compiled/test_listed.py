"""What is looked up by the codes of listed values, in tables, is what the values have."""

from __future__ import annotations

from pathlib import Path

import pytest
from comitia.checker.compiled.engine import CompiledEngine, translation
from comitia.checker.engine import Options
from comitia.checker.interpreted.engine import InterpretedEngine

from ..interpreted.models import problem
from .test_layouts import essence

pytestmark = pytest.mark.usefixtures("compiler")

OPTIONS = Options(vacuity=False)
LETTERS = r"""---- MODULE Letters ----
EXTENDS Integers, FiniteSets
CONSTANTS a, b, c, d, None
VARIABLES at, mail, picked, told
vars == <<at, mail, picked, told>>
Clerk == {a, b}
Client == {c, d}
HostOf == [p \in Clerk \cup Client |-> IF p \in {a, c} THEN "north" ELSE "south"]
Weight == [p \in Client |-> IF p = c THEN 1 ELSE 2]
Heavy == [p \in Client |-> p = d]
Friends == [p \in Client |-> {p}]
For(p) == {m \in mail : m.kind # "end" /\ m.dst = p}
Init ==
  /\ at = [p \in Clerk \cup Client \cup {"boss"} |-> IF p \in Clerk THEN "wait" ELSE "send"]
  /\ mail = {} /\ picked = [p \in Client |-> {}] /\ told = [s \in {"north", "south"} |-> None]
Ask(p) ==
  /\ at[p] = "send"
  /\ \E q \in Clerk :
    /\ mail' = mail \cup {[kind |-> "ask", src |-> p, dst |-> q, tone |-> HostOf[p]]}
    /\ picked' = [picked EXCEPT ![p] = @ \cup {q}]
  /\ at' = [at EXCEPT ![p] = "rest"]
  /\ UNCHANGED told
Answer(q) ==
  /\ at[q] = "wait" /\ For(q) # {}
  /\ \E m \in For(q) :
    /\ told' = [told EXCEPT ![HostOf[q]] = m.src]
    /\ mail' = (mail \ {m}) \cup {[kind |-> "reply", src |-> q, dst |-> m.src, tone |-> m.tone]}
  /\ UNCHANGED <<at, picked>>
End(p) ==
  /\ at[p] = "rest" /\ \A q \in picked[p] : \E m \in For(p) : m.src = q
  /\ Cardinality({m \in For(p) : m.src \in picked[p] /\ m.tone = HostOf[p]}) >= Weight[p] - 1
  /\ mail' = {m \in mail : m.kind = "end" \/ m.dst # p} \cup {[kind |-> "end", pid |-> p]}
  /\ at' = [at EXCEPT ![p] = IF Heavy[p] THEN "send" ELSE "stop", !["boss"] = IF @ = "send" THEN "rest" ELSE "send"]
  /\ UNCHANGED <<picked, told>>
Next == (\E p \in Client : Ask(p) \/ End(p)) \/ \E q \in Clerk : Answer(q)
Spec == Init /\ [][Next]_vars
Claim == %s
===="""
CONFIG = """CONSTANTS a = a b = b c = c d = d None = None
SPECIFICATION Spec
INVARIANT Claim
CHECK_DEADLOCK FALSE
"""

CLAIMS = [
    "TRUE",
    r"\A m \in mail : m.kind = " + r'"end" \/ m.src \in Clerk \cup Client',
    r"\A m \in mail : m.kind = " + r'"end" \/ m.src \notin picked[c] \/ m.tone = HostOf[c]',
    r'\A s \in {"north", "south"} : told[s] \in {None, c} \/ \E m \in mail : m.kind = "reply" /\ m.dst = told[s]',
    r"Cardinality(mail) < 3 \/ \A p \in Client : Friends[p] # picked[p]",
    # what has no value
    r"\A m \in mail : m.src # None",
    r"\A m \in mail : m.pid # c",
    r"\A m \in mail : Weight[m.src] < 3",
    r'\A m \in mail : m.kind = "end" \/ picked[m.src] # {}',
    r'\A m \in mail : m.kind = "end" \/ m.tone # m.src',
]


@pytest.mark.parametrize("claim", CLAIMS)
def test_what_listed_values_have_is_looked_up(claim: str, tmp_path: Path) -> None:
    posed = problem(tmp_path, CONFIG, LETTERS % claim)
    expected = InterpretedEngine().check(posed, options=OPTIONS)
    assert expected.stats.distinct > 1
    assert essence(CompiledEngine(2).check(posed, options=OPTIONS)) == essence(expected)


def test_the_next_values_of_listed_values_are_made_without_them(tmp_path: Path) -> None:
    text = translation(problem(tmp_path, CONFIG, LETTERS % "TRUE"), OPTIONS)
    assert "place_or_fault" not in text and "place_of_key" not in text
    assert "static const u8 T" in text and "static const i64 T" in text and "static const bool T" in text
