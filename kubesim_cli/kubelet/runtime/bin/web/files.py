"""Files that servers hand out."""

from __future__ import annotations

from ...kernel.errors import Errno

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...kernel.process import Process


class Missing(Exception):
    """A file cannot be handed out; `name`: ENOENT, EACCES or EISDIR."""

    def __init__(self, name: str):
        super().__init__(name)
        self.name = name


def file_at(process: Process, path: str) -> tuple[bytes, float]:
    """Return (content, when it was changed) of a file; raises Missing."""
    try:
        inode = process.space.tree.find(path, "/", process.user).inode
        if inode is None:
            raise Missing("ENOENT")
        if inode.kind == "d":
            raise Missing("EISDIR")
        return process.read_file(path), inode.mtime
    except Errno as error:
        raise Missing("EACCES" if error.name == "EACCES" else "ENOENT") from None
