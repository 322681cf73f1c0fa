"""--custom: a file with a part of a container, which is laid over what the profile made (applyCustomProfile)."""

from __future__ import annotations

from ...machinery import strategic
from ...machinery.decode import DecodeError, decode
from ...machinery.schema import schema_of
from ..failures import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.schema import Schema
    from ...machinery.types import Json, Object, Release

_FIXED = ("name", "command", "image", "lifecycle", "volumeDevices")


def read(path: str, release: Release) -> Object | None:
    """Return the part of a container that a file of JSON or YAML holds, None for a null; raises Failure."""
    from ...go.yaml import YamlError

    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError as error:
        what = "read" if isinstance(error, IsADirectoryError) else "open"
        raise Failure(f"must pass a container spec json file for custom profile: {what} {path}: "
                      f"{(error.strerror or str(error)).lower()}") from None
    schema = _schema(release)
    try:
        value = _parsed(data)
        return None if value is None else decode(_fitted(value, schema), schema)[0]
    except YamlError as wrong:
        why = f"error converting YAML to JSON: {wrong}"
    except DecodeError as wrong:
        why = f"error unmarshaling JSON: while decoding JSON: {wrong}"
    raise Failure(f"{path} does not contain a valid container spec: {why}")


def check(custom: Object | None) -> None:
    """Raise Failure for what a custom profile may not say."""
    if custom and any(custom.get(field) not in (None, "", []) for field in _FIXED):
        raise Failure("name, command, image, lifecycle and volume devices are not modifiable via custom profile")


def overlaid(container: Object, custom: Object, release: Release) -> Object:
    """Return a container after a strategic merge patch with the custom profile; raises Failure."""
    schema = _schema(release)
    try:
        return strategic.merge(container, {**custom, "name": container["name"]}, schema)
    except strategic.MergeError as wrong:
        raise Failure(f"error creating three way patch to add debug container: {wrong}") from None


def _schema(release: Release) -> Schema:
    pod = schema_of("v1", "Pod", release)
    assert pod is not None
    return pod.fields["spec"].fields["containers"].items


def _parsed(data: bytes) -> Json:
    from ...go.json import loads
    from ...go.yaml import load, text_of

    try:
        return loads(data.decode())
    except ValueError:
        return load(text_of(data))


def _fitted(value: Json, schema: Schema) -> Json:
    """Return a value as it gets through where Go is lenient.

    sigs.k8s.io/yaml, which reads what is no such JSON as well, makes text of scalars where a field is a string, and
    encoding/json does not mind upper and lower case in the names of fields.
    """
    if isinstance(value, list) and schema.kind == "array":
        return [_fitted(item, schema.items) for item in value]
    if isinstance(value, dict) and schema.kind == "map":
        return {key: _fitted(item, schema.items) for key, item in value.items()}
    if isinstance(value, dict) and schema.kind == "object":
        fields, named = schema.fields, {name.lower(): name for name in schema.fields}
        fitted: Object = {}
        for key, item in value.items():
            name: str = key if key in fields else named.get(key.lower(), "")
            if name:  # others are dropped
                fitted[name] = _fitted(item, fields[name])
        return fitted
    if schema.kind == "string" and isinstance(value, (bool, int, float)):
        from ...go.fmt import sprint

        return sprint(value)
    return value
