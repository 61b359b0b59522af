"""What all members of one cluster are configured with alike."""

from __future__ import annotations

from dataclasses import dataclass

from ..quorum import byzantine_quorum, byzantine_witness, tolerated_byzantine_faults


@dataclass(frozen=True, slots=True)
class Config:
    """The members and the limits of one cluster.

    The primary of view v is `replicas[v % n]`. A checkpoint is taken every `checkpoint_interval` sequence numbers (K
    in section 4.3), and the high water mark is `window` (L) above the low one. Times are in ticks: a backup waits
    `request_timeout_ticks` for a request to be executed before it asks for a new view, twice as long after each view
    that brought nothing, doubling at most `max_timeout_doublings` times; a replica tells where it is every
    `status_ticks`. A client sends its request again, to all, after `client_timeout_ticks`, doubling likewise.
    """

    replicas: tuple[str, ...]
    clients: tuple[str, ...]
    checkpoint_interval: int = 4
    window: int = 8
    max_batch: int = 16
    max_in_flight: int = 4
    request_timeout_ticks: int = 20
    max_timeout_doublings: int = 6
    status_ticks: int = 5
    client_timeout_ticks: int = 12
    max_operation_bytes: int = 4096
    max_state_bytes: int = 1 << 24

    def __post_init__(self) -> None:
        members = (*self.replicas, *self.clients)
        if not self.replicas or len(set(members)) != len(members):
            raise ValueError(f"replicas and clients must be distinct, and one replica at least: {list(members)}")
        numbers = (
            self.checkpoint_interval,
            self.max_batch,
            self.max_in_flight,
            self.request_timeout_ticks,
            self.status_ticks,
            self.client_timeout_ticks,
        )
        if min(numbers) < 1 or min(self.max_timeout_doublings, self.max_operation_bytes, self.max_state_bytes) < 0:
            raise ValueError(f"every setting must be at least 1, every limit at least 0: {self}")
        # A window that ends at the next checkpoint would stop the protocol until that checkpoint is stable.
        if self.window < 2 * self.checkpoint_interval or self.window % self.checkpoint_interval != 0:
            raise ValueError(f"the window must be a multiple of the checkpoint interval, from its double on: {self}")

    @property
    def faults(self) -> int:
        """f, the number of faulty replicas that is tolerated."""
        return tolerated_byzantine_faults(len(self.replicas))

    @property
    def quorum(self) -> int:
        """2f + 1 where n = 3f + 1; more where n is between two such numbers."""
        return byzantine_quorum(len(self.replicas))

    @property
    def witness(self) -> int:
        """f + 1: a correct replica is among them."""
        return byzantine_witness(len(self.replicas))

    def primary(self, view: int) -> str:
        """The replica that leads `view`: "p = v mod |R|" (section 4)."""
        return self.replicas[view % len(self.replicas)]

    def backoff_ticks(self, base_ticks: int, attempts: int) -> int:
        """`base_ticks`, doubled for each attempt that was in vain."""
        return base_ticks << min(attempts, self.max_timeout_doublings)
