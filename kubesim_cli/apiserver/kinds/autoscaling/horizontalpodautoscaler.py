"""HorizontalPodAutoscaler: stored as autoscaling/v2."""

from __future__ import annotations

from ....releases.gates import enabled
from ..base import AGE, NAME, Column, Kind
from .metrics import targets

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import FieldErrors, Object
    from ..base import Cell, Context

STORED = "autoscaling/v2"


def _stored(obj: Object) -> Object:
    """Return an object, given in any version, in the one that it is stored in."""
    from .conversion import to_v2

    return to_v2(obj) if obj["apiVersion"] == "autoscaling/v1" else obj


def _reference_cell(obj: Object, ctx: Context) -> Cell:
    ref = obj["spec"].get("scaleTargetRef") or {}
    return f"{ref.get('kind', '')}/{ref.get('name', '')}"


def _targets_cell(obj: Object, ctx: Context) -> Cell:
    obj = _stored(obj)
    return targets(obj["spec"].get("metrics") or [], (obj.get("status") or {}).get("currentMetrics") or [], ctx.release)


def _min_pods_cell(obj: Object, ctx: Context) -> Cell:
    low = obj["spec"].get("minReplicas")
    return "<unset>" if low is None else str(low)


class HorizontalPodAutoscaler(Kind):
    columns = (NAME,
               Column("Reference", _reference_cell),
               Column("Targets", _targets_cell),
               Column("MinPods", _min_pods_cell),
               Column("MaxPods", lambda obj, ctx: obj["spec"].get("maxReplicas", 0)),
               Column("Replicas", lambda obj, ctx: (obj.get("status") or {}).get("currentReplicas", 0)),
               AGE)
    has_status = True

    def default(self, obj: Object, ctx: Context) -> None:
        spec = obj.setdefault("spec", {})
        spec.setdefault("scaleTargetRef", {})
        spec.setdefault("minReplicas", 1)
        spec.setdefault("maxReplicas", 0)
        if not spec.get("metrics"):
            spec["metrics"] = [{"type": "Resource", "resource": {
                "name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80}}}]
        behavior = spec.get("behavior")
        if behavior is not None:
            pods, percent = ({"type": "Pods", "value": 4, "periodSeconds": 15},
                             {"type": "Percent", "value": 100, "periodSeconds": 15})
            behavior["scaleUp"] = {"stabilizationWindowSeconds": 0, "selectPolicy": "Max", "policies": [pods, percent],
                                   **(behavior.get("scaleUp") or {})}
            behavior["scaleDown"] = {"selectPolicy": "Max", "policies": [dict(percent)],
                                     **(behavior.get("scaleDown") or {})}

    def default_status(self, obj: Object, ctx: Context) -> None:
        obj["status"] = {"currentMetrics": None, "desiredReplicas": 0}

    def convert(self, obj: Object, api_version: str) -> Object:
        from .conversion import to_v1

        return to_v1(obj) if api_version == "autoscaling/v1" else {**obj, "apiVersion": api_version}

    def store_version(self, obj: Object) -> Object:
        return _stored(obj)

    def validate(self, obj: Object, ctx: Context) -> FieldErrors:
        """ValidateHorizontalPodAutoscaler."""
        from .horizontalpodautoscaler_validation import validate

        return validate(obj["spec"], enabled("HPATargetGroupRequired", ctx.release))

    def validate_update(self, obj: Object, old: Object, ctx: Context) -> FieldErrors:
        """ValidateHorizontalPodAutoscalerUpdate."""
        from .horizontalpodautoscaler_validation import validate

        return validate(obj["spec"], obj["spec"].get("scaleTargetRef") != old["spec"].get("scaleTargetRef")
                        and enabled("HPATargetGroupRequired", ctx.release))

    def validate_status(self, obj: Object, old: Object, ctx: Context) -> FieldErrors:
        """ValidateHorizontalPodAutoscalerStatusUpdate."""
        from ..checks import minimum

        status = obj.get("status") or {}
        return [error for key in ("currentReplicas", "desiredReplicas")
                for error in minimum(f"status.{key}", status.get(key))]


KIND = HorizontalPodAutoscaler()
