"""The types of a kustomization's fields, and what Go's decoder says where a value does not fit (encoding/json).

types.json (renewed by hack/update_kustomize_types.py) maps each Go type to its fields. A field's type is `string`,
`bool`, `int`, `int64`, `any`, another type of the file, `[]` or `{}` before one (a list, a map), or `Name=string` for a
string type of its own. The fields of an embedded type stand under `+Name`.
"""

from __future__ import annotations

from ...go.json import type_word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.types import Json, Object

_SCALARS = {"string": str, "bool": bool, "int": int, "int64": int}


class Misfit(ValueError):
    """A value that does not fit; the text is that of encoding/json, from `json: ` on."""


def fitted(value: Json, type_: str = "Kustomization") -> Json:
    """Return a value as its type holds it: names of fields, which are found in any case, as the type writes them.

    Raises Misfit for the first value of another type and the first unknown field.
    """
    return _value(type_, value, "", ())


def _types() -> Object:
    import json
    import os

    if not _cache:
        with open(os.path.join(os.path.dirname(__file__), "types.json"), encoding="utf-8") as file:
            _cache.update(json.load(file))
    return _cache


_cache: Object = {}


def _value(type_: str, value: Json, struct: str, where: tuple[str, ...]) -> Json:
    """Decode what is not null. `struct` is the type that `where`, the names on the way, ends in."""
    if type_.startswith("[]") and isinstance(value, list):
        return [item if item is None else _value(type_[2:].lstrip("*"), item, struct, where) for item in value]
    if type_.startswith("{}") and isinstance(value, dict):
        return {key: item if item is None else _value(type_[2:], item, struct, where) for key, item in value.items()}
    scalar = _SCALARS.get(type_.rpartition("=")[2])
    if type_ == "any" or (scalar and type(value) is scalar):
        return value
    if type_ in _types() and isinstance(value, dict):
        return _struct(type_, value, where)
    number = isinstance(value, float) and scalar is int
    given = f"number {value}" if number else type_word(value)
    place = f"struct field {struct}.{'.'.join(where)} of" if where else "value of"
    raise Misfit(f"json: cannot unmarshal {given} into Go {place} type {_go(type_)}")


def _struct(type_: str, value: Object, where: tuple[str, ...]) -> Object:
    fields, out = _fields(type_), {}
    for key in sorted(value):
        if key.lower() not in fields:
            raise Misfit(f'json: unknown field "{key}"')
        name, field, embedded = fields[key.lower()]
        if value[key] is not None:
            out[name] = _value(field, value[key], type_, (*where, *embedded, name))
    return out


def _fields(type_: str, embedded: tuple[str, ...] = ()) -> dict[str, tuple[str, str, tuple[str, ...]]]:
    """Return name in lower case -> (name, type, names of the embedded types that it is in)."""
    found: dict[str, tuple[str, str, tuple[str, ...]]] = {}
    for name, field in _types()[type_].items():
        if name.startswith("+"):
            found.update(_fields(field, (*embedded, field)))
        else:
            found[name.lower()] = (name, field, embedded)
    return found


def _go(type_: str) -> str:
    """Return the type as reflection names it."""
    if type_.startswith("[]"):
        return "[]" + ("*" if type_[2:3] == "*" else "") + _go(type_[2:].lstrip("*"))
    if type_.startswith("{}"):
        return "map[string]" + _go(type_[2:])
    name = type_.partition("=")[0]
    if name in _SCALARS:
        return name
    return "interface {}" if name == "any" else f"{'resid' if name in ('Gvk', 'ResId') else 'types'}.{name}"
