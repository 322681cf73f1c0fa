"""Outputs that authors put as comments behind the commands of a script, so that the whole block can be pasted."""

from __future__ import annotations

import re

from .commandline import is_complete
from .programs import looks_like_command
from .tables import header

_COMMENT = re.compile(r"#(?!!) ?")
# What kubectl says that it has done, and what it says when it has not.
_TOLD = re.compile(r"[a-z][a-z.0-9]*/[\w.-]+ (?:\w+ed|rolled back|serverside-applied|image updated|env updated)\b"
                   r"|\S+ \"[^\"]+\" (?:deleted|created|force deleted)\b"
                   r"|Error from server \(|error: |No resources found")


def shown(lines: list[str]) -> list[str]:
    """Return the lines of a block with the outputs that stand in comments as a terminal shows them: those right behind
    a command, up to the next line that is none, whose first is a table's header or what kubectl says of a change."""
    out: list[str] = []
    command: list[str] = []  # the lines of the last command
    printed = False          # whether the comments are an output
    for line in lines:
        mark = _COMMENT.match(line)
        if mark and command and not printed:
            text = line[mark.end():]
            printed = bool(header(text) or _TOLD.match(text)) and is_complete("\n".join(command))
            command = [] if not printed else command
        if mark and printed:
            out.append(line[mark.end():])
            continue
        printed = False
        if command and not is_complete("\n".join(command)):
            command.append(line)
        else:
            command = [line] if not mark and looks_like_command(line, strict=True) else []
        out.append(line)
    return out


def without(printed: list[str]) -> list[str]:
    """Return an output without the comments on the next command, which stand behind an empty line at its end."""
    end = len(printed)
    while end and printed[end - 1].startswith("#"):
        end -= 1
    return printed[:end - 1] if end < len(printed) and end and not printed[end - 1].strip() else printed
