"""What the API server makes of a request's JSON: the object as its Go types hold it and write it out again.

Words of the errors: sigs.k8s.io/json (a fork of Go's encoding/json) and the UnmarshalJSON of the apimachinery types.
Keys are taken in alphabetical order, as in every body that kubectl sends.
"""

from __future__ import annotations

from ..go.json import type_word
from . import quantity, timestamps
from .objects import clone
from .schema import Schema, object_meta

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .types import Json, Object

_JSON_SCHEMA = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps"
_INT_BITS = {"int32": 31, "int64": 63}
# Lists that are defaulted where they are nil and not where they are empty; an empty one is refused, and never stored.
_NOT_NIL = {("HPAScalingRules", "policies")}


class DecodeError(ValueError):
    """A body that does not fit its type; the text is Go's, as in `json: cannot unmarshal bool into Go struct field
    EnvVar.spec.containers.env.value of type string`."""


def decode(obj: Json, schema: Schema) -> tuple[Object, list[str]]:
    """Return what the server makes of a body, and the paths of the unknown fields that it dropped.

    Paths are as in `spec.template.spec.containers[0].imagee`, in the order in which the server tells them. Nulls and
    zeros are left out where Go leaves them out, and quantities, times and base64 are written in their canonical form.
    The result shares nothing with `obj`. Raises DecodeError.
    """
    if not isinstance(obj, dict):
        raise DecodeError(f"json: cannot unmarshal {type_word(obj)} into Go value of type {schema.go_type}")
    decoder = _Decoder()
    clean = decoder.custom(schema, obj, "") if schema.custom else decoder.value(schema, obj, "")
    if decoder.error:
        raise DecodeError(decoder.error)
    return clean, decoder.unknown


def convert(obj: Object, schema: Schema) -> tuple[Object, list[str]]:
    """The same for an object that never was JSON: what a strategic merge made, whose errors are worded otherwise
    (k8s.io/apimachinery/pkg/runtime/converter.go), as in `unrecognized type: int32`."""
    converter = _Converter()
    clean = converter.value(schema, obj, "")
    return clean, sorted(converter.unknown)


def strict_message(unknown: list[str]) -> str:
    """Return the text of runtime.strictDecodingError for unknown fields."""
    return "strict decoding error: " + ", ".join(unknown_message(path) for path in unknown)


def unknown_message(path: str) -> str:
    """Return the complaint about one unknown field, which is also the text of its warning."""
    return f'unknown field "{path}"'


def zero(schema: Schema) -> Json:
    """Return what Go writes for the zero value of a type."""
    if schema.pointer or schema.kind in ("array", "map", "bytes", "time", "microtime", "any"):
        return None
    if schema.kind == "object":
        return _zero_struct(schema) if schema.struct else None
    return _ZEROS[schema.kind]


_ZEROS = {"string": "", "integer": 0, "number": 0, "boolean": False, "quantity": "0", "int-or-string": 0}


def _zero_struct(schema: Schema) -> Object:
    return {name: zero(field) for name, field in schema.fields.written}


def _number_text(value: Json) -> str:
    """A number as Go writes it to JSON."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e21:
        return str(int(value))
    text = repr(value)
    mantissa, e, exponent = text.partition("e")
    return f"{mantissa}e{int(exponent):+03}" if e else text


class _Decoder:
    """The state of one decoding: the first type error is kept while decoding goes on, as Go does."""

    def __init__(self) -> None:
        self.unknown: list[str] = []
        self.error = ""
        self.mismatch: tuple[str, str, list[str]] | None = None  # what, the Go type, and the names: the error in parts
        self.where: list[str] = []  # names of the fields above, indexes and map keys left out
        self.struct = ""

    def value(self, schema: Schema, value: Json, path: str) -> Json:
        """Decode a value that is not null; what does not fit becomes None."""
        return getattr(self, _DECODERS[schema.kind])(schema, value, path)

    def _object(self, schema: Schema, value: Json, path: str) -> Json:
        if not isinstance(value, dict):
            return self._mismatch(schema, value)
        fields, out = schema.fields, {}
        outer, where = self.struct, self.where
        for key in sorted(value):
            field = fields.get(key)
            if field is None:
                self.unknown.append(f"{path}.{key}" if path else key)
                continue
            item = value[key]
            if item is None:
                continue
            self.struct = schema.go_name
            where.append(f"{field.inline}.{key}" if field.inline else key)
            result = self.value(field, item, f"{path}.{key}" if path else key)
            where.pop()
            self.struct = outer
            if _kept(field, result) or (result == [] and (schema.go_name, key) in _NOT_NIL):
                out[key] = result
        for key, field in fields.written:
            if key not in out:
                out[key] = zero(field)
        return out

    def _map(self, schema: Schema, value: Json, path: str) -> Json:
        if not isinstance(value, dict):
            return self._mismatch(schema, value)
        items = schema.items
        return {key: self._element(items, value[key], f"{path}.{key}") for key in sorted(value)}

    def _array(self, schema: Schema, value: Json, path: str) -> Json:
        if not isinstance(value, list):
            return self._mismatch(schema, value)
        items = schema.items
        return [self._element(items, item, f"{path}[{index}]") for index, item in enumerate(value)]

    def _element(self, items: Schema, item: Json, path: str) -> Json:
        if item is not None:
            return self.value(items, item, path)
        if items.kind == "object":
            return _zero_struct(items)
        return "" if items.kind == "bytes" else zero(items)

    def _string(self, schema: Schema, value: Json, path: str) -> Json:
        return value if isinstance(value, str) else self._mismatch(schema, value)

    def _boolean(self, schema: Schema, value: Json, path: str) -> Json:
        return value if isinstance(value, bool) else self._mismatch(schema, value)

    def _integer(self, schema: Schema, value: Json, path: str) -> Json:
        return self._int(value, schema.go_type)

    def _int(self, value: Json, go_type: str) -> Json:
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if type(value) is int and -(1 << _INT_BITS[go_type]) <= value < 1 << _INT_BITS[go_type]:
            return value
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        return self._cannot(f"number {_number_text(value)}" if number else type_word(value), go_type)

    def _number(self, schema: Schema, value: Json, path: str) -> Json:
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return value
        return self._mismatch(schema, value)

    def _bytes(self, schema: Schema, value: Json, path: str) -> Json:
        if not isinstance(value, str):
            return self._mismatch(schema, value)
        from base64 import b64decode, b64encode

        bad = illegal_base64(value)
        if bad >= 0:
            return self._illegal(f"illegal base64 data at input byte {bad}")
        return b64encode(b64decode(value)).decode() if value else value

    def _illegal(self, problem: str) -> None:
        self.error = self.error or problem

    def _time(self, schema: Schema, value: Json, path: str) -> Json:
        text = self._text(value)
        try:
            seconds = timestamps.parse(text) if text is not None else 0.0
        except ValueError as wrong:
            raise DecodeError(str(wrong)) from None
        return timestamps.format(seconds)

    def _microtime(self, schema: Schema, value: Json, path: str) -> Json:
        text = self._text(value)
        try:
            seconds = timestamps.parse(text) if text is not None else 0.0
        except ValueError as wrong:
            raise DecodeError(str(wrong).replace("04:05Z07:00", "04:05.000000Z07:00", 1)) from None
        if text is not None and len(text.partition(".")[2].rstrip("Z").partition("+")[0]) < 6:
            raise DecodeError(f'parsing time "{text}" as "2006-01-02T15:04:05.000000Z07:00": cannot parse '
                              f'"{text[19:]}" as ".000000"')
        return timestamps.format_micro(seconds)

    def _text(self, value: Json) -> str:
        """What a type's own UnmarshalJSON reads as a string; it gives up at once where there is none."""
        if isinstance(value, str):
            return value
        raise DecodeError(self._unmarshal_text(type_word(value), "string"))

    def _quantity(self, schema: Schema, value: Json, path: str) -> Json:
        try:
            if isinstance(value, (dict, list, bool)):
                value = "{}"
            return quantity.canonical(value)
        except ValueError as wrong:
            raise DecodeError(str(wrong)) from None

    def _int_or_string(self, schema: Schema, value: Json, path: str) -> Json:
        if isinstance(value, str):
            return value
        before, self.error = self.error, ""
        number = self._int(value, "int32")
        if self.error:
            raise DecodeError(self.error)
        self.error = before
        return number

    def _any(self, schema: Schema, value: Json, path: str) -> Json:
        return self._union(schema, value) if schema.ref.startswith(_JSON_SCHEMA) else clone(value)

    def _union(self, schema: Schema, value: Json) -> Json:
        """A JSON schema or something else, decoded on its own (apiextensions/v1/marshal.go): unknown fields are dropped
        without a word, and so is what is neither."""
        other = schema.ref.removeprefix(_JSON_SCHEMA)
        if other == "OrBool" and not isinstance(value, dict):
            if isinstance(value, bool):
                return value
            raise DecodeError("boolean or JSON schema expected")
        node: Object = {"$ref": _JSON_SCHEMA}
        if isinstance(value, list):
            node = {"type": "array", "items": {"type": "string"} if other == "OrStringArray" else node}
        elif not isinstance(value, dict):
            return None
        decoder = _Decoder()
        clean = decoder.value(Schema(node, schema.definitions), value, "")
        if decoder.mismatch:
            what, go_type, where = decoder.mismatch
            self.where += where
            raise DecodeError(self._unmarshal_text(what, go_type))
        return clean

    def _mismatch(self, schema: Schema, value: Json) -> Json:
        return self._cannot(type_word(value), schema.go_type)

    def _cannot(self, what: str, go_type: str) -> None:
        if not self.error:
            self.error, self.mismatch = self._unmarshal_text(what, go_type), (what, go_type, list(self.where))

    def _unmarshal_text(self, what: str, go_type: str) -> str:
        """json.UnmarshalTypeError's text."""
        place = f"struct field {self.struct}.{'.'.join(self.where)} of" if self.where else "value of"
        return f"json: cannot unmarshal {what} into Go {place} type {go_type}"

    # Custom resources are not decoded into types: their fields are pruned, nothing else (apiextensions-apiserver).

    def custom(self, schema: Schema, value: Json, path: str) -> Json:
        """Return a custom resource's value without the fields that its schema does not know."""
        if isinstance(value, dict):
            if schema.kind == "map":
                return {key: self.custom(schema.items, item, f"{path}.{key}") for key, item in value.items()}
            return self._custom_object(schema, value, path)
        if isinstance(value, list):
            items = schema.items if schema.kind == "array" else schema
            return [self.custom(items, item, f"{path}[{index}]") for index, item in enumerate(value)]
        return value

    def _custom_object(self, schema: Schema, value: Object, path: str) -> Object:
        out, fields = {}, schema.fields
        for key in sorted(value):
            place = f"{path}.{key}" if path else key
            field = fields.get(key)
            if key == "metadata" and not path and value[key] is None:
                continue
            if key == "metadata" and (not path or (schema.embedded and isinstance(value[key], dict))):
                meta = object_meta(schema.definitions.release)
                self.where.append(key)
                out[key] = self.value(meta, value[key], place)
                self.where.pop()
            elif field is not None:
                out[key] = self.custom(field, value[key], place)
            elif schema.preserves_unknown or (schema.embedded and key in ("apiVersion", "kind")):
                out[key] = clone(value[key])
            else:
                self.unknown.append(place)
        return out


class _Converter(_Decoder):
    """The decoder's other wording: it gives up at the first mismatch, in the order of the struct's fields, and types
    that read their own JSON do not know where they stand."""

    def _object(self, schema: Schema, value: Json, path: str) -> Json:
        if not isinstance(value, dict):
            return self._mismatch(schema, value)
        out, place = {}, f"{path}." if path else ""
        for key, field in schema.fields.items():
            item = value.get(key)
            result = self.value(field, item, place + key) if item is not None else None
            if item is not None and (_kept(field, result) or (result == [] and (schema.go_name, key) in _NOT_NIL)):
                out[key] = result
            elif field.written_when_zero:
                out[key] = zero(field)
        self.unknown += [place + key for key in value if key not in schema.fields]
        return out

    def _integer(self, schema: Schema, value: Json, path: str) -> Json:
        """Go's conversion cuts off what an integer has no room for."""
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return self._mismatch(schema, value)
        if isinstance(value, float) and not value.is_integer():
            raise DecodeError(f"cannot convert float64 to {schema.go_type}")
        whole, bits = int(value), _INT_BITS[schema.go_type]
        if not -(1 << 63) <= whole < 1 << 63:
            whole = -(1 << 63)
        return (whole + (1 << bits)) % (1 << bits + 1) - (1 << bits)

    def _mismatch(self, schema: Schema, value: Json) -> Json:
        given = _KINDS[type(value)]
        if schema.kind == "object":
            raise DecodeError(f"cannot restore struct from: {given}")
        if schema.kind in ("array", "bytes", "map"):
            raise DecodeError(f"cannot restore {'map' if schema.kind == 'map' else 'slice'} from {given}")
        if schema.kind == "string" and given == "int64":
            raise DecodeError(f"cannot convert int64 to {schema.go_type}")
        raise DecodeError(f"unrecognized type: {_KIND_OF.get(schema.kind) or schema.go_type}")

    def _illegal(self, problem: str) -> None:
        raise DecodeError(f"error decoding from json: {problem}")


_KINDS = {dict: "map", list: "slice", str: "string", bool: "bool", int: "int64", float: "float64"}
_KIND_OF = {"string": "string", "boolean": "bool", "number": "float64"}

_DECODERS = {
    "object": "_object", "map": "_map", "array": "_array", "string": "_string", "integer": "_integer",
    "number": "_number", "boolean": "_boolean", "bytes": "_bytes", "time": "_time", "microtime": "_microtime",
    "quantity": "_quantity", "int-or-string": "_int_or_string", "any": "_any",
}


def _kept(field: Schema, value: Json) -> bool:
    """Whether `omitempty` lets a decoded value through; empty lists and maps are lost in storage."""
    if value is None:
        return False
    if field.kind == "array" or field.kind == "map" or field.kind == "bytes":
        return bool(value)
    if field.pointer or field.kind in ("object", "any", "int-or-string", "quantity"):
        return True
    return bool(value)


def illegal_base64(text: str) -> int:
    """Return the position at which Go's base64.StdEncoding finds `text` wrong, -1 where it is right."""
    from string import ascii_letters, digits

    alphabet = ascii_letters + digits + "+/"
    in_group, at = 0, 0
    while at < len(text):
        char = text[at]
        if char in "\r\n":
            at += 1
        elif char in alphabet:
            in_group, at = (in_group + 1) % 4, at + 1
        elif char != "=" or in_group < 2:
            return at
        else:
            return _illegal_padding(text, at, in_group)
    return at - in_group if in_group else -1


def _illegal_padding(text: str, at: int, in_group: int) -> int:
    """The same for what begins with the first `=`."""
    rest = [index for index in range(at + 1, len(text)) if text[index] not in "\r\n"]
    if in_group == 2:
        if not rest:
            return len(text)
        if text[rest[0]] != "=":
            return rest[0] - 1
        rest = rest[1:]
    return rest[0] if rest else -1


def apply_defaults(obj: Json, schema: Schema) -> None:
    """Fill in, in place, the defaults that the schema itself states, such as a port's protocol TCP.

    A null in a custom resource counts as absent unless its field is nullable.
    """
    if isinstance(obj, list):
        for item in obj:
            apply_defaults(item, schema.items)
    elif isinstance(obj, dict) and schema.kind == "map":
        for item in obj.values():
            apply_defaults(item, schema.items)
    elif isinstance(obj, dict):
        fields = schema.fields
        for name, field in fields.defaulted:
            if name not in obj or (obj[name] is None and not field.raw.get("nullable")):
                obj[name] = clone(field.default)
        for name, item in obj.items():
            if isinstance(item, (dict, list)) and name in fields:
                apply_defaults(item, fields[name])
