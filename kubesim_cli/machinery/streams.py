"""Standard streams that are closed or full: what was done stays done, whatever becomes of the words about it."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TextIO


def open_closed() -> None:
    """Let standard streams that were closed lead nowhere, as Go's runtime does (checkfds in os_unix.go).

    Left closed, their numbers go to the next files that are opened, and what is printed goes to these.
    """
    for fd, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(fd)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the first number that is free
        if getattr(sys, name) is None:
            setattr(sys, name, open(fd, "w" if fd else "r", encoding="utf-8", closefd=False))  # noqa: SIM115


def silence(stream: TextIO) -> None:
    """Let a stream that takes nothing lead nowhere, with what is still held back for it."""
    try:
        fd = stream.fileno()
    except (OSError, ValueError, AttributeError):
        return  # none of the system's
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, fd)
    os.close(null)


class Forgiving:
    """A stream in front of stdout that goes on where the system takes nothing: `refused` is how it said so first."""

    def __init__(self, stream: TextIO):
        self._stream = stream
        self.refused: OSError | None = None

    def write(self, text: str) -> int:
        """Write text; returns its length."""
        try:
            self._put(text)
            self._stream.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            silence(self._stream)
            self.refused = self.refused or error
        return len(text)

    def _put(self, text: str) -> None:
        try:
            self._stream.write(text)
        except UnicodeEncodeError:  # what users typed need not be text, nor can each locale tell each text
            self._stream.flush()
            self._stream.buffer.write(text.encode("utf-8", "surrogateescape"))

    def flush(self) -> None:
        """All is written already."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def refusal(error: OSError) -> str:
    """Tell in Go's words that stdout could not be written to."""
    return f"write /dev/stdout: {(error.strerror or str(error)).lower()}"
