"""Plain-dict Kubernetes objects: copying them and reading common metadata."""

from __future__ import annotations


def clone(value):
    """Return a deep copy of a JSON value (dicts, lists and scalars only)."""
    if type(value) is dict:
        return {k: clone(v) if type(v) in (dict, list) else v for k, v in value.items()}
    if type(value) is list:
        return [clone(v) if type(v) in (dict, list) else v for v in value]
    return value


def key_of(obj: dict) -> str:
    """Return the object's key, `namespace/name` or `name` (client-go's MetaNamespaceKeyFunc)."""
    meta = obj["metadata"]
    namespace = meta.get("namespace")
    return f"{namespace}/{meta['name']}" if namespace else meta["name"]


def split_key(key: str) -> tuple[str, str]:
    """Split a key into (namespace, name); the namespace of a cluster-scoped object is ""."""
    namespace, _, name = key.rpartition("/")
    return namespace, name


def controller_of(obj: dict) -> dict | None:
    """Return the ownerReference with `controller: true`, or None (metav1.GetControllerOf)."""
    for ref in obj["metadata"].get("ownerReferences") or ():
        if ref.get("controller"):
            return ref
    return None


def dig(obj, *path, default=None):
    """Return the value at a path of keys and indexes, or `default` where any step is missing or null."""
    for step in path:
        try:
            obj = obj[step]
        except (KeyError, IndexError, TypeError):
            return default
        if obj is None:
            return default
    return obj


def bare_items(listing: dict) -> dict:
    """Return a list of a built-in kind as it is sent: its items do not tell their kind."""
    items = [{key: value for key, value in item.items() if key not in ("kind", "apiVersion")}
             for item in listing["items"]]
    return {**listing, "items": items}
