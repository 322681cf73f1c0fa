"""NamespaceLifecycle: nothing new in namespaces that are missing or go away, and some namespaces stay."""

from __future__ import annotations

from ...machinery import errors
from .refusal import forbidden

_IMMORTAL = ("default", "kube-system", "kube-public")


def mutate(ctx, verb: str, res, subresource: str, obj: dict | None, old: dict | None) -> None:
    namespace = (obj or {}).get("metadata", {}).get("namespace")
    if not res.namespaced or not namespace or res.plural == "localsubjectaccessreviews":
        return
    found = ctx.client.find("namespaces", namespace)
    if found is None:
        raise errors.not_found("namespaces", namespace)
    if verb == "create" and (found.get("status") or {}).get("phase") == "Terminating":
        error = forbidden(res, obj or {}, f"unable to create new content in namespace {namespace} "
                          "because it is being terminated", named=False)
        error.status["details"]["causes"] = [
            {"reason": "NamespaceTerminating", "message": f"namespace {namespace} is being terminated",
             "field": "metadata.namespace"}]
        raise error


def validate(ctx, verb: str, res, subresource: str, obj: dict | None, old: dict | None) -> None:
    if verb == "delete" and res.name == "namespaces" and old and old["metadata"]["name"] in _IMMORTAL:
        raise errors.forbidden("namespaces", old["metadata"]["name"], "this namespace may not be deleted")
