"""Whether a description of images is one: its fields, and what stands in each (description.py tells what they mean)."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ...machinery.types import Object

    Check = Callable[[object], str]

SIGNALS = ("HUP", "INT", "QUIT", "KILL", "TERM", "USR1", "USR2", "WINCH")
OFFICIAL = "official"  # the file here that describes no image
LARGEST = 1 << 44  # bytes of an image


class Invalid(ValueError):
    """A description that is none; the message tells why."""


def _text(value: object) -> str:
    return "" if isinstance(value, str) else "has to be a string"


def _scalar(value: object) -> str:
    return "" if isinstance(value, (str, int, float)) else "has to be a string or a number"


def _number(most: float) -> Check:
    def check(value: object) -> str:
        good = isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= most
        return "" if good else f"has to be a number from 0 to {most:g}"

    return check


def _whole(most: int) -> Check:
    def check(value: object) -> str:
        good = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most
        return "" if good else f"has to be a whole number from 0 to {most}"

    return check


def _flag(value: object) -> str:
    return "" if isinstance(value, bool) else "has to be true or false"


def _path(value: object) -> str:
    good = isinstance(value, str) and value.startswith("/") and "\0" not in value and ".." not in value.split("/")
    return "" if good and str(value).rstrip("/") else "has to be an absolute path"


def _among(*words: str) -> Check:
    return lambda value: "" if value in words else f"has to be {', '.join(words[:-1])} or {words[-1]}"


def _user(value: object) -> str:
    parts = value.split(":") if isinstance(value, str) else []
    good = 1 <= len(parts) <= 2 and all(part.isascii() and part.isdigit() and len(part) < 11 for part in parts)
    return "" if good else 'has to be "UID" or "UID:GID"'


def _folder(value: object) -> str:
    parts = value.split() if isinstance(value, str) else []
    good = 1 <= len(parts) <= 3 and not _path(parts[0]) and all(part.isdigit() for part in parts[1:]) and (
        len(parts) < 3 or set(parts[2]) <= set("01234567"))
    return "" if good else "has to be PATH or PATH UID MODE"


def _group(value: object) -> str:
    good = isinstance(value, list) and value and not _whole(2**32 - 2)(value[0]) and not _list(_text)(value[1:])
    return "" if good else "has to be [GID, USER ...]"


def _programs(value: object) -> str:
    if not isinstance(value, str):
        return "has to be a string"
    bad = [word for word in value.split() if not word.partition("=")[0].rpartition("/")[2] or ".." in word]
    return f'has no program in "{bad[0]}"' if bad else ""


def _base(value: object) -> str:
    good = isinstance(value, str) and value.replace("-", "").isalnum() and value.islower() and value != OFFICIAL
    known = good and os.path.exists(os.path.join(os.path.dirname(__file__), f"{value}.yaml"))
    return "" if known else f'names no description that is built in: "{value}"'


def _quantity(value: object) -> str:
    from ...machinery import quantity

    try:
        quantity.milli(value if isinstance(value, str) else "")
        return ""
    except ValueError:
        return "has to be a quantity"


def _list(each: Check) -> Check:
    def check(value: object) -> str:
        if not isinstance(value, list):
            return "has to be a list"
        return next((f"[{i}] {why}" for i, item in enumerate(value) if (why := each(item))), "")

    return check


def _map(each: Check, key: Check = _text) -> Check:
    def check(value: object) -> str:
        if not isinstance(value, dict):
            return "has to be a mapping"
        return next((f'"{name}" {why}' for name, item in value.items() if (why := key(name) or each(item))), "")

    return check


def _fields(known: dict[str, Check]) -> Check:
    def check(value: object) -> str:
        if not isinstance(value, dict):
            return "has to be a mapping"
        for name, item in value.items():
            if name not in known:
                return f'has an unknown field "{name}"'
            if why := known[name](item):
                return f".{name}{why}" if why[0] in ".[" else f".{name} {why}"
        return ""

    return check


def _made(value: object) -> str:
    if not isinstance(value, dict) or not all(isinstance(value.get(key), str) for key in ("path", "kind")):
        return "has to be an object with its path and kind"
    return ""


_PORTS = _list(_whole(65535))
_SERVER: dict[str, Check] = {
    "ports": _PORTS, "secure": _PORTS, "stream": _among("stdout", "stderr"), "lines": _list(_text),
    "ready": _list(_text), "refusal": _list(_text), "needs": _list(_text),
    "after": _number(86400), "every": _number(86400), "steady": _text,
    "answer": _text, "replies": _map(_text), "signals": _map(_whole(255), _among(*SIGNALS)), "parting": _text,
    "ends": _whole(255), "makes": _list(_made)}
_PROCESS: dict[str, Check] = {"title": _text, "user": _text, "children": _list(_text), "worker": _text,
                              "apart": _whole(1000)}
FIELDS: dict[str, Check] = {
    "names": _list(_text), "tags": _fields({"words": _list(_text), "versions": _list(_scalar)}), "version": _text,
    "releases": _list(_scalar), "size": _number(LARGEST), "pull": _number(86400), "from": _base,
    "entrypoint": _list(_text), "command": _list(_text), "user": _user, "workdir": _path, "env": _map(_scalar),
    "ports": _PORTS, "stop": _among(*SIGNALS), "runs": _flag, "healthy": _flag, "code": _whole(255),
    "needs": _list(_text), "config": _list(_path),
    "shell": _among("dash", "ash", "bash", "none"), "programs": _programs,
    "applets": _map(_programs, _path), "hardlinked": _flag, "users": _map(_whole(2**32 - 2)),
    "groups": _map(_group),
    "folders": _list(_folder), "links": _map(_text, _path), "files": _map(_text, _path), "scripts": _map(_text, _path),
    "servers": _map(_fields(_SERVER)), "processes": _map(_fields(_PROCESS)),
    "usage": _fields({"cpu": _quantity, "memory": _quantity, "request": _quantity})}


def check(described: Object) -> None:
    """Raise Invalid where a description is not one."""
    if not isinstance(described, dict):
        raise Invalid("an image is described by a mapping")
    if not described.get("names"):
        raise Invalid("names has to list the images' names")
    _check_fields(described)
    variants = described.get("variants", {})
    if not isinstance(variants, dict):
        raise Invalid("variants has to be a mapping")
    for word, change in variants.items():
        if not isinstance(change, dict):
            raise Invalid(f'variants "{word}" has to be a mapping')
        _check_fields(change)


def _check_fields(described: Object) -> None:
    for field, value in described.items():
        if field == "variants":
            continue
        if field not in FIELDS:
            raise Invalid(f'unknown field "{field}"')
        if why := FIELDS[field](value):
            raise Invalid(f"{field}{why}" if why[0] in ".[" else f"{field} {why}")
