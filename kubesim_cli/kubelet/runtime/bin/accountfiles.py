"""The lines of /etc/passwd, group, shadow and gshadow, as the programs change them that add and remove users."""

from __future__ import annotations

from ..kernel.errors import Errno

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..kernel.process import Process

FILES = ("passwd", "group", "shadow", "gshadow")
_DAY = 86400
_ALPHABET = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


class Accounts:
    """`passwd`, `group`, `shadow` and `gshadow`: the fields of each line; None where there is no such file."""

    def __init__(self, process: Process):
        self._process = process
        self._tables: dict[str, list[list[str]] | None] = {}
        for kind in FILES:
            try:
                text = process.read_file(f"/etc/{kind}").decode("utf-8", "surrogateescape")
                self._tables[kind] = [line.split(":") for line in text.splitlines()]
            except Errno:
                self._tables[kind] = None

    def lines(self, kind: str) -> list[list[str]]:
        """Return the lines of a file, which may be changed; see `write`."""
        return self._tables[kind] or []

    def line(self, kind: str, name: str) -> list[str] | None:
        """Return the line of a name."""
        return next((line for line in self.lines(kind) if line[0] == name), None)

    def by_number(self, kind: str, number: int) -> list[str] | None:
        """Return the line of a user or group of a number."""
        return next((line for line in self.lines(kind) if line[2:3] == [str(number)]), None)

    def group(self, text: str) -> list[str] | None:
        """Return the line of a group's name or number."""
        return self.line("group", text) or (self.by_number("group", int(text)) if text.isdigit() else None)

    def groups_of(self, name: str) -> list[list[str]]:
        """Return the groups that have a user as a member."""
        return [line for line in self.lines("group") if name in line[3].split(",")]

    def numbers(self, kind: str) -> set[int]:
        """Return the numbers that users (kind passwd) or groups (kind group) have."""
        return {int(line[2]) for line in self.lines(kind) if line[2:3] and line[2].isdigit()}

    def add(self, kind: str, *fields: object) -> None:
        """Add a line, where there is such a file."""
        if self._tables[kind] is not None:
            self.lines(kind).append([str(field) for field in fields])

    def drop(self, kinds: Iterable[str], name: str) -> None:
        """Remove the lines of a name."""
        for kind in kinds:
            if self._tables[kind] is not None:
                self._tables[kind] = [line for line in self.lines(kind) if line[0] != name]

    def join(self, group: str, name: str) -> None:
        """Make a user a member of a group."""
        self._members(group, lambda members: members if name in members else [*members, name])

    def leave(self, group: str, name: str) -> None:
        """Take a user out of a group."""
        self._members(group, lambda members: [each for each in members if each != name])

    def _members(self, group: str, change) -> None:  # type: ignore[no-untyped-def]
        for kind in ("group", "gshadow"):
            line = self.line(kind, group)
            if line is not None:
                line[3] = ",".join(change([each for each in line[3].split(",") if each]))

    def set_password(self, name: str, password: str) -> None:
        """Set what stands for a user's password, in /etc/shadow where that has the user."""
        line = self.line("shadow", name)
        if line is None:
            line = self.line("passwd", name)
        else:
            line[2] = str(self.today)
        if line is not None:
            line[1] = password

    @property
    def today(self) -> int:
        """The day of /etc/shadow that is today."""
        return int(self._process.kernel.now) // _DAY

    def write(self) -> None:
        """Write the files that are there; raise what opening one for that raises."""
        for kind, lines in self._tables.items():
            text = "".join(":".join(line) + "\n" for line in lines or ())
            if lines is not None and text.encode("utf-8", "surrogateescape") != self._process.read_file(f"/etc/{kind}"):
                self._process.open(f"/etc/{kind}", "w").write(self._process.kernel,
                                                              text.encode("utf-8", "surrogateescape"))


def make_home(process: Process, path: str, uid: int, gid: int, mode: int) -> bool:
    """Make a user's home with what /etc/skel has; return False where there is something already."""
    from ..kernel.files import FOLDER
    from .changes import copy
    from .operands import exists

    tree, now = process.space.tree, process.kernel.now
    if exists(process, path) is not None:
        return False
    tree.make_folders(path, 0o755, process.user, now)
    skeleton = exists(process, "/etc/skel")
    for name, inode in (skeleton.entries.items() if skeleton is not None and skeleton.kind == FOLDER else ()):
        copy(process, inode, f"{path}/{name}", True, True, True)
    for _, inode in tree.walk(path, process.user):
        inode.uid, inode.gid = uid, gid
    home = tree.lookup(path, "/", process.user).inode
    assert home is not None
    home.mode = mode
    return True


def salt(process: Process, length: int = 16) -> str:
    """Return letters for a password's hash, by the container's chance."""
    return "".join(process.space.random.choice(_ALPHABET) for _ in range(length))
