"""Managed fields: which manager wrote what. Why the control plane's creations are left out stands in apply.py."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..machinery.types import Object
    from .request import Request

# Who the control plane is: client-go names a manager after the program.
_CONTROL_PLANE = {"pods": "kubelet", "nodes": "kubelet", "leases.coordination.k8s.io": "kubelet"}


def _ignored(request: Request) -> Object | None:
    """The fields that an endpoint resets, and that are therefore nobody's there."""
    from .apply import STATUS

    if request.subresource == "status":
        kept: Object = {}
        if not request.trusted:  # controllers change the status only; their kinds need not be imported for that
            kept = {"f:" + name: {} for name in request.kind.status_keeps}
        return {"f:spec": {}, "f:metadata": kept} if kept else {"f:spec": {}}
    return STATUS if request.kind.has_status and not request.subresource else None


def track(request: Request, old: Object | None, obj: Object) -> None:
    """Note in `obj`'s managedFields, in place, what this write changed; server-side apply has done so already."""
    if request.trusted and (old is None or "managedFields" not in old["metadata"]):
        return
    res, options, subresource = request.res, request.options, request.subresource
    if options.patch_type == "apply" and not subresource:
        return
    manager = options.field_manager or "kubectl"
    if request.trusted:
        manager = options.field_manager or _CONTROL_PLANE.get(res.name, "kube-controller-manager")
    from .apply import track_scale, track_update

    if subresource == "scale":
        track_scale(old or {}, obj, manager, res.api_version, request.kind.scale_paths["spec"])
        return
    track_update(old, obj, manager, res.api_version, subresource, request.server.now, request.schema,
                 _ignored(request))


def keep_times(obj: Object, old: Object) -> None:
    """Take back, in place, the times of managed fields where nothing else has changed in the end
    (fieldmanager.IgnoreManagedFieldsTimestampsTransformer)."""
    meta, before = obj["metadata"], old["metadata"]
    entries, were = meta.get("managedFields"), before.get("managedFields")
    if not entries or not were or entries == were or len(entries) != len(were):
        return
    if [{**entry, "time": ""} for entry in entries] != [{**entry, "time": ""} for entry in were]:
        return
    same = {"managedFields": were, "resourceVersion": before.get("resourceVersion")}
    if {**obj, "metadata": {**meta, **same}} == old:
        meta["managedFields"] = were


def applied(request: Request, old: Object | None) -> Object:
    """Return the object that server-side apply of the request's body makes of `old` (None: it is created).

    Raises the Conflict that names the fields other managers own.
    """
    from .apply import server_side_apply

    res, options = request.res, request.options
    where = {"name": request.name, **({"namespace": request.namespace} if res.namespaced else {})}
    body = {**request.body, "metadata": {**(request.body.get("metadata") or {}), **where}}
    return server_side_apply(old, body, options.field_manager, options.force, res.api_version, request.server.now,
                             request.schema, _ignored(request))
