"""A client that proposes each command at most once, follows redirections, and knows what it was promised."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Iterable, Mapping

from ...raft import CommittedEntry, Effects, Refusal
from ..clock import Clock
from ..scenarios import Range
from .node import RaftNode

# How long a client takes to turn to another server, and how often it does for one attempt.
_REDIRECTION_MS = 5
_MAX_REDIRECTIONS = 2


class Client:
    """Proposes commands one after the other, beginning with a random server each time.

    A command that a server refuses may be proposed again. One that was taken is not, even when its fate is unknown:
    without client sessions a second proposal could be applied twice.
    """

    def __init__(self, clock: Clock, nodes: Mapping[str, RaftNode], random: random.Random, interval_ms: Range) -> None:
        self.acknowledged: list[bytes] = []
        self._clock = clock
        self._nodes = nodes
        self._random = random
        self._interval_ms = interval_ms
        self._commands: deque[bytes] = deque()
        # What each server has taken and not yet answered: the term in which, by index.
        self._pending: dict[str, dict[int, int]] = {node_id: {} for node_id in nodes}
        self._propose_later()

    def set_commands(self, commands: Iterable[bytes]) -> None:
        """Propose `commands` from now on, and no others."""
        self._commands = deque(commands)

    def server_crashed(self, node_id: str) -> None:
        """The connection is lost, and with it the answer to what the server had taken."""
        self._pending[node_id].clear()

    def server_applied(self, node_id: str, committed: CommittedEntry) -> bool:
        """A server has applied an entry; whether that acknowledges a command to this client."""
        term = self._pending[node_id].pop(committed.index, None)
        if term != committed.entry.term or committed.entry.value is None:
            return False
        self.acknowledged.append(committed.entry.value)
        return True

    def _propose_later(self) -> None:
        def attempt() -> None:
            if self._commands:
                node_id = self._random.choice(list(self._nodes))
                self._propose(self._commands.popleft(), node_id, _MAX_REDIRECTIONS)
            self._propose_later()

        self._clock.after(self._random.randint(*self._interval_ms), attempt)

    def _propose(self, command: bytes, node_id: str, redirections: int) -> None:
        node = self._nodes[node_id]

        def answered(effects: Effects) -> None:
            if effects.position is not None:
                self._pending[node_id][effects.position.index] = effects.position.term
                return
            assert effects.refused is Refusal.NOT_LEADER
            leader = node.core.leader if node.core is not None else None
            if leader is not None and redirections > 0:
                self._clock.after(_REDIRECTION_MS, lambda: self._propose(command, leader, redirections - 1))
            else:
                self._commands.appendleft(command)

        node.propose(command, answered)
