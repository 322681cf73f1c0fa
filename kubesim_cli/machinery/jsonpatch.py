"""JSON Patch (RFC 6902) and JSON merge patch (RFC 7386), with the errors of gopkg.in/evanphx/json-patch.v4."""

from __future__ import annotations

from ..go.json import type_word
from .objects import clone

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .types import Json, Object

_MISSING = object()


class PatchError(ValueError):
    """A patch that does not apply; the text is as in `testing value /spec/replicas failed: test failed`."""


class TestFailed(PatchError):
    """A patch whose test does not hold."""


def apply(obj: Json, operations: list[Object]) -> Json:
    """Return `obj` (changed in place, and not to be used further) after a list of JSON Patch operations.

    Operations are dicts with op, path, and value or from. Raises PatchError.
    """
    root = obj
    for operation in operations:
        if operation is None:
            raise PatchError("Unexpected kind: unknown")
        if not isinstance(operation, dict):
            raise PatchError(f"json: cannot unmarshal {type_word(operation)} into Go value of type jsonpatch.Operation")
        kind = operation.get("op")
        run = _OPERATIONS.get(kind) if isinstance(kind, str) else None
        if run is None:
            raise PatchError(f"Unexpected kind: {kind if isinstance(kind, str) else 'unknown'}")
        if not isinstance(operation.get("path"), str):
            raise PatchError(f"{kind} operation failed to decode path: missing value")
        root = run(root, operation, operation["path"])
    return root


def merge(obj: Json, patch: Json) -> Json:
    """Return `obj` (changed in place) after a JSON merge patch: nulls delete, lists replace."""
    if not isinstance(obj, dict) or not isinstance(patch, dict):
        return without_nulls(patch)
    for key, value in patch.items():
        if value is None:
            obj.pop(key, None)
        elif obj.get(key) is None:
            obj[key] = without_nulls(value)
        else:
            obj[key] = merge(obj[key], value)
    return obj


def without_nulls(value: Json) -> Json:
    """Return a copy of a JSON value in which no object has a null."""
    if isinstance(value, dict):
        return {key: without_nulls(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [without_nulls(item) for item in value]
    return value


def merge_diff(original: Object, modified: Object) -> Object:
    """Return the merge patch that makes `modified` of `original`: changed and new values, null for what is gone."""
    patch: Object = {}
    for key, value in modified.items():
        before = original.get(key, _MISSING)
        if isinstance(before, dict) and isinstance(value, dict):
            inner = merge_diff(before, value)
            if inner:
                patch[key] = inner
        elif not same(before, value):
            patch[key] = clone(value)
    for key in original:
        if key not in modified:
            patch[key] = None
    return patch


def same(a: Json, b: Json) -> bool:
    """Whether two JSON values are equal, telling booleans from numbers."""
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(item, b[key]) for key, item in a.items())
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b))
    return isinstance(a, bool) == isinstance(b, bool) and a == b


def _steps(path: str) -> list[str]:
    return [step.replace("~1", "/").replace("~0", "~") for step in path.split("/")[1:]]


def _find(root: Json, path: str) -> tuple[Json, str]:
    """Return the dict or list that holds the last step of a path, and that step; (None, "") where there is none."""
    steps = _steps(path)
    if not steps:
        return None, ""
    at = root
    for step in steps[:-1]:
        if isinstance(at, list):
            index = _index(step)
            at = at[index] if index is not None and -len(at) <= index < len(at) else None
        else:
            at = at.get(step)
        if not isinstance(at, (dict, list)):
            return None, ""
    return at, steps[-1]


def _index(step: str) -> int | None:
    digits = step[1:] if step[:1] in ("+", "-") else step
    return int(step) if digits.isdecimal() and digits.isascii() else None


def _atoi(step: str) -> int:
    index = _index(step)
    if index is None:
        raise PatchError(f'strconv.Atoi: parsing "{step}": invalid syntax')
    return index


def _get(holder: Json, step: str) -> Json:
    """Return a member; a dict's missing one is `_MISSING`."""
    if isinstance(holder, dict):
        return holder.get(step, _MISSING)
    index = _atoi(step)
    if not -len(holder) <= index < len(holder):
        raise PatchError(f"Unable to access invalid index: {index}: invalid index referenced")
    return holder[index]


def _insert(holder: Json, step: str, value: Json) -> None:
    if isinstance(holder, dict):
        holder[step] = value
    elif step == "-":
        holder.append(value)
    else:
        index = _index(step)
        if index is None:
            raise PatchError(f"value was not a proper array index: '{step}': "
                             f'strconv.Atoi: parsing "{step}": invalid syntax')
        size = len(holder) + 1
        if not -size <= index < size:
            raise PatchError(f"Unable to access invalid index: {index}: invalid index referenced")
        holder.insert(index if index >= 0 else index + size, value)


def _delete(holder: Json, step: str) -> None:
    if isinstance(holder, dict):
        if step not in holder:
            raise PatchError(f"Unable to remove nonexistent key: {step}: missing value")
        del holder[step]
    else:
        _get(holder, step)
        del holder[_atoi(step)]


def _add(root: Json, operation: Object, path: str) -> Json:
    holder, step = _find(root, path)
    if holder is None:
        raise PatchError(f'add operation does not apply: doc is missing path: "{path}": missing value')
    try:
        _insert(holder, step, clone(operation.get("value")))
    except PatchError as wrong:
        raise PatchError(f"error in add for path: '{path}': {wrong}") from None
    return root


def _remove(root: Json, operation: Object, path: str) -> Json:
    holder, step = _find(root, path)
    if holder is None:
        raise PatchError(f'remove operation does not apply: doc is missing path: "{path}": missing value')
    try:
        _delete(holder, step)
    except PatchError as wrong:
        raise PatchError(f"error in remove for path: '{path}': {wrong}") from None
    return root


def _replace(root: Json, operation: Object, path: str) -> Json:
    if not path:
        if not isinstance(operation.get("value"), (dict, list)):
            raise PatchError("replace operation value must be object or array: %!w(<nil>)")
        return clone(operation["value"])
    holder, step = _find(root, path)
    if holder is None:
        raise PatchError(f"replace operation does not apply: doc is missing path: {path}: missing value")
    try:
        _get(holder, step)
    except PatchError:
        raise PatchError(f"replace operation does not apply: doc is missing key: {path}: missing value") from None
    holder[step if isinstance(holder, dict) else _atoi(step)] = clone(operation.get("value"))
    return root


def _source(root: Json, operation: Object, name: str, of: str) -> tuple[Json, str, Json]:
    """Return the holder, step and value that `from` names."""
    origin = operation.get("from")
    if not isinstance(origin, str):
        raise PatchError(f"{name} operation failed to decode from: missing value")
    holder, step = _find(root, origin)
    if holder is None:
        raise PatchError(f"{name} operation does not apply: doc is missing from path: {origin}: missing value")
    try:
        return holder, step, _get(holder, step)
    except PatchError as wrong:
        raise PatchError(f"error in {name} for {of}: '{step if name == 'move' else origin}': {wrong}") from None


def _move(root: Json, operation: Object, path: str) -> Json:
    holder, step, value = _source(root, operation, "move", "path")
    try:
        _delete(holder, step)
    except PatchError as wrong:
        raise PatchError(f"error in move for path: '{step}': {wrong}") from None
    return _put(root, path, value, "move", f"error in move for path: '{path}'")


def _copy(root: Json, operation: Object, path: str) -> Json:
    _, _, value = _source(root, operation, "copy", "from")
    value = None if value is _MISSING else clone(value)
    return _put(root, path, value, "copy", "error while adding value during copy")


def _put(root: Json, path: str, value: Json, name: str, trouble: str) -> Json:
    holder, step = _find(root, path)
    if holder is None:
        raise PatchError(f"{name} operation does not apply: doc is missing destination path: {path}: missing value")
    try:
        _insert(holder, step, value)
    except PatchError as wrong:
        raise PatchError(f"{trouble}: {wrong}") from None
    return root


def _test(root: Json, operation: Object, path: str) -> Json:
    if path:
        holder, step = _find(root, path)
        if holder is None:
            raise PatchError(f"test operation does not apply: is missing path: {path}: missing value")
        try:
            value = _get(holder, step)
        except PatchError as wrong:
            raise PatchError(f"error in test for path: '{path}': {wrong}") from None
    else:
        value = root
    if not same(None if value is _MISSING else value, operation.get("value")):
        raise TestFailed(f"testing value {path} failed: test failed")
    return root


_OPERATIONS = {"add": _add, "remove": _remove, "replace": _replace, "move": _move, "copy": _copy, "test": _test}
