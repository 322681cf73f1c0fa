"""ReplicaSet."""

from __future__ import annotations

from ..workloads import Replicated

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import FieldErrors, Object
    from ..base import Context


class ReplicaSet(Replicated):
    counted = (*Replicated.counted, "terminatingReplicas")

    def default(self, obj: Object, ctx: Context) -> None:
        from ..core.podspec.defaults import default_pod_template

        spec = obj.setdefault("spec", {})
        spec.setdefault("replicas", 1)
        default_pod_template(spec.setdefault("template", {}), ctx.release)

    def validate(self, obj: Object, ctx: Context) -> FieldErrors:
        """ValidateReplicaSet, ValidateReplicaSetSpec."""
        from ..workloads import counts, selector_and_template

        spec = obj["spec"]
        return (counts("spec", spec, ("replicas", "minReadySeconds"))
                + selector_and_template(spec, "ReplicaSet", "deployment", ctx.release))

    def validate_update(self, obj: Object, old: Object, ctx: Context) -> FieldErrors:
        """ValidateReplicaSetUpdate."""
        from ..checks import immutable

        return self.validate(obj, ctx) + immutable("spec.selector", obj["spec"].get("selector"),
                                                   old["spec"].get("selector"))


KIND = ReplicaSet()
