"""Where a command makes system calls, and which of these places are alike.

A place is a system call's name and which one of that name it is: what strace can fail or kill at. Places are of one
kind where the call is the same, on the same file but for what is random in its name, and made by the same lines of
Python, from kubesim's first to its last: thousands of reads of one loop are one kind. The lines are known because the
command (children.py, `marked`) makes a system call of its own before each call into io and posix, which tells them.
"""

from __future__ import annotations

import os
import random
import re
import sys
import zlib
from collections import Counter
from typing import NamedTuple

MARK = "@"  # what the names of files begin with that are asked for to tell where the command is; none has such a name
# System calls that are about nothing but their process.
_INSIDE = {"brk", "mmap", "munmap", "mremap", "madvise", "mprotect", "rt_sigaction", "rt_sigprocmask", "exit_group",
           "futex", "restart_syscall", "rt_sigtimedwait", "getpid"}
_CALL = re.compile(r"([a-z]\w+)\((.*)")
_MARKED = re.compile(rf'[^"]*"{MARK}(\w+)"')
_FILE = re.compile(r'"(/[^"]*)"|\d+<(/[^>]*)>')
_RANDOM = [(re.compile(r"\.[0-9a-f]{12}\.tmp"), ".tmp"), (re.compile(r"/[0-9a-f]{64}"), "/BLOB"),
           (re.compile(r"^/proc/\d+"), "/proc/self"), (re.compile(r"/#\d+$"), "/unnamed")]


class Place(NamedTuple):
    call: str
    when: int  # which one of that name, from 1 on
    kind: tuple[str, str, str] = "", "", ""  # the call, the file, a number that stands for the lines of Python


def mark() -> None:
    """Tell from now on, by system calls, which lines make the ones that follow."""
    from os import access

    def told(frame, event, function) -> None:
        if event != "c_call":
            return
        of = getattr(function, "__self__", None)
        if (getattr(of, "__name__", None) or type(of).__module__) not in ("posix", "io", "_io", "fcntl", "resource"):
            return
        lines = []
        while frame is not None:
            lines.append(f"{frame.f_code.co_filename}:{frame.f_lineno}")
            frame = frame.f_back
        access(f"{MARK}{zlib.crc32(' '.join(dict.fromkeys(lines)).encode()):08x}", 0)

    sys.setprofile(told)


def parse(trace: str, home: str = "") -> list[Place]:
    """Return the places of a trace, in order. With `strace -y` of a marked command they have kinds; `home`: its own."""
    found: list[Place] = []
    mark, seen = "", Counter[str]()
    for line in trace.splitlines():
        call = _CALL.match(line)
        if call is None:
            continue
        name, rest = call.groups()
        marked = _MARKED.match(rest)
        if marked:
            mark = marked[1]
            continue
        seen[name] += 1
        if name not in _INSIDE:
            found.append(Place(name, seen[name], (name, _file(rest, home), mark)))
    return found


def _file(arguments: str, home: str) -> str:
    """Return which file a call is about, but for what is random in its name."""
    match = _FILE.search(arguments)
    if match is None:
        return ""
    return named((match[1] or match[2]).removeprefix(home).removeprefix(os.path.dirname(home)))


def named(path: str) -> str:
    """Return a path without what is random in it."""
    for pattern, instead in _RANDOM:
        path = pattern.sub(instead, path)
    return path


def one_of_each(places: list[Place], rng: random.Random) -> list[Place]:
    """Return the first and the last of each kind, and one in between where there are any."""
    kinds: dict[tuple[str, str, str], list[Place]] = {}
    for place in places:
        kinds.setdefault(place.kind, []).append(place)
    return [place for alike in kinds.values()
            for place in dict.fromkeys([alike[0], rng.choice(alike), alike[-1]])]
