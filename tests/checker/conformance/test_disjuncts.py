"""An action within Next: its steps are steps of Next, all of them, whatever lies between and whatever is given."""

from __future__ import annotations

from itertools import combinations, product

import pytest
from comitia.checker.conformance.disjuncts import occurrences
from comitia.checker.conformance.subject import Subject
from comitia.checker.conformance.trace import parse_trace
from comitia.checker.interpreted.program import State
from comitia.model.modules.loader import load_module
from comitia.model.source import Source

from .harness import TESTDATA, mapping_of

N = 3
VALUES = range(-1, N + 3)
TRACE = f'{{"kind":"header","format":1,"spec":"Shapes","constants":{{"N":{N}}}}}\n{{"seq":1}}'
STATES = [(x, y) for x in range(N + 1) for y in range(N + 1)]

# What each action may do from a state, from the text of Next by hand: the arguments of the call, and the states after.
Call = tuple[tuple[int, ...], State]


def calls(name: str, x: int, y: int) -> set[Call]:
    s = range(N + 1)
    both = {((a,), after) for a in s for after in ((a, a), (a, 0))}
    match name:
        case "Plain":
            return {((a,), (a, y)) for a in s if x < a}
        case "Pair":
            return {((a, b), (a, b)) for a in s for b in s if a != b and any(b > c for c in s)}
        case "Add":
            args = {(a, b) for a in s for b in s} | {(a + 1, 3) for a in s}
            return {(pair, ((x + sum(pair)) % (N + 1), y)) for pair in args}
        case "Swap":
            return {((), (y, x))} if x == 0 or y == 0 else set()
        case "Both":
            return both
        case "Deep" if x not in (0, 1):
            doubled = {2 * a % (N + 1) for a in s if 2 * a > x}
            return {((a,), (x, a)) for a in doubled | ({0} if x >= 0 else set())}
        case "Inner!Set":
            return {((a,), (x, a)) for a in s}
        case _:
            return set()


ACTIONS = {"Plain": 1, "Pair": 2, "Add": 2, "Swap": 0, "Both": 1, "Deep": 1, "Inner!Set": 1, "Never": 1}


@pytest.fixture
def subject() -> Subject:
    module = load_module(TESTDATA / "Shapes.tla")
    return Subject(module, mapping_of(""), parse_trace(Source("run.ndjson", TRACE)))


@pytest.mark.parametrize("name", ACTIONS)
def test_the_steps_of_an_action_are_those_that_next_takes(subject: Subject, name: str) -> None:
    action = subject.module.definitions[name]
    arity = ACTIONS[name]
    for given in (given for size in range(arity + 1) for given in combinations(range(arity), size)):
        steps = subject.steps(action, given)
        for state in STATES:
            expected = calls(name, *state)
            for values in product(VALUES, repeat=len(given)):
                wanted = {after for args, after in expected if tuple(args[i] for i in given) == values}
                assert set(steps(state, values)) == wanted, (given, state, values)


def test_all_actions_together_are_next(subject: Subject) -> None:
    everything = subject.steps(None, ())
    for state in STATES:
        found = {after for name in ACTIONS for after in subject.steps(subject.module.definitions[name], ())(state, ())}
        assert found == set(everything(state, ()))


def test_an_action_that_next_does_not_take_has_no_steps(subject: Subject) -> None:
    assert occurrences(subject.problem, subject.module.definitions["Never"], ()) == []
    assert subject.action("Never") is None
    assert subject.action("Nonesuch") is None
    assert subject.action("Next") is subject.module.definitions["Next"]
