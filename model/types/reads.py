"""What a definition's value depends on beside its arguments, with all that it refers to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..semantics import ir
from ..semantics.operators import Operator


@dataclass(frozen=True, slots=True)
class Reads:
    """The variables read; whether a prime, or something with a hidden prime, is among what is evaluated."""

    variables: tuple[int, ...]
    has_prime: bool


@dataclass(slots=True)
class _Direct:
    variables: set[int]
    has_prime: bool
    callees: set[ir.Definition]


PRIMES = (ir.Prime, ir.Unchanged, ir.Enabled, ir.ActionSubscript, ir.Fairness)


class ReadsOfDefinitions:
    """Computes and keeps Reads. `resolve` follows the replacements of the configuration."""

    def __init__(self, resolve: Callable[[ir.Definition | ir.Constant], object]) -> None:
        self._resolve = resolve
        self._direct: dict[ir.Definition, _Direct] = {}
        self._reads: dict[ir.Definition, Reads] = {}

    def of(self, definition: ir.Definition) -> Reads:
        """What the definition depends on."""
        found = self._reads.get(definition)
        if found is None:
            variables: set[int] = set()
            has_prime = False
            seen, left = {definition}, [definition]
            while left:
                direct = self._directly(left.pop())
                variables |= direct.variables
                has_prime = has_prime or direct.has_prime
                left.extend(direct.callees - seen)
                seen |= direct.callees
            found = self._reads[definition] = Reads(tuple(sorted(variables)), has_prime)
        return found

    def _directly(self, definition: ir.Definition) -> _Direct:
        found = self._direct.get(definition)
        if found is None:
            found = self._direct[definition] = _Direct(set(), False, set())
            left: list[ir.Node] = [definition.body]
            while left:
                node = left.pop()
                left.extend(ir.children(node))
                if isinstance(node, ir.VariableRef):
                    found.variables.add(node.variable.index)
                elif isinstance(node, PRIMES):
                    found.has_prime = True
                elif isinstance(node, ir.Call | ir.OperatorRef) and not isinstance(node.target, ir.Local | Operator):
                    target = self._resolve(node.target)
                    if isinstance(target, ir.Definition):
                        found.callees.add(target)
        return found
