"""Stores simulated processes: the objects of a kernel as JSON records, and back.

Each object of the kernel (an inode, a process, a shell, a pipe ...) is a record of its own, with a name that it keeps
for its life, so that what a command has not touched need not be written again. Contents of files are blobs, named by
their hash, and read when somebody asks for them. Functions are named, never stored: a program by its module and name,
or by the name it is found by, a place in a script by the script's text and a number.
"""

from __future__ import annotations

from ...machinery.modules import import_module
from . import bin as programs
from . import rootfs
from .chance import Chance
from .kernel import descriptors, files, kernel, made, network, process, terminal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    Records = dict[str, dict[str, Any]]

VERSION = 5  # changes with the operations of compiler.py (a place in a script is a number among them) and containers
# What an attribute is, by its class, in records that were written before there was such an one. Whoever adds one enters
# it here, or raises VERSION, so that containers live on when kubesim is upgraded; a test tells when that is needed.
ADDED: dict[str, dict[str, Callable[[], Any]]] = {"Process": {"piped": dict}}
SMALL = 120        # bytes that stand in the record itself
CHUNK = 64 << 10   # of a file that is stored by itself: what is appended leaves those before as they are
_CLASSES: dict[str, Any] = {each.__name__: each for each in (
    kernel.Kernel, process.Process, process.Space, process.Pids, process.Table, files.Volume, files.Inode,
    files.Tree, files.User,
    descriptors.OpenFile, descriptors.OpenFolder, descriptors.Pipe, descriptors.PipeReader, descriptors.PipeWriter,
    descriptors.Capture, descriptors.Log, descriptors.Lines, descriptors.Data, descriptors.Device, terminal.Terminal,
    network.Net, network.Listener, network.Connection, network.Answered, made.Made, Chance)}
_ELSEWHERE = {"Shell": ".sh.shell", "Frame": ".sh.shell", "Assoc": ".sh.values", "Code": ".sh.codes",
              "Held": ".databases.held", "Datagrams": ".kernel.datagrams", "Fifo": ".kernel.fifos",
              "BothEnds": ".kernel.fifos"}
_PLAIN = frozenset((type(None), str, int, float, bool))
_TRANSIENT = frozenset(("found", "hashed", "_environment", "ops", "routes", "held", "made", "current", "stored"))
_FRESH: dict[str, Any] = {"found": dict, "hashed": lambda: (None, {}), "_environment": lambda: None,
                          "routes": network.Routes, "held": lambda: None, "current": lambda: None}


_known: dict[type, tuple[list[str], list[str]]] = {}


def _class(name: str) -> Any:
    """Return a class of what is stored; those of shells are imported where there are any."""
    if name not in _CLASSES:
        _CLASSES[name] = getattr(import_module(__package__ + _ELSEWHERE[name]), name)
    return _CLASSES[name]


def _script(record: dict[str, Any]) -> Any:
    """Return what the text of a script is compiled to."""
    from .sh import compiler, interactive

    if record["prompts"]:
        return interactive.code(record["dialect"])
    return compiler.compiled(record["text"], record["dialect"], record["whole"])


class Contents:
    """The bytes of a file that nobody has asked for since they were stored, as `record` has them."""

    __slots__ = ("blobs", "record")

    def __init__(self, record: dict[str, Any], blobs: Mapping[str, bytes]):
        self.record, self.blobs = record, blobs

    @property
    def names(self) -> list[str]:
        """The blobs that they are in."""
        return [self.record["h"]] if "h" in self.record else [*self.record["c"]]

    def read(self) -> bytearray:
        """Return them."""
        return bytearray(b"".join(self.blobs[name] for name in self.names))


class _Blobs(dict[str, bytes]):
    """Blobs that are new. The others that records name are found, but not among these."""

    def __init__(self) -> None:
        super().__init__()
        self.elsewhere: dict[str, Mapping[str, bytes]] = {}

    def __missing__(self, name: str) -> bytes:
        return self.elsewhere[name][name]


class Store:
    """Keeps the names of objects from one freezing to the next."""

    def __init__(self) -> None:
        self.names: dict[int, str] = {}
        self.objects: dict[str, Any] = {}  # also keeps them, so that an id() is never another's
        self.last = 0

    def freeze(self, root: Any, instead: dict[int, Any] | None = None) -> tuple[Records, dict[str, bytes]]:
        """Return the records of all that a value leads to, and the blobs they name; "root" is the value itself.

        The blobs have all that records name; but only those that are new are in them.

        `instead`: by the id() of an object, what is to have its place.
        """
        records: Records = {}
        blobs = _Blobs()
        names: dict[int, str] = {}
        objects: dict[str, Any] = {}
        waiting: list[Any] = []

        def name(value: Any) -> str:
            if instead:
                value = instead.get(id(value), value)
            found = names.get(id(value))
            if found is None:
                found = self.names.get(id(value))
                if value.__class__ is files.Inode and value.number < value.volume.base:
                    found = f"Inode@{name(value.volume)}/{value.number}"
                if found is None:
                    self.last += 1
                    found = f"{type(value).__name__}-{self.last}"
                names[id(value)] = found
                objects[found] = value
                if not (found[5:6] == "@" and not rootfs.changed(value)):
                    waiting.append(value)
            return found

        def encode(value: Any) -> Any:
            kind = value.__class__
            if kind in _PLAIN:
                return value
            if kind in (bytes, bytearray):
                return _bytes(value, blobs)
            if kind is Contents:
                blobs.elsewhere.update((each, value.blobs) for each in value.names)
                return value.record
            if kind is list:
                return {"l": [encode(each) for each in value]}
            if kind is dict or kind is files.Entries:
                return {"d": [[encode(key), encode(each)] for key, each in value.items()]}
            if kind is tuple:
                return {"t": [encode(each) for each in value]}
            if kind in (set, frozenset):
                return {"s" if kind is set else "f": sorted(value)}
            if kind.__name__ in _CLASSES or kind.__name__ in _ELSEWHERE:
                return {"o": name(value)}
            if kind.__name__ == "deque":
                return {"q": [encode(each) for each in value]}
            if hasattr(value, "__qualname__") and "<" not in value.__qualname__:
                return {"fn": f"{value.__module__.removeprefix(__package__)}:{value.__qualname__}"}
            known = programs.name_of(value)
            if known is not None:
                return {"p": known}
            raise TypeError(f"{kind.__name__} cannot be stored")

        value = encode(root)
        head = {"value": value, "version": VERSION}
        while waiting:
            value = waiting.pop()
            record = {attribute: encode(found) for attribute, found in _attributes(value)}
            if isinstance(value, dict):
                record["items"] = [[encode(key), encode(each)] for key, each in value.items()]
            records[names[id(value)]] = record
            if value.__class__ is files.Volume and value.image:
                for inode in [*value.made.values()]:
                    if inode.links and rootfs.changed(inode):
                        name(inode)
        records["root"] = {**head, "last": self.last}
        self.names, self.objects = names, objects
        return records, blobs

    def thaw(self, records: Records, blobs: Mapping[str, bytes], part: str = "") -> Any:
        """Return the object that was frozen; raise ValueError where it is of another version.

        `part`: only what a dict has under that key, whatever the version, for files are files.
        """
        head = records["root"]
        if head["version"] != VERSION and not part:
            raise ValueError("processes of another version")
        self.last = head["last"]
        made: dict[str, Any] = {}
        layers: dict[str, rootfs.Copies] = {}
        waiting: list[str] = []

        def get(name: str) -> Any:
            found = made.get(name)
            if found is None and name[:6] == "Inode@":
                volume, _, number = name.removeprefix("Inode@").partition("/")
                if volume not in layers:
                    layer(volume)
                found = made[name] = layers[volume].inode(int(number))
            if found is None:
                kind = _class(name.partition("-")[0])
                if kind.__name__ == "Code":
                    found = _script(records[name])
                else:
                    found = kind.__new__(kind)
                    waiting.append(name)
                made[name] = found
            return found

        def layer(volume: str) -> None:
            """Have the inodes that a volume has from its image; those that have changed have records."""
            into = get(volume)
            into.image = records[volume]["image"]
            layers[volume] = rootfs.Copies(into)
            for name in [each for each in records if each.startswith(f"Inode@{volume}/")]:
                made[name] = layers[volume].inode(int(name.partition("/")[2]))
                waiting.append(name)

        def decode(value: Any) -> Any:
            if value.__class__ is not dict:
                return value
            (tag, inside), = value.items()
            if tag == "l":
                return [decode(each) for each in inside]
            if tag == "d":
                return {decode(key): decode(each) for key, each in inside}
            if tag == "t":
                return tuple(decode(each) for each in inside)
            if tag == "s":
                return set(inside)
            if tag == "f":
                return frozenset(inside)
            if tag == "o":
                return get(inside)
            if tag == "b":
                return bytearray(inside.encode("latin-1"))
            if tag == "h":
                return bytearray(blobs[inside])
            if tag == "c":
                return bytearray(b"".join(blobs[each] for each in inside))
            if tag == "p":
                return programs.program(inside)
            if tag == "q":
                return kernel.deque(decode(each) for each in inside)
            module, _, function = inside.partition(":")
            return getattr(import_module(__package__ + module if module[:1] == "." else module), function)

        value = head["value"]
        root = decode(next(each for key, each in value["d"] if key == part) if part else value)
        while waiting:
            name = waiting.pop()
            value = made[name]
            known = _slots(value.__class__)[0]
            for attribute, found in records[name].items():
                if attribute == "items":
                    for key, each in found:
                        value[decode(key)] = decode(each)
                elif attribute == "data" and value.__class__ is files.Inode and "b" not in found:
                    value.put_off(Contents(found, blobs))
                elif attribute in known or hasattr(value, "__dict__"):  # else there is no such attribute any more
                    setattr(value, attribute, decode(found))
            for attribute in _slots(value.__class__)[1]:
                setattr(value, attribute, _FRESH[attribute]())
            for attribute, make in ADDED.get(value.__class__.__name__, {}).items():
                if attribute not in records[name]:
                    setattr(value, attribute, make())
        self.names = {id(value): name for name, value in made.items()}
        self.objects = made
        return root


def _slots(kind: type) -> tuple[list[str], list[str]]:
    """Return the attributes of a class's objects that are stored, and those that each has anew."""
    found = _known.get(kind)
    if found is None:
        names = [name for each in kind.__mro__ for name in getattr(each, "__slots__", ())]
        own = [*_FRESH] if kind.__dictoffset__ else [name for name in names if name in _FRESH]
        found = _known[kind] = [name for name in names if name not in _TRANSIENT], own
    return found


def _attributes(value: Any) -> list[tuple[str, Any]]:
    names = _slots(value.__class__)[0]
    if value.__class__ is files.Inode:
        return [(name, value.content if name == "data" else getattr(value, name)) for name in names]
    if hasattr(value, "__dict__"):
        names = [*names, *(name for name in value.__dict__ if name not in _TRANSIENT)]
    return [(name, getattr(value, name)) for name in names if hasattr(value, name)]


def _bytes(value: bytes | bytearray, blobs: dict[str, bytes]) -> dict[str, Any]:
    if len(value) <= SMALL:
        return {"b": value.decode("latin-1")}
    from ...machinery.digest import sha256

    chunks = []
    for at in range(0, len(value), CHUNK):
        data = bytes(value[at:at + CHUNK])
        chunks.append(sha256(data).hexdigest())
        blobs[chunks[-1]] = data
    return {"h": chunks[0]} if len(chunks) == 1 else {"c": chunks}
