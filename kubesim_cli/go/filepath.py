"""Patterns of file names as Go reads them: filepath.Match and filepath.Glob.

Other than in the shell's and Python's, `*` and `?` fit a leading dot, `^` negates a class, and a backslash takes the
next character as it is.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_MAGIC = frozenset("*?[\\")


class BadPattern(ValueError):
    """filepath.ErrBadPattern."""

    def __init__(self) -> None:
        super().__init__("syntax error in pattern")


def has_magic(path: str) -> bool:
    """Whether Glob takes a path for a pattern."""
    return not _MAGIC.isdisjoint(path)


def match(pattern: str, name: str) -> bool:
    """Whether a pattern fits all of a name, whose slashes only slashes fit; raises BadPattern."""
    import re

    return re.fullmatch(_expression(pattern), name, re.DOTALL) is not None


def _expression(pattern: str) -> str:
    """Return a pattern as a regular expression. What stands between two stars is taken where it fits first, for good:
    to try the other places as well would take ages, and finds nothing more."""
    first, *chunks = _chunks(pattern)
    if not chunks:
        return first
    *middle, last = chunks
    return first + "".join(f"(?=(?P<at{i}>[^/]*?{chunk}))(?P=at{i})" for i, chunk in enumerate(middle)) + "[^/]*" + last


def _chunks(pattern: str) -> list[str]:
    """Return the expressions of what stands before, between and behind a pattern's stars."""
    import re

    found, at = [""], 0
    while at < len(pattern):
        letter = pattern[at]
        at += 1
        if letter == "*":
            found.append("")
        elif letter == "?":
            found[-1] += "[^/]"
        elif letter == "[":
            expression, at = _class(pattern, at)
            found[-1] += expression
        else:
            if letter == "\\":
                if at == len(pattern):
                    raise BadPattern
                letter, at = pattern[at], at + 1
            found[-1] += re.escape(letter)
    return found


def _class(pattern: str, at: int) -> tuple[str, int]:
    """Return the expression of a class whose `[` stands before `at`, and where the pattern goes on."""
    import re

    def one() -> str:
        nonlocal at
        letter = pattern[at:at + 1]
        if not letter or letter in "-]":
            raise BadPattern
        if letter == "\\":
            at += 1
            letter = pattern[at:at + 1]
        at += 1
        if not letter or at >= len(pattern):
            raise BadPattern
        return letter

    negated = pattern[at:at + 1] == "^"
    at += negated
    ranges: list[str] = []
    while not (pattern[at:at + 1] == "]" and ranges):
        low = high = one()
        if pattern[at] == "-":
            at += 1
            high = one()
        if low <= high:
            ranges.append(f"{re.escape(low)}-{re.escape(high)}")
        else:
            ranges.append("")  # fits nothing
    inner = "".join(ranges)
    if negated:
        return (f"[^{inner}]" if inner else "."), at + 1
    return (f"[{inner}]" if inner else "(?!)"), at + 1


def glob(pattern: str, is_there: Callable[[str], bool], names: Callable[[str], list[str]]) -> list[str]:
    """Return the paths that a pattern fits, in the order of folders and of names in them; raises BadPattern.

    `is_there` tells whether there is anything at a path, `names` returns what is in a folder (`.` is the one that one
    stands in), sorted, and raises OSError where that is none.
    """
    match(pattern, "")
    if not has_magic(pattern):
        return [pattern] if is_there(pattern) else []
    folder, slash, file = pattern.rpartition("/")
    place = "/" if slash and not folder else folder or "."
    if not has_magic(folder):
        return _in_folder(place, file, names)
    return [path for each in glob(folder, is_there, names) for path in _in_folder(each, file, names)]


def _in_folder(folder: str, pattern: str, names: Callable[[str], list[str]]) -> list[str]:
    from posixpath import normpath

    try:
        found = [name for name in names(folder) if match(pattern, name)]
    except OSError:
        return []
    return [normpath(f"{folder.rstrip('/')}/{name}") for name in found]
