"""Values with their schema: comparing, merging and taking away by the rules of server-side apply.

Structs and maps are merged field by field unless they are atomic, lists of type `map` by their keys, of type `set` by
their values; all other lists are owned as a whole. Where there is no schema, structure is taken from the values.
Behaviour: sigs.k8s.io/structured-merge-diff/typed.
"""

from __future__ import annotations

from ..go.fmt import go_syntax, quote, sprint, type_name
from ..go.jsontext import encode
from . import fieldset
from .schema import Schema

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .types import Json, Object

ABSENT = object()


class TypedError(ValueError):
    """A value that does not fit its schema, worded as structured-merge-diff does."""


class Comparison:
    """Three field sets: what the second object has `added`, `modified` and `removed`."""

    __slots__ = ("added", "modified", "removed")

    def __init__(self) -> None:
        self.added: Object = {}
        self.modified: Object = {}
        self.removed: Object = {}

    def excluding(self, ignored: Object) -> Comparison:
        """Return the comparison without the paths of a set and all below them."""
        if ignored:
            for name in self.__slots__:
                setattr(self, name, fieldset.without(getattr(self, name), ignored))
        return self


def compare(left: Json, right: Json, schema: Schema | None) -> Comparison:
    """Return how two objects differ. Raises TypedError."""
    found = Comparison()
    _compare(left, right, schema, [], found)
    return found


def _is_map(schema: Schema | None, *values: list[Json]) -> bool:
    """Whether a value is to be taken field by field."""
    if schema is not None and schema.kind != "any":
        return schema.kind in ("object", "map") and not schema.atomic
    return all(value is ABSENT or value is None or isinstance(value, dict) for value in values)


def _is_list(schema: Schema | None) -> bool:
    """Whether a value is to be taken element by element."""
    return schema is not None and schema.kind == "array" and schema.list_type in ("map", "set")


def _field(schema: Schema | None, name: str) -> Schema | None:
    return schema.field(name) if schema is not None else None


def _declared(schema: Schema | None, name: str) -> bool:
    return schema is not None and schema.kind == "object" and name in schema.fields


def _compare(left: Json, right: Json, schema: Schema | None, path: list[str], found: Comparison) -> None:
    if left is not ABSENT and right is not ABSENT and left == right:
        return
    if _is_map(schema, left, right):
        old, new = _dict(left), _dict(right)
        if old or new:
            for name in {**old, **new}:
                place = [*path, "f:" + name]
                _compare(old.get(name, ABSENT), new.get(name, ABSENT), _field(schema, name), place, found)
            _note_presence(left, right, path, found)
            return
    elif _is_list(schema) and (_list(left) or _list(right)):
        assert schema is not None
        _compare_lists(_list(left), _list(right), schema, path, found)
        _note_presence(left, right, path, found)
        return
    if left is ABSENT or right is ABSENT:
        _note_presence(left, right, path, found)
    else:
        fieldset.insert(found.modified, path)


def _note_presence(left: Json, right: Json, path: list[str], found: Comparison) -> None:
    if left is ABSENT:
        fieldset.insert(found.added, path)
    elif right is ABSENT:
        fieldset.insert(found.removed, path)


def _compare_lists(left: list[Json], right: list[Json], schema: Schema, path: list[str], found: Comparison) -> None:
    old, new = _grouped(left, schema), _grouped(right, schema)
    for key in {**old, **new}:
        before, after = old.get(key, ()), new.get(key, ())
        place = [*path, key]
        if len(before) <= 1 and len(after) <= 1:
            _compare(before[0] if before else ABSENT, after[0] if after else ABSENT, schema.items, place, found)
        elif len(before) > 1 and len(after) > 1:
            if before != after:
                fieldset.insert(found.modified, place)
        elif len(before) > 1:
            if after:
                _compare(ABSENT, after[0], schema.items, place, found)
            fieldset.insert(found.removed, place)
        else:
            if before:
                _compare(before[0], ABSENT, schema.items, place, found)
            fieldset.insert(found.added, place)


def _grouped(items: list[Json], schema: Schema) -> dict[str, list[Json]]:
    groups: dict[str, list[Json]] = {}
    for index, item in enumerate(items):
        groups.setdefault(_element(item, schema, index), []).append(item)
    return groups


def _dict(value: Json) -> Object:
    return value if isinstance(value, dict) else {}


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


def _element(item: Json, schema: Schema, index: int = 0) -> str:
    """Return the path element of a list's item. Raises TypedError."""
    if schema.list_type == "set":
        if isinstance(item, dict):
            raise TypedError(f": element {index}: associative list without keys has an element that's a map type")
        return "v:" + encode(item)
    if not isinstance(item, dict):
        what = "a null element" if item is None else "non-map elements"
        raise TypedError(f": element {index}: associative list with keys may not have {what}")
    keys = {}
    for name in sorted(schema.map_keys):
        value = item.get(name, ABSENT)
        if value is ABSENT:
            value = _key_default(schema.items.fields.get(name))
        if value is not ABSENT:
            keys[name] = value
    if not keys:
        names = " ".join(quote(name) for name in schema.map_keys)
        raise TypedError(f": element {index}: associative list with keys has an element that omits all key fields "
                         f"[{names}] (and doesn't have default values for any key fields)")
    return "k:" + encode(keys)


def _key_default(field: Schema | None) -> Json:
    if field is None:
        return ABSENT
    if field.default is not None:
        return field.default
    if field.always and not field.pointer and field.kind in ("string", "integer"):
        return "" if field.kind == "string" else 0
    return ABSENT


def field_set(value: Json, schema: Schema | None) -> Object:
    """Return the set of the fields that an applied object names (ToFieldSet)."""
    found: Object = {}
    _collect(value, schema, [], found)
    return found


def _collect(value: Json, schema: Schema | None, path: list[str], found: Object) -> None:
    if _is_map(schema, value):
        for name, item in _dict(value).items():
            place = [*path, "f:" + name]
            _collect(item, _field(schema, name), place, found)
            if item is None or item == {} or not _declared(schema, name):
                fieldset.insert(found, place)
    elif _is_list(schema):
        assert schema is not None
        for key, items in _grouped(_list(value), schema).items():
            if len(items) == 1:
                _collect(items[0], schema.items, [*path, key], found)
            fieldset.insert(found, [*path, key])
    else:
        fieldset.insert(found, path)


def merge(live: Json, applied: Json, schema: Schema | None) -> Json:
    """Return what `applied` makes of `live`; either may be ABSENT. Raises TypedError."""
    if _is_map(schema, live, applied):
        old, new = _dict(live), _dict(applied)
        if old or new:
            merged = {}
            for name in {**old, **new}:
                item = merge(old.get(name, ABSENT), new.get(name, ABSENT), _field(schema, name))
                if item is not ABSENT:
                    merged[name] = item
            return merged or ABSENT
    elif _is_list(schema) and (_list(live) or _list(applied)):
        assert schema is not None
        return _merge_lists(_list(live), _list(applied), schema) or ABSENT
    return live if applied is ABSENT else applied


def _merge_lists(live: list[Json], applied: list[Json], schema: Schema) -> list[Json]:
    """Merge by key: in the order of `applied`, with what only `live` has where it was between them."""
    theirs = [_element(item, schema, index) for index, item in enumerate(applied)]
    mine = [_element(item, schema, index) for index, item in enumerate(live)]
    of_applied = dict(zip(theirs, applied))
    if len(of_applied) < len(theirs):
        double = next(key for index, key in enumerate(theirs) if key in theirs[:index])
        raise TypedError(f": duplicate entries for key {fieldset.path_text([double])}")
    of_live = {key: ABSENT if mine.count(key) > 1 else item for key, item in zip(mine, live)}
    shared = [key for key in theirs if key in of_live]
    merged, done = [], set()

    def take(key: str) -> None:
        done.add(key)
        merged.append(merge(of_live.get(key, ABSENT), of_applied[key], schema.items))
        if shared and shared[0] == key:
            del shared[0]

    i = j = 0
    while i < len(mine) or j < len(theirs):
        if i < len(mine) and j < len(theirs):
            if mine[i] == theirs[j]:
                take(theirs[j])
                i, j = i + 1, j + 1
                continue
            if mine[i] in of_applied and shared and shared[0] != mine[i]:
                i += 1
                continue
        if i < len(mine):
            if mine[i] not in of_applied:
                merged.append(live[i])
                i += 1
                continue
            if mine[i] in done:
                i += 1
        if j < len(theirs):
            take(theirs[j])
            j += 1
    return [item for item in merged if item is not ABSENT]


def remove(value: Json, fields: Object, schema: Schema | None) -> Json:
    """Return a value without the places of a field set (RemoveItems); None where nothing is left."""
    if _is_map(schema, value) and isinstance(value, dict):
        return _remove_from_map(value, fields, schema)
    if _is_list(schema) and isinstance(value, list):
        assert schema is not None
        kept, touched = [], False
        for index, item in enumerate(value):
            key = _element(item, schema, index)
            if fieldset.has(fields, [key]):
                continue
            inner = fieldset.below(fields, key)
            if inner:
                touched = True
                item = _emptied(item, remove(item, inner, schema.items))
            kept.append(item)
        return kept if kept or touched else None
    return value if not isinstance(value, (dict, list)) else None


def _remove_from_map(value: Object, fields: Object, schema: Schema | None) -> Json:
    kept, touched = {}, False
    for name, item in value.items():
        key = "f:" + name
        if fieldset.has(fields, [key]):
            continue
        inner = fieldset.below(fields, key)
        if inner:
            touched = True
            item = _emptied(item, remove(item, inner, _field(schema, name)))
        kept[name] = item
    return kept if kept or touched else None


def _emptied(before: Json, after: Json) -> Json:
    """A structure that lost all it had stays as an empty one."""
    return type(before)() if after is None and isinstance(before, (dict, list)) else after


def named(fields: Object, schema: Schema | None) -> Object:
    """Return the set with the structs on the way to its paths in it, too (EnsureNamedFieldsAreMembers)."""
    out = {}
    for key, node in fields.items():
        if key == "." or not node:
            out[key] = node
        elif key.startswith("f:"):
            name = key[2:]
            below = named(node, _field(schema, name))
            out[key] = {".": {}, **below} if _declared(schema, name) else below
        else:
            out[key] = named(node, schema.items if _is_list(schema) and schema else None)
    return out


def atomics(value: Json, schema: Schema | None, path: str = "") -> list[str]:
    """Return the paths of the atomic lists and maps that an applied object names (smd.go's findAtomics)."""
    found = []
    if isinstance(value, dict):
        if schema is not None and schema.kind in ("object", "map") and schema.atomic:
            found.append(path)
        for name in sorted(value):
            if schema is None or _declared(schema, name):
                found += atomics(value[name], _field(schema, name), f"{path}.{name}")
    elif isinstance(value, list):
        if not _is_list(schema):
            found.append(path)
        for index, item in enumerate(value):
            found += atomics(item, schema.items if schema is not None else None, f"{path}[{index}]")
    return found


def check(value: Json, schema: Schema | None) -> None:
    """Refuse an applied object that does not fit its schema. Raises TypedError with all complaints."""
    wrong: list[str] = []
    _check(value, schema, "", wrong, False)
    if wrong:
        raise TypedError(wrong[0] if len(wrong) == 1 else "\n  ".join(["errors:", *wrong]))


def _check(value: Json, schema: Schema | None, path: str, wrong: list[str], free: bool) -> None:
    """`free`: fields that are not declared pass, since a schema above preserves them (schemaconv's visitSpec)."""
    if value is None or schema is None or schema.kind in _OF_ANY_TYPE:
        return
    complaint = ""
    if schema.kind in ("object", "map"):
        if isinstance(value, dict):
            _check_map(value, schema, path, wrong, free or schema.preserves_unknown)
        else:
            complaint = f"expected map, got {_unstructured(value)}"
    elif schema.kind == "array":
        if isinstance(value, list):
            _check_list(value, schema, path, wrong, free or schema.preserves_unknown)
        else:
            complaint = f"expected list, got {_unstructured(value)}"
    elif schema.kind in ("integer", "number"):
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            complaint = f"expected numeric (int or float), got {type_name(value)}"
    elif schema.kind in ("string", "bytes"):
        if not isinstance(value, str):
            complaint = f"expected string, got &value.valueUnstructured{{Value:{go_syntax(value)}}}"
    elif schema.kind == "boolean":
        if not isinstance(value, bool):
            complaint = f"expected boolean, got {_unstructured(value)}"
    elif isinstance(value, (dict, list)):
        complaint = f"expected any scalar, got {_unstructured(value)}"
    if complaint:
        wrong.append(f"{path}: {complaint}" if path else complaint)


def _check_map(value: Object, schema: Schema, path: str, wrong: list[str], free: bool) -> None:
    """The walk ends at the first field that is not declared (visitMapItems). What declares none takes any (schemaconv's
    parseObject)."""
    free = free or (schema.kind == "object" and not schema.fields)
    for name in sorted(value):
        field = schema.field(name)
        if field is None and not free:
            wrong.append(f"{path}.{name}: field not declared in schema")
            return
        _check(value[name], field, f"{path}.{name}", wrong, free)


def _check_list(value: list[Json], schema: Schema, path: str, wrong: list[str], free: bool) -> None:
    seen = set()
    for index, item in enumerate(value):
        place = f"[{index}]"
        if schema.list_type != "atomic":
            try:
                key = _element(item, schema, index)
            except TypedError as error:
                wrong.append(path + str(error))
                return
            place = fieldset.path_text([key])
            if key in seen:
                wrong.append(f"{path}: duplicate entries for key {place}")
            seen.add(key)
        _check(item, schema.items, path + place, wrong, free)


# An int-or-string has no single type in OpenAPI, so that structured-merge-diff takes whatever comes.
_OF_ANY_TYPE = ("any", "int-or-string")


def _unstructured(value: Json) -> str:
    """A value as `%v` prints structured-merge-diff's wrapper around it."""
    return f"&{{{sprint(value)}}}"
