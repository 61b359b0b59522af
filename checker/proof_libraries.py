"""The modules of the proof system, of which TLC has none: stand-ins for them, and texts without proofs.

TLC evaluates neither the names of provers nor theorems, but reads them, and where a name is unknown it stops.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..model.semantics.operators import EXPORTS, FALLBACK, Operator
from ..model.source import Source
from ..model.syntax import tree
from ..model.syntax.lexer import Lexer
from ..model.syntax.parser import parse_module

PROOF_LIBRARIES = ("TLAPS", "FiniteSetTheorems", "SequenceTheorems", "NaturalsInduction", "WellFoundedInduction")
BOUNDARIES = ("BEGIN_MODULE", "END_MODULE", "SEPARATOR")
"""Tokens that belong to no proof."""
STATEMENTS = ("USE", "HIDE")
"""What tells all proofs that follow which facts to use."""


def stand_in(library: str) -> str:
    """The text of a module that defines what a library does apart from its theorems: each prover is TRUE."""
    extended = [name for name in EXPORTS[library] if name != library]
    lines = [f"---- MODULE {library} ----", "\\* A stand-in: what proofs are made of has no meaning for TLC."]
    if extended:
        lines.append(f"EXTENDS {', '.join(extended)}")
    lines += [f"{_declared(row)} == TRUE" for row in FALLBACK[library]]
    return "\n".join([*lines, "====", ""])


def _declared(row: Operator) -> str:
    if not row.arity:
        return row.name
    arities = dict(row.operator_params)
    names = [f"a{i + 1}({', '.join('_' * arities[i])})" if arities.get(i) else f"a{i + 1}" for i in range(row.arity)]
    return f"{row.name}({', '.join(names)})"


def without_proofs(source: Source) -> str:
    """The text of a module with spaces in place of its proofs; comments, and the place of all else, stay."""
    lexer = Lexer(source)
    lexer.module()
    lines = list(source.lines)
    units = list(_units(parse_module(source)))
    begins = {(unit.span.line, unit.span.column) for unit in units}
    after = {(unit.span.end_line, unit.span.end_column) for unit in units if isinstance(unit, tree.Theorem)}
    is_proof = False
    for token in lexer.tokens:
        span = token.span
        if (span.line, span.column) in begins or token.type in BOUNDARIES:
            is_proof = False
        is_proof = is_proof or token.type in STATEMENTS
        if is_proof:
            line = lines[span.line - 1]
            blank = " " * (span.end_column - span.column + 1)
            lines[span.line - 1] = line[: span.column - 1] + blank + line[span.end_column :]
        is_proof = is_proof or (span.end_line, span.end_column) in after
    return "\n".join(line.rstrip() for line in lines)


def _units(module: tree.Module) -> Iterator[tree.Unit]:
    """The units of a module and of those within it."""
    for unit in module.units:
        yield unit
        if isinstance(unit, tree.Module):
            yield from _units(unit)
