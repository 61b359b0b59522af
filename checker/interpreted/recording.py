"""The steps of a search between states of the model, kept as arrays: twelve bytes a step."""

from __future__ import annotations

from array import array

from ..result import StateGraph
from .program import State
from .search import UNNAMED_ACTION, Search

COLUMN = "I"
"""The type of the arrays: what Python calls an unsigned int, 32 bits everywhere it runs on."""


class Recording:
    """A Graph (`search`) that keeps what it is told, in the order of the search.

    With `keeps_states` it also keeps the states that steps lead to, for where states that are not equal are one
    (SYMMETRY, VIEW).
    """

    def __init__(self, *, keeps_states: bool = False) -> None:
        self.origins: array[int] = array(COLUMN)
        self.targets: array[int] = array(COLUMN)
        self.labels: array[int] = array(COLUMN)
        self.followings: list[State] | None = [] if keeps_states else None

    def edge(self, origin: int, target: int, label: int, following: State) -> None:
        self.origins.append(origin)
        self.targets.append(target)
        self.labels.append(label)
        if self.followings is not None:
            self.followings.append(following)


def state_graph(search: Search, recording: Recording) -> StateGraph:
    """What a search has recorded, for reports."""
    return StateGraph(
        tuple(variable.name for variable in search.problem.module.variables),
        search.states,
        [index for index, parent in enumerate(search.parents) if parent < 0],
        [label.name or UNNAMED_ACTION for label in search.program.labels],
        recording.origins,
        recording.targets,
        recording.labels,
    )
