"""busybox: a program of many names, its applets. It looks at their options before they do, and tells how they are used.

What it says stands in applets.json, which hack/applets.py makes: of each applet how it is used, its options as
getopt(3) is told them (None: it does not ask that), its long ones, and the exit code of a wrong one.
"""

from __future__ import annotations

import os

from ....go.jsontext import Entries, text_of
from ...images import image
from ..dates import strftime
from . import flavour

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..kernel.process import Process

_table: list[Entries] = []
_OTHERS = ("sh", "ash", "bash", "busybox", "find", "ip", "[", "[[", "test")  # that read all arguments themselves
_RUNNERS = ("nc",)  # that cut off what stands behind -e before they ask getopt (networking/nc_bloaty.c)
# busybox' version in the releases of Alpine, the newest first.
_OF_ALPINE = (("3.21", "1.37.0"), ("3.18", "1.36.1"), ("3.16", "1.35.0"), ("3.15", "1.34.1"), ("3.14", "1.33.1"))


def of(process: Process) -> list[str]:
    """Return the names that busybox has in a container."""
    return names(flavour.image(process))


def names(key: str) -> list[str]:
    """Return the names that busybox has in an image (see images.image.of), its own among them."""
    known = image.of(key)
    if not known.applets and not known.is_known:
        return [*_entries()]
    return ["busybox", *(word for words in known.applets.values() for word in words)]


def version(process: Process) -> str:
    """Return the first line that busybox says of itself."""
    name, _, tag = flavour.image(process).rpartition("/")[2].partition(":")
    number = image.version("busybox", tag) if name == "busybox" else "1.37.0"
    release = flavour.alpine(process)
    if release:
        parts = [int(part) if part.isdigit() else 0 for part in release.split(".")[:2]]
        number = next((each for first, each in _OF_ALPINE if parts >= [int(part) for part in first.split(".")]),
                      _OF_ALPINE[-1][1])
    return f"BusyBox v{number} ({strftime('%Y-%m-%d %H:%M:%S', image.BUILT)} UTC) multi-call binary."


def usage(process: Process, name: str, status: int) -> int:
    """Say how an applet is used; return the exit code (libbb/appletlib.c, bb_show_usage)."""
    process.write(f"{version(process)}\n\nUsage: {_entries()[name][0]}\n", 2)
    return status


def _entries() -> Entries:
    if not _table:
        _table.append(Entries(text_of(os.path.join(os.path.dirname(__file__), "applets.json"))))
    return _table[0]


def refuses(name: str) -> bool:
    """Tell whether an applet may refuse options, see `refused`."""
    return name not in _OTHERS and name in _entries()


def refused(process: Process, name: str) -> int | None:
    """Return the exit code of an applet that does not like its options, None where it does."""
    _, options, longs, status = _entries()[name]
    words = process.argv[1:]
    if name in _RUNNERS and "-e" in words:  # the program that is to be run, with its own options
        words = words[:words.index("-e")]
    if words == ["--help"]:
        return usage(process, name, 0)
    if options is None:
        return None
    if not _wrong(words, options, longs, False):
        return None
    why = _wrong(words, options, longs, flavour.alpine(process) != "")
    process.write(f"{process.argv[0].rpartition('/')[2]}: {why}\n", 2)
    return usage(process, name, status)


def _wrong(words: list[str], options: str, longs: list[str] | None, musl: bool) -> str:
    """Return what getopt_long(3) says of the first option that is wrong, "" where none is."""
    stops, words = options[:1] == "+", list(words)
    while words:
        word = words.pop(0)
        if word == "--" or (stops and (word[:1] != "-" or word == "-")):
            break
        if word.startswith("--"):
            name, equals, _ = word[2:].partition("=")
            if longs is None:
                continue
            found = next((each for each in longs if each.rstrip("=") == name),
                         next((each for each in longs if each.startswith(name)), None))
            if found is None:
                return f"unrecognized option: {name}" if musl else f"unrecognized option '{word}'"
            if found.endswith("=") and not equals:
                if not words:
                    return f"option requires an argument: {name}" if musl else f"option '{word}' requires an argument"
                words.pop(0)
        elif word[:1] == "-" and word[1:] and not word[1].isdigit():
            rest = word[1:]
            while rest:
                letter, rest = rest[0], rest[1:]
                if letter.isalpha() and letter not in options.replace(":", ""):
                    return f"unrecognized option: {letter}" if musl else f"invalid option -- '{letter}'"
                if f"{letter}::" in options:
                    rest = ""  # what stands behind it is its value, which need not be
                elif f"{letter}:" in options:
                    if not rest and not words:
                        return (f"option requires an argument: {letter}" if musl else
                                f"option requires an argument -- '{letter}'")
                    if not rest:
                        words.pop(0)
                    rest = ""
    return ""
