"""The pure core of a client: one request at a time, sent to the primary, then to all, until f + 1 replicas agree."""

from __future__ import annotations

from dataclasses import dataclass

from .authentication import Authentication
from .config import Config
from .effects import Refusal, Send
from .messages import Reply, Request, Signature, Signed, fault_of


@dataclass(frozen=True, slots=True)
class ClientEffects:
    """The whole outcome of one input: what to send, and the result of the request if it is known now."""

    send: tuple[Send, ...] = ()
    result: bytes | None = None
    refused: Refusal | None = None


class ClientCore:
    """One client (section 4.1). `timestamp` is the last that it has used, 0 if none: after a restart it must not be
    less than any used before.

    Raises ValueError if `client_id` is not a client of the configuration.
    """

    def __init__(self, client_id: str, config: Config, authentication: Authentication, timestamp: int = 0) -> None:
        if client_id not in config.clients:
            raise ValueError(f"{client_id!r} is none of the clients {list(config.clients)}")
        self.client_id = client_id
        self.config = config
        self.authentication = authentication
        self.timestamp = timestamp
        # The latest view that is known, for the sake of its primary.
        self.view = 0
        self.refusals = dict.fromkeys(Refusal, 0)
        # The request that waits for its result, with the replies so far: one a replica.
        self._request: Signed[Request] | None = None
        self._replies: dict[str, Reply] = {}
        self._elapsed_ticks = 0
        self._attempts = 0

    @property
    def is_waiting(self) -> bool:
        """Whether there is a request without a result."""
        return self._request is not None

    def invoke(self, operation: bytes) -> ClientEffects:
        """Have `operation` executed; the next one may follow when `ClientEffects.result` has come.

        Raises ValueError if the last has no result yet, or the operation is larger than the configuration allows.
        """
        if self.is_waiting:
            raise ValueError("the last request has no result yet")
        if len(operation) > self.config.max_operation_bytes:
            raise ValueError(f"an operation has at most {self.config.max_operation_bytes} bytes, not {len(operation)}")
        # "Timestamps for c's requests are totally ordered such that later requests have higher timestamps".
        self.timestamp += 1
        self._request = self.authentication.sign(Request(self.timestamp, self.client_id, operation))
        self._replies = {}
        self._elapsed_ticks = self._attempts = 0
        return ClientEffects((Send(self._request, (self.config.primary(self.view),)),))

    def tick(self) -> ClientEffects:
        """One unit of logical time has passed: "if the client does not receive replies soon enough, it broadcasts the
        request to all replicas"."""
        if self._request is None:
            return ClientEffects()
        self._elapsed_ticks += 1
        if self._elapsed_ticks < self.config.backoff_ticks(self.config.client_timeout_ticks, self._attempts):
            return ClientEffects()
        self._elapsed_ticks = 0
        self._attempts += 1
        return ClientEffects((Send(self._request, self.config.replicas),))

    def step(self, message: object) -> ClientEffects:
        """A message has arrived. Whatever it is, this does not raise: see `ClientEffects.refused`."""
        fault = fault_of(message, self.config)
        if fault == "oversized":
            return self._refuse(Refusal.OVERSIZED)
        if fault is not None or not isinstance(message, Signed) or not isinstance(message.content, Reply):
            return self._refuse(Refusal.MALFORMED)
        reply = message.content
        if message.sender not in self.config.replicas:
            return self._refuse(Refusal.UNKNOWN_REPLICA)
        if not self.authentication.is_authentic(message):
            return self._refuse(Refusal.BAD_SIGNATURE if isinstance(message.proof, Signature) else Refusal.BAD_MAC)
        if self._request is None or (reply.client, reply.timestamp) != (self.client_id, self.timestamp):
            return self._refuse(Refusal.NOT_WANTED)
        known = self._replies.get(message.sender)
        if known is not None:
            return self._refuse(Refusal.DUPLICATE if known.result == reply.result else Refusal.CONFLICTING)
        self._replies[message.sender] = reply
        return self._accept(reply.result)

    def _accept(self, result: bytes) -> ClientEffects:
        """Section 4.1: "The client waits for f + 1 replies with valid signatures from different replicas, and with the
        same t and r, before accepting the result r"."""
        matching = [reply for reply in self._replies.values() if reply.result == result]
        if len(matching) < self._replies_needed():
            return ClientEffects()
        # One of f + 1 is correct: the least of their views has begun.
        self.view = max(self.view, min(reply.view for reply in matching))
        self._request = None
        return ClientEffects(result=result)

    def _replies_needed(self) -> int:
        return self.config.witness

    def _refuse(self, reason: Refusal) -> ClientEffects:
        self.refusals[reason] += 1
        return ClientEffects(refused=reason)
