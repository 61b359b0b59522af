"""The actions of a next-state relation, as TLC tells them apart (tlc2/tool/impl/Tool.java, getActions).

Next is split over `\\/`, over `\\E` whose sets are constant, and through LET and definitions whose arguments are
constant. An action is named by the innermost definition that was unfolded; one whose arguments are not constant stands
as a call, under the name of what it calls.

Two things differ from TLC. It evaluates the sets and splits further, one action for each value; here the bounds stay in
`scope`, since the values add nothing to the name. And it does not look into a definition that an INSTANCE with
substitutions brings; here substitution is done already, and such a definition is split as any other.
"""

from __future__ import annotations

from dataclasses import dataclass

from .problem import Problem
from .properties import called_definition
from .semantics import ir
from .semantics.ir import Level
from .source import Span

UNNAMED = "Action"
"""The name of what is not within any definition, such as `[][A \\/ B]_v` written in the specification itself."""


@dataclass(frozen=True, slots=True)
class Binding:
    """A parameter and the argument it stands for."""

    local: ir.Local
    value: ir.Argument


ScopeItem = ir.Bound | Binding | ir.Definition


@dataclass(frozen=True, slots=True)
class Action:
    """One disjunct of Next.

    `scope` is what has to be in force for `body` to be evaluated, outermost first: bounds of `\\E` to choose from,
    parameters to bind (a value may depend on what precedes it), definitions of a LET. `span` is that of the body.
    """

    name: str
    span: Span
    scope: tuple[ScopeItem, ...]
    body: ir.Expr
    definition: ir.Definition | None = None

    @property
    def bounds(self) -> list[ir.Bound]:
        """The bounds of the `\\E` around the body, outermost first."""
        return [item for item in self.scope if isinstance(item, ir.Bound)]

    @property
    def bindings(self) -> list[tuple[ir.Local, ir.Argument]]:
        """The parameters in force, and what they stand for."""
        return [(item.local, item.value) for item in self.scope if isinstance(item, Binding)]


def split_actions(next: ir.Expr, problem: Problem) -> list[Action]:
    """The actions of `next`, in order."""
    out: list[Action] = []
    _split(next, problem, (), None, out)
    return out


def _split(
    expr: ir.Expr,
    problem: Problem,
    scope: tuple[ScopeItem, ...],
    definition: ir.Definition | None,
    out: list[Action],
) -> None:
    levels = problem.levels
    match expr:
        case ir.Junction(is_and=False):
            for item in expr.items:
                _split(item, problem, scope, definition, out)
            return
        case ir.Quantifier(is_forall=False):
            if all(levels.level_of(bound.set) == Level.CONSTANT for bound in expr.bounds):
                _split(expr.body, problem, (*scope, *expr.bounds), definition, out)
                return
        case ir.Let():
            _split(expr.body, problem, (*scope, *expr.definitions), definition, out)
            return
        case ir.Call():
            called = called_definition(problem, expr)
            if called is not None:
                is_constant = all(levels.argument_level(arg) == Level.CONSTANT for arg in expr.args)
                if is_constant and not called.is_recursive:
                    bindings = tuple(map(Binding, called.params, expr.args))
                    _split(called.body, problem, (*scope, *bindings), called, out)
                    return
                definition = called
        case _:
            pass
    name = UNNAMED if definition is None else definition.name
    out.append(Action(name, expr.span, scope, expr, definition))
