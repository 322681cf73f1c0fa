"""Files that are made up when somebody looks: /proc and /sys.

They stand in a container's tree as inodes do, but know no more than their path: what is there now, tables tell
(tables.py).
"""

from __future__ import annotations

from .errors import Errno
from .files import FILE, FOLDER, LINK, Volume
from .process import Process
from .tables import PATHS, Target

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .descriptors import Open
    from .files import Inode, User
    from .process import Space
    from .tables import Entry

VOLUME = Volume("made", read_only=True)  # that they say they are in


class Made:
    """What is at a path of /proc or /sys, in the place of an Inode; see files.Inode."""

    __slots__ = ("path", "space")

    volume, links, gid = VOLUME, 1, 0

    def __init__(self, space: Space, path: str):
        self.space, self.path = space, path

    @classmethod
    def mount(cls, space: Space) -> None:
        """Show /proc and /sys in a container."""
        for path in PATHS:
            space.tree.mounts[path] = cls(space, path)  # type: ignore[assignment]

    def _entry(self) -> Entry | None:
        """Return what the tables have for the path, None where that is gone."""
        from . import procfs, sysfs

        _, where, *names = self.path.split("/")
        found: Entry | None = procfs.root(self.space) if where == "proc" else sysfs.root(self.space)
        for name in names:
            if isinstance(found, Process):
                found = procfs.folder(found)
            found = found.get(name) if isinstance(found, dict) else None
        return found

    @property
    def kind(self) -> str:
        """See Inode."""
        found = self._entry()
        return LINK if isinstance(found, Target) else FOLDER if isinstance(found, (dict, Process)) else FILE

    @property
    def mode(self) -> int:
        """See Inode."""
        return {LINK: 0o777, FOLDER: 0o555}.get(self.kind, 0o400 if self.path.endswith("/environ") else 0o444)

    @property
    def uid(self) -> int:
        """Files of a process are its user's."""
        owner = self._owner()
        return owner.user.uid if owner is not None else 0

    def _owner(self) -> Process | None:
        _, where, *names = self.path.split("/")
        return self.space.seen.get(int(names[0])) if where == "proc" and names and names[0].isdigit() else None

    @property
    def number(self) -> int:
        """See Inode."""
        from zlib import crc32

        return crc32(self.path.encode())

    size = 0

    @property
    def mtime(self) -> float:
        """See Inode."""
        init = self.space.init
        return init.kernel.now if init is not None else 0.0

    @property
    def target(self) -> str:
        """See Inode."""
        found = self._entry()
        return found.leads() if isinstance(found, Target) else ""

    @property
    def entries(self) -> dict[str, Inode]:
        """See Inode."""
        from . import procfs

        found, tree = self._entry(), None
        if isinstance(found, Process):
            tree = found.space.tree if found.space is not self.space else None  # of another container of the pod
            found = procfs.folder(found)
        names = found if isinstance(found, dict) else {}
        made: dict[str, Inode] = {name: Made(self.space, f"{self.path}/{name}") for name in names}  # type: ignore[misc]
        if tree is not None:
            made["root"] = tree.root
        return made

    @property
    def data(self) -> bytes:
        """See Inode; a file that has gone is empty."""
        found = self._entry()
        return found().encode("utf-8", "surrogateescape") if callable(found) else b""

    def allows(self, user: User, wanted: int) -> bool:
        """See Inode."""
        shift = 6 if user.uid in (0, self.uid) else 0
        return bool(self.mode >> shift & 4) and (not wanted & 1 or self.kind == FOLDER) and not wanted & 2

    def truncate(self, size: int, now: float) -> None:
        """Nothing is written there."""
        raise Errno("EROFS")

    def write(self, offset: int, data: bytes, now: float) -> None:
        """Nothing is written there."""
        raise Errno("EROFS")

    def opened(self, how: str) -> Open:
        """Return it as an open file; links are those of descriptors, which lead to what they stand for."""
        from .descriptors import Data

        owner, (_, fd, number) = self._owner(), self.path.rpartition("/fd/")
        if fd and owner is not None:
            return owner.descriptor(int(number))
        if how != "r":
            raise Errno("EACCES")
        return Data(self.data)
