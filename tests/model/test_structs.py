"""Structs are held against dataclasses of the same fields."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from dataclasses import replace as dataclass_replace
from typing import Any

import pytest
from comitia.model.structs import Struct, field, names_of, replace, values_of


class Point(Struct, eq=True):  # type: ignore[call-arg]
    x: int
    y: int = 2


class Named(Point, eq=True):  # type: ignore[call-arg]
    name: str = ""
    notes: list[str] = field(default_factory=list)


class Node(Struct):
    place: int


class Leaf(Node):
    """No fields of its own."""


class Counter(Struct, eq=True, frozen=False):  # type: ignore[call-arg]
    count: int = 0


@dataclass(frozen=True, slots=True)
class DataPoint:
    x: int
    y: int = 2


@dataclass(frozen=True, slots=True)
class DataNamed(DataPoint):
    name: str = ""
    notes: list[str] = dataclass_field(default_factory=list)


ARGUMENTS: list[tuple[tuple[Any, ...], dict[str, Any]]] = [
    ((1,), {}),
    ((1, 3), {}),
    ((), {"x": 1}),
    ((1,), {"y": 5}),
    ((1, 2, "a"), {}),
    ((1,), {"name": "b", "notes": ["c"]}),
    ((), {}),
    ((1, 2, 3, 4, 5), {}),
    ((1,), {"z": 1}),
]


def outcome(kind: Any, values: tuple[Any, ...], named: dict[str, Any]) -> object:
    """The fields of what is made, or the error with the name of the class left out."""
    try:
        made = kind(*values, **named)
    except TypeError as error:
        return str(error).rpartition("__init__()")[2]
    return {name: getattr(made, name) for name in kind.__match_args__}


@pytest.mark.parametrize(("values", "named"), ARGUMENTS)
def test_it_takes_the_arguments_of_a_dataclass(values: tuple[Any, ...], named: dict[str, Any]) -> None:
    for _ in range(2):  # the first object of a class is made in another way
        assert outcome(Point, values, named) == outcome(DataPoint, values, named)
        assert outcome(Named, values, named) == outcome(DataNamed, values, named)


def test_a_default_that_is_made_is_made_anew() -> None:
    first, second = Named(1), Named(1)
    first.notes.append("a")
    assert second.notes == []


def test_values_that_are_compared() -> None:
    assert Point(1) == Point(1, 2) != Point(1, 3)
    assert hash(Point(1)) == hash(Point(1, 2))
    assert Named(1) != Point(1)
    assert Point(1) != (1, 2)
    assert Counter(1) == Counter(1) != Counter(2)
    with pytest.raises(TypeError, match="unhashable"):
        hash(Counter())


def test_identity_is_what_is_compared_otherwise() -> None:
    one, other = Leaf(1), Leaf(1)
    assert one == one != other
    assert len({one, other}) == 2


def test_a_copy_with_changes() -> None:
    point = Point(1, 3)
    changed = replace(point, y=4)
    assert values_of(changed) == {"x": 1, "y": 4}
    assert changed == Point(*vars_of(dataclass_replace(DataPoint(1, 3), y=4)))
    with pytest.raises(TypeError):
        replace(point, z=1)


def vars_of(point: DataPoint) -> tuple[int, int]:
    return point.x, point.y


def test_patterns_and_names() -> None:
    match Named(1, 2, "a"):
        case Named(x, y, name):  # type: ignore[misc]
            assert (x, y, name) == (1, 2, "a")
    assert names_of(Named(1)) == ("x", "y", "name", "notes") == DataNamed.__match_args__
    assert names_of(Leaf(1)) == ("place",)


def test_it_is_shown_as_a_dataclass_is() -> None:
    assert repr(Named(1, name="a")) == repr(DataNamed(1, name="a")).replace("Data", "")


def test_it_has_slots_alone() -> None:
    with pytest.raises(AttributeError):
        Leaf(1).other = 2  # type: ignore[attr-defined]


def test_it_is_pickled() -> None:
    assert pickle.loads(pickle.dumps(Named(1, 3, "a", ["b"]))) == Named(1, 3, "a", ["b"])
