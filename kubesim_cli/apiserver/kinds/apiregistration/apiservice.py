"""APIService (k8s.io/kube-aggregator)."""

from __future__ import annotations

from ....machinery import conditions
from ..base import AGE, METADATA, NAME, Column, Kind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import FieldErrors, Object
    from ..base import Cell, Context


def _service_cell(obj: Object, ctx: Context) -> Cell:
    service = obj["spec"].get("service")
    return f"{service.get('namespace', '')}/{service.get('name', '')}" if service else "Local"


class APIService(Kind):
    kube_finalizers = False
    columns = (NAME, Column("Service", _service_cell), Column("Available", lambda obj, ctx: _available(obj)), AGE)
    has_status = True
    status_keeps = METADATA
    name_rule = "path_segment_name"

    def default(self, obj: Object, ctx: Context) -> None:
        service = obj.setdefault("spec", {}).get("service")
        if service:
            service.setdefault("port", 443)

    def default_status(self, obj: Object, ctx: Context) -> None:
        obj["status"] = {}

    def validate(self, obj: Object, ctx: Context) -> FieldErrors:
        from ....machinery import field
        from ..checks import minimum

        spec = obj["spec"]
        name = f"{spec.get('version', '')}.{spec.get('group', '')}"
        errors = []
        if obj["metadata"].get("name") != name:
            errors.append(field.invalid("metadata.name", obj["metadata"].get("name"),
                                        f'must be `spec.version+"."+spec.group`: "{name}"'))
        if not spec.get("version"):
            errors.append(field.required("spec.version"))
        for key in ("groupPriorityMinimum", "versionPriority"):
            value = spec.get(key, 0)
            if value <= 0:
                errors += minimum(f"spec.{key}", value, 1)
        return errors


def _available(obj: Object) -> str:
    found = conditions.find((obj.get("status") or {}).get("conditions"), "Available")
    if found is None:
        return "Unknown"
    return "True" if found["status"] == "True" else f"{found['status']} ({found.get('reason', '')})"


KIND = APIService()
