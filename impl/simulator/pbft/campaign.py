"""Many runs under attack, one seed each, every attack in turn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from ...pbft import Refusal
from ..violations import OracleViolation
from .run import Run, simulate
from .scenarios import ATTACKS, PbftScenario


@dataclass
class Campaign:
    """What came of it. `violations` are the runs that an oracle stopped."""

    runs: int = 0
    decided: int = 0
    served: int = 0
    views: int = 0
    events: int = 0
    refusals: Counter[Refusal] = field(default_factory=Counter)
    violations: list[OracleViolation] = field(default_factory=list)

    def add(self, run: Run) -> None:
        """Count one run that kept every guarantee."""
        self.decided += run.decided
        self.served += run.served
        self.views += run.views
        self.events += len(run.recorder.events)
        self.refusals.update(run.refusals)


def scenarios_of(attack: str | None) -> list[PbftScenario]:
    """The one of that name, or all attacks."""
    return list(ATTACKS.values()) if attack is None else [ATTACKS[attack]]


def seeds_of(runs: int, first_seed: int, attack: str | None) -> Iterator[tuple[int, PbftScenario]]:
    """Each run's seed and scenario."""
    scenarios = scenarios_of(attack)
    return ((seed, scenarios[seed % len(scenarios)]) for seed in range(first_seed, first_seed + runs))


def run_campaign(
    runs: int,
    first_seed: int = 0,
    attack: str | None = None,
    finished: Callable[[Run], None] = lambda run: None,
) -> Campaign:
    """Attack `runs` times, with at most f faulty replicas; `finished` is shown each run that kept every guarantee.

    Raises KeyError if there is no attack of that name.
    """
    campaign = Campaign()
    for seed, scenario in seeds_of(runs, first_seed, attack):
        campaign.runs += 1
        try:
            run = simulate(seed, scenario)
        except OracleViolation as violation:
            campaign.violations.append(violation)
        else:
            campaign.add(run)
            finished(run)
    return campaign
