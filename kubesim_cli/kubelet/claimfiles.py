"""The files that a claim keeps, as who has the storage in front of them sees them: without any pod."""

from __future__ import annotations

from ..machinery.streaming import Refused
from . import residents
from .runtime.kernel.errors import Errno
from .runtime.kernel.files import FOLDER, ROOT, Tree
from .runtime.sandbox import make_volume, place_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..apiserver.client import Client

_LETTERS = ("r", 0o400), ("w", 0o200), ("x", 0o100)
_MARKS = {FOLDER: "d", "l": "l"}


class VolumeFiles:
    """The files of the volume that a claim is bound to. Whatever cannot be done raises Refused with the reason."""

    def __init__(self, api: Client, namespace: str, name: str):
        claim = api.find("persistentvolumeclaims", name, namespace)
        bound = (claim or {}).get("spec", {}).get("volumeName")
        volume = api.find("persistentvolumes", bound) if bound else None
        if volume is None:
            raise Refused(f'persistentvolumeclaim "{name}" ' + ("is not bound" if claim else "not found"))
        self._those = residents.of(api)
        for pod in api.items("pods", namespace):  # what they have written is there, and they see what is put there
            if any((each.get("persistentVolumeClaim") or {}).get("claimName") == name
                   for each in pod["spec"].get("volumes") or ()):
                self._those.reach(pod)
        self._those.advance()
        engine = self._those.engine
        place, path = place_of(volume, api.items("nodes")[0]["metadata"]["name"])
        made = make_volume(engine, place, volume)
        self._tree = Tree(Tree(made.root).make_folders(path, now=engine.kernel.now) if path else made.root)

    def listing(self, path: str) -> list[str]:
        """Return a line on each file in a folder, or on the file itself: mode, owner, group, size, name."""
        try:
            place = self._tree.lookup(path, "/", ROOT)
            assert place.inode is not None
            found = self._tree.entries(place) if place.inode.kind == FOLDER else {place.name: place.inode}
        except Errno as error:
            raise Refused(f"{path}: {error.message}") from None
        rows = []
        for name, inode in found.items():
            mode = "".join(letter if inode.mode & bit >> shift else "-"
                           for shift in (0, 3, 6) for letter, bit in _LETTERS)
            rows.append(f"{_MARKS.get(inode.kind, '-')}{mode} {inode.uid:>5} {inode.gid:>5} {inode.size:>9} {name}"
                        + (f" -> {inode.target}" if inode.kind == "l" else ""))
        return rows

    def read(self, path: str) -> bytes:
        """Return what a file holds."""
        try:
            inode = self._tree.lookup(path, "/", ROOT).inode
        except Errno as error:
            raise Refused(f"{path}: {error.message}") from None
        assert inode is not None
        if inode.kind == FOLDER:
            raise Refused(f"{path}: Is a directory")
        return bytes(inode.data)

    def write(self, path: str, data: bytes) -> None:
        """Write a file, with the folders above it."""
        try:
            self._tree.put("/" + path.lstrip("/"), data, now=self._those.engine.kernel.now)
        except Errno as error:
            raise Refused(f"{path}: {error.message}") from None
        self._those.touch()
