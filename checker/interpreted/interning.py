"""One object for each value that occurs in a state: equal components are identical, so that states are told apart, and
predicates memoised, by the identities of their components.

A value is examined once, when it is first met: lazy sets and functions are expanded, and a set whose elements TLC would
refuse to compare is refused here too.
"""

from __future__ import annotations

from ...model.diagnostics import EvaluationError
from ...model.values.core import Bool, LazyFunction, ModelValue, Value, domain_of
from ...model.values.sets import LazySet, require_comparable
from ...model.values.text import brief

ATOMS = frozenset({int, str, Bool, ModelValue})


class InternTable(dict[Value, Value]):
    """`table[value]` is the one object that stands for `value`; it lives as long as the table, and so does its id."""

    def __missing__(self, value: Value) -> Value:
        result = self.examined(value)
        canonical = self.setdefault(result, result)
        self[value] = canonical
        return canonical

    def examined(self, value: Value) -> Value:
        """`value` as a state may hold it."""
        kind = type(value)
        if kind in ATOMS:
            return value
        if kind is tuple:
            return self._function(value)
        if kind is frozenset:
            return self._set(value)
        if kind is LazyFunction:
            return self[value.expand()]
        assert isinstance(value, LazySet), f"{value!r} is no TLA+ value"
        if not value.is_finite():
            raise EvaluationError(
                f"a variable would get the infinite set {brief(value)} as its value", expected="a finite value"
            )
        return self[value.expand()]

    def _function(self, value: Value) -> Value:
        domain = value[0]
        if not domain.is_sequence:
            self[domain.as_set]
            if any(type(key) not in ATOMS for key in domain.keys_in_order):
                domain = domain_of(self[domain.as_set])
        items = [item if type(item) in ATOMS else self[item] for item in value[1:]]
        if domain is value[0] and all(map(_is, items, value[1:])):
            return value
        return (domain, *items)

    def _set(self, value: frozenset[Value]) -> frozenset[Value]:
        require_comparable(value)
        if all(type(element) in ATOMS for element in value):
            return value
        items = [self[element] for element in value]
        return value if all(map(_is, items, value)) else frozenset(items)


def _is(a: object, b: object) -> bool:
    return a is b
