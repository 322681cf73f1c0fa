"""APIService (k8s.io/kube-aggregator)."""

from __future__ import annotations

from ....machinery import conditions
from ..base import Column, Context, Kind, age
from ..columns import AGE, NAME


class APIService(Kind):
    kube_finalizers = False
    columns = (NAME, Column("Service"), Column("Available"), AGE)
    has_status = True
    name_rule = "path_segment_name"

    def cells(self, obj: dict, ctx: Context) -> list:
        service = obj["spec"].get("service")
        where = f"{service.get('namespace', '')}/{service.get('name', '')}" if service else "Local"
        return [obj["metadata"]["name"], where, _available(obj), age(obj, ctx.now)]

    def default(self, obj: dict, ctx: Context) -> None:
        service = obj.setdefault("spec", {}).get("service")
        if service:
            service.setdefault("port", 443)

    def default_status(self, obj: dict, ctx: Context) -> None:
        obj["status"] = {}

    def validate(self, obj: dict, ctx: Context) -> list:
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


def _available(obj: dict) -> str:
    found = conditions.find((obj.get("status") or {}).get("conditions"), "Available")
    if found is None:
        return "Unknown"
    return "True" if found["status"] == "True" else f"{found['status']} ({found.get('reason', '')})"


KIND = APIService()
