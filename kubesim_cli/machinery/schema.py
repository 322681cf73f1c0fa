"""The structure of every kind: fields, types, list keys, patch strategies.

`schema.json` (renewed by hack/update_schema.py) holds the OpenAPI definitions of a real server (`definitions`, and
`kinds`: `apiVersion/kind` -> definition), its properties in the order of the Go types, plus what only these
(k8s.io/api/<group>/<version>/types.go) tell, as extensions of a property:

- `x-go-pointer`: a scalar behind a pointer, so that a zero is not taken for absent (`*int32`);
- `x-go-always`: written even when empty (no `omitempty`);
- `x-go-omitzero`: a struct that is left out when empty;
- `x-go-type`: the type's name in decoding errors, where the structure does not tell it;
- `x-go-inline`: the embedded struct that the field comes from;
- `x-since`, `x-until`: the minor release that introduced the field (where later than 1.28), and the first that has it
  no more (where kubesim emulates that).

A property `default` other than `{}` is what the server fills in; `{}` marks a struct that is always there.
The file is read on first use, and each definition is looked at when something asks for its fields.
"""

from __future__ import annotations

from ..go.jsontext import Entries, text_of
from ..releases import NEWEST, within_minors
from ..releases.gates import enabled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .types import Object, Release

_META = "io.k8s.apimachinery.pkg.apis.meta.v1."
_SPECIAL = {
    "io.k8s.apimachinery.pkg.api.resource.Quantity": "quantity",
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString": "int-or-string",
    _META + "Time": "time",
    _META + "MicroTime": "microtime",
    _META + "FieldsV1": "any",
    _META + "Patch": "any",
    "io.k8s.apimachinery.pkg.runtime.RawExtension": "any",
}
_GO_SCALARS = {"string": "string", "boolean": "bool", "number": "float64", "bytes": "[]uint8",
               "quantity": "resource.Quantity", "int-or-string": "intstr.IntOrString", "time": "v1.Time",
               "microtime": "v1.MicroTime"}


_data: list[Entries] = []  # of schema.json, once it was read
_definitions: dict[Release, _Definitions] = {}


class _Definitions:
    """The named types of one release; `fields` caches the properties of each."""

    def __init__(self, raw: Entries, release: Release) -> None:
        self.raw, self.release = raw, release
        self.fields: dict[str, Fields] = {}


class Fields(dict[str, "Schema"]):
    """The fields of an object: name -> Schema. `written` are those that Go writes even when nothing is in them,
    `defaulted` those with a default of the server's, both as lists of (name, Schema)."""

    __slots__ = ("defaulted", "written")

    def __init__(self, fields: dict[str, Schema]) -> None:
        super().__init__(fields)
        self.written = [(name, field) for name, field in fields.items() if field.written_when_zero]
        self.defaulted = [(name, field) for name, field in fields.items() if field.has_default]


class Schema:
    """One type at one place: a field, a list's element or a map's value.

    `kind` is object, map, array, string, integer, number, boolean, bytes, time, microtime, quantity, int-or-string or
    any. `list_type` is atomic, set or map (with `map_keys`), `atomic` tells of an object or map that is owned as a
    whole; `merge_key` and `strategies` are for strategic merge. `custom` marks a custom resource's schema, `raw` is the
    OpenAPI node itself (for a custom resource: of the CRD).
    """

    __slots__ = ("_fields", "_go_type", "_items", "always", "atomic", "custom", "default", "definitions", "inline",
                 "kind", "list_type", "map_keys", "merge_key", "omitzero", "pointer", "raw", "ref", "strategies")

    def __init__(self, raw: Object, definitions: _Definitions, go_type: str = "", custom: bool = False) -> None:
        self.definitions, self.custom = definitions, custom
        self.ref = raw.get("$ref", "")
        self.raw = raw
        body = definitions.raw[self.ref] if self.ref else raw
        self.kind = _SPECIAL.get(self.ref) or _kind(body)
        self._go_type = go_type or raw.get("x-go-type", "")
        self.inline = raw.get("x-go-inline", "")
        self.pointer = raw.get("x-go-pointer", False)
        self.always = raw.get("x-go-always", False)
        self.omitzero = raw.get("x-go-omitzero", False)
        self.default = raw.get("default")
        self.list_type = raw.get("x-kubernetes-list-type", "atomic")
        self.map_keys = raw.get("x-kubernetes-list-map-keys", ())
        map_type = raw.get("x-kubernetes-map-type") or body.get("x-kubernetes-map-type")
        self.atomic = map_type == "atomic"
        self.merge_key = raw.get("x-kubernetes-patch-merge-key", "")
        strategy = raw.get("x-kubernetes-patch-strategy", "")
        self.strategies = tuple(strategy.split(",")) if strategy else ()
        self._fields: Fields | None = None
        self._items: Schema | None = None

    @property
    def fields(self) -> Fields:
        """The fields of an object, by name (none of other kinds)."""
        if self._fields is None:
            self._fields = self._load_fields()
        return self._fields

    def _load_fields(self) -> Fields:
        if self.kind != "object":
            return Fields({})
        if self.ref:
            known = self.definitions.fields.get(self.ref)
            if known is None:
                raw = self.definitions.raw[self.ref].get("properties", {})
                known = self.definitions.fields[self.ref] = self._build(raw)
            return known
        return self._build(self.raw.get("properties", {}))

    def _build(self, properties: Object) -> Fields:
        release = self.definitions.release
        return Fields({name: Schema(raw, self.definitions, custom=self.custom) for name, raw in properties.items()
                       if within_minors(release, raw.get("x-since"), raw.get("x-until"))})

    @property
    def items(self) -> Schema:
        """The element of an array or the value of a map."""
        if self._items is None:
            raw = self.raw.get("items") if self.kind == "array" else self.raw.get("additionalProperties")
            go = self._go_type
            element = (go[2:] if go.startswith("[]") else go.partition("]")[2]) if go else ""
            self._items = Schema(raw if isinstance(raw, dict) else {}, self.definitions, element, self.custom)
        return self._items

    @property
    def struct(self) -> bool:
        """Whether this is a Go struct that is always there (not behind a pointer)."""
        return self.kind == "object" and self.default == {}

    @property
    def written_when_zero(self) -> bool:
        """Whether Go writes the field although nothing is in it: `omitempty` knows no empty structs."""
        if self.omitzero:
            return not enabled("OmitZeroTimes", self.definitions.release)
        if self.always or self.struct:
            return True
        if self.pointer or not self.ref or self.kind == "object":
            return False
        return self.kind != "any" or self.ref.endswith(".RawExtension")

    @property
    def has_default(self) -> bool:
        """Whether the server fills in `default`; with built-in kinds `{}` only marks a struct."""
        return self.default is not None and (self.custom or self.default != {})

    @property
    def go_name(self) -> str:
        """The Go struct's bare name, as in `PodSpec`."""
        return self.ref.rpartition(".")[2] or self._go_type

    @property
    def go_type(self) -> str:
        """The Go type as reflection prints it: `int32`, `[]v1.Container`, `map[string]string`."""
        if self._go_type:
            return self._go_type
        if self.kind == "object" or self.kind == "any":
            return ".".join(self.ref.split(".")[-2:])
        if self.kind == "array":
            return "[]" + self.items.go_type
        if self.kind == "map":
            return "map[string]" + self.items.go_type
        if self.kind == "integer":
            return str(self.raw.get("format", "int64"))
        return _GO_SCALARS[self.kind]

    @property
    def preserves_unknown(self) -> bool:
        """Whether a custom resource keeps fields that its schema does not name."""
        return bool(self.raw.get("x-kubernetes-preserve-unknown-fields"))

    @property
    def embedded(self) -> bool:
        """Whether a custom resource has a whole object here, with apiVersion, kind and metadata."""
        return bool(self.raw.get("x-kubernetes-embedded-resource"))

    def field(self, name: str) -> Schema | None:
        """The schema of a key: an object's field, or any value of a map; None where nothing is known."""
        if self.kind == "object":
            return self.fields.get(name)
        return self.items if self.kind == "map" else None


def _kind(body: Object) -> str:
    if body.get("x-kubernetes-int-or-string"):
        return "int-or-string"
    type_: str = body.get("type", "any")
    if type_ == "object" and "additionalProperties" in body and "properties" not in body:
        return "map"
    if type_ == "string" and body.get("format") == "byte":
        return "bytes"
    return type_


def _load(release: Release) -> _Definitions:
    if not _data:
        import os

        _data.append(Entries(text_of(os.path.join(os.path.dirname(__file__), "schema.json"))))
    found = _definitions.get(release)
    if found is None:
        found = _definitions[release] = _Definitions(_data[0], release)
    return found


def schema_of(api_version: str, kind: str, release: Release = NEWEST) -> Schema | None:
    """Return the schema of a built-in kind as of a release, None for any other."""
    definitions = _load(release)
    name = _data[0]["kinds"].get(f"{api_version}/{kind}")
    return Schema({"$ref": name, "default": {}}, definitions) if name else None


def definition_name(api_version: str, kind: str) -> str:
    """Return the name of a built-in kind's definition, "" for any other."""
    _load(NEWEST)
    return str(_data[0]["kinds"].get(f"{api_version}/{kind}") or "")


def definition(name: str) -> Object:
    """Return a definition as schema.json has it; one that is not there may be anything."""
    found: Object = _load(NEWEST).raw.get(name, {})
    return found


def object_meta(release: Release = NEWEST) -> Schema:
    """Return the schema of metadata."""
    return Schema({"$ref": _META + "ObjectMeta", "default": {}}, _load(release))


def structural(raw: Object, release: Release = NEWEST) -> Schema:
    """Return the schema of a custom resource from its CRD's `openAPIV3Schema`, with the fields every object has."""
    definitions = _load(release)
    schema = Schema({"type": "object", **raw}, definitions, custom=True)
    string = Schema({"type": "string"}, definitions)
    schema._fields = Fields({**schema.fields, "apiVersion": string, "kind": string, "metadata": object_meta(release)})
    return schema
