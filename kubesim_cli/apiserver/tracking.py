"""Managed fields: which manager wrote what. Of what the control plane makes a record is kept (provenance.py)."""

from __future__ import annotations

from ..machinery.objects import copy_field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..machinery.schema import Schema
    from ..machinery.types import Object
    from .apply import Other
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


def told(request: Request, obj: Object) -> Object:
    """Return a stored object with its managedFields, also where only a record is kept of them; [] for none."""
    stored = obj["metadata"].get("managedFields")
    if type(stored) is list:
        return obj
    from . import provenance

    found = provenance.entries(obj, request.kind.has_status, request.server.schema_of(obj, request.res))
    return {**obj, "metadata": {**obj["metadata"], "managedFields": found}}


def track(request: Request, old: Object | None, obj: Object) -> None:
    """Note in `obj`'s managedFields, in place, what this write changed; server-side apply has done so already."""
    res, options, subresource = request.res, request.options, request.subresource
    manager = options.field_manager or "kubectl"
    if request.trusted:
        program = request.client.agent or _CONTROL_PLANE.get(res.name, "kube-controller-manager")
        manager = options.field_manager or program
        if _recorded(request, old, obj, manager):
            return
        if old is not None:
            old = told(request, old)
            obj["metadata"]["managedFields"] = old["metadata"]["managedFields"]
    if options.patch_type == "apply" and subresource in ("", "status"):
        return
    from .apply import track_scale, track_update

    if subresource == "scale":
        track_scale(old or {}, obj, manager, res.api_version, request.kind.scale_paths["spec"])
    else:
        was, now = _as_requested(request, old) if old is not None else None, _as_requested(request, obj)
        track_update(was, now, manager, res.api_version, subresource, request.server.now, request.schema,
                     _ignored(request), _other_versions(request))
        copy_field("managedFields", now["metadata"], obj["metadata"])
    obj["metadata"].setdefault("managedFields", [])  # a command's, whose managers nobody has to find out


def _other_versions(request: Request) -> Other:
    """Return what converts an object of a request to the versions of its managers."""
    server = request.server

    def convert(obj: Object, api_version: str) -> tuple[Object, Schema | None] | None:
        res = server.discovery.of_kind(api_version, request.res.kind)
        if res is None:
            return None
        return server.kind(res).convert(request.kind.store_version(obj), api_version), server.schema(res)

    return convert


def begun(manager: str, now: float) -> str:
    """Return the record of a new object."""
    return f"{manager}={int(now)}"


def renewed(record: str, manager: str, subresource: str, now: float) -> str | None:
    """Return a record after an update; None where that is more than one can tell: what another has written before."""
    who = f"{manager}/{subresource}=" if subresource else f"{manager}="
    if who in record:
        return " ".join([f"{who}{int(now)}" if part.startswith(who) else part for part in record.split(" ")])
    if subresource != "status" or ("/status=" in record and "kube-scheduler" not in record):
        return None  # the scheduler tells one condition only, before the kubelet tells anything
    return f"{record} {who}{int(now)}"


def _as_requested(request: Request, obj: Object) -> Object:
    """Return an object as it is stored in the version of a request, by whose fields it is tracked."""
    if obj["apiVersion"] == request.res.api_version:
        return obj
    obj = request.kind.convert(obj, request.res.api_version)
    return {**obj, "metadata": dict(obj["metadata"])}


def _recorded(request: Request, old: Object | None, obj: Object, manager: str) -> bool:
    """Whether a write of the control plane is noted in the object's record, or nothing is to be noted of it."""
    meta, now = obj["metadata"], request.server.now
    if old is None:
        meta["managedFields"] = begun(manager, now)
        return True
    record = old["metadata"].get("managedFields")
    if record and type(record) is str:
        changes = request.subresource or _adds(obj, old)
        record = renewed(record, manager, request.subresource, now) if changes else record
        if record is None:
            return False
    elif record:
        return False
    if record is not None:
        meta["managedFields"] = record
    return True


def _adds(obj: Object, old: Object) -> bool:
    """Whether an update does more than take finalizers away: who removes something owns nothing by that."""
    meta, before = obj["metadata"], old["metadata"]
    return bool({*meta.get("finalizers", ())} - {*before.get("finalizers", ())}) or any(
        value != (old if where is obj else before).get(key) for where in (obj, meta) for key, value in where.items()
        if key not in ("metadata", "status", "finalizers", "managedFields", "resourceVersion"))


def keep_times(obj: Object, old: Object) -> None:
    """Take back, in place, the times of managed fields where nothing else has changed in the end
    (fieldmanager.IgnoreManagedFieldsTimestampsTransformer)."""
    meta, before = obj["metadata"], old["metadata"]
    entries, were = meta.get("managedFields"), before.get("managedFields")
    if not entries or not were or entries == were or len(entries) != len(were):
        return
    if type(were) is list and _timeless(entries) != _timeless(were):
        return
    same = {"managedFields": were, "resourceVersion": before.get("resourceVersion")}
    if {**obj, "metadata": {**meta, **same}} == old:
        meta["managedFields"] = were


def _timeless(entries: list[Object]) -> list[Object]:
    return [{**entry, "time": ""} for entry in entries]


def applied(request: Request, old: Object | None) -> Object:
    """Return the object that server-side apply of the request's body makes of `old` (None: it is created).

    Raises the Conflict that names the fields other managers own.
    """
    from .apply import server_side_apply

    res, options = request.res, request.options
    where = {"name": request.name, **({"namespace": request.namespace} if res.namespaced else {})}
    body = {**request.body, "metadata": {**(request.body.get("metadata") or {}), **where}}
    return server_side_apply(old, body, options.field_manager, options.force, res.api_version, request.server.now,
                             request.schema, _ignored(request), request.subresource, _other_versions(request))
