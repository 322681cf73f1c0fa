"""Chance by a seed. Its state is one number, so that it can be stored and goes on where it was (SplitMix64)."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TypeVar

    T = TypeVar("T")

_ALL = (1 << 64) - 1


class Chance:
    """`Chance("a text")`: the same text gives the same draws."""

    __slots__ = ("state",)

    def __init__(self, seed: str):
        self.state = 0xcbf29ce484222325
        for byte in seed.encode():
            self.state = ((self.state ^ byte) * 0x100000001b3) & _ALL

    def _draw(self) -> int:
        self.state = (self.state + 0x9e3779b97f4a7c15) & _ALL
        mixed = ((self.state ^ self.state >> 30) * 0xbf58476d1ce4e5b9) & _ALL
        mixed = ((mixed ^ mixed >> 27) * 0x94d049bb133111eb) & _ALL
        return mixed ^ mixed >> 31

    def bits(self, count: int) -> int:
        """Return a number of so many bits."""
        value = 0
        for _ in range(-(-count // 64)):
            value = value << 64 | self._draw()
        return value & ((1 << count) - 1)

    def bytes(self, count: int) -> bytes:
        """Return so many bytes."""
        from ...machinery.digest import shake_256

        found: bytes = shake_256(self._draw().to_bytes(8, "big")).digest(count)
        return found

    def below(self, limit: int) -> int:
        """Return a number from 0 up to, and without, a limit."""
        return self.bits(96) % limit

    def choice(self, of: Sequence[T]) -> T:
        """Return one of several."""
        return of[self.below(len(of))]

    def sample(self, of: Sequence[T], count: int) -> list[T]:
        """Return so many of several in any order, each once."""
        rest = list(of)
        for at in range(min(count, len(rest))):
            other = at + self.below(len(rest) - at)
            rest[at], rest[other] = rest[other], rest[at]
        return rest[:count]
