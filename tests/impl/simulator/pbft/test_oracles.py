"""Each oracle objects to what it is there for, and Twins scenarios are all different."""

from __future__ import annotations

from dataclasses import replace

from comitia.impl.pbft import Effects, Execution, Outcome, PbftCore, Request, Snapshot
from comitia.impl.pbft.inputs import Executed, Tick
from comitia.impl.pbft.messages import Commit, NewView, Proposal, ViewChange
from comitia.impl.simulator import Finding
from comitia.impl.simulator.pbft.oracles import Oracles
from comitia.impl.simulator.pbft.twins import VIEWS, count_scenarios, twins_scenario, view_of

from ...pbft.harness import Cluster
from ...pbft.test_refusals import new_view, proposal, request, sign

A, B = b"a" * 32, b"b" * 32
ASKED, LATER = Request(1, "c1", b"x"), Request(2, "c1", b"y")


def watched() -> Oracles:
    oracles = Oracles()
    for one in (ASKED, LATER):
        oracles.asked(one)
    return oracles


def snapshot(executed: int = 0) -> Snapshot:
    return replace(Cluster().cores["r1"].snapshot(), executed=executed)


def core() -> PbftCore:
    return Cluster().cores["r1"]


def execute(oracles: Oracles, node: str, sequence: int, digest: bytes, *requests: Request) -> str | None:
    effects = Effects(apply=Execution(0, sequence, digest, requests, False))
    return oracle_of(oracles.stepped(node, core(), Tick(), snapshot(), effects, snapshot()))


def finish(oracles: Oracles, node: str, replica: PbftCore, before: int, after: int, state: bytes | None) -> str | None:
    cause = Executed(Outcome((), state))
    return oracle_of(oracles.stepped(node, replica, cause, snapshot(before), Effects(), snapshot(after)))


def oracle_of(finding: Finding | None) -> str | None:
    return None if finding is None else finding.oracle


def test_agreement() -> None:
    oracles = watched()
    assert execute(oracles, "r1", 1, A, ASKED) is None
    assert execute(oracles, "r2", 1, A, ASKED) is None
    assert execute(oracles, "r3", 1, B) == "agreement"
    assert finish(oracles, "r1", core(), 0, 1, b"state") is None
    assert finish(oracles, "r2", core(), 0, 1, b"state") is None
    assert finish(oracles, "r3", core(), 0, 1, b"other") == "agreement"


def test_validity_and_exactly_once() -> None:
    oracles = watched()
    assert execute(oracles, "r1", 1, A, Request(1, "c1", b"never asked")) == "validity"
    assert execute(oracles, "r2", 1, A, ASKED, LATER) is None
    assert execute(oracles, "r2", 2, B, ASKED) == "exactly once"
    assert execute(oracles, "r3", 1, A, LATER) is None
    assert execute(oracles, "r3", 2, B, ASKED) == "exactly once"


def test_order() -> None:
    assert finish(watched(), "r1", core(), 1, 2, None) is None
    assert finish(watched(), "r1", core(), 1, 3, None) == "order"


def test_replies() -> None:
    oracles, replica = watched(), core()
    replica.clients.executed(ASKED, b"right")
    assert finish(oracles, "r1", replica, 0, 1, None) is None
    assert oracle_of(oracles.accepted(ASKED, b"right")) is None
    assert oracle_of(oracles.accepted(ASKED, b"wrong")) == "replies"
    assert oracle_of(oracles.accepted(LATER, b"right")) == "replies"


def test_bounds() -> None:
    replica = core()
    assert oracle_of(watched().stepped("r1", replica, Tick(), snapshot(), Effects(), snapshot())) is None
    replica.log.slot(replica.config.window + 1)
    assert oracle_of(watched().stepped("r1", replica, Tick(), snapshot(), Effects(), snapshot())) == "bounds"


def test_twins_scenarios_enumerate_leaders_and_sides() -> None:
    """A small cluster: every number gives another scenario, and with all numbers every one comes."""
    total = count_scenarios(2, 1)
    assert total == 2 * (1 << 2) ** VIEWS
    scenarios = {twins_scenario(number, ("r1", "r2"), 1) for number in range(total)}
    assert len(scenarios) == total
    assert {scenario.faulty for scenario in scenarios} == {("r1",), ("r2",)}
    assert twins_scenario(total, ("r1", "r2"), 1) == twins_scenario(0, ("r1", "r2"), 1)
    assert count_scenarios(4, 1) == 4 * 16**3


def test_twins_hear_each_other_by_view() -> None:
    scenario = replace(twins_scenario(0, ("r1", "r2", "r3", "r4"), 1), sides=(frozenset({"r1", "r2"}), frozenset()))
    assert scenario.passes("r1", "r2", sign("r1", Commit(0, 1, A)))
    assert not scenario.passes("r1", "r3", sign("r1", Commit(0, 1, A)))
    assert scenario.passes("r3", "r1*", sign("r3", Commit(0, 1, A)))
    assert scenario.passes("r1", "r3", sign("r1", Commit(1, 1, A)))
    assert scenario.passes("r1", "r3", sign("r1", Commit(5, 1, A)))
    assert scenario.passes("c1", "r3", request())
    [twin] = scenario.faulty
    heard = [
        (client, copy)
        for client in ("c1", "c2")
        for copy in (twin, f"{twin}*")
        if scenario.passes(client, copy, request(client=client))
    ]
    assert sorted(client for client, _ in heard) == ["c1", "c2"], "each client is heard by one copy"
    assert len({copy for _, copy in heard}) == 2


def test_a_view_change_belongs_to_the_view_that_it_ends() -> None:
    view_change = new_view(2, "134").content.view_changes[0]
    assert isinstance(view_change.content, ViewChange)
    assert isinstance(new_view(2, "134").content, NewView)
    assert view_of(view_change) == view_of(new_view(2, "134")) == 1
    assert isinstance(proposal(1), Proposal)
    assert view_of(proposal(1, view=3, primary="r4")) == 3
