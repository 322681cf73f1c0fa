"""The lock that one process at a time holds while it writes.

It is the operating system's, on a file of its own, so that it is free again when the process that holds it dies. Where
there are no file locks, as in WebAssembly, there are no other processes either, and nothing is locked. The file tells
which process has it, from its second byte on (Windows lets nobody read what is locked, which is the first).
"""

from __future__ import annotations

import errno
import os
import sys
import time

from ..machinery.files import private_folder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

FIRST_POLL, LAST_POLL = 0.002, 0.02  # seconds between two tries
PATIENCE = 2.0                       # seconds of waiting before the user is told of it
_TAKEN = (errno.EACCES, errno.EAGAIN, errno.EDEADLK)  # what systems say where another process has it


class Lock:
    """A lock on the file at `path`, which is made where it is missing, as is its folder.

    It does not lock out its own process. `tell` is called with a line for the user when a wait gets long.
    """

    def __init__(self, path: str, sleep: Callable[[float], object] = time.sleep,
                 tell: Callable[[str], object] = lambda text: None):
        self._path, self._sleep, self._tell = path, sleep, tell
        self._fd: int | None = None

    def acquire(self, wait: bool = True) -> bool:
        """Wait until no other process has the lock, and take it; without `wait` return False where another has it.

        Raises OSError where the file cannot be opened, or not be locked.
        """
        poll, waited, told, holder = FIRST_POLL, 0.0, False, ""
        while True:
            fd = self._open()
            try:
                taken = _take(fd)
                if taken and self._is_at_path(fd):  # and not removed, or made anew, while it was waited for
                    _sign(fd)
                    self._fd, fd = fd, -1
                    return True
                if not taken and not wait:
                    return False
                if holder != (holder := _holder(fd)):
                    waited = 0.0  # they take turns, and so shall we
                if waited >= PATIENCE and not told:
                    self._tell(f"waiting for {holder}, which has {self._path} locked\n")
                    told = True
            except OSError as error:
                error.filename = error.filename or self._path
                raise
            finally:
                if fd >= 0:
                    os.close(fd)
            if not taken:
                self._sleep(poll)
                waited += poll
                poll = min(poll * 2, LAST_POLL)

    def _open(self) -> int:
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
        try:
            return os.open(self._path, flags, 0o600)
        except FileNotFoundError:
            private_folder(os.path.dirname(self._path))
            fd = os.open(self._path, flags, 0o600)
            if hasattr(os, "fchmod"):
                os.fchmod(fd, 0o600)  # whatever the umask takes away
            return fd

    def holds(self) -> bool:
        """Tell whether the lock is held still, and by the file that others come to."""
        return self._fd is not None and self._is_at_path(self._fd)

    def _is_at_path(self, fd: int) -> bool:
        try:
            there = os.stat(self._path)
        except FileNotFoundError:
            return False
        ours = os.fstat(fd)
        return (ours.st_dev, ours.st_ino) == (there.st_dev, there.st_ino)

    def release(self) -> None:
        """Give the lock back."""
        if self._fd is not None:
            try:
                os.close(self._fd)  # which unlocks
            except OSError:
                pass
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
            raise OSError(error.errno, f"its file system cannot lock files ({error.strerror})") from None
        return False
    return True


def _sign(fd: int) -> None:
    """Write into the lock's file whose it is now: a help for those who wait, no more."""
    try:
        os.write(fd, b" %-10d\n" % os.getpid())
    except OSError:
        pass


def _holder(fd: int) -> str:
    """Tell which process has the lock."""
    try:
        os.lseek(fd, 1, os.SEEK_SET)
        text = os.read(fd, 20).strip()
    except OSError:
        text = b""
    return f"process {text.decode()}" if text.isdigit() else "another process"
