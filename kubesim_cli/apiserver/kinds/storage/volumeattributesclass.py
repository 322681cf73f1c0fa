"""VolumeAttributesClass."""

from __future__ import annotations

from ..base import Column, Context, Kind, age
from ..columns import AGE, NAME


class VolumeAttributesClass(Kind):
    columns = (NAME, Column("DriverName"), AGE)

    def cells(self, obj: dict, ctx: Context) -> list:
        return [obj["metadata"]["name"], obj.get("driverName", ""), age(obj, ctx.now)]

    def default(self, obj: dict, ctx: Context) -> None:
        obj.setdefault("driverName", "")

    def validate(self, obj: dict, ctx: Context) -> list:
        from ....machinery import field
        from ..checks import qualified_name
        from .storageclass import parameters

        name = obj["driverName"]
        errors = qualified_name("driverName", name.lower()) if name else [field.required("driverName")]
        return errors + parameters(obj.get("parameters"), needed=True)

    def validate_update(self, obj: dict, old: dict, ctx: Context) -> list:
        from ....machinery import field

        errors = [field.forbidden(key, f"updates to {key} are forbidden.") for key in ("driverName", "parameters")
                  if obj.get(key) != old.get(key)]
        return errors + self.validate(obj, ctx)


KIND = VolumeAttributesClass()
