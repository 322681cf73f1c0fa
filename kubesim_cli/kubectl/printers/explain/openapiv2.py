"""`kubectl explain --output=plaintext-openapiv2`, as it was before OpenAPI v3 (pkg/explain)."""

from __future__ import annotations

import re

from .. import PrinterError
from . import Document

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ....machinery.types import Object

_WIDTH = 80
_BULLET = re.compile(r"(\d+\.?|-|\*)\s")


def render(document: Document, schema: Object, group: str, version: str, kind: str, path: list[str],
           recursive: bool, deepest: int = 0) -> str:
    """Return the explanation of a kind, or of the field that `path` leads to from its `schema`; PrinterError."""
    api_version = f"{group}/{version}" if group else version
    head = f"KIND:     {kind}\nVERSION:  {api_version}\n\n"
    return head + _model(_lookup(_Node(document, schema), path), path[-1] if path else "", recursive, deepest)


class _Node:
    """A schema as OpenAPI v2 knows it (kube-openapi/pkg/util/proto).

    `kind` is reference, array, map (all three with an `inner` node), object (with `properties`), primitive or any.
    """

    def __init__(self, document: Document, schema: Object) -> None:
        self.document, self.schema = document, schema
        self.description: str = schema.get("description", "")
        self.reference = schema.get("$ref") or _only_reference(schema)
        self.type: str = schema.get("type", "")
        if self.reference:
            self.kind = "reference"
        elif "oneOf" in schema and not self.type:  # Quantity and IntOrString
            self.kind, self.type = "primitive", "string"
        elif _open(schema):
            self.kind = "any"
        elif self.type == "object" or "properties" in schema:
            self.kind = "object" if "properties" in schema else "map"
        else:
            self.kind = "array" if self.type == "array" else "primitive" if self.type else "any"

    @property
    def inner(self) -> _Node:
        """What a reference leads to, an array's items or a map's values."""
        if self.kind == "reference":
            found = self.document.resolve({"$ref": self.reference})
            return _Node(self.document, {} if "$ref" in found else found)
        if self.kind == "array":
            return _Node(self.document, self.schema["items"])
        values = self.schema.get("additionalProperties")
        return _Node(self.document, values if isinstance(values, dict) else {"description": self.description})

    @property
    def properties(self) -> list[tuple[str, _Node]]:
        """The fields of an object, by name."""
        return [(name, _Node(self.document, field)) for name, field in sorted(self.schema["properties"].items())]

    @property
    def type_name(self) -> str:
        if self.kind == "reference":
            return self.inner.type_name
        if self.kind in ("array", "map"):
            return ("[]" if self.kind == "array" else "map[string]") + self.inner.type_name
        return {"object": "Object", "any": ""}.get(self.kind, self.type)


def _only_reference(schema: Object) -> str:
    parts = schema.get("allOf") or []
    return parts[0].get("$ref", "") if len(parts) == 1 else ""


def _open(schema: Object) -> bool:
    """Whether a custom resource's schema says so much that v2 says nothing (ToStructuralOpenAPIV2)."""
    if schema.get("nullable") or schema.get("x-kubernetes-int-or-string"):
        return True
    return bool(schema.get("x-kubernetes-preserve-unknown-fields")) and schema.get("type") in ("object", "array", None)


def _lookup(node: _Node, path: list[str]) -> _Node:
    """Follow a path through references, arrays and maps; it ends early where there are no fields."""
    for name in path:
        while node.kind in ("reference", "array", "map"):
            node = node.inner
        if node.kind != "object":
            break
        fields = dict(node.properties)
        if name not in fields:
            raise PrinterError(f'field "{name}" does not exist')
        node = fields[name]
    return node


def _model(node: _Node, name: str, recursive: bool, deepest: int) -> str:
    descriptions, type_ = [node.description], ""
    while node.kind in ("reference", "array", "map"):
        if node.kind != "reference":
            type_ = type_ or node.type_name
        node = node.inner
        descriptions.append(node.description)
    type_ = type_ or node.type_name
    description = "DESCRIPTION:\n" + _describe(descriptions)
    if node.kind == "any":
        return description
    if node.kind == "primitive":
        return f"FIELD:    {name} <{type_}>\n\n{description}"
    resource = f"RESOURCE: {name} <{type_}>\n\n" if name else ""
    fields = _all_fields(node, 1, deepest, frozenset()) if recursive else _fields(node)
    return f"{resource}{description}\nFIELDS:\n{''.join(fields)}"


def _describe(descriptions: list[str]) -> str:
    text = ""
    for i, description in enumerate(descriptions):
        if description:
            text += ("\n" if i else "") + _wrapped(description, 5)
    return text or _wrapped("<empty>", 5)


def _fields(node: _Node) -> Iterator[str]:
    for name, field in node.properties:
        required = " -required-" if name in (node.schema.get("required") or ()) else ""
        yield f"   {name}\t<{field.type_name}>{required}\n{_wrapped(field.description, 5)}\n"


def _all_fields(node: _Node, level: int, deepest: int, seen: frozenset[str]) -> Iterator[str]:
    if node.kind == "object":
        for name, field in node.properties:
            yield f"{' ' * 3 * level}{name}\t<{field.type_name}>\n"
            if not deepest or level < deepest:
                yield from _all_fields(field, level + 1, deepest, seen)
    elif node.kind in ("array", "map") or (node.kind == "reference" and node.reference not in seen):
        yield from _all_fields(node.inner, level, deepest, seen | {node.reference})


def _wrapped(text: str, indent: int) -> str:
    pad = " " * indent
    return "".join([f"{pad}{line}\n" if line else "\n" for line in _wrap(text, _WIDTH - indent)])


def _wrap(text: str, width: int) -> list[str]:
    """Fill lines with words; code, lists, empty lines and what follows a colon keep their line breaks."""
    lines: list[str] = []
    words: list[str] = []

    def flush() -> None:
        if words:
            lines.append(" ".join(words))
            words.clear()

    for line in text.split("\n"):
        plain = line.strip()
        if line.startswith("    "):
            flush()
            lines.append(line)
            continue
        if lines and not plain:
            flush()
            lines.append("")
            continue
        if not plain or _BULLET.match(plain) or (words and words[-1].endswith(":")):
            flush()
        for word in line.split():
            if words and len(" ".join(words)) + 1 + len(word) > width:
                flush()
            words.append(word)
    flush()
    return lines
