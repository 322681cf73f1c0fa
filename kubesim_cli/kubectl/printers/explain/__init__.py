"""What `kubectl explain` says: the OpenAPI schemas of the server's kinds, in prose."""

from __future__ import annotations

from ....releases import within_minors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ....go.jsontext import Entries
    from ....machinery.types import Object, Release

_META = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"


class Document:
    """The OpenAPI v3 schemas of a server: dicts with `description`, `type`, `properties`, `items`, `enum` and so on.

    `definitions` maps names to schemas without descriptions (machinery/schema.json); `describe(name)` returns the
    description of one and those of its fields. `release` is the server's; `kubectl` that of what prints it, by default
    the same.
    """

    def __init__(self, definitions: Entries, release: Release, describe: Callable[[str], tuple[str, dict[str, str]]],
                 kubectl: Release | None = None) -> None:
        self._definitions, self.release, self._describe = definitions, release, describe
        self.kubectl = kubectl or release
        self._known: dict[str, Object] = {}

    def resolve(self, schema: Object) -> Object:
        """Follow a `$ref`; any other schema is what it is."""
        name = schema.get("$ref")
        if name is None:
            return schema
        if name not in self._known:
            self._known[name] = self._definition(name)
        return self._known[name] or schema

    def _definition(self, name: str) -> Object:
        raw = self._definitions.get(name, {})
        description, fields = self._describe(name)
        found = {**raw, "description": description} if description else dict(raw)
        if "properties" in raw:
            found["properties"] = {
                field: described(schema, fields.get(field, "")) for field, schema in raw["properties"].items()
                if within_minors(self.release, schema.get("x-since"), schema.get("x-until"))}
        return found

    def custom(self, schema: Object | None) -> Object:
        """Return the schema that is published of a CRD's `openAPIV3Schema` (None: it has none)."""
        if schema is None:
            return {"type": "object"}
        own = self._describe("io.k8s.api.core.v1.Pod")[1]  # every kind says the same of these
        found = self._with_objects(schema)
        found["properties"] = {**found.get("properties", {}), **self._type_meta(),
                               "metadata": {"$ref": _META, "description": own.get("metadata", "")}}
        return found

    def _with_objects(self, schema: Object) -> Object:
        """Return a schema with the fields of the objects embedded in it (addEmbeddedProperties)."""
        found = dict(schema)
        if "properties" in schema:
            found["properties"] = {name: self._with_objects(field) for name, field in schema["properties"].items()}
        for key in ("items", "additionalProperties"):
            if isinstance(schema.get(key), dict):
                found[key] = self._with_objects(schema[key])
        if schema.get("x-kubernetes-embedded-resource"):
            own = self._describe("io.k8s.api.core.v1.Pod")[1]
            found["properties"] = {**found.get("properties", {}), **self._type_meta(),
                                   "metadata": {"$ref": _META, "description": own.get("metadata", "")}}
            found["required"] = [*schema.get("required", ()), "kind", "apiVersion"]
        return found

    def _type_meta(self) -> Object:
        own = self._describe("io.k8s.api.core.v1.Pod")[1]
        return {name: {"type": "string", "description": own.get(name, "")} for name in ("apiVersion", "kind")}


def described(schema: Object, description: str) -> Object:
    """Return a field's schema with a description; what it refers to then moves into `allOf`, as in OpenAPI v3."""
    if not description:
        return schema
    if "$ref" in schema:
        return {"allOf": [{"$ref": schema["$ref"]}], "description": description}
    return {**schema, "description": description}
