"""Strategic merge patch: merging a patch into an object, or into another patch.

Lists with the patch strategy `merge` are merged by their merge key; directives in the patch (`$patch`, `$retainKeys`,
`$setElementOrder/<list>`, `$deleteFromPrimitiveList/<list>`) say what merging alone cannot. Behaviour and words:
k8s.io/apimachinery/pkg/util/strategicpatch. How patches are made stands in strategicdiff.py.
"""

from __future__ import annotations

from ..go.fmt import sprint
from .objects import clone
from .schema import Schema

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .types import Json, Object

PATCH = "$patch"
RETAIN_KEYS = "$retainKeys"
SET_ORDER = "$setElementOrder"
DELETE_FROM_LIST = "$deleteFromPrimitiveList"
_MISSING = object()


class MergeError(ValueError):
    """A patch that cannot be merged. `code` is the HTTP status that the server answers with: 400, 422 or 500."""

    def __init__(self, text: str, code: int = 500) -> None:
        super().__init__(text)
        self.code = code


def merge(original: Object, patch: Object, schema: Schema | None) -> Object:
    """Return `original` after a strategic merge patch; neither is changed. Raises MergeError."""
    return _Merge(parallel=True).objects(clone(original), clone(patch), schema)


def merge_patches(first: Object, second: Object, schema: Schema | None) -> Object:
    """Return one patch that does what two do, one after the other. Raises MergeError."""
    return _Merge(parallel=False).objects(clone(first), clone(second), schema)


def strategy(schema: Schema | None) -> tuple[bool, str]:
    """Return whether a field retains keys, and its patch strategy: merge, replace or ""."""
    retain, found = False, ""
    for name in schema.strategies if schema else ():
        if name == "retainKeys":
            retain = True
        else:
            found = name
    return retain, found


def field(schema: Schema | None, key: str) -> Schema | None:
    return schema.field(key) if schema else None


def elements(schema: Schema | None) -> Schema | None:
    return schema.items if schema and schema.kind == "array" else None


def no_merge_key(item: Object, merge_key: str) -> MergeError:
    return MergeError(f"map: {sprint(item)} does not contain declared merge key: {merge_key}")


def wrong_type(wanted: str, value: Json) -> MergeError:
    return MergeError(f"expected a {wanted}, but received a {_GO_TYPES.get(type(value), '%!s(<nil>)')}")


_GO_TYPES = {dict: "map[string]interface {}", list: "[]interface {}", str: "string", bool: "bool", int: "int64",
             float: "float64"}


def element_type(*lists: list[Json]) -> Json:
    """Return the one Python type of all elements. Raises MergeError where there are several, or lists of lists."""
    kinds = [type(item) for items in lists for item in items]
    if kinds and kinds[0] is list:
        raise MergeError("lists of lists are not supported", 422)
    if any(kind is not kinds[0] for kind in kinds):
        raise MergeError(f"list element types are not identical: {sprint(list(lists))}")
    if not kinds:
        raise MergeError("no elements in any of the given slices")
    return kinds[0]


def distinct(values: list[Json]) -> list[Json]:
    """Return scalars once each; a double's place is taken by the last one, as deduplicateScalars does."""
    found = list(values)
    i = 0
    while i < len(found) - 1:
        j = i + 1
        while j < len(found):
            if found[i] == found[j]:
                last = found.pop()
                if j < len(found):
                    found[j] = last
            else:
                j += 1
        i += 1
    return found


def ordered(items: list[Json], order: list[Json], merge_key: str) -> list[Json]:
    """Return elements in the order in which `order` names them, those to be deleted last (normalizeSliceOrder)."""
    if merge_key:
        for item in (*items, *order):
            if not isinstance(item, dict):
                raise wrong_type("map[string]interface {}", item)
            if merge_key not in item:
                raise no_merge_key(item, merge_key)
    places = _places(order, merge_key)
    deleted = [item for item in items if merge_key and item.get(PATCH) == "delete"]
    kept = [item for item in items if not (merge_key and item.get(PATCH) == "delete")]
    return sorted(kept, key=lambda item: places.get(_identity(item, merge_key), -1)) + deleted


def _identity(item: Json, merge_key: str) -> Json:
    value = item.get(merge_key) if merge_key else item
    return (type(value), value) if not isinstance(value, (dict, list)) else (type(value), id(value))


def _places(order: list[Json], merge_key: str) -> Object:
    places: Object = {}
    for index, item in enumerate(order):
        places.setdefault(_identity(item, merge_key), index)
    return places


class _Merge:
    """One merge. `parallel`: the patch is for an object; otherwise both sides are patches, whose directives and nulls
    have to survive."""

    def __init__(self, parallel: bool) -> None:
        self.parallel = parallel

    def objects(self, original: Object, patch: Object, schema: Schema | None) -> Object:
        """Merge `patch` into `original`, in place."""
        if PATCH in patch:
            return _directed(patch)
        self._retain_keys(original, patch)
        self._set_orders(original, patch, schema)
        for key, value in patch.items():
            self._member(original, key, value, schema)
        return original

    def _member(self, original: Object, key: str, value: Json, schema: Schema | None) -> None:
        deletes = key.startswith(DELETE_FROM_LIST)
        if deletes:
            if not self.parallel:
                original[key] = value
                return
            key = _list_name(key, DELETE_FROM_LIST, "primitive list")
        if value is None:
            original.pop(key, None)
            if self.parallel:
                return
        before = original.get(key, _MISSING)
        if before is _MISSING or type(before) is not type(value):
            if not deletes:
                self._set(original, key, value)
        elif isinstance(value, dict):
            of_key = field(schema, key)
            replaces = strategy(of_key)[1] == "replace"
            original[key] = value if replaces else self.objects(before, value, of_key)
        elif isinstance(value, list):
            original[key] = self._list(before, value, field(schema, key), deletes)
        else:
            original[key] = value

    def _set(self, original: Object, key: str, value: Json) -> None:
        if self.parallel:
            _discard_nulls(value)
        kept = without_directives(value)
        if kept is _MISSING:
            original.pop(key, None)
        else:
            original[key] = kept

    def _list(self, original: list[Json], patch: list[Json], schema: Schema | None,
              deletes: bool = False) -> list[Json]:
        if strategy(schema)[1] != "merge" and not deletes:
            return patch
        if not original and not patch:
            return original
        merge_key = schema.merge_key if schema else ""
        if element_type(original, patch) is not dict:
            if self.parallel and deletes:
                return [item for item in original if item not in patch]
            merged = distinct(original + patch)
        else:
            if not merge_key:
                raise MergeError(f"cannot merge lists without merge key for {schema.items.go_name if schema else ''}")
            size, replace = _special_elements(original, patch, merge_key)
            patch = [item for item in patch if PATCH not in item]
            if replace:
                return patch
            merged = self._by_key(original, size, patch, merge_key, elements(schema))
            original = original[:size]
        return _reordered(merged, patch, original, merge_key)

    def _by_key(self, original: list[Json], size: int, patch: list[Json], merge_key: str,
                schema: Schema | None) -> list[Json]:
        """Merge elements into the first `size` of `original`; new ones overwrite what deletion left behind there."""
        merged = original[:size]
        for item in patch:
            if merge_key not in item:
                raise no_merge_key(item, merge_key)
            at = _find(merged, merge_key, item[merge_key])
            if at < 0:
                at = len(merged)
                merged.append(item)
            else:
                merged[at] = self.objects(merged[at], item, schema)
            if at < len(original):
                original[at] = merged[at]
        return merged

    def _retain_keys(self, original: Object, patch: Object) -> None:
        keys = patch.pop(RETAIN_KEYS, _MISSING)
        if keys is _MISSING:
            return
        if not self.parallel:
            before = original.setdefault(RETAIN_KEYS, keys)
            if before != keys:
                raise MergeError(f"{sprint(before)} and {sprint(keys)} are not deep equal: this may happen when "
                                 "calculating the 3-way diff patch")
            return
        if not isinstance(keys, list):
            raise MergeError("invalid patch format of retainKeys", 400)
        for key, value in patch.items():
            if value is not None and key not in keys and not key.startswith((DELETE_FROM_LIST, SET_ORDER)):
                raise MergeError("invalid patch format of retainKeys", 400)
        for key in [key for key in original if key not in keys]:
            del original[key]

    def _set_orders(self, original: Object, patch: Object, schema: Schema | None) -> None:
        for key in [key for key in patch if key.startswith(SET_ORDER)]:
            order = patch.pop(key)
            if not self.parallel and original.setdefault(key, order) != order:
                raise MergeError("invalid patch format of setElementOrder list", 400)
            if not isinstance(order, list):
                raise wrong_type("[]interface {}", order)
            name = _list_name(key, SET_ORDER, "setElementOrder list")
            before, change = original.get(name, _MISSING), patch.get(name, _MISSING)
            for found in (before, change):
                if found is not _MISSING and not isinstance(found, list):
                    raise wrong_type("[]interface {}", found)
            of_list = field(schema, name)
            merge_key = of_list.merge_key if of_list else ""
            _check_order([] if change is _MISSING else change, order, merge_key)
            if change is _MISSING:
                if before is _MISSING:
                    continue
                merged = before
            elif before is _MISSING:
                merged = without_directives(change)
            else:
                merged = self._list(before, change, of_list)
            original[name] = _reordered(merged, order, [] if before is _MISSING else before, merge_key)
            patch.pop(name, None)


def _list_name(key: str, prefix: str, what: str) -> str:
    head, slash, name = key.partition("/")
    if head != prefix or not slash:
        raise MergeError(f"invalid patch format of {what}", 400)
    return name


def _directed(patch: Object) -> Object:
    if patch[PATCH] == "replace":
        return {key: value for key, value in patch.items() if key != PATCH}
    if patch[PATCH] == "delete":
        return {}
    raise MergeError(f"unknown patch type: {sprint(patch[PATCH])} in map: {sprint(patch)}")


def _special_elements(original: list[Json], patch: list[Json], merge_key: str) -> tuple[int, bool]:
    """Carry out the `$patch` elements of a list on `original`; return how many elements are left at its start, and
    whether the patch replaces them all.

    What is deleted is overwritten by what follows, and the list keeps its length, as a Go slice's array does: the order
    in which the server merges depends on it.
    """
    size, replace = len(original), False
    for item in patch:
        directive = item.get(PATCH, _MISSING)
        if directive == "delete":
            if merge_key not in item:
                raise no_merge_key(item, merge_key)
            at = _find(original[:size], merge_key, item[merge_key])
            while at >= 0:
                original[at:size - 1] = original[at + 1:size]
                size -= 1
                at = _find(original[:size], merge_key, item[merge_key])
        elif directive == "replace":
            replace = True
        elif directive == "merge":
            raise MergeError("merging lists cannot yet be specified in the patch")
        elif directive is not _MISSING:
            raise MergeError(f"unknown patch type: {sprint(directive)} in map: {sprint(item)}")
    return size, replace


def _has_key(item: Object, merge_key: str, value: Json) -> bool:
    return merge_key in item and type(item[merge_key]) is type(value) and item[merge_key] == value


def _find(items: list[Json], merge_key: str, value: Json) -> int:
    for index, item in enumerate(items):
        if _has_key(item, merge_key, value):
            return index
    return -1


def _reordered(merged: list[Json], order: list[Json], server_order: list[Json], merge_key: str) -> list[Json]:
    """Put the elements that the patch names in its order, and weave in the others as they were (normalizeElementOrder).
    """
    named = _places(order, merge_key)
    for item in merged if merge_key else ():
        if not isinstance(item, dict):
            raise wrong_type("map[string]interface {}", item)
        if merge_key not in item:
            raise no_merge_key(item, merge_key)
    patched = ordered([item for item in merged if _identity(item, merge_key) in named], order, merge_key)
    others = [item for item in merged if _identity(item, merge_key) not in named]
    others = ordered(others, server_order, merge_key)
    places = _places(server_order, merge_key)
    woven, i, j = [], 0, 0
    while i < len(others) and j < len(patched):
        left, right = (places.get(_identity(item, merge_key), -1) for item in (others[i], patched[j]))
        if 0 <= left < right:
            woven.append(others[i])
            i += 1
        else:
            woven.append(patched[j])
            j += 1
    return woven + patched[j:] + others[i:]


def _check_order(change: list[Json], order: list[Json], merge_key: str) -> None:
    """Refuse a patch whose list is not in the order that it asks for itself (validatePatchWithSetOrderList)."""
    left = [item for item in change if not (isinstance(item, dict) and PATCH in item)]
    if not order or not left:
        return
    at = 0
    for wanted in order:
        if at < len(left) and _identity(left[at], merge_key) == _identity(wanted, merge_key):
            at += 1
    if at < len(left):
        raise MergeError(f"The order in patch list:\n{sprint(change)}\n doesn't match {SET_ORDER} list:\n"
                         f"{sprint(order)}\n")


def _discard_nulls(value: Json) -> None:
    if isinstance(value, dict):
        for key in [key for key, item in value.items() if item is None]:
            del value[key]
        for item in value.values():
            _discard_nulls(item)
    elif isinstance(value, list):
        for item in value:
            _discard_nulls(item)


def without_directives(value: Json) -> Json:
    """Return a value for a place where nothing was: `_MISSING` where all of it is a directive."""
    if isinstance(value, dict):
        if PATCH in value:
            return _MISSING
        pairs = ((key, without_directives(item)) for key, item in value.items())
        return {key: item for key, item in pairs if item is not _MISSING}
    if isinstance(value, list):
        return [item for item in map(without_directives, value) if item is not _MISSING]
    return value
