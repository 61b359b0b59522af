"""How each row of the operator table is emitted: a test, an inline value, or a call of a runtime function."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from ...model.semantics import ir
from ...model.semantics.operators import Operator
from . import membership
from .bindings import Context, Py
from .coverage import branch
from .expressions import Emitter
from .library import NATIVES, Native, check_assert, fails

Key = tuple[str | None, str]
Args = Sequence[ir.Argument]


def builtin_value(emitter: Emitter, operator: Operator, args: Args, context: Context) -> Py:
    """The value of an operator of the table."""
    key = (operator.module, operator.name)
    replacement = emitter.program.replacement(operator, emitter.writer.span)
    if replacement is not None:
        if isinstance(replacement, ir.Definition):
            span = emitter.writer.span
            assert span is not None
            return emitter.value(ir.Call(span, replacement, tuple(args)), context)
        return emitter.program.embed(replacement)
    if key in TESTS:
        return emitter.boolean(TESTS[key](emitter, args, context))
    if key in VALUES:
        return VALUES[key](emitter, args, context)
    if key in NATIVES:
        return native_call(emitter, NATIVES[key], args, _arities(operator), context)
    if key in CALLS:
        name, kind = CALLS[key]
        return Py(f"{name}({', '.join(_passed(emitter, args, _arities(operator), context))})", kind)
    assert is_refused(*key), f"no engine code for {operator}"
    span = emitter.writer.span
    return emitter.program.refusal(span, f"`{operator.name}` of module {operator.module} is not supported", None)


def builtin_test(emitter: Emitter, operator: Operator, args: Args, context: Context) -> str:
    """The truth of an operator of the table."""
    key = (operator.module, operator.name)
    if key in TESTS and emitter.program.replacement(operator, emitter.writer.span) is None:
        return TESTS[key](emitter, args, context)
    return emitter.truth(builtin_value(emitter, operator, args, context))


def native_call(emitter: Emitter, native: Native, args: Args, arities: Sequence[int], context: Context) -> Py:
    """A call of a function of the library; `arities` are those of its parameters, 0 for a value."""
    texts = _passed(emitter, args, arities, context)
    return Py(f"{native_function(emitter, native)}({', '.join(texts)})", native.kind)


def call_of_native(emitter: Emitter, definition: ir.Definition, native: Native, args: Args, context: Context) -> Py:
    """A call of the native function of a definition.

    It gets all arguments evaluated. Where TLC has the definition, one that fails may not be needed: then it is the
    definition that is asked.
    """
    arities = [param.arity for param in definition.params]
    if native.in_tlc or not any(
        isinstance(arg, ir.Expr)
        and not emitter.analysis.is_strict_in_parameter(definition, index)
        and not emitter.is_safe(arg, context)
        for index, arg in enumerate(args)
    ):
        return native_call(emitter, native, args, arities, context)
    values, whole = emitter.fresh("args"), emitter.fresh("whole")
    with emitter.writer.function(values, ""):
        emitter.writer.write(f"return ({', '.join(_passed(emitter, args, arities, context))},)")
    with emitter.writer.function(whole, ""):
        emitter.writer.write(f"return {emitter.call_definition(definition, args, context).text}")
    return Py(f"where_needed({native_function(emitter, native)}, {values}, {whole})", native.kind)


def native_function(emitter: Emitter, native: Native) -> str:
    """Python text of a function of the library."""
    function = native.function
    return function if isinstance(function, str) else emitter.program.name_of(function)


def _arities(operator: Operator) -> list[int]:
    arities = dict(operator.operator_params)
    return [arities.get(index, 0) for index in range(operator.arity)]


def _passed(emitter: Emitter, args: Args, arities: Sequence[int], context: Context) -> list[str]:
    """Arguments as Python values, operators as callables."""
    return [
        emitter.callable(emitter.argument(arg, context), arity, primed=context.primed)
        if arity
        else _value(emitter, arg, context).text
        for arg, arity in zip(args, arities, strict=True)
    ]


def _value(emitter: Emitter, arg: ir.Argument, context: Context) -> Py:
    assert not isinstance(arg, (ir.Lambda, ir.OperatorRef))
    return emitter.value(arg, context)


def _test(emitter: Emitter, arg: ir.Argument, context: Context) -> str:
    assert not isinstance(arg, (ir.Lambda, ir.OperatorRef))
    return emitter.test(arg, context)


# --- tests -----------------------------------------------------------------------------------------------------------


def _not(emitter: Emitter, args: Args, context: Context) -> str:
    return f"(not {_test(emitter, args[0], context)})"


def _implies(emitter: Emitter, args: Args, context: Context) -> str:
    antecedent, consequent = args
    assert not isinstance(antecedent, (ir.Lambda, ir.OperatorRef))
    assert not isinstance(consequent, (ir.Lambda, ir.OperatorRef))

    def where_it_holds() -> str:
        coverage = emitter.program.coverage
        point = None if coverage is None else coverage.antecedent(antecedent)
        emitter.record(point, holds=True)
        return branch(emitter, consequent, context)

    return emitter.chain([lambda: f"(not {branch(emitter, antecedent, context)})", where_it_holds], is_and=False)


def _equivalent(emitter: Emitter, args: Args, context: Context) -> str:
    left = _test(emitter, args[0], context)
    return f"(bool({left}) is bool({_test(emitter, args[1], context)}))"


_CLASSES: Final = {"int": "int", "str": "str", "bool": "Bool"}


def equality(emitter: Emitter, left: Py, right: Py) -> str:
    """`left = right`. Where Python finds a difference, kinds that TLC does not compare are an error."""
    if emitter.checked:
        return f"equal({left.text}, {right.text})"
    if left.kind in _CLASSES and left.kind == right.kind:
        return f"({left.text} == {right.text})"
    left_text, left_name = emitter.inline(left)
    right_text, right_name = emitter.inline(right)
    for kind, other in ((left.kind, right_name), (right.kind, left_name)):
        if kind in _CLASSES:
            checked = f"({other}.__class__ is not {_CLASSES[kind]} and differ({left_name}, {right_name}))"
            return f"({left_text} == {right_text} or {checked})"
    doubtful = f"{left_name}.__class__ is not {right_name}.__class__ or {left_name}.__class__ not in ATOMIC"
    return f"({left_text} == {right_text} or (({doubtful}) and differ({left_name}, {right_name})))"


def _equal(emitter: Emitter, args: Args, context: Context) -> str:
    left = _value(emitter, args[0], context)
    return equality(emitter, left, _value(emitter, args[1], context))


def _unequal(emitter: Emitter, args: Args, context: Context) -> str:
    return f"(not {_equal(emitter, args, context)})"


def _in(emitter: Emitter, args: Args, context: Context) -> str:
    item = _value(emitter, args[0], context)
    assert not isinstance(args[1], (ir.Lambda, ir.OperatorRef))
    return membership.member_test(emitter, item, args[1], context)


def _not_in(emitter: Emitter, args: Args, context: Context) -> str:
    return f"(not {_in(emitter, args, context)})"


def _subset(emitter: Emitter, args: Args, context: Context) -> str:
    left = _value(emitter, args[0], context)
    return f"is_subset({left.text}, {_compared_with(emitter, args[1], context)})"


def _compared_with(emitter: Emitter, node: ir.Argument, context: Context) -> str:
    """The right side of an operator that only tests elements of its left side for being in the right one."""
    if isinstance(node, ir.Builtin) and node.operator.name == "UNION":
        return f"united({_value(emitter, node.args[0], context).text})"
    return _value(emitter, node, context).text


def _ordering(symbol: str, function: str, *, swapped: bool = False) -> Callable[[Emitter, Args, Context], str]:
    def emit(emitter: Emitter, args: Args, context: Context) -> str:
        left, right = _value(emitter, args[0], context), _value(emitter, args[1], context)
        if not emitter.checked and "int" in (left.kind, right.kind):
            # One integer suffices: Python refuses to order it with anything else.
            return f"({left.text} {symbol} {right.text})"
        if not emitter.checked:
            are_integers, x, y = _both_integers(emitter, left, right)
            slow = f"{function}({y}, {x})" if swapped else f"{function}({x}, {y})"
            return f"({x} {symbol} {y} if {are_integers} else {slow})"
        if swapped:
            left, right = right, left
        return f"{function}({left.text}, {right.text})"

    return emit


def _both_integers(emitter: Emitter, left: Py, right: Py) -> tuple[str, str, str]:
    """(a test that two operands are integers, the names they then have)."""
    left_text, x = emitter.inline(left)
    right_text, y = emitter.inline(right)
    return f"{left_text}.__class__ is {right_text}.__class__ is int", x, y


TESTS: Final[dict[Key, Callable[[Emitter, Args, Context], str]]] = {
    (None, r"\lnot"): _not,
    (None, "=>"): _implies,
    (None, r"\equiv"): _equivalent,
    (None, "="): _equal,
    (None, "#"): _unequal,
    (None, r"\in"): _in,
    (None, r"\notin"): _not_in,
    (None, r"\subseteq"): _subset,
    ("Naturals", "<"): _ordering("<", "less"),
    ("Naturals", ">"): _ordering(">", "less", swapped=True),
    ("Naturals", r"\leq"): _ordering("<=", "less_or_equal"),
    ("Naturals", r"\geq"): _ordering(">=", "less_or_equal", swapped=True),
}

# --- values ----------------------------------------------------------------------------------------------------------


def _arithmetic(symbol: str, function: str) -> Callable[[Emitter, Args, Context], Py]:
    def emit(emitter: Emitter, args: Args, context: Context) -> Py:
        left, right = _value(emitter, args[0], context), _value(emitter, args[1], context)
        if not emitter.checked and (left.kind == right.kind == "int" or (symbol != "*" and _one_int(left, right))):
            return Py(f"({left.text} {symbol} {right.text})", "int")
        if not emitter.checked:
            are_integers, x, y = _both_integers(emitter, left, right)
            return Py(f"({x} {symbol} {y} if {are_integers} else {function}({x}, {y}))", "int")
        return Py(f"{function}({left.text}, {right.text})", "int")

    return emit


def _one_int(left: Py, right: Py) -> bool:
    """One integer suffices for + and -: Python refuses to add it to, or subtract it from, anything else."""
    return "int" in (left.kind, right.kind)


def _union(emitter: Emitter, args: Args, context: Context) -> Py:
    left, right = _value(emitter, args[0], context), _value(emitter, args[1], context)
    if emitter.checked:
        return Py(f"union({left.text}, {right.text})", "set" if right.kind == "set" else None)
    left_text, a = emitter.inline(left)
    right_text, b = emitter.inline(right)
    are_sets = f"{left_text}.__class__ is {right_text}.__class__ is frozenset"
    return Py(f"({a} | {b} if {are_sets} else union({a}, {b}))", "set" if right.kind == "set" else None)


def _tested(function: str) -> Callable[[Emitter, Args, Context], Py]:
    def emit(emitter: Emitter, args: Args, context: Context) -> Py:
        left = _value(emitter, args[0], context)
        return Py(f"{function}({left.text}, {_compared_with(emitter, args[1], context)})", "set")

    return emit


def _constant(text: str, kind: str | None = "set") -> Callable[[Emitter, Args, Context], Py]:
    return lambda _emitter, _args, _context: Py(text, kind, True)


def _assert(emitter: Emitter, args: Args, context: Context) -> Py:
    """The message is evaluated only where the assertion fails."""
    condition = emitter.keep(_value(emitter, args[0], context))
    check = emitter.program.name_of(check_assert)

    def failed() -> Py:
        return Py(f"{check}({condition.text}, {_value(emitter, args[1], context).text})", "bool")

    return emitter.select(f"{condition.text} is TRUE", lambda: Py("TRUE", "bool", True), failed)


def _length(emitter: Emitter, args: Args, context: Context) -> Py:
    value = _value(emitter, args[0], context)
    if emitter.checked:
        return Py(f"length({value.text})", "int")
    text, name = emitter.inline(value)
    return Py(f"(len({name}) - 1 if {text}.__class__ is tuple and {name}[0].is_sequence else length({name}))", "int")


def _assert_error(emitter: Emitter, args: Args, context: Context) -> Py:
    """The expression is evaluated within the function that looks whether it fails."""
    expression = args[1]
    assert not isinstance(expression, (ir.Lambda, ir.OperatorRef))
    return Py(f"{emitter.program.name_of(fails)}({emitter.thunk(expression, context)}.compute)", "bool")


def _tlc_get(emitter: Emitter, args: Args, context: Context) -> Py:
    return Py(f"registers.{'get_primed' if context.primed else 'get'}({_value(emitter, args[0], context).text})")


VALUES: Final[dict[Key, Callable[[Emitter, Args, Context], Py]]] = {
    (None, "BOOLEAN"): _constant("BOOLEANS"),
    (None, "STRING"): _constant("STRING"),
    (None, r"\cup"): _union,
    (None, r"\cap"): _tested("intersection"),
    (None, "\\"): _tested("difference"),
    ("Naturals", "Nat"): _constant("NAT"),
    ("Naturals", "+"): _arithmetic("+", "add"),
    ("Naturals", "-"): _arithmetic("-", "subtract"),
    ("Naturals", "*"): _arithmetic("*", "multiply"),
    ("Integers", "Int"): _constant("INT"),
    ("Sequences", "Len"): _length,
    ("TLC", "Any"): _constant("ANY"),
    ("TLC", "Assert"): _assert,
    ("TLC", "TLCGet"): _tlc_get,
    ("TLCExt", "AssertError"): _assert_error,
}

CALLS: Final[dict[Key, tuple[str, str | None]]] = {
    (None, "SUBSET"): ("Subset", "set"),
    (None, "UNION"): ("union_of", "set"),
    (None, "DOMAIN"): ("domain_set", "set"),
    (None, "FunctionSet"): ("FunctionSet", "set"),
    ("Naturals", "^"): ("power", "int"),
    ("Naturals", "%"): ("modulo", "int"),
    ("Naturals", r"\div"): ("divide", "int"),
    ("Naturals", ".."): ("interval", "set"),
    ("Integers", "-."): ("negate", "int"),
    ("Sequences", "Seq"): ("Sequences", "set"),
    ("Sequences", "Head"): ("head", None),
    ("Sequences", "Tail"): ("tail", "seq"),
    ("Sequences", r"\o"): ("concatenate", "seq"),
    ("Sequences", "Append"): ("append", "seq"),
    ("Sequences", "SubSeq"): ("subsequence", "seq"),
    ("Sequences", "SelectSeq"): ("select", "seq"),
    ("FiniteSets", "Cardinality"): ("cardinality", "int"),
}
"""Row → (name of the runtime function, kind of its value)."""

REFUSED_MODULES: Final = frozenset({"Reals", "RealTime", "TLAPS"})
REFUSED: Final = frozenset({("TLCExt", "PickSuccessor"), ("TLCExt", "TLCEvalDefinition")})
"""What asks the user, and what means a definition that is only known by a string."""


def is_refused(module: str | None, name: str) -> bool:
    """Whether this engine refuses a row, which it then names in its error."""
    return module in REFUSED_MODULES or (module, name) in REFUSED
