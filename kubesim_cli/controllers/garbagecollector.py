"""The garbage collector: what goes with its owner, and what has to go before it.

A key is one object, which may be gone already, as a JSON list: what users write into ownerReferences may hold anything.
An owner that waits for its dependents leaves a note, so that it is found by its UID, which is what they are its own by:
they may call it by another name, or be of no namespace, and so know nothing of its.
Kubernetes: pkg/controller/garbagecollector/garbagecollector.go.
"""

from __future__ import annotations

from ..go import jsontext
from ..helpers.controller import Change, Controller
from ..machinery.errors import StatusError
from ..machinery.objects import clone
from . import refs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..apiserver.client import Client
    from ..machinery.discovery import Resource
    from ..machinery.types import Json, Key, Object

ORPHAN, FOREGROUND = "orphan", "foregroundDeletion"


def _owner_refs(obj: Object | None) -> list[Object]:
    return obj["metadata"].get("ownerReferences") or [] if obj else []


def _concerned(change: Change) -> Iterable[Key]:
    """Watch function: objects whose owners, or whose deletion, changed, and the owners that may wait for them."""
    old, new = change.old, change.new
    before, after = _owner_refs(old), _owner_refs(new)
    if old is not None and new is not None:
        if before == after and not _deletion_changed(old["metadata"], new["metadata"]):
            return ()
    elif new is not None and not after:
        return ()
    obj, meta = change.object, change.object["metadata"]
    keys = [_key(obj["apiVersion"], obj["kind"], meta.get("namespace", ""), meta["name"], meta["uid"])]
    if old is not None:
        namespace = old["metadata"].get("namespace", "")
        keys += [_key(ref["apiVersion"], ref["kind"], namespace, ref["name"], ref["uid"])
                 for ref in before if ref not in after]
    return keys


def _deletion_changed(old: Object, new: Object) -> bool:
    return "deletionTimestamp" in new and (
        "deletionTimestamp" not in old or old.get("finalizers") != new.get("finalizers"))


def _key(api_version: str, kind: str, namespace: str, name: str, uid: str) -> Key:
    return jsontext.encode([api_version, kind, namespace, name, uid])


class GarbageCollector(Controller):
    name = "garbagecollector"
    watches = {"*": _concerned}

    def sync(self, api: Client, key: str) -> float | None:
        uid = jsontext.loads(key)[-1]
        res, obj = _find(api, key)
        if res is None or obj is None:
            for waiting in self.every_noted():
                if waiting != key and jsontext.loads(waiting)[-1] == uid:
                    self.manager.enqueue(self.name, waiting)
            _collect_dependents(api, {"metadata": {"uid": uid}})
        elif "deletionTimestamp" in obj["metadata"]:
            finalizers = obj["metadata"].get("finalizers") or ()
            if ORPHAN in finalizers:
                for resource, dependent in api.dependents(obj):
                    _forget_owners(api, resource, dependent, [uid])
                _finish(api, res.name, obj, ORPHAN)
            elif FOREGROUND in finalizers:
                _collect_dependents(api, obj)
                if any(_blocks(dependent, uid) for _, dependent in api.dependents(obj)):
                    self.note(key, {"waits": True})
                else:
                    _finish(api, res.name, obj, FOREGROUND)
        else:
            _collect(api, res.name, obj)
        return None


def _find(api: Client, key: Key) -> tuple[Resource | None, Object | None]:
    """Return the resource and the object of a key, as far as they are there."""
    api_version, kind, namespace, name, uid = jsontext.loads(key)
    res = api.discovery.of_kind(api_version, kind)
    if res is None or (res.namespaced and not namespace):
        return res, None
    obj = api.find(res.name, name, namespace if res.namespaced else "")
    return res, obj if obj is not None and obj["metadata"]["uid"] == uid else None


def _collect_dependents(api: Client, owner: Object) -> None:
    for resource, dependent in api.dependents(owner):
        _collect(api, resource, dependent)


def _blocks(dependent: Object, uid: str) -> bool:
    return any(ref["uid"] == uid and ref.get("blockOwnerDeletion") for ref in _owner_refs(dependent))


def _is_foreground(obj: Object) -> bool:
    """Tell whether the object's deletion waits for its dependents'."""
    meta = obj["metadata"]
    return "deletionTimestamp" in meta and FOREGROUND in (meta.get("finalizers") or ())


def _collect(api: Client, resource: str, obj: Object) -> None:
    """Delete an object none of whose owners is there to stay (attemptToDeleteItem)."""
    meta = obj["metadata"]
    if "deletionTimestamp" in meta:
        return
    solid, dangling, waiting = _classify(api, obj)
    if solid:
        if dangling or waiting:
            _forget_owners(api, resource, obj, dangling + waiting)
        return
    if not dangling and not waiting:
        return
    policy = "Background"
    if waiting:
        dependents = api.dependents(obj)
        if dependents:
            policy = "Foreground"
            if any(_is_foreground(dependent) for _, dependent in dependents):  # a circle: let nothing block
                _unblock(api, resource, obj)
    for finalizer in meta.get("finalizers") or ():
        policy = {ORPHAN: "Orphan", FOREGROUND: "Foreground"}.get(finalizer, policy)
    try:
        api.delete(resource, meta["name"], meta.get("namespace", ""), propagation=policy,
                   preconditions={"uid": meta["uid"]})
    except StatusError as error:
        if error.reason != "NotFound":
            raise


def _classify(api: Client, obj: Object) -> tuple[list[str], list[str], list[str]]:
    """Return the UIDs of the owners that stay, that are gone, and that wait for their dependents to go."""
    solid, dangling, waiting = [], [], []
    namespace = obj["metadata"].get("namespace", "")
    for ref in _owner_refs(obj):
        res = api.discovery.of_kind(ref["apiVersion"], ref["kind"])
        if res is None or (res.namespaced and not namespace):
            solid.append(ref["uid"])  # of an unknown kind, or out of reach: nothing can be said of it
            continue
        owner = api.find(res.name, ref["name"], namespace if res.namespaced else "")
        if owner is None or owner["metadata"]["uid"] != ref["uid"]:
            dangling.append(ref["uid"])
        elif _is_foreground(owner):
            waiting.append(ref["uid"])
        else:
            solid.append(ref["uid"])
    return solid, dangling, waiting


def _forget_owners(api: Client, resource: str, obj: Object, uids: list[str]) -> None:
    for uid in uids:
        refs.release(api, {"metadata": {"uid": uid}}, resource, obj)


def _change(api: Client, resource: str, obj: Object, field: str, value: list[Json]) -> None:
    meta = clone(obj["metadata"])
    meta.pop(field, None)
    if value:
        meta[field] = value
    api.update(resource, {**obj, "metadata": meta}, meta.get("namespace", ""))


def _unblock(api: Client, resource: str, obj: Object) -> None:
    _change(api, resource, obj, "ownerReferences", [{**r, "blockOwnerDeletion": False} for r in _owner_refs(obj)])


def _finish(api: Client, resource: str, obj: Object, finalizer: str) -> None:
    _change(api, resource, obj, "finalizers", [name for name in obj["metadata"]["finalizers"] if name != finalizer])
