"""DeviceClass."""

from __future__ import annotations

from ..base import AGE, NAME, Kind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import FieldErrors, Object
    from ..base import Context


class DeviceClass(Kind):
    columns = (NAME, AGE)
    has_generation = True

    def validate(self, obj: Object, ctx: Context) -> FieldErrors:
        """ValidateDeviceClass, ValidateDeviceClassUpdate."""
        from .devices import validate_class

        return validate_class(obj.get("spec") or {}, ctx.release)


KIND = DeviceClass()
