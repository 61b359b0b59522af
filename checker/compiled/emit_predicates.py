"""Invariants, constraints and action properties, evaluated as seldom as possible.

Each is split into its conjuncts, as in `interpreted.predicates`. Components of states are interned, so a conjunct is a
function of the addresses of the few variables it reads: what it was for a combination of them is remembered.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ...model.problem import NamedExpr
from ...model.semantics import ir
from ..interpreted.predicates import MAX_KEY, MIN_SIZE, conjuncts
from ..interpreted.program import NO_VALUES, Values
from .emitter import Emitter
from .writer import Writer

if TYPE_CHECKING:
    from .unit import Unit

STATE, STEP = "const V* s", "const V* s, const V* t"
CALLED = re.compile(r"([A-Za-z_]\w*)\(")
CHEAP = frozenset(
    {"if", "for", "code_of", "i64", "u64", "bool", "equal", "place_in_range_or_fault", "count_of", "has_bit"}
    | {"code_or_none", "__builtin_ctzll", "UNLIKELY", "LIKELY"}
)
"""What is called, on codes alone, by tests that take no longer than looking them up."""
CHEAP_LINES = 12
HOLDS = "return true;"


def emit_predicates(unit: Unit, name: str, predicates: Sequence[NamedExpr], *, is_action: bool = False) -> None:
    """The function of that name: the index of the first predicate that is FALSE and not to be skipped, or -1."""
    arguments = "s, t" if is_action else "s"
    calls: list[tuple[str, int]] = []
    for index, predicate in enumerate(predicates):
        for part in conjuncts(unit.program, predicate.expr):
            call = _conjunct(unit, part, predicate.name, arguments)
            if call is None:
                continue
            calls.append((call if is_action else _unless_unchanged(unit, part, call), index))
    emitter = Emitter(unit)
    header = f"static int {name}({STEP if is_action else STATE}, const u8* skipped)"
    with emitter.writer.function(header, end="}"):
        emitter.writer.write("(void)s, (void)skipped;")
        if is_action:
            emitter.writer.write("(void)t;")
        for call, index in calls:
            emitter.writer.write(f"if (!skipped[{index}] && !({call})) return {index};")
        emitter.writer.write("return -1;")
    unit.add_function(emitter.writer)


def _unless_unchanged(unit: Unit, conjunct: ir.Expr, call: str) -> str:
    """What a conjunct was in the state before it is still where no component that it reads has changed."""
    facts = unit.program.analysis.facts(conjunct)
    if unit.counts_all or facts.impure or not facts.reads or len(facts.reads) > MAX_KEY:
        return call
    unchanged = " && ".join(f"same(well_before[{word}], s[{word}])" for word in unit.words(facts.reads))
    return f"(well_before != nullptr && {unchanged}) || {call}"


def _conjunct(unit: Unit, conjunct: ir.Expr, title: str, arguments: str) -> str | None:
    """The text of a call that tells whether a conjunct holds; None where it does in any state that there is."""
    is_action = "t" in arguments
    # [A]_v holds where A does; A alone reads few variables where v is often all of them.
    square = conjunct if isinstance(conjunct, ir.ActionSubscript) and not conjunct.is_angle else None
    remembered = conjunct if square is None else square.action
    reads = _key(unit, remembered)
    if reads is None:
        return f"{emit_test(unit, conjunct, title, is_action=is_action)}({arguments})"
    known, test = _test(unit, remembered, title, is_action=is_action)
    if square is None and [line.text for line in test.lines[1:-1]] == [HOLDS]:
        return None
    unit.add_function(test)
    if square is None and _is_cheap(test):
        return f"{known}({arguments})"
    key = [f"{state}[{word}]" for state in ("s", "t")[: 1 + is_action] for word in unit.words(reads)]
    name = unit.fresh(f"known_{title}")
    unit.declare(f"static __thread Memo<{len(key)}> {name}_memo;")
    emitter = Emitter(unit)
    with emitter.writer.function(f"static bool {name}({STEP if is_action else STATE})", end="}"):
        emitter.writer.write(f"const V key[] = {{{', '.join(key)}}};")
        emitter.writer.write(f"auto* row = {name}_memo.find(key);")
        emitter.writer.write(f"if (row->outcome == UNKNOWN) row->outcome = {known}({arguments}) ? HOLDS : FAILS;")
        emitter.writer.write("return row->outcome == HOLDS;")
    unit.add_function(emitter.writer)
    if square is None:
        return f"{name}({arguments})"
    same = ir.Unchanged(square.subscript.span, square.subscript)
    return f"({name}({arguments}) || {emit_test(unit, same, title, is_action=True)}({arguments}))"


def _is_cheap(test: Writer) -> bool:
    """Whether to evaluate a test takes no longer than to look it up."""
    texts = [line.text for line in test.lines[1:]]
    loops = [line for line in test.lines[1:] if line.text.startswith("for ")]
    called = {name for text in texts for name in CALLED.findall(text)}
    return len(texts) <= CHEAP_LINES and called <= CHEAP and all(line.indent == 1 for line in loops)


def emit_test(unit: Unit, node: ir.Expr, title: str, *, is_action: bool, values: Values = NO_VALUES) -> str:
    """The name of a function that evaluates a conjunct, in which bound variables have the given values."""
    name, test = _test(unit, node, title, is_action=is_action, values=values)
    unit.add_function(test)
    return name


def _test(unit: Unit, node: ir.Expr, title: str, *, is_action: bool, values: Values = NO_VALUES) -> tuple[str, Writer]:
    """A function that evaluates a conjunct, and its name."""
    emitter = Emitter(unit, current="s", following="t" if is_action else None)
    name = unit.fresh(f"holds_{title}")
    with emitter.writer.function(f"static bool {name}({STEP if is_action else STATE})", end="}"):
        emitter.guard(node, unit.context(values), "return false;")
        emitter.writer.write(HOLDS)
    return name, emitter.writer


def _key(unit: Unit, conjunct: ir.Expr) -> list[int] | None:
    """The variables that a conjunct reads; None where its value is not worth remembering."""
    facts = unit.program.analysis.facts(conjunct)
    reads = sorted(facts.reads)
    if unit.counts_all or facts.impure or not reads or len(reads) > MAX_KEY or facts.size < MIN_SIZE:
        return None
    if len(reads) == unit.program.variable_count:
        return None  # a state, or a step, is looked at once
    return reads
