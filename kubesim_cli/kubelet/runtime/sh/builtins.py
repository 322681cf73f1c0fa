"""The shell's own commands.

They get the shell and their arguments and return a status, or None where they have to wait: then they are called again.
Those that decide what is run next stand in control.py.
"""

from __future__ import annotations

from ..kernel.errors import Errno
from . import jobs, printf, reading, tests, variables
from .parser import RESERVED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from .shell import Shell

SPECIAL = frozenset(("break", ":", "continue", ".", "eval", "exec", "exit", "export", "readonly", "return", "set",
                     "shift",
                     "times", "trap", "unset"))
PURE = frozenset(("echo", "printf", "pwd", "test", "[", "true", "false", ":"))
CONTROLS = frozenset(("break", "continue", ".", "source", "eval", "exec", "exit", "return", "command", "builtin"))
BASH_ONLY = frozenset(("declare", "typeset", "let", "source", "shopt", "mapfile", "readarray", "pushd", "popd", "dirs",
                       "disown", "builtin", "caller"))


def has(sh: Shell, name: str) -> bool:
    """Tell whether a shell has a builtin that one of them has."""
    if name in BASH_ONLY:
        return sh.bash or (sh.dialect == "ash" and name in ("let", "source"))
    return name != "[[" or sh.dialect != "dash"


def _nothing(sh: Shell, argv: list[str]) -> int:
    return 0


def _false(sh: Shell, argv: list[str]) -> int:
    return 1


def _pwd(sh: Shell, argv: list[str]) -> int:
    sh.process.write(sh.process.cwd + "\n")
    return 0


def _cd(sh: Shell, argv: list[str]) -> int:
    words = [each for each in argv[1:] if each not in ("-L", "-P", "--")]
    show = False
    if not words:
        target = sh.get("HOME") or ""
        if not target:
            if sh.bash:
                sh.complain("cd: HOME not set")
            return int(sh.bash)
    elif words[0] == "-":
        target, show = sh.get("OLDPWD") or "", True
    else:
        target = words[0]
    process = sh.process
    try:
        place = process.space.tree.lookup(target, process.cwd, process.user)
        if place.inode is None or place.inode.kind != "d":
            raise Errno("ENOTDIR")
        if not place.inode.allows(process.user, 1):
            raise Errno("EACCES")
    except Errno as error:
        why = {"dash": "can't cd to {0}", "ash": "can't cd to {0}: {1}", "bash": "{0}: {1}"}[sh.dialect]
        sh.complain("cd: " + why.format(target, error.message))
        return 1 if sh.dialect != "dash" else 2
    sh.vars["OLDPWD"] = process.cwd
    path = target if target.startswith("/") else f"{process.cwd.rstrip('/')}/{target}"
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            parts[-1:] = []
        elif part not in ("", "."):
            parts.append(part)
    process.cwd = "/" + "/".join(parts)
    sh.set("PWD", process.cwd)
    if show:
        process.write(process.cwd + "\n")
    return 0


def about(sh: Shell, argv: list[str]) -> int:
    verbose = argv[1:2] == ["-V"]
    status = 0
    for word in argv[2:]:
        kind, where = what(sh, word)
        if not kind:
            if verbose:
                sh.complain(f"{word}: not found")
            status = 1 if sh.bash else 127
        else:
            sh.process.write((f"{word} is {where or kind}" if verbose else where or word) + "\n")
    return status


def what(sh: Shell, name: str) -> tuple[str, str]:
    """Return what a name is (function, builtin, file), and a file's path."""
    if name in RESERVED:
        return "a shell keyword", ""
    if name in sh.functions:
        return "a function" if sh.bash else "a shell function", ""
    if (name in BUILTINS or name in CONTROLS) and has(sh, name):
        return ("a shell builtin" if sh.bash or name not in SPECIAL else "a special shell builtin"), ""
    process = sh.process
    try:
        found = process.space.tree.which(process.user, process.cwd, sh.get("PATH"), name)
    except Errno:
        found = None
    return ("file", found[0]) if found else ("", "")


def _type(sh: Shell, argv: list[str]) -> int:
    status = 0
    for word in argv[1:]:
        if word in ("-t", "-p", "-P"):
            continue
        kind, where = what(sh, word)
        if argv[1] == "-t":
            sh.process.write({"a function": "function\n", "a shell builtin": "builtin\n",
                              "a shell keyword": "keyword\n", "file": "file\n"}.get(kind, ""))
        elif argv[1] in ("-p", "-P"):
            sh.process.write(where + "\n" if where else "")
        elif kind:
            sh.process.write(f"{word} is {where or kind}\n")
        elif sh.bash:
            sh.complain(f"type: {word}: not found")
        else:
            sh.process.write(f"{word}: not found\n")
        if not kind:
            status = 1 if sh.bash else 127
    return status


def _pushd(sh: Shell, argv: list[str]) -> int:
    stack = list((sh.elements("DIRSTACK") or [])[1:]) if isinstance(sh.vars.get("DIRSTACK"), dict) else []
    before = sh.process.cwd
    if argv[0] == "pushd":
        status = _cd(sh, ["cd", *argv[1:2]])
        stack.insert(0, before)
    elif not stack:
        sh.complain("popd: directory stack empty")
        return 1
    else:
        status = _cd(sh, ["cd", stack.pop(0)])
    if not status:
        sh.vars["DIRSTACK"] = dict(enumerate([sh.process.cwd, *stack]))
        sh.process.write(" ".join([sh.process.cwd, *stack]) + "\n")
    return status


def _umask(sh: Shell, argv: list[str]) -> int:
    if len(argv) > 1 and argv[1].isdigit():
        sh.process.umask = int(argv[1], 8)
    else:
        sh.process.write(f"{sh.process.umask:04o}\n")
    return 0


def _shopt(sh: Shell, argv: list[str]) -> int:
    for word in argv[2:]:
        (sh.options.add if argv[1] == "-s" else sh.options.discard)(word)
    return 0


def _ulimit(sh: Shell, argv: list[str]) -> int:
    sh.process.write("1048576\n" if "-n" in argv else "unlimited\n")
    return 0


def _times(sh: Shell, argv: list[str]) -> int:
    sh.process.write("0m0.000s 0m0.000s\n" * 2)
    return 0


BUILTINS: dict[str, Callable[[Shell, list[str]], int | None]] = {
    ":": _nothing, "true": _nothing, "false": _false, "echo": printf.echo, "printf": printf.printf,
    "test": tests.builtin, "[": tests.builtin, "[[": tests.builtin,
    "pwd": _pwd, "cd": _cd, "export": variables.export, "readonly": variables.readonly,
    "local": variables.local,
    "declare": variables.declare, "typeset": variables.declare, "unset": variables.unset, "set": variables.set_,
    "shift": variables.shift, "let": variables.let,
    "getopts": variables.getopts, "read": reading.read, "mapfile": reading.mapfile, "readarray": reading.mapfile,
    "trap": jobs.trap, "wait": jobs.wait,
    "kill": jobs.kill, "jobs": jobs.jobs, "type": _type, "umask": _umask, "ulimit": _ulimit, "times": _times,
    "hash": _nothing,
    "alias": _nothing, "unalias": _nothing, "shopt": _shopt, "pushd": _pushd, "popd": _pushd, "disown": _nothing,
    "fg": _nothing, "bg": _nothing,
}
