"""Read the struct types of a Go package: field names, types and tags, from the text of its files.

This knows as much Go as the API's type declarations use: one field a line, no anonymous structs.
"""

from __future__ import annotations

import dataclasses
import pathlib
import re

_IMPORT = re.compile(r'^\s*(?:import\s+)?(?:(\w+)\s+)?"([\w./-]+)"\s*$', re.M)
_FIELD = re.compile(r"^(?P<names>\w+(?:\s*,\s*\w+)*)\s+(?P<type>[^`\s][^`]*?)\s*(?:`(?P<tag>[^`]*)`)?$")
_EMBEDDED = re.compile(r"^(?P<type>\*?[\w.]+)\s*(?:`(?P<tag>[^`]*)`)?$")
_TAG = re.compile(r'(\w+):"([^"]*)"')


@dataclasses.dataclass
class Field:
    """One field of a struct. `tags` maps a tag's key to its text; an embedded field is named after its type."""

    name: str
    type: str
    tags: dict[str, str]
    embedded: bool = False

    @property
    def json(self) -> str:
        """The name in JSON, empty where the field is inlined or has no tag."""
        return self.tags.get("json", "").partition(",")[0]

    @property
    def options(self) -> set[str]:
        """The options of the JSON tag: omitempty, omitzero, inline."""
        return set(self.tags.get("json", "").split(",")[1:])


@dataclasses.dataclass
class Package:
    """The types of one package: `structs` maps a name to its fields, `named` any other type to what it is, `imports` an
    import's name to its path, `name` is what `package` says."""

    name: str
    structs: dict[str, list[Field]]
    named: dict[str, str]
    imports: dict[str, str]


def read_package(folder: pathlib.Path) -> Package:
    """Read all files of a package but its tests. Raises FileNotFoundError where there is none."""
    files = sorted(path for path in folder.glob("*.go") if not path.name.endswith("_test.go"))
    if not files:
        raise FileNotFoundError(f"no Go files in {folder}")
    package = Package("", {}, {}, {})
    for path in files:
        _read(path.read_text(encoding="utf-8"), package)
    return package


def _read(text: str, package: Package) -> None:
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    package.name = "".join(re.findall(r"^package (\w+)", text, re.M)[:1])
    head = re.split(r"^(?:type|func|const|var)\b", text, maxsplit=1, flags=re.M)[0]
    for alias, path in _IMPORT.findall(head):
        package.imports[alias or path.rpartition("/")[2]] = path
    lines = iter(_code(line) for line in text.splitlines())
    for line in lines:
        declared = re.match(r"^type (\w+)\s+=?\s*(.+?)$", line)
        if declared is None:
            continue
        name, what = declared.groups()
        if what.startswith("func"):
            continue
        if not what.startswith("struct"):
            package.named[name] = what
            continue
        fields: list[Field] = []
        if "}" not in what:
            for row in lines:
                row = row.strip()
                if row.startswith("}"):
                    break
                if row:
                    fields += _fields(row)
        package.structs[name] = fields


def _code(line: str) -> str:
    """Drop a line's comment (no tag and no type contains two slashes)."""
    return line.partition("//")[0].rstrip()


def _fields(row: str) -> list[Field]:
    embedded = _EMBEDDED.match(row)
    if embedded:
        name = embedded["type"].lstrip("*").rpartition(".")[2]
        return [Field(name, embedded["type"], dict(_TAG.findall(embedded["tag"] or "")), embedded=True)]
    found = _FIELD.match(row)
    if found is None:
        return []
    tags = dict(_TAG.findall(found["tag"] or ""))
    return [Field(name.strip(), found["type"], tags) for name in found["names"].split(",")]
