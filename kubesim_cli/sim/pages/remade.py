"""What a page makes anew without a word about the object of that name that is there: that one is deleted before.

`kubectl create` makes nothing that is there, and `kubectl apply` changes next to nothing of a Pod or a Job.
"""

from __future__ import annotations

import re

from .commandline import Scan, arguments
from .model import Command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ...machinery.discovery import Discovery

    Objects = set[tuple[str, str, str]]  # (resource, name, namespace)

_FIXED = {"pods", "jobs.batch"}


class Made:
    """The objects that a page's commands have made so far. `objects` returns those of a manifest as (resource, name),
    `opened` the text behind a URL."""

    def __init__(self, objects: Callable[[str], list[tuple[str, str]]], discovery: Discovery,
                 opened: Callable[[str], str]):
        self._objects, self._discovery, self._opened = objects, discovery, opened
        self._files: dict[str, str] = {}
        self._made: dict[tuple[str, str, str], str] = {}  # object -> what it was made of
        self._gone: dict[tuple[str, str, str], tuple[str, int]] = {}  # those deleted, in which untold block

    def shown(self, name: str, text: str) -> None:
        """Take a file that the page shows."""
        self._files[name] = text

    def before(self, command: Command) -> list[str]:
        """Return the deletions that have to come before a command."""
        steps: list[str] = []
        listed = "\n".join(command.listing.lines) if command.listing else ""
        refused = re.search(r"exists|[Ee]rror|invalid", listed)
        for words in Scan(command.text).commands:
            if words[0] != "kubectl" or len(words) < 2:
                continue
            verb = next((word for word in words[1:] if not word.startswith("-")), "")
            if verb == "delete":
                if not re.search(r"[Ee]rror|not found", listed):
                    steps += self._again(words, listed, command.block)
                self._forget(words, command.text, listed, 0 if command.listing else command.block)
            if verb not in ("create", "apply", "run", "autoscale") or any(
                    word.startswith("--dry-run") for word in words):
                continue
            for entry, source in self._makes(verb, words).items():
                resource, name, namespace = entry
                anew = entry in self._made
                if verb == "apply":  # changes what is there, unless that cannot be, or the page says otherwise
                    anew = anew and ((self._made[entry] != source and resource in _FIXED)
                                     or _is_told(resource, name, "created", listed))
                if anew and not refused:
                    place = f" -n {namespace}" if namespace else ""
                    steps.append(f"kubectl delete {resource} {name}{place} --ignore-not-found --now")
                self._made[entry] = source
        return steps

    def _makes(self, verb: str, words: list[str]) -> dict[tuple[str, str, str], str]:
        """Return what a command makes, and of what: the name of a file, or the command's words."""
        namespace = _value(words, "-n", "--namespace")
        file = _value(words, "-f", "--filename")
        if file:
            text = self._files.get(file) or self._opened(file)
            return {(resource, name, namespace): file for resource, name in self._objects(text)} if text else {}
        plain = [word for word in words[2:] if not word.startswith("-")]
        if verb == "run" and plain:
            return {("pods", plain[0], namespace): " ".join(words)}
        if verb == "autoscale" and arguments(words[2:]):
            name = _value(words, "--name", "--name") or arguments(words[2:])[-1].rpartition("/")[2]
            return {("horizontalpodautoscalers.autoscaling", name, namespace): " ".join(words)}
        if verb == "create" and len(plain) > 1:
            found = self._discovery.find(plain[0])
            name = plain[2] if plain[0] in ("secret", "service", "svc") and len(plain) > 2 else plain[1]
            return {(found.name, name, namespace): " ".join(words)} if found else {}
        return {}

    def _again(self, words: list[str], listed: str, block: int) -> list[str]:
        """Return the commands that make anew what was deleted before, and is by this command. A listing tells of the
        commands before it in its block that have none, so that it says nothing about what one of these has deleted."""
        files: dict[str, None] = {}
        for entry, (source, gone_in) in list(self._gone.items()):
            if entry not in self._made and (source in self._files or "://" in source) and (
                    source in words or self._names(words, entry)
                    or (gone_in != block and _is_told(entry[0], entry[1], "deleted", listed))):
                files[source] = None
                self._made[entry], _ = self._gone.pop(entry)
        return [f"kubectl apply -f {file}" for file in files]

    def _forget(self, words: list[str], text: str, listed: str, block: int) -> None:
        for entry, source in list(self._made.items()):
            if "--all" in words or (entry[2] and entry[2] in words) or self._deletes(
                    entry, source, words, text, listed):
                self._gone[entry] = _value(words, "-f", "--filename") or source, block
                del self._made[entry]

    def _names(self, words: list[str], entry: tuple[str, str, str]) -> bool:
        """Whether a command names an object as KIND NAME or KIND/NAME."""
        kinds, *names = [*arguments(words[1:])[1:], ""]
        named = [word.partition("/")[::2] for word in (kinds, *names) if "/" in word]
        named += [(kind, name) for kind in kinds.split(",") for name in names if "/" not in kinds]
        return any(name == entry[1] and (found := self._discovery.find(kind)) is not None and found.name == entry[0]
                   for kind, name in named)

    @staticmethod
    def _deletes(entry: tuple[str, str, str], source: str, words: list[str], text: str, listed: str) -> bool:
        resource, name, _ = entry
        return bool(re.search(rf"[\s/=]{re.escape(name)}(?:\s|$)", text)) or source in words \
            or _is_told(resource, name, "deleted", listed)


def _is_told(resource: str, name: str, done: str, listed: str) -> bool:
    """Whether a listing says what was done to an object."""
    kind = re.escape(resource.partition(".")[0].rstrip("s"))
    return bool(re.search(rf"^\s*{kind}\w*[\w.]*(?:/| \"){re.escape(name)}\"? {done}", listed, re.M | re.I))


def _value(words: list[str], short: str, long: str) -> str:
    """Return the value of a flag, "" without it."""
    for place, word in enumerate(words):
        if word in (short, long) and place + 1 < len(words):
            return words[place + 1]
        if word.startswith((f"{long}=", f"{short}=")):
            return word.partition("=")[2]
    return ""
