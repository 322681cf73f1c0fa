"""What a description of images says: one of the files *.yaml beside this, or one of the user's own.

    names       the repositories that it is about, docker.io/library/nginx
    tags        which there are: `words`, `versions` (1.9-1.31, from the first to the last; 1.9 alone is one), see Tags;
                absent: any
    version     the newest version, which {version} means in what follows where the tag names none, and {series} in its
                first two parts; `releases`: others, for tags that name a part of one
    size        bytes; `pull`: seconds that pulling takes, otherwise by the size
    from        another description whose files, programs, users and settings it goes on from
    variants    {WORD: FIELDS}: what is otherwise where the tag has that word, as in nginx:1.27-alpine
    entrypoint, command, user (UID or UID:GID), workdir, env, ports: as an image's configuration has them
    stop        the signal that ends a container, TERM where it tells none
    code        the exit code that its own command has then, 0 where it tells none; 137: it does not heed the signal
    runs        true: by its default command it goes on until it is stopped
    healthy     true: probes over the network find it well, whatever they ask
    needs       variables of which one has to be set for that; `config`: folders whose files it depends on
    shell       what /bin/sh is: dash, ash, bash, or none
    programs    what is on its PATH, words; a path where it is elsewhere than in /usr/bin, NAME=OTHER where another
                program plays it. Absent: all there are
    applets     {FOLDER: WORDS}: the names of /bin/busybox, symbolic links to it; where `hardlinked`, the same file
    users       {NAME: UID}, beside root and nobody
    groups      {NAME: [GID, USER ...]}, beside those of the users
    folders     paths of empty folders, PATH or PATH UID MODE
    links       {PATH: TARGET}
    files       {PATH: TEXT}; `scripts`: those that are executable
    servers     {PROGRAM: FIELDS}: programs played by what is told here of them, see runtime/bin/daemons.py
    processes   {PROGRAM: FIELDS}: how programs that serve show in lists of processes: `title`, with {command} for the
                command line and {port}; `user`: who they become where root starts them; `children`: titles of those
                that are there beside them, of the user `worker`, and `apart`: how far the numbers of these are away
    usage       cpu and memory that a container uses while nobody asks it for anything, quantities; `request`: CPU that
                answering a request takes, in seconds of a core (16m are 16 ms), which is how long it takes at least
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ...machinery.types import Object

# What is known of an image without reading its file: the index has it.
INDEXED = ("names", "tags", "version", "releases", "size", "pull", "entrypoint", "command", "runs", "needs", "config",
           "healthy", "usage", "ports", "stop", "code")
_DIGITS = frozenset("0123456789.")
FASTEST, SLOWEST = 1.0, 5.0   # seconds that a pull takes by an image's size
PER_SECOND = 100_000_000      # bytes of them


def _numbers(text: str) -> tuple[int, ...] | None:
    """Return the numbers of a version as 1.27.3, or 19beta3; None where it is none."""
    if text[:1] == "v":
        text = text[1:]
    found = []
    parts = text.split(".")
    for i, part in enumerate(parts):
        digits = len(part) - len(part.lstrip("0123456789"))
        if not digits or (digits < len(part) and (i + 1 < len(parts) or not part[digits:].isalnum())):
            return None
        found.append(int(part[:digits]))
    return tuple(found)


def _within(version: tuple[int, ...], span: str) -> bool:
    first, _, last = span.partition("-")
    low, high = _numbers(first), _numbers(last or first)
    if low is None or high is None or (not last and len(version) < len(low)):
        return False
    return low[:len(version)] <= version[:len(low)] and version[:len(high)] <= high[:len(version)]


class Tags:
    """Which tags an image has: a version or a word, then words and numbers, joined by hyphens.

    A word may have a version of its own behind it, as in alpine3.20; a version goes on with what was not told of it:
    where there is a 1.27 there is a 1.27.3, and where there are 1.26-1.27 there is a 1.
    """

    def __init__(self, described: Object | None):
        self.any = described is None
        self.words = frozenset((described or {}).get("words") or ())
        self.versions = [str(span) for span in (described or {}).get("versions") or ()]

    def have(self, tag: str) -> bool:
        """Tell whether there is a tag."""
        if self.any:
            return True
        first, *rest = tag.split("-")
        version = _numbers(first)
        if version is None:
            return all(self._is_word(part) for part in (first, *rest)) and (
                self._is_known(first) or any(map(self._is_known, rest)))
        return any(_within(version, span) and (span[:1] == "v") == (first[:1] == "v") for span in self.versions) and (
            all(map(self._is_word, rest)))

    def _is_known(self, word: str) -> bool:
        return word in self.words or word.rstrip("0123456789.") in self.words

    def _is_word(self, word: str) -> bool:
        return self._is_known(word) or (bool(word) and _numbers(word) is not None)


def version_of(described: Object, tag: str) -> str:
    """Return the version that an image of a tag has, in as many parts as the newest."""
    newest = str(described.get("version") or "")
    first = tag.partition("-")[0].removeprefix("v")
    if not first or not _DIGITS.issuperset(first) or not newest:
        return newest
    for known in (newest, *map(str, described.get("releases") or ())):
        if known.startswith(first + "."):
            return known
    return first + ".0" * max(newest.count(".") - first.count("."), 0)


def of_tag(described: Object, tag: str) -> Object:
    """Return a description as it is for a tag: with what the variants change."""
    variants = described.get("variants") or {}
    for part in tag.split("-"):
        change = variants.get(part) or variants.get(part.rstrip("0123456789."))
        if change:
            described = {**described, **change}
    return described


class Facts:
    """What is known of an image without its files. `key` names it; see image.of."""

    __slots__ = ("bare", "code", "command", "config", "entrypoint", "healthy", "key", "needs", "ports", "pull", "runs",
                 "size", "stop", "usage", "version")

    def __init__(self, key: str, described: Object, tag: str, size: int):
        """`size`: bytes, where the description does not tell."""
        self.key = key
        self.version = version_of(described, tag)
        self.size: int = described.get("size") or size
        self.pull: float = described.get("pull") or pull_time(self.size)
        self.entrypoint: list[str] = described.get("entrypoint") or []
        self.command: list[str] = described.get("command") or []
        self.runs: bool = bool(described.get("runs"))
        self.healthy: bool = bool(described.get("healthy"))
        self.needs: list[str] = described.get("needs") or []
        self.config: list[str] = described.get("config") or []
        self.stop: str = described.get("stop") or "TERM"
        self.code: int = described.get("code") or 0
        self.ports: list[object] = described.get("ports") or []
        self.usage: dict[str, Any] = described.get("usage") or {}
        self.bare: bool = described.get("shell") == "none"  # there is no shell, nor what comes with one


def pull_time(size: int) -> float:
    """Return how many seconds pulling so many bytes takes."""
    return min(max(size / PER_SECOND, FASTEST), SLOWEST)
