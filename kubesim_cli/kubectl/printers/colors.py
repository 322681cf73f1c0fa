"""Colours for what kubectl prints, as users of kubecolor know them: its dark theme (config/theme.go).

What a verb prints stays as it is, and is painted line by line on its way to stdout.
"""

from __future__ import annotations

import re

from ..failures import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Paint = Callable[[str], str]

_WHEN = ("always", "auto", "never")
HEADER, INFO, SECONDARY, SUCCESS, WARNING, DANGER = "1", "37", "36", "32", "33", "31"  # SGR parameters
_NUMBER, _STRING, _NULL = "35", "93", "3;90"
_COLUMNS, _KEYS = (INFO, SECONDARY), ("96", "36")

_GOOD = frozenset(("Running", "Completed", "Complete", "Succeeded", "Ready", "Bound", "Active", "Retain", "Normal",
                   "Pulled", "Created", "Started", "NodeReady", "Available", "True", "Healthy"))
_WAITING = frozenset(("Pending", "ContainerCreating", "PodInitializing", "Terminating", "Terminated", "Warning",
                      "Delete", "Released", "Killing", "Preempting", "Pulling", "Starting", "NodeNotReady",
                      "SchedulingDisabled", "Suspended", "NotReady", "Unknown", "Init", "Failing"))
_BAD = frozenset(("Failed", "BackOff", "Error", "CrashLoopBackOff", "ImagePullBackOff", "ErrImagePull", "Evicted",
                  "ErrImageNeverPull", "InvalidImageName", "CreateContainerConfigError", "CreateContainerError",
                  "RunContainerError", "OOMKilled", "ContainerStatusUnknown", "DeadlineExceeded", "Unhealthy", "Lost",
                  "FailedScheduling", "FailedMount", "FailedCreate", "FailedSync", "NodeLost",
                  "StartError", "ContainerCannotRun"))
_PARTS = re.compile(r"( {2,}|\t+)")
_RATIO = re.compile(r"(\d+)/(\d+)")
_HEAD = re.compile(r"[A-Z][A-Z0-9_/-]*(?: [A-Z][A-Z0-9_/-]*)*$")
_JSON = re.compile(r'(\s*)("(?:[^"\\]|\\.)*")(: )(.*)$')
_YAML = re.compile(r"(\s*(?:- )*)([^\s:#\"'-][^:]*|\"[^\"]*\")(:)(?: (.*))?$")
_DESCRIBED = re.compile(r"(\s*)([A-Za-z][^:]*)(:)(\s*)(.*)$")
_DONE = {"created": SUCCESS, "configured": WARNING, "unchanged": "35", "deleted": DANGER, "replaced": WARNING,
         "patched": WARNING, "edited": WARNING, "scaled": WARNING, "exposed": SUCCESS, "labeled": WARNING,
         "annotated": WARNING, "restarted": WARNING, "updated": WARNING, "serverside-applied": WARNING,
         "cordoned": WARNING, "uncordoned": SUCCESS, "drained": SUCCESS, "evicted": DANGER, "tainted": WARNING}
_TABLES = frozenset(("get", "top node", "top pod", "api-resources", "events", "config get-contexts"))


def taken(words: list[str], environ: Mapping[str, str]) -> tuple[list[str], str]:
    """Return a command line without --color, and what that or KUBESIM_COLOR says: always, auto or never.

    A flag comes before the variable, and NO_COLOR in between. Raises Failure where either is none of these.
    """
    end = words.index("--") if "--" in words else len(words)
    flags = [word for word in words[:end] if word == "--color" or word.startswith("--color=")]
    rest = [word for word in words[:end] if word not in flags] + words[end:]
    if flags:
        when, name = flags[-1].partition("=")[2] or "auto", '"--color" flag'
    elif environ.get("NO_COLOR"):
        return rest, "never"
    else:
        when, name = environ.get("KUBESIM_COLOR") or "never", "KUBESIM_COLOR"
    if when not in _WHEN:
        raise Failure(f'invalid argument "{when}" for {name}: must be always, auto or never')
    if flags and when == "auto" and environ.get("NO_COLOR"):
        when = "never"
    return rest, when


def painted(text: str, sgr: str) -> str:
    """Return a text between escape sequences; nothing around nothing."""
    return f"\033[{sgr}m{text}\033[0m" if text else text


def of_status(word: str) -> str:
    """Return the colour of a status such as Running or Init:CrashLoopBackOff, "" for what is none."""
    parts = re.split("[:,]", word)
    for words, sgr in ((_BAD, DANGER), (_WAITING, WARNING), (_GOOD, SUCCESS)):
        if any(part in words for part in parts):
            return sgr
    ratio = _RATIO.fullmatch(parts[-1])
    if ratio and ratio[1] != ratio[2]:
        return WARNING
    return _NULL if ratio and ratio[1] == "0" else ""


def painter(command: str, output: str) -> Paint | None:
    """Return what paints the stdout of a command with this --output; None for one that is left as it is."""
    form = output.partition("=")[0]
    if form in ("json", "yaml"):
        return _by_line(_json if form == "json" else _yaml)
    if command in _TABLES and form in ("", "wide", "custom-columns", "custom-columns-file"):
        return _table()
    if command == "config view":
        return _by_line(_yaml)
    if command.partition(" ")[0] == "describe":
        return _by_line(_described)
    return _by_line(_done) if form == "" else None


def _by_line(paint: Paint) -> Paint:
    return lambda text: "\n".join(map(paint, text.split("\n")))


def _table() -> Paint:
    first = [True]  # of a table: behind nothing or an empty line

    def line(text: str) -> str:
        if not text.strip():
            first[0] = True
            return text
        pieces = _PARTS.split(text)
        head, first[0] = first[0] and _HEAD.match(pieces[0]) is not None, False
        for position in range(0, len(pieces), 2):
            sgr = HEADER if head else of_status(pieces[position]) or _COLUMNS[position // 2 % len(_COLUMNS)]
            pieces[position] = painted(pieces[position], sgr)
        return "".join(pieces)

    def paint(text: str) -> str:
        *lines, last = text.split("\n")
        return "".join(line(each) + "\n" for each in lines) + (line(last) if last else "")

    return paint


def _key(text: str, indent: str) -> str:
    return painted(text, _KEYS[len(indent) // 2 % len(_KEYS)])


def _value(text: str) -> str:
    """Paint a value by what it looks like; punctuation around it stays."""
    bare = text.rstrip(",")
    if bare in ("", "{}", "[]", "{", "[", "|", "|-", ">", ">-", "}", "]"):
        return text
    return painted(bare, _sgr_of(bare)) + text[len(bare):]


def _sgr_of(text: str) -> str:
    if text in ("true", "True"):
        return SUCCESS
    if text in ("false", "False"):
        return DANGER
    if text in ("null", "<none>", "<unset>", "<nil>"):
        return _NULL
    return _NUMBER if re.fullmatch(r"-?\d+(\.\d+)?", text) else _STRING


def _json(line: str) -> str:
    found = _JSON.match(line)
    if found:
        return f"{found[1]}{_key(found[2], found[1])}{found[3]}{_value(found[4])}"
    return line[:len(line) - len(line.lstrip())] + _value(line.lstrip())


def _yaml(line: str) -> str:
    found = _YAML.match(line)
    if found:
        rest = f" {_value(found[4])}" if found[4] is not None else ""
        return f"{found[1]}{_key(found[2], found[1])}{found[3]}{rest}"
    lead = re.match(r"\s*(?:- )*", line)
    assert lead is not None
    return lead[0] + _value(line[lead.end():])


def _described(line: str) -> str:
    found = _DESCRIBED.match(line)
    if found and (found[4] or not found[5]):
        value = painted(found[5], of_status(found[5]) or _sgr_of(found[5])) if found[5] else ""
        return f"{found[1]}{_key(found[2], found[1])}{found[3]}{found[4]}{value}"
    pieces = _PARTS.split(line)
    return "".join(piece if position % 2 else painted(piece, of_status(piece) or INFO if piece else "")
                   for position, piece in enumerate(pieces))


def _done(line: str) -> str:
    """`deployment.apps/web created`, perhaps with more in brackets behind it."""
    for word in line.split(" ")[1:]:
        if word in _DONE:
            return painted(line, _DONE[word])
    return line
