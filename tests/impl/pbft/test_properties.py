"""Properties of one replica under any input whatever: it does not raise, nothing grows beyond its bounds, and it never
votes twice, over restarts too.

All other replicas are faulty here, and sign whatever they like.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, TypeAlias

from comitia.impl.pbft import DurableState, Effects, Outcome, PbftCore, Refusal, Request, Scheme, Signed
from comitia.impl.pbft.encoding import digest_of
from comitia.impl.pbft.log import MAX_BODIES
from comitia.impl.pbft.messages import (
    GENESIS,
    NULL_DIGEST,
    BatchBody,
    Checkpoint,
    CheckpointCertificate,
    Commit,
    FetchBatch,
    FetchState,
    NewView,
    Prepare,
    PrePrepare,
    Proposal,
    ReplicaState,
    StableCheckpoint,
    StateBody,
    Status,
    ViewChange,
)
from comitia.impl.pbft.view_change import make_plan
from hypothesis import given, settings
from hypothesis import strategies as st

from .harness import Counter, keys, make_config
from .test_refusals import prepared, request, votes

CONFIG = make_config(checkpoint_interval=2, window=4, request_timeout_ticks=3, status_ticks=2)
Step: TypeAlias = tuple[str, object]

REQUESTS = [request(timestamp, b"%d" % timestamp, client) for timestamp in (1, 2, 3) for client in ("c1", "c2")]
BATCHES = [(), *((one,) for one in REQUESTS), (REQUESTS[0], REQUESTS[1]), (REQUESTS[2], REQUESTS[0])]
DIGESTS = [digest_of(batch) for batch in BATCHES]
STATE = ReplicaState(4, b"4", ())

VIEWS = st.integers(0, 4)
SEQUENCES = st.integers(1, 7)
ANY_DIGEST = st.sampled_from(DIGESTS[:4])
OTHERS = st.sampled_from(["r1", "r3", "r4"])
SIGNERS = st.sampled_from([("r1", "r3", "r4"), ("r1", "r2", "r3"), ("r1", "r3"), ("r3", "r4"), ("r2", "r4")])


def sign(member: str, content: Any) -> Any:
    return keys(CONFIG, member).sign(content)


def checkpoint(sequence: int, signers: tuple[str, ...], digest: bytes) -> Any:
    return CheckpointCertificate(sequence, digest, votes(Checkpoint(sequence, digest), *signers))


CHECKPOINTS = st.one_of(
    st.just(GENESIS),
    st.builds(checkpoint, st.sampled_from([2, 4, 6]), SIGNERS, st.sampled_from([digest_of(STATE), DIGESTS[1]])),
)
PREPARED = st.builds(
    lambda view, sequence, signers, digest: prepared(view, sequence, *signers, digest=digest),
    VIEWS,
    SEQUENCES,
    SIGNERS,
    ANY_DIGEST,
)
VIEW_CHANGES = st.builds(
    ViewChange,
    st.integers(1, 5),
    CHECKPOINTS,
    st.lists(PREPARED, max_size=3).map(lambda sets: tuple(sorted(sets, key=lambda one: one.sequence))),
)


def honest_new_view(view: int, contents: list[ViewChange]) -> Any:
    """A NEW-VIEW of these view changes, each of another sender, with the proposals that follow."""
    contents = [replace(content, view=view) for content in contents]
    primary = CONFIG.primary(view)
    signed = tuple(sign(sender, content) for sender, content in zip(("r1", "r3", "r4"), contents, strict=False))
    plan = make_plan(contents)
    return sign(
        primary, NewView(view, signed, tuple(sign(primary, PrePrepare(view, *place)) for place in plan.digests))
    )


CONTENTS = st.one_of(
    st.builds(Prepare, VIEWS, SEQUENCES, ANY_DIGEST),
    st.builds(Commit, VIEWS, SEQUENCES, ANY_DIGEST),
    st.builds(Checkpoint, SEQUENCES, ANY_DIGEST),
    VIEW_CHANGES,
    st.builds(Status, VIEWS, st.booleans(), SEQUENCES, SEQUENCES),
    st.builds(FetchBatch, SEQUENCES, ANY_DIGEST),
    st.builds(FetchState, SEQUENCES),
)
VOTES = st.builds(
    sign, OTHERS, st.one_of(*[st.builds(kind, VIEWS, SEQUENCES, ANY_DIGEST) for kind in (Prepare, Commit)])
)


def proposal(view: int, sequence: int, batch: Any, primary: str | None) -> Proposal:
    return Proposal(sign(primary or CONFIG.primary(view), PrePrepare(view, sequence, digest_of(batch))), batch)


MESSAGES = st.one_of(
    VOTES,
    st.builds(sign, OTHERS, CONTENTS),
    st.builds(proposal, VIEWS, SEQUENCES, st.sampled_from(BATCHES[:5]), st.one_of(st.none(), OTHERS)),
    st.sampled_from(REQUESTS),
    st.builds(BatchBody, SEQUENCES, st.sampled_from(BATCHES)),
    st.builds(StableCheckpoint, CHECKPOINTS),
    st.builds(StateBody, CHECKPOINTS, st.just(STATE)),
    st.builds(honest_new_view, st.integers(1, 5), st.lists(VIEW_CHANGES, min_size=2, max_size=3)),
)


@dataclass(frozen=True)
class Agreement:
    """All that it takes to have a batch executed at one number of one view, in the order of the protocol."""

    view: int
    sequence: int
    batch: Any

    def messages(self) -> list[object]:
        place = (self.view, self.sequence, digest_of(self.batch))
        backups = [name for name in ("r1", "r3", "r4") if name != CONFIG.primary(self.view)]
        return [
            proposal(self.view, self.sequence, self.batch, None),
            *(sign(name, Prepare(*place)) for name in backups),
            *(sign(name, Commit(*place)) for name in backups),
        ]


JUNK = st.one_of(st.none(), st.integers(), st.text(), st.binary(), st.just(Signed), st.lists(st.integers()))
STEPS: st.SearchStrategy[Step] = st.one_of(
    st.tuples(st.just("tick"), st.integers(1, 4)),
    st.tuples(st.just("step"), MESSAGES),
    st.tuples(st.just("step"), MESSAGES),
    st.tuples(st.just("agree"), st.builds(Agreement, VIEWS, SEQUENCES, st.sampled_from(BATCHES[1:5]))),
    st.tuples(st.just("restart"), st.none()),
)
RUNS = st.lists(STEPS, max_size=25)


class Replica:
    """r2 with its driver."""

    def __init__(self) -> None:
        self.durable = DurableState()
        self.effects: list[Effects] = []
        self.restart()

    def restart(self) -> None:
        self.core = PbftCore("r2", CONFIG, keys(CONFIG, "r2"), self.durable)
        self.service = Counter(b"" if self.durable.state is None else self.durable.state.service)

    def carry_out(self, effects: Effects) -> None:
        while True:
            self.effects.append(effects)
            if effects.persist is not None:
                self.durable = self.durable.after(effects.persist)
            if effects.restore is not None:
                self.service.state = effects.restore
            if effects.apply is None:
                return
            results = tuple(self.service.execute(request.operation) for request in effects.apply.requests)
            state = self.service.state if effects.apply.is_checkpoint else None
            effects = self.core.executed_batch(Outcome(results, state))


def run(steps: list[Step], check: Callable[[Replica], None] = lambda replica: None) -> list[Effects]:
    """The effects of all inputs; `check` looks after each."""
    replica = Replica()
    for kind, argument in steps:
        if kind == "restart":
            replica.restart()
        elif kind == "tick":
            assert isinstance(argument, int)
            for _ in range(argument):
                replica.carry_out(replica.core.tick())
        else:
            for message in argument.messages() if isinstance(argument, Agreement) else [argument]:
                replica.carry_out(replica.core.step(message))
        check(replica)
    return replica.effects


@settings(max_examples=100, deadline=None)
@given(RUNS)
def test_no_input_raises_and_the_same_inputs_have_the_same_effects(steps: list[Step]) -> None:
    assert run(steps) == run(steps)


@settings(max_examples=100, deadline=None)
@given(RUNS)
def test_nothing_grows_beyond_its_bounds(steps: list[Step]) -> None:
    def check(replica: Replica) -> None:
        core = replica.core
        slots = list(core.log)
        assert all(core.low < slot.sequence <= core.low + CONFIG.window for slot in slots)
        for slot in slots:
            assert len(slot.bodies) <= MAX_BODIES
            assert set(slot.prepares) <= set(CONFIG.replicas) - ({core.primary} if core.is_active else set())
            assert set(slot.commits) <= set(CONFIG.replicas)
        snapshot = core.snapshot()
        assert all(core.low < sequence <= core.low + CONFIG.window for sequence in snapshot.checkpoints)
        assert len(snapshot.checkpoints) <= CONFIG.window // CONFIG.checkpoint_interval
        assert set(snapshot.view_changes) <= set(CONFIG.replicas)
        assert len(core.clients.pending) <= len(CONFIG.clients)
        assert len(core._answered) <= len(core.others) * (2 + CONFIG.window)
        assert len(replica.durable.slots) <= CONFIG.window

    run(steps, check)


@settings(max_examples=100, deadline=None)
@given(RUNS)
def test_it_votes_once_for_each_number_in_a_view_and_never_in_a_view_that_it_has_left(steps: list[Step]) -> None:
    votes: dict[tuple[type, int, int], bytes] = {}
    asked = 0
    for effects in run(steps):
        for send in effects.send:
            message = send.message.pre_prepare if isinstance(send.message, Proposal) else send.message
            if not isinstance(message, Signed) or message.sender != "r2":
                continue
            content = message.content
            if isinstance(content, PrePrepare | Prepare | Commit):
                place = (type(content), content.view, content.sequence)
                assert votes.setdefault(place, content.digest) == content.digest
                assert content.view >= asked
                other = Commit if isinstance(content, Prepare) else Prepare
                assert votes.get((other, *place[1:]), content.digest) == content.digest
            if isinstance(content, ViewChange):
                assert content.view >= asked
                asked = content.view


@settings(max_examples=100, deadline=None)
@given(RUNS)
def test_numbers_are_executed_in_order_and_no_request_twice(steps: list[Step]) -> None:
    replica = Replica()
    executed = 0
    timestamps: dict[str, int] = {}
    for kind, argument in steps:
        if kind == "restart":
            continue
        messages = argument.messages() if isinstance(argument, Agreement) else [argument]
        for message in messages if kind != "tick" else []:
            first = len(replica.effects)
            replica.carry_out(replica.core.step(message))
            for effects in replica.effects[first:]:
                if effects.restore is not None:
                    timestamps = dict(replica.core.snapshot().timestamps)
                    executed = replica.durable.stable.sequence
                if effects.apply is not None:
                    assert effects.apply.sequence == executed + 1
                    executed += 1
                    for one in effects.apply.requests:
                        assert one.timestamp > timestamps.get(one.client, 0)
                        timestamps[one.client] = one.timestamp


def mangled(value: Any, path: list[int], junk: Any) -> Any:
    """`value` with one part, somewhere inside, replaced by `junk`."""
    if not path:
        return junk
    index, rest = path[0], path[1:]
    if is_dataclass(value) and not isinstance(value, type):
        name = fields(value)[index % len(fields(value))].name
        return replace(value, **{name: mangled(getattr(value, name), rest, junk)})
    if isinstance(value, tuple) and value:
        index %= len(value)
        return (*value[:index], mangled(value[index], rest, junk), *value[index + 1 :])
    return junk


@settings(max_examples=300, deadline=None)
@given(MESSAGES, st.lists(st.integers(0, 9), min_size=0, max_size=6), JUNK, st.sampled_from(Scheme))
def test_a_mangled_message_is_refused_and_never_raises(
    message: Any, path: list[int], junk: Any, scheme: Scheme
) -> None:
    core = PbftCore("r2", CONFIG, keys(CONFIG, "r2", scheme))
    core.step(mangled(message, path, junk))
    assert sum(core.refusals.values()) <= 1


def test_the_fuzzing_reaches_what_it_should() -> None:
    """Executions, checkpoints, views and refusals do happen in such runs: here is one that is known."""
    steps: list[Step] = [("agree", Agreement(0, sequence, BATCHES[sequence])) for sequence in (1, 2)]
    content = ViewChange(4, GENESIS, ())
    steps += [("step", sign(name, content)) for name in ("r1", "r3", "r4")]
    steps += [("step", honest_new_view(4, [content] * 3)), ("agree", Agreement(4, 3, BATCHES[1]))]
    replica = Replica()

    def keep(last: Replica) -> None:
        nonlocal replica
        replica = last

    effects = run(steps, keep)
    assert replica.core.executed == 3
    assert replica.core.view == 4
    assert replica.core.refusals[Refusal.MALFORMED] == 0
    assert sum(one.apply is not None for one in effects) == 3
    assert DIGESTS[0] == NULL_DIGEST
    assert isinstance(REQUESTS[0].content, Request)
