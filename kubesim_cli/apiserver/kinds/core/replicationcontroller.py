"""ReplicationController."""

from __future__ import annotations

from ..base import Column
from ..columns import labels
from ..workloads import Replicated

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import FieldErrors, Object
    from ..base import Context


class ReplicationController(Replicated):
    columns = (*Replicated.columns[:-1],
               Column("Selector", lambda obj, ctx: labels((obj.get("spec") or {}).get("selector")), 1))

    def default(self, obj: Object, ctx: Context) -> None:
        from .podspec.defaults import default_pod_template

        spec = obj.setdefault("spec", {})
        template = spec.get("template")
        if template is not None:
            default_pod_template(template, ctx.release)
            own = template["metadata"].get("labels")
            if own:
                if not spec.get("selector"):
                    spec["selector"] = dict(own)
                if not obj["metadata"].get("labels"):
                    obj["metadata"]["labels"] = dict(own)
        spec.setdefault("replicas", 1)

    def validate(self, obj: Object, ctx: Context) -> FieldErrors:
        """ValidateReplicationController, ValidateReplicationControllerUpdate, ValidateReplicationControllerSpec,
        ValidateNonEmptySelector, ValidatePodTemplateSpecForRC."""
        from ....machinery import field
        from ....machinery.selectors import of_map
        from ..workloads import counts
        from .podspec.spec import validate_replicated_template

        spec = obj["spec"]
        errors = counts("spec", spec, ("minReadySeconds",))
        if not spec.get("selector"):
            errors.append(field.required("spec.selector"))
        errors += counts("spec", spec, ("replicas",))
        template = spec.get("template")
        if template is None:
            errors.append(field.required("spec.template"))
        else:
            errors += validate_replicated_template(template, of_map(spec.get("selector")), "spec.template",
                                                   "ReplicationController", ctx.release)
        return errors


KIND = ReplicationController()
