"""Sets of messages held as masks, of one word and of several: what is found is what the interpreter finds."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path

import pytest
from comitia.checker.compiled.engine import CompiledEngine, translation
from comitia.checker.engine import Limits, Options
from comitia.checker.interpreted.engine import InterpretedEngine
from comitia.checker.result import Verdict
from comitia.model import values
from comitia.model.problem import Problem
from comitia.model.values.core import Value

from ..interpreted.models import problem
from .test_layouts import essence
from .test_simulation import facts

pytestmark = pytest.mark.usefixtures("compiler")

OPTIONS = Options(vacuity=False, keep_going=True)
LETTERS = r"""---- MODULE Letters ----
EXTENDS Integers, FiniteSets
CONSTANTS a, b, c, None, P, Top
VARIABLES bal, msgs, seen
vars == <<bal, msgs, seen>>
B == 0..Top
Init == bal = [p \in P |-> -1] /\ msgs = {} /\ seen = None
Send(m) == msgs' = msgs \cup {m}
Ask(n) == ~(\E m \in msgs : m.type = "ask" /\ m.bal = n) /\ Send([type |-> "ask", bal |-> n]) /\ UNCHANGED <<bal, seen>>
Vote(p) ==
  \E m \in msgs :
    /\ m.type = "ask" /\ m.bal > bal[p]
    /\ bal' = [bal EXCEPT ![p] = m.bal]
    /\ Send([type |-> "vote", by |-> p, bal |-> m.bal, old |-> bal[p]])
    /\ UNCHANGED seen
See(p) ==
  LET votes == {m \in msgs : m.type = "vote" /\ m.by = p /\ m.bal = bal[p]}
      low == {m \in votes : m.old < 1}
  IN /\ seen = None /\ [type |-> "done"] \notin msgs
     /\ \A q \in P \ {p} : \E m \in votes : m.by # q
     /\ seen' = (CHOOSE m \in votes : m.bal = bal[p]).by
     /\ msgs' = IF low = votes THEN msgs \ {m \in msgs : m.type = "ask" /\ m.bal < bal[p]}
                ELSE msgs \cup {[type |-> "vote", by |-> q, bal |-> bal[p], old |-> 0] : q \in {p}}
     /\ UNCHANGED bal
End == /\ seen # None /\ \E n \in B : [type |-> "vote", old |-> n - 1, bal |-> n, by |-> seen] \in msgs
       /\ Send([type |-> "done"]) /\ seen' = None /\ UNCHANGED bal
Never == \E m \in msgs : m.type = "vote" /\ m.old > m.bal /\ m.by = seen /\ UNCHANGED vars
Next == Never \/ (\E n \in B : Ask(n)) \/ (\E p \in P : Vote(p) \/ See(p)) \/ End
Few == Cardinality(msgs) < 5
Spec == Init /\ [][Next]_vars
Old == {m \in msgs : m.type # "done"}
%s
===="""
CONFIG = """CONSTANTS a = a b = b c = c None = None P = {%s} Top = %d
SPECIFICATION Spec
CONSTRAINT Few
CHECK_DEADLOCK FALSE
"""
SIZES = [("a, b", 2), ("a, b, c", 3), ("a, b, c", 5), ("a, b, c", 6)]
"""With messages for one word, and for two, three and four."""


def posed_with(folder: Path, size: tuple[str, int], *claims: str) -> Problem:
    """A problem with these invariants."""
    names = [f"Claim{number}" for number in range(len(claims))]
    text = "\n".join(f"{name} == {claim}" for name, claim in zip(names, claims, strict=True))
    return problem(folder, CONFIG % size + "".join(f"INVARIANT {name}\n" for name in names), LETTERS % text)


CLAIMS = [
    r'\A m \in msgs : m.type = "vote" => m.old < m.bal /\ (m.bal = 1 => m.by # b)',
    r'\A m \in msgs : m.type = "vote" /\ m.by = a => m.bal < 1',
    r'\A p \in P : {m \in msgs : m.type = "vote" /\ m.by = p} \subseteq {m \in msgs : m.type # "ask" /\ m.old = -1}',
    r'Cardinality({m \in msgs : m.type = "vote"}) < 2',
    r'\A m, n \in msgs : m.type = "vote" /\ n.type = "vote" /\ m.bal = n.bal /\ m # n => m.by # n.by /\ m.by # a',
    r'msgs # {[type |-> "ask", bal |-> 0], [type |-> "ask", bal |-> 1]}',
    r'[type |-> "vote", by |-> seen, bal |-> 1, old |-> -1] \notin msgs',
    r'\E n \in -1..5 : [type |-> "ask", bal |-> n] \notin msgs \/ n = Top',
    r'msgs \subseteq [type : {"ask"}, bal : 0..1] \cup [type : {"vote"}, by : P, bal : 0..1, old : {-1}]',
    r'msgs \in SUBSET ([type : {"ask"}, bal : 0..1] \cup [type : {"vote"}, by : P, bal : 0..1, old : {-1}])',
    r'msgs \in SUBSET ([type : {"ask"}, bal : Nat] \cup [type : {"vote"}, by : {a, b}, bal : Int, old : -1..0])',
    r'\A m \in msgs : m \in [type : {"ask"}, bal : Nat] \cup [type : {"vote"}, by : {c, b}, bal : Nat, old : Int]',
    r'Old \subseteq [type : {"ask", "vote"}, bal : Int \ {1}] \cup [by : P, type : STRING, bal : Int, old : {-1}]',
    r"UNION {{m.bal} : m \in msgs} \subseteq {0, 1}",
    r'(CHOOSE m \in msgs \cup {[type |-> "done"]} : m.type # "ask") = [type |-> "done"]',
    r'msgs = {} \/ (CHOOSE m \in msgs : TRUE).type = "ask"',
    r"\A n \in -3..7 : {m \in Old : n > m.bal} \subseteq {m \in Old : m.bal # n} \cap {m \in Old : n - 1 >= m.bal}",
    r"\A n \in -3..7 : {m \in Old : n >= m.bal} \subseteq {m \in Old : m.bal < n}",
    r'\A p \in P, m \in msgs : m.type = "vote" => m.bal <= bal[p] \/ \E n \in msgs : n.bal = bal[p] /\ n.type = "ask"',
    r'msgs \cap {[type |-> "ask", bal |-> 1], [type |-> "none"], [type |-> "done"]} = {}',
    r"\A n \in {0} : msgs = {} \/ \E m \in msgs : m.bal = n",
]
FAILING = [
    r'msgs = {} \/ \E m \in msgs : m.by = a /\ m.type = "ask"',
    r'\A p \in P : [type |-> "ask", bal |-> bal[p] = 0] \notin msgs',
    r"\A m \in msgs : m.by # b",
    r"\A m \in msgs : m.bal = 0 \/ m.old > 0",
    r'\A m \in msgs : m.type = "ask" => m.bal = "x"',
    r"{m \in msgs : m.type = 1} = {}",
    r'\A x \in {"ask", 1} : ~\E m \in msgs : m.type = x',
    r'Cardinality(msgs) = 0 \/ (CHOOSE m \in msgs : m.type = "vote").old = -1',
    r"1 \notin msgs",
    r"msgs \in SUBSET [type : {1}, bal : 0..9]",
    r'msgs \subseteq [type : {"ask", "vote"}, bal : {"0"}] \cup [type : STRING, by : P, bal : 0..9, old : -1..9]',
    r"[type |-> 1, bal |-> 0] \notin msgs",
    r"msgs \subseteq {m \in [type : STRING, bal : Nat] : m.by = a}",
    r'msgs # {} => msgs \in SUBSET {m \in [type : {"ask"}, bal : 0..9] : m.type.bal = a}',
    r'msgs = {} \/ msgs \subseteq {m \in [type : {"ask"}, bal : 0..9] : m.by = a}',
]


@pytest.mark.parametrize("size", SIZES)
def test_messages_as_masks_are_the_same_states(size: tuple[str, int], tmp_path: Path) -> None:
    posed, limits = posed_with(tmp_path, size, *CLAIMS), Limits(max_states=600)
    held = translation(posed, OPTIONS).partition("layouts[] = {")[2].partition("}")[0]
    assert "nullptr" not in held.removesuffix(", nullptr"), "every variable has a layout"
    expected = InterpretedEngine().check(posed, limits, options=OPTIONS)
    assert len(expected.violations) > len(CLAIMS) / 2
    for workers in (1, 2):
        found = CompiledEngine(workers).check(posed, limits, options=OPTIONS)
        assert essence(found) == essence(expected)
        assert [one.violated for one in found.violations] == [one.violated for one in expected.violations]


@pytest.mark.parametrize("size", SIZES[:2])
def test_what_the_guards_of_loops_over_masks_were_is_noticed(size: tuple[str, int], tmp_path: Path) -> None:
    posed, limits = posed_with(tmp_path, size, "TRUE"), Limits()
    expected = InterpretedEngine().check(posed, limits)
    assert expected.warnings
    assert CompiledEngine().check(posed, limits).warnings == expected.warnings


@pytest.mark.parametrize(("claim", "size"), [*zip(FAILING, itertools.cycle(SIZES))])
def test_a_claim_about_masks_that_has_no_value(claim: str, size: tuple[str, int], tmp_path: Path) -> None:
    posed, limits = posed_with(tmp_path, size, claim), Limits(max_depth=5)
    expected = InterpretedEngine().check(posed, limits, options=OPTIONS)
    assert expected.verdict is Verdict.ERROR
    assert essence(CompiledEngine().check(posed, limits, options=OPTIONS)) == essence(expected)


WALKS = r"""---- MODULE Walks ----
EXTENDS Integers, FiniteSets
CONSTANTS a, b, c, P
VARIABLES msgs, turn
vars == <<msgs, turn>>
All == [from : P, to : P, n : 0..6]
Init == msgs \in {{}, {[from |-> a, to |-> a, n |-> 6]}} /\ turn = a
Sent(m) == m \in msgs
RECURSIVE Pass(_)
Pass(k) == IF k = 0 THEN turn' = turn
           ELSE \/ /\ turn # a /\ turn' = a /\ Cardinality(msgs') < 3
                \/ Pass(k - 1)
Send(p, q) ==
  /\ ~Sent([from |-> p, to |-> q, n |-> 0]) /\ Cardinality(msgs) < 3 /\ turn = p
  /\ \/ msgs' = msgs \cup {[from |-> p, to |-> q, n |-> 0]}
     \/ \E m \in msgs : m.to = p /\ m.n < 2 /\ msgs' = (msgs \ {m}) \cup {[from |-> p, to |-> q, n |-> m.n + 1]}
  /\ \/ turn' = q /\ {m \in msgs' : m.from = p /\ m.to = q} # {} /\ \A m \in msgs' \ msgs : m.from = p
     \/ turn' = p /\ msgs' # msgs /\ \E m \in msgs' : m.to = q /\ m.n = 0 /\ {x \in msgs : x.n = 1 /\ x.to = p} = {}
Drop == msgs' \in {{}, {m \in msgs : m.n # 0}} /\ msgs # {} /\ Pass(2)
Next == (\E p, q \in P : Send(p, q)) \/ Drop
Twice == Drop \cdot Drop
Spec == Init /\ [][Next]_vars /\ WF_vars(Drop)
Short == Cardinality(msgs) < 2
Known == <<turn, {<<m.from, m.n>> : m \in msgs}>>
Falls == Cardinality(msgs') <= Cardinality(msgs) \/ turn' # a
TypeOK == msgs \in SUBSET All
Numbers == [p \in P |-> {m.n : m \in {x \in msgs : x.from = p}}]
Pairs == {<<m.to, m.n>> : m \in {x \in msgs : x.n > 0}}
Apart == \A p \in P : \A q \in P \ {p} : (Numbers[p] \cap Numbers[q] # {0, 1} \/ <<q, 1>> \in Pairs) /\ q # p
Kept == [][\A p \in P : Numbers' # [Numbers EXCEPT ![p] = @ \cup {3}] /\ 6 \in Numbers'[p] => 6 \in Numbers[p]]_vars
Beyond == [][\A p \in P : Numbers' # [Numbers EXCEPT ![p] = @ \cup {99}] /\ Numbers'[p] # {0, 1, 2}]_vars
Ready == ENABLED Drop \/ msgs = {}
Quiet == (\E m \in msgs : m.n = 2) ~> (msgs = {})
Grows == [][Cardinality(msgs') < Cardinality(msgs) + 2 /\ \A m \in msgs' \ msgs : m.n < 3]_vars
Steady == [](msgs # {} => ENABLED Drop)
===="""
WALKS_CONFIG = "CONSTANTS a = a b = b c = c P = {a, b, c}\nSPECIFICATION Spec\nCHECK_DEADLOCK FALSE\n"


@pytest.mark.parametrize(
    "added",
    [
        "INVARIANTS TypeOK Ready\nPROPERTIES Quiet Grows Steady",
        "INVARIANTS TypeOK\nVIEW Known",
        "PROPERTIES Quiet\nVIEW Known",
        "INVARIANTS TypeOK Ready\nACTION_CONSTRAINT Falls",
    ],
)
def test_all_that_reads_states_reads_masks_of_some_words(added: str, tmp_path: Path) -> None:
    posed = problem(tmp_path, WALKS_CONFIG + added, WALKS)
    assert "bits_at<2>" in translation(posed, OPTIONS)
    expected = essence(InterpretedEngine().check(posed, options=Options(vacuity=False)))
    ways = [(1, "64", 0.0), (2, "64", None)]
    if "Quiet" not in added:
        ways += [(2, "128", None), (1, "exact", None)]
    for workers, fingerprint, megabytes in ways:
        options = Options(vacuity=False, fingerprint=fingerprint, queue_megabytes=megabytes)
        assert essence(CompiledEngine(workers).check(posed, options=options)) == expected


def shown(state: Sequence[Value]) -> list[str]:
    """As text, since values of two runs are not to be compared."""
    return [values.show(value) for value in state]


def test_behaviours_counts_and_graphs_of_masks_are_those_of_the_interpreter(tmp_path: Path) -> None:
    posed = problem(tmp_path, WALKS_CONFIG + "CONSTRAINT Short\nINVARIANT TypeOK", WALKS)
    assert facts(CompiledEngine(), posed, 7, 60) == facts(InterpretedEngine(), posed, 7, 60)
    for options in (Options(coverage=True), Options(record_graph=True)):
        expected = InterpretedEngine().check(posed, options=options)
        found = CompiledEngine().check(posed, options=options)
        assert essence(found) == essence(expected)
        assert found.coverage == expected.coverage
        if options.record_graph:
            assert found.graph is not None and expected.graph is not None
            assert list(map(shown, found.graph.states)) == list(map(shown, expected.graph.states))
            assert list(found.graph.steps()) == list(expected.graph.steps())


@pytest.mark.parametrize("added", ["INVARIANT Apart\nPROPERTY Kept", "PROPERTY Beyond"])
def test_functions_of_the_state_have_codes(added: str, tmp_path: Path) -> None:
    posed = problem(tmp_path, WALKS_CONFIG + added, WALKS)
    assert "static u64 Numbers" in translation(posed, OPTIONS)
    expected = essence(InterpretedEngine().check(posed, options=OPTIONS))
    for workers in (1, 2):
        assert essence(CompiledEngine(workers).check(posed, options=OPTIONS)) == expected


IMPLIED = r"""---- MODULE Implied ----
EXTENDS Naturals
VARIABLES mail, n
Letter(x, y) == [a |-> x, b |-> y, c |-> "u"]
Init == mail = {} /\ n = 0
Send == mail' = mail \cup {IF n = 0 THEN Letter("p", "r") ELSE Letter("q", "s")} /\ n' = 1 - n
Odd(m) == m.a = "p" /\ m.b = "s"
Get == \E m \in mail : (Odd(m) => m.c = "u") /\ n' = n /\ mail' = mail
Even(m) == m.a = "p"
Pick == \E x \in {"p", "q"}, y \in {"r", "s"} : (x = "p") = (y = "r") /\ mail' = {Letter(x, y)} /\ n' = n
Next == Send \/ Get \/ Pick
Never == {m \in mail : (Odd(m) => m.c = "u") /\ m.c = "u"} = mail
Ever == {m \in mail : (Even(m) => m.c = "u") /\ m.c = "u"} = mail
===="""


def test_left_sides_within_what_narrows_a_loop_are_those_of_states(tmp_path: Path) -> None:
    """They are not counted for elements that no state has, nor left out for those that some have."""
    posed = problem(tmp_path, "INIT Init\nNEXT Next\nINVARIANT Never Ever\n", IMPLIED)
    expected = InterpretedEngine().check(posed)
    assert "Never" in str(expected.warnings) and "Ever" not in str(expected.warnings)
    assert CompiledEngine().check(posed).warnings == expected.warnings
