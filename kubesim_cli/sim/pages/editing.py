"""What somebody changes in the editor that `kubectl edit` opens, as a page says it in words or shows it in part."""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ...machinery.types import Object

_FROM_TO = re.compile(r"\bfrom\s+`([^`\s]+)`\s+to\s+`([^`\s]+)`")
_REPLICAS = re.compile(r"\breplicas`?(?:\s+field)?\s+(?:to|is)\s+`?(\d+)\b")
_OF_AUTHORS = ("annotations", "finalizers", "labels")  # what is theirs in an object's metadata
_OF_SERVER = ("status", "managedFields", "annotations")


class Change:
    """Values that are replaced by others, (old, new), and parts of the object as they are then."""

    def __init__(self) -> None:
        self.values: list[tuple[str, str]] = []
        self.parts: list[Object] = []

    def __bool__(self) -> bool:
        return bool(self.values or self.parts)

    def say(self, words: str) -> None:
        """Take what words tell of it."""
        self.values += _FROM_TO.findall(words)
        self.parts += [{"replicas": int(number)} for number in _REPLICAS.findall(words)]

    def show(self, text: str) -> None:
        """Take a part of an object in YAML; what looks like the whole of one is no change."""
        from ...go.yaml import YamlError, load

        try:
            part = load(text)
        except YamlError:
            return
        if isinstance(part, dict) and "apiVersion" not in part:
            self.parts.append(part)

    def show_metadata(self, text: str) -> bool:
        """Take an object in YAML of which nothing but the metadata is shown; returns whether that tells a change."""
        from ruamel.yaml import YAML

        shown = YAML(typ="base", pure=True).load(text)
        own = {key: shown["metadata"][key] for key in _OF_AUTHORS if shown["metadata"].get(key)}
        if set(shown) - {"apiVersion", "kind", "metadata"} or not own:
            return False
        self.parts.append({"metadata": own})
        return True

    def apply(self, obj: Object) -> None:
        """Change an object."""
        for old, new in self.values:
            _replace(obj, old, new)
        for part in self.parts:
            for key, value in part.items():
                owner = _owner(obj, key)
                if owner is not None:
                    owner[key] = _merged(owner[key], value)


def _replace(value: Any, old: str, new: str) -> None:
    places = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in list(places):
        if each == old:
            value[key] = new
        elif key not in _OF_SERVER:
            _replace(each, old, new)


def _owner(obj: Object, key: str) -> Object | None:
    """Return the object in which a key stands that is nearest to the root."""
    level: list[Any] = [obj]
    while level:
        for each in level:
            if isinstance(each, dict) and key in each:
                return each
        level = [inner for each in level if isinstance(each, (dict, list))
                 for name, inner in (each.items() if isinstance(each, dict) else enumerate(each))
                 if name not in _OF_SERVER]
    return None


def _merged(old: Any, new: Any) -> Any:
    """Return a value with what a part of it tells; elements of lists are known by their names."""
    if isinstance(old, dict) and isinstance(new, dict):
        return {**old, **{key: _merged(old.get(key), value) for key, value in new.items()}}
    if isinstance(old, list) and isinstance(new, list) and all(isinstance(one, dict) and "name" in one
                                                               for one in [*old, *new]):
        known = {one["name"]: one for one in old}
        return list({**known, **{one["name"]: _merged(known.get(one["name"]), one) for one in new}}.values())
    return new
