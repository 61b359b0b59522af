"""The inputs of a core as values, for whoever queues, records or replays them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from .core import RaftCore
from .effects import Effects
from .messages import Command, Message


@dataclass(frozen=True, slots=True)
class Tick:
    """The input of `RaftCore.tick`."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The input of `RaftCore.step`; the id identifies the message, over its duplicates too."""

    message: Message
    message_id: str | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """The input of `RaftCore.propose`."""

    command: Command


Input: TypeAlias = Tick | Receipt | Proposal


def give(core: RaftCore, cause: Input) -> Effects:
    """Give one input to `core`."""
    match cause:
        case Tick():
            return core.tick()
        case Receipt(message):
            return core.step(message)
        case Proposal(command):
            return core.propose(command)
