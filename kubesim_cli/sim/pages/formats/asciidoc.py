"""AsciiDoc: listing and literal blocks, their titles, languages and substitutions, tabs and callouts."""

from __future__ import annotations

import os
import re

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
_ROLES = {"subs", "role", "id", "options", "opts", "linenums", "indent", "highlight"}


def parse(name: str, text: str) -> Page:
    """Return the page of an AsciiDoc text."""
    page = Page(name, text)
    builder = Builder(page)
    lines = text.rstrip("\n").split("\n")
    place = 0
    title = language = subs = ""
    attributes_of = dict(_DEFINED.findall(text))
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
                _include(builder, name, included.group(1), place + 2)
            else:
                bare = [_substituted(each, subs, attributes_of) for each in block]
                file = title if re.fullmatch(r"[\w./-]+\.\w+", title) else ""
                builder.code(language or fence.group(2), "\n".join(bare), place + 2, file, editable=bare == block)
            place, title, language, subs = end + 1, "", "", ""
            continue
        attributes = _ATTRIBUTES.match(line)
        if attributes:
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
            builder.comment(line.lstrip("/"), place + 1)
        elif line.startswith(" ") and line.lstrip().startswith("$ "):
            end = place
            while end < len(lines) and lines[end].startswith(" "):
                end += 1
            margin = len(line) - len(line.lstrip())
            session = "\n".join(each[margin:] for each in lines[place:end])
            builder.code("console", session, place + 1, indent=" " * margin)
            place = end
            continue
        elif line.strip() and line.strip() != "+":
            builder.prose(line)
        place += 1
    return page


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


def _include(builder: Builder, page: str, path: str, line: int) -> None:
    """Show a file that stands beside the page, if it is there."""
    try:
        with open(os.path.join(os.path.dirname(page), path), encoding="utf-8") as file:
            text = file.read()
    except (OSError, UnicodeDecodeError):
        return
    builder.file(os.path.basename(path), text, line)
