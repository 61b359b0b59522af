"""The predicates of temporal properties: what is asked about the behaviour graph once the search is over.

Each is taken apart as in `interpreted.behaviours`; its parts become functions of a state or of a step. A part that is
declined, or has an operator without C++, has none and is left to the interpreter.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from ...model.semantics import ir
from ..interpreted.parts import leaves
from ..interpreted.program import Values
from ..liveness.formula import Atom, Kind
from .emit_foreign import foreign_places
from .emit_predicates import emit_test
from .notation import NotEncodable

if TYPE_CHECKING:
    from .unit import Unit

Key = tuple[object, ...]


def key_of(expr: ir.Expr, values: Values, *, on_steps: bool) -> Key:
    """The same for a part when it is emitted and when it is asked about."""
    is_unchanged = isinstance(expr, ir.Unchanged)
    return (id(expr.expr if is_unchanged else expr), is_unchanged, on_steps, tuple(values.items()))


def emit_questions(unit: Unit, atoms: Iterable[Atom]) -> dict[Key, int]:
    """Writes the functions, in tables by number; the number of each part, of its table."""
    tables: dict[bool, list[str]] = {False: [], True: []}
    numbers: dict[Key, int] = {}
    for atom in atoms:
        for leaf, on_steps in _leaves(unit, atom):
            key = key_of(leaf, atom.values, on_steps=on_steps)
            if key in numbers or any(foreign_places(unit.program, [leaf])):
                continue
            with unit.attempt(NotEncodable):
                name = emit_test(unit, leaf, f"atom{atom.number}", is_action=on_steps, values=atom.values)
                numbers[key] = len(tables[on_steps])
                tables[on_steps].append(name)
    for on_steps, name, parameters in (
        (False, "state_tests", "const V* s"),
        (True, "step_tests", "const V* s, const V* t"),
    ):
        functions = ", ".join([*tables[on_steps], "nullptr"])
        unit.define(f"static bool (*const {name}[])({parameters}) = {{{functions}}};")
    return numbers


def _leaves(unit: Unit, atom: Atom) -> Iterator[tuple[ir.Expr, bool]]:
    """The parts of an atom, and whether they are of steps."""
    on_steps = atom.kind is not Kind.STATE
    expr = ir.Unchanged(atom.expr.span, atom.expr) if atom.kind is Kind.CHANGE else atom.expr
    yield from ((leaf, on_steps) for leaf in leaves(unit.program, expr, on_steps=on_steps))
