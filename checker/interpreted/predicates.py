"""Invariants, constraints and action properties compiled to be evaluated as seldom as possible.

Each is split into its conjuncts. Components of states are interned (`interning`), so the value of a conjunct is a
function of the identities of the few variables it reads; it is evaluated once for each combination of them. The
invariants of a state outside the model, or of a step that changes nothing they speak of, cost a look-up each.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence

from ...model.problem import NamedExpr
from ...model.semantics import ir
from ...model.structs import Struct
from .program import Program, State
from .writer import Writer

MAX_KEY = 6
"""Variables that a memoised conjunct may read: with more, a combination seldom recurs."""
MIN_SIZE = 3
"""Nodes below which evaluating costs less than looking up."""
MEMO_LIMIT = 1_000_000
"""Combinations remembered for a conjunct before they are forgotten."""

StateTest = Callable[[State], int]
"""The index of the first predicate that is FALSE, or -1."""
StepTest = Callable[[State, State], int]


class Predicates(Struct, frozen=False):
    """Tests by kind, each over all predicates of the kind, in order."""

    invariants: StateTest
    initial: StateTest
    constraints: StateTest
    steps: StepTest
    step_constraints: StepTest


def compile_predicates(program: Program, dropped: Collection[NamedExpr] = ()) -> Predicates:
    """All predicates of the problem but those `dropped`."""

    def compiled(predicates: Sequence[NamedExpr], *, action: bool = False) -> Callable[..., int]:
        kept = [(index, item) for index, item in enumerate(predicates) if not any(item is other for other in dropped)]
        return _compile(program, kept, action=action)

    problem = program.problem
    return Predicates(
        compiled(problem.invariants),
        compiled(problem.initial_properties),
        compiled(problem.constraints),
        compiled(problem.action_properties, action=True),
        compiled(problem.action_constraints, action=True),
    )


class Memo(dict[object, bool]):
    """What a conjunct was for a combination of component identities."""

    def remember(self, key: object, value: bool) -> bool:
        if len(self) >= MEMO_LIMIT:
            self.clear()
        self[key] = value
        return value


def _compile(program: Program, predicates: Sequence[tuple[int, NamedExpr]], *, action: bool) -> Callable[..., int]:
    """One function that evaluates the conjuncts of all predicates in order; it returns the index given with one."""
    emitter = program.emitter("s", "t" if action else None)
    name = program.fresh("Q").replace("_", "")
    arguments = "s, t" if action else "s"
    writer = emitter.writer
    with writer.function(name, arguments):
        for index, predicate in predicates:
            for conjunct in conjuncts(program, predicate.expr):
                _write_conjunct(program, writer, conjunct, arguments, index)
        writer.write("return -1")
    return program.install(emitter, name)


def _write_conjunct(program: Program, writer: Writer, conjunct: ir.Expr, arguments: str, index: int) -> None:
    action = "t" in arguments
    test = program.name_of(program.compile_test(conjunct, action=action))
    # [A]_v holds where A does; A alone reads few variables where v is often all of them.
    square = conjunct if isinstance(conjunct, ir.ActionSubscript) and not conjunct.is_angle else None
    remembered = conjunct if square is None else square.action
    key = _key(program, remembered, action=action)
    if key is None:
        if action and program.analysis.facts(conjunct).impure:
            # What an operator such as TLCGet says is then about the first state of the step.
            writer.write("registers.in_step = True")
            writer.write(f"r = {test}({arguments})")
            writer.write("registers.in_step = False")
            writer.write(f"if not r: return {index}")
        else:
            writer.write(f"if not {test}({arguments}): return {index}")
        return
    memo = program.name_of(Memo())
    known = test if square is None else program.name_of(program.compile_test(remembered, action=action))
    writer.write(f"k = {key}")
    writer.write(f"r = {memo}.get(k)")
    writer.write(f"if r is None: r = {memo}.remember(k, {known}({arguments}))")
    failed = "not r" if square is None else f"not r and not {test}({arguments})"
    writer.write(f"if {failed}: return {index}")


def conjuncts(program: Program, expr: ir.Expr) -> Iterator[ir.Expr]:
    """The conjuncts of a predicate, through parameterless definitions."""
    if isinstance(expr, ir.Junction) and expr.is_and:
        for item in expr.items:
            yield from conjuncts(program, item)
        return
    if isinstance(expr, ir.Call) and not expr.args:
        target = program.resolve(expr.target)
        if isinstance(target, ir.Definition) and not target.is_recursive and not program.analysis.is_let_bound(target):
            yield from conjuncts(program, target.body)
            return
    yield expr


def _key(program: Program, conjunct: ir.Expr, *, action: bool) -> str | None:
    """Python text of what the value of a conjunct depends on; None where it is not worth remembering."""
    if program.coverage is not None and program.coverage.everything:
        return None  # each evaluation counts
    facts = program.analysis.facts(conjunct)
    reads = sorted(facts.reads)
    if facts.impure or not reads or len(reads) > MAX_KEY or facts.size < MIN_SIZE:
        return None
    identities = [f"id({state}[{index}])" for state in ("s", "t")[: 1 + action] for index in reads]
    return identities[0] if len(identities) == 1 else f"({', '.join(identities)})"
