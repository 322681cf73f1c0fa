"""What dash, busybox's ash and bash say of the same faults."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .shell import Shell

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
        return f"{sh.name}: " if len(sh.frames) < 2 and sh.name in ("sh", "/bin/sh") else f"{sh.name}: line {sh.line}: "
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


def syntax(sh: Shell, message: str) -> str:
    """Return a syntax error as this kind of shell tells it; the parser words it as dash does."""
    if sh.dialect == "dash":
        return message if message.startswith("Syntax error") else f"Syntax error: {message}"
    text = message.removeprefix("Syntax error: ")
    what, _, _ = text.partition(" unexpected")
    if sh.dialect == "ash":
        return f"syntax error: unexpected {what}" if " unexpected" in text else f"syntax error: {text.lower()}"
    if what == "end of file":
        return "syntax error: unexpected end of file"
    return f"syntax error near unexpected token `{what.strip(chr(34))}'" if " unexpected" in text else text
