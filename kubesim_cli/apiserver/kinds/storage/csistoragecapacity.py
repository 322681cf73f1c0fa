"""CSIStorageCapacity."""

from __future__ import annotations

from ..columns import Created

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import FieldErrors, Object
    from ..base import Context


class CSIStorageCapacity(Created):
    unconditional_update = False

    def validate(self, obj: Object, ctx: Context) -> FieldErrors:
        """ValidateCSIStorageCapacity."""
        from ....machinery import field, quantity
        from ..checks import dns1123_subdomain, label_selector

        errors = label_selector("nodeTopology", obj.get("nodeTopology"))
        errors += dns1123_subdomain("storageClassName", obj.get("storageClassName", ""))
        capacity = obj.get("capacity")
        if capacity is not None and quantity.compare(capacity, 0) < 0:
            errors.append(field.invalid("capacity", capacity, "must be greater than or equal to 0"))
        return errors

    def validate_update(self, obj: Object, old: Object, ctx: Context) -> FieldErrors:
        """ValidateCSIStorageCapacityUpdate."""
        from ..checks import immutable

        return [error for key in ("nodeTopology", "storageClassName")
                for error in immutable(key, obj.get(key), old.get(key))]


KIND = CSIStorageCapacity()
