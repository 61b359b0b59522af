"""Derives trace events from the outside of a core: its state before an input, the effects, its state after.

The core knows nothing of traces. One input may be several actions of the specification (specs/raft/Raft.tla), always in
the order of the functions below: first the handler of the input, then what it led to,

    HandleVoteResponse, BecomeLeader, SendAppendEntries for each peer
    HandleAppendResponse, AdvanceCommitIndex, SendAppendEntries for each peer

and one event is made for each. The last event of an input observes all of the node's variables. An earlier one observes
those that its action determines and no later action of the same input changes. An input that changes nothing and sends
nothing leaves no event.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..trace import Event, Header, Value
from .effects import Effects
from .inputs import Input, Proposal, Receipt, Tick
from .messages import AppendRequest, AppendResponse, Command, Entry, Message, VoteRequest, VoteResponse
from .roles import Role
from .state import Snapshot

SPEC = "Raft"
NIL = "Nil"
NOOP_VALUE = "NoOp"
DOWN = "Down"


# The fields of the specification's message records, in its order, and the attributes they come from.
_FIELDS: dict[type, dict[str, str]] = {
    VoteRequest: {"mterm": "term", "mlastLogTerm": "last_log_term", "mlastLogIndex": "last_log_index"},
    VoteResponse: {"mterm": "term", "mvoteGranted": "vote_granted"},
    AppendRequest: {
        "mterm": "term",
        "mprevLogIndex": "prev_log_index",
        "mprevLogTerm": "prev_log_term",
        "mentries": "entries",
        "mcommitIndex": "commit_index",
    },
    AppendResponse: {"mterm": "term", "msuccess": "success", "mindex": "index"},
}

_HANDLERS: dict[type, str] = {
    VoteRequest: "HandleVoteRequest",
    VoteResponse: "HandleVoteResponse",
    AppendRequest: "HandleAppendRequest",
    AppendResponse: "HandleAppendResponse",
}

# The variables that each action may change, as far as they are the node's own.
_WRITES: dict[str, tuple[str, ...]] = {
    "Timeout": ("currentTerm", "votedFor", "role", "votesGranted"),
    "HandleVoteRequest": ("currentTerm", "votedFor", "role", "votesGranted", "nextIndex", "matchIndex"),
    "HandleVoteResponse": ("currentTerm", "votedFor", "role", "votesGranted", "nextIndex", "matchIndex"),
    "BecomeLeader": ("role", "log", "votesGranted", "nextIndex", "matchIndex"),
    "ClientRequest": ("log",),
    "SendAppendEntries": (),
    "HandleAppendRequest": ("currentTerm", "votedFor", "role", "log", "commitIndex", "votesGranted"),
    "HandleAppendResponse": ("currentTerm", "votedFor", "role", "votesGranted", "nextIndex", "matchIndex"),
    "AdvanceCommitIndex": ("commitIndex",),
}

# What an event that is not its input's last observes. Sending changes only the network, which is not observed; what it
# depends on is.
_OBSERVED = {**_WRITES, "SendAppendEntries": ("currentTerm", "role", "commitIndex")}

_VARIABLES = ("currentTerm", "votedFor", "log", "role", "commitIndex", "votesGranted", "nextIndex", "matchIndex")


def make_header(nodes: Sequence[str], commands: Iterable[bytes]) -> Header:
    """The header of a trace of the cluster `nodes` to which `commands` may be proposed."""
    constants: dict[str, Value] = {
        "Server": frozenset(nodes),
        "Value": frozenset(map(_value, commands)),
        "Nil": NIL,
        "NoOp": NOOP_VALUE,
        "Lossy": False,
        "DroppedGuards": frozenset(),
    }
    return Header(SPEC, constants, tuple(nodes), _VARIABLES)


def derive_events(node: str, cause: Input, before: Snapshot, effects: Effects, after: Snapshot) -> list[Event]:
    """The actions that `node` took on the input `cause`, in their order; none if it changed and sent nothing."""
    if effects.refused is not None:
        return []
    actions = _actions(node, cause, before, effects, after)
    message_id = cause.message_id if isinstance(cause, Receipt) else None
    events: list[Event] = []
    for position, (action, args) in enumerate(actions):
        later = [name for name, _ in actions[position + 1 :]]
        observed = _VARIABLES
        if later:
            changed_later = {variable for name in later for variable in _WRITES[name]}
            observed = tuple(variable for variable in _OBSERVED[action] if variable not in changed_later)
        events.append(Event(node, action, args, _observe(node, after, observed), message_id if "m" in args else None))
    return events


def crash_event(node: str) -> Event:
    """A node has stopped; nothing but that can be observed of it."""
    return Event(node, "Crash", {"i": node}, {f"role[{node}]": DOWN})


def restart_event(node: str, after: Snapshot) -> Event:
    """A node has started again, from what was durable."""
    return Event(node, "Restart", {"i": node}, _observe(node, after, _VARIABLES))


def _actions(
    node: str, cause: Input, before: Snapshot, effects: Effects, after: Snapshot
) -> list[tuple[str, dict[str, Value]]]:
    actions: list[tuple[str, dict[str, Value]]] = []
    match cause:
        case Tick():
            if after.current_term != before.current_term:
                actions.append(("Timeout", {"i": node}))
        case Proposal(command):
            actions.append(("ClientRequest", {"i": node, "v": _value(command)}))
        case Receipt(message):
            handler = _HANDLERS[type(message)]
            if isinstance(message, VoteRequest | AppendRequest) or _changed(_WRITES[handler], before, after):
                actions.append((handler, {"i": node, "m": _record(message)}))
    if after.role is Role.LEADER:
        if before.role is not Role.LEADER:
            actions.append(("BecomeLeader", {"i": node}))
        if after.commit_index != before.commit_index:
            actions.append(("AdvanceCommitIndex", {"i": node}))
    for message in effects.send:
        if isinstance(message, AppendRequest):
            actions.append(("SendAppendEntries", {"i": node, "j": message.dest, "n": len(message.entries)}))
    return actions


def _changed(variables: Sequence[str], before: Snapshot, after: Snapshot) -> bool:
    return any(_variable(before, name) != _variable(after, name) for name in variables)


def _variable(state: Snapshot, name: str) -> Value:
    match name:
        case "currentTerm":
            return state.current_term
        case "votedFor":
            return NIL if state.voted_for is None else state.voted_for
        case "log":
            return [_entry(entry) for entry in state.entries]
        case "role":
            return state.role.value
        case "commitIndex":
            return state.commit_index
        case "votesGranted":
            return state.votes_granted
        case "nextIndex":
            return state.next_index
        case "matchIndex":
            return state.match_index
    raise KeyError(name)


def _observe(node: str, state: Snapshot, variables: Sequence[str]) -> dict[str, Value]:
    """Observations by path; what a leader knows of its peers one by one, since it keeps no account of itself."""
    observations: dict[str, Value] = {}
    for name in variables:
        if name not in ("nextIndex", "matchIndex"):
            observations[f"{name}[{node}]"] = _variable(state, name)
        elif state.role is Role.LEADER:
            account = state.next_index if name == "nextIndex" else state.match_index
            observations.update({f"{name}[{node}][{peer}]": index for peer, index in account.items()})
    return observations


def _record(message: Message) -> dict[str, Value]:
    record: dict[str, Value] = {"mtype": type(message).__name__}
    for field, attribute in _FIELDS[type(message)].items():
        value = getattr(message, attribute)
        record[field] = [_entry(entry) for entry in value] if field == "mentries" else value
    record["msource"] = message.source
    record["mdest"] = message.dest
    return record


def _entry(entry: Entry) -> dict[str, Value]:
    return {"term": entry.term, "value": _value(entry.value)}


def _value(command: Command) -> str:
    return NOOP_VALUE if command is None else command.decode("latin-1")
