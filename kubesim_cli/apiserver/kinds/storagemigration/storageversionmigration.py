"""StorageVersionMigration."""

from __future__ import annotations

from ..base import METADATA, NAME, Column, Kind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import FieldErrors, Object
    from ..base import Cell, Context

ENDS = ("Succeeded", "Failed")


def true_of(status: Object | None) -> list[str]:
    """Return the types of the conditions of a status that are true."""
    return [found.get("type", "") for found in (status or {}).get("conditions") or () if found.get("status") == "True"]


def _resource_cell(obj: Object, ctx: Context) -> Cell:
    resource = (obj.get("spec") or {}).get("resource") or {}
    return ".".join(filter(None, (resource.get("resource"), resource.get("group"))))


def _status_cell(obj: Object, ctx: Context) -> Cell:
    found = [type_ for type_ in true_of(obj.get("status")) if type_ in ("Running", *ENDS)]
    return found[-1] if found else "Unknown"


def _timed(obj: Object, api_version: str, before: str, after: str) -> Object:
    """Return a copy of another version, whose conditions call their time otherwise."""
    obj = {**obj, "apiVersion": api_version}
    found = (obj.get("status") or {}).get("conditions")
    if found:
        obj["status"] = {**obj["status"], "conditions": [
            {after if key == before else key: value for key, value in each.items()} for each in found]}
    return obj


class StorageVersionMigration(Kind):
    columns = (NAME, Column("Resource", _resource_cell), Column("Status", _status_cell))
    has_status = True
    status_keeps = METADATA
    unconditional_update = False

    def default(self, obj: Object, ctx: Context) -> None:
        obj.setdefault("spec", {}).setdefault("resource", {})

    def default_status(self, obj: Object, ctx: Context) -> None:
        obj["status"] = {}

    def convert(self, obj: Object, api_version: str) -> Object:
        if api_version.endswith("/v1alpha1"):
            return _timed(obj, api_version, "lastTransitionTime", "lastUpdateTime")
        return super().convert(obj, api_version)

    def store_version(self, obj: Object) -> Object:
        if obj["apiVersion"].endswith("/v1alpha1"):
            return _timed(obj, "storagemigration.k8s.io/v1", "lastUpdateTime", "lastTransitionTime")
        return obj

    def validate(self, obj: Object, ctx: Context) -> FieldErrors:
        """ValidateStorageVersionMigration."""
        from ....machinery import field, names

        resource = obj["spec"]["resource"]
        name, group = resource.get("resource", ""), resource.get("group", "")
        errors = []
        if not name:
            errors.append(field.required("spec.resource.resource", "resource is required to be set"))
        for key, value, wrong in (("resource", name, names.dns1035_label), ("group", group, names.dns1123_subdomain)):
            found = wrong(value) if value else []
            if found:
                errors.append(field.invalid(f"spec.resource.{key}", value, ",".join(found)))
        return errors

    def validate_update(self, obj: Object, old: Object, ctx: Context) -> FieldErrors:
        """ValidateStorageVersionMigrationUpdate."""
        from ..checks import immutable

        return self.validate(obj, ctx) + immutable("spec", obj.get("spec"), old.get("spec"))

    def validate_status(self, obj: Object, old: Object, ctx: Context) -> FieldErrors:
        """ValidateStorageVersionMigrationStatusUpdate, isSuccessful, isFailed."""
        from ....machinery import field
        from ..checks import conditions

        status, before = obj.get("status") or {}, old.get("status") or {}
        version, path = status.get("resourceVersion", ""), "status.resourceVersion"
        errors = []
        if version and (not version.isascii() or not version.isdecimal() or version.startswith("0")):
            errors.append(field.invalid(path, version, f"resource version is not well formed: {version}"))
        errors += conditions("status.conditions", status.get("conditions") or ())
        if before.get("resourceVersion") not in (None, "", version):
            errors.append(field.invalid(path, version, "field is immutable"))
        now, was, shown = true_of(status), true_of(before), status.get("conditions")
        if set(ENDS) <= set(now):
            errors.append(field.invalid("status.conditions", shown,
                                        "Both success and failed conditions cannot be true at the same time"))
        return errors + [field.invalid("status.conditions", shown,
                                       f"{word} condition cannot be set to false once it is true")
                         for end, word in zip(ENDS, ("Success", "Failed")) if end in was and end not in now]


KIND = StorageVersionMigration()
