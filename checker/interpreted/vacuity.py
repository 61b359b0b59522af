"""What an exhaustive search that found no violation never came by, and so says nothing about.

Found at the cost of a mark wherever a conjunct of an action holds or fails (`coverage`):

- actions of Next that were never enabled, with the conjuncts that held them up;
- conjuncts and conditions within other actions that were evaluated and never TRUE;
- implications of invariants and action properties whose left side was never TRUE where it was evaluated;
- conjuncts of invariants that depend on no variable, and invariants that are one and the same;
- invariants, and conjuncts of them, that are TRUE of every state of the right types (`implied`).

Not covered: a branch that is never FALSE; an implication that stands behind a disjunct which is always TRUE counts as
never tried.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ...model.problem import NamedExpr, Problem
from ...model.properties import called_definition
from ...model.semantics import ir
from ...model.structs import Struct
from .coverage import Coverage, Point
from .implied import implied_by_types
from .predicates import conjuncts
from .program import Program
from .search import UNNAMED_ACTION, Search

MAX_TEXT = 60
"""Characters of an expression that a warning quotes."""
MAX_WARNINGS = 20
"""Warnings that are shown: a screen of them."""


class Implication(Struct, eq=True):
    """The left side of an `=>` in a predicate; `outer` are the left sides that it stands under."""

    antecedent: ir.Node
    predicate: str
    outer: tuple[ir.Node, ...]


def implications(problem: Problem) -> list[Implication]:
    """Those of the invariants and action properties, through definitions, each once.

    What stands under ENABLED is an action: it is walked, not evaluated.
    """
    found: list[Implication] = []
    seen: set[int] = set()
    for predicate in (*problem.invariants, *problem.action_properties):
        pending: list[tuple[ir.Node, tuple[ir.Node, ...]]] = [(predicate.expr, ())]
        while pending:
            node, outer = pending.pop()
            if id(node) in seen or isinstance(node, ir.Enabled):
                continue
            seen.add(id(node))
            if isinstance(node, ir.Call) and (definition := called_definition(problem, node)) is not None:
                pending.append((definition.body, outer))
            if isinstance(node, ir.Builtin) and node.operator.module is None and node.operator.name == "=>":
                antecedent, consequent = node.args
                found.append(Implication(antecedent, predicate.name, outer))
                pending += [(consequent, (*outer, antecedent)), (antecedent, outer)]
            else:
                pending.extend((child, outer) for child in ir.children(node))
    return found


def vacuity_warnings(search: Search, found: Sequence[Implication]) -> list[str]:
    """One line for everything that a search which passed never came by, and how many more there are beyond a screen.

    Coverage counts no longer what the search did once this has been called: invariants are evaluated in other states.
    """
    program, coverage = search.program, search.program.coverage
    assert coverage is not None
    never = {name for name, (generated, _) in search.stats.actions.items() if not generated}
    told = [
        *_disabled_actions(program, coverage, never),
        *_false_conjuncts(program, coverage, never),
        *_untried_implications(program, coverage, found),
        *_constant_conjuncts(program),
        *_equal_invariants(program.problem),
        *_implied_invariants(program),
    ]
    more = len(told) - MAX_WARNINGS
    return told if more <= 1 else [*told[:MAX_WARNINGS], f"{more} more things of this kind; --coverage shows all"]


# --- actions ---------------------------------------------------------------------------------------------------------


def _disabled_actions(program: Program, coverage: Coverage, never: set[str]) -> Iterator[str]:
    blocking = _never_true(coverage)
    for index in program.action_labels:
        label = program.labels[index]
        if (label.name or UNNAMED_ACTION) not in never:
            continue
        points = [point for point in blocking if point.action == label.name]
        switches = [point for point in points if program.analysis.is_closed(point.node)]
        what = f"the action {label.name or UNNAMED_ACTION}" + (f" ({label.span.place})" if label.span else "")
        if switches:
            yield f"{what} is switched off: {_quoted(switches)} is FALSE"
        elif points:
            yield f"{what} was never enabled: {_quoted(points)} {'was' if len(points) == 1 else 'were'} never TRUE"
        else:
            yield f"{what} was never enabled: there was nothing to choose its variables from"


def _false_conjuncts(program: Program, coverage: Coverage, never: set[str]) -> Iterator[str]:
    for point in _never_true(coverage):
        action = point.action or UNNAMED_ACTION
        if action not in never and not program.analysis.is_closed(point.node):
            yield f"in the action {action}, {_quoted([point])} was never TRUE"


def _never_true(coverage: Coverage) -> list[Point]:
    """The conjuncts of actions that were evaluated and never TRUE, one for each place."""
    true = {_key(point) for key, point in coverage.points.items() if coverage.true(point) or key in coverage.assigning}
    found: dict[object, Point] = {}
    for point in coverage.points.values():
        if point.action is not None and coverage.false(point) and _key(point) not in true:
            found.setdefault(_key(point), point)
    return list(found.values())


def _key(point: Point) -> tuple[str | None, str]:
    return point.action, str(point.node.span)


# --- predicates ------------------------------------------------------------------------------------------------------


def _untried_implications(program: Program, coverage: Coverage, found: Sequence[Implication]) -> Iterator[str]:
    """An implication within one that is reported is not reported again."""
    untried = {
        id(one.antecedent): one
        for one in found
        if (point := coverage.points.get((id(one.antecedent), None))) is not None
        and not coverage.true(point)
        and not program.analysis.is_closed(one.antecedent)
    }
    for one in sorted(untried.values(), key=lambda one: (one.antecedent.span.line, one.antecedent.span.column)):
        if not any(id(node) in untried for node in one.outer):
            yield f"in {one.predicate}, the left side of `=>` was never TRUE: {_text(one.antecedent)}"


def _constant_conjuncts(program: Program) -> Iterator[str]:
    for invariant in program.problem.invariants:
        parts = list(conjuncts(program, invariant.expr))
        constant = [part for part in parts if program.analysis.is_closed(part)]
        if constant and len(constant) == len(parts):
            yield f"the invariant {invariant.name} depends on no variable"
        else:
            yield from (f"in the invariant {invariant.name}, {_text(part)} depends on no variable" for part in constant)


def _equal_invariants(problem: Problem) -> Iterator[str]:
    names: dict[int, str] = {}
    for invariant in problem.invariants:
        first = names.setdefault(id(_meaning(problem, invariant)), invariant.name)
        if first != invariant.name:
            yield f"the invariants {first} and {invariant.name} are one and the same"


def _implied_invariants(program: Program) -> Iterator[str]:
    for implied in implied_by_types(program):
        name, sources = implied.invariant.name, " and ".join(implied.sources)
        if implied.is_whole:
            yield f"the invariant {name} holds in every state of the types of {sources}, reachable or not"
        else:
            for part in implied.parts:
                yield f"in the invariant {name}, {_text(part)} holds in every state of the types of {sources}"


def _meaning(problem: Problem, invariant: NamedExpr) -> ir.Expr:
    """What is left of a predicate when definitions without parameters are followed."""
    expr = invariant.expr
    while isinstance(expr, ir.Call) and not expr.args:
        definition = called_definition(problem, expr)
        if definition is None or definition.is_recursive:
            break
        expr = definition.body
    return expr


# --- words -----------------------------------------------------------------------------------------------------------


def _quoted(points: Iterable[Point]) -> str:
    return ", ".join(_text(point.node) for point in points)


def _text(node: ir.Node) -> str:
    """An expression as it stands in the specification, on one line, with its place."""
    text = " ".join(node.span.text.split())
    return f"`{text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 1] + '…'}` ({node.span.place})"
