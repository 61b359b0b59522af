"""The report of `comitia types`: constants, variables and definitions with their types, and why where not known."""

from __future__ import annotations

from collections.abc import Iterator

from ...model.problem import Problem
from ...model.semantics import ir
from ...model.types import NEVER, AnyType, Type, Types, find_any, show, type_object
from ...model.types.text import Names
from ...model.values import ModelValue

MAX_WIDTH = 100
"""Columns up to which a union stays on the line of its name."""


def names_of_sets(problem: Problem) -> Names:
    """What the sets that are values of constants are called: those of several elements, or of model values."""
    sets = [(c.name, value) for c, value in problem.constants.items() if type(value) is frozenset]
    return {value: name for name, value in sets if len(value) > 1 or any(type(x) is ModelValue for x in value)}


def types_lines(problem: Problem, types: Types, *, definitions: bool = False) -> Iterator[str]:
    """What a person reads."""
    names = names_of_sets(problem)
    if types.constants:
        yield "CONSTANTS"
        yield from _table([(c.name, show(t)) for c, t in types.constants.items()])
    yield "VARIABLES"
    yield from _table([(v.name, show(t, names)) for v, t in types.variables.items()])
    if definitions:
        yield "DEFINITIONS"
        for definition, t in _in_order(types):
            yield f"  {_signature(definition, types, names)} == {show(t, names)}"
    unknown = types.unknown()
    if unknown:
        yield "NOT KNOWN"
        for variable, found in unknown.items():
            span = found.reason.span or variable.span
            yield f"  {variable.name}: {found.reason.text}" + (f" ({span.place})" if span else "")
    if NEVER in types.variables.values():
        yield "No initial state was found: variables without values are of type Never."


def _in_order(types: Types) -> list[tuple[ir.Definition, Type]]:
    """The definitions that are evaluated, module by module, from top to bottom."""
    found = [(definition, t) for definition, t in types.definitions.items() if definition.span is not None]
    return sorted(found, key=lambda pair: (pair[0].span.source.name, pair[0].span.line, pair[0].name))  # type: ignore[union-attr]


def _table(rows: list[tuple[str, str]]) -> Iterator[str]:
    width = max((len(name) for name, _ in rows), default=0)
    for name, text in rows:
        yield from _folded(f"  {name:{width}} : ", text)


def _folded(head: str, text: str) -> Iterator[str]:
    """One line, or, where it is too long, a line for each part of the union in it."""
    if len(head) + len(text) <= MAX_WIDTH or " | {" not in text:
        yield head + text
        return
    first, *rest = text.split(" | {")
    yield head + first
    yield from (f"{' ' * (len(head) - 2)}| {{{part}" for part in rest)


def _signature(definition: ir.Definition, types: Types, names: Names) -> str:
    params = [_parameter(param, types, names) for param in definition.params]
    return f"{definition.name}({', '.join(params)})" if params else definition.name


def _parameter(param: ir.Local, types: Types, names: Names) -> str:
    if param.arity:
        return f"{param.name}({', '.join('_' * param.arity)})"
    return f"{param.name}: {show(types.locals.get(param, NEVER), names)}"


def types_object(problem: Problem, types: Types, source: str, *, definitions: bool = False) -> dict[str, object]:
    """What a program reads."""
    report: dict[str, object] = {
        "source": source,
        "constants": {c.name: _entry(t, {}) for c, t in types.constants.items()},
        "variables": {v.name: _entry(t, names_of_sets(problem)) for v, t in types.variables.items()},
    }
    if definitions:
        report["definitions"] = [
            {
                "name": definition.name,
                "parameters": [
                    {"name": param.name, **_entry(types.locals.get(param, NEVER), {})} for param in definition.params
                ],
                "value": _entry(t, {}),
            }
            for definition, t in _in_order(types)
        ]
    return report


def _entry(t: Type, names: Names) -> dict[str, object]:
    unknown: AnyType | None = find_any(t)
    place = None if unknown is None or unknown.reason.span is None else unknown.reason.span.place
    return {
        "type": show(t, names),
        "structure": type_object(t),
        "unknown": None if unknown is None else {"reason": unknown.reason.text, "place": place},
    }
