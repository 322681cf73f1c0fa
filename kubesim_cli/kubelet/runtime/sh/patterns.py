"""Patterns: of case, of ${x#...}, of [[ == ]], and of file names. Backslash quotes a character in a pattern."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from re import Pattern

    from ..kernel.process import Process

CLASSES = {"alpha": "a-zA-Z", "digit": "0-9", "alnum": "a-zA-Z0-9", "upper": "A-Z", "lower": "a-z", "space": r"\s",
            "blank": r" \t", "punct": r"!-/:-@\[-`{-~", "xdigit": "0-9A-Fa-f", "cntrl": r"\x00-\x1f\x7f",
            "print": r"\x20-\x7e", "graph": r"\x21-\x7e"}
_compiled: dict[str, Pattern[str]] = {}


def quote(text: str) -> str:
    """Return a pattern that only the text itself matches."""
    if text.isalnum():
        return text
    return "".join("\\" + char if char in "*?[]\\!-()|@+" else char for char in text)


def special(pattern: str) -> bool:
    """Tell whether a pattern matches more than one text."""
    if not any(char in pattern for char in "*?[("):
        return False
    at = 0
    while at < len(pattern):
        char = pattern[at]
        if char in "*?" or (char == "[" and "]" in pattern[at + 2:]) or (char in "@+!"
            and pattern[at + 1:at + 2] == "("):
            return True
        at += 2 if char == "\\" else 1
    return False


def unquote(pattern: str) -> str:
    """Return the text that a pattern without special characters stands for."""
    if "\\" not in pattern:
        return pattern
    out, at = [], 0
    while at < len(pattern):
        if pattern[at] == "\\" and at + 1 < len(pattern):
            at += 1
        out.append(pattern[at])
        at += 1
    return "".join(out)


def matcher(pattern: str) -> Pattern[str]:
    """Return the regular expression of a pattern; use `fullmatch` and its kin."""
    found = _compiled.get(pattern)
    if found is None:
        import re

        if len(_compiled) > 1000:
            _compiled.clear()
        found = _compiled[pattern] = re.compile(translate(pattern), re.DOTALL)
    return found


def translate(pattern: str, shortest: bool = False) -> str:
    """Return a pattern as a regular expression."""
    from re import escape

    out: list[str] = []
    closers: list[str] = []
    at, size = 0, len(pattern)
    many = ".*?" if shortest else ".*"
    while at < size:
        char = pattern[at]
        follows = pattern[at + 1:at + 2]
        if follows == "(" and char in "?*+@!":
            out.append("(?!" if char == "!" else "(?:")
            closers.append({"?": ")?", "*": ")*", "+": ")+", "@": ")", "!": ").*"}[char])
            at += 2
        elif char == ")" and closers:
            out.append(closers.pop())
            at += 1
        elif char == "|" and closers:
            out.append("|")
            at += 1
        elif char == "*":
            out.append(many)
            at += 1
        elif char == "?":
            out.append(".")
            at += 1
        elif char == "[":
            found, at = _bracket(pattern, at)
            out.append(found)
        elif char == "\\" and at + 1 < size:
            out.append(escape(follows))
            at += 2
        else:
            out.append(escape(char))
            at += 1
    return "".join(out) + "".join(reversed(closers))


def _bracket(pattern: str, at: int) -> tuple[str, int]:
    from re import escape

    start = at
    at += 1
    negated = pattern[at:at + 1] in ("!", "^") and bool(pattern[at:at + 1])
    at += negated
    out: list[str] = []
    first = True
    while True:
        char = pattern[at:at + 1]
        if not char:
            return r"\[", start + 1
        if char == "]" and not first:
            break
        first = False
        if char == "[" and pattern[at + 1:at + 2] == ":" and (end := pattern.find(":]", at)) > 0:
            out.append(CLASSES.get(pattern[at + 2:end], ""))
            at = end + 2
            continue
        if char == "\\" and at + 1 < len(pattern):
            at += 1
            out.append(escape(pattern[at]))
        else:
            out.append(char if char == "-" else escape(char))
        at += 1
    return f"[{'^' if negated else ''}{''.join(out)}]", at + 1


def paths(process: Process, pattern: str) -> list[str]:
    """Return the sorted paths of files that a pattern matches, [] where it matches none."""
    from ..kernel.errors import Errno

    absolute = pattern.startswith("/")
    found = ["/" if absolute else ""]
    parts = [part for part in pattern.split("/") if part]
    tree, user = process.space.tree, process.user
    for number, part in enumerate(parts):
        ahead: list[str] = []
        last = number == len(parts) - 1
        for base in found:
            prefix = base if not base or base.endswith("/") else base + "/"
            try:
                if not special(part):
                    name = unquote(part)
                    if tree.find(prefix + name, process.cwd, user, False).inode is not None:
                        ahead.append(prefix + name)
                    continue
                place = tree.lookup(base or ".", process.cwd, user)
                if place.inode is None or place.inode.kind != "d" or not place.inode.allows(user, 4):
                    continue
                expression = matcher(part)
                for name, inode in tree.entries(place).items():
                    if name[0] == "." and part[0] != ".":
                        continue
                    if expression.fullmatch(name) and (last or inode.kind in "dl"):
                        ahead.append(prefix + name)
            except Errno:
                continue
        found = ahead
    if pattern.endswith("/"):
        found = [path + "/" for path in found]
    return sorted(found)
