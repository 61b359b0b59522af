"""TLC and TLCExt, as far as they are functions of values; `registers` has what depends on the run."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from itertools import permutations as all_orders

from ....model.diagnostics import EvaluationError
from ....model.values.core import (
    FALSE,
    TRUE,
    Value,
    domain_of,
    expanded,
    function,
    kind_of,
    model_value,
    sequence,
)
from ....model.values.order import ordered
from ....model.values.sets import LazySet, as_frozenset, is_finite, spelled
from ....model.values.text import brief, show
from ..runtime import FAILURES, as_function, as_sequence, equal, pairs_of, truth
from .table import Effect, Key, Native


class AssertionViolated(EvaluationError):
    """TLC's Assert was FALSE."""

    kind = "assert"
    exit_code = 14


def single(key: Value, item: Value) -> Value:
    """`key :> item`."""
    return (domain_of(frozenset((key,))), item)


def merge(a: Value, b: Value) -> Value:
    """`a @@ b`: the left function wins."""
    return function({**dict(pairs_of(b)), **dict(pairs_of(a))})


def permutations(values: Value) -> Value:
    domain = domain_of(as_frozenset(values))
    return frozenset((domain, *image) for image in all_orders(domain.keys_in_order))


def sort_sequence(value: Value, before: Callable[[Value, Value], Value]) -> Value:
    """Insertion, as in TLC: what a comparison does that is no strict order depends on it."""
    result: list[Value] = []
    for item in as_sequence("SortSeq", spelled(value))[1:]:
        place = len(result)
        while place and truth(before(item, result[place - 1])):
            place -= 1
        result.insert(place, item)
    return sequence(result)


def evaluated(value: Value) -> Value:
    """TLCEval and the like: nothing about the value stays unevaluated, where that is possible."""
    if isinstance(value, LazySet) and is_finite(value):
        return as_frozenset(value)
    return expanded(value)


def first_of(value: Value, _closure: Value) -> Value:
    return value


def model_value_of(name: Value) -> Value:
    if type(name) is not str:
        raise EvaluationError("TLCModelValue needs a string", expected="a string", got=kind_of(name))
    return model_value(name)


def assert_equal(a: Value, b: Value) -> Value:
    """TLCExt's AssertEq: like `=`, and reports a difference."""
    if not equal(a, b):
        print(f"AssertEq: {show(a)} is not equal to {show(b)}", file=sys.stderr)
        return FALSE
    return TRUE


def fails(compute: Callable[[], Value]) -> Value:
    """TLCExt's AssertError: whether an evaluation fails. TLC compares the message too; ours have other words."""
    try:
        compute()
    except (EvaluationError, RecursionError, *FAILURES):
        return TRUE
    return FALSE


def to_string(value: Value) -> Value:
    return show(value)


def check_assert(condition: Value, message: Value) -> Value:
    if condition is not TRUE:
        text = message if type(message) is str else show(message)
        raise AssertionViolated(f"Assert failed: {text}", expected="TRUE", got=brief(condition))
    return TRUE


def java_time() -> Value:
    return int(time.time()) & 0x7FFFFFFF


def done(_value: Value) -> Value:
    """TLCDefer: what is put off until the step is taken has been done by now."""
    return TRUE


def fingerprint(value: Value) -> Value:
    """TLCFP: 32 bits that tell values apart, not those of TLC, which differ from run to run."""
    import hashlib

    digest = hashlib.blake2b(show(value).encode(), digest_size=4).digest()
    return int.from_bytes(digest, "big", signed=True)


def to_trace(counterexample: Value) -> Value:
    """The states of a CounterExample, in order."""
    pairs = dict(pairs_of(counterexample))
    if "state" not in pairs or "action" not in pairs:
        raise EvaluationError(
            f"ToTrace needs a counterexample, and {brief(counterexample)} is none",
            expected="the value of CounterExample",
        )
    states = {as_function(pair)[1]: pair[2] for pair in ordered(pairs["state"])}
    return function(states)


NATIVES: dict[Key, Native] = {
    ("TLC", "JavaTime"): Native(java_time, "int", effect=Effect.ONCE),
    ("TLC", "Permutations"): Native(permutations, "set"),
    ("TLC", "ToString"): Native(to_string, "str"),
    ("TLC", "TLCEval"): Native(evaluated),
    ("TLC", ":>"): Native(single),
    ("TLC", "@@"): Native(merge),
    ("TLC", "SortSeq"): Native(sort_sequence, "seq"),
    ("TLCExt", "TLCModelValue"): Native(model_value_of),
    ("TLCExt", "TLCNoOp"): Native(evaluated),
    ("TLCExt", "TLCDefer"): Native(done, "bool"),
    ("TLCExt", "TLCCache"): Native(first_of),
    ("TLCExt", "AssertEq"): Native(assert_equal, "bool"),
    ("TLCExt", "TLCFP"): Native(fingerprint, "int"),
    ("TLCExt", "ToTrace"): Native(to_trace),
}
