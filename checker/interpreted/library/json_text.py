"""Values as JSON and back, as TLC's Json module has them (tlc2/module/Json.java).

Sets and sequences become arrays; records and other functions objects, whose keys are strings or the text of a value;
model values their name. Numbers with a fraction, and null, are no values.
"""

from __future__ import annotations

import json
from typing import Any

from ....model.diagnostics import EvaluationError
from ....model.values.core import Bool, LazyFunction, ModelValue, Value, boolean, function, sequence
from ....model.values.order import ordered
from ....model.values.sets import LazySet
from ....model.values.text import brief, show


def to_json(value: Value) -> Value:
    return text_of(value)


def to_json_array(value: Value) -> Value:
    if not isinstance(value, (tuple, frozenset, LazyFunction, LazySet)):
        raise EvaluationError(f"ToJsonArray of {brief(value)}", expected="a sequence or a set")
    return text_of(value)


def to_json_object(value: Value) -> Value:
    if not isinstance(value, (tuple, LazyFunction)):
        raise EvaluationError(f"ToJsonObject of {brief(value)}", expected="a record or another function")
    return text_of(value)


def text_of(value: Value) -> str:
    """JSON without a blank in it."""
    return json.dumps(_data(value), ensure_ascii=False, separators=(",", ":"))


def _data(value: Value) -> Any:
    kind = type(value)
    if kind is int or kind is str:
        return value
    if kind is Bool:
        return value.truth
    if kind is ModelValue:
        return value.name
    if kind is LazyFunction:
        return _data(value.expand())
    if kind is not tuple:
        return [_data(item) for item in ordered(value)]
    domain = value[0]
    if domain.is_sequence:
        return [_data(item) for item in value[1:]]
    pairs = zip(domain.keys_in_order, value[1:], strict=True)
    return {key if type(key) is str else show(key): _data(item) for key, item in pairs}


def value_of(text: str, where: str) -> Value:
    """The value of a JSON text; `where` says in a message where it stands."""
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise EvaluationError(f"{where} is not JSON: {error.msg}") from error
    return _value(data, where)


def _value(data: Any, where: str) -> Value:
    if isinstance(data, bool):
        return boolean(data)
    if isinstance(data, (int, str)):
        return data
    if isinstance(data, list):
        return sequence(_value(item, where) for item in data)
    if isinstance(data, dict):
        return function({key: _value(item, where) for key, item in data.items()})
    raise EvaluationError(f"{where} holds {json.dumps(data)}, which is no TLA+ value", expected="no null, no fractions")
