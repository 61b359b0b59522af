"""Which expressions were evaluated, and were TRUE: points that the emitters put into the code they write.

A point belongs to a node of the IR and has two places in `hits`, one for TRUE and one for FALSE. One that is counted
adds to them; the others, for the vacuity report, only say that it happened, and cost next to nothing: a conjunct of an
action is marked where it holds and where it fails, and the antecedent of an implication where it holds.

A node that is met on several ways (an action called twice, with other arguments) has one point in each action.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ...model.semantics import ir
from ...model.structs import Struct
from ..result import Count

if TYPE_CHECKING:
    from .bindings import Context
    from .expressions import Emitter

Place = tuple[str, int, int, int, int]
"""That of a node, in an order in which what is larger comes first."""
Recorded = tuple[Place, str | None, int, int]
"""Of a point: its place, its action, how often it was TRUE and FALSE."""
HITS = "HITS"
"""The global name of the hits in generated code."""


class Point(Struct, frozen=False):
    """A node whose outcomes are recorded; `action` is the action of Next that it is a conjunct of, if it is one."""

    node: ir.Node
    action: str | None
    index: int
    is_counted: bool

    @property
    def held(self) -> str:
        """The statement that records TRUE."""
        return self._record(0)

    @property
    def failed(self) -> str:
        """The statement that records FALSE."""
        return self._record(1)

    def outcome(self, name: str) -> str:
        """The statement that counts the truth of the Python variable `name`."""
        return f"{HITS}[{2 * self.index} + (not {name})] += 1"

    def _record(self, outcome: int) -> str:
        return f"{HITS}[{2 * self.index + outcome}] {'+=' if self.is_counted else '='} 1"


class Coverage:
    """The points of a program. `everything`: count every conjunct and branch.

    `antecedents` are the nodes to be marked where they hold.
    """

    def __init__(self, *, everything: bool = False, antecedents: Iterable[ir.Node] = ()) -> None:
        self.everything = everything
        self.hits: list[int] = []
        self.points: dict[tuple[int, str | None], Point] = {}
        self.assigning: set[tuple[int, str | None]] = set()
        """Nodes that give a variable its value on one way through an action; on another they may be tests."""
        self._antecedents = {id(node) for node in antecedents}

    def conjunct(self, node: ir.Node, action: str | None) -> Point | None:
        """The point of a test that stands alone: a conjunct of `action`, or (None) of anything else."""
        if action is None and not self.everything:
            return None
        return self._point(node, action)

    def step(self, node: ir.Node, action: str | None) -> Point | None:
        """The point of a part of an action that is no test: an assignment, the body of an `\\E`."""
        self.assigning.add((id(node), action))
        return self._point(node, action) if self.everything else None

    def branch(self, node: ir.Node) -> Point | None:
        """The point of a test within an expression."""
        return self._point(node, None) if self.everything else None

    def antecedent(self, node: ir.Node) -> Point | None:
        """The point of the left side of an implication, to be marked where it holds."""
        return self._point(node, None) if not self.everything and id(node) in self._antecedents else None

    def _point(self, node: ir.Node, action: str | None) -> Point:
        point = self.points.get((id(node), action))
        if point is None:
            point = self.points[id(node), action] = Point(node, action, len(self.points), self.everything)
            self.hits += (0, 0)
        return point

    def recorded(self) -> list[Recorded]:
        """What was recorded, in a form that means the same to another run of the same texts."""
        return [(_place(point), point.action, self.true(point), self.false(point)) for point in self.points.values()]

    def restore(self, recorded: Iterable[Recorded]) -> None:
        """Take over what another run recorded, which may have had further points: those of what it translated."""
        waiting: dict[tuple[Place, str | None], list[Point]] = {}
        for point in self.points.values():
            waiting.setdefault((_place(point), point.action), []).append(point)
        for place, action, true, false in recorded:
            points = waiting.get((place, action))
            if points:
                index = points.pop(0).index
                self.hits[2 * index : 2 * index + 2] = true, false
            else:
                assert not (true or false), "the same texts have other points of coverage"

    def true(self, point: Point) -> int:
        return self.hits[2 * point.index]

    def false(self, point: Point) -> int:
        return self.hits[2 * point.index + 1]

    def counts(self) -> tuple[Count, ...]:
        """The counted points in order of their places; one for each place."""
        totals: dict[Place, Count] = {}
        for point in self.points.values():
            if not point.is_counted:
                continue
            span, key = point.node.span, _place(point)
            found = totals.get(key, Count(span, 0, 0))
            totals[key] = Count(span, found.true + self.true(point), found.false + self.false(point))
        return tuple(totals[key] for key in sorted(totals))


def _place(point: Point) -> Place:
    span = point.node.span
    return span.source.name, span.line, span.column, -span.end_line, -span.end_column


# --- in emitted code -------------------------------------------------------------------------------------------------


def branch(emitter: Emitter, node: ir.Expr, context: Context) -> str:
    """`Emitter.test` of a branch of an expression, counted where all coverage is asked for."""
    text = emitter.test(node, context)
    coverage = emitter.program.coverage
    point = None if coverage is None else coverage.branch(node)
    if point is None:
        return text
    name = emitter.fresh("q")
    emitter.writer.write(f"{name} = {text}")
    emitter.writer.write(point.outcome(name))
    return name
