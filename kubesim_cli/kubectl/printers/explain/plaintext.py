"""`kubectl explain --output=plaintext`, from OpenAPI v3 (pkg/explain/v2/templates/plaintext.tmpl)."""

from __future__ import annotations

import re

from ....go.fmt import sprint
from ....releases.kubectl import does
from .. import PrinterError
from . import Document

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ....machinery.types import Json, Object

_ENUM_LIMIT = 4  # in the list of fields


def render(document: Document, schema: Object, group: str, version: str, kind: str, path: list[str],
           recursive: bool, deepest: int = 0) -> str:
    """Return the explanation of a kind, or of the field that `path` leads to from its `schema`; PrinterError."""
    head = f"{f'GROUP:      {group}' + chr(10) if group else ''}KIND:       {kind}\nVERSION:    {version}\n\n"
    text = _Renderer(document, recursive, deepest).output(schema, path, frozenset())
    if not text:
        raise PrinterError(f'error: field "{path[-1]}" does not exist', head)
    return f"{head}{text}\n"


class _Renderer:
    """`seen` are the references that were followed on the way, where a cycle ends."""

    def __init__(self, document: Document, recursive: bool, deepest: int) -> None:
        self.document, self.recursive, self.deepest = document, recursive, deepest

    def output(self, schema: Object, path: list[str], seen: frozenset[str]) -> str:
        """Follow the path and describe what is there; "" where it leads nowhere."""
        resolved = self.document.resolve(schema)
        if not path:
            return self._model(resolved)
        reference = schema.get("$ref", "")
        if reference and reference in seen:
            return ""
        field = (resolved.get("properties") or {}).get(path[0])
        if field:
            head = ""
            if len(path) == 1:
                head = f"FIELD: {path[0]} <{self._type(field)}>\n"
                if does("ExplainEnums", self.document.kubectl):
                    values = [f"\n    {_enum_value(value)}" for value in field.get("enum") or ()]
                    head += (f"ENUM:{''.join(values)}" if values else "") + "\n"
                head += "\n"
            rest = self.output(field, path[1:], frozenset())
            return head + rest
        seen |= {reference}
        for part in (resolved.get("items"), _values(resolved)):
            if part:
                return self.output(part, path, seen)
        return next(filter(None, (self.output(part, path, seen) for part in resolved.get("allOf") or ())), "")

    def _model(self, schema: Object) -> str:
        description = "".join(self._descriptions(schema)) or "<empty>"
        text = f"DESCRIPTION:\n{_indent(4, wrap(76, description))}\n"
        docs = schema.get("externalDocs")
        if docs and does("ExplainExternalDocs", self.document.kubectl):
            text += "\nEXTERNAL DOCS:\n" + _external_docs(docs, 76, 4)
        fields = "".join(self._fields(schema, 1, frozenset()))
        return f"{text}FIELDS:\n{fields}" if fields else text

    def _descriptions(self, schema: Object) -> Iterator[str]:
        """Yield the descriptions of a schema and of all it is made of."""
        resolved = self.document.resolve(schema)
        if resolved.get("description"):
            yield resolved["description"] + "\n"
        for part in (*(resolved.get("allOf") or ()), resolved.get("items"), _values(resolved)):
            if part:
                yield from self._descriptions(part)

    def _fields(self, schema: Object, level: int, seen: frozenset[str]) -> Iterator[str]:
        reference = schema.get("$ref", "")
        if reference and reference in seen:
            return
        seen |= {reference}
        resolved = self.document.resolve(schema)
        for name, field in sorted((resolved.get("properties") or {}).items()):
            yield self._field(name, field, name in (resolved.get("required") or ()), level * 2)
            if self.recursive and (not self.deepest or level < self.deepest):
                yield from self._fields(field, level + 1, seen)
        for part in (*(resolved.get("allOf") or ()), resolved.get("items"), _values(resolved)):
            if part:
                yield from self._fields(part, level, seen)

    def _field(self, name: str, schema: Object, required: bool, indent: int) -> str:
        text = f"{' ' * indent}{name}\t<{self._type(schema)}>{' -required-' if required else ''}"
        values = schema.get("enum") or ()
        if values and does("ExplainEnums", self.document.kubectl):
            more = ", ...." if len(values) > _ENUM_LIMIT else ""
            text += f"\n{' ' * indent}enum: {', '.join(map(_enum_value, values[:_ENUM_LIMIT]))}{more}"
        if self.recursive:
            return text + "\n"
        text += "\n" + _indent(indent + 2, wrap(78 - indent, schema.get("description") or "<no description>")) + "\n"
        docs = schema.get("externalDocs")
        if docs and does("ExplainExternalDocs", self.document.kubectl):
            text += "\n" + _indent(indent + 2, "EXTERNAL DOCS:") + "\n" + _external_docs(docs, 76 - indent, indent + 4)
        return text + "\n"

    def _type(self, schema: Object) -> str:
        """Return what a user takes a schema for: `string`, `[]Container`, `map[string]string`."""
        if schema.get("items"):
            return "[]" + self._type(schema["items"])
        values = _values(schema)
        if values:
            return "map[string]" + self._type(values)
        parts = schema.get("allOf")
        if parts and not schema.get("properties") and len(parts) == 1:
            return self._type(parts[0])
        if "$ref" in schema:
            type_ = self.document.resolve(schema).get("type")
            return str(type_ if type_ and type_ != "object" else schema["$ref"].rpartition(".")[2])
        type_ = schema.get("type") or "object"
        return "Object" if type_ == "object" else type_


def _values(schema: Object) -> Object | None:
    """Return the schema of a map's values."""
    found = schema.get("additionalProperties")
    return found if isinstance(found, dict) else None


def _enum_value(value: Json) -> str:
    return '""' if value == "" else "<no value>" if value is None else sprint(value)


def _external_docs(docs: Object, width: int, indent: int) -> str:
    lines = []
    if docs.get("description"):
        lines.append(_indent(indent, wrap(width, docs["description"])) + "\n")
    if docs.get("url"):
        lines.append(_indent(indent, f"URL: {docs['url']}") + "\n")
    return "".join(lines)


def _indent(amount: int, text: str) -> str:
    pad = " " * amount
    return pad + text.replace("\n", "\n" + pad)


def wrap(limit: int, text: str) -> str:
    """Break lines at spaces so that none is longer than `limit`, as far as words allow (go-wordwrap)."""
    return "\n".join([_wrap_line(limit, line) for line in text.split("\n")])


def _wrap_line(limit: int, line: str) -> str:
    out = ""
    width = 0
    for spaces, word in re.findall(r"([^\S\xa0]*)((?:\S|\xa0)*)", line):
        if not word:
            return out + spaces if width + len(spaces) <= limit else out
        if width + len(spaces) + len(word) > limit and width + len(spaces) > 1:
            out += "\n" + word
            width = len(word)
        else:
            out += spaces + word
            width += len(spaces) + len(word)
    return out
