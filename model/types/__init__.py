"""Type inference over the core IR: for every variable a type that has each of its values in every state found.

**The language** is that of Apalache (its ADR-002, "Types in Apalache": `Bool`, `Int`, `Str`, uninterpreted values,
`Set(t)`, `Seq(t)`, `a -> b`, records, tuples) with unions, so that a set of messages of several kinds and
`Server \\cup {Nil}` have types; and refined to what a compiler can lay out flat: ranges of integers, the strings and
model values that may occur, functions over constant domains, sets that are constant. `text` shows how types are
written, `types` what they are as data:

    AnyType(reason)                      every value: no answer, for a reason at a place
    BoolType(values)                     booleans
    IntType(low, high)                   integers within bounds, each of which may be None
    StrType(atoms), ModelType(atoms)     strings, model values; all where atoms is None
    SetType(element, exact, is_segment)  sets; that one set; only sets 1..n
    StructType(domain, results, tag)     functions over one known domain: records, tuples, arrays
    SeqType(element)                     sequences of any length
    MapType(key, result)                 functions whose domain varies
    UnionType(parts)                     either; NEVER is the union of nothing

Equal types are one object. The parts of a union differ in kind, or are functions that differ in their domain, or
records of the same fields that differ in their tag: the one field, chosen for these fields over the whole spec, whose
atoms tell them apart. So that but for `MapType` each value belongs to one part.

**The method** is abstract interpretation to a fixpoint, not unification. Variables start without values; what Init and
Next give them, read from left to right as TLC does, is joined until nothing is added (`inference`). Guards narrow what
they test, so that behind `m.type = "vote"` the record m is one that may have that type (`guards`, `narrowing`).
Definitions are analysed once for each combination of argument types. Ranges that keep moving are widened to the
integers that occur in the spec, then to no bound; nesting without end becomes Any.

A spec is never rejected: where TLC would find an error in evaluating, there is no value, and no state that has one.
States outside the model (CONSTRAINT) are found and have the types given; that they are not explored is made use of.
"""

from .inference import Types, infer_types
from .membership import UNKNOWN, belongs, exact_value, universe
from .order import leq, meet
from .text import show, type_object
from .types import (
    NEVER,
    AnyType,
    BoolType,
    IntType,
    MapType,
    ModelType,
    Reason,
    SeqType,
    SetType,
    StrType,
    StructType,
    Type,
    UnionType,
    find_any,
    parts_of,
)
from .unions import join, type_of

__all__ = [
    "NEVER",
    "UNKNOWN",
    "AnyType",
    "BoolType",
    "IntType",
    "MapType",
    "ModelType",
    "Reason",
    "SeqType",
    "SetType",
    "StrType",
    "StructType",
    "Type",
    "Types",
    "UnionType",
    "belongs",
    "exact_value",
    "find_any",
    "infer_types",
    "join",
    "leq",
    "meet",
    "parts_of",
    "show",
    "type_object",
    "type_of",
    "universe",
]
