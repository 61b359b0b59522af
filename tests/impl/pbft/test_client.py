"""The client: f + 1 matching replies of different replicas, whatever else arrives."""

from __future__ import annotations

import pytest
from comitia.impl.pbft import ClientCore, Refusal, Scheme, Signed
from comitia.impl.pbft.messages import Commit, Reply

from .harness import keys, make_config

CONFIG = make_config()


def waiting_client(scheme: Scheme = Scheme.SIGNATURES) -> ClientCore:
    client = ClientCore("c1", CONFIG, keys(CONFIG, "c1", scheme))
    client.invoke(b"x")
    return client


def reply(replica: str, result: bytes, timestamp: int = 1, view: int = 0, client: str = "c1") -> Signed[Reply]:
    return keys(CONFIG, replica).seal(Reply(view, timestamp, client, result), ("c1",))


def test_f_plus_1_matching_replies_are_needed() -> None:
    client = waiting_client()
    assert client.step(reply("r1", b"wrong")).result is None
    assert client.step(reply("r2", b"right", view=5)).result is None
    assert client.step(reply("r3", b"right", view=6)).result == b"right"
    assert not client.is_waiting
    # One of the two is correct, so view 5 has begun.
    assert client.invoke(b"y").send[0].dests == (CONFIG.primary(5),)


def test_it_sends_to_the_primary_first_and_then_to_all_less_and_less_often() -> None:
    client = ClientCore("c1", CONFIG, keys(CONFIG, "c1"))
    assert client.invoke(b"x").send[0].dests == ("r1",)
    times = [tick for tick in range(1, 100) if client.tick().send]
    assert times == [12, 36, 84]
    assert ClientCore("c1", CONFIG, keys(CONFIG, "c1")).tick().send == ()


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ("text", Refusal.MALFORMED),
        (keys(CONFIG, "r1").sign(Commit(0, 1, bytes(32))), Refusal.MALFORMED),
        (reply("r1", bytes(5000)), Refusal.OVERSIZED),
        (Signed("r1", Reply(0, 1, "c1", b"x"), reply("r2", b"x").proof), Refusal.BAD_SIGNATURE),
        (keys(CONFIG, "r1", Scheme.AUTHENTICATORS).seal(Reply(0, 1, "c1", b"x"), ("c1",)), Refusal.BAD_MAC),
        (reply("c2", b"x"), Refusal.UNKNOWN_REPLICA),
        (reply("r1", b"x", timestamp=2), Refusal.NOT_WANTED),
        (reply("r1", b"x", client="c2"), Refusal.NOT_WANTED),
        (reply("r4", b"x"), Refusal.DUPLICATE),
        (reply("r4", b"y"), Refusal.CONFLICTING),
    ],
)
def test_what_it_refuses(message: object, reason: Refusal) -> None:
    client = waiting_client()
    client.step(reply("r4", b"x"))
    effects = client.step(message)
    assert (effects.refused, effects.result) == (reason, None)
    assert client.refusals[reason] == 1


def test_one_request_at_a_time() -> None:
    client = waiting_client()
    with pytest.raises(ValueError, match="no result yet"):
        client.invoke(b"y")
    with pytest.raises(ValueError, match="at most 4096 bytes, not 5000"):
        ClientCore("c1", CONFIG, keys(CONFIG, "c1")).invoke(bytes(5000))
    with pytest.raises(ValueError, match="none of the clients"):
        ClientCore("r1", CONFIG, keys(CONFIG, "r1"))
