"""The programs that a container's shell finds: function(shell, arguments, stdin text) -> exit code."""

from __future__ import annotations

import time as _time

from . import shell as sh

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .shell import Shell

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
# What ends at once, successfully and in silence.
_QUIET = ("chgrp", "chmod", "chown", "export", "install", "ln", "local", "mkdir", "mknod", "mount", "readonly", "rmdir",
          "shift", "shopt", "stty", "sync", "sysctl", "trap", "ulimit", "umask", "unset", "which")
_CLUSTER = (".svc.cluster.local", ".svc", ".cluster.local")


def find(name: str):
    """Return the program of a name or path, or None."""
    name = name.rpartition("/")[2]
    return _quiet if name in _QUIET else _PROGRAMS.get(name)


def _quiet(shell: Shell, args: list[str], stdin: str) -> int:
    return 0


def _true(shell, args, stdin):
    return 0


def _false(shell, args, stdin):
    return 1


def _exit(shell, args, stdin):
    raise sh.Exit(int(args[0]) % 256 if args and args[0].isdigit() else shell.code)


def _levels(args: list[str]) -> int:
    return int(args[0]) if args and args[0].isdigit() else 1


def _break(shell, args, stdin):
    if shell.loops:
        raise sh.Break(min(_levels(args), shell.loops))
    return 0


def _continue(shell, args, stdin):
    if shell.loops:
        raise sh.Continue(min(_levels(args), shell.loops))
    return 0


def seconds(text: str) -> float | None:
    """Return a duration as sleep reads it, None where it is none."""
    unit = _UNITS.get(text[-1:], 0)
    try:
        span = float(text[:-1]) * unit if unit else float(text)
    except ValueError:
        return None
    return span if span >= 0 else None


def _sleep(shell, args, stdin):
    spans = [seconds(arg) for arg in args]
    if not args or None in spans:
        shell.write(f"sleep: invalid time interval '{args[0]}'\n" if args else "sleep: missing operand\n")
        return 1
    shell.wait(sum(spans))
    if shell.time == float("inf"):
        raise sh.Endless
    return 0


def _unescape(text: str) -> str:
    for escape, char in (("\\n", "\n"), ("\\t", "\t"), ("\\r", "\r"), ("\\033", "\033"), ("\\\\", "\\")):
        text = text.replace(escape, char)
    return text


def _echo(shell, args, stdin):
    end, escapes = "\n", False
    while args and args[0][:1] == "-" and args[0][1:] and set(args[0][1:]) <= set("neE"):
        end = "" if "n" in args[0] else end
        escapes = escapes or "e" in args[0]
        args = args[1:]
    text = " ".join(args)
    shell.write((_unescape(text) if escapes else text) + end)
    return 0


def _printf(shell, args, stdin):
    import re

    values = iter(args[1:])

    def one(match):
        if match.group() == "%%":
            return "%"
        value = next(values, "")
        if match.group()[-1] in "dixX":
            return match.group() % int(value or 0) if value.lstrip("-").isdigit() or not value else "0"
        if match.group()[-1] == "f":
            return match.group() % float(value or 0)
        return match.group().replace("b", "s").replace("q", "s") % value

    shell.write(re.sub(r"%[-0-9.]*[sdifxXbq%]", one, _unescape(args[0])) if args else "")
    return 0


def _date(shell, args, stdin):
    moment = _time.gmtime(shell.world.start + shell.time)
    pattern = next((arg[1:] for arg in args if arg.startswith("+")), "%a %b %e %H:%M:%S UTC %Y")
    pattern = pattern.replace("%s", str(int(shell.world.start + shell.time))).replace("%N", "000000000")
    shell.write(_time.strftime(pattern, moment) + "\n")
    return 0


def _seq(shell, args, stdin):
    numbers = [int(arg) for arg in args if arg.lstrip("-").isdigit()]
    if not numbers or len(numbers) > 3:
        return 1
    first, step, last = {1: (1, 1), 2: (numbers[0], 1), 3: (numbers[0], numbers[1 % len(numbers)])}[len(numbers)] + (
        numbers[-1],)
    if step:
        for i, number in enumerate(range(first, last + (1 if step > 0 else -1), step)):
            if i >= sh.STEPS:
                break
            shell.write(f"{number}\n")
    return 0


def _cat(shell, args, stdin):
    code = 0
    names = [arg for arg in args if not arg.startswith("-") or arg == "-"]
    for name in names:
        if name == "-" or not shell.exists(name):
            if name != "-":
                shell.write(f"cat: can't open '{name}': No such file or directory\n")
                code = 1
            continue
        shell.write(shell.files.get(shell.path(name)) or "")
    if not names:
        shell.write(stdin)
    return code


def _touch(shell, args, stdin):
    for name in args:
        if not name.startswith("-"):
            shell.put(name, shell.files.get(shell.path(name)) or "")
    return 0


def _rm(shell, args, stdin):
    force = any(arg.startswith("-") and "f" in arg for arg in args)
    code = 0
    for name in args:
        if name.startswith("-"):
            continue
        if not shell.exists(name) and not force:
            shell.write(f"rm: can't remove '{name}': No such file or directory\n")
            code = 1
        path = shell.path(name)
        for known in [path, *(each for each in shell.files if each.startswith(path + "/"))]:
            shell.put(known, None)
    return code


def _copy(moves: bool):
    def run(shell, args, stdin):
        names = [arg for arg in args if not arg.startswith("-")]
        if len(names) < 2:
            return 1
        if not shell.exists(names[0]):
            shell.write(f"{'mv' if moves else 'cp'}: can't stat '{names[0]}': No such file or directory\n")
            return 1
        shell.put(names[-1], shell.files.get(shell.path(names[0])) or "")
        if moves:
            shell.put(names[0], None)
        return 0

    return run


def _ls(shell, args, stdin):
    code = 0
    for name in [arg for arg in args if not arg.startswith("-")] or ["."]:
        if not shell.exists(name):
            shell.write(f"ls: {name}: No such file or directory\n")
            code = 1
            continue
        path = shell.path(name)
        if shell.files.get(path) is not None:
            shell.write(name + "\n")
            continue
        prefix = path.rstrip("/") + "/"
        inside = {known[len(prefix):].partition("/")[0] for known, content in shell.files.items()
                  if known.startswith(prefix) and content is not None and len(known) > len(prefix)}
        shell.write("".join(f"{each}\n" for each in sorted(inside)))
    return code


def _holds(shell, words: list[str]) -> bool:
    for operator, joined in (("-o", any), ("-a", all)):
        for i, word in enumerate(words[1:-1], 1):
            if word == operator or word == {"-o": "||", "-a": "&&"}[operator]:
                return joined((_holds(shell, words[:i]), _holds(shell, words[i + 1:])))
    if words and words[0] == "!":
        return not _holds(shell, words[1:])
    if len(words) == 1:
        return words[0] != ""
    if len(words) == 2:
        operator, value = words
        if operator in ("-z", "-n"):
            return (value == "") == (operator == "-z")
        if operator == "-s":
            return shell.exists(value) and shell.files.get(shell.path(value), "x") != ""
        return operator in ("-f", "-e", "-d", "-r", "-w", "-x", "-L", "-h") and shell.exists(value)
    if len(words) == 3:
        left, operator, right = words
        if operator in ("=", "==", "!="):
            return (left == right) == (operator != "!=")
        try:
            a, b = int(left), int(right)
        except ValueError:
            return False
        return {"-eq": a == b, "-ne": a != b, "-lt": a < b, "-le": a <= b, "-gt": a > b, "-ge": a >= b}.get(
            operator, False)
    return False


def _test(shell, args, stdin):
    while args and args[-1] in ("]", "]]"):
        args = args[:-1]
    return 0 if _holds(shell, args) else 1


def _expr(shell, args, stdin):
    value = shell.arithmetic(" ".join(args).replace("\\", ""))
    shell.write(f"{value}\n")
    return 0 if value else 1


def _let(shell, args, stdin):
    for arg in args:
        name, found, value = arg.partition("=")
        if arg.endswith(("++", "--")):
            shell.variables[arg[:-2]] = str(shell.arithmetic(f"{arg[:-2]} {arg[-1]} 1"))
        elif found:
            shell.variables[name] = str(shell.arithmetic(value))
    return 0


def _env(shell, args, stdin):
    names = [arg for arg in args if "=" not in arg and not arg.startswith("-")]
    if names:
        shell.write("".join(f"{shell.variables[name]}\n" for name in names if name in shell.variables))
        return 0 if all(name in shell.variables for name in names) else 1
    shown = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOSTNAME": shell.world.hostname,
             **{name: shell.variables.get(name, "") for name in shell.exported}, "HOME": "/root"}
    shell.write("".join(f"{name}={value}\n" for name, value in shown.items()))
    return 0


def _says(text):
    def run(shell, args, stdin):
        shell.write(text(shell, args) + "\n")
        return 0

    return run


def _cd(shell, args, stdin):
    shell.directory = shell.path(args[0] if args else "/")
    return 0


def _set(shell, args, stdin):
    for arg in args:
        if arg[:1] in ("-", "+") and "e" in arg[1:] and arg[1:2] != "o":
            shell.strict = arg[0] == "-"
    return 0


def _read(shell, args, stdin):
    return 1


def _wait(shell, args, stdin):
    if shell.background == float("inf"):
        raise sh.Endless
    shell.wait(max(shell.background - shell.time, 0))
    return 0


def _exec(shell, args, stdin):
    if not args:
        return 0
    raise sh.Exit(shell.execute(args, stdin))


def _command(shell, args, stdin):
    rest = [arg for arg in args if not arg.startswith("-")]
    return shell.execute(rest, stdin) if rest and "-v" not in args else 0


def _shell(shell, args, stdin):
    """sh, bash: a script from -c or from a file; without either it reads its input to the end."""
    options = []
    while args and args[0][:1] in ("-", "+"):
        options.append(args[0])
        args = args[1:]
    if any("c" in option for option in options) and args:
        script, arguments = args[0], args[1:] or ["sh"]
    elif args:
        script, arguments = shell.files.get(shell.path(args[0])), args
        if script is None:
            if shell.exists(args[0]):
                raise sh.Endless
            shell.write(f"sh: can't open '{args[0]}': No such file or directory\n")
            return 2
    else:
        script, arguments = stdin, ["sh"]
    saved = shell.arguments, shell.strict
    shell.arguments = arguments
    shell.strict = shell.strict or any("e" in option for option in options)
    code = shell.run(script)
    shell.arguments, shell.strict = saved
    return code


def _timeout(shell, args, stdin):
    rest = [arg for arg in args if not arg.startswith("-")]
    limit = seconds(rest[0]) if rest else None
    if limit is None or len(rest) < 2:
        return 125
    until, began = shell.until, shell.time
    shell.until = min(until, began + limit)
    try:
        return shell.execute(rest[1:], stdin)
    except sh.Endless:
        if began + limit > until:
            raise
        shell.time = began + limit
        return 124
    finally:
        shell.until = until


def _tail(shell, args, stdin):
    if any(arg.startswith("-") and ("f" in arg or "F" in arg) for arg in args):
        raise sh.Endless
    text = stdin or "".join(shell.files.get(shell.path(arg)) or "" for arg in args if not arg.startswith("-"))
    number = next((int(arg.lstrip("-n")) for arg in args if arg.lstrip("-n").isdigit()), 10)
    shell.write("".join(text.splitlines(True)[-number:]))
    return 0


def _head(shell, args, stdin):
    number = next((int(arg.lstrip("-n")) for arg in args if arg.lstrip("-n").isdigit()), 10)
    shell.write("".join(stdin.splitlines(True)[:number]))
    return 0


def _grep(shell, args, stdin):
    words = [arg for arg in args if not arg.startswith("-")]
    text = stdin or "".join(shell.files.get(shell.path(name)) or "" for name in words[1:])
    found = [line for line in text.splitlines(True) if words and words[0] in line]
    if not any(arg.startswith("-") and "q" in arg for arg in args):
        shell.write("".join(found))
    return 0 if found else 1


def host_of(args: list[str]) -> str:
    """Return the host that a network program's arguments name, "" where they name none."""
    for flag in ("-h", "--host", "-H"):
        if flag in args[:-1]:
            return args[args.index(flag) + 1]
    for arg in args:
        if arg.startswith("--host="):
            return arg.partition("=")[2]
        if "://" in arg:
            return arg.partition("://")[2].partition("/")[0].rpartition("@")[2].partition(":")[0]
    plain = [arg for arg in args if not arg.startswith("-") and not arg.replace(".", "").isdigit()]
    return plain[0].partition("/")[0].partition(":")[0] if plain else ""


def _reaches(shell: Shell, host: str) -> bool:
    if not host or host == "localhost" or host.replace(".", "").isdigit():
        return True
    since = shell.world.resolves(host)
    return since is not None and since <= shell.time


def _network(failure: int, words):
    """A program that talks to a host: it succeeds if the host is known."""

    def run(shell, args, stdin):
        host = host_of(args)
        if _reaches(shell, host):
            return 0
        shell.write(words(host) + "\n")
        return failure

    return run


def _ping(shell, args, stdin):
    host = host_of([arg for arg in args if not arg.startswith("-")])
    if not _reaches(shell, host):
        shell.write(f"ping: bad address '{host}'\n")
        return 1
    if "-c" not in args and not any(arg.startswith("-c") for arg in args):
        raise sh.Endless
    return 0


def _nc(shell, args, stdin):
    if any(arg.startswith("-") and "l" in arg for arg in args):
        raise sh.Endless
    return 0 if _reaches(shell, host_of(args)) else 1


def _script(shell, args, stdin):
    """perl, python, node, ruby: one line of code ends, a program does not."""
    import re

    code = next((args[i + 1] for i, arg in enumerate(args[:-1]) if re.fullmatch(r"-\w*[ecE]", arg)), None)
    if code is None:
        if any(not arg.startswith("-") for arg in args) or "-m" in args:
            raise sh.Endless
        return 0
    if re.search(r"while\s*\(?\s*(True|1|true)|for\s*\(\s*;\s*;|serve_forever|\.listen\(", code):
        raise sh.Endless
    for span in re.findall(r"sleep\(?\s*([\d.]+)", code):
        shell.wait(float(span))
    ended = re.search(r"exit\(?\s*(\d+)", code)
    return int(ended.group(1)) % 256 if ended else 1 if re.search(r"\braise\b|\bdie\b|throw ", code) else 0


_PROGRAMS = {
    "true": _true, ":": _true, "false": _false, "exit": _exit, "return": _exit, "break": _break, "continue": _continue,
    "sleep": _sleep, "usleep": _true, "echo": _echo, "printf": _printf, "date": _date, "seq": _seq, "cat": _cat,
    "touch": _touch, "rm": _rm, "cp": _copy(False), "mv": _copy(True), "ls": _ls, "stat": _ls, "test": _test,
    "[": _test, "[[": _test, "expr": _expr, "let": _let, "env": _env, "printenv": _env, "cd": _cd, "set": _set,
    "read": _read, "wait": _wait, "exec": _exec, "command": _command, "sh": _shell, "bash": _shell, "ash": _shell,
    "dash": _shell, "timeout": _timeout, "tail": _tail, "head": _head, "grep": _grep, "kill": _true,
    "hostname": _says(lambda shell, args: shell.world.hostname), "whoami": _says(lambda shell, args: "root"),
    "pwd": _says(lambda shell, args: shell.directory), "uname": _says(lambda shell, args: "Linux"),
    "id": _says(lambda shell, args: "uid=0(root) gid=0(root) groups=0(root)"),
    "arch": _says(lambda shell, args: "x86_64"), "nproc": _says(lambda shell, args: "2"),
    "nslookup": _network(1, lambda host: f"** server can't find {host}: NXDOMAIN"),
    "getent": _network(2, lambda host: ""), "host": _network(1, lambda host: f"Host {host} not found: 3(NXDOMAIN)"),
    "dig": _true, "wget": _network(1, lambda host: f"wget: bad address '{host}'"),
    "curl": _network(6, lambda host: f"curl: (6) Could not resolve host: {host}"), "ping": _ping, "nc": _nc,
    "pg_isready": _network(2, lambda host: f"{host}:5432 - no response"),
    "mysqladmin": _network(1, lambda host: f"mysqladmin: connect to server at '{host}' failed"),
    "redis-cli": _network(1, lambda host: f"Could not connect to Redis at {host}:6379: Name does not resolve"),
    "perl": _script, "python": _script, "python3": _script, "node": _script, "ruby": _script, "php": _script,
}
