"""The files that a container begins with.

An image has hundreds of programs, and a container runs a few of them: inodes are made when somebody asks for them.
"""

from __future__ import annotations

from ..images import image as images
from . import bin as programs
from .kernel.descriptors import DEVICES
from .kernel.files import DEVICE, FILE, FOLDER, LINK, ROOT, Entries, Inode, Tree, Volume

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...machinery.types import Object

NOBODY = 65534
BUILT = images.BUILT
_FOLDERS = ("dev/mqueue", "dev/pts", "dev/shm", "etc", "home", "mnt", "opt", "proc", "root", "run", "srv", "sys",
            "usr/bin", "usr/sbin", "usr/local/bin", "usr/local/sbin", "var/log", "var/run", "var/lib", "tmp")
_DEVICE_LINKS = {"core": "/proc/kcore", "fd": "/proc/self/fd", "ptmx": "pts/ptmx", "stderr": "/proc/self/fd/2",
                 "stdin": "/proc/self/fd/0", "stdout": "/proc/self/fd/1"}
_layers: dict[str, _Layer] = {}


class _Layer:
    """What an image has, which nobody changes. `names`: of each folder, by its number, the numbers of what is in it."""

    def __init__(self, key: str):
        self._known = images.of(key)
        self.volume = Volume("overlay")
        self.volume.root.mtime = BUILT
        self._inodes: dict[int, Inode] = {}
        self._programs: dict[int, str] = {}  # NAME or NAME=OTHER, see images.description
        self._links: set[int] = set()  # to busybox
        self.names: dict[int, dict[str, int]] = {}
        tree = Tree(self.volume.root)
        _put(tree, self._known)
        folders = self._folders(tree)
        self._keep(self.volume.root)
        for folder, words in folders:
            self._add(self.names[folder.number], words)
        self._applets(tree)
        self.base = self.volume.next

    def _folders(self, tree: Tree) -> list[tuple[Inode, list[str]]]:
        """Return the folders that have programs, and these."""
        words = programs.names() if self._known.programs is None else self._known.programs
        elsewhere = [word for word in words if "/" in word]
        found = {"/usr/bin": [word for word in words if "/" not in word] if elsewhere else words}
        for word in elsewhere:
            folder, _, name = word.rpartition("/")
            found.setdefault(folder or "/", []).append(name)
        if self._known.applets:
            found.setdefault(images.BUSYBOX.rpartition("/")[0], []).append(images.BUSYBOX.rpartition("/")[2])
        return [(tree.make_folders(folder, now=BUILT), names) for folder, names in found.items()]

    def _applets(self, tree: Tree) -> None:
        """Give busybox its other names, where nothing else has them."""
        for folder, words in self._known.applets.items():
            names = self.names[tree.lookup(folder, "/", ROOT).inode.number]  # type: ignore[union-attr]
            new = [word for word in words if word not in names]
            if self._known.hardlinked:
                there, _, name = images.BUSYBOX.rpartition("/")
                number = self.names[tree.lookup(there, "/", ROOT).inode.number][name]  # type: ignore[union-attr]
                names |= dict.fromkeys(new, number)
                self.inode(number).links += len(new)
            else:
                first, self.volume.next = self.volume.next, self.volume.next + len(new)
                names |= zip(new, range(first, self.volume.next))
                self._links |= {*range(first, self.volume.next)}

    def _keep(self, inode: Inode) -> None:
        self._inodes[inode.number] = inode
        if inode.kind == FOLDER:
            self.names[inode.number] = {name: each.number for name, each in inode.entries.items()}
            for each in inode.entries.values():
                self._keep(each)

    def _add(self, names: dict[str, int], words: list[str]) -> None:
        """Number the programs of a folder, where nothing else has their name."""
        others = {word.partition("=")[0]: word for word in words if "=" in word}
        new = dict.fromkeys([word for word in words if "=" not in word] if others else words)
        new |= dict.fromkeys(others)
        for name in names:
            new.pop(name, None)
        first, self.volume.next = self.volume.next, self.volume.next + len(new)
        names |= zip(new, range(first, self.volume.next))
        self._programs |= zip(range(first, self.volume.next), new)
        self._programs |= {names[name]: word for name, word in others.items() if name in new}

    def inode(self, number: int) -> Inode:
        """Return an inode."""
        found = self._inodes.get(number)
        if found is None and number in self._links:
            found = self._inodes[number] = Inode(self.volume, number, LINK, 0o777, ROOT, BUILT, images.BUSYBOX)
        if found is None:
            name, _, other = self._programs[number].partition("=")
            found = self._inodes[number] = Inode(self.volume, number, FILE, 0o755, ROOT, BUILT)
            is_server = name in self._known.servers and not programs.is_played(name)
            found.data += programs.MARK + (other or (programs.SERVER if is_server else name)).encode()
        return found


class Copies:
    """The inodes that a volume has of its image's, by number: copies, which may be changed."""

    def __init__(self, volume: Volume):
        self._volume, self._layer = volume, _layer(volume.image)
        self.made = volume.made = {}

    def inode(self, number: int) -> Inode:
        """Return an inode, which is made where it is not there yet."""
        found = self.made.get(number)
        if found is None:
            was = self._layer.inode(number)
            found = self.made[number] = Inode.__new__(Inode)
            found.volume, found.number, found.kind, found.mode = self._volume, number, was.kind, was.mode
            found.uid, found.gid, found.links, found.mtime = was.uid, was.gid, was.links, was.mtime
            found.target, found.data = was.target, was.data[:]
            found.entries = Entries(self._layer.names[number], self.inode) if was.kind == FOLDER else {}
        return found


def build(key: str) -> Volume:
    """Return a container's own layer as its image has it; the same key (see images.image.of) gives the same inode
    numbers."""
    layer = _layer(key)
    volume = Volume("overlay")
    volume.image, volume.base, volume.next, volume.used = key, layer.base, layer.base, layer.volume.used
    volume.root = Copies(volume).inode(1)
    return volume


def _layer(key: str) -> _Layer:
    known = _layers.get(key)
    if known is None:
        known = _layers[key] = _Layer(key)
    return known


def _put(tree: Tree, known: images.Image) -> None:
    """Put all of an image but its programs where it is."""
    for path in (*_FOLDERS, *(folder.strip("/") for folder in known.applets)):
        here = tree.root
        for name in path.split("/"):
            here = here.entries.get(name) or _made(here, name, FOLDER, 0o755)
    tree.root.entries["tmp"].mode = 0o1777
    for path, target in {"/bin": "usr/bin", **known.links}.items():
        _link(tree, path, target)
    for name, target in _DEVICE_LINKS.items():
        _link(tree, f"/dev/{name}", target)
    tree.lookup("/dev/shm", "/", ROOT).inode.mode = 0o1777  # type: ignore[union-attr]
    for name in DEVICES:
        _made(tree.root.entries["dev"], name, DEVICE, 0o666, name)
    tree.put("/etc/passwd", "".join(_accounts(known.users)).encode(), now=BUILT)
    tree.put("/etc/group", "".join(_groups(known)).encode(), now=BUILT)
    since = int(BUILT // 86400)
    locked = "".join(f"{line.partition(':')[0]}:*:{since}:0:99999:7:::\n" for line in _accounts(known.users))
    tree.put("/etc/shadow", locked.encode(), 0o640, now=BUILT)
    for path, text in known.files.items():
        tree.put(path, text.encode(), now=BUILT)
    for path, text in known.scripts.items():
        tree.put(path, text.encode(), 0o755, now=BUILT)
    for folder in known.folders:
        path, uid, mode = (*folder.split(), "0", "755")[:3]
        inode = tree.make_folders(path, now=BUILT)
        inode.uid = inode.gid = int(uid)
        inode.mode = int(mode, 8)


def _made(folder: Inode, name: str, kind: str, mode: int, target: str = "") -> Inode:
    inode = folder.entries[name] = Inode(folder.volume, folder.volume.number(), kind, mode, ROOT, BUILT, target)
    return inode


def _link(tree: Tree, path: str, target: str) -> None:
    tree.make_folders(path.rpartition("/")[0], now=BUILT)
    place = tree.find(path, "/", ROOT, False)
    if place.inode is None:
        tree.create(place, LINK, 0o777, ROOT, BUILT, target)


_ADDED = 200  # the first number of users whom no package brings along


def _accounts(users: dict[str, int]) -> Iterator[str]:
    """Yield the lines of /etc/passwd, of those that an image has made behind those of its system: whom its author has
    added, by useradd, have a shell."""
    yield "root:x:0:0:root:/root:/bin/sh\n"
    for name, uid in _inserted(users, "nobody"):
        home = "/nonexistent" if uid < 1000 or uid == NOBODY else f"/home/{name}"
        shell = "/bin/sh" if _ADDED <= uid < NOBODY else "/usr/sbin/nologin"
        yield f"{name}:x:{uid}:{uid}:{name}:{home}:{shell}\n"


def _groups(known: images.Image) -> Iterator[str]:
    """Yield the lines of /etc/group, in the same order."""
    yield "root:x:0:\n"
    added = {name: group for name, group in known.groups.items() if int(group[0]) >= 1000}
    for name, (gid, *members) in known.groups.items():
        if name not in added:
            yield f"{name}:x:{gid}:{','.join(members)}\n"
    for name, uid in _inserted(known.users, "nogroup"):
        yield f"{name}:x:{uid}:\n"
    for name, (gid, *members) in added.items():
        yield f"{name}:x:{gid}:{','.join(members)}\n"


def _inserted(users: dict[str, int], nobody: str) -> Iterator[tuple[str, int]]:
    """Yield names and numbers with nobody's where a system has it."""
    yield from ((name, uid) for name, uid in users.items() if uid < 1000)
    yield nobody, NOBODY
    yield from ((name, uid) for name, uid in users.items() if uid >= 1000)


def shell(key: str) -> str:
    """Return what /bin/sh is in an image: dash, ash or bash."""
    found = images.of(key).shell
    return "dash" if found == "none" else found


def shown(key: str) -> tuple[dict[str, Object], dict[str, int]]:
    """Return how an image's servers show in lists of processes, and its users."""
    found = images.of(key)
    return found.processes, found.users


def changed(inode: Inode) -> bool:
    """Tell whether an inode is no longer what its image has."""
    layer = _layer(inode.volume.image)
    was = layer.inode(inode.number)
    return (inode.mode != was.mode or inode.mtime != was.mtime or inode.uid != was.uid or inode.gid != was.gid
            or inode.links != was.links or inode.content != was.data
            or (inode.kind == FOLDER and not inode.has(layer.names[inode.number])))
