"""What a replica knows of the clients: what it last told each, and the request that each waits for.

One request a client is remembered and one reply, so that clients cannot make this grow, whatever they send.
"""

from __future__ import annotations

from collections.abc import Iterable

from .effects import Refusal
from .encoding import digest_of
from .messages import ClientRecord, Request, Signed


class Clients:
    """The last-reply cache of section 4.1, and the requests that have arrived and are not executed yet."""

    def __init__(self) -> None:
        self._last: dict[str, ClientRecord] = {}
        # In the order in which they came.
        self.pending: dict[str, Signed[Request]] = {}

    @property
    def records(self) -> tuple[ClientRecord, ...]:
        """The cache, by client, the same at every replica that has executed the same."""
        return tuple(self._last[client] for client in sorted(self._last))

    def last(self, client: str) -> ClientRecord | None:
        return self._last.get(client)

    def objection(self, request: Request) -> Refusal | None:
        """Why `request` is neither to be executed nor the one that was executed last."""
        record = self._last.get(request.client)
        if record is not None and request.timestamp <= record.timestamp:
            if request.timestamp < record.timestamp:
                return Refusal.STALE_TIMESTAMP
            return None if record.request == digest_of(request) else Refusal.REUSED_TIMESTAMP
        waiting = self.pending.get(request.client)
        if waiting is None or request.timestamp > waiting.content.timestamp:
            return None
        if request.timestamp < waiting.content.timestamp:
            return Refusal.STALE_TIMESTAMP
        return None if waiting.content == request else Refusal.REUSED_TIMESTAMP

    def wait_for(self, request: Signed[Request]) -> None:
        """Remember `request` until it is executed, in place of an earlier one of the client, and behind all others."""
        if self.pending.get(request.content.client) != request:
            self.pending.pop(request.content.client, None)
            self.pending[request.content.client] = request

    def executed(self, request: Request, result: bytes) -> None:
        """Remember the result as what the client was last told."""
        self._last[request.client] = ClientRecord(request.client, request.timestamp, digest_of(request), result)
        self._forget_pending(request.client, request.timestamp)

    def restore(self, records: Iterable[ClientRecord]) -> None:
        """Take over the cache of a stable checkpoint."""
        self._last = {record.client: record for record in records}
        for record in self._last.values():
            self._forget_pending(record.client, record.timestamp)

    def _forget_pending(self, client: str, timestamp: int) -> None:
        waiting = self.pending.get(client)
        if waiting is not None and waiting.content.timestamp <= timestamp:
            del self.pending[client]
