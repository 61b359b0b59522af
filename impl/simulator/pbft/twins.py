"""Twins (Bano et al. 2021): two copies of a replica share its key; the network decides, view by view, who hears whom.

A scenario is a number: it says which replica has a twin (and so in which views the twins lead, as primaries take
turns), and for each of the first views on which of two sides each copy is. Whoever counts through the numbers has tried
all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ...pbft import Message, Signed
from ...pbft.messages import NewView, Proposal, Request, ViewChange

# After this many views everybody hears everybody.
VIEWS = 3
TWIN_MARK = "*"
# A prime: multiples of it walk through all scenarios, neighbours being far apart.
_STRIDE = 7919


def twin_of(replica: str) -> str:
    """The address of the second copy."""
    return replica + TWIN_MARK


@dataclass(frozen=True, slots=True)
class TwinsScenario:
    """`faulty` have twins; `sides` holds, for each view, those on one side, the others being on the other."""

    faulty: tuple[str, ...]
    sides: tuple[frozenset[str], ...]

    def passes(self, source: str, dest: str, message: Message) -> bool:
        """Whether what the copy at `source` says reaches the one at `dest`."""
        if isinstance(message, Signed) and isinstance(message.content, Request) and self._has_twin(dest):
            # Each client talks to one copy only, so that twins that lead have different things to propose.
            return (sum(message.sender.encode()) % 2 == 0) == dest.endswith(TWIN_MARK)
        view = view_of(message)
        if view is None or view >= len(self.sides):
            return True
        side = self.sides[view]
        return (source in side) == (dest in side)

    def _has_twin(self, address: str) -> bool:
        return address.removesuffix(TWIN_MARK) in self.faulty


def count_scenarios(replicas: int, faulty: int) -> int:
    """How many there are: which replica comes first among the faulty, and the sides, one copy being always on one."""
    return replicas * (1 << (replicas + faulty - 1)) ** VIEWS


def twins_scenario(number: int, replicas: Sequence[str], faulty: int) -> TwinsScenario:
    """The scenario of that number, from 0; numbers beyond the last begin anew."""
    rest = number * _STRIDE % count_scenarios(len(replicas), faulty)
    rest, first = divmod(rest, len(replicas))
    doubled = tuple(replicas[(first + offset) % len(replicas)] for offset in range(faulty))
    copies = [*replicas, *map(twin_of, doubled)]
    sides: list[frozenset[str]] = []
    for _ in range(VIEWS):
        rest, bits = divmod(rest, 1 << (len(copies) - 1))
        sides.append(frozenset(copy for index, copy in enumerate(copies) if bits >> index & 1))
    return TwinsScenario(doubled, tuple(sides))


def view_of(message: Message) -> int | None:
    """The view that a message belongs to, a view change to the one that it ends; None if to none."""
    if isinstance(message, Proposal):
        return message.pre_prepare.content.view
    if not isinstance(message, Signed):
        return None
    view = getattr(message.content, "view", None)
    if isinstance(message.content, ViewChange | NewView) and view is not None:
        return view - 1
    return view
