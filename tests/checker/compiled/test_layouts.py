"""Components held as codes are the same states: figures, violations and failures are those of the interpreter."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from comitia.checker.compiled.engine import CompiledEngine, translation
from comitia.checker.compiled.layouts import WORD_BITS, Array, Layouts, Mask, Numbers, Values
from comitia.checker.compiled.replay import BeyondEngine
from comitia.checker.engine import Options
from comitia.checker.interpreted.engine import InterpretedEngine
from comitia.checker.result import CheckResult
from comitia.model import values
from comitia.model.diagnostics import UnsupportedModelError
from comitia.model.types import Type, join, type_of, universe
from comitia.model.values import core
from comitia.model.values.core import FALSE, TRUE, Value, function, model_value, record, sequence
from hypothesis import given
from hypothesis import strategies as st

from ..interpreted.models import problem

OPTIONS = Options(vacuity=False)

FORMS = r"""---- MODULE Forms ----
EXTENDS Integers, Sequences, FiniteSets
CONSTANTS a, b, c, None
VARIABLES pc, owner, seen, row, rec, pair, some, mixed, deep
vars == <<pc, owner, seen, row, rec, pair, some, mixed, deep>>
P == {a, b, c}
Init ==
  /\ pc = [p \in P |-> "idle"] /\ owner \in {a, None} /\ seen = [p \in P |-> {}] /\ row = [i \in 1..3 |-> 0]
  /\ rec = [flag |-> FALSE, who |-> None, count |-> 0] /\ pair = <<0, "x">> /\ some = {} /\ mixed = [p \in P |-> None]
  /\ deep = [p \in {a, b} |-> [q \in {a, b} |-> 0]]
Ask(p) ==
  /\ pc[p] = "idle" /\ owner \notin {p, c}
  /\ pc' = [pc EXCEPT ![p] = "ask"]
  /\ seen' = [seen EXCEPT ![p] = (@ \cup {owner, p}) \ {None}, ![c] = {q \in P : pc[q] = "ask"}]
  /\ owner' = IF pc'[a] = "ask" THEN p ELSE None
  /\ UNCHANGED <<row, rec, pair, some, mixed, deep>>
Count(i) ==
  /\ row[i] < 2 /\ \E p \in P : pc[p] = "ask"
  /\ row' = [row EXCEPT ![i] = @ + 1]
  /\ some' = (some \cup {row[i] + 1}) \cap 1..2
  /\ pair' = <<Cardinality(some'), IF pair[2] = "x" THEN "y" ELSE "x">>
  /\ UNCHANGED <<pc, owner, seen, rec, mixed, deep>>
Note(p, q) ==
  /\ pc[p] \in {"ask", "never"} /\ q \in seen[p] /\ rec.count < 2
  /\ rec' = [rec EXCEPT !.who = q, !.flag = ~@, !.count = @ + 1]
  /\ mixed' = [x \in P |-> IF x = p THEN seen[p] ELSE mixed[x]]
  /\ pc' = [pc EXCEPT ![p] = CASE p = a -> "idle" [] OTHER -> "done"]
  /\ UNCHANGED <<owner, seen, row, pair, some, deep>>
Sink ==
  /\ rec.flag /\ \E p \in DOMAIN deep, q \in {a, b} : p # q /\ deep[p][q] < 1 /\ deep' = [deep EXCEPT ![p][q] = @ + 1]
  /\ some' \in SUBSET {1, 2} /\ some \subseteq some'
  /\ UNCHANGED <<pc, owner, seen, row, rec, pair, mixed>>
Next == (\E p \in P : Ask(p) \/ \E q \in P : Note(p, q)) \/ (\E i \in 1..3 : Count(i)) \/ Sink
Spec == Init /\ [][Next]_vars
%s
===="""
CONFIG = "CONSTANTS a = a b = b c = c None = None\nSPECIFICATION Spec\nCHECK_DEADLOCK FALSE\n"


def essence(result: CheckResult) -> object:
    """What has to be equal; values as text, since those of two runs are not to be compared."""
    stats, path = result.stats, result.counterexample.steps if result.counterexample is not None else ()
    return (
        *(result.verdict, result.violated, str(result.error)),
        [(step.action, {name: values.show(value) for name, value in step.state.items()}) for step in path],
        *(stats.generated, stats.distinct, stats.depth, stats.actions),
    )


@pytest.mark.usefixtures("compiler")
def test_every_form_is_the_same_with_and_without_layouts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    posed = problem(tmp_path, CONFIG, FORMS % "")
    held = translation(posed, OPTIONS).partition("layouts[] = {")[2].partition("}")[0]
    assert "nullptr" not in held.removesuffix(", nullptr"), "every variable has a layout"
    expected = essence(InterpretedEngine().check(posed, options=OPTIONS))
    assert essence(CompiledEngine().check(posed, options=OPTIONS)) == expected
    assert essence(CompiledEngine(3).check(posed, options=OPTIONS)) == expected
    monkeypatch.setattr("comitia.checker.compiled.layouts.model_layouts", lambda *_: None)
    assert "code_of" not in translation(posed, OPTIONS)
    assert essence(CompiledEngine().check(posed, options=OPTIONS)) == expected


PREDICATES = [
    r"\A p \in P : pc[p] \in {"
    r'"idle", "ask", "done"}',
    r"pc \in [P -> STRING]",
    r"seen \in [P -> SUBSET P] /\ rec \in [flag : BOOLEAN, who : P \cup {None}, count : 0..2]",
    r"row \in [1..3 -> Nat] /\ pair \in (0..2) \X {" + r'"x", "y"}',
    r"owner # c",
    r"rec # [flag |-> TRUE, who |-> b, count |-> 1]",
    r"\A p \in P : seen[p] # {a, b} /\ (p \in seen[p] => seen[p] \subseteq {p, a, c})",
    r"some # {1, 2} \/ pair[1] = 2",
    r"~(2 \in some) \/ Cardinality({p \in P : pc[p] = " + r'"ask"}) < 2',
    r"\E q \in P : \A p \in P : mixed[p] # {q}",
    r"\A p, q \in {a, b} : deep[p][q] = 0",
    r"\E x \in some : x > 2 \/ some # {2}",
    r"CHOOSE x \in some \cup {3} : TRUE # 2",
    r"Cardinality(UNION {seen[p] : p \in P}) < 3",
    r"some \ {2, 3} # {1} \/ 5 \notin some",
    # what has no value
    r"pc[None] = " + r'"idle"',
    r"row[4] = 0",
    r"row[pair[1]] = 0",
    r"rec.nothing = 0",
    r"rec = 1",
    r'"x" \in some',
    r'some \ {"x"} = {}',
    r"mixed[a] = {1}",
    r"mixed[b] \subseteq P",
    r"Cardinality(mixed[a]) = 0",
    r"[pc EXCEPT ![1] = 0] = pc",
    r"pair[2] > 1",
]


@pytest.mark.usefixtures("compiler")
@pytest.mark.parametrize("predicate", PREDICATES)
def test_a_predicate_on_codes_is_that_on_values(predicate: str, tmp_path: Path) -> None:
    posed = problem(tmp_path, CONFIG + "INVARIANT Claim\n", FORMS % f"Claim == {predicate}")
    expected = essence(InterpretedEngine().check(posed, options=OPTIONS))
    assert essence(CompiledEngine().check(posed, options=OPTIONS)) == expected


COUNTER = r"""---- MODULE Counter ----
EXTENDS Integers
VARIABLES x, y
Init == x = 0 /\ y = {}
Next == x < 300000 /\ x' = x + 60000 /\ y' = {x' %% 7}
%s
===="""


@pytest.mark.usefixtures("compiler")
@pytest.mark.parametrize("workers", [1, 2])
def test_what_does_not_fit_is_searched_again_without_layouts(workers: int, tmp_path: Path) -> None:
    config = "INIT Init\nNEXT Next\nINVARIANT Low\nCHECK_DEADLOCK FALSE\n"
    posed = problem(tmp_path, config, COUNTER % "Low == x < 240000")
    assert "make_numbers" in translation(posed, OPTIONS)
    expected = InterpretedEngine().check(posed, options=OPTIONS)
    found = CompiledEngine(workers).check(posed, options=OPTIONS)
    assert essence(found) == essence(expected)
    assert found.counterexample is not None and len(found.counterexample.steps) == 5


EARLY = r"""---- MODULE Early ----
EXTENDS Integers
VARIABLES x, y, z
Wide(a) == CASE %s [] OTHER -> z + 1
Init == (x = 2 /\ y = 1 /\ z \in {1, 2}) \/ (x = 1 /\ y = Wide(x) /\ z = 1)
Next == x' = y /\ y' = x /\ z' = z
===="""


@pytest.mark.usefixtures("compiler")
@pytest.mark.parametrize("first", [0, 40])
def test_what_has_no_value_yet_is_read_by_no_code(first: int, tmp_path: Path) -> None:
    arms = " [] ".join(f"a = {first + n} /\\ x = {first + n} -> {n}" for n in range(20))
    config = "INIT Init\nNEXT Next\nCHECK_DEADLOCK FALSE\n"
    posed = problem(tmp_path, config, EARLY % arms)
    assert "code_of_given" in translation(posed, OPTIONS)
    expected = InterpretedEngine().check(posed, options=OPTIONS)
    assert (expected.error is not None) == (first > 1)
    assert essence(CompiledEngine().check(posed, options=OPTIONS)) == essence(expected)


@pytest.mark.usefixtures("compiler")
@pytest.mark.parametrize("claim", ["x < 2 ^ 61", r"x \in 0..2 ^ 70", r"x \in 2 ^ 65..2 ^ 66"])
def test_numbers_beyond_a_word_have_no_codes(claim: str, tmp_path: Path) -> None:
    for start in ("1", "2 ^ 65"):
        body = f"""---- MODULE Large ----
EXTENDS Integers
VARIABLE x
Init == x = {start}
Next == x' \\in {{x, {start} + 1}}
Claim == {claim}
===="""
        config = "INIT Init\nNEXT Next\nINVARIANT Claim\nCHECK_DEADLOCK FALSE\n"
        posed = problem(tmp_path, config, body.replace("\\\\", "\\"))
        expected = InterpretedEngine().check(posed, options=OPTIONS)
        found = CompiledEngine().check(posed, options=OPTIONS)
        if not isinstance(found.error, (UnsupportedModelError, BeyondEngine)):  # which say so
            assert essence(found) == essence(expected)


# --- codes -----------------------------------------------------------------------------------------------------------

ATOMS = [*map(model_value, "pqr"), "one", "two", *range(-2, 4), TRUE, FALSE]


def of_like_elements(values: st.SearchStrategy[Value]) -> st.SearchStrategy[Value]:
    keys = st.sampled_from([*map(model_value, "pqr")])
    return (
        st.lists(values, min_size=1, max_size=3).map(sequence)
        | st.dictionaries(keys, values, min_size=1).map(function)
        | st.fixed_dictionaries({"f": values, "g": values}).map(record)
        | st.frozensets(st.integers(0, 4))
        | st.frozensets(keys)
    )


@given(st.lists(st.recursive(st.sampled_from(ATOMS), of_like_elements, max_leaves=6), min_size=1, max_size=4))
def test_codes_tell_the_values_of_a_type_apart(some: list[Value]) -> None:
    t: Type = type_of(some[0])
    for value in some[1:]:
        t = join(t, type_of(value))
    layouts = Layouts()
    layouts.add_variable(0, t)
    layout = layouts.variables.get(0)
    if layout is None:
        return
    assert layout.bits <= WORD_BITS and layouts.all[layout.number] is layout
    assert [one.number for one in layouts.all] == list(range(len(layouts.all)))
    everything = set(universe(t, 400) or ()) | set(some)
    codes = [layout.encode(value) for value in everything]
    assert None not in codes and len(set(codes)) == len(everything)
    assert all(code is not None and code.bit_length() <= layout.bits for code in codes)


def test_what_a_layout_has_no_code_for() -> None:
    layouts = Layouts()
    p, q = model_value("p"), model_value("q")
    layouts.add_variable(
        0,
        join(
            type_of(function({p: frozenset({1}), q: frozenset()})),
            type_of(function({p: frozenset({3}), q: frozenset({2})})),
        ),
    )
    layout = layouts.variables[0]
    assert isinstance(layout, Array) and isinstance(layout.common, Mask) and isinstance(layout.common.element, Numbers)
    assert isinstance(layout.keys, Values)
    for value in (
        function({p: frozenset({4}), q: frozenset()}),
        function({p: frozenset()}),
        1,
        frozenset(),
        "p",
        core.EMPTY_SEQUENCE,
    ):
        assert layout.encode(value) is None
    for one, two in itertools.product([frozenset(), frozenset({1}), frozenset({1, 3})], repeat=2):
        assert layout.encode(function({p: one, q: two})) is not None
