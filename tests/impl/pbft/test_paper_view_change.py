"""Section 4.4: what a new view begins with, who asks for one, and that what was committed survives."""

from __future__ import annotations

from itertools import pairwise

import pytest
from comitia.impl.pbft import Message, PbftCore, Refusal, Signed
from comitia.impl.pbft.encoding import digest_of
from comitia.impl.pbft.messages import (
    GENESIS,
    NULL_DIGEST,
    CheckpointCertificate,
    Commit,
    NewView,
    PreparedCertificate,
    PrePrepare,
    Proposal,
    ViewChange,
    Votes,
)
from comitia.impl.pbft.view_change import make_plan

from .harness import Cluster, make_config
from .test_paper_agreement import content_type
from .test_refusals import new_view_of, prepared, sign, view_changes

A, B = b"a" * 32, b"b" * 32


def report(stable: int, *prepared_at: tuple[int, int, bytes]) -> ViewChange:
    """A view change that reports `view, sequence, digest`, without proofs: a plan is made of what has been verified."""
    certificate = GENESIS if stable == 0 else CheckpointCertificate(stable, A, Votes(0, ()))
    return ViewChange(9, certificate, tuple(PreparedCertificate(*place, b"", Votes(0, ())) for place in prepared_at))


@pytest.mark.parametrize(
    ("reports", "expected"),
    [
        ([report(0), report(0), report(0)], []),
        ([report(0, (0, 1, A)), report(0), report(0)], [(1, A)]),
        # The digest of the highest view, wherever it is reported.
        ([report(0, (2, 1, A)), report(0, (0, 1, B)), report(0, (1, 1, B))], [(1, A)]),
        ([report(0, (0, 1, B)), report(0, (0, 1, B)), report(0, (2, 1, A))], [(1, A)]),
        # The null request in the gaps.
        ([report(0, (0, 3, A)), report(0, (0, 1, B)), report(0)], [(1, B), (2, NULL_DIGEST), (3, A)]),
        # Nothing at or below the latest stable checkpoint.
        ([report(0, (0, 1, A), (0, 5, B)), report(4), report(0)], [(5, B)]),
        ([report(0, (0, 1, A)), report(4), report(0)], []),
        ([report(0, (0, 6, A)), report(4), report(0)], [(5, NULL_DIGEST), (6, A)]),
    ],
)
def test_what_a_new_view_proposes(reports: list[ViewChange], expected: list[tuple[int, bytes]]) -> None:
    plan = make_plan(reports)
    assert list(plan.digests) == expected
    assert plan.stable.sequence == max(content.stable.sequence for content in reports)
    assert make_plan(reversed(reports)).digests == plan.digests


def replica(name: str = "r2", **settings: int) -> PbftCore:
    return Cluster(make_config(**settings)).cores[name]


def test_a_replica_joins_when_f_plus_1_others_ask_for_later_views_and_asks_for_the_smallest() -> None:
    core = replica("r4")
    assert core.step(sign("r1", ViewChange(7, GENESIS, ()))).send == ()
    assert core.step(sign("r1", ViewChange(8, GENESIS, ()))).send == (), "one sender is one sender"
    [send] = core.step(sign("r3", ViewChange(5, GENESIS, ()))).send
    assert isinstance(send.message, Signed)
    assert send.message.content == ViewChange(5, GENESIS, ())
    assert (core.view, core.is_active) == (5, False)


def test_the_primary_leads_when_it_has_2f_view_changes_of_others_and_sends_them_along() -> None:
    core = replica("r3")
    core.step(sign("r1", ViewChange(2, GENESIS, ())))
    effects = core.step(sign("r4", ViewChange(2, GENESIS, (prepared(0, 2, "r2", "r4"),))))
    message = effects.send[-1].message
    assert isinstance(message, Signed)
    content = message.content
    assert isinstance(content, NewView)
    assert {view_change.sender for view_change in content.view_changes} == {"r1", "r3", "r4"}
    assert [(m.content.sequence, m.content.digest) for m in content.pre_prepares] == [(1, NULL_DIGEST), (2, bytes(32))]
    assert (core.view, core.is_active) == (2, True)


def test_a_backup_votes_for_what_a_new_view_proposes_and_for_nothing_else_there() -> None:
    core = replica("r2")
    certificate = prepared(0, 2, "r3", "r4")
    proposals = [(1, NULL_DIGEST), (2, bytes(32))]
    new_view = new_view_of(2, view_changes(ViewChange(2, GENESIS, (certificate,))), *proposals)
    effects = core.step(new_view)
    votes = [send.message.content for send in effects.send if isinstance(send.message, Signed)]
    assert [(vote.view, vote.sequence, vote.digest) for vote in votes] == [(2, *place) for place in proposals]
    assert core.step(new_view).refused is Refusal.STALE_VIEW
    other = Cluster().request("c1", 1, b"x")
    for sequence in (1, 2):
        proposal = Proposal(sign("r3", PrePrepare(2, sequence, digest_of((other,)))), (other,))
        assert core.step(proposal).refused is Refusal.CONFLICTING
    assert core.step(Proposal(sign("r3", PrePrepare(2, 3, digest_of((other,)))), (other,))).refused is None


def test_the_timeout_doubles_until_something_is_executed() -> None:
    core = replica("r4", request_timeout_ticks=5)
    core.step(Cluster().request("c1", 1, b"x"))
    ticks: dict[int, int] = {}
    for tick in range(1, 200):
        core.tick()
        if not core.is_active and core.view not in ticks:
            ticks[core.view] = tick
            # "it waits for 2f + 1 view-change messages for view v + 1 and then starts a timer".
            for sender in ("r1", "r2", "r3"):
                core.step(sign(sender, ViewChange(core.view, GENESIS, ())))
        if core.is_active and core.is_primary:
            break
    times = list(ticks.values())
    assert [later - earlier for earlier, later in pairwise(times)] == [5, 10]
    assert times[0] == 5


def test_without_2f_plus_1_view_changes_no_timer_runs() -> None:
    core = replica("r4", request_timeout_ticks=5)
    core.step(Cluster().request("c1", 1, b"x"))
    for _ in range(100):
        core.tick()
    assert core.view == 1


@pytest.mark.parametrize("witness", ["r2", "r3", "r4"])
def test_what_one_replica_has_executed_is_executed_by_all_after_any_number_of_views(witness: str) -> None:
    """Only `witness` hears the COMMITs of view 0, then the primary falls silent, and the next one too."""
    cluster = Cluster(make_config(7))
    silent = {"r1", "r2"} - {witness}

    def view_0(source: str, dest: str, message: Message) -> bool:
        return content_type(message) is not Commit or dest == witness

    cluster.passes = view_0
    cluster.invoke("c1", b"x")
    cluster.deliver()
    assert [name for name, core in cluster.cores.items() if core.executed] == [witness]
    cluster.passes = lambda source, dest, message: source not in silent
    cluster.tick(8 * cluster.config.request_timeout_ticks)
    cluster.invoke("c2", b"y")
    cluster.tick(8 * cluster.config.request_timeout_ticks)
    live = [name for name in cluster.cores if name not in silent]
    assert {cluster.services[name].state for name in live} == {b"xy"}
    assert all(cluster.cores[name].view >= 1 for name in live)


def test_a_replica_that_was_away_is_shown_the_new_view() -> None:
    cluster = Cluster()
    cluster.passes = lambda source, dest, message: "r1" not in (source, dest)
    cluster.invoke("c1", b"x")
    cluster.tick(60)
    assert cluster.cores["r1"].view == 0
    assert cluster.cores["r2"].view == 1
    cluster.passes = lambda source, dest, message: True
    cluster.tick(2 * cluster.config.status_ticks)
    assert {core.view for core in cluster.cores.values()} == {1}
    assert {core.executed for core in cluster.cores.values()} == {1}


def test_a_crash_between_views_forgets_no_view_change() -> None:
    cluster = Cluster()
    cluster.passes = lambda source, dest, message: "r1" not in (source, dest) and content_type(message) is not NewView
    cluster.invoke("c1", b"x")
    cluster.tick(cluster.config.client_timeout_ticks + cluster.config.request_timeout_ticks)
    for name in ("r3", "r4"):
        before = cluster.cores[name]
        cluster.restart(name)
        after = cluster.cores[name]
        assert (after.view, after.is_active, after.low) == (before.view, before.is_active, before.low) == (1, False, 0)
    cluster.passes = lambda source, dest, message: "r1" not in (source, dest)
    cluster.tick(2 * cluster.config.status_ticks)
    assert cluster.results["c1"] == [b"x"]
