"""The ways to attack, one class each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, replace
from typing import Any

from ...pbft import Message, Signed
from ...pbft.certificates import make_votes
from ...pbft.encoding import DIGEST_BYTES, Digest, digest_of
from ...pbft.messages import (
    GENESIS,
    NULL_DIGEST,
    Batch,
    BatchBody,
    Checkpoint,
    Commit,
    NewView,
    Prepare,
    PreparedCertificate,
    PrePrepare,
    Proposal,
    Reply,
    Request,
    Signature,
    StableCheckpoint,
    StateBody,
    ViewChange,
)
from ...pbft.view_change import make_plan
from .byzantine import Arsenal, Behaviour, Unicast
from .scenarios import Attack


class Silence(Behaviour):
    """Says nothing to some of the others, or to all."""

    def __init__(self, arsenal: Arsenal) -> None:
        super().__init__(arsenal)
        victims = arsenal.victims
        self._deaf = set(arsenal.random.sample(victims, arsenal.random.randint(1, len(victims))))

    def transform(self, dest: str, message: Message) -> Iterable[Unicast]:
        return [] if dest in self._deaf else [(dest, message)]


class Delay(Behaviour):
    """Says everything late, each message by another while."""

    def transform(self, dest: str, message: Message) -> Iterable[Unicast]:
        self.arsenal.post_later(self.arsenal.random.randint(5, 200), dest, message)
        return []


class Equivocation(Behaviour):
    """As primary, proposes different batches to different replicas; votes, with its accomplices, for each of them."""

    def __init__(self, arsenal: Arsenal) -> None:
        super().__init__(arsenal)
        self._voted: set[tuple[int, int]] = set()
        self._batches: dict[tuple[int, int], Batch] = {}

    def transform(self, dest: str, message: Message) -> Iterable[Unicast]:
        if isinstance(message, Proposal) and message.pre_prepare.sender == self.arsenal.me:
            return [(dest, self._fork(dest, message))]
        if isinstance(message, Signed) and isinstance(message.content, Prepare | Commit):
            content = message.content
            digest = self.arsenal.collusion.forks.get((content.view, content.sequence), {}).get(dest)
            if digest is not None:
                return [(dest, self.arsenal.seal(replace(content, digest=digest), dest))]
        return [(dest, message)]

    def spontaneous(self) -> Iterable[Unicast]:
        for place, told in self.arsenal.collusion.forks.items():
            if place not in self._voted:
                self._voted.add(place)
                yield from self.votes(place, told)

    def votes(self, place: tuple[int, int], told: dict[str, Digest]) -> Iterable[Unicast]:
        """A vote for each side, to that side."""
        for dest, digest in told.items():
            if self.arsenal.config.primary(place[0]) != self.arsenal.me:
                yield dest, self.arsenal.seal(Prepare(*place, digest), dest)
            yield dest, self.arsenal.seal(Commit(*place, digest), dest)

    def _fork(self, dest: str, proposal: Proposal) -> Proposal:
        content = proposal.pre_prepare.content
        place = (content.view, content.sequence)
        if place not in self._batches:
            self._batches[place] = self._other_batch(proposal.batch)
        told = self.arsenal.collusion.forks.setdefault(place, {})
        if dest not in told:
            batch = self.arsenal.random.choice((proposal.batch, self._batches[place]))
            told[dest] = digest_of(batch)
        if told[dest] == content.digest:
            return proposal
        return Proposal(self.arsenal.sign(replace(content, digest=told[dest])), self._batches[place])

    def _other_batch(self, batch: Batch) -> Batch:
        known = list(self.arsenal.collusion.requests.values())
        other = tuple(self.arsenal.random.sample(known, min(len(known), self.arsenal.random.randint(1, 3))))
        return other or batch


class Forgery(Equivocation):
    """Votes and asks in the names of others, with signatures of its own or copied ones, and sends rubbish."""

    def transform(self, dest: str, message: Message) -> Iterable[Unicast]:
        own = super().transform(dest, message)
        chance = self.arsenal.random
        if isinstance(message, Proposal) and message.pre_prepare.sender == self.arsenal.me and chance.random() < 0.4:
            forged = self.arsenal.sign(Request(99, chance.choice(self.arsenal.config.clients), b"forged"))
            batch = (replace(forged, sender=forged.content.client),)
            content = replace(message.pre_prepare.content, digest=digest_of(batch))
            return [(dest, Proposal(self.arsenal.sign(content), batch))]
        return own

    def votes(self, place: tuple[int, int], told: dict[str, Digest]) -> Iterable[Unicast]:
        yield from super().votes(place, told)
        for dest, digest in told.items():
            for other in self.arsenal.config.replicas:
                for kind in (Prepare, Commit):
                    forged = self.arsenal.seal(kind(*place, digest), dest)
                    yield dest, replace(forged, sender=other)

    def spontaneous(self) -> Iterable[Unicast]:
        yield from super().spontaneous()
        chance = self.arsenal.random
        dest = chance.choice(self.arsenal.victims)
        core = self.arsenal.core()
        if chance.random() < 0.3:
            batch = tuple(list(self.arsenal.collusion.requests.values())[-1:])
            content = PrePrepare(core.view, core.executed + chance.randint(1, 2), digest_of(batch))
            yield dest, Proposal(self.arsenal.sign(content), batch)
        seen = self.arsenal.collusion.seen
        if seen and chance.random() < 0.5:
            yield dest, _mangled(chance, chance.choice(seen))


class Replay(Behaviour):
    """Sends what it has seen again, to whoever, in as many copies as it likes."""

    def spontaneous(self) -> Iterable[Unicast]:
        chance, seen = self.arsenal.random, self.arsenal.collusion.seen
        for _ in range(min(3, len(seen))):
            message, dest = chance.choice(seen), chance.choice(self.arsenal.victims)
            yield from [(dest, message)] * chance.randint(1, 3)


class WrongDigests(Behaviour):
    """Votes for other digests than the right ones, and hands out wrong batches, states and results."""

    def transform(self, dest: str, message: Message) -> Iterable[Unicast]:
        if self.arsenal.random.random() < 0.4:
            return [(dest, message)]
        return [(dest, self._wrong(dest, message))]

    def spontaneous(self) -> Iterable[Unicast]:
        core, chance = self.arsenal.core(), self.arsenal.random
        certificates = [one.certificate for one in self.arsenal.collusion.seen if isinstance(one, StableCheckpoint)]
        if core.low > 0:
            certificates.append(core.stable)
        if certificates and chance.random() < 0.5:
            dest = chance.choice(self.arsenal.victims)
            certificate = chance.choice(certificates)
            state = core.state
            if state is not None:
                fake = replace(state, sequence=max(1, certificate.sequence), service=b"wrong")
                yield dest, StableCheckpoint(certificate)
                yield dest, StateBody(certificate, fake)

    def _wrong(self, dest: str, message: Message) -> Message:
        arsenal = self.arsenal
        match message:
            case Signed(_, Prepare() | Commit() | Checkpoint() as content):
                return arsenal.seal(replace(content, digest=_other_digest(arsenal)), dest)
            case Signed(_, Reply() as reply):
                return arsenal.seal(replace(reply, result=b"wrong"), dest)
            case Proposal(pre_prepare, _):
                return Proposal(pre_prepare, _any_batch(arsenal))
            case BatchBody(sequence, _):
                return BatchBody(sequence, _any_batch(arsenal))
            case StateBody(certificate, state):
                return StateBody(certificate, replace(state, service=b"wrong"))
        return message


class BadViewChanges(Equivocation):
    """Asks for other views, and reports what it never prepared, less than it prepared, or badly proven."""

    def transform(self, dest: str, message: Message) -> Iterable[Unicast]:
        if isinstance(message, Signed) and isinstance(message.content, ViewChange):
            return [(dest, self.arsenal.sign(self.bad(message.content)))]
        return super().transform(dest, message)

    def spontaneous(self) -> Iterable[Unicast]:
        yield from super().spontaneous()
        core, chance = self.arsenal.core(), self.arsenal.random
        if chance.random() < 0.15:
            honest = ViewChange(core.view + chance.choice((1, 1, 1, 2, 7)), core.stable, core.log.prepared())
            for dest in self.arsenal.victims:
                yield dest, self.arsenal.sign(self.bad(honest))

    def bad(self, content: ViewChange) -> ViewChange:
        """A view change with something wrong about it."""
        arsenal, chance = self.arsenal, self.arsenal.random
        old = [one for one in arsenal.collusion.certificates if one.sequence > content.stable.sequence]
        choice = chance.randrange(7)
        if choice == 0:
            return replace(content, prepared=())
        if choice == 1 and old:
            return replace(content, prepared=(chance.choice(old),))
        if choice == 2:
            return replace(content, stable=GENESIS, prepared=())
        if choice == 3 and content.prepared:
            raised = replace(content.prepared[0], view=content.view - 1)
            return replace(content, prepared=(raised, *content.prepared[1:]))
        if choice == 4:
            stable = replace(content.stable, sequence=content.stable.sequence + arsenal.config.checkpoint_interval)
            return replace(content, stable=stable, prepared=())
        if choice == 5:
            return replace(content, prepared=content.prepared * 2)
        return replace(content, prepared=self.invented(content))

    def invented(self, content: ViewChange) -> tuple[PreparedCertificate, ...]:
        """Certificates for requests of its choice, signed by itself alone, in the latest view there can be."""
        arsenal = self.arsenal
        low = content.stable.sequence
        made: list[PreparedCertificate] = []
        for sequence in range(low + 1, low + 3):
            place = (content.view - 1, sequence, _other_digest(arsenal))
            signature: bytes = arsenal.sign(Prepare(*place)).proof.value
            voters = [one for one in arsenal.config.replicas if one != arsenal.config.primary(place[0])]
            votes = make_votes(arsenal.config, dict.fromkeys(voters[: arsenal.config.quorum - 1], signature))
            made.append(PreparedCertificate(*place, arsenal.sign(PrePrepare(*place)).proof.value, votes))
        return tuple(made)


class BadNewViews(BadViewChanges):
    """Begins its views with too few view changes, the same one often, or proposals that do not follow from them."""

    def transform(self, dest: str, message: Message) -> Iterable[Unicast]:
        if isinstance(message, Signed) and isinstance(message.content, NewView) and message.sender == self.arsenal.me:
            return [(dest, self.arsenal.sign(self._bad_new_view(message.content)))]
        return super().transform(dest, message)

    def spontaneous(self) -> Iterable[Unicast]:
        yield from super().spontaneous()
        arsenal = self.arsenal
        core = arsenal.core()
        if arsenal.random.random() > 0.3:
            return
        views = [view for view in range(core.view, core.view + 5) if arsenal.config.primary(view) == arsenal.me]
        for view in views[:1]:
            if view > 0:
                for dest in arsenal.victims:
                    yield dest, arsenal.sign(self._of_few(view))

    def _of_few(self, view: int) -> NewView:
        """A new view of what there is: its own view change, and what it has seen, which may be too little."""
        arsenal, chance = self.arsenal, self.arsenal.random
        own: Signed[ViewChange] = arsenal.sign(ViewChange(view, arsenal.core().stable, ()))
        seen = [message for (of, _), message in arsenal.collusion.view_changes.items() if of == view]
        seen = [message for message in seen if message.sender != arsenal.me]
        count = min(len(seen), chance.randint(0, arsenal.config.quorum - 1))
        chosen = [own, *chance.sample(seen, count)]
        while len(chosen) < arsenal.config.quorum and chance.random() < 0.6:
            chosen.append(own)
        return self._from(view, chosen)

    def _from(self, view: int, chosen: list[Signed[ViewChange]]) -> NewView:
        plan = make_plan(message.content for message in chosen)
        proposals = tuple(self.arsenal.sign(PrePrepare(view, *place)) for place in plan.digests)
        return NewView(view, tuple(chosen), proposals)

    def _bad_new_view(self, content: NewView) -> NewView:
        arsenal, chance = self.arsenal, self.arsenal.random
        proposals = list(content.pre_prepares)
        choice = chance.randrange(5)
        if choice == 0:
            return replace(content, pre_prepares=())
        if choice == 1 and proposals:
            index = chance.randrange(len(proposals))
            digest = chance.choice((NULL_DIGEST, _other_digest(arsenal)))
            proposals[index] = arsenal.sign(replace(proposals[index].content, digest=digest))
            return replace(content, pre_prepares=tuple(proposals))
        if choice == 2:
            own = [one for one in content.view_changes if one.sender == arsenal.me]
            return self._from(content.view, own * arsenal.config.quorum)
        if choice == 3:
            return self._of_few(content.view)
        return replace(content, pre_prepares=tuple(proposals[:-1]))


class Mutation(Behaviour):
    """Changes one small thing in some of its messages, to some receivers, in some views (after ByzzFuzz)."""

    def __init__(self, arsenal: Arsenal) -> None:
        super().__init__(arsenal)
        self._share = arsenal.random.choice((0.1, 0.3, 0.8))

    def transform(self, dest: str, message: Message) -> Iterable[Unicast]:
        if self.arsenal.random.random() > self._share:
            return [(dest, message)]
        if isinstance(message, Proposal) and message.pre_prepare.sender == self.arsenal.me:
            return [(dest, Proposal(self.arsenal.sign(self._mutated(message.pre_prepare.content)), message.batch))]
        if isinstance(message, Signed) and message.sender == self.arsenal.me:
            return [(dest, self.arsenal.seal(self._mutated(message.content), dest))]
        return [(dest, message)]

    def _mutated(self, content: Any) -> Any:
        chance = self.arsenal.random
        name = chance.choice([field.name for field in fields(content)])
        value = getattr(content, name)
        if type(value) is int:
            return replace(content, **{name: value + chance.choice((-1, 1))})
        if type(value) is bytes and len(value) == DIGEST_BYTES:
            return replace(content, **{name: _other_digest(self.arsenal)})
        if type(value) is tuple and value:
            return replace(content, **{name: value[:-1]})
        return content


def _any_batch(arsenal: Arsenal) -> Batch:
    known = list(arsenal.collusion.requests.values())
    return tuple(arsenal.random.sample(known, min(len(known), arsenal.random.randint(1, 2))))


def _other_digest(arsenal: Arsenal) -> Digest:
    """One that some batch has, or none."""
    told = [digest for fork in arsenal.collusion.forks.values() for digest in fork.values()]
    others = [NULL_DIGEST, digest_of(_any_batch(arsenal)), *told[-3:]]
    return arsenal.random.choice(others)


def _mangled(chance: Any, message: Message) -> Any:
    """`message` with another sender, another proof or another part, or no message at all."""
    choice = chance.randrange(5)
    if choice == 0 or not isinstance(message, Signed):
        return chance.choice((None, "rubbish", b"", 7, Signed, StableCheckpoint(GENESIS), Proposal))
    if choice == 1:
        return replace(message, proof=Signature(b"no signature"))
    if choice == 2:
        return replace(message, content=None)
    name = chance.choice([field.name for field in fields(message.content)])
    return replace(message, content=replace(message.content, **{name: chance.choice((-1, 1 << 70, None, b"x" * 9999))}))


BEHAVIOURS: dict[Attack, list[type[Behaviour]]] = {
    Attack.NONE: [],
    Attack.TWINS: [],
    Attack.CLIENTS: [],
    Attack.SILENCE: [Silence],
    Attack.DELAY: [Delay],
    Attack.EQUIVOCATION: [Equivocation],
    Attack.FORGERY: [Forgery],
    Attack.REPLAY: [Replay],
    Attack.WRONG_DIGESTS: [WrongDigests],
    Attack.BAD_VIEW_CHANGES: [BadViewChanges],
    Attack.BAD_NEW_VIEWS: [BadNewViews],
    Attack.MUTATION: [Mutation],
    Attack.MIXED: [
        Behaviour,
        Silence,
        Delay,
        Equivocation,
        Forgery,
        Replay,
        WrongDigests,
        BadViewChanges,
        BadNewViews,
        Mutation,
    ],
}
"""What a faulty replica draws from, anew every now and then."""
