"""The behaviour graph of a compiled search, and predicates on it: the search that found it is asked.

Where no behaviour violates a property the search says so, and nothing else comes from there (`fairness`). Else the
graph comes, or of a large one what lies around a behaviour that the search has found.

States stay with the search. What comes from there is arrays: for each variable the number of each state's component,
and for each step where it begins and ends. The text of a state is read where a state is to be shown, or where a
predicate is left to the interpreter. A behaviour that violates a property is looked at again by the interpreter, which
must come to the same verdict.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np
from numpy.typing import NDArray

from ...model.semantics import ir
from ...model.structs import Struct, field, replace
from ...model.values.order import string_order
from ..interpreted.behaviours import Behaviours, behaviour_graph
from ..interpreted.program import Program, State, Values
from ..interpreted.recording import Recording
from ..interpreted.search import Search, all_found
from ..liveness.branches import Branch
from ..liveness.check import LivenessViolation, violations
from ..liveness.graph import Numbers, Truths
from ..liveness.lasso import Lasso
from ..result import Counterexample
from .emit_temporal import Key, key_of
from .fairness import FairnessQuestions, Suspicion
from .notation import Reader
from .process import SearchProcess
from .replay import beyond, follow

WORD = np.dtype("<u4")
Words = NDArray[np.uint32]
NO_STATE = 0xFFFFFFFF
MAX_STEPS = 5_000_000
"""Of a larger graph only a behaviour that violates a property is looked at, not the shortest there is."""


class RecordedGraph:
    """The graph that a search has recorded, as arrays; each is fetched when it is asked for."""

    def __init__(self, process: SearchProcess, program: Program) -> None:
        self.process = process
        self.program = program
        self._components: dict[int, list[bytes]] = {}
        self._columns: dict[int, Words] = {}

    def numbers(self, what: str, variable: int = 0) -> Words:
        answer = self.process.ask(what, variable)
        assert isinstance(answer, bytes)
        return np.frombuffer(answer, WORD)

    def column(self, variable: int) -> Words:
        """The number of the component of each state, then of each state that a step leads to, where those are kept."""
        found = self._columns.get(variable)
        if found is None:
            parts = [self.numbers("column", variable), self.numbers("image", variable)]
            found = self._columns[variable] = np.concatenate(parts)
        return found

    def components(self, variable: int) -> list[bytes]:
        """The texts of the components of a variable, by number."""
        if variable not in self._components:
            answer = self.process.ask("components", variable)
            assert isinstance(answer, bytes)
            self._components[variable] = answer.split(b"\n")
        return self._components[variable]

    def parents(self) -> Numbers:
        parents = self.numbers("parents").astype(np.int64)
        parents[parents == NO_STATE] = -1
        return parents


class RecordedStates(Sequence[State]):
    """The states of a graph by number, and behind them what steps lead to; read when they are asked for."""

    def __init__(self, graph: RecordedGraph) -> None:
        self.graph = graph
        self._size = len(graph.column(0)) if graph.program.variable_count else 1
        self._names = string_order()
        self._known: dict[bytes, object] = {}

    def __len__(self) -> int:
        return self._size

    @overload
    def __getitem__(self, index: int) -> State: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[State]: ...
    def __getitem__(self, index: int | slice) -> State | Sequence[State]:
        if isinstance(index, slice):
            return [self[at] for at in range(*index.indices(self._size))]
        return tuple(
            self._value(self.graph.components(variable)[self.graph.column(variable)[index]])
            for variable in range(self.graph.program.variable_count)
        )

    def _value(self, text: bytes) -> object:
        value = self._known.get(text)
        if value is None:
            read = Reader(text.decode(), self._names).value()
            value = self._known[text] = self.graph.program.interned[read]
        return value


class CompiledSearch(Struct, frozen=False):
    """A compiled search that came to its end, as it is asked about the branches of temporal properties.

    `labels` are the program's, by the number that the search has for them.
    """

    recorded: RecordedGraph
    labels: Sequence[int]
    questions: Mapping[Key, int]
    fairness: FairnessQuestions | None
    steps: int
    """No fewer than the graph has."""
    _whole: list[CompiledBehaviours] = field(default_factory=list)

    def behaviours_for(self, branch: Branch) -> Behaviours | None:
        """Behaviours of which one satisfies the branch if any does; None where none does."""
        suspicion = None if self.fairness is None else self.fairness.suspicion(branch)
        if suspicion is not None and not suspicion.states:
            return None
        if suspicion is not None and self.steps > MAX_STEPS:
            return self._among(suspicion)
        if not self._whole:
            self._whole.append(self._all())
        self._whole[0].suspicion = suspicion
        return self._whole[0]

    def _all(self) -> CompiledBehaviours:
        recorded, states, parents = self.recorded, RecordedStates(self.recorded), self.recorded.parents()
        steps = (recorded.numbers(what).astype(np.int64) for what in ("origins", "targets", "labels"))
        origins, targets, labels = steps
        has_images = len(states) > len(parents)
        graph, edge_labels, ends = behaviour_graph(
            parents, origins, targets, self._named(labels), has_images=has_images
        )
        program, questions = recorded.program, self.questions
        return CompiledBehaviours(program, states, graph, edge_labels, ends, recorded=recorded, questions=questions)

    def _among(self, suspicion: Suspicion) -> ReplayedBehaviours:
        """What there is among the states of a suspicion, and those on the way to them."""
        recorded, states, parents = self.recorded, RecordedStates(self.recorded), self.recorded.parents()
        chosen: set[int] = set()
        for state in suspicion.states:
            while state >= 0 and state not in chosen:
                chosen.add(state)
                state = int(parents[state])
        numbers = np.array(sorted(chosen), np.int64)
        answer = recorded.process.ask("between", 0, len(numbers), numbers.astype(WORD).tobytes())
        assert isinstance(answer, bytes)
        between = np.frombuffer(answer, WORD).astype(np.int64).reshape(-1, 4)
        origins, targets = (np.searchsorted(numbers, between[:, column]) for column in (1, 2))
        before = np.where(parents[numbers] < 0, -1, np.searchsorted(numbers, parents[numbers]))
        has_images = len(states) > len(parents)
        reached = [*numbers, *(between[:, 0] + len(parents))] if has_images else numbers
        graph = behaviour_graph(before, origins, targets, self._named(between[:, 3]), has_images=has_images)
        return ReplayedBehaviours(
            recorded.program, [states[int(number)] for number in reached], *graph, suspicion=suspicion
        )

    def _named(self, labels: Numbers) -> Numbers:
        return np.array([*self.labels, 0], np.int64)[labels]


def take_over(
    process: SearchProcess, search: Search, labels: Sequence[int], *, keeps_states: bool = False
) -> Recording:
    """Makes all states of a compiled search those of `search`; the steps between them.

    With `keeps_states` also the states that steps lead to, which the search keeps where states are one that differ.
    """
    recorded = RecordedGraph(process, search.program)
    parents = recorded.parents()
    states = RecordedStates(recorded)
    search.states[:] = [states[number] for number in range(len(parents))]
    search.parents[:] = parents.tolist()
    search.labels[:] = np.array([*labels, 0], np.int64)[recorded.numbers("parent_labels")].tolist()
    recording = Recording(keeps_states=keeps_states)
    if recording.followings is not None:
        recording.followings.extend(states[number] for number in range(len(parents), len(states)))
    recording.origins.frombytes(recorded.numbers("origins").tobytes())
    recording.targets.frombytes(recorded.numbers("targets").tobytes())
    recording.labels.extend(labels[label] for label in recorded.numbers("labels").tolist())
    return recording


@dataclass(slots=True, kw_only=True)
class ReplayedBehaviours(Behaviours):
    """A behaviour that violates a property is looked at again by the interpreter."""

    suspicion: Suspicion | None = None
    """What there must be among them."""

    def lasso(self, branch: Branch) -> Lasso | None:
        found = Behaviours.lasso(self, branch)
        if found is None and self.suspicion is not None:
            raise self.suspicion.unfounded()
        return found

    def placed(self, search: Search, number: int) -> int:
        """The states on the way to that state, found again, become states of `search`."""
        states = [self.reached[state] for state in self._way(number)]
        follow(search, states, [-1] * len(states), len(states))
        return len(search.states) - 1

    def _way(self, number: int) -> list[int]:
        """The numbers of the states on a shortest path to a state."""
        way = [number]
        while (parent := int(self.graph.parents[way[-1]])) >= 0:
            way.append(parent)
        return way[::-1]

    def counterexample(self, search: Search, found: LivenessViolation) -> Counterexample:
        shown = Behaviours.counterexample(self, search, found)
        lasso = found.lasso
        edges = [*lasso.stem, *lasso.cycle]
        self._confirm_steps(edges)
        theirs = self._only(search, len(self._way(lasso.start)), edges, len(lasso.cycle))
        if not any(violations([found.obligation], theirs.lasso)):
            text = "\n\n".join(map(self.program.show_state, theirs.reached))
            raise AssertionError(
                f"the compiled engine finds {found.name} violated by a behaviour that the interpreter finds right:\n"
                f"{text}\n\nand then {len(lasso.cycle)} steps back"
            )
        return shown

    def _confirm_steps(self, edges: Sequence[int]) -> None:
        following = self.program.problem.next
        assert following is not None
        successors = self.program.compile_next(following)
        for edge in edges:
            before, after = self.reached[int(self.graph.sources[edge])], self._after(edge)
            if (after, int(self.labels[edge])) not in all_found(successors, before):
                shown = "\n\n".join(map(self.program.show_state, (before, after)))
                raise AssertionError(f"the compiled engine found a step that the interpreter does not find:\n{shown}")

    def _only(self, search: Search, before: int, edges: Sequence[int], cycle: int) -> Behaviours:
        """The behaviour that takes these edges behind the last states of `search`, by the interpreter: nothing but it.

        The last edges, as many as the cycle has, lead back to where it begins.
        """
        inner = edges[:-1] if cycle else edges
        states = [*search.states[-before:], *(self.reached[int(self.graph.sources[edge])] for edge in edges[1:])]
        if not cycle and edges:
            states.append(self.reached[int(self.graph.targets[edges[-1]])])
        first = before - 1
        size = first + len(inner) + 1
        origins = np.arange(size - 1 + bool(cycle))
        targets = np.array([*range(1, size), *([size - cycle] if cycle else [])], np.int64)
        images = [*states[1 : first + 1], *map(self._after, edges)]
        labels = np.array([*search.labels[-before:][1:], *(self.labels[edge] for edge in edges)], np.int64)
        graph, edge_labels, ends = behaviour_graph(np.arange(size) - 1, origins, targets, labels, has_images=True)
        return Behaviours(self.program, [*states, *images], graph, edge_labels, ends)


@dataclass(slots=True, kw_only=True)
class CompiledBehaviours(ReplayedBehaviours):
    """Predicates are evaluated by the search; those that have no number, by the interpreter."""

    recorded: RecordedGraph
    questions: Mapping[Key, int]

    def _numbered(self, index: int) -> Numbers:
        return self.recorded.column(index).astype(np.int64)

    def _each(self, expr: ir.Expr, values: Values, items: Numbers, on_steps: bool) -> Truths:
        number = self.questions.get(key_of(expr, values, on_steps=on_steps))
        if number is None:
            return Behaviours._each(self, expr, values, items, on_steps)
        sources = self.graph.sources[items] if on_steps else items
        asked = [sources, self.ends[items]] if on_steps else [sources]
        numbers = b"".join(array.astype(WORD).tobytes() for array in asked)
        answer = self.recorded.process.ask("steps" if on_steps else "states", number, len(items), numbers)
        if isinstance(answer, bytes):
            return np.frombuffer(answer, np.bool_)
        failed = answer["failed"]
        Behaviours._each(self, expr, values, items[failed : failed + 1], on_steps)
        raise beyond(answer["fault"], answer["what"])


def add_found(search: Search, states: Sequence[State], parents: Sequence[int], labels: Sequence[int]) -> None:
    """Puts behind all states of a search those of the behaviours that it found, which its findings refer to."""
    first = len(search.states)
    search.states = [*search.states, *states]  # the graph goes on with those that it was made of
    search.parents.extend(parent if parent < 0 else first + parent for parent in parents)
    search.labels.extend(labels)
    search.findings[:] = [one if one.parent < 0 else replace(one, parent=first + one.parent) for one in search.findings]
