"""NamespaceLifecycle: nothing new in namespaces that are missing or go away, and some namespaces stay."""

from __future__ import annotations

from ...machinery import errors
from .refusal import forbidden

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .attributes import Attributes

_IMMORTAL = ("default", "kube-system", "kube-public")


def mutate(a: Attributes) -> None:
    namespace = a.namespace
    if not a.res.namespaced or not namespace or a.res.plural == "localsubjectaccessreviews":
        return
    found = a.ctx.client.find("namespaces", namespace)
    if found is None:
        raise errors.not_found("namespaces", namespace)
    if a.operation == "CREATE" and (found.get("status") or {}).get("phase") == "Terminating":
        error = forbidden(a, f"unable to create new content in namespace {namespace} "
                          "because it is being terminated", named=False)
        error.status["details"]["causes"] = [
            {"reason": "NamespaceTerminating", "message": f"namespace {namespace} is being terminated",
             "field": "metadata.namespace"}]
        raise error


def validate(a: Attributes) -> None:
    if a.operation == "DELETE" and a.res.name == "namespaces" and a.old and a.old["metadata"]["name"] in _IMMORTAL:
        raise errors.forbidden("namespaces", a.old["metadata"]["name"], "this namespace may not be deleted")
