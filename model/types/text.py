"""Types as text, in Apalache's notation with unions, ranges and atoms; and as JSON objects.

| text                              | values                                                                     |
|-----------------------------------|----------------------------------------------------------------------------|
| `Int`, `Nat`, `0..5`, `Int(1..)`  | integers, all or within bounds                                             |
| `Bool`, `TRUE`                    | booleans, or one of them                                                   |
| `Str`, `"a" \\| "b"`               | strings, or these                                                          |
| `Model`, `s1 \\| s2`               | model values, or these                                                     |
| `Set(t)`, `{s1, s2}`              | sets of elements of type t; a set that is constant                         |
| `Seq(t)`, `<<t, u>>`              | sequences of any length; of this one                                       |
| `{a: t, b: u}`                    | records with these fields                                                  |
| `{s1, s2} -> t`, `1..5 -> t`      | functions over a constant domain                                           |
| `t -> u`                          | functions over varying parts of t                                          |
| `t \\| u`                          | either                                                                     |
| `Never`, `Any`                    | no value; no answer                                                        |

A set that is the value of a constant of the model is called by its name: `Server -> Nat`, `Server | Nil`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ..values.core import Domain, Value
from ..values.text import FIELD
from ..values.text import show as show_value
from .types import (
    BOOL,
    INT,
    NAT,
    AnyType,
    BoolType,
    IntType,
    MapType,
    ModelType,
    SeqType,
    SetType,
    StrType,
    StructType,
    Type,
    UnionType,
)

Names = Mapping[frozenset[Value], str]
"""What sets of values are called in the model."""

NO_NAMES: Final[Names] = {}
LONG_TUPLE: Final = 4
"""Components from which a tuple of one type is written as a function."""


def show(t: Type, names: Names = NO_NAMES) -> str:
    """The type on one line."""
    match t:
        case UnionType():
            return " | ".join(_show_part(part, names) for part in t.parts) if t.parts else "Never"
        case AnyType():
            return "Any"
        case BoolType():
            return "Bool" if t is BOOL else show_value(next(iter(t.values)))
        case IntType():
            return _show_interval(t)
        case StrType() | ModelType():
            return _show_atoms(t, names)
        case SetType():
            if t.exact is not None:
                return names.get(t.exact) or show_value(t.exact)
            return f"Set({show(t.element, names)})"
        case SeqType():
            return f"Seq({show(t.element, names)})"
        case StructType():
            return _show_struct(t, names)
        case MapType():
            return f"{_show_key(t.key, names)} -> {show(t.result, names)}"
        case _:
            raise AssertionError(f"no text for {type(t).__name__}")


def _show_part(t: Type, names: Names) -> str:
    """The type as a part of a union."""
    return f"({show(t, names)})" if _is_arrow(t, names) else show(t, names)


def _show_key(t: Type, names: Names) -> str:
    """The type on the left of an arrow."""
    text = show(t, names)
    is_union = (type(t) is UnionType and len(t.parts) > 1) or (isinstance(t, StrType | ModelType) and " | " in text)
    return f"({text})" if is_union or _is_arrow(t, names) else text


def _show_interval(t: IntType) -> str:
    if t is INT or t is NAT:
        return "Int" if t is INT else "Nat"
    if t.low == t.high:
        return str(t.low)
    low, high = ("" if bound is None else str(bound) for bound in (t.low, t.high))
    return f"{low}..{high}" if low and high else f"Int({low}..{high})"


def _show_atoms(t: StrType | ModelType, names: Names) -> str:
    if t.atoms is None:
        return "Str" if type(t) is StrType else "Model"
    left, shown = set(t.atoms), []
    for values, name in sorted(names.items(), key=lambda item: (-len(item[0]), item[1])):
        if values and values <= left:
            shown.append(name)
            left -= values
    return " | ".join([*shown, *sorted(show_value(atom) for atom in left)])


def _is_arrow(t: Type, names: Names) -> bool:
    """Whether a type is written with an arrow: maps, and structures but records and tuples."""
    if type(t) is not StructType:
        return type(t) is MapType
    if not len(t.domain):
        return False
    if t.domain.is_sequence:
        return t.is_uniform and len(t.domain) >= LONG_TUPLE
    if _is_record(t.domain):
        return t.is_uniform and len(t.domain) > 1 and t.domain.as_set in names
    return t.is_uniform


def _is_record(domain: Domain) -> bool:
    return all(type(key) is str and FIELD.fullmatch(key) for key in domain)


def _show_struct(t: StructType, names: Names) -> str:
    if _is_arrow(t, names):
        keys = names.get(t.domain.as_set) or (f"1..{len(t.domain)}" if t.domain.is_sequence else _show_keys(t.domain))
        return f"{keys} -> {show(t.results[0], names)}"
    results = [show(result, names) for result in t.pointwise]
    if t.domain.is_sequence:
        return "<<" + ", ".join(results) + ">>"
    if _is_record(t.domain):
        return "{" + ", ".join(f"{k}: {text}" for k, text in zip(t.domain, results, strict=True)) + "}"
    pairs = zip(t.domain, t.pointwise, strict=True)
    return "[" + ", ".join(f"{show_value(k)} -> {show(result, names)}" for k, result in pairs) + "]"


def _show_keys(domain: Domain) -> str:
    return "{" + ", ".join(map(show_value, domain.keys_in_order)) + "}"


def type_object(t: Type) -> dict[str, Any]:
    """The type as a JSON object: `kind`, and what belongs to it."""
    match t:
        case UnionType():
            return {"kind": "union", "parts": [type_object(part) for part in t.parts]}
        case AnyType():
            place = None if t.reason.span is None else str(t.reason.span)
            return {"kind": "any", "reason": t.reason.text, "place": place}
        case BoolType():
            return {"kind": "bool", "values": sorted(value.name for value in t.values)}
        case IntType():
            return {"kind": "int", "low": t.low, "high": t.high}
        case StrType():
            return {"kind": "str", "atoms": None if t.atoms is None else sorted(t.atoms)}
        case ModelType():
            return {"kind": "model", "atoms": None if t.atoms is None else sorted(atom.name for atom in t.atoms)}
        case SetType():
            exact = None if t.exact is None else sorted(map(show_value, t.exact))
            return {"kind": "set", "element": type_object(t.element), "exact": exact}
        case SeqType():
            return {"kind": "seq", "element": type_object(t.element)}
        case StructType():
            pairs = zip(t.domain, t.pointwise, strict=True)
            fields = [{"key": show_value(key), "type": type_object(result)} for key, result in pairs]
            kind = "tuple" if t.domain.is_sequence else "record" if _is_record(t.domain) else "function"
            return {"kind": kind, "results": fields}
        case MapType():
            return {"kind": "map", "key": type_object(t.key), "result": type_object(t.result)}
        case _:
            raise AssertionError(f"no object for {type(t).__name__}")
