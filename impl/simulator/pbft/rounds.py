"""Network faults by round (after ByzzFuzz): in each view, some replicas do not hear one kind of vote at all.

So a request may prepare at one replica and nowhere else, or prepare everywhere and be committed nowhere, view after
view, which independent losses hardly ever bring about.
"""

from __future__ import annotations

import random

from ...pbft import Message, Signed
from ...pbft.messages import Commit, Prepare

_DEAF_SHARE = {Prepare: 0.7, Commit: 0.9}


class RoundFaults:
    """What is not heard in which view, drawn when the view is first spoken of."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._is_deaf: dict[tuple[type, int, str], bool] = {}

    def passes(self, dest: str, message: Message) -> bool:
        """Whether `dest` hears `message`."""
        if not isinstance(message, Signed) or not isinstance(message.content, Prepare | Commit):
            return True
        kind = type(message.content)
        place = (kind, message.content.view, dest)
        if place not in self._is_deaf:
            self._is_deaf[place] = self._chance.random() < _DEAF_SHARE[kind]
        return not self._is_deaf[place]
