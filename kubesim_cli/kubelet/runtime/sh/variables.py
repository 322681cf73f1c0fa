"""Builtins about variables, options and positional parameters."""

from __future__ import annotations

from .parameters import ShellError, quoted
from .values import Assoc

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .shell import Shell

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


def arrays(sh: Shell) -> None:
    """Make the assignments of arrays that stood among the arguments."""
    waiting, sh.memory = sh.memory or [], None
    for assign in waiting:
        assign(sh)


def export(sh: Shell, argv: list[str]) -> int:
    words = argv[1:]
    arrays(sh)
    if not words or words == ["-p"]:
        for name in sorted(sh.exported):
            value = sh.vars.get(name)
            if isinstance(value, str):
                text = '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' if sh.bash else "'" + value + "'"
                sh.process.write(f"{'declare -x' if sh.bash else 'export'} {name}={text}\n")
        return 0
    for word in words:
        if word == "-n":
            sh.exported.difference_update(words)
            sh.changed()
        elif word not in ("-p", "-f", "--"):
            sh.export(_assign(sh, word))
    return 0


def readonly(sh: Shell, argv: list[str]) -> int:
    arrays(sh)
    for word in argv[1:]:
        if word != "-p":
            sh.readonly.add(_assign(sh, word))
    return 0


def local(sh: Shell, argv: list[str]) -> int:
    frame = next((each for each in reversed(sh.frames) if each.kind == "function"), None)
    if frame is None:
        if not sh.bash:
            raise ShellError("local: not in a function", 2)
        sh.complain("local: can only be used in a function")
        return 1
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
    arrays(sh)
    return 0


def declare(sh: Shell, argv: list[str]) -> int:
    flags = "".join(each[1:] for each in argv[1:] if each[:1] == "-")
    words = [each for each in argv[1:] if each[:1] not in ("-", "+")]
    if "f" in flags or "F" in flags:
        return int(not all(each in sh.functions for each in words))
    if any(frame.kind == "function" for frame in sh.frames) and "g" not in flags:
        return local(sh, ["local", *argv[1:]])
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
    arrays(sh)
    return 0


def unset(sh: Shell, argv: list[str]) -> int:
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
                array.pop(sh.key(name, key), None)
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


def set_(sh: Shell, argv: list[str]) -> int:
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
                if name and (name not in _LONG or (name == "pipefail" and sh.dialect == "dash")):
                    if sh.dialect == "dash":
                        raise ShellError(f"set: Illegal option -o {name}", 2)
                    sh.complain(f"set: {name}: invalid option name" if sh.bash else
                                f"set: line 0: illegal option -o {name}")
                    return 2 if sh.bash else 1
                if name:
                    change(_LONG[name])
            elif letter in "abCeEfhmnuvxTB":
                change(letter)
            else:
                if not sh.bash:
                    raise ShellError(f"set: Illegal option -{letter}" if sh.dialect == "dash" else
                                     f"set: line 0: illegal option -{letter}", 2)
                sh.complain(f"set: -{letter}: invalid option")
                sh.process.write("set: usage: set [-abefhkmnptuvxBCEHPT] [-o option-name] [--] [-] [arg ...]\n", 2)
                return 2
    if words:
        sh.positional = words[1:] if words[0] == "-" else words
    return 0


def shift(sh: Shell, argv: list[str]) -> int:
    count = int(argv[1]) if len(argv) > 1 and argv[1].isdigit() else 1
    if count > len(sh.positional):
        if sh.dialect == "dash":
            raise ShellError("shift: can't shift that many", 2)
        return 1
    sh.positional = sh.positional[count:]
    return 0


def let(sh: Shell, argv: list[str]) -> int:
    from .arithmetic import evaluate

    value = 0
    for word in argv[1:]:
        value = evaluate(sh, word)
    return int(not value)


def getopts(sh: Shell, argv: list[str]) -> int:
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
