"""What runc does before a program runs in a container: it is looked for, and refused in runc's words."""

from __future__ import annotations

from ...machinery.streaming import StartError
from .kernel.errors import Errno
from .kernel.files import FOLDER, ROOT, User

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .kernel.files import Tree
    from .kernel.process import Program, Space


def program_of(space: Space, user: User, cwd: str, env: dict[str, str], name: str, guest: bool = False) -> Program:
    """Return the program of a name or a path; raise StartError where there is none that can be run.

    `guest`: a user runs it (see Space).
    """
    find = space.exact if guest else space.program
    try:
        return find(space.tree, user, cwd, env.get("PATH"), name)
    except Errno as error:
        missing, why = error.name == "ENOENT", error.message.lower()
        if missing:
            why = f"stat {name}: {why}" if "/" in name else "executable file not found in $PATH"
        elif _is_folder(space.tree, cwd, name):
            why = "is a directory"
        raise StartError(f'exec: "{name}": {why}: unknown', 127 if missing else 126) from None


def _is_folder(tree: Tree, cwd: str, name: str) -> bool:
    try:
        inode = tree.find(name, cwd, ROOT).inode
    except Errno:
        return False
    return "/" in name and inode is not None and inode.kind == FOLDER
