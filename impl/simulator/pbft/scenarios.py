"""The PBFT clusters that are simulated: sizes and timing, and how the faulty members attack."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from ...pbft import Config
from ..scenarios import LinkConditions, Range, Scenario


class Attack(Enum):
    """What a faulty member does, apart from following the protocol."""

    NONE = "none"
    SILENCE = "silence"
    DELAY = "delay"
    EQUIVOCATION = "equivocation"
    FORGERY = "forgery"
    REPLAY = "replay"
    WRONG_DIGESTS = "wrong-digests"
    BAD_VIEW_CHANGES = "bad-view-changes"
    BAD_NEW_VIEWS = "bad-new-views"
    MUTATION = "mutation"
    TWINS = "twins"
    CLIENTS = "clients"
    MIXED = "mixed"


@dataclass(frozen=True, slots=True)
class PbftScenario(Scenario):
    """One kind of run: `faulty` of the `replicas`, the first primary among them, mount `attack`; each of `clients`
    correct clients has `commands` executed one after the other in the safety phase, and `last_commands` afterwards.
    With Attack.CLIENTS and Attack.MIXED there is a faulty client too. `has_round_faults`: see `rounds.py`.
    """

    attack: Attack = Attack.NONE
    replicas: int = 4
    faulty: int = 0
    clients: int = 2
    commands: int = 3
    last_commands: int = 1
    command_interval_ms: Range = (5, 30)
    checkpoint_interval: int = 2
    window: int = 4
    request_timeout_ticks: int = 12
    status_ticks: int = 4
    client_timeout_ticks: int = 8
    has_round_faults: bool = False

    @property
    def replica_ids(self) -> tuple[str, ...]:
        return tuple(f"r{number}" for number in range(1, self.replicas + 1))

    @property
    def client_ids(self) -> tuple[str, ...]:
        return tuple(f"c{number}" for number in range(1, self.clients + 1))

    @property
    def has_faulty_client(self) -> bool:
        return self.attack in (Attack.CLIENTS, Attack.MIXED)

    @property
    def config(self) -> Config:
        """What all members are configured with; the faulty client is one of the clients."""
        faulty_clients = (FAULTY_CLIENT,) if self.has_faulty_client else ()
        return Config(
            self.replica_ids,
            (*self.client_ids, *faulty_clients),
            checkpoint_interval=self.checkpoint_interval,
            window=self.window,
            max_batch=3,
            max_in_flight=3,
            request_timeout_ticks=self.request_timeout_ticks,
            status_ticks=self.status_ticks,
            client_timeout_ticks=self.client_timeout_ticks,
        )


FAULTY_CLIENT = "c0"

_UNDER_ATTACK = PbftScenario(
    name="attack",
    faulty=1,
    safety_phase_ms=400,
    liveness_phase_ms=60_000,
    disk_write_ms=(0, 0),
    link=LinkConditions(lost_share=0.04, duplicated_share=0.04, late_share=0.05, late_delay_ms=(20, 150)),
    partition_interval_ms=(80, 300),
    partition_ms=(40, 200),
)


def attack_scenario(attack: Attack, replicas: int = 4, faulty: int | None = None) -> PbftScenario:
    """`attack` by `faulty` replicas, by default as many as are tolerated; none where only clients or nobody attacks."""
    scenario = replace(_UNDER_ATTACK, name=attack.value, attack=attack, replicas=replicas)
    if faulty is None:
        faulty = 0 if attack in (Attack.NONE, Attack.CLIENTS) else scenario.config.faults
    return replace(scenario, faulty=faulty)


ATTACKS: dict[str, PbftScenario] = {attack.value: attack_scenario(attack) for attack in Attack}
CALM = PbftScenario(name="calm", safety_phase_ms=900, liveness_phase_ms=20_000, disk_write_ms=(0, 0))
SCENARIOS: dict[str, PbftScenario] = {"calm": CALM, **ATTACKS}
