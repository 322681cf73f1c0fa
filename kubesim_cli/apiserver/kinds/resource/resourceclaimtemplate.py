"""ResourceClaimTemplate."""

from __future__ import annotations

from ..base import AGE, NAME, Kind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import FieldErrors, Object
    from ..base import Context


class ResourceClaimTemplate(Kind):
    columns = (NAME, AGE)

    def default(self, obj: Object, ctx: Context) -> None:
        from .devices import default

        default(obj["spec"]["spec"].get("devices") or {})

    def validate(self, obj: Object, ctx: Context) -> FieldErrors:
        """ValidateResourceClaimTemplate, validateResourceClaimTemplateSpec."""
        from ... import objectmeta
        from .devices import validate

        meta, at = obj["spec"].get("metadata") or {}, "spec.metadata"
        return (objectmeta.validate_annotations(meta.get("annotations"), f"{at}.annotations")
                + objectmeta.validate_labels(meta.get("labels"), f"{at}.labels")
                + validate(obj["spec"]["spec"].get("devices") or {}, "spec.spec.devices", ctx.release))

    def validate_update(self, obj: Object, old: Object, ctx: Context) -> FieldErrors:
        """ValidateResourceClaimTemplateUpdate."""
        from ..checks import immutable

        return immutable("spec", obj.get("spec"), old.get("spec"))


KIND = ResourceClaimTemplate()
