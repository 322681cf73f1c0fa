"""Programs of containers of which nothing is known: whether they end or go on is decided here.

In a module of its own, as what a container finds its programs by is read with every engine that is stored.
"""

from __future__ import annotations

from ..images import image
from . import bin as programs
from .kernel.errors import Errno

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .kernel.files import Tree, User
    from .kernel.process import Process, Program

UNKNOWN = "kubesim-unknown"  # the program of a container whose image's own command is not known


def _unknown_ends(process: Process) -> int | None:
    return 0


def _unknown_goes_on(process: Process) -> int | None:
    if process.memory is None:
        top, passing = process, process.space.passing
        while top.parent is not None and top.pid not in passing:
            top = top.parent
        if top is not top.space.init:
            return 0
    from .bin.web import presumed

    return presumed.serve(process)


def _find(unknown: Program, tree: Tree, user: User, cwd: str, path: str | None, name: str) -> Program:
    from .bin import unplayed

    try:
        found = programs.find(tree, user, cwd, path, name)
    except Errno as error:
        if error.name != "ENOENT" or not name or (name != UNKNOWN and image.of(tree.root.volume.image).is_known):
            raise
        return unknown
    return unknown if found is unplayed.run else found


def find_finite(tree: Tree, user: User, cwd: str, path: str | None, name: str) -> Program:
    """Find a program where the container is to end: one that nobody knows ends well."""
    return _find(_unknown_ends, tree, user, cwd, path, name)


def find_lasting(tree: Tree, user: User, cwd: str, path: str | None, name: str) -> Program:
    """Find a program: one that nobody knows goes on where the container lives by it, else it ends well."""
    return _find(_unknown_goes_on, tree, user, cwd, path, name)


def unplayed_part(process: Process) -> int | None:
    """Do what is asked of a program of which only a part is played: as if nobody played it."""
    from .bin import unplayed

    space = process.space
    known: Program = _unknown_ends if space.program is find_finite else _unknown_goes_on
    is_taken = space.program in (find_finite, find_lasting) and not space.is_guest(process)
    process.program = known if is_taken else unplayed.run
    return process.program(process)


def is_unknown(process: Process) -> bool:
    """Tell whether it is not known what a process does."""
    return process.program is _unknown_goes_on


def is_known_to_run(program: Program) -> bool:
    """Tell whether it is known what a program does, that a container's process has found."""
    from .bin import unplayed

    return program not in (_unknown_goes_on, _unknown_ends, unplayed.run)
