"""Hypothesis strategies for types: from values, and built from parts, so that pairs of them overlap often."""

from __future__ import annotations

from typing import Any

from comitia.model.types.types import (
    BOOL,
    INT,
    NAT,
    STR,
    AnyType,
    Reason,
    StructType,
    Type,
    map_of,
    parts_of,
    segment_of,
    seq_of,
    set_of,
)
from comitia.model.types.unions import join_all, struct, type_of
from comitia.model.values import domain_of, function, record, sequence
from hypothesis import strategies as st

from ..values.strategies import ATOMS, VALUES

TAGGED = domain_of(frozenset(("f", "g")))
TAGS = {TAGGED: "f"}
"""Records with the fields f and g are told apart by f."""

SIMPLE = st.sampled_from(
    [BOOL, INT, NAT, STR, AnyType(Reason("given")), segment_of(None), segment_of(3)],
)
KEYS = st.sampled_from([("f", "g"), ("f",), (1, 2), (1,), (), (0, 1), ("g", "h")])


def exact_type(value: Any) -> Type:
    """The type of a value, records tagged."""
    return type_of(value, TAGS)


def _larger(inner: st.SearchStrategy[Type]) -> st.SearchStrategy[Type]:
    return st.one_of(
        inner.map(set_of),
        inner.map(seq_of),
        st.tuples(inner, inner).map(lambda pair: map_of(*pair)),
        st.tuples(KEYS, st.lists(inner, min_size=2, max_size=2)).map(lambda pair: structure(*pair)),
        st.lists(inner, min_size=2, max_size=3).map(join_all),
    )


def structure(keys: tuple[Any, ...], results: list[Type]) -> Type:
    """The functions with these keys."""
    domain = domain_of(frozenset(keys))
    return struct(domain, tuple(results[: len(keys)]), TAGS.get(domain))


TYPES = st.recursive(st.one_of(SIMPLE, VALUES.map(exact_type), ATOMS.map(exact_type)), _larger, max_leaves=6)

MESSAGES = st.builds(
    lambda f, g: record({"f": f, "g": g}), st.sampled_from(["a", "b", "c"]), st.one_of(ATOMS, st.just(sequence(())))
)
"""Records that the tag tells apart."""

TAGGED_VALUES = st.one_of(
    VALUES,
    MESSAGES,
    st.frozensets(MESSAGES, max_size=3),
    st.dictionaries(st.sampled_from(["f", "g"]), MESSAGES, max_size=2).map(function),
)


def tags_of(t: Type) -> list[Any]:
    """The values of the tags of the parts of a type."""
    return [part.tag_value for part in parts_of(t) if type(part) is StructType and part.tag is not None]
