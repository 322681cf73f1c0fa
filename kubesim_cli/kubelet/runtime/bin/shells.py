"""Shells as programs, and scripts."""

from __future__ import annotations

from ..kernel.errors import Errno
from ..sh.shell import begin, prompt, read, run
from ..sh.variables import options

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..kernel.process import Process, Program


def dialect(process: Process, name: str) -> str:
    """Return the kind of shell that a name stands for in this container: what /bin/sh is, its image tells."""
    return name if name in ("bash", "dash", "ash") else process.space.shell


def shell(process: Process) -> int | None:
    """sh [-abc...] [-c TEXT [NAME]] [FILE] [ARGUMENT ...]"""
    kind = dialect(process, process.argv[0].rpartition("/")[2].lstrip("-"))
    words = process.argv[1:]
    letters: list[str] = []
    command = reads = asks = False
    while words and words[0][:1] in ("-", "+") and len(words[0]) > 1:
        word = words.pop(0)
        if word == "--":
            break
        if word.startswith("--"):
            continue
        sign = word[0]
        for letter in word[1:]:
            if letter == "c":
                command = True
            elif letter == "s":
                reads = True
            elif letter == "o":
                letters += [f"{sign}o", words.pop(0) if words else ""]
            elif letter == "i":
                asks = True
            elif letter != "l":
                letters.append(sign + letter)
    name = process.argv[0]
    if command:
        if not words:
            process.write(f"{name}: 0: -c requires an argument\n" if kind == "dash"
                          else f"{name}: -c: option requires an argument\n", 2)
            return 2
        text, words = words[0], words[1:]
        if words:
            name, words = words[0], words[1:]
    elif words and not reads:
        name, words = words[0], words[1:]
        try:
            text = process.read_file(name).decode("utf-8", "surrogateescape")
        except Errno as error:
            why = {"dash": f"{process.argv[0]}: 0: cannot open {name}: {error.message.replace(' or directory', '')}",
                   "ash": f"{process.argv[0]}: can't open '{name}': {error.message}",
                   "bash": f"{process.argv[0]}: {name}: {error.message}"}[kind]
            process.write(why + "\n", 2)
            return 2 if kind != "bash" else 127
    elif asks or (process.descriptor(0).terminal and process.descriptor(2).terminal):
        return prompt(process, kind, name, words)
    else:
        return read(process, kind, process.argv[0], words, letters)
    return _run(process, kind, text, name, words, letters, command)


def _run(process: Process, kind: str, text: str, name: str, words: list[str], letters: list[str],
         whole: bool = False) -> int | None:
    failed = begin(process, kind, text, name, words, whole)
    if failed is not None:
        return failed
    if letters:
        options(process.memory, letters)
    return run(process)


def script(path: str, data: bytes) -> Program:
    """Return the program of a script: what its first line names, else the container's sh."""

    def start(process: Process) -> int | None:
        first, _, _ = data.partition(b"\n")
        if first.startswith(b"#!"):
            words = first[2:].decode("utf-8", "replace").split()
            if words:
                process.argv = [*words, path, *process.argv[1:]]
                try:
                    process.program = process.space.find(process, words[0])
                except Errno as error:
                    process.write(f"exec {path}: {error.message.lower()}\n", 2)
                    return 127
                return process.program(process)
        process.argv = ["sh", path, *process.argv[1:]]
        process.program = shell
        return shell(process)

    return start


PROGRAMS = {"sh": shell, "ash": shell, "bash": shell, "dash": shell}
