"""API objects the way the Go server's own types look as JSON, which some of its complaints quote.

The server's internal types have no json tags: every field is told under its Go name, empty ones as well. Their fields
(internaltypes.json, renewed by hack/update_internaltypes.py) are rows of Go name, type and, where it is not the Go name
with a small first letter, the name in the API. Types: s string, n number, b bool, q Quantity, z time or any value; `*`,
`[]` and `{}` before a type make it a pointer, a list or a map. Types under metav1 have tags and leave out what is
empty.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..machinery.types import Json, Object

_ZERO: Object = {"s": "", "n": 0, "b": False, "q": "0", "z": None}
# Fields that the API has in a pod's spec, the server in its security context.
_HOST_FIELDS = ("hostNetwork", "hostPID", "hostIPC", "shareProcessNamespace", "hostUsers")
_types: dict[str, list[list[str]]] = {}


def internal(value: Json, type_name: str) -> Json:
    """Return an API value (dict, list or scalar) in the shape of the server's type, as in `PodSpec`."""
    if not _types:
        import os

        from ..go.jsontext import loads

        with open(os.path.join(os.path.dirname(__file__), "internaltypes.json"), encoding="utf-8") as file:
            _types.update(loads(file.read()))
    return _convert(value, type_name)


def _convert(value: Json, type_: str) -> Json:
    if type_.startswith("*"):
        return None if value is None else _convert(value, type_[1:])
    if type_.startswith("[]"):
        return None if value is None else [_convert(item, type_[2:]) for item in value]
    if type_.startswith("{}"):
        return None if value is None else {key: _convert(value[key], type_[2:]) for key in sorted(value)}
    if type_ in _ZERO:
        return _ZERO[type_] if value is None else value
    if type_ == "JSONSchemaPropsOrBool":
        schema = value if isinstance(value, dict) else None
        return {"Allows": bool(value) or schema is not None, "Schema": _convert(schema, "*JSONSchemaProps")}
    if type_ == "JSONSchemaPropsOrArray":
        value = {"jSONSchemas": value} if isinstance(value, list) else {"schema": value}
    if type_ == "JSONSchemaPropsOrStringArray":
        value = {"property": value} if isinstance(value, list) else {"schema": value}
    value = value or {}
    if type_ == "PodSpec":
        moved = {key: value[key] for key in _HOST_FIELDS if key in value}
        value = {**value, "securityContext": {**(value.get("securityContext") or {}), **moved}}
    elif type_ == "PodTemplateSpec":
        value = {**(value.get("metadata") or {}), **value}
    shown = {}
    for row in _types[type_]:
        name, field_type = row[0], row[1]
        key = row[2] if len(row) > 2 else name[0].lower() + name[1:]
        found = value.get(key)
        if found is not None or not (type_.startswith("metav1.") or name == key):
            shown[name] = _convert(found, field_type)
    return shown


def diff(old: Json, new: Json, type_name: str) -> str:
    """Return how two API values differ as values of a server's type (k8s.io/apimachinery/pkg/util/diff)."""
    import difflib
    import json

    before, after = (json.dumps(internal(value, type_name), indent=1, ensure_ascii=False).splitlines(keepends=True)
                     for value in (old, new))
    before[-1] += "\n"
    after[-1] += "\n"
    return "".join(list(difflib.unified_diff(before, after))[2:])
