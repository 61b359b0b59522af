"""Derives trace events from the outside of the cores: their state before an input, the effects, their state after.

The cores know nothing of traces. Events bear the names of the actions of the specification (specs/pbft/PBFT.tla). One
input of a replica may be several steps, in this order:

    AcceptRequest                   a client's request waits to be executed (no action: the specification has no queue)
    Timeout                         it has waited too long
    SendViewChange                  the replica gives up its view and reports what it has prepared
    SendNewView or AcceptNewView    it begins a view, as primary or as backup
    Execute, TakeCheckpoint         a batch has been executed; the replica votes for a checkpoint
    CollectGarbage, TransferState   a checkpoint is stable: the low water mark rises, here or with another's state
    SendPrePrepare, AcceptPrePrepare, SendCommit

Each observes view, activity, water mark and last executed number of the replica as they are after that step; where
there is a checkpoint, also all that was ever executed. An input that is no step, such as another vote that is counted,
leaves no event: what a replica has received shows in what it does. The specification takes digests to be what they are
digests of, and so does a trace: it names batches, and states by their history.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from ..trace import Event, Function, Header, Value
from .config import Config
from .effects import Effects
from .encoding import Digest, digest_of
from .inputs import Executed, Input, Receipt, Tick
from .messages import (
    NULL_BATCH,
    Batch,
    BatchBody,
    Checkpoint,
    NewView,
    Proposal,
    Request,
    Signed,
    ViewChange,
)
from .state import Snapshot

SPEC = "PBFT"

_History = tuple[Function, ...]


def record(**fields: Value) -> Function:
    """A record of the specification, which, unlike a mapping, may be a member of a set."""
    return Function(tuple(fields.items()))


UNKNOWN = record(client="nobody", timestamp=0, operation="unknown")
"""Stands for what no correct replica has ever seen."""


@dataclass(frozen=True)
class _Picture:
    """What the specification knows of one replica, after the events so far."""

    view: int = 0
    is_active: bool = True
    low: int = 0
    executed: int = 0
    history: _History = ()
    # By view and sequence number; a replica that follows the protocol has one digest for each.
    votes: frozenset[tuple[int, int, Digest]] = frozenset()
    commits: frozenset[tuple[int, int, Digest]] = frozenset()


class Tracer:
    """Makes the events of one run. It sees what correct replicas take and send, and so knows what digests are of."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self._pictures = dict.fromkeys(config.replicas, _Picture())
        self._batches: dict[Digest, _History] = {digest_of(NULL_BATCH): ()}
        # By the state of the service; what a replica takes over in a transfer is some replica's history.
        self._histories: dict[bytes, _History] = {}

    def send_request(self, client: str, request: Request) -> Event:
        """A client has signed `request`."""
        return Event(client, "SendRequest", {"r": _request(request)}, {})

    def accept_reply(self, client: str, request: Request, result: int) -> Event:
        """A client believes that `result` entries are in the service's history, its request being the last."""
        return Event(client, "AcceptReply", {"r": _request(request), "result": result}, {})

    def derive_events(
        self, node: str, cause: Input, before: Snapshot, effects: Effects, after: Snapshot
    ) -> list[Event]:
        """The steps that `node` took on the input `cause`, in their order; none if it took none."""
        if effects.refused is not None:
            return []
        self._learn(cause, effects)
        steps = _Steps(self, node, self._pictures[node])
        steps.take(cause, before, effects, after)
        picture = self._pictures[node] = steps.picture
        known = (picture.view, picture.is_active, picture.low, picture.executed)
        assert known == (after.view, after.is_active, after.low, after.executed), (node, cause, known, after)
        if effects.apply is not None:
            fresh = tuple(map(_request, effects.apply.requests))
            self._pictures[node] = replace(picture, history=picture.history + fresh)
        return steps.events

    def batch(self, digest: Digest) -> _History:
        """The batch that `digest` is of."""
        return self._batches.get(digest, (UNKNOWN,))

    def view_change(self, message: Signed[ViewChange]) -> Function:
        """The specification's record of a VIEW-CHANGE."""
        content = message.content
        prepared = frozenset((one.view, one.sequence, self.batch(one.digest)) for one in content.prepared)
        return record(
            type="VIEW-CHANGE",
            view=content.view,
            stable=content.stable.sequence,
            prepared=prepared,
            sender=message.sender,
        )

    def keep_history(self, service: bytes, history: _History) -> None:
        """A correct replica has this state after this history."""
        self._histories.setdefault(service, history)

    def history_of(self, service: bytes) -> _History:
        """The history after which a correct replica has this state."""
        return self._histories.get(service, (UNKNOWN,))

    def _learn(self, cause: Input, effects: Effects) -> None:
        messages = [send.message for send in effects.send]
        if isinstance(cause, Receipt):
            messages.append(cause.message)
        for message in messages:
            if isinstance(message, Proposal | BatchBody):
                self._batches.setdefault(digest_of(message.batch), _batch(message.batch))


class _Steps:
    """The events of one input, and the picture after each."""

    def __init__(self, tracer: Tracer, node: str, picture: _Picture) -> None:
        self.events: list[Event] = []
        self.picture = picture
        self._tracer = tracer
        self._node = node

    def take(self, cause: Input, before: Snapshot, effects: Effects, after: Snapshot) -> None:
        said = [send.message.content for send in effects.send if isinstance(send.message, Signed)]
        for client, timestamp in after.waiting.items():
            if timestamp > before.waiting.get(client, 0):
                self._add("AcceptRequest", {"c": client, "t": timestamp}, self.picture)
        for content in said:
            if isinstance(content, ViewChange) and content.view > self.picture.view:
                if isinstance(cause, Tick):
                    self._add("Timeout", {}, self.picture)
                picture = replace(self.picture, view=content.view, is_active=False)
                self._add("SendViewChange", {"v": content.view}, picture)
        if after.is_active and (before.view, before.is_active) != (after.view, True):
            own = [content for content in said if isinstance(content, NewView)]
            self._enter("SendNewView" if own else "AcceptNewView", own[0] if own else _received(cause))
        if isinstance(cause, Executed):
            self._execute(cause, said)
        if effects.restore is not None:
            history = self._tracer.history_of(effects.restore)
            low = max(self.picture.low, after.executed)
            picture = replace(self.picture, executed=after.executed, low=low, history=history)
            self._add("TransferState", {"n": after.executed}, picture, has_history=True)
        if after.low > self.picture.low:
            self._add("CollectGarbage", {"n": after.low}, replace(self.picture, low=after.low))
        self._agree(after)

    def _enter(self, action: str, content: NewView) -> None:
        base = max(one.content.stable.sequence for one in content.view_changes)
        low = max(self.picture.low, base)
        proposed = [one.content for one in content.pre_prepares]
        votes = {(content.view, one.sequence, one.digest) for one in proposed if one.sequence > low}
        args: dict[str, Value] = {
            "V": frozenset(map(self._tracer.view_change, content.view_changes)),
            "order": Function(tuple((one.sequence, self._tracer.batch(one.digest)) for one in proposed)),
        }
        if action == "AcceptNewView":
            args["v"] = content.view
        picture = replace(self.picture, view=content.view, is_active=True, low=low, votes=self.picture.votes | votes)
        self._add(action, args, picture)

    def _execute(self, cause: Executed, said: Iterable[object]) -> None:
        number = self.picture.executed + 1
        self._add("Execute", {"n": number}, replace(self.picture, executed=number))
        if any(isinstance(content, Checkpoint) for content in said):
            assert cause.outcome.state is not None
            self._tracer.keep_history(cause.outcome.state, self.picture.history)
            self._add("TakeCheckpoint", {"n": number}, self.picture, has_history=True)

    def _agree(self, after: Snapshot) -> None:
        is_primary = self._tracer.config.primary(after.view) == self._node
        for sequence, slot in after.slots.items():
            if slot.digest is None or slot.view is None:
                continue
            place = (slot.view, sequence, slot.digest)
            args: dict[str, Value] = {"n": sequence, "b": self._tracer.batch(slot.digest)}
            if place not in self.picture.votes:
                action = "SendPrePrepare" if is_primary else "AcceptPrePrepare"
                self._add(action, args, replace(self.picture, votes=self.picture.votes | {place}))
            if slot.is_prepared and place not in self.picture.commits:
                self._add("SendCommit", args, replace(self.picture, commits=self.picture.commits | {place}))

    def _add(self, action: str, args: Mapping[str, Value], picture: _Picture, *, has_history: bool = False) -> None:
        self.picture = picture
        node = self._node
        observed: dict[str, Value] = {
            f"view[{node}]": picture.view,
            f"active[{node}]": picture.is_active,
            f"low[{node}]": picture.low,
            f"executed[{node}]": picture.executed,
        }
        if has_history:
            observed[f"history[{node}]"] = picture.history
        self.events.append(Event(node, action, {"i": node, **args}, observed))


def make_header(config: Config, faulty: Iterable[str], operations: Iterable[bytes]) -> Header:
    """The header of a trace of a cluster in which `faulty` are the replicas that follow no protocol."""
    constants: dict[str, Value] = {
        "Replicas": list(config.replicas),
        "Byzantine": frozenset(faulty),
        "Client": frozenset(config.clients),
        "Operation": frozenset(map(_text, operations)),
        "Interval": config.checkpoint_interval,
        "LogSize": config.window,
    }
    nodes = (*config.replicas, *config.clients)
    return Header(SPEC, constants, nodes, ("view", "active", "low", "executed", "history"))


def _received(cause: Input) -> NewView:
    assert isinstance(cause, Receipt) and isinstance(cause.message, Signed)
    assert isinstance(cause.message.content, NewView)
    return cause.message.content


def _batch(batch: Batch) -> _History:
    return tuple(_request(message.content) for message in batch)


def _request(request: Request) -> Function:
    return record(client=request.client, timestamp=request.timestamp, operation=_text(request.operation))


def _text(operation: bytes) -> str:
    return operation.decode("latin-1")
