"""Plain text as it is copied out of a browser: commands, listings, manifests with line numbers, and words."""

from __future__ import annotations

import re

from ..blocks import Builder
from ..commandline import is_complete
from ..model import Page
from ..programs import looks_like_command
from ..prompts import PROMPT

_NUMBERED = re.compile(r"^\s*(\d+)(?:[ \t]?)(.*)$")
_OUTPUT = re.compile(r"\S {2,}\S|^\s+\S|^[\w./ -]+:(?:\s|$)")
_WIDE = re.compile(r"[\u3000-\u30ff\u3400-\u9fff\uac00-\ud7af\uff00-\uff60]")
_UNDERLINE = re.compile(r"[-=~^*]{4,}\s*")  # of a title
_MANIFEST = re.compile(r"^(?:apiVersion|kind):\s*\S")


def parse(name: str, text: str) -> Page:
    """Return the page of a plain text."""
    page = Page(name, text)
    builder = Builder(page)
    lines = text.rstrip("\n").split("\n")
    place = 0
    while place < len(lines):
        end = (_numbered(lines, place) or _manifest(lines, place) or _session(lines, place))
        if end is None:
            found = re.match(r"\s*<!--(.*?)-->", lines[place])
            if found:
                builder.comment(found.group(1), place + 1)
            else:
                builder.prose(lines[place] + "\n")
            place += 1
            continue
        block = lines[place:end]
        if _NUMBERED.match(block[0]) and not _is_prompt(block[0]):
            margin = len(str(len(block)))
            builder.code("yaml", "\n".join(_bare(each, margin) for each in block), place + 1, editable=False)
        elif _is_manifest(block):
            builder.code("yaml", "\n".join(block), place + 1)
        else:
            builder.code("console", "\n".join(block), place + 1)
        place = end
    return page


def _numbered(lines: list[str], place: int) -> int | None:
    """Return where a block of lines numbered from 1 ends, if one begins here."""
    end = place
    while end < len(lines) and (found := _NUMBERED.match(lines[end])) and int(found.group(1)) == end - place + 1:
        end += 1
    return end if end - place > 3 else None


def _bare(line: str, margin: int) -> str:
    """Return a line without its number, which takes `margin` columns."""
    return line[margin:] if line[:margin].strip().isdecimal() else line.lstrip().lstrip("0123456789")


def _manifest(lines: list[str], place: int) -> int | None:
    """Return where a manifest ends that begins here, up to an empty line or a prompt."""
    begin = place
    while begin < len(lines) and lines[begin].startswith("#"):
        begin += 1
    if begin >= len(lines) or not _MANIFEST.match(lines[begin]):
        return None
    end = begin
    while end < len(lines) and lines[end].strip() and not _is_prompt(lines[end]):
        end += 1
    return end if end - begin > 2 else None


def _is_manifest(block: list[str]) -> bool:
    return any(_MANIFEST.match(line) for line in block) and not _is_prompt(block[0])


def _session(lines: list[str], place: int) -> int | None:
    """Return where a command and what it prints end, and the commands right after it, if one begins here."""
    if not _is_prompt(lines[place]):
        return None
    end = place
    while end < len(lines):
        if _is_prompt(lines[end]):
            begin = end
            end += 1
            while end < len(lines) and not is_complete("\n".join(lines[begin:end])) and end - begin < 60:
                end += 1
            continue
        if lines[end].strip():
            end += 1
            continue
        following = end
        while following < len(lines) and not lines[following].strip():
            following += 1
        if following >= len(lines) or _is_prompt(lines[following]) or not _goes_on(lines[following]) or (
                _UNDERLINE.fullmatch("".join(lines[following + 1:following + 2]))):
            break
        end = following
    return end


def _goes_on(line: str) -> bool:
    """Whether a line behind an empty one is still output, and not the text that goes on."""
    return bool(_OUTPUT.search(line)) and not _WIDE.search(line) and "•" not in line


def _is_prompt(line: str) -> bool:
    found = PROMPT.match(line)
    if found and found.group("text"):
        return found.group("prompt") not in ("#", "%", ">") or looks_like_command(found.group("text"), strict=True)
    return looks_like_command(line, strict=True) and not _WIDE.search(line.split("#")[0]) \
        and not line.rstrip().endswith((".", ":", "。"))
