"""Sentences of sections 4.1 to 4.3 of the paper, each held by a test."""

from __future__ import annotations

import pytest
from comitia.impl.pbft import Config, Message, PbftCore, Refusal, Scheme, Signed
from comitia.impl.pbft.messages import (
    BatchBody,
    Checkpoint,
    Commit,
    Prepare,
    Proposal,
    Reply,
    StableCheckpoint,
    StateBody,
)

from .harness import Cluster, make_config


def content_type(message: Message) -> type:
    return type(message.content) if isinstance(message, Signed) else type(message)


def counted(cluster: Cluster, kind: type) -> int:
    """Unicasts of that kind so far."""
    return sum(len(send.dests) for _, send in cluster.sent if content_type(send.message) is kind)


@pytest.mark.parametrize("scheme", Scheme)
@pytest.mark.parametrize("replicas", [1, 2, 4, 5, 7])
def test_a_request_is_executed_once_by_all_and_answered(replicas: int, scheme: Scheme) -> None:
    cluster = Cluster(make_config(replicas), scheme)
    for number in range(10):
        cluster.invoke("c1", b"%d" % number)
        cluster.deliver()
    assert cluster.results["c1"] == [b"0123456789"[max(0, number - 7) : number + 1] for number in range(10)]
    assert {service.state for service in cluster.services.values()} == {b"0123456789"}
    assert {core.low for core in cluster.cores.values()} == {8}


def test_messages_of_one_decision() -> None:
    """Figure 1: pre-prepare from the primary, prepare from each backup, commit from each replica, to all others."""
    cluster = Cluster()
    cluster.invoke("c1", b"x")
    cluster.deliver()
    assert [counted(cluster, kind) for kind in (Proposal, Prepare, Commit, Reply)] == [3, 9, 12, 4]


def test_requests_that_wait_go_into_one_batch() -> None:
    cluster = Cluster(make_config(max_in_flight=1))
    cluster.invoke("c1", b"x")
    cluster.invoke("c2", b"y")
    # The request of c1 is in flight when that of c2 comes, and another of c1 may not come before its result.
    cluster.deliver()
    assert [core.executed for core in cluster.cores.values()] == [2] * 4
    cluster = Cluster(make_config(max_in_flight=1))
    cluster.invoke("c1", b"w")
    source, dest, first = cluster.queue.popleft()
    cluster.carry_out(dest, cluster.cores[dest].step(first))
    cluster.carry_out("r1", cluster.cores["r1"].step(cluster.request("c2", 1, b"x")))
    cluster.carry_out("r1", cluster.cores["r1"].step(cluster.request("c1", 2, b"y")))
    assert source == "c1"
    cluster.deliver()
    assert {core.executed for core in cluster.cores.values()} == {2}
    assert [request.operation for request in cluster.executed["r3"]] == [b"w", b"x", b"y"]


def test_a_replica_that_has_missed_the_request_gets_it_when_it_tells_where_it_is() -> None:
    cluster = Cluster()
    cluster.passes = lambda source, dest, message: dest != "r4"
    cluster.invoke("c1", b"x")
    cluster.deliver()
    assert cluster.cores["r4"].executed == 0
    cluster.passes = lambda source, dest, message: True
    cluster.tick(cluster.config.status_ticks)
    assert cluster.cores["r4"].executed == 1


def test_a_reply_that_was_lost_is_sent_again_without_executing_again() -> None:
    cluster = Cluster()
    cluster.passes = lambda source, dest, message: content_type(message) is not Reply
    cluster.invoke("c1", b"x")
    cluster.deliver()
    cluster.passes = lambda source, dest, message: True
    cluster.tick(cluster.config.client_timeout_ticks)
    assert cluster.results["c1"] == [b"x"]
    assert cluster.services["r2"].state == b"x"


def test_a_request_in_two_batches_is_executed_once() -> None:
    cluster = Cluster()
    request = cluster.request("c1", 1, b"x")
    core = cluster.cores["r2"]
    assert core._not_yet_executed((request, request)) == (request.content,)


def test_a_checkpoint_that_2f_plus_1_vote_for_moves_the_water_marks_and_collects_garbage() -> None:
    cluster = Cluster(make_config(checkpoint_interval=2, window=4))
    cluster.passes = lambda source, dest, message: content_type(message) is not Checkpoint
    for number in range(5):
        cluster.invoke("c1", b"%d" % number)
        cluster.deliver()
    # Without stable checkpoints nothing is proposed above the high water mark.
    assert {(core.low, core.executed) for core in cluster.cores.values()} == {(0, 4)}
    assert cluster.clients["c1"].is_waiting
    cluster.passes = lambda source, dest, message: source != "r4" or content_type(message) is not Checkpoint
    cluster.tick(cluster.config.status_ticks)
    assert {core.low for core in cluster.cores.values()} == {4}
    assert {slot.sequence for core in cluster.cores.values() for slot in core.log} <= {5}
    cluster.tick(cluster.config.status_ticks)
    assert not cluster.clients["c1"].is_waiting


def test_a_replica_that_is_behind_the_low_water_mark_fetches_the_certified_state() -> None:
    cluster = Cluster()
    cluster.passes = lambda source, dest, message: dest != "r4"
    for number in range(9):
        cluster.invoke("c1", b"%d" % number)
        cluster.deliver()
    cluster.passes = lambda source, dest, message: True
    cluster.tick(3 * cluster.config.status_ticks)
    assert counted(cluster, StableCheckpoint) >= 1
    assert counted(cluster, StateBody) >= 1
    assert (cluster.cores["r4"].low, cluster.cores["r4"].executed) == (8, 9)
    assert cluster.services["r4"].state == b"012345678"
    # What the clients were told came along: a request executed before is answered, not executed again.
    again = cluster.cores["r4"].step(cluster.request("c1", 9, b"8"))
    assert isinstance(again.send[0].message, Signed)
    assert isinstance(again.send[0].message.content, Reply)


def test_a_batch_that_is_missing_is_fetched_by_its_digest() -> None:
    """After a view change a backup may have to execute a batch that it never received."""
    cluster = Cluster()
    # r4 hears neither the client nor the primary of view 0, and no proposal is ever sent to it again.
    cluster.passes = lambda source, dest, message: (
        not ((dest == "r4" and content_type(message) is Proposal) or content_type(message) is Commit)
    )
    cluster.invoke("c1", b"x")
    cluster.deliver()
    cluster.passes = lambda source, dest, message: (
        "r1" not in (source, dest) and not (dest == "r4" and content_type(message) is Proposal)
    )
    cluster.tick(cluster.config.client_timeout_ticks + 2 * cluster.config.request_timeout_ticks)
    assert counted(cluster, BatchBody) >= 1
    assert cluster.cores["r4"].view == 1
    assert cluster.cores["r4"].executed == 1
    assert cluster.services["r4"].state == b"x"


def test_a_restart_forgets_no_vote_and_regains_the_rest() -> None:
    cluster = Cluster()
    for number in range(6):
        cluster.invoke("c1", b"%d" % number)
        cluster.deliver()
        for replica in cluster.cores:
            cluster.restart(replica)
        cluster.tick(2 * cluster.config.status_ticks)
    assert cluster.results["c1"] == [b"012345"[: number + 1] for number in range(6)]
    assert {service.state for service in cluster.services.values()} == {b"012345"}
    assert {core.view for core in cluster.cores.values()} == {0}


def test_replicas_and_clients_that_could_not_work_are_not_made() -> None:
    config = make_config()
    cluster = Cluster(config)
    with pytest.raises(ValueError, match="none of the replicas"):
        PbftCore("c1", config, cluster.keys("c1"))
    with pytest.raises(ValueError, match="distinct"):
        Config(("r1", "r2"), ("r1",))
    with pytest.raises(ValueError, match="at least 1"):
        make_config(status_ticks=0)
    with pytest.raises(ValueError, match="multiple"):
        make_config(checkpoint_interval=4, window=4)


def test_a_driver_that_forgets_the_outcome_is_told() -> None:
    core = Cluster(make_config(1)).cores["r1"]
    effects = core.step(Cluster(make_config(1)).request("c1", 1, b"x"))
    assert effects.apply is not None
    with pytest.raises(AssertionError, match="outcome"):
        core.tick()
    assert core.refusals[Refusal.MALFORMED] == 0
