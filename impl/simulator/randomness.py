"""Everything random in a simulation, from one seed."""

from __future__ import annotations

import random


class Randomness:
    """Independent streams from one seed, one for each use, so that more draws in one place move nothing elsewhere.

    A stream is seeded with a text, which `random` digests with SHA-512: the same in every process and Python version.
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def stream(self, name: str) -> random.Random:
        """The stream called `name`, from its beginning."""
        return random.Random(f"{self.seed}/{name}")
