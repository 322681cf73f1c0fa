"""LimitRange."""

from __future__ import annotations

from ..base import Context
from ..columns import Created


class LimitRange(Created):
    create_on_update = True

    def default(self, obj: dict, ctx: Context) -> None:
        for limit in obj.setdefault("spec", {}).setdefault("limits", None) or ():
            if limit.get("type") == "Container":
                maximums = {**(limit.get("max") or {}), **(limit.get("default") or {})}
                requests = {**(limit.get("min") or {}), **maximums, **(limit.get("defaultRequest") or {})}
                if maximums:
                    limit["default"] = maximums
                if requests:
                    limit["defaultRequest"] = requests

    def validate(self, obj: dict, ctx: Context) -> list:
        from .limitrange_validation import validate

        return validate(obj["spec"].get("limits") or ())


KIND = LimitRange()
