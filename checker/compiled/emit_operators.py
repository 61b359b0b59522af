"""How each row of the operator table is emitted: a test, a value, or a call of a function of the runtime."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from ...model.semantics import ir
from ...model.semantics.operators import Operator
from ..interpreted.bindings import Context
from ..interpreted.builtins import is_refused
from .cpp import Cpp, equality
from .emit_foreign import foreign_value, is_foreign
from .emit_functions import sought
from .emit_masks import cardinality, constructed_member, inclusion, set_operation
from .emit_packed import SET_OPERATORS, equality_of_codes, known_value
from .emit_sets import member_test, superset
from .emitter import Emitter, emits_test, emits_value
from .natives import NATIVES, Key, Native

Args = Sequence[ir.Argument]


@emits_value(ir.Builtin)
def builtin(emitter: Emitter, node: ir.Builtin, context: Context) -> Cpp:
    if node.operator.module is None and node.operator.name in SET_OPERATORS and emitter.unit.is_original(node):
        of_masks = set_operation(emitter, node, context)
        if of_masks is not None:
            return of_masks
    return operator_value(emitter, node.operator, node.args, context)


@emits_test(ir.Builtin)
def builtin_test(emitter: Emitter, node: ir.Builtin, context: Context) -> str:
    key = (node.operator.module, node.operator.name)
    if key in TESTS and emitter.program.replacement(node.operator, emitter.span) is None:
        return TESTS[key](emitter, node.args, context)
    return emitter.truth(operator_value(emitter, node.operator, node.args, context))


def operator_value(emitter: Emitter, operator: Operator, args: Args, context: Context) -> Cpp:
    """The value of an operator of the table."""
    key = (operator.module, operator.name)
    replacement = emitter.program.replacement(operator, emitter.span)
    if replacement is not None:
        if isinstance(replacement, ir.Definition):
            assert emitter.span is not None
            return emitter.value(ir.Call(emitter.span, replacement, tuple(args)), context)
        return emitter.unit.embed(replacement)
    if key in TESTS:
        return Cpp(TESTS[key](emitter, args, context), "bool")
    if key in VALUES:
        return VALUES[key](emitter, args, context)
    if key in NATIVES:
        arities = dict(operator.operator_params)
        return native_call(emitter, NATIVES[key], args, [arities.get(i, 0) for i in range(operator.arity)], context)
    if is_foreign(operator):
        return foreign_value(emitter, operator, args, context)
    assert is_refused(*key), f"no C++ for {operator}"
    return Cpp("(unsupported(), UNSET)")


def native_call(emitter: Emitter, native: Native, args: Args, arities: Sequence[int], context: Context) -> Cpp:
    """A call of a function of the runtime; `arities` are those of its parameters, 0 for a value."""
    if native.function == "cardinality":
        counted = cardinality(emitter, args[0], context)
        if counted is not None:
            return counted
    texts = [
        emitter.callable(emitter.argument(arg, context), arity, primed=context.primed)
        if arity
        else emitter.value(arg, context).boxed
        for arg, arity in zip(args, arities, strict=True)
    ]
    return Cpp(f"{native.function}({', '.join(texts)})", native.kind)


# --- tests -----------------------------------------------------------------------------------------------------------


def _not(emitter: Emitter, args: Args, context: Context) -> str:
    return f"!({emitter.test(args[0], context)})"


def _implies(emitter: Emitter, args: Args, context: Context) -> str:
    antecedent, consequent = args
    assert not isinstance(antecedent, (ir.Lambda, ir.OperatorRef))
    assert not isinstance(consequent, (ir.Lambda, ir.OperatorRef))

    def where_it_holds() -> str:
        coverage = emitter.unit.coverage
        if coverage is not None:
            emitter.record(coverage.antecedent(antecedent), holds=True)
        return emitter.branch(consequent, context)

    return emitter.chain([lambda: f"!({emitter.branch(antecedent, context)})", where_it_holds], is_and=False)


def _equivalent(emitter: Emitter, args: Args, context: Context) -> str:
    left = emitter.test(args[0], context)
    return f"(({left}) == ({emitter.test(args[1], context)}))"


def _equal(emitter: Emitter, args: Args, context: Context) -> str:
    of_codes = equality_of_codes(emitter, (args[0], args[1]), context)
    if of_codes is not None:
        return of_codes
    left = emitter.value(args[0], context)
    return equality(left, emitter.value(args[1], context))


def _unequal(emitter: Emitter, args: Args, context: Context) -> str:
    return f"!{_equal(emitter, args, context)}"


def _in(emitter: Emitter, args: Args, context: Context) -> str:
    assert not isinstance(args[1], (ir.Lambda, ir.OperatorRef))
    of_mask = constructed_member(emitter, args[0], args[1], context)
    if of_mask is not None:
        return of_mask
    item = sought(emitter, args[0], context)
    return member_test(emitter, item, args[1], context, known_value(emitter, args[0], context))


def _not_in(emitter: Emitter, args: Args, context: Context) -> str:
    return f"!({_in(emitter, args, context)})"


def _subset(emitter: Emitter, args: Args, context: Context) -> str:
    of_masks = inclusion(emitter, args[0], args[1], context)
    if of_masks is not None:
        return of_masks
    left = emitter.value(args[0], context)
    assert not isinstance(args[1], (ir.Lambda, ir.OperatorRef))
    return f"is_subset({left.boxed}, {superset(emitter, args[1], context)})"


def _ordering(symbol: str) -> Callable[[Emitter, Args, Context], str]:
    def emit(emitter: Emitter, args: Args, context: Context) -> str:
        return f"({emitter.number(args[0], context)} {symbol} {emitter.number(args[1], context)})"

    return emit


TESTS: Final[dict[Key, Callable[[Emitter, Args, Context], str]]] = {
    (None, r"\lnot"): _not,
    (None, "=>"): _implies,
    (None, r"\equiv"): _equivalent,
    (None, "="): _equal,
    (None, "#"): _unequal,
    (None, r"\in"): _in,
    (None, r"\notin"): _not_in,
    (None, r"\subseteq"): _subset,
    ("Naturals", "<"): _ordering("<"),
    ("Naturals", ">"): _ordering(">"),
    ("Naturals", r"\leq"): _ordering("<="),
    ("Naturals", r"\geq"): _ordering(">="),
}

# --- values ----------------------------------------------------------------------------------------------------------


def _arithmetic(function: str) -> Callable[[Emitter, Args, Context], Cpp]:
    def emit(emitter: Emitter, args: Args, context: Context) -> Cpp:
        numbers = [emitter.number(arg, context) for arg in args]
        return Cpp(f"{function}({', '.join(numbers)})", "int")

    return emit


def _interval(emitter: Emitter, args: Args, context: Context) -> Cpp:
    return Cpp(f"interval({emitter.number(args[0], context)}, {emitter.number(args[1], context)})", "set")


def _tested(function: str) -> Callable[[Emitter, Args, Context], Cpp]:
    """An operator that looks at its right side only to test elements of its left."""

    def emit(emitter: Emitter, args: Args, context: Context) -> Cpp:
        left, right = args
        assert not isinstance(left, (ir.Lambda, ir.OperatorRef)) and not isinstance(right, (ir.Lambda, ir.OperatorRef))
        left_text = emitter.value(left, context).boxed
        return Cpp(f"{function}({left_text}, {superset(emitter, right, context)})", "set")

    return emit


def _constant(text: str) -> Callable[[Emitter, Args, Context], Cpp]:
    return lambda _emitter, _args, _context: Cpp(text, "set")


def _assert(emitter: Emitter, args: Args, context: Context) -> Cpp:
    """The message is not evaluated: where the assertion fails the interpreter says so."""
    condition = emitter.value(args[0], context)
    return Cpp(f"require({condition.boxed})", "bool")


def _assert_error(emitter: Emitter, args: Args, context: Context) -> Cpp:
    """The expression is evaluated within what looks whether it fails."""
    expression = args[1]
    assert not isinstance(expression, (ir.Lambda, ir.OperatorRef))
    return Cpp(f"fails({emitter.thunk(expression, context)})", "bool")


VALUES: Final[dict[Key, Callable[[Emitter, Args, Context], Cpp]]] = {
    (None, "BOOLEAN"): _constant("booleans()"),
    (None, r"\cap"): _tested("set_intersection"),
    (None, "\\"): _tested("set_difference"),
    (None, "STRING"): _constant("infinite(STRINGS)"),
    ("Naturals", "Nat"): _constant("infinite(NAT)"),
    ("Integers", "Int"): _constant("infinite(INTEGERS)"),
    ("TLC", "Any"): _constant("infinite(ANYTHING)"),
    ("Naturals", "+"): _arithmetic("add"),
    ("Naturals", "-"): _arithmetic("subtract"),
    ("Naturals", "*"): _arithmetic("multiply"),
    ("Naturals", "^"): _arithmetic("power"),
    ("Naturals", "%"): _arithmetic("modulo"),
    ("Naturals", r"\div"): _arithmetic("divide"),
    ("Integers", "-."): _arithmetic("negate"),
    ("Naturals", ".."): _interval,
    ("TLC", "Assert"): _assert,
    ("TLCExt", "AssertError"): _assert_error,
}
