"""The parts of the simulator by themselves: clock, randomness, network, disk, partitions."""

from __future__ import annotations

import random

from comitia.impl.raft import DurableState, Entry, Persist
from comitia.impl.simulator.clock import Clock
from comitia.impl.simulator.disk import Disk
from comitia.impl.simulator.faults import one_link, one_way, split
from comitia.impl.simulator.network import Envelope, Network
from comitia.impl.simulator.randomness import Randomness
from comitia.impl.simulator.scenarios import LinkConditions


def test_actions_happen_by_time_and_then_in_the_order_they_were_scheduled() -> None:
    clock = Clock()
    happened: list[tuple[int, str]] = []

    def schedule(delay_ms: int, name: str) -> None:
        clock.after(delay_ms, lambda: happened.append((clock.now_ms, name)))

    for delay_ms, name in ((20, "c"), (10, "a"), (10, "b"), (31, "late")):
        schedule(delay_ms, name)
    clock.after(15, lambda: schedule(5, "d"))
    clock.run_until(30)
    assert happened == [(10, "a"), (10, "b"), (20, "c"), (20, "d")]
    assert clock.now_ms == 30


def test_the_clock_stops_when_asked() -> None:
    clock = Clock()
    for delay_ms in (1, 2, 3):
        clock.after(delay_ms, lambda: None)
    clock.run_until(10, stop=lambda: clock.now_ms == 2)
    assert clock.now_ms == 2


def test_streams_depend_on_the_seed_and_on_their_name_alone() -> None:
    assert Randomness(1).stream("a").random() == Randomness(1).stream("a").random()
    firsts = {Randomness(seed).stream(name).random() for seed in (1, 2) for name in ("a", "b")}
    assert len(firsts) == 4


class Wire:
    """A network of strings from n1 to n2, and what has arrived when."""

    def __init__(self, conditions: LinkConditions) -> None:
        self.clock = Clock()
        self.arrived: list[str] = []
        self.network: Network[str] = Network(
            self.clock, random.Random(3), conditions, lambda envelope: self.arrived.append(envelope.payload)
        )

    def send(self, count: int, source: str = "n1", dest: str = "n2") -> list[str]:
        payloads = [f"{source}{number}" for number in range(count)]
        for payload in payloads:
            self.network.send(Envelope(payload, source, dest, payload))
        return payloads


def test_a_network_in_order_delivers_each_message_once() -> None:
    wire = Wire(LinkConditions(delay_ms=(4, 4)))
    sent = wire.send(20)
    wire.clock.run_until(3)
    assert wire.arrived == []
    wire.clock.run_until(4)
    assert wire.arrived == sent


def test_a_network_loses_duplicates_and_reorders_as_it_is_told() -> None:
    wire = Wire(LinkConditions(lost_share=0.2, duplicated_share=0.2, late_share=0.2))
    sent = wire.send(1000)
    wire.clock.run_until(1000)
    assert wire.network.sent == 1000
    assert 150 < wire.network.lost < 250
    assert 110 < wire.network.duplicated < 210
    assert len(wire.arrived) == 1000 - wire.network.lost + wire.network.duplicated
    assert set(wire.arrived) < set(sent)
    assert wire.arrived != sorted(wire.arrived, key=sent.index)


def test_a_cut_link_is_cut_one_way_for_what_is_under_way_too_until_it_heals() -> None:
    wire = Wire(LinkConditions(delay_ms=(5, 5)))
    wire.send(1)
    wire.network.cut([("n1", "n2")])
    back = wire.send(1, "n2", "n1")
    wire.clock.run_until(10)
    assert wire.arrived == back
    wire.network.heal([("n1", "n2")])
    wire.send(1)
    wire.clock.run_until(20)
    assert wire.arrived == ["n20", "n10"]


def test_partitions_cut_what_they_say() -> None:
    ids = ["n1", "n2", "n3", "n4", "n5"]
    for seed in range(20):
        links = split(random.Random(seed), ids)
        assert {(dest, source) for source, dest in links} == set(links)
        links = one_way(random.Random(seed), ids)
        assert {source for source, _ in links}.isdisjoint({dest for _, dest in links})
        [(one, other), back] = one_link(random.Random(seed), ids)
        assert one != other
        assert back == (other, one)


def test_a_write_takes_time_and_a_crash_before_its_end_undoes_it() -> None:
    clock = Clock()
    disk = Disk(clock, random.Random(0), (3, 3), DurableState())
    done: list[int] = []
    write = Persist(1, "n1", None, (Entry(1, b"x"),))
    disk.write(write, lambda: done.append(clock.now_ms))
    clock.run_until(2)
    assert disk.is_writing
    disk.crash()
    clock.run_until(2)
    # Another write has begun when the first would have ended.
    disk.write(Persist(2, "n2", None, ()), lambda: done.append(clock.now_ms))
    clock.run_until(4)
    assert (disk.durable, done) == (DurableState(), [])
    clock.run_until(5)
    assert (disk.durable, done) == (DurableState(2, "n2"), [5])
    assert not disk.is_writing
