"""What Go's decoders make of JSON values: values as structs hold them, and what they say where one does not fit.

A table names structs and, for each, the types of its fields: `string`, `bool`, `int`, `int64`, `bytes`, `any`, another
struct of the table, `[]` or `{}` before one (a list, a map), `*` for a pointer in a list, or `Name=string` for a string
type of its own. The fields of an embedded struct stand under `+Name`. (encoding/json, and sigs.k8s.io/json, a fork.)
"""

from __future__ import annotations

from .json import type_word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

_SCALARS = {"string": str, "bool": bool, "int": int, "int64": int, "bytes": str}
_ZEROS: dict[str, Any] = {"string": "", "bool": False, "int": 0, "int64": 0}
_HEAD = 'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }'
_GO = {"any": "interface {}", "bytes": "[]uint8"}


class Misfit(ValueError):
    """A value that does not fit; the text is the decoder's, from `json: ` on."""


class Types:
    """A table of structs. `package` is where they are (`packages` has exceptions); `strict` refuses unknown fields and
    finds known ones in any case, as encoding/json does; sigs.k8s.io/json is neither."""

    def __init__(self, structs: Mapping[str, Mapping[str, str]], package: str,
                 packages: Mapping[str, str] | None = None, strict: bool = False) -> None:
        self._structs, self._package, self._packages, self._strict = structs, package, packages or {}, strict

    def fitted(self, value: Any, type_: str) -> Any:
        """Return a value as its type holds it: names of fields as the struct writes them, no nulls but of pointers and
        `any`. Raises Misfit for the first value of another type and the first unknown field."""
        return self._value(type_, value, "", ())

    def unknown(self, value: Any, type_: str, path: str = "") -> list[str]:
        """Return the paths of the fields of a value that fits, of which the type knows nothing."""
        type_ = type_.lstrip("*")
        if type_.startswith("[]") and isinstance(value, list):
            return [found for i, item in enumerate(value) for found in self.unknown(item, type_[2:], f"{path}[{i}]")]
        if type_ not in self._structs or not isinstance(value, dict):
            return []
        fields, out = self._fields(type_), list[str]()
        for key in sorted(value):
            at = f"{path}.{key}" if path else key
            out += self.unknown(value[key], fields[key][1], at) if key in fields else [at]
        return out

    def _value(self, type_: str, value: Any, struct: str, where: tuple[str, ...]) -> Any:
        """`struct` is the type that `where`, the names on the way, ends in."""
        if value is None:
            return self._zero(type_)
        type_ = type_.lstrip("*")
        if type_.startswith("[]") and isinstance(value, list):
            return [self._value(type_[2:], item, struct, where) for item in value]
        if type_.startswith("{}") and isinstance(value, dict):
            return {key: self._value(type_[2:], item, struct, where) for key, item in value.items()}
        scalar = _SCALARS.get(type_.rpartition("=")[2])
        if type_ == "any" or (scalar and type(value) is scalar):
            return value
        if type_ in self._structs and isinstance(value, dict):
            return self._struct(type_, value, where)
        number = isinstance(value, float) and scalar is int
        given = f"number {value}" if number else type_word(value)
        place = f"struct field {struct}.{'.'.join(where)} of" if where else "value of"
        raise Misfit(f"json: cannot unmarshal {given} into Go {place} type {self._go(type_)}")

    def _zero(self, type_: str) -> Any:
        """Return what a null leaves of a list's or a map's element."""
        return {} if type_ in self._structs else _ZEROS.get(type_.rpartition("=")[2])

    def _struct(self, type_: str, value: dict[str, Any], where: tuple[str, ...]) -> dict[str, Any]:
        fields, out = self._fields(type_), {}
        for key in sorted(value):
            found = fields.get(key.lower() if self._strict else key)
            if found is None:
                if self._strict:
                    raise Misfit(f'json: unknown field "{key}"')
                continue
            name, field, embedded = found
            if value[key] is not None:
                out[name] = self._value(field, value[key], type_, (*where, *embedded, name))
        return out

    def _fields(self, type_: str, embedded: tuple[str, ...] = ()) -> dict[str, tuple[str, str, tuple[str, ...]]]:
        """Return name as it is looked up -> (name, type, names of the embedded types that it is in)."""
        found: dict[str, tuple[str, str, tuple[str, ...]]] = {}
        for name, field in self._structs[type_].items():
            if name.startswith("+"):
                found.update(self._fields(field, (*embedded, field)))
            else:
                found[name.lower() if self._strict else name] = (name, field, embedded)
        return found

    def _go(self, type_: str) -> str:
        """Return the type as reflection names it."""
        if type_.startswith("[]"):
            return "[]" + ("*" if type_[2:3] == "*" else "") + self._go(type_[2:].lstrip("*"))
        if type_.startswith("{}"):
            return "map[string]" + self._go(type_[2:])
        name = type_.partition("=")[0]
        if name in _GO or name in _SCALARS:
            return _GO.get(name, name)
        return f"{self._packages.get(name, self._package)}.{name}"


def version_and_kind(value: Any) -> tuple[str, str]:
    """Return the apiVersion and the kind of an object, "" where there is none; raises Misfit (SimpleMetaFactory)."""
    wrong = "couldn't get version/kind; json parse error: json: cannot unmarshal {} into Go {}"
    if not isinstance(value, dict):
        raise Misfit(wrong.format(type_word(value), f"value of type {_HEAD}"))
    for field in ("apiVersion", "kind"):
        if not isinstance(value.get(field), (str, type(None))):
            raise Misfit(wrong.format(type_word(value[field]), f"struct field .{field} of type string"))
    return value.get("apiVersion") or "", value.get("kind") or ""
