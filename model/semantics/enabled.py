"""ENABLED within an instanced module: next values of the module's own variables.

ENABLED A says that there are next values of which A is true. Where A stands in an instanced module these are values of
that module's variables, and are bound: what an INSTANCE substitutes for a variable x is not put in place of x' here, as
it is elsewhere (Lamport, Specifying Systems, section 17.8). So x' becomes a variable of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Set
from typing import Any

from ..structs import replace
from . import ir
from .operators import LANGUAGE_OPERATORS
from .substitute import unfold


def with_own_variables(
    action: ir.Expr,
    own: Set[ir.Definition],
    resolve: Callable[[object], object],
    variable: Callable[[ir.Definition], ir.Variable],
) -> ir.Expr:
    """The action of an ENABLED with the next values of the definitions `own` as next values of variables.

    `own` are the definitions that stand for variables of the module that holds the ENABLED; `resolve` gives what the
    configuration puts in place of a definition, `variable` the variable for a definition.
    """
    rewriting = _Rewriting(own, resolve, variable)
    return rewriting.rewrite(action, primed=False) if rewriting.mentions(action) else action


class _Rewriting:
    def __init__(
        self,
        own: Set[ir.Definition],
        resolve: Callable[[object], object],
        variable: Callable[[ir.Definition], ir.Variable],
    ) -> None:
        self.own = own
        self.resolve = resolve
        self.variable = variable
        self._known: dict[ir.Definition, bool] = {}

    def mentions(self, node: ir.Node) -> bool:
        """Whether the node speaks of an own variable, directly or through definitions."""
        if isinstance(node, ir.Call) and self._leads_to_own(self.resolve(node.target)):
            return True
        return any(map(self.mentions, ir.children(node)))

    def _leads_to_own(self, target: object) -> bool:
        if not isinstance(target, ir.Definition):
            return False
        if target in self.own:
            return True
        if target not in self._known:
            self._known[target] = False
            self._known[target] = self.mentions(target.body)
        return self._known[target]

    def rewrite(self, value: Any, *, primed: bool) -> Any:
        match value:
            case ir.Call():
                target = self.resolve(value.target)
                if isinstance(target, ir.Definition) and target in self.own:
                    return ir.VariableRef(value.span, self.variable(target)) if primed else value
                if isinstance(target, ir.Definition) and not target.is_recursive and self.mentions(value):
                    return self.rewrite(unfold(value, target), primed=primed)
            case ir.Prime():
                return ir.Prime(value.span, self.rewrite(value.expr, primed=True))
            case ir.Unchanged() if self.mentions(value):
                return self._unchanged(value, value.expr)
            case ir.ActionSubscript() if self.mentions(value):
                return self._subscripted(value)
            case ir.Enabled():
                return value  # its next values are bound by it
            case ir.Let():
                return ir.Let(value.span, value.definitions, self.rewrite(value.body, primed=primed))
            case tuple():
                return tuple([self.rewrite(item, primed=primed) for item in value])
            case _:
                pass
        if not isinstance(value, ir.Node):
            return value
        fields = [name for name in value.__match_args__ if name != "span"]
        return replace(value, **{f: self.rewrite(getattr(value, f), primed=primed) for f in fields})

    def _unchanged(self, node: ir.Node, expr: ir.Expr) -> ir.Expr:
        """`e' = e`, for each component of a tuple."""
        if isinstance(expr, ir.Tuple):
            return ir.Junction(node.span, True, tuple([self._unchanged(node, item) for item in expr.elements]))
        if isinstance(expr, ir.Call):
            target = self.resolve(expr.target)
            if isinstance(target, ir.Definition) and target not in self.own and not target.is_recursive:
                return self._unchanged(node, unfold(expr, target))
        following = ir.Prime(expr.span, self.rewrite(expr, primed=True))
        return ir.Builtin(node.span, LANGUAGE_OPERATORS["="], (following, expr))

    def _subscripted(self, node: ir.ActionSubscript) -> ir.Expr:
        action = self.rewrite(node.action, primed=False)
        same = self._unchanged(node.subscript, node.subscript)
        if not node.is_angle:
            return ir.Junction(node.span, False, (action, same))
        changed = ir.Builtin(node.subscript.span, LANGUAGE_OPERATORS[r"\lnot"], (same,))
        return ir.Junction(node.span, True, (action, changed))
