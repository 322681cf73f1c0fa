"""VolumeAttributesClass."""

from __future__ import annotations

from ..base import AGE, NAME, Column, Kind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import FieldErrors, Object
    from ..base import Context


class VolumeAttributesClass(Kind):
    columns = (NAME, Column("DriverName", lambda obj, ctx: obj.get("driverName", "")), AGE)

    def default(self, obj: Object, ctx: Context) -> None:
        obj.setdefault("driverName", "")

    def validate(self, obj: Object, ctx: Context) -> FieldErrors:
        """ValidateVolumeAttributesClass."""
        from ....machinery import field
        from ..checks import qualified_name
        from .storageclass import parameters

        name = obj["driverName"]
        errors = qualified_name("driverName", name.lower()) if name else [field.required("driverName")]
        return errors + parameters(obj.get("parameters"), needed=True)

    def validate_update(self, obj: Object, old: Object, ctx: Context) -> FieldErrors:
        """ValidateVolumeAttributesClassUpdate."""
        from ....machinery import field

        errors = [field.forbidden(key, f"updates to {key} are forbidden.") for key in ("driverName", "parameters")
                  if obj.get(key) != old.get(key)]
        return errors + self.validate(obj, ctx)


KIND = VolumeAttributesClass()
