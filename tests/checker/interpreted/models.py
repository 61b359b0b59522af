"""Small models from texts, and checks of them, for the tests of the interpreted engine."""

from __future__ import annotations

from pathlib import Path

from comitia.checker.catalog import find_target
from comitia.checker.engine import Limits, Options, Simulation
from comitia.checker.interpreted.engine import InterpretedEngine
from comitia.checker.loading import load_problem
from comitia.checker.result import CheckResult, Count, Counterexample
from comitia.model.problem import Problem
from comitia.model.values import show

COUNTER = """---- MODULE Counter ----
EXTENDS Integers, TLC
CONSTANT Limit
VARIABLES x, y
Init == x = 0 /\\ y = {}
Inc == x < Limit /\\ x' = x + 1 /\\ y' = y \\cup {x}
Reset == x = Limit /\\ x' = 0 /\\ UNCHANGED y
Next == Inc \\/ Reset
Spec == Init /\\ [][Next]_<<x, y>>
Small == x < 2
Tiny == x < 1
Even == x # 1 /\\ x # 3
Up == [][x' > x]_x
Down == [][x' < x]_x
====
"""
COUNTER_CONFIG = "CONSTANT Limit = 3\nSPECIFICATION Spec\n"

WALK = """---- MODULE Walk ----
EXTENDS Integers, Sequences, TLC
CONSTANTS a, b, Limit
VARIABLES place, log, seen
vars == <<place, log, seen>>
Symmetry == Permutations({a, b})
Init == place = [p \\in {a, b} |-> 0] /\\ log = <<>> /\\ seen = {}
Go(p) == /\\ place[p] < Limit
         /\\ place' = [place EXCEPT ![p] = @ + 1]
         /\\ log' = IF Len(log) < 2 THEN Append(log, [who |-> p, at |-> place[p]]) ELSE log
         /\\ seen' = seen \\cup {place'}
Back(p) == /\\ place[p] > 1
           /\\ place' = [place EXCEPT ![p] = 0]
           /\\ UNCHANGED <<log, seen>>
Never == place = <<>> /\\ UNCHANGED vars
Next == (\\E p \\in {a, b} : Go(p) \\/ Back(p)) \\/ Never
Few == Len(log) = 2 => \\A p \\in {a, b} : place[p] < 2
Low == place[a] + place[b] < 3
View == <<place, log>>
Bound == seen # {<<>>}
Spec == Init /\\ [][Next]_vars /\\ WF_vars(Next)
Full == <>(Len(log) = 2)
High == <>[](place[a] + place[b] > 3)
Tally == TLCSet(1, TLCGet(1) + 1)
ASSUME TLCSet(1, 0)
Post == PrintT(TLCGet(1))
====
"""
WALK_CONFIG = "CONSTANTS a = a b = b Limit = 2\nINIT Init NEXT Next CONSTRAINT Bound CHECK_DEADLOCK FALSE\n"


def write_model(folder: Path, config: str = COUNTER_CONFIG, module: str = COUNTER) -> Path:
    """The file of a module in `folder`, its configuration beside it."""
    name = module.split()[2]
    file = folder / f"{name}.tla"
    file.write_text(module)
    file.with_suffix(".cfg").write_text(config)
    return file


def problem(folder: Path, config: str = COUNTER_CONFIG, module: str = COUNTER) -> Problem:
    return load_problem(find_target(str(write_model(folder, config, module))))


def check(posed: Problem, limits: Limits = Limits(), options: Options = Options()) -> CheckResult:  # noqa: B008
    return InterpretedEngine().check(posed, limits, None, options)


def simulate(posed: Problem, behaviours: int = 10, depth: int = 10, seed: int = 1) -> CheckResult:
    return InterpretedEngine().simulate(posed, Simulation(behaviours, depth, seed))


def behaviour(result: CheckResult) -> list[tuple[str | None, dict[str, str]]] | None:
    """The counterexample as it prints: values of two runs are never equal, since each has an order of strings."""
    if result.counterexample is None:
        return None
    return [
        (step.action, {name: show(value) for name, value in step.state.items()}) for step in result.counterexample.steps
    ]


def by_text(counts: tuple[Count, ...]) -> dict[str, tuple[int, int]]:
    """Text of an expression, on one line → how often it was evaluated, and TRUE."""
    return {" ".join(count.span.text.split()): (count.evaluated, count.true) for count in counts}


def walk(folder: Path, extra: str = "") -> Problem:
    return problem(folder, WALK_CONFIG + extra, WALK)


def shown(counterexample: Counterexample) -> list[tuple[str, str | None]]:
    """Values of two runs are not to be compared: their domains are not the same objects."""
    return [(str({n: show(v) for n, v in step.state.items()}), step.action) for step in counterexample.steps]


def essence(result: CheckResult) -> object:
    """All that has to be equal, figures and all."""
    stats, graph = result.stats, result.graph
    return (
        *(result.verdict, result.violated, result.warnings, result.coverage),
        [(one.verdict, one.violated, shown(one.counterexample)) for one in result.violations],
        *(stats.generated, stats.distinct, stats.depth, stats.queue, stats.actions),
        None if graph is None else (list(graph.steps()), [list(map(show, state)) for state in graph.states]),
    )
