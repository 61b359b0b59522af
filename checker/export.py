"""`comitia export`: a model as TLC reads it, a configuration and an MC module, where ours says more than TLC's grammar.

Each value that TLC does not read becomes a definition of the MC module, which extends the root module, and the
configuration names it: `N = 2 * M` becomes `N <- const_N`. A name with `!` becomes a definition too. All else keeps its
text, comments included, and its order, which is that of model values. The modules that TLC does not bring along are
copied; where they cite the proof system, which has no meaning for TLC, stand-ins of its libraries are written and the
copies lack the proofs. Names that are LOCAL to the root module would be out of reach of the MC module: where one is
needed, the copy of the root module lacks the word LOCAL.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from ..model.build import build_problem
from ..model.config import Assignment, ConfigName, Expression, ModelConfig, Replacement, read_config
from ..model.diagnostics import InputError, UnsupportedError
from ..model.modules.library import SUFFIX, read
from ..model.modules.loader import load_module
from ..model.problem import Problem
from ..model.semantics import ir
from ..model.semantics.operators import FALLBACK, STANDARD
from ..model.source import Source, Span
from ..model.syntax import tree
from ..model.syntax.lexer import IDENTIFIER as IDENTIFIER_PATTERN
from ..model.syntax.lexer import KEYWORDS
from ..model.syntax.parser import parse_module
from ..model.values import model_value
from .catalog import Target, find_target
from .proof_libraries import PROOF_LIBRARIES, stand_in, without_proofs

SINGLE_NAMES = ("init", "next", "specification", "symmetry", "view", "alias", "postcondition")
NAME_LISTS = ("invariants", "properties", "constraints", "action_constraints")
MODULE_NAME = re.compile(r"-{4,} *MODULE\s+(\w+)")
IDENTIFIER = re.compile(IDENTIFIER_PATTERN)
WORD = re.compile(r'"(?:[^"\\\n]|\\.)*"|[0-9_]*[A-Za-z][A-Za-z0-9_]*')
INTEGER_SYMBOLS = {"-": "-.", "..": ".."}
"""Symbol in a value of integers → the operator of module Integers that it is."""


@dataclass(frozen=True, slots=True)
class Export:
    """The texts to be written, by the name of their file; the first two are the MC module and its configuration."""

    texts: dict[str, str]
    warnings: tuple[str, ...] = ()


def exported(target: Target) -> Export:
    """What `comitia export` writes for a target. Raises SpecError where the model itself cannot be read."""
    module = load_module(target.module)
    source = read(target.config)
    config = read_config(source)
    problem = build_problem(module, config)
    writer = _Writer(problem, config, source)
    text = writer.configuration()
    if not target.check_deadlock and config.check_deadlock is None:
        text = f"{text.rstrip()}\nCHECK_DEADLOCK FALSE\n"
    texts = {f"{writer.name}{SUFFIX}": writer.module_text(), f"{writer.name}.cfg": text}
    for name, copied in _copies(module):
        texts[f"{name}{SUFFIX}"] = copied
    if writer.needs_local_names():
        texts[f"{module.name}{SUFFIX}"] = _without_local(module.sources[0])
    provided = [name for name in module.module_names if name in FALLBACK and f"{name}{SUFFIX}" not in texts]
    libraries = [name for name in provided if name in PROOF_LIBRARIES]
    if libraries:
        copies = {name: text for name, text in texts.items() if name.endswith(SUFFIX)}
        texts |= {name: without_proofs(Source(name, text)) for name, text in copies.items()}
        texts |= {f"{name}{SUFFIX}": stand_in(name) for name in libraries}
    warnings = [
        f"TLC has to be given the module {name}: it is one of the CommunityModules, and written in Java"
        for name in provided
        if name not in libraries
    ]
    return Export(texts, (*problem.warnings, *warnings))


def _copies(module: ir.ResolvedModule) -> Iterator[tuple[str, str]]:
    """The name and text of each module that was read from a file, save those that TLC brings along."""
    for source in module.sources:
        parsed = MODULE_NAME.search(source.text)
        assert parsed is not None
        if parsed[1] not in STANDARD:
            yield parsed[1], source.text.lstrip("\n")


def _without_local(source: Source) -> str:
    """The text of a module whose units are no longer LOCAL; all else keeps its place."""
    lines = list(source.lines)
    for unit in parse_module(source).units:
        if isinstance(unit, tree.OperatorDefinition | tree.FunctionDefinition | tree.Instance) and unit.is_local:
            at, line = unit.span.column - 1, lines[unit.span.line - 1]
            lines[unit.span.line - 1] = line[:at] + line[at:].replace("LOCAL", "     ", 1)
    return "\n".join(lines)


class _Writer:
    """Rewrites one configuration and collects what its MC module has to define."""

    def __init__(self, problem: Problem, config: ModelConfig, source: Source) -> None:
        self.problem = problem
        self.module = module = problem.module
        self.config = config
        self.source = source
        self.name = f"MC{module.name}"
        while self.name in module.module_names:
            self.name = f"MC{self.name}"
        named = [*module.constants, *module.definitions, *module.operators, *(v.name for v in module.variables)]
        self.scope = {name.partition("!")[0] for name in named}
        """What has a meaning in the root module."""
        self.taken = {*self.scope, *config.model_values, *KEYWORDS}
        self.assigned = {constant.name: value for constant, value in problem.constants.items()}
        self.definitions: list[str] = []
        self.constants: dict[str, str] = {}
        """Model value → the constant by which the MC module knows it."""
        self.extends = [module.name]
        self._edits: list[tuple[Span, str]] = []

    # --- texts -------------------------------------------------------------------------------------------------------

    def configuration(self) -> str:
        """The configuration that TLC reads."""
        for assignment in self.config.assignments:
            if not assignment.is_plain:
                self._assignment(assignment)
        for replacement in self.config.replacements:
            self._replacement(replacement)
        for name in _config_names(self.config):
            if "!" in name.name:
                self._edits.append((name.span, self._alias(name.name, name.span)))
        lines = list(self.source.lines)
        for span, text in sorted(self._edits, key=lambda edit: (edit[0].line, edit[0].column), reverse=True):
            head, tail = lines[span.line - 1][: span.column - 1], lines[span.end_line - 1][span.end_column :]
            lines[span.line - 1 : span.end_line] = [head + text + tail]
        return "\n".join(lines)

    def module_text(self) -> str:
        """The MC module, once the configuration has been written."""
        lines = [
            f"---- MODULE {self.name} ----",
            f"\\* {Path(self.source.name).name} as TLC reads it: what it cannot hold is defined here.",
            f"EXTENDS {', '.join(self.extends)}",
        ]
        if self.constants:
            lines += ["", "\\* Model values.", f"CONSTANTS {', '.join(self.constants.values())}"]
        for definition in self.definitions:
            lines += ["", definition]
        return "\n".join([*lines, "====", ""])

    def needs_local_names(self) -> bool:
        """Whether something that is LOCAL to the root module is named by the configuration or the MC module."""
        used = {name.partition("!")[0] for name in _names(self.config)}
        for value in [*self.problem.constants.values(), *self.problem.overrides.values()]:
            if isinstance(value, ir.Definition) and value.span is not None and value.span.source is self.source:
                used.update(_named_in(value.body))
        return not (used & self.scope <= self.module.exported)

    # --- parts -------------------------------------------------------------------------------------------------------

    def _fresh(self, wanted: str) -> str:
        """A name for the MC module that is not taken."""
        name = wanted = re.sub(r"\W", "_", wanted)
        number = 1
        while name in self.taken:
            number += 1
            name = f"{wanted}_{number}"
        self.taken.add(name)
        return name

    def _assignment(self, assignment: Assignment) -> None:
        """A value that TLC does not read becomes a definition, the model values in it constants."""
        if assignment.module is None and assignment.name not in self._assignable:
            self._edits.append((assignment.span, ""))  # TLC ignores a value for what is not there, but no `<-`
            return
        span = assignment.value_span
        assert span is not None
        is_expression = isinstance(assignment.value, Expression)
        words = [match for match in WORD.findall(span.text) if not match.startswith('"')]
        known = set(self.constants)
        text = span.text
        for value in self.config.model_values:
            if value in words and not (is_expression and value in self.scope):
                text = self._with_model_value(text, value)
        if not is_expression:
            self._need_integers(assignment, span)
        name = self._fresh(f"const_{assignment.name}")
        separator = " " if span.line == span.end_line else f"\n{_indent(span)}"
        params = ", ".join(f"a{i + 1}" for i in range(self._arity(assignment.name)))
        self.definitions.append(f"{name}{f'({params})' if params else ''} =={separator}{text}")
        home = f"[{assignment.module}] " if assignment.module else ""
        added = "".join(f"  {self.constants[v]} = {v}" for v in self.constants if v not in known)
        self._edits.append((assignment.span, f"{assignment.name} <- {home}{name}{added}"))

    def _arity(self, name: str) -> int:
        """The number of arguments of what gets a value: it is the same for all of them."""
        if name in self.module.constants:
            return self.module.constants[name].arity
        row = self.module.operators.get(name)
        if row is not None:
            return row.arity
        definition = self.module.definitions.get(name)
        return 0 if definition is None else len(definition.params) - definition.leading

    @property
    def _assignable(self) -> set[str]:
        return {*self.module.constants, *self.module.definitions, *self.module.operators}

    def _with_model_value(self, text: str, value: str) -> str:
        """`text` with the constant that stands for a model value in place of its name."""
        if value in self.module.constants and self.assigned.get(value) is model_value(value):
            return text
        if value not in self.constants:
            is_free = value not in self.scope and IDENTIFIER.fullmatch(value) and value not in KEYWORDS
            self.constants[value] = value if is_free else self._fresh(f"mv_{value}")
        name = self.constants[value]
        return WORD.sub(lambda match: name if match[0] == value else match[0], text)

    def _need_integers(self, assignment: Assignment, span: Span) -> None:
        """Makes sure that `-` and `..` have their meaning in the MC module."""
        bare = WORD.sub("", span.text)
        for symbol, operator in INTEGER_SYMBOLS.items():
            if symbol not in bare:
                continue
            if operator in self.module.definitions:
                raise UnsupportedError(
                    f"module {self.module.name} gives `{symbol}` a meaning of its own",
                    span,
                    hint=f"define the value in the module and write `{assignment.name} <- ItsName`",
                )
            if operator not in self.module.exported and "Integers" not in self.extends:
                self.extends.append("Integers")

    def _replacement(self, replacement: Replacement) -> None:
        span = replacement.definition_span
        assert span is not None
        if "!" in replacement.definition:
            self._edits.append((span, self._alias(replacement.definition, span)))

    def _alias(self, name: str, span: Span) -> str:
        """A definition of the MC module that stands for `I!Op`, which TLC cannot name in a configuration."""
        definition = self.module.definitions.get(name)
        assert definition is not None, f"{name} at {span} has been looked up before"
        alias = self._fresh(name)
        params = [f"a{i + 1}" for i in range(len(definition.params))]
        declared = [
            f"{name}({', '.join('_' * p.arity)})" if p.arity else name
            for name, p in zip(params, definition.params, strict=True)
        ]
        left = f"{alias}({', '.join(declared)})" if params else alias
        right = f"{name}({', '.join(params)})" if params else name
        self.definitions.append(f"{left} == {right}")
        return alias


def _indent(span: Span) -> str:
    """What stands before a value over several lines, so that each of them keeps its column."""
    head = span.source.line(span.line)[: span.column - 1]
    return "".join("\t" if c == "\t" else " " for c in head)


def _named_in(node: ir.Node) -> Iterator[str]:
    """The names by which an expression knows what is defined or declared outside of it."""
    match node:
        case ir.Builtin():
            yield node.operator.name
        case ir.Call():
            yield node.target.name.partition("!")[0]
        case ir.OperatorRef():
            yield node.target.name.partition("!")[0]
        case _:
            pass
    for child in ir.children(node):
        yield from _named_in(child)


def _config_names(config: ModelConfig) -> Iterator[ConfigName]:
    """The definitions that the statements other than CONSTANT name."""
    for attribute in SINGLE_NAMES:
        name = getattr(config, attribute)
        if name is not None:
            yield name
    for attribute in NAME_LISTS:
        yield from getattr(config, attribute)


def _names(config: ModelConfig) -> Iterator[str]:
    yield from (name.name for name in _config_names(config))
    for replacement in config.replacements:
        yield from (replacement.name, replacement.definition)
    yield from (assignment.name for assignment in config.assignments)


# --- the command -----------------------------------------------------------------------------------------------------


def write(export: Export, folder: Path, module: Path) -> None:
    """Write the files into `folder`. Raises InputError where that holds the original, or cannot be written."""
    if folder.resolve() == module.resolve().parent:
        raise InputError(
            f"{folder} holds the module itself",
            expected="another folder: copies of the modules are written into it",
            hint="name one that need not exist yet",
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in export.texts.items():
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"cannot write {error.filename}: {error.strerror}") from error


@click.command(name="export", short_help="Write a model as TLC reads it.")
@click.argument("target")
@click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Model configuration; by default TARGET with the ending .cfg.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    metavar="DIR",
    help="Folder to write to; made if need be.",
)
def export(target: str, config: Path | None, output: Path) -> None:
    """Write TARGET, a .tla file or a name of the catalog, as a configuration and an MC module that TLC accepts.

    Constants whose values TLC's configurations cannot hold (negative numbers, tuples, ranges, expressions) become
    definitions of the MC module. CHECK_DEADLOCK, ALIAS and POSTCONDITION need a TLC of 2021 or later.
    """
    found = find_target(target, config)
    result = exported(found)
    for warning in result.warnings:
        click.echo(f"warning: {warning}", err=True)
    write(result, output, found.module)
    for name in result.texts:
        click.echo(output / name)
