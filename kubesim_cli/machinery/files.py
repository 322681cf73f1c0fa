"""Files: what they hold, within bounds; the user's own, private under any umask, replaced as a whole or not at all,
never through a link."""

from __future__ import annotations

import errno
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import BinaryIO

_NEW = os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
TEMPORARY = ".tmp"  # the end of the names of files that are being written
MOST = 128 * 1024 * 1024  # bytes of what has no size: a pipe, a device


class Unsynced(OSError):
    """The file is in its place, but a loss of power may undo that."""


def named(error: OSError, path: str) -> OSError:
    """Return what the system says with the name of the file.

    Python tells of a seek that failed by io.UnsupportedOperation: without a number, and a ValueError besides.
    """
    code = error.errno or errno.ESPIPE
    return OSError(code, os.strerror(code), path)


def told(error: Exception) -> str:
    """Tell in words what failed: the file, if it is known, and why."""
    if not isinstance(error, OSError) or not error.strerror:
        return str(error)
    return f"{error.filename}: {error.strerror.lower()}" if error.filename else error.strerror.lower()


def contents(path: str) -> bytes:
    """Return all that a file holds. Raises OSError, also where it has no size and no end."""
    with open(path, "rb") as file:
        return file.read() if os.path.isfile(path) else bounded(file)


class Files:
    """Files by their paths, as who runs a command sees them: those of this machine. `paths`: what paths are there.

    Methods that read or write raise OSError; `matches`: the paths that a pattern of Go's fits, or filepath.BadPattern.
    """

    paths = os.path

    def contents(self, path: str) -> bytes:
        return contents(path)

    def stat(self, path: str) -> None:
        """Raise OSError where there is nothing at a path."""
        os.stat(path)

    def is_there(self, path: str) -> bool:
        """Tell whether there is anything of a name, be it a link that leads nowhere."""
        return os.path.lexists(path)

    def is_folder(self, path: str) -> bool:
        return os.path.isdir(path)

    def is_file(self, path: str) -> bool:
        return os.path.isfile(path)

    def is_link(self, path: str) -> bool:
        return os.path.islink(path)

    def names(self, folder: str) -> list[str]:
        """Return the names in a folder, sorted."""
        return sorted(os.listdir(folder))

    def matches(self, pattern: str) -> list[str]:
        from ..go.filepath import glob

        return glob(pattern, self.is_there, self.names)

    def absolute(self, path: str) -> str:
        """Return a path from the root on."""
        return os.path.abspath(path)

    def real(self, path: str) -> str:
        """Return the path of what is there, without links in it; ValueError where it has a NUL."""
        return os.path.realpath(self.absolute(path), strict=True)

    def are_one(self, paths: Iterable[str]) -> bool:
        """Tell whether all of some paths lead to one file."""
        return len({os.stat(path).st_ino for path in paths}) == 1

    def write(self, path: str, text: str, mode: int = 0o666) -> None:
        """Write a whole file; `mode`: that of a new one, but for what the umask takes away."""
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), mode)
        with open(fd, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)

    def make_temporary(self, name: str) -> str:
        """Make a folder called by a number behind a name, and return its path (os.MkdirTemp)."""
        from tempfile import gettempdir

        while True:
            path = os.path.join(gettempdir(), f"{name}-{int.from_bytes(os.urandom(4), 'big')}")
            try:
                os.mkdir(path, 0o700)
                return path
            except FileExistsError:
                pass

    def make_file(self, prefix: str, suffix: str, text: str) -> str:
        """Make a file for a while, called by a number between two texts, and return its path (os.CreateTemp)."""
        from tempfile import gettempdir

        while True:
            path = os.path.join(gettempdir(), f"{prefix}{int.from_bytes(os.urandom(4), 'big')}{suffix}")
            try:
                with open(path, "x", encoding="utf-8", errors="surrogateescape", newline="") as file:
                    file.write(text)
                return path
            except FileExistsError:
                pass

    def remove(self, path: str) -> None:
        """Remove a file, or a folder with all that is in it, as far as that can be."""
        from shutil import rmtree

        if os.path.isdir(path):
            rmtree(path, ignore_errors=True)
        elif os.path.lexists(path):
            os.remove(path)

    def make_folders(self, path: str) -> None:
        """Make a folder with those above it, where it is missing."""
        os.makedirs(path, exist_ok=True)


HOST = Files()


def let_go(file: BinaryIO | None) -> None:
    """Close a file that was only read: that this fails is no failure of what was done with it."""
    if file is not None:
        try:
            file.close()
        except OSError:
            pass


def bounded(stream: BinaryIO) -> bytes:
    """Read a stream of MOST bytes at most to its end. Raises OSError."""
    found = stream.read(MOST + 1)
    if len(found) > MOST:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))
    return found


def private_folder(path: str) -> None:
    """Make a folder, and those above it that are missing, for the user alone; one that is there stays as it is."""
    if os.path.isdir(path):
        return
    above = os.path.dirname(path)
    if above and above != path:
        private_folder(above)
    try:
        os.mkdir(path, 0o700)
        os.chmod(path, 0o700)  # whatever the umask takes away
    except FileExistsError:
        if not os.path.isdir(path):
            raise


def create(path: str) -> int:
    """Make a new file for the user alone and return it, open for writing; raises FileExistsError."""
    fd = os.open(path, os.O_WRONLY | _NEW, 0o600)
    try:
        if hasattr(os, "fchmod"):
            os.fchmod(fd, 0o600)  # whatever the umask takes away
    except BaseException:
        os.close(fd)
        os.unlink(path)
        raise
    return fd


def write_all(fd: int, data: bytes) -> None:
    """Write all of `data`, however the system divides it."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(fd, rest):]


def replace(path: str, chunks: Iterable[bytes], durable: bool) -> None:
    """Replace a file by the concatenation of `chunks`; `durable`: so that a loss of power does not undo it.

    Raises OSError, with the name of the file that was meant; then it is as it was, but for Unsynced.
    """
    temporary = f"{path}.{os.urandom(6).hex()}{TEMPORARY}"
    try:
        fd = create(temporary)
        try:
            with os.fdopen(fd, "wb") as file:
                for chunk in chunks:
                    file.write(chunk)
                if durable:
                    file.flush()
                    os.fsync(file.fileno())
            _rename(temporary, path)
        except BaseException:
            os.unlink(temporary)
            raise
    except OSError as error:
        error.filename, error.filename2 = path, None
        raise
    if durable:
        try:
            sync_folder(os.path.dirname(path))
        except OSError as error:
            raise Unsynced(error.errno, error.strerror, path) from None


def _rename(old: str, new: str) -> None:
    for attempt in range(100):
        try:
            return os.replace(old, new)
        except PermissionError:  # Windows: a reader has the old file open for a moment
            if os.name != "nt" or attempt == 99:
                raise
            import time

            time.sleep(0.01)


def sync_folder(path: str) -> None:
    """Make the names in a folder last; Windows knows no such thing."""
    if os.name == "nt":
        return
    fd = os.open(path or ".", os.O_RDONLY)
    try:
        os.fsync(fd)
    except OSError as error:
        if error.errno != errno.EINVAL:  # a file system without
            error.filename = path
            raise
    finally:
        os.close(fd)
