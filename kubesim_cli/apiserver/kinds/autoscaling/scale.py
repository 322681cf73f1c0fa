"""Scale, the subresource of what has replicas."""

from __future__ import annotations

from ..base import AGE, NAME, Column, Kind


class Scale(Kind):
    columns = (NAME,
               Column("Desired", lambda obj, ctx: obj["spec"].get("replicas", 0), type="integer"),
               Column("Available", lambda obj, ctx: obj["status"].get("replicas", 0), type="integer"),
               AGE)


KIND = Scale()
