"""StatefulSet."""

from __future__ import annotations

from ..base import AGE, NAME, Kind
from ..workloads import CONTAINERS, IMAGES, READY

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import FieldErrors, Object
    from ..base import Context

_MUTABLE = ("replicas", "ordinals", "template", "updateStrategy", "revisionHistoryLimit",
            "persistentVolumeClaimRetentionPolicy", "minReadySeconds")


class StatefulSet(Kind):
    columns = (NAME, READY, AGE, CONTAINERS, IMAGES)
    has_status = True
    has_generation = True
    name_rule = "dns1123_label"

    def default(self, obj: Object, ctx: Context) -> None:
        from ....releases.gates import enabled
        from ..core.podspec.defaults import default_pod_template

        spec = obj.setdefault("spec", {})
        if not spec.get("podManagementPolicy"):
            spec["podManagementPolicy"] = "OrderedReady"
        strategy = spec.setdefault("updateStrategy", {})
        if not strategy.get("type"):
            strategy["type"] = "RollingUpdate"
            strategy.setdefault("rollingUpdate", {})
        if strategy["type"] == "RollingUpdate" and strategy.get("rollingUpdate") is not None:
            strategy["rollingUpdate"].setdefault("partition", 0)
            if enabled("MaxUnavailableStatefulSet", ctx.release):
                strategy["rollingUpdate"].setdefault("maxUnavailable", 1)
            else:
                strategy["rollingUpdate"].pop("maxUnavailable", None)
        retention = spec.setdefault("persistentVolumeClaimRetentionPolicy", {})
        for event in ("whenDeleted", "whenScaled"):
            if not retention.get(event):
                retention[event] = "Retain"
        spec.setdefault("replicas", 1)
        spec.setdefault("revisionHistoryLimit", 10)
        default_pod_template(spec.setdefault("template", {}), ctx.release)
        for claim in spec.get("volumeClaimTemplates") or ():
            claim.update(apiVersion="v1", kind="PersistentVolumeClaim")
            claim.setdefault("spec", {}).setdefault("volumeMode", "Filesystem")
            status = claim.setdefault("status", {})
            if not status.get("phase"):
                status["phase"] = "Pending"

    def default_status(self, obj: Object, ctx: Context) -> None:
        obj["status"] = {"replicas": 0, "availableReplicas": 0}

    def validate(self, obj: Object, ctx: Context) -> FieldErrors:
        """ValidateStatefulSetName."""
        from .statefulset_validation import validate

        return validate(obj["spec"], ctx.release)

    def validate_update(self, obj: Object, old: Object, ctx: Context) -> FieldErrors:
        """ValidateStatefulSetUpdate."""
        from ....machinery import field
        from ....releases.gates import enabled
        from .statefulset_validation import validate

        spec, before = obj["spec"], old["spec"]
        errors = validate(spec, ctx.release, is_new=False)
        limit_too = enabled("StatefulSetHistoryLimitMutable", ctx.release)
        mutable = [key for key in _MUTABLE if key != "revisionHistoryLimit" or limit_too]
        if any(spec.get(key) != before.get(key) for key in {*spec, *before} if key not in mutable):
            *first, last = (f"'{key}'" for key in mutable)
            errors.append(field.forbidden("spec", "updates to statefulset spec for fields other than "
                                          f"{', '.join(first)} and {last} are forbidden"))
        return errors

    def validate_status(self, obj: Object, old: Object, ctx: Context) -> FieldErrors:
        """ValidateStatefulSetStatus, ValidateStatefulSetStatusUpdate."""
        from ..workloads import counts, not_decremented, replicas_within

        status = obj.get("status") or {}
        return (counts("status", status, ("replicas", "readyReplicas", "currentReplicas", "updatedReplicas",
                                          "availableReplicas", "observedGeneration", "collisionCount"))
                + replicas_within(status, ("readyReplicas", "currentReplicas", "updatedReplicas", "availableReplicas"),
                                  "status.readyReplicas")
                + not_decremented(status, old))

    def warnings(self, obj: Object, old: Object | None, ctx: Context) -> list[str]:
        from ..core.podspec.warnings import of_claim
        from ..workloads import template_warnings

        spec = obj["spec"]
        found = template_warnings(obj, old, "spec.template", spec["template"], ctx.release, name=False)
        for i, claim in enumerate(spec.get("volumeClaimTemplates") or ()):
            found += of_claim(claim.get("spec") or {}, f"spec.volumeClaimTemplates[{i}]" + (".Spec" if old else ""))
        if spec.get("revisionHistoryLimit", 0) < 0:
            found.append("spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 "
                         "is recommended")
        return found


KIND = StatefulSet()
