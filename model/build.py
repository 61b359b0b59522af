"""`build_problem`: what a module and its configuration ask of a checker.

The rules are TLC's (tlc2/tool/impl/SpecProcessor.java).
"""

from __future__ import annotations

from .config import Assignment, ConfigName, Expression, ModelConfig, Replacement
from .diagnostics import ConfigError, SemanticError, did_you_mean
from .problem import NamedExpr, Problem
from .properties import add_property, add_specification
from .semantics import ir
from .semantics.ir import Level
from .semantics.levels import LEVEL_NAMES, LEVELS_UP_TO, Levels
from .semantics.operators import BUILT_IN_MODULES, Operator
from .semantics.references import count
from .source import Span
from .structs import replace
from .values import model_value


def build_problem(module: ir.ResolvedModule, config: ModelConfig) -> Problem:
    """The problem that `config` poses about `module`.

    Raises:
        ConfigError: a constant has no value, a name is unknown or does not fit its use, or Init or Next is missing.
        SemanticError: a definition that is named turns out to have no meaning.
    """
    strings = [*config.identifiers, *config.expression_names, *module.strings, *config.expression_strings]
    problem = Problem(module, strings=strings, warnings=list(module.warnings))
    for assignment in config.assignments:
        _assign(problem, assignment, config)
    replaced = {r.name: r for r in config.replacements if r.module is None}
    for replacement in config.replacements:
        _replace(problem, replacement, replaced)
    _check_acyclic(problem, config)
    for constant in module.constants.values():
        if constant not in problem.constants:
            raise ConfigError(
                f"the constant `{constant.name}` has no value",
                constant.span,
                expected=f"`{constant.name} = …` or `{constant.name} <- …` under CONSTANT in the configuration",
                notes=_almost(problem, config, constant.name),
            )
    problem.levels = Levels(replacements(problem))
    _behaviour(problem, config)
    for name in config.invariants:
        problem.invariants.append(_named(problem, name, "INVARIANT", Level.STATE))
    for name in config.properties:
        definition = _definition(problem, name, "PROPERTY", Level.TEMPORAL)
        add_property(problem, ir.Call(definition.span or name.span, definition), name)
    _restrictions(problem, config)
    _check_complete(problem, config)
    return problem


def replacements(problem: Problem) -> dict[ir.Constant | ir.Definition, ir.Definition]:
    """What the configuration replaces by a definition."""
    pairs = [*problem.constants.items(), *problem.overrides.items()]
    return {key: d for key, d in pairs if isinstance(d, ir.Definition) and not isinstance(key, tuple)}


def _almost(problem: Problem, config: ModelConfig, name: str) -> list[tuple[str, Span | None]]:
    """A note on what the configuration assigns to nothing, where its name is nearly that of a constant."""
    known = {*problem.module.constants, *problem.module.definitions, *problem.module.operators}
    unused = {a.name: a.span for a in config.assignments if a.module is None and a.name not in known}
    return [
        (f"there is a value for `{other}`, which module {problem.module.name} does not declare", span)
        for other, span in unused.items()
        if did_you_mean(other, [name])
    ]


# --- names -----------------------------------------------------------------------------------------------------------


def _definition(problem: Problem, name: ConfigName, use: str, most: Level) -> ir.Definition:
    """The definition that the configuration names, without parameters and of level `most` at most."""
    definition = _lookup(problem, name.name, name.span, use)
    if definition.params:
        raise ConfigError(
            f"`{name.name}` cannot be used as {use}: it takes arguments",
            name.span,
            expected="a definition without parameters",
            got=count(len(definition.params), "parameter"),
            notes=[("it is defined here", definition.span)],
        )
    if definition.level > most:
        raise ConfigError(
            f"`{name.name}` cannot be used as {use}",
            name.span,
            expected=LEVELS_UP_TO[most],
            got=LEVEL_NAMES[definition.level],
            notes=[("it is defined here", definition.span)],
        )
    return definition


def _kind(module: ir.ResolvedModule, name: str) -> str | None:
    """What a name stands for that is no definition; None where it stands for nothing."""
    if name in module.constants:
        return "a constant"
    if any(variable.name == name for variable in module.variables):
        return "a variable"
    if any(theorem.name == name for theorem in module.theorems):
        return "a theorem"
    if any(assumption.name == name for assumption in module.assumptions):
        return "an assumption"
    if any(key.startswith(f"{name}!") for key in module.definitions):
        return "an instance"
    row = module.operators.get(name)
    return None if row is None else f"an operator of module {row.module}"


def _lookup(problem: Problem, name: str, span: Span, use: str, *, is_value: bool = False) -> ir.Definition:
    """The definition of a name, or what replaces it; `is_value`: an operator of a standard module will do, too."""
    module = problem.module
    if name not in module.definitions:
        row = module.operators.get(name)
        if row is not None and is_value:
            return _row_definition(row, span)
        got = _kind(module, name)
        near = did_you_mean(name, module.definitions)
        raise ConfigError(
            f"`{name}` is not defined in module {module.name}" if got is None else f"`{name}` is not a definition",
            span,
            expected=f"the name of a definition, for {use}",
            got=got,
            hint=f"an instance has names: `{name}!…`" if got == "an instance" else near,
        )
    definition = module.definitions[name]
    replacement = problem.overrides.get(definition, definition)
    if not isinstance(replacement, ir.Definition):
        raise ConfigError(f"`{name}` has been given a value, and cannot be {use}", span)
    return replacement


def _row_definition(row: Operator, span: Span) -> ir.Definition:
    """A built-in operator as a definition, so that it can stand for a constant."""
    arities = dict(row.operator_params)
    params = tuple(ir.Local(f"a{i + 1}", arities.get(i, 0), span) for i in range(row.arity))
    args = tuple(ir.OperatorRef(span, p) if p.arity else ir.LocalRef(span, p) for p in params)
    return ir.Definition(row.name, params, span, row.module or "", ir.Builtin(span, row, args))


def _named(problem: Problem, name: ConfigName, use: str, most: Level) -> NamedExpr:
    definition = _definition(problem, name, use, most)
    return NamedExpr(name.name, ir.Call(definition.span or name.span, definition), name.span)


# --- constants -------------------------------------------------------------------------------------------------------


def _assign(problem: Problem, assignment: Assignment, config: ModelConfig) -> None:
    """`name = value` and `name = [Module] value`."""
    module = problem.module
    name = assignment.name
    value = assignment.value
    if isinstance(value, Expression):
        value = _defined_by(problem, name, value, config)
    if assignment.module is not None:
        for key in _of_module(problem, name, assignment.module, assignment.span):
            problem.overrides[key] = _whatever_the_arguments(value, key)
        return
    constant = module.constants.get(name)
    if constant is not None:
        problem.constants[constant] = _whatever_the_arguments(value, constant)
    elif name in module.definitions or name in module.operators:
        key = _overridden(problem, name, assignment.span)
        problem.overrides[key] = _whatever_the_arguments(value, key)
    else:
        # TLC ignores it too; a misspelt name leaves a constant without a value, which is an error of its own.
        hint = did_you_mean(name, module.constants)
        problem.warnings.append(
            f"{assignment.span.place}: module {module.name} has no constant `{name}`" + (f"; {hint}" if hint else "")
        )


def _arity(key: ir.Definition | tuple[str, str]) -> int:
    """The number of arguments that a definition or row takes itself, without those of the instances around it."""
    return len(key.params) - key.leading if isinstance(key, ir.Definition) else _row(key).arity


def _whatever_the_arguments(value: object, key: ir.Constant | ir.Definition | tuple[str, str]) -> object:
    """A value or expression in place of an operator: as in TLC it is the same for all arguments."""
    if not isinstance(value, ir.Definition):
        return value
    span = value.span or value.body.span
    if isinstance(key, ir.Definition):
        params = tuple(ir.Local(p.name, p.arity, p.span) for p in key.params)
    else:
        arity = key.arity if isinstance(key, ir.Constant) else _row(key).arity
        params = tuple(ir.Local(f"a{i + 1}", 0, span) for i in range(arity))
    return replace(value, params=params) if params else value


def _fitted(replacement: ir.Definition, key: ir.Definition | tuple[str, str]) -> ir.Definition:
    """The replacement with the leading parameters of what it replaces, which it has no use for."""
    if not isinstance(key, ir.Definition) or not key.leading:
        return replacement
    params = tuple(ir.Local(p.name, p.arity, p.span) for p in key.params)
    span = replacement.span or replacement.body.span
    own = params[key.leading :]
    args = tuple(ir.OperatorRef(span, p) if p.arity else ir.LocalRef(span, p) for p in own)
    call = ir.Call(span, replacement, args)
    return ir.Definition(replacement.name, params, span, replacement.module, call, replacement.level)


def _defined_by(problem: Problem, name: str, expression: Expression, config: ModelConfig) -> ir.Definition:
    """The definition of what stands for `name`: an expression over the names of the module and model values."""
    module = problem.module
    model_values = {other: ir.Constant(other, 0, expression.span) for other in config.model_values}
    try:
        definition = module.define(name, expression.tree, model_values)
    except SemanticError as error:
        hint = error.hint
        if hint is None and error.expected is None:
            hint = (
                f"an expression names what module {module.name} does, or a model value that is the value of a constant"
            )
        raise ConfigError(
            error.message, error.span, expected=error.expected, got=error.got, hint=hint, notes=error.notes
        ) from None
    if definition.level > Level.CONSTANT:
        raise ConfigError(
            f"the value of `{name}` is no constant",
            expression.span,
            expected="a constant expression",
            got=LEVEL_NAMES[definition.level],
        )
    for constant in model_values.values():
        if _mentions(definition.body, constant):
            problem.constants[constant] = model_value(constant.name)
    return definition


def _mentions(node: ir.Node, constant: ir.Constant) -> bool:
    if isinstance(node, ir.Call) and node.target is constant:
        return True
    return any(_mentions(child, constant) for child in ir.children(node))


def _check_acyclic(problem: Problem, config: ModelConfig) -> None:
    """What is replaced must not be asked for by its replacement, save by an operator, which may end the recursion."""
    spans: dict[str, Span | None] = {a.name: a.value_span for a in config.assignments}
    spans.update({r.name: r.span for r in config.replacements})
    for key, value in [*problem.constants.items(), *problem.overrides.items()]:
        if not isinstance(value, ir.Definition):
            continue
        cycle = _Cycle(problem, key)
        path = cycle.path(value)
        if path is None:
            continue
        if not cycle.is_plain:
            value.is_recursive = True
            continue
        name = key[1] if isinstance(key, tuple) else key.name
        names = " → ".join([name, *([] if value.name == name else [value.name]), *path])
        raise ConfigError(f"the value of `{name}` depends on itself: {names}", spans.get(name))


class _Cycle:
    """A search for the names by which a definition leads to what it replaces."""

    def __init__(self, problem: Problem, goal: object) -> None:
        self.problem = problem
        self.goal = goal
        self.is_plain = True
        """Whether the way leads through constants and definitions without parameters alone."""
        self._seen: set[ir.Definition] = set()

    def path(self, definition: ir.Definition) -> list[str] | None:
        """The names after that of `definition`, up to what is looked for; None where it is not reached."""
        if definition in self._seen:
            return None
        self._seen.add(definition)
        pending: list[ir.Node] = [definition.body]
        while pending:
            node = pending.pop()
            pending.extend(ir.children(node))
            found = self._step(node)
            if found is not None:
                self.is_plain = self.is_plain and not definition.params
                return found
        return None

    def _step(self, node: ir.Node) -> list[str] | None:
        if isinstance(node, ir.Builtin):
            row = node.operator
            return [row.name] if (row.module, row.name) == self.goal else None
        target = node.target if isinstance(node, ir.Call | ir.OperatorRef) else None
        if target is self.goal:
            return [target.name] if isinstance(target, ir.Constant | ir.Definition) else None
        if isinstance(target, ir.Constant):
            following = self.problem.constants.get(target)
        elif isinstance(target, ir.Definition):
            following = self.problem.overrides.get(target, target)
        else:
            return None
        path = self.path(following) if isinstance(following, ir.Definition) else None
        return None if path is None else [target.name, *path]


def _replace(problem: Problem, replacement: Replacement, replaced: dict[str, Replacement]) -> None:
    """`name <- definition` and `name <- [Module] definition`."""
    name, span = replacement.name, replacement.span
    if replacement.definition in replaced and replacement.definition != name:
        raise ConfigError(f"`{replacement.definition}` replaces `{name}`, and is itself replaced", span)
    constant = problem.module.constants.get(name) if replacement.module is None else None
    if constant is not None:
        other = problem.module.constants.get(replacement.definition)
        if other is not None and other in problem.constants and not constant.arity:
            problem.constants[constant] = problem.constants[other]
            return
        problem.constants[constant] = _replacing(problem, replacement, constant.arity, is_constant=True)
        return
    if replacement.module is not None:
        keys = _of_module(problem, name, replacement.module, span)
    else:
        keys = [_overridden(problem, name, span)]
    for key in keys:
        definition = _replacing(problem, replacement, _arity(key), is_constant=False)
        if definition is key:
            raise ConfigError(f"`{name}` would replace itself", span, hint="leave it out, and it has its own value")
        problem.overrides[key] = _fitted(definition, key)


def _replacing(problem: Problem, replacement: Replacement, arity: int, is_constant: bool) -> ir.Definition:
    span = replacement.span
    right = replacement.definition_span or span
    definition = _lookup(problem, replacement.definition, right, f"the value of `{replacement.name}`", is_value=True)
    if len(definition.params) != arity:
        raise ConfigError(
            f"`{replacement.definition}` cannot replace `{replacement.name}`",
            right,
            expected=f"a definition with {count(arity, 'parameter')}",
            got=count(len(definition.params), "parameter"),
            notes=[("it is defined here", definition.span)],
        )
    if is_constant and not arity and definition.level > Level.CONSTANT:
        raise ConfigError(
            f"`{replacement.definition}` cannot be the value of the constant `{replacement.name}`",
            right,
            expected=LEVEL_NAMES[Level.CONSTANT],
            got=LEVEL_NAMES[definition.level],
            notes=[("it is defined here", definition.span)],
        )
    return definition


def _row(key: tuple[str, str]) -> Operator:
    """The row behind a key; its module may be that of the row, or the one in which alone it is replaced."""
    homes = [key[0]] if key[0] in BUILT_IN_MODULES else list(BUILT_IN_MODULES)
    return next(row for home in homes for row in BUILT_IN_MODULES[home] if row.name == key[1])


def _overridden(problem: Problem, name: str, span: Span) -> ir.Definition | tuple[str, str]:
    """The key of what a configuration replaces in the root module."""
    module = problem.module
    if name in module.definitions:
        return module.definitions[name]
    row = module.operators.get(name)
    if row is not None and row.module is not None:
        return (row.module, row.name)
    known = [*module.constants, *module.definitions, *module.operators]
    raise ConfigError(
        f"module {module.name} has no constant or definition `{name}`", span, hint=did_you_mean(name, known)
    )


def _of_module(problem: Problem, name: str, home: str, span: Span) -> list[ir.Definition | tuple[str, str]]:
    """The keys of what a configuration replaces in module `home` alone."""
    module = problem.module
    if home not in module.module_names:
        raise ConfigError(
            f"module {home} is not part of {module.name}", span, hint=did_you_mean(home, module.module_names)
        )
    if any(row.name == name for row in BUILT_IN_MODULES.get(home, ())):
        return [(home, name)]
    candidates = [module.definitions[key] for key in module.definitions if key.rpartition("!")[2] == name]
    found: list[ir.Definition | tuple[str, str]] = [d for d in candidates if d.module == home]
    if not found and any(row.name == name for rows in BUILT_IN_MODULES.values() for row in rows):
        return [(home, name)]
    if not found:
        raise ConfigError(f"module {home} has no definition `{name}`", span)
    return found


# --- behaviours and restrictions -------------------------------------------------------------------------------------


def _behaviour(problem: Problem, config: ModelConfig) -> None:
    """INIT and NEXT, or SPECIFICATION."""
    if config.specification is not None:
        other = config.init or config.next
        if other is not None:
            raise ConfigError("both SPECIFICATION and INIT or NEXT are given", other.span, expected="one of the two")
        definition = _definition(problem, config.specification, "SPECIFICATION", Level.TEMPORAL)
        add_specification(problem, ir.Call(definition.span or config.specification.span, definition), config)
        return
    if config.init is not None:
        problem.init = _named(problem, config.init, "INIT", Level.STATE).expr
    if config.next is not None:
        problem.next = _named(problem, config.next, "NEXT", Level.ACTION).expr


def _restrictions(problem: Problem, config: ModelConfig) -> None:
    for name in config.constraints:
        problem.constraints.append(_named(problem, name, "CONSTRAINT", Level.STATE))
    for name in config.action_constraints:
        problem.action_constraints.append(_named(problem, name, "ACTION_CONSTRAINT", Level.ACTION))
    if config.symmetry is not None:
        problem.symmetry = _named(problem, config.symmetry, "SYMMETRY", Level.CONSTANT)
    if config.view is not None:
        problem.view = _named(problem, config.view, "VIEW", Level.STATE)
    if config.alias is not None:
        problem.alias = _named(problem, config.alias, "ALIAS", Level.ACTION)
    if config.postcondition is not None:
        problem.postcondition = _named(problem, config.postcondition, "POSTCONDITION", Level.CONSTANT)
    if config.check_deadlock is not None:
        problem.check_deadlock = config.check_deadlock


def _check_complete(problem: Problem, config: ModelConfig) -> None:
    """Without Init and Next nothing but the assumptions can be checked."""
    wanted = [*config.invariants, *config.properties]
    others = [name for name in (config.specification, config.next, config.init, *wanted) if name is not None]
    span = others[0].span if others else config.end
    expected = "INIT and NEXT, or SPECIFICATION, in the configuration"
    if problem.init is None and (wanted or problem.module.variables):
        # A module may be loaded for its assumptions alone, but not when it has a state to speak of.
        if config.specification is not None:
            expected = "a conjunct that is a state predicate"
        raise ConfigError("there is no initial predicate", span, expected=expected)
    if problem.next is None and wanted:
        raise ConfigError("there is no next-state action", span, expected=expected)
