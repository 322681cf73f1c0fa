"""Managed fields: which manager wrote what, kept for users' writes."""

from __future__ import annotations

from .discovery import Resource


def track(server, client, res: Resource, old: dict | None, obj: dict, options: dict, subresource: str = "") -> None:
    """Note in `obj`'s managedFields, in place, what this write changed.

    The control plane's own writes are not tracked: nobody applies against them field by field, and they are the bulk.
    """
    if client.user is None or options.get("applied"):
        return
    from . import apply

    apply.track_update(old, obj, options.get("field_manager") or "unknown", res.api_version, subresource, server.now,
                       server.schema(res))


def apply(server, client, res: Resource, old: dict | None, body: dict, applied: dict, options: dict) -> dict:
    """Return the object that server-side apply of `applied` makes of `old` (None: it is created).

    Raises the Conflict that names the fields other managers own.
    """
    from . import apply as applying

    return applying.server_side_apply(old, applied, options.get("field_manager") or "", bool(options.get("force")),
                                      res.api_version, server.now, server.schema(res))
