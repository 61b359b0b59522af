"""What is split into parts, and what becomes a function of its own, is the same program."""

from __future__ import annotations

from pathlib import Path

import pytest
from comitia.checker.compiled import build
from comitia.checker.compiled import translation as translations
from comitia.checker.compiled.engine import CompiledEngine, translation
from comitia.checker.compiled.outlining import SHORTEST_LINES, Outlined, outlined
from comitia.checker.compiled.translation import Translation
from comitia.checker.compiled.writer import Writer
from comitia.checker.engine import Options
from comitia.checker.interpreted.engine import InterpretedEngine
from comitia.model.diagnostics import UnsupportedModelError

from ..interpreted.models import problem

PIECES = Translation(
    "namespace specification {",
    ["static V C[2];", "static void f(V a);", "static __thread Memo<1> m;", "static void g();"],
    ["static void f(V a) {\n}\n" + "// long\n" * 100, "static void g() {\n}\n"],
    "}\nthe tail",
)

WALK = r"""---- MODULE Walk ----
EXTENDS Integers, Sequences, FiniteSets
VARIABLES x, y, log
Init == x = 0 /\ y \in {0, 1} /\ log = <<>>
Rec[n \in Nat] == IF n = 0 THEN 0 ELSE 1 + Rec[n - 1]
Move(d, f(_)) ==
  /\ x < 4
  /\ Cardinality({log[k] : k \in DOMAIN log} \cup {d}) <= 2
  /\ \/ x' = f(x) /\ \E z \in {0, y} : y' = (z + d) % 2
     \/ x' = x /\ y' = 1 - y
     \/ LET far == Rec[x] + d IN x' = far /\ y' \in {far % 2}
  /\ log' = [k \in 1..2 |-> IF k = 1 THEN d ELSE Len(log)]
Grow ==
  /\ \A k \in DOMAIN log : log[k] # 7
  /\ CASE x = 0 -> x' \in {1, 2} /\ y' = y [] x > 2 -> x' = 0 /\ y' = 0 [] OTHER -> x' = x + 1 /\ y' = 1
  /\ log' = IF \E k \in DOMAIN log : log[k] = 2 THEN <<>> ELSE Append(log, x)
  /\ Len(log) < 3
Take(v) == \E z \in {v - 1, v + 1} : z > 0 /\ x' = 2 * z - z
Later ==
  /\ Take(x)
  /\ \/ (x = 1 \/ x = 2) /\ Len(log) < x' /\ y' = 0 /\ log' = Append(log, x')
     \/ y' = y /\ log' = log
Next ==
  \/ Later
  \/ \E d \in {1, 2} : Move(d, LAMBDA v : v + d)
  \/ Grow
  \/ \E i \in DOMAIN log : log[i] > 1 /\ Move(i, LAMBDA v : v)
Small == x < 7
===="""
WALK_CONFIG = "INIT Init\nNEXT Next\nINVARIANT Small\nCHECK_DEADLOCK FALSE\n"


def test_a_short_unit_is_one_part() -> None:
    assert PIECES.parts(8) == [PIECES.text]


def test_parts_declare_everything_and_define_it_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(translations, "PART_CHARACTERS", 1)
    first, second = PIECES.parts(2)
    for declaration in ("void f(V a);", "void g();"):
        assert f"\n{declaration}" in first and f"\n{declaration}" in second
    for variable in ("V C[2];", "__thread Memo<1> m;"):
        assert f"\n{variable}" in first and f"\nextern {variable}" in second
    assert "void f(V a) {" in first and "void f(V a) {" not in second
    assert "void g() {" in second and "void g() {" not in first
    assert first.endswith("the tail\n") and "the tail" not in second
    assert "static" not in first + second


def _lines(*texts: str) -> Writer:
    writer = Writer()
    for text in (*texts, *["f();"] * SHORTEST_LINES):
        writer.write(text)
    return writer


KNOWN = {"s": "const V*", "x_1": "V", "n_2": "i64", "k_3": "auto", "each_4": "Each"}


def test_a_path_is_given_what_it_reads() -> None:
    lines = _lines("V y_9 = add(x_1, s[0]) /* n_2 */;", 'g_8(y_9, "x_7", y_9.n_2);', "V N0 = y_9;").lines
    assert outlined(lines, KNOWN) == Outlined("V x_1, const V* s", "x_1, s")


def test_a_parameter_within_a_path_hides_a_name_around_it_only_there() -> None:
    writer = _lines("V y_9 = s[0];")
    with writer.function("auto k_5 = [&](V N1) -> void"):
        writer.write("g_8(N1);")
    assert outlined(writer.lines, KNOWN | {"N1": "V"}) == Outlined("const V* s", "s")
    writer.write("k_5(N1);")
    assert outlined(writer.lines, KNOWN | {"N1": "V"}) == Outlined("const V* s, V N1", "s, N1")


@pytest.mark.parametrize("text", ["k_3(N0);", "f(each_4.value);", "V y_9 = q_9;"])
def test_a_path_that_reads_what_cannot_be_given_stays(text: str) -> None:
    assert outlined(_lines(text).lines, KNOWN) is None


def test_a_short_path_stays() -> None:
    assert outlined(_lines("f(x_1);").lines[:3], KNOWN) is None


@pytest.mark.usefixtures("compiler")
@pytest.mark.parametrize("shortest_lines", [1, 6, 10_000])
def test_how_it_is_cut_changes_nothing(tmp_path: Path, shortest_lines: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("comitia.checker.compiled.outlining.SHORTEST_LINES", shortest_lines)
    monkeypatch.setattr(translations, "PART_CHARACTERS", 1 if shortest_lines == 1 else 10**6)
    monkeypatch.setattr(build, "processors", lambda: 3)
    posed = problem(tmp_path, WALK_CONFIG, WALK)
    options = Options(vacuity=False)
    assert ("APART" in translation(posed, options)) == (shortest_lines < 100)
    expected, found = (engine.check(posed, options=options) for engine in (InterpretedEngine(), CompiledEngine(2)))
    assert found.error is None
    for attribute in ("verdict", "counterexample"):
        assert getattr(found, attribute) == getattr(expected, attribute)
    for figure in ("generated", "distinct", "depth", "actions"):
        assert getattr(found.stats, figure) == getattr(expected.stats, figure)


def test_a_model_without_behaviours_has_no_translation(tmp_path: Path) -> None:
    posed = problem(tmp_path, "", "---- MODULE M ----\nASSUME 1 # 2\n====\n")
    with pytest.raises(UnsupportedModelError, match="without behaviours"):
        translation(posed, Options())
