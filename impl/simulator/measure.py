"""What a decision costs without faults, counted in simulated clusters: messages, authenticators, one-way delays.

One client has one command decided after the other, every message takes the same time, and nothing else is under way:
no heartbeats, no status, no checkpoints. What there is to expect is known in closed form (`expected`), after the
papers: messages between servers, the client's own apart, and delays from the client's request until it knows the
result.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..pbft import Authentication, ClientCore, Message, PbftCore, Scheme, Signed, SymmetricKeyring
from ..pbft.messages import Proposal
from ..raft import AppendRequest, Config, DurableState, RaftCore
from ..raft import Message as RaftMessage
from .clock import Clock
from .network import Envelope, Network
from .pbft.clients import Client
from .pbft.node import PbftNode
from .pbft.scenarios import PbftScenario
from .raft.node import RaftNode
from .raft.scenarios import RaftScenario
from .randomness import Randomness
from .scenarios import LinkConditions

DELAY_MS = 1000
_DECISIONS = 5
# Longer than any measurement, so that no timer interferes.
_NEVER_TICKS = 1_000_000
_LINK = LinkConditions(delay_ms=(DELAY_MS, DELAY_MS))


@dataclass(frozen=True, slots=True)
class Cost:
    """What one decision costs. Signatures and codes are those that servers make, and those that they check."""

    messages: float
    client_messages: float
    signatures_made: float
    signatures_checked: float
    codes_made: float
    codes_checked: float
    delays: float


@dataclass(frozen=True, slots=True)
class Measurement:
    """One cluster: `servers` of them, of which `faults` may fail; `kinds` has the messages of each kind by itself."""

    protocol: str
    servers: int
    faults: int
    cost: Cost
    expected: Cost
    kinds: dict[str, float]


def expected_raft(servers: int) -> Cost:
    """Raft: 2(n - 1) messages replicate, n - 1 tell of the commitment, and their answers, which nobody needs, are n
    - 1; 2 delays until the leader commits, 2 more to and from the client, with 2 messages."""
    others = servers - 1
    return Cost(2 * others + others + others, 2, 0, 0, 0, 0, 4)


def expected_pbft(servers: int, scheme: Scheme) -> Cost:
    """PBFT: n - 1 pre-prepares, (n - 1)^2 prepares and n(n - 1) commits are 2n(n - 1) messages; 1 + n of the client; 5
    delays. Signed are, of servers, a pre-prepare, n - 1 prepares, n commits and n replies; with authenticators commits
    and replies carry codes instead, one a receiver. Each server checks every message it receives, and the request."""
    n = servers
    messages = 2 * n * (n - 1)
    if scheme is Scheme.SIGNATURES:
        return Cost(messages, 1 + n, 1 + (n - 1) + n + n, messages + n, 0, 0, 5)
    commits = n * (n - 1)
    return Cost(messages, 1 + n, 1 + (n - 1), messages - commits + n, commits + n, commits, 5)


def measure_raft(servers: int) -> Measurement:
    """The cost of a decision of Raft among `servers`."""
    return _RaftMeter(servers).measure()


def measure_pbft(servers: int, scheme: Scheme) -> Measurement:
    """The cost of a decision of PBFT among `servers`."""
    return _PbftMeter(servers, scheme).measure()


class _Silent:
    """Nobody watches; `applied` may be asked for."""

    def __init__(self, applied: Callable[[str, Any], None] = lambda node, effects: None) -> None:
        self._applied = applied

    def crashed(self, node: str) -> None: ...
    def restarted(self, node: str, after: object) -> None: ...
    def stepped(self, node: str, cause: object, before: object, effects: object, after: object) -> None: ...

    def applied(self, node: str, effects: Any, after: object) -> None:
        self._applied(node, effects)


class _RaftMeter:
    """The client is a link of its own to the leader: its message and the answer take a delay each."""

    def __init__(self, servers: int) -> None:
        scenario = RaftScenario(
            "measure",
            nodes=servers,
            tick_ms=DELAY_MS,
            disk_write_ms=(0, 0),
            heartbeat_ticks=_NEVER_TICKS,
            election_timeout_ticks=(_NEVER_TICKS, 2 * _NEVER_TICKS),
        )
        self._kinds: Counter[str] = Counter()
        self._clock = Clock()
        randomness = Randomness(0)
        network: Network[RaftMessage] = Network(
            self._clock, randomness.stream("network"), _LINK, self._deliver, self._count
        )
        observer = _Silent(self._applied)
        self._nodes = {
            node: RaftNode(node, scenario, self._make_core, self._clock, network, observer, randomness.stream)
            for node in scenario.node_ids
        }
        self._answered_ms: list[int] = []

    def measure(self) -> Measurement:
        for node in self._nodes.values():
            node.start()
        # The first server's timeout is short: it leads from then on.
        self._clock.run_until(30 * DELAY_MS)
        leader = self._nodes["n1"]
        assert leader.core is not None and leader.core.leader == "n1"
        self._kinds.clear()
        self._answered_ms.clear()
        elapsed: list[int] = []
        for number in range(_DECISIONS):
            start = self._clock.now_ms
            self._kinds["client"] += 1
            command = f"v{number}".encode()
            self._clock.after(DELAY_MS, lambda command=command: leader.propose(command, lambda effects: None))
            self._clock.run_until(start + 20 * DELAY_MS)
            elapsed.append(self._answered_ms[-1] - start)
        kinds = {kind: count / _DECISIONS for kind, count in sorted(self._kinds.items())}
        client = kinds.pop("client")
        delays = sum(elapsed) / _DECISIONS / DELAY_MS
        servers = len(self._nodes)
        cost = Cost(sum(kinds.values()), client, 0, 0, 0, 0, delays)
        return Measurement("Raft", servers, (servers - 1) // 2, cost, expected_raft(servers), kinds)

    def _make_core(
        self,
        node_id: str,
        peers: tuple[str, ...],
        config: Config,
        draw_timeout_ticks: Callable[[], int],
        durable: DurableState,
    ) -> RaftCore:
        draw = (lambda: 3) if node_id == "n1" else draw_timeout_ticks
        return RaftCore(node_id, peers, config, draw, durable)

    def _deliver(self, envelope: Envelope[RaftMessage]) -> None:
        self._nodes[envelope.dest].receive(envelope)

    def _count(self, envelope: Envelope[RaftMessage]) -> None:
        message = envelope.payload
        is_notice = isinstance(message, AppendRequest) and not message.entries
        self._kinds["commit notice" if is_notice else type(message).__name__] += 1

    def _applied(self, node: str, effects: Any) -> None:
        if node == "n1" and effects.apply:
            self._kinds["client"] += 1
            self._clock.after(DELAY_MS, lambda: self._answered_ms.append(self._clock.now_ms))


class _CountingKeyring(SymmetricKeyring):
    """Counts what it makes and what it checks."""

    def __init__(self, member: str, secrets: dict[str, bytes], counts: Counter[str]) -> None:
        super().__init__(member, secrets)
        self._counts = counts

    def sign(self, content: bytes) -> bytes:
        self._counts["signatures made"] += 1
        return super().sign(content)

    def verifies(self, signer: str, content: bytes, signature: bytes) -> bool:
        self._counts["signatures checked"] += 1
        return super().verifies(signer, content, signature)

    def tag(self, receiver: str, content: bytes) -> bytes:
        self._counts["codes made"] += 1
        return super().tag(receiver, content)

    def has_tag(self, sender: str, content: bytes, tag: bytes) -> bool:
        self._counts["codes checked"] += 1
        return super().has_tag(sender, content, tag)


class _PbftMeter:
    def __init__(self, servers: int, scheme: Scheme) -> None:
        self._scheme = scheme
        scenario = PbftScenario(
            "measure",
            replicas=servers,
            clients=1,
            tick_ms=DELAY_MS,
            disk_write_ms=(0, 0),
            checkpoint_interval=_NEVER_TICKS,
            window=2 * _NEVER_TICKS,
            status_ticks=_NEVER_TICKS,
            request_timeout_ticks=_NEVER_TICKS,
            client_timeout_ticks=_NEVER_TICKS,
        )
        self._kinds: Counter[str] = Counter()
        self._counts: Counter[str] = Counter()
        self._clock = Clock()
        randomness = Randomness(0)
        self._network: Network[Message] = Network(
            self._clock, randomness.stream("network"), _LINK, self._deliver, self._count
        )
        config = scenario.config
        secrets = {name: name.encode() for name in (*config.replicas, *config.clients)}
        self._nodes = {
            replica: PbftNode(
                *(replica, scenario, Authentication(_CountingKeyring(replica, secrets, self._counts), scheme)),
                *(PbftCore, self._clock, self._network, _Silent(), randomness.stream),
            )
            for replica in config.replicas
        }
        [client] = config.clients
        self._answered_ms: list[int] = []
        self._invoked_ms: list[int] = []
        self._client = Client(
            ClientCore(client, config, Authentication(SymmetricKeyring(client, secrets), scheme)),
            *(self._clock, self._network, randomness.stream("client"), DELAY_MS, (20 * DELAY_MS, 20 * DELAY_MS)),
            lambda request: self._invoked_ms.append(self._clock.now_ms),
            lambda request, result: self._answered_ms.append(self._clock.now_ms),
        )

    def measure(self) -> Measurement:
        for node in self._nodes.values():
            node.start()
        self._client.add_commands(b"%d" % number for number in range(_DECISIONS))
        self._clock.run_until((_DECISIONS + 1) * 20 * DELAY_MS)
        assert self._client.is_done
        elapsed = [end - start for start, end in zip(self._invoked_ms, self._answered_ms, strict=True)]
        kinds = {kind: count / _DECISIONS for kind, count in sorted(self._kinds.items())}
        client = kinds.pop("client")
        made, checked, codes_made, codes_checked = (self._counts[name] / _DECISIONS for name in _AUTHENTICATORS)
        delays = sum(elapsed) / _DECISIONS / DELAY_MS
        cost = Cost(sum(kinds.values()), client, made, checked, codes_made, codes_checked, delays)
        servers = len(self._nodes)
        expected = expected_pbft(servers, self._scheme)
        return Measurement(_NAMES[self._scheme], servers, (servers - 1) // 3, cost, expected, kinds)

    def _deliver(self, envelope: Envelope[Message]) -> None:
        node = self._nodes.get(envelope.dest)
        if node is not None:
            node.receive(envelope)
        else:
            self._client.receive(envelope)

    def _count(self, envelope: Envelope[Message]) -> None:
        message = envelope.payload
        if envelope.source not in self._nodes or envelope.dest not in self._nodes:
            self._kinds["client"] += 1
        elif isinstance(message, Signed):
            self._kinds[type(message.content).__name__] += 1
        else:
            self._kinds["PrePrepare" if isinstance(message, Proposal) else type(message).__name__] += 1


_NAMES = {Scheme.SIGNATURES: "PBFT", Scheme.AUTHENTICATORS: "PBFT with MACs"}
_AUTHENTICATORS = ("signatures made", "signatures checked", "codes made", "codes checked")


def measure_all(max_faults: int) -> list[Measurement]:
    """Both protocols, at the sizes that tolerate 1, 2, … faults: 2f + 1 servers of Raft, 3f + 1 of PBFT."""
    measured: list[Measurement] = []
    for faults in range(1, max_faults + 1):
        measured.append(measure_raft(2 * faults + 1))
        measured += [measure_pbft(3 * faults + 1, scheme) for scheme in Scheme]
    return measured
