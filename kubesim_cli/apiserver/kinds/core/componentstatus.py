"""ComponentStatus."""

from __future__ import annotations

from ..base import Column, Context, Kind
from ..columns import NAME


class ComponentStatus(Kind):
    deprecation = "v1 ComponentStatus is deprecated in v1.19+"
    columns = (NAME, Column("Status"), Column("Message"), Column("Error"))

    def cells(self, obj: dict, ctx: Context) -> list:
        for condition in obj.get("conditions") or ():
            if condition.get("type") == "Healthy":
                return [obj["metadata"]["name"], "Healthy" if condition.get("status") == "True" else "Unhealthy",
                        condition.get("message", ""), condition.get("error", "")]
        return [obj["metadata"]["name"], "Unknown", "", ""]


KIND = ComponentStatus()
