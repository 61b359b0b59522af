"""SPECIFICATION and PROPERTY taken apart (tlc2/tool/impl/SpecProcessor.java, processConfigSpec and processConfigProps).

Definitions with parameters are unfolded, the arguments put in. A conjunct within a LET keeps the LET around it, one
within `\\A x \\in S` (S constant) keeps the quantifier.
"""

from __future__ import annotations

from collections.abc import Callable

from .config import ConfigName, ModelConfig
from .diagnostics import ConfigError, UnsupportedModelError
from .problem import NamedExpr, Problem
from .semantics import ir
from .semantics.ir import Level
from .semantics.substitute import unfold
from .structs import Struct

Wrap = Callable[[ir.Expr], ir.Expr]


def _bare(expr: ir.Expr) -> ir.Expr:
    return expr


def called_definition(problem: Problem, call: ir.Call) -> ir.Definition | None:
    """The definition that a call leads to, replacements of the configuration included; None where it is a value."""
    target = call.target
    if isinstance(target, ir.Constant):
        value = problem.constants.get(target)
        return value if isinstance(value, ir.Definition) else None
    if isinstance(target, ir.Local):
        return None
    value = problem.overrides.get(target, target)
    return value if isinstance(value, ir.Definition) else None


def _in_let(let: ir.Let, wrap: Wrap) -> Wrap:
    return lambda expr: wrap(ir.Let(let.span, let.definitions, expr))


# --- SPECIFICATION ---------------------------------------------------------------------------------------------------


def add_specification(problem: Problem, formula: ir.Expr, config: ModelConfig) -> None:
    """Sets Init, Next and the fairness of `problem` from the formula of SPECIFICATION."""
    assert config.specification is not None
    inits: list[ir.Expr] = []
    _Specification(problem, config.specification, inits).add(formula, _bare)
    if len(inits) == 1:
        problem.init = inits[0]
    elif inits:
        problem.init = ir.Junction(inits[0].span, True, tuple(inits))
    if problem.next is None:
        raise ConfigError(
            f"`{config.specification.name}` has no next-state action",
            config.specification.span,
            expected="a conjunct of the form `[][Next]_vars`",
        )


class _Specification(Struct, frozen=False):
    problem: Problem
    name: ConfigName
    inits: list[ir.Expr]

    def add(self, expr: ir.Expr, wrap: Wrap) -> None:
        """Sorts one conjunct, taking it apart further where that is possible."""
        match expr:
            case ir.Call():
                definition = called_definition(self.problem, expr)
                if definition is not None and not definition.is_recursive:
                    if not definition.params and definition.level == Level.STATE:
                        self.inits.append(wrap(expr))
                    else:
                        self.add(unfold(expr, definition), wrap)
                    return
            case ir.Junction(is_and=True):
                for item in expr.items:
                    self.add(item, wrap)
                return
            case ir.Let():
                self.add(expr.body, _in_let(expr, wrap))
                return
            case ir.Box(expr=ir.ActionSubscript(is_angle=False) as square):
                self._next(square, wrap)
                return
            case ir.UnboundedQuantifier(kind="\\AA" | "\\EE"):
                raise UnsupportedModelError(
                    f"a specification with the temporal quantifier {expr.kind} is not supported", expr.span
                )
            case _:
                pass
        self._leaf(expr, wrap)

    def _leaf(self, expr: ir.Expr, wrap: Wrap) -> None:
        level = self.problem.levels.level_of(expr)
        if level <= Level.STATE:
            self.inits.append(wrap(expr))
        elif level == Level.TEMPORAL:
            if isinstance(expr, ir.Box) and self.problem.levels.level_of(expr.expr) <= Level.STATE:
                raise UnsupportedModelError(
                    "a specification with a conjunct `[]P` about states is not supported",
                    expr.span,
                    hint="check it as a PROPERTY or INVARIANT, or conjoin P' to the next-state action",
                )
            self.problem.fairness.append(wrap(expr))
        else:
            raise ConfigError(
                f"`{self.name.name}` has an action as a conjunct",
                expr.span,
                expected="a state predicate, `[][A]_v`, or a temporal formula",
                notes=[("it is the SPECIFICATION", self.name.span)],
            )

    def _next(self, square: ir.ActionSubscript, wrap: Wrap) -> None:
        problem = self.problem
        if problem.next is not None:
            raise UnsupportedModelError(
                "a specification with two next-state actions is not supported",
                square.span,
                notes=[("the other is here", problem.next.span)],
            )
        problem.next = wrap(square.action)
        found: set[ir.Variable] = set()
        _variables(problem, square.subscript, found)
        missing = [v.name for v in problem.module.variables if v not in found]
        if missing:
            problem.warnings.append(
                f"{square.subscript.span.place}: the subscript of the next-state action lacks {', '.join(missing)}"
            )


def _variables(problem: Problem, expr: ir.Expr, out: set[ir.Variable]) -> None:
    """The variables in a subscript, which is a variable or a tuple of subscripts, perhaps by another name."""
    match expr:
        case ir.VariableRef():
            out.add(expr.variable)
        case ir.Tuple():
            for element in expr.elements:
                _variables(problem, element, out)
        case ir.Let():
            _variables(problem, expr.body, out)
        case ir.Call():
            definition = called_definition(problem, expr)
            if definition is not None and not definition.is_recursive:
                _variables(problem, unfold(expr, definition), out)
        case _:
            pass


# --- PROPERTY --------------------------------------------------------------------------------------------------------


def add_property(problem: Problem, formula: ir.Expr, name: ConfigName) -> None:
    """Adds the parts of a PROPERTY to the lists of `problem`."""
    _Property(problem, name).add(formula, name.name, _bare, ())


class _Property(Struct, frozen=False):
    problem: Problem
    config_name: ConfigName

    def add(self, expr: ir.Expr, name: str, wrap: Wrap, bounds: tuple[ir.Bound, ...]) -> None:
        """Sorts one conjunct, `name` being the innermost definition around it.

        As in TLC, a temporal property has the name that the configuration gives, the others that of the definition.
        """
        match expr:
            case ir.Call():
                definition = called_definition(self.problem, expr)
                if definition is not None and not definition.is_recursive:
                    self.add(unfold(expr, definition), definition.name, wrap, bounds)
                    return
            case ir.Junction(is_and=True):
                for item in expr.items:
                    self.add(item, name, wrap, bounds)
                return
            case ir.Let():
                self.add(expr.body, name, _in_let(expr, wrap), bounds)
                return
            case ir.Quantifier(is_forall=True) if self._is_constant(expr.bounds):
                self.add(expr.body, name, _quantified(expr, wrap), (*bounds, *expr.bounds))
                return
            case ir.Box():
                self._always(expr, name, wrap, bounds)
                return
            case _:
                pass
        self._leaf(expr, name, wrap)

    def _is_constant(self, bounds: tuple[ir.Bound, ...]) -> bool:
        levels = self.problem.levels
        return all(levels.level_of(bound.set) == Level.CONSTANT for bound in bounds)

    def _named(self, expr: ir.Expr, name: str) -> NamedExpr:
        return NamedExpr(name, expr, self.config_name.span)

    def _always(self, box: ir.Box, name: str, wrap: Wrap, bounds: tuple[ir.Bound, ...]) -> None:
        """`[]P`."""
        problem = self.problem
        inner = box.expr
        if isinstance(inner, ir.ActionSubscript) and not inner.is_angle and not _mentions(inner.subscript, bounds):
            # \A x : [A]_v equals [\A x : A]_v, as v does not depend on x; a LET around it may be moved likewise.
            action = ir.ActionSubscript(inner.span, False, wrap(inner.action), inner.subscript)
            problem.action_properties.append(self._named(action, name))
        elif problem.levels.level_of(inner) <= Level.STATE:
            if isinstance(inner, ir.Call) and not inner.args:
                name = inner.target.name
            problem.invariants.append(self._named(wrap(inner), name))
        else:
            problem.temporal_properties.append(self._named(wrap(box), self.config_name.name))

    def _leaf(self, expr: ir.Expr, name: str, wrap: Wrap) -> None:
        level = self.problem.levels.level_of(expr)
        if level <= Level.STATE:
            self.problem.initial_properties.append(self._named(wrap(expr), name))
        elif level == Level.TEMPORAL:
            self.problem.temporal_properties.append(self._named(wrap(expr), self.config_name.name))
        else:
            is_subscripted = isinstance(expr, ir.ActionSubscript)
            form = "<><<A>>_v" if isinstance(expr, ir.ActionSubscript) and expr.is_angle else "[][A]_v"
            raise ConfigError(
                f"the property `{name}` is an action",
                expr.span,
                expected="a temporal formula",
                got="an action",
                hint=f"write {form}" if is_subscripted else None,
                notes=[("it is a PROPERTY", self.config_name.span)],
            )


def _quantified(node: ir.Quantifier, wrap: Wrap) -> Wrap:
    return lambda expr: wrap(ir.Quantifier(node.span, True, node.bounds, expr))


def _mentions(expr: ir.Expr, bounds: tuple[ir.Bound, ...]) -> bool:
    """Whether an expression depends on bound variables, directly or through an argument."""
    locals_ = {local for bound in bounds for local in bound.locals}
    if not locals_:
        return False
    pending: list[ir.Node] = [expr]
    while pending:
        node = pending.pop()
        if isinstance(node, ir.LocalRef) and node.local in locals_:
            return True
        pending.extend(ir.children(node))
    return False
