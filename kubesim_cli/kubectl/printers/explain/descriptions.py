"""Descriptions of kinds and fields, from the docstrings of the optional library lightkube-models.

They are read from its source, as importing its modules takes lightkube as well.
"""

from __future__ import annotations

import os
import re

_WIDTH = 78  # its docstrings are filled to this width
_FIELD = re.compile(r"^      \* \*\*(\w+)\*\* ``[^`]*``(?: - )?", re.M)
_RENAMED = {"d_ref": "$ref", "d_schema": "$schema"}
_DASHED = "x_kubernetes_"


class Descriptions:
    """`descriptions(name)` returns (description, {field: description}) of a definition of OpenAPI; empty for unknown.

    `folder` is the library's folder of models, or None where it is not installed.
    """

    def __init__(self, folder: str | None) -> None:
        self.folder = folder
        self._sources: dict[str, str] = {}

    def __call__(self, name: str) -> tuple[str, dict[str, str]]:
        package, _, kind = name.rpartition(".")
        group, version = package.split(".")[-2:]
        start = f"\nclass {kind}(DictMixin):\n    r\"\"\""
        _, found, rest = self._source(f"{group}_{version}").partition(start)
        if not found:
            return "", {}
        head, _, fields = rest.partition('"""')[0].partition("\n      **parameters**\n")
        parts = _FIELD.split(fields)[1:]
        return _joined(head, 6, "\n"), {_field_name(field): _joined(text, 8, "\n\n")
                                        for field, text in zip(parts[::2], parts[1::2])}

    def _source(self, module: str) -> str:
        if module not in self._sources:
            path = os.path.join(self.folder or "", f"{module}.py")
            text = ""
            if self.folder and os.path.exists(path):
                with open(path, encoding="utf-8") as file:
                    text = file.read()
            self._sources[module] = text
        return self._sources[module]


def installed() -> str | None:
    """Return the folder of lightkube's models, None where they are not installed."""
    from importlib.util import find_spec

    spec = find_spec("lightkube")
    for folder in (spec.submodule_search_locations if spec else None) or ():
        models = os.path.join(folder, "models")
        if os.path.isdir(models):
            return models
    return None


def _field_name(name: str) -> str:
    """Return the field that a Python attribute stands for."""
    if name.startswith(_DASHED):
        return name.replace("_", "-")
    return _RENAMED.get(name, name.rstrip("_"))


def _joined(text: str, indent: int, line_break: str) -> str:
    """Undo the filling: lines are joined again where a line ended only because the next word was too long for it."""
    first, *rest = text.rstrip().split("\n")
    before = out = first
    for line in rest:
        line = line[indent:]
        word = line.split(" ")[0]
        if not line or not before or line[0].isspace() or before[0].isspace():
            out += "\n" + line
        elif len(before) + 1 + len(word) > _WIDTH:
            out += " " + line
        else:
            out += line_break + line
        before = line
    return out
