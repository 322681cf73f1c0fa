"""What is in an image: its files, programs, users and environment, read from its description when it is played.

The descriptions are the files *.yaml here. What is read is what hack/images.py has made of them: descriptions.json,
which has one a line, so that no container needs YAML.
"""

from __future__ import annotations

import os

from ...go.jsontext import Entries, loads, text_of
from . import names
from .catalogue import BUILT_IN
from .description import of_tag, version_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ...machinery.types import Object

# What a description does not take over from the one that it goes on from.
_OWN = frozenset(("names", "tags", "releases", "size", "pull", "entrypoint", "command", "runs", "stop", "code", "needs",
                  "config", "ports", "usage", "healthy"))
# Mappings, which add to those below.
_CHANGING = frozenset(("env", "users", "links", "files", "scripts", "servers", "processes", "groups"))
_MOST_BASES = 8
BUILT = 1_760_000_000.0  # when images were made
BUSYBOX = "/bin/busybox"  # of which applets are names
_descriptions: list[Entries] = []  # of descriptions.json, once it was read
_images: dict[str, Image] = {}


def parse(text: str) -> Object:
    """Return the description that a YAML text is; raises checking.Invalid."""
    from ...go import yaml
    from .checking import Invalid, check

    try:
        found = yaml.load(text, version3=True)
    except yaml.YamlError as error:
        raise Invalid(str(error)) from None
    check(found)
    described: Object = found
    return described


def read(file: str) -> Object:
    """Return the description in a file here, which is named without .yaml."""
    if not _descriptions:
        _descriptions.append(Entries(text_of(os.path.join(os.path.dirname(__file__), "descriptions.json"))))
    described: Object = _descriptions[0][file]
    return described


class Image:
    """An image. `programs`: None where nothing is known of it but its name; then it has all that there are.

    How it is started is not in here: description.Facts tells it without reading all this.
    """

    __slots__ = ("applets", "env", "files", "folders", "groups", "hardlinked", "healthy", "links", "processes",
                 "programs", "request", "scripts", "servers", "shell", "user", "users", "workdir")

    def __init__(self, name: str, described: Object | None):
        tag = names.split(name)[1] or "latest"
        whole = _whole(described or {}, tag)
        programs = whole.get("programs")
        self.programs: list[str] | None = None if programs is None else programs.split()
        self.applets: dict[str, list[str]] = {folder: words.split()
                                              for folder, words in (whole.get("applets") or {}).items()}
        self.hardlinked = bool(whole.get("hardlinked"))
        self.env: dict[str, str] = {key: str(value) for key, value in (whole.get("env") or {}).items()}
        self.user: str = whole.get("user") or "0"
        self.workdir: str = whole.get("workdir") or "/"
        self.shell: str = whole.get("shell") or ("none" if programs is not None else "ash" if "alpine" in tag else
                                                 "dash")
        self.users: dict[str, int] = whole.get("users") or {}
        self.groups: dict[str, list[Any]] = whole.get("groups") or {}
        self.processes: dict[str, Object] = whole.get("processes") or {}
        self.folders: list[str] = whole.get("folders") or []
        self.links: dict[str, str] = whole.get("links") or {}
        self.files: dict[str, str] = whole.get("files") or {}
        self.scripts: dict[str, str] = whole.get("scripts") or {}
        self.servers: dict[str, Object] = whole.get("servers") or {}
        own = of_tag(described or {}, tag)
        self.request = _request(own)  # milliseconds of CPU that answering one takes
        self.healthy = bool(own.get("healthy"))

    @property
    def is_known(self) -> bool:
        """Whether it has the programs that its description lists, and no others."""
        return self.programs is not None


def of(key: str) -> Image:
    """Return the image of a key of catalogue.Catalogue.key."""
    found = _images.get(key)
    if found is None:
        if key.startswith("{"):
            own = loads(key)
            found = Image(own.pop("image"), own)
        else:
            file = BUILT_IN.file(key)
            found = Image(key, None if file is None else read(file))
        _images[key] = found
    return found


def version(file: str, tag: str) -> str:
    """Return the version that the image of a file here has by its tag."""
    return version_of(read(file), tag)


def _request(described: Object) -> int:
    cost = (described.get("usage") or {}).get("request")
    if not cost:
        return 0
    from ...machinery import quantity

    return quantity.milli(cost)


def _whole(described: Object, tag: str) -> Object:
    """Return a description with those that it goes on from, each with its version put in."""
    whole: Object = {}
    for _ in range(_MOST_BASES):
        found = _with_version(of_tag(described, tag), version_of(described, tag))
        for field in found.keys() - _OWN:
            value = found[field]
            if field == "users":  # a number has one name
                value = {name: uid for name, uid in value.items() if uid not in whole.get(field, {}).values()}
            if field in _CHANGING:
                whole[field] = {**value, **whole.get(field, {})}
            elif field == "programs" or field == "folders":
                whole[field] = value + (" " if field == "programs" else []) + whole[field] if field in whole else value
            else:
                whole.setdefault(field, value)
        base = found.get("from")
        if not base:
            break
        described, tag = read(base), ""
    return whole


def _with_version(value: Object, version: str) -> Object:
    """Return a value with the version, and its first two parts, in all its texts."""
    if isinstance(value, str):
        series = ".".join(version.split(".")[:2])
        return value.replace("{version}", version).replace("{series}", series)  # type: ignore[return-value]
    if isinstance(value, dict):
        return {key: _with_version(each, version) for key, each in value.items()}
    if isinstance(value, list):
        return [_with_version(each, version) for each in value]  # type: ignore[return-value]
    return value
