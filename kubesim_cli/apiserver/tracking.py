"""Managed fields: which manager wrote what. Why the control plane's creations are left out stands in apply.py."""

from __future__ import annotations

from ..machinery.discovery import Resource

# Who the control plane is: client-go names a manager after the program.
_CONTROL_PLANE = {"pods": "kubelet", "nodes": "kubelet", "leases.coordination.k8s.io": "kubelet"}


def _ignored(server, res: Resource, subresource: str) -> dict | None:
    """The fields that an endpoint resets, and that are therefore nobody's there."""
    from .apply import NOT_STATUS, STATUS

    if subresource == "status":
        return NOT_STATUS
    return STATUS if server.kind(res).has_status and not subresource else None


def track(server, client, res: Resource, old: dict | None, obj: dict, options: dict, subresource: str = "") -> None:
    """Note in `obj`'s managedFields, in place, what this write changed. `options` may tell the subresource that the
    change came `through`, where it was not stored as one."""
    if options.get("applied"):
        return
    subresource = subresource or options.get("through", "")
    manager = options.get("field_manager") or "kubectl"
    if client.user is None:
        if old is None or "managedFields" not in old["metadata"]:
            return
        manager = options.get("field_manager") or _CONTROL_PLANE.get(res.name, "kube-controller-manager")
    from .apply import track_update

    track_update(old, obj, manager, res.api_version, subresource, server.now, server.schema(res),
                 _ignored(server, res, subresource))


def applied(server, res: Resource, namespace: str, name: str, old: dict | None, body: dict, options: dict) -> dict:
    """Return the object that server-side apply of `body` makes of `old` (None: it is created).

    Raises the Conflict that names the fields other managers own.
    """
    from .apply import server_side_apply

    where = {"name": name, **({"namespace": namespace} if res.namespaced else {})}
    body = {**body, "metadata": {**(body.get("metadata") or {}), **where}}
    return server_side_apply(old, body, options.get("field_manager") or "", bool(options.get("force")),
                             res.api_version, server.now, server.schema(res), _ignored(server, res, ""))
