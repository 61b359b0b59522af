"""The types of what the rows of the operator table give: one rule for each, or a reason why there is none."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Final

from ..semantics import ir
from ..values.core import BOOLEANS, Value, model_value
from . import functions
from .arithmetic import ARITHMETIC, integers, negate
from .environment import Binding, Closure, Env
from .guards import TESTS
from .interpreter import Interpreter, truth_of, values
from .membership import exact_value, universe
from .order import meet, without
from .types import (
    BOOL,
    EMPTY_FUNCTION,
    EXACT_LIMIT,
    INT,
    IS_TRUE,
    NAT,
    NEVER,
    POSITIVE,
    STR,
    AnyType,
    IntType,
    ModelType,
    SetType,
    Type,
    map_of,
    parts_of,
    seq_of,
    set_of,
)
from .unions import elements_of, exact_set, function_over, join, join_all, type_of

Args = Sequence[ir.Argument]
Rule = Callable[[Interpreter, ir.Builtin, Env], Type]
Key = tuple[str | None, str]
UNIVERSE_LIMIT: Final = 1 << 12
"""Elements up to which the number of elements of a set is bounded by how many there are of their type."""


@values(ir.Builtin)
def row(interpreter: Interpreter, node: ir.Builtin, env: Env) -> Type:
    replacement = interpreter.replacement(node.operator, node.span)
    if isinstance(replacement, ir.Definition):
        return interpreter.call(replacement, [interpreter.argument(arg, env) for arg in node.args], node, env)
    if replacement is not None:
        return interpreter.constant(replacement, node.span)
    key = (node.operator.module, node.operator.name)
    if key in TESTS:
        return truth_of(*interpreter.guard(node, env))
    rule = RULES.get(key)
    if rule is not None:
        return rule(interpreter, node, env)
    name = node.operator.name
    return interpreter.unknown(f"what {name} of module {node.operator.module} gives is not known", node)


def _types(rule: Callable[..., Type]) -> Rule:
    """A rule over the types of the arguments."""

    def apply(interpreter: Interpreter, node: ir.Builtin, env: Env) -> Type:
        return rule(*[interpreter.value(arg, env) for arg in node.args])  # type: ignore[arg-type]

    return apply


def _constant(t: Type) -> Rule:
    def apply(interpreter: Interpreter, node: ir.Builtin, env: Env) -> Type:
        for arg in node.args:
            if not isinstance(arg, ir.Lambda | ir.OperatorRef):
                interpreter.value(arg, env)
        return t

    return apply


def _tagged(rule: Callable[..., Type]) -> Rule:
    """A rule over the types of the arguments that makes functions, whose tags the analysis knows."""
    return lambda interpreter, node, env: rule(
        *[interpreter.value(arg, env) for arg in node.args],  # type: ignore[arg-type]
        interpreter.tags,
    )


def _applied(interpreter: Interpreter, operator: ir.Argument, args: Sequence[Type], node: ir.Builtin, env: Env) -> Type:
    """An operator argument applied to values of these types."""
    closure = interpreter.argument(operator, env)
    assert isinstance(closure, Closure)
    bindings: list[Binding] = [*args]
    return interpreter.apply(closure, bindings, node, env)


# --- sets ------------------------------------------------------------------------------------------------------------


def _exact(t: Type) -> frozenset[Value] | None:
    return t.exact if type(t) is SetType else None


def _sets(t: Type) -> list[Type]:
    """The parts of `t` that may be sets."""
    return [part for part in parts_of(t) if type(part) in (SetType, AnyType)]


def union(a: Type, b: Type, tags: object) -> Type:
    """`a \\cup b`: the right side itself, whatever it is, where the left one is empty."""
    left, right = _exact(a), _exact(b)
    if left is not None and right is not None:
        return exact_set(left | right, tags)  # type: ignore[arg-type]
    if not _sets(a) or b is NEVER:
        return NEVER
    if left is not None and not left:
        return b
    if right is not None and not right:
        return join_all(_sets(a))
    others = [part for part in parts_of(b) if part not in _sets(b)]
    return join_all([set_of(join(elements_of(a), elements_of(b))), *others])


def intersection(a: Type, b: Type, tags: object) -> Type:
    """`a \\cap b`. Of the right side nothing is asked where the left one is empty."""
    left, right = _exact(a), _exact(b)
    if left is not None and right is not None:
        return exact_set(left & right, tags)  # type: ignore[arg-type]
    return set_of(meet(elements_of(a), elements_of(b))) if _sets(a) and b is not NEVER else NEVER


def difference(a: Type, b: Type, tags: object) -> Type:
    """`a \\ b`."""
    left, right = _exact(a), _exact(b)
    if left is not None and right is not None:
        return exact_set(left - right, tags)  # type: ignore[arg-type]
    if not _sets(a) or b is NEVER:
        return NEVER
    element = elements_of(a)
    return set_of(element if right is None else without(element, right))


def powerset(t: Type) -> Type:
    """`SUBSET t`. It is not expanded, so that `t` need not be a set until it is."""
    if t is NEVER:
        return NEVER
    exact = _exact(t)
    if exact is not None and 2 ** len(exact) <= EXACT_LIMIT:
        chosen = (itertools.combinations(exact, size) for size in range(len(exact) + 1))
        return exact_set(frozenset(map(frozenset, itertools.chain.from_iterable(chosen))))
    return set_of(join(set_of(elements_of(t)), exact_set(frozenset())))


def big_union(t: Type, tags: object) -> Type:
    """`UNION t`."""
    exact = _exact(t)
    if exact is not None and all(type(part) is frozenset for part in exact):
        return exact_set(frozenset().union(*exact), tags)  # type: ignore[arg-type]
    return set_of(elements_of(elements_of(t))) if _sets(t) else NEVER


def function_set(a: Type, b: Type, tags: object) -> Type:
    """`[a -> b]`. It is not expanded, so that these need not be sets until it is."""
    if NEVER in (a, b):
        return NEVER
    return set_of(function_over(a, elements_of(b), tags))  # type: ignore[arg-type]


def cardinality(t: Type) -> Type:
    """`Cardinality(t)`."""
    exact = _exact(t)
    if exact is not None:
        return IntType(len(exact), len(exact))
    every = universe(elements_of(t), UNIVERSE_LIMIT)
    return IntType(0, None if every is None else len(every)) if _sets(t) else NEVER


# --- sequences, bags, TLC ---------------------------------------------------------------------------------------------


def _select(interpreter: Interpreter, node: ir.Builtin, env: Env) -> Type:
    t = interpreter.value(node.args[0], env)  # type: ignore[arg-type]
    element = functions.elements_of_sequence(t)
    if element is not NEVER:
        _applied(interpreter, node.args[1], [element], node, env)
    return functions.selected(t, element)


def _sort(interpreter: Interpreter, node: ir.Builtin, env: Env) -> Type:
    t = interpreter.value(node.args[0], env)  # type: ignore[arg-type]
    element = functions.elements_of_sequence(t)
    if element is not NEVER:
        _applied(interpreter, node.args[1], [element, element], node, env)
    return functions.sorted_sequence(t)


def _bag_of_all(interpreter: Interpreter, node: ir.Builtin, env: Env) -> Type:
    t = interpreter.value(node.args[1], env)  # type: ignore[arg-type]
    element = functions.argument_type(t)
    if element is NEVER:
        return EMPTY_FUNCTION
    return map_of(_applied(interpreter, node.args[0], [element], node, env), INT)


def _set_to_bag(t: Type, tags: object) -> Type:
    return function_over(t, IntType(1, 1), tags)  # type: ignore[arg-type]


def _bag_sum(a: Type, b: Type) -> Type:
    keys = join(functions.argument_type(a), functions.argument_type(b))
    counts = [functions.range_of(a), functions.range_of(b)]
    return map_of(keys, POSITIVE) if NEVER not in counts else join(a, b)


def _bag_difference(a: Type, b: Type) -> Type:
    high = integers(functions.range_of(a))
    lowest = integers(functions.range_of(b))
    is_bag = lowest is not None and lowest.low is not None and lowest.low >= 0
    most = high.high if high is not None and is_bag else None
    return join(map_of(functions.argument_type(a), IntType(1, None if most is None else max(most, 1))), EMPTY_FUNCTION)


def _bag_union(t: Type) -> Type:
    return map_of(functions.argument_type(elements_of(t)), POSITIVE)


def _sub_bags(t: Type) -> Type:
    return set_of(map_of(functions.argument_type(t), POSITIVE))


def _copies(element: Type, bag: Type) -> Type:
    return join(IntType(0, 0), functions.range_of(bag))


def _print(_: Type, value: Type) -> Type:
    return value


def _same(value: Type) -> Type:
    return value


def _first(value: Type, _: Type) -> Type:
    return value


def _model_value(name: Type) -> Type:
    value = exact_value(name)
    return type_of(model_value(value)) if type(value) is str else ModelType(None)


def _random_subset(_: Type, t: Type) -> Type:
    return set_of(elements_of(t))


def _random_sets(_: Type, __: Type, t: Type) -> Type:
    return set_of(set_of(elements_of(t)))


def _permutations(t: Type) -> Type:
    return functions.permutations(t, elements_of(t))


def _to_string(t: Type) -> Type:
    return STR


def _anything(interpreter: Interpreter, node: ir.Builtin, env: Env) -> Type:
    return set_of(interpreter.unknown("an element of Any", node))


_TABLE: dict[str | None, dict[str, Rule]] = {
    None: {
        "BOOLEAN": _constant(exact_set(BOOLEANS)),
        "STRING": _constant(set_of(STR)),
        "SUBSET": _types(powerset),
        "UNION": _tagged(big_union),
        "DOMAIN": _types(functions.domain_set),
        r"\cup": _tagged(union),
        r"\cap": _tagged(intersection),
        "\\": _tagged(difference),
        "FunctionSet": _tagged(function_set),
    },
    "Naturals": {
        "Nat": _constant(set_of(NAT)),
        **{name: _types(rule) for name, rule in ARITHMETIC.items()},
    },
    "Integers": {"Int": _constant(set_of(INT)), "-.": _types(negate)},
    "Sequences": {
        "Seq": _types(lambda t: set_of(join(seq_of(elements_of(t)), EMPTY_FUNCTION))),
        "Len": _types(functions.length),
        "Head": _types(functions.head),
        "Tail": _types(functions.tail),
        r"\o": _types(functions.concatenate),
        "Append": _types(lambda t, element: functions.concatenate(_no_strings(t), functions.tuple_of([element]))),
        "SubSeq": _types(functions.subsequence),
        "SelectSeq": _select,
    },
    "FiniteSets": {"IsFiniteSet": _constant(BOOL), "Cardinality": _types(cardinality)},
    "Bags": {
        "EmptyBag": _constant(EMPTY_FUNCTION),
        "IsABag": _constant(BOOL),
        "BagToSet": _types(functions.domain_set),
        "SetToBag": _tagged(_set_to_bag),
        "BagUnion": _types(_bag_union),
        "SubBag": _types(_sub_bags),
        "BagCardinality": _constant(NAT),
        "BagIn": _constant(BOOL),
        "(+)": _types(_bag_sum),
        "(-)": _types(_bag_difference),
        r"\sqsubseteq": _constant(BOOL),
        "CopiesIn": _types(_copies),
        "BagOfAll": _bag_of_all,
    },
    "TLC": {
        "JavaTime": _constant(INT),
        "Any": _anything,
        "PrintT": _constant(IS_TRUE),
        "Permutations": _types(_permutations),
        "RandomElement": _types(elements_of),
        "ToString": _types(_to_string),
        "TLCEval": _types(_same),
        "Print": _types(_print),
        "TLCSet": _constant(IS_TRUE),
        ":>": _tagged(functions.single),
        "@@": _tagged(functions.merge),
        "SortSeq": _sort,
    },
    "TLCExt": {
        "TLCModelValue": _types(_model_value),
        "TLCDefer": _types(_same),
        "TLCNoOp": _types(_same),
        "TLCFP": _constant(INT),
        "PickSuccessor": _constant(BOOL),
        "AssertEq": _constant(BOOL),
        "AssertError": _constant(BOOL),
        "TLCCache": _types(_first),
    },
    "Randomization": {
        "RandomSubset": _types(_random_subset),
        "RandomSetOfSubsets": _types(_random_sets),
    },
}


def _no_strings(t: Type) -> Type:
    return join_all(functions.sequences(t))


RULES: Final[dict[Key, Rule]] = {
    (module, name): rule for module, rules in _TABLE.items() for name, rule in rules.items()
}
