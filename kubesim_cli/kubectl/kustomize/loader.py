"""The files that a kustomization may read (api/internal/loader)."""

from __future__ import annotations

from ...machinery.files import HOST
from ..failures import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.files import Files

FILE_NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")


class Loader:
    """A directory that is built, and the one it was referred to from. `restricted`: only files below it are read."""

    def __init__(self, root: str, referrer: Loader | None = None, restricted: bool = True,
                 files: Files = HOST) -> None:
        self.root, self.referrer, self.restricted, self.files = root, referrer, restricted, files

    @classmethod
    def at(cls, path: str, restricted: bool = True, files: Files = HOST) -> Loader:
        """Return the loader of a directory. Raises Failure."""
        return cls(_directory(files, path), restricted=restricted, files=files)

    def new(self, path: str) -> Loader:
        """Return the loader of a directory that a kustomization here refers to. Raises Failure."""
        if not path:
            raise Failure("new root cannot be empty")
        if self.files.paths.isabs(path):
            raise Failure(f"new root '{path}' cannot be absolute")
        root = _directory(self.files, self._below(path))
        loader: Loader | None = self
        while loader is not None:
            if self._within(loader.root, root):
                raise Failure(f"cycle detected: candidate root '{root}' contains visited root '{loader.root}'")
            loader = loader.referrer
        return Loader(root, self, self.restricted, self.files)

    def load(self, path: str) -> bytes:
        """Return a file's content. Raises Failure."""
        files = self.files
        if not files.paths.isabs(path):
            path = self._below(path)
        real = _real(files, path)
        if self.restricted:
            if files.is_folder(real):
                raise Failure(f"'{path}' must resolve to a file")
            if not self._within(files.paths.dirname(real), self.root):
                raise Failure(f"security; file '{path}' is not in or below '{self.root}'")
        try:
            return files.contents(real)
        except OSError as error:
            what = "read" if isinstance(error, IsADirectoryError) else "open"
            raise Failure(f"{what} {path}: {(error.strerror or '').lower()}") from None

    def kustomization(self) -> tuple[bytes, str]:
        """Return the kustomization file's content and name. Raises Failure."""
        files = self.files
        found = [name for name in FILE_NAMES if files.is_file(files.paths.join(self.root, name))]
        if not found:
            *first, last = (f"'{name}'" for name in FILE_NAMES)
            raise Failure(f"unable to find one of {', '.join(first)} or {last} in directory '{self.root}'")
        if not files.are_one(files.paths.join(self.root, name) for name in found):
            raise Failure(f"Found multiple kustomization files under: {self.root}\n")
        return self.load(found[0]), found[0]

    def _below(self, path: str) -> str:
        paths = self.files.paths
        found: str = paths.normpath(paths.join(self.root, path))
        return found

    def _within(self, path: str, directory: str) -> bool:
        separator = self.files.paths.sep
        return path == directory or path.startswith(directory.rstrip(separator) + separator)


def _directory(files: Files, path: str) -> str:
    if not path:
        raise Failure("must build at directory: directory path cannot be empty")
    try:
        real = _real(files, path)
    except Failure as error:
        raise Failure(f"must build at directory: not a valid directory: {error}") from None
    if not files.is_folder(real):
        raise Failure(f"must build at directory: '{path}': file is not directory")
    return real


def _real(files: Files, path: str) -> str:
    """Return the path without links in it; what it says of a missing one is what filepath.EvalSymlinks says."""
    absolute = files.absolute(path)
    try:
        return files.real(absolute)
    except ValueError:  # a NUL
        raise Failure(f"evalsymlink failure on '{path}' : lstat {absolute}: invalid argument") from None
    except OSError as error:
        missing = error.filename or absolute
        raise Failure(f"evalsymlink failure on '{path}' : lstat {missing}: {(error.strerror or '').lower()}") from None
