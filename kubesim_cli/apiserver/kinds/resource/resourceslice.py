"""ResourceSlice."""

from __future__ import annotations

from ..base import AGE, NAME, Column, Kind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import FieldErrors, Object
    from ..base import Context


class ResourceSlice(Kind):
    columns = (NAME,
               Column("Node", lambda obj, ctx: (obj.get("spec") or {}).get("nodeName") or ""),
               Column("Driver", lambda obj, ctx: (obj.get("spec") or {}).get("driver", "")),
               Column("Pool", lambda obj, ctx: ((obj.get("spec") or {}).get("pool") or {}).get("name", "")),
               AGE)
    has_generation = True

    def validate(self, obj: Object, ctx: Context) -> FieldErrors:
        """ValidateResourceSlice."""
        from .slices import validate

        return validate(obj.get("spec") or {})

    def validate_update(self, obj: Object, old: Object, ctx: Context) -> FieldErrors:
        """ValidateResourceSliceUpdate."""
        from ..checks import immutable
        from .slices import validate

        spec, before = obj.get("spec") or {}, old.get("spec") or {}
        names = [(each.get("pool") or {}).get("name") for each in (spec, before)]
        return (validate(spec, before) + immutable("spec.pool.name", *names)
                + [error for key in ("driver", "nodeName") for error in immutable(f"spec.{key}", spec.get(key),
                                                                                 before.get(key))])

    def fields(self, obj: Object) -> dict[str, str]:
        spec = obj.get("spec") or {}
        return {"spec.nodeName": spec.get("nodeName") or "", "spec.driver": spec.get("driver", "")}


KIND = ResourceSlice()
