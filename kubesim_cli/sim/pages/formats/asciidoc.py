"""AsciiDoc: listing and literal blocks, their titles, languages and substitutions, tabs and callouts."""

from __future__ import annotations

import os
import re

from .. import beside
from ..blocks import Builder
from ..model import Page

_FENCE = re.compile(r"^(-{4,}|\.{4,}|`{3,})\s*(\w*)\s*$")
_ATTRIBUTES = re.compile(r"^\[(.*)\]\s*$")
_CALLOUT = re.compile(r"\s*(?:(?://|#|--|;;) ?)?(?:<(?:\d+|\.)>\s*)+$")
_CONTINUED = re.compile(r"\s*\\#<(?:\d+|\.)>\s*$")  # a callout behind the line's own backslash
_SUBS = re.compile(r"subs=(?:\"([^\"]*)\"|([\w+-]+))")
_PASS = re.compile(r"pass:[a-z,]*\[((?:[^\]\\]|\\.)*)\]")
_QUOTED = re.compile(r"(?<![\w&;:}#*_])([#*_`])(\S|\S.*?\S)\1(?!\w)")  # constrained marks of quotes
_DEFINED = re.compile(r"^:([\w-]+):\s+(.*\S)", re.M)
_INCLUDE = re.compile(r"^include::([^\[]+)\[")
_DEEPEST = 5  # how deep files include files


def parse(name: str, text: str) -> Page:
    """Return the page of an AsciiDoc text."""
    page = Page(name, text)
    _take(Builder(page), name, text, dict(_DEFINED.findall(text)))
    return page


def _take(builder: Builder, name: str, text: str, attributes_of: dict[str, str], inside: int = 0,
          depth: int = 0) -> None:
    """Hand a text on, with those that it includes. `inside`: the page's line that includes it, 0 for the page's own."""
    lines = text.rstrip("\n").split("\n")
    place = 0
    title = language = subs = ""
    while place < len(lines):
        line = lines[place]
        fence = _FENCE.match(line)
        if fence:
            end = place + 1
            while end < len(lines) and lines[end].rstrip() != fence.group(1):
                end += 1
            block = lines[place + 1:end]
            included = _INCLUDE.match(block[0]) if len(block) == 1 else None
            if included:
                builder.file(os.path.basename(included[1]), _included(name, included[1]), inside or place + 2)
            else:
                bare = [_substituted(each, subs, attributes_of) for each in block]
                file = title if re.fullmatch(r"[\w./-]+\.\w+", title) else ""
                builder.code(language or fence.group(2), "\n".join(bare), inside or place + 2, file,
                             editable=bare == block and not inside)
            place, title, language, subs = end + 1, "", "", ""
            continue
        attributes = _ATTRIBUTES.match(line)
        include = _INCLUDE.match(line)
        if include and depth < _DEEPEST and (other := _included(name, include[1])):
            attributes_of.update(_DEFINED.findall(other))
            _take(builder, name, other, attributes_of, inside or place + 1, depth + 1)
        elif attributes:
            words = [word.strip() for word in attributes.group(1).split(",")]
            if words[0].startswith("source") and len(words) > 1 and "=" not in words[1]:
                language = words[1].split("%")[0].strip('"')
            told = _SUBS.search(attributes.group(1))
            subs = (told[1] or told[2] or "") if told else subs
        elif line.startswith(".") and not line.startswith("..") and line[1:2].strip():
            title = line[1:].strip().strip("`")
            builder.prose(title)
        elif re.match(r"={2,6} \S", line):
            builder.heading()
            builder.prose(line.lstrip("= "))
        elif line.startswith("//"):
            builder.comment(line.lstrip("/"), inside or place + 1)
        elif line.startswith(" ") and line.lstrip().startswith("$ "):
            end = place
            while end < len(lines) and lines[end].startswith(" "):
                end += 1
            margin = len(line) - len(line.lstrip())
            session = "\n".join(each[margin:] for each in lines[place:end])
            builder.code("console", session, inside or place + 1, indent=" " * margin, editable=not inside)
            place = end
            continue
        elif line.strip() and line.strip() != "+":
            builder.prose(line)
        place += 1


def _substituted(line: str, subs: str, attributes: dict[str, str]) -> str:
    """Return a line of a block as it is shown: without callouts, and with what its `subs` replaces besides."""
    line = _CALLOUT.sub("", _CONTINUED.sub(r" \\", line))
    steps = {step.strip("+-") for step in subs.split(",")} if subs else set()
    if "quotes" in steps or "normal" in steps:
        line = _QUOTED.sub(r"\2", line)
    if "attributes" in steps or "normal" in steps:
        line = re.sub(r"\{([\w-]+)\}", lambda found: attributes.get(found[1], found[0]), line)
    if "macros" in steps or "normal" in steps:
        line = _PASS.sub(lambda found: found[1].replace("\\]", "]"), line)
    return line


def _included(page: str, name: str) -> str:
    """Return the text of a file that a page includes, "" where it is not in the page's repository. Antora's
    `partial$NAME` and `example$NAME` are in folders of these names beside the page or above its own."""
    family, _, rest = name.rpartition("$")
    folders = [f"../{family}s", f"_{family}s", f"{family}s"] if family else ["."]
    here, *above = beside.folders(page)
    root = above[-1] if above else here
    for folder in folders:
        path = os.path.normpath(os.path.join(here, folder, rest))
        if os.path.realpath(path) == path and path.startswith(root + os.sep):
            try:
                with open(path, encoding="utf-8") as file:
                    return file.read()
            except (OSError, UnicodeDecodeError):
                continue
    return ""
