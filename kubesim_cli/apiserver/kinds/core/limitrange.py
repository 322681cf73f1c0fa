"""LimitRange."""

from __future__ import annotations

from ..columns import Created

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import FieldErrors, Object
    from ..base import Context


class LimitRange(Created):
    create_on_update = True

    def default(self, obj: Object, ctx: Context) -> None:
        for limit in obj.setdefault("spec", {}).setdefault("limits", None) or ():
            if limit.get("type") == "Container":
                maximums = {**(limit.get("max") or {}), **(limit.get("default") or {})}
                requests = {**(limit.get("min") or {}), **maximums, **(limit.get("defaultRequest") or {})}
                if maximums:
                    limit["default"] = maximums
                if requests:
                    limit["defaultRequest"] = requests

    def validate(self, obj: Object, ctx: Context) -> FieldErrors:
        from .limitrange_validation import validate

        return validate(obj["spec"].get("limits") or ())


KIND = LimitRange()
