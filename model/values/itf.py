"""The Informal Trace Format's encoding of values (Apalache ADR-015), used in JSON results and NDJSON traces.

Sets are `{"#set": […]}`, sequences and tuples arrays (`{"#tup": […]}` is read too), records objects, other functions
`{"#map": [[k, v], …]}`, integers beyond 2^53 `{"#bigint": "…"}`, model values their name as a string.
"""

from __future__ import annotations

from typing import Any

from ..diagnostics import TraceError
from .core import Bool, LazyFunction, ModelValue, Value, boolean, decimal, function, sequence
from .order import display_order
from .sets import LazySet

MAX_EXACT_INTEGER = 2**53


def to_itf(value: Value) -> Any:
    """`value` as JSON data."""
    kind = type(value)
    if kind is int:
        return value if abs(value) < MAX_EXACT_INTEGER else {"#bigint": decimal(value)}
    if kind is Bool:
        return value.truth
    if kind is ModelValue:
        return value.name
    if kind is str:
        return value
    if kind is tuple:
        return _function_to_itf(value)
    if kind is LazyFunction:
        return _function_to_itf(value.expand())
    if isinstance(value, LazySet) and not value.is_finite():
        return {"#unserializable": value.describe()}
    return {"#set": [to_itf(item) for item in display_order(value)]}


def _function_to_itf(value: Value) -> Any:
    domain = value[0]
    if domain.is_sequence:
        return [to_itf(item) for item in value[1:]]
    pairs = zip(domain.keys_in_order, value[1:], strict=True)
    if all(type(key) is str and not key.startswith("#") for key in domain.keys_in_order):
        return {key: to_itf(item) for key, item in pairs}
    return {"#map": [[to_itf(key), to_itf(item)] for key, item in pairs]}


def from_itf(data: Any) -> Value:
    """The value of JSON data; TraceError for `null`, floats and unknown tags."""
    if isinstance(data, bool):
        return boolean(data)
    if isinstance(data, (int, str)):
        return data
    if isinstance(data, list):
        return sequence(map(from_itf, data))
    if isinstance(data, dict):
        return _tagged_from_itf(data)
    raise TraceError(
        f"{data!r} is no TLA+ value",
        expected="a boolean, integer, string, array, object, or one of #set, #tup, #map, #bigint",
        got="null" if data is None else type(data).__name__,
    )


def _tagged_from_itf(data: dict[str, Any]) -> Value:
    tags = [key for key in data if key.startswith("#")]
    if not tags:
        return function({key: from_itf(item) for key, item in data.items()})
    if len(data) == 1:
        tag, content = next(iter(data.items()))
        if tag == "#set" and isinstance(content, list):
            return frozenset(map(from_itf, content))
        if tag == "#tup" and isinstance(content, list):
            return sequence(map(from_itf, content))
        if tag == "#bigint" and isinstance(content, str) and content.removeprefix("-").isdigit():
            return int(content)
        if tag == "#map" and isinstance(content, list) and all(isinstance(p, list) and len(p) == 2 for p in content):
            return function({from_itf(key): from_itf(item) for key, item in content})
    raise TraceError(
        f"{tags[0]} is used in a way that ITF does not know",
        expected='{"#set": […]}, {"#tup": […]}, {"#map": [[k, v], …]} or {"#bigint": "…"}',
    )
