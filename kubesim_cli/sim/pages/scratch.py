"""A page's own folder: what it takes for its home, /usr/local/bin and /tmp."""

from __future__ import annotations

import os
import re

from . import layout
from .commandline import Scan

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

PROGRAMS, TEMPORARY = "/usr/local/bin", "/tmp"  # stand for folders below the page's home
_PLACE = re.compile(rf"(?<![\w/.-])(?:{PROGRAMS}|{TEMPORARY})(?![\w.-])")
_AS_ROOT = re.compile(r"\bsudo\s+(?=(?:mv|cp|chmod|rm|ln|ls|cat|mkdir|touch|tee)\s)")
# What a here-document is that speaks of this machine's folders, and not of those of nodes and containers.
_OF_THIS_MACHINE = re.compile(r"#!|.*\bkind\.x-k8s\.io/", re.S)
_IN_CONTAINERS = {"exec", "run", "attach", "debug"}
_INSTALLING = {"mv", "cp", "ln", "tee", "install"}
_TEXT = {"echo", "printf"}  # whose words become a part of something else
# Flags of kubectl whose values are no files.
_DATA = {"--from-literal", "--overrides", "--patch", "-p", "--raw", "--env"}


def without_root(text: str) -> str:
    """Return a command without the `sudo` that nobody needs for what becomes of it here."""
    return _AS_ROOT.sub("", text)


def to_scratch(text: str, home: str, given: Sequence[str] = ()) -> str:
    """Return a command with folders of the page's home for /usr/local/bin and /tmp, where they mean this machine's:
    not in what is done in a container, nor in what objects have in them, nor in the path of a folder that is `given`.
    """
    if PROGRAMS not in text and TEMPORARY not in text:
        return text
    scan = Scan(text)
    spans = [span for words, places in zip(scan.commands, scan.places) for span in _of_this_machine(words, places)]
    spans += scan.targeted + scan.assigned
    spans += [(begin, end) for begin, end in scan.documents if _OF_THIS_MACHINE.match(text[begin:end])]

    def moved(found: re.Match[str]) -> str:
        meant = any(begin <= found.start() < end for begin, end in spans) and not text.startswith(
            tuple(given), found.start())
        return home + found.group() if meant else found.group()

    return _PLACE.sub(moved, text)


def _of_this_machine(words: Sequence[str], places: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return where those words of a command stand that name this machine's files."""
    if words[0] in _TEXT:
        return []
    if words[0] != "kubectl":
        return list(places)
    if _IN_CONTAINERS.intersection(words):
        return []
    end = words.index("--") if "--" in words else len(words)
    return [place for word, place, before in zip(words[:end], places, ["", *words])
            if word.startswith(("/", "-")) and not _DATA.intersection((before, word.partition("=")[0]))]


def to_page(output: str, home: str) -> str:
    """Return an output with the machine's folders for those in the page's `home`, and a home like everybody's."""
    for folder in (PROGRAMS, TEMPORARY):
        output = output.replace(home + folder, folder)
    return output.replace(home, "/home/user")


def installed(text: str) -> set[str]:
    """Return the programs that a command puts into /usr/local/bin, by their names."""
    scan = Scan(text)
    paths = [*scan.targets]
    for words in scan.commands:
        words = words[1:] if words[0] == "sudo" else words
        if words and words[0] in _INSTALLING and words[-1].startswith(PROGRAMS):
            given = [word for word in words[1:-1] if not word.startswith("-")]
            paths += [words[-1]] if os.path.basename(words[-1]) not in ("", "bin") else [
                f"{PROGRAMS}/{os.path.basename(word)}" for word in given]
    return {os.path.basename(path) for path in paths if os.path.dirname(path) == PROGRAMS}


def make(home: str) -> None:
    """Make what stands for the machine's folders."""
    for folder in (PROGRAMS, TEMPORARY):
        os.makedirs(home + folder)


def write(folder: str, home: str, name: str, text: str, appended: bool = False) -> None:
    """Put a file that a page shows where its commands find it, from the working directory; what would be outside of
    the page's `folder` is not there. `appended`: the text comes behind what the file has."""
    name = _PLACE.sub(lambda found: home + found.group(), name)
    if not text or not name or not holds(folder, name):
        return
    os.makedirs(os.path.dirname(os.path.abspath(name)), exist_ok=True)
    if appended and os.path.isfile(name):
        with open(name, encoding="utf-8") as file:
            text = layout.appended(file.read(), text)
    if _OF_THIS_MACHINE.match(text):
        text = _PLACE.sub(lambda found: home + found.group(), text)
    with open(name, "w", encoding="utf-8") as file:
        file.write(text)


def holds(folder: str, path: str) -> bool:
    """Whether a path, seen from the working directory, is in a folder, wherever links lead."""
    folder = os.path.realpath(folder)
    return os.path.commonpath([folder, os.path.realpath(path)]) == folder
