"""RuntimeClass."""

from __future__ import annotations

from ..base import Column, Context, Kind, age
from ..columns import AGE, NAME


class RuntimeClass(Kind):
    kube_finalizers = False
    columns = (NAME, Column("Handler"), AGE)
    create_on_update = True
    unconditional_update = False

    def cells(self, obj: dict, ctx: Context) -> list:
        return [obj["metadata"]["name"], obj.get("handler", ""), age(obj, ctx.now)]

    def default(self, obj: dict, ctx: Context) -> None:
        obj.setdefault("handler", "")

    def validate(self, obj: dict, ctx: Context) -> list:
        from ....machinery import field
        from ..checks import dns1123_label, labels
        from ..core.podspec.resources import container_requirements

        handler = obj["handler"]
        errors = dns1123_label("handler", handler) if handler else [field.required("handler")]
        if obj.get("overhead"):
            errors += container_requirements("overhead", {"limits": obj["overhead"].get("podFixed") or {}})
        return errors + labels("scheduling.nodeSelector", (obj.get("scheduling") or {}).get("nodeSelector"))

    def validate_update(self, obj: dict, old: dict, ctx: Context) -> list:
        from ..checks import immutable

        return immutable("handler", obj.get("handler"), old.get("handler"))


KIND = RuntimeClass()
