"""The lines of /etc/passwd, group, shadow and gshadow, as the programs change them that add and remove users."""

from __future__ import annotations

from ..kernel.errors import Errno

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..kernel.process import Process

FILES = {"passwd": 7, "group": 4, "shadow": 9, "gshadow": 4}  # and how many fields a line has
_DAY = 86400
_DIGITS = 7  # more than the number of a day has
_ALPHABET = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


class Accounts:
    """The files as they are changed. Lines that are none of an account are looked over, and stay as they are."""

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
        """Return the fields of the lines of a file, which may be changed; see `write`."""
        return [line for line in self._tables[kind] or () if _is_account(kind, line)]

    def line(self, kind: str, name: str) -> list[str] | None:
        """Return the line of a name."""
        return next((line for line in self.lines(kind) if line[0] == name), None)

    def by_number(self, kind: str, number: int) -> list[str] | None:
        """Return the line of a user or group of a number."""
        return next((line for line in self.lines(kind) if int(line[2]) == number), None)

    def group(self, text: str) -> list[str] | None:
        """Return the line of a group's name or number."""
        return self.line("group", text) or (self.by_number("group", int(text)) if is_number(text) else None)

    def groups_of(self, name: str) -> list[list[str]]:
        """Return the groups that have a user as a member."""
        return [line for line in self.lines("group") if name in line[3].split(",")]

    def numbers(self, kind: str) -> set[int]:
        """Return the numbers that users (kind passwd) or groups (kind group) have."""
        return {int(line[2]) for line in self.lines(kind)}

    def add(self, kind: str, *fields: object) -> None:
        """Add a line, where there is such a file."""
        table = self._tables[kind]
        if table is not None:
            table.append([str(field) for field in fields])

    def drop(self, kinds: Iterable[str], name: str) -> None:
        """Remove the lines of a name."""
        for kind in kinds:
            table = self._tables[kind]
            if table is not None:
                table[:] = [line for line in table if line[0] != name or not _is_account(kind, line)]

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


def _is_account(kind: str, line: list[str]) -> bool:
    if len(line) != FILES[kind] or not line[0]:
        return False
    if kind == "shadow":
        return is_number(line[2] or "0") and len(line[2]) < _DIGITS
    return kind == "gshadow" or all(is_number(each) for each in line[2:4 if kind == "passwd" else 3])


def is_number(text: str) -> bool:
    """Tell whether a text is the number of a user or a group; the last one stands for none (setuid(2))."""
    return text.isascii() and text.isdigit() and len(text) < 11 and int(text) < 0xffffffff


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
