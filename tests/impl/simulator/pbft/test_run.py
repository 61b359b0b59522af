"""Whole runs under attack: the same seed gives the same bytes, what is tolerated does no harm, and what is not does."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections import Counter
from dataclasses import replace

import pytest
from comitia.impl.pbft import PbftCore, Refusal, Scheme
from comitia.impl.pbft.ed25519 import Ed25519Keyring, public_key_of
from comitia.impl.simulator import OracleViolation
from comitia.impl.simulator.pbft import ATTACKS, Attack, Run, simulate
from comitia.impl.simulator.pbft.behaviours import BEHAVIOURS
from comitia.impl.simulator.pbft.scenarios import SCENARIOS, attack_scenario

DIGEST_PROGRAM = """
import hashlib
from comitia.impl.simulator.pbft import simulate
from comitia.impl.simulator.pbft.scenarios import SCENARIOS
for name in SCENARIOS:
    print(name, hashlib.sha256("\\n".join(simulate(5, name).trace_lines).encode()).hexdigest())
"""


def test_runs_are_byte_identical_in_processes_that_hash_differently() -> None:
    digests = set()
    for hash_seed in ("1", "4242"):
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
        command = [sys.executable, "-c", DIGEST_PROGRAM]
        digests.add(subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout)
    here = "".join(
        f"{name} {hashlib.sha256(chr(10).join(simulate(5, name).trace_lines).encode()).hexdigest()}\n"
        for name in SCENARIOS
    )
    assert digests == {here}


def test_another_seed_gives_another_run() -> None:
    assert len({tuple(simulate(seed, "mixed").trace_lines) for seed in range(3)}) == 3


def test_every_attack_has_behaviours_and_a_scenario() -> None:
    assert set(BEHAVIOURS) == set(Attack)
    assert set(ATTACKS) == {attack.value for attack in Attack}


SEEDS = 120
"""Runs in which each refusal must be seen: a run is short, and some refusals need a coincidence."""

EXPECTED_REFUSALS = {
    Attack.EQUIVOCATION: {Refusal.CONFLICTING},
    Attack.FORGERY: {Refusal.BAD_SIGNATURE, Refusal.MALFORMED, Refusal.NOT_PRIMARY, Refusal.BAD_REQUEST},
    Attack.REPLAY: {Refusal.DUPLICATE, Refusal.STALE_VIEW, Refusal.OUTSIDE_WATER_MARKS, Refusal.NOT_WANTED},
    Attack.WRONG_DIGESTS: {Refusal.CONFLICTING, Refusal.WRONG_BATCH, Refusal.WRONG_STATE},
    Attack.BAD_VIEW_CHANGES: {Refusal.BAD_PREPARED_SET, Refusal.CONFLICTING},
    Attack.BAD_NEW_VIEWS: {Refusal.BAD_NEW_VIEW, Refusal.BAD_PREPARED_SET},
    Attack.MUTATION: {Refusal.FUTURE_VIEW, Refusal.OUTSIDE_WATER_MARKS, Refusal.CONFLICTING},
    Attack.CLIENTS: {Refusal.REUSED_TIMESTAMP, Refusal.STALE_TIMESTAMP, Refusal.OVERSIZED, Refusal.UNKNOWN_CLIENT},
}


@pytest.mark.parametrize("attack", EXPECTED_REFUSALS, ids=lambda attack: attack.value)
def test_an_attack_does_what_it_says_and_is_refused(attack: Attack) -> None:
    expected = set(EXPECTED_REFUSALS[attack])
    for seed in range(SEEDS):
        expected -= set(simulate(seed, attack.value).refusals)
        if not expected:
            return
    raise AssertionError(f"{SEEDS} seeds without {expected}")


def test_runs_reach_every_step_of_the_protocol() -> None:
    actions: Counter[str] = Counter()
    views = 0
    for seed in range(3):
        for name in ("none", "twins", "mixed"):
            run = simulate(seed, name)
            actions.update(json.loads(line)["action"] for line in run.trace_lines[1:])
            views = max(views, run.views)
    assert set(actions) == {
        *("SendRequest", "AcceptReply", "AcceptRequest", "SendPrePrepare", "AcceptPrePrepare", "SendCommit"),
        *("Execute", "TakeCheckpoint", "CollectGarbage", "TransferState"),
        *("Timeout", "SendViewChange", "SendNewView", "AcceptNewView"),
    }
    assert views >= 3


@pytest.mark.parametrize("scheme", Scheme)
def test_with_real_keys_the_run_is_the_same(scheme: Scheme) -> None:
    """Signatures and codes decide who is believed, nothing else: the trace is that of the symmetric keys."""
    scenario = replace(attack_scenario(Attack.EQUIVOCATION), commands=2, safety_phase_ms=200)

    def make_keyring(member: str, secrets: dict[str, bytes]) -> Ed25519Keyring:
        private = {name: hashlib.sha256(secret).digest() for name, secret in secrets.items()}
        public = {name: public_key_of(key) for name, key in private.items()}
        shared = {name: b"".join(sorted((private[name], private[member]))) for name in private}
        return Ed25519Keyring(member, private[member], public, shared)

    real = simulate(3, scenario, make_keyring=make_keyring, scheme=scheme)
    assert real.trace_lines == simulate(3, scenario, scheme=scheme).trace_lines
    assert real.served > 0


@pytest.mark.parametrize("replicas", [4, 7])
def test_with_more_faulty_replicas_than_tolerated_agreement_breaks(replicas: int) -> None:
    for attack in (Attack.EQUIVOCATION, Attack.TWINS):
        scenario = attack_scenario(attack, replicas)
        scenario = replace(scenario, faulty=scenario.config.faults + 1, liveness_phase_ms=0)
        for seed in range(100):
            try:
                simulate(seed, scenario)
            except OracleViolation as violation:
                if violation.oracle == "agreement":
                    break
        else:
            raise AssertionError(f"100 seeds of {attack.value} with {scenario.faulty} faulty replicas agree")


@pytest.mark.parametrize("replicas", [5, 7])
def test_other_sizes_are_safe_and_live(replicas: int) -> None:
    for seed in range(2):
        assert simulate(seed, attack_scenario(Attack.MIXED, replicas)).served == 8


class NeverExecutes(PbftCore):
    """A core that executes nothing."""

    def _execute_next(self) -> None:
        assert self._executing is None


def test_a_cluster_that_does_not_serve_violates_progress_and_its_trace_is_kept() -> None:
    scenario = replace(SCENARIOS["calm"], safety_phase_ms=100, liveness_phase_ms=1000)
    with pytest.raises(OracleViolation, match=r"progress violated at 1100 ms .* not served within 1000 ms") as raised:
        simulate(0, scenario, make_core=NeverExecutes)
    unjudged: Run = simulate(0, scenario, make_core=NeverExecutes, judge=False)
    assert unjudged.trace_lines == raised.value.trace_lines
    assert len(unjudged.trace_lines) > 1


def test_a_scenario_that_does_not_exist() -> None:
    with pytest.raises(KeyError):
        simulate(0, "earthquake")
