"""CSIStorageCapacity."""

from __future__ import annotations

from ..base import Column, Context, Kind
from ..columns import NAME


class CSIStorageCapacity(Kind):
    columns = (NAME, Column("StorageClassName"), Column("Capacity"))
    unconditional_update = False

    def cells(self, obj: dict, ctx: Context) -> list:
        return [obj["metadata"]["name"], obj.get("storageClassName", ""), obj.get("capacity") or "<unset>"]

    def validate(self, obj: dict, ctx: Context) -> list:
        from ..checks import dns1123_subdomain, label_selector

        return (label_selector("nodeTopology", obj.get("nodeTopology"))
                + dns1123_subdomain("storageClassName", obj.get("storageClassName", "")))

    def validate_update(self, obj: dict, old: dict, ctx: Context) -> list:
        from ..checks import immutable

        return [error for key in ("nodeTopology", "storageClassName")
                for error in immutable(key, obj.get(key), old.get(key))]


KIND = CSIStorageCapacity()
