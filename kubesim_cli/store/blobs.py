"""Blobs: bytes in files that are named by their SHA-256, beside the log, whose parts name them.

They are written and synced before the commit that names them, and never changed. Those that nothing names any more, no
part and nothing that is kept of the past, are removed when the log is compacted, and when the cluster is thrown away.
"""

from __future__ import annotations

import os

from ..machinery import files
from .log import BLOBS, StoreError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .log import Index


class Blobs:
    """The blobs of the store in `folder`."""

    def __init__(self, folder: str):
        self.folder = os.path.join(folder, BLOBS)
        self._new: dict[str, bytes] = {}

    def add(self, name: str, data: bytes) -> None:
        """Have a blob written by the next commit; `name` is its hash."""
        self._new[name] = data

    def get(self, name: str) -> bytes | None:
        """Return a blob, None where it is lost or not what was written.

        Raises StoreError where it cannot be read now.
        """
        found = self._new.get(name)
        if found is not None:
            return found
        from ..machinery.digest import sha256

        try:
            data = self._read(name)
        except FileNotFoundError:
            return None
        except OSError as problem:  # it may be there all the same: who took it for lost would write that down
            raise StoreError(f"{os.path.join(self.folder, name)}: {problem.strerror}") from None
        return data if sha256(data).hexdigest() == name else None

    def write(self) -> None:
        """Write what is new, so that it lasts. Raises OSError."""
        if not self._new:
            return
        files.private_folder(self.folder)
        for name, data in self._new.items():
            path = os.path.join(self.folder, name)
            try:
                there = os.stat(path, follow_symlinks=False).st_size == len(data)
            except FileNotFoundError:
                there = False
            if not there or self._read(name) != data:
                files.replace(path, [data], durable=True)
        files.sync_folder(self.folder)  # a command that was killed may have left one there that does not last yet
        files.sync_folder(os.path.dirname(self.folder))
        self._new.clear()

    def _read(self, name: str) -> bytes:
        with open(os.path.join(self.folder, name), "rb") as file:
            return file.read()

    def sweep(self, index: Index, kept: set[str]) -> None:
        """Remove what no part names, but for those that are to be kept. Raises OSError."""
        try:
            there = os.listdir(self.folder)
        except FileNotFoundError:
            return
        named = named_in(index) | kept
        for name in there:
            if name not in named:
                os.unlink(os.path.join(self.folder, name))

    def lost(self, index: Index) -> list[str]:
        """Return the names of blobs that parts name, and that are not there as they were written."""
        return sorted(name for name in named_in(index) if self._is_lost(name))

    def _is_lost(self, name: str) -> bool:
        try:
            return self.get(name) is None
        except StoreError:
            return True


def named_in(index: Index) -> set[str]:
    """Return the names of the blobs that parts name."""
    return {name for _, entry in index.parts.items() for name in entry[4:]}
