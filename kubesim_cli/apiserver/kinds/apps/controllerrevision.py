"""ControllerRevision."""

from __future__ import annotations

from ....machinery.objects import controller_of
from ..base import Column, Context, Kind, age
from ..columns import AGE, NAME


class ControllerRevision(Kind):
    columns = (NAME, Column("Controller"), Column("Revision"), AGE)

    def cells(self, obj: dict, ctx: Context) -> list:
        ref = controller_of(obj)
        controller = "<none>"
        if ref:
            group = ref["apiVersion"].rpartition("/")[0]
            controller = f"{ref['kind']}{'.' if group else ''}{group}".lower() + f"/{ref['name']}"
        return [obj["metadata"]["name"], controller, obj.get("revision", 0), age(obj, ctx.now)]

    def validate(self, obj: dict, ctx: Context) -> list:
        from ....machinery import field
        from ..checks import minimum

        errors = minimum("revision", obj.get("revision"))
        data = obj.get("data")
        if data is None:
            errors.append(field.required("data", "data is mandatory"))
        elif not isinstance(data, dict):
            errors.append(field.required("data", "data must be a valid JSON object"))
        return errors

    def validate_update(self, obj: dict, old: dict, ctx: Context) -> list:
        from ..checks import immutable, minimum

        return minimum("revision", obj.get("revision")) + immutable("data", obj.get("data"), old.get("data"))


KIND = ControllerRevision()
