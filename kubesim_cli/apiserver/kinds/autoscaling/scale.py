"""Scale, the subresource of what has replicas."""

from __future__ import annotations

from ..base import Column, Context, Kind, age
from ..columns import AGE, NAME


class Scale(Kind):
    columns = (NAME, Column("Desired", type="integer"), Column("Available", type="integer"), AGE)

    def cells(self, obj: dict, ctx: Context) -> list:
        return [obj["metadata"]["name"], obj["spec"].get("replicas", 0), obj["status"].get("replicas", 0),
                age(obj, ctx.now)]


KIND = Scale()
