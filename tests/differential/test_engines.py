"""The compiled engine beside the interpreted one: verdicts, all figures, behaviours, errors and warnings are equal."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from comitia.checker.catalog import catalog, find_target
from comitia.checker.compiled.engine import CompiledEngine, CompiledRun
from comitia.checker.compiled.unit import Unit
from comitia.checker.engine import Limits, Options
from comitia.checker.interpreted.engine import InterpretedEngine, concluded
from comitia.checker.interpreted.interning import InternTable
from comitia.checker.interpreted.program import FAILURES, Program
from comitia.checker.loading import load_problem
from comitia.checker.result import CheckResult, Verdict
from comitia.model import values
from comitia.model.diagnostics import SpecError

from ..checker.interpreted.models import behaviour
from ..checker.liveness.harness import lasso_of, results
from .expressions import expressions
from .filters import filter_use
from .found_expressions import FOUND
from .subset_loops import loop
from .temporal import holds, is_behaviour, is_fair, random_formula, random_system
from .test_specs import SPECS
from .whole_specs import whole_spec

pytestmark = pytest.mark.usefixtures("compiler")

SEEDS = range(10)
EXPRESSION_SEEDS = (0, 1)
BATCH = 45
OF_ALL_SHAPES = (
    "1",
    '"a"',
    "<<>>",
    "<<1>>",
    "<<1, {}>>",
    "<<1, {2}>>",
    "<<2, {<<>>}>>",
    "<<1, {TRUE}>>",
    "{}",
    "{3}",
    "{{4}, {}}",
    "{<<1>>, <<>>}",
    "[a |-> 1]",
    "[a |-> <<1>>]",
    "(5 :> <<>>)",
)
LARGEST = 2_000
"""Distinct states of the models of the catalog that are checked here: others are compared with TLC's figures."""


def facts(result: CheckResult) -> dict[str, object]:
    """Everything that is to be equal."""
    stats = result.stats
    return {
        "verdict": str(result.verdict),
        "violated": result.violated,
        "figures": (stats.generated, stats.distinct, stats.depth, stats.queue),
        "actions": stats.actions,
        "counterexample": behaviour(result),
        "error": str(result.error),
        "warnings": result.warnings,
    }


def compare(module: str, workers: int) -> None:
    """Both engines on the model of a module, or of a name of the catalog."""
    problem = load_problem(find_target(module))
    theirs, ours = InterpretedEngine().check(problem), CompiledEngine(workers).check(problem)
    assert facts(ours) == facts(theirs)


@pytest.mark.parametrize("name", [model.name for model in catalog() if (model.distinct or LARGEST) < LARGEST])
def test_a_model_of_the_catalog(name: str) -> None:
    compare(name, workers=1)


@pytest.mark.parametrize("module", sorted(SPECS.glob("*.tla")), ids=lambda path: path.stem)
def test_a_spec(module: Path) -> None:
    if not module.with_suffix(".cfg").exists():
        pytest.skip("a module that others use")
    compare(str(module), workers=2)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_random_spec(seed: int, tmp_path: Path) -> None:
    name = f"Whole{seed}"
    spec = whole_spec(seed, name)
    (tmp_path / f"{name}.tla").write_text(spec.module, encoding="utf-8")
    (tmp_path / f"{name}.cfg").write_text(spec.config, encoding="utf-8")
    compare(str(tmp_path / f"{name}.tla"), workers=1 + seed % 2)


@pytest.mark.parametrize(
    "name", ["BagNetwork", "CaseAndIf", "EnabledInInstance", "Laziness", "Symmetric", "raft/single"]
)
def test_coverage(name: str) -> None:
    """All that was evaluated. One engine may have points, never reached, that the other has not."""
    module = name if "/" in name else str(SPECS / f"{name}.tla")
    theirs, ours = (
        engine.check(load_problem(find_target(module)), options=Options(coverage=True))
        for engine in (InterpretedEngine(), CompiledEngine())
    )
    assert theirs.verdict is ours.verdict is Verdict.PASS
    assert counted(ours) == counted(theirs) != []


def counted(result: CheckResult) -> list[tuple[str, str, int, int]]:
    assert result.coverage is not None
    evaluated = [count for count in result.coverage if count.evaluated]
    return [(count.span.place, count.span.text, count.true, count.false) for count in evaluated]


@pytest.mark.parametrize(
    ("action", "is_wrong"),
    [
        (r"Given(3) = 1 /\ x' = 1 /\ y' = 2", False),
        (r"x' = Given(3) /\ y' = 1", False),
        (r"x' = Given(3)' /\ y' = 1", True),
        (r"x' = <<Given(3)'>> /\ y' = 1", True),
        (r"(Given(3) = Given(2))' /\ x' = 1 /\ y' = 1", True),
        (r"y' = 1 /\ x' = Given(3)'", False),
    ],
)
def test_what_a_definition_reads_before_it_has_a_value(tmp_path: Path, action: str, is_wrong: bool) -> None:
    """The definition is too large to be written in the place of its calls."""
    cases = " ELSE ".join(f"IF n = {n} THEN y" for n in range(20))
    module = tmp_path / "Early.tla"
    for init in ("x = 0 /\\ y = 0", re.sub(r"\bx' = 1\b|'", lambda found: "x = 1" if found[0] != "'" else "", action)):
        module.write_text(
            f"---- MODULE Early ----\nEXTENDS Naturals\nVARIABLES x, y\nGiven(n) == {cases} ELSE 7\n"
            f"Init == {init}\nNext == x = 0 /\\ {action}\n====\n"
        )
        module.with_suffix(".cfg").write_text("INIT Init\nNEXT Next\nCHECK_DEADLOCK FALSE\n")
        problem = load_problem(find_target(str(module)))
        theirs, ours = InterpretedEngine().check(problem), CompiledEngine(1).check(problem)
        assert facts(ours) == facts(theirs)
        is_early = is_wrong or (init != "x = 0 /\\ y = 0" and not action.startswith("y"))
        assert (theirs.error is not None and "is used before" in theirs.error.message) is is_early, init


def test_compositions(tmp_path: Path) -> None:
    """In Next, in an action property, under ENABLED; TLC 2.15 has none of it."""
    module = tmp_path / "Composed.tla"
    module.write_text(
        r"""---- MODULE Composed ----
EXTENDS Naturals
VARIABLES x, S
Init == x = 0 /\ S = {1, 2}
A(T) == \E n \in T : x' = x + n
Next == \/ x < 8 /\ (\E n \in S : x' = x + n /\ S' = S \cup {n + 1}) \cdot (x' \in {x, 2 * x} /\ S' = {e \in S : e < 4})
        \/ x < 9 /\ UNCHANGED S /\ (A({1, 2}) \cdot A({3, 4}) \cdot A({5}))
        \/ UNCHANGED S /\ \E n \in S : (x' = n) \cdot (x' = x + n)
Prop == [][ (x' = x + 1 /\ S' = S) \cdot (x' = x + 7 /\ S' \subseteq 0..9) \/ x' # x + 8 \/ S # S' ]_<<x, S>>
Inv == x < 2 \/ ENABLED ((x' = x + 1 /\ S' = S) \cdot (x' = 3 * x /\ S' = {}))
====
"""
    )
    module.with_suffix(".cfg").write_text("INIT Init\nNEXT Next\nINVARIANT Inv\nPROPERTY Prop\nCHECK_DEADLOCK FALSE\n")
    compare(str(module), workers=2)


def test_a_subset_condition_that_assigns(tmp_path: Path) -> None:
    """`v \\subseteq r` says which subsets; where v is a next value it assigns, which TLC 2.15 refuses."""
    module = tmp_path / "Given.tla"
    module.write_text(
        r"""---- MODULE Given ----
EXTENDS Naturals
VARIABLES x, S
Below(v) == \E r \in SUBSET (S \cup {3}) : v \subseteq r /\ r \subseteq {1, 3} /\ S' = r
Init == \E r \in SUBSET (1..2) : S \in {{1, 2}} /\ S \subseteq {1, 2, 3} /\ x \subseteq r /\ r \subseteq S
Next == (Below(x) /\ x' \in {{}, x}) \/ Below(x')
====
"""
    )
    module.with_suffix(".cfg").write_text("INIT Init\nNEXT Next\nCHECK_DEADLOCK FALSE\n")
    compare(str(module), workers=2)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_random_temporal_property(seed: int, tmp_path: Path) -> None:
    """The behaviour is one, and violates the property, by what a formula means on a lasso."""
    random = Random(seed)
    system = random_system(random)
    formula = random_formula(random, random.randint(1, 3), free=seed % 2 == 0)
    (theirs,) = results(tmp_path, system, [formula])
    (ours,) = results(tmp_path, system, [formula], CompiledEngine(1 + seed % 2))
    assert facts(ours) == facts(theirs)
    # A state predicate is violated by an initial state, of which no behaviour is said to follow.
    if ours.counterexample is not None and ours.counterexample.loop is not None:
        lasso = lasso_of(ours.counterexample)
        assert is_behaviour(lasso, system)
        assert is_fair(lasso, system)
        assert not holds(formula, lasso, system)


@pytest.mark.parametrize("distinct", [7, 8])
def test_a_postcondition_about_the_run(distinct: int, tmp_path: Path) -> None:
    module = tmp_path / "After.tla"
    module.write_text(
        rf"""---- MODULE After ----
EXTENDS Naturals, TLC
VARIABLES x
Init == x \in {{0, 3}}
Next == x' = (x + 1) % 7
After == LET all == TLCGet("stats")
         IN /\ TLCGet("distinct") = {distinct} /\ TLCGet("generated") = 9 /\ TLCGet("diameter") = 4
            /\ TLCGet("queue") = 0 /\ TLCGet("level") = 0 /\ all.initial = 2 /\ all.queue = 0
====
"""
    )
    module.with_suffix(".cfg").write_text("INIT Init\nNEXT Next\nPOSTCONDITION After\n")
    problem = load_problem(find_target(str(module)))
    theirs, ours = InterpretedEngine().check(problem), CompiledEngine(1).check(problem)
    assert facts(ours) == facts(theirs)
    assert theirs.verdict is (Verdict.PASS if distinct == 7 else Verdict.ASSUMPTION)


# --- expressions -----------------------------------------------------------------------------------------------------


class _Unfolded(CompiledRun):
    """A run in which constant expressions are evaluated by the compiled search."""

    def unit(self) -> Unit:
        return Unit(self.program, folds=False)


@pytest.mark.parametrize("all_of_tlc", [False, True])
@pytest.mark.parametrize("seed", EXPRESSION_SEEDS)
def test_random_expressions(seed: int, all_of_tlc: bool, tmp_path: Path) -> None:
    batch = list(dict.fromkeys(expressions(seed, BATCH, all_of_tlc=all_of_tlc)))
    expected = _values(batch, tmp_path)
    _require_equal(_checked(batch, expected, tmp_path), batch, expected)


@pytest.mark.parametrize("expression", [loop, filter_use])
@pytest.mark.parametrize("seed", EXPRESSION_SEEDS)
def test_random_loops_and_filters(seed: int, expression: Callable[[Random], str], tmp_path: Path) -> None:
    random = Random(seed)
    batch = list(dict.fromkeys(expression(random) for _ in range(2 * BATCH)))
    expected = _values(batch, tmp_path)
    assert 0.2 < sum(value is None for value in expected) / len(batch) < 0.8
    _require_equal(_checked(batch, expected, tmp_path), batch, expected)


def test_expressions_that_once_differed_from_tlc(tmp_path: Path) -> None:
    batch = list(FOUND)
    expected = _values(batch, tmp_path)
    _require_equal(_checked(batch, expected, tmp_path), batch, expected)


def test_membership_of_values_of_all_shapes(tmp_path: Path) -> None:
    """TLC's errors are looked for only between values whose shapes may not compare."""
    batch = [f"{value} \\in {{{other}}}" for value, other in itertools.product(OF_ALL_SHAPES, repeat=2)]
    expected = _values(batch, tmp_path)
    assert 0.2 < sum(value is None for value in expected) / len(batch) < 0.8
    _require_equal(_checked(batch, expected, tmp_path), batch, expected)


def _require_equal(result: CheckResult, batch: list[str], expected: list[str | None]) -> None:
    if result.verdict is Verdict.INVARIANT:
        assert result.counterexample is not None
        number = result.counterexample.steps[-1].state["k"]
        pytest.fail(f"{batch[number]}\nis not {expected[number]}")
    assert result.verdict is Verdict.PASS, result.error
    assert result.stats.distinct == len(batch)


def test_a_difference_would_be_found(tmp_path: Path) -> None:
    assert _checked(["1 + 1", "{2, 1}"], ["2", "{1, 2}"], tmp_path).verdict is Verdict.PASS
    assert _checked(["1 + 1", "{2, 1}"], ["2", "{2, 1}"], tmp_path).verdict is Verdict.INVARIANT
    assert _checked(["Head(<<>>)"], [None], tmp_path).verdict is Verdict.PASS
    assert _checked(["Head(<<1>>)"], [None], tmp_path).verdict is Verdict.INVARIANT


def _module(batch: list[str], initial: str, invariant: str) -> str:
    return "\n".join(
        [
            "---- MODULE Expressions ----",
            "EXTENDS Integers, Sequences, FiniteSets, Bags, TLC, TLCExt",
            "VARIABLE k",
            *(f"E{number} == {expression}" for number, expression in enumerate(batch)),
            f"Init == {initial}",
            "Next == UNCHANGED k",
            f"Inv == {invariant}",
            "====",
            "",
        ]
    )


def _values(batch: list[str], folder: Path) -> list[str | None]:
    """What the interpreter makes of each expression, printed; None where it has no value."""
    file = folder / "Expressions.tla"
    file.write_text(_module(batch, "k = 0", "TRUE"), encoding="utf-8")
    file.with_suffix(".cfg").write_text("INIT Init\nNEXT Next\n")
    problem = load_problem(find_target(str(file)))
    values.set_string_order(problem.strings)
    program = Program(problem)
    found: list[str | None] = []
    for number in range(len(batch)):
        try:
            value = program.evaluate(problem.module.definitions[f"E{number}"].body)
            found.append(values.show(InternTable().examined(value)))
        except (SpecError, RecursionError, *FAILURES):
            found.append(None)
    return found


def _checked(batch: list[str], expected: list[str | None], folder: Path) -> CheckResult:
    """The compiled search of a model whose invariant says that each expression has the value that is expected."""
    arms = [
        f'AssertError("", [x \\in {{E{number}}} |-> x])'
        if printed is None
        else f"ToString(E{number}) = {_quoted(printed)}"
        for number, printed in enumerate(expected)
    ]
    cases = " [] ".join(f"k = {number} -> {arm}" for number, arm in enumerate(arms))
    file = folder / "Expressions.tla"
    file.write_text(_module(batch, f"k \\in 0..{len(batch) - 1}", f"CASE {cases}"), encoding="utf-8")
    file.with_suffix(".cfg").write_text("INIT Init\nNEXT Next\nINVARIANT Inv\n")
    run = _Unfolded(load_problem(find_target(str(file))), None, Options(vacuity=False), 1)
    return concluded(run, lambda run: run.check(Limits()))


_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r", "\f": "\\f"}


def _quoted(text: str) -> str:
    """A TLA+ string."""
    return '"' + "".join(_ESCAPES.get(character, character) for character in text) + '"'
