"""What dash, busybox's ash and bash say of the same faults."""

from __future__ import annotations

from ..kernel.errors import Errno

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..kernel.process import Process
    from .arithmetic import ArithmeticError_
    from .shell import Shell
    from .syntax import ShellSyntaxError

WORDS = {
    "dash": {"not found": "not found", "denied": "Permission denied", "unset": "parameter not set",
             "unset?": "parameter not set", "null": "parameter not set or null", "readonly": "is read only",
             "deep": "Maximum function recursion depth exceeded", "open": "cannot open {0}: {1}",
             "create": "cannot create {0}: {1}", "fork": "Cannot fork"},
    "ash": {"not found": "not found", "denied": "Permission denied", "unset": "parameter not set",
            "unset?": "parameter not set", "null": "parameter not set or null", "readonly": "is read only",
            "deep": "maximum recursion depth exceeded", "open": "can't open {0}: {1}",
            "create": "can't create {0}: {1}", "fork": "can't fork: Resource temporarily unavailable"},
    "bash": {"not found": "command not found", "denied": "Permission denied", "unset": "unbound variable",
             "unset?": "parameter null or not set", "null": "parameter null or not set",
             "readonly": "readonly variable", "deep": "maximum function nesting level exceeded",
             "open": "{0}: {1}", "create": "{0}: {1}", "fork": "fork: retry: Resource temporarily unavailable"},
}
# dash and ash have words of their own for two errors of open(2)
SHORT = {"No such file or directory": {"open": "No such file", "create": "Directory nonexistent"}}


def prefix(sh: Shell) -> str:
    """Return what a message begins with."""
    if sh.dialect == "dash":
        return f"{sh.name}: {sh.line}: "
    if sh.dialect == "ash":
        plain = sh.interactive or (len(sh.frames) < 2 and sh.command)
        return f"{sh.name}: " if plain else f"{sh.name}: line {sh.line}: "
    return f"{sh.name}: " if sh.interactive else f"{sh.name}: line {sh.line}: "


def unopened(sh: Shell, path: str, why: str, create: bool) -> str:
    """Return what is said of a redirection that fails."""
    kind = "create" if create else "open"
    if sh.dialect == "dash":
        why = SHORT.get(why, {}).get(kind, why)
    elif sh.dialect == "ash" and create and why == "No such file or directory":
        why = "nonexistent directory"
    elif sh.dialect == "ash":
        why = why[0].lower() + why[1:] if why != "Is a directory" else why
        why = {"no such file or directory": "no such file"}.get(why, why)
    return WORDS[sh.dialect][kind].format(path, why)


def syntax(sh: Shell, error: ShellSyntaxError, text: str = "", within: str = "") -> None:
    """Say a syntax error as this kind of shell does; `within`: eval, or what else it was found in."""
    token = error.token
    if sh.dialect == "dash":
        _say(sh, f"{sh.name}: {error.line}: {f'{within}: ' if within else ''}Syntax error: {error.message}\n")
        return
    if sh.dialect == "ash":
        told = "end of file" if error.incomplete else "newline" if token == "\n" else f'"{token}"'
        wanted = error.message.partition(" (expecting ")[2].rstrip(")")
        what = f"unexpected {told}" + (f" (expecting {wanted})" if wanted else "") if " unexpected" in error.message \
            else error.message[0].lower() + error.message[1:]
        _say(sh, f"{sh.name}: {f'line {error.line}: ' if error.line > 1 else ''}syntax error: {what}\n")
        return
    where = f"{sh.name}: {f'{within}: ' if within else '-c: ' if sh.command else ''}line {error.line}: "
    if error.incomplete:
        missing = token or ""
        _say(sh, where + (f"unexpected EOF while looking for matching `{missing}'\n" if missing else
                          "syntax error: unexpected end of file\n"))
        return
    if sh.interactive:
        _say(sh, f"{sh.name}: syntax error near unexpected token `{token}'\n")
        return
    told = "newline" if token == "\n" else token
    lines = (text or sh.frames[-1].code.text if sh.frames or text else "").splitlines()
    line = lines[error.line - 1] if error.line <= len(lines) else ""
    _say(sh, f"{where}syntax error near unexpected token `{told}'\n{where}`{line}'\n" if told
         else f"{where}syntax error: {error.message}\n")


def _say(sh: Shell, text: str) -> None:
    try:
        sh.process.write(text, 2)
    except Errno:
        pass


def arithmetic(sh: Shell, error: ArithmeticError_) -> str:
    """Return what is said of an expression."""
    if sh.bash:
        told = {"division by zero": "division by 0", "expecting primary": "syntax error: operand expected"}.get(
            error.message, error.message)
        return f'{error.text}: {told} (error token is "{error.token}")' if error.text else told
    return f'arithmetic expression: {error.message}: "{error.text}"' if error.text else error.message


_ENDS = {"KILL": "Killed", "TERM": "Terminated", "HUP": "Hangup", "SEGV": "Segmentation fault", "ABRT": "Aborted",
         "QUIT": "Quit", "ALRM": "Alarm clock", "USR1": "User defined signal 1", "USR2": "User defined signal 2"}


def killed(sh: Shell, child: Process) -> None:
    """Say how a command ended that was waited for, where a signal ended it."""
    told = _ENDS.get(child.signal)
    if told is not None:
        _say(sh, f"{prefix(sh)}{child.pid:>5} {told:<23} {' '.join(child.argv)}\n" if sh.bash else told + "\n")
