"""The behaviour that a compiled search has found, run again by the interpreter, which must find the same.

A disagreement is an error of ours: it is raised as an AssertionError that shows both sides, and is never a verdict.
Where evaluations depend on what was evaluated before, another one would have other values: nothing is run again then.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ...model.diagnostics import EvaluationError, SpecError
from ...model.problem import NamedExpr
from ...model.structs import Struct, replace
from ...model.values.order import string_order
from ...model.values.text import brief
from ..interpreted.predicates import compile_predicates
from ..interpreted.program import State
from ..interpreted.search import Finding, Search, all_found
from ..result import Verdict
from .notation import Reader
from .process import Answer, Found

VERDICTS = {"invariant": Verdict.INVARIANT, "initial": Verdict.PROPERTY, "action": Verdict.ACTION}
BEYOND = {
    "overflow": "an integer has more than 61 bits, which the compiled engine cannot hold",
    "depth": "the evaluation recurses too deeply",
    "memory": "there was not enough memory to evaluate it",
    "foreign": "a value cannot be handed to the compiled engine, or by it",
}


class Retraced(Struct, eq=True):
    """What a search tells whose evaluations cannot be repeated: its labels, the error that ended it if that is known.

    `labels` are the program's, by the number that the search has for them, and numbers stand for ordinals.
    """

    labels: Sequence[int]
    failure: SpecError | None


class BeyondEngine(EvaluationError):
    """A value that the interpreter can compute and the compiled engine cannot."""

    kind = "engine"


def replay(search: Search, answer: Answer, retraced: Retraced | None = None) -> None:
    """Bring `search` to where the compiled search ended: its states are those of the behaviours found.

    What was found is among its findings. Raises what the interpreter raises where an evaluation fails; the search tells
    where that was.
    """
    with search.program.registers.searching(search):
        _replay(search, answer, retraced)


def _replay(search: Search, answer: Answer, retraced: Retraced | None) -> None:
    for violation in answer.violations:
        _examined(search, violation, retraced)
        search.findings.append(_finding(search, violation, retraced))
        search.pending, search.examining = None, False
        search.dropped.append(_named(search, violation))
        search.predicates = compile_predicates(search.program, search.dropped)
    if answer.found is None:
        return
    if answer.found in ("deadlock", "enumeration"):
        states = [_read(text, string_order(), search) for _, text in answer.path]
        follow(search, states, [ordinal for ordinal, _ in answer.path], len(states), retraced)
        search.current = len(search.states) - 1 if states else None
        search.level = len(states)
        _end_of_enumeration(search, answer, retraced)
        return
    last = Found(answer.found, answer.index, answer.path)
    _examined(search, last, retraced)
    if answer.found == "examination":
        if retraced is None:
            _examine(search)
        raise _failure(answer, retraced)
    search.findings.append(_finding(search, last, retraced))
    search.examining = False


def _examined(search: Search, last: Found, retraced: Retraced | None) -> None:
    """Bring `search` to where it examines the last state of a path."""
    names = string_order()
    states = [_read(text, names, search) for _, text in last.path]
    labels = follow(search, states, [ordinal for ordinal, _ in last.path], len(states) - 1, retraced)
    search.level = len(states) - 1
    search.current = len(search.states) - 1 if len(states) > 1 else None
    search.pending = (states[-1], labels[-1])
    search.examining = True


def _read(text: str, names: list[str], search: Search) -> State:
    reader = Reader(text, names)
    interned = search.program.interned
    return tuple(interned[reader.value()] for _ in range(search.program.variable_count))


def follow(
    search: Search, states: Sequence[State], ordinals: Sequence[int], stored: int, retraced: Retraced | None = None
) -> list[int]:
    """Finds each state among the successors of the one before, at its ordinal if it is there; the labels of the steps.

    The first `stored` states become those of the search.
    """
    if retraced is None:
        labels = _labels_found(search, states, ordinals)
    else:
        labels = [retraced.labels[number] for number in ordinals]
    first = len(search.states)
    for position in range(stored):
        search.states.append(states[position])
        search.parents.append(first + position - 1 if position else -1)
        search.labels.append(labels[position] if position else -1)
    return labels


def _labels_found(search: Search, states: Sequence[State], ordinals: Sequence[int]) -> list[int]:
    problem = search.problem
    assert problem.init is not None and problem.next is not None
    labels: list[int] = []
    initial = search.program.compile_init(problem.init)
    successors = search.program.compile_next(problem.next)
    for position, (state, ordinal) in enumerate(zip(states, ordinals, strict=True)):
        search.level = position
        found = all_found(initial) if position == 0 else all_found(successors, states[position - 1])
        label = _label_of(state, ordinal, found)
        if label is None:
            shown = search.program.show_state(state)
            raise AssertionError(f"the compiled engine found a step that the interpreter does not find, to\n{shown}")
        labels.append(label)
    return labels


def _label_of(state: State, ordinal: int, found: Iterable[tuple[State, int]]) -> int | None:
    """The label of a state among those found: that at `ordinal`, or of the first one that is equal."""
    first: int | None = None
    try:
        for place, (other, label) in enumerate(found):
            if other == state:
                if place == ordinal:
                    return label
                first = label if first is None else first
    except EvaluationError:
        pass  # what was found before the failure is what the compiled search saw too
    return first


def _end_of_enumeration(search: Search, answer: Answer, retraced: Retraced | None) -> None:
    """A deadlock, or an evaluation of Init or Next that fails."""
    found = _enumerated(search) if retraced is None else []
    if answer.found == "enumeration":
        raise _failure(answer, retraced)
    assert not found, "the compiled engine found a deadlock where the interpreter finds successors"
    assert search.current is not None
    index = search.current
    search.findings.append(
        Finding(Verdict.DEADLOCK, None, search.states[index], search.parents[index], search.labels[index])
    )


def _enumerated(search: Search) -> list[tuple[State, int]]:
    """What the interpreter finds from the state at hand."""
    problem = search.problem
    assert problem.init is not None and problem.next is not None
    state = search.current_state
    if state is None:
        return list(all_found(search.program.compile_init(problem.init)))
    return list(all_found(search.program.compile_next(problem.next), state))


def _examine(search: Search) -> None:
    """The predicates of the state at hand in the order of a search; whichever fails raises."""
    assert search.pending is not None
    following, before = search.pending[0], search.current_state
    predicates = search.predicates
    if predicates.constraints(following) < 0 and (before is None or predicates.step_constraints(before, following) < 0):
        search.identity.number(following, 0)
    predicates.invariants(following)
    if before is None:
        predicates.initial(following)
    else:
        predicates.steps(before, following)


def _finding(search: Search, last: Found, retraced: Retraced | None) -> Finding:
    assert search.pending is not None
    state, label = search.pending
    if retraced is None:
        _confirm(search, last, state)
    parent = -1 if search.current is None else search.current
    name = _named(search, last).name
    return Finding(VERDICTS[last.found], name, state, parent, None if parent < 0 else label)


def _confirm(search: Search, last: Found, state: State) -> None:
    """The interpreter must find the same predicate violated."""
    before, predicates = search.current_state, search.predicates
    if last.found == "action":
        assert before is not None
        broken = predicates.steps(before, state)
    else:
        broken = (predicates.invariants if last.found == "invariant" else predicates.initial)(state)
    if broken != last.index:
        theirs = _named(search, replace(last, index=broken)).name if broken >= 0 else "nothing"
        raise AssertionError(
            f"the compiled engine finds {_named(search, last).name} violated, the interpreter {theirs}, in\n"
            f"{search.program.show_state(state)}"
        )


def _named(search: Search, last: Found) -> NamedExpr:
    """The predicate that is violated."""
    problem = search.problem
    kinds = {
        "invariant": problem.invariants,
        "initial": problem.initial_properties,
        "action": problem.action_properties,
    }
    return kinds[last.found][last.index]


def _failure(answer: Answer, retraced: Retraced | None) -> Exception:
    """The error behind a fault that the interpreter does not meet."""
    if retraced is None or answer.fault in BEYOND:
        return beyond(answer.fault, answer.what)
    return retraced.failure or EvaluationError(f"an evaluation failed, and does not fail again: {answer.what}")


def beyond(fault: str, what: str) -> Exception:
    """What a fault is that the interpreter does not meet."""
    if fault in BEYOND:
        return BeyondEngine(BEYOND[fault], hint="`--engine interpreted` has no such bound")
    return AssertionError(f"the compiled engine failed where the interpreter does not: {brief(what)}")
