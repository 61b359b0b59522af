"""Hypothesis strategies for TLA+ values."""

from __future__ import annotations

from comitia.model.values import FALSE, TRUE, function, model_value, sequence
from hypothesis import strategies as st

ATOMS = st.one_of(
    st.integers(-5, 5),
    st.sampled_from([TRUE, FALSE]),
    st.sampled_from(["a", "b", "c", ""]),
    st.sampled_from([model_value("m1"), model_value("m2")]),
)


def _homogeneous(inner: st.SearchStrategy) -> st.SearchStrategy:
    """Containers of `inner`."""
    return st.one_of(
        st.frozensets(inner, max_size=3),
        st.lists(inner, max_size=3).map(sequence),
        st.dictionaries(st.sampled_from(["f", "g", "h"]), inner, max_size=3).map(function),
        st.dictionaries(st.integers(0, 4), inner, max_size=3).map(function),
    )


VALUES = st.recursive(ATOMS, _homogeneous, max_leaves=8)
INTEGERS = st.recursive(st.integers(-5, 5), _homogeneous, max_leaves=8)
"""Values whose atoms are integers alone: far more of them compare with each other."""
