"""What names stand for at a point of the spec, on the paths that lead there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from ..semantics import ir
from ..values.core import Value
from .types import Type
from .unions import join

Name = ir.Local | ir.Definition


@dataclass(eq=False, slots=True)
class Lazy:
    """An argument, or a definition of a LET without parameters: evaluated where it was written, when asked for.

    `types` holds what is known so far: of its value, and (True) of its value in the next state. A guard that narrows it
    makes another Lazy of the same `origin`.
    """

    expr: ir.Expr
    env: Env
    types: dict[bool, Type] = field(default_factory=dict)
    origin: Lazy | None = None

    def narrowed(self, t: Type, primed: bool) -> Lazy:
        """The same, known to be of type `t`."""
        return Lazy(self.expr, self.env, {**self.types, primed: t}, self.origin or self)


@dataclass(eq=False, slots=True)
class Closure:
    """An operator handed over as an argument, and the names in it."""

    operator: ir.Lambda | ir.OperatorRef
    env: Env


@dataclass(eq=False, slots=True)
class Scope:
    """Where a recursive definition of a LET was met: one for each time the LET is entered."""

    env: Env


Binding = Type | Lazy | Closure | Scope


@dataclass(frozen=True, eq=False, slots=True)
class Env:
    """The bindings of names; the variables' types now and in the next state (None: no value yet).

    `unsure` are the variables that have a next value on some of the paths only. `primed`: under a prime, or in Init,
    where it is the next value of a variable that its name stands for. `everywhere` has the bound variables that
    stand for each element of a constant set at once, with that set.
    """

    locals: Mapping[Name, Binding]
    now: tuple[Type, ...]
    next: tuple[Type | None, ...]
    unsure: frozenset[int] = frozenset()
    primed: bool = False
    everywhere: Mapping[ir.Local, frozenset[Value]] = field(default_factory=dict)

    def bind(self, bindings: Mapping[Name, Binding]) -> Env:
        """With more names."""
        return replace(self, locals={**self.locals, **bindings})

    def scoped(self, locals_: Mapping[Name, Binding]) -> Env:
        """With other names."""
        return replace(self, locals=locals_)

    def leaving(self, inner: Env) -> Env:
        """What is known after `inner`, in the scope of this one."""
        names = {name: inner.locals[name] for name in self.locals}
        return replace(inner, locals=names, primed=self.primed, everywhere=self.everywhere)

    def with_now(self, index: int, t: Type) -> Env:
        """The variable has a value of this type now."""
        return replace(self, now=(*self.now[:index], t, *self.now[index + 1 :]))

    def with_next(self, index: int, t: Type) -> Env:
        """The variable has a next value of this type, on all paths."""
        following = (*self.next[:index], t, *self.next[index + 1 :])
        return replace(self, next=following, unsure=self.unsure - {index})

    def under_prime(self) -> Env:
        """Where names of variables stand for their next values."""
        return self if self.primed else replace(self, primed=True)

    def everywhere_too(self, names: Mapping[ir.Local, frozenset[Value]]) -> Env:
        """With more variables that stand for each element of a set at once."""
        return replace(self, everywhere={**self.everywhere, **names}) if names else self

    def anywhere(self) -> Env:
        """Where what holds need not hold of every element of a set at once."""
        return replace(self, everywhere={}) if self.everywhere else self


def join_envs(envs: Iterable[Env | None]) -> Env | None:
    """What is known where several paths meet; None where none is taken."""
    result: Env | None = None
    for env in envs:
        if env is not None:
            result = env if result is None or result is env else _join_two(result, env)
    return result


def _join_two(a: Env, b: Env) -> Env:
    now = a.now if a.now is b.now else tuple(map(join, a.now, b.now))
    following, unsure = a.next, a.unsure | b.unsure
    if a.next is not b.next:
        following = tuple(
            x if y is None else y if x is None else join(x, y) for x, y in zip(a.next, b.next, strict=True)
        )
        pairs = enumerate(zip(a.next, b.next, strict=True))
        unsure |= {index for index, (x, y) in pairs if (x is None) is not (y is None)}
    locals_ = a.locals
    if a.locals is not b.locals:
        locals_ = {name: _join_bindings(x, b.locals[name]) for name, x in a.locals.items() if name in b.locals}
    return replace(a, locals=locals_, now=now, next=following, unsure=unsure)


def _join_bindings(a: Binding, b: Binding) -> Binding:
    if a is b:
        return a
    if isinstance(a, Type) and isinstance(b, Type):
        return join(a, b)
    if isinstance(a, Lazy) and isinstance(b, Lazy):
        assert (a.origin or a) is (b.origin or b)
        if a.origin is None or b.origin is None:
            return a if a.origin is None else b
        both = {primed: join(t, b.types[primed]) for primed, t in a.types.items() if primed in b.types}
        return Lazy(a.expr, a.env, both, a.origin)
    assert isinstance(a, Closure | Scope)
    return a
