"""ResourceQuota."""

from __future__ import annotations

from ..base import AGE, NAME, Column, Kind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import FieldErrors, Object
    from ..base import Context


def _used(obj: Object, limits: bool) -> str:
    """What is used of what is allowed: of limits, or of all that is not limits."""
    status = obj.get("status") or {}
    used, hard = status.get("used") or {}, status.get("hard") or {}
    return ", ".join(f"{name}: {used.get(name, '0')}/{hard[name]}" for name in sorted(hard)
                     if name.startswith("limits.") == limits)


class ResourceQuota(Kind):
    columns = (NAME,
               Column("Age", AGE.cell, until=(1, 32)),
               Column("Request", lambda obj, ctx: _used(obj, limits=False)),
               Column("Limit", lambda obj, ctx: _used(obj, limits=True)),
               Column("Age", AGE.cell, since=(1, 32)))
    has_status = True

    def default(self, obj: Object, ctx: Context) -> None:
        obj.setdefault("spec", {})

    def default_status(self, obj: Object, ctx: Context) -> None:
        obj["status"] = {}

    def validate(self, obj: Object, ctx: Context) -> FieldErrors:
        """ValidateResourceQuota."""
        from .resourcequota_validation import validate

        return validate(obj["spec"])

    def validate_status(self, obj: Object, old: Object, ctx: Context) -> FieldErrors:
        """ValidateResourceQuotaStatus, ValidateResourceQuotaStatusUpdate."""
        from .resourcequota_validation import amounts

        status = obj.get("status") or {}
        return amounts("status.hard", status.get("hard")) + amounts("status.used", status.get("used"))

    def validate_update(self, obj: Object, old: Object, ctx: Context) -> FieldErrors:
        """ValidateResourceQuotaUpdate."""
        from ..checks import immutable

        scopes, before = obj["spec"].get("scopes") or [], old["spec"].get("scopes") or []
        changed = immutable("spec.scopes", scopes or None, before or None) if set(scopes) != set(before) else []
        return self.validate(obj, ctx) + changed

    def warnings(self, obj: Object, old: Object | None, ctx: Context) -> list[str]:
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
