"""`build_problem`: what a module and its configuration ask of a checker.

The rules are TLC's (tlc2/tool/impl/SpecProcessor.java).
"""

from __future__ import annotations

from .config import Assignment, ConfigName, ModelConfig, Replacement
from .diagnostics import ConfigError, did_you_mean
from .problem import NamedExpr, Problem
from .properties import add_property, add_specification
from .semantics import ir
from .semantics.ir import Level
from .semantics.levels import LEVEL_NAMES, Levels
from .semantics.operators import BUILT_IN_MODULES, Operator
from .source import Span


def build_problem(module: ir.ResolvedModule, config: ModelConfig) -> Problem:
    """The problem that `config` poses about `module`.

    Raises:
        ConfigError: a constant has no value, a name is unknown or does not fit its use, or Init or Next is missing.
        SemanticError: a definition that is named turns out to have no meaning.
    """
    problem = Problem(module, strings=[*config.identifiers, *module.strings], warnings=list(module.warnings))
    for assignment in config.assignments:
        _assign(problem, assignment)
    replaced = {r.name: r for r in config.replacements if r.module is None}
    for replacement in config.replacements:
        _replace(problem, replacement, replaced)
    for constant in module.constants.values():
        if constant not in problem.constants:
            raise ConfigError(
                f"the constant `{constant.name}` has no value",
                constant.span,
                expected=f"`{constant.name} = …` or `{constant.name} <- …` under CONSTANT in the configuration",
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


# --- names -----------------------------------------------------------------------------------------------------------


def _definition(problem: Problem, name: ConfigName, use: str, most: Level) -> ir.Definition:
    """The definition that the configuration names, without parameters and of level `most` at most."""
    definition = _lookup(problem, name.name, name.span, use)
    if definition.params:
        raise ConfigError(
            f"`{name.name}` cannot be {use}: it takes arguments",
            name.span,
            expected="a definition without parameters",
            got=f"{len(definition.params)} parameters",
            notes=[("it is defined here", definition.span)],
        )
    if definition.level > most:
        raise ConfigError(
            f"`{name.name}` cannot be {use}",
            name.span,
            expected=f"{LEVEL_NAMES[most]}, or less" if most else LEVEL_NAMES[most],
            got=LEVEL_NAMES[definition.level],
            notes=[("it is defined here", definition.span)],
        )
    return definition


def _lookup(problem: Problem, name: str, span: Span, use: str) -> ir.Definition:
    module = problem.module
    if name not in module.definitions:
        row = module.operators.get(name)
        if row is not None:
            return _row_definition(row, span)
        got = "a constant" if name in module.constants else None
        if any(v.name == name for v in module.variables):
            got = "a variable"
        raise ConfigError(
            f"`{name}` is not defined in module {module.name}" if got is None else f"`{name}` is not a definition",
            span,
            expected=f"the name of a definition, for {use}",
            got=got,
            hint=did_you_mean(name, module.definitions) if got is None else None,
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


def _assign(problem: Problem, assignment: Assignment) -> None:
    """`name = value` and `name = [Module] value`."""
    module = problem.module
    name = assignment.name
    if assignment.module is not None:
        for key in _of_module(problem, name, assignment.module, assignment.span):
            problem.overrides[key] = assignment.value
        return
    constant = module.constants.get(name)
    if constant is not None:
        if constant.arity:
            raise ConfigError(
                f"the constant `{name}` is an operator of {constant.arity} arguments",
                assignment.span,
                expected=f"`{name} <- …`, the name of a definition",
            )
        problem.constants[constant] = assignment.value
    elif name in module.definitions or name in module.operators:
        problem.overrides[_overridden(problem, name, assignment.span)] = assignment.value
    else:
        # TLC ignores it too; a misspelt name leaves a constant without a value, which is an error of its own.
        hint = did_you_mean(name, module.constants)
        problem.warnings.append(
            f"{assignment.span}: module {module.name} has no constant `{name}`" + (f"; {hint}" if hint else "")
        )


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
        arity = len(key.params) if isinstance(key, ir.Definition) else _row(key).arity
        problem.overrides[key] = _replacing(problem, replacement, arity, is_constant=False)


def _replacing(problem: Problem, replacement: Replacement, arity: int, is_constant: bool) -> ir.Definition:
    span = replacement.span
    definition = _lookup(problem, replacement.definition, span, f"the value of `{replacement.name}`")
    if len(definition.params) != arity:
        raise ConfigError(
            f"`{replacement.definition}` cannot replace `{replacement.name}`",
            span,
            expected=f"a definition of {arity} parameters",
            got=str(len(definition.params)),
            notes=[("it is defined here", definition.span)],
        )
    if is_constant and not arity and definition.level > Level.CONSTANT:
        raise ConfigError(
            f"`{replacement.definition}` cannot be the value of the constant `{replacement.name}`",
            span,
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
    span = wanted[0].span if wanted else None
    if problem.init is None and (wanted or problem.module.variables):
        # A module may be loaded for its assumptions alone, but not when it has a state to speak of.
        raise ConfigError(
            "there is no initial predicate", span, expected="INIT and NEXT, or SPECIFICATION, in the configuration"
        )
    if problem.next is None and wanted:
        raise ConfigError(
            "there is no next-state action", span, expected="INIT and NEXT, or SPECIFICATION, in the configuration"
        )
