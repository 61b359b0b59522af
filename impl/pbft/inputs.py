"""The inputs of a replica's core as values, for whoever queues, records or replays them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from .core import PbftCore
from .effects import Effects, Outcome
from .messages import Message


@dataclass(frozen=True, slots=True)
class Tick:
    """The input of `PbftCore.tick`."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The input of `PbftCore.step`; the id identifies the message, over its duplicates too."""

    message: Message
    message_id: str | None = None


@dataclass(frozen=True, slots=True)
class Executed:
    """The input of `PbftCore.executed_batch`."""

    outcome: Outcome


Input: TypeAlias = Tick | Receipt | Executed


def give(core: PbftCore, cause: Input) -> Effects:
    """Give one input to `core`."""
    match cause:
        case Tick():
            return core.tick()
        case Receipt(message):
            return core.step(message)
        case Executed(outcome):
            return core.executed_batch(outcome)
