"""What an input to the core asks its driver to do: one frozen `Effects` for each input.

The driver carries out `persist`, `send`, `apply`, in that order, and each wholly before the next begins:

1. `persist` must be durable (fsync has returned) before anything of `send` leaves: "Persistent state on all servers
   (updated on stable storage before responding to RPCs)", figure 2. It is one unit: if it is written piece by piece,
   then term and vote first, the truncation next, the entries last, so that a crash in between leaves a state which
   the server could have had.
2. `send` may be lost, duplicated, delayed and reordered, in whole or in part.
3. `apply` goes to the state machine in the order of the indexes.

If the server crashes before `persist` is durable, the input never happened. Inputs must not overlap: the next one is
given when the effects of the last are carried out.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from .messages import Entry, Message


class Refusal(Enum):
    """Why an input was refused; a refused input has changed nothing."""

    MALFORMED = "no server following the protocol sends such a message, or no client such a command"
    UNKNOWN_SENDER = "the sender is not a peer"
    WRONG_DESTINATION = "the message is for another server"
    RIVAL_LEADER = "another leader of the term this server leads"
    CONTRADICTS_COMMITTED = "the entries differ from committed ones"
    BEYOND_LOG = "acknowledges entries that this leader does not have"
    NOT_LEADER = "only a leader takes commands"


@dataclass(frozen=True, slots=True)
class Persist:
    """What must become durable: term and vote as they are now, and the change to the log.

    The durable log loses the entry at `truncate_from` and all that follow (None: nothing), then gains `entries`.
    """

    term: int
    voted_for: str | None
    truncate_from: int | None
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class CommittedEntry:
    """An entry to apply, and where in the log it is."""

    index: int
    entry: Entry


@dataclass(frozen=True, slots=True)
class Position:
    """Where a leader put a proposed command. The command is committed when an entry is applied at `index` with `term`;
    if one with another term is applied there, the command is lost unless it was proposed again."""

    index: int
    term: int


@dataclass(frozen=True, slots=True)
class Effects:
    """The whole outcome of one input. `position` answers a proposal that was taken, `refused` an input that was not."""

    persist: Persist | None = None
    send: tuple[Message, ...] = ()
    apply: tuple[CommittedEntry, ...] = ()
    position: Position | None = None
    refused: Refusal | None = None
