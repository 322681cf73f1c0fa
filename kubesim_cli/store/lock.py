"""The lock that one process at a time holds while it writes.

It is the operating system's, on a file of its own, so that it is free again when the process that holds it dies. Where
there are no file locks, as in WebAssembly, there are no other processes either, and nothing is locked.
"""

from __future__ import annotations

import errno
import os
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

FIRST_POLL, LAST_POLL = 0.002, 0.05  # seconds between two tries
_TAKEN = (errno.EACCES, errno.EAGAIN, errno.EDEADLK)  # what systems say where another process has it


class Lock:
    """A lock on the file at `path`, which is made where it is missing. It does not lock out its own process."""

    def __init__(self, path: str, sleep: Callable[[float], object] = time.sleep):
        self._path, self._sleep = path, sleep
        self._fd: int | None = None

    def acquire(self) -> None:
        """Wait until no other process has the lock, and take it. Raises OSError where the file cannot be opened."""
        fd = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            wait = FIRST_POLL
            while not _take(fd):
                self._sleep(wait)
                wait = min(wait * 2, LAST_POLL)
        except BaseException:
            os.close(fd)
            raise
        self._fd = fd

    def release(self) -> None:
        """Give the lock back."""
        if self._fd is not None:
            os.close(self._fd)  # which unlocks
            self._fd = None


def _take(fd: int) -> bool:
    """Try to lock an open file; returns whether it is ours now."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.lockf(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except ImportError:
        return True
    except OSError as error:
        if error.errno not in _TAKEN:
            raise
        return False
    return True
