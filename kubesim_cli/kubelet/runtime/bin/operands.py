"""Options and operands of programs that change files, and what they do with each of them."""

from __future__ import annotations

from ..kernel.errors import Errno, Exhausted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ..kernel.files import Inode, Place
    from ..kernel.process import Process

MOST_INPUT = 12 << 20  # bytes that a program reads before it does anything


class Arguments:
    """Options and operands. `valued`: letters of options with a value; long options stand by their name."""

    def __init__(self, process: Process, valued: str = ""):
        self.values: dict[str, str] = {}
        self.words: list[str] = []
        letters = []
        words = process.argv[1:]
        while words:
            word = words.pop(0)
            if word == "--":
                self.words += words
                break
            if word.startswith("--"):
                name, _, value = word[2:].partition("=")
                self.values[name] = value
                letters.append({"recursive": "r", "force": "f", "parents": "p", "symbolic": "s", "directory": "d",
                                "no-dereference": "h", "archive": "a", "verbose": "v"}.get(name, ""))
            elif word[:1] == "-" and len(word) > 1:
                rest = word[1:]
                while rest:
                    letter, rest = rest[0], rest[1:]
                    if letter in valued:
                        self.values[letter] = rest or (words.pop(0) if words else "")
                        rest = ""
                    else:
                        letters.append(letter)
            else:
                self.words.append(word)
        self.letters = "".join(letters)

    def has(self, letters: str) -> bool:
        """Tell whether one of the options is given."""
        return any(letter in self.letters for letter in letters)


def find(process: Process, path: str, follow: bool = True) -> Place:
    """Return where a path leads for a process; see Tree.find."""
    return process.space.tree.find(path, process.cwd, process.user, follow)


def exists(process: Process, path: str) -> Inode | None:
    """Return what is at a path, None where nothing is or can be."""
    try:
        return find(process, path).inode
    except Errno:
        return None


def each_of(process: Process, words: list[str], act: Callable[[str], None], told: str, quiet: bool = False) -> int:
    """Do something to each operand; `told` is what is said of one that fails."""
    status = 0
    for word in words:
        try:
            act(word)
        except Errno as error:
            if not (quiet and error.name in ("ENOENT", "ENOTDIR")):
                form = told if process.space.shell != "ash" else told.replace("cannot ", "can't ")
                status = process.complain(form.format(word) + f": {error.message}")
    return status


def read_all(process: Process) -> bytes | None:
    """Return all of stdin, which the process keeps in its memory; None where it waits for more. Raises Exhausted."""
    if process.memory is None:
        process.memory = bytearray()
    while (data := process.read()) is None or data:
        if data is None:
            return None
        process.memory += data
        if len(process.memory) > MOST_INPUT:
            raise Exhausted("memory")
    return bytes(process.memory)


def missing(process: Process) -> int:
    """Say that there is nothing to do it with; return 1."""
    if process.space.shell == "ash":
        from . import applets

        name = process.argv[0].rpartition("/")[2]
        if name in applets.of(process):
            return applets.usage(process, name, 1)
    return process.complain(f"missing operand\nTry '{process.argv[0]} --help' for more information.")
