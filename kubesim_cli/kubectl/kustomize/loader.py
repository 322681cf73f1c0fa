"""The files that a kustomization may read (api/internal/loader)."""

from __future__ import annotations

import os

from ...machinery.files import contents
from ..failures import Failure

FILE_NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")


class Loader:
    """A directory that is built, and the one it was referred to from. `restricted`: only files below it are read."""

    def __init__(self, root: str, referrer: Loader | None = None, restricted: bool = True) -> None:
        self.root, self.referrer, self.restricted = root, referrer, restricted

    @classmethod
    def at(cls, path: str, restricted: bool = True) -> Loader:
        """Return the loader of a directory. Raises Failure."""
        return cls(_directory(path), restricted=restricted)

    def new(self, path: str) -> Loader:
        """Return the loader of a directory that a kustomization here refers to. Raises Failure."""
        if not path:
            raise Failure("new root cannot be empty")
        if os.path.isabs(path):
            raise Failure(f"new root '{path}' cannot be absolute")
        root = _directory(os.path.normpath(os.path.join(self.root, path)))
        loader: Loader | None = self
        while loader is not None:
            if _within(loader.root, root):
                raise Failure(f"cycle detected: candidate root '{root}' contains visited root '{loader.root}'")
            loader = loader.referrer
        return Loader(root, self, self.restricted)

    def load(self, path: str) -> bytes:
        """Return a file's content. Raises Failure."""
        if not os.path.isabs(path):
            path = os.path.normpath(os.path.join(self.root, path))
        real = _real(path)
        if self.restricted:
            if os.path.isdir(real):
                raise Failure(f"'{path}' must resolve to a file")
            if not _within(os.path.dirname(real), self.root):
                raise Failure(f"security; file '{path}' is not in or below '{self.root}'")
        try:
            return contents(real)
        except OSError as error:
            what = "read" if isinstance(error, IsADirectoryError) else "open"
            raise Failure(f"{what} {path}: {(error.strerror or '').lower()}") from None

    def kustomization(self) -> tuple[bytes, str]:
        """Return the kustomization file's content and name. Raises Failure."""
        found = [name for name in FILE_NAMES if os.path.isfile(os.path.join(self.root, name))]
        if not found:
            *first, last = (f"'{name}'" for name in FILE_NAMES)
            raise Failure(f"unable to find one of {', '.join(first)} or {last} in directory '{self.root}'")
        if len(found) > 1 and len({os.stat(os.path.join(self.root, name)).st_ino for name in found}) > 1:
            raise Failure(f"Found multiple kustomization files under: {self.root}\n")
        return self.load(found[0]), found[0]


def _within(path: str, directory: str) -> bool:
    return path == directory or path.startswith(directory.rstrip(os.sep) + os.sep)


def _directory(path: str) -> str:
    if not path:
        raise Failure("must build at directory: directory path cannot be empty")
    try:
        real = _real(path)
    except Failure as error:
        raise Failure(f"must build at directory: not a valid directory: {error}") from None
    if not os.path.isdir(real):
        raise Failure(f"must build at directory: '{path}': file is not directory")
    return real


def _real(path: str) -> str:
    """Return the path without links in it; what it says of a missing one is what filepath.EvalSymlinks says."""
    absolute = os.path.abspath(path)
    try:
        return os.path.realpath(absolute, strict=True)
    except ValueError:  # a NUL
        raise Failure(f"evalsymlink failure on '{path}' : lstat {absolute}: invalid argument") from None
    except OSError as error:
        missing = error.filename or absolute
        raise Failure(f"evalsymlink failure on '{path}' : lstat {missing}: {(error.strerror or '').lower()}") from None
