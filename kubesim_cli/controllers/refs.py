"""Which objects a controller calls its own: it adopts orphans that match and releases its own that no longer do.

Kubernetes: pkg/controller/controller_ref_manager.go.
"""

from __future__ import annotations

from ..machinery.errors import StatusError
from ..machinery.objects import controller_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ..apiserver.client import Client
    from ..helpers.controller import Change, Watch
    from ..machinery.types import Key, Object


def controller_ref(owner: Object) -> Object:
    """Return the ownerReference that makes `owner` an object's controller (metav1.NewControllerRef)."""
    meta = owner["metadata"]
    return {"apiVersion": owner["apiVersion"], "kind": owner["kind"], "name": meta["name"], "uid": meta["uid"],
            "controller": True, "blockOwnerDeletion": True}


def controlled_by(obj: Object, owner: Object) -> bool:
    """Tell whether `owner` is the controller of `obj`, by UID."""
    ref = controller_of(obj)
    return ref is not None and ref["uid"] == owner["metadata"]["uid"]


def candidates(api: Client, owner: Object, resource: str) -> list[Object]:
    """Return what `owner` might call its own: the objects it controls and the orphans of its namespace."""
    owned = [obj for obj in api.owned(resource, owner) if controlled_by(obj, owner)]
    return owned + api.orphans(resource, owner["metadata"]["namespace"])


def claim(api: Client, owner: Object, resource: str, objects: list[Object], match: Callable[[Object], bool],
          finalizers: tuple[str, ...] = ()) -> list[Object]:
    """Return those of `objects` (from `candidates`) that belong to `owner`, adopting and releasing on the way.

    `match(obj)` tells whether the owner wants it. `finalizers` are added on adoption and taken off on release.
    Nothing is adopted or released by an owner in deletion. Raises StatusError, after all objects were tried.
    """
    claimed, failure = [], None
    going = "deletionTimestamp" in owner["metadata"]
    for obj in objects:
        wanted, own = match(obj), controller_of(obj) is not None
        if own and wanted:
            claimed.append(obj)
            continue
        if going or own == wanted or (wanted and "deletionTimestamp" in obj["metadata"]):
            continue
        try:
            if own:
                release(api, owner, resource, obj, finalizers)
            else:
                _adopt(api, owner, resource, obj, finalizers)
                claimed.append(obj)
        except StatusError as error:
            if error.reason != "NotFound":
                failure = error
    if failure:
        raise failure
    return claimed


def _adopt(api: Client, owner: Object, resource: str, obj: Object, finalizers: tuple[str, ...]) -> None:
    patch: Object = {"uid": obj["metadata"]["uid"], "ownerReferences": [controller_ref(owner)]}
    if finalizers:
        patch["finalizers"] = list(finalizers)
    _patch(api, resource, obj, patch)


def release(api: Client, owner: Object, resource: str, obj: Object, finalizers: tuple[str, ...] = ()) -> None:
    """Take `owner` out of the object's ownerReferences, and `finalizers` off it."""
    patch: Object = {"uid": obj["metadata"]["uid"],
                   "ownerReferences": [{"$patch": "delete", "uid": owner["metadata"]["uid"]}]}
    if finalizers:
        patch["$deleteFromPrimitiveList/finalizers"] = list(finalizers)
    try:
        _patch(api, resource, obj, patch)
    except StatusError as error:
        if error.reason not in ("NotFound", "Invalid"):  # gone, or released by someone else
            raise


def _patch(api: Client, resource: str, obj: Object, metadata: Object) -> None:
    meta = obj["metadata"]
    api.patch(resource, meta["name"], {"metadata": metadata}, "strategic", meta.get("namespace", ""))


def orphaned(change: Change) -> Iterable[Key]:
    """Watch function: an object without a controller that came, or changed its labels, wakes the key `namespace/`.

    A controller that watches with it lets every owner of that namespace claim when it is asked to sync a key
    without a name; what is adopted then wakes its owner as any change of it does.
    """
    new, old = change.new, change.old
    if new is None or controller_of(new) is not None:
        return ()
    meta = new["metadata"]
    if old is not None:
        before = old["metadata"]
        if (meta.get("labels") == before.get("labels")
                and meta.get("ownerReferences") == before.get("ownerReferences")):
            return ()
    return (meta["namespace"] + "/",)


def both(*functions: Watch) -> Watch:
    """Combine watch functions of one resource."""

    def keys(change: Change) -> Iterable[Key]:
        return [key for function in functions for key in function(change)]

    return keys
