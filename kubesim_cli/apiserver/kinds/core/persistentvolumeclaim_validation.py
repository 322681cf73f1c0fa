"""What a PersistentVolumeClaim has to be, and what of it may change."""

from __future__ import annotations

from ....machinery import field, names, quantity
from ....machinery.objects import clone, copy_field, dig
from ....machinery.wellknown import BETA_STORAGE_CLASS_ANNOTATION
from ....releases.gates import enabled
from ... import internaltypes
from ..checks import (
    IMMUTABLE,
    VOLUME_MODES,
    access_modes,
    dns1123_label,
    dns1123_subdomain,
    label_selector,
    one_of,
    positive_quantity,
    said,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import FieldErrors, Object, Release


def validate(spec: Object, path: str) -> FieldErrors:
    """Return the FieldErrors of a claim's spec at `path`, as in a StatefulSet's template too
    (ValidatePersistentVolumeClaimSpec, isDataSourceEqualDataSourceRef)."""
    modes = spec.get("accessModes") or []
    errors = [] if modes else [field.required(f"{path}.accessModes", "at least 1 access mode is required")]
    if spec.get("selector") is not None:
        errors += label_selector(f"{path}.selector", spec["selector"])
    errors += access_modes(f"{path}.accessModes", modes)
    errors += _storage(f"{path}.resources[storage]", dig(spec, "resources", "requests", "storage"))
    if spec.get("storageClassName"):
        errors += dns1123_subdomain(f"{path}.storageClassName", spec["storageClassName"])
    if spec.get("volumeMode") is not None:
        errors += one_of(f"{path}.volumeMode", spec["volumeMode"], VOLUME_MODES)
    source, ref = spec.get("dataSource"), spec.get("dataSourceRef")
    errors += _source(f"{path}.dataSource", source) + _source(f"{path}.dataSourceRef", ref)
    if source and ref:
        if ref.get("namespace"):
            errors.append(field.invalid(path, f"{path}.dataSource",
                                        "may not be specified when dataSourceRef.namespace is specified"))
        elif any(source.get(key) != ref.get(key) for key in ("apiGroup", "kind", "name")):
            errors.append(field.invalid(path, f"{path}.dataSource", "must match dataSourceRef"))
    if spec.get("volumeAttributesClassName"):
        errors += dns1123_subdomain(f"{path}.volumeAttributesClassName", spec["volumeAttributesClassName"])
    return errors


def _storage(path: str, amount: str | None) -> FieldErrors:
    if amount is None:
        return [field.required(path)]
    return positive_quantity(path, amount)


def _source(path: str, source: Object | None) -> FieldErrors:
    """validateDataSource, validateDataSourceRef."""
    if source is None:
        return []
    errors = [field.required(f"{path}.{key}") for key in ("name", "kind") if not source.get(key)]
    group = source.get("apiGroup")
    if group:
        errors += dns1123_subdomain(f"{path}.apiGroup", group)
    elif source.get("kind", "") != "PersistentVolumeClaim":
        errors.append(field.invalid(path, source.get("kind", ""),
                                    "must be 'PersistentVolumeClaim' when referencing the default apiGroup"))
    if source.get("namespace"):
        errors += dns1123_label(f"{path}.namespace", source["namespace"])
    return errors


def validate_update(obj: Object, old: Object, release: Release) -> FieldErrors:
    """Return the FieldErrors of a change: of the spec, only a bound claim's size and attributes class may change
    (ValidatePersistentVolumeClaimUpdate, ValidateImmutableAnnotation, validateStorageClassUpgradeFromNil)."""
    errors = validate(obj["spec"], "spec")
    spec, before = clone(obj["spec"]), clone(old["spec"])
    bound = (obj.get("status") or {}).get("phase") == "Bound"
    if not before.get("volumeName"):
        copy_field("volumeName", spec, before)
    annotation = (obj["metadata"].get("annotations") or {}).get(BETA_STORAGE_CLASS_ANNOTATION, "")
    if annotation != (old["metadata"].get("annotations") or {}).get(BETA_STORAGE_CLASS_ANNOTATION, ""):
        errors.append(field.invalid(f"metadata.annotations.{BETA_STORAGE_CLASS_ANNOTATION}", annotation, IMMUTABLE))
    if before.get("storageClassName") is None:
        copy_field("storageClassName", before, spec)
    old_size = dig(before, "resources", "requests", "storage", default="0")
    new_size = dig(spec, "resources", "requests", "storage", default="0")
    if bound:
        if dig(spec, "resources", "requests") is not None:
            spec["resources"]["requests"]["storage"] = old_size
        copy_field("volumeAttributesClassName", before, spec)
    shown = [internaltypes.internal(each, "PersistentVolumeClaimSpec") for each in (before, spec)]
    if shown[0] != shown[1]:
        difference = internaltypes.diff(before, spec, "PersistentVolumeClaimSpec")
        errors.append(field.forbidden("spec", "spec is immutable after creation except resources.requests and "
                                      f"volumeAttributesClassName for bound claims\n{difference}"))
    if quantity.compare(new_size, old_size) < 0:
        at = "spec.resources.requests.storage"
        if not enabled("RecoverVolumeExpansionFailure", release):
            errors.append(field.forbidden(at, "field can not be less than previous value"))
        elif quantity.compare(new_size, dig(old, "status", "capacity", "storage", default="0")) <= 0:
            errors.append(field.forbidden(at, "field can not be less than status.capacity"))
    if spec.get("volumeMode") != before.get("volumeMode"):
        errors.append(field.invalid("volumeMode", spec.get("volumeMode"), IMMUTABLE))
    if dig(old, "status", "currentVolumeAttributesClassName") is not None:
        wanted = obj["spec"].get("volumeAttributesClassName")
        if not wanted:
            errors.append(field.forbidden("spec.volumeAttributesClassName",
                                          f"update to {'nil' if wanted is None else 'empty string'} is forbidden when "
                                          "status.currentVolumeAttributesClassName is not nil"))
    return errors


_RESIZE_STATUSES = ("ControllerResizeInProgress", "ControllerResizeInfeasible", "NodeResizeInProgress",
                    "NodeResizeInfeasible", "NodeResizePending")


def validate_status(obj: Object, release: Release) -> FieldErrors:
    """Return the FieldErrors of a changed status (ValidatePersistentVolumeClaimStatusUpdate)."""
    from .podspec.resources import amount

    status = obj.get("status") or {}
    errors = [] if obj["spec"].get("accessModes") else [field.required("Spec.accessModes")]
    for name, value in sorted((status.get("capacity") or {}).items()):
        errors += _resource(f"status.capacity[{name}]", value)
    if not enabled("RecoverVolumeExpansionFailure", release):
        return errors
    at = "status.allocatedResourceStatuses"
    for name, word in sorted((status.get("allocatedResourceStatuses") or {}).items()):
        errors += _resource_key(at, name)
        if word not in _RESIZE_STATUSES:
            errors.append(field.not_supported(at, name, _RESIZE_STATUSES))
    for name, value in sorted((status.get("allocatedResources") or {}).items()):
        at = f"status.allocatedResources[{name}]"
        errors += (_resource_key("status.allocatedResources", name) or _resource(at, value)
                   or amount(at, "storage", value))
    return errors


def _resource(path: str, value: str) -> FieldErrors:
    """validateBasicResource."""
    number = quantity.value(value)
    return [field.invalid(path, number, "must be a valid resource quantity")] if number < 0 else []


def _resource_key(path: str, name: str) -> FieldErrors:
    """validatePersistentVolumeClaimResourceKey."""
    from .podspec.resources import is_native

    errors = said(path, name, names.qualified_name(name))
    if not errors and is_native(name) and name != "storage":
        errors.append(field.not_supported(path, name, ["storage"]))
    return errors
