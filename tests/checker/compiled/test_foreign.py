"""Operators that have no C++: their values are asked for, in the order of the interpreter where that matters."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from comitia.checker.compiled import build
from comitia.checker.compiled.auto import AutoEngine
from comitia.checker.compiled.engine import CompiledEngine, CompiledRun, translation
from comitia.checker.compiled.process import SearchProcess
from comitia.checker.engine import FINGERPRINTS, Limits, Options, Simulation
from comitia.checker.interpreted.engine import InterpretedEngine
from comitia.checker.interpreted.failures import prepared_interpreter
from comitia.checker.result import CheckResult, Verdict
from comitia.model.problem import Problem

from ..interpreted.models import behaviour, problem, shown

pytestmark = pytest.mark.usefixtures("compiler")

FILES = ("rows.csv", "trace.json", "post.csv")

LEVELS = """---- MODULE Levels ----
EXTENDS Integers, Sequences, TLC, Json
VARIABLES x, y
Init == x \\in 0..2 /\\ y = TLCGet("level")
Step == TLCGet("level") < 6 /\\ x' = (x + 1) % 5 /\\ y' = TLCGet("level")
Even == x % 2 = 0 /\\ x' \\in {x + 2, x + 3} /\\ y' = y + Len(ToJson(<<x, y>>))
Third == x = 3 /\\ TLCGet("level")' = 3 /\\ UNCHANGED <<x, y>>
Next == Step \\/ Even \\/ Third
Con == TLCGet("level") < 8
Inv == x < 8 \\/ TLCGet("level") # 5
Act == [][TLCGet("level") < 6 \\/ x' # 7]_x
Tag == x < 6 /\\ ToJson(x) # "5" /\\ Len(ToJsonArray(<<1, 2>>)) = 5
Again == x' = (x + 1) % 5 /\\ y' = ToJson([i \\in 1..x |-> "v"])
Looped == <<x, TLCGet("level") % 3>>
Back == []<>(x = 0)
Gone == <>[](x # 0)
Low == x # 3
Lower == x # 4
Lost == []<>(x + TLCGet("level") = 3)
Spec == x \\in 0..2 /\\ y = "" /\\ [][Again]_<<x, y>> /\\ WF_<<x, y>>(Again)
Late == TLCGet("level") < 3 \\/ ToJsonArray(x) = "1"
Wrong == x < 3 \\/ x + ToJson(x) = 1
====
"""

REGISTERS = """---- MODULE Registers ----
EXTENDS Integers, Sequences, FiniteSets, TLC, TLCExt, Json, CSV, Randomization
VARIABLES x, y
ASSUME TLCSet(1, 0) /\\ TLCSet(2, 0) /\\ TLCSet(3, <<>>)
Init == x \\in 0..2 /\\ y = 0
Bump(r) == TLCSet(r, TLCGet(r) + 1)
Step == x' = (x + 1) % 7 /\\ y' = (y + x) % 5 /\\ Bump(1)
Leap == x' \\in {x, (x + 3) % 7} /\\ UNCHANGED y
Next == Step \\/ Leap
Figures == TLCSet(3, <<TLCGet("distinct"), TLCGet("generated"), TLCGet("queue"), TLCGet("diameter"), TLCGet("level")>>)
Mix(a, b) == (a * 31 + b) % 1000003
Order == TLCGetAndSet(4, Mix, x * 10 + y + TLCGet("level"), 17) >= 0
Rows == CSVWrite("%1$s;%2$s;%3$s", <<Trace, TLCGet("action").name, TLCGet("stats")["generated"]>>, "rows.csv")
Exported == JsonSerialize("trace.json", Trace)
StepRows == CSVWrite("%1$s", <<<<TLCGet("level"), x, x', y'>>>>, "rows.csv")
StepOrder == [][TLCGetAndSet(5, Mix, x' + TLCGet("level"), 1) >= 0]_<<x, y>>
Few == TLCGet(1) < 20
Post == CSVWrite("%1$s", <<<<TLCGet("all"), TLCGet("distinct"), TLCGet("generated"), TLCGet("queue")>>>>, "post.csv")
Exit == TLCGet("distinct") < 15 \\/ TLCSet("exit", TRUE)
Back == []<>(x = 2)
Spec == Init /\\ [][Next]_<<x, y>>
Asserted == TLCGet(1) # 17 \\/ Assert(FALSE, "seventeen")
Empty == TLCGet(1) # 12 \\/ RandomElement({}) = 1
Drawn == /\\ x' \\in RandomSubset(2, 0..6)
         /\\ y' = RandomElement([1..2 -> 1..4])[1] + Cardinality(RandomElement(SUBSET {1, x, y}))
Picked == x = 2 /\\ x' = RandomElement([a : 1..3, b : 5..9]).b - 4 /\\ y' = RandomElement({Len("ab"), 3, y})
RandomInit == x = RandomElement(0..3) /\\ y \\in RandomSubset(2, 0..9)
RandomNext == Drawn \\/ Picked \\/ Step
Small == TLCGet("level") < 6
Behaviours == CSVWrite("%1$s", <<<<TLCGet("stats").behavior, TLCGet("generated"), TLCGet("level")>>>>, "rows.csv")
====
"""
BASE = "INIT Init\nNEXT Next\nCHECK_DEADLOCK FALSE\nPOSTCONDITION Post\n"


def _facts(result: CheckResult) -> tuple[object, ...]:
    stats = result.stats
    figures = stats.generated, stats.distinct, stats.depth, stats.queue, stats.actions, stats.behaviours
    violations = [(one.violated, shown(one.counterexample)) for one in result.violations]
    return result.verdict, result.violated, figures, behaviour(result), str(result.error), violations, result.warnings


def _written(folder: Path) -> list[str | None]:
    """What is in the files that a check writes; they are gone then."""
    texts = [(folder / name).read_text() if (folder / name).exists() else None for name in FILES]
    for name in FILES:
        (folder / name).unlink(missing_ok=True)
    return texts


class Both:
    """Checks by both engines, in a folder of their own, that must come to the same."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def check(
        self,
        posed: Problem,
        workers: tuple[int, ...] = (1,),
        limits: Limits = Limits(),  # noqa: B008
        keep_going: bool = False,
        fingerprint: str = FINGERPRINTS[0],
    ) -> tuple[CheckResult, list[str | None]]:
        options = Options(vacuity=False, keep_going=keep_going, fingerprint=fingerprint)
        result = InterpretedEngine().check(posed, limits, None, options)
        written = _written(self.folder)
        for count in workers:
            assert _facts(CompiledEngine(count).check(posed, limits, None, options)) == _facts(result)
            assert _written(self.folder) == written
        return result, written

    def simulate(self, posed: Problem, simulation: Simulation) -> tuple[CheckResult, list[str | None]]:
        result = InterpretedEngine().simulate(posed, simulation)
        written = _written(self.folder)
        assert _facts(CompiledEngine(2).simulate(posed, simulation)) == _facts(result)
        assert _written(self.folder) == written
        return result, written


@pytest.fixture
def both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Both:
    monkeypatch.chdir(tmp_path)
    return Both(tmp_path)


# --- the level of a state --------------------------------------------------------------------------------------------


def test_the_level_is_exact_on_any_number_of_workers(tmp_path: Path, both: Both) -> None:
    config = "INIT Init\nNEXT Next\nCONSTRAINT Con\nCHECK_DEADLOCK FALSE\nINVARIANT Inv\nPROPERTY Act"
    posed = problem(tmp_path, config, LEVELS)
    result, _ = both.check(posed, workers=(1, 3))
    assert result.violated == "Inv"
    result, _ = both.check(posed, workers=(1, 3), keep_going=True)
    assert [one.violated for one in result.violations] == ["Inv", "Act"]
    both.check(posed, workers=(1, 3), limits=Limits(max_states=30))
    result, _ = both.simulate(posed, Simulation(50, 10, 7))
    assert result.violated in {"Inv", "Act"}


def test_a_view_of_the_level_tells_a_state_from_itself(tmp_path: Path, both: Both) -> None:
    config = "SPECIFICATION Spec\nVIEW Looped\nINVARIANT Tag\nPROPERTY Back"
    result, _ = both.check(problem(tmp_path, config, LEVELS), workers=(1, 2))
    assert result.verdict is Verdict.PASS
    module = LEVELS.replace("x' = (x + 1) % 5 /\\ y' = ToJson", "x' = x /\\ y' = ToJson")
    result, _ = both.check(problem(tmp_path, config, module), workers=(1, 2))
    assert (result.stats.distinct, result.stats.depth) == (9, 3)
    assert result.violated == "Back"
    posed = problem(tmp_path, config + " Gone", LEVELS)
    for fingerprint in FINGERPRINTS:
        result, _ = both.check(posed, workers=(1, 2), fingerprint=fingerprint)
        assert result.violated == "Gone"


def test_what_was_violated_is_told_where_a_temporal_property_fails(tmp_path: Path, both: Both) -> None:
    config = "SPECIFICATION Spec\nCONSTRAINT Con\nCHECK_DEADLOCK FALSE\nINVARIANT Low Lower\nPROPERTY Lost"
    posed = problem(tmp_path, config, LEVELS)
    result, _ = both.check(posed, workers=(1, 2), keep_going=True)
    assert result.verdict is Verdict.ERROR
    assert [len(one.counterexample.steps) for one in result.violations] == [2, 3]


@pytest.mark.parametrize("name", ["Late", "Wrong"])
def test_what_fails_is_explained_by_the_interpreter(tmp_path: Path, both: Both, name: str) -> None:
    posed = problem(tmp_path, f"INIT Init\nNEXT Step\nINVARIANT {name}", LEVELS)
    result, _ = both.check(posed, workers=(1, 2))
    assert result.verdict is Verdict.ERROR
    assert result.error is not None and result.error.span is not None
    assert result.error.span.text in {"ToJsonArray(x)", "x + ToJson(x)"}


# --- registers, files, chance ----------------------------------------------------------------------------------------


def test_registers_and_files_are_written_in_the_order_of_the_interpreter(tmp_path: Path, both: Both) -> None:
    config = BASE + "INVARIANT Figures Order Rows Exported\nACTION_CONSTRAINT StepRows\nPROPERTY StepOrder"
    posed = problem(tmp_path, config, REGISTERS)
    result, written = both.check(posed, workers=(1, 3))
    assert result.verdict is Verdict.PASS
    assert all(written)
    for limits in (Limits(max_states=9), Limits(max_depth=3)):
        result, _ = both.check(posed, limits=limits)
        assert result.verdict is Verdict.INCOMPLETE


def test_a_violation_is_told_without_evaluating_anything_again(tmp_path: Path, both: Both) -> None:
    posed = problem(tmp_path, BASE + "INVARIANT Order Few Figures\nPROPERTY StepOrder", REGISTERS)
    for keep_going in (False, True):
        result, written = both.check(posed, keep_going=keep_going)
        assert result.violated == "Few"
        assert written[2] is not None


def test_temporal_properties_are_left_to_the_interpreter(tmp_path: Path, both: Both) -> None:
    config = BASE.replace("INIT Init\nNEXT Next", "SPECIFICATION Spec") + "INVARIANT Order\nPROPERTY Back"
    result, _ = both.check(problem(tmp_path, config, REGISTERS))
    assert result.violated == "Back"


def test_a_specification_may_end_the_run(tmp_path: Path, both: Both) -> None:
    posed = problem(tmp_path, BASE + "INVARIANT Order Exit", REGISTERS)
    result, _ = both.check(posed)
    assert result.verdict is Verdict.PASS
    assert result.stats.queue > 0


@pytest.mark.parametrize(("name", "verdict"), [("Asserted", Verdict.ASSERT), ("Empty", Verdict.ERROR)])
def test_an_error_is_told_though_it_is_not_met_again(tmp_path: Path, both: Both, name: str, verdict: Verdict) -> None:
    result, _ = both.check(problem(tmp_path, BASE + f"INVARIANT Order {name}", REGISTERS))
    assert result.verdict is verdict
    assert result.error is not None and result.error.span is not None


@pytest.mark.parametrize("fingerprint", FINGERPRINTS)
@pytest.mark.parametrize("extra", ["", "SYMMETRY Symmetry", "SYMMETRY Symmetry\nPROPERTY Back"])
def test_a_view_is_evaluated_once_for_a_state(tmp_path: Path, both: Both, extra: str, fingerprint: str) -> None:
    module = REGISTERS.replace("VARIABLES", "CONSTANTS p, q\nVARIABLES").replace("y = 0", "y = {p}")
    module = module.replace("(y + x) % 5", "(IF x % 3 = 1 THEN {p, q} \\ y ELSE {p})").replace(
        "+ y +", "+ Cardinality(y) +"
    )
    module = module.replace("Few ==", "Counted == <<TLCGetAndSet(6, Mix, x, 3) % 4, y, x>>\nFew ==")
    module = module.replace("Few ==", "Symmetry == Permutations({p, q})\nFew ==")
    config = BASE.replace("INIT Init\nNEXT Next", "SPECIFICATION Spec") + "CONSTANTS p = p q = q\nVIEW Counted\n"
    posed = problem(tmp_path, config + f"INVARIANT Order\n{extra}", module)
    result, written = both.check(posed, fingerprint=fingerprint)
    assert result.stats.distinct > 20
    assert written[2] or "PROPERTY" in extra


def test_what_is_drawn_depends_on_the_seed_alone(tmp_path: Path, both: Both) -> None:
    config = "INIT RandomInit\nNEXT RandomNext\nCHECK_DEADLOCK FALSE\nCONSTRAINT Small\nINVARIANT Order Behaviours"
    module = REGISTERS.replace('TLCGet("stats").behavior', "x, y")
    posed = problem(tmp_path, config, module)
    _, written = both.check(posed)
    assert written[0]
    _, drawn = both.simulate(posed, Simulation(20, 5, 3))
    _, others = both.simulate(posed, Simulation(20, 5, 4))
    assert drawn != others


def test_a_simulation_tells_its_figures(tmp_path: Path, both: Both) -> None:
    module = REGISTERS.replace('TLCGet("distinct") < 15', 'TLCGet("stats").traces < 7')
    posed = problem(tmp_path, BASE + "INVARIANT Order Behaviours Exit", module)
    result, written = both.simulate(posed, Simulation(200, 8, 3))
    assert result.stats.behaviours == 7
    assert written[0] is not None and written[2] is not None


# --- what ends it ----------------------------------------------------------------------------------------------------


def test_a_search_that_is_not_answered_ends(tmp_path: Path) -> None:
    posed = problem(tmp_path, "INIT Init\nNEXT Step\nINVARIANT Late", LEVELS)
    with prepared_interpreter():
        _, text = CompiledRun(posed, None, Options(vacuity=False), 2).translated()
    executable = build.build(text)

    def failing(_question: Mapping[str, Any]) -> bytes:
        raise ZeroDivisionError

    with (
        SearchProcess(executable, 2, Limits(), True, answering=failing) as running,
        pytest.raises(ZeroDivisionError),
    ):
        running.answer(lambda *_figures: None)
    arguments = ["2", "0", "0", "1", "0", "0", "0", "fingerprint=64", "1000000"]
    ended = subprocess.run(
        [executable, *arguments], stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False
    )
    assert ended.returncode == 1
    assert b"verdict" not in ended.stdout


@pytest.mark.parametrize("more", ["", "INVARIANT Order", "INVARIANT First", "PROPERTY Back"])
@pytest.mark.parametrize("following", ["Next", "Plain"])
def test_a_run_may_end_before_it_begins(tmp_path: Path, both: Both, more: str, following: str) -> None:
    """Where an assumption says so. Initial states are found and looked at, as in TLC."""
    module = REGISTERS.replace("ASSUME TLCSet(1, 0)", 'ASSUME TLCSet("exit", TRUE) /\\ TLCSet(1, 0)')
    module = module.replace("\nNext ==", "\nFirst == x # 1\nPlain == x' = (x + 1) % 7 /\\ y' = y\nNext ==")
    posed = problem(tmp_path, BASE.replace("Next", following) + more, module)
    result, _ = both.check(posed, workers=(1, 3))
    assert result.verdict is (Verdict.INVARIANT if "First" in more else Verdict.PASS)
    assert (result.stats.depth, result.stats.distinct) == (1, 2 if "First" in more else 3)
    result, _ = both.simulate(posed, Simulation(20, 10, 3))
    assert result.stats.behaviours == 0


def test_registers_are_not_handed_over_in_the_midst_of_a_search(tmp_path: Path, both: Both) -> None:
    posed = problem(tmp_path, BASE + "INVARIANT Order", REGISTERS)
    expected, written = both.check(posed, workers=())
    result = AutoEngine(patience_seconds=0).check(posed, Limits(), None, Options(vacuity=False))
    assert (result.engine, result.stats.distinct) == ("interpreted", expected.stats.distinct)
    assert _written(tmp_path) == written
    assert any("depends on what was evaluated before" in warning for warning in result.warnings)


def test_specifications_without_such_operators_have_no_trace_of_them(tmp_path: Path) -> None:
    plain = LEVELS.replace('TLCGet("level")', "0").replace("Len(ToJson(<<x, y>>))", "2")
    text = translation(problem(tmp_path, "INIT Init\nNEXT Next", plain), Options(vacuity=False))
    assert "foreign" not in text and "Dependence" not in text
