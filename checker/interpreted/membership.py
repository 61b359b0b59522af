"""`x \\in S` as a test and `S` as the domain of a loop: neither makes a set that it can do without."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from ...model.semantics import ir
from ...model.values import sets
from ...model.values.core import Value, domain_of, sequence_domain
from ...model.values.order import ordered
from .bindings import Context, Py
from .expressions import Emitter
from .runtime import EVALUATION_FAILURES

PREPARED_LOOP = 100_000
"""Elements up to which a constant set is put in order once, before the search."""


def loop_domain(emitter: Emitter, node: ir.Expr, context: Context) -> str:
    """Python text of an iterable of the elements of `node`, in TLC's order."""
    text = _loop_domain(emitter, node, context)
    if not emitter.checked or text.isidentifier():
        return text
    name = emitter.fresh("s")
    with emitter.at(node):
        emitter.writer.write(f"{name} = {text}")
    return f"({name})"  # what it names may be run through once only, and is no identifier for that


def _loop_domain(emitter: Emitter, node: ir.Expr, context: Context) -> str:
    constant = emitter.program.constant_value(node)
    if constant is not None:
        with suppress(*EVALUATION_FAILURES):  # elements that do not compare are an error where the loop is reached
            if sets.is_set(constant) and sets.is_finite(constant) and sets.cardinality(constant) <= PREPARED_LOOP:
                return emitter.program.name_of(ordered(constant))
        return f"iterate({emitter.program.embed(constant).text})"
    if isinstance(node, ir.Builtin) and node.operator.name == ".." and node.operator.module == "Naturals":
        low, high = (emitter.value(arg, context) for arg in node.args)  # type: ignore[arg-type]
        if low.kind == high.kind == "int" and not emitter.checked:
            return f"range({low.text}, {high.text} + 1)"
        return f"integer_range({low.text}, {high.text})"
    return f"iterate({emitter.value(node, context).text})"


def domain_name(emitter: Emitter, elements: Value) -> str | None:
    """The global name of the domain of these elements; None where they make none: an error where it is reached."""
    try:
        return emitter.program.name_of(domain_of(emitter.program.expanded_set(elements)))
    except EVALUATION_FAILURES:
        return None


def member_test(emitter: Emitter, item: Py, node: ir.Expr, context: Context) -> str:
    """Python text of the truth of `item \\in node`."""
    constant = emitter.program.constant_value(node)
    if constant is not None:
        return _in_constant(emitter, item, constant)
    structural = _structural(emitter, item, node, context)
    if structural is not None:
        return structural
    values = emitter.value(node, context)
    if emitter.checked:
        return f"is_member({item.text}, {values.text})"
    item = emitter.keep(item)
    text, name = emitter.inline(values)
    found = f"({item.text} in {name} or not_member({item.text}, {name}))"
    return f"({found} if {text}.__class__ is frozenset else is_member({item.text}, {name}))"


def _structural(emitter: Emitter, item: Py, node: ir.Expr, context: Context) -> str | None:
    """Tests of set operators taken apart; None where the set has to be evaluated."""
    if isinstance(node, ir.Call):
        inlined = emitter.inlined(node, context)
        if inlined is not None and not emitter.analysis.facts(inlined[0]).primed:
            return _structural(emitter, item, *inlined)
        return None
    if isinstance(node, ir.SetFilter):
        is_by_rule = emitter.is_by_rule(node.bound.set, context)  # or else TLC tests all elements
        return _in_filter(emitter, item, node, context) if is_by_rule else None
    if not isinstance(node, ir.Builtin):
        return None
    item = emitter.keep(item)
    left, right = (node.args[0], node.args[-1]) if node.args else (None, None)
    match node.operator.name:
        case "\\cup":
            if not all(emitter.is_certain_set(side, context) for side in node.args):  # type: ignore[arg-type]
                return None  # TLC evaluates both
            if emitter.is_by_rule(left, context) and not emitter.is_by_rule(right, context):  # type: ignore[arg-type]
                left, right = right, left  # TLC looks first into the one that is written out
            return emitter.chain(
                [lambda: member_test(emitter, item, left, context), lambda: member_test(emitter, item, right, context)],  # type: ignore[arg-type]
                is_and=False,
            )
        case "SUBSET":
            base = emitter.value(left, context)  # type: ignore[arg-type]
            return f"Subset({base.text}).contains({item.text})"
        case ".." if node.operator.module == "Naturals":
            low, high = emitter.value(left, context), emitter.value(right, context)  # type: ignore[arg-type]
            if emitter.checked:
                return f"is_member({item.text}, interval({low.text}, {high.text}))"
            return f"Interval({low.text}, {high.text}).contains({item.text})"
        case _:
            return None


def _in_filter(emitter: Emitter, item: Py, node: ir.SetFilter, context: Context) -> str:
    from .bindings import Atom

    item = emitter.keep(item)
    if node.bound.is_tuple or len(node.bound.locals) != 1:
        return f"is_member({item.text}, {emitter.value(node, context).text})"
    inner = context.bind({node.bound.locals[0]: Atom(item)})
    return emitter.chain(
        [
            lambda: member_test(emitter, item, node.bound.set, context),
            lambda: emitter.test(node.predicate, inner),
        ],
        is_and=True,
    )


def _in_constant(emitter: Emitter, item: Py, values: Value) -> str:
    """Membership in a set known now: the shape of the test follows the shape of the set."""
    name = emitter.program.embed(values).text
    if emitter.checked or not sets.is_set(values):
        return f"is_member({item.text}, {name})"
    item = emitter.keep(item)
    x = item.text
    if type(values) is frozenset:
        return f"({x} in {name} or not_member({x}, {name}))"
    quick = _quick(emitter, x, values)
    return f"{name}.contains({x})" if quick is None else f"({quick} or {name}.contains({x}))"


def _quick(emitter: Emitter, x: str, values: Value) -> str | None:
    """A test that, where true, proves membership; where false, the set itself is asked."""
    if type(values) is frozenset:
        return f"{x} in {emitter.program.embed(values).text}"
    if values is sets.NAT:
        return f"({x}.__class__ is int and {x} >= 0)"
    if values is sets.INT:
        return f"{x}.__class__ is int"
    if values is sets.STRING:
        return f"{x}.__class__ is str"
    match values:
        case sets.Interval():
            low, high = (emitter.program.embed(bound).text for bound in (values.low, values.high))
            return f"({x}.__class__ is int and {low} <= {x} <= {high})"
        case sets.Subset() if type(values.base) is frozenset:
            return f"({x}.__class__ is frozenset and {x} <= {emitter.program.embed(values.base).text})"
        case sets.RecordSet():
            return _quick_tuple(emitter, x, emitter.program.name_of(values.domain), values.sets)
        case sets.Product():
            domain = emitter.program.name_of(sequence_domain(len(values.sets)))
            return _quick_tuple(emitter, x, domain, values.sets)
        case sets.FunctionSet() if type(values.domain) is frozenset:
            domain = domain_name(emitter, values.domain)
            if domain is None:
                return None
            return _quick_all(emitter, x, f"{x}.__class__ is tuple and {x}[0] is {domain}", values.range)
        case sets.Sequences():
            return _quick_all(emitter, x, f"{x}.__class__ is tuple and {x}[0].is_sequence", values.base)
        case _:
            return None


def _quick_tuple(emitter: Emitter, x: str, domain: str, parts: tuple[Value, ...]) -> str | None:
    def part(position: int, values: Value) -> Callable[[], str]:
        return lambda: (
            _quick(emitter, f"{x}[{position}]", values)
            or f"{emitter.program.embed(values).text}.contains({x}[{position}])"
        )

    head: list[Callable[[], str]] = [lambda: f"{x}.__class__ is tuple and {x}[0] is {domain}"]
    return emitter.chain([*head, *(part(i, values) for i, values in enumerate(parts, 1))], is_and=True)


def _quick_all(emitter: Emitter, x: str, shape: str, values: Value) -> str | None:
    """Every item of the function `x` is in `values`."""
    result, item = emitter.fresh("q"), emitter.fresh("e")
    writer = emitter.writer
    writer.write(f"{result} = {shape}")
    with writer.block(f"if {result}:"), writer.block(f"for {item} in {x}[1:]:"):
        test = _quick(emitter, item, values)
        with writer.block(f"if not ({test or f'{emitter.program.embed(values).text}.contains({item})'}):"):
            writer.write(f"{result} = False")
            writer.write("break")
    return result
