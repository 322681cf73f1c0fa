"""Files in memory: inodes, volumes of them, and the tree that a container sees through its mounts.

A path is looked up as namei does it: component by component, with search permission on each folder, links followed.
"""

from __future__ import annotations

from .errors import Errno

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any, Protocol

    class Stored(Protocol):
        """Bytes that are somewhere else."""

        def read(self) -> bytearray:
            """Return them."""

FOLDER, FILE, LINK, DEVICE, FIFO = "d", "f", "l", "c", "p"
_MOST_LINKS = 40
_DESCRIPTORS = ("pipe:", "socket:")  # what no path leads to
MOST_STORED = 64 << 20  # bytes that a volume holds, however large it says it is
READ, WRITE, EXECUTE = 4, 2, 1


class User:
    """Who a process is: `uid`, `gid` and the supplementary `groups`."""

    __slots__ = ("gid", "groups", "uid")

    def __init__(self, uid: int = 0, gid: int = 0, groups: tuple[int, ...] = ()):
        self.uid, self.gid, self.groups = uid, gid, groups


ROOT = User()


class Volume:
    """A file system. `capacity`: bytes that it says it holds.

    `image`: what its inodes with numbers below `base` were made from ("": nothing), so that only what has changed of
    them need be stored; `made` has those of them that somebody has asked for. `changes` counts what was done to its
    files and their names.
    """

    __slots__ = ("base", "capacity", "changes", "image", "made", "name", "next", "read_only", "root", "used")

    def __init__(self, name: str, capacity: int | None = None, read_only: bool = False):
        self.name, self.capacity, self.read_only, self.used, self.next = name, capacity, read_only, 0, 2
        self.image, self.base, self.changes = "", 0, 0
        self.made: dict[int, Inode] = {}
        self.root = Inode(self, 1, FOLDER, 0o755, ROOT, 0.0)

    def number(self) -> int:
        """Return the next inode's number."""
        self.next += 1
        return self.next - 1

    def take(self, count: int) -> None:
        """So many bytes more are stored (fewer, where it is negative); raise ENOSPC where they do not fit."""
        if count > 0 and self.used + count > min(self.capacity or MOST_STORED, MOST_STORED):
            raise Errno("ENOSPC")
        self.used += count


class Inode:
    """A file (`data`: its bytes), folder (`entries`), link or device (`target`: where to, its name).

    `stored`: what the bytes are read from when somebody asks for them, where nobody has since the file was stored.
    """

    __slots__ = ("data", "entries", "gid", "kind", "links", "mode", "mtime", "number", "stored", "target", "uid",
                 "volume")

    def __init__(self, volume: Volume, number: int, kind: str, mode: int, user: User, mtime: float, target: str = ""):
        self.volume, self.number, self.kind, self.mode, self.mtime, self.target = (
            volume, number, kind, mode, mtime, target)
        self.uid, self.gid, self.links = user.uid, user.gid, 1
        self.data = bytearray()
        self.entries: dict[str, Inode] = {}

    def __getattr__(self, name: str) -> bytearray:
        if name != "data":
            raise AttributeError(name)
        self.data = self.stored.read()
        return self.data

    def put_off(self, stored: Stored) -> None:
        """Have its bytes read when somebody asks for them."""
        self.stored = stored
        if self.content is not stored:
            del self.data

    @property
    def content(self) -> bytearray | Stored:
        """Its bytes, or what they are still to be read from."""
        try:
            found: bytearray = _DATA(self)
        except AttributeError:
            return self.stored
        return found

    def has(self, numbers: dict[str, int]) -> bool:
        """Tell whether a folder's entries are the inodes of these numbers."""
        if self.entries.__class__ is Entries:
            return self.entries.are(numbers)
        return {name: each.number for name, each in self.entries.items()} == numbers

    @property
    def size(self) -> int:
        """What stat(2) tells as the size."""
        if self.kind == FOLDER:
            return 4096
        return len(self.target) if self.kind == LINK else len(self.data)

    def allows(self, user: User, wanted: int) -> bool:
        """Tell whether a user may READ, WRITE or EXECUTE (a sum of them)."""
        if user.uid == 0:
            return not wanted & EXECUTE or self.kind == FOLDER or bool(self.mode & 0o111)
        shift = 6 if user.uid == self.uid else 3 if self.gid == user.gid or self.gid in user.groups else 0
        return (self.mode >> shift) & wanted == wanted

    def truncate(self, size: int, now: float) -> None:
        """Cut or stretch a file to so many bytes."""
        self.volume.take(size - len(self.data))
        self.volume.changes += 1
        if size < len(self.data):
            del self.data[size:]
        else:
            self.data.extend(bytes(size - len(self.data)))
        self.mtime = now

    def write(self, offset: int, data: bytes, now: float) -> None:
        """Write at an offset."""
        self.volume.changes += 1
        here = self.data
        end = offset + len(data)
        if end > len(here):
            self.volume.take(end - len(here))
        if offset == len(here):
            here += data
        else:
            if offset > len(here):
                here.extend(bytes(offset - len(here)))
            here[offset:end] = data
        self.mtime = now


_DATA = Inode.__dict__["data"].__get__  # which does not ask __getattr__


class Entries(dict[str, Inode]):
    """A folder's entries, of which some are not there yet: a number stands for an inode that is made when somebody
    asks for it."""

    __slots__ = ("_make",)

    def __init__(self, numbers: dict[str, int], make: Callable[[int], Inode]):
        """`make(number)` returns the inode, the same one each time."""
        super().__init__(numbers)  # type: ignore[arg-type]
        self._make = make

    def __getitem__(self, name: str) -> Inode:
        found = super().__getitem__(name)
        return self._make(found) if found.__class__ is int else found

    def get(self, name: str, default: Any = None) -> Any:
        found = super().get(name, default)
        return self._make(found) if found.__class__ is int else found

    def values(self) -> list[Inode]:  # type: ignore[override]
        return [self[name] for name in self]

    def items(self) -> list[tuple[str, Inode]]:  # type: ignore[override]
        return [(name, self[name]) for name in self]

    def are(self, numbers: dict[str, int]) -> bool:
        """Tell whether these are their numbers; nothing is made for that."""
        return dict.__eq__(self, numbers) or numbers == {
            name: each if each.__class__ is int else each.number for name, each in super().items()}


class Place:
    """Where a path leads: the folder that has the name in it, the name, and the inode, None where there is none.

    `path` is absolute and without links.
    """

    __slots__ = ("folder", "inode", "name", "path")

    def __init__(self, folder: Inode, name: str, inode: Inode | None, path: str):
        self.folder, self.name, self.inode, self.path = folder, name, inode, path


class Tree:
    """What a container sees: a root and what is mounted into it (absolute path -> inode; a file may be, too)."""

    __slots__ = ("found", "mounts", "root", "sealed")

    def __init__(self, root: Inode):
        self.root = root
        self.found: dict[object, tuple[str, Inode]] = {}  # programs that were looked up; see bin/
        self.mounts: dict[str, Inode] = {}
        self.sealed: list[str] = []  # what is mounted to be read only

    def mount(self, path: str, inode: Inode, read_only: bool = False) -> None:
        """Show an inode at a path, which is made where it is missing."""
        if inode.kind == FOLDER:
            self.make_folders(path)
        elif self.make_folders(path.rpartition("/")[0]):
            there = self.find(path, "/", ROOT).inode
            if there is None:
                self.put(path, b"")
            elif there.kind == FOLDER:
                raise Errno("ENOTDIR")
        self.mounts[path.rstrip("/") or "/"] = inode
        if read_only:
            self.sealed.append(path.rstrip("/"))

    def is_sealed(self, place: Place) -> bool:
        """Tell whether nothing may be written at a place."""
        return place.folder.volume.read_only or any(
            place.path == path or place.path.startswith(path + "/") for path in self.sealed)

    def lookup(self, path: str, folder: str, user: User, follow: bool = True) -> Place:
        """Return the place of a path that exists, seen from `folder`; raise ENOENT where it does not."""
        place = self.find(path, folder, user, follow)
        if place.inode is None:
            raise Errno("ENOENT")
        return place

    def find(self, path: str, folder: str, user: User, follow: bool = True) -> Place:
        """Return the place of a path whose last component need not exist.

        `follow`: a link at its end is followed. Raises ENOENT, ENOTDIR, EACCES and ELOOP as namei.
        """
        if not path:
            raise Errno("ENOENT")
        if path[0] != "/":
            path = f"{folder}/{path}"
        rest = path.split("/")
        rest.reverse()
        must_be_folder = path[-1] == "/"
        root = self.mounts.get("/", self.root)
        trail: list[tuple[str, Inode, str]] = [("", root, "")]  # path, inode, name
        mounts, links = self.mounts, 0
        while rest:
            name = rest.pop()
            if not name or name == ".":
                continue
            if name == "..":
                if len(trail) > 1:
                    trail.pop()
                continue
            where, here, _ = trail[-1]
            if here.kind != FOLDER:
                raise Errno("ENOTDIR")
            if user.uid and not here.allows(user, EXECUTE):
                raise Errno("EACCES")
            at = f"{where}/{name}"
            inode = mounts.get(at) if mounts else None
            if inode is None:
                inode = here.entries.get(name)
            if inode is None:
                if any(each not in ("", ".") for each in rest):
                    raise Errno("ENOENT")
                return Place(here, name, None, at)
            if inode.kind == LINK and (follow or must_be_folder or any(rest)) and (
                    not inode.target.startswith(_DESCRIPTORS)):
                links += 1
                if links > _MOST_LINKS:
                    raise Errno("ELOOP")
                target = inode.target.split("/")
                target.reverse()
                rest += target
                if inode.target[:1] == "/":
                    del trail[1:]
                continue
            trail.append((at, inode, name))
        at, inode, name = trail[-1]
        if must_be_folder and inode.kind != FOLDER:
            raise Errno("ENOTDIR")
        parent = trail[-2][1] if len(trail) > 1 else inode
        return Place(parent, name, inode, at or "/")

    def which(self, user: User, cwd: str, path: str | None, name: str) -> tuple[str, Inode] | None:
        """Return where the program of a name or a path is, and its file; `path`: what PATH says.

        Raises what looking up a path raises.
        """
        if "/" in name:
            place = self.lookup(name, cwd, user)
            assert place.inode is not None
            return name, place.inode
        key = (path, name)
        if key in self.found:
            return self.found[key]
        denied = None
        for folder in (path or "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin").split(":"):
            try:
                inode = self.find(f"{folder}/{name}", cwd, user).inode
            except Errno:
                continue
            if inode is not None and inode.kind == "f":
                if inode.allows(user, 1):
                    self.found[key] = f"{folder}/{name}", inode
                    return self.found[key]
                denied = f"{folder}/{name}", inode
        return denied

    # Changes

    def _writable(self, place: Place, user: User) -> None:
        if self.is_sealed(place):
            raise Errno("EROFS")
        if not place.folder.allows(user, WRITE | EXECUTE):
            raise Errno("EACCES")
        place.folder.volume.changes += 1
        if "bin" in place.path:
            self.found = {}

    def create(self, place: Place, kind: str, mode: int, user: User, now: float, target: str = "") -> Inode:
        """Make what is not there yet at a place; raise EEXIST, EACCES or EROFS."""
        if place.inode is not None:
            raise Errno("EEXIST")
        self._writable(place, user)
        volume = place.folder.volume
        inode = Inode(volume, volume.number(), kind, mode, user, now, target)
        if place.folder.mode & 0o2000:
            inode.gid = place.folder.gid
            if kind == FOLDER:
                inode.mode |= 0o2000
        place.folder.entries[place.name] = place.inode = inode
        place.folder.mtime = now
        return inode

    def remove(self, place: Place, user: User, now: float) -> None:
        """Take away what is at a place; a folder must be empty."""
        inode = place.inode
        if inode is None:
            raise Errno("ENOENT")
        self._writable(place, user)
        if place.path in self.mounts:
            raise Errno("EBUSY")
        if place.folder.mode & 0o1000 and user.uid not in (0, inode.uid, place.folder.uid):
            raise Errno("EPERM")
        if inode.kind == FOLDER and inode.entries:
            raise Errno("ENOTEMPTY")
        del place.folder.entries[place.name]
        place.folder.mtime = now
        inode.links -= 1
        if not inode.links and inode.kind == FILE:
            inode.volume.take(-len(inode.data))

    def remove_name(self, place: Place, user: User, now: float) -> None:
        """Take away one name of an inode that has got another."""
        self._writable(place, user)
        del place.folder.entries[place.name]
        place.folder.mtime = now
        if place.inode is not None:
            place.inode.links -= 1

    def link(self, inode: Inode, place: Place, user: User, now: float) -> None:
        """Give an inode one more name."""
        if place.inode is not None:
            raise Errno("EEXIST")
        if place.folder.volume is not inode.volume:
            raise Errno("EXDEV")
        self._writable(place, user)
        place.folder.entries[place.name] = place.inode = inode
        place.folder.mtime = now
        inode.links += 1

    def make_folders(self, path: str, mode: int = 0o755, user: User = ROOT, now: float = 0.0) -> Inode:
        """Make a folder with those above it."""
        at, inode = "", self.mounts.get("/", self.root)
        for name in path.split("/"):
            if name:
                at += "/" + name
                place = self.find(at, "/", ROOT)
                inode = place.inode or self.create(place, FOLDER, mode, user, now)
        if inode.kind != FOLDER:
            raise Errno("ENOTDIR")
        return inode

    def put(self, path: str, data: bytes, mode: int = 0o644, user: User = ROOT, now: float = 0.0) -> Inode:
        """Write a whole file, with the folders above it; for what is not a process of the container."""
        self.make_folders(path.rpartition("/")[0], now=now)
        place = self.find(path, "/", ROOT)
        inode = place.inode or self.create(place, FILE, mode, user, now)
        inode.truncate(0, now)
        inode.write(0, data, now)
        return inode

    def entries(self, place: Place) -> dict[str, Inode]:
        """Return a folder's names with what they show, mounts included."""
        inode = place.inode
        if inode is None or inode.kind != FOLDER:
            raise Errno("ENOTDIR")
        prefix = "" if place.path == "/" else place.path
        return {name: self.mounts.get(f"{prefix}/{name}", each) for name, each in sorted(inode.entries.items())}

    def walk(self, path: str, user: User) -> Iterator[tuple[str, Inode]]:
        """Yield (path, inode) of all that is under a path, itself first; links are not followed."""
        place = self.lookup(path, "/", user, False)
        assert place.inode is not None
        yield path, place.inode
        if place.inode.kind == FOLDER and place.inode.allows(user, READ | EXECUTE):
            for name in self.entries(place):
                yield from self.walk(f"{path.rstrip('/')}/{name}", user)
