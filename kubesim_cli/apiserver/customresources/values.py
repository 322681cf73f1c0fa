"""Whether a value is what an OpenAPI schema asks for, in the words of k8s.io/kube-openapi/pkg/validation/validate.

A schema is a node of a CRD's openAPIV3Schema. Every path names the place as the server's messages do, as in
`spec.items[0]`; an unnamed root gives `.key` for a key of additionalProperties.
"""

from __future__ import annotations

from ...go import regexp
from ...machinery import field
from ...releases.gates import enabled
from . import formats

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ...machinery.field import FieldError
    from ...machinery.types import FieldErrors, Json, Object, Release

_MISSING = object()
_SLOTS = 8  # a Go map of at most as many keys is one group


def validate(value: Json, schema: Object, release: Release, old: Json = _MISSING, path: str = "") -> FieldErrors:
    """Return the FieldErrors of a value; with `old`, those parts that equal the old value's are not told
    (ValidateCustomResource, ValidateCustomResourceUpdate, NewRatchetingSchemaValidator, newRatchetingValueValidator,
    kubeOpenAPIResultToFieldErrors)."""
    ratchet = old is not _MISSING and enabled("CRDValidationRatcheting", release)
    return _Validator(release).check(value, schema, path, old if ratchet else _MISSING).errors


class _Result:
    """`errors`, and `count`: how much was right, by which the nearest of several alternatives is found."""

    __slots__ = ("count", "errors")

    def __init__(self) -> None:
        self.errors: FieldErrors = []
        self.count = 0

    def merge(self, other: _Result) -> None:
        self.errors += other.errors
        self.count += other.count


class _Validator:
    def __init__(self, release: Release):
        self.release = release

    def check(self, value: Json, schema: Object, path: str, old: Json = _MISSING) -> _Result:
        result = _Result()
        types = _types(schema)
        form = formats.known(schema, self.release)
        if value is None:
            result.errors += _null(schema, types, path)
            result.errors += _enum(value, schema, path)
        else:
            if types or form:
                result.merge(_type(value, types, form, path))
                result.count += 1
            result.merge(self._alternatives(value, schema, path))
            result.count += 1
            self._by_type(result, value, schema, form, path, old)
            result.count += 1
        if old is not _MISSING and result.errors and value == old:
            result.errors = []
        return result

    def _by_type(self, result: _Result, value: Json, schema: Object, form: str, path: str, old: Json) -> None:
        """What only strings, numbers, lists or objects are asked for, and the enum between them."""
        if isinstance(value, str):
            result.errors += _string(value, schema, path)
            if form and form not in formats.NUMBERS:
                result.errors += _format(value, form, path)
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            result.errors += _number(value, schema, form, path)
        elif isinstance(value, list):
            self._list(result, value, schema, path, old)
        result.errors += _enum(value, schema, path)
        if isinstance(value, dict):
            self._object(result, value, schema, path, old)
        result.count += 1

    def _list(self, result: _Result, value: list[Json], schema: Object, path: str, old: Json) -> None:
        items = schema.get("items")
        if isinstance(items, dict):
            find = correlate(schema, old) if isinstance(old, list) else None
            for i, item in enumerate(value):
                before = find(item) if find else _MISSING
                result.merge(self.check(item, items, f"{path}[{i}]", before))
        size, least, most = len(value), schema.get("minItems"), schema.get("maxItems")
        if least is not None and size < least:
            result.errors.append(_invalid(path, size, f"{path} in body should have at least {least} items"))
        if most is not None and size > most:
            result.errors.append(field.too_many(path, size, most))

    def _object(self, result: _Result, value: Object, schema: Object, path: str, old: Json) -> None:
        size, least, most = len(value), schema.get("minProperties"), schema.get("maxProperties")
        if least is not None and size < least:
            result.errors.append(_invalid(path, size, f"{path} in body should have at least {least} properties"))
        if most is not None and size > most:
            result.errors.append(field.too_many(_named(path), size, most))
        properties, others = schema.get("properties") or {}, schema.get("additionalProperties")
        before = old if isinstance(old, dict) else {}
        for key, item in value.items():
            if key in properties:
                continue
            if others is False:
                result.errors.append(_invalid(path, key, f"{path}.{key} in body is a forbidden property"))
            elif isinstance(others, dict):
                result.merge(self.check(item, others, f"{path}.{key}", before.get(key, _MISSING)))
        for key in map_order(properties):
            if key in value:
                place = f"{path}.{key}" if path else key
                result.merge(self.check(value[key], properties[key], place, before.get(key, _MISSING)))
        for key in schema.get("required") or ():
            if key not in value:
                result.errors.append(field.required(_named(f"{path}.{key}")))

    def _alternatives(self, value: Json, schema: Object, path: str) -> _Result:
        """anyOf, oneOf, allOf and not (schemaPropsValidator)."""
        result = _Result()
        if schema.get("anyOf"):
            tried = [self.check(value, each, path) for each in schema["anyOf"]]
            fit = next((each for each in tried if not each.errors), None)
            if fit is None:
                result.errors.append(_unnamed(f'"{path}" must validate at least one schema (anyOf)'))
            result.merge(fit or max(tried, key=lambda each: each.count))
        if schema.get("oneOf"):
            self._one_of(result, [self.check(value, each, path) for each in schema["oneOf"]], path)
        if schema.get("allOf"):
            tried = [self.check(value, each, path) for each in schema["allOf"]]
            for each in tried:
                result.merge(each)
            fine = [each for each in tried if not each.errors]
            if len(fine) != len(tried):
                more = "" if fine else ". None validated"
                result.errors.append(_unnamed(f'"{path}" must validate all the schemas (allOf){more}'))
        if schema.get("not") is not None and not self.check(value, schema["not"], path).errors:
            result.errors.append(_unnamed(f'"{path}" must not validate the schema (not)'))
        result.count += 1
        return result

    @staticmethod
    def _one_of(result: _Result, tried: list[_Result], path: str) -> None:
        fine = [each for each in tried if not each.errors]
        if len(fine) == 1:
            result.merge(fine[0])
            return
        more = f"Found {len(fine)} valid alternatives" if fine else "Found none valid"
        result.errors.append(_unnamed(f'"{path}" must validate one and only one schema (oneOf). {more}'))
        if not fine:
            result.merge(max(tried, key=lambda each: each.count))


def map_order(keys: Iterable[str]) -> list[str]:
    """Return keys in an order in which Go may walk a small map.

    Go begins anywhere in such a map; here the place follows from the names, so that it is the same every time.
    """
    ordered = sorted(keys)
    if len(ordered) > _SLOTS:
        return ordered
    start = sum(map(len, ordered)) % _SLOTS
    return ordered[start:] + ordered[:start] if start < len(ordered) else ordered


def correlate(schema: Object, old: list[Json]) -> Callable[[Json], Json] | None:
    """Return a function item -> the old item with the same keys in a list of type map, None for other lists
    (MapIsCorrelatable)."""
    if schema.get("x-kubernetes-list-type") != "map":
        return None
    keys = schema.get("x-kubernetes-list-map-keys") or ()

    def find(item: Json) -> Json:
        if not isinstance(item, dict):
            return _MISSING
        wanted = [item.get(key) for key in keys]
        for candidate in old:
            if isinstance(candidate, dict) and [candidate.get(key) for key in keys] == wanted:
                return candidate
        return _MISSING

    return find


def _types(schema: Object) -> list[str]:
    if schema.get("x-kubernetes-int-or-string"):
        return ["integer", "string"]
    return [schema["type"]] if schema.get("type") else []


def _named(path: str) -> str:
    return path.removeprefix(".")


def _invalid(path: str, value: Json, detail: str) -> FieldError:
    return field.invalid(_named(path) or "<nil>", value, detail)


def _unnamed(text: str) -> FieldError:
    """An error that the server finds no field for."""
    return field.invalid("<nil>", "", text)


def _type_invalid(path: str, value: str, wanted: str) -> FieldError:
    body = f'Invalid value: {field.show(value)}: {path} in body must be of type {wanted}: {field.show(value)}'
    return field.FieldError("FieldValueTypeInvalid", _named(path) or "<nil>", body)


def _null(schema: Object, types: list[str], path: str) -> FieldErrors:
    if not types or schema.get("nullable"):
        return []
    return [_type_invalid(path, "null", ",".join(types))]


def _kind(value: Json) -> tuple[str, str]:
    """Return a value's JSON type and the format that Go's type of it stands for."""
    if isinstance(value, bool):
        return "boolean", ""
    if isinstance(value, str):
        return "string", ""
    if isinstance(value, int):
        return "integer", "int64"
    if isinstance(value, float):
        return "number", "float64"
    return ("array" if isinstance(value, list) else "object"), ""


def _type(value: Json, types: list[str], form: str, path: str) -> _Result:
    result = _Result()
    kind, own_format = _kind(value)
    whole = kind == "number" and value.is_integer() and "integer" in types
    fits = kind in types or whole or (kind == "integer" and "number" in types)
    if form and kind not in ("string", "array"):
        if not fits and own_format != form:
            result.errors.append(_type_invalid(path, own_format, form))
            return result
    elif form and "number" not in types and "integer" not in types:
        fits = True
    if fits:
        result.count = 1
    else:
        result.errors.append(_type_invalid(path, kind, ",".join(types)))
    return result


def _string(value: str, schema: Object, path: str) -> FieldErrors:
    most, least, pattern = schema.get("maxLength"), schema.get("minLength"), schema.get("pattern")
    if most is not None and len(value) > most:
        return [field.too_long(_named(path), most)]
    if least is not None and len(value) < least:
        return [_invalid(path, value, f"{path} in body should be at least {least} chars long")]
    if pattern and not regexp.compile(pattern).matches(value):
        return [_invalid(path, value, f"{path} in body should match '{pattern}'")]
    return []


def _format(value: str, form: str, path: str) -> FieldErrors:
    return [] if formats.fits(value, form) else [_type_invalid(path, value, form)]


def _number(value: Json, schema: Object, form: str, path: str) -> FieldErrors:
    errors = []
    bits = {"int32": 31, "int64": 63}.get(form, 63 if schema.get("type") == "integer" else 0)
    if bits and (not -(1 << bits) <= value < 1 << bits or value != int(value)):
        named = f"with format {form}" if form else "(default format)"
        errors.append(_unnamed(f"Checked value must be of type {schema['type']} {named} in {path}"))
    whole = isinstance(value, int)
    factor = schema.get("multipleOf")
    if factor is not None and not _multiple(value, factor):
        errors.append(_invalid(path, value, f"{path} in body should be a multiple of {_shown(factor, whole)}"))
    for key, more, word in (("minimum", "exclusiveMinimum", "greater"), ("maximum", "exclusiveMaximum", "less")):
        limit = schema.get(key)
        if limit is None:
            continue
        limit = int(limit) if whole else limit
        beyond = value < limit if word == "greater" else value > limit
        exclusive = bool(schema.get(more))
        if beyond or (exclusive and value == limit):
            equal = "" if exclusive else " or equal to"
            errors.append(_invalid(path, value, f"{path} in body should be {word} than{equal} {_shown(limit, whole)}"))
    return errors


def _multiple(value: Json, factor: Json) -> bool:
    if isinstance(value, int) and int(factor) > 0:
        return value % int(factor) == 0
    share = value / factor
    return bool(abs(share - round(share)) < 1e-9)


def _shown(number: Json, whole: bool) -> str:
    """A bound as Go prints it: int64 for whole values, else float64."""
    if whole or float(number).is_integer():
        return str(int(number))
    return repr(number)


def _enum(value: Json, schema: Object, path: str) -> FieldErrors:
    allowed = schema.get("enum")
    if not allowed or any(_same(value, each) for each in allowed):
        return []
    import json

    shown = [each if isinstance(each, str) else json.dumps(each, separators=(",", ":")) for each in allowed]
    return [field.not_supported(_named(path), value, shown)]


def _same(value: Json, other: Json) -> bool:
    return value == other and isinstance(value, bool) == isinstance(other, bool)
