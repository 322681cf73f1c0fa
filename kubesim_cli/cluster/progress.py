"""How far a long transaction is, on a terminal: one line, which is gone when it ends."""

from __future__ import annotations

from ..machinery import timestamps

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TextIO

_PATIENCE, _PAUSE = 1.0, 0.2  # real seconds before the first line, and between two


class Progress:
    """Writes to `stream`, if that is a terminal; `wall` gives real seconds."""

    def __init__(self, stream: TextIO, wall: Callable[[], float]):
        self._stream, self._wall = stream, wall
        self._next = wall() + _PATIENCE if stream.isatty() else float("inf")
        self._shown = False

    def show(self, changes: int, now: float) -> None:
        """Tell the number of changes so far and the simulated time, unless it has just been told."""
        passed = self._wall()
        if passed < self._next:
            return
        self._next, self._shown = passed + _PAUSE, True
        self._write(f"\r{changes:,} changes, the clock at {timestamps.format(now)} (Ctrl-C leaves all as it was)\x1b[K")

    def end(self) -> None:
        """Take the line away."""
        if self._shown:
            self._shown = False
            self._write("\r\x1b[K")

    def _write(self, text: str) -> None:
        try:
            self._stream.write(text)
            self._stream.flush()
        except OSError:
            self._next = float("inf")
