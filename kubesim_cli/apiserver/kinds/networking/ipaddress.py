"""IPAddress."""

from __future__ import annotations

from ..base import Column, Context, Kind
from ..columns import NAME


class IPAddress(Kind):
    columns = (NAME, Column("ParentRef"))

    def cells(self, obj: dict, ctx: Context) -> list:
        ref, shown = (obj.get("spec") or {}).get("parentRef"), "<none>"
        if ref:
            resource = ".".join(part for part in (ref.get("resource"), ref.get("group")) if part).lower()
            shown = "/".join(part for part in (resource, ref.get("namespace"), ref.get("name", "")) if part)
        return [obj["metadata"]["name"], shown]

    def validate_update(self, obj: dict, old: dict, ctx: Context) -> list:
        from ..checks import immutable

        return immutable("spec.parentRef", obj["spec"].get("parentRef"), old["spec"].get("parentRef"))


KIND = IPAddress()
