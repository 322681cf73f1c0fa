"""What stands between a container runtime and a program that is to run: it is looked for, and refused in the words of
runc and of Docker, which is what nodes say they run (moby's daemon/errors.go, opencontainers/runc's libcontainer)."""

from __future__ import annotations

from ...machinery.streaming import StartError
from .kernel.errors import Errno
from .kernel.files import FOLDER, ROOT, User

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .kernel.files import Tree
    from .kernel.process import Program, Space


# What comes before runc's reason where a container is started, and where something is run in one that runs.
CREATE = ("failed to create task for container: failed to create shim task: OCI runtime create failed: runc create "
          "failed: unable to start container process: ")
INIT = "error during container init: "
EXEC = "OCI runtime exec failed: exec failed: unable to start container process: "
_MOUNTED = (": Are you trying to mount a directory onto a file (or vice-versa)? Check if the specified host path "
            "exists and is the expected type")


def refused(reason: str) -> StartError:
    """Return why a container cannot be started, from runc's reason, with the exit code that Docker gives it."""
    for words, code in (("executable file not found", 127), ("no such file or directory", 127),
                        ("permission denied", 126), ("is a directory", 126), ("not a directory", 127)):
        if words in reason:
            return StartError(CREATE + reason + (_MOUNTED if words == "not a directory" else ""), code)
    return StartError(CREATE + reason, 128)


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
