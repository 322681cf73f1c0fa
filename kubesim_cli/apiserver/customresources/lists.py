"""Lists of the types set and map hold nothing twice (apiextensions-apiserver/pkg/apiserver/schema/listtype)."""

from __future__ import annotations

from ...machinery import field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ...machinery.types import FieldErrors, Json, Object


def duplicates(value: Json, schema: Object, path: str = "") -> FieldErrors:
    """Return the FieldErrors of items that come a second time in a list of type set or map, at any depth
    (ValidateListSetsAndMaps, validationListSetAndMaps, validateListSetsAndMapsArray, validateListSet)."""
    errors = []
    if isinstance(value, list):
        kind = schema.get("x-kubernetes-list-type")
        if kind == "set":
            errors += [field.duplicate(f"{path}[{i}]", value[i]) for i in _second(value)]
        elif kind == "map":
            errors += _in_map(value, schema.get("x-kubernetes-list-map-keys") or (), path)
        items = schema.get("items")
        if isinstance(items, dict):
            for i, item in enumerate(value):
                errors += duplicates(item, items, f"{path}[{i}]")
    elif isinstance(value, dict):
        properties, others = schema.get("properties") or {}, schema.get("additionalProperties")
        for key, item in value.items():
            if not isinstance(item, (dict, list)):
                continue
            if isinstance(others, dict):
                errors += duplicates(item, others, f"{path}[{key}]")
            if key in properties:
                errors += duplicates(item, properties[key], f"{path}.{key}" if path else key)
    return errors


def _in_map(value: list[Json], keys: Iterable[str], path: str) -> FieldErrors:
    """validateListMap."""
    for i, item in enumerate(value):
        if item is not None and not isinstance(item, dict):
            return [field.invalid(f"{path}[{i}]", item, "must be an object for an array of list-type map")]
    found = [{key: item[key] for key in keys if key in item} if item else {} for item in value]
    return [field.duplicate(f"{path}[{i}]", found[i]) for i in _second(found)]


def _second(items: list[Json]) -> list[int]:
    """Return where an item comes for the second time."""
    import json

    seen: dict[str, int] = {}
    at = []
    for i, item in enumerate(items):
        text = json.dumps(item, sort_keys=True)
        seen[text] = seen.get(text, 0) + 1
        if seen[text] == 2:
            at.append(i)
    return at
