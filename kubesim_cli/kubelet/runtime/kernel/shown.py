"""How the processes of servers show in lists: what they call themselves, who they have become, and their children.

An image's description tells it (`processes`). Children that do nothing else are there from when their parent listens:
they rest until it ends. A program's own user counts only where it was started by root, which it then puts off.
"""

from __future__ import annotations

from .files import User
from .network import Listener
from .process import Process

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def resting(process: Process) -> int | None:
    """The program of children that only show: they end with their parent, which is in their memory."""
    if process.memory.status is not None:
        return 0
    process.wait(process.memory)
    return None


def listens(process: Process) -> None:
    """A process listens: from now on its children are there."""
    fields = _fields(process)
    if fields.get("children") and not any(each.program is resting for each in process.children.values()):
        space = process.space
        space.next_pid = max(space.next_pid, process.pid + fields.get("apart", 1))
        for title in fields["children"]:
            _bear(process, title, fields)


def renew(process: Process) -> None:
    """The children of a process are replaced by new ones."""
    fields = _fields(process)
    for child in [each for each in process.children.values() if each.program is resting]:
        process.kernel.exit(child, 0)
        del process.children[child.pid]
        _bear(process, child.argv[0], fields)


def _bear(process: Process, title: str, fields: dict[str, Any]) -> None:
    name = fields.get("worker") or ""
    user = _user(process, name) if name else process.user
    child = Process(process.kernel, process.space, resting, [_text(process, title)], dict(process.env), user,
                    process.cwd, process)
    process.children[child.pid] = child
    child.memory = process
    resting(child)


def title(process: Process) -> list[str]:
    """Return the words that lists show for a process."""
    told = _fields(process).get("title")
    if told is None or not _serves(process):
        return process.argv
    return [_text(process, told)]


def line(process: Process, busybox: bool) -> str:
    """Return them as one line: control characters are blanks (busybox's read_cmdline) or question marks (procps)."""
    other = " " if busybox else "?"
    return "".join(other if letter < " " or letter == "\x7f" else letter for letter in " ".join(title(process)))


def user(process: Process) -> User:
    """Return who lists say that a process is."""
    name = _fields(process).get("user")
    return _user(process, name) if name and _serves(process) else process.user


def _fields(process: Process) -> dict[str, Any]:
    if not process.space.shown or not process.argv:
        return {}
    return process.space.shown.get(process.argv[0].rpartition("/")[2]) or {}


def _serves(process: Process) -> bool:
    return any(isinstance(each, Listener) for each in process.fds.values())


def _text(process: Process, text: str) -> str:
    ports = {port for port, listener in process.space.net.ports.items()
             if any(each is listener for each in process.fds.values())}
    return text.replace("{command}", " ".join(process.argv)).replace("{port}", str(min(ports, default=0)))


def _user(process: Process, name: str) -> User:
    uid = process.space.users.get(name)
    return process.user if uid is None or process.user.uid else User(uid, uid)
