"""The files that a container begins with."""

from __future__ import annotations

from ..images import image as images
from .kernel.files import DEVICE, FILE, LINK, ROOT, Inode, Tree, Volume

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

BUILT = 1_760_000_000.0  # when images were made
_FOLDERS = ("dev", "etc", "home", "mnt", "opt", "proc", "root", "run", "srv", "usr/bin", "usr/sbin", "usr/local/bin",
            "usr/local/sbin", "var/log", "var/run", "var/lib", "tmp")
_pristine: dict[str, dict[int, Inode]] = {}  # by key: what nobody changes


def build(key: str) -> Volume:
    """Return a container's own layer as its image has it; the same key (see images.image.of) gives the same inode
    numbers."""
    found = pristine(key)
    root = found[1]
    volume = Volume("overlay")
    volume.image, volume.base, volume.next, volume.used = key, root.volume.base, root.volume.next, root.volume.used
    copies = {number: _copy(inode, volume) for number, inode in found.items()}
    for number, inode in found.items():
        if inode.entries:
            copies[number].entries = {name: copies[each.number] for name, each in inode.entries.items()}
    volume.root = copies[1]
    return volume


def pristine(key: str) -> dict[int, Inode]:
    """Return the inodes of an image by number, which are not to be changed."""
    known = _pristine.get(key)
    if known is None:
        known = _pristine[key] = inodes(_made(key))
    return known


def _copy(inode: Inode, volume: Volume) -> Inode:
    made = Inode.__new__(Inode)
    made.volume, made.number, made.kind, made.mode = volume, inode.number, inode.kind, inode.mode
    made.uid, made.gid, made.links, made.mtime = inode.uid, inode.gid, inode.links, inode.mtime
    made.target, made.data, made.entries = inode.target, inode.data[:], {}
    return made


def _made(key: str) -> Volume:
    known = images.of(key)
    volume = Volume("overlay")
    tree = Tree(volume.root)
    volume.root.mtime = BUILT
    for path in _FOLDERS:
        tree.make_folders("/" + path, now=BUILT)
    tree.lookup("/tmp", "/", ROOT).inode.mode = 0o1777  # type: ignore[union-attr]
    for path, target in {"/bin": "usr/bin", **known.links}.items():
        _link(tree, path, target)
    _put_programs(tree, known)
    for name in ("null", "zero", "full", "random", "urandom"):
        tree.create(tree.find(f"/dev/{name}", "/", ROOT), DEVICE, 0o666, ROOT, BUILT, name)
    tree.put("/etc/passwd", "".join(_accounts(known.users)).encode(), now=BUILT)
    tree.put("/etc/group", "".join(_groups(known.users)).encode(), now=BUILT)
    for path, text in known.files.items():
        tree.put(path, text.encode(), now=BUILT)
    for path, text in known.scripts.items():
        tree.put(path, text.encode(), 0o755, now=BUILT)
    for folder in known.folders:
        path, uid, mode = (*folder.split(), "0", "755")[:3]
        inode = tree.make_folders(path, now=BUILT)
        inode.uid = inode.gid = int(uid)
        inode.mode = int(mode, 8)
    volume.image, volume.base = key, volume.next
    return volume


def _link(tree: Tree, path: str, target: str) -> None:
    tree.make_folders(path.rpartition("/")[0], now=BUILT)
    place = tree.find(path, "/", ROOT, False)
    if place.inode is None:
        tree.create(place, LINK, 0o777, ROOT, BUILT, target)


def _put_programs(tree: Tree, known: images.Image) -> None:
    """Put the programs of an image where they are; of one of which nothing is known, all that there are."""
    from . import bin as programs

    folders: dict[str, Inode] = {}
    for path in programs.names() if known.programs is None else known.programs:
        path, _, other = path.partition("=")
        folder, slash, name = path.rpartition("/")
        folder = folder or ("/" if slash else "/usr/bin")
        here = folders.get(folder)
        if here is None:
            here = folders[folder] = tree.make_folders(folder, now=BUILT)
        if name not in here.entries:
            inode = here.entries[name] = Inode(here.volume, here.volume.number(), FILE, 0o755, ROOT, BUILT)
            played = other or (name if programs.is_played(name) or name not in known.servers else programs.SERVER)
            inode.data += programs.MARK + played.encode()


def _accounts(users: dict[str, int]) -> Iterator[str]:
    """Yield the lines of /etc/passwd."""
    yield "root:x:0:0:root:/root:/bin/sh\n"
    for name, uid in users.items():
        yield f"{name}:x:{uid}:{uid}:{name}:{'/home/' + name if uid >= 1000 else '/nonexistent'}:/usr/sbin/nologin\n"
    yield "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n"


def _groups(users: dict[str, int]) -> Iterator[str]:
    """Yield the lines of /etc/group."""
    yield "root:x:0:\n"
    for name, uid in users.items():
        yield f"{name}:x:{uid}:\n"
    yield "nogroup:x:65534:\n"


def shell(key: str) -> str:
    """Return what /bin/sh is in an image: dash, ash or bash."""
    found = images.of(key).shell
    return "dash" if found == "none" else found


def inodes(volume: Volume) -> dict[int, Inode]:
    """Return the inodes that a volume has from its image, by number."""
    found: dict[int, Inode] = {}
    waiting = [volume.root]
    while waiting:
        inode = waiting.pop()
        if inode.number < volume.base and inode.number not in found:
            found[inode.number] = inode
            waiting += inode.entries.values()
    return found


def changed(inode: Inode) -> bool:
    """Tell whether an inode is no longer what its image has."""
    known = pristine(inode.volume.image)
    was = known[inode.number]
    return (inode.mode != was.mode or inode.mtime != was.mtime or inode.uid != was.uid or inode.gid != was.gid
            or inode.links != was.links or inode.data != was.data or len(inode.entries) != len(was.entries)
            or any(was.entries[name].number != each.number if name in was.entries else True
                   for name, each in inode.entries.items()))
