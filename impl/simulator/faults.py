"""Injects a scenario's crashes and partitions into a running cluster, and takes them all back at the end."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

from .clock import Clock
from .network import Network
from .node import Node
from .scenarios import LinkConditions, Range, Scenario

Links = list[tuple[str, str]]
AnyNode = Node[Any, Any, Any, Any, Any, Any]


def _two_sides(random: random.Random, ids: Sequence[str]) -> tuple[list[str], list[str]]:
    shuffled = random.sample(ids, len(ids))
    size = random.randint(1, len(ids) - 1)
    return shuffled[:size], shuffled[size:]


def split(random: random.Random, ids: Sequence[str]) -> Links:
    """A symmetric partition: the servers fall into two sides that do not hear each other."""
    left, right = _two_sides(random, ids)
    return [link for one in left for other in right for link in ((one, other), (other, one))]


def one_way(random: random.Random, ids: Sequence[str]) -> Links:
    """An asymmetric partition: one side does not hear the other."""
    left, right = _two_sides(random, ids)
    return [(one, other) for one in left for other in right]


def one_link(random: random.Random, ids: Sequence[str]) -> Links:
    """A partial partition: two servers do not hear each other; a third hears both."""
    one, other = random.sample(ids, 2)
    return [(one, other), (other, one)]


PARTITIONS: tuple[Callable[[random.Random, Sequence[str]], Links], ...] = (split, one_way, one_link)


class FaultInjector:
    """Crashes servers and cuts links at random moments until it is stopped."""

    def __init__(
        self, scenario: Scenario, clock: Clock, nodes: Sequence[AnyNode], network: Network[Any], random: random.Random
    ) -> None:
        self._scenario = scenario
        self._clock = clock
        self._nodes = nodes
        self._network = network
        self._random = random
        self._stopped = False
        self._repeat(scenario.crash_interval_ms, self._crash)
        self._repeat(scenario.partition_interval_ms, self._partition)

    def stop(self) -> None:
        """End all faults: the network is whole and loses nothing, and every server is up."""
        self._stopped = True
        self._network.conditions = LinkConditions()
        self._network.heal_all()
        for node in self._nodes:
            node.crash_before_sending_share = 0.0
            if node.core is None:
                node.start()

    def restart_later(self, node: AnyNode) -> None:
        """Have a server that has just crashed start again after a while."""
        self._later(self._scenario.down_ms, node.start)

    def _repeat(self, interval_ms: Range | None, fault: Callable[[], None]) -> None:
        if interval_ms is not None:

            def strike() -> None:
                fault()
                self._later(interval_ms, strike)

            self._later(interval_ms, strike)

    def _later(self, delay_ms: Range, action: Callable[[], None]) -> None:
        def act() -> None:
            if not self._stopped:
                action()

        self._clock.after(self._random.randint(*delay_ms), act)

    def _crash(self) -> None:
        up = [node for node in self._nodes if node.core is not None]
        if up:
            self._random.choice(up).crash()

    def _partition(self) -> None:
        links = self._random.choice(PARTITIONS)(self._random, [node.node_id for node in self._nodes])
        self._network.cut(links)
        self._later(self._scenario.partition_ms, lambda: self._network.heal(links))
