"""CustomResourceDefinition."""

from __future__ import annotations

from ....machinery import conditions
from ....machinery.objects import clone
from ....releases.gates import enabled
from ..base import METADATA
from ..columns import Created

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import FieldErrors, Object
    from ..base import Context

CLEANUP = "customresourcecleanup.apiextensions.k8s.io"


class CustomResourceDefinition(Created):
    kube_finalizers = False
    has_status = True
    status_keeps = METADATA
    has_generation = True
    unconditional_update = False

    def default(self, obj: Object, ctx: Context) -> None:
        spec = obj.setdefault("spec", {})
        names = spec.setdefault("names", {})
        if not names.get("singular"):
            names["singular"] = names.get("kind", "").lower()
        if not names.get("listKind") and names.get("kind"):
            names["listKind"] = names["kind"] + "List"
        spec.setdefault("conversion", {"strategy": "None"})
        service = ((spec["conversion"].get("webhook") or {}).get("clientConfig") or {}).get("service")
        if service:
            service.setdefault("port", 443)

    def default_status(self, obj: Object, ctx: Context) -> None:
        stored = _storage_version(obj)
        obj["status"] = {"conditions": None, "acceptedNames": {"plural": "", "kind": ""},
                         "storedVersions": [stored] if stored else []}

    def prepare_update(self, obj: Object, old: Object, ctx: Context) -> None:
        stored = _storage_version(obj)
        known = obj.get("status", {}).get("storedVersions") or []
        if not ctx.subresource and stored and stored not in known:
            obj["status"] = {**obj.get("status", {}), "storedVersions": [*known, stored]}

    def prepare_delete(self, obj: Object, ctx: Context) -> None:
        """The finalizer that waits for the definition's objects comes with the first request to delete it."""
        meta = obj["metadata"]
        if "deletionTimestamp" in meta:
            return
        if CLEANUP not in (meta.get("finalizers") or ()):
            meta["finalizers"] = [*(meta.get("finalizers") or ()), CLEANUP]
        status = obj["status"] = clone(obj.get("status") or {})
        status["conditions"] = list(status.get("conditions") or ())
        message = "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon"
        conditions.set_condition(status["conditions"], {"type": "Terminating", "status": "True",
                                                        "reason": "InstanceDeletionPending", "message": message},
                                 ctx.now)

    def validate(self, obj: Object, ctx: Context) -> FieldErrors:
        """ValidateCustomResourceDefinition."""
        from .definition import validate

        return validate(obj, None, ctx)

    def validate_update(self, obj: Object, old: Object, ctx: Context) -> FieldErrors:
        """ValidateCustomResourceDefinitionUpdate."""
        from .definition import validate

        return validate(obj, old, ctx)

    def validate_status(self, obj: Object, old: Object, ctx: Context) -> FieldErrors:
        """ValidateUpdateCustomResourceDefinitionStatus, ValidateCustomResourceDefinitionStatus."""
        from .definition import names

        return names((obj.get("status") or {}).get("acceptedNames") or {}, "status.acceptedNames")

    def warnings(self, obj: Object, old: Object | None, ctx: Context) -> list[str]:
        from .schemavalidation import unrecognized_formats

        if not enabled("CRDFormatWarnings", ctx.release):
            return []
        known = unrecognized_formats(old, ctx.release) if old else ()
        return [f'unrecognized format "{name}"' for name in unrecognized_formats(obj, ctx.release) if name not in known]


def _storage_version(obj: Object) -> str:
    """Return the name of the version that objects are stored in, "" where none is marked."""
    return next((version["name"] for version in obj["spec"].get("versions") or () if version.get("storage")), "")


KIND = CustomResourceDefinition()
