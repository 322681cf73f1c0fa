"""Lease."""

from __future__ import annotations

from ..base import Column, Context, Kind, age
from ..columns import AGE, NAME


class Lease(Kind):
    kube_finalizers = False
    columns = (NAME, Column("Holder"), AGE)
    create_on_update = True
    unconditional_update = False

    def cells(self, obj: dict, ctx: Context) -> list:
        return [obj["metadata"]["name"], obj["spec"].get("holderIdentity") or "", age(obj, ctx.now)]

    def default(self, obj: dict, ctx: Context) -> None:
        obj.setdefault("spec", {})

    def validate(self, obj: dict, ctx: Context) -> list:
        from ....machinery import field
        from ..checks import minimum

        spec = obj["spec"]
        errors = []
        seconds = spec.get("leaseDurationSeconds")
        if seconds is not None and seconds <= 0:
            errors.append(field.invalid("spec.leaseDurationSeconds", seconds, "must be greater than 0"))
        errors += minimum("spec.leaseTransitions", spec.get("leaseTransitions"))
        if spec.get("preferredHolder") and not spec.get("strategy"):
            errors.append(field.forbidden("spec.preferredHolder", "may only be specified if `strategy` is defined"))
        return errors


KIND = Lease()
