"""Kinds without a description of their own: all their fields, under labels made of the fields' names."""

from __future__ import annotations

import re

from ....go.fmt import sprint
from ....releases import NEWEST
from ....releases.kubectl import does
from .writer import Writer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import Object, Release
    from . import Context

_SKIPPED = {".metadata.managedFields", ".metadata.name", ".metadata.namespace", ".metadata.labels",
            ".metadata.annotations"}
_ACRONYMS = {"API", "URL", "UID", "GUID"}


def describe(obj: Object, w: Writer, ctx: Context) -> None:
    w.metadata(obj)
    _fields(obj, w, 0, "")
    ctx.events(obj)


def _fields(content: Object, w: Writer, level: int, prefix: str) -> None:
    for field in sorted(content):
        path = f"{prefix}.{field}"
        if path in _SKIPPED:
            continue
        value, label = content[field], smart_label(field, w.release)
        if isinstance(value, dict):
            w.write(level, f"{label}:\n")
            _fields(value, w, level + 1, path)
        elif isinstance(value, list):
            w.write(level, f"{label}:\n")
            for item in value:
                if isinstance(item, dict):
                    _fields(item, w, level + 1, path)
                else:
                    w.write(level + 1, f"{sprint(item)}\n")
        else:
            w.line(level, label, sprint(value))


def smart_label(field: str, release: Release = NEWEST) -> str:
    """Return `Last Scale Time` for `lastScaleTime`; names with other characters than letters and - stay as they are."""
    if not all(char.isalpha() or char == "-" for char in field):
        return field
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^A-Za-z]+", field)
    if does("LabelsJoinAcronyms", release):
        return " ".join([_label(word) for word in _joined(words)])
    shown = []
    for word in words:
        if word.upper() in _ACRONYMS | {"OSB"}:
            shown.append(word.upper())
        else:
            shown.append(word.capitalize() if does("LabelsCapitalized", release) else word[:1].upper() + word[1:])
    return " ".join(shown)


def _joined(words: list[str]) -> list[str]:
    """Put an acronym and the capitalised word behind it together: `IP`, `Ps` stay, `CIDR`, `Block` do not."""
    joined: list[str] = []
    at = 0
    while at < len(words):
        word, after = words[at], "".join(words[at + 1:at + 2])
        if len(word) >= 2 and word == word.upper() and after[:1].isupper():
            joined.append(word + after)
            at += 2
        else:
            joined.append(word)
            at += 1
    return joined


def _label(word: str) -> str:
    if word.upper() in _ACRONYMS:
        return word.upper()
    return word.capitalize() if word == word.lower() else word
