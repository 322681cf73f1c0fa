"""The shell's own commands.

BUILTINS get the shell and their arguments and return a status, or None where they have to wait: then they are called
again. CONTROL also decide what is run next: they return what an operation returns (compiler.py).
"""

from __future__ import annotations

from ..kernel.errors import Errno
from ..kernel.kernel import NAMES, SIGNALS
from . import printf, tests
from .compiler import EXEC, FRAME, compiled
from .parameters import ShellError, quoted
from .parser import RESERVED
from .syntax import ShellSyntaxError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from .shell import Saved, Shell

SPECIAL = frozenset(("break", ":", "continue", ".", "eval", "exec", "exit", "export", "readonly", "return", "set",
                     "shift",
                     "times", "trap", "unset"))
PURE = frozenset(("echo", "printf", "pwd", "test", "[", "true", "false", ":"))
BASH_ONLY = frozenset(("declare", "typeset", "let", "source", "shopt", "mapfile", "readarray", "pushd", "popd", "dirs",
                       "disown", "builtin", "caller"))


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


# Variables

def _assign(sh: Shell, word: str) -> str:
    """Make an argument's assignment; return the name."""
    name, equals, value = word.partition("=")
    append = name.endswith("+")
    name = name.rstrip("+")
    if not name.isidentifier():
        raise ShellError(f"{name}: bad variable name" if not sh.bash else f"`{word}': not a valid identifier",
                         2 - sh.bash)
    if equals:
        sh.set(name, (sh.get(name) or "") + value if append else value)
    return name


def _arrays(sh: Shell) -> None:
    """Make the assignments of arrays that stood among the arguments."""
    waiting, sh.memory = sh.memory or [], None
    for assign in waiting:
        assign(sh)


def _export(sh: Shell, argv: list[str]) -> int:
    words = argv[1:]
    _arrays(sh)
    if not words or words == ["-p"]:
        for name in sorted(sh.exported):
            value = sh.vars.get(name)
            if isinstance(value, str):
                text = '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' if sh.bash else "'" + value + "'"
                sh.process.write(f"{'declare -x' if sh.bash else 'export'} {name}={text}\n")
        return 0
    for word in words:
        if word == "-n":
            sh.exported -= set(words)
            sh._environment = None
        elif word not in ("-p", "-f", "--"):
            sh.export(_assign(sh, word))
    return 0


def _readonly(sh: Shell, argv: list[str]) -> int:
    _arrays(sh)
    for word in argv[1:]:
        if word != "-p":
            sh.readonly.add(_assign(sh, word))
    return 0


def _local(sh: Shell, argv: list[str]) -> int:
    from .shell import Assoc

    frame = next((each for each in reversed(sh.frames) if each.kind == "function"), None)
    if frame is None:
        sh.complain("local: can only be used in a function" if sh.bash else "local: not in a function")
        return 1 if sh.bash else 2
    flags = "".join(each[1:] for each in argv[1:] if each[:1] == "-")
    for word in argv[1:]:
        if word[:1] == "-":
            continue
        name = word.partition("=")[0].rstrip("+")
        if name not in frame.locals:
            frame.locals[name] = sh.vars.get(name)
            if sh.bash or "=" in word:
                sh.vars.pop(name, None)
        if "A" in flags:
            sh.vars[name] = Assoc()
        elif "a" in flags:
            sh.vars[name] = {}
        if "=" in word:
            _assign(sh, word)
        elif sh.bash and name not in sh.vars and "a" not in flags.lower():
            sh.vars.pop(name, None)
    _arrays(sh)
    return 0


def _declare(sh: Shell, argv: list[str]) -> int:
    from .shell import Assoc

    flags = "".join(each[1:] for each in argv[1:] if each[:1] == "-")
    words = [each for each in argv[1:] if each[:1] not in ("-", "+")]
    if "f" in flags or "F" in flags:
        return int(not all(each in sh.functions for each in words))
    if any(frame.kind == "function" for frame in sh.frames) and "g" not in flags:
        return _local(sh, ["local", *argv[1:]])
    for word in words:
        name = word.partition("=")[0].rstrip("+")
        if "p" in flags:
            value = sh.vars.get(name)
            if value is None:
                sh.complain(f"declare: {name}: not found")
                return 1
            if isinstance(value, str):
                sh.process.write(f'declare {"-x" if name in sh.exported else "--"} {name}="{value}"\n')
            else:
                kind = "-A" if isinstance(value, Assoc) else "-a"
                items = " ".join(f'[{key}]="{each}"' for key, each in value.items())
                sh.process.write(f"declare {kind} {name}=({items}{' ' if kind == '-A' and items else ''})\n")
            continue
        if "A" in flags and not isinstance(sh.vars.get(name), Assoc):
            sh.vars[name] = Assoc()
        elif "a" in flags and name not in sh.vars:
            sh.vars[name] = {}
        if "i" in flags and "=" in word:
            from .arithmetic import evaluate

            word = f"{name}={evaluate(sh, word.partition('=')[2])}"
        if "=" in word:
            _assign(sh, word)
        if "x" in flags:
            sh.export(name)
        if "r" in flags:
            sh.readonly.add(name)
    _arrays(sh)
    return 0


def _unset(sh: Shell, argv: list[str]) -> int:
    functions = "-f" in argv[1:2]
    for word in argv[1:]:
        if word in ("-v", "-f"):
            continue
        if functions:
            sh.functions.pop(word, None)
        elif word.endswith("]") and "[" in word:
            name, _, key = word[:-1].partition("[")
            array = sh.vars.get(name)
            if isinstance(array, dict):
                array.pop(sh._key(name, key), None)
        elif word in sh.readonly:
            if not sh.bash:
                raise ShellError(f"unset: {word}: is read only", 2)
            sh.complain(f"unset: {word}: cannot unset: readonly variable")
            return 1
        elif word in sh.vars:
            sh.unset(word)
        else:
            sh.functions.pop(word, None)
    return 0


_LONG = {"errexit": "e", "nounset": "u", "xtrace": "x", "noglob": "f", "allexport": "a", "noclobber": "C",
         "verbose": "v",
         "noexec": "n", "monitor": "m", "pipefail": "pipefail", "errtrace": "E", "posix": "posix", "nolog": "nolog"}


def _set(sh: Shell, argv: list[str]) -> int:
    words = argv[1:]
    if not words:
        for name in sorted(sh.vars):
            value = sh.vars[name]
            if isinstance(value, str):
                sh.process.write(f"{name}={quoted(value) if sh.bash else chr(39) + value + chr(39)}\n")
        return 0
    return options(sh, words)


def options(sh: Shell, words: list[str]) -> int:
    """Set options and positional parameters, as `set` and a shell's own arguments do."""
    while words and words[0][:1] in ("-", "+") and len(words[0]) > 1:
        word = words.pop(0)
        if word == "--":
            sh.positional = words
            return 0
        change = sh.options.add if word[0] == "-" else sh.options.discard
        for letter in word[1:]:
            if letter == "o":
                name = words.pop(0) if words else ""
                if name and name not in _LONG:
                    raise ShellError(f"set: Illegal option -o {name}" if not sh.bash else
                                     f"set: {name}: invalid option name", 2)
                if name:
                    change(_LONG[name])
            elif letter in "abCeEfhmnuvxTB":
                change(letter)
            else:
                raise ShellError(f"set: Illegal option -{letter}" if not sh.bash
                                 else f"set: -{letter}: invalid option", 2)
    if words:
        sh.positional = words[1:] if words[0] == "-" else words
    return 0


def _shift(sh: Shell, argv: list[str]) -> int:
    count = int(argv[1]) if len(argv) > 1 and argv[1].isdigit() else 1
    if count > len(sh.positional):
        if not sh.bash:
            raise ShellError("shift: can't shift that many", 2)
        return 1
    sh.positional = sh.positional[count:]
    return 0


def _let(sh: Shell, argv: list[str]) -> int:
    from .arithmetic import evaluate

    value = 0
    for word in argv[1:]:
        value = evaluate(sh, word)
    return int(not value)


def _getopts(sh: Shell, argv: list[str]) -> int:
    if len(argv) < 3:
        return 2
    spec, name = argv[1], argv[2]
    words = argv[3:] or sh.positional
    at = int(sh.get("OPTIND") or 1)
    inside = sh.memory if isinstance(sh.memory, int) and at > 0 else 0
    silent = spec.startswith(":")
    if at > len(words) or (not inside and (words[at - 1][:1] != "-"
                                           or len(words[at - 1]) < 2)) or words[at - 1] == "--":
        if at <= len(words) and words[at - 1] == "--":
            sh.set("OPTIND", str(at + 1))
        sh.set(name, "?")
        sh.memory = None
        return 1
    word = words[at - 1]
    inside = inside or 1
    letter = word[inside]
    more = inside + 1 < len(word)
    sh.memory = inside + 1 if more else None
    if not more:
        at += 1
    found = spec.lstrip(":").find(letter)
    if found < 0 or letter == ":":
        sh.set(name, "?")
        if silent:
            sh.set("OPTARG", letter)
        else:
            sh.unset("OPTARG")
            sh.complain(f"Illegal option -{letter}" if not sh.bash else f"illegal option -- {letter}")
    elif spec.lstrip(":")[found + 1:found + 2] == ":":
        if more:
            value = word[inside + 1:]
            at += 1
        elif at <= len(words):
            value = words[at - 1]
            at += 1
        else:
            sh.set(name, ":" if silent else "?")
            if silent:
                sh.set("OPTARG", letter)
            else:
                sh.complain(f"No arg for -{letter} option" if not sh.bash
                            else f"option requires an argument -- {letter}")
            sh.set("OPTIND", str(at))
            return 0
        sh.memory = None
        sh.set("OPTARG", value)
        sh.set(name, letter)
    else:
        sh.unset("OPTARG")
        sh.set(name, letter)
    sh.set("OPTIND", str(at))
    return 0


# Input

def _read(sh: Shell, argv: list[str]) -> int | None:
    words, raw, limit, count, stop, fd, array = argv[1:], False, None, None, "\n", 0, ""
    while words and words[0][:1] == "-" and len(words[0]) > 1:
        word = words.pop(0)
        letters = word[1:]
        while letters:
            letter, letters = letters[0], letters[1:]
            if letter == "r":
                raw = True
            elif letter in "ptndNua":
                value = letters or (words.pop(0) if words else "")
                letters = ""
                if letter == "t":
                    limit = float(value or 0)
                elif letter in "nN":
                    count = int(value or 0)
                elif letter == "d":
                    stop = value[:1] or "\0"
                elif letter == "u":
                    fd = int(value)
                elif letter == "a":
                    array = value
                elif letter == "p" and sh.memory is None and sh.process.fds.get(fd) and sh.process.fds[fd].terminal:
                    sh.process.write(value, 2)
    process, kernel = sh.process, sh.process.kernel
    if sh.memory is None:
        sh.memory = [bytearray(), None if limit is None else kernel.now + limit]
    got, until = sh.memory
    what = process.descriptor(fd)
    end = stop.encode()
    status = 0
    while True:
        if process.pending and process.pending[0] in sh.traps and sh.bash:
            status = 128 + SIGNALS[process.pending[0]]
            break
        data = what.read(kernel, 1)
        if data is None:
            if until is not None and kernel.now >= until:
                status = 142 if sh.bash else 1
                break
            process.wait(what.key, until=until)
            return None
        if not data:
            status = 1
            break
        if data == end and (raw or _even(got)):
            break
        if data == b"\n" and not raw and not _even(got):
            del got[-1:]
            continue
        got += data
        if count is not None and len(got) >= count:
            break
    sh.memory = None
    _spread(sh, got.decode("utf-8", "surrogateescape"), words, raw, array)
    return status


def _even(got: bytearray) -> bool:
    """Tell whether what follows is not escaped."""
    return (len(got) - len(got.rstrip(b"\\"))) % 2 == 0


def _spread(sh: Shell, text: str, names: list[str], raw: bool, array: str) -> None:
    separators = sh.ifs()
    chars = []
    at = 0
    while at < len(text):  # pairs of a character and whether it may separate
        if text[at] == "\\" and not raw and at + 1 < len(text):
            at += 1
            chars.append((text[at], False))
        elif text[at] != "\\" or raw:
            chars.append((text[at], text[at] in separators))
        at += 1
    white = [char for char in separators if char in " \t\n"]
    if array:
        names = []
    most = len(names) or (1 << 30 if array else 1)
    words: list[str] = []

    def skip() -> None:
        while chars and chars[0][1] and chars[0][0] in white:
            chars.pop(0)

    if not names and not array:
        sh.set("REPLY", text if raw else "".join(char for char, _ in chars))
        return
    skip()
    while chars and len(words) < most - 1:
        word = ""
        while chars and not chars[0][1]:
            word += chars.pop(0)[0]
        words.append(word)
        skip()
        if chars and chars[0][1]:
            chars.pop(0)
            skip()
    if chars:
        while chars and chars[-1][1] and chars[-1][0] in white:
            chars.pop()
        if len(chars) > 1 and chars[-1][1] and sum(1 for each in chars if each[1]) == 1:
            chars.pop()
        words.append("".join(char for char, _ in chars))
    if array:
        sh.vars[array] = dict(enumerate(words))
    for number, name in enumerate(names):
        sh.set(name, words[number] if number < len(words) else "")


def _mapfile(sh: Shell, argv: list[str]) -> int | None:
    words = argv[1:]
    strip = "-t" in words
    name = words[-1] if words and words[-1][:1] != "-" else "MAPFILE"
    if sh.memory is None:
        sh.memory = bytearray()
    while True:
        data = sh.process.read(0)
        if data is None:
            return None
        if not data:
            break
        sh.memory += data
    text, sh.memory = sh.memory.decode("utf-8", "surrogateescape"), None
    lines = text.splitlines(True)
    sh.vars[name] = {number: line.rstrip("\n") if strip else line for number, line in enumerate(lines)}
    return 0


# Processes and signals

def signal_name(word: str) -> str | None:
    """Return "TERM" for TERM, SIGTERM and 15, "EXIT" for 0; None where there is none."""
    if word.isdigit():
        return "EXIT" if word == "0" else NAMES.get(int(word))
    name = word.upper().removeprefix("SIG")
    return name if name in SIGNALS or name in ("EXIT", "ERR", "DEBUG", "RETURN") else None


def _trap(sh: Shell, argv: list[str]) -> int:
    words = argv[1:]
    if words[:1] == ["--"]:
        words = words[1:]
    if not words or words == ["-p"]:
        for signal, done in sh.traps.items():
            told = signal if not sh.bash or signal == "EXIT" else f"SIG{signal}"
            sh.process.write(f"trap -- '{done}' {told}\n")
        return 0
    action: str | None = words[0]
    names = words[1:]
    if action == "-" or (action and action.isdigit()):
        names = names if action == "-" else words
        action = None
    elif not names:
        names, action = [words[0]], None
    for word in names:
        name = signal_name(word)
        if name is None:
            sh.complain(f"trap: {word}: bad trap" if not sh.bash else f"trap: {word}: invalid signal specification")
            return 1
        sh.set_trap(name, action)
    return 0


def _wait(sh: Shell, argv: list[str]) -> int | None:
    process = sh.process
    if process.pending:
        return 128 + SIGNALS[process.pending[0]]
    words = [each for each in argv[1:] if each != "-n"]
    if "-n" in argv[1:]:
        for pid, job in list(sh.jobs.items()):
            if job.status is not None:
                del sh.jobs[pid]
                return job.status
        if not sh.jobs:
            return 127
        process.wait(*sh.jobs.values())
        return None
    wanted = []
    status = 0
    for word in words:
        job = _job(sh, word)
        if job is None:
            sh.complain(f"wait: pid {word} is not a child of this shell") if sh.bash else None
            status = 127
        else:
            wanted.append(job)
    if words:
        for job in wanted:
            if job.status is None:
                process.wait(job)
                return None
            status = job.status
        return status
    running = [job for job in sh.jobs.values() if job.status is None]
    if running:
        process.wait(running[0])
        return None
    sh.jobs.clear()
    return 0


def _job(sh: Shell, word: str):  # type: ignore[no-untyped-def]
    if word[:1] == "%":
        order = list(sh.jobs.values())
        if word[1:] in ("", "+", "%"):
            return order[-1] if order else None
        number = int(word[1:]) if word[1:].isdigit() else 0
        return order[number - 1] if 0 < number <= len(order) else None
    return sh.jobs.get(int(word)) if word.isdigit() else None


def _kill(sh: Shell, argv: list[str]) -> int:
    words, signal = argv[1:], "TERM"
    if words[:1] == ["-l"] and len(words) > 1:
        for word in words[1:]:
            known = signal_name(word) or ""
            sh.process.write((known if word.isdigit() else str(SIGNALS.get(known, 0))) + "\n")
        return 0
    if words[:1] == ["-l"]:
        sh.process.write("".join(f"{name}\n" for name in SIGNALS))
        return 0
    if words and words[0][:1] == "-" and len(words[0]) > 1 and words[0] != "--":
        word = words.pop(0)[1:]
        if word in ("s", "n"):
            word = words.pop(0) if words else ""
        if word != "0":
            name = signal_name(word)
            if name is None:
                sh.complain(f"kill: {word}: invalid signal specification")
                return 1
            signal = name
        else:
            signal = ""
    status = 0
    processes = sh.process.space.processes
    for word in words:
        job = _job(sh, word) if word[:1] == "%" else processes.get(int(word)) if word.lstrip("-").isdigit() else None
        if job is None or job.status is not None:
            sh.complain("kill: No such process" if not sh.bash else f"kill: ({word}) - No such process")
            status = 1
        elif sh.process.user.uid not in (0, job.user.uid):
            sh.complain("kill: Operation not permitted" if not sh.bash else f"kill: ({word}) - Operation not permitted")
            status = 1
        elif signal:
            sh.process.kernel.kill(job, signal)
    return status


def _jobs(sh: Shell, argv: list[str]) -> int:
    for number, (pid, job) in enumerate(list(sh.jobs.items()), 1):
        if "-p" in argv:
            sh.process.write(f"{pid}\n")
        else:
            sh.process.write(f"[{number}]+  {'Running' if job.status is None else 'Done'}\n")
    return 0


# About commands

def _command(sh: Shell, argv: list[str]) -> int:
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
    if (name in BUILTINS or name in CONTROL) and (sh.bash or name not in BASH_ONLY):
        return ("a shell builtin" if sh.bash or name not in SPECIAL else "a special shell builtin"), ""
    from ..bin import which

    process = sh.process
    try:
        found = which(process.space.tree, process.user, process.cwd, sh.get("PATH"), name)
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


# Control

def _then(sh: Shell, saved: Saved, status: int, after: int) -> int:
    sh.restore(saved)
    sh.status = status
    return after


def _exit(sh: Shell, argv: list[str], saved: Saved, after: int, lenient: bool) -> int:
    if len(argv) > 1 and not argv[1].lstrip("-").isdigit():
        sh.complain(f"exit: Illegal number: {argv[1]}" if not sh.bash
                    else f"exit: {argv[1]}: numeric argument required")
        return sh.finish(2)
    if sh.interactive and sh.bash:
        sh.process.write("exit\n", 2)
    if len(argv) > 1:
        return sh.finish(int(argv[1]))
    frame = sh.frames[-1]
    return sh.finish(frame.status if frame.kind in ("trap", "fatal") else
                     sh.ending if frame.kind == "exit" and sh.ending is not None and not sh.status else sh.status)


def _return(sh: Shell, argv: list[str], saved: Saved, after: int, lenient: bool) -> int:
    status = int(argv[1]) & 255 if len(argv) > 1 and argv[1].lstrip("-").isdigit() else sh.status
    sh.restore(saved)
    if not any(frame.kind in ("function", "source") for frame in sh.frames):
        if sh.bash:
            sh.complain("return: can only `return' from a function or sourced script")
            sh.status = 2
            return after
        return sh.finish(status)
    while sh.frames[-1].kind not in ("function", "source"):
        sh.unwind(sh.frames[-1], 0)
        sh.pop()
    sh.unwind(sh.frames[-1], 0)
    sh.status = status
    return sh.pop()


def _eval(sh: Shell, argv: list[str], saved: Saved, after: int, lenient: bool) -> int:
    words = argv[2:] if argv[1:2] == ["--"] else argv[1:]
    try:
        code = compiled(" ".join(words), sh.bash)
    except ShellSyntaxError as error:
        from .messages import syntax

        syntax(sh, error, " ".join(words), "eval")
        sh.restore(saved)
        if not sh.bash:
            return sh.finish(2)
        sh.status = 2
        return after
    frame = sh.push(code, 0, "eval", lenient)
    sh.frames[-2].pc = after
    frame.saved = saved
    sh.status = 0
    return FRAME


def _source(sh: Shell, argv: list[str], saved: Saved, after: int, lenient: bool) -> int:
    if len(argv) < 2:
        sh.complain(".: filename argument required")
        return _then(sh, saved, 2, after)
    path = argv[1]
    try:
        text = sh.process.read_file(path).decode("utf-8", "surrogateescape")
    except Errno as error:
        from .messages import unopened

        sh.complain((f"{argv[0]}: " if not sh.bash else "") + unopened(sh, path, error.message, False))
        if not sh.bash:
            return sh.finish(2)
        return _then(sh, saved, 1, after)
    frame = sh.push(compiled(text, sh.bash), 0, "source", lenient)
    sh.frames[-2].pc = after
    frame.saved = saved
    if len(argv) > 2 and sh.dialect != "dash":
        frame.positional, sh.positional = sh.positional, argv[2:]
    sh.status = 0
    return FRAME


def _exec(sh: Shell, argv: list[str], saved: Saved, after: int, lenient: bool) -> int:
    from .running import drop

    drop(sh, saved)
    words = argv[1:]
    if not words:
        sh.status = 0
        return after
    process = sh.process
    try:
        program = process.space.find(process, words[0], sh.get("PATH"))
    except Errno as error:
        missing = error.name == "ENOENT"
        sh.complain(f"exec: {words[0]}: {'not found' if missing else error.message}")
        return sh.finish(127 if missing else 126)
    process.env = dict(sh.environment())
    process.program, process.argv, process.memory = program, words, None
    process.trapped, process.pending = frozenset(), []
    return EXEC


def _through(sh: Shell, argv: list[str], saved: Saved, after: int, lenient: bool) -> int:
    """command NAME and builtin NAME: past the functions."""
    words = argv[1:]
    while words and words[0] in ("-p", "--"):
        words = words[1:]
    if not words:
        return _then(sh, saved, 0, after)
    if words[0] in ("-v", "-V"):
        return _then(sh, saved, _command(sh, ["command", *words]), after)
    control = CONTROL.get(words[0])
    if control is not None:
        return control(sh, words, saved, after, lenient)
    from .running import external, run_builtin

    builtin = BUILTINS.get(words[0])
    if builtin is None:
        return external(sh, words, saved, None, False, after - 1)
    return run_builtin(sh, builtin, words, saved, None, after - 1, after)


def _break(sh: Shell, argv: list[str], saved: Saved, after: int, lenient: bool) -> int:
    return _then(sh, saved, 0, after)


BUILTINS: dict[str, Callable[[Shell, list[str]], int | None]] = {
    ":": _nothing, "true": _nothing, "false": _false, "echo": printf.echo, "printf": printf.printf,
    "test": tests.builtin,
    "[": tests.builtin, "pwd": _pwd, "cd": _cd, "export": _export, "readonly": _readonly, "local": _local,
    "declare": _declare, "typeset": _declare, "unset": _unset, "set": _set, "shift": _shift, "let": _let,
    "getopts": _getopts, "read": _read, "mapfile": _mapfile, "readarray": _mapfile, "trap": _trap, "wait": _wait,
    "kill": _kill, "jobs": _jobs, "type": _type, "umask": _umask, "ulimit": _ulimit, "times": _times, "hash": _nothing,
    "alias": _nothing, "unalias": _nothing, "shopt": _shopt, "pushd": _pushd, "popd": _pushd, "disown": _nothing,
    "fg": _nothing, "bg": _nothing,
}
CONTROL: dict[str, Callable[[Shell, list[str], Saved, int, bool], int]] = {
    "exit": _exit, "return": _return, "eval": _eval, ".": _source, "source": _source, "exec": _exec,
    "command": _through,
    "builtin": _through, "break": _break, "continue": _break,
}
