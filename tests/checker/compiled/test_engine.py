"""What the compiled engine says where it cannot search, where its numbers end, and on several workers."""

from __future__ import annotations

import errno
from math import comb
from pathlib import Path

import pytest
from comitia.checker.compiled import build
from comitia.checker.compiled.engine import CompiledEngine, translation
from comitia.checker.engine import FINGERPRINTS, Limits, Options
from comitia.checker.interpreted.engine import InterpretedEngine
from comitia.checker.result import CheckResult, StateGraph, Verdict
from comitia.model.diagnostics import UnsupportedModelError
from comitia.model.values import show

from ..interpreted.models import COUNTER, COUNTER_CONFIG, behaviour, problem
from .limits import limit_searches

pytestmark = pytest.mark.usefixtures("compiler")

GRID = """---- MODULE Grid ----
EXTENDS Integers, FiniteSets, Sequences, TLC
CONSTANT P
VARIABLES at, log
Init == at = [p \\in P |-> 0] /\\ log = <<>>
Step(p, d) == at' = [at EXCEPT ![p] = @ + d] /\\ log' = IF Len(log) < 2 THEN Append(log, p) ELSE log
Next == \\E p \\in P, d \\in {1, 2} : Step(p, d)
Bound == \\A p \\in P : at[p] < 6
Apart == \\A p, q \\in P : at[p] + at[q] # 9 \\/ p = q
Perms == Permutations(P)
Early == at[CHOOSE p \\in P : TRUE] < 4
Sum == \\A p \\in P : at[p] # 5
Never == [][log' = log \\/ Len(log') < 2]_log
Slow == [][\\A p \\in P : at'[p] <= at[p] + 1 \\/ at[p] < 5]_at
====
"""
GRID_CONFIG = "CONSTANT P = {p1, p2}\nINIT Init\nNEXT Next\nCONSTRAINT Bound\n"


@pytest.mark.parametrize("more", ["", "INVARIANT Apart", "PROPERTY Slow", "INVARIANT Apart\nPROPERTY Slow"])
@pytest.mark.parametrize("limits", [Limits(), Limits(max_states=30), Limits(max_depth=5)], ids=str)
def test_the_number_of_workers_changes_nothing(tmp_path: Path, more: str, limits: Limits) -> None:
    posed = problem(tmp_path, GRID_CONFIG + more, GRID)
    options = Options(vacuity=False)
    expected = _facts(InterpretedEngine().check(posed, limits, None, options))
    for workers in (1, 2, 5):
        assert _facts(CompiledEngine(workers).check(posed, limits, None, options)) == expected


MANY = """---- MODULE Many ----
EXTENDS Integers
VARIABLE at
Init == at = [p \\in 1..6 |-> 0]
Next == \\E p \\in 1..6 : at[p] < 4 /\\ at' = [at EXCEPT ![p] = @ + 1]
Late == at # [p \\in 1..6 |-> IF p = 3 THEN 0 ELSE 3]
====
"""


@pytest.mark.parametrize("more", ["", "INVARIANT Late"])
@pytest.mark.parametrize("flags", [None, "-O0 -DGIVE_WAY=usleep(99)"])
def test_states_that_many_workers_find_at_once_are_found_once(
    tmp_path: Path, more: str, flags: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if flags is not None:
        monkeypatch.setenv(build.FLAGS_VARIABLE, flags)
    posed = problem(tmp_path, f"INIT Init\nNEXT Next\nCHECK_DEADLOCK FALSE\n{more}\n", MANY)
    options = Options(vacuity=False)
    expected = _facts(InterpretedEngine().check(posed, Limits(), None, options))
    for workers in (2, 4, 4, 4):
        assert _facts(CompiledEngine(workers).check(posed, Limits(), None, options)) == expected


TWICE = """---- MODULE Twice ----
EXTENDS Integers
CONSTANT Work
VARIABLES n, v
Wait(x) == \\A i \\in 1..Work : i # x + Work
Init == n = 0 /\\ v \\in 1..999
Left(w) == IF w \\in {5, 700, 900} THEN -1 - (w \\div 800) ELSE w
Start == \\E w \\in 1..999 : n = w \\div w /\\ (w = 5 => Wait(w)) /\\ v = Left(w)
Next == n < 9 /\\ n' = n + 1 /\\ (v = 5 => Wait(v)) /\\ v' = Left(v)
View == <<n, v % 900>>
Fine == v # -1
First == Fine
Told == v # -1 \\/ v
Odd == v # -2
====
"""


@pytest.mark.parametrize(
    "more", ["INVARIANT Fine", "INVARIANT Told", "INVARIANTS Odd Fine", "VIEW View INVARIANT Fine", "PROPERTY First"]
)
@pytest.mark.parametrize("init", ["Init", "Start"])
@pytest.mark.parametrize("fingerprint", FINGERPRINTS)
def test_what_is_wrong_is_so_in_the_first_place(tmp_path: Path, more: str, init: str, fingerprint: str) -> None:
    """A worker finds the state by one that is far behind, while another still looks at the first that leads to it."""
    config = f"CONSTANT Work = 3000000 INIT {init} NEXT Next CHECK_DEADLOCK FALSE {more}"
    options = Options(vacuity=False, fingerprint=fingerprint)
    short = problem(tmp_path, config.replace("3000000", "3"), TWICE)
    expected = _facts(InterpretedEngine().check(short, Limits(), None, options))
    assert (expected[0] is Verdict.PASS) == ((more, init) == ("PROPERTY First", "Init"))
    posed = problem(tmp_path, config, TWICE)
    for workers in (1, 2, 3):
        assert _facts(CompiledEngine(workers).check(posed, Limits(), None, options)) == expected


GAP = """---- MODULE Gap ----
EXTENDS Integers
CONSTANT Slow
VARIABLES n, v
Wait(x, work) == \\A i \\in 1..work : i # x + work
Init == n = 0 /\\ v \\in 1..2000
Left(w) == IF w = 211 THEN -1 ELSE IF w = 1000 THEN -2 ELSE w
Start == n = 0 /\\ \\E w \\in 1..2000 : /\\ (w = 5 => Wait(w, Slow * 4)) /\\ (w = 200 => Wait(w, Slow)) /\\ v = Left(w)
Next == /\\ n = 0 /\\ n' = 1 /\\ v' = Left(v)
        /\\ (v = 5 => Wait(v, Slow * 4)) /\\ (v = 200 => Wait(v, Slow))
View == <<n, IF v = -1 THEN 5 ELSE v>>
Fine == v # -1
Well == v \\notin {-1, -2}
====
"""


@pytest.mark.parametrize("limit", [2100, 2250, 2400, 5000])
def test_states_behind_one_that_is_well_after_all_are_not_left_out(tmp_path: Path, limit: int) -> None:
    """A worker ends at a violation, another goes on behind; then the state is found before, where it is no violation.

    A limit of states was applied although some had not been expanded in between.
    """
    config = "CONSTANT Slow = 1000000 INIT Init NEXT Next CHECK_DEADLOCK FALSE VIEW View INVARIANT Fine"
    limits, options = Limits(max_states=limit), Options(vacuity=False)
    short = problem(tmp_path, config.replace("1000000", "1"), GAP)
    expected = _facts(InterpretedEngine().check(short, limits, None, options))
    posed = problem(tmp_path, config, GAP)
    for workers in (1, 3):
        assert _facts(CompiledEngine(workers).check(posed, limits, None, options)) == expected


@pytest.mark.parametrize("init", ["Init", "Start"])
def test_states_between_one_that_is_well_after_all_and_a_violation_are_not_left_out(tmp_path: Path, init: str) -> None:
    """A violation was taken for the first one although some states before it had not been expanded."""
    config = f"CONSTANT Slow = 1000000 INIT {init} NEXT Next CHECK_DEADLOCK FALSE VIEW View INVARIANT Well"
    options = Options(vacuity=False)
    short = problem(tmp_path, config.replace("1000000", "1"), GAP)
    expected = _facts(InterpretedEngine().check(short, Limits(), None, options))
    posed = problem(tmp_path, config, GAP)
    for workers in (1, 3, 3):
        assert _facts(CompiledEngine(workers).check(posed, Limits(), None, options)) == expected


WAIST = """---- MODULE Waist ----
EXTENDS Integers
VARIABLES n, v
Init == n = 0 /\\ v \\in 0..3999
Next == \\/ n = 0 /\\ n' = 1 /\\ v' = v % 1000
        \\/ n = 1 /\\ n' = 2 /\\ \\E d \\in 0..2 : v' = v * 3 + d
====
"""


@pytest.mark.parametrize("workers", [1, 2])
def test_a_level_may_be_small_between_large_ones(tmp_path: Path, workers: int, monkeypatch: pytest.MonkeyPatch) -> None:
    posed, options = problem(tmp_path, "INIT Init\nNEXT Next\nCHECK_DEADLOCK FALSE\n", WAIST), Options(vacuity=False)
    limit_searches(monkeypatch, tmp_path, f"-v {4 << 20}")  # tables that grow for ever end here
    expected = _facts(InterpretedEngine().check(posed, Limits(), None, options))
    assert _facts(CompiledEngine(workers).check(posed, Limits(), None, options)) == expected


@pytest.mark.parametrize("limit", [2, 30, 3000])
def test_how_near_fingerprints_lie_does_not_depend_on_workers(tmp_path: Path, limit: int) -> None:
    """With more workers there are more parts of the table: those that lie nearest lie in one, or in two."""
    posed = problem(tmp_path, COUNTER_CONFIG.replace("Limit = 3", f"Limit = {limit}"))
    found = [CompiledEngine(workers).check(posed, options=Options(vacuity=False)) for workers in (1, 3, 9)]
    first, *others = [one.stats.fingerprints and one.stats.fingerprints.observed for one in found]
    assert first is not None and found[0].stats.distinct - 1 <= first * 2**64 < 2**32
    assert others == [first, first]


@pytest.mark.parametrize("more", ["INVARIANT Apart Early", "INVARIANT Apart Sum Early PROPERTY Slow Never"])
@pytest.mark.parametrize("limits", [Limits(), Limits(max_states=30), Limits(max_depth=5)], ids=str)
def test_a_search_goes_on_after_violations(tmp_path: Path, more: str, limits: Limits) -> None:
    posed = problem(tmp_path, GRID_CONFIG + more, GRID)
    options = Options(vacuity=False, keep_going=True)
    expected = InterpretedEngine().check(posed, limits, None, options)
    assert expected.violations
    for workers in (1, 2, 5):
        result = CompiledEngine(workers).check(posed, limits, None, options)
        assert _facts(result) == _facts(expected)
        assert _violations(result) == _violations(expected)


@pytest.mark.parametrize(("limit", "verdict"), [("3", Verdict.PASS), ("2", Verdict.DEADLOCK)])
def test_half_a_composed_step_is_no_deadlock(tmp_path: Path, limit: str, verdict: Verdict) -> None:
    """A state between the parts of a composed action is generated; deadlock is where nothing is (TLC, Worker.java)."""
    module = COUNTER.replace("Next == Inc \\/ Reset", "Next == Inc \\cdot (Inc /\\ x # 2)")
    posed = problem(tmp_path, COUNTER_CONFIG.replace("3", limit), module)
    expected = InterpretedEngine().check(posed)
    assert expected.verdict is verdict
    assert _facts(CompiledEngine().check(posed)) == _facts(expected)


@pytest.mark.parametrize("late", [True, False])
def test_a_failure_counts_where_its_predicate_was_not_violated_before(tmp_path: Path, late: bool) -> None:
    """What is violated is not evaluated any more; what fails first ends the search."""
    number = "6" if late else "1"
    module = GRID.replace("====", "Partial == \\A p \\in P : at[p] # 3 \\/ CHOOSE n \\in {1} : n = at[p]\n====")
    module = module.replace("Partial ==", f"Partial == (\\A p \\in P : at[p] < {number}) /\\")
    posed = problem(tmp_path, GRID_CONFIG + "INVARIANT Partial Apart", module)
    options = Options(vacuity=False, keep_going=True)
    expected = InterpretedEngine().check(posed, Limits(), None, options)
    assert expected.verdict is (Verdict.ERROR if late else Verdict.INVARIANT)
    for workers in (1, 2, 5):
        result = CompiledEngine(workers).check(posed, Limits(), None, options)
        assert (_facts(result), str(result.error)) == (_facts(expected), str(expected.error))


@pytest.mark.parametrize("more", ["", "INVARIANT Apart", "SYMMETRY Perms INVARIANT Early", "PROPERTY Slow"])
@pytest.mark.parametrize("limits", [Limits(), Limits(max_states=30)], ids=str)
def test_the_graph_and_the_guards_are_those_of_the_interpreter(tmp_path: Path, more: str, limits: Limits) -> None:
    posed = problem(tmp_path, GRID_CONFIG + more, GRID)
    options = Options(vacuity=False, record_graph=True, why="Step")
    expected = InterpretedEngine().check(posed, limits, None, options)
    assert expected.graph is not None
    for workers in (1, 3):
        result = CompiledEngine(workers).check(posed, limits, None, options)
        assert _facts(result) == _facts(expected)
        assert _shown(result.graph) == _shown(expected.graph)
        assert repr(result.why) == repr(expected.why)


def _shown(graph: StateGraph | None) -> tuple[object, ...]:
    assert graph is not None
    edges = list(zip(graph.origins, graph.targets, (graph.actions[label] for label in graph.labels), strict=True))
    return ([[show(value) for value in state] for state in graph.states], graph.initial, edges)


def _violations(result: CheckResult) -> list[tuple[object, ...]]:
    return [
        (one.verdict, one.violated, [str(step.state) for step in one.counterexample.steps]) for one in result.violations
    ]


@pytest.mark.parametrize("view", ["log", "<<at, Len(log)>>", "[p \\in P |-> at[p] + Len(log)]", "{at[p] : p \\in P}"])
@pytest.mark.parametrize("symmetry", ["", "SYMMETRY Perms\n"])
def test_the_view_of_the_least_state(tmp_path: Path, view: str, symmetry: str) -> None:
    module = GRID.replace("====", f"Shown == {view}\n====")
    config = GRID_CONFIG.replace("p2}", "p2, p3}") + f"VIEW Shown\n{symmetry}INVARIANT Apart"
    posed = problem(tmp_path, config, module)
    expected = _facts(InterpretedEngine().check(posed))
    for workers in (1, 3):
        assert _facts(CompiledEngine(workers).check(posed)) == expected


def _facts(result: CheckResult) -> tuple[object, ...]:
    stats = result.stats
    figures = (stats.generated, stats.distinct, stats.depth, stats.queue, stats.actions)
    return (result.verdict, result.violated, figures, behaviour(result))


COUNTED = """---- MODULE Counted ----
EXTENDS Naturals
CONSTANT P
VARIABLES n, seen
Init == n = [p \\in P |-> 0] /\\ seen = {}
Next == \\E p \\in P : n[p] < 6 /\\ n' = [n EXCEPT ![p] = @ + 1] /\\ seen' = seen \\cup {p}
Perms == {[p \\in P |-> IF p = a THEN b ELSE IF p = b THEN a ELSE p] : a, b \\in P}
Shown == n
Fair == Init /\\ [][Next]_<<n, seen>> /\\ WF_<<n, seen>>(Next)
Done == <>(\\A p \\in P : n[p] = 6)
Low == <>[](\\E p \\in P : n[p] < 6)
====
"""
COUNTED_CONFIG = "CONSTANT P = {p1, p2, p3}\nINIT Init\nNEXT Next\nCHECK_DEADLOCK FALSE\n"


@pytest.mark.parametrize("more", ["", "SYMMETRY Perms", "VIEW Shown"])
@pytest.mark.parametrize("workers", [1, 2, 8])
def test_states_are_told_apart_where_fingerprints_do_not(
    tmp_path: Path, more: str, workers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(build.FLAGS_VARIABLE, "-O0 -DFINGERPRINT_MASK=31")
    posed = problem(tmp_path, COUNTED_CONFIG + more, COUNTED)
    expected = _facts(InterpretedEngine().check(posed, Limits(), None, Options(vacuity=False)))

    def found(fingerprint: str) -> CheckResult:
        options = Options(vacuity=False, fingerprint=fingerprint)
        return CompiledEngine(workers).check(posed, Limits(), None, options)

    assert found("64").stats.distinct <= 32 < found("128").stats.distinct
    assert _facts(found("128")) == _facts(found("exact")) == expected


def test_the_chance_of_a_collision_is_told(tmp_path: Path) -> None:
    posed = problem(tmp_path, COUNTED_CONFIG, COUNTED)
    told = {
        kind: CompiledEngine().check(posed, Limits(), None, Options(fingerprint=kind)).stats for kind in FINGERPRINTS
    }
    stats, known = told["64"], told["64"].fingerprints
    assert known is not None and known.observed is not None
    assert known.calculated == stats.distinct * (stats.generated - stats.distinct) / 2**64
    assert 0 < known.observed < 1e-9 and known.table_bytes >= 8 * stats.distinct
    wide, exact = told["128"].fingerprints, told["exact"].fingerprints
    assert wide is not None and wide.observed is None and 0 < wide.calculated < 1e-30
    assert exact is not None and exact.bits is None and exact.calculated == 0


CROWD = """---- MODULE Crowd ----
EXTENDS Naturals, TLC
CONSTANT P
VARIABLE at
Init == at = [p \\in P |-> 0]
Next == \\E p \\in P : at' = [at EXCEPT ![p] = (@ + 1) % 10]
Perms == Permutations(P)
====
"""


def test_fingerprints_are_spread_out_under_symmetry(tmp_path: Path) -> None:
    """Where they crowd, as the least of the hashes of 120 permutations do, look-ups pass by most of a table."""
    config = "CONSTANT P = {p1, p2, p3, p4, p5}\nINIT Init\nNEXT Next\nSYMMETRY Perms"
    stats = CompiledEngine().check(problem(tmp_path, config, CROWD), Limits(), None, Options(vacuity=False)).stats
    known = stats.fingerprints
    assert stats.distinct == comb(10 + 5 - 1, 5)
    assert known is not None and known.observed is not None
    assert known.observed < 20 * stats.distinct**2 / 2**64, "the least distance of so many random numbers"


@pytest.mark.parametrize("more", ["", "SYMMETRY Perms", "VIEW Shown"])
def test_the_behaviour_graph_is_exact_where_fingerprints_are_not(
    tmp_path: Path, more: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(build.FLAGS_VARIABLE, "-O0 -DFINGERPRINT_MASK=31")
    config = COUNTED_CONFIG.replace("INIT Init\nNEXT Next", "SPECIFICATION Fair\nPROPERTIES Done Low")
    posed = problem(tmp_path, config + more, COUNTED)

    def found(engine: InterpretedEngine | CompiledEngine, fingerprint: str) -> tuple[object, ...]:
        options = Options(vacuity=False, keep_going=True, record_graph=True, fingerprint=fingerprint)
        result = engine.check(posed, Limits(), None, options)
        return _facts(result), _violations(result), _shown(result.graph)

    expected = found(InterpretedEngine(), "64")
    assert len(expected[1]) == 1  # type: ignore[arg-type]
    for workers in (1, 2):
        assert found(CompiledEngine(workers), "128") == found(CompiledEngine(workers), "exact") == expected


def test_a_failing_compiler_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(build.FLAGS_VARIABLE, "-O0 -fno-such-flag")
    result = CompiledEngine().check(problem(tmp_path))
    assert result.verdict is Verdict.ERROR
    assert "could not be compiled" in str(result.error) and "fno-such-flag" in str(result.error)


def test_a_full_disk_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_text: str) -> Path:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(build, "build", full)
    result = CompiledEngine().check(problem(tmp_path))
    assert result.verdict is Verdict.ERROR
    assert "No space left on device" in str(result.error)


@pytest.mark.parametrize("workers", [1, 3])
@pytest.mark.parametrize("initial", ["x = 1", "x \\in 1..Limit"])
def test_too_little_memory_is_an_error(
    tmp_path: Path, initial: str, workers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = COUNTER.replace("x' = x + 1", "x' \\in {2 * x, 2 * x + 1}").replace("x = 0", initial)
    posed = problem(tmp_path, COUNTER_CONFIG.replace("3", "9999999999"), module)
    limit_searches(monkeypatch, tmp_path, f"-v {(600 * (workers + 1)) << 10}")
    result = CompiledEngine(workers).check(posed)
    assert result.verdict is Verdict.ERROR
    # In the tables, or while a state is evaluated.
    assert any(reason in str(result.error) for reason in ("out of memory", "not enough memory"))


def test_integers_beyond_its_own_are_an_error_that_says_so(tmp_path: Path) -> None:
    module = COUNTER.replace("x' = x + 1", "x' = (x + 1) * 288230376151711744")
    result = CompiledEngine().check(problem(tmp_path, COUNTER_CONFIG.replace("3", "9999999999999999999"), module))
    assert result.verdict is Verdict.ERROR
    assert "61 bits" in str(result.error)
    result = CompiledEngine().check(problem(tmp_path, COUNTER_CONFIG.replace("3", "1152921504606846975"), module))
    assert result.verdict is Verdict.ERROR
    assert "61 bits" in str(result.error)
    assert result.counterexample is not None
    assert len(result.counterexample.steps) == 2


def test_endless_recursion_is_an_error_of_the_specification(tmp_path: Path) -> None:
    module = COUNTER.replace("Init ==", "RECURSIVE Loop(_)\nLoop(n) == 1 + Loop(n + 1)\nInit ==").replace(
        "x' = x + 1", "x' = Loop(x)"
    )
    posed = problem(tmp_path, module=module)
    theirs, ours = InterpretedEngine().check(posed), CompiledEngine().check(posed)
    assert str(ours.error) == str(theirs.error)
    assert "recurses too deeply" in str(ours.error)


def test_what_it_declines_it_names_before_it_runs(tmp_path: Path) -> None:
    module = COUNTER.replace("Small == x < 2", "Small == x < 2305843009213693952")
    result = CompiledEngine().check(problem(tmp_path, COUNTER_CONFIG + "INVARIANT Small", module))
    assert isinstance(result.error, UnsupportedModelError)
    assert "cannot hold the integer 2305843009213693952, which has more than 61 bits" in result.error.message
    assert result.error.hint == "`--engine interpreted` does it"


def test_equal_problems_give_equal_texts(tmp_path: Path) -> None:
    texts = {translation(problem(tmp_path, GRID_CONFIG + "INVARIANT Apart", GRID), Options()) for _ in range(2)}
    assert len(texts) == 1


def test_the_names_of_the_specification_are_in_the_text(tmp_path: Path) -> None:
    text = translation(problem(tmp_path, COUNTER_CONFIG + "INVARIANT Small"), Options())
    assert "// s[0] is x" in text
    assert "holds_Small" in text
