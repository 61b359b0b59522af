"""Classes of plain fields: what dataclasses are, at a fiftieth of the time that it takes to define one.

A command defines nearly two hundred such classes before it begins. As dataclasses they took a third of the time
that a small model takes to check, most of it for methods that are never called. Here all classes share their methods,
and a class gets its `__init__` when its first object is made.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any, TypeVar, dataclass_transform

T = TypeVar("T")
S = TypeVar("S", bound="Struct")


class _Factory:
    """Makes the default of a field."""

    __slots__ = ("make",)

    def __init__(self, make: Callable[[], object]) -> None:
        self.make = make


def field(*, default_factory: Callable[[], T]) -> T:
    """In the place of a default: what makes it, anew for each object."""
    return _Factory(default_factory)  # type: ignore[return-value]


class _StructType(type):
    """Turns the annotations of a class into its slots; its fields are those of its bases, then its own."""

    def __new__(
        cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], *, eq: bool = False, frozen: bool = True
    ) -> _StructType:
        own = tuple(namespace.get("__annotations__", ()))
        fields = [field for base in bases for field in getattr(base, "__match_args__", ())] + list(own)
        defaults = {name: default for base in bases for name, default in getattr(base, "_defaults", {}).items()}
        defaults |= {name: namespace.pop(name) for name in own if name in namespace}
        namespace |= {"__slots__": own, "__match_args__": tuple(fields), "_defaults": defaults}
        namespace.setdefault("__init__", _initialise)
        if eq:
            namespace["_compared"] = attrgetter(*fields)
            namespace["__eq__"] = _is_equal
            namespace["__hash__"] = _hash if frozen else None
        return super().__new__(cls, name, bases, namespace)


def _initialise(self: object, *values: object, **named: object) -> None:
    """The `__init__` of a class until its first object is made."""
    kind: Any = type(self)
    kind.__init__ = _initialiser(kind)
    kind.__init__(self, *values, **named)


def _initialiser(kind: Any) -> Callable[..., None]:
    parameters, lines = ["self"], ["pass"]
    defaults: dict[str, Any] = kind._defaults
    for name in kind.__match_args__:
        parameters.append(f"{name}=defaults[{name!r}]" if name in defaults else name)
        is_made = isinstance(defaults.get(name), _Factory)
        value = f"{name}.make() if {name} is defaults[{name!r}] else {name}" if is_made else name
        lines.append(f"self.{name} = {value}")
    made: dict[str, Any] = {"defaults": defaults}
    exec(f"def __init__({', '.join(parameters)}):\n " + "\n ".join(lines), made)
    return made["__init__"]


def _is_equal(self: Any, other: Any) -> bool:
    if type(other) is not type(self):
        return NotImplemented
    compared = self._compared
    return compared(self) == compared(other)


def _hash(self: Any) -> int:
    return hash(self._compared(self))


@dataclass_transform(eq_default=False, frozen_default=True, field_specifiers=(field,))
class Struct(metaclass=_StructType):
    """A class with the fields that its annotations name, in order, and those of its base before them.

    Objects are known by identity, unless `eq=True`: then by their values. That fields do not change, unless
    `frozen=False`, is for the type checker to see to.
    """

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in values_of(self).items())})"


def values_of(struct: Struct) -> dict[str, Any]:
    """The values of the fields by name, in order."""
    return {name: getattr(struct, name) for name in names_of(struct)}


def names_of(struct: Struct) -> tuple[str, ...]:
    """The names of the fields, in order."""
    return type(struct).__match_args__  # type: ignore[attr-defined]


def replace(struct: S, **changes: Any) -> S:
    """A copy with other values in some fields."""
    return type(struct)(**{**values_of(struct), **changes})
