"""ServiceAccount."""

from __future__ import annotations

from ....machinery.wellknown import ENFORCE_MOUNTABLE_SECRETS_ANNOTATION
from ..base import Column, Context, Kind, age
from ..columns import AGE, NAME


class ServiceAccount(Kind):
    columns = (NAME, Column("Secrets", until=(1, 35)), AGE)

    def cells(self, obj: dict, ctx: Context) -> list:
        return [obj["metadata"]["name"], len(obj.get("secrets") or ()), age(obj, ctx.now)]

    def prepare_create(self, obj: dict, ctx: Context) -> None:
        if obj.get("secrets"):
            obj["secrets"] = [{"name": ref["name"]} if ref.get("name") else {} for ref in obj["secrets"]]

    def prepare_update(self, obj: dict, old: dict, ctx: Context) -> None:
        self.prepare_create(obj, ctx)

    def warnings(self, obj: dict, old: dict | None, ctx: Context) -> list[str]:
        def has(one: dict | None) -> bool:
            annotations = one["metadata"].get("annotations") if one is not None else None
            return ENFORCE_MOUNTABLE_SECRETS_ANNOTATION in (annotations or {})

        if ctx.release < (1, 32) or has(old) or not has(obj):
            return []
        return [f"metadata.annotations[{ENFORCE_MOUNTABLE_SECRETS_ANNOTATION}]: deprecated in v1.32+; "
                "prefer separate namespaces to isolate access to mounted secrets"]


KIND = ServiceAccount()
