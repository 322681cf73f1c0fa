"""Plain-dict Kubernetes objects: copying them and reading common metadata."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeVar

    from .types import Key, Object


    T = TypeVar("T")


_CONTAINERS = frozenset((dict, list))


def clone(value: T) -> T:
    """Return a deep copy of a JSON value (dicts, lists and scalars only)."""
    copied: Any = value
    if type(copied) is dict:
        copied = copied.copy()
        for key, child in copied.items():
            if type(child) in _CONTAINERS:
                copied[key] = clone(child)
    elif type(copied) is list:
        copied = [clone(child) if type(child) in _CONTAINERS else child for child in copied]
    result: T = copied
    return result


def copy_field(key: str, source: Object, target: Object) -> None:
    """Give `target` the field `key` as `source` has it, or take it away where that has none."""
    if key in source:
        target[key] = source[key]
    else:
        target.pop(key, None)


def key_of(obj: Object) -> Key:
    """Return the object's key, `namespace/name` or `name` (client-go's MetaNamespaceKeyFunc)."""
    meta = obj["metadata"]
    return join_key(meta.get("namespace"), meta["name"])


def join_key(namespace: str | None, name: str) -> Key:
    """Return the key of the object with a name, and a namespace where it is in one."""
    return f"{namespace}/{name}" if namespace else name


def split_key(key: Key) -> tuple[str, str]:
    """Split a key into (namespace, name); the namespace of a cluster-scoped object is ""."""
    namespace, _, name = key.rpartition("/")
    return namespace, name


def controller_of(obj: Object) -> Object | None:
    """Return the ownerReference with `controller: true`, or None (metav1.GetControllerOf)."""
    references: list[Object] = obj["metadata"].get("ownerReferences") or []
    for ref in references:
        if ref.get("controller"):
            return ref
    return None


def dig(obj: Any, *path: str | int, default: Any = None) -> Any:
    """Return the value at a path of keys and indexes, or `default` where any step is missing or null."""
    for step in path:
        try:
            obj = obj[step]
        except (KeyError, IndexError, TypeError):
            return default
        if obj is None:
            return default
    return obj


def bare_items(listing: Object) -> Object:
    """Return a list of a built-in kind as it is sent: its items do not tell their kind."""
    items = [{key: value for key, value in item.items() if key not in ("kind", "apiVersion")}
             for item in listing["items"]]
    return {**listing, "items": items}
