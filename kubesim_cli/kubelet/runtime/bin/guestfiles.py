"""The files of a container as the kubectl in it reads and writes them."""

from __future__ import annotations

import os
import posixpath

from ....machinery.files import Files
from ..kernel.errors import Errno
from ..kernel.files import FIFO, FILE, FOLDER, LINK

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..kernel.files import Inode, Place
    from ..kernel.process import Process

STDIN = ("/dev/stdin", "/dev/fd/0", "/proc/self/fd/0")


class ContainerFiles(Files):
    """The files that a process of a container sees."""

    paths = posixpath

    def __init__(self, process: Process):
        self._process = process

    def _place(self, path: str, follow: bool = True) -> Place:
        process = self._process
        try:
            return process.space.tree.lookup(path, process.cwd, process.user, follow)
        except Errno as error:
            raise told(error, path) from None

    def _find(self, path: str, follow: bool = True) -> Inode:
        found = self._place(path, follow).inode
        assert found is not None  # lookup has it
        return found

    def _is(self, path: str, kind: str, follow: bool = True) -> bool:
        try:
            return self._find(path, follow).kind == kind
        except OSError:
            return False

    def contents(self, path: str) -> bytes:
        if path in STDIN:
            return bytes(self._process.memory["in"])
        if self.is_folder(path):
            raise told(Errno("EISDIR"), path)
        read: dict[str, bytes] = self._process.memory.setdefault("piped", {})
        try:
            if self._is(path, FIFO) and path not in read:  # which can be read but once, unlike this
                read[path] = self._process.read_file(path)
            return read[path] if path in read else self._process.read_file(path)
        except Errno as error:
            raise told(error, path) from None

    def stat(self, path: str) -> None:
        self._find(path)

    def is_there(self, path: str) -> bool:
        try:
            self._find(path, False)
        except OSError:
            return False
        return True

    def is_folder(self, path: str) -> bool:
        return self._is(path, FOLDER)

    def is_file(self, path: str) -> bool:
        return self._is(path, FILE)

    def is_link(self, path: str) -> bool:
        return self._is(path, LINK, False)

    def names(self, folder: str) -> list[str]:
        process = self._process
        try:
            return sorted(process.space.tree.entries(process.space.tree.lookup(folder, process.cwd, process.user)))
        except Errno as error:
            raise told(error, folder) from None

    def absolute(self, path: str) -> str:
        return posixpath.normpath(posixpath.join(self._process.cwd, path))

    def real(self, path: str) -> str:
        return self._place(path).path

    def are_one(self, paths: Iterable[str]) -> bool:
        return len({id(self._find(path)) for path in paths}) == 1

    def write(self, path: str, text: str, mode: int = 0o666) -> None:
        process, is_new = self._process, not self.is_there(path)
        try:
            file = process.open(path, "w")
            file.write(process.kernel, text.encode("utf-8", "surrogateescape"))
        except Errno as error:
            raise told(error, path) from None
        if is_new:
            self._find(path).mode = mode & ~process.umask

    def make_temporary(self, name: str) -> str:
        """One of a name for a process, which makes it once however often it is asked for."""
        process = self._process
        made = process.memory.setdefault("folders", {})
        if name not in made:
            made[name] = f"{self._temporary}/{name}-{process.space.random.bits(32)}"
            self.make_folders(made[name])
        return str(made[name])

    def make_file(self, prefix: str, suffix: str, text: str) -> str:
        path = f"{self._temporary}/{prefix}{self._process.space.random.bits(32)}{suffix}"
        self.write(path, text, 0o600)
        return path

    @property
    def _temporary(self) -> str:
        return self._process.env.get("TMPDIR") or "/tmp"

    def remove(self, path: str) -> None:
        process = self._process
        tree = process.space.tree
        try:
            found = [each for each, _ in tree.walk(self.absolute(path), process.user)]
            for each in reversed(found):
                tree.remove(tree.find(each, "/", process.user, False), process.user, process.kernel.now)
        except Errno:
            pass  # as far as that can be

    def make_folders(self, path: str) -> None:
        process = self._process
        try:
            process.space.tree.make_folders(self.absolute(path), 0o755, process.user, process.kernel.now)
        except Errno as error:
            raise told(error, path) from None


def told(error: Errno, path: str) -> OSError:
    """Return the OSError that a system call's error is."""
    import errno

    number = getattr(errno, error.name, errno.EIO)
    return OSError(number, os.strerror(number), path)
