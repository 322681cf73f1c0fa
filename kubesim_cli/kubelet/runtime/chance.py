"""Chance by a seed, whose state is two values: what is drawn next depends on the seed and how often was drawn."""

from __future__ import annotations

from hashlib import sha256
from random import Random


class Chance(Random):
    """A random.Random that can be stored and goes on where it was."""

    def __init__(self, seed: str):
        super().__init__()
        self.start, self.count = seed, 0

    def getrandbits(self, k: int) -> int:
        """Return so many bits."""
        if not k:
            return 0
        data = b""
        while len(data) * 8 < k:
            self.count += 1
            data += sha256(f"{self.start}/{self.count}".encode()).digest()
        return int.from_bytes(data, "big") >> (len(data) * 8 - k)

    def random(self) -> float:
        """Return a number from 0 up to 1."""
        return self.getrandbits(53) / (1 << 53)
