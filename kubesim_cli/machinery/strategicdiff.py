"""Making patches: what changed between two objects, and kubectl apply's three-way patches.

Behaviour and words: k8s.io/apimachinery/pkg/util/strategicpatch and pkg/util/jsonmergepatch.
"""

from __future__ import annotations

from ..go.fmt import sprint
from . import jsonpatch
from .jsonpatch import same
from .objects import clone
from .schema import Schema
from .strategic import (
    DELETE_FROM_LIST,
    PATCH,
    RETAIN_KEYS,
    SET_ORDER,
    MergeError,
    distinct,
    element_type,
    elements,
    field,
    merge_patches,
    no_merge_key,
    ordered,
    strategy,
    wrong_type,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .types import Json, Object


class Conflict(MergeError):
    """A three-way patch that would overwrite what somebody else changed. `patch` is the patch, `changes` is what they
    changed since the last apply."""

    def __init__(self, patch: Object, changes: Object) -> None:
        super().__init__("patch conflicts with changes made from original to current")
        self.patch, self.changes = patch, changes


def two_way(original: Object, modified: Object, schema: Schema | None) -> Object:
    """Return the strategic merge patch that makes `modified` of `original`. Raises MergeError."""
    return _Diff().objects(original, modified, schema)


def three_way(original: Object, modified: Object, current: Object, schema: Schema | None,
              overwrite: bool = True) -> Object:
    """Return the strategic merge patch that `kubectl apply` sends.

    It brings what `modified` (the manifest) says into `current` (the live object) and removes what `original` (the
    manifest applied last) said and `modified` no longer says. Raises Conflict, unless `overwrite`, and MergeError.
    """
    changes = _Diff(deletions=False).objects(current, modified, schema)
    deletions = _Diff(additions=False).objects(original, modified, schema)
    patch = merge_patches(deletions, changes, schema)
    if not overwrite:
        theirs = _Diff(set_order=False).objects(original, current, schema)
        if _objects_conflict(patch, theirs, schema):
            raise Conflict(patch, theirs)
    return patch


def three_way_json_merge(original: Object, modified: Object, current: Object) -> Object:
    """Return the JSON merge patch that `kubectl apply` sends where there is no strategic merge (custom resources)."""
    changes = _nulls(jsonpatch.merge_diff(current, modified), keep=False)
    deletions = _nulls(jsonpatch.merge_diff(original, modified), keep=True)
    return _overlaid(deletions, changes)


def _overlaid(deletions: Object, changes: Object) -> Object:
    patch = dict(deletions)
    for key, value in changes.items():
        before = patch.get(key)
        patch[key] = _overlaid(before, value) if isinstance(before, dict) and isinstance(value, dict) else value
    return patch


def _nulls(patch: Object, keep: bool) -> Object:
    """Return only the deletions of a merge patch (`keep`), or all but them."""
    found: Object = {}
    for key, value in patch.items():
        if value is None:
            if keep:
                found[key] = None
        elif isinstance(value, dict) and value:
            inner = _nulls(value, keep)
            if inner:
                found[key] = inner
        elif not keep:
            found[key] = value
    return found


class _Diff:
    """One comparison. `additions` and `deletions` tell what is of interest, `set_order` whether lists are ordered."""

    def __init__(self, additions: bool = True, deletions: bool = True, set_order: bool = True) -> None:
        self.additions, self.deletions, self.set_order = additions, deletions, set_order

    def objects(self, original: Object, modified: Object, schema: Schema | None, retain: bool = False) -> Object:
        patch: Object = {}
        for key, value in modified.items():
            if key not in original:
                if self.additions:
                    patch[key] = clone(value)
                continue
            before = original[key]
            if key == PATCH:
                if not isinstance(before, str) or not isinstance(value, str):
                    raise MergeError(f"invalid value for special key: {PATCH}")
                if value != before:
                    patch[PATCH] = value
            elif type(before) is not type(value):
                if self.additions:
                    patch[key] = clone(value)
            elif isinstance(value, dict):
                self._dict(patch, key, before, value, field(schema, key))
            elif isinstance(value, list):
                self._list(patch, key, before, value, field(schema, key))
            elif self.additions and before != value:
                patch[key] = value
        if self.deletions:
            patch.update((key, None) for key in original if key not in modified)
        if retain:
            kept = [key for key, value in modified.items() if value is not None]
            gone = any(value is not None and key not in modified for key, value in original.items())
            if kept and (patch or gone):
                patch[RETAIN_KEYS] = sorted(kept)
        return patch

    def _dict(self, patch: Object, key: str, before: Object, value: Object, schema: Schema | None) -> None:
        retain, how = strategy(schema)
        if how == "replace":
            if self.additions:
                patch[key] = clone(value)
            return
        inner = self.objects(before, value, schema, retain)
        if inner:
            patch[key] = inner

    def _list(self, patch: Object, key: str, before: list[Json], value: list[Json], schema: Schema | None) -> None:
        retain, how = strategy(schema)
        if how != "merge":
            if self.additions and not same(before, value):
                patch[key] = clone(value)
            return
        assert schema is not None
        changed, gone, order = self._merged_list(before, value, schema, retain)
        if changed:
            patch[key] = changed
        if gone:
            patch[f"{DELETE_FROM_LIST}/{key}"] = gone
        if order:
            patch[f"{SET_ORDER}/{key}"] = order

    def _merged_list(self, before: list[Json], value: list[Json], schema: Schema,
                     retain: bool) -> tuple[list[Json], list[Json], list[Json]]:
        """Return what to add or change, which scalars to delete, and the order to set."""
        if not before:
            return (clone(value) if self.additions else []), [], []
        if element_type(before, value) is dict:
            merge_key = schema.merge_key
            changed, gone = self._lists_of_objects(before, value, schema, retain)
            changed = ordered(changed, value, merge_key) + gone
            same_order = len(before) == len(value) and all(
                a.get(merge_key) == b.get(merge_key) for a, b in zip(before, value))
            wanted = (self.additions and (changed or not same_order)) or (self.deletions and changed)
            order = [{merge_key: item[merge_key]} for item in value] if self.set_order and wanted else []
            return changed, [], order
        added, gone = self._lists_of_scalars(before, value)
        wanted = (self.deletions and gone) or (self.additions and not same(before, value))
        return ordered(added, value, ""), gone, list(value) if self.set_order and wanted else []

    def _lists_of_scalars(self, before: list[Json], value: list[Json]) -> tuple[list[Json], list[Json]]:
        old, new = (sorted(items, key=sprint) for items in (before, value))
        added, gone, i, j = [], [], 0, 0
        while i < len(old) or j < len(new):
            left = sprint(old[i]) if i < len(old) else None
            right = sprint(new[j]) if j < len(new) else None
            if left == right:
                i, j = i + 1, j + 1
            elif left is None or (right is not None and left > right):
                if self.additions:
                    added.append(new[j])
                j += 1
            else:
                if self.deletions:
                    gone.append(old[i])
                i += 1
        return added, distinct(gone)

    def _lists_of_objects(self, before: list[Json], value: list[Json], schema: Schema,
                          retain: bool) -> tuple[list[Json], list[Json]]:
        merge_key = schema.merge_key
        old, new = _sorted(before, merge_key), _sorted(value, merge_key)
        changed, gone, i, j = [], [], 0, 0
        while i < len(old) or j < len(new):
            left = _key_text(old[i], merge_key) if i < len(old) else None
            right = _key_text(new[j], merge_key) if j < len(new) else None
            if left == right:
                inner = self.objects(old[i], new[j], elements(schema), retain)
                if inner:
                    inner[merge_key] = new[j][merge_key]
                    changed.append(inner)
                i, j = i + 1, j + 1
            elif left is None or (right is not None and left > right):
                if self.additions:
                    changed.append(clone(new[j]))
                j += 1
            else:
                if self.deletions:
                    gone.append({merge_key: old[i][merge_key], PATCH: "delete"})
                i += 1
        return changed, gone


def _key_text(item: Json, merge_key: str) -> str:
    if not isinstance(item, dict):
        raise wrong_type("map[string]interface {}", item)
    if merge_key not in item:
        raise no_merge_key(item, merge_key)
    return sprint(item[merge_key])


def _sorted(items: list[Json], merge_key: str) -> list[Json]:
    """Sort by the merge key; those with equal ones come out backwards, as from Go's sort with a `<=`."""
    backwards = list(reversed(items))
    backwards.sort(key=lambda item: sprint(item.get(merge_key)))
    return backwards


def _objects_conflict(left: Object, right: Object, schema: Schema | None) -> bool:
    """Whether two patches cannot both be applied without one undoing the other (MergingMapsHaveConflicts)."""
    if (PATCH in left or PATCH in right) and left.get(PATCH) != right.get(PATCH):
        return True
    for key, value in left.items():
        if key in (PATCH, RETAIN_KEYS) or key not in right:
            continue
        if _values_conflict(value, right[key], field(schema, key)):
            return True
    return False


def _values_conflict(left: Json, right: Json, schema: Schema | None) -> bool:
    how = strategy(schema)[1]
    if isinstance(left, dict):
        if not isinstance(right, dict):
            return True
        return how != "replace" and _objects_conflict(left, right, schema)
    if isinstance(left, list):
        return not isinstance(right, list) or _lists_conflict(left, right, schema, how)
    return not same(left, right)


def _lists_conflict(left: list[Json], right: list[Json], schema: Schema | None, how: str) -> bool:
    of_objects = element_type(left, right) is dict
    if how == "merge" and schema is not None:
        if not of_objects:
            return False
        others = {_key_text(item, schema.merge_key): item for item in right}
        return any(_objects_conflict(item, others[_key_text(item, schema.merge_key)], elements(schema))
                   for item in left if _key_text(item, schema.merge_key) in others)
    if len(left) != len(right):
        return True
    if not of_objects:
        left, right = (sorted(distinct(items), key=sprint) for items in (left, right))
    return any(_values_conflict(a, b, elements(schema)) for a, b in zip(left, right))
