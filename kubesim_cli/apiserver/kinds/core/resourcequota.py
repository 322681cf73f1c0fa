"""ResourceQuota."""

from __future__ import annotations

from ..base import Column, Context, Kind, age
from ..columns import NAME

SCOPES = ("BestEffort", "CrossNamespacePodAffinity", "NotBestEffort", "NotTerminating", "PriorityClass", "Terminating",
          "VolumeAttributesClass")


class ResourceQuota(Kind):
    columns = (NAME, Column("Age", until=(1, 32)), Column("Request"), Column("Limit"), Column("Age", since=(1, 32)))
    has_status = True

    def cells(self, obj: dict, ctx: Context) -> list:
        status = obj.get("status") or {}
        used = status.get("used") or {}
        request: list[str] = []
        limit: list[str] = []
        for name, hard in sorted((status.get("hard") or {}).items()):
            (limit if name.startswith("limits.") else request).append(f"{name}: {used.get(name, '0')}/{hard}")
        old = age(obj, ctx.now)
        return [obj["metadata"]["name"], old, ", ".join(request), ", ".join(limit), old]

    def default(self, obj: dict, ctx: Context) -> None:
        obj.setdefault("spec", {})

    def default_status(self, obj: dict, ctx: Context) -> None:
        obj["status"] = {}

    def validate(self, obj: dict, ctx: Context) -> list:
        from .resourcequota_validation import validate

        return validate(obj["spec"])

    def validate_update(self, obj: dict, old: dict, ctx: Context) -> list:
        from ..checks import immutable

        scopes, before = obj["spec"].get("scopes") or [], old["spec"].get("scopes") or []
        changed = immutable("spec.scopes", scopes or None, before or None) if set(scopes) != set(before) else []
        return self.validate(obj, ctx) + changed

    def warnings(self, obj: dict, old: dict | None, ctx: Context) -> list[str]:
        from ....machinery import quantity

        hard = obj["spec"].get("hard") or {}
        found = []
        for name in ("cpu", "memory", "ephemeral-storage"):
            request = f"requests.{name}"
            if request not in hard and name in ("cpu", "memory"):
                request = name
            limit = f"limits.{name}"
            if old is None and request in hard and limit in hard and quantity.compare(hard[request], hard[limit]) > 0:
                found.append(f"ResourceQuota {request} ({hard[request]}) should be less than {limit} ({hard[limit]})")
        return found


KIND = ResourceQuota()
