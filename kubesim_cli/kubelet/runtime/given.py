"""The files that the kubelet writes into a volume, and how it replaces them all at once.

They stand in a folder that is called after the time; `..data` is a link to that, and each name a link through it. For
new contents a new folder is made, and the link turned over (pkg/volume/util/atomic_writer.go).
"""

from __future__ import annotations

from ...machinery import timestamps
from .chance import Chance
from .kernel.files import FILE, FOLDER, LINK, ROOT, Inode, Tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .kernel.files import Volume

    Files = dict[str, tuple[bytes, int]]  # path -> content, mode

DATA = "..data"


def write(volume: Volume, files: Files, group: int | None, now: float) -> None:
    """Have a volume hold these files and no others; `group`: whose they are besides, as fsGroup says."""
    tree = Tree(volume.root)
    there = tree.find(f"/{DATA}", "/", ROOT).inode
    if there is not None and {path: content for path, (content, _) in files.items()} == _contents(there):
        return
    stamp = timestamps.format(now)[:-1].replace("-", "_").replace("T", "_").replace(":", "_")
    folder = f"..{stamp}.{Chance(f'{volume.name} {now}').bits(32):010d}"
    made = tree.make_folders("/" + folder, 0o755, now=now)
    for path, (content, mode) in files.items():
        inode = tree.put(f"/{folder}/{path}", content, mode, now=now)
        if group is not None:
            inode.gid, inode.mode = group, inode.mode | 0o440
    if group is not None:
        made.gid, made.mode = group, made.mode | 0o2070
    entries = volume.root.entries
    old = entries[DATA].target if DATA in entries else ""
    _link(volume, DATA, folder, now)
    names = {path.partition("/")[0] for path in files}
    for name in sorted(names):
        if name not in entries:
            _link(volume, name, f"{DATA}/{name}", now)
    for name in [name for name in entries if not name.startswith("..") and name not in names]:
        del entries[name]
    entries.pop(old, None)
    volume.root.mtime = now
    volume.changes += 1


def _link(volume: Volume, name: str, target: str, now: float) -> None:
    volume.root.entries[name] = Inode(volume, volume.number(), LINK, 0o777, ROOT, now, target)


def _contents(folder: Inode, prefix: str = "") -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for name, inode in folder.entries.items():
        if inode.kind == FOLDER:
            found |= _contents(inode, f"{prefix}{name}/")
        elif inode.kind == FILE:
            found[prefix + name] = bytes(inode.data)
    return found
