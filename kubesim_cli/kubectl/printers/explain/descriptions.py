"""Descriptions of kinds and fields, as each release has them: from the JSON schemas of the library kubernetes-validate.

Its files are read and nothing of it is imported, which would take its validator as well.
"""

from __future__ import annotations

import os

from ....go.fmt import quote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....go.jsontext import Entries
    from ....machinery.types import Object, Release

_FILE = "v{}.{}.0-local/_definitions.json"


class Descriptions:
    """`descriptions(name)` returns (description, {field: description}) of a definition of OpenAPI; empty for unknown.

    `folder` is the library's folder of schemas, or None where it is not installed; `release` is whose texts are meant,
    the one before where the library has none of it; `definitions` are the server's, with the enums.
    """

    def __init__(self, folder: str | None, release: Release, definitions: Entries) -> None:
        self.folder, self.release, self.definitions = folder, release, definitions
        self._read: dict[str, Object] | None = None

    def __call__(self, name: str) -> tuple[str, dict[str, str]]:
        if self._read is None:
            self._read = self._definitions()
        found = self._read.get(name, {})
        fields = {field: schema.get("description", "") for field, schema in found.get("properties", {}).items()}
        for field, schema in self.definitions.get(name, {}).get("properties", {}).items():
            if "enum" in schema:
                fields[field] = _with_values(fields.get(field, ""), schema["enum"])
        return found.get("description", ""), fields

    def _definitions(self) -> dict[str, Object]:
        major, newest = self.release
        for minor in range(newest, 0, -1):
            path = os.path.join(self.folder or "", _FILE.format(major, minor))
            if self.folder and os.path.exists(path):
                import json

                with open(path, encoding="utf-8") as file:
                    read: dict[str, Object] = json.load(file)["$defs"]
                    return read
        return {}


def _with_values(description: str, values: list[str]) -> str:
    """Add an enum's values as Kubernetes does (kube-openapi's enum.go); what each means, the library does not tell."""
    listed = "".join([f"\n - `{quote(value)}`" for value in sorted(values)])
    return f"{description}\n\nPossible enum values:{listed}".lstrip("\n")


def installed() -> str | None:
    """Return the folder of kubernetes-validate's schemas, None where they are not installed."""
    from importlib.util import find_spec

    spec = find_spec("kubernetes_validate")
    for folder in (spec.submodule_search_locations if spec else None) or ():
        schemas = os.path.join(folder, "kubernetes-json-schema")
        if os.path.isdir(schemas):
            return schemas
    return None
